//! The trainings in a folder: what there is, and what can be done with one besides training it.

use crate::files::write_atomic;
use crate::train::run::Plan;
use crate::train::{Ending, Recipe, Report, Run};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunStanding {
    /// Nothing is left to go on with.
    Finished,
    CanResume,
    /// It is being trained, here or by another process.
    Busy,
    /// Why it cannot be opened: a sentence.
    Unreadable(String),
}

/// A run in a list.
#[derive(Clone, Debug)]
pub struct RunInfo {
    pub name: String,
    pub dir: PathBuf,
    pub standing: RunStanding,
    /// When something of it was last written.
    pub changed: Option<SystemTime>,
    pub plan: Option<Plan>,
    pub report: Option<Report>,
    /// Nats per note at its best check so far.
    pub best: Option<f64>,
    /// `generate` can use it.
    pub has_model: bool,
    pub size_bytes: u64,
    /// Takes written at checks, in order.
    pub takes: Vec<PathBuf>,
}

/// The runs in a folder, the latest first, and those of sweeps, which have a folder of their own there. What cannot be
/// read is among them, with the reason.
pub fn list(folder: &Path) -> Vec<RunInfo> {
    let folders = |of: &Path| std::fs::read_dir(of).into_iter().flatten().flatten().map(|e| e.path());
    let mut runs = Vec::new();
    for path in folders(folder) {
        if let Ok(run) = Run::open(&path) {
            runs.push(info(&run));
            continue;
        }
        let sweep = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let of_sweep = folders(&path).filter_map(|p| Run::open(&p).ok()).map(|run| info(&run));
        runs.extend(of_sweep.map(|run| RunInfo { name: format!("{sweep}/{}", run.name), ..run }));
    }
    runs.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.name.cmp(&b.name)));
    runs
}

/// What there is to know of a run from its small files.
pub fn info(run: &Run) -> RunInfo {
    let (mut takes, mut changed, mut size_bytes) = (Vec::new(), None, 0);
    for folder in [run.dir.clone(), run.takes_path()] {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_file() {
                size_bytes += meta.len();
                // Whoever only asks for the lock changes nothing.
                changed = changed.max(meta.modified().ok().filter(|_| entry.file_name() != "lock"));
            }
            if folder == run.takes_path() && entry.path().extension().is_some_and(|e| e == "mid") {
                takes.push(entry.path());
            }
        }
    }
    takes.sort();
    let (plan, report) = (run.plan(), run.report());
    let standing = match (&plan, &report) {
        (Err(e), _) | (_, Err(e)) => RunStanding::Unreadable(e.to_string()),
        _ if run.is_busy() => RunStanding::Busy,
        (_, Ok(Some(report))) if report.is_over() => RunStanding::Finished,
        _ => RunStanding::CanResume,
    };
    let (plan, report) = (plan.ok(), report.ok().flatten());
    let checked = || {
        let rows = run.metrics().unwrap_or_default();
        rows.iter().filter(|r| r.valid).map(|r| r.nats_per_note).min_by(f64::total_cmp)
    };
    let best = report.as_ref().map_or_else(checked, |r| r.valid_nats_per_note);
    RunInfo {
        name: run.dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        dir: run.dir.clone(),
        standing,
        changed,
        plan,
        report,
        best,
        has_model: run.best_path().is_file(),
        size_bytes,
        takes,
    }
}

impl RunInfo {
    /// How it stands, in a few words.
    pub fn about(&self) -> String {
        let ended = self.report.as_ref().and_then(|r| r.ending);
        match &self.standing {
            RunStanding::Busy => "is being trained".to_owned(),
            RunStanding::CanResume => "not ended; can be resumed".to_owned(),
            RunStanding::Finished if ended == Some(Ending::Memorising) => "stopped early: it was memorising".to_owned(),
            RunStanding::Finished if ended == Some(Ending::Diverged) => "given up: it ran away".to_owned(),
            RunStanding::Finished => "finished".to_owned(),
            RunStanding::Unreadable(why) => why.clone(),
        }
    }
}

/// Gives a run another name.
///
/// # Errors
/// A name that is none or taken, a run in use, or what the system says.
pub fn rename(dir: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let name = name.trim();
    let unfit = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    if name.is_empty() || name.starts_with('.') || name.ends_with('.') || name.contains(unfit) {
        bail!("not a name for a folder: \"{name}\"");
    }
    must_be_free(dir)?;
    let to = dir.with_file_name(name);
    if to == dir {
        return Ok(to);
    }
    // Another spelling of the same name is no other run where the system tells none apart.
    let is_same = to.canonicalize().ok().zip(dir.canonicalize().ok()).is_some_and(|(a, b)| a == b);
    if to.exists() && !is_same {
        bail!("there is a run of that name already: {}", to.display());
    }
    std::fs::rename(dir, &to).with_context(|| format!("cannot rename {}", dir.display()))?;
    Ok(to)
}

