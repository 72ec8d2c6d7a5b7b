//! Chooses the window or the command line. The only place where an error becomes text and an exit code.

use cadenza::cli::{self, Invocation};
use cadenza::gui;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = match cli::parse(std::env::args_os()) {
        Invocation::Window(file) => gui::run(file).map_err(anyhow::Error::new),
        Invocation::Verb(verb) => {
            let measures =
                cli::WindowMeasures { roll: measure_roll, first_note: measure_first_note, start: measure_start };
            cli::run(verb, measures)
        }
        Invocation::Over(code) => return ExitCode::from(code),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    let code = cli::exit_code(&error);
    if code != 0 {
        // Not eprintln!, which panics where nobody reads the other end.
        let _ = writeln!(std::io::stderr(), "cadenza: {error:#}");
    }
    ExitCode::from(code)
}

/// The bridges that neither side may build: the command line prints what the window measures.
fn measure_roll(n_notes: usize, repaints: usize) -> cli::RollMeasured {
    let measured = gui::measure::roll(n_notes, repaints);
    let repaints = measured.repaints.into_iter().map(|r| (r.doing, r.millis)).collect();
    cli::RollMeasured { repaints, memory: measured.memory, idle: measured.idle }
}

fn measure_first_note(takes: usize) -> Result<(Vec<f64>, Vec<f64>), String> {
    gui::measure::first_note(takes).map(|measured| (measured.screen, measured.sound))
}

fn measure_start(began: std::time::SystemTime) -> Result<cli::WindowStarted, String> {
    let seen = gui::measure::start(began).map_err(|e| e.to_string())?;
    Ok(cli::WindowStarted { drawn: seen.drawn, ready: seen.ready, memory: seen.memory })
}
