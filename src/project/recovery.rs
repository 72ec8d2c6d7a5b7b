//! Copies kept while one works, so that a crash loses little; offered at the next start.
//!
//! Each running window holds a lock on its own copy; a copy without a living owner is an orphan. Copies
//! are written and removed by one thread, in the order in which they were asked for.

use super::document::Project;
use super::file::{self, FileError};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// Told once the copy is kept, or that it could not be.
type Done = Box<dyn FnOnce(Result<(), FileError>) + Send>;

enum Order {
    Keep(Box<Project>, Done),
    Remove,
}

/// This window's place for its copy. Dropping it removes the copy: nothing was lost.
#[derive(Debug)]
pub struct Recovery {
    copy: PathBuf,
    lock: PathBuf,
    /// Held open, and with it the lock, for as long as the window lives.
    _held: File,
    orders: Option<Sender<Order>>,
    keeper: Option<JoinHandle<()>>,
}

/// A copy whose owner is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    pub copy: PathBuf,
    lock: PathBuf,
}

impl Recovery {
    /// Reserves a copy in `folder`, which is made if it must be.
    ///
    /// # Errors
    /// Whatever the file system says; there is then no protection against a crash.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        for number in 1.. {
            let lock = folder.join(format!("{number}.lock"));
            let copy = folder.join(format!("{number}.{}", file::EXTENSION));
            let file = File::options().create(true).truncate(false).write(true).open(&lock)?;
            // An orphan's number is not reused before somebody has decided about it.
            match file.try_lock() {
                Ok(()) if !copy.exists() => {
                    let (orders, keeper) = keeper(copy.clone());
                    return Ok(Self { copy, lock, _held: file, orders: Some(orders), keeper: Some(keeper) });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
        unreachable!("numbers do not end before the disk does")
    }

    /// Where the copy is kept.
    pub fn copy(&self) -> &Path {
        &self.copy
    }

    /// Keeps a copy of the project as it is now, soon, and calls `done` on a thread of its own. Where
    /// another order comes before the work is begun, `done` is never called.
    pub fn keep(&self, project: &Project, done: impl FnOnce(Result<(), FileError>) + Send + 'static) {
        self.order(Order::Keep(Box::new(project.without_history()), Box::new(done)));
    }

    /// As [`Self::keep`], and waits. Says whether the copy is there.
    pub fn keep_now(&self, project: &Project) -> bool {
        let (done, kept) = channel();
        self.keep(project, move |result| {
            let _ = done.send(result.is_ok());
        });
        kept.recv().unwrap_or(false)
    }

    /// Removes the copy: the work is in its own file, or was given up on purpose.
    pub fn clear(&self) {
        self.order(Order::Remove);
    }

    fn order(&self, order: Order) {
        // The keeper ends with this value and not before: there is always somebody to take the order.
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }
}

/// The thread that writes and removes the copy. Of several copies that wait, only the last is written.
fn keeper(copy: PathBuf) -> (Sender<Order>, JoinHandle<()>) {
    let (sender, orders) = channel::<Order>();
    let body = move || {
        while let Ok(first) = orders.recv() {
            match orders.try_iter().last().unwrap_or(first) {
                Order::Keep(project, done) => done(file::save(&project, &copy)),
                Order::Remove => {
                    let _ = std::fs::remove_file(&copy);
                }
            }
        }
    };
    (sender, std::thread::spawn(body))
}

impl Drop for Recovery {
    fn drop(&mut self) {
        let crashing = std::thread::panicking();
        if !crashing {
            self.clear();
        }
        self.orders = None;
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
        // A crash is what the copy is for: then it stays, and so does its lock.
        if !crashing {
            let _ = std::fs::remove_file(&self.lock);
        }
    }
}

/// Copies in `folder` that nobody owns, in the order of their names. A missing folder holds none.
pub fn orphans(folder: &Path) -> Vec<Orphan> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<Orphan> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == file::EXTENSION))
        .map(|copy| Orphan { lock: copy.with_extension("lock"), copy })
        .filter(|o| File::options().write(true).open(&o.lock).map_or(true, |f| f.try_lock().is_ok()))
        .collect();
    found.sort_by(|a, b| a.copy.cmp(&b.copy));
    found
}

impl Orphan {
    /// Reads the copy; it counts as unsaved.
    ///
    /// # Errors
    /// As [`file::load`]; the copy stays where it is.
    pub fn load(&self) -> Result<Project, FileError> {
        let mut project = file::load(&self.copy)?;
        project.mark_unsaved();
        Ok(project)
    }

    /// Removes the copy for good.
    pub fn discard(&self) {
        let _ = std::fs::remove_file(&self.copy);
        let _ = std::fs::remove_file(&self.lock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_an_orphan_only_after_its_owner_is_gone() {
        let dir = tempfile::tempdir().expect("temporary folder");
        assert!(orphans(&dir.path().join("none")).is_empty());
        let mine = Recovery::open(dir.path()).expect("opens");
        let other = Recovery::open(dir.path()).expect("opens");
        assert_ne!(mine.copy(), other.copy());
        file::save(&Project::default(), mine.copy()).expect("saves");
        assert!(orphans(dir.path()).is_empty(), "its owner lives");

        // A crash: the lock goes with the process, the files stay.
        let copy = mine.copy().to_owned();
        let kept = std::fs::read(&copy).expect("reads");
        drop(mine);
        std::fs::write(&copy, kept).expect("writes");
        let found = orphans(dir.path());
        assert_eq!(found.len(), 1);
        assert!(found[0].load().expect("loads").is_unsaved());
        assert_ne!(Recovery::open(dir.path()).expect("opens").copy(), copy, "an orphan is not overwritten");
        found[0].discard();
        assert!(orphans(dir.path()).is_empty());
    }
}
