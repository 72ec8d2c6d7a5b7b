//! Meters that a model never learned: it writes in them all the same, and most of what comes is noise. So
//! whoever asks is told before.

use super::Settings;
use super::generator::{Generator, with_ppq};
use super::task::step;
use crate::encoding::{BarGrid, Event, ModelCard, kind_of_bar};
use crate::music::{Meter, Score};
use std::collections::BTreeSet;

/// A task works in a meter that the model has not learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMeter {
    pub model: String,
    pub meter: Meter,
    /// What it has learned, most notes first.
    pub learned: Vec<String>,
}

impl std::fmt::Display for UnknownMeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (model, meter, learned) = (&self.model, self.meter, self.learned.join(", "));
        write!(f, "{model} has never learned from music in {meter}, only in {learned}: expect noise")
    }
}

impl Generator {
    /// Counts the meters of what it learned from: its file may be from before cards said them.
    #[must_use]
    pub fn with_meters_of<'a>(mut self, events: impl Iterator<Item = &'a Event>) -> Self {
        self.card = std::mem::take(&mut self.card).of_meters(events);
        self
    }

    /// The first meter among the bars to be written that the model has not learned; `None` where it has
    /// learned all, and where that is not known.
    pub fn unknown_meter(&self, settings: &Settings, primer: Option<&Score>) -> Option<UnknownMeter> {
        unknown_meter(self.card(), settings, primer)
    }
}

fn unknown_meter(card: &ModelCard, settings: &Settings, primer: Option<&Score>) -> Option<UnknownMeter> {
    if card.meters.is_empty() {
        return None;
    }
    let learned = |kind: u8| card.meters.contains_key(&kind_of_bar(kind));
    let meter = asked(card, settings, primer).into_iter().find(|(_, kind)| !learned(*kind)).map(|(meter, _)| meter)?;
    let mut shares: Vec<(&String, &f64)> = card.meters.iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(a.1));
    let learned = shares.into_iter().map(|(name, _)| name.clone()).collect();
    Some(UnknownMeter { model: card.name.clone(), meter, learned })
}

/// Meters of the bars that are to be written, with their kinds.
fn asked(card: &ModelCard, settings: &Settings, primer: Option<&Score>) -> Vec<(Meter, u8)> {
    let alone = |meter| vec![(meter, BarGrid::constant(meter).bar(0).meter)];
    let Some(score) = primer.map(with_ppq) else {
        return alone(settings.meter.unwrap_or(card.first_meter()));
    };
    if !settings.task.opens() {
        return alone(settings.meter.unwrap_or(score.meters.meter_at(score.end)));
    }
    let grid = BarGrid::of(&score);
    let whole = (1, grid.locate(step(score.end).saturating_sub(1)).bar + 1);
    let (from, to) = settings.region.unwrap_or(whole);
    let mut seen = BTreeSet::new();
    let bars = (from..=to).map(|bar| grid.bar(bar - 1)).filter(|place| seen.insert(place.meter));
    let named = |place: crate::encoding::Place| {
        let tick = i64::from(place.bar_start) * super::take::TICKS_PER_STEP;
        (score.meters.meter_at(tick), place.meter)
    };
    bars.map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Task;
    use crate::music::text;

    const WALTZ: Meter = Meter { numerator: 3, denominator: 4 };

    /// A bar of 4/4, then two of 3/4.
    fn piece() -> Score {
        let notes: String = (0..10).map(|i| format!(" | {} 24 c4", i * 24)).collect();
        let mut score = text::parse(&format!("melody{notes}")).expect("valid");
        score.meters.set(i64::from(score.ppq) * 4, WALTZ);
        score
    }

    fn card(meters: &[&str]) -> ModelCard {
        let meters = meters.iter().zip([0.7, 0.2]).map(|(m, share)| ((*m).to_owned(), share)).collect();
        ModelCard { name: "a model".into(), meter: (4, 4), meters, ..ModelCard::default() }
    }

    #[test]
    fn a_meter_that_was_never_learned_is_said_before() {
        let unknown = |meters: &[&str], settings: Settings| {
            let piece = Some(piece()).filter(|_| settings.task != Task::New);
            unknown_meter(&card(meters), &settings, piece.as_ref())
        };
        let task = |task, region| Settings { task, region, ..Settings::default() };
        let harmonise = unknown(&["4/4", "6/8"], task(Task::Harmonise, None)).expect("3/4 is none of them");
        assert_eq!(
            harmonise.to_string(),
            "a model has never learned from music in 3/4, only in 4/4, 6/8: expect noise"
        );
        assert_eq!(unknown(&["4/4"], task(Task::Fill, Some((1, 1)))), None, "the first bar is in 4/4");
        assert!(unknown(&["4/4"], task(Task::Fill, Some((1, 2)))).is_some());
        assert!(unknown(&["4/4"], task(Task::Continue, None)).is_some(), "it goes on in 3/4");
        assert_eq!(unknown(&["4/4"], Settings { meter: Some(Meter::COMMON), ..task(Task::Continue, None) }), None);
        assert_eq!(unknown(&["4/4"], Settings::default()), None);
        let asked = unknown(&["4/4"], Settings { meter: Some(WALTZ), ..Settings::default() });
        assert_eq!(asked.map(|u| u.meter), Some(WALTZ));
        assert_eq!(unknown(&["3/4", "4/4"], task(Task::Harmonise, None)), None);
        assert_eq!(unknown(&[], task(Task::Harmonise, None)), None, "nobody has counted");
    }
}
