//! A piece with a part of it open: what is given, what is to be written, and how both are told.
//!
//! The open part is some bars of some slots. A given note is told from the given one before it; a note
//! that is to be written from the one before it among those, the first from the bar line at which the
//! part begins; END closes it.

use super::vocabulary::{END, Field, MAX_BAR_STEPS, MAX_BARS_ON};
use super::{Event, N_FIELDS};

/// Bars `from..to` (the first bar is 0) of some slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub from: u32,
    pub to: u32,
    /// Slots that are open, a bit each.
    pub open: u32,
}

impl Region {
    pub fn bars(&self) -> u32 {
        self.to.saturating_sub(self.from)
    }

    pub fn opens(&self, slot: u16) -> bool {
        self.open >> slot.min(31) & 1 == 1
    }

    /// Whether a note of this bar and slot is one that would be written.
    pub fn holds(&self, bar: u32, slot: u16) -> bool {
        (self.from..self.to).contains(&bar) && self.opens(slot)
    }
}

/// What becomes of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Given,
    Target,
    /// Neither shown nor asked for.
    Hidden,
}

/// A region's notes, told as a network is told them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// In order of onset.
    pub given: Vec<Event>,
    /// In order of onset, then END.
    pub targets: Vec<Event>,
    /// The bar of each target but END.
    pub bars: Vec<u32>,
}

/// The bar of each event of a piece, from 0. A rest that was shortened counts as it was told.
pub fn bars_of(events: &[Event]) -> Vec<u32> {
    let moved = |bar: &mut u32, e: &Event| {
        *bar += if e.is_end() { 0 } else { u32::from(e.fields[Field::Bar as usize]) };
        Some(*bar)
    };
    events.iter().scan(0, moved).collect()
}

/// Tells the notes of a piece (END, where it is among them, is passed over) as `part` sorts them. `start`
/// is the step of the bar line at which the region begins, `meter` the kind of that bar.
pub fn opened(
    events: &[Event],
    bars: &[u32],
    region: Region,
    (start, meter): (u32, u8),
    part: impl Fn(usize) -> Part,
) -> Opened {
    let mut out = Opened::default();
    let (mut given, mut target) = ((None, 0), (Some(region.from), 0));
    for (i, (event, bar)) in events.iter().zip(bars).enumerate().filter(|(_, (e, _))| !e.is_end()) {
        match part(i) {
            Part::Given => out.given.push(told_from(event, *bar, &mut given)),
            Part::Target => {
                out.targets.push(told_from(event, *bar, &mut target));
                out.bars.push(*bar);
            }
            Part::Hidden => {}
        }
    }
    out.targets.push(end_after(out.targets.last(), start, meter));
    out
}

/// The event, its bar and step counted from bar and place `before` (bar `None`: its own bar line).
fn told_from(event: &Event, bar: u32, before: &mut (Option<u32>, u16)) -> Event {
    let bars_on = bar.saturating_sub(before.0.unwrap_or(bar));
    let mut out = *event;
    out.fields[Field::Bar as usize] = bars_on.min(MAX_BARS_ON) as u16;
    out.fields[Field::Step as usize] =
        if bars_on == 0 { event.place.saturating_sub(before.1) } else { MAX_BAR_STEPS as u16 + event.place };
    *before = (Some(bar), event.place);
    out
}

fn end_after(last: Option<&Event>, start: u32, meter: u8) -> Event {
    let mut fields = [0; N_FIELDS];
    fields[Field::Bar as usize] = END;
    last.map_or(Event { fields, onset: start, place: 0, meter }, |last| Event { fields, ..*last })
}

/// Values of the condition "bars left".
pub const N_LEFT: usize = 32;

/// How many bars are left, told exactly up to 24.
pub fn left_value(bars: u32) -> u16 {
    const BEYOND: [u32; 6] = [28, 32, 40, 48, 64, 96];
    if bars <= 24 { bars.max(1) as u16 } else { 25 + BEYOND.partition_point(|b| *b < bars) as u16 }
}

/// Values of the condition "density".
pub const N_DENSITY: usize = 24;

/// Notes a bar, in steps of about a quarter.
pub fn density_value(notes_per_bar: f64) -> u16 {
    1 + (3.0 * (notes_per_bar.max(0.0) + 1.0).log2()).round().min(22.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{BarGrid, Decoder, encode};
    use crate::music::text;

    /// Two bars of melody over two chords, and a third bar.
    fn events() -> Vec<Event> {
        let melody = "melody | 0 24 c4 | 24 24 d4 | 48 48 e4 | 96 24 f4 | 120 72 g4 | 192 96 c5";
        let score = text::parse(&format!("{melody}\nbass | 0 96 c2 | 96 96 g2 | 192 96 c2")).expect("valid");
        encode(&score).events
    }

    #[test]
    fn a_region_is_told_from_its_own_bar_line_and_decodes_to_its_notes() {
        let (events, bars) = (events(), bars_of(&events()));
        assert_eq!(bars, [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]);
        let region = Region { from: 1, to: 2, open: 1 };
        let part = |i: usize| {
            let open = region.holds(bars[i], events[i].fields[Field::Voice as usize]);
            if open { Part::Target } else { Part::Given }
        };
        let all = opened(&events, &bars, region, (96, 1), part);
        let told = |e: &[Event]| e.iter().map(|e| (e.fields[0], e.fields[1], e.fields[3], e.onset)).collect::<Vec<_>>();
        assert_eq!(told(&all.targets), [(0, 0, 65, 96), (0, 24, 67, 120), (END, 0, 0, 120)]);
        assert_eq!(all.bars, [1, 1]);
        // Given notes keep their onsets and are told from each other.
        let given = [
            (0, 0, 60, 0),
            (0, 0, 36, 0),
            (0, 24, 62, 24),
            (0, 24, 64, 48),
            (1, 192, 43, 96),
            (1, 192, 72, 192),
            (0, 0, 36, 192),
        ];
        assert_eq!(told(&all.given), given);
        let mut decoder = Decoder::new(BarGrid::constant(crate::music::Meter::COMMON));
        decoder.jump(96);
        for target in &all.targets[..2] {
            assert_eq!(decoder.push(&target.fields).expect("a note").0.onset, target.onset);
        }
    }

    #[test]
    fn an_empty_region_is_its_end_and_hidden_notes_are_gone() {
        let (events, bars) = (events(), bars_of(&events()));
        let all = opened(&events, &bars, Region { from: 2, to: 3, open: 2 }, (192, 1), |_| Part::Hidden);
        assert!(all.given.is_empty() && all.targets.len() == 1);
        assert!(all.targets[0].is_end() && all.targets[0].onset == 192);
    }

    #[test]
    fn values_of_conditions_rise_and_fit_their_tables() {
        let left: Vec<u16> = (1..200).map(left_value).collect();
        assert!(left.windows(2).all(|w| w[0] <= w[1]) && usize::from(*left.last().expect("some")) < N_LEFT);
        assert_eq!((left_value(0), left_value(7), left_value(24), left_value(25)), (1, 7, 24, 25));
        let dense: Vec<u16> = (0..200).map(|n| density_value(f64::from(n))).collect();
        assert!(dense.windows(2).all(|w| w[0] <= w[1]) && usize::from(*dense.last().expect("some")) < N_DENSITY);
        assert!(dense[0] == 1 && dense[2] < dense[4] && dense[4] < dense[8] && density_value(-1.0) == 1);
    }
}
