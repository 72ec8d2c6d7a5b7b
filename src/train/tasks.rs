//! What a training window asks for: plain left-to-right, or a region open and the rest given; and what
//! the network is told beside. Everything is drawn from (seed, step).

use super::data::Sequence;
use crate::encoding::region::{N_DENSITY, N_LEFT, Opened, density_value, left_value};
use crate::encoding::vocabulary::slot_role;
use crate::encoding::{Event, Field, Part, Region};
use crate::model::{Batch, Condition, ModelConfig};
use crate::music::Role;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

/// Steps (24 a quarter) of a sixteenth, in which the network is told the time.
pub const STEPS_PER_SIXTEENTH: f32 = 6.0;

/// Names of what a network can be told of the notes to come.
pub const LEFT: &str = "left";
pub const DENSITY: &str = "density";
pub const STYLE: &str = "style";

/// The conditions of a network that tells `styles` styles apart.
pub fn conditions(styles: usize) -> Vec<Condition> {
    let condition = |name: &str, size| Condition { name: name.to_owned(), size };
    let style = (styles > 1).then(|| condition(STYLE, styles + 1));
    [condition(LEFT, N_LEFT), condition(DENSITY, N_DENSITY)].into_iter().chain(style).collect()
}

/// What is told in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub left: bool,
    pub density: u16,
    pub style: u16,
}

/// Where a network is told what, and how often windows are of which kind.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    /// Share of windows with a region open.
    pub infill: f64,
    /// Share of windows that are told of conditions.
    pub tell: f64,
    n_conditions: usize,
    left: Option<usize>,
    density: Option<usize>,
    style: Option<usize>,
}

impl Tasks {
    /// Plain windows, told nothing, for this network.
    pub fn plain(config: &ModelConfig) -> Self {
        Self {
            infill: 0.0,
            tell: 0.0,
            n_conditions: config.conditions.len(),
            left: config.condition(LEFT),
            density: config.condition(DENSITY),
            style: config.condition(STYLE),
        }
    }

    /// The random numbers of a step.
    pub fn rng(seed: u64, step: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x7461_736B_7300_0000);
        rng.set_stream(step);
        rng
    }

    /// A batch for this network, to be filled.
    pub fn batch(&self, n_rows: usize, len: usize, n_fields: usize) -> Batch {
        let conditions = vec![vec![0; n_rows * len]; self.n_conditions];
        Batch { conditions, ..Batch::new(n_rows, len, n_fields) }
    }

    /// What a window of a sequence is told, with this many notes in as many bars.
    pub fn draw_told(&self, style: u16, notes: usize, bars: u32, rng: &mut impl Rng) -> Told {
        if self.n_conditions == 0 || !rng.random_bool(self.tell) {
            return Told::default();
        }
        let mut or_not = |value: u16| if rng.random_bool(0.7) { value } else { 0 };
        let (style, density) = (or_not(style), or_not(density_value(notes as f64 / f64::from(bars.max(1)))));
        Told { left: or_not(1) > 0, density, style }
    }

    /// Tells a plain stretch of a sequence, which stands from position `at` of a row-major vector on.
    pub fn tell_plain(
        &self,
        batch: &mut Batch,
        at: usize,
        s: &Sequence,
        bars: &[u32],
        stretch: Range<usize>,
        rng: &mut impl Rng,
    ) {
        let Some(last) = bars.last().filter(|_| self.n_conditions > 0) else { return };
        let told = self.draw_told(s.style.map_or(0, |s| s + 1), s.n_notes(), last + 1, rng);
        for (i, index) in stretch.enumerate() {
            let before = index.checked_sub(1).map_or(0, |b| bars[b]);
            self.tell(batch, at + i, told, last + 1 - before);
        }
    }

    /// Writes what is told at a position of a row-major vector; `left` in bars.
    pub fn tell(&self, batch: &mut Batch, at: usize, told: Told, left: u32) {
        let left = if told.left { left_value(left) } else { 0 };
        for (place, value) in [(self.left, left), (self.density, told.density), (self.style, told.style)] {
            if let Some(values) = place.and_then(|place| batch.conditions.get_mut(place)) {
                values[at] = i32::from(value);
            }
        }
    }
}

