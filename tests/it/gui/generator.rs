//! The generator as the window asks it, and what becomes of its takes.

use super::*;
use cadenza::generate::rules::{PitchGoal, Rule};
use cadenza::generate::{Explanation, NoteReceipt, Style, Task};
use cadenza::project::{LaneEdit, Mark, Receipt, Receipts};
use eframe::egui::accesskit::Role as Is;
use egui_kittest::kittest::NodeT;

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
    let preview = Preview { score: Arc::new(score.clone()), from_tick: 0, whole: 0, take: 0, of: 1 };
    events.send(SessionEvent::Preview(preview));
    events.send(SessionEvent::Job(Some(JobView { name: "Generating".into(), progress: Some(0.5) })));
    h.run();
    h.check_accessibility();
    h.get_by_label_contains("Take 1 of 1");
    score.insert(0, Note::new(24, 24, 74, 80));
    events.send(SessionEvent::TakeDone(Box::new(Take {
        id: 0,
        parent: None,
        name: "Take 1".into(),
        score: Arc::new(score),
        settings: request.settings,
        model: request.model,
        from_tick: 0,
        remark: "Longest run copied: 3 notes".into(),
        receipts: Default::default(),
        originality: Some(TakeOriginality { copied: 3, source: "Tune".into(), bar: 2, percentile: Some(61.4) }),
    })));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    events.send(SessionEvent::Job(None));
    h.run();
    h.get_by_label("Copies 3 notes · 61 % copy more");
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

/// A take of two notes by "Folk": the first expected, the second not, with receipts.
pub(super) fn take_with_receipts() -> Take {
    let mut score = Score::new(480);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    score.insert(0, Note::new(0, 480, 72, 80));
    score.insert(0, Note::new(480, 480, 74, 80));
    let mut receipts = Receipts::default();
    for (note, nats) in score.voices[0].notes.iter().zip([1.0f64, 9.0]) {
        let receipt = Receipt {
            model: "Folk".into(),
            probability: (-nats).exp(),
            nats,
            rank: 2,
            alternatives: vec![(76, 0.5), (note.pitch, 0.25), (79, 0.125), (71, 0.06), (69, 0.03)],
            drawn_with: Some(0.75),
            relaxed: vec![Rule::Grid],
            removed: [(Rule::Key, 53)].into(),
        };
        receipts.insert(note, receipt);
    }
    Take {
        id: 0,
        parent: None,
        name: "Take 1".into(),
        score: Arc::new(score),
        settings: cadenza::generate::Settings::default(),
        model: "Folk".into(),
        from_tick: 0,
        remark: String::new(),
        receipts,
        originality: None,
    }
}

#[test]
fn a_kept_note_says_why_it_is_there_and_another_pitch_is_one_click() {
    let mut h = window();
    h.state().state.session.events.send(SessionEvent::TakeDone(Box::new(take_with_receipts())));
    h.run();
    assert_eq!(n_notes(&h), 2);
    assert!(h.query_by_label("Receipt").is_none(), "nothing is selected, and nobody asked");
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    h.get_by_label("Written by Folk");
    h.get_by_label("The whole note: 1.2e-2 % · 9.00 nats");
    h.get_by_label("Its pitch is the model's choice no. 2");
    h.get_by_label("The whole note, after temperature and rules: 75 %");
    h.get_by_label("D5: as it is, 25 %");
    h.get_by_label("Rule “key”: 53 pitches taken away");
    h.get_by_label("Rule “grid” left nothing and was set aside");
    h.check_accessibility();
    reach(&mut h, "Hear B4");
    h.get_by_label("Hear B4").click();
    h.run();
    assert_eq!(notes(&h)[1].pitch, 74, "hearing changes nothing");
    reach(&mut h, "Swap in E5: 50 %");
    h.get_by_label("Swap in E5: 50 %").click();
    h.run();
    assert_eq!((notes(&h)[1].pitch, notes(&h)[1].id), (76, second));
    assert!(h.query_by_label("Written by Folk").is_none(), "a note changed by hand has no receipt");
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(notes(&h)[1].pitch, 74, "one step takes it back");
    act(&mut h, Action::Select(vec![second]));
    h.get_by_label("Written by Folk");

    // Saved with the project, the receipts of the piece and of the take.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.cadenza");
    act(&mut h, Action::Save(path.clone()));
    act(&mut h, Action::Open(path));
    assert!(!h.state().state.project.takes()[0].receipts.is_empty());
    let second = notes(&h)[1].id;
    act(&mut h, Action::Select(vec![second]));
    h.get_by_label("Written by Folk");
}

