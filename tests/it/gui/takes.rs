//! What is made of takes: names, a tree, blends, branches, an order; all of it undone and saved.

use super::generator::take_with_receipts;
use super::*;
use cadenza::gui::takes::TakeOrder;
use eframe::egui::accesskit::Role as Is;

/// A take of four bars of one note each, from this pitch upwards by a step.
fn take(name: &str, pitch: u8, nats: f64) -> Take {
    let mut take = take_with_receipts();
    let receipt = take.score.voices[0]
        .notes
        .first()
        .and_then(|n| take.receipts.of(n))
        .cloned()
        .expect("a receipt of the first note");
    let mut score = Score::new(480);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    for bar in 0..4 {
        let pitch = if pitch == 40 { 40 + [0, 9, 1, 8][bar as usize] } else { pitch + 2 * bar as u8 };
        let id = score.insert(0, Note::new(bar * 1920, 1920, pitch, 80));
        let note = *score.voices[0].notes.iter().find(|n| n.id == id).expect("the note");
        take.receipts.insert(&note, cadenza::project::Receipt { nats, ..receipt.clone() });
    }
    score.end = 4 * 1920;
    (take.name, take.score) = (name.into(), Arc::new(score));
    take
}

fn with_takes(asked: &Asked) -> Harness<'static, App> {
    let mut h = window_asking(asked);
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 480, 50, 80)] }));
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    for take in [take("One", 60, 2.0), take("Two", 40, 1.0), take("Three", 80, 3.0)] {
        events.send(SessionEvent::TakeDone(Box::new(take)));
    }
    h.run();
    h
}

fn names(h: &Harness<'static, App>) -> Vec<String> {
    h.state().state.project.takes().iter().map(|t| t.name.clone()).collect()
}

/// The cards from left to right.
fn cards(h: &Harness<'static, App>) -> Vec<String> {
    let mut cards: Vec<_> =
        names(h).into_iter().map(|name| (h.get_by_label(&format!("Keep {name}")).rect().left(), name)).collect();
    cards.sort_by(|a, b| a.0.total_cmp(&b.0));
    cards.into_iter().map(|c| c.1).collect()
}

#[test]
fn bars_of_two_takes_are_blended_and_it_is_undone_and_saved() {
    let mut h = with_takes(&Asked::default());
    h.get_by_label("What can be made of One").click();
    h.run();
    h.get_by_role_and_label(Is::ComboBox, "Blend with").click();
    h.run();
    h.get_by_role_and_label(Is::Button, "Three").click();
    h.run();
    h.get_by_label("Bar 2 from One").click();
    h.run();
    h.get_by_label("Bar 2 from Three");
    h.check_accessibility();
    h.get_by_label("Bar 4 from One").click();
    h.run();
    h.get_by_label("Make the blend").click();
    h.run();
    assert_eq!(names(&h), ["One", "Two", "Three", "One + Three"]);
    let made = h.state().state.project.takes()[3].clone();
    assert_eq!(made.score.voices[0].notes.iter().map(|n| n.pitch).collect::<Vec<_>>(), [60, 82, 64, 86]);
    assert_eq!(made.parent, Some(h.state().state.project.takes()[0].id));
    h.get_by_label_contains("› One + Three");
    key(&mut h, Modifiers::COMMAND, K::Z);
    assert_eq!(names(&h).len(), 3);
    key(&mut h, Modifiers::COMMAND, K::Y);
    assert_eq!(names(&h)[3], "One + Three");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.cadenza");
    act(&mut h, Action::Save(path.clone()));
    assert!(!h.state().state.project.is_unsaved());
    act(&mut h, Action::Open(path));
    let back = &h.state().state.project.takes()[3];
    assert_eq!((back.id, back.parent, &back.name, &back.score), (made.id, made.parent, &made.name, &made.score));
    assert!(back.score.notes().all(|(_, n)| back.receipts.of(n).is_some()));
}

