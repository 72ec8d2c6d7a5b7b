//! The order in which measures are played: repeats, endings, and jumps to the start, the sign or the coda.

use super::sheet::{Bar, Marks};
use super::warning::{Problem, Problems};

/// A section is played at most this often.
const MOST_PASSES: u8 = 9;

/// Indices of measures in the order of play, each with the number of the pass (the verse), from 1.
pub fn order(bars: &[Bar], problems: &mut Problems) -> Vec<(usize, u8)> {
    let endings = endings(bars);
    let marks = |i: usize| &bars[i].marks;
    let (mut order, mut at, mut start, mut pass) = (Vec::new(), 0, 0, 1u8);
    let (mut jumped, mut came_from_ending) = (false, false);
    // Of two signs without a word the first says where to leave, the second where to go on.
    let signs: Vec<usize> = (0..bars.len()).filter(|i| marks(*i).coda.is_some()).collect();
    let leaves_at = (0..bars.len()).find(|i| marks(*i).to_coda.is_some());
    let leaves_at = leaves_at.or_else(|| signs.first().copied().filter(|_| signs.len() > 1));
    while at < bars.len() {
        if marks(at).starts_repeat && at != start {
            (start, pass) = (at, 1);
        }
        if let Some(ending) = endings[at].as_ref().filter(|_| marks(at).starts_ending.is_some()) {
            let has_next = endings.get(ending.end).is_some_and(Option::is_some);
            // After a jump only the last ending is played; an ending without a repeat leads into the next.
            let plays = if jumped { !has_next } else { ending.numbers.contains(&pass) || came_from_ending };
            if !plays {
                at = ending.end;
                continue;
            }
        }
        order.push((at, pass));
        came_from_ending = endings[at].is_some();
        if jumped && marks(at).fine {
            break;
        }
        if jumped && leaves_at == Some(at) {
            match (at + 1..bars.len()).find(|i| marks(*i).coda.is_some()) {
                Some(coda) => {
                    (at, start, pass) = (coda, coda, 1);
                    continue;
                }
                None => problems.add(Problem::LostJump, &bars[at].number),
            }
        }
        if let Some(times) = marks(at).ends_repeat {
            if !jumped && pass < passes(bars, &endings, start, at, times) {
                (at, pass, came_from_ending) = (start, pass + 1, false);
                continue;
            }
            if endings.get(at + 1).is_none_or(Option::is_none) {
                (start, pass) = (at + 1, 1);
            }
        } else if endings[at].as_ref().is_some_and(|e| e.end == at + 1 && !goes_on(&endings, at)) {
            (start, pass) = (at + 1, 1);
        }
        if !jumped && let Some(target) = target(bars, at, problems) {
            (jumped, at, start, pass, came_from_ending) = (true, target, target, 1, false);
            continue;
        }
        at += 1;
    }
    order
}

/// Where "D.C." or "D.S." at a measure leads.
fn target(bars: &[Bar], at: usize, problems: &mut Problems) -> Option<usize> {
    let marks: &Marks = &bars[at].marks;
    if marks.da_capo {
        return Some(0);
    }
    let label = marks.dal_segno.as_ref()?;
    let same = |i: &usize| bars[*i].marks.segno.as_ref() == Some(label);
    let any = |i: &usize| bars[*i].marks.segno.is_some();
    let found = (0..=at).rev().find(same).or_else(|| (0..=at).rev().find(any));
    if found.is_none() {
        problems.add(Problem::LostJump, &bars[at].number);
    }
    found
}

#[derive(Clone, Debug)]
struct Ending {
    numbers: Vec<u8>,
    /// The first measure after it.
    end: usize,
}

/// The ending that each measure belongs to.
fn endings(bars: &[Bar]) -> Vec<Option<Ending>> {
    let mut endings = vec![None; bars.len()];
    for (i, bar) in bars.iter().enumerate() {
        let Some(numbers) = &bar.marks.starts_ending else { continue };
        // A bracket that is never closed ends with the next one, or with the repeat.
        let stops = |j: &usize| bars[*j].marks.stops_ending || bars[*j].marks.ends_repeat.is_some();
        let next = (i + 1..bars.len()).find(|j| bars[*j].marks.starts_ending.is_some()).unwrap_or(bars.len());
        let end = (i..next).find(stops).map_or(if next < bars.len() { next } else { i + 1 }, |j| j + 1);
        endings[i..end].fill(Some(Ending { numbers: numbers.clone(), end }));
    }
    endings
}

fn goes_on(endings: &[Option<Ending>], at: usize) -> bool {
    endings.get(at + 1).is_some_and(Option::is_some)
}

/// How often the section from `start` is played: as often as its endings say, else the sign at its end.
fn passes(bars: &[Bar], endings: &[Option<Ending>], start: usize, at: usize, times: u8) -> u8 {
    let mut most = times;
    for i in start..bars.len() {
        if i > at && endings[i].is_none() {
            break;
        }
        if i > start && bars[i].marks.starts_repeat {
            break;
        }
        let numbers = endings[i].iter().flat_map(|e| &e.numbers).copied();
        most = numbers.max().unwrap_or(0).max(most);
    }
    most.min(MOST_PASSES)
}
