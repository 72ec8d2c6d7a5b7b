//! What can be done with a receipt: hear and swap, write anew what follows, see what it was learned from.

use super::generator::take_with_receipts;
use super::*;
use cadenza::generate::{BarWeight, Weighed};
use cadenza::gui::session::GenerateRequest;
use cadenza::job::Nearest;
use cadenza::project::{Receipt, Receipts};
use eframe::egui::Id;

/// A window with the take of two notes kept, its first note selected.
fn with_take(asked: &Asked) -> Harness<'static, App> {
    let mut h = window_asking(asked);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    events.send(SessionEvent::TakeDone(Box::new(take_with_receipts())));
    h.run();
    let first = notes(&h)[0].id;
    act(&mut h, Action::Select(vec![first]));
    h
}

fn asked_to_generate(asked: &Asked) -> Option<GenerateRequest> {
    let requests = asked.0.lock().expect("no panic elsewhere");
    requests.iter().rev().find_map(|r| if let Request::Generate(r) = r { Some((**r).clone()) } else { None })
}

/// The take that comes back: E5, which was asked for, and two notes that are new.
fn rewritten(request: &GenerateRequest) -> Take {
    let mut score = Score::new(480);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    for (start, pitch) in [(0, 76), (480, 77), (960, 79)] {
        score.insert(0, Note::new(start, 480, pitch, 80));
    }
    let mut receipts = Receipts::default();
    for (i, note) in score.voices[0].notes.iter().enumerate() {
        let drawn_with = (i > 0).then_some(0.5);
        receipts.insert(note, Receipt { model: "Folk".into(), rank: 1, drawn_with, ..Receipt::default() });
    }
    Take {
        name: "Take 2".into(),
        score: Arc::new(score),
        settings: request.settings.clone(),
        receipts,
        ..take_with_receipts()
    }
}

#[test]
fn another_pitch_and_what_follows_anew_is_one_step() {
    let asked = Asked::default();
    let mut h = with_take(&asked);
    let first = notes(&h)[0].id;
    reach(&mut h, "Swap in E5 and regenerate what follows");
    h.get_by_label("Swap in E5 and regenerate what follows").click();
    h.run();
    let request = asked_to_generate(&asked).expect("takes are asked for");
    let (settings, seed) = (take_with_receipts().settings, request.settings.seed);
    assert_eq!(request.settings, cadenza::generate::Settings { seed, ..settings.clone() }, "the settings of the take");
    assert_ne!(seed, settings.seed, "with its own seed it would write the same rest");
    assert_eq!(h.state().state.view.generator.settings.seed, seed, "a new one each time is the one that is shown");
    let kept = request.kept.clone().expect("a note stays");
    assert_eq!(kept.notes().map(|(_, n)| (n.start, n.pitch)).collect::<Vec<_>>(), [(0, 76)]);
    assert!(request.primer.is_none() && request.takes == 1 && request.from_tick == 0);
    assert_eq!(notes(&h)[0].pitch, 72, "nothing has changed yet");

    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::TakeDone(Box::new(rewritten(&request))));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    h.run();
    assert_eq!(notes(&h).iter().map(|n| n.pitch).collect::<Vec<_>>(), [76, 77, 79]);
    assert_eq!(notes(&h)[0].id, first);
    let said = format!("2 notes written anew with seed {seed}, 2 of them different: Take 2");
    assert_eq!(h.state().state.session.message.text, said);
    assert_eq!(h.state().state.project.takes().len(), 2, "it is a take as others are");
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    h.get_by_label("Written by Folk");
    h.check_accessibility();
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(notes(&h).iter().map(|n| n.pitch).collect::<Vec<_>>(), [72, 74], "one step takes it back");
    act(&mut h, Action::Select(vec![first]));
    h.get_by_label("Written by Folk");
}

#[test]
fn a_rest_that_came_out_the_same_is_said_to_be() {
    let asked = Asked::default();
    let mut h = with_take(&asked);
    let mut generator = h.state().state.view.generator.clone();
    generator.new_seed_each_time = false;
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    reach(&mut h, "Swap in E5 and regenerate what follows");
    h.get_by_label("Swap in E5 and regenerate what follows").click();
    h.run();
    let request = asked_to_generate(&asked).expect("takes are asked for");
    assert_eq!(request.settings.seed, take_with_receipts().settings.seed + 1, "the next one, so that it can be told");
    let mut take = rewritten(&request);
    let score = Arc::make_mut(&mut take.score);
    score.voices[0].notes.truncate(2);
    score.voices[0].notes[1].pitch = 74;
    let receipt = Receipt { drawn_with: Some(0.5), ..Receipt::default() };
    take.receipts.insert(&take.score.voices[0].notes[1], receipt);
    h.state().state.session.events.send(SessionEvent::TakeDone(Box::new(take)));
    h.run();
    let said = format!("1 notes written anew with seed {}, 0 of them different: Take 2", request.settings.seed);
    assert_eq!(h.state().state.session.message.text, said);
}

