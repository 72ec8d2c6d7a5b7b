//! Operations with hand-written forward and backward passes on the flex device, and the same thing
//! composed of burn's own operations on every other.
//!
//! [`fused`] joins them to burn's graph, [`lanes`] and [`product`] are what they compute with.

mod adamw;
mod attend;
mod attention;
#[cfg(test)]
mod check;
mod fused;
mod gelu;
mod gru;
pub mod lanes;
mod likelihood;
mod linear;
mod lstm;
mod muon;
mod norm;
mod packed;
mod product;
mod recur;
mod residual;

pub use adamw::{AdamW, sum_of_squares};
pub use attention::{Sees, attention, merge, rotated, split};
pub use gelu::{bias_gelu, gelu_all};
pub use gru::{gru, gru_step};
pub use likelihood::weighted_nll;
pub use linear::linear;
pub use lstm::{LstmState, lstm, lstm_step};
pub use muon::muon_direction;
pub use norm::{norm, norm_rows};
pub use packed::Packed;
pub use residual::{Mask, dropped, residual};
