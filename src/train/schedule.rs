//! The learning rate of each step.

use super::recipe::Recipe;

/// Share of the highest rate at which the cosine ends.
const FLOOR: f64 = 0.03;

/// Linear warm-up, then a cosine down to 3 %, over `steps` steps (Loshchilov & Hutter, SGDR,
/// arXiv 1608.03983, without restarts).
pub fn learning_rate(recipe: &Recipe, step: u64, steps: u64) -> f64 {
    let warmup = recipe.warmup.min(steps / 5).max(1);
    let rise = ((step + 1) as f64 / warmup as f64).min(1.0);
    let progress = step as f64 / steps.max(1) as f64;
    let fall = FLOOR + (1.0 - FLOOR) * 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos());
    recipe.learning_rate * rise * fall
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_then_falls_to_the_floor() {
        let recipe = Recipe { learning_rate: 1.0, warmup: 10, ..Recipe::default() };
        let rates: Vec<f64> = (0..=1000).map(|s| learning_rate(&recipe, s, 1000)).collect();
        assert!(rates[..10].windows(2).all(|w| w[0] < w[1]));
        assert!(rates[10..].windows(2).all(|w| w[0] >= w[1]));
        assert!((rates[1000] - FLOOR).abs() < 1e-9);
    }
}
