//! Lengths in ticks as written values: plain, dotted, or of a triplet.

use crate::music::Tick;

/// A length that one sign can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    pub ticks: Tick,
    /// MusicXML's word, or `None` for what is left over and no sign can stand for.
    pub word: Option<&'static str>,
    pub dotted: bool,
    pub triplet: bool,
}

const WORDS: [&str; 8] = ["whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th"];

/// Cuts a length into values whose sum it is, the longest first.
pub fn values(mut ticks: Tick, ppq: u32) -> Vec<Value> {
    let mut out = Vec::new();
    let whole = 4 * Tick::from(ppq);
    while ticks > 0 {
        let exact = candidates(whole).find(|v| v.ticks == ticks);
        let next =
            exact.or_else(|| candidates(whole).filter(|v| !v.triplet && v.ticks < ticks).max_by_key(|v| v.ticks));
        let value = next.unwrap_or(Value { ticks, word: None, dotted: false, triplet: false });
        ticks -= value.ticks;
        out.push(value);
    }
    out
}

fn candidates(whole: Tick) -> impl Iterator<Item = Value> {
    WORDS.iter().enumerate().flat_map(move |(i, word)| {
        let forms = [(false, false, 1, 1), (true, false, 3, 2), (false, true, 2, 3)];
        forms.into_iter().filter_map(move |(dotted, triplet, num, den)| {
            let (ticks, parts) = (whole * num, den << i);
            (ticks % parts == 0).then_some(Value { ticks: ticks / parts, word: Some(word), dotted, triplet })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_the_sum_of_its_values() {
        for ppq in [1, 24, 480, 1001] {
            for ticks in 1..1000 {
                assert_eq!(values(ticks, ppq).iter().map(|v| v.ticks).sum::<Tick>(), ticks);
            }
        }
        assert_eq!(values(36, 24).len(), 1);
        assert_eq!(values(8, 24)[0], Value { ticks: 8, word: Some("eighth"), dotted: false, triplet: true });
        assert_eq!(values(30, 24).iter().filter_map(|v| v.word).collect::<Vec<_>>(), ["quarter", "16th"]);
        assert_eq!(values(1, 1001)[0].word, None);
    }
}
