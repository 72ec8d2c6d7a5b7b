//! "…and regenerate what follows": another pitch for a note of a take, and the rest of the take anew, as one
//! step.

use super::app::App;
use super::session::{GenerateRequest, Request, Severity};
use super::text::{fill, sentence};
use crate::encoding::encode;
use crate::generate::{Settings, Task};
use crate::music::{NoteId, Score, Tick, transform};
use crate::project::{Edit, Project, Take};
use std::collections::HashSet;
use std::sync::Arc;

/// What becomes of the take that is coming.
#[derive(Clone, Debug)]
pub struct Regenerating {
    /// The note that gets another pitch, and what gives way to what is new, of the piece as it was.
    pub note: NoteId,
    pub pitch: u8,
    pub remove: Vec<NoteId>,
    pub before: Arc<Score>,
}

/// The take that a note of the piece came from: the last one with that very receipt, by its place.
pub fn take_of(project: &Project, note: NoteId) -> Option<usize> {
    let (_, note) = project.score().notes().find(|(_, n)| n.id == note)?;
    let receipt = project.receipts().of(note).filter(|r| r.drawn_with.is_some())?;
    let wrote = |take: &Take| take.score.notes().any(|(_, n)| take.receipts.of(n) == Some(receipt));
    project.takes().iter().rposition(wrote)
}

/// Whether what follows in a take can be written anew: one that varied has no order of its own.
pub fn can_go_on(take: &Take) -> bool {
    take.settings.task != Task::Vary && take.settings.form.is_none()
}

impl App {
    /// Has the rest of a take written anew, from a note on that gets another pitch.
    pub(super) fn regenerate(&mut self, note: NoteId, pitch: u8) {
        let project = &self.state.project;
        if self.state.session.generating {
            return;
        }
        let Some(take) = take_of(project, note).map(|i| &project.takes()[i]).filter(|t| can_go_on(t)) else {
            let sentence = self.state.text().rc.take_gone;
            return self.state.session.say(Severity::Warning, sentence);
        };
        let score = Arc::clone(project.score());
        let Some(parts) = parts(project, &score, take, note, pitch) else { return };
        // The take's own seed would draw the same rest once more.
        let generator = &mut self.state.view.generator;
        let seed = if generator.new_seed_each_time {
            generator.settings.seed = super::pages::compose::new_seed();
            generator.settings.seed
        } else {
            take.settings.seed.wrapping_add(1)
        };
        let request = GenerateRequest {
            model: take.model.clone(),
            settings: Settings { seed, ..take.settings.clone() },
            primer: parts.primer.map(Arc::new),
            kept: Some(Arc::new(parts.kept)),
            from_tick: parts.from,
            takes: 1,
            not_closer_than: None,
        };
        let sentence = self.state.text().generating;
        let parent = Some(take.id);
        let session = &mut self.state.session;
        session.regenerating = Some(Regenerating { note, pitch, remove: parts.remove, before: score });
        (session.generating, session.preview, session.parent) = (true, None, parent);
        session.say(Severity::Info, sentence);
        session.request(Request::Generate(Box::new(request)));
    }

    /// The take has come: what is new of it follows the note, where the piece is still as it was.
    pub(super) fn regenerated(&mut self, what: &Regenerating, take: Take) {
        let t = self.state.text();
        let name = take.name.clone();
        let before = Arc::clone(self.state.project.score());
        if *before != *what.before {
            self.state.project.add_take(take);
            return self.state.session.say(Severity::Warning, fill(t.rc.moved_on, &[&name]));
        }
        self.stop_take();
        let mut with = (*take.score).clone();
        let new = new_notes(&take);
        with.voices.iter_mut().for_each(|v| {
            v.notes.retain(|n| new.contains(&n.id));
            v.events.clear();
        });
        let old: Vec<NoteId> = with.notes().map(|(_, n)| n.id).collect();
        let edit =
            Edit::Regenerate { note: what.note, pitch: what.pitch, remove: what.remove.clone(), with: Arc::new(with) };
        let Some(ids) = self.applied(edit) else {
            self.state.project.add_take(take);
            return;
        };
        let n = [ids.len(), differing(&ids, self.state.project.score(), &what.remove, &before)].map(|n| n.to_string());
        let seed = take.settings.seed.to_string();
        let pairs = old.into_iter().zip(ids).collect();
        let receipts = take.receipts.carried(&take.score, self.state.project.score(), &pairs);
        self.state.project.add_receipts(receipts);
        self.state.project.add_take(take);
        self.state.session.say(Severity::Success, fill(t.rc.regenerated, &[&n[0], &seed, &n[1], &sentence(&name, t)]));
    }
}

