//! The runs that are there: listed and read on threads of their own, so that a thousand of them do not
//! hold the window up.

use super::detail;
use crate::gui::pages::train::{Detail, RunRow, Standing, TrainNews};
use crate::gui::session::{EventSender, SessionEvent, Severity};
use crate::job::{self, Job, RunInfo, RunStanding, State, bundled};
use crate::train::Recipe;
use std::path::PathBuf;
use std::sync::Arc;

pub struct Listing {
    folder: PathBuf,
    infos: Vec<RunInfo>,
    list: Option<Job<(), Vec<RunInfo>>>,
    looks: Vec<Job<(), (String, Detail)>>,
}

impl Listing {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, infos: Vec::new(), list: None, looks: Vec::new() }
    }

    /// Lists anew.
    pub fn again(&mut self, events: &EventSender) {
        let folder = self.folder.clone();
        self.list = Some(Job::spawn("runs", events.waker(), move |_| Ok(job::runs::list(&folder))));
    }

    /// Reads one run; what comes of it is news of the page.
    pub fn look(&mut self, name: &str, events: &EventSender) {
        let Some(info) = self.infos.iter().find(|i| i.name == name).cloned() else { return };
        self.looks.push(Job::spawn("look", events.waker(), move |_| {
            let detail = detail::read(&info);
            Ok((info.name, detail))
        }));
    }

    /// Names of models: of runs that have one, the newest first, then those that come with the program.
    pub fn models(&self) -> impl Iterator<Item = String> + '_ {
        let own = self.infos.iter().filter(|i| i.has_model).map(|i| i.name.clone());
        let bundled = bundled::ALL.iter().map(|b| b.name);
        own.chain(bundled.filter(|name| self.infos.iter().all(|i| i.name != *name)).map(str::to_owned))
    }

    /// Hears both; the list where it is new.
    pub fn poll(&mut self, events: &EventSender) -> Option<Vec<RunInfo>> {
        self.looks.iter_mut().for_each(|look| look.poll().for_each(drop));
        for look in self.looks.extract_if(.., |look| !look.is_running()) {
            match look.into_state() {
                State::Done((name, detail)) => {
                    events.send(SessionEvent::Train(Box::new(TrainNews::Detail(name, Arc::new(detail)))));
                }
                State::Failed(why) => events.send(SessionEvent::Message(Severity::Warning, why)),
                State::Cancelled | State::Running => {}
            }
        }
        let mut list = self.list.take()?;
        list.poll().for_each(drop);
        if list.is_running() {
            self.list = Some(list);
            return None;
        }
        let State::Done(infos) = list.into_state() else { return None };
        self.infos = infos;
        events.send(SessionEvent::Models(self.models().collect()));
        let rows = self.infos.iter().map(row).collect();
        events.send(SessionEvent::Train(Box::new(TrainNews::Runs(rows))));
        Some(self.infos.clone())
    }
}

fn row(info: &RunInfo) -> RunRow {
    let report = info.report.clone().unwrap_or_default();
    let arch = info.plan.as_ref().map_or(report.arch, |p| p.recipe.arch.to_string());
    RunRow {
        name: info.name.clone(),
        dir: info.dir.clone(),
        standing: match &info.standing {
            RunStanding::Finished => Standing::Finished,
            RunStanding::CanResume => Standing::CanResume,
            RunStanding::Busy => Standing::Busy,
            RunStanding::Unreadable(why) => Standing::Unreadable(why.clone()),
        },
        age_secs: info.changed.and_then(|t| t.elapsed().ok()).map(|d| d.as_secs_f64()),
        has_model: info.has_model,
        size_bytes: info.size_bytes,
        nats: info.best,
        ngram: info.report.as_ref().map(|r| r.baselines.ngram).filter(|n| *n > 0.0),
        arch,
        parameters: report.parameters,
        steps: report.steps,
        planned_steps: info.plan.as_ref().map_or(report.planned_steps, |p| p.steps),
        best_step: report.best_step,
        seconds: report.seconds,
        notes_per_sec: report.notes_per_sec,
        recipe: info.plan.as_ref().map_or(Vec::new(), |p| flat(&p.recipe)),
    }
}

/// A recipe's numbers, by key.
fn flat(recipe: &Recipe) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(table)) = serde_json::to_value(recipe) else { return Vec::new() };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string().replace(['"', '{', '}'], ""),
    };
    table.into_iter().filter(|(key, _)| key != "arch").map(|(key, value)| (key, text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_a_list_of_keys_and_values() {
        let flat = flat(&Recipe { seed: 7, ..Recipe::default() });
        let of = |key: &str| flat.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        assert_eq!(
            (of("seed"), of("optimiser"), of("budget"), of("arch")),
            (Some("7"), Some("adamw"), Some("minutes:10.0"), None)
        );
    }
}
