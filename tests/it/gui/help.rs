//! What leads a newcomer: the first steps, About, a path typed where there is no dialog, the keyboard's way.

use super::*;
use cadenza::gui::Dialog;
use cadenza::gui::guide::{Guide, Step};
use eframe::egui::accesskit::Role as Is;

fn step(h: &Harness<'static, App>) -> Option<Step> {
    h.state().state.settings.guide.step()
}

#[test]
fn the_first_steps_go_on_are_closed_and_found_again() {
    let mut h = window();
    assert_eq!(step(&h), Some(Step::Write));
    h.get_by_label_contains("Step 1 of 5");
    h.get_by_label("Skip").click();
    h.run();
    h.get_by_label_contains("Step 2 of 5");
    h.get_by_label("Close the first steps; the Help menu has them").click();
    h.run();
    assert!(h.query_by_label_contains("of 5").is_none());
    act(&mut h, Action::Do(Command::FirstSteps));
    h.get_by_label_contains("Step 2 of 5");
    act(&mut h, Action::Guide(Guide { done: [true; 5], shown: true }));
    h.get_by_label_contains("That is the whole way");
    act(&mut h, Action::Do(Command::FirstSteps));
    act(&mut h, Action::Do(Command::FirstSteps));
    assert_eq!(step(&h), Some(Step::Write), "whoever asks for them again gets them from the beginning");
}

#[test]
fn the_step_that_learns_leads_to_where_that_is_done() {
    let mut h = window();
    act(&mut h, Action::Guide(Guide { done: [true, true, true, false, false], shown: true }));
    h.get_by_label("Go to the Library").click();
    h.run();
    assert_eq!(h.state().state.view.page, Page::Library);
}

#[test]
fn about_names_everybody() {
    let mut h = window();
    act(&mut h, Action::Do(Command::About));
    h.get_by_label_contains("Nothing leaves this machine");
    h.check_accessibility();
    h.get_by_label("Search by name or terms").focus();
    h.run();
    h.get_by_label("Search by name or terms").type_text("egui_plot");
    h.run();
    h.get_by_label_contains("egui_plot ").click();
    h.run();
    assert!(h.query_all_by_label_contains("MIT OR Apache-2.0").count() > 0);
    h.get_by_label("Close").click();
    h.run();
    assert!(h.state().state.view.about.is_none());
}

#[test]
fn where_there_is_no_dialog_a_path_is_typed() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = with_tune();
    let events = h.state().state.session.events.clone();
    let dialog = Dialog::Export(Form::Midi, Part::All);
    events.send(SessionEvent::NoDialog(dialog, dir.path().join("no such folder/tune.mid")));
    h.run();
    h.check_accessibility();
    h.get_by_label_contains("There is no such folder");
    let path = dir.path().join("tune.mid");
    // What is offered is chosen: typing takes its place.
    h.get_by_role_and_label(Is::TextInput, "Type a path").type_text(&path.display().to_string());
    h.run();
    h.get_by_label("Go on").click();
    h.run();
    assert!(path.exists(), "{}", h.state().state.session.message.text);
    assert!(h.state().state.view.typed_path.is_none());
}

#[test]
fn a_wrong_path_is_mended_where_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let mut h = window();
    let asked = library::send_rows;
    act(&mut h, Action::Show(Page::Library));
    asked(&h, 20);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::NoDialog(Dialog::AddFolder, dir.path().join("nothing")));
    h.run();
    key(&mut h, Modifiers::NONE, K::Enter);
    assert!(h.get_by_role_and_label(Is::TextInput, "Type a path").is_focused());
    h.event(Event::Text("x".into()));
    h.run();
    let typed = h.state().state.view.typed_path.as_ref().expect("it is still asked");
    assert!(typed.text.ends_with('x'), "{}", typed.text);
    h.get_by_label("20 shown");
}

#[test]
fn tab_after_generate_goes_on_to_the_take() {
    let mut h = window();
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["folk".into()]));
    h.run();
    h.get_by_label("Generate").focus();
    h.run();
    key(&mut h, Modifiers::NONE, K::Enter);
    assert!(h.state().state.session.generating);
    assert!(h.get_by_label("Stop").is_focused(), "what ends it stands where it was begun");
    events.send(SessionEvent::TakeDone(Box::new(generator::take_with_receipts())));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    h.run();
    assert!(h.get_by_label("Generate").is_focused());
    key(&mut h, Modifiers::NONE, K::Tab);
    assert!(h.get_by_label("Hear Take 1").is_focused());
}

#[test]
fn generate_and_the_receipt_are_in_sight() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::Explain));
    let screen = h.ctx.content_rect();
    for label in ["Generate", "Receipt", "no receipt", "expected"] {
        let rect = h.get_by_label(label).rect();
        assert!(screen.contains_rect(rect), "{label} at {rect:?}");
    }
}
