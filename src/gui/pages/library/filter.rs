//! Which rows are shown, in which order: computed once a change, never once a repaint.

use super::search::Query;
use super::shelf::{Column, RowState, Shelf};
use super::view::LibraryView;
use crate::corpus::{Choices, Picture, Remedy, statistics};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What must hold for a row to be shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub words: String,
    pub fate: Option<Fate>,
    pub style: Option<String>,
    pub folder: Option<PathBuf>,
    /// A bar of a picture.
    pub bar: Option<(Picture, usize)>,
    pub family: Option<u32>,
}

/// A state, or one reason of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// As [`RowState::kind`] counts.
    pub kind: usize,
    pub reason: Option<&'static str>,
}

/// The reason of what the user ticked out; no code of the corpus.
pub const BY_YOU: &str = "by you";

/// The state with the user's word in it.
pub fn state_of(view: &LibraryView, row: usize) -> RowState {
    let row = &view.shelf.rows[row];
    if view.is_ticked(&row.id.hash) || row.piece.is_none() { row.state } else { RowState::LeftOut(BY_YOU) }
}

/// What an order was made of.
type MadeOf = (Arc<Shelf>, Arc<Choices>, Filter, Column, bool);

/// How many rows are in each state, by reason.
pub type Counts = [BTreeMap<&'static str, usize>; 3];

/// What can be done with all the files of a choice of rows, and which files offer it.
pub type Remedies = Vec<(Remedy, Arc<Vec<[u8; 32]>>)>;

#[derive(Debug, Default)]
pub struct Order {
    rows: Arc<Vec<u32>>,
    /// The same, whatever bar of a picture is chosen: what the pictures are made of.
    all_bars: Arc<Vec<u32>>,
    remedies: Option<(Arc<Vec<u32>>, Arc<Remedies>)>,
    made_of: Option<MadeOf>,
    /// The rows with the words, so that a longer word looks only through these.
    found: Found,
    /// Of the rows that any state and reason would leave.
    counts: Counts,
    /// Of all rows, and which these were.
    all_counts: Counts,
    counted: Option<(Arc<Shelf>, Arc<Choices>)>,
}

#[derive(Debug, Default)]
struct Found {
    of: Option<Arc<Shelf>>,
    text: String,
    query: Query,
    rows: Vec<bool>,
}

impl Order {
    /// The rows to show.
    pub fn rows(&mut self, view: &LibraryView, filter: &Filter, sort: Column, descending: bool) -> Arc<Vec<u32>> {
        let same = self.made_of.as_ref().is_some_and(|(shelf, choices, f, s, d)| {
            Arc::ptr_eq(shelf, &view.shelf)
                && Arc::ptr_eq(choices, &view.choices)
                && (f, *s, *d) == (filter, sort, descending)
        });
        if !same {
            self.find_words(&view.shelf, &filter.words.to_lowercase());
            let found = &self.found.rows;
            let wanted = |row: &u32| found[*row as usize] && passes(view, filter, *row as usize);
            let sorted = view.shelf.sorted(sort).iter().copied();
            let all_fates: Vec<u32> = match descending {
                false => sorted.filter(wanted).collect(),
                true => sorted.rev().filter(wanted).collect(),
            };
            let in_bar = |row: &u32| filter.bar.is_none_or(|bar| falls_in(view, bar, *row as usize));
            self.counts = counted(view, all_fates.iter().copied().filter(in_bar));
            self.all_bars = Arc::new(match filter.fate {
                None => all_fates,
                Some(fate) => all_fates.into_iter().filter(|row| fate.is_of(state_of(view, *row as usize))).collect(),
            });
            self.rows = match filter.bar {
                None => Arc::clone(&self.all_bars),
                Some(_) => Arc::new(self.all_bars.iter().copied().filter(in_bar).collect()),
            };
            self.made_of = Some((Arc::clone(&view.shelf), Arc::clone(&view.choices), filter.clone(), sort, descending));
        }
        Arc::clone(&self.rows)
    }

    fn find_words(&mut self, shelf: &Arc<Shelf>, text: &str) {
        let Found { of, text: before, query: old, rows } = &mut self.found;
        let fresh = of.as_ref().is_some_and(|s| Arc::ptr_eq(s, shelf));
        if fresh && before == text {
            return;
        }
        let query = Query::of(text);
        if !fresh || !text.starts_with(before.as_str()) || !query.narrows(old) {
            *rows = vec![true; shelf.rows.len()];
        }
        for (row, is_found) in rows.iter_mut().enumerate() {
            *is_found = *is_found && query.is_in(shelf.words_of(row));
        }
        (*of, *before, *old) = (Some(Arc::clone(shelf)), text.to_owned(), query);
    }

    /// The rows that [`Order::rows`] would give if no bar of a picture were chosen.
    pub fn all_bars(&self) -> &Arc<Vec<u32>> {
        &self.all_bars
    }

    /// What can be done with the rows that were shown last, a file once.
    pub fn remedies(&mut self, view: &LibraryView) -> Arc<Remedies> {
        if let Some((_, remedies)) = self.remedies.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &self.rows)) {
            return Arc::clone(remedies);
        }
        let mut files: Vec<usize> = self.rows.iter().map(|row| view.shelf.rows[*row as usize].file).collect();
        files.sort_unstable();
        files.dedup();
        let mut offered = BTreeMap::<Remedy, Vec<[u8; 32]>>::new();
        for file in files.iter().filter_map(|file| view.shelf.library.rows.get(*file)) {
            file.remedies.iter().for_each(|remedy| offered.entry(*remedy).or_default().push(file.hash));
        }
        let remedies: Remedies = offered.into_iter().map(|(remedy, files)| (remedy, Arc::new(files))).collect();
        let remedies = Arc::new(remedies);
        self.remedies = Some((Arc::clone(&self.rows), Arc::clone(&remedies)));
        remedies
    }

    /// How many rows of the last order each state and reason would leave; and how many of all rows have it.
    pub fn counts(&mut self, view: &LibraryView) -> [&Counts; 2] {
        let same = self
            .counted
            .as_ref()
            .is_some_and(|(shelf, choices)| Arc::ptr_eq(shelf, &view.shelf) && Arc::ptr_eq(choices, &view.choices));
        if !same {
            self.all_counts = counted(view, 0..view.shelf.rows.len() as u32);
            self.counted = Some((Arc::clone(&view.shelf), Arc::clone(&view.choices)));
        }
        [&self.counts, &self.all_counts]
    }
}

