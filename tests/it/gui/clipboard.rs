//! Cut, copy, paste: notes as text between windows.

use super::*;

#[test]
fn copy_cut_paste_and_duplicate() {
    let mut h = with_tune();
    key(&mut h, Modifiers::COMMAND, K::A);
    h.event(Event::Copy);
    h.step();
    let text = copied_text(&h).expect("notes are copied as text");
    h.event(Event::Cut);
    h.run();
    assert_eq!(n_notes(&h), 0);
    act(&mut h, Action::Seek(960));
    h.event(Event::Paste(text));
    h.run();
    assert_eq!(
        notes(&h).iter().map(|n| (n.start, n.pitch)).collect::<Vec<_>>(),
        [(960, 60), (1440, 62), (1920, 64), (2400, 65)]
    );
    key(&mut h, Modifiers::COMMAND, K::D);
    assert_eq!(n_notes(&h), 8);
    assert_eq!(h.state().state.view.selection.len(), 4);
    h.event(Event::Paste("something else".into()));
    h.run();
    assert_eq!(n_notes(&h), 8);
}

pub fn copied_text(h: &Harness<'static, App>) -> Option<String> {
    h.output().platform_output.commands.iter().find_map(|c| match c {
        eframe::egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}
