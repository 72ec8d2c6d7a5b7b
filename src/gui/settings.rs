//! What a user has chosen for good: language, theme, recent files. Kept in the user's folder.

use super::guide::Guide;
use super::recording::RecordSettings;
use super::text::{self, Text};
use crate::audio::{MidiSettings, SoundSettings};
use crate::files;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const MAX_RECENT: usize = 12;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    pub volume: f32,
    /// Seconds between copies kept against a crash; 0 keeps none.
    pub autosave_secs: u32,
    /// Hear notes while they are drawn and moved.
    pub audition: bool,
    /// What everything sounds with; none is the built-in bank.
    pub soundfont: Option<PathBuf>,
    #[serde(with = "files::path::list")]
    pub recent: Vec<PathBuf>,
    pub sound: SoundSettings,
    pub midi: MidiSettings,
    pub record: RecordSettings,
    pub guide: Guide,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            volume: 0.8,
            autosave_secs: 30,
            audition: true,
            soundfont: None,
            recent: Vec::new(),
            sound: SoundSettings::default(),
            midi: MidiSettings::default(),
            record: RecordSettings::default(),
            guide: Guide::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    System,
    English,
    Chinese,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    System,
    #[serde(alias = "Dark")]
    Dark,
    #[serde(alias = "Light")]
    Light,
}

impl Settings {
    pub fn text(&self, system_is_chinese: bool) -> &'static Text {
        match self.language {
            Language::System if system_is_chinese => &text::ZH,
            Language::System => &text::EN,
            Language::English => &text::EN,
            Language::Chinese => &text::ZH,
        }
    }

    /// Puts `path` first among the recent files.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|p| p != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MAX_RECENT);
    }

    /// Reads the settings; a missing file is no error, a damaged one is told and replaced on saving.
    ///
    /// # Errors
    /// A sentence for the status line, with the path last.
    pub fn load(path: &Path) -> Result<Self, String> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| {
                format!("The settings could not be read, so the defaults are used ({e}): {}", path.display())
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => {
                Err(format!("The settings could not be read, so the defaults are used ({e}): {}", path.display()))
            }
        }
    }

    /// # Errors
    /// A sentence for the status line, with the path last.
    pub fn save(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).expect("plain values serialise");
        files::write_atomic(path, text.as_bytes())
            .map_err(|e| format!("The settings could not be kept ({e}): {}", path.display()))
    }
}

/// Where the window keeps what is the user's. `None` keeps nothing: for tests.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    pub settings: Option<PathBuf>,
    pub recovery: Option<PathBuf>,
    /// Runs, the library's list, the starter tunes.
    pub data: Option<PathBuf>,
    /// What was read of the library, so that it need not be read again.
    pub cache: Option<PathBuf>,
}

impl Folders {
    /// The places that the system gives to an application's settings and state.
    pub fn of_user() -> Self {
        use etcetera::BaseStrategy;
        let Ok(base) = etcetera::choose_base_strategy() else { return Self::default() };
        Self {
            settings: Some(base.config_dir().join("cadenza").join("window.json")),
            recovery: Some(base.data_dir().join("cadenza").join("recovery")),
            data: Some(base.data_dir().join("cadenza")),
            cache: crate::job::cache_folder(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_and_damage_is_told() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("window.json");
        assert_eq!(Settings::load(&path), Ok(Settings::default()));
        let mut settings = Settings { language: Language::Chinese, ..Settings::default() };
        for i in 0..20 {
            settings.remember(Path::new(&format!("{}.mid", i % 15)));
        }
        assert_eq!((settings.recent.len(), settings.recent[0].as_path()), (MAX_RECENT, Path::new("4.mid")));
        settings.save(&path).expect("saves");
        assert_eq!(Settings::load(&path), Ok(settings));
        std::fs::write(&path, "{").expect("writes");
        assert!(Settings::load(&path).expect_err("damaged").contains("window.json"));
    }
}
