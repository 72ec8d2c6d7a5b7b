//! What the user decided about the files of a library, kept by content so that a moved file keeps it.
//!
//! Plain values for a settings file: how they act on a piece stands in [`super::judge`].

use crate::music::{Key, Role, Tick};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A way to use a file that would be left out, or to use it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Too short: used all the same.
    UseShort,
    /// Drums only: used as a piece for drums.
    UseDrums,
    /// Performed: moved onto the beats that the file states.
    AlignTiming,
    /// Performed: the notes stay where they were played.
    LeaveTiming,
    /// One line of the piece, by [`super::melody::extract`].
    MelodyOnly,
    /// The piece without its drums.
    DropDrums,
}

impl Remedy {
    pub const ALL: [Remedy; 6] = [
        Remedy::UseShort,
        Remedy::UseDrums,
        Remedy::AlignTiming,
        Remedy::LeaveTiming,
        Remedy::MelodyOnly,
        Remedy::DropDrums,
    ];

    /// A short code that never changes its meaning: what settings files and `--use` say.
    pub fn code(self) -> &'static str {
        match self {
            Self::UseShort => "use-short",
            Self::UseDrums => "use-drums",
            Self::AlignTiming => "align-timing",
            Self::LeaveTiming => "leave-timing",
            Self::MelodyOnly => "melody-only",
            Self::DropDrums => "drop-drums",
        }
    }

    /// What it made of the file, as the rest of a sentence.
    pub fn chosen(self) -> &'static str {
        match self {
            Self::UseShort => "though it is short",
            Self::UseDrums => "as drums",
            Self::AlignTiming => "its notes moved onto the beats",
            Self::LeaveTiming => "its notes where they were played",
            Self::MelodyOnly => "the melody only",
            Self::DropDrums => "without its drums",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// What a button says that does it.
impl std::fmt::Display for Remedy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::UseShort => "Use it all the same",
            Self::UseDrums => "Use it as drums",
            Self::AlignTiming => "Move notes onto the beats",
            Self::LeaveTiming => "Leave the notes where they were played",
            Self::MelodyOnly => "Take the melody only",
            Self::DropDrums => "Leave the drums out",
        })
    }
}

/// What a voice is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceChoice {
    Role(Role),
    LeaveOut,
}

/// What was decided about one content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileChoice {
    pub leave_out: bool,
    pub remedies: BTreeSet<Remedy>,
    /// By the number of the tune, from 0.
    #[serde(with = "by_tune")]
    pub key: BTreeMap<u32, Key>,
    /// Keys of sections where the piece modulates: by the number of the tune, and where the section begins.
    #[serde(with = "pairs")]
    pub sections: BTreeMap<(u32, Tick), Key>,
    /// By the numbers of the tune and of the voice in the file, both from 0.
    #[serde(with = "pairs")]
    pub roles: BTreeMap<(u32, u32), VoiceChoice>,
}

/// Everything that the user decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// For every file to which they apply.
    pub remedies: BTreeSet<Remedy>,
    /// By BLAKE3 of the content.
    #[serde(with = "hashes")]
    pub files: HashMap<[u8; 32], FileChoice>,
}

impl Choices {
    /// Whether a remedy is wanted for a content.
    pub fn wants(&self, remedy: Remedy, hash: &[u8; 32]) -> bool {
        let own = self.files.get(hash);
        // Of the two ways with timing the file's own decision counts before that for all files.
        let against = match remedy {
            Remedy::AlignTiming => Some(Remedy::LeaveTiming),
            Remedy::LeaveTiming => Some(Remedy::AlignTiming),
            _ => None,
        };
        if own.is_some_and(|c| c.remedies.contains(&remedy)) {
            return true;
        }
        let overruled = against.is_some_and(|a| own.is_some_and(|c| c.remedies.contains(&a)));
        !overruled && self.remedies.contains(&remedy)
    }

    /// Changes what is decided about one content; a decision that says nothing is forgotten.
    pub fn change(&mut self, hash: [u8; 32], change: impl FnOnce(&mut FileChoice)) {
        let choice = self.files.entry(hash).or_default();
        change(choice);
        if *choice == FileChoice::default() {
            self.files.remove(&hash);
        }
    }
}

/// JSON has no numbers for keys, let alone pairs of them: a list of (tune, voice or tick, choice).
mod pairs {
    use super::*;

    type Map<A, B> = BTreeMap<(u32, A), B>;

