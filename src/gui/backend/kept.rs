//! What the library remembers from start to start: its folders, and what was decided about files.
//!
//! A list that is not understood is put beside under another name, and never written over.

use crate::corpus::Choices;
use crate::files::{path, write_atomic};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    #[serde(with = "path::list")]
    pub folders: Vec<PathBuf>,
    pub choices: Arc<Choices>,
}

impl Kept {
    /// The file as it is, or the bare list of folders of before.
    fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).or_else(|e| match serde_json::from_slice(bytes) {
            Ok(folders) => Ok(Self { folders, ..Self::default() }),
            Err(_) => Err(e),
        })
    }
}

/// The file of a [`Kept`].
pub struct List {
    path: PathBuf,
    /// What lies there is not understood and could not be put aside.
    is_foreign: bool,
}

impl List {
    pub fn new(path: PathBuf) -> Self {
        Self { path, is_foreign: false }
    }

    /// What was kept; where that cannot be had, nothing, and a sentence that says where it is now.
    pub fn read(&mut self) -> (Kept, Option<String>) {
        let why = match std::fs::read(&self.path).map(|bytes| Kept::parse(&bytes)) {
            Ok(Ok(kept)) => return (kept, None),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return (Kept::default(), None),
            Ok(Err(e)) => e.to_string(),
            Err(e) => e.to_string(),
        };
        let said = match put_aside(&self.path) {
            Ok(aside) => format!(
                "the list of the library's folders and choices could not be read ({why}) and the library begins anew; \
                 the list is kept as it was: {}",
                aside.display()
            ),
            Err(_) => {
                self.is_foreign = true;
                format!(
                    "the list of the library's folders and choices could not be read ({why}); it stays as it is, and \
                     what is changed in the library now ends with this window: {}",
                    self.path.display()
                )
            }
        };
        (Kept::default(), Some(said))
    }

    /// # Errors
    /// Why it could not be written.
    pub fn write(&self, kept: &Kept) -> Result<(), String> {
        if self.is_foreign {
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(kept).map_err(|e| e.to_string())?;
        write_atomic(&self.path, &text).map_err(|e| e.to_string())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Gives a file a name that is free, and tells it.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let names = (1..).map(|n| if n == 1 { format!("{name}.bad") } else { format!("{name}.bad-{n}") });
    let aside = names.map(|name| path.with_file_name(name)).find(|aside| aside.symlink_metadata().is_err());
    let aside = aside.unwrap_or_else(|| path.to_owned());
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Remedy, VoiceChoice};
    use crate::music::{Key, Role};

    fn everything() -> Kept {
        let mut choices = Choices { remedies: Remedy::ALL.into(), ..Choices::default() };
        choices.change([7; 32], |c| {
            c.leave_out = true;
            c.remedies = Remedy::ALL.into();
            c.key.insert(0, Key::parse("D minor").expect("a key"));
            c.key.insert(11, Key::parse("E♭ major").expect("a key"));
            c.sections.insert((3, 960), Key::parse("A minor").expect("a key"));
            c.roles.insert((3, 1), VoiceChoice::Role(Role::Bass));
            c.roles.insert((3, 2), VoiceChoice::LeaveOut);
        });
        Kept { folders: vec!["/music/folk".into(), "/music/jazz".into()], choices: Arc::new(choices) }
    }

    #[test]
    fn everything_that_was_decided_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut list = List::new(dir.path().join("library.json"));
        assert_eq!(list.read(), (Kept::default(), None));
        list.write(&everything()).unwrap();
        assert_eq!(List::new(list.path.clone()).read(), (everything(), None));
    }

    #[test]
    fn lists_of_before_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let mut list = List::new(dir.path().join("library.json"));
        std::fs::write(&list.path, r#"["/music/folk","/music/jazz"]"#).unwrap();
        assert_eq!(list.read(), (Kept { choices: Arc::default(), ..everything() }, None));
        let text = format!(
            r#"{{"folders":["/a"],"choices":{{"files":{{"{}":{{"key":{{"0":{{"tonic":2,"mode":"minor"}}}}}}}}}}}}"#,
            "07".repeat(32)
        );
        std::fs::write(&list.path, text).unwrap();
        let (kept, said) = list.read();
        assert_eq!((kept.choices.files[&[7; 32]].key[&0], said), (Key::parse("D minor").unwrap(), None));
    }

    #[test]
    fn a_list_that_is_not_understood_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let mut list = List::new(dir.path().join("library.json"));
        for (text, aside) in [("{\"folders\": 5}", "library.json.bad"), ("not JSON", "library.json.bad-2")] {
            std::fs::write(&list.path, text).unwrap();
            let (kept, said) = list.read();
            assert_eq!(kept, Kept::default());
            assert!(said.unwrap().ends_with(aside));
            list.write(&everything()).unwrap();
            assert_eq!(std::fs::read_to_string(dir.path().join(aside)).unwrap(), text);
        }
    }
}
