//! The command line: arguments, and one file a verb.
//!
//! Reports go to stdout, progress and errors to stderr. Every verb fills the same plain settings as
//! the window and starts the same job; nothing is computed here. Never asks, never opens a window.

mod bank;
mod bench;
mod context;
mod convert;
mod curve;
mod devices;
mod eval;
mod explain;
mod export;
mod generate;
mod import;
mod originality;
mod play;
mod plot;
mod render;
mod report;
mod rules;
mod runs;
mod similar;
mod starter;
mod sweep;
mod text;
mod train;

use clap::{Parser, Subcommand};
use context::Context;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

pub use bench::{RollMeasured, WindowMeasures, WindowStarted};
pub use context::{Stopped, Usage};

/// What the arguments ask for. Made once, so that its size does not matter.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)]
pub enum Invocation {
    /// Open the window, with this file in it.
    Window(Option<PathBuf>),
    Verb(Verb),
    /// Help was printed, or what is wrong with the arguments: leave with this exit code.
    Over(u8),
}

const AFTER_HELP: &str = "\
Without a verb the window opens; with FILE it opens that project, MIDI or ABC file.
Exit code: 0 done, 1 failed, 2 wrong arguments.";

/// Learns from a folder of MIDI and composes with what it learned.
#[derive(Debug, Parser)]
#[command(name = "cadenza", version, after_help = AFTER_HELP)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Arguments {
    /// A project, MIDI or ABC file to open in the window
    file: Option<PathBuf>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// One variant and one file a verb.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // There is one, once a process.
pub enum Verb {
    Import(import::Arguments),
    Train(train::Arguments),
    Eval(eval::Arguments),
    Explain(explain::Arguments),
    Export(export::Arguments),
    Generate(generate::Arguments),
    Render(render::Arguments),
    Play(play::Arguments),
    Report(report::Arguments),
    Runs(runs::Arguments),
    Similar(similar::Arguments),
    Originality(originality::Arguments),
    Convert(convert::Arguments),
    Devices(devices::Arguments),
    Bench(bench::Arguments),
    Bank(bank::Arguments),
    Starter(starter::Arguments),
}

/// Understands the arguments; the first is the program's name. Prints help and complaints itself.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Invocation {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(e) => {
            let _ = e.print();
            return Invocation::Over(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    match arguments {
        Arguments { verb: Some(verb), .. } => Invocation::Verb(verb),
        Arguments { file: Some(file), .. } if !file.exists() => {
            let name = file.display();
            let complaint = format!("cadenza: no verb and no file is called {name:?}; try cadenza --help\n");
            let _ = io::Write::write_all(&mut io::stderr(), complaint.replace("\\\"", "'").as_bytes());
            Invocation::Over(2)
        }
        Arguments { file, .. } => Invocation::Window(file),
    }
}

/// Does what a verb says. What a window does is measured by whoever calls: nothing is known of one here.
///
/// # Errors
/// [`Usage`] for arguments that make no sense, otherwise what went wrong, ready to be read by people.
pub fn run(verb: Verb, window: WindowMeasures) -> anyhow::Result<()> {
    match verb {
        Verb::Import(arguments) => import::run(&arguments, &Context::new(arguments.json)),
        Verb::Train(arguments) => train::run(&arguments, &Context::new(arguments.json)),
        Verb::Eval(arguments) => eval::run(&arguments, &Context::new(arguments.json)),
        Verb::Explain(arguments) => explain::run(&arguments, &Context::new(arguments.json)),
        Verb::Export(arguments) => export::run(&arguments, &Context::new(arguments.json)),
        Verb::Generate(arguments) => generate::run(&arguments, &Context::new(arguments.json)),
        Verb::Render(arguments) => render::run(&arguments, &Context::new(arguments.json)),
        Verb::Report(arguments) => report::run(&arguments, &Context::new(arguments.json)),
        Verb::Runs(arguments) => runs::run(&arguments, &Context::new(arguments.json)),
        Verb::Play(arguments) => play::run(&arguments, &Context::new(arguments.json)),
        Verb::Bench(arguments) => bench::run(&arguments, window, &Context::new(arguments.json)),
        Verb::Bank(arguments) => bank::run(&arguments, &Context::new(arguments.json)),
        Verb::Devices(arguments) => devices::run(&arguments, &Context::new(arguments.json)),
        Verb::Convert(arguments) => convert::run(&arguments, &Context::new(arguments.json)),
        Verb::Similar(arguments) => similar::run(&arguments, &Context::new(arguments.json)),
        Verb::Originality(arguments) => originality::run(&arguments, &Context::new(arguments.json)),
        Verb::Starter(arguments) => starter::run(&arguments, &Context::new(arguments.json)),
    }
}

