//! `cadenza convert`: one file of music into another form.

use super::context::{Context, Usage};
use super::text::count;
use crate::job::reading::ending;
use crate::music::{Score, charset};
use crate::notation::{abc, musicxml};
use crate::{files, job, midi};
use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

const EXAMPLE: &str = "\
Example:
  cadenza convert tune.abc tune.mid
  cadenza convert song.mid song.abc

A tune book of several tunes becomes tune-1.mid, tune-2.mid …";

/// Convert a file of music, and say what was lost on the way
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A .mid, .midi, .kar, .rmi, .abc, .musicxml, .xml or .mxl file
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The .mid, .abc or .musicxml file to write; replaced where it exists
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    files: Vec<String>,
    notes: usize,
    warnings: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist([arguments.input.as_path()])?;
    let form = ending(&arguments.output);
    let Some(write) = writer(&form) else {
        let sound = if matches!(&*form, "wav" | "flac") { "; `cadenza render` makes sound files" } else { "" };
        let why = format!("only .mid, .abc and .musicxml files can be written, not {form:?}{sound}");
        return Err(Usage::new(why).into());
    };
    let (scores, mut warnings) = job::read_scores(&arguments.input)?;
    let mut files = Vec::new();
    let (n, notes) = (scores.len(), scores.iter().map(Score::n_notes).sum());
    for (i, mut score) in scores.into_iter().enumerate() {
        let path = if n == 1 { arguments.output.clone() } else { numbered(&arguments.output, i + 1) };
        // Sheets of music have a title, and nothing else of a nameless piece tells what it is.
        if score.title.trim().is_empty() && !matches!(&*form, "mid" | "midi") {
            score.title = charset::of_name(arguments.input.file_stem().unwrap_or_default());
        }
        let (bytes, more) = write(&score);
        warnings.extend(more);
        files::write_atomic(&path, &bytes).with_context(|| format!("could not write {}", path.display()))?;
        files.push(path.display().to_string());
    }
    let figures = Report { files, notes, warnings };
    context.report(|| human(&figures), &figures)
}

/// A score in some form, and what that form cannot hold.
type Writer = fn(&Score) -> (Vec<u8>, Vec<String>);

/// What writes files of this ending.
fn writer(form: &str) -> Option<Writer> {
    match form {
        "mid" | "midi" => Some(|score| {
            let (bytes, losses) = midi::write(score);
            (bytes, losses.iter().map(ToString::to_string).collect())
        }),
        "abc" => Some(|score| {
            let (text, losses) = abc::write(score);
            (text.into_bytes(), losses.iter().map(ToString::to_string).collect())
        }),
        "musicxml" | "xml" => Some(|score| {
            let (text, losses) = musicxml::write(score);
            (text.into_bytes(), losses.iter().map(ToString::to_string).collect())
        }),
        _ => None,
    }
}

fn human(figures: &Report) -> String {
    let written = match figures.files.as_slice() {
        [first, .., last] => {
            format!("{}: {first} … {last}", count(figures.files.len(), "file"))
        }
        files => files.concat(),
    };
    let mut out = format!("{} written to {written}\n", count(figures.notes, "note"));
    figures.warnings.iter().for_each(|w| out += &format!("  {w}\n"));
    out
}

/// The first piece of a file, with what was noticed on the way.
pub fn read_score(path: &Path) -> anyhow::Result<(Score, Vec<String>)> {
    let (mut scores, mut warnings) = job::read_scores(path)?;
    if scores.len() > 1 {
        warnings.push(format!("only the first of its {} tunes is used", scores.len()));
    }
    Ok((scores.swap_remove(0), warnings))
}

/// "tune.mid" and 2 give "tune-2.mid".
fn numbered(path: &Path, n: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{n}.{}", ending(path)))
}
