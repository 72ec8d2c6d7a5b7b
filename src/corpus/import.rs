//! A whole import: scan, read and judge every file in parallel, group near-copies.
//!
//! The result is the same whatever the number of threads, and whether a file is read or remembered
//! ([`super::cache`]). Looks at `cancel` at every file; what was finished by then is kept.

use super::archive::{self, Member};
use super::cache::{Cache, Content, Stamp};
use super::choices::Choices;
use super::judge::{Judged, judge, read_file};
use super::library::{CacheUse, FileRow, Library, NotesLost, Piece};
use super::scan::{Found, scan, style_of};
use crate::index::Families;
use crate::index::ngrams::Fingerprint;
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// A thread takes so many files at once at most, and so many times at least: some take longer than others.
const AT_ONCE: usize = 256;
const TURNS: usize = 8;

/// What the user may choose about an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Keep one line of each piece, by [`super::melody::extract`].
    pub melody_only: bool,
    /// What was decided about single files and about all of a kind.
    pub choices: Arc<Choices>,
    /// The folder of the cache; `None` reads every file afresh and keeps nothing.
    pub cache: Option<PathBuf>,
}

impl ImportOptions {
    /// The options that decide what becomes of a content, as bytes: a verdict in the cache holds for these.
    pub fn that_matter(&self, hash: &[u8; 32]) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.melody_only)];
        bytes.extend(self.choices.remedies.iter().flat_map(|r| r.code().bytes().chain([0])));
        if let Some(own) = self.choices.files.get(hash) {
            bytes.extend(serde_json::to_vec(own).unwrap_or_default());
        }
        bytes
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Looking through folders; so many files found.
    Scanning { found: usize },
    /// Files read and judged, of how many; `cached` of them were known and not opened. Files in archives
    /// count once their archive is opened.
    Reading { done: usize, cached: usize, total: usize },
    /// Looking for near-copies among so many pieces.
    Comparing { pieces: usize },
}

