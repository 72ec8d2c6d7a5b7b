//! The manual in the window.

use super::*;
use cadenza::gui::manual::{CHAPTERS, Opened};

fn heading(h: &Harness<'static, App>, title: &str) -> bool {
    h.query_all_by_label(title).count() > 0
}

#[test]
fn every_page_opens_in_both_languages() {
    for language in [Language::English, Language::Chinese] {
        let is_chinese = language == Language::Chinese;
        // English is drawn with the fonts that we ship: a sign they lack would fail.
        let mut h = build(Options::for_test(), is_chinese);
        act(&mut h, Action::SetSettings(Box::new(Settings { language, ..Settings::default() })));
        for (i, chapter) in CHAPTERS.iter().enumerate() {
            act(&mut h, Action::OpenManual(Some(Opened::chapter(i))));
            let title = chapter.title(is_chinese);
            // In the list of contents, and over its page.
            assert!(h.query_all_by_label(title).count() >= 2, "{title}");
            // Lines stand below each other, within the window.
            let heading = h.get_all_by_label(title).last().expect("it is there").rect();
            assert!(heading.right() < 1100.0 && heading.top() > 0.0, "{title}: {heading:?}");
            h.check_accessibility();
        }
    }
}

#[test]
fn the_help_menu_opens_it_and_links_lead_on() {
    let mut h = window();
    h.get_by_label("Help").click();
    h.run();
    h.get_by_label("Manual").click();
    h.run();
    assert!(heading(&h, "The first minute"));
    let (title, below) = (h.get_all_by_label("The first minute").last(), h.get_by_label("Where to go on"));
    let title = title.expect("its heading").rect();
    assert!(below.rect().top() > title.bottom() && (below.rect().left() - title.left()).abs() < 1.0);
    h.get_all_by_label("How it works").last().expect("a link").scroll_to_me();
    h.run();
    h.get_all_by_label("How it works").last().expect("a link").click();
    h.run();
    assert!(heading(&h, "A note is a few numbers"));
    key(&mut h, Modifiers::SHIFT, K::F1);
    assert!(h.state().state.view.manual.is_none());
}

#[test]
fn an_error_leads_to_what_can_be_done() {
    let mut h = window();
    assert!(!heading(&h, "What now?"));
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Message(Severity::Error, "It went wrong".into()));
    h.run();
    h.get_by_label("What now?").click();
    h.run();
    assert!(heading(&h, "No file dialog"), "the page on trouble is open");
    act(&mut h, Action::OpenManual(Opened::by_link("training.md#when-to-stop")));
    assert!(heading(&h, "When to stop"));
    assert_eq!(h.state().state.view.manual.as_ref().map(|m| m.heading.clone()), Some(None), "scrolled to once");
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(h.state().state.view.manual.is_none());
}

#[test]
fn a_picture_stands_in_its_page_and_is_seen_whole_when_clicked() {
    let mut h = window();
    act(&mut h, Action::OpenManual(Opened::by_link("first-minute.md")));
    let words = "Compose: a take on the roll, its card below, the generator at the left";
    let shown = h.get_by_label(words).rect();
    // As wide as the page, in its own proportions.
    assert!(shown.width() > 500.0 && shown.width() < 800.0, "{shown:?}");
    assert!((shown.width() / shown.height() - 1.6).abs() < 0.02, "{shown:?}");
    h.check_accessibility();
    h.get_by_label(words).click();
    h.run();
    let widest = |h: &Harness<'static, App>| -> f32 {
        h.get_all_by_label(words).map(|image| image.rect().width()).fold(0.0, f32::max)
    };
    assert!(widest(&h) > 1_100.0, "{}", widest(&h));
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(widest(&h) < 800.0 && heading(&h, "Where to go on"), "the page is still open");
    // Its place is known before it is scrolled to.
    act(&mut h, Action::OpenManual(Opened::by_link("how-it-works.md#writing")));
    assert!(h.query_all_by_label_contains("The same notes").count() > 0);
    key(&mut h, Modifiers::NONE, K::Escape);
    assert!(h.state().state.view.manual.is_none());
}
