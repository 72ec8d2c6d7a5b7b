//! What each voice does in the music, where the reader could not tell.
//!
//! The reader knows names and channels. What it left as [`Role::Other`] is told here from how the
//! voices lie to each other: register and how many notes sound at once. A guess, shown and changeable.

use crate::music::{Role, Score, Voice};

/// Words in track names that the reader, which looks at whole words, cannot see: scripts that are
/// written without spaces.
const WORDS: [(Role, &[&str]); 4] = [
    (Role::Melody, &["旋律", "主唱", "人声", "メロディ", "멜로디"]),
    (Role::Chords, &["伴奏", "和弦", "和声", "コード", "ピアノ", "钢琴", "吉他"]),
    (Role::Bass, &["贝斯", "低音", "ベース"]),
    (Role::Inner, &["副旋律", "中音", "次中音"]),
];

/// A voice counts as one line when at most this share of its notes sound together with another.
const MONOPHONIC: f64 = 0.15;

/// A bass line lies, on average, below this pitch (the G below middle C).
const BASS_BELOW: f64 = 55.0;

/// Gives a role to every voice that has none. Roles that are told already stay.
pub fn refine(score: &mut Score) {
    for voice in score.voices.iter_mut().filter(|v| v.role == Role::Other) {
        // The longest word decides: 副旋律 (counter-melody) holds 旋律 (melody).
        let hits = WORDS.iter().flat_map(|(role, words)| words.iter().map(move |w| (*role, *w)));
        let hit = hits.filter(|(_, w)| voice.name.contains(w)).max_by_key(|(_, w)| w.len());
        voice.role = hit.map_or(Role::Other, |(role, _)| role);
    }
    let shapes: Vec<Shape> = score.voices.iter().map(Shape::of).collect();
    let n_sounding = score.voices.iter().filter(|v| v.role != Role::Drums && !v.notes.is_empty()).count();
    let open: Vec<usize> = (0..shapes.len())
        .filter(|&i| score.voices[i].role == Role::Other && !score.voices[i].notes.is_empty())
        .collect();
    let lines: Vec<usize> = open.iter().copied().filter(|&i| shapes[i].together <= MONOPHONIC).collect();
    let has = |score: &Score, role| score.voices.iter().any(|v| v.role == role);

    let highest = lines.iter().copied().max_by(|&a, &b| shapes[a].pitch.total_cmp(&shapes[b].pitch));
    if let Some(i) =
        highest.filter(|&i| !has(score, Role::Melody) && (n_sounding == 1 || shapes[i].pitch >= BASS_BELOW))
    {
        score.voices[i].role = Role::Melody;
    }
    let lowest = lines.iter().copied().min_by(|&a, &b| shapes[a].pitch.total_cmp(&shapes[b].pitch));
    if let Some(i) = lowest.filter(|&i| {
        let below_all =
            (0..shapes.len()).all(|j| score.voices[j].role == Role::Drums || shapes[j].pitch >= shapes[i].pitch);
        score.voices[i].role == Role::Other && !has(score, Role::Bass) && shapes[i].pitch < BASS_BELOW && below_all
    }) {
        score.voices[i].role = Role::Bass;
    }
    for i in open {
        // One voice that plays several notes at once plays everything: it stays "other".
        if score.voices[i].role == Role::Other && n_sounding > 1 {
            score.voices[i].role = if shapes[i].together <= MONOPHONIC { Role::Inner } else { Role::Chords };
        }
    }
}

/// What of a voice tells its role.
struct Shape {
    /// Share of notes that begin while another of the voice sounds on for more than a touch.
    together: f64,
    /// Mean pitch; above everything where there is no note.
    pitch: f64,
}

impl Shape {
    fn of(voice: &Voice) -> Self {
        let n = voice.notes.len();
        if n == 0 {
            return Self { together: 0.0, pitch: f64::INFINITY };
        }
        let mut end = voice.notes[0].start;
        let mut together = 0;
        for note in &voice.notes {
            // Legato runs a little into the next note: up to a fifth of the shorter does not count.
            together += usize::from(end - note.start > note.duration / 5);
            end = end.max(note.end());
        }
        let pitch = voice.notes.iter().map(|x| f64::from(x.pitch)).sum::<f64>() / n as f64;
        Self { together: together as f64 / n as f64, pitch }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    fn roles(notation: &str) -> Vec<Role> {
        let mut score = text::parse(notation).expect("valid");
        refine(&mut score);
        score.voices.iter().map(|v| v.role).collect()
    }

    #[test]
    fn highest_line_middle_chords_lowest_line() {
        let told = roles(
            "x | 0 48 c3 | 0 48 e3 | 0 48 g3 | 48 48 b2 | 48 48 d3 | 48 48 g3
             y | 0 24 c2 | 24 24 g1 | 48 24 g1 | 72 24 g1
             z | 0 24 c5 | 24 24 e5 | 48 24 d5 | 72 24 b4
             w | 0 24 c4 | 24 24 e4 | 48 24 d4 | 72 24 b3",
        );
        assert_eq!(told, [Role::Chords, Role::Bass, Role::Melody, Role::Inner]);
    }

    #[test]
    fn what_is_told_stays() {
        let told =
            roles("drums | 0 24 c2 | 24 24 d2\nbass | 0 24 c6 | 24 24 d6\nmelody | 0 24 c3\nx | 0 24 c5 | 24 24 d5");
        assert_eq!(told, [Role::Drums, Role::Bass, Role::Melody, Role::Inner]);
    }

    #[test]
    fn names_without_spaces_are_understood() {
        assert_eq!(
            roles("主旋律 | 0 24 c4\n钢琴伴奏 | 0 24 c5\n副旋律 | 0 24 c5"),
            [Role::Melody, Role::Chords, Role::Inner]
        );
    }

    #[test]
    fn a_lone_tune_is_a_melody_and_a_lone_piano_plays_everything() {
        assert_eq!(roles("x | 0 24 c2 | 24 24 d2"), [Role::Melody]);
        assert_eq!(roles("x | 0 48 c3 | 0 48 e3 | 0 48 g5"), [Role::Other]);
    }

    #[test]
    fn legato_is_still_one_line() {
        assert_eq!(roles("x | 0 26 c5 | 24 26 d5 | 48 26 e5"), [Role::Melody]);
    }

    /// A find of fuzzing: before the first note nothing sounds.
    #[test]
    fn a_voice_that_begins_late_is_still_one_line() {
        assert_eq!(roles("x | 96 24 c5 | 120 24 d5 | 144 24 e5"), [Role::Melody]);
    }

    #[test]
    fn an_empty_score_has_nothing_to_tell() {
        assert_eq!(roles("x"), [Role::Other]);
    }
}