#[test]
fn a_piece_written_by_hand_is_explained_by_the_model_that_is_chosen() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    let written = [60, 62].iter().enumerate().map(|(i, p)| Note::new(480 * i as i64, 480, *p, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: written }));
    act(&mut h, Action::Select(vec![]));
    h.get_by_label_contains("Explain: colour notes by surprise").click();
    h.run();
    assert!(h.state().state.view.explain);
    h.get_by_label("Select one note to see why it is there");
    reach(&mut h, "Explain this piece");
    h.get_by_label("Explain this piece").click();
    h.run();
    assert!(h.state().state.session.explaining && h.query_by_label("Explain this piece").is_none());
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Explain(request)) = request else { panic!("{request:?}") };
    assert_eq!((request.model.as_str(), request.score.n_notes()), ("Folk", 2));
    // Meanwhile the second note is changed: what is said of it is of another note.
    let ids: Vec<_> = notes(&h).iter().map(|n| n.id).collect();
    act(&mut h, Action::Edit(Edit::SetPitches(vec![(ids[1], 65)])));
    let read = |n| NoteReceipt { drawn_with: None, ..NoteReceipt::new(n, 0, "Melody", Vec::new()) };
    let said = request.score.voices[0].notes.iter().map(read).collect();
    let explanation = Explanation {
        model: "Folk".into(),
        nats_per_note: 2.5,
        end_nats: 1.0,
        tonic_nats: 0.0,
        remarks: vec!["1 note off the model's grid".into()],
        notes: said,
    };
    events.send(SessionEvent::Explained(Arc::clone(&request.score), Box::new(Ok(explanation.clone()))));
    h.run();
    let message = h.state().state.session.message.text.clone();
    assert_eq!(message, "Folk: 2.50 nats per note · 1 note off the model's grid");
    act(&mut h, Action::Select(vec![ids[1]]));
    h.get_by_label_contains("This note has no receipt");
    act(&mut h, Action::Select(vec![ids[0]]));
    h.get_by_label("Read by Folk");
    h.check_accessibility();

    // What comes after another piece was opened is not for it.
    reach(&mut h, "Explain this piece");
    h.get_by_label("Explain this piece").click();
    h.run();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("b.cadenza");
    cadenza::project::file::save(&cadenza::project::Project::new((*request.score).clone()), &path).unwrap();
    act(&mut h, Action::Save(dir.path().join("a.cadenza")));
    act(&mut h, Action::Open(path));
    events.send(SessionEvent::Explained(request.score, Box::new(Ok(explanation))));
    h.run();
    assert!(h.state().state.project.receipts().is_empty());
}