/// The recipe of a run, for another with the same.
///
/// # Errors
/// A run that cannot be read.
pub fn recipe_of(dir: &Path) -> anyhow::Result<Recipe> {
    Ok(Run::open(dir)?.plan()?.recipe)
}

/// Moves a run to the system's trash.
///
/// # Errors
/// A run in use, or a system without a trash: then it is left as it is.
pub fn delete(dir: &Path) -> anyhow::Result<()> {
    must_be_free(dir)?;
    trash::delete(dir).map_err(|e| {
        anyhow::anyhow!("cannot be moved to the trash ({e}); nothing is deleted. Its folder is {}", dir.display())
    })
}

fn must_be_free(dir: &Path) -> anyhow::Result<()> {
    if Run::open(dir)?.is_busy() {
        bail!("it is being trained: stop it first: {}", dir.display());
    }
    Ok(())
}

/// Shows the folder of a run in the system's file manager.
///
/// # Errors
/// A system without one.
pub fn reveal(dir: &Path) -> anyhow::Result<()> {
    opener::open(dir).with_context(|| format!("no file manager could be opened; the folder is {}", dir.display()))
}

/// Writes the metrics of a run as a table for other programs.
///
/// # Errors
/// What the disk says.
pub fn export_csv(dir: &Path, to: &Path) -> anyhow::Result<()> {
    let from = Run::open(dir)?.metrics_path();
    let bytes = std::fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
    write_atomic(to, &bytes).with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::disk::FileSystem;
    use crate::train::DataSet;
    use crate::train::run::VERSION;
    use std::sync::Arc;

    fn made(folder: &Path, name: &str) -> PathBuf {
        let dir = folder.join(name);
        let recipe = Recipe { seed: 7, ..Recipe::default() };
        let plan = Plan { version: VERSION, device: "cpu".to_owned(), steps: 10, recipe };
        Run::create(&dir, &plan, &DataSet::default(), Arc::new(FileSystem)).expect("new");
        dir
    }

    #[test]
    fn runs_are_listed_with_how_they_stand_and_what_cannot_be_read_says_why() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let dirs = ["a", "b", "c", "d"].map(|name| made(folder.path(), name));
        std::fs::create_dir(folder.path().join("no run")).expect("made");
        let report = Report { steps: 10, planned_steps: 10, valid_nats_per_note: Some(1.5), ..Report::default() };
        Run::open(&dirs[1]).and_then(|r| r.write_report(&report)).expect("writes");
        let newer =
            std::fs::read_to_string(dirs[2].join("recipe.toml")).expect("reads").replace("version = 1", "version = 2");
        std::fs::write(dirs[2].join("recipe.toml"), newer).expect("writes");
        let claim = Run::open(&dirs[3]).and_then(|r| r.claim()).expect("free");
        let mut listed = list(folder.path());
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        let about: Vec<String> = listed.iter().map(RunInfo::about).collect();
        assert_eq!(about[..2], ["not ended; can be resumed", "finished"]);
        assert!(about[2].contains("newer version of Cadenza") && about[3] == "is being trained", "{about:?}");
        assert_eq!((listed[1].best, listed[0].best), (Some(1.5), None));
        assert!(listed[0].size_bytes > 0 && listed[0].changed.is_some() && !listed[0].has_model);
        assert!(rename(&dirs[3], "e").is_err() && delete(&dirs[3]).is_err());
        drop(claim);
        assert!(dirs[3].exists());
    }

    #[test]
    fn a_run_is_renamed_copied_from_and_exported() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let (a, b) = (made(folder.path(), "a"), made(folder.path(), "b"));
        for no in ["", " ", "b", "x/y", "..", "a:b"] {
            assert!(rename(&a, no).is_err(), "{no}");
        }
        let c = rename(&a, " Folk, second try ").expect("renames");
        assert_eq!(c, folder.path().join("Folk, second try"));
        assert!(!a.exists() && b.exists());
        assert_eq!(recipe_of(&c).expect("reads").seed, 7);
        let to = folder.path().join("curve.csv");
        export_csv(&c, &to).expect("writes");
        assert!(std::fs::read_to_string(to).expect("reads").starts_with("kind,step,epoch"));
        assert!(recipe_of(&a).is_err());
    }
}
