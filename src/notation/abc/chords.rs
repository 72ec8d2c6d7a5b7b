//! Chord symbols, and how they are played: a bass note and a close triad above it, held.

/// Pitch classes: what the bass plays, and what stands above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChordSymbol {
    pub bass: u8,
    pub upper: Vec<u8>,
}

/// What a text between quotes says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbol {
    Chord(ChordSymbol),
    /// "N.C.": silence.
    NoChord,
}

/// Qualities and their semitones above the root.
const QUALITIES: [(&str, &[u8]); 29] = [
    ("", &[0, 4, 7]),
    ("M", &[0, 4, 7]),
    ("maj", &[0, 4, 7]),
    ("m", &[0, 3, 7]),
    ("min", &[0, 3, 7]),
    ("-", &[0, 3, 7]),
    ("7", &[0, 4, 7, 10]),
    ("m7", &[0, 3, 7, 10]),
    ("min7", &[0, 3, 7, 10]),
    ("maj7", &[0, 4, 7, 11]),
    ("M7", &[0, 4, 7, 11]),
    ("6", &[0, 4, 7, 9]),
    ("m6", &[0, 3, 7, 9]),
    ("9", &[0, 4, 7, 10, 2]),
    ("m9", &[0, 3, 7, 10, 2]),
    ("dim", &[0, 3, 6]),
    ("o", &[0, 3, 6]),
    ("dim7", &[0, 3, 6, 9]),
    ("m7b5", &[0, 3, 6, 10]),
    ("aug", &[0, 4, 8]),
    ("+", &[0, 4, 8]),
    ("sus", &[0, 5, 7]),
    ("sus4", &[0, 5, 7]),
    ("sus2", &[0, 2, 7]),
    ("7sus4", &[0, 5, 7, 10]),
    ("add9", &[0, 4, 7, 2]),
    ("5", &[0, 7]),
    ("11", &[0, 4, 10, 5]),
    ("13", &[0, 4, 10, 9]),
];

/// Reads "Am7/E", "Bb", "N.C."; `None` where it is no chord symbol.
pub fn parse(text: &str) -> Option<Symbol> {
    let text = text.trim();
    if matches!(text, "N.C." | "NC" | "N.C") {
        return Some(Symbol::NoChord);
    }
    let (chord, slash) = text.split_once('/').map_or((text, None), |(c, b)| (c, Some(b)));
    let (root, quality) = root(chord)?;
    let tones = QUALITIES.iter().find(|(name, _)| *name == quality)?.1;
    let bass = match slash {
        Some(b) => root_only(b)?,
        None => root,
    };
    // Of a seventh chord the bass has the root and the hand the other three.
    let tones = if tones.len() > 3 { &tones[1..4] } else { tones };
    Some(Symbol::Chord(ChordSymbol { bass, upper: tones.iter().map(|t| (root + t) % 12).collect() }))
}

fn root(text: &str) -> Option<(u8, &str)> {
    let letter = text.chars().next().filter(|c| ('A'..='G').contains(c))?;
    let natural = [9, 11, 0, 2, 4, 5, 7][(letter as u8 - b'A') as usize];
    let rest = &text[1..];
    for (sign, step) in [("#", 1), ("♯", 1), ("b", 11), ("♭", 11)] {
        if let Some(after) = rest.strip_prefix(sign) {
            return Some(((natural + step) % 12, after));
        }
    }
    Some((natural, rest))
}

fn root_only(text: &str) -> Option<u8> {
    root(text).filter(|(_, rest)| rest.is_empty()).map(|(root, _)| root)
}

/// Lowest pitch of the bass: E2, so that it ends at D♯3.
const BASS_FLOOR: u8 = 40;
/// Lowest pitches that the hand's chord may begin at: B2 … B♭3.
const HAND_FLOORS: std::ops::RangeInclusive<u8> = 50..=57;

/// Places chords one after another so that the hand moves as little as it can.
#[derive(Default)]
pub struct Voicing {
    hand: Vec<u8>,
}

impl Voicing {
    /// Bass first, then the hand's notes from low to high. All pitches lie in 40–68.
    pub fn place(&mut self, chord: &ChordSymbol) -> Vec<u8> {
        let rest = if self.hand.is_empty() { vec![53, 57, 60] } else { std::mem::take(&mut self.hand) };
        let placed = HAND_FLOORS.map(|floor| {
            let mut pitches: Vec<u8> = chord.upper.iter().map(|pc| at_or_above(floor, *pc)).collect();
            pitches.sort_unstable();
            pitches
        });
        let moved = |p: &[u8]| -> u32 { p.iter().zip(&rest).map(|(a, b)| u32::from(a.abs_diff(*b))).sum() };
        self.hand = placed.min_by_key(|p| moved(p)).unwrap_or_default();
        let mut all = vec![at_or_above(BASS_FLOOR, chord.bass)];
        all.extend(&self.hand);
        all
    }
}

fn at_or_above(floor: u8, pitch_class: u8) -> u8 {
    floor + (pitch_class + 12 - floor % 12) % 12
}
