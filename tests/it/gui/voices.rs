//! The list of voices.

use super::*;

#[test]
fn voices_are_muted_soloed_renamed_and_taken_in_hand() {
    let mut h = with_tune();
    act(&mut h, Action::Do(Command::AddVoice));
    assert_eq!((h.state().state.project.score().voices.len(), h.state().state.view.voice), (2, 1));
    h.get_by_label("Mute Melody").click();
    h.run();
    assert_eq!(h.state().state.view.silent(2), [true, false]);
    h.get_by_label("Solo Melody").click();
    h.run();
    assert_eq!(h.state().state.view.silent(2), [true, true]);
    h.get_by_label("Voice Melody").click();
    h.run();
    assert_eq!(h.state().state.view.voice, 0);
    h.get_by_label("Remove voice").click();
    h.run();
    assert_eq!(h.state().state.project.score().voices.len(), 1);
}