#[test]
fn a_name_and_a_removal_are_steps_and_what_came_since_stays() {
    let mut h = with_takes(&Asked::default());
    h.get_by_label("What can be made of Two").click();
    h.run();
    let field = h.get_by_role_and_label(Is::TextInput, "Name");
    field.focus();
    h.run();
    h.get_by_role_and_label(Is::TextInput, "Name").type_text(" better");
    h.run();
    h.key_press(K::Enter);
    h.run();
    assert_eq!(names(&h)[1], "Two better");
    h.get_by_label("Remove One").click();
    h.run();
    assert_eq!(names(&h), ["Two better", "Three"]);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::TakeDone(Box::new(take("Four", 70, 2.5))));
    h.run();
    act(&mut h, Action::Do(Command::Undo));
    assert_eq!(names(&h), ["One", "Two better", "Three", "Four"]);
    act(&mut h, Action::Do(Command::Undo));
    assert_eq!(names(&h), ["One", "Two", "Three", "Four"]);
    act(&mut h, Action::Do(Command::Redo));
    assert_eq!(names(&h)[1], "Two better");
}

#[test]
fn a_branch_begins_with_bars_of_its_take_and_stands_under_it() {
    let asked = Asked::default();
    let mut h = with_takes(&asked);
    h.get_by_label("What can be made of One").click();
    h.run();
    h.get_by_label("Write the rest anew").click();
    h.run();
    let request = asked.0.lock().unwrap().pop();
    let Some(Request::Generate(request)) = request else { panic!("{request:?}") };
    let kept = request.kept.clone().expect("bars are kept");
    assert_eq!(kept.notes().map(|(_, n)| n.pitch).collect::<Vec<_>>(), [60, 62], "half of its bars");
    assert_eq!(
        request.settings,
        cadenza::generate::Settings { seed: request.settings.seed, ..take("", 60, 1.0).settings }
    );
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::TakeDone(Box::new(take("Branch", 61, 2.0))));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    h.run();
    let takes = h.state().state.project.takes();
    assert_eq!(takes[3].parent, Some(takes[0].id));
    h.get_by_label("› Branch");
    h.get_by_role_and_label(Is::ComboBox, "Order: Newest").click();
    h.run();
    h.get_by_label("Tree").click();
    h.run();
    assert_eq!(cards(&h), ["Three", "Two", "One", "Branch"]);
}

#[test]
fn takes_are_ranked_by_likelihood_originality_and_closeness() {
    let mut h = with_takes(&Asked::default());
    let events = h.state().state.session.events.clone();
    let copied = |copied, percentile| Some(TakeOriginality { copied, source: String::new(), bar: 1, percentile });
    let mut original = take("Four", 70, 2.5);
    original.originality = copied(2, Some(90.0));
    events.send(SessionEvent::TakeDone(Box::new(original)));
    h.run();
    assert_eq!(cards(&h), ["Four", "Three", "Two", "One"]);
    act(&mut h, Action::OrderTakes(TakeOrder::Likely));
    assert_eq!(cards(&h), ["Two", "One", "Four", "Three"]);
    act(&mut h, Action::OrderTakes(TakeOrder::Original));
    assert_eq!(cards(&h)[0], "Four");
    // The selection leaps as take Two does: a ninth up, down, up.
    let notes = [50, 59, 51, 58].iter().enumerate().map(|(i, p)| Note::new(480 * i as i64, 480, *p, 80)).collect();
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes }));
    h.get_by_role_and_label(Is::ComboBox, "Order: Most original").click();
    h.run();
    h.get_by_label("Closest to the selection").click();
    h.run();
    assert_eq!(cards(&h)[0], "Two");
    h.check_accessibility();
}

/// Whether a stretch of time and pitch is in sight.
fn sees(h: &Harness<'static, App>, ticks: (i64, i64), pitches: (u8, u8)) -> bool {
    let t = h.state().roll.transform().expect("the roll was drawn");
    let ((from, to), (low, high)) = (t.ticks(), t.pitches());
    from <= ticks.0 as f64 && ticks.1 as f64 <= to && low <= pitches.0 && pitches.1 <= high
}

#[test]
fn a_take_that_is_kept_is_seen_and_its_card_is_marked() {
    let mut h = with_takes(&Asked::default());
    // Far from what the takes bring: a single bar, and high up.
    h.state_mut().roll.zoom_to(0, 480, 100, 110);
    h.run();
    assert!(h.query_by_label("In the piece").is_none());
    assert!(!sees(&h, (0, 4 * 1920), (40, 49)));
    act(&mut h, Action::KeepTake(1));
    assert!(sees(&h, (0, 4 * 1920), (40, 49)), "{:?}", h.state().roll.transform());
    let marked = |h: &Harness<'static, App>| h.state().state.view.takes_in_piece.clone();
    let ids: Vec<u64> = h.state().state.project.takes().iter().map(|t| t.id).collect();
    assert_eq!(marked(&h), [ids[1]].into());
    h.get_by_label("In the piece");
    h.check_accessibility();
    // Another in its place, and back again.
    act(&mut h, Action::KeepTake(0));
    assert_eq!(marked(&h), [ids[0]].into());
    act(&mut h, Action::Do(Command::Undo));
    assert_eq!(marked(&h), [ids[1]].into());
}

