//! How long the presets take on a device, measured while nothing trains.

use super::Learned;
use crate::gui::pages::train::Estimate;
use crate::gui::session::EventSender;
use crate::job::{EstimateRequest, Estimated, Job, Source, spawn_estimate};
use crate::model::Compute;
use crate::train::Preset;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Default)]
pub struct Measuring {
    /// For which device and how many pieces the figures are.
    of: Option<(usize, usize)>,
    known: BTreeMap<String, Estimate>,
    job: Option<Job<Estimated, Vec<Estimated>>>,
}

impl Measuring {
    pub fn of(&self, id: &str) -> Estimate {
        let waiting = if self.job.is_some() { Estimate::Measuring } else { Estimate::Unknown };
        self.known.get(id).cloned().unwrap_or(waiting)
    }

    /// Measures what is not known yet.
    pub fn ask(
        &mut self,
        device: usize,
        compute: Compute,
        presets: &[(&'static str, Preset)],
        library: Option<Learned<'_>>,
        events: &EventSender,
    ) {
        let Some(library) = library.filter(|l| !l.pieces.is_empty()) else { return };
        let of = (device, library.pieces.len());
        if self.of != Some(of) {
            (self.of, self.job) = (Some(of), None);
            self.known.clear();
        }
        if self.job.is_some() {
            return;
        }
        let missing = presets.iter().filter(|(id, _)| !self.known.contains_key(*id));
        let recipes: Vec<_> = missing.map(|(id, p)| ((*id).to_owned(), p.recipe.clone())).collect();
        if recipes.is_empty() {
            return;
        }
        let source = Source::Library { library: Arc::clone(library.library), pieces: library.pieces.to_vec() };
        let request = EstimateRequest { source, recipes, compute };
        self.job = Some(spawn_estimate(request, events.waker()));
    }

    /// A training begins, and is not to be disturbed: what is not measured yet is asked for again later.
    pub fn stop(&mut self) {
        self.job = None;
    }

    /// Takes in figures. Tells whether there are new ones.
    pub fn poll(&mut self) -> bool {
        let Some(job) = &mut self.job else { return false };
        let mut changed = false;
        for Estimated { name, outcome } in job.poll() {
            changed = true;
            let estimate = match outcome {
                Ok(e) => Estimate::Known {
                    seconds: e.seconds,
                    steps: e.steps,
                    notes_per_sec: e.notes_per_sec,
                    parameters: e.parameters,
                },
                Err(why) => Estimate::Failed(why),
            };
            self.known.insert(name, estimate);
        }
        if !job.is_running() {
            (self.job, changed) = (None, true);
        }
        changed
    }
}
