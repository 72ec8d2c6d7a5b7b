//! How much quieter each program is made so that all are equally loud: what `cadenza bank --check` says
//! of a bank without them.

/// dB, one for each program.
#[rustfmt::skip]
pub const TRIM_DB: [f64; 128] = [0.0; 128];
