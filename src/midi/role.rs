//! What a voice probably does in the music, from its name, its instrument and its notes.
//!
//! A guess for files from elsewhere; our own files say it (see [`crate::midi::OUR_MARK`]).

use crate::music::{Role, Voice};

/// Words of track names, in the order in which they decide.
const WORDS: [(Role, &[&str]); 5] = [
    (Role::Bass, &["bass", "basso", "bassline", "basse", "contrabass", "continuo", "tuba"]),
    (
        Role::Melody,
        &[
            "melody", "melodie", "melodia", "soprano", "sopran", "treble", "lead", "vocal", "vocals", "vocalist",
            "voice", "vox", "singer", "solo", "theme", "tune", "right",
        ],
    ),
    (Role::Inner, &["alto", "alt", "tenor", "mezzo", "countertenor", "bridge", "harmony", "counter", "viola"]),
    (
        Role::Chords,
        &[
            "chord",
            "chords",
            "piano",
            "accompaniment",
            "accomp",
            "comp",
            "backing",
            "rhythm",
            "pad",
            "pads",
            "strum",
            "left",
        ],
    ),
    (Role::Drums, &["drum", "drums", "drumkit", "percussion"]),
];

/// The role that a name or an instrument tells, [`Role::Other`] where neither does. Drums are told
/// by their channel, not here: a pitched voice named "steel drums" is no drum kit.
pub fn from_name(name: &str, program: u8) -> Role {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    let told = WORDS.iter().find(|(_, known)| words.iter().any(|w| known.contains(w))).map(|(role, _)| *role);
    match told {
        Some(Role::Drums) | None if (32..=39).contains(&program) => Role::Bass,
        Some(Role::Drums) | None => Role::Other,
        Some(role) => role,
    }
}

/// Among voices of which nothing is told: the highest that plays one note at a time is the melody if
/// there is no other, and what mostly plays three or more at once is chords. A single voice is left
/// as it is unless it is a plain tune.
pub fn from_shape(voices: &mut [Voice]) {
    let shapes: Vec<(f64, f64)> = voices.iter().map(shape).collect();
    let has_melody = voices.iter().any(|v| v.role == Role::Melody);
    let alone = voices.len() == 1;
    let candidates = (0..voices.len()).filter(|i| voices[*i].role == Role::Other && !voices[*i].notes.is_empty());
    let melody = candidates.filter(|i| shapes[*i].0 < 1.6).max_by(|a, b| shapes[*a].1.total_cmp(&shapes[*b].1));
    if let (Some(i), false) = (melody, has_melody) {
        voices[i].role = Role::Melody;
    }
    for (voice, (thickness, _)) in voices.iter_mut().zip(&shapes) {
        if voice.role == Role::Other && *thickness >= 2.5 && !alone {
            voice.role = Role::Chords;
        }
    }
}

/// Mean number of notes that start together, and mean pitch.
fn shape(voice: &Voice) -> (f64, f64) {
    let n_onsets = 1 + voice.notes.windows(2).filter(|w| w[0].start != w[1].start).count();
    let n = voice.notes.len().max(1) as f64;
    (n / n_onsets as f64, voice.notes.iter().map(|x| f64::from(x.pitch)).sum::<f64>() / n)
}

/// How a role is written in our own files.
pub fn word(role: Role) -> &'static str {
    match role {
        Role::Melody => "melody",
        Role::Inner => "inner",
        Role::Chords => "chords",
        Role::Bass => "bass",
        Role::Drums => "drums",
        Role::Other => "other",
    }
}

pub fn from_word(text: &[u8]) -> Option<Role> {
    Role::ALL.into_iter().find(|r| word(*r).as_bytes() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn names_and_instruments_tell_roles() {
        for (name, program, role) in [
            ("Soprano", 19, Role::Melody),
            ("MELODY", 0, Role::Melody),
            ("PIANO", 0, Role::Chords),
            ("Tenor 2", 0, Role::Inner),
            ("Bassoon", 70, Role::Other),
            ("E-Bass", 0, Role::Bass),
            ("", 33, Role::Bass),
            ("Steel Drums", 114, Role::Other),
        ] {
            assert_eq!(from_name(name, program), role, "{name} {program}");
        }
    }

    #[test]
    fn nameless_tune_and_chords_are_told_by_shape() {
        let mut score = text::parse("x | 0 24 c5 | 24 24 d5\ny | 0 48 c3 | 0 48 e3 | 0 48 g3").expect("valid");
        from_shape(&mut score.voices);
        assert_eq!((score.voices[0].role, score.voices[1].role), (Role::Melody, Role::Chords));
    }
}
