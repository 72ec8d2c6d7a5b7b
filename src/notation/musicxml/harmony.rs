//! Chord symbols as MusicXML writes them: root, kind, bass and altered degrees, to pitch classes.

use super::measure::{child, children, number, text};
use crate::notation::abc::chords::ChordSymbol;
use roxmltree::Node;

/// Kinds and their semitones above the root, in thirds.
const KINDS: [(&str, &[i32]); 27] = [
    ("major", &[0, 4, 7]),
    ("minor", &[0, 3, 7]),
    ("augmented", &[0, 4, 8]),
    ("diminished", &[0, 3, 6]),
    ("dominant", &[0, 4, 7, 10]),
    ("major-seventh", &[0, 4, 7, 11]),
    ("minor-seventh", &[0, 3, 7, 10]),
    ("diminished-seventh", &[0, 3, 6, 9]),
    ("augmented-seventh", &[0, 4, 8, 10]),
    ("half-diminished", &[0, 3, 6, 10]),
    ("major-minor", &[0, 3, 7, 11]),
    ("major-sixth", &[0, 4, 7, 9]),
    ("minor-sixth", &[0, 3, 7, 9]),
    ("dominant-ninth", &[0, 4, 7, 10, 2]),
    ("major-ninth", &[0, 4, 7, 11, 2]),
    ("minor-ninth", &[0, 3, 7, 10, 2]),
    ("dominant-11th", &[0, 4, 7, 10, 2, 5]),
    ("major-11th", &[0, 4, 7, 11, 2, 5]),
    ("minor-11th", &[0, 3, 7, 10, 2, 5]),
    ("dominant-13th", &[0, 4, 7, 10, 2, 9]),
    ("major-13th", &[0, 4, 7, 11, 2, 9]),
    ("minor-13th", &[0, 3, 7, 10, 2, 9]),
    ("suspended-second", &[0, 2, 7]),
    ("suspended-fourth", &[0, 5, 7]),
    ("power", &[0, 7]),
    ("Neapolitan", &[0, 4, 7]),
    ("pedal", &[0]),
];

/// What a `<harmony>` says: a chord, silence (`Some(None)`), or nothing that is understood.
pub fn read(harmony: Node) -> Option<Option<ChordSymbol>> {
    let kind = text(harmony, "kind").unwrap_or("major");
    if kind == "none" {
        return Some(None);
    }
    let root = pitch_class(child(harmony, "root")?, "root-step", "root-alter")?;
    let mut tones = KINDS.iter().find(|(name, _)| *name == kind)?.1.to_vec();
    children(harmony, "degree").for_each(|d| alter(&mut tones, d));
    let bass = match child(harmony, "bass") {
        Some(bass) => pitch_class(bass, "bass-step", "bass-alter")?,
        None => root,
    };
    // Of a seventh chord the bass has the root and the hand the other three, as in ABC.
    let upper = if tones.len() > 3 { &tones[1..4] } else { &tones[..] };
    let mut upper: Vec<u8> = upper.iter().map(|t| (i32::from(root) + t).rem_euclid(12) as u8).collect();
    upper.dedup();
    Some(Some(ChordSymbol { bass, upper }))
}

/// "add 9", "alter 5 down", "subtract 3".
fn alter(tones: &mut Vec<i32>, degree: Node) {
    let Some(value) = number(degree, "degree-value").filter(|v| (1.0..=13.0).contains(v)) else { return };
    let natural = [0, 2, 4, 5, 7, 9, 10][(value as usize - 1) % 7];
    let tone = natural + number(degree, "degree-alter").unwrap_or(0.0).clamp(-2.0, 2.0) as i32;
    // The chord's own tone of this degree, if it has one: within a semitone of the plain one.
    let own = tones.iter().position(|t| (t - natural).abs() <= 1);
    match (text(degree, "degree-type"), own) {
        (Some("subtract"), Some(i)) if tones.len() > 1 => {
            tones.remove(i);
        }
        (Some("alter"), Some(i)) => tones[i] = tone,
        (Some("subtract"), _) => {}
        // A ninth or eleventh goes on top, where the hand may lack it.
        _ => tones.push(tone),
    }
}

fn pitch_class(node: Node, step: &str, alter: &str) -> Option<u8> {
    let natural = super::measure::step_semitones(text(node, step)?)?;
    let alter = number(node, alter).unwrap_or(0.0).clamp(-12.0, 12.0);
    Some((natural + alter.round() as i32).rem_euclid(12) as u8)
}
