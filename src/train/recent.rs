//! Figures over the last few steps: speed, and mean losses between two rows of metrics.

/// Figures over the last few steps.
#[derive(Default)]
pub struct Recent {
    speed: Vec<(usize, f64)>,
    rows: usize,
    nats: f64,
    fields: Vec<f64>,
}

impl Recent {
    pub fn push(&mut self, notes: usize, seconds: f64, nats: f64, fields: &[f64]) {
        if self.speed.len() == 16 {
            self.speed.remove(0);
        }
        self.speed.push((notes, seconds));
        self.rows += 1;
        self.nats += nats;
        self.fields.resize(fields.len(), 0.0);
        self.fields.iter_mut().zip(fields).for_each(|(sum, f)| *sum += f);
    }

    /// Events that counted, a second, over the last 16 steps.
    pub fn notes_per_sec(&self) -> f64 {
        let (notes, seconds) = self.speed.iter().fold((0, 0.0), |(n, s), (m, t)| (n + m, s + t));
        notes as f64 / f64::max(seconds, 1e-9)
    }

    /// Seconds that a step takes; endless while that is not known.
    pub fn typical(&self) -> f64 {
        let seconds: f64 = self.speed.iter().map(|(_, s)| s).sum();
        if self.speed.is_empty() { f64::INFINITY } else { seconds / self.speed.len() as f64 }
    }

    /// Means since the last call.
    pub fn take_means(&mut self) -> (f64, Vec<f64>) {
        let rows = std::mem::take(&mut self.rows).max(1) as f64;
        let fields = std::mem::take(&mut self.fields).into_iter().map(|f| f / rows).collect();
        (std::mem::take(&mut self.nats) / rows, fields)
    }
}