/// A region of a stretch of notes, and what becomes of each note. Long and short regions are equally
/// likely (by their logarithm), whole pieces and all voices common.
pub fn draw(events: &[Event], bars: &[u32], rng: &mut impl Rng) -> (Region, Vec<Part>) {
    let slot = |e: &Event| e.fields[Field::Voice as usize].min(31);
    let (first, end) = (bars[0], bars[bars.len() - 1] + 1);
    let (mut from, mut to) = (first, end);
    if !rng.random_bool(0.3) {
        let length = f64::from(end - first).powf(rng.random::<f64>()).round() as u32;
        from = bars[rng.random_range(0..bars.len())];
        to = end.min(from + length.max(1));
    }
    let present = events.iter().fold(0u32, |all, e| all | 1 << slot(e));
    let mut open = present;
    if present.count_ones() > 1 && rng.random_bool(0.5) {
        // One of the subsets that are neither empty nor all.
        let subset = rng.random_range(1..(1u64 << present.count_ones()) - 1);
        let slots = (0..32).filter(|s| present >> s & 1 == 1).enumerate();
        open = slots.filter(|(i, _)| subset >> i & 1 == 1).fold(0, |all, (_, s)| all | 1 << s);
    }
    let region = Region { from, to, open };
    let scattered = if rng.random_bool(0.25) { rng.random_range(0.1..0.9) } else { 0.0 };
    let (before, after, others) = (rng.random_bool(0.9), rng.random_bool(0.75), rng.random_bool(0.9));
    let reach = if rng.random_bool(0.3) { rng.random_range(1..=16) } else { u32::MAX };
    let shown = |yes: bool| if yes { Part::Given } else { Part::Hidden };
    let mut part = |bar: u32, slot: u16| {
        if region.holds(bar, slot) {
            if scattered > 0.0 && rng.random_bool(scattered) { Part::Given } else { Part::Target }
        } else if bar < from {
            shown(before && from - bar <= reach)
        } else if bar >= to {
            shown(after && bar - to < reach)
        } else {
            shown(others)
        }
    };
    let parts = events.iter().zip(bars).map(|(e, bar)| part(*bar, slot(e))).collect();
    (region, parts)
}

/// Pitch (of what is no drum) moved by `lift`, every other field as it is.
pub fn lifted(event: &Event, field: usize, lift: i16) -> i32 {
    let pitched = field == Field::Pitch as usize && !event.is_end();
    let drums = slot_role(event.fields[Field::Voice as usize] as u8).0 == Role::Drums;
    i32::from(event.fields[field]) + if pitched && !drums { i32::from(lift) } else { 0 }
}

/// Puts a region's notes into a row of a batch from position `at` on: what is given, then a header, in
/// whose place and after which the targets are predicted. Takes as many positions as there are notes,
/// and one for END.
pub fn put_opened(batch: &mut Batch, row: usize, at: usize, opened: &Opened, window: &OpenWindow<'_>) {
    let (header, begin) = (at + opened.given.len(), row * batch.len);
    let time = |onset: u32| (onset as f32 - window.origin as f32) / STEPS_PER_SIXTEENTH;
    for (i, event) in opened.given.iter().chain(&opened.targets).enumerate() {
        let (t, is_given) = (at + i, i < opened.given.len());
        let to = begin + t;
        for f in 0..batch.fields.len() {
            batch.fields[f][to] = lifted(event, f, window.lift);
        }
        batch.place[to] = i32::from(event.place);
        batch.begins[to] = at as u32;
        batch.sees[to] = t.max(header) as u32;
        (batch.given[to], batch.counts[to]) = (is_given, !is_given);
        batch.index[to] = if is_given { i } else { t - header } as u32;
        // What is read there: a given note itself, at the header the region, else the target before.
        let (read, left) = if is_given {
            (Some(event), None)
        } else if t == header {
            batch.open[to] = window.region.open;
            batch.opens[to] = window.region.from == 0;
            (None, Some(window.region.bars()))
        } else {
            let before = t - header - 1;
            (opened.targets.get(before), Some(window.region.to - opened.bars[before]))
        };
        batch.time[to] = time(read.map_or(window.start, |e| e.onset));
        batch.meter[to] = i32::from(read.map_or(window.meter, |e| e.meter));
        let told = Told { left: left.is_some(), ..window.told };
        window.tasks.tell(batch, to, told, left.unwrap_or(0));
    }
}

