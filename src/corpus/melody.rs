//! One melody line from a whole piece: skyline with voice continuity.
//!
//! The skyline (the highest note at each onset; A. Uitdenbogerd and J. Zobel, "Melodic matching
//! techniques for large music databases", ACM Multimedia 1999) jumps up into every ornament of an
//! accompaniment. Here the line is the cheapest path through the notes instead: lying below the
//! highest sounding note, leaping, changing voices, cutting a note short and staying silent while
//! others play all have a price. Where voices are told to be melody, only they are looked at.

use crate::music::{Note, Role, Score, Tick, Voice};

/// Prices, in the same unit: a semitone below the top, a semitone of a leap beyond a fifth, a change
/// of voice, cutting a whole note off, an onset of others without a note of ours.
const BELOW: f64 = 0.25;
const LEAP: f64 = 0.1;
const VOICE_CHANGE: f64 = 1.0;
const CUT: f64 = 1.5;
const SILENCE: f64 = 2.0;

const FREE_LEAP: i16 = 7;

/// Of a chord, this many notes from the top may be melody.
const CANDIDATES: usize = 4;

/// A note may be followed by one this many onsets later at most.
const REACH: usize = 32;

/// The piece with one voice: its melody, one note at a time. Tempo, meter, keys and title stay.
pub fn extract(score: &Score) -> Score {
    let told = score.voices.iter().any(|v| v.role == Role::Melody && !v.notes.is_empty());
    let wanted = |role| if told { role == Role::Melody } else { role != Role::Drums };
    let mut notes: Vec<(usize, Note)> =
        score.notes().filter(|(v, _)| wanted(score.voices[*v].role)).map(|(v, n)| (v, *n)).collect();
    notes.sort_by_key(|(v, n)| (n.order(), *v));
    let onsets = onsets(notes, Tick::from(score.ppq) / 16);
    let line = cheapest_line(&onsets);

    let program = line.first().map_or(0, |(v, _)| score.voices[*v].program);
    let mut voice = Voice::new("Melody", Role::Melody, program);
    voice.notes = line.iter().map(|(_, n)| *n).collect();
    for i in 1..voice.notes.len() {
        let next = voice.notes[i].start;
        let note = &mut voice.notes[i - 1];
        note.duration = note.duration.min(next - note.start).max(1);
    }
    let mut out = score.clone();
    out.voices.clear();
    out.push_voice(voice);
    out
}

/// Notes that begin together.
struct Onset {
    start: Tick,
    /// The highest pitch that begins or sounds on here.
    top: u8,
    /// From the highest down.
    notes: Vec<(usize, Note)>,
}

fn onsets(notes: Vec<(usize, Note)>, together: Tick) -> Vec<Onset> {
    let mut onsets: Vec<Onset> = Vec::new();
    for (voice, note) in notes {
        match onsets.last_mut() {
            Some(last) if note.start - last.start <= together => last.notes.push((voice, note)),
            _ => onsets.push(Onset { start: note.start, top: 0, notes: vec![(voice, note)] }),
        }
    }
    let mut sounding: Vec<Note> = Vec::new();
    for onset in &mut onsets {
        sounding.retain(|n| n.end() > onset.start);
        sounding.extend(onset.notes.iter().map(|(_, n)| *n));
        onset.top = sounding.iter().map(|n| n.pitch).max().unwrap_or(0);
        onset.notes.sort_by_key(|(v, n)| (std::cmp::Reverse(n.pitch), *v));
        onset.notes.truncate(CANDIDATES);
    }
    onsets
}

/// The price of a line, and which candidate of which onset comes before its last note.
type End = (f64, Option<(usize, usize)>);

