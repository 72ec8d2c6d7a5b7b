//! The run of an n-gram model: counted in one go, measured once, kept in a folder like every other.

use super::baselines::Baselines;
use super::counting::{count, likelihood};
use super::data::DataSet;
use super::error::TrainError;
use super::recipe::Recipe;
use super::report::Ending;
use super::run::{MetricsRow, ModelInfo, Progress, Report, Run};
use super::standing::Standing;
use super::trainer::Outcome;
use super::watch::{Check, Command, TrainEvent, Watch};
use crate::model::Checkpoint;
use std::time::{Duration, Instant};

/// Events that are counted at most: about half a gigabyte of memory.
const MOST: usize = 2_000_000;

/// Counts the pieces of `data`. A run that was stopped is counted again from the first piece: it is a
/// matter of seconds.
pub fn count_run(data: &DataSet, recipe: &Recipe, run: &Run, watch: &mut dyn Watch) -> Result<Outcome, TrainError> {
    let config = recipe.model_config(data.has_velocity);
    let n_fields = config.fields.len();
    run.rewind_metrics(0)?;
    if data.n_train_notes() > MOST {
        watch.event(TrainEvent::Says(format!(
            "of {} notes {MOST} are counted, in pieces drawn at random: more would need too much memory",
            data.n_train_notes()
        )));
    }
    watch.event(TrainEvent::Says("counting what follows what".to_owned()));
    let begun = Instant::now();
    let go_on = |_| {
        while watch.command() == Command::Pause {
            std::thread::sleep(Duration::from_millis(50));
        }
        watch.command() != Command::Stop
    };
    let model = count(&data.train, n_fields, recipe.seed, MOST, go_on).ok_or(TrainError::Stopped)?;
    let held_out = (!data.valid.is_empty()).then(|| likelihood(&model, &data.valid, n_fields));
    let nats = held_out.as_ref().map(|l| l.nats_per_note());
    let seconds = begun.elapsed().as_secs_f64();
    let baselines = Baselines { ngram: nats.unwrap_or(0.0), ..Baselines::simple(&data.train, &data.valid, n_fields) };
    watch.event(TrainEvent::Started {
        steps: 1,
        parameters: model.n_contexts(),
        train_notes: data.n_train_notes(),
        valid_notes: data.n_valid_notes(),
        baselines,
        resumed_at: 0,
    });
    let notes_seen = data.n_train_notes() as u64;
    let progress = Progress { step: 1, seconds, notes_seen, best_step: 1, best_valid: nats, ..Progress::default() };
    let mut card = data.card.clone();
    (card.step, card.valid_nats_per_note) = (1, nats);
    let info = ModelInfo { card, progress };
    let counted = Checkpoint { config, info, weights: model.to_bytes(), counts: None, optimiser: None, half: false };
    run.write_model(&run.best_path(), &counted)?;
    run.write_baselines(&baselines)?;
    watch.checked(1, true, counted);
    let mut report = Report {
        run: run.dir.clone(),
        arch: recipe.arch.to_string(),
        parameters: model.n_contexts(),
        steps: 1,
        planned_steps: 1,
        epochs: 1.0,
        notes_per_sec: notes_seen as f64 / seconds.max(1e-9),
        seconds,
        best_step: 1,
        valid_nats_per_note: nats,
        baselines,
        ended: "all pieces were counted".to_owned(),
        ending: Some(Ending::Complete),
        ..Report::default()
    };
    if let (Some(likelihood), Some(nats_per_note)) = (held_out, nats) {
        let fields: Vec<f64> = likelihood.by_field().into_iter().map(|(_, n)| n).collect();
        report.fields = likelihood.by_field().into_iter().map(|(f, n)| (f.to_owned(), n)).collect();
        let accuracy = likelihood.accuracy();
        let row = MetricsRow {
            valid: true,
            step: 1,
            epoch: 1.0,
            seconds,
            learning_rate: 0.0,
            nats_per_note,
            fields,
            accuracy,
            network: None,
        };
        run.append(&row.to_csv())?;
        let (best, train_nats, standing) = (true, None, Standing::First);
        let check = Check { step: 1, epoch: 1.0, seconds, likelihood, best, train_nats, standing };
        watch.event(TrainEvent::Checked(check));
    }
    run.write_report(&report)?;
    Ok(Outcome { report })
}
