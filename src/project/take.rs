//! One generated result with everything needed to make it again.

use super::receipt::Receipts;
use crate::generate::Settings;
use crate::music::{Score, Tick, transform};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the generator made: the same model, settings (the seed among them) and primer make it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// Names it in its project, which gives it when the take comes; 0 before that.
    pub id: u64,
    /// The take that it was made from; that one may be gone.
    pub parent: Option<u64>,
    pub name: String,
    /// The whole of it on the piece's own timeline: what it was primed with, then what is new.
    pub score: Arc<Score>,
    pub settings: Settings,
    /// The name of the model that made it.
    pub model: String,
    /// Where the new part begins; 0 for a piece made from nothing.
    pub from_tick: Tick,
    /// What is worth saying about it: a rule that was relaxed, how original it is.
    pub remark: String,
    /// Why each of its notes is there.
    pub receipts: Receipts,
    /// `None` where the training pieces were not at hand.
    pub originality: Option<TakeOriginality>,
}

/// How much of a take is copied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakeOriginality {
    /// Notes of the longest passage that stands in a training piece; 0 where there is none.
    pub copied: usize,
    pub source: String,
    /// Bar of the source, from 1.
    pub bar: i64,
    /// Share of held-out pieces that copy more, in percent; `None` where too few were held out.
    pub percentile: Option<f64>,
}

impl Take {
    /// −log p a note by its receipts, in nats; `None` where it has none.
    pub fn mean_nats(&self) -> Option<f64> {
        let nats: Vec<f64> = self.score.notes().filter_map(|(_, n)| self.receipts.of(n)).map(|r| r.nats).collect();
        (!nats.is_empty()).then(|| nats.iter().sum::<f64>() / nats.len() as f64)
    }

    /// Its bars from where it is new: the ticks at which each begins and ends.
    pub fn bars(&self) -> Vec<(Tick, Tick)> {
        let (maps, ppq) = (&self.score.meters, self.score.ppq);
        let first = maps.position(self.from_tick, ppq).bar;
        let starts = (first..).map(|bar| maps.bar_start(bar, ppq)).take_while(|tick| *tick < self.score.end);
        starts.map(|tick| (tick, maps.position(tick, ppq).bar_len + tick)).collect()
    }

    /// The new part alone, starting at tick 0.
    pub fn new_part(&self) -> Score {
        transform::slice(&self.score, self.from_tick, self.score.end.max(self.from_tick))
    }
}

/// What of a take is written beside its notes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TakeHead {
    #[serde(default, skip_serializing_if = "is_zero")]
    pub id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    pub name: String,
    pub model: String,
    pub from_tick: Tick,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originality: Option<TakeOriginality>,
    pub settings: Settings,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl From<&Take> for TakeHead {
    fn from(t: &Take) -> Self {
        Self {
            id: t.id,
            parent: t.parent,
            name: t.name.clone(),
            model: t.model.clone(),
            from_tick: t.from_tick,
            remark: t.remark.clone(),
            originality: t.originality.clone(),
            settings: t.settings.clone(),
        }
    }
}
