//! Musical time: ticks, tempo and meter, and the maps between ticks, seconds and bars.
//!
//! Deliberately knows nothing of notes. Everything is exact integer arithmetic except seconds.

use super::changes::{self, Change};
use serde::{Deserialize, Serialize};

/// Integer score time, counted in ticks of which a [`crate::music::Score`] has `ppq` to a quarter
/// note. Signed, so that differences are plain subtraction; positions in a score are never negative.
pub type Tick = i64;

/// The tempo before any tempo change: 120 quarter notes a minute.
pub const DEFAULT_MICROS_PER_QUARTER: u32 = 500_000;

/// From `tick` on, a quarter note lasts `micros_per_quarter` microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TempoChange {
    pub tick: Tick,
    pub micros_per_quarter: u32,
}

impl Change for TempoChange {
    fn tick(&self) -> Tick {
        self.tick
    }
}

/// Every tempo change of a piece, sorted by tick, at most one a tick.
/// Before the first change the tempo is [`DEFAULT_MICROS_PER_QUARTER`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TempoMap {
    changes: Vec<TempoChange>,
}

impl TempoMap {
    /// One tempo throughout.
    pub fn constant(quarters_per_minute: f64) -> Self {
        let mut map = Self::default();
        map.set(0, micros_from_qpm(quarters_per_minute));
        map
    }

    pub fn changes(&self) -> &[TempoChange] {
        &self.changes
    }

    /// Sets the tempo from `tick` on, replacing a change at the same tick. Negative ticks count as 0,
    /// a zero tempo as one microsecond.
    pub fn set(&mut self, tick: Tick, micros_per_quarter: u32) {
        let change = TempoChange { tick: tick.max(0), micros_per_quarter: micros_per_quarter.max(1) };
        changes::set(&mut self.changes, change);
    }

    /// Takes out the change at exactly `tick`.
    pub fn remove(&mut self, tick: Tick) -> Option<TempoChange> {
        changes::remove(&mut self.changes, tick)
    }

    /// Microseconds a quarter in force at `tick`.
    pub fn micros_at(&self, tick: Tick) -> u32 {
        let i = self.changes.partition_point(|c| c.tick <= tick);
        if i == 0 { DEFAULT_MICROS_PER_QUARTER } else { self.changes[i - 1].micros_per_quarter }
    }

    /// Quarter notes a minute in force at `tick`.
    pub fn qpm_at(&self, tick: Tick) -> f64 {
        60_000_000.0 / f64::from(self.micros_at(tick))
    }

    /// Seconds from the start of the piece to `tick`.
    pub fn secs_from_tick(&self, tick: Tick, ppq: u32) -> f64 {
        let (mut secs, mut at, mut micros) = (0.0, 0, DEFAULT_MICROS_PER_QUARTER);
        for c in self.changes.iter().take_while(|c| c.tick < tick) {
            secs += secs_of(c.tick - at, micros, ppq);
            (at, micros) = (c.tick, c.micros_per_quarter);
        }
        secs + secs_of(tick - at, micros, ppq)
    }

    /// The tick (a real number) that sounds `secs` after the start of the piece.
    pub fn tick_from_secs(&self, secs: f64, ppq: u32) -> f64 {
        let (mut left, mut at, mut micros) = (secs, 0, DEFAULT_MICROS_PER_QUARTER);
        for c in &self.changes {
            let span = secs_of(c.tick - at, micros, ppq);
            if span > left {
                break;
            }
            left -= span;
            (at, micros) = (c.tick, c.micros_per_quarter);
        }
        at as f64 + left * 1e6 * f64::from(ppq) / f64::from(micros)
    }
}

fn secs_of(ticks: Tick, micros_per_quarter: u32, ppq: u32) -> f64 {
    ticks as f64 * f64::from(micros_per_quarter) / (1e6 * f64::from(ppq.max(1)))
}

/// Microseconds a quarter for a tempo in quarter notes a minute, clamped to what MIDI can hold.
pub fn micros_from_qpm(quarters_per_minute: f64) -> u32 {
    (60_000_000.0 / quarters_per_minute.max(1e-3)).round().clamp(1.0, 16_777_215.0) as u32
}

/// A time signature: `numerator` beats of one `denominator`-th note. The denominator is a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Meter {
    pub numerator: u8,
    pub denominator: u8,
}

impl Meter {
    pub const COMMON: Meter = Meter { numerator: 4, denominator: 4 };

    /// `None` unless the numerator is positive and the denominator a power of two up to 64.
    pub fn new(numerator: u8, denominator: u8) -> Option<Self> {
        (numerator > 0 && denominator.is_power_of_two() && denominator <= 64).then_some(Self { numerator, denominator })
    }

    /// Length of a bar in ticks, at least 1.
    pub fn bar_ticks(self, ppq: u32) -> Tick {
        (Tick::from(ppq) * 4 * Tick::from(self.numerator) / Tick::from(self.denominator)).max(1)
    }

    /// Length of a felt beat: a dotted quarter in 6/8, 9/8, 12/8, else one denominator note.
    pub fn beat_ticks(self, ppq: u32) -> Tick {
        let unit = (Tick::from(ppq) * 4 / Tick::from(self.denominator)).max(1);
        if self.is_compound() { unit * 3 } else { unit }
    }

