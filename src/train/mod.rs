//! Training: a recipe and encoded pieces in, a run folder out.
//!
//! [`recipe`] says what is to be done, [`data`] holds the encoded pieces, [`batches`] deals them out,
//! [`optimiser`] takes one step ([`elementwise`] has the simple rules), [`trainer`] is the loop,
//! [`counting`] makes the n-gram model and [`counted`] its run, [`watch`] is what is told and heard,
//! [`evaluate`] and [`baselines`] give exact likelihoods, [`hidden`] what a model makes of whole pieces,
//! [`run`] is the folder in which everything is kept, [`report_card`] the card that judges what came out. Prints nothing.

pub mod baselines;
pub mod batches;
mod counted;
pub mod counting;
pub mod data;
mod elementwise;
pub mod error;
pub mod evaluate;
pub mod hidden;
mod moments;
pub mod optimiser;
mod recent;
pub mod recipe;
pub mod report_card;
pub mod run;
pub mod schedule;
pub mod trainer;
pub mod watch;

pub use baselines::Baselines;
pub use data::{DataSet, Sequence};
pub use error::TrainError;
pub use evaluate::{Likelihood, evaluate};
pub use recipe::{Budget, OptimiserKind, Preset, Recipe, Schedule};
pub use report_card::ReportCard;
pub use run::{Report, Run, RunError};
pub use trainer::{Outcome, resume, train};
pub use watch::{Check, Command, StepInfo, TrainEvent, Watch};
