//! Paths in JSON, for serde's `with`: text where they are text, else the system's own units, so that a name
//! in another encoding is neither an error nor lost. [`list`] is for several, [`shown`] for people to read.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Units(OsString),
}

impl Form {
    fn of(path: &Path) -> Self {
        path.to_str().map_or_else(|| Self::Units(path.as_os_str().to_owned()), |text| Self::Text(text.to_owned()))
    }
}

impl From<Form> for PathBuf {
    fn from(form: Form) -> Self {
        match form {
            Form::Text(text) => text.into(),
            Form::Units(units) => units.into(),
        }
    }
}

/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    Form::of(path).serialize(to)
}

/// # Errors
/// Where there is no path.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    Form::deserialize(from).map(PathBuf::from)
}

/// Several paths.
pub mod list {
    use super::*;

    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(paths.iter().map(|path| Form::of(path)))
    }

    /// # Errors
    /// Where there are no paths.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<Form>::deserialize(from)?.into_iter().map(PathBuf::from).collect())
    }
}

/// Text whatever the path is, with a sign for what is none: for reports, which are not read back.
///
/// # Errors
/// Those of the serializer.
pub fn shown<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept {
        #[serde(with = "super")]
        one: PathBuf,
        #[serde(with = "list")]
        more: Vec<PathBuf>,
    }

    fn there_and_back(one: &Path) -> String {
        let kept = Kept { one: one.to_owned(), more: vec!["a".into(), one.to_owned()] };
        let text = serde_json::to_string(&kept).expect("writes");
        assert_eq!(serde_json::from_str::<Kept>(&text).expect("reads"), kept, "{text}");
        text
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(there_and_back(Path::new("歌/a.mid")), r#"{"one":"歌/a.mid","more":["a","歌/a.mid"]}"#);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_text_comes_back() {
        use std::os::unix::ffi::OsStrExt;
        there_and_back(Path::new(std::ffi::OsStr::from_bytes(b"\x82\xb3.mid")));
    }
}
