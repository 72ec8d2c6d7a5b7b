//! Training: a recipe and encoded pieces in, a run folder out.
//!
//! [`recipe`] says what is to be done, [`data`] holds the encoded pieces, [`batches`] deals them out and
//! [`tasks`] says what each window asks for,
//! [`optimiser`] takes one step ([`elementwise`] has the simple rules, [`average`] the mean of the weights),
//! [`transfer`] starts from another model, [`trainer`] is the loop,
//! [`counting`] makes the n-gram model and [`counted`] its run, [`watch`] is what is told and heard,
//! [`evaluate`] and [`baselines`] give exact likelihoods, [`regions`] those of parts given the rest, [`jsb16`] tokens of chorales, [`hidden`] what a model makes of whole pieces,
//! [`run`] is the folder in which everything is kept. Prints nothing.

mod average;
pub mod baselines;
pub mod batches;
mod counted;
pub mod counting;
pub mod data;
mod elementwise;
pub mod error;
pub mod evaluate;
pub mod hidden;
pub mod jsb16;
mod moments;
pub mod optimiser;
mod recent;
pub mod regions;
pub mod recipe;
pub mod run;
pub mod schedule;
pub mod tasks;
pub mod trainer;
pub mod transfer;
pub mod watch;

pub use baselines::Baselines;
pub use data::{DataSet, Sequence};
pub use error::TrainError;
pub use evaluate::{Likelihood, evaluate};
pub use recipe::{Budget, OptimiserKind, Preset, Recipe, Schedule};
pub use run::{Report, Run, RunError};
pub use trainer::{Outcome, resume, train};
pub use watch::{Check, Command, StepInfo, TrainEvent, Watch};
