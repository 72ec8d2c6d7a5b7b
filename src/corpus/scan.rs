//! Which files there are below some paths, in a fixed order, each once.
//!
//! Hidden files count too. Links are followed; a link to a folder waits until the real folders are
//! read, so that a loop or a second way to the same place becomes a row with a reason. Opens no file.

use super::reason::LeftOut;
use crate::music::charset;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use walkdir::{DirEntry, WalkDir};

/// A file to be read, or the reason why it will not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    /// The first folder below the imported one, or "".
    pub style: String,
    /// The imported folder, or the one that holds the imported file.
    pub root: PathBuf,
    pub refused: Option<LeftOut>,
}

/// Everything below `paths` (folders or single files), sorted by path. Stops early on `cancel`.
pub fn scan(paths: &[PathBuf], found: &(dyn Fn(usize) + Sync), cancel: &AtomicBool) -> Vec<Found> {
    let mut scan = Scan { rows: Vec::new(), seen: HashSet::new(), links: Vec::new() };
    for path in paths {
        scan.start(path, found, cancel);
    }
    // Following a link may bring up more links: a queue, not recursion.
    let mut at = 0;
    while at < scan.links.len() && !cancel.load(Ordering::Relaxed) {
        let (link, root) = scan.links[at].clone();
        scan.follow(&link, &root, found, cancel);
        at += 1;
    }
    scan.rows.sort_by(|a, b| a.path.cmp(&b.path));
    scan.rows.dedup_by(|a, b| a.path == b.path);
    scan.rows
}

struct Scan {
    rows: Vec<Found>,
    /// Folders read already, by their true paths.
    seen: HashSet<PathBuf>,
    /// Links to folders, and the imported folder that each was found under.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Scan {
    /// A path that the user named: a link there is meant as the folder itself.
    fn start(&mut self, path: &Path, found: &(dyn Fn(usize) + Sync), cancel: &AtomicBool) {
        match std::fs::metadata(path) {
            Ok(m) if m.is_dir() => self.folder(path, path, found, cancel),
            Ok(m) => {
                let refused = (!m.is_file()).then_some(LeftOut::SpecialFile);
                // An archive that was named is meant as the folder that it is.
                let is_archive = super::archive::is_archive(path);
                self.row(path, if is_archive { path } else { path.parent().unwrap_or(path) }, refused);
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => self.row(path, path, Some(LeftOut::NotFound)),
            Err(e) => self.row(path, path, Some(no_access(&e))),
        }
        found(self.rows.len());
    }

    fn follow(&mut self, link: &Path, root: &Path, found: &(dyn Fn(usize) + Sync), cancel: &AtomicBool) {
        match std::fs::canonicalize(link) {
            Ok(target) if self.seen.contains(&target) => self.row(link, root, Some(LeftOut::LinkLoop)),
            Ok(_) => self.folder(link, root, found, cancel),
            Err(e) => self.row(link, root, Some(no_access(&e))),
        }
    }

    fn folder(&mut self, folder: &Path, root: &Path, found: &(dyn Fn(usize) + Sync), cancel: &AtomicBool) {
        let mut walk = WalkDir::new(folder).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            match entry {
                // The folder itself may be a link; then it is one that is meant to be followed.
                Ok(entry) if entry.file_type().is_dir() || entry.depth() == 0 => {
                    let real = std::fs::canonicalize(entry.path()).unwrap_or_else(|_| entry.path().to_owned());
                    if !self.seen.insert(real) {
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) => self.entry(&entry, root),
                Err(e) => {
                    let path = e.path().unwrap_or(folder).to_owned();
                    let reason = e.io_error().map_or(LeftOut::LinkLoop, no_access);
                    self.row(&path, root, Some(reason));
                }
            }
            found(self.rows.len());
        }
    }

    fn entry(&mut self, entry: &DirEntry, root: &Path) {
        let path = entry.path();
        if !entry.path_is_symlink() {
            let refused = (!entry.file_type().is_file()).then_some(LeftOut::SpecialFile);
            return self.row(path, root, refused);
        }
        match std::fs::metadata(path) {
            Ok(m) if m.is_dir() => self.links.push((path.to_owned(), root.to_owned())),
            Ok(m) => self.row(path, root, (!m.is_file()).then_some(LeftOut::SpecialFile)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => self.row(path, root, Some(LeftOut::BrokenLink)),
            Err(_) if is_loop(path) => self.row(path, root, Some(LeftOut::LinkLoop)),
            Err(e) => self.row(path, root, Some(no_access(&e))),
        }
    }

    fn row(&mut self, path: &Path, root: &Path, refused: Option<LeftOut>) {
        self.rows.push(Found { path: path.to_owned(), style: style_of(path, root), root: root.to_owned(), refused });
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
