//! Whether a training has run away: the loss is no number any more, or far worse than it has been.

use serde::{Deserialize, Serialize};

/// How often a training that ran away is taken back before it is given up.
pub const ATTEMPTS: u32 = 3;

/// What the learning rate is multiplied by each time.
pub const SLOWER: f64 = 1.0 / 3.0;

/// Steps over which the loss is averaged: one bad batch is no divergence.
const STEPS: usize = 16;

/// The last losses and the best they have been. Kept with the state, so that a resumed training sees
/// what an uninterrupted one does; in single precision, which JSON gives back to the bit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    recent: Vec<f32>,
    lowest: Option<f32>,
}

impl Health {
    /// Takes in the loss of a batch and the norm of its gradient; whether the training has run away.
    pub fn ran_away(&mut self, nats: f64, norm: f64) -> bool {
        if !nats.is_finite() || !norm.is_finite() {
            return true;
        }
        if self.recent.len() == STEPS {
            self.recent.remove(0);
        }
        self.recent.push(nats as f32);
        // One batch tells little, but a training that runs away at once has nothing better to be held against.
        let lowest = self.lowest.get_or_insert(2.0 * nats as f32);
        if self.recent.len() < STEPS {
            return false;
        }
        let mean = self.recent.iter().sum::<f32>() / STEPS as f32;
        *lowest = lowest.min(mean);
        mean > 2.0 * *lowest + 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_no_divergence_and_running_away_is_noticed_in_time() {
        let mut health = Health::default();
        for i in 0..200 {
            let noise = if i % 7 == 0 { 3.0 } else { 0.0 };
            assert!(!health.ran_away(10.0 / (1.0 + 0.1 * f64::from(i)) + noise, 1.0), "{i}");
        }
        let mut at_once = Health::default();
        assert!((0..40).any(|i| at_once.ran_away(20.0 + 1000.0 * f64::from(i), 1.0)));
        let noticed = (0..100).position(|i| health.ran_away(1.0 + f64::from(i), 1.0));
        assert!(noticed.is_some_and(|n| n < 16), "{noticed:?}");
        assert!(Health::default().ran_away(f64::NAN, 1.0));
        assert!(Health::default().ran_away(1.0, f64::INFINITY));
    }

    #[test]
    fn it_is_the_same_after_a_file() {
        let mut health = Health::default();
        (0..40).for_each(|i| assert!(!health.ran_away(1.0 / f64::from(i + 3), 1.0)));
        let text = serde_json::to_string(&health).expect("writes");
        assert_eq!(serde_json::from_str::<Health>(&text).expect("reads"), health);
    }
}