#[test]
fn where_the_piece_was_changed_meanwhile_the_take_waits_beside_the_others() {
    let asked = Asked::default();
    let mut h = with_take(&asked);
    reach(&mut h, "Swap in E5 and regenerate what follows");
    h.get_by_label("Swap in E5 and regenerate what follows").click();
    h.run();
    let request = asked_to_generate(&asked).expect("takes are asked for");
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(1920, 480, 60, 80)] }));
    h.state().state.session.events.send(SessionEvent::TakeDone(Box::new(rewritten(&request))));
    h.run();
    assert_eq!(notes(&h).iter().map(|n| n.pitch).collect::<Vec<_>>(), [72, 74, 60]);
    assert!(h.state().state.session.message.text.contains("changed meanwhile"));
    assert_eq!(h.state().state.project.takes().len(), 2);
}

#[test]
fn without_its_take_a_note_has_nothing_to_go_on_with() {
    let asked = Asked::default();
    let mut h = with_take(&asked);
    act(&mut h, Action::RemoveTake(0));
    reach(&mut h, "Swap in E5 and regenerate what follows");
    h.get_by_label("Swap in E5 and regenerate what follows").click();
    h.run();
    assert!(asked_to_generate(&asked).is_none());
}

#[test]
fn the_nearest_training_passages_are_named_and_heard() {
    let asked = Asked::default();
    let mut h = with_take(&asked);
    let first = notes(&h)[0].id;
    h.get_by_label("Looking for the nearest passages that Folk learned from …");
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Nearest { model, note, .. }) = request else { panic!("{request:?}") };
    assert_eq!((model.as_str(), note), ("Folk", first));
    let passage = |source: &str, changed| CopiedPassage { notes: 9, changed, bars: 2.0, source: source.into(), bar: 3 };
    let mut score = Score::new(24);
    score.push_voice(Voice::new("", Role::Melody, 0));
    score.insert(0, Note::new(0, 24, 60, 80));
    score.end = 24;
    let found = [passage("The Wren", 0), passage("Soldier's Joy", 2)];
    let found = found.map(|passage| Nearest { passage, score: Arc::new(score.clone()) }).to_vec();
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Nearest(first, Box::new(Ok(found))));
    h.run();
    h.get_by_label("The Wren, bar 3: 9 notes");
    h.get_by_label("Soldier's Joy, bar 3: 9 notes, 2 changed");
    h.check_accessibility();
    reach(&mut h, "Hear Soldier's Joy, bar 3");
    h.get_by_label("Hear Soldier's Joy, bar 3").click();
    h.step();
    assert!(h.state().state.session.plays(&Playing::Passage(1)));
    // Another note: what was found is of the first, and is asked anew.
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    assert!(h.query_by_label("The Wren, bar 3: 9 notes").is_none());
    assert!(!h.state().state.session.plays(&Playing::Passage(1)));
    events.send(SessionEvent::Nearest(second, Box::new(Err("the pieces are not at hand".into()))));
    h.run();
    h.get_by_label("the pieces are not at hand");
}

#[test]
fn an_alternative_under_the_pointer_is_heard_once() {
    let mut h = with_take(&Asked::default());
    let heard = |h: &Harness<'static, App>| {
        let id = Id::unique("alternative under the pointer");
        h.ctx.data(|d| d.get_temp::<Option<(usize, u8, u8)>>(id)).flatten()
    };
    assert_eq!(heard(&h), None);
    reach(&mut h, "Swap in E5: 50 %");
    h.get_by_label("Swap in E5: 50 %").hover();
    h.run();
    assert_eq!(heard(&h), Some((0, 76, 80)));
    assert_eq!(notes(&h)[0].pitch, 72, "hearing changes nothing");
}

