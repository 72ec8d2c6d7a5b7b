//! A take that comes slowly: seen and heard while it is written, and never overtaken.

use super::generator::take_with_receipts;
use super::*;
use cadenza::music::{Meter, MeterMap, TempoMap};

/// What a slow generator has written after so many bars: a note at the start of each, 0.4 seconds a bar.
fn written(bars: i64) -> Preview {
    let mut score = Score::new(480);
    score.tempos = TempoMap::constant(600.0);
    score.meters = MeterMap::constant(Meter::COMMON);
    score.push_voice(Voice::new("Melody", Role::Melody, 0));
    (0..bars).for_each(|bar| {
        score.insert(0, Note::new(bar * 1920, 480, 60 + bar as u8, 80));
    });
    // The bar that the last note is in may still get more.
    Preview { score: Arc::new(score), from_tick: 0, whole: (bars - 1) * 1920, take: 0, of: 1 }
}

fn take(bars: i64) -> Take {
    let mut take = take_with_receipts();
    let mut score = (*written(bars).score).clone();
    score.end = bars * 1920;
    take.score = Arc::new(score);
    take
}

/// Lets time pass, twice as much as a bar takes.
fn wait(h: &mut Harness<'static, App>) {
    for _ in 0..80 {
        std::thread::sleep(std::time::Duration::from_millis(10));
        h.step();
    }
}

fn position(h: &Harness<'static, App>) -> f64 {
    h.state().state.session.player.position()
}

fn plays(h: &Harness<'static, App>, what: &Playing) -> bool {
    h.state().state.session.plays(what)
}

#[test]
fn a_take_is_heard_while_it_is_written_and_is_never_overtaken() {
    let asked = Asked::default();
    let mut h = window_asking(&asked);
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    // Something is there, so that the take stands beside it.
    act(&mut h, Action::Edit(Edit::AddNotes { voice: 0, notes: vec![Note::new(0, 480, 50, 80)] }));
    h.run();
    h.get_by_label("Hear it as it is written").click();
    h.run();
    h.get_by_label("Generate").click();
    h.run();
    events.send(SessionEvent::Preview(written(1)));
    h.step();
    assert!(plays(&h, &Playing::Coming), "it is heard as soon as there is a note");
    wait(&mut h);
    assert_eq!(position(&h), 0.0, "the first bar is not whole");
    events.send(SessionEvent::Preview(written(2)));
    h.step();
    wait(&mut h);
    assert!((position(&h) - 1920.0).abs() < 0.01, "it waits on the bar line: {}", position(&h));
    assert!(plays(&h, &Playing::Coming));
    events.send(SessionEvent::Preview(written(4)));
    h.step();
    until(&mut h, "it goes on", |app| app.state.session.player.position() > 2000.0);
    assert!(position(&h) < 5760.01);
    wait(&mut h);
    wait(&mut h);
    assert!((position(&h) - 5760.0).abs() < 0.01, "{}", position(&h));
    h.check_accessibility();
    events.send(SessionEvent::TakeDone(Box::new(take(4))));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    h.step();
    assert!(plays(&h, &Playing::Take(0)) && position(&h) > 5759.9, "the same sound goes on, as the take");
    until(&mut h, "it is at its end", |app| !app.state.session.player.is_playing());
}

#[test]
fn on_an_empty_roll_what_is_heard_goes_on_in_the_piece_and_a_failure_ends_it() {
    let mut h = window();
    let events = h.state().state.session.events.clone();
    events.send(SessionEvent::Models(vec!["Folk".into()]));
    h.run();
    h.get_by_label("Generate").click();
    h.run();
    events.send(SessionEvent::Preview(written(2)));
    h.run();
    h.get_by_label("Hear Take 1 as it is written").click();
    h.step();
    assert!(plays(&h, &Playing::Coming));
    wait(&mut h);
    events.send(SessionEvent::TakeDone(Box::new(take(4))));
    h.step();
    let session = &h.state().state.session;
    assert!(session.playing.is_none() && session.player.is_playing() && n_notes(&h) == 4);
    assert!(position(&h) > 1919.0);

    act(&mut h, Action::Do(Command::PlayStop));
    act(&mut h, Action::Do(Command::StopGenerating));
    events.send(SessionEvent::GenerateEnded(Ok(())));
    h.run();
    h.get_by_label("Generate").click();
    h.run();
    events.send(SessionEvent::Preview(written(3)));
    h.run();
    h.get_by_label("Hear Take 1 as it is written").click();
    h.step();
    events.send(SessionEvent::GenerateEnded(Err("the model is gone".into())));
    h.step();
    assert!(!plays(&h, &Playing::Coming));
}
