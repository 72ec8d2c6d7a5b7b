//! `metrics.csv`: a row for every step shown and every check, readable by any program.

use crate::encoding::N_FIELDS;

/// A row of `metrics.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsRow {
    /// Whether the losses are of held-out pieces, not of the batches since the last row.
    pub valid: bool,
    pub step: u64,
    pub epoch: f64,
    pub seconds: f64,
    pub learning_rate: f64,
    pub nats_per_note: f64,
    /// By field, in the model's order.
    pub fields: Vec<f64>,
    /// Share of values that were the likeliest, by field; of checks alone.
    pub accuracy: Vec<f64>,
    /// Nats per note of the network by itself, where counts are mixed into what it says; of checks alone.
    pub network: Option<f64>,
}

/// The first line.
pub const HEADER: &str = "kind,step,epoch,seconds,learning_rate,nats_per_note,bar,shift,voice,pitch,duration,velocity,\
bar_right,shift_right,voice_right,pitch_right,duration_right,velocity_right,network\n";

/// Figures between the kind of a row and its fields.
const FIGURES: usize = 5;

impl MetricsRow {
    /// A line with its end.
    pub fn to_csv(&self) -> String {
        let kind = if self.valid { "valid" } else { "train" };
        let mut line = format!(
            "{kind},{},{:.4},{:.2},{:.3e},{:.5}",
            self.step, self.epoch, self.seconds, self.learning_rate, self.nats_per_note
        );
        for f in &self.fields {
            line += &format!(",{f:.5}");
        }
        if !self.accuracy.is_empty() {
            line += &",".repeat(N_FIELDS.saturating_sub(self.fields.len()));
            self.accuracy.iter().for_each(|a| line += &format!(",{a:.5}"));
        }
        if let Some(network) = self.network {
            line += &",".repeat(2 * N_FIELDS - (line.matches(',').count() - FIGURES));
            line += &format!(",{network:.5}");
        }
        line + "\n"
    }

    /// `None` for the first line and for one cut short by a crash.
    pub fn from_csv(line: &str) -> Option<Self> {
        let mut words = line.split(',');
        let valid = match words.next()? {
            "valid" => true,
            "train" => false,
            _ => return None,
        };
        let step = words.next()?.parse().ok()?;
        let cells: Vec<&str> = words.collect();
        let numbers = |cells: &[&str]| -> Option<Vec<f64>> {
            cells.iter().filter(|c| !c.is_empty()).map(|c| c.parse().ok()).collect()
        };
        let (figures, cells) = cells.split_at_checked(FIGURES - 1)?;
        let (fields, right) = cells.split_at(cells.len().min(N_FIELDS));
        let (right, network) = right.split_at(right.len().min(N_FIELDS));
        let (figures, fields, accuracy) = (numbers(figures)?, numbers(fields)?, numbers(right)?);
        let [epoch, seconds, learning_rate, nats_per_note] = figures.as_slice() else { return None };
        (fields.len() >= 5).then_some(Self {
            valid,
            step,
            epoch: *epoch,
            seconds: *seconds,
            learning_rate: *learning_rate,
            nats_per_note: *nats_per_note,
            fields,
            accuracy,
            network: network.first().map(|n| n.parse()).transpose().ok()?,
        })
    }
}