/// How many of these notes of `score` stand nowhere among the `old` ones of the piece before.
fn differing(new: &[NoteId], score: &Score, old: &[NoteId], before: &Score) -> usize {
    let place = |n: &crate::music::Note| (n.start, n.duration, n.pitch);
    let old: HashSet<&NoteId> = old.iter().collect();
    let was: HashSet<_> = before.notes().filter(|(_, n)| old.contains(&n.id)).map(|(_, n)| place(n)).collect();
    let new: HashSet<&NoteId> = new.iter().collect();
    score.notes().filter(|(_, n)| new.contains(&n.id) && !was.contains(&place(n))).count()
}

/// Notes of a take that were drawn, those apart that it was given to begin with.
fn new_notes(take: &Take) -> HashSet<NoteId> {
    let drawn = |n: &&crate::music::Note| take.receipts.of(n).is_some_and(|r| r.drawn_with.is_some());
    take.score.notes().map(|(_, n)| n).filter(drawn).map(|n| n.id).collect()
}

struct Parts {
    primer: Option<Score>,
    kept: Score,
    remove: Vec<NoteId>,
    from: Tick,
}

/// The piece as it is in parts: what was there before the take, what of it stays, and what gives way. What
/// a take wrote on is all that stands there; of one that was written into a piece, its voices.
fn parts(project: &Project, score: &Score, take: &Take, note: NoteId, pitch: u8) -> Option<Parts> {
    let scaled = |tick| transform::rescaled(tick, take.score.ppq, score.ppq);
    let opens = take.settings.task.opens();
    let from = scaled(take.from_tick);
    let to = match take.settings.region.filter(|_| opens) {
        Some((_, last)) => score.meters.bar_start(i64::from(last), score.ppq),
        None => scaled(take.score.end).max(from),
    };
    let said: Vec<_> = take.score.notes().filter_map(|(_, n)| take.receipts.of(n)).collect();
    let came = |n| project.receipts().of(n).is_some_and(|r| said.contains(&r));
    let mine: Vec<bool> = score.voices.iter().map(|v| !opens || v.notes.iter().any(came)).collect();
    let inside: HashSet<NoteId> =
        score.notes().filter(|(v, n)| mine[*v] && from <= n.start && n.start < to).map(|(_, n)| n.id).collect();
    // In the order in which the model writes them.
    let order = encode(score).notes;
    let at = order.iter().position(|id| *id == note)?;
    let stays: HashSet<NoteId> = order[..=at].iter().copied().filter(|id| inside.contains(id)).collect();
    let remove = order[at + 1..].iter().copied().filter(|id| inside.contains(id)).collect();
    let only = |keep: &dyn Fn(&crate::music::Note) -> bool| {
        let mut part = score.clone();
        part.voices.iter_mut().for_each(|v| v.notes.retain(|n| keep(n)));
        part
    };
    let mut kept = only(&|n| stays.contains(&n.id));
    for n in kept.voices.iter_mut().flat_map(|v| &mut v.notes).filter(|n| n.id == note) {
        n.pitch = pitch;
    }
    kept.voices.iter_mut().for_each(crate::music::Voice::sort);
    let primer =
        if opens { Some(only(&|n| !inside.contains(&n.id))) } else { (from > 0).then(|| only(&|n| n.start < from)) };
    Some(Parts { primer, kept, remove, from })
}
