//! Which files there are below some paths, in a fixed order, each once.
//!
//! Hidden files count too. Links are followed; a link to a folder waits until the real folders are
//! read, so that a loop or a second way to the same place becomes a row with a reason. Opens no file.

use super::reason::LeftOut;
use crate::music::charset;
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use walkdir::{DirEntry, WalkDir};

/// A file to be read, or the reason why it will not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    /// The first folder below the imported one, or "".
    pub style: String,
    /// The imported folder, or the one that holds the imported file.
    pub root: Arc<Path>,
    pub refused: Option<LeftOut>,
}

impl Found {
    fn new(path: PathBuf, root: &Arc<Path>, refused: Option<LeftOut>) -> Self {
        Self { style: style_of(&path, root), root: root.clone(), path, refused }
    }
}

/// Everything below `paths` (folders or single files), sorted by path. `found` hears how many there are so far,
/// from several threads. Stops early on `cancel`.
pub fn scan(paths: &[PathBuf], found: &(dyn Fn(usize) + Sync), cancel: &AtomicBool) -> Vec<Found> {
    let told = Told { found, count: AtomicUsize::new(0), cancel };
    let mut scan = Scan { told: &told, rows: Vec::new(), seen: HashSet::new(), links: Vec::new() };
    for path in paths {
        scan.start(path);
    }
    // Following a link may bring up more links: a queue, not recursion.
    let mut at = 0;
    while at < scan.links.len() && !told.is_cancelled() {
        let (link, root) = scan.links[at].clone();
        scan.follow(&link, &root);
        at += 1;
    }
    let mut rows = scan.rows;
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    // Below one path, no two ways lead to a file.
    if paths.len() > 1 {
        rows.dedup_by(|a, b| a.path == b.path);
    }
    rows
}

/// Who hears of it, and may stop it.
struct Told<'a> {
    found: &'a (dyn Fn(usize) + Sync),
    count: AtomicUsize,
    cancel: &'a AtomicBool,
}

impl Told<'_> {
    fn one_more(&self) {
        (self.found)(self.count.fetch_add(1, Ordering::Relaxed) + 1);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

struct Scan<'a> {
    told: &'a Told<'a>,
    rows: Vec<Found>,
    /// Folders read already, by their true paths.
    seen: HashSet<PathBuf>,
    /// Links to folders, and the imported folder that each was found under.
    links: Vec<(PathBuf, Arc<Path>)>,
}

/// What lies directly in one folder.
#[derive(Default)]
struct Listed {
    real: PathBuf,
    rows: Vec<Found>,
    folders: Vec<PathBuf>,
    links: Vec<PathBuf>,
}

impl Scan<'_> {
    /// A path that the user named: a link there is meant as the folder itself.
    fn start(&mut self, path: &Path) {
        match std::fs::metadata(path) {
            Ok(m) if m.is_dir() => self.folder(path, &path.into()),
            Ok(m) => {
                let refused = (!m.is_file()).then_some(LeftOut::SpecialFile);
                // An archive that was named is meant as the folder that it is.
                let is_archive = super::archive::is_archive(path);
                let root = if is_archive { path } else { path.parent().unwrap_or(path) };
                self.row(path, &root.into(), refused);
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                self.row(path, &path.into(), Some(LeftOut::NotFound));
            }
            Err(e) => self.row(path, &path.into(), Some(no_access(&e))),
        }
    }

    fn follow(&mut self, link: &Path, root: &Arc<Path>) {
        match std::fs::canonicalize(link) {
            Ok(target) if self.seen.contains(&target) => self.row(link, root, Some(LeftOut::LinkLoop)),
            Ok(_) => self.folder(link, root),
            Err(e) => self.row(link, root, Some(no_access(&e))),
        }
    }

    /// A folder to the bottom: level by level, the folders of a level in parallel.
    fn folder(&mut self, folder: &Path, root: &Arc<Path>) {
        let mut level = vec![folder.to_owned()];
        while !level.is_empty() && !self.told.is_cancelled() {
            let (told, seen) = (self.told, &self.seen);
            let listed: Vec<Listed> =
                level.par_iter().filter_map(|folder| Listed::of(folder, root, seen, told)).collect();
            level.clear();
            for folder in listed {
                self.seen.insert(folder.real);
                self.rows.extend(folder.rows);
                self.links.extend(folder.links.into_iter().map(|link| (link, root.clone())));
                level.extend(folder.folders);
            }
        }
    }

    fn row(&mut self, path: &Path, root: &Arc<Path>, refused: Option<LeftOut>) {
        self.rows.push(Found::new(path.to_owned(), root, refused));
        self.told.one_more();
    }
}

impl Listed {
    /// `None` where the folder was read before, or the scan is stopped.
    fn of(folder: &Path, root: &Arc<Path>, seen: &HashSet<PathBuf>, told: &Told<'_>) -> Option<Self> {
        let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        if seen.contains(&real) {
            return None;
        }
        let mut listed = Self { real, ..Self::default() };
        // The folder itself may be a link; then it is one that is meant to be followed.
        for entry in WalkDir::new(folder).min_depth(1).max_depth(1) {
            if told.is_cancelled() {
                return None;
            }
            match entry {
                Ok(entry) if entry.file_type().is_dir() => listed.folders.push(entry.into_path()),
                Ok(entry) => listed.entry(entry, root, told),
                Err(e) => {
                    let path = e.path().unwrap_or(folder).to_owned();
                    let reason = e.io_error().map_or(LeftOut::LinkLoop, no_access);
                    listed.row(path, root, Some(reason), told);
                }
            }
        }
        // In one folder, what is before or after is told by the bytes.
        listed.rows.sort_unstable_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        listed.folders.sort_unstable();
        listed.links.sort_unstable();
        Some(listed)
    }