/// Imports folders and files. `progress` is called from several threads, once a file and oftener
/// than anybody wants to see it: thin it out.
pub fn import(
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Library {
    let begun = Instant::now();
    let mut library = attempt(paths, options, progress, cancel).unwrap_or_else(|lost| {
        // Damage that shows only where notes are read. The cache looks itself through when it is opened next.
        let afresh = ImportOptions { cache: None, ..options.clone() };
        let mut library = attempt(paths, &afresh, progress, cancel).unwrap_or_default();
        let (read, problem) =
            (library.rows.len(), format!("The cache is not used ({}). It is made anew next time.", lost.reason));
        library.cache = Some(CacheUse { read, problem: Some(problem), ..CacheUse::default() });
        library
    });
    library.seconds = begun.elapsed().as_secs_f64();
    library
}

/// An import that ends where the notes of a piece turn out to be in the cache no more.
fn attempt(
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<Library, NotesLost> {
    let (found, cache) = rayon::join(
        || scan(paths, &|found| progress(Progress::Scanning { found }), cancel),
        || options.cache.as_deref().map(Cache::open),
    );
    let (cache, problem) = match cache {
        Some(Ok(cache)) => (Some(cache), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let (done, total) = (AtomicUsize::new(0), AtomicUsize::new(found.len()));
    let reader = Reader { options, cache: cache.as_ref(), progress, cancel, done, total };
    let at_once = (found.len() / (rayon::current_num_threads() * TURNS)).clamp(1, AT_ONCE);
    let parts = found.into_par_iter().fold_chunks(at_once, Library::default, |mut part, file| {
        reader.file(&mut part, file);
        part
    });
    let parts: Vec<Library> = parts.collect();
    let files_found = reader.total.into_inner();
    let mut library = Library { files_found, cancelled: cancel.load(Ordering::Relaxed), ..Library::default() };
    library.rows.reserve_exact(parts.iter().map(|p| p.rows.len()).sum());
    library.pieces.reserve_exact(parts.iter().map(|p| p.pieces.len()).sum());
    parts.into_iter().for_each(|part| append(&mut library, part));
    progress(Progress::Comparing { pieces: library.pieces.len() });
    let families = families(&library.pieces, options, cache.as_ref())?;
    library.families = families.count;
    for (piece, family) in library.pieces.iter_mut().zip(families.of_piece) {
        piece.family = family;
    }
    let n_read = library.rows.len();
    let unused = problem.map(|why| CacheUse { read: n_read, problem: Some(why), ..CacheUse::default() });
    library.cache = cache.map(Cache::close).or(unused);
    Ok(library)
}

/// A file with its fate, on its way into the library.
struct Row {
    path: PathBuf,
    archive: Option<PathBuf>,
    style: String,
    judged: Judged,
}

/// The files in one file, each with the name that it has in an archive, as they were judged before.
type Known = Vec<(Option<String>, Judged)>;

struct Reader<'a> {
    options: &'a ImportOptions,
    cache: Option<&'a Cache>,
    progress: &'a (dyn Fn(Progress) + Sync),
    cancel: &'a AtomicBool,
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Reader<'_> {
    /// Adds the rows of one file on disk, and the pieces in them: an archive has many. Nothing after a cancel.
    fn file(&self, library: &mut Library, file: Found) {
        if self.is_cancelled() {
            return;
        }
        if let Some(why) = file.refused.clone() {
            self.tell(1);
            return add(library, row(&file, None, Judged::left_out(why)));
        }
        let stamp = self.cache.and_then(|_| Stamp::of(&file.path));
        match stamp.and_then(|stamp| self.known(&file.path, stamp)) {
            Some(known) => self.remembered(library, file, known),
            None => self.fresh(&file, stamp).into_iter().for_each(|row| add(library, row)),
        }
    }

    /// What is in a file that is as it was, where all that it holds has been judged before.
    fn known(&self, path: &Path, stamp: Stamp) -> Option<Known> {
        let cache = self.cache?;
        let judged = |content: Content| {
            let judged = match content.hash {
                Ok(hash) => cache.judged(&hash, &path_of(path, content.member.as_deref()), self.options)?,
                Err(why) => Judged::left_out(why),
            };
            Some((content.member, judged))
        };
        cache.contents(path, stamp)?.into_iter().map(judged).collect()
    }

    fn remembered(&self, library: &mut Library, file: Found, known: Known) {
        let n = known.len();
        self.cache.iter().for_each(|cache| cache.count_hits(n));
        self.total.fetch_add(n.saturating_sub(1), Ordering::Relaxed);
        self.tell(n);
        for (member, judged) in known {
            add(library, row(&file, member.as_deref(), judged));
        }
    }

    /// The rows of one file on disk, read afresh.
    fn fresh(&self, file: &Found, stamp: Option<Stamp>) -> Vec<Row> {
        let (rows, contents) = if archive::is_archive(&file.path) { self.archive(file) } else { self.plain(file) };
        if let (Some(cache), Some(stamp), Some(contents)) = (self.cache, stamp, contents) {
            cache.keep_contents(&file.path, stamp, &contents);
        }
        rows
    }

    fn plain(&self, file: &Found) -> (Vec<Row>, Option<Vec<Content>>) {
        let (judged, content) = self.judged(&file.path, None, read_file(&file.path));
        (vec![row(file, None, judged)], Some(vec![content]))
    }

    /// No contents where the import is cancelled before all are read: half an archive is no knowledge of it.
    fn archive(&self, file: &Found) -> (Vec<Row>, Option<Vec<Content>>) {
        let (mut all, mut stopped) = (Vec::new(), false);
        let unpacked = archive::unpack(&file.path, &mut |batch: Vec<Member>| {
            // The archive itself was counted as a file until now.
            self.total.fetch_add(batch.len() - usize::from(all.is_empty()), Ordering::Relaxed);
            let judged: Vec<_> = batch
                .into_par_iter()
                .filter(|_| !self.is_cancelled())
                .map(|member| {
                    let path = path_of(&file.path, Some(&member.name));
                    let (judged, content) = self.judged(&path, Some(&member.name), member.bytes);
                    (row(file, Some(&member.name), judged), content)
                })
                .collect();
            all.extend(judged);
            stopped = self.is_cancelled();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match unpacked {
            Ok(()) => {
                let (rows, contents) = all.into_iter().unzip();
                (rows, (!stopped).then_some(contents))
            }
            Err(why) => {
                let (judged, content) = self.judged(&file.path, None, Err(why));
                (vec![row(file, None, judged)], Some(vec![content]))
            }
        }
    }

    /// Judges bytes, or remembers how they were judged under another name.
    fn judged(&self, path: &Path, member: Option<&str>, bytes: Result<Vec<u8>, super::LeftOut>) -> (Judged, Content) {
        let member = member.map(str::to_owned);
        let (judged, hash) = match bytes {
            Err(why) => (Judged::left_out(why.clone()), Err(why)),
            Ok(bytes) => {
                let hash = *blake3::hash(&bytes).as_bytes();
                let known = self.cache.and_then(|cache| cache.judged(&hash, path, self.options));
                let judged = known.unwrap_or_else(|| {
                    let judged = judge(&bytes, path, self.options);
                    self.cache.iter().for_each(|cache| cache.keep_judged(path, self.options, &judged));
                    judged
                });
                (judged, Ok(hash))
            }
        };
        self.cache.iter().for_each(|cache| cache.count_read(1));
        self.tell(1);
        (judged, Content { member, hash })
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Tells that `n` more files are done.
    fn tell(&self, n: usize) {
        let done = self.done.fetch_add(n, Ordering::Relaxed) + n;
        let cached = self.cache.map_or(0, Cache::hits);
        (self.progress)(Progress::Reading { done, cached, total: self.total.load(Ordering::Relaxed) });
    }
}

fn path_of<'a>(file: &'a Path, member: Option<&str>) -> Cow<'a, Path> {
    // Part by part: joined as a whole, a name that begins with a slash would replace the path.
    let parts = |name: &str| name.split('/').filter(|p| !p.is_empty()).fold(file.to_owned(), |path, p| path.join(p));
    member.map_or(Cow::Borrowed(file), |name| Cow::Owned(parts(name)))
}

fn row(file: &Found, member: Option<&str>, judged: Judged) -> Row {
    let path = path_of(&file.path, member).into_owned();
    let style = if member.is_some() { style_of(&path, &file.root) } else { file.style.clone() };
    Row { archive: member.map(|_| file.path.clone()), path, style, judged }
}

/// Adds what comes next in the order of paths.
fn append(library: &mut Library, part: Library) {
    let (rows, pieces) = (library.rows.len(), library.pieces.len());
    library.rows.extend(part.rows.into_iter().map(|mut row| {
        row.pieces.iter_mut().for_each(|piece| *piece += pieces);
        row
    }));
    library.pieces.extend(part.pieces.into_iter().map(|piece| Piece { row: rows + piece.row, ..piece }));
}

fn add(library: &mut Library, row: Row) {
    let first = library.pieces.len();
    let number = library.rows.len();
    for piece in row.judged.pieces {
        library.pieces.push(Piece {
            title: piece.title,
            style: row.style.clone(),
            path: row.path.clone(),
            row: number,
            packed: piece.packed,
            summary: piece.summary,
            figures: piece.figures,
            key: piece.key,
            keys: piece.keys,
            timing: piece.timing,
            tune: piece.tune,
            family: 0,
            hash: row.judged.hash,
        });
    }
    library.rows.push(FileRow {
        path: row.path,
        archive: row.archive,
        style: row.style,
        state: row.judged.state,
        hash: row.judged.hash,
        remedies: row.judged.remedies,
        applied: row.judged.applied,
        pieces: (first..library.pieces.len()).collect(),
        warnings: row.judged.warnings,
    });
}

/// Families of all pieces; the same pieces in the same order have the same ones as last time.
fn families(pieces: &[Piece], options: &ImportOptions, cache: Option<&Cache>) -> Result<Families, NotesLost> {
    let mut all = blake3::Hasher::new();
    for piece in pieces {
        all.update(&piece.hash).update(&(piece.row as u64).to_le_bytes()).update(&options.that_matter(&piece.hash));
    }
    let all = *all.finalize().as_bytes();
    let known = cache.and_then(|cache| cache.numbers(&all)).filter(|known| known.len() == pieces.len());
    if let Some(of_piece) = known {
        let count = of_piece.iter().max().map_or(0, |last| *last as usize + 1);
        return Ok(Families { of_piece, count });
    }
    let print = |piece: &Piece| Ok(Fingerprint::of(&*piece.score()?));
    let prints = pieces.par_iter().map(print).collect::<Result<Vec<_>, _>>()?;
    let families = Families::of(&prints);
    cache.iter().for_each(|cache| cache.keep_numbers(&all, &families.of_piece));
    Ok(families)
}