    pub fn serialize<A: Serialize, B: Serialize, S: Serializer>(map: &Map<A, B>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map.iter().map(|((tune, place), choice)| (tune, place, choice)))
    }

    pub fn deserialize<'de, A, B, D>(from: D) -> Result<Map<A, B>, D::Error>
    where
        A: Deserialize<'de> + Ord,
        B: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let list = Vec::<(u32, A, B)>::deserialize(from)?;
        Ok(list.into_iter().map(|(tune, place, choice)| ((tune, place), choice)).collect())
    }
}

/// As [`pairs`], for one number: a list of (tune, key). Files of before have an object with numbers as names, which
/// serde reads as numbers only where nothing stands between it and the text.
mod by_tune {
    use super::*;

    type Map = BTreeMap<u32, Key>;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        List(Vec<(u32, Key)>),
        Object(BTreeMap<String, Key>),
    }

    pub fn serialize<S: Serializer>(map: &Map, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Map, D::Error> {
        match Form::deserialize(from)? {
            Form::List(list) => Ok(list.into_iter().collect()),
            Form::Object(named) => {
                let number = |name: &str| name.parse().map_err(de::Error::custom);
                named.into_iter().map(|(name, key)| Ok((number(&name)?, key))).collect()
            }
        }
    }
}

/// Hashes as hexadecimal digits, in order, so that the same choices make the same file.
mod hashes {
    use super::*;

    type Map = HashMap<[u8; 32], FileChoice>;

    pub fn serialize<S: Serializer>(map: &Map, to: S) -> Result<S::Ok, S::Error> {
        let sorted: BTreeMap<String, &FileChoice> =
            map.iter().map(|(hash, choice)| (blake3::Hash::from_bytes(*hash).to_hex().to_string(), choice)).collect();
        to.collect_map(sorted)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Map, D::Error> {
        let named = BTreeMap::<String, FileChoice>::deserialize(from)?;
        let hash = |name: &str| blake3::Hash::from_hex(name).map(|h| *h.as_bytes()).map_err(de::Error::custom);
        named.into_iter().map(|(name, choice)| Ok((hash(&name)?, choice))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_come_back_from_json() {
        let mut choices = Choices { remedies: [Remedy::UseShort].into(), ..Choices::default() };
        choices.change([7; 32], |c| {
            c.leave_out = true;
            c.remedies.insert(Remedy::LeaveTiming);
            c.key.insert(3, Key::parse("D minor").expect("a key"));
            c.sections.insert((3, 960), Key::parse("A minor").expect("a key"));
            c.roles.insert((3, 1), VoiceChoice::Role(Role::Bass));
            c.roles.insert((3, 2), VoiceChoice::LeaveOut);
        });
        let text = serde_json::to_string(&choices).expect("writes");
        assert_eq!(serde_json::from_str::<Choices>(&text).expect("reads"), choices, "{text}");
        assert_eq!(serde_json::from_str::<Choices>("{}").expect("reads"), Choices::default());
        assert!(serde_json::from_str::<Choices>(r#"{"files":{"07":{}}}"#).is_err());
    }

    #[test]
    fn keys_are_read_as_they_were_written_before() {
        let key = Key::parse("D minor").expect("a key");
        let of = |keys: [(u32, Key); 2]| FileChoice { key: keys.into(), ..FileChoice::default() };
        let text = format!(r#"{{"key":{{"0":{0},"12":{0}}}}}"#, serde_json::to_string(&key).expect("writes"));
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(serde_json::from_str::<FileChoice>(&text).expect("reads"), of([(0, key), (12, key)]));
        // Through a value the names stay names.
        assert_eq!(serde_json::from_value::<FileChoice>(value).expect("reads"), of([(0, key), (12, key)]));
        assert!(serde_json::from_str::<FileChoice>(&text.replace("12", "x")).is_err());
    }

    #[test]
    fn codes_are_what_serde_writes() {
        for remedy in Remedy::ALL {
            assert_eq!(serde_json::to_value(remedy).expect("writes"), remedy.code());
            assert_eq!(Remedy::from_code(remedy.code()), Some(remedy));
        }
    }

    #[test]
    fn a_file_s_own_decision_counts_before_that_for_all() {
        let mut choices = Choices { remedies: [Remedy::LeaveTiming].into(), ..Choices::default() };
        assert!(choices.wants(Remedy::LeaveTiming, &[1; 32]));
        choices.change([1; 32], |c| {
            c.remedies.insert(Remedy::AlignTiming);
        });
        assert!(choices.wants(Remedy::AlignTiming, &[1; 32]) && !choices.wants(Remedy::LeaveTiming, &[1; 32]));
        choices.change([1; 32], |c| c.remedies.clear());
        assert!(choices.files.is_empty());
    }
}