#[test]
fn what_is_seen_under_the_head_is_the_take_that_is_heard() {
    let mut h = with_takes(&Asked::default());
    act(&mut h, Action::KeepTake(0));
    let heard = |h: &mut Harness<'static, App>, i: usize| {
        h.state_mut().apply(Action::PlayTake(i));
        h.step();
        h.step();
        h.state().state.other_take_heard().map(|t| t.name.clone())
    };
    assert_eq!(heard(&mut h, 0), None, "the roll shows it already");
    assert_eq!(heard(&mut h, 2).as_deref(), Some("Three"));
    assert!(sees(&h, (0, 4 * 1920), (80, 86)), "its notes lie over those of the piece");
    h.state_mut().apply(Action::PlayTake(2));
    h.run();
    assert!(h.state().state.other_take_heard().is_none());
}

#[test]
fn escape_closes_the_window_that_lies_on_top() {
    let mut h = with_takes(&Asked::default());
    act(&mut h, Action::Do(Command::History));
    h.get_by_label("What can be made of One").click();
    h.run();
    act(&mut h, Action::Do(Command::Manual));
    let open = |h: &Harness<'static, App>| {
        let view = &h.state().state.view;
        (view.show_history, view.take_box.is_some(), view.manual.is_some())
    };
    assert_eq!(open(&h), (true, true, true));
    key(&mut h, Modifiers::NONE, K::Escape);
    assert_eq!(open(&h), (true, true, false));
    key(&mut h, Modifiers::NONE, K::Escape);
    assert_eq!(open(&h), (true, false, false));
    key(&mut h, Modifiers::NONE, K::Escape);
    assert_eq!(open(&h), (false, false, false));
}

#[test]
fn a_project_that_is_opened_brings_what_its_last_take_was_made_with() {
    let mut h = with_takes(&Asked::default());
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Chorale".into(), "Folk".into()]));
    let mut last = take("Last", 62, 1.0);
    let form = cadenza::generate::Form { letters: "AABA".into(), varied: true };
    (last.settings.bars, last.settings.form, last.settings.seed) = (12, Some(form), 77);
    last.settings.rules.chords = cadenza::generate::rules::parse_chords("Am F").expect("chords");
    events.send(SessionEvent::TakeDone(Box::new(last.clone())));
    h.run();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.cadenza");
    act(&mut h, Action::Save(path.clone()));
    let mut other = cadenza::gui::state::Generator { model: "Chorale".into(), ..Default::default() };
    other.settings.form = Some(cadenza::generate::Form { letters: "AB".into(), varied: false });
    act(&mut h, Action::SetGenerator(Box::new(other.clone())));
    act(&mut h, Action::Do(Command::New));
    assert_eq!(h.state().state.view.generator, other, "an empty piece has nothing to say of it");
    act(&mut h, Action::Open(path));
    let g = &h.state().state.view.generator;
    assert_eq!((g.model.as_str(), &g.settings), ("Folk", &last.settings));
    assert_eq!(g.follow.chords, "Am F", "as they would be typed");
}

#[test]
fn what_was_said_of_the_piece_before_goes_with_it() {
    let mut h = with_takes(&Asked::default());
    let first = notes(&h)[0].id;
    act(&mut h, Action::Select(vec![first]));
    act(&mut h, Action::Do(Command::Originality));
    act(&mut h, Action::Do(Command::Explain));
    assert!(h.query_by_label("Check again").is_some());
    let dir = tempfile::tempdir().unwrap();
    act(&mut h, Action::Save(dir.path().join("a.cadenza")));
    act(&mut h, Action::Do(Command::New));
    assert!(h.query_by_label("Check again").is_none());
    let session = &h.state().state.session;
    assert!(session.originality.is_none() && session.nearest.is_none() && session.weighed.is_none());
    assert!(!h.state().state.view.explain);
}
