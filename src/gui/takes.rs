//! What is made of takes: another of two, one that goes on from another, and the order they are shown in.

use super::app::App;
use super::session::{GenerateRequest, Request, Severity};
use super::state::State;
use super::text::fill;
use crate::index::Index;
use crate::music::transform::rescaled;
use crate::music::{Note, NoteId, Role, Score, Tick};
use crate::project::{Take, blend, can_blend};
use std::collections::HashSet;
use std::sync::Arc;

/// The order in which takes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakeOrder {
    #[default]
    Newest,
    /// What was made from a take stands after it.
    Family,
    Likely,
    Original,
    /// Most of the selection's figures first.
    Close,
}

impl TakeOrder {
    pub const ALL: [TakeOrder; 5] =
        [TakeOrder::Newest, TakeOrder::Family, TakeOrder::Likely, TakeOrder::Original, TakeOrder::Close];
}

/// The box of what can be made of a take, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeBox {
    pub take: u64,
    pub name: String,
    /// The other take of a blend, and which bars come from it.
    pub other: Option<u64>,
    pub from_other: Vec<bool>,
    /// Bars that a branch keeps.
    pub keep_bars: usize,
}

impl TakeBox {
    pub fn of(take: &Take) -> Self {
        let bars = take.bars().len();
        Self {
            take: take.id,
            name: take.name.clone(),
            other: None,
            from_other: vec![false; bars],
            keep_bars: (bars / 2).max(1),
        }
    }
}

/// Notes of a figure: runs of so many are compared, in whatever key and at whatever tempo.
const FIGURE: usize = 3;

/// The share of a melody's figures of three notes that stand in a take.
pub fn closeness(take: &Take, melody: &Score) -> f64 {
    Index::build(&[Arc::new(take.new_part())]).share_found(melody, FIGURE)
}

/// How deep a take stands in the tree: 0 where it was made from none that is there.
pub fn depth(takes: &[Take], take: &Take) -> usize {
    let parent = |t: &Take| t.parent.and_then(|id| takes.iter().find(|other| other.id == id));
    // A file may have been changed by hand: no chain is longer than there are takes.
    std::iter::successors(parent(take), |t| parent(t)).take(takes.len()).count()
}

/// Takes from the first to be shown to the last.
fn in_order(state: &State) -> Vec<u64> {
    let takes = state.project.takes();
    let mut order: Vec<&Take> = takes.iter().rev().collect();
    match state.view.take_order {
        TakeOrder::Newest => {}
        TakeOrder::Family => return family(takes),
        TakeOrder::Likely => order.sort_by(|a, b| {
            let nats = |t: &Take| t.mean_nats().unwrap_or(f64::INFINITY);
            nats(a).total_cmp(&nats(b))
        }),
        // Most people copy more, then the fewest notes; what nobody has looked up comes last.
        TakeOrder::Original => order.sort_by(|a, b| {
            let of = |t: &Take| {
                let o = t.originality.as_ref();
                (o.and_then(|o| o.percentile).map_or(1.0, |p| -p), o.map_or(usize::MAX, |o| o.copied))
            };
            let (a, b) = (of(a), of(b));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        }),
        TakeOrder::Close => {
            if let Some(melody) = super::apply::selected_part(state.project.score(), &state.view.selection) {
                let mut close: Vec<_> = order.iter().map(|t| (closeness(t, &melody), *t)).collect();
                close.sort_by(|a, b| b.0.total_cmp(&a.0));
                order = close.into_iter().map(|(_, t)| t).collect();
            }
        }
    }
    order.into_iter().map(|t| t.id).collect()
}

/// Each take after the one that it was made from, the latest family first.
fn family(takes: &[Take]) -> Vec<u64> {
    let is_there = |id: &u64| takes.iter().any(|t| t.id == *id);
    let mut left: Vec<&Take> = takes.iter().filter(|t| !t.parent.as_ref().is_some_and(is_there)).collect();
    let mut out = Vec::new();
    while let Some(take) = left.pop() {
        if !out.contains(&take.id) {
            out.push(take.id);
            left.extend(takes.iter().filter(|t| t.parent == Some(take.id)).rev());
        }
    }
    // Of a ring, which only a hand can have written, nothing has come yet.
    out.extend(takes.iter().map(|t| t.id).filter(|id| !out.contains(id)).collect::<Vec<_>>());
    out
}

impl App {
    /// Puts the takes into the order that was chosen, as they are now.
    pub(super) fn order_takes(&mut self) {
        self.state.view.takes_in_order = in_order(&self.state);
        self.find_takes_in_piece();
    }

