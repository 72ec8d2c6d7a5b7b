//! The values each field can take. One table for all corpora, so that models can be exchanged.

use crate::music::{Meter, Role};

/// Grid of musical time: exact for straight and triplet values to 1/32 and dotted ones to 1/16.
pub const STEPS_PER_QUARTER: u32 = 24;

/// Longest bar the step field can address; longer bars are divided (see [`super::BarGrid`]).
pub const MAX_BAR_STEPS: u32 = 192;

/// Value of [`Field::Bar`] that ends a piece.
pub const END: u16 = 16;

/// Most bars that one event can move on; a longer rest is shortened to this, and reported.
pub const MAX_BARS_ON: u32 = 15;

pub const N_FIELDS: usize = 6;

/// The fields of a note event, in the order in which they are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Bar lines crossed since the previous note (0–15), or [`END`].
    Bar = 0,
    /// In the same bar: steps since the previous onset (0–191).
    /// In a later bar: 192 + steps from that bar line.
    Step = 1,
    /// The voice slot, see [`slot`].
    Voice = 2,
    /// MIDI pitch; in a drum slot, General MIDI's drum.
    Pitch = 3,
    /// Index into [`DURATIONS`].
    Duration = 4,
    /// Velocity in 16 bins of 8.
    Velocity = 5,
}

impl Field {
    pub const ALL: [Field; N_FIELDS] =
        [Field::Bar, Field::Step, Field::Voice, Field::Pitch, Field::Duration, Field::Velocity];

    /// Number of values.
    pub const fn size(self) -> usize {
        match self {
            Field::Bar => END as usize + 1,
            Field::Step => 2 * MAX_BAR_STEPS as usize,
            Field::Voice => N_SLOTS,
            Field::Pitch => 128,
            Field::Duration => DURATIONS.len(),
            Field::Velocity => 16,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Field::Bar => "bar",
            Field::Step => "step",
            Field::Voice => "voice",
            Field::Pitch => "pitch",
            Field::Duration => "duration",
            Field::Velocity => "velocity",
        }
    }
}

/// Durations in steps: every multiple of a sixteenth up to four bars of 4/4, the short straight,
/// dotted and triplet values, and a few long ones; anything else is rounded to the nearest.
pub const DURATIONS: [u16; 95] = duration_table();

const fn duration_table() -> [u16; 95] {
    const EXTRA: [u16; 31] = [
        1, 2, 3, 4, 5, 8, 9, 10, 14, 15, 16, 20, 21, 27, 28, 32, 33, 39, 40, 44, 45, 56, 64, 80, 88, 112, 128, 432,
        480, 576, 768,
    ];
    let mut table = [0; 95];
    let (mut i, mut sixteenths, mut e) = (0, 1, 0);
    while i < 95 {
        let straight = 6 * sixteenths;
        if sixteenths <= 64 && (e >= EXTRA.len() || straight < EXTRA[e]) {
            table[i] = straight;
            sixteenths += 1;
        } else {
            table[i] = EXTRA[e];
            e += 1;
        }
        i += 1;
    }
    table
}

/// Index of the duration nearest to `steps`; of two equally near, the shorter.
pub fn duration_index(steps: u32) -> u16 {
    let at = DURATIONS.partition_point(|d| u32::from(*d) < steps);
    if at == 0 {
        return 0;
    }
    if at == DURATIONS.len() {
        return at as u16 - 1;
    }
    let (below, above) = (u32::from(DURATIONS[at - 1]), u32::from(DURATIONS[at]));
    if steps - below <= above - steps { at as u16 - 1 } else { at as u16 }
}

pub fn velocity_bin(velocity: u8) -> u16 {
    u16::from(velocity.min(127) / 8)
}

/// The velocity a bin stands for: its middle.
pub fn velocity_from_bin(bin: u16) -> u8 {
    (bin.min(15) * 8 + 4) as u8
}

pub const N_SLOTS: usize = 32;

/// First slot and number of slots of a role. The same in every corpus.
const fn slot_range(role: Role) -> (u8, u8) {
    match role {
        Role::Melody => (0, 6),
        Role::Inner => (6, 6),
        Role::Chords => (12, 8),
        Role::Bass => (20, 4),
        Role::Drums => (24, 4),
        Role::Other => (28, 4),
    }
}

/// Slot of the `index`-th voice of a role (from 0), and whether it had to share the role's last slot.
pub fn slot(role: Role, index: usize) -> (u8, bool) {
    let (first, count) = slot_range(role);
    let last = usize::from(count) - 1;
    (first + index.min(last) as u8, index > last)
}

/// Role and index of a slot: the inverse of [`slot`].
pub fn slot_role(slot: u8) -> (Role, usize) {
    for role in Role::ALL {
        let (first, count) = slot_range(role);
        if (first..first + count).contains(&slot) {
            return (role, usize::from(slot - first));
        }
    }
    (Role::Other, 0)
}

/// Whether a slot is of drums, whose pitches are instruments.
pub fn is_drums(slot: u8) -> bool {
    slot_role(slot).0 == Role::Drums
}

/// Kinds of bar the model tells apart; 0 is "any other".
pub const N_METERS: usize = 16;

/// Names a bar by its length and by how it is felt.
pub fn meter_id(meter: Meter, bar_steps: u32) -> u8 {
    let compound = meter.is_compound();
    match (bar_steps, compound) {
        (96, false) => 1,
        (72, false) => 2,
        (48, false) => 3,
        (72, true) => 4,
        (108, true) => 5,
        (144, true) => 6,
        (36, _) => 7,
        (24, _) => 8,
        (120, _) => 9,
        (60, _) => 10,
        (84, _) => 11,
        (144, false) => 12,
        (192, _) => 13,
        (168, _) => 14,
        (12, _) => 15,
        _ => 0,
    }
}

/// A meter of this kind: 4/4 for "any other".
pub fn meter_of_id(id: u8) -> Meter {
    const METERS: [(u8, u8); N_METERS] = [
        (4, 4),
        (4, 4),
        (3, 4),
        (2, 4),
        (6, 8),
        (9, 8),
        (12, 8),
        (3, 8),
        (1, 4),
        (5, 4),
        (5, 8),
        (7, 8),
        (3, 2),
        (4, 2),
        (7, 4),
        (1, 8),
    ];
    let (numerator, denominator) = METERS[usize::from(id).min(N_METERS - 1)];
    Meter { numerator, denominator }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_rise_and_hold_every_sixteenth_of_four_bars() {
        assert!(DURATIONS.windows(2).all(|w| w[0] < w[1]));
        for sixteenths in 1..=64 {
            let steps = sixteenths * 6;
            assert_eq!(u32::from(DURATIONS[usize::from(duration_index(steps))]), steps);
        }
        assert_eq!(DURATIONS[usize::from(duration_index(100_000))], 768);
        assert_eq!(DURATIONS[usize::from(duration_index(0))], 1);
    }

    #[test]
    fn slots_tile_the_table() {
        for s in 0..N_SLOTS as u8 {
            let (role, index) = slot_role(s);
            assert_eq!(slot(role, index), (s, false));
        }
        assert_eq!(slot(Role::Bass, 9), (23, true));
    }

    #[test]
    fn meters_and_their_kinds_agree() {
        for id in 1..N_METERS as u8 {
            let meter = meter_of_id(id);
            assert_eq!(meter_id(meter, meter.bar_ticks(STEPS_PER_QUARTER) as u32), id, "{meter}");
        }
    }

    #[test]
    fn velocities_survive_their_bins() {
        for bin in 0..16 {
            assert_eq!(velocity_bin(velocity_from_bin(bin)), bin);
        }
    }
}
