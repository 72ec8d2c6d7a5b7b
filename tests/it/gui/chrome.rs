//! What frames every page: tabs, languages, themes, the sheet of shortcuts.

use super::*;
use eframe::egui::accesskit::Role as Is;
use egui_kittest::kittest::NodeT;

#[test]
fn every_page_opens_by_its_tab_and_every_control_is_named() {
    let mut h = build(Options::for_test(), true);
    let english = Settings { language: Language::English, ..Settings::default() };
    act(&mut h, Action::SetSettings(Box::new(english)));
    for name in ["Library", "Train", "Compose"] {
        h.get_by_label(name).click();
        h.run();
        h.check_accessibility();
    }
    h.get_by_label_contains("Settings").click();
    h.run();
    assert_eq!(h.state().state.view.page, Page::Settings);
    h.check_accessibility();
}

#[test]
fn both_languages_and_both_themes_draw_every_page() {
    for (language, theme) in [(Language::Chinese, Theme::Dark), (Language::English, Theme::Light)] {
        let mut h = build(Options::for_test(), true);
        act(&mut h, Action::SetSettings(Box::new(Settings { language, theme, ..Settings::default() })));
        let events = h.state().state.session.events.clone();
        library::send_rows(&h, 5000);
        train::send_all(&h);
        events.send(SessionEvent::Message(Severity::Warning, "A warning".into()));
        for page in [Page::Library, Page::Train, Page::Compose, Page::Settings] {
            act(&mut h, Action::Show(page));
        }
        key(&mut h, Modifiers::NONE, K::F1);
        assert!(h.state().state.view.show_shortcuts);
        key(&mut h, Modifiers::NONE, K::F1);
        let title = if language == Language::Chinese { "作曲" } else { "Compose" };
        h.get_by_label(title);
    }
}

#[test]
fn the_sheet_of_shortcuts_is_drawn_with_the_fonts_we_ship() {
    let mut h = window();
    key(&mut h, Modifiers::NONE, K::F1);
    h.get_by_label("Mouse on the roll");
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(!h.state().state.view.show_shortcuts);
}

#[test]
fn the_tool_is_shown_as_chosen() {
    let mut h = window();
    assert_eq!(h.state().state.view.tool, Tool::Pencil, "an empty piece is there to be written");
    h.get_by_label_contains("Select tool").click();
    h.run();
    assert_eq!(h.state().state.view.tool, Tool::Select);
    h.get_by_label_contains("Pencil tool").click();
    h.run();
    assert_eq!(h.state().state.view.tool, Tool::Pencil);
}

#[test]
fn the_pages_stand_in_the_same_place_on_every_page() {
    let mut h = window();
    // The uppermost of those that are called so.
    let place = |h: &Harness<'static, App>| {
        ["Library", "Train", "Compose"].map(|name| {
            let all = h.query_all_by_role_and_label(Is::Button, name).map(|node| node.rect());
            all.min_by(|a, b| a.top().total_cmp(&b.top())).expect("the tab")
        })
    };
    let on_compose = place(&h);
    for page in [Page::Library, Page::Train] {
        act(&mut h, Action::Show(page));
        assert_eq!(place(&h), on_compose, "{page:?}");
        assert!(h.get_by_label("Tools").accesskit_node().is_disabled());
    }
    act(&mut h, Action::Show(Page::Compose));
    assert!(!h.get_by_label("Tools").accesskit_node().is_disabled());
}
