//! How long trainings would take on this device, as a job: measured on a part of the pieces, one recipe
//! after the other, told as they are known.

use super::{Cancelled, Job, Source, Waker, source};
use crate::corpus::Piece;
use crate::model::Compute;
use crate::train::{DataSet, Estimate, Recipe, Whole, estimate};
use std::time::Duration;

/// Pieces to measure with, at most.
const SAMPLE: usize = 240;
/// Steps are measured for so long.
const LONGEST: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub struct EstimateRequest {
    pub source: Source,
    /// Each with a name by which it is told.
    pub recipes: Vec<(String, Recipe)>,
    pub compute: Compute,
}

/// What is known of one recipe.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Estimated {
    pub name: String,
    /// The estimate, or why there is none.
    pub outcome: Result<Estimate, String>,
}

/// Starts measuring. Cheap recipes first.
pub fn spawn_estimate(request: EstimateRequest, waker: Waker) -> Job<Estimated, Vec<Estimated>> {
    Job::spawn("estimate", waker, move |control| {
        let EstimateRequest { source, mut recipes, compute } = request;
        let pieces = source::read(source, &|_| {}, control.cancel_flag())?;
        let notes = |which: &[usize]| which.iter().map(|i| pieces.pieces[*i].summary.notes as usize).sum();
        let whole = Whole { train_notes: notes(&pieces.split.train), valid_notes: notes(&pieces.split.valid) };
        let sample = |which: &[usize], most: usize| -> Vec<&Piece> {
            which.iter().step_by(which.len().div_ceil(most).max(1)).map(|i| &pieces.pieces[*i]).collect()
        };
        let (train, valid) = (sample(&pieces.split.train, SAMPLE), sample(&pieces.split.valid, SAMPLE / 4));
        let sample = |tonic| DataSet::new("sample", &train, &valid, tonic);
        let samples = [sample(false)?, sample(true)?];
        recipes.sort_by_key(|(_, r)| r.d_model * r.n_layers * usize::from(r.arch.is_network()));
        let mut all = Vec::new();
        for (name, recipe) in recipes {
            let data = &samples[usize::from(recipe.common_tonic)];
            let go_on = &mut || !control.is_cancelled();
            let outcome = match estimate(&name, data, whole, &recipe, compute, LONGEST, go_on) {
                Ok(Some(estimate)) => Ok(estimate),
                Ok(None) => return Err(Cancelled.into()),
                Err(e) => Err(e.to_string()),
            };
            let estimated = Estimated { name, outcome };
            control.send(estimated.clone());
            all.push(estimated);
        }
        Ok(all)
    })
}
