//! "More like this" over one's own shelf: the pieces of a library made ready to be searched, by the
//! runs that they share and, where there is a model, by what it hears in them.
//!
//! Making a [`Shelf`] is a job; asking it is quick. Copies come first, by what they share; among the
//! rest the two rankings are joined by reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009).

use super::train::model_file;
use super::{Control, Job, Waker};
use crate::corpus::{Library, NotesLost};
use crate::index::{Shared, SimilarIndex};
use crate::model::Compute;
use crate::music::{Key, Score};
use crate::train::Sequence;
use crate::train::data::{sequence, sequence_of};
use crate::train::hidden::{Ear, Heard};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// From this score on a piece counts as a copy, and the model has no say in its place. Nineteen of
/// twenty pieces in three corpora have no piece outside their family that comes near it.
const COPY: f64 = 0.25;

/// The constant of reciprocal rank fusion, as published.
const FUSION: f64 = 60.0;

/// Pieces heard between two looks at progress.
const LOT: usize = 64;

/// How far the making of a shelf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShelfProgress {
    Indexing {
        done: usize,
        total: usize,
    },
    /// The model listens to the pieces.
    Listening {
        done: usize,
        total: usize,
    },
}

/// A library, ready to be asked what is like a piece.
pub struct Shelf {
    library: Arc<Library>,
    index: SimilarIndex,
    model: Option<(Ear, Heard)>,
}

/// A piece like the one asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Like {
    /// Index into [`Library::pieces`].
    pub piece: usize,
    /// What the order goes by where no model listens: 1 for the same music, 0 for nothing in common.
    pub score: f64,
    /// How near the model hears them, −1 to 1.
    pub heard: Option<f64>,
    pub shared: Shared,
}

/// Makes a library ready; with `model` (a run folder or a model file) its ear is asked too.
pub fn spawn_shelf(
    library: Arc<Library>,
    model: Option<(PathBuf, Compute)>,
    waker: Waker,
) -> Job<ShelfProgress, Shelf> {
    Job::spawn("similar", waker, move |control: &Control<ShelfProgress>| {
        let total = library.pieces.len();
        // Opened first: what cannot be opened should not be waited for.
        let ear = model.map(|(path, compute)| anyhow::Ok(Ear::open(&model_file(&path)?, compute)?)).transpose()?;
        let counted = Mutex::new(0);
        let index = index_of(&library, control, || {
            // Told while it is locked: threads would tell of their counts in any order.
            let mut done = counted.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            control.send_thinned("index", ShelfProgress::Indexing { done: *done, total });
        })?;
        control.checkpoint()?;
        let mut states = Vec::new();
        for lot in library.pieces.chunks(LOT).filter(|_| ear.is_some()) {
            control.send_thinned("listen", ShelfProgress::Listening { done: states.len(), total });
            control.checkpoint()?;
            let common_tonic = ear.as_ref().is_some_and(Ear::common_tonic);
            let sequences = lot.iter().map(|p| sequence(p, common_tonic)).collect::<Result<Vec<Sequence>, _>>()?;
            let heard = ear.as_ref().and_then(|ear| ear.hear(&sequences, control.cancel_flag()));
            states.extend(heard.unwrap_or_default());
        }
        control.checkpoint()?;
        Ok(Shelf { library, index, model: ear.map(|ear| (ear, Heard::of(states))) })
    })
}

/// The runs of all pieces; of a part of them where it is cancelled. `one_more` hears of each.
///
/// # Errors
/// Where the notes of a piece cannot be had.
pub fn index_of<E: Send>(
    library: &Library,
    control: &Control<E>,
    one_more: impl Fn() + Sync,
) -> Result<SimilarIndex, NotesLost> {
    let lost = OnceLock::new();
    let index = SimilarIndex::of(library.pieces.len(), |piece| {
        one_more();
        let goes_on = !control.is_cancelled() && lost.get().is_none();
        // The first to be lost is told of.
        goes_on.then(|| library.pieces[piece].score().map_err(|e| lost.set(e)).ok()).flatten()
    });
    lost.into_inner().map_or(Ok(index), Err)
}

impl Shelf {
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// How much memory the index takes.
    pub fn index_bytes(&self) -> usize {
        self.index.bytes()
    }

    /// The `top` pieces most like `score`, best first, without piece `except` (the one asked about).
    ///
    /// # Errors
    /// Where the notes of one of them cannot be had.
    pub fn like(&self, score: &Score, except: Option<usize>, top: usize) -> Result<Vec<Like>, NotesLost> {
        let n = self.library.pieces.len();
        let all = if self.model.is_some() { n } else { top.saturating_add(1) };
        let hits = self.index.rank(score, all);
        let never = AtomicBool::new(false);
        let heard = self.model.as_ref().and_then(|(ear, heard)| {
            let key = Key::estimate(score).filter(|_| ear.common_tonic()).map(|(key, _)| key);
            Some(heard.near(ear.hear(&[sequence_of(score, key)], &never)?.pop()?))
        });
        let mut scores = vec![0.0; n];
        hits.iter().for_each(|hit| scores[hit.piece] = hit.score);
        let order: Vec<usize> = match &heard {
            None => hits.iter().map(|hit| hit.piece).collect(),
            Some(heard) => fused(&scores, heard),
        };
        let like = |piece: usize| {
            let shared = Shared::of(score, &*self.library.pieces[piece].score()?);
            let heard = heard.as_ref().map(|h| f64::from(h[piece]));
            Ok(Like { piece, score: scores[piece], heard, shared })
        };
        order.into_iter().filter(|piece| Some(*piece) != except).take(top).map(like).collect()
    }
}

