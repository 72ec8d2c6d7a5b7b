//! What every verb needs: where the report goes, how a job is watched, what Ctrl+C does.

use crate::job::State;
use crate::job::{Job, bundled};
use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The arguments make no sense: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(String);

impl Usage {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Complains about the first path that does not exist.
    pub fn must_exist<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Self> {
        match paths.into_iter().find(|p| !p.exists()) {
            Some(missing) => Err(Self(format!("no such file or folder: {}", missing.display()))),
            None => Ok(()),
        }
    }
}

/// What is meant by a model's name: a path, or one that comes with the program.
///
/// # Errors
/// A bare name that is neither, or one that comes with the program and cannot be unpacked.
pub fn model_argument(text: &str) -> Result<PathBuf, String> {
    let path = bundled::model_named(Path::new(text), bundled::models_folder().as_deref());
    let is_name = Path::new(text).components().count() == 1;
    if is_name && path == Path::new(text) && !path.exists() {
        let names: Vec<&str> = bundled::ALL.iter().map(|b| b.name).collect();
        return Err(format!("there is no such file or folder, and with the program come {}", names.join(" and ")));
    }
    bundled::provide(&path).map_err(|e| format!("{e:#}"))?;
    Ok(path)
}

/// Ctrl+C came before the end; what was finished has been kept and reported.
#[derive(Debug, thiserror::Error)]
#[error("stopped before the end")]
pub struct Stopped;

type OnInterrupt = Arc<Mutex<Option<Box<dyn Fn() + Send>>>>;

/// Made once by a verb.
pub struct Context {
    json: bool,
    on_interrupt: OnInterrupt,
}

impl Context {
    /// With `json`, the report is one JSON object and nothing else. From here on the first Ctrl+C
    /// asks the running job to stop, the second leaves at once.
    pub fn new(json: bool) -> Self {
        let on_interrupt = OnInterrupt::default();
        let current = Arc::clone(&on_interrupt);
        // Without a handler Ctrl+C ends the program as it does any other: nothing to say about that.
        let _ = ctrlc::set_handler(move || {
            let asked = current.lock().unwrap_or_else(PoisonError::into_inner).take();
            match asked {
                Some(ask) => {
                    ask();
                    let _ =
                        writeln!(io::stderr(), "\nStopping; what is finished is kept. Ctrl+C again leaves at once.");
                }
                None => std::process::exit(130),
            }
        });
        Self { json, on_interrupt }
    }

    /// Watches a job to its end, showing each event on a progress bar (on a terminal only).
    ///
    /// # Errors
    /// [`Stopped`] when it was cancelled and has nothing to give; its own error when it failed.
    pub fn watch<E: Send + 'static, T: Send + 'static>(
        &self,
        mut job: Job<E, T>,
        mut show: impl FnMut(&ProgressBar, E),
    ) -> anyhow::Result<T> {
        let canceller: Box<dyn Fn() + Send> = Box::new(job.canceller());
        *self.on_interrupt.lock().unwrap_or_else(PoisonError::into_inner) = Some(canceller);
        let bar = progress_bar();
        while let Some(event) = job.next_event() {
            show(&bar, event);
        }
        bar.finish_and_clear();
        self.on_interrupt.lock().unwrap_or_else(PoisonError::into_inner).take();
        match job.into_state() {
            State::Done(result) => Ok(result),
            State::Cancelled => Err(Stopped.into()),
            State::Failed(why) => bail!("{why}"),
            State::Running => bail!("the job was left before its end"),
        }
    }

    /// Prints the report: `human` as text, or `json` as one line.
    ///
    /// # Errors
    /// When stdout cannot be written; a broken pipe is one of these, and harmless.
    pub fn report(&self, human: impl FnOnce() -> String, json: &impl Serialize) -> anyhow::Result<()> {
        let text = if self.json { serde_json::to_string(json)? + "\n" } else { human() };
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        Ok(stdout.flush()?)
    }
}

/// A line that stays: above the bar on a terminal, by itself where stderr is none.
pub fn say(bar: &ProgressBar, line: &str) {
    if bar.is_hidden() {
        // Nobody may be reading: then nobody needs to know.
        let _ = writeln!(io::stderr(), "{line}");
    } else {
        bar.println(line);
    }
}

/// Hidden where stderr is no terminal.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}
