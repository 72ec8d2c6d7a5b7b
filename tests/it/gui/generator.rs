//! The generator as the window asks it, and what becomes of its takes.

use super::*;
use cadenza::generate::Task;
use eframe::egui::accesskit::Role as Is;

#[test]
fn the_generator_is_asked_streams_and_gives_takes() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into(), "Bach".into()]));
    h.run();
    h.get_by_label("Generate").click();
    h.run();
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    assert_eq!((request.model.as_str(), request.from_tick, request.takes), ("Folk", 0, 1));
    assert_eq!(request.settings.seed, h.state().state.view.generator.settings.seed, "the seed is shown");

    let mut score = Score::new(24);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    score.insert(0, Note::new(0, 24, 72, 80));
    let preview = Preview { score: Arc::new(score.clone()), from_tick: 0, take: 0, of: 1 };
    events.send(SessionEvent::Preview(preview));
    events.send(SessionEvent::Job(Some(JobView { name: "Generating".into(), progress: Some(0.5) })));
    h.run();
    h.check_accessibility();
    h.get_by_label_contains("Take 1 of 1");
    score.insert(0, Note::new(24, 24, 74, 80));
    events.send(SessionEvent::TakeDone(Box::new(Take {
        name: "Take 1".into(),
        score: Arc::new(score),
        settings: request.settings,
        model: request.model,
        from_tick: 0,
        remark: "Longest run copied: 3 notes".into(),
    })));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    events.send(SessionEvent::Job(None));
    h.run();
    assert_eq!(n_notes(&h), 2, "on an empty roll the first take stays");
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 0, "one undo brings the old notes back");
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 480, 60, 80)] }));
    h.get_by_label("Hear Take 1").click();
    h.step();
    assert!(h.state().state.session.player.is_playing());
    h.get_by_label("Hear Take 1").click();
    h.run();
    h.get_by_label("Keep Take 1").click();
    h.run();
    assert_eq!(notes(&h).iter().map(|n| (n.start, n.duration)).collect::<Vec<_>>(), [(0, 480), (480, 480)]);
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(n_notes(&h), 1);
    h.get_by_label("Remove Take 1").click();
    h.run();
    assert!(h.state().state.project.takes().is_empty());
}

#[test]
fn continuing_the_piece_starts_at_the_next_bar() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 2000, 60, 80)] }));
    let mut generator = h.state().state.view.generator.clone();
    generator.primer = cadenza::gui::state::Primer::Piece;
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    key(&mut h, Modifiers::COMMAND, K::G);
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    assert_eq!(request.from_tick, 3840);
    assert_eq!(request.primer.map(|p| p.n_notes()), Some(1));
}

#[test]
fn a_task_takes_its_bars_and_voices_from_the_selection() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    let notes = (0..4).map(|bar| Note::new(bar * 1920, 480, 60, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    h.get_by_role_and_label(Is::ComboBox, "Task").click();
    h.run();
    h.get_by_role_and_label(Is::Button, "Fill: write a part anew").click();
    h.run();
    let ids: Vec<_> = h.state().state.project.score().notes().map(|(_, n)| n.id).collect();
    act(&mut h, Action::Select(ids[1..3].to_vec()));
    h.get_by_label_contains("Bars 2 to 3");
    h.check_accessibility();
    key(&mut h, Modifiers::COMMAND, K::G);
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    let s = &request.settings;
    assert_eq!((s.task, s.region, s.voices.as_slice()), (Task::Fill, Some((2, 3)), ["1".to_owned()].as_slice()));
    assert_eq!((request.from_tick, request.primer.map(|p| p.n_notes())), (1920, Some(4)));
}

#[test]
fn rules_are_set_in_their_section_and_follow_the_piece() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(240, 480, 60, 80)] }));
    h.get_by_label("Rules").click();
    h.run();
    let mut generator = h.state().state.view.generator.clone();
    generator.follow.chords = "Am F".to_owned();
    generator.follow.rhythm = true;
    generator.settings.rules.max_leap = Some(5);
    generator.settings.rules.scale = cadenza::generate::rules::ScaleRule::parse("0,2,4");
    generator.settings.rules.voice_ranges =
        cadenza::generate::rules::VoiceRange::parse("bass=36-60").into_iter().collect();
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    h.run();
    h.check_accessibility();
    h.get_by_label("Remove the limit of Bass");
    key(&mut h, Modifiers::COMMAND, K::G);
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    let rules = &request.settings.rules;
    assert_eq!((rules.max_leap, rules.chords.len(), rules.voice_ranges.len()), (Some(5), 2, 1));
    let rhythm = rules.rhythm_from.as_ref().map(|t| (t.notes[0].onset, t.notes[0].duration));
    assert_eq!(rhythm, Some((12, 24)));
}
