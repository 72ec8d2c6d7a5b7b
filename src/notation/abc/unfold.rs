//! The order in which bars are played, repeats and endings played out.

use super::body::Bar;

/// Indices of bars in the order of play. Every bar is played at most nine times.
pub fn order(bars: &[Bar]) -> Vec<usize> {
    let mut order = Vec::new();
    let (mut at, mut start, mut pass) = (0, 0, 1);
    // A repeat goes back to its `|:`, or to the last double bar where it has none.
    let (mut opened, mut in_ending) = (false, false);
    while at < bars.len() {
        let bar = &bars[at];
        if bar.starts_repeat && at != start {
            (start, pass, opened, in_ending) = (at, 1, true, false);
        }
        opened |= bar.starts_repeat;
        if !bar.ending.is_empty() && !bar.ending.contains(&pass) {
            at = after_ending(bars, at);
            continue;
        }
        in_ending |= !bar.ending.is_empty();
        order.push(at);
        let last_pass = n_passes(bars, start);
        if bar.ends_repeat && pass < last_pass {
            (pass, at, in_ending) = (pass + 1, start, false);
            continue;
        }
        if bar.ends_repeat || (bar.ends_section && (!opened || (in_ending && pass == last_pass))) {
            (start, pass, opened, in_ending) = (at + 1, 1, false, false);
        }
        at += 1;
    }
    order
}

/// How often the section from `start` is played, if it is repeated: as often as its endings say.
fn n_passes(bars: &[Bar], start: usize) -> u8 {
    let section = bars[start..].iter().enumerate().take_while(|(i, b)| *i == 0 || !b.starts_repeat).map(|(_, b)| b);
    let mut most = 2;
    let mut ended = false;
    for bar in section {
        // After the closing repeat sign only further endings belong to the section.
        if ended && bar.ending.is_empty() {
            break;
        }
        most = bar.ending.iter().copied().max().unwrap_or(0).max(most);
        ended = bar.ends_repeat;
    }
    most
}

/// The first bar after the ending that begins at `at`.
fn after_ending(bars: &[Bar], at: usize) -> usize {
    let end = bars[at..].iter().position(|b| b.ends_section).map_or(bars.len(), |n| at + n + 1);
    let next = (at + 1..end).find(|i| !bars[*i].ending.is_empty() || bars[*i].starts_repeat);
    next.unwrap_or(end)
}
