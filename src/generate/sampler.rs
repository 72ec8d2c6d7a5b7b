//! From logits to one value. Pure: logits, a mask, the settings and one random number in; nothing else.

use super::draw::Draw;

/// What was chosen, and what the model itself thought of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub value: u16,
    /// The model's own probability, before temperature, rules and cut-offs.
    pub probability: f32,
    /// −log of it, exact where it is too small for a float.
    pub nats: f64,
    /// 1 = the model's likeliest value, before rules.
    pub rank: u32,
    /// The probability with which it was drawn, after all of them.
    pub drawn_with: f32,
    /// The likeliest values with the model's own probabilities, at most [`N_ALTERNATIVES`].
    pub alternatives: Vec<(u16, f32)>,
}

pub const N_ALTERNATIVES: usize = 5;

/// Draws a value with `random` in [0, 1) from `drawn`; `own` are the logits of the model itself, by which a
/// receipt speaks. `allowed` must hold at least one value.
///
/// Order: mask, temperature, min-p, top-k, nucleus (Holtzman et al., arXiv 1904.09751), each on what
/// the one before has left; the likeliest allowed value always stays.
pub fn sample(own: &[f32], drawn: &[f32], allowed: &[bool], how: impl Into<Draw>, random: f32) -> Choice {
    let candidates: Vec<usize> = from_the_likeliest(drawn).into_iter().filter(|v| allowed[*v]).collect();
    let (value, drawn_with) = draw(drawn, &candidates, how.into(), random);
    Choice { drawn_with, ..ranked(own, &from_the_likeliest(own), value) }
}

/// What the model says of a value that nobody drew: it was there.
pub fn given(logits: &[f32], value: u16) -> Choice {
    ranked(logits, &from_the_likeliest(logits), usize::from(value))
}

fn from_the_likeliest(logits: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]).then(a.cmp(b)));
    order
}

fn ranked(logits: &[f32], order: &[usize], value: usize) -> Choice {
    let top = order.first().map_or(0.0, |v| f64::from(logits[*v]));
    let mass: f64 = logits.iter().map(|l| (f64::from(*l) - top).exp()).sum();
    let own = |v: usize| ((f64::from(logits[v]) - top).exp() / mass) as f32;
    Choice {
        value: value as u16,
        probability: own(value),
        nats: top + mass.ln() - f64::from(logits[value]),
        rank: 1 + order.iter().position(|v| *v == value).unwrap_or(0) as u32,
        drawn_with: 1.0,
        alternatives: order.iter().take(N_ALTERNATIVES).map(|v| (*v as u16, own(*v))).collect(),
    }
}

/// `candidates` from the likeliest down.
fn draw(logits: &[f32], candidates: &[usize], how: Draw, random: f32) -> (usize, f32) {
    let best = candidates.first().copied().unwrap_or(0);
    if how.temperature <= 0.0 || candidates.len() < 2 {
        return (best, 1.0);
    }
    let mut p = softmax(candidates.iter().map(|v| logits[*v] / how.temperature));
    let floor = how.min_p * p[0];
    let mut keep = p.iter().take_while(|q| **q >= floor).count();
    if how.top_k > 0 {
        keep = keep.min(how.top_k as usize);
    }
    let total: f32 = p[..keep.max(1)].iter().sum();
    // The nucleus: as many as it takes to reach the mass, the one that reaches it included.
    let masses = p.iter().scan(0.0, |mass, q| Some(std::mem::replace(mass, *mass + q)));
    let nucleus = masses.take_while(|before| *before < how.top_p * total).count();
    keep = keep.min(nucleus).max(1);
    p.truncate(keep);
    let total: f32 = p.iter().sum();
    let mut left = random * total;
    for (i, q) in p.iter().enumerate() {
        left -= q;
        if left < 0.0 {
            return (candidates[i], q / total);
        }
    }
    (candidates[keep - 1], p[keep - 1] / total)
}