/// The cheapest path, by dynamic programming over onsets and the candidates at each.
fn cheapest_line(onsets: &[Onset]) -> Vec<(usize, Note)> {
    // best[i][k]: of the cheapest line that ends with candidate k of onset i.
    let mut best: Vec<Vec<End>> = Vec::with_capacity(onsets.len());
    for (i, onset) in onsets.iter().enumerate() {
        let alone = i as f64 * SILENCE;
        best.push(onset.notes.iter().map(|_| (alone, None)).collect());
        for from in i.saturating_sub(REACH)..i {
            for (a, (before, note)) in onsets[from].notes.iter().enumerate() {
                let waiting = best[from][a].0 + waited(note, &onsets[from + 1..i]);
                for (b, (voice, next)) in onset.notes.iter().enumerate() {
                    let price = waiting + step(note, next) + if voice == before { 0.0 } else { VOICE_CHANGE };
                    if price < best[i][b].0 {
                        best[i][b] = (price, Some((from, a)));
                    }
                }
            }
        }
        for (b, (_, note)) in onset.notes.iter().enumerate() {
            best[i][b].0 += BELOW * f64::from(onset.top - note.pitch);
        }
    }
    let ends = (0..onsets.len()).flat_map(|i| (0..onsets[i].notes.len()).map(move |k| (i, k)));
    let price = |&(i, k): &(usize, usize)| best[i][k].0 + waited(&onsets[i].notes[k].1, &onsets[i + 1..]);
    let near_end = ends.filter(|(i, _)| i + REACH >= onsets.len());
    let mut at = near_end.min_by(|x, y| price(x).total_cmp(&price(y)));
    let mut line = Vec::new();
    while let Some((i, k)) = at {
        line.push(onsets[i].notes[k]);
        at = best[i][k].1;
    }
    line.reverse();
    line
}

/// The price of passing over onsets after `note`: lying below them while it sounds, silence after.
fn waited(note: &Note, passed: &[Onset]) -> f64 {
    let each = passed.iter().map(|onset| {
        if note.end() > onset.start { BELOW * f64::from(onset.top.saturating_sub(note.pitch)) } else { SILENCE }
    });
    each.sum()
}

/// The price of going from one note to another.
fn step(a: &Note, b: &Note) -> f64 {
    let leap = (i16::from(a.pitch) - i16::from(b.pitch)).abs();
    let cut = (a.end() - b.start).max(0) as f64 / a.duration as f64;
    LEAP * f64::from((leap - FREE_LEAP).max(0)) + CUT * cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    fn extracted(notation: &str) -> String {
        text::print(&extract(&text::parse(notation).expect("valid")))
    }

    #[test]
    fn the_top_of_a_hymn() {
        let hymn = "x | 0 24 c5 | 0 24 g4 | 0 24 c3 | 24 24 d5 | 24 24 g4 | 24 24 b2 | 48 48 e5 | 48 48 c3";
        assert_eq!(extracted(hymn), "Melody | 0 24 C5 | 24 24 D5 | 48 48 E5\n");
    }

    #[test]
    fn a_held_note_is_not_left_for_the_accompaniment_below_it() {
        let song = "x | 0 96 c5 | 96 96 d5\ny | 0 24 c3 | 24 24 e3 | 48 24 g3 | 72 24 e3 | 96 48 b2 | 144 48 g3";
        assert_eq!(extracted(song), "Melody | 0 96 C5 | 96 96 D5\n");
    }

    #[test]
    fn one_high_note_of_another_voice_does_not_take_the_line_away() {
        let song = "x | 0 24 c5 | 24 24 d5 | 48 24 e5 | 72 24 f5 | 96 24 g5\ny | 48 6 g5";
        assert!(extracted(song).contains("48 24 E5"), "{}", extracted(song));
    }

    #[test]
    fn a_told_melody_wins_over_height() {
        let song = "x | 0 24 c6 | 24 24 d6\nmelody | 0 24 c4 | 24 24 d4";
        assert_eq!(extracted(song), "Melody | 0 24 C4 | 24 24 D4\n");
    }

    #[test]
    fn the_line_is_one_note_at_a_time_and_its_notes_are_the_piece_s() {
        let song = text::parse("x | 0 30 c5 | 24 30 d5 | 24 96 g4 | 47 24 e5 | 49 10 f5 | 100 2 a3").expect("valid");
        let line = extract(&song);
        let notes = &line.voices[0].notes;
        assert!(notes.windows(2).all(|w| w[0].end() <= w[1].start));
        assert!(notes.iter().all(|n| song.notes().any(|(_, m)| (m.start, m.pitch) == (n.start, n.pitch))));
        assert_eq!(line.end, song.end);
    }

    #[test]
    fn nothing_comes_from_nothing() {
        assert_eq!(extracted("drums | 0 24 c2"), "Melody\n");
    }
}
