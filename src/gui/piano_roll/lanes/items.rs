//! What a strip holds on the screen: what the piece says, and, of chords, what is heard where it says nothing.

use super::drag::Drag;
use super::paint::LEAST;
use super::{Lanes, name};
use crate::gui::piano_roll::hand::Hand;
use crate::gui::text::{Text, fill, key_name};
use crate::music::changes::Change;
use crate::music::time::TempoChange;
use crate::music::{Chord, Key, Score, TempoMap, Tick};
use crate::project::Lane;
use eframe::egui::Ui;
use std::borrow::Cow;
use std::ops::Range;

/// An entry on the screen.
pub struct Item {
    pub tick: Tick,
    pub text: String,
    /// Heard in the notes, and not said by the piece.
    pub heard: bool,
    /// Where it ends: at the next one.
    pub until: f32,
}

/// What a screen reader says: "Chords lane: C, F, G7".
pub fn description(lane: Lane, items: &[Item], t: &Text) -> String {
    let texts: Vec<&str> = items.iter().map(|i| i.text.as_str()).filter(|text| !text.is_empty()).take(24).collect();
    fill(t.over.lane_name, &[name(lane, t), &texts.join(", ")])
}

/// The stretch on the screen, and the least time in which a text can be read.
#[derive(Clone, Copy)]
struct Seen {
    from: Tick,
    to: Tick,
    least: Tick,
}

/// The entries whose stretch touches the screen.
pub fn items(lane: Lane, hand: &Hand, key: Option<Key>, lanes: &mut Lanes, ui: &Ui) -> Vec<Item> {
    let score = hand.state.project.score();
    let (from, to) = hand.t.ticks();
    let least = (f64::from(LEAST) / hand.t.view.px_per_tick) as Tick;
    let seen = Seen { from: from as Tick, to: to.ceil() as Tick, least };
    let list: Vec<(Tick, String, bool)> = match lane {
        Lane::Tempo => {
            let name = |c: &TempoChange| format!("♩ {}", short(60e6 / f64::from(c.micros_per_quarter)));
            said(tempos(score, lanes.drag.as_ref()).changes(), seen, name)
        }
        Lane::Meter => said(score.meters.changes(), seen, |c| c.meter.to_string()),
        Lane::Key => said(&score.keys, seen, |c| key_name(hand.state.text(), c.key)),
        Lane::Markers => said(&score.markers, seen, |m| m.text.clone()),
        Lane::Chords => chords(hand, key, seen, lanes, ui),
    };
    let x = |tick: Tick| hand.t.x(tick as f64);
    let ends: Vec<f32> = list.iter().skip(1).map(|i| x(i.0)).chain([f32::MAX]).collect();
    list.into_iter().zip(ends).map(|((tick, text, heard), until)| Item { tick, text, heard, until }).collect()
}

/// The tempos as they are, or as the drag in progress would leave them.
pub fn tempos<'a>(score: &'a Score, drag: Option<&Drag>) -> Cow<'a, TempoMap> {
    match drag.filter(|d| d.lane == Lane::Tempo && d.moved()) {
        Some(drag) => Cow::Owned(drag.tempos(&score.tempos)),
        None => Cow::Borrowed(&score.tempos),
    }
}

/// "96", "61.5".
fn short(qpm: f64) -> String {
    let rounded = (qpm * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// The entries that hold somewhere in `from..to`, of a sorted list.
pub fn visible<T: Change>(list: &[T], from: Tick, to: Tick) -> Range<usize> {
    let first = list.partition_point(|c| c.tick() <= from).saturating_sub(1);
    first..list.partition_point(|c| c.tick() < to).max(first)
}

/// What the piece says in a stretch; without a text where the next entry is nearer than `least`.
fn said<T: Change>(list: &[T], seen: Seen, text: impl Fn(&T) -> String) -> Vec<(Tick, String, bool)> {
    let entry = |i: usize| {
        let next = list.get(i + 1).map_or(Tick::MAX, T::tick);
        let roomy = next - list[i].tick().max(seen.from) >= seen.least;
        (list[i].tick(), if roomy { text(&list[i]) } else { String::new() }, false)
    };
    visible(list, seen.from, seen.to).map(entry).collect()
}

/// What the piece says, and what is heard where it says nothing.
fn chords(hand: &Hand, key: Option<Key>, seen: Seen, lanes: &mut Lanes, ui: &Ui) -> Vec<(Tick, String, bool)> {
    let score = hand.state.project.score();
    let spelled = |chord: Option<Chord>| chord.map_or_else(String::new, |c| c.spelled(key));
    let mut list = said(score.chords.changes(), seen, |c| spelled(c.chord));
    // Where bars are too narrow for a name, nobody need listen.
    let bar = score.meters.position(seen.from.max(0), score.ppq);
    if bar.bar_len as f64 * hand.t.view.px_per_tick >= 22.0 {
        let (heard, complete) = lanes.detected.between(hand.index, seen.from, seen.to);
        if !complete {
            ui.ctx().request_repaint();
        }
        let mut before = None;
        for change in heard {
            let unsaid = score.chords.at(change.tick).is_none();
            if unsaid && before != Some(change.chord) {
                list.push((change.tick, spelled(change.chord), true));
            }
            before = unsaid.then_some(change.chord);
        }
        // Where the piece ends a chord, what is heard from there on is shown.
        list.sort_by_key(|i| (i.0, !i.2));
        list.dedup_by_key(|i| i.0);
    }
    list
}
