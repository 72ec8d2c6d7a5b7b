//! One integration binary.

mod gui;
