//! Where each system keeps its SoundFonts, and which are there. Opens none of them.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How deep below a place fonts are looked for.
const DEPTH: usize = 3;
/// No place has more than this; what lies beyond is not listed.
const MOST: usize = 500;

/// A file that looks like a SoundFont.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FontFile {
    pub path: PathBuf,
    pub bytes: u64,
}

impl FontFile {
    /// The file's name without its ending.
    pub fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Whether `path` ends as SoundFonts do. SF3 counts: choosing one says why it cannot be played.
pub fn looks_like_font(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|e| ["sf2", "sf3"].contains(&e.to_lowercase().as_str()))
}

/// The folders in which this system's programs keep SoundFonts, whether they are there or not.
pub fn usual_places() -> Vec<PathBuf> {
    let home = std::env::home_dir().filter(|h| !h.as_os_str().is_empty());
    let mut out = Vec::new();
    if cfg!(target_os = "macos") {
        out.push(PathBuf::from("/Library/Audio/Sounds/Banks"));
        out.extend(home.iter().map(|h| h.join("Library/Audio/Sounds/Banks")));
    } else if cfg!(windows) {
        out.push(PathBuf::from(r"C:\soundfonts"));
        let program_data = std::env::var_os("PROGRAMDATA").map(PathBuf::from);
        out.extend(program_data.map(|p| p.join("soundfonts")));
    } else {
        // Debian and Fedora, Arch, and what was installed by hand; then the user's own.
        for share in ["/usr/share", "/usr/local/share"].map(PathBuf::from) {
            out.extend(["sounds/sf2", "sounds/sf3", "soundfonts"].map(|p| share.join(p)));
        }
        let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
        let data = data.filter(|d| d.is_absolute()).or_else(|| home.as_ref().map(|h| h.join(".local/share")));
        out.extend(data.iter().flat_map(|d| ["sounds/sf2", "soundfonts"].map(|p| d.join(p))));
    }
    if let Some(home) = home {
        let own = ["soundfonts", "SoundFonts", "Music/SoundFonts", "Documents/SoundFonts"];
        let musescore = ["Documents/MuseScore3/SoundFonts", "Documents/MuseScore4/SoundFonts"];
        out.extend(own.into_iter().chain(musescore).map(|p| home.join(p)));
    }
    out
}

/// The fonts in `places`, by name; one that two names lead to counts once.
pub fn search(places: &[PathBuf]) -> Vec<FontFile> {
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    for place in places {
        look_into(place, DEPTH, &mut seen, &mut out);
    }
    out.sort_by_cached_key(|f| (f.name().to_lowercase(), f.path.clone()));
    out
}

fn look_into(folder: &Path, depth: usize, seen: &mut HashSet<PathBuf>, out: &mut Vec<FontFile>) {
    // A folder that is not there or may not be read has no fonts for us: nothing to tell.
    let Ok(entries) = folder.read_dir() else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    // A link sorts by its own name, so that which of two names is kept does not depend on the disk.
    paths.sort_by_key(|p| (p.is_symlink(), p.clone()));
    for path in paths {
        if out.len() >= MOST {
            return;
        }
        let Ok(real) = path.canonicalize() else { continue };
        if real.is_dir() && depth > 1 && seen.insert(real.clone()) {
            look_into(&path, depth - 1, seen, out);
        } else if real.is_file() && looks_like_font(&path) && seen.insert(real.clone()) {
            let bytes = real.metadata().map_or(0, |m| m.len());
            out.push(FontFile { path, bytes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn finds_fonts_below_a_place_once_each_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("sf2");
        fs::create_dir_all(place.join("deep/er")).unwrap();
        for name in ["b.SF2", "deep/a.sf2", "deep/er/c.sf3", "readme.txt"] {
            fs::write(place.join(name), b"12345").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(place.join("b.SF2"), place.join("default.sf2")).unwrap();
        let found = search(&[place.clone(), place, dir.path().join("nowhere")]);
        let names: Vec<String> = found.iter().map(FontFile::name).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert!(found.iter().all(|f| f.bytes == 5));
    }

    #[test]
    fn every_system_has_places_to_look_in() {
        let places = usual_places();
        assert!(places.len() >= 3 && places.iter().all(|p| p.is_absolute()), "{places:?}");
    }
}
