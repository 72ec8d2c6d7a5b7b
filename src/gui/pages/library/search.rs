//! What is written in the search field: words that must all be found, and keys that must be those of the piece.

use crate::music::Key;

/// Fewer letters of "major" or "minor" are a word like others.
const FEWEST_LETTERS: usize = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
    keys: Vec<KeyWords>,
}

/// "d minor": a tonic and a mode, which mean nothing apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyWords {
    /// As it is written, for titles.
    phrase: String,
    /// As a row has it, between the ends of its parts.
    part: String,
}

impl Query {
    pub fn of(text: &str) -> Self {
        let text = text.to_lowercase().replace("大调", " major ").replace("小调", " minor ");
        let mut words = text.split_whitespace().peekable();
        let mut query = Self::default();
        while let Some(word) = words.next() {
            match words.peek().and_then(|mode| KeyWords::of(word, mode)) {
                Some(key) => {
                    words.next();
                    query.keys.push(key);
                }
                None => query.words.push(word.to_owned()),
            }
        }
        query
    }

    /// Whether the text of a row has all of it: parts in small letters, each with its end of line.
    pub fn is_in(&self, text: &str) -> bool {
        self.words.iter().all(|word| text.contains(word.as_str()))
            && self.keys.iter().all(|key| text.contains(&key.part) || has_phrase(text, &key.phrase))
    }

    /// Whether what is found with `self`, whose text `before` begins, is among what was found with that: more
    /// letters of a word find less, but a word that becomes a key finds something else.
    pub fn narrows(&self, before: &Self) -> bool {
        self.keys == before.keys
    }
}

impl KeyWords {
    fn of(tonic: &str, mode: &str) -> Option<Self> {
        let mode = ["major", "minor"].into_iter().find(|m| mode.len() >= FEWEST_LETTERS && m.starts_with(mode))?;
        let phrase = format!("{tonic} {mode}");
        let key = Key::parse(&phrase)?;
        Some(Self { phrase, part: format!("\n{}\n", key.to_string().to_lowercase()) })
    }
}

/// Whether the phrase stands there as whole words.
fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + phrase.len()..].chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tonic_and_its_mode_are_found_only_as_that_key() {
        let row = |title: &str, key: &str| format!("{title}\nreel\n{}\n4/4\n", key.to_lowercase());
        let found = |words: &str, text: &str| Query::of(words).is_in(text);
        let minor = row("Dance for a minor occasion", "D minor");
        assert!(found("d minor", &minor) && found("D min", &minor) && found("reel d minor 4/4", &minor));
        assert!(found("D小调", &minor) && found("d 小调", &minor));
        assert!(!found("d major", &minor) && !found("e minor", &minor) && !found("b minor", &minor));
        assert!(!found("d minor", &row("Dance", "A minor")), "a d and a minor are no D minor");
        assert!(!found("b minor", &row("x", "B♭ minor")));
        for written in ["bb minor", "B♭ minor", "a# minor"] {
            assert!(found(written, &row("x", "B♭ minor")), "{written}");
        }
        let title = row("toccata and fugue in d minor, bwv 565", "F major");
        assert!(found("toccata d minor", &title) && !found("toccata a minor", &title));
        assert!(!found("d minor", &row("and minor things", "F major")));
    }

    #[test]
    fn words_are_found_anywhere_and_all_of_them() {
        let text = "the kesh\njig\ng major\n6/8\n";
        let found = |words: &str| Query::of(words).is_in(text);
        assert!(found("") && found("KESH jig") && found("es 6/8") && found("g") && found("g m"));
        assert!(!found("kesh reel"));
        assert!(Query::of("kesh j").narrows(&Query::of("kes")));
        assert!(!Query::of("d mind").narrows(&Query::of("d min")));
    }
}