#[test]
fn the_originality_of_the_selection_is_asked_and_shown() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let events = h.state().state.session.events.clone();
    act(&mut h, Action::Do(Command::Originality));
    assert!(asked.0.lock().expect("sound").is_empty(), "there is nothing to look up");
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    let notes = (0..20).map(|i| Note::new(i * 480, 480, 60 + (i % 7) as u8, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    let first = self::notes(&h)[..15].iter().map(|n| n.id).collect();
    act(&mut h, Action::Select(first));
    act(&mut h, Action::Do(Command::Originality));
    h.get_by_label("Check again").click();
    h.run();
    let request = asked.0.lock().expect("sound").pop();
    let Some(Request::Originality { model, score }) = request else { panic!("{request:?}") };
    assert_eq!((model.as_str(), score.n_notes()), ("Folk", 15));
    h.get_by_label_contains("Looking it up in what Folk");
    let passage = CopiedPassage { notes: 14, changed: 1, bars: 3.5, source: "Old tune".into(), bar: 5 };
    let figures = Figures {
        notes: 15,
        longest_copy: Some(LongestCopy { notes: 9, bars: 2.0, source: "Old tune".into(), bar: 6 }),
        longest_passage: Some(passage.clone()),
        shares: (4..=16).map(|n| (n, 0.5)).collect(),
        sources: vec![passage],
        percentile: Some(12.0),
        percentile_among: Some(Among { held_out: 9, learned_from: 40 }),
        percentile_reason: None,
    };
    events.send(SessionEvent::Originality(Box::new(Ok(figures.clone()))));
    h.run();
    h.check_accessibility();
    h.get_by_label("Of the selection, 15 notes, by Folk");
    h.get_by_label("Longest copy: 9 notes, Old tune, bar 6");
    h.get_by_label("With 1 changed: 14 notes, Old tune, bar 5");
    h.get_by_label("12 % of people's pieces copy more");
    h.get_by_label_contains("9 held-out pieces and 40 learned from");
    let reason = Some(NoPercentile::FewPieces { pieces: 12, long_enough: 3 });
    let figures = Figures { percentile: None, percentile_reason: reason, ..figures };
    events.send(SessionEvent::Originality(Box::new(Ok(figures))));
    h.run();
    h.get_by_label("No percentile: of 12 different pieces by people 3 are as long, it takes 30");
    events.send(SessionEvent::Originality(Box::new(Err("not at hand".into()))));
    h.run();
    h.get_by_label_contains("not at hand");
}

#[test]
fn rules_that_leave_nothing_together_are_told_before_they_are_asked_for() {
    let mut h = window_asking(&Asked::default());
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    h.run();
    let told = |h: &Harness<'_, App>| h.query_all_by_label_contains("leave nothing together").count();
    let mut generator = h.state().state.view.generator.clone();
    (generator.settings.range, generator.settings.rules.start_pitch) = (Some((60, 72)), PitchGoal::parse("C3"));
    act(&mut h, Action::SetGenerator(Box::new(generator.clone())));
    h.run();
    assert_eq!(told(&h), 1);
    generator.settings.range = None;
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    h.run();
    assert_eq!(told(&h), 0);
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

#[test]
fn a_style_of_sampling_is_chosen_by_name_and_moved_from_by_hand() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    h.run();
    h.get_by_role_and_label(Is::ComboBox, "Sampling").click();
    h.run();
    h.get_by_label("Adventurous").click();
    h.run();
    key(&mut h, Modifiers::COMMAND, K::G);
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    assert_eq!(Style::of(&request.settings), Some(Style::Adventurous));
    assert!(request.settings.fields.pitch_temperature > request.settings.fields.time_temperature);
    let mut generator = h.state().state.view.generator.clone();
    generator.settings.temperature = 0.5;
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    assert_eq!(Style::of(&h.state().state.view.generator.settings), None);
    h.check_accessibility();
}

#[test]
fn a_form_is_typed_and_a_primer_says_what_is_taken() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    let notes = (0..3).map(|bar| Note::new(bar * 1920, 480, 60, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    let mut generator = h.state().state.view.generator.clone();
    generator.primer = cadenza::gui::state::Primer::Piece;
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    h.get_by_label("Taken: bars 1 to 3, 3 notes of Melody. What is new begins at bar 4");
    h.get_by_role_and_label(Is::TextInput, "Form").focus();
    h.run();
    h.get_by_role_and_label(Is::TextInput, "Form").type_text("aab1a");
    h.run();
    reach(&mut h, "Repeats end anew");
    h.get_by_label("Repeats end anew").click();
    h.run();
    h.check_accessibility();
    h.get_by_label("Generate").click();
    h.run();
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    let form = request.settings.form.clone().expect("a form");
    assert_eq!((form.letters.as_str(), form.varied), ("AABA", true));
}

#[test]
fn the_melody_assistant_asks_for_a_voice_and_leaves_the_panel_as_it_was() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    let notes = (0..2).map(|bar| Note::new(bar * 1920, 480, 60, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    let ids: Vec<_> = h.state().state.project.score().notes().map(|(_, n)| n.id).collect();
    act(&mut h, Action::Select(vec![ids[1]]));
    reach(&mut h, "Melody assistant");
    h.get_by_label("Melody assistant").click();
    h.run();
    h.check_accessibility();
    reach(&mut h, "Write a bass line");
    h.get_by_label("Write a bass line").click();
    h.run();
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    let s = &request.settings;
    assert_eq!(
        (s.task, s.region, s.voices.as_slice()),
        (Task::Accompany, Some((2, 2)), ["bass".to_owned()].as_slice())
    );
    assert_eq!(request.primer.as_ref().map(|p| p.n_notes()), Some(2));
    assert_eq!(h.state().state.view.generator.settings.task, Task::New);
}

#[test]
fn a_meter_can_be_asked_for_and_one_that_was_never_learned_is_said() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    h.run();
    let request = |h: &mut Harness<'static, App>| {
        key(h, Modifiers::COMMAND, K::G);
        let request = asked.0.lock().expect("sound").pop();
        let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
        h.state().state.session.events.send(SessionEvent::GenerateEnded(Ok(())));
        h.run();
        request.settings
    };
    let settings = request(&mut h);
    assert_eq!((settings.meter, settings.start_on_bar), (None, true));
    // An empty piece may have been given a meter on its lane.
    let jig = cadenza::music::Meter::new(6, 8);
    let edit = LaneEdit::Set { tick: 0, mark: Mark::Meter(jig.expect("a meter")) };
    act(&mut h, Action::Edit(Edit::Lane(edit)));
    assert_eq!(request(&mut h).meter, jig);
    h.get_by_role_and_label(Is::ComboBox, "Meter").click();
    h.run();
    h.get_by_role_and_label(Is::Button, "3/4").click();
    h.run();
    assert_eq!(request(&mut h).meter, cadenza::music::Meter::new(3, 4));

    let unknown = cadenza::generate::UnknownMeter {
        model: "Folk".into(),
        meter: cadenza::music::Meter::new(3, 4).expect("a meter"),
        learned: vec!["4/4".into()],
    };
    events.send(SessionEvent::UnknownMeter(unknown));
    h.run();
    let sentence = "Folk has never learned from music in 3/4, only in 4/4: expect noise";
    h.get_by_label(sentence);
    h.check_accessibility();
    // What is asked next has its own.
    key(&mut h, Modifiers::COMMAND, K::G);
    assert!(h.query_by_label(sentence).is_none());
}

#[test]
fn a_chord_that_is_none_is_said_and_nothing_is_generated_without_the_rule() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    h.state().state.session.events.send(SessionEvent::Models(vec!["Folk".into()]));
    h.run();
    reach(&mut h, "Rules");
    h.get_by_label("Rules").click();
    h.run();
    let mut generator = h.state().state.view.generator.clone();
    generator.follow.chords = "F# Q7".to_owned();
    act(&mut h, Action::SetGenerator(Box::new(generator.clone())));
    h.get_by_label("Not a chord: Q7");
    let sentence = "Rules, chords: “Q7” is not a chord. Mend it or clear the field to generate";
    h.get_by_label(sentence);
    assert!(h.get_by_role_and_label(Is::Button, "Generate").accesskit_node().is_disabled());
    key(&mut h, Modifiers::COMMAND, K::G);
    let generates = |r: &Request| matches!(r, Request::Generate(_));
    assert!(!asked.0.lock().unwrap().iter().any(generates), "not by its key either");
    assert_eq!(h.state().state.session.message.text, sentence);
    generator.follow.chords = "F# B7".to_owned();
    act(&mut h, Action::SetGenerator(Box::new(generator)));
    assert!(!h.get_by_role_and_label(Is::Button, "Generate").accesskit_node().is_disabled());
    key(&mut h, Modifiers::COMMAND, K::G);
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    assert_eq!(request.settings.rules.chords.len(), 2);
}
