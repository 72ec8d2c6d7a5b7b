//! The tunes that come with the program: traditional ones out of copyright, and a few of our own.
//! Most are a melody with chords; one book has settings for four voices.
//!
//! The books lie in `assets/starter`, one a style, and are part of the program. Compiling them to
//! MIDI files is the business of [`crate::corpus`].

use super::abc::{self, Tune};

/// A book: its style, which is its file name, and its text.
pub const BOOKS: [(&str, &str); 10] = [
    ("irish", include_str!("../../assets/starter/irish.abc")),
    ("english", include_str!("../../assets/starter/english.abc")),
    ("scottish", include_str!("../../assets/starter/scottish.abc")),
    ("american", include_str!("../../assets/starter/american.abc")),
    ("european", include_str!("../../assets/starter/european.abc")),
    ("german", include_str!("../../assets/starter/german.abc")),
    ("east-asian", include_str!("../../assets/starter/east-asian.abc")),
    ("carols-and-hymns", include_str!("../../assets/starter/carols-and-hymns.abc")),
    ("children", include_str!("../../assets/starter/children.abc")),
    (FOUR_VOICES, include_str!("../../assets/starter/four-voices.abc")),
];

/// The book whose tunes are set for soprano, alto, tenor and bass; those of the others are a melody with
/// chord symbols.
pub const FOUR_VOICES: &str = "four-voices";

/// Every tune with its style, in the order of the books.
pub fn tunes_by_style() -> Vec<(&'static str, Tune)> {
    let of_book = |(style, text): &(&'static str, &str)| {
        let style = *style;
        abc::read(text).0.into_iter().map(move |tune| (style, tune))
    };
    BOOKS.iter().flat_map(of_book).collect()
}

/// Every tune, in the order of the books.
pub fn tunes() -> Vec<Tune> {
    tunes_by_style().into_iter().map(|(_, tune)| tune).collect()
}

/// A file name for a title: lower-case ASCII letters and digits with hyphens between. Titles in the
/// Latin alphabet keep their letters without accents.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'å' => slug.push('a'),
            'ä' | 'æ' => slug += "ae",
            'ç' => slug.push('c'),
            'è' | 'é' | 'ê' | 'ë' => slug.push('e'),
            'ì' | 'í' | 'î' | 'ï' => slug.push('i'),
            'ñ' => slug.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => slug.push('o'),
            'ö' | 'ø' => slug += "oe",
            'ù' | 'ú' | 'û' => slug.push('u'),
            'ü' => slug += "ue",
            'ß' => slug += "ss",
            '\'' | '’' => {}
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Key, Mode, Role};
    use std::collections::BTreeSet;

    #[test]
    fn the_books_read_without_a_warning_and_every_bar_adds_up() {
        for (style, text) in BOOKS {
            let (tunes, warnings) = abc::read(text);
            let sentences: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            assert!(sentences.is_empty(), "{style}:\n{}", sentences.join("\n"));
            assert_eq!(tunes.len(), text.lines().filter(|l| l.starts_with("X:")).count(), "{style}");
        }
    }

    #[test]
    fn there_are_enough_full_tunes_in_several_meters_keys_and_styles() {
        let tunes = tunes();
        let (settings, melodies): (Vec<_>, Vec<_>) = tunes_by_style().into_iter().partition(|t| t.0 == FOUR_VOICES);
        let traditional = melodies.iter().filter(|(_, t)| t.field('C') != Some("Cadenza")).count();
        assert!(traditional >= 150 && settings.len() >= 30, "{traditional} and {}", settings.len());
        let meters: BTreeSet<String> = tunes.iter().map(|t| t.score.first_meter().to_string()).collect();
        for meter in ["4/4", "2/4", "3/4", "6/8", "9/8", "2/2", "3/2", "3/8", "5/4"] {
            assert!(meters.contains(meter), "no tune in {meter}");
        }
        let keys: BTreeSet<String> =
            tunes.iter().flat_map(|t| t.score.keys.first()).map(|k| k.key.to_string()).collect();
        assert!(keys.len() >= 10, "{keys:?}");
        for tune in &tunes {
            let bars = tune.score.n_bars();
            assert!((8..=64).contains(&bars), "{} has {bars} bars", tune.title);
        }
    }

    #[test]
    fn every_tune_says_where_it_is_from() {
        let mut seen = BTreeSet::new();
        for (style, tune) in tunes_by_style() {
            assert!(seen.insert((style, slug(&tune.title))), "{} is there twice", tune.title);
            for letter in ['T', 'O', 'S', 'M', 'L', 'Q', 'K'] {
                assert!(tune.field(letter).is_some_and(|f| !f.is_empty()), "{} has no {letter}:", tune.title);
            }
            let origin = tune.field('O').unwrap_or_default();
            assert!(origin.contains("century"), "{}: {origin} has no century", tune.title);
            let source = tune.field('S').unwrap_or_default();
            let year = source.split(|c: char| !c.is_ascii_digit()).find_map(|n| n.parse().ok().filter(|y| *y > 1000));
            let ours = tune.field('C') == Some("Cadenza");
            assert_eq!(ours, tune.field('N') == Some("our own tune"), "{}", tune.title);
            assert!(year.is_some_and(|y: u32| ours || y < 1928), "{}: {source}", tune.title);
        }
    }

    #[test]
    fn melodies_stay_in_a_singable_range_and_do_not_leap_wildly() {
        for (style, tune) in tunes_by_style() {
            let melody = &tune.score.voices[0];
            assert_eq!(melody.role, Role::Melody);
            for pair in melody.notes.windows(2) {
                // An octave and a fourth: the widest of these tunes, in The Wind That Shakes the Barley.
                assert!(pair[0].pitch.abs_diff(pair[1].pitch) <= 17, "{}: a leap at {}", tune.title, pair[1].start);
                assert!(pair[0].end() <= pair[1].start, "{}: an overlap at {}", tune.title, pair[1].start);
            }
            let outside = melody.notes.iter().find(|n| !(55..=84).contains(&n.pitch));
            assert_eq!(outside, None, "{}", tune.title);
            if style == FOUR_VOICES {
                let names: Vec<&str> = tune.score.voices.iter().map(|v| v.name.as_str()).collect();
                assert_eq!(names, ["Soprano", "Alto", "Tenor", "Bass"], "{}", tune.title);
            } else {
                assert!(tune.score.voices.get(1).is_some_and(|v| v.role == Role::Chords), "{}", tune.title);
            }
        }
    }

    /// The written key against the one that the pitches suggest: a wrong K: or a slip of a line would
    /// show. Modal tunes may be heard as a near relative.
    #[test]
    fn tunes_sound_in_the_key_they_are_written_in() {
        let tunes = tunes();
        let mut exact = 0;
        for tune in &tunes {
            let written = tune.score.keys[0].key;
            let (heard, _) = Key::estimate(&tune.score).expect("it has notes");
            exact += usize::from(heard == written);
            let apart = (heard.fifths() - written.fifths()).rem_euclid(12);
            let near = apart.min(12 - apart) <= if written.mode == Mode::Minor { 3 } else { 1 };
            assert!(near, "{} is written in {written} and heard in {heard}", tune.title);
        }
        assert!(exact * 5 >= tunes.len() * 4, "only {exact} of {} in their own key", tunes.len());
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Ah! vous dirai-je, maman (Twinkle)"), "ah-vous-dirai-je-maman-twinkle");
        assert_eq!(slug("The Miller's Ländler …"), "the-millers-laendler");
    }
}