/// All pieces, copies first, the rest by both rankings together.
fn fused(scores: &[f64], heard: &[f32]) -> Vec<usize> {
    let by_score = ranks(scores.len(), |a, b| scores[b].total_cmp(&scores[a]));
    let by_ear = ranks(heard.len(), |a, b| heard[b].total_cmp(&heard[a]));
    let copy = |piece: usize| if scores[piece] >= COPY { scores[piece] } else { 0.0 };
    let both = |piece: usize| 1.0 / (FUSION + by_score[piece]) + 1.0 / (FUSION + by_ear[piece]);
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| copy(*b).total_cmp(&copy(*a)).then(both(*b).total_cmp(&both(*a))));
    order
}

/// The place of each piece, from 1, in an order; equals share the first place of theirs.
fn ranks(n: usize, order: impl Fn(usize, usize) -> std::cmp::Ordering) -> Vec<f64> {
    let mut sorted: Vec<usize> = (0..n).collect();
    sorted.sort_by(|a, b| order(*a, *b));
    let mut ranks = vec![0.0; n];
    for (i, piece) in sorted.iter().enumerate() {
        let equal = i.checked_sub(1).map(|b| sorted[b]).filter(|b| order(*b, *piece).is_eq());
        ranks[*piece] = equal.map_or(i as f64 + 1.0, |before| ranks[before]);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{self, ImportOptions};
    use crate::job::{State, no_waker};
    use crate::music::{Note, Role, Voice, transform};

    fn tune(seed: u64) -> Score {
        let mut x = (seed + 1).wrapping_mul(0xD134_2543_DE82_EF95) | 1;
        let mut score = Score::new(24);
        score.push_voice(Voice::new("", Role::Melody, 0));
        let mut at = 0;
        for _ in 0..60 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            let gap = [12, 24][(x >> 20) as usize % 2];
            score.insert(0, Note::new(at, gap, 60 + (x >> 30) as u8 % 15, 80));
            at += gap;
        }
        score
    }

    fn ended(mut job: Job<ShelfProgress, Shelf>) -> (Vec<ShelfProgress>, State<Shelf>) {
        let events = std::iter::from_fn(|| job.next_event()).collect();
        (events, job.into_state())
    }

    #[test]
    fn a_library_is_made_ready_and_gives_the_original_of_a_copy() {
        let dir = tempfile::tempdir().expect("temporary folder");
        for seed in 0..12 {
            let bytes = crate::midi::write(&tune(seed)).0;
            std::fs::write(dir.path().join(format!("{seed:02}.mid")), bytes).expect("file");
        }
        let never = AtomicBool::new(false);
        let library = corpus::import(&[dir.path().to_owned()], &ImportOptions::default(), &|_| {}, &never);
        let (events, state) = ended(spawn_shelf(Arc::new(library), None, no_waker()));
        assert!(events.contains(&ShelfProgress::Indexing { done: 12, total: 12 }), "{events:?}");
        let State::Done(shelf) = state else { panic!("no shelf") };
        let copy = transform::transposed(&tune(7), 3).expect("fits");
        let like = shelf.like(&copy, None, 3).expect("at hand");
        assert_eq!((like[0].piece, like[0].shared.longest, like[0].heard), (7, 60, None));
        assert!(like[0].score > 0.95 && like.len() <= 3, "{like:?}");
        assert!(shelf.like(&copy, Some(7), 12).expect("at hand").iter().all(|l| l.piece != 7));
        assert!(shelf.index_bytes() > 0 && shelf.library().pieces.len() == 12);
    }

    #[test]
    fn a_model_that_is_not_there_is_an_error() {
        let nowhere = Some((PathBuf::from("no/such/run"), Compute::Cpu));
        let (_, state) = ended(spawn_shelf(Arc::new(Library::default()), nowhere, no_waker()));
        assert!(matches!(state, State::Failed(why) if why.contains("no model")));
    }

    #[test]
    fn copies_come_first_and_both_ears_judge_the_rest() {
        //            0     1     2    3     4
        let scores = [0.02, 0.01, 0.9, 0.05, 0.0];
        let heard = [0.1, 0.9, -0.5, -0.9, 0.8];
        // Places by score and by ear: of 1 fourth and first, of 0 third and third, of 3 second and fifth,
        // of 4 the other way round, which is the same sum.
        assert_eq!(fused(&scores, &heard), [2, 1, 0, 3, 4]);
        assert_eq!(ranks(3, |a, b| [5, 5, 9][b].cmp(&[5, 5, 9][a])), [2.0, 2.0, 1.0]);
    }
}