    /// Sees of which takes all notes stand in the piece.
    pub(super) fn find_takes_in_piece(&mut self) {
        let State { project, view, .. } = &mut self.state;
        let within = project.takes().iter().filter(|take| stands_in(take, project.score()));
        view.takes_in_piece = within.map(|take| take.id).collect();
    }

    /// Moves the view where what a take has put into the piece is not all in sight.
    pub(super) fn show_take(&mut self, take: &Take) {
        let score = self.state.project.score();
        let scaled = |tick| rescaled(tick, take.score.ppq, score.ppq);
        let new = || take.score.voices.iter().flat_map(|v| v.notes.iter().map(move |n| (v.role, n)));
        let new = || new().filter(|(_, n)| n.start >= take.from_tick);
        let pitches = || new().filter(|(role, _)| *role != Role::Drums).map(|(_, n)| n.pitch);
        let (Some(low), Some(high)) = (pitches().min(), pitches().max()) else { return };
        let end = new().map(|(_, n)| n.end()).max().unwrap_or(take.from_tick);
        self.roll.reveal(score, scaled(take.from_tick), scaled(end), low, high);
    }

    fn take(&self, id: u64) -> Option<&Take> {
        self.state.project.takes().iter().find(|t| t.id == id)
    }

    pub(super) fn blend_takes(&mut self, a: u64, b: u64, from_b: &[bool]) {
        let (Some(a), Some(b)) = (self.take(a), self.take(b)) else { return };
        if !can_blend(a, b) {
            return;
        }
        let t = self.state.text();
        let name = fill(t.tk.blend_name, &[&a.name, &b.name]);
        let made = blend(a, b, from_b, name.clone());
        self.stop_take();
        self.state.project.put_take(made);
        self.state.view.take_box = None;
        self.order_takes();
        self.state.session.say(Severity::Success, fill(t.tk.made, &[&name]));
    }

    /// Has a take written that begins with so many bars of another, with a seed of its own.
    pub(super) fn branch_take(&mut self, id: u64, bars: usize) {
        let Some(take) = self.take(id).filter(|t| can_branch(t)) else { return };
        if self.state.session.generating {
            return;
        }
        let ends = take.bars();
        let Some((_, line)) = ends.get(bars.saturating_sub(1)).copied().filter(|_| bars < ends.len()) else { return };
        let score = &take.score;
        let part = |from: Tick, to: Tick| {
            let mut part = (**score).clone();
            part.voices.iter_mut().for_each(|v| v.notes.retain(|n| from <= n.start && n.start < to));
            Arc::new(part)
        };
        let mut settings = take.settings.clone();
        settings.seed = super::pages::compose::new_seed();
        let request = GenerateRequest {
            model: take.model.clone(),
            settings,
            primer: (take.from_tick > 0).then(|| part(0, take.from_tick)),
            kept: Some(part(take.from_tick, line)),
            from_tick: take.from_tick,
            takes: 1,
            not_closer_than: None,
        };
        let sentence = self.state.text().generating;
        self.state.view.take_box = None;
        let session = &mut self.state.session;
        (session.generating, session.preview, session.parent) = (true, None, Some(id));
        session.say(Severity::Info, sentence);
        session.request(Request::Generate(Box::new(request)));
    }
}

/// Whether every note that a take brought is in the piece, in its place.
fn stands_in(take: &Take, score: &Score) -> bool {
    let new = || take.score.notes().map(|(_, n)| n).filter(|n| n.start >= take.from_tick);
    let is_there = |n: &Note| {
        let start = rescaled(n.start, take.score.ppq, score.ppq);
        score.voices.iter().any(|v| {
            let at = v.notes.partition_point(|other| other.start < start);
            v.notes[at..].iter().take_while(|other| other.start == start).any(|other| other.pitch == n.pitch)
        })
    };
    new().next().is_some() && new().all(is_there)
}

/// Whether a take can be gone on from: one that was written on, not into a piece, and of more than a bar.
pub fn can_branch(take: &Take) -> bool {
    !take.settings.task.opens() && take.settings.form.is_none() && take.bars().len() > 1
}

/// Whether the selection says enough to rank by: a figure of notes that are no drums.
pub fn can_rank_by(state: &State) -> bool {
    let chosen: &HashSet<NoteId> = &state.view.selection;
    let voices = state.project.score().voices.iter().filter(|v| v.role != Role::Drums);
    voices.flat_map(|v| &v.notes).filter(|n| chosen.contains(&n.id)).count() >= FIGURE
}
