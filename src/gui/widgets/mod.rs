//! Small parts that pages are made of. They hold no state of ours and push no actions.

pub mod button;
pub mod icon;
pub mod mini_roll;
pub mod opening;
pub mod section;

pub use button::{chip, fields, focus_ring, icon_button, icon_button_sized, plain_button, primary_button, slider};
pub use icon::Icon;
pub use opening::Opening;
pub use section::{card, labelled, labelled_group, section, subdued};
