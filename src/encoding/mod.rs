//! Scores as sequences of note events with integer fields, and back.
//!
//! One [`Event`] is one note (or END). The fields, in the order in which the model chooses them, are
//! those of [`Field`]; [`bars::BarGrid`] gives musical time its bars, [`region`] tells a piece of
//! which a part is open, [`viewpoints`] are what an n-gram model looks at. Knows nothing of networks.

pub mod bars;
pub mod card;
pub mod decode;
pub mod encode;
pub mod region;
pub mod tonic;
pub mod viewpoints;
pub mod vocabulary;

pub use bars::{BarGrid, Place};
pub use card::{ModelCard, SlotCard, VOCABULARY, kind_of_bar};
pub use decode::{Decoder, slot_instrument};
pub use encode::{Encoded, encode, encode_with_slots, voice_slots};
pub use region::{Opened, Part, Region};
pub use viewpoints::{History, Viewpoint};
pub use vocabulary::{Field, N_FIELDS, STEPS_PER_QUARTER};

/// One step of the model: a note, or the end of the piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// A value for each [`Field`], in their order. After END in the first field the rest is 0.
    pub fields: [u16; N_FIELDS],
    /// Onset in steps from the start of the piece.
    pub onset: u32,
    /// Onset in steps from its bar line.
    pub place: u16,
    /// Which kind of bar it falls in, see [`vocabulary::meter_id`].
    pub meter: u8,
}

impl Event {
    pub fn is_end(&self) -> bool {
        self.fields[Field::Bar as usize] == vocabulary::END
    }

    /// The note, which stands `here`, as it is told after one that stands at `before`. A rest of more bars
    /// than a value can say is told as the longest.
    #[must_use]
    pub fn told_after(mut self, before: &Place, here: &Place) -> Self {
        let bars = here.bar.saturating_sub(before.bar);
        let beside = || here.place.saturating_sub(before.place);
        let step = if bars == 0 { beside() } else { vocabulary::MAX_BAR_STEPS + here.place };
        self.fields[Field::Bar as usize] = bars.min(vocabulary::MAX_BARS_ON) as u16;
        self.fields[Field::Step as usize] = step as u16;
        self
    }
}
