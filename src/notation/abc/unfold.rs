//! The order in which bars are played: parts, repeats and endings played out.

use super::body::Bar;
use super::{Problem, Problems};

/// Parts and bars played, at most; a tune of a thousand bars is long.
const MOST_PARTS: usize = 1000;
const MOST_BARS: usize = 100_000;

/// Indices of bars in the order of play. `parts` is the header's `P:`, such as "AAB" or "(AB)2C".
pub fn order(bars: &[Bar], parts: Option<&str>, problems: &mut Problems) -> Vec<usize> {
    let begins = |i: usize| bars[i].part.as_deref();
    let starts: Vec<usize> = (0..bars.len()).filter(|i| begins(*i).is_some()).collect();
    let mut order = match parts {
        Some(parts) if !starts.is_empty() => {
            // What stands before the first part is played once.
            let mut order = repeats(bars, 0, starts[0]);
            for name in sequence(parts) {
                match starts.iter().position(|i| begins(*i) == Some(name.to_string().as_str())) {
                    Some(k) => {
                        let end = starts.get(k + 1).copied().unwrap_or(bars.len());
                        order.extend(repeats(bars, starts[k], end));
                    }
                    None => problems.push((bars[0].line, Problem::NoPart(name))),
                }
                if order.len() > MOST_BARS {
                    break;
                }
            }
            order
        }
        _ => repeats(bars, 0, bars.len()),
    };
    if order.len() > MOST_BARS {
        order.truncate(MOST_BARS);
        problems.push((bars[0].line, Problem::TooLong));
    }
    order
}

/// "A(BC)2.A" as ABCBCA: letters, with groups and numbers of times. Stops at [`MOST_PARTS`].
fn sequence(text: &str) -> Vec<char> {
    let mut out = Vec::new();
    // Where open groups begin, and where what the next number repeats does.
    let (mut groups, mut last) = (Vec::new(), 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '(' => groups.push(out.len()),
            ')' => last = groups.pop().unwrap_or(last),
            'A'..='Z' | 'a'..='z' => {
                last = out.len();
                out.push(c);
            }
            '0'..='9' => {
                let mut times = c.to_digit(10).unwrap_or(1) as usize;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    times = (times * 10 + digit as usize).min(MOST_PARTS);
                    chars.next();
                }
                let group: Vec<char> = out[last..].to_vec();
                for _ in 1..times {
                    if out.len() + group.len() > MOST_PARTS {
                        break;
                    }
                    out.extend(&group);
                }
            }
            _ => {}
        }
    }
    out.truncate(MOST_PARTS);
    out
}

/// Whether nothing in these bars says in which order they are played.
pub fn is_plain(bars: &[Bar]) -> bool {
    bars.iter().all(|b| !b.starts_repeat && !b.ends_repeat && b.ending.is_empty() && b.part.is_none())
}

/// Bars `from..to` with their repeats. Every bar is played at most nine times.
fn repeats(bars: &[Bar], from: usize, to: usize) -> Vec<usize> {
    let bars = &bars[..to];
    let mut order = Vec::new();
    let (mut at, mut start, mut pass) = (from, from, 1);
    // A repeat goes back to its `|:`, or to the last double bar where it has none.
    let (mut opened, mut in_ending) = (false, false);
    // Counted once a section, so that a long tune takes no longer than its length.
    let mut passes = (usize::MAX, 0);
    let mut last_pass = |start: usize| {
        if passes.0 != start {
            passes = (start, n_passes(bars, start));
        }
        passes.1
    };
    while at < bars.len() && order.len() <= MOST_BARS {
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
        if bar.ends_repeat && pass < last_pass(start) {
            (pass, at, in_ending) = (pass + 1, start, false);
            continue;
        }
        if bar.ends_repeat || (bar.ends_section && (!opened || (in_ending && pass == last_pass(start)))) {
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
    for (i, bar) in bars.iter().enumerate().skip(at) {
        if i > at && (!bar.ending.is_empty() || bar.starts_repeat) {
            return i;
        }
        if bar.ends_section {
            return i + 1;
        }
    }
    bars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_out() {
        let of = |text| sequence(text).into_iter().collect::<String>();
        assert_eq!(of("AABB"), "AABB");
        assert_eq!(of("A2.(BC)2A"), "AABCBCA");
        assert_eq!(of("((AB)2C)2"), "ABABCABABC");
        assert_eq!(of("(A999)999)9)"), "A".repeat(999));
    }
}
