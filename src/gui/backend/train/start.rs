//! Beginning: a run from the form, a queue of several, a run that was stopped, a recipe used again.

use super::running::{Running, Work, prefill};
use super::{Learned, TrainJobs, free, say};
use crate::gui::backend::knobs::{stand, turn_all};
use crate::gui::pages::train::{Duplicate, QueueRow, Start, Sweep, TrainNews, TrainSettings};
use crate::gui::session::{EventSender, SessionEvent, Severity};
use crate::job::{self, Care, QueueRequest, Source, spawn_queue, spawn_train};
use crate::train::{Preset, Recipe};
use std::sync::Arc;

impl TrainJobs {
    pub(super) fn begin(&mut self, settings: &TrainSettings, library: Option<Learned<'_>>, events: &EventSender) {
        let Some((source, recipe, preset)) = self.ready(settings, library, events) else { return };
        let from = match &settings.start {
            Start::Scratch => None,
            Start::Earlier(name) => Some(job::bundled::model_at(&self.runs, name)),
        };
        let dir = self.runs.join(self.free_name(&preset));
        let (compute, out) = (self.compute(settings.device), dir.clone());
        let request =
            job::TrainRequest::New { source, recipe: Box::new(recipe), compute, from, out, care: Care::default() };
        self.run(Running::new(Work::One(spawn_train(request, events.calm_waker())), dir), events);
    }

    pub(super) fn begin_queue(
        &mut self,
        settings: &TrainSettings,
        sweep: &Sweep,
        library: Option<Learned<'_>>,
        events: &EventSender,
    ) {
        let Some((source, recipe, _)) = self.ready(settings, library, events) else { return };
        let varied = match job::sweep(&recipe, &axes(sweep, &self.presets, recipe.seed)) {
            Ok(varied) => varied,
            Err(e) => return say(events, Severity::Error, e),
        };
        let taken = |stem: &str| varied.iter().any(|(name, _)| self.runs.join(format!("{stem} {name}")).exists());
        let stem = free("Sweep", taken);
        let runs: Vec<(String, Recipe)> = varied.into_iter().map(|(n, r)| (format!("{stem} {n}"), r)).collect();
        if settings.start != Start::Scratch {
            let text = "the runs of a queue start from scratch, whatever is chosen under Start from";
            say(events, Severity::Warning, text.to_owned());
        }
        self.queue = runs.iter().map(|(name, _)| QueueRow { name: name.clone(), ..QueueRow::default() }).collect();
        let first = runs.first().map_or(self.runs.clone(), |(name, _)| self.runs.join(name));
        let (compute, folder) = (self.compute(settings.device), self.runs.clone());
        let request = QueueRequest { source, runs, compute, folder, care: Care::default() };
        self.run(Running::new(Work::Queue(spawn_queue(request, events.calm_waker())), first), events);
        events.send(SessionEvent::Train(Box::new(TrainNews::Queue(self.queue.clone()))));
    }

    /// The pieces, the recipe and the preset's name, where a training may begin.
    fn ready(
        &self,
        settings: &TrainSettings,
        library: Option<Learned<'_>>,
        events: &EventSender,
    ) -> Option<(Source, Recipe, String)> {
        let (library, (_, preset)) = (library?, self.presets.get(settings.preset)?);
        if self.running.is_some() || library.pieces.is_empty() {
            return None;
        }
        let mut recipe = preset.recipe.clone();
        if let Err(e) = turn_all(&mut recipe, &settings.knobs).and_then(|()| recipe.check()) {
            say(events, Severity::Error, e);
            return None;
        }
        let source = Source::Library { library: Arc::clone(library.library), pieces: library.pieces.to_vec() };
        Some((source, recipe, preset.name.clone()))
    }

    fn run(&mut self, running: Running, events: &EventSender) {
        self.measuring.stop();
        // A report that is being made waits for the end of the training.
        if let Some((name, _)) = self.reporting.take() {
            self.to_report.push_front(name);
        }
        self.running = Some(running);
        self.show_run(events);
    }

    /// Goes on with a run that was stopped, its curve so far in place.
    pub(super) fn resume(&mut self, name: &str, events: &EventSender) {
        if self.running.is_some() {
            return;
        }
        let dir = self.runs.join(name);
        let request = job::TrainRequest::Resume { run: dir.clone(), compute: None, care: Care::default() };
        let mut running = Running::new(Work::One(spawn_train(request, events.calm_waker())), dir);
        prefill(&mut running.view, &running.dir);
        self.run(running, events);
    }