    /// 6/8, 9/8, 12/8, 6/16 …
    pub fn is_compound(self) -> bool {
        self.denominator >= 8 && self.numerator > 3 && self.numerator.is_multiple_of(3)
    }
}

impl std::fmt::Display for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// From `tick` on, bars have this meter. A change always starts a new bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterChange {
    pub tick: Tick,
    pub meter: Meter,
}

impl Change for MeterChange {
    fn tick(&self) -> Tick {
        self.tick
    }
}

/// Where a tick falls: bar (from 0), ticks into the bar, and the bar's own extent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarPosition {
    pub bar: i64,
    pub offset: Tick,
    pub bar_start: Tick,
    /// Shorter than the meter says where a meter change cuts the bar off (a pickup, for one).
    pub bar_len: Tick,
    pub meter: Meter,
}

/// Every meter change of a piece, sorted by tick, at most one a tick.
/// Before the first change the meter is 4/4.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterMap {
    changes: Vec<MeterChange>,
}

impl MeterMap {
    /// One meter throughout.
    pub fn constant(meter: Meter) -> Self {
        Self { changes: vec![MeterChange { tick: 0, meter }] }
    }

    pub fn changes(&self) -> &[MeterChange] {
        &self.changes
    }

    /// Sets the meter from `tick` on, replacing a change at the same tick.
    pub fn set(&mut self, tick: Tick, meter: Meter) {
        changes::set(&mut self.changes, MeterChange { tick: tick.max(0), meter });
    }

    /// Takes out the change at exactly `tick`; what came before it goes on.
    pub fn remove(&mut self, tick: Tick) -> Option<MeterChange> {
        changes::remove(&mut self.changes, tick)
    }

    /// The meter in force at `tick`.
    pub fn meter_at(&self, tick: Tick) -> Meter {
        let i = self.changes.partition_point(|c| c.tick <= tick);
        if i == 0 { Meter::COMMON } else { self.changes[i - 1].meter }
    }

    /// Stretches of one meter: (start, end or `None` for the last, meter).
    fn stretches(&self) -> impl Iterator<Item = (Tick, Option<Tick>, Meter)> + '_ {
        let implied = self.changes.first().is_none_or(|c| c.tick > 0);
        let head = implied.then(|| (0, self.changes.first().map(|c| c.tick), Meter::COMMON));
        head.into_iter().chain(
            self.changes.iter().enumerate().map(|(i, c)| (c.tick, self.changes.get(i + 1).map(|n| n.tick), c.meter)),
        )
    }

    /// The bar that holds `tick`. Negative ticks count as 0.
    pub fn position(&self, tick: Tick, ppq: u32) -> BarPosition {
        let tick = tick.max(0);
        let mut bars_before = 0;
        for (start, end, meter) in self.stretches() {
            let len = meter.bar_ticks(ppq);
            if end.is_none_or(|e| tick < e) {
                let bar = (tick - start) / len;
                let bar_start = start + bar * len;
                let bar_len = end.map_or(len, |e| len.min(e - bar_start));
                return BarPosition { bar: bars_before + bar, offset: tick - bar_start, bar_start, bar_len, meter };
            }
            bars_before += end.map_or(0, |e| (e - start + len - 1) / len);
        }
        unreachable!("the last stretch has no end")
    }

    /// First tick of bar `bar` (from 0).
    pub fn bar_start(&self, bar: i64, ppq: u32) -> Tick {
        let mut before = 0;
        for (start, end, meter) in self.stretches() {
            let len = meter.bar_ticks(ppq);
            let bars = end.map_or(i64::MAX, |e| (e - start + len - 1) / len);
            if bar - before < bars {
                return start + (bar - before).max(0) * len;
            }
            before += bars;
        }
        unreachable!("the last stretch has no end")
    }

    /// Number of bars that begin before `tick`: what a piece that ends there is long.
    pub fn n_bars(&self, end: Tick, ppq: u32) -> i64 {
        if end <= 0 { 0 } else { self.position(end - 1, ppq).bar + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_ticks_are_inverse_across_tempo_changes() {
        let mut map = TempoMap::constant(120.0);
        map.set(960, micros_from_qpm(60.0));
        assert_eq!(map.secs_from_tick(960, 480), 1.0);
        assert_eq!(map.secs_from_tick(1440, 480), 2.0);
        for tick in [0, 1, 959, 960, 961, 5000] {
            let back = map.tick_from_secs(map.secs_from_tick(tick, 480), 480);
            assert!((back - tick as f64).abs() < 1e-6, "{tick} came back as {back}");
        }
    }

    #[test]
    fn a_meter_change_starts_a_new_bar_even_inside_one() {
        let mut map = MeterMap::default();
        map.set(0, Meter { numerator: 4, denominator: 4 });
        map.set(240, Meter { numerator: 3, denominator: 4 });
        let pickup = map.position(10, 480);
        assert_eq!((pickup.bar, pickup.bar_len), (0, 240));
        let first = map.position(240, 480);
        assert_eq!((first.bar, first.offset, first.bar_len), (1, 0, 1440));
        for bar in 0..20 {
            assert_eq!(map.position(map.bar_start(bar, 480), 480).bar, bar);
        }
    }

    #[test]
    fn six_eight_beats_are_dotted_quarters() {
        assert_eq!(Meter { numerator: 6, denominator: 8 }.beat_ticks(24), 36);
        assert_eq!(Meter { numerator: 3, denominator: 8 }.beat_ticks(24), 12);
    }
}
