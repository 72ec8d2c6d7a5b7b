//! Choosing what everything sounds with, on the Settings page.

use super::*;
use cadenza::audio::SoundFont;
use cadenza::audio::fonts::FontFile;
use eframe::egui::accesskit::Role as Is;
use std::path::PathBuf;

/// The Settings page, in English. It names the languages in their own letters, for which a machine may
/// have no font.
fn settings(asked: &Asked) -> Harness<'static, App> {
    let options = Options { backend: Box::new(asked.clone()), ..Options::for_test() };
    let mut h = build(options, true);
    let english = Settings { language: Language::English, ..Settings::default() };
    act(&mut h, Action::SetSettings(Box::new(english)));
    act(&mut h, Action::Show(Page::Settings));
    h
}

fn tell(h: &mut Harness<'static, App>, event: SessionEvent) {
    h.state().state.session.events.send(event);
    h.run();
}

fn asked_fonts(asked: &Asked) -> Vec<Option<PathBuf>> {
    let requests = asked.0.lock().expect("no test panics while asking");
    let font = |r: &Request| if let Request::ReadFont(path) = r { Some(path.clone()) } else { None };
    requests.iter().filter_map(font).collect()
}

fn choose(h: &mut Harness<'static, App>, name: &str) {
    h.get_by_role_and_label(Is::ComboBox, "SoundFont").click();
    h.run();
    h.get_by_role_and_label(Is::Button, name).click();
    h.run();
}

#[test]
fn a_font_is_chosen_from_those_found_and_kept() {
    let asked = Asked::default();
    let mut h = settings(&asked);
    h.get_by_label("Playing with Cadenza, 129 presets");
    let path = PathBuf::from("/fonts/Salon.sf2");
    tell(&mut h, SessionEvent::Fonts(vec![FontFile { path: path.clone(), bytes: 5_200_000 }]));
    choose(&mut h, "Salon   5.2 MB");
    assert_eq!(asked_fonts(&asked), [Some(path.clone())]);
    h.get_by_label("Reading Salon");
    assert_eq!(h.state().state.settings.soundfont, None, "not before it is there");
    tell(&mut h, SessionEvent::Font(Some(path.clone()), Box::new(Ok(SoundFont::built_in()))));
    assert_eq!(h.state().state.settings.soundfont, Some(path));
    assert_eq!(h.state().state.session.message.text, "Now playing with Salon");
    choose(&mut h, "Built-in bank");
    assert_eq!(asked_fonts(&asked)[1], None);
    tell(&mut h, SessionEvent::Font(None, Box::new(Ok(SoundFont::built_in()))));
    assert_eq!(h.state().state.settings.soundfont, None);
}

#[test]
fn a_font_that_cannot_be_played_says_why_and_changes_nothing() {
    let mut h = settings(&Asked::default());
    tell(&mut h, SessionEvent::Fonts(Vec::new()));
    h.get_by_label("No SoundFonts were found in the usual places");
    let why = SoundFont::from_bytes(b"PK\x03\x04").expect_err("an archive is no font").to_string();
    tell(&mut h, SessionEvent::Font(Some("/fonts/Broken.sf2".into()), Box::new(Err(why))));
    assert!(h.state().state.session.message.text.contains("Broken: this is not a SoundFont: it is a ZIP archive"));
    assert!(h.get_all_by_label_contains("The sound stays as it was").count() >= 1);
    assert_eq!(h.state().state.settings.soundfont, None);
    h.get_by_label("Playing with Cadenza, 129 presets");
}
