//! A `w:` line to syllables, each with how it moves on from note to note.
//!
//! Knows no notes: [`super::body`] lays the syllables under them.

/// What a place in a line of words says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Syllable {
    /// Under the next note; a hyphen at its end says that the word goes on.
    Sung(String),
    /// The next note holds what was sung, or has no words.
    Skip,
    /// On to the next bar.
    Bar,
}

pub fn syllables(text: &str) -> Vec<Syllable> {
    let mut out = Vec::new();
    let mut syllable = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.next_if_eq(&'-').is_some() => syllable.push('-'),
            '~' => syllable.push(' '),
            '-' if syllable.is_empty() => out.push(Syllable::Skip),
            '-' => {
                syllable.push('-');
                end(&mut syllable, &mut out);
                // One space after a hyphen parts nothing.
                chars.next_if_eq(&' ');
            }
            '_' | '*' | '|' => {
                end(&mut syllable, &mut out);
                out.push(if c == '|' { Syllable::Bar } else { Syllable::Skip });
            }
            c if c.is_whitespace() => end(&mut syllable, &mut out),
            c => syllable.push(c),
        }
    }
    end(&mut syllable, &mut out);
    out
}

fn end(syllable: &mut String, out: &mut Vec<Syllable>) {
    if !syllable.is_empty() {
        out.push(Syllable::Sung(std::mem::take(syllable)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_holds_and_bars() {
        let text: Vec<String> = syllables("Twin-kle, lit\\-tle~star_ * up|a")
            .into_iter()
            .map(|s| match s {
                Syllable::Sung(text) => text,
                Syllable::Skip => "*".to_owned(),
                Syllable::Bar => "|".to_owned(),
            })
            .collect();
        assert_eq!(text, ["Twin-", "kle,", "lit-tle star", "*", "*", "up", "|", "a"]);
    }
}
