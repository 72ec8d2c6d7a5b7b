//! Training: a recipe and encoded pieces in, a run folder out.
//!
//! [`recipe`] says what is to be done, [`data`] holds the encoded pieces, [`batches`] deals them out and
//! [`tasks`] says what each window asks for, [`step`] takes one step with [`optimiser`] ([`elementwise`] has
//! the simple rules, [`average`] the mean of the weights), [`transfer`] starts from another model, [`trainer`]
//! begins and goes on, [`course`] is the loop, [`counting`] makes the n-gram model and [`counted`] its run,
//! [`watch`] is what is told and heard, [`evaluate`] and [`baselines`] give exact likelihoods, [`regions`]
//! those of parts given the rest, [`jsb16`] tokens of chorales, [`hidden`] what a model makes of whole pieces,
//! [`run`] is the folder in which everything is kept ([`metrics`], [`report`] and [`card`] are files in it),
//! [`report_card`] judges what came out. [`health`] notices a training that runs away, [`standing`] has a word
//! for the curve, [`pace`] measures and estimates, [`keeper`] saves within its budget and outlives a full disk.
//! Prints nothing.

mod average;
pub mod baselines;
pub mod batches;
pub mod beside;
pub mod card;
mod clock;
mod counted;
pub mod counting;
mod course;
pub mod data;
mod elementwise;
pub mod error;
pub mod evaluate;
pub mod health;
pub mod hidden;
pub mod jsb16;
mod keeper;
pub mod keeping;
pub mod metrics;
mod moments;
pub mod optimiser;
pub mod pace;
mod recent;
pub mod recipe;
pub mod regions;
pub mod report;
pub mod report_card;
pub mod run;
pub mod schedule;
pub mod standing;
mod step;
pub mod tasks;
pub mod trainer;
pub mod transfer;
pub mod watch;

pub use baselines::Baselines;
pub use card::{DataCard, PieceCard};
pub use clock::{memory_held, peak_memory};
pub use data::{DataSet, Sequence};
pub use error::TrainError;
pub use evaluate::{Likelihood, evaluate};
pub use keeping::Keeping;
pub use metrics::MetricsRow;
pub use pace::{Estimate, Whole, estimate};
pub use recipe::{Budget, OptimiserKind, Preset, Recipe, Schedule};
pub use report::{Ending, Report};
pub use report_card::ReportCard;
pub use run::{Run, RunError};
pub use standing::Standing;
pub use trainer::{Outcome, resume, resume_with, train, train_with};
pub use watch::{Check, Command, Mishap, StepInfo, TakeAtCheck, TrainEvent, Watch};
