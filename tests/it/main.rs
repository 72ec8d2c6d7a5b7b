//! The one integration binary: what holds between modules, and the program as a user meets it.

mod architecture;
mod cli;
mod explain;
mod faults;
mod form;
mod formats;
mod gui;
mod infill;
mod lavapipe;
mod meters;
mod pipeline;
mod report;
mod road;
mod rules;
mod trainings;
