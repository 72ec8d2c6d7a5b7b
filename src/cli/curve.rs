//! A training as a terminal shows it: a bar, and a small plot of the curve above it. Where stderr is no
//! terminal, a line now and then.

use super::context::say;
use super::plot::Plot;
use super::text::{duration, thousands};
use crate::encoding::Field;
use crate::train::{StepInfo, TrainEvent};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// Between two lines where there is no terminal.
const NOW_AND_THEN: Duration = Duration::from_secs(30);
/// Share of the smoothed loss that is the past's.
const SMOOTHING: f64 = 0.9;
/// More points than a terminal has dots.
const MOST: usize = 1000;
const BYTES_IN_GB: f64 = 1e9;

pub struct Curve {
    steps: u64,
    /// The smoothed training loss.
    train: Vec<(f64, f64)>,
    smooth: Option<f64>,
    valid: Vec<(f64, f64)>,
    said: Instant,
}

impl Curve {
    pub fn new() -> Self {
        Self { steps: 0, train: Vec::new(), smooth: None, valid: Vec::new(), said: Instant::now() }
    }

    /// Shows what the trainer says.
    pub fn show(&mut self, bar: &ProgressBar, event: TrainEvent) {
        match event {
            TrainEvent::Says(text) => say(bar, &text),
            TrainEvent::Started { steps, parameters, train_notes, valid_notes, baselines, resumed_at } => {
                *self = Self { steps, ..Self::new() };
                if let Ok(style) = ProgressStyle::with_template("{msg}\n{spinner} {wide_bar} {pos}/{len} {eta}") {
                    bar.set_style(style);
                }
                bar.set_length(steps);
                bar.set_position(resumed_at);
                say(
                    bar,
                    &format!(
                        "{} weights, {} notes to learn from, {} held out, {steps} steps; to beat: unigram {:.2}, n-gram {:.2} nats/note",
                        thousands(parameters),
                        thousands(train_notes),
                        thousands(valid_notes),
                        baselines.unigram,
                        baselines.ngram
                    ),
                );
            }
            TrainEvent::Step(s) => self.step(bar, &s),
            TrainEvent::Checked(c) => {
                let nats = c.likelihood.nats_per_note();
                self.valid.push((c.step as f64, nats));
                let star = if c.best { " ★" } else { "" };
                let alone = c.likelihood.network_nats_per_note();
                let alone = alone.map_or(String::new(), |nats| format!(" ({nats:.4} by the network alone)"));
                let right = c.likelihood.accuracy().get(Field::Pitch as usize).copied().unwrap_or(0.0);
                say(
                    bar,
                    &format!(
                        "step {}: validation {nats:.4} nats/note{alone}, {:.1} % of pitches right at first{star} – {}",
                        c.step,
                        100.0 * right,
                        c.standing
                    ),
                );
            }
            TrainEvent::Take(take) => say(bar, &format!("take: {}", take.path.display())),
            TrainEvent::Mishap(mishap) => {
                if let crate::train::Mishap::Diverged { back_to, .. } = &mishap {
                    let stays = |p: &(f64, f64)| p.0 <= *back_to as f64;
                    self.train.retain(stays);
                    self.valid.retain(stays);
                    self.smooth = None;
                }
                say(bar, &mishap.to_string());
            }
            TrainEvent::Paused => bar.set_message("paused"),
        }
    }

    fn step(&mut self, bar: &ProgressBar, s: &StepInfo) {
        let smooth = self.smooth.map_or(s.nats_per_note, |old| SMOOTHING * old + (1.0 - SMOOTHING) * s.nats_per_note);
        self.smooth = Some(smooth);
        self.train.push((s.step as f64, smooth));
        if self.train.len() > MOST {
            let mut keep = false;
            self.train.retain(|_| {
                keep = !keep;
                keep
            });
        }
        let memory = s.memory.map_or(String::new(), |m| format!(", {:.1} GB", m as f64 / BYTES_IN_GB));
        let line = format!("epoch {:.1}, {smooth:.2} nats/note, {:.0} notes/s{memory}", s.epoch, s.notes_per_sec);
        if bar.is_hidden() {
            if self.said.elapsed() >= NOW_AND_THEN {
                self.said = Instant::now();
                say(bar, &format!("step {} of {}: {line}, {} left", s.step, self.steps, duration(s.seconds_left)));
            }
            return;
        }
        bar.set_position(s.step);
        let plot = Plot { width: 60, height: 8 }.draw(&self.train, &self.valid);
        bar.set_message(format!("{plot}{line}"));
    }
}
