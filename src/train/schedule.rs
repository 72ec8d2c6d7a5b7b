//! The learning rate of each step.

use super::recipe::{Recipe, Schedule};

/// Share of the highest rate at which a falling schedule ends.
const FLOOR: f64 = 0.03;

/// Linear warm-up, then over `steps` steps a cosine down to 3 % (Loshchilov & Hutter, SGDR, arXiv
/// 1608.03983, without restarts), a straight line down to it, or no fall.
pub fn learning_rate(recipe: &Recipe, step: u64, steps: u64) -> f64 {
    let warmup = recipe.warmup.min(steps / 5).max(1);
    let rise = ((step + 1) as f64 / warmup as f64).min(1.0);
    let progress = step as f64 / steps.max(1) as f64;
    let left = match recipe.schedule {
        Schedule::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos()),
        Schedule::Linear => 1.0 - progress.min(1.0),
        Schedule::Constant => 1.0,
    };
    let fall = FLOOR + (1.0 - FLOOR) * left;
    recipe.learning_rate * rise * fall
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(schedule: Schedule) -> Vec<f64> {
        let recipe = Recipe { learning_rate: 1.0, warmup: 10, schedule, ..Recipe::default() };
        (0..=1000).map(|s| learning_rate(&recipe, s, 1000)).collect()
    }

    #[test]
    fn rises_then_falls_to_the_floor() {
        for schedule in [Schedule::Cosine, Schedule::Linear] {
            let rates = rates(schedule);
            assert!(rates[..10].windows(2).all(|w| w[0] < w[1]));
            assert!(rates[10..].windows(2).all(|w| w[0] >= w[1]));
            assert!((rates[1000] - FLOOR).abs() < 1e-9);
        }
        assert!(rates(Schedule::Cosine)[250] > rates(Schedule::Linear)[250] + 0.05);
    }

    #[test]
    fn a_constant_rate_only_rises() {
        let rates = rates(Schedule::Constant);
        assert!(rates[..10].windows(2).all(|w| w[0] < w[1]) && rates[10..].iter().all(|r| *r == 1.0));
    }
}
