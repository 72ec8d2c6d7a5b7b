//! Operations with hand-written forward and backward passes where the device has them, and the same
//! thing composed of burn's own operations where it has not.

mod attention;

pub use attention::attention;