/// 2 for wrong arguments, 0 where the reader of our output has gone (`| head`), 1 for the rest.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    let broken_pipe = |e: &(dyn std::error::Error + 'static)| {
        e.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(|e| e.is::<Usage>()) {
        2
    } else if error.chain().any(broken_pipe) {
        0
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed_and_every_verb_has_an_example() {
        let mut command = Arguments::command();
        command.clone().debug_assert();
        command.build();
        for verb in command.get_subcommands_mut() {
            let help = verb.render_long_help().to_string();
            assert!(help.contains("Example") && help.contains("cadenza "), "{help}");
        }
    }

    fn parsed(arguments: &[&str]) -> Invocation {
        parse(std::iter::once("cadenza").chain(arguments.iter().copied()).map(OsString::from))
    }

    #[test]
    fn no_verb_is_the_window_and_a_word_that_is_nothing_is_wrong() {
        assert!(matches!(parsed(&[]), Invocation::Window(None)));
        assert!(matches!(parsed(&["Cargo.toml"]), Invocation::Window(Some(_))));
        assert!(matches!(parsed(&["no-such-verb"]), Invocation::Over(2)));
        assert!(matches!(parsed(&["import"]), Invocation::Over(2)));
        assert!(matches!(parsed(&["import", "--help"]), Invocation::Over(0)));
        assert!(matches!(parsed(&["import", "x", "--json"]), Invocation::Verb(Verb::Import(_))));
    }

    /// The words of a line as a shell takes them, comments left out.
    fn shell_words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                '#' if !quoted && word.is_empty() => break,
                c if c.is_whitespace() && !quoted => {
                    words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()))
                }
                c => word.push(c),
            }
        }
        words.extend(Some(word).filter(|w| !w.is_empty()));
        words
    }

    /// Every command of a Markdown file: lines of its code that begin with the program or with what runs it.
    fn commands_of(text: &str) -> Vec<Vec<String>> {
        let code = text.split("```").skip(1).step_by(2).flat_map(str::lines);
        let program = |line: &str| line.starts_with("cadenza ") || line.starts_with("scripts/run ");
        code.map(str::trim).filter(|l| program(l)).flat_map(|l| l.split("&&")).map(shell_words).collect()
    }

    #[test]
    fn every_command_in_the_docs_is_understood() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = vec![root.join("README.md")];
        for folder in ["docs", "docs/manual", "docs/manual/zh"] {
            let entries = std::fs::read_dir(root.join(folder)).expect("the docs are there");
            files.extend(
                entries.map(|e| e.expect("readable").path()).filter(|p| p.extension().is_some_and(|e| e == "md")),
            );
        }
        let mut n = 0;
        for file in files {
            let text = std::fs::read_to_string(&file).expect("readable");
            for mut words in commands_of(&text) {
                // By its name a model that comes along would be unpacked into the user's folders.
                words.iter_mut().filter(|w| *w == "folk" || *w == "chorale").for_each(|w| w.insert_str(0, "runs/"));
                if let Err(e) = Arguments::try_parse_from(&words) {
                    assert_eq!(e.exit_code(), 0, "{}: {}: {e}", file.display(), words.join(" "));
                }
                n += 1;
            }
        }
        assert!(n > 40, "only {n} commands were found");
    }

    #[test]
    fn exit_codes_are_told_from_the_error() {
        use anyhow::Context;
        let pipe: anyhow::Result<()> = Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        assert_eq!(exit_code(&pipe.context("printing").expect_err("an error")), 0);
        assert_eq!(exit_code(&Usage::new("no").into()), 2);
        assert_eq!(exit_code(&anyhow::anyhow!("disk full")), 1);
    }
}
