//! Shows a file in the system's file manager, or opens it outside; where that cannot be done, the status line says so and where it is.

use super::session::{EventSender, SessionEvent, Severity};
use super::text::{Text, fill};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

pub fn show(path: PathBuf, t: &'static Text, events: &EventSender) {
    run(command(&path), path, t, events);
}

/// Opens a file with the program that the system has for it.
pub fn open(path: PathBuf, t: &'static Text, events: &EventSender) {
    run(opener(&path), path, t, events);
}

fn run(mut command: Command, path: PathBuf, t: &'static Text, events: &EventSender) {
    let events = events.clone();
    // Waited for elsewhere: some file managers answer late.
    thread::spawn(move || {
        let result = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if let Err(e) = result {
            let sentence = fill(t.lib.no_file_manager, &[&e.to_string(), &path.display().to_string()]);
            events.send(SessionEvent::Message(Severity::Warning, sentence));
        }
    });
}

#[cfg(target_os = "windows")]
fn command(path: &std::path::Path) -> Command {
    let mut command = Command::new("explorer");
    command.arg("/select,").arg(path);
    command
}

#[cfg(target_os = "macos")]
fn command(path: &std::path::Path) -> Command {
    let mut command = Command::new("open");
    command.arg("-R").arg(path);
    command
}

#[cfg(target_os = "windows")]
fn opener(path: &std::path::Path) -> Command {
    let mut command = Command::new("explorer");
    command.arg(path);
    command
}

#[cfg(not(target_os = "windows"))]
fn opener(path: &std::path::Path) -> Command {
    let mut command = Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
    command.arg(path);
    command
}

/// There is no common way to point at a file: the nearest folder that is there is opened.
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
fn command(path: &std::path::Path) -> Command {
    let folder = path.ancestors().skip(1).find(|p| p.is_dir()).unwrap_or(path);
    let mut command = Command::new("xdg-open");
    command.arg(folder);
    command
}
