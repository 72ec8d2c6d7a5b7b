//! Sound in the window: recording by the computer's keyboard, its options, devices, exporting.

use super::*;
use cadenza::audio::{Container, Depth, Format};
use cadenza::gui::recording::RecordSettings;

/// A window that records at once, without counting in.
fn ready_to_record(replace: bool) -> Harness<'static, App> {
    let mut h = window();
    let record = RecordSettings { count_in: 0, replace, ..RecordSettings::default() };
    let settings = Settings { record, ..h.state().state.settings.clone() };
    act(&mut h, Action::SetSettings(Box::new(settings)));
    h.get_by_label_contains("Play with the computer").click();
    h.run();
    assert!(h.state().state.view.keyboard_plays);
    h
}

fn play_key(h: &mut Harness<'static, App>, key: K) {
    for pressed in [true, false] {
        h.event(Event::Key { key, physical_key: Some(key), pressed, repeat: false, modifiers: Modifiers::NONE });
        h.step();
    }
}

fn record(h: &mut Harness<'static, App>) {
    h.get_by_label_contains("Record (").click();
    h.step();
    h.step();
}

#[test]
fn the_computers_keyboard_is_recorded_as_one_step() {
    let mut h = ready_to_record(false);
    record(&mut h);
    assert!(h.state().state.session.recording.is_some() && h.state().state.session.player.is_playing());
    for key in [K::A, K::W, K::X, K::A] {
        play_key(&mut h, key);
    }
    assert_eq!(h.state().state.session.preview.as_ref().map(|p| p.score.n_notes()), Some(3), "seen as it is played");
    record(&mut h);
    assert!(h.state().state.session.recording.is_none() && !h.state().state.session.player.is_playing());
    assert!(h.state().state.session.message.text.contains("3 notes"));
    let mut pitches: Vec<u8> = notes(&h).iter().map(|n| n.pitch).collect();
    pitches.sort_unstable();
    assert_eq!(pitches, [60, 61, 72], "the octave went up between them");
    assert_eq!(h.state().state.view.selection.len(), 3, "chosen, to be continued by the generator, say");
    assert_eq!(h.state().state.project.history().undo_label(), Some("Record"));
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 0);
}

#[test]
fn letters_are_keys_of_the_piano_only_while_it_plays() {
    let mut h = ready_to_record(false);
    play_key(&mut h, K::S);
    assert_eq!(h.state().state.view.soloed, [false]);
    h.get_by_label_contains("Play with the computer").click();
    h.run();
    key(&mut h, Modifiers::NONE, K::S);
    assert_eq!(h.state().state.view.soloed, [true]);
}

#[test]
fn a_recording_replaces_what_it_passed_over_where_that_was_chosen() {
    let mut h = ready_to_record(false);
    let long = vec![Note::new(0, 480_000, 40, 80)];
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: long }));
    h.get_by_label("Recording options").click();
    h.run();
    h.get_by_label("Replaces").click();
    h.run();
    h.get_by_label("2 bars").click();
    h.run();
    let chosen = &h.state().state.settings.record;
    assert!(chosen.replace && chosen.count_in == 2);
    let record_settings = RecordSettings { count_in: 0, ..chosen.clone() };
    let settings = Settings { record: record_settings, ..h.state().state.settings.clone() };
    act(&mut h, Action::SetSettings(Box::new(settings)));
    key(&mut h, Modifiers::NONE, K::Escape);
    record(&mut h);
    play_key(&mut h, K::D);
    act(&mut h, Action::Do(Command::Record));
    assert_eq!(notes(&h).iter().map(|n| n.pitch).collect::<Vec<_>>(), [64]);
}

#[test]
fn nothing_played_is_nothing_recorded_and_an_edit_ends_a_recording_after_keeping_it() {
    let mut h = ready_to_record(true);
    record(&mut h);
    record(&mut h);
    assert_eq!(h.state().state.project.history().n_undo(), 0);
    record(&mut h);
    play_key(&mut h, K::F);
    h.state_mut().apply(Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(9600, 480, 50, 80)] }));
    h.step();
    assert!(h.state().state.session.recording.is_none());
    assert_eq!(h.state().state.project.history().n_undo(), 2);
    let pitches: Vec<u8> = notes(&h).iter().map(|n| n.pitch).collect();
    assert_eq!(pitches, [65, 50]);
}

#[test]
fn the_metronome_is_a_setting_and_has_a_key() {
    let mut h = window();
    assert!(!h.state().state.settings.record.metronome);
    key(&mut h, Modifiers::NONE, K::K);
    assert!(h.state().state.settings.record.metronome);
    h.get_by_label_contains("Metronome").click();
    h.run();
    assert!(!h.state().state.settings.record.metronome);
}

#[test]
fn the_settings_offer_device_rate_buffer_and_ports() {
    // The page names the Chinese language in Chinese, which not every machine can draw.
    let mut h = build(Options::for_test(), true);
    let english = Settings { language: Language::English, ..Settings::default() };
    act(&mut h, Action::SetSettings(Box::new(english)));
    act(&mut h, Action::Show(Page::Settings));
    for name in ["Device", "Sample rate", "Buffer", "Input", "Output"] {
        assert!(h.query_all_by_label(name).count() > 0, "{name}");
    }
    h.get_by_label("Look again").click();
    h.run();
    h.check_accessibility();
    let mut settings = h.state().state.settings.clone();
    settings.midi.output = cadenza::audio::OutputChoice::Virtual;
    settings.sound.buffer_frames = Some(256);
    act(&mut h, Action::SetSettings(Box::new(settings)));
    h.get_by_label("Sound here too").click();
    h.run();
    assert!(!h.state().state.settings.midi.local);
    h.check_accessibility();
}

#[test]
fn exporting_sound_asks_for_part_files_and_format() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let two = vec![Note::new(0, 480, 60, 80), Note::new(480, 480, 62, 80)];
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: two }));
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    act(&mut h, Action::Do(Command::ExportWav));
    h.check_accessibility();
    h.get_by_label("The selection").click();
    h.run();
    h.get_by_label("One a voice").click();
    h.run();
    h.get_by_label("Cancel").click();
    h.run();
    assert!(!h.state().state.view.export.asking);
    let flac = Format { container: Container::Flac, depth: Depth::TwentyFour };
    let export = cadenza::gui::export_sound::ExportSound { format: flac, ..h.state().state.view.export.clone() };
    act(&mut h, Action::SetExport(Box::new(export)));
    act(&mut h, Action::ExportWav("song".into()));
    let requests = asked.0.lock().expect("no test panics while asking");
    let Some(Request::ExportSound { what, path, .. }) = requests.last() else { panic!("{requests:?}") };
    assert_eq!((what.range, what.separate, what.format), (Some((480, 960)), true, flac));
    assert_eq!(path.to_str(), Some("song.flac"));
}