    fn entry(&mut self, entry: DirEntry, root: &Arc<Path>, told: &Told<'_>) {
        let (kind, is_link) = (entry.file_type(), entry.path_is_symlink());
        let path = entry.into_path();
        if !is_link {
            return self.row(path, root, (!kind.is_file()).then_some(LeftOut::SpecialFile), told);
        }
        let refused = match std::fs::metadata(&path) {
            Ok(m) if m.is_dir() => return self.links.push(path),
            Ok(m) => (!m.is_file()).then_some(LeftOut::SpecialFile),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Some(LeftOut::BrokenLink),
            Err(_) if is_loop(&path) => Some(LeftOut::LinkLoop),
            Err(e) => Some(no_access(&e)),
        };
        self.row(path, root, refused, told);
    }

    fn row(&mut self, path: PathBuf, root: &Arc<Path>, refused: Option<LeftOut>, told: &Told<'_>) {
        self.rows.push(Found::new(path, root, refused));
        told.one_more();
    }
}

/// A link that leads, through other links perhaps, to itself: the system gives up on it.
fn is_loop(path: &Path) -> bool {
    let mut at = path.to_owned();
    let mut visited = HashSet::new();
    while let Ok(target) = std::fs::read_link(&at) {
        if !visited.insert(at.clone()) {
            return true;
        }
        at = at.parent().unwrap_or(Path::new("")).join(target);
    }
    false
}

fn no_access(error: &std::io::Error) -> LeftOut {
    LeftOut::NoAccess { reason: super::judge::system_reason(error) }
}

/// The first folder between an imported one and a file in it, or "".
pub fn style_of(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(Path::new(""));
    let mut parts = below.components();
    let first = parts.next().map(|c| charset::of_name(c.as_os_str()));
    // The last part is the file itself.
    if parts.next().is_some() { first.unwrap_or_default() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(paths: &[PathBuf]) -> Vec<(String, String, Option<LeftOut>)> {
        let root = paths[0].clone();
        let never = AtomicBool::new(false);
        let name = |p: &Path| p.strip_prefix(&root).unwrap_or(p).to_string_lossy().replace('\\', "/");
        scan(paths, &|_| {}, &never).into_iter().map(|f| (name(&f.path), f.style, f.refused)).collect()
    }

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder");
        std::fs::write(path, b"x").expect("file");
    }

    #[test]
    fn styles_are_first_folders_and_hidden_files_are_seen() {
        let dir = tempfile::tempdir().expect("temporary folder");
        for name in ["b/deep/er.mid", ".hidden/x.mid", "top.mid", ".dot"] {
            touch(&dir.path().join(name));
        }
        let names: Vec<_> = all(&[dir.path().to_owned()]).into_iter().map(|(n, s, _)| (n, s)).collect();
        let expected = [(".dot", ""), (".hidden/x.mid", ".hidden"), ("b/deep/er.mid", "b"), ("top.mid", "")];
        assert_eq!(names, expected.map(|(n, s)| (n.to_owned(), s.to_owned())));
    }

    #[test]
    fn a_folder_named_twice_counts_once_and_a_missing_one_is_a_row() {
        let dir = tempfile::tempdir().expect("temporary folder");
        touch(&dir.path().join("a/x.mid"));
        let rows = all(&[dir.path().to_owned(), dir.path().join("a"), dir.path().join("a/x.mid"), "nowhere".into()]);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.iter().filter(|r| r.2 == Some(LeftOut::NotFound)).count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_loops_have_a_reason() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().expect("temporary folder");
        let elsewhere = tempfile::tempdir().expect("temporary folder");
        touch(&dir.path().join("real/x.mid"));
        touch(&elsewhere.path().join("y.mid"));
        symlink(dir.path(), dir.path().join("real/up")).expect("link");
        symlink(elsewhere.path(), dir.path().join("away")).expect("link");
        symlink(elsewhere.path(), dir.path().join("away-too")).expect("link");
        symlink("missing", dir.path().join("broken")).expect("link");
        symlink("self", dir.path().join("self")).expect("link");
        symlink(dir.path().join("real/x.mid"), dir.path().join("file.mid")).expect("link");
        let rows = all(&[dir.path().to_owned()]);
        let of = |name: &str| rows.iter().find(|r| r.0 == name).map(|r| r.2.clone());
        assert_eq!(of("real/x.mid"), Some(None));
        assert_eq!(of("away/y.mid"), Some(None));
        assert_eq!(of("file.mid"), Some(None));
        assert_eq!(of("away-too"), Some(Some(LeftOut::LinkLoop)));
        assert_eq!(of("real/up"), Some(Some(LeftOut::LinkLoop)));
        assert_eq!(of("broken"), Some(Some(LeftOut::BrokenLink)));
        assert_eq!(of("self"), Some(Some(LeftOut::LinkLoop)));
        assert_eq!(rows.len(), 7);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_opened() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let made = std::process::Command::new("mkfifo").arg(dir.path().join("pipe.mid")).status();
        if made.is_ok_and(|s| s.success()) {
            assert_eq!(all(&[dir.path().to_owned()])[0].2, Some(LeftOut::SpecialFile));
        }
    }
}