impl Fate {
    fn is_of(self, state: RowState) -> bool {
        state.kind() == self.kind && self.reason.is_none_or(|reason| reason == state.reason())
    }
}

fn counted(view: &LibraryView, rows: impl Iterator<Item = u32>) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        let state = state_of(view, row as usize);
        *counts[state.kind()].entry(state.reason()).or_default() += 1;
    }
    counts
}

/// Everything but the words, the state and the bar of a picture.
fn passes(view: &LibraryView, filter: &Filter, row: usize) -> bool {
    let of = &view.shelf.rows[row];
    filter.style.as_ref().is_none_or(|style| *style == of.style)
        && filter.family.is_none_or(|family| of.piece.is_some() && of.family == family)
        && filter.folder.as_ref().is_none_or(|folder| of.path.starts_with(folder))
}

fn falls_in(view: &LibraryView, (picture, bar): (Picture, usize), row: usize) -> bool {
    let piece = view.shelf.rows[row].piece.and_then(|piece| view.shelf.library.pieces.get(piece));
    piece.is_some_and(|piece| statistics::falls_in(piece, picture, bar))
}

#[cfg(test)]
mod tests {
    use super::super::shelf::Row;
    use super::*;

    fn row(title: &str, notes: u32, state: RowState) -> Row {
        Row { title: title.into(), style: "reel".into(), notes, key: "D major".into(), state, ..Row::default() }
    }

    fn shown(order: &mut Order, view: &LibraryView, filter: &Filter, sort: Column, descending: bool) -> Vec<u32> {
        order.rows(view, filter, sort, descending).to_vec()
    }

    #[test]
    fn sorts_filters_and_hides() {
        let left_out = RowState::LeftOut("no-notes");
        let rows = vec![row("b", 9, RowState::Used), row("A", 5, left_out), row("c", 7, RowState::Used)];
        let view = LibraryView { shelf: Arc::new(Shelf::of(rows, Arc::default())), ..LibraryView::default() };
        let (mut order, mut filter) = (Order::default(), Filter::default());
        assert_eq!(shown(&mut order, &view, &filter, Column::Title, false), [1, 0, 2]);
        assert_eq!(shown(&mut order, &view, &filter, Column::Notes, true), [0, 2, 1]);
        filter.fate = Some(Fate { kind: 0, reason: None });
        assert_eq!(shown(&mut order, &view, &filter, Column::Notes, true), [0, 2]);
        filter.words = "REEL".into();
        assert_eq!(shown(&mut order, &view, &filter, Column::Title, false), [0, 2]);
        filter.words = "REEL c".into();
        assert_eq!(shown(&mut order, &view, &filter, Column::Title, false), [2]);
        filter.words = "REEL".into();
        assert_eq!(shown(&mut order, &view, &filter, Column::Title, false), [0, 2], "a shorter word looks afresh");
        filter = Filter { fate: Some(Fate { kind: 2, reason: Some("no-notes") }), ..Filter::default() };
        assert_eq!(shown(&mut order, &view, &filter, Column::Title, false), [1]);
        assert_eq!(order.counts(&view)[0][2]["no-notes"], 1);
        filter = Filter { fate: Some(Fate { kind: 0, reason: None }), words: "c".into(), ..Filter::default() };
        assert_eq!(shown(&mut order, &view, &filter, Column::Title, false), [2]);
        assert_eq!(
            order.counts(&view)[0],
            &[[("", 1)].into(), [].into(), [].into()],
            "chips count what they would lead to"
        );
        assert_eq!(order.counts(&view)[1][0][""], 2);
    }
}