pub(super) fn softmax(logits: impl Iterator<Item = f32> + Clone) -> Vec<f32> {
    let top = logits.clone().fold(f32::NEG_INFINITY, f32::max);
    let exp: Vec<f32> = logits.map(|l| (l - top).exp()).collect();
    let sum: f32 = exp.iter().sum();
    exp.into_iter().map(|e| e / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Settings;
    use proptest::prelude::*;

    /// From what the model says.
    fn sample(logits: &[f32], allowed: &[bool], how: &Settings, random: f32) -> Choice {
        super::sample(logits, logits, allowed, how, random)
    }

    #[test]
    fn what_is_drawn_from_is_not_what_a_receipt_speaks_by() {
        let choice = super::sample(&[3.0, 0.0], &[0.0, 9.0], &[true; 2], &plain(), 0.5);
        assert_eq!((choice.value, choice.rank), (1, 2));
        assert!(choice.probability < 0.1 && choice.drawn_with > 0.9);
    }

    fn plain() -> Settings {
        Settings { temperature: 1.0, top_p: 1.0, top_k: 0, min_p: 0.0, ..Settings::default() }
    }

    proptest! {
        #[test]
        fn only_allowed_values_are_drawn(
            logits in prop::collection::vec(-9f32..9.0, 2..40),
            seed in any::<u64>(),
            random in 0f32..1.0,
            temperature in 0f32..2.0,
            top_p in 0f32..=1.0,
            top_k in 0u32..5,
            min_p in 0f32..=1.0,
        ) {
            let allowed: Vec<bool> = (0..logits.len()).map(|i| i == seed as usize % logits.len() || (seed >> (i % 64)) & 1 == 1).collect();
            let settings = Settings { temperature, top_p, top_k, min_p, ..Settings::default() };
            let choice = sample(&logits, &allowed, &settings, random);
            prop_assert!(allowed[usize::from(choice.value)]);
            prop_assert!(choice.probability > 0.0 && choice.probability <= 1.0);
            prop_assert!(choice.drawn_with > 0.0 && choice.drawn_with <= 1.0 + 1e-6);
        }
    }

    #[test]
    fn draws_follow_the_probabilities() {
        let logits = [2f32, 1.0, 0.0, -1.0];
        let expected = softmax(logits.into_iter());
        let mut seen = [0.0; 4];
        for i in 0..10_000 {
            seen[usize::from(sample(&logits, &[true; 4], &plain(), i as f32 / 10_000.0).value)] += 1e-4;
        }
        for (s, e) in seen.iter().zip(expected) {
            assert!((s - e).abs() < 2e-3, "{s} against {e}");
        }
    }

    #[test]
    fn cut_offs_leave_the_likeliest() {
        let logits = [0f32, 3.0, 2.9, -5.0];
        let only_best = [
            Settings { temperature: 0.0, ..plain() },
            Settings { top_k: 1, ..plain() },
            Settings { top_p: 0.0, ..plain() },
            Settings { min_p: 1.0, ..plain() },
        ];
        for settings in only_best {
            assert_eq!(sample(&logits, &[true; 4], &settings, 0.999).value, 1, "{settings:?}");
        }
        let two = Settings { top_k: 2, ..plain() };
        assert_eq!(sample(&logits, &[true; 4], &two, 0.999).value, 2);
        assert_eq!(sample(&logits, &[true, false, false, true], &two, 0.999).value, 3);
    }

    #[test]
    fn ranks_are_the_models_own() {
        let choice = sample(&[0.0, 3.0, 1.0], &[true, false, false], &plain(), 0.5);
        assert_eq!((choice.value, choice.rank), (0, 3));
        assert_eq!(choice.alternatives[0].0, 1);
    }

    #[test]
    fn what_is_next_to_impossible_still_has_its_nats() {
        let choice = given(&[0.0, -300.0], 1);
        assert_eq!((choice.probability, choice.rank), (0.0, 2));
        assert!((choice.nats - 300.0).abs() < 1e-9);
    }
}
