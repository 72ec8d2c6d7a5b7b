//! The rows of the table, with everything that sorting and searching need made beforehand.
//!
//! Made away from the window's thread; draws nothing. A search looks through one text of all rows, a
//! sort walks a list that is there: both are done between two repaints with 100,000 rows.

use crate::corpus::{FileState, Library, PieceId};
use crate::music::charset;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One piece, or a file without any. Numbers are 0 and texts empty where a file could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub title: String,
    pub style: String,
    pub seconds: f64,
    pub notes: u32,
    pub voices: u32,
    pub key: String,
    /// How sure the key is, 0–1.
    pub confidence: f64,
    pub modulates: bool,
    pub meter: String,
    /// Quarter notes a minute.
    pub tempo: u32,
    /// The family, and how many pieces it has, this one among them.
    pub family: u32,
    pub copies: u32,
    pub state: RowState,
    pub path: PathBuf,
    pub id: PieceId,
    /// Indices into the library's pieces and files.
    pub piece: Option<usize>,
    pub file: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowState {
    #[default]
    Used,
    /// Used, after this was done to it: a code of the corpus.
    Repaired(&'static str),
    /// Not used, for this reason: a code of the corpus.
    LeftOut(&'static str),
}

impl RowState {
    /// 0 used, 1 repaired, 2 left out.
    pub fn kind(self) -> usize {
        match self {
            RowState::Used => 0,
            RowState::Repaired(_) => 1,
            RowState::LeftOut(_) => 2,
        }
    }

    /// What was repaired, or why it was left out.
    pub fn reason(self) -> &'static str {
        match self {
            RowState::Used => "",
            RowState::Repaired(reason) | RowState::LeftOut(reason) => reason,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    #[default]
    Title,
    Style,
    Length,
    Notes,
    Voices,
    Key,
    Meter,
    Tempo,
    Family,
    State,
}

impl Column {
    pub const ALL: [Column; 10] = [
        Column::Title,
        Column::Style,
        Column::Length,
        Column::Notes,
        Column::Voices,
        Column::Key,
        Column::Meter,
        Column::Tempo,
        Column::Family,
        Column::State,
    ];

    pub fn is_number(self) -> bool {
        matches!(self, Column::Length | Column::Notes | Column::Voices | Column::Tempo | Column::Family)
    }

    fn compare(self, a: &Row, b: &Row) -> Ordering {
        match self {
            // The lowered titles are at hand: see `Shelf::of`.
            Column::Title => Ordering::Equal,
            Column::Style => a.style.cmp(&b.style),
            Column::Length => a.seconds.total_cmp(&b.seconds),
            Column::Notes => a.notes.cmp(&b.notes),
            Column::Voices => a.voices.cmp(&b.voices),
            Column::Key => a.key.cmp(&b.key),
            Column::Meter => a.meter.cmp(&b.meter),
            Column::Tempo => a.tempo.cmp(&b.tempo),
            Column::Family => a.copies.cmp(&b.copies),
            Column::State => a.state.cmp(&b.state),
        }
    }
}

/// All rows, ready to be sorted and searched.
#[derive(Debug, Default)]
pub struct Shelf {
    pub rows: Vec<Row>,
    pub library: Arc<Library>,
    /// Styles and how many rows each has, in the order of their names.
    pub styles: Vec<(String, usize)>,
    pub notes: u64,
    pub seconds: f64,
    /// The row of each piece.
    row_of: Vec<u32>,
    /// The words of all rows in small letters, and where each row's end.
    words: String,
    ends: Vec<usize>,
    /// By column: the rows in its order.
    sorted: Vec<Vec<u32>>,
}

impl Shelf {
    pub fn new(library: Arc<Library>) -> Self {
        let mut sizes = vec![0u32; library.families];
        for piece in &library.pieces {
            if let Some(size) = sizes.get_mut(piece.family as usize) {
                *size += 1;
            }
        }
        let rows = (0..library.rows.len()).into_par_iter().flat_map_iter(|file| rows_of(&library, file, &sizes));
        Self::of(rows.collect(), library)
    }

    /// With rows that are there already.
    pub fn of(rows: Vec<Row>, library: Arc<Library>) -> Self {
        let titles: Vec<String> = rows.par_iter().map(|row| row.title.to_lowercase()).collect();
        // Quotation marks and brackets have no place in the alphabet.
        let begins: Vec<usize> = titles.iter().map(|t| t.find(char::is_alphanumeric).unwrap_or(0)).collect();
        let mut shelf = Self { row_of: vec![0; library.pieces.len()], library, ..Self::default() };
        let mut styles = BTreeMap::<&str, usize>::new();
        for (i, (row, title)) in rows.iter().zip(&titles).enumerate() {
            let file = charset::of_name(row.path.file_name().unwrap_or_default()).to_lowercase();
            for part in [title, &row.style.to_lowercase(), &row.key.to_lowercase(), &row.meter, &file] {
                shelf.words.push_str(part);
                // Parts are told apart, so that no word is found across two of them.
                shelf.words.push('\n');
            }
            shelf.ends.push(shelf.words.len());
            *styles.entry(&row.style).or_default() += 1;
            shelf.notes += u64::from(row.notes);
            shelf.seconds += row.seconds;
            if let Some(at) = row.piece.and_then(|piece| shelf.row_of.get_mut(piece)) {
                *at = i as u32;
            }
        }
        shelf.styles = styles.into_iter().map(|(style, n)| (style.to_owned(), n)).collect();
        let title = |row: u32| &titles[row as usize][begins[row as usize]..];
        // Titles are compared once; what is alike in another column stands in their order.
        let mut by_title: Vec<u32> = (0..rows.len() as u32).collect();
        by_title.par_sort_by(|a, b| natural(title(*a), title(*b)));
        let sort = |column: &Column| {
            let mut order = by_title.clone();
            order.par_sort_by(|a, b| column.compare(&rows[*a as usize], &rows[*b as usize]));
            order
        };
        shelf.sorted = Column::ALL.iter().map(sort).collect();
        shelf.rows = rows;
        shelf
    }

    /// The row that shows a piece.
    pub fn row_of(&self, piece: usize) -> Option<usize> {
        self.row_of.get(piece).map(|row| *row as usize)
    }

    /// The row of a piece that was shown before, wherever it stands now.
    pub fn find(&self, id: PieceId, path: &Path) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id && row.path == path)
    }

    /// The rows in a column's order.
    pub fn sorted(&self, column: Column) -> &[u32] {
        self.sorted.get(column as usize).map_or(&[], Vec::as_slice)
    }

    /// What is searched of a row: its parts in small letters, each with the end of a line.
    pub fn words_of(&self, row: usize) -> &str {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.words[from..self.ends[row]]
    }
}

/// As people order titles: a number by what it is worth, so that 2 comes before 19.
fn natural(a: &str, b: &str) -> Ordering {
    /// What stands before the first number, that number without leading zeros, and the rest.
    fn parts(text: &str) -> (&str, &str, &str) {
        let digit = |c: char| c.is_ascii_digit();
        let (before, rest) = text.split_at(text.find(digit).unwrap_or(text.len()));
        let (number, rest) = rest.split_at(rest.find(|c| !digit(c)).unwrap_or(rest.len()));
        (before, number.trim_start_matches('0'), rest)
    }
    let (mut left, mut right) = (a, b);
    while !(left.is_empty() || right.is_empty()) {
        let ((before_a, a, rest_a), (before_b, b, rest_b)) = (parts(left), parts(right));
        if before_a != before_b {
            return left.cmp(right);
        }
        match a.len().cmp(&b.len()).then_with(|| a.cmp(b)) {
            Ordering::Equal => (left, right) = (rest_a, rest_b),
            other => return other,
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The rows of one file: a tune book has many.
fn rows_of(library: &Library, file: usize, sizes: &[u32]) -> Vec<Row> {
    let of = &library.rows[file];
    let state = match &of.state {
        FileState::Used => RowState::Used,
        FileState::Repaired(_) => RowState::Repaired(of.state.reason()),
        FileState::LeftOut(_) => RowState::LeftOut(of.state.reason()),
    };
    let name = charset::of_name(of.path.file_name().unwrap_or_default());
    let bare = Row {
        title: name.clone(),
        style: of.style.clone(),
        state,
        path: of.path.clone(),
        id: PieceId { hash: of.hash, tune: 0 },
        file,
        ..Row::default()
    };
    if of.pieces.is_empty() {
        return vec![bare];
    }
    let row = |piece: &usize| {
        let p = &library.pieces[*piece];
        Row {
            title: if p.title.trim().is_empty() { name.clone() } else { p.title.clone() },
            seconds: p.summary.seconds,
            notes: p.summary.notes,
            voices: p.summary.voices,
            key: p.key.map(|(k, _)| k.to_string()).unwrap_or_default(),
            confidence: p.key.map_or(0.0, |(_, sure)| sure),
            modulates: p.keys.len() > 1,
            meter: p.summary.meter.to_string(),
            tempo: p.summary.qpm.round() as u32,
            family: p.family,
            copies: sizes.get(p.family as usize).copied().unwrap_or(1),
            id: p.id(),
            piece: Some(*piece),
            ..bare.clone()
        }
    };
    of.pieces.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_titles_are_ordered_by_what_they_are_worth() {
        let mut titles = ["bwv 19", "bwv 2", "bwv 002", "bwv 2a", "air", "bwv", "bwv 100.3", "bwv 100.12", "10", "9"];
        titles.sort_by(|a, b| natural(a, b));
        assert_eq!(
            titles,
            ["9", "10", "air", "bwv", "bwv 002", "bwv 2", "bwv 2a", "bwv 19", "bwv 100.3", "bwv 100.12"]
        );
    }
}
