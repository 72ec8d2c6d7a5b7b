//! Notes cut into several, and several made one.

use super::fresh;
use crate::music::note::Note;
use crate::music::time::Tick;

/// Equal parts; never more than a note has ticks.
pub(super) fn split(notes: &[Note], parts: u8) -> Vec<Note> {
    let mut out = Vec::new();
    for n in notes {
        let parts = Tick::from(parts.max(1)).min(n.duration);
        for i in 0..parts {
            let (from, to) = (n.duration * i / parts, n.duration * (i + 1) / parts);
            let part = Note { start: n.start + from, duration: to - from, ..*n };
            out.push(if i == 0 { part } else { fresh(part) });
        }
    }
    out
}

pub(super) fn split_at(notes: &[Note], tick: Tick) -> Vec<Note> {
    let mut out = Vec::new();
    for n in notes {
        if n.start < tick && tick < n.end() {
            out.push(Note { duration: tick - n.start, ..*n });
            out.push(fresh(Note { start: tick, duration: n.end() - tick, ..*n }));
        } else {
            out.push(*n);
        }
    }
    out
}

/// Notes of one pitch become one where they touch, or where no other note begins between them.
pub(super) fn join(notes: &[Note]) -> Vec<Note> {
    let mut out: Vec<Note> = Vec::new();
    let mut last: [Option<usize>; 128] = [None; 128];
    for n in notes {
        let slot = &mut last[usize::from(n.pitch.min(127))];
        if let Some(i) = *slot {
            let before = out[i];
            let first_after = notes.partition_point(|o| o.start <= before.start);
            let alone = notes.get(first_after).is_none_or(|o| o.start >= n.start);
            if alone || before.end() >= n.start {
                out[i].duration = before.end().max(n.end()) - before.start;
                continue;
            }
        }
        *slot = Some(out.len());
        out.push(*n);
    }
    out
}
