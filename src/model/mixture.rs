//! Two predictors of one sequence as one: each value's probability is a mean of theirs, weighed by how sure
//! each is of it and by how well each did on the values that came last.
//!
//! p = w·p₁ + (1−w)·p₂ with wᵢ ∝ e^(−[`STRENGTH`]·Lᵢ) / √Hᵢ, where L is a predictor's mean of −log p so far,
//! each term faded by [`FADE`] with every value since, and H the entropy of what it says now. The first is the
//! mixing of experts with a memory that fades (Vovk 1990; Herbster & Warmuth 1998), the second the
//! weighting by entropy of multiple viewpoints (Conklin 1990; Pearce, Conklin & Wiggins 2004). Only the past is
//! looked at: p stays a distribution, and its product the exact likelihood of a sequence.

/// Share of what is known of a predictor that stays with every value: a memory of twenty.
const FADE: f64 = 0.95;
/// What a nat on the mean is worth. Between 2 and 5 hardly anything changes.
const STRENGTH: f64 = 3.0;
/// Entropy under which nobody is surer, in nats.
const SURE: f32 = 1e-3;

/// How well two predictors did so far, field by field.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    losses: Vec<[f64; 2]>,
}

impl Trust {
    /// Both alike.
    pub fn new(n_fields: usize) -> Self {
        Self { losses: vec![[0.0; 2]; n_fields] }
    }

    /// A new sequence begins.
    pub fn forget(&mut self, field: usize) {
        self.losses[field] = [0.0; 2];
    }

    /// Hears what each gave to the value that came, as −log p.
    pub fn hear(&mut self, field: usize, nats: [f64; 2]) {
        for (loss, nats) in self.losses[field].iter_mut().zip(nats) {
            *loss = FADE * *loss + (1.0 - FADE) * nats;
        }
    }

    /// log p of every value from those of the two.
    pub fn mix(&self, field: usize, first: &[f32], second: &[f32]) -> Vec<f32> {
        self.mix_with(field, first, second, 1.0)
    }

    /// The same with `most` as the second's largest weight.
    pub fn mix_with(&self, field: usize, first: &[f32], second: &[f32], most: f32) -> Vec<f32> {
        let say = |i: usize, log_p| -STRENGTH * self.losses[field][i] - 0.5 * f64::from(entropy(log_p).max(SURE)).ln();
        let odds = say(0, first) - say(1, second);
        // log w and log (1 − w).
        let (a, b) = (-(-odds).exp().ln_1p() as f32, -odds.exp().ln_1p() as f32);
        let (a, b) = if b > most.ln() { ((1.0 - most).ln(), most.ln()) } else { (a, b) };
        first.iter().zip(second).map(|(p, q)| log_sum(a + p, b + q)).collect()
    }
}

/// In nats.
fn entropy(log_p: &[f32]) -> f32 {
    log_p.iter().filter(|l| l.is_finite()).map(|l| -l * l.exp()).sum()
}

/// log(eᵃ + eᵇ).
fn log_sum(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f32::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

/// log p of every value from logits.
pub fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total = top + logits.iter().map(|l| (l - top).exp()).sum::<f32>().ln();
    logits.iter().map(|l| l - total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the mean makes the weight of the first, seen where the two differ.
    fn weight(trust: &Trust, first: &[f32], second: &[f32]) -> f32 {
        let p = trust.mix(0, first, second)[0].exp();
        (p - second[0].exp()) / (first[0].exp() - second[0].exp())
    }

    #[test]
    fn the_mean_is_a_distribution_and_follows_whoever_is_right() {
        let (up, down) = (log_softmax(&[2.0, 0.0, 0.0]), log_softmax(&[0.0, 0.0, 2.0]));
        let mut trust = Trust::new(1);
        assert!((weight(&trust, &up, &down) - 0.5).abs() < 1e-5);
        for value in [0usize, 0, 0, 2, 2, 2, 2] {
            let mixed = trust.mix(0, &up, &down);
            let total: f32 = mixed.iter().map(|l| l.exp()).sum();
            assert!((total - 1.0).abs() < 1e-6, "{total}");
            let before = weight(&trust, &up, &down);
            trust.hear(0, [f64::from(-up[value]), f64::from(-down[value])]);
            assert_eq!(weight(&trust, &up, &down) > before, value == 0, "the one that was right is believed more");
        }
        trust.forget(0);
        assert_eq!(trust, Trust::new(1));
        (0..50).for_each(|_| trust.hear(0, [9.0, 0.1]));
        assert!(weight(&trust, &up, &down) < 0.01);
        let bounded = trust.mix_with(0, &up, &down, 0.25);
        let expected = 0.75 * up[0].exp() + 0.25 * down[0].exp();
        assert!((bounded[0].exp() - expected).abs() < 1e-6, "however right the second was");
        (0..50).for_each(|_| trust.hear(0, [0.1, 9.0]));
        assert_eq!(trust.mix_with(0, &up, &down, 0.25), trust.mix(0, &up, &down));
    }

    #[test]
    fn who_is_surer_is_heard_more_and_who_was_utterly_wrong_no_more() {
        let (sure, flat) = (log_softmax(&[4.0, 0.0, 0.0]), log_softmax(&[0.0; 3]));
        let mut trust = Trust::new(1);
        let expected = 1.0 / (1.0 + (entropy(&sure) / entropy(&flat)).sqrt());
        assert!((weight(&trust, &sure, &flat) - expected).abs() < 1e-5 && expected > 0.6);
        trust.hear(0, [1e4, 0.1]);
        let mixed = trust.mix(0, &[0.0, f32::NEG_INFINITY], &[-0.693, -0.693]);
        assert!(mixed.iter().all(|l| (l + 0.693).abs() < 1e-3), "{mixed:?}");
    }
}