/// Everything about an open window but its notes.
pub struct OpenWindow<'a> {
    pub tasks: &'a Tasks,
    pub region: Region,
    /// Step of the bar line at which the region begins, and the kind of that bar.
    pub start: u32,
    pub meter: u8,
    /// The step that counts as 0.
    pub origin: u32,
    pub lift: i16,
    pub told: Told,
}

/// Step of the bar line of a bar that holds a note, and its kind.
pub fn bar_line(events: &[Event], bars: &[u32], bar: u32) -> Option<(u32, u8)> {
    let at = bars.iter().position(|b| *b == bar)?;
    Some((events[at].onset - u32::from(events[at].place), events[at].meter))
}

/// A stretch of a sequence as a window with a region drawn at random, one position longer than it has
/// notes at most. `None` where it holds no note.
pub fn drawn_window<'a>(
    tasks: &'a Tasks,
    s: &Sequence,
    bars: &[u32],
    stretch: Range<usize>,
    lift: i16,
    rng: &mut impl Rng,
) -> Option<(Opened, OpenWindow<'a>)> {
    let notes = stretch.start..stretch.end.min(s.n_notes()).max(stretch.start);
    let (events, bars) = (&s.events[notes.clone()], &bars[notes]);
    let origin = events.first()?.onset;
    let (region, parts) = draw(events, bars, rng);
    let (start, meter) = bar_line(events, bars, region.from)?;
    let opened = crate::encoding::region::opened(events, bars, region, (start, meter), |i| parts[i]);
    let told = tasks.draw_told(s.style.map_or(0, |s| s + 1), opened.targets.len() - 1, region.bars(), rng);
    Some((opened, OpenWindow { tasks, region, start, meter, origin, lift, told }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::region::bars_of;
    use crate::encoding::{BarGrid, Decoder, encode};
    use crate::music::{Meter, text};
    use crate::train::Recipe;
    use crate::train::batches::Batches;
    use std::sync::Arc;

    /// Two voices, eight bars.
    fn duet(style: Option<u16>) -> Sequence {
        let line = |role: &str, len: usize, pitch: usize| {
            let note = |i: usize| {
                format!(" | {} {len} {}", i * len, ["c", "d", "e", "f"][i % 4].to_owned() + &pitch.to_string())
            };
            format!("{role}{}", (0..8 * 96 / len).map(note).collect::<String>())
        };
        let score = text::parse(&format!("{}\n{}", line("melody", 24, 5), line("bass", 48, 2))).expect("valid");
        Sequence {
            events: encode(&score).events,
            first_meter: 1,
            style,
            ..crate::train::data::sequence_of(&score, None)
        }
    }

    fn tasks(infill: f64, tell: f64) -> Tasks {
        let recipe = Recipe { infill, tell, ..Recipe::default() };
        Tasks { infill, tell, ..Tasks::plain(&recipe.model_config_with(false, 3)) }
    }

    fn deal(infill: f64, tell: f64) -> Batches {
        let all = Arc::new(vec![duet(Some(1)), duet(None), duet(Some(0))]);
        Batches::new(all, 3, 80, 5, 4, true).with(tasks(infill, tell))
    }

    #[test]
    fn windows_follow_from_seed_and_step_and_plain_ones_are_what_they_were() {
        let (mut a, mut b) = (deal(0.5, 0.5), deal(0.5, 0.5));
        for _ in 0..20 {
            let (a, b) = (a.next_batch(), b.next_batch());
            assert_eq!((a.0.fields, a.0.open, a.0.conditions, a.1), (b.0.fields, b.0.open, b.0.conditions, b.1));
        }
        let all = Arc::new(vec![duet(Some(1)), duet(None), duet(Some(0))]);
        let (mut plain, mut told) = (Batches::new(all, 3, 80, 5, 4, true), deal(0.0, 1.0));
        for _ in 0..20 {
            let (plain, told) = (plain.next_batch().0, told.next_batch().0);
            assert_eq!(
                (plain.fields, plain.time, plain.counts, plain.sees),
                (told.fields, told.time, told.counts, told.sees)
            );
            assert!(plain.conditions.is_empty() && told.conditions.iter().all(|c| c.iter().any(|v| *v > 0)));
        }
    }

    #[test]
    fn an_open_window_tells_what_is_given_then_its_region_then_its_notes() {
        let (mut deck, mut opened, mut sequences) = (deal(1.0, 0.5), 0, 0);
        for _ in 0..60 {
            let b = deck.next_batch().0;
            for header in (0..b.open.len()).filter(|i| b.open[*i] > 0) {
                opened += 1;
                let (row, t) = (header / b.len * b.len, header % b.len);
                let begin = row + b.begins[header] as usize;
                assert!(
                    (begin..header).all(|i| b.given[i] && !b.counts[i] && b.sees[i] as usize == t && b.open[i] == 0)
                );
                assert!((begin..header).all(|i| b.conditions[0][i] == 0), "bars left are told of what is open");
                assert_eq!((b.sees[header] as usize, b.index[header], b.given[header]), (t, 0, false));
                // Targets up to END: within the region, told from its bar line, the bars left falling.
                let targets: Vec<usize> =
                    (header..row + b.len).take_while(|i| b.counts[*i] && (*i == header || b.open[*i] == 0)).collect();
                let end = targets.iter().position(|i| b.fields[0][*i] == 16).expect("END");
                let left = b.conditions[0][header] as u32;
                let mut decoder = Decoder::new(BarGrid::constant(Meter::COMMON));
                for (k, i) in targets[..=end].iter().enumerate() {
                    assert!(
                        b.sees[*i] as usize == i % b.len
                            && b.index[*i] as usize == k
                            && b.begins[*i] as usize == begin - row
                    );
                    assert_eq!(b.conditions[0][*i] as u32, left - decoder.at().bar, "bars left");
                    if k < end {
                        let fields: [u16; 6] = std::array::from_fn(|f| b.fields.get(f).map_or(0, |v| v[*i] as u16));
                        decoder.push(&fields).expect("a note");
                        assert!(b.open[header] >> fields[2] & 1 == 1 && decoder.at().bar < left);
                        assert_eq!(i32::from(decoder.at().place as u16), b.place[*i]);
                    }
                }
                sequences += usize::from(begin < header && end > 0);
            }
        }
        assert!(opened > 100 && sequences > 60, "{opened} regions, {sequences} with both sides");
    }

    #[test]
    fn regions_are_of_all_kinds() {
        let s = duet(None);
        let (events, bars) = (&s.events[..s.n_notes()], bars_of(&s.events));
        let mut seen = [0; 6];
        for step in 0..400 {
            let (region, parts) = draw(events, &bars[..events.len()], &mut Tasks::rng(3, step));
            assert!(region.from < region.to && region.to <= 8 && region.open > 0);
            let has =
                |bar: &dyn Fn(u32) -> bool, part: Part| (0..parts.len()).any(|i| bar(bars[i]) && parts[i] == part);
            let within = |bar| (region.from..region.to).contains(&bar);
            for (kind, yes) in [
                region.bars() == 8,
                region.bars() == 1,
                region.open.count_ones() == 1,
                has(&|b| b < region.from, Part::Given) && has(&|b| b >= region.to, Part::Given),
                has(&within, Part::Given) && has(&within, Part::Target),
                has(&|b| !within(b), Part::Hidden),
            ]
            .into_iter()
            .enumerate()
            {
                seen[kind] += usize::from(yes);
            }
            for (i, part) in parts.iter().enumerate() {
                let open = region.holds(bars[i], events[i].fields[Field::Voice as usize]);
                assert!(if open { *part != Part::Hidden } else { *part != Part::Target });
            }
        }
        assert!(seen.iter().all(|n| *n > 20), "{seen:?}");
    }
}