#[test]
fn what_each_bar_was_worth_is_asked_and_shown_with_a_heat_map() {
    let asked = Asked::default();
    let mut h = with_take(&asked);
    let first = notes(&h)[0].id;
    reach(&mut h, "What spoke for it?");
    h.get_by_label("What spoke for it?").click();
    h.run();
    h.get_by_label("Asking Folk without each bar in turn …");
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Weigh { model, note, score }) = request else { panic!("{request:?}") };
    assert_eq!((model.as_str(), note, score.n_notes()), ("Folk", first, 2));
    let bars = [(3, 0.25), (4, 1.5), (6, -0.5)].map(|(bar, nats)| BarWeight { bar, nats }).to_vec();
    let mut pitches = vec![0.0; 128];
    (pitches[72], pitches[76]) = (0.25, 0.75);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Weighed(first, Box::new(Ok(Weighed { bars, pitches }))));
    h.run();
    h.get_by_label("Bars 3 to 6; most for it bar 4: +1.50 nats");
    h.get_by_label("The roll shows how likely each pitch was in its place");
    h.get_by_label("for it");
    h.get_by_label("against it");
    h.check_accessibility();
    // Of this note as it is: another pitch, another question.
    act(&mut h, Action::Edit(Edit::SetPitches(vec![(first, 71)])));
    assert!(h.query_by_label_contains("most for it bar 4").is_none());
    key(&mut h, Modifiers::COMMAND, K::Z);
    act(&mut h, Action::Select(vec![first]));
    h.get_by_label("Bars 3 to 6; most for it bar 4: +1.50 nats");
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    h.get_by_label("What spoke for it?");
}

#[test]
fn receipts_that_stand_beside_a_take_are_read_with_it() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("take-01.mid");
    let mut score = Score::new(480);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    score.insert(0, Note::new(0, 480, 72, 80));
    score.insert(0, Note::new(480, 480, 74, 80));
    std::fs::write(&path, cadenza::midi::write(&score).0).expect("file");
    let beside = r#"{"model":"Folk","settings":{},"mean_nats":1.5,"notes":[{"bar":1,"voice":"Melody","start_tick":480,
        "duration_ticks":480,"pitch":74,"velocity":80,"probability":0.25,"nats":1.5,"drawn_with":0.5,"rank":2,
        "alternatives":[{"value":76,"probability":0.5}],"relaxed":[],"removed":{"start-on-bar":95}}]}"#;
    std::fs::write(path.with_extension("json"), beside).expect("file");
    let mut h = window();
    act(&mut h, Action::Open(path.clone()));
    let message = h.state().state.session.message.clone();
    assert_eq!(message.text, "take-01.mid is open, with the receipts of 1 notes that stand beside it");
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    h.get_by_label("Written by Folk");
    h.get_by_label("Its pitch is the model's choice no. 2");
    h.get_by_label("Rule “begin on the bar line”: 95 places taken away");
    // A file that is broken is said, one that is something else is left alone.
    std::fs::write(path.with_extension("json"), beside.replace("\"rank\":2", "\"rank\":-2")).expect("file");
    act(&mut h, Action::Open(path.clone()));
    let message = h.state().state.session.message.clone();
    assert!(message.severity == Severity::Warning && message.text.contains("take-01.json"), "{}", message.text);
    std::fs::write(path.with_extension("json"), "{}").expect("file");
    act(&mut h, Action::Open(path));
    assert_eq!(h.state().state.session.message.text, "take-01.mid is open.");
}

#[test]
fn other_pitches_are_spelled_in_the_key_of_the_piece() {
    let mut h = with_take(&Asked::default());
    let first = notes(&h)[0];
    let alternatives = vec![(80, 0.5), (72, 0.25)];
    let receipt = Receipt { rank: 2, alternatives, drawn_with: Some(0.5), ..Receipt::default() };
    let mut receipts = Receipts::default();
    receipts.insert(&first, receipt);
    h.state_mut().state.project.add_receipts(receipts);
    h.run();
    h.get_by_label("Swap in A♭5: 50 %");
    act(&mut h, Action::Edit(Edit::SetKey(Some(Key::new(4, Mode::Major)))));
    act(&mut h, Action::Select(vec![first.id]));
    h.get_by_label("Swap in G♯5: 50 %");
}

#[test]
fn the_scale_of_surprise_reaches_as_far_as_the_piece_does() {
    let most = |nats: &[f64]| {
        let mut h = window();
        let written = (0..nats.len()).map(|i| Note::new(480 * i as i64, 480, 60, 80)).collect();
        act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: written }));
        let mut receipts = Receipts::default();
        for (note, nats) in notes(&h).iter().zip(nats) {
            receipts.insert(note, Receipt { nats: *nats, ..Receipt::default() });
        }
        h.state_mut().state.project.add_receipts(receipts);
        act(&mut h, Action::Select(vec![]));
        act(&mut h, Action::Do(Command::Explain));
        h
    };
    // Of forty notes one in twenty goes beyond what the end of the scale says.
    let nats: Vec<f64> = (1..=40).map(|i| 0.2 * f64::from(i)).collect();
    most(&nats).get_by_label("7.6 nats or more: a surprise");
    most(&[0.1, 0.2, 0.3]).get_by_label("3.0 nats or more: a surprise");
    most(&[]).get_by_label("3.0 nats or more: a surprise");
}
