//! Takes as a job: several at once, each on a thread of its own, notes told as they come.
//! Cancelled, it is done with what there is, cut to whole bars.

use super::originality::{Figures, not_at_hand};
use super::warm::Warm;
use super::{Job, Waker};
use crate::generate::{Settings, Take, UnknownMeter, Written};
use crate::music::lot::mixed;
use crate::music::{MeterMap, Note, Score, TempoMap, Tick};
use anyhow::Context as _;
use rayon::prelude::*;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How often a take that is too close to a training piece is written again.
pub const MOST_REWRITES: u32 = 8;

/// Takes, as the window and the command line ask for them.
#[derive(Clone, Debug)]
pub struct GenerateRequest {
    /// A run folder or a model file.
    pub model: PathBuf,
    pub settings: Settings,
    pub primer: Option<Arc<Score>>,
    /// What of it is there already and stays: see [`crate::generate::Generator::take_on`].
    pub kept: Option<Arc<Score>>,
    /// How many, with seeds counting up from the settings'.
    pub takes: u64,
    /// A take that copies so many notes in a row, or more, is written again, with a seed that follows
    /// from its own.
    pub not_closer_than: Option<usize>,
}

/// What is told while takes are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Writing {
    /// Before the first note: what they are asked for is in a meter that the model never learned.
    Warning(UnknownMeter),
    Note(NoteWritten),
}

/// A note of take `take` (from 0), as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteWritten {
    pub take: usize,
    /// How often the take was begun again before this.
    pub attempt: u32,
    /// The name, role and program of its voice.
    pub voice: (String, crate::music::Role, u8),
    /// In ticks of [`crate::generate::take::PPQ`].
    pub note: Note,
    /// The bar line before it: nothing comes before that any more.
    pub whole: Tick,
    /// By what time is told there.
    pub tempos: TempoMap,
    pub meters: MeterMap,
}

/// A take with what of it stands in the training pieces, where they are at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeDone {
    pub take: Take,
    pub originality: Option<Figures>,
    /// Where [`GenerateRequest::not_closer_than`] was asked for.
    pub rewriting: Option<Rewriting>,
    /// The same for all takes of a request.
    pub unknown_meter: Option<UnknownMeter>,
}

/// What came of [`GenerateRequest::not_closer_than`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rewriting {
    pub limit: usize,
    /// How often the take was written again, and the seed it was asked with.
    pub times: u32,
    pub asked_seed: u64,
    /// Whether what is kept copies fewer notes than the limit; else it is the attempt that copies least.
    pub far_enough: bool,
}

impl Rewriting {
    /// What is to be said about it; `None` where the first attempt was far enough.
    pub fn sentence(&self) -> Option<String> {
        let Self { limit, times, asked_seed, .. } = self;
        let again = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
        match (self.far_enough, times) {
            (true, 0) => None,
            (true, _) => Some(format!(
                "written again {again}, until it copied fewer than {limit} notes (the seed asked for was {asked_seed})"
            )),
            (false, 0) => Some(format!("it was stopped, and copies {limit} notes or more")),
            (false, _) => Some(format!(
                "written again {again}, and still copies {limit} notes or more: this is the attempt that copies least \
                 (the seed asked for was {asked_seed})"
            )),
        }
    }
}

/// Starts writing takes; what it loads is kept in `warm`.
pub fn spawn_generate(request: GenerateRequest, warm: &Warm, waker: Waker) -> Job<Writing, Vec<TakeDone>> {
    let warm = warm.clone();
    Job::spawn("generate", waker, move |control| {
        let generator = warm.generator(&request.model)?;
        let unknown_meter = generator.unknown_meter(&request.settings, request.primer.as_deref());
        unknown_meter.iter().for_each(|unknown| control.send(Writing::Warning(unknown.clone())));
        let write = |n: u64, attempt: u32, seed: u64| {
            let settings = Settings { seed, ..request.settings.clone() };
            let (primer, kept) = (request.primer.as_deref(), request.kept.as_deref());
            let written = generator.take_on(&settings, primer, kept, control.cancel_flag(), &mut |written| {
                let Written { voice, note, score } = written;
                let voice = &score.voices[voice];
                control.send(Writing::Note(NoteWritten {
                    take: n as usize,
                    attempt,
                    voice: (voice.name.clone(), voice.role, voice.program),
                    note,
                    whole: score.meters.position(note.start, score.ppq).bar_start,
                    tempos: score.tempos.clone(),
                    meters: score.meters.clone(),
                }));
            });
            written.map(|take| without_silent_voices(take, primer))
        };
        let seed = |n: u64| request.settings.for_take(n).seed;
        if let Some(limit) = request.not_closer_than {
            let originality = warm.originality(&request.model).with_context(|| not_at_hand(&request.model))?;
            let cancelled = || control.cancel_flag().load(Ordering::Relaxed);
            let take = |n: u64| {
                let write = |attempt, seed| write(n, attempt, seed);
                let look_up = |take: &Take| originality.of(&take.new_part());
                let is_empty = |take: &Take| take.notes.is_empty();
                let (take, figures, rewriting) = far_enough(limit, seed(n), &write, &is_empty, &look_up, &cancelled)?;
                let (originality, rewriting) = (Some(figures), Some(rewriting));
                Ok(TakeDone { take, originality, rewriting, unknown_meter: unknown_meter.clone() })
            };
            return (0..request.takes).into_par_iter().map(take).collect();
        }
        let write = || (0..request.takes).into_par_iter().map(|n| write(n, 0, seed(n))).collect::<Result<Vec<_>, _>>();
        // The training pieces are laid out for searching while the takes are written.
        let (takes, originality) = rayon::join(write, || warm.originality(&request.model));
        let done = takes?.into_iter().map(|take| {
            let originality = originality.as_ref().map(|o| o.of(&take.new_part()));
            TakeDone { take, originality, rewriting: None, unknown_meter: unknown_meter.clone() }
        });
        Ok(done.collect())
    })
}