    /// The recipe of a run as what the form can hold.
    pub(super) fn duplicate(&mut self, name: &str, events: &EventSender) {
        let recipe = match job::runs::recipe_of(&self.runs.join(name)) {
            Ok(recipe) => recipe,
            Err(e) => return say(events, Severity::Warning, format!("{e:#}")),
        };
        let Some((preset, knobs, whole)) = as_knobs(&recipe, &self.presets) else { return };
        if !whole {
            let text = "some numbers of this recipe cannot be set here: they are the preset's";
            say(events, Severity::Warning, text.to_owned());
        }
        self.duplicates += 1;
        let copy =
            Duplicate { serial: self.duplicates, name: name.to_owned(), preset, knobs: knobs.into_iter().collect() };
        events.send(SessionEvent::Train(Box::new(TrainNews::Duplicate(copy))));
    }
}

/// What varies, by the keys of recipes.
fn axes(sweep: &Sweep, presets: &[(&'static str, Preset)], seed: u64) -> Vec<(String, Vec<String>)> {
    let numbers = |values: &[usize]| values.iter().map(usize::to_string).collect();
    let ids = sweep.presets.iter().filter_map(|i| presets.get(*i)).map(|(id, _)| (*id).to_owned()).collect();
    let seeds = if sweep.seeds > 1 { (seed..).take(sweep.seeds).map(|s| s.to_string()).collect() } else { Vec::new() };
    let all: [(&str, Vec<String>); 4] =
        [("preset", ids), ("d_model", numbers(&sweep.widths)), ("n_layers", numbers(&sweep.layers)), ("seed", seeds)];
    all.into_iter().filter(|(_, v)| !v.is_empty()).map(|(key, values)| (key.to_owned(), values)).collect()
}

type Knobs = Vec<(String, f64)>;

/// The preset from which the fewest knobs have to be turned, these knobs, and whether they make the
/// recipe whole.
fn as_knobs(recipe: &Recipe, presets: &[(&'static str, Preset)]) -> Option<(usize, Knobs, bool)> {
    let wanted = stand(recipe);
    let tried = presets.iter().enumerate().map(|(i, (_, preset))| {
        let at = stand(&preset.recipe);
        let differs = |(key, value): &(&String, &f64)| at.get(*key) != Some(*value);
        let knobs: Knobs = wanted.iter().filter(differs).map(|(key, value)| (key.clone(), *value)).collect();
        let mut made = preset.recipe.clone();
        let whole = turn_all(&mut made, &knobs).is_ok() && made == *recipe;
        (i, knobs, whole)
    });
    tried.min_by_key(|(_, knobs, whole)| (!whole, knobs.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Budget;

    #[test]
    fn a_recipe_comes_back_from_its_knobs() {
        let presets = Preset::all().expect("sound");
        for (i, (_, preset)) in presets.iter().enumerate() {
            assert_eq!(as_knobs(&preset.recipe, &presets), Some((i, vec![], true)));
        }
        let quick = Preset::named("quick").expect("there").recipe;
        let changed = Recipe { seed: 9, dropout: 0.25, budget: Budget::Steps(77), ..quick.clone() };
        let (i, knobs, whole) = as_knobs(&changed, &presets).expect("found");
        assert!(i == 0 && whole && knobs.iter().any(|(k, v)| k == "seed" && *v == 9.0), "{i} {whole} {knobs:?}");
        let odd = Recipe { warmup: 1234, ..quick };
        assert!(!as_knobs(&odd, &presets).expect("found").2, "a number that no knob turns");
    }

    #[test]
    fn what_varies_becomes_axes() {
        let presets = Preset::all().expect("sound");
        let sweep = Sweep { presets: vec![0, 3], widths: vec![64], layers: vec![], seeds: 2 };
        let axes = axes(&sweep, &presets, 5);
        let shown: Vec<String> = axes.iter().map(|(k, v)| format!("{k}={}", v.join("|"))).collect();
        assert_eq!(shown, ["preset=quick|lstm", "d_model=64", "seed=5|6"]);
        assert_eq!(sweep.n_runs(), job::sweep(&Recipe::default(), &axes).expect("sound").len());
        assert!(self::axes(&Sweep::default(), &presets, 5).is_empty());
    }
}
