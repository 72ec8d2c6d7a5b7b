//! A form told by letters, such as AABA: each new letter is written after what is there, each letter that comes
//! again is copied, or begins as it did and ends anew.

use super::generator::{GenerateError, Generator, Written, with_ppq};
use super::settings::Settings;
use super::take::TICKS_PER_STEP;
use super::take::Take;
use super::task::step;
use crate::encoding::BarGrid;
use crate::index::line::top_line;
use crate::music::lot;
use crate::music::transform::slice;
use crate::music::{Note, NoteId, Score, Tick};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Letters of a form at most.
pub const MOST_LETTERS: usize = 32;

/// What is to come after what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// A–Z. With a primer, the first letter is the primer.
    pub letters: String,
    /// A letter that comes again keeps the first half of its bars and ends anew; else it is copied.
    #[serde(default)]
    pub varied: bool,
}

impl Form {
    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        let sound =
            (1..=MOST_LETTERS).contains(&self.letters.len()) && self.letters.bytes().all(|b| b.is_ascii_uppercase());
        let why = format!("a form is told by letters from A to Z, such as AABA, {MOST_LETTERS} at most");
        if sound { Ok(()) } else { Err(why) }
    }
}

impl Generator {
    /// Writes a piece in a form; `settings.bars` is the length of a letter that is new.
    ///
    /// # Errors
    /// As of [`Generator::take`].
    pub(super) fn form(
        &self,
        settings: &Settings,
        form: &Form,
        primer: Option<&Score>,
        cancel: &AtomicBool,
        note: &mut dyn FnMut(Written<'_>),
    ) -> Result<Take, GenerateError> {
        let mut known: BTreeMap<char, (Tick, Tick)> = BTreeMap::new();
        let mut letters_said = Vec::new();
        let mut letters = form.letters.chars();
        let mut whole: Option<Take> = None;
        if let Some(primer) = primer {
            let primer = with_ppq(primer);
            let ends = bar_line_after(&primer, primer.end);
            known.extend(letters.next().map(|letter| (letter, (0, ends))));
            if form.letters.len() == 1 {
                let why = "with a primer, the first letter is the primer: a form needs a second one".to_owned();
                return Err(GenerateError::Settings(why));
            }
            if settings.meter.is_some_and(|m| m != primer.meters.meter_at(ends)) {
                let why = "a form goes on in the meter of its primer: ask for no other".to_owned();
                return Err(GenerateError::Settings(why));
            }
        }
        for (i, letter) in letters.enumerate() {
            let so_far = whole.as_ref().map(|t| &t.score).or(primer);
            let from = match &whole {
                Some(take) => take.to_tick,
                None => known.values().next().map_or(0, |(_, end)| *end),
            };
            let plain = Settings { form: None, ..settings.clone() }.with_nth_seed(i);
            let part = match known.get(&letter).copied() {
                None => {
                    let part = match so_far {
                        None => self.take_on(&plain, None, None, cancel, note)?,
                        Some(so_far) => {
                            let of = |(name, (from, to)): (&char, &(Tick, Tick))| {
                                (*name, top_line(&slice(&with_ppq(so_far), *from, *to)))
                            };
                            let others: Vec<_> = known.iter().map(of).collect();
                            let (part, said) = self.new_letter(letter, &plain, so_far, &others, cancel)?;
                            show(&part.score, (part.from_tick, part.to_tick), note);
                            letters_said.push(said);
                            part
                        }
                    };
                    known.insert(letter, (part.from_tick, part.to_tick));
                    part
                }
                Some((first, end)) => {
                    let so_far =
                        so_far.ok_or_else(|| GenerateError::Settings("a letter that is nowhere".to_owned()))?;
                    let so_far = with_ppq(so_far);
                    let bars = bars_between(&so_far, first, end);
                    let keep = if form.varied && bars > 1 { bars / 2 } else { bars };
                    let line = bar_line(&so_far, first, keep);
                    let kept = moved(&so_far, (first, line), from - first);
                    let plain = Settings { bars, ..plain };
                    if keep == bars {
                        copied(&so_far, &kept, (from, bars), &plain, self, note)
                    } else {
                        let original = moved(&so_far, (first, end), from - first);
                        let part = self.varied(&plain, &so_far, &kept, &original, cancel)?;
                        show(&part.score, (part.from_tick, part.to_tick), note);
                        part
                    }
                }
            };
            let stopped = part.stopped || cancel.load(Ordering::Relaxed);
            whole = Some(joined(whole, part));
            if stopped {
                break;
            }
        }
        let mut take = whole.ok_or_else(|| GenerateError::Settings("the form has no letter".to_owned()))?;
        (take.settings, take.letters) = (settings.clone(), letters_said);
        Ok(take)
    }
}

/// Times that a repeat is written at most until it ends unlike what it repeats.
const MOST_TRIES: usize = 8;

impl Generator {
    /// A repeat that keeps `kept` and ends unlike `original`; where it never does, the last try.
    fn varied(
        &self,
        settings: &Settings,
        so_far: &Score,
        kept: &Score,
        original: &Score,
        cancel: &AtomicBool,
    ) -> Result<Take, GenerateError> {
        let original = sound_of(original);
        let mut tries = 0;
        loop {
            // A model that loves repeats is asked a little more freely each time.
            let temperature = settings.temperature * 1.25f32.powi(tries as i32);
            let settings = Settings { temperature, ..settings.clone() }.with_nth_seed(tries);
            let part = self.take_on(&settings, Some(so_far), Some(kept), cancel, &mut |_| {})?;
            let written = moved(&part.score, (part.from_tick, part.to_tick), 0);
            tries += 1;
            if sound_of(&written) != original || tries == MOST_TRIES || cancel.load(Ordering::Relaxed) {
                return Ok(part);
            }
        }
    }
}

/// When which pitches begin, of all voices.
fn sound_of(score: &Score) -> Vec<(Tick, u8)> {
    let mut sound: Vec<(Tick, u8)> = score.notes().map(|(_, n)| (n.start, n.pitch)).collect();
    sound.sort_unstable();
    sound
}

/// Tells whoever listens of the notes of a stretch, in the order of time.
fn show(score: &Score, (from, to): (Tick, Tick), watch: &mut dyn FnMut(Written<'_>)) {
    let mut notes: Vec<(usize, Note)> = score.notes().map(|(voice, n)| (voice, *n)).collect();
    notes.retain(|(_, n)| from <= n.start && n.start < to);
    notes.sort_by_key(|(_, n)| n.start);
    notes.into_iter().for_each(|(voice, note)| watch(Written { voice, note, score }));
}

impl Settings {
    /// The same with another seed that follows from its own: of the n-th letter, or try; the first has its own.
    pub(super) fn with_nth_seed(self, n: usize) -> Self {
        let seed = if n == 0 { self.seed } else { lot::nth(self.seed, n as u64) >> 32 };
        Self { seed, ..self }
    }
}

/// What was written before, and what comes after it.
fn joined(before: Option<Take>, after: Take) -> Take {
    let Some(before) = before else { return after };
    let mut notes = before.notes;
    notes.extend(after.notes);
    let mut relaxed_at_end = before.relaxed_at_end;
    relaxed_at_end.extend(after.relaxed_at_end);
    Take { from_tick: before.from_tick, notes, relaxed_at_end, seconds: before.seconds + after.seconds, ..after }
}

/// A letter that is what it was: nobody writes a note.
fn copied(
    so_far: &Score,
    kept: &Score,
    (from, bars): (Tick, u32),
    settings: &Settings,
    generator: &Generator,
    watch: &mut dyn FnMut(Written<'_>),
) -> Take {
    let mut score = so_far.clone();
    // In the order of time: whoever listens is told of whole bars.
    let mut notes: Vec<(usize, Note)> = kept.notes().map(|(voice, n)| (voice, *n)).collect();
    notes.sort_by_key(|(_, n)| n.start);
    for (voice, note) in notes {
        let id = score.insert(voice, Note { id: NoteId::default(), ..note });
        watch(Written { voice, note: Note { id, ..note }, score: &score });
    }
    let to_tick = bar_line(&score, from, bars);
    score.end = to_tick;
    Take {
        score,
        settings: settings.clone(),
        model: generator.card().name.clone(),
        from_tick: from,
        to_tick,
        notes: Vec::new(),
        relaxed_at_end: Vec::new(),
        set_aside: Vec::new(),
        home: None,
        letters: Vec::new(),
        seconds: 0.0,
        stopped: false,
    }
}

/// The notes of a stretch alone, elsewhere; what reaches out of it ends with it.
fn moved(score: &Score, (from, to): (Tick, Tick), by: Tick) -> Score {
    let mut part = score.clone();
    for voice in &mut part.voices {
        voice.events.clear();
        voice.notes.retain(|n| from <= n.start && n.start < to);
        for n in &mut voice.notes {
            n.duration = n.duration.min(to - n.start);
            n.start += by;
        }
    }
    part
}

/// The bar line at or after a tick, as a take that goes on from there has it.
fn bar_line_after(score: &Score, tick: Tick) -> Tick {
    let at = BarGrid::of(score).locate(step(tick));
    let line = if at.place == 0 { at.bar_start } else { at.bar_start + at.bar_len };
    Tick::from(line) * TICKS_PER_STEP
}

fn bars_between(score: &Score, from: Tick, to: Tick) -> u32 {
    let grid = BarGrid::of(score);
    grid.locate(step(to)).bar - grid.locate(step(from)).bar
}

/// The bar line so many bars after the one at `from`.
fn bar_line(score: &Score, from: Tick, bars: u32) -> Tick {
    let grid = BarGrid::of(score);
    Tick::from(grid.bar(grid.locate(step(from)).bar + bars).bar_start) * TICKS_PER_STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_by_letters() {
        let form = |letters: &str| Form { letters: letters.to_owned(), varied: false };
        assert!(form("AABA").check().is_ok() && form("A").check().is_ok());
        for wrong in ["", "aaba", "A B", "AÄ", &"A".repeat(33)] {
            assert!(form(wrong).check().is_err_and(|why| why.contains("AABA")), "{wrong}");
        }
        let settings = Settings { seed: 5, ..Settings::default() };
        assert_eq!(settings.clone().with_nth_seed(0).seed, 5, "the first letter is the take of the plain seed");
        assert_ne!(settings.clone().with_nth_seed(1).seed, settings.with_nth_seed(2).seed);
    }
}