/// Without the voices that nothing was written for; such as were silent in the piece stay.
fn without_silent_voices(mut take: Take, primer: Option<&Score>) -> Take {
    let was_silent = |name: &str| primer.is_some_and(|p| p.voices.iter().any(|v| v.name == name && v.notes.is_empty()));
    take.score.voices.retain(|v| !v.notes.is_empty() || was_silent(&v.name));
    take
}

/// Something written that copies fewer than `limit` notes in a row, written again where it must be; where
/// that never comes, the attempt that copies least. `write` is told which attempt it is, and the seed.
fn far_enough<T, E>(
    limit: usize,
    asked_seed: u64,
    write: &dyn Fn(u32, u64) -> Result<T, E>,
    is_empty: &dyn Fn(&T) -> bool,
    look_up: &dyn Fn(&T) -> Figures,
    cancelled: &dyn Fn() -> bool,
) -> Result<(T, Figures, Rewriting), E> {
    let mut best = write(0, asked_seed)?;
    let mut figures = look_up(&best);
    let mut times = 0;
    while figures.copied() >= limit && times < MOST_REWRITES && !cancelled() {
        // Small enough to be read out and typed in, as seeds are.
        let seed = mixed(asked_seed ^ mixed(u64::from(times) + 1)) >> 32;
        let again = write(times + 1, seed)?;
        if cancelled() {
            // It was cut short, and is no better for copying less.
            break;
        }
        times += 1;
        let looked = look_up(&again);
        if looked.copied() < figures.copied() && !is_empty(&again) {
            (best, figures) = (again, looked);
        }
    }
    let far_enough = figures.copied() < limit;
    Ok((best, figures, Rewriting { limit, times, asked_seed, far_enough }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::LongestCopy;
    use std::cell::RefCell;

    /// Attempts that copy so many notes, in turn, none of them empty but that which copies none: the
    /// seed of what is kept, what it copies, what came of it, and the seeds that were asked.
    fn kept(limit: usize, copied: &[usize]) -> (u64, usize, Rewriting, Vec<u64>) {
        let seeds = RefCell::new(Vec::new());
        let write = |attempt: u32, seed: u64| {
            assert_eq!(attempt as usize, seeds.borrow().len());
            seeds.borrow_mut().push(seed);
            Ok::<_, ()>((seed, copied[attempt as usize]))
        };
        let look_up = |take: &(u64, usize)| {
            let copy = LongestCopy { notes: take.1, ..LongestCopy::default() };
            Figures { longest_copy: Some(copy), ..Figures::default() }
        };
        let (take, figures, rewriting) =
            far_enough(limit, 7, &write, &|take| take.1 == 0, &look_up, &|| false).expect("written");
        (take.0, figures.copied(), rewriting, seeds.into_inner())
    }

    #[test]
    fn a_take_that_is_too_close_is_written_again_and_says_how_often() {
        let (seed, _, rewriting, seeds) = kept(10, &[9]);
        assert_eq!((seed, seeds, rewriting.sentence()), (7, vec![7], None));

        let (seed, copied, rewriting, seeds) = kept(10, &[14, 10, 0, 8]);
        assert_eq!((seeds.len(), seeds[0], seed, copied), (4, 7, seeds[3], 8));
        assert_eq!((rewriting.times, rewriting.far_enough, rewriting.asked_seed), (3, true, 7));
        assert!(rewriting.sentence().is_some_and(|s| s.contains("3 times")));
        assert_eq!(kept(10, &[14, 10, 0, 8]).3, seeds, "the same seeds each time");
    }

    #[test]
    fn where_no_attempt_is_far_enough_the_best_is_kept_and_it_says_so() {
        let (seed, copied, rewriting, seeds) = kept(10, &[14, 13, 12, 11, 13, 11, 14, 15, 16]);
        assert_eq!((seeds.len(), seed, copied), (1 + MOST_REWRITES as usize, seeds[3], 11));
        assert!(!rewriting.far_enough && rewriting.times == MOST_REWRITES);
        assert!(rewriting.sentence().is_some_and(|s| s.contains("copies least")));
    }

    #[test]
    fn a_voice_that_nothing_was_written_for_is_left_out() {
        let take = |voices: &str| Take {
            score: crate::music::text::parse(voices).expect("valid"),
            settings: Settings::default(),
            model: String::new(),
            from_tick: 0,
            to_tick: 96,
            notes: Vec::new(),
            relaxed_at_end: Vec::new(),
            set_aside: Vec::new(),
            home: None,
            letters: Vec::new(),
            seconds: 0.0,
            stopped: false,
        };
        let names = |take: Take| take.score.voices.into_iter().map(|v| v.name).collect::<Vec<_>>();
        let written = || take("melody | 0 24 c5\nchords\nbass");
        let primer = crate::music::text::parse("melody | 0 24 c5\nchords | 0 96 c3\nbass").expect("valid");
        assert_eq!(names(without_silent_voices(written(), Some(&primer))), ["melody", "bass"], "the bass was silent");
        assert_eq!(names(without_silent_voices(written(), None)), ["melody"]);
    }
}
