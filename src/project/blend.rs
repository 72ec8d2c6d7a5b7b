//! One take of two: each bar from one or the other.

use super::receipt::Receipts;
use super::take::Take;
use crate::music::{Note, NoteId, Score, Tick, Voice};
use std::collections::HashMap;
use std::sync::Arc;

/// Whether two takes can be blended: they begin at the same tick and count time alike.
pub fn can_blend(a: &Take, b: &Take) -> bool {
    a.from_tick == b.from_tick && a.score.ppq == b.score.ppq && a.score.meters == b.score.meters
}

/// A take like `a`, of which each bar for which `from_b` holds comes from `b`. A note belongs to the bar in which
/// it begins; where the next bar comes from the other take it ends at the bar line at the latest. Receipts go
/// with their notes. What lies past the end of the take that was chosen is empty.
pub fn blend(a: &Take, b: &Take, from_b: &[bool], name: String) -> Take {
    let longer = if b.score.end > a.score.end { b } else { a };
    let bars: Vec<(Tick, Tick)> = longer.bars();
    let chosen = |i: usize| from_b.get(i).copied().unwrap_or(false);
    let mut score: Score = (*a.score).clone();
    score.voices.clear();
    score.end = a.score.end.max(b.score.end);
    let mut places: HashMap<(String, crate::music::Role), usize> = HashMap::new();
    let mut receipts = Receipts::default();
    for (take, of_b) in [(a, false), (b, true)] {
        for voice in &take.score.voices {
            let place = *places
                .entry((voice.name.clone(), voice.role))
                .or_insert_with(|| score.push_voice(Voice { notes: Vec::new(), ..voice.clone() }));
            for note in &voice.notes {
                let Some(duration) = kept(note, a.from_tick, &bars, of_b, &chosen) else { continue };
                let new = Note { id: NoteId::default(), duration, ..*note };
                let id = score.insert(place, new);
                // A note that was cut is no more what the model said it was.
                if let Some(receipt) = take.receipts.of(note).filter(|_| duration == note.duration) {
                    receipts.insert(&Note { id, ..new }, receipt.clone());
                }
            }
        }
    }
    Take {
        id: 0,
        parent: Some(a.id),
        name,
        score: Arc::new(score),
        receipts,
        remark: String::new(),
        // Nobody has looked the blend up.
        originality: None,
        ..a.clone()
    }
}

/// How long a note of a take sounds in the blend; `None` where it is left out. What was there before both
/// takes began comes from the first.
fn kept(note: &Note, from: Tick, bars: &[(Tick, Tick)], of_b: bool, chosen: &dyn Fn(usize) -> bool) -> Option<Tick> {
    if note.start < from {
        return (!of_b).then_some(note.duration);
    }
    let bar = bars.iter().rposition(|(start, _)| *start <= note.start)?;
    if chosen(bar) != of_b {
        return None;
    }
    let other = (bar + 1..bars.len()).find(|i| chosen(*i) != of_b).map(|i| bars[i].0);
    Some(other.map_or(note.duration, |line| note.duration.min(line - note.start)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Settings;
    use crate::music::text;
    use crate::project::Receipt;

    fn take(id: u64, notes: &str) -> Take {
        let mut score = text::parse(notes).expect("valid");
        score.end = 384;
        let mut receipts = Receipts::default();
        score.notes().for_each(|(_, n)| receipts.insert(n, Receipt { rank: id as u32, ..Receipt::default() }));
        let (settings, model) = (Settings::default(), "Folk".to_owned());
        Take {
            id,
            parent: None,
            name: format!("{id}"),
            score: Arc::new(score),
            settings,
            model,
            from_tick: 0,
            remark: "2.1 nats/note".into(),
            receipts,
            originality: None,
        }
    }

    #[test]
    fn each_bar_comes_from_the_take_that_was_chosen_for_it() {
        let a = take(1, "melody | 0 96 c4 | 96 120 d4 | 288 96 e4");
        let b = take(2, "melody | 0 48 g4 | 96 48 a4 | 192 48 b4 | 288 48 c5\nbass | 192 96 c2");
        assert!(can_blend(&a, &b));
        let made = blend(&a, &b, &[false, false, true, false], "1 + 2".into());
        // The second bar's note is cut where the other take begins.
        let expected = "melody | 0 96 C4 | 96 96 D4 | 192 48 B4 | 288 96 E4\nbass | 192 96 C2\n";
        assert_eq!(text::print(&made.score), expected);
        assert_eq!((made.parent, made.id, made.score.end), (Some(1), 0, 384));
        let said: Vec<_> = made.score.voices[0].notes.iter().map(|n| made.receipts.of(n).map(|r| r.rank)).collect();
        assert_eq!(said, [Some(1), None, Some(2), Some(1)]);
        let none = blend(&a, &b, &[], "a".into());
        assert_eq!(none.score.voices[0].notes.len(), 3);
        assert_eq!(none.bars().len(), 4);
        let other = Take { from_tick: 96, ..take(3, "melody | 0 96 c4") };
        assert!(!can_blend(&a, &other));
    }
}
