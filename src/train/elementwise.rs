//! The simple optimisers: one rule for every number of a parameter, on whatever device, by way of
//! memory. Weight decay is added to the gradient, as their authors have it.

use super::moments::Moments;
use super::recipe::OptimiserKind;

/// What a step is made with, the same for all parameters.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub kind: OptimiserKind,
    pub learning_rate: f32,
    /// Of SGD: the share of the last step that is kept.
    pub momentum: f32,
    pub weight_decay: f32,
}

impl Rule {
    /// One step of a parameter; the gradient is multiplied by `factor` first. Both slices are equally
    /// long. `moments.time` counts this step already.
    pub fn step(&self, weights: &mut [f32], grad: &[f32], factor: f32, moments: &mut Moments) {
        const EPSILON: f32 = 1e-8;
        moments.first.resize(weights.len(), 0.0);
        moments.second.resize(weights.len(), 0.0);
        let grads = grad.iter().map(|g| g * factor);
        let states = moments.first.iter_mut().zip(&mut moments.second);
        let all = weights.iter_mut().zip(grads).zip(states);
        let rate = self.learning_rate;
        match self.kind {
            // Rumelhart, Hinton & Williams 1986; without momentum plain gradient descent.
            OptimiserKind::Sgd => {
                for ((w, g), (velocity, _)) in all {
                    *velocity = self.momentum * *velocity + g + self.weight_decay * *w;
                    *w -= rate * *velocity;
                }
            }
            // Tieleman & Hinton 2012.
            OptimiserKind::RmsProp => {
                for ((w, g), (_, square)) in all {
                    let g = g + self.weight_decay * *w;
                    *square = 0.99 * *square + 0.01 * g * g;
                    *w -= rate * g / (square.sqrt() + EPSILON);
                }
            }
            // Kingma & Ba, arXiv 1412.6980. The other two have forms of their own.
            OptimiserKind::Adam | OptimiserKind::AdamW | OptimiserKind::Muon => {
                const BETAS: [f32; 2] = [0.9, 0.999];
                let bias = BETAS.map(|b| 1.0 - b.powi(moments.time as i32));
                for ((w, g), (mean, square)) in all {
                    let g = g + self.weight_decay * *w;
                    *mean = BETAS[0] * *mean + (1.0 - BETAS[0]) * g;
                    *square = BETAS[1] * *square + (1.0 - BETAS[1]) * g * g;
                    *w -= rate * (*mean / bias[0]) / ((*square / bias[1]).sqrt() + EPSILON);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps down a bowl, x² + 10 y², from (1, 1).
    fn descend(kind: OptimiserKind, momentum: f32, learning_rate: f32, steps: u32) -> [f32; 2] {
        let rule = Rule { kind, learning_rate, momentum, weight_decay: 0.0 };
        let (mut at, mut moments) = ([1.0, 1.0], Moments::default());
        for _ in 0..steps {
            moments.time += 1;
            let grad = [2.0 * at[0], 20.0 * at[1]];
            rule.step(&mut at, &grad, 1.0, &mut moments);
        }
        at
    }

    #[test]
    fn the_first_steps_are_those_of_the_textbook() {
        let close = |a: [f32; 2], b: [f32; 2]| a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(close(descend(OptimiserKind::Sgd, 0.0, 0.01, 1), [0.98, 0.8]));
        assert!(close(descend(OptimiserKind::Sgd, 0.5, 0.01, 2), [0.98 - 0.0196 - 0.01, 0.8 - 0.16 - 0.1]));
        // A first step of Adam is as long as the rate, of RMSprop ten times.
        assert!(close(descend(OptimiserKind::Adam, 0.0, 0.01, 1), [0.99, 0.99]));
        assert!(close(descend(OptimiserKind::RmsProp, 0.0, 0.01, 1), [0.9, 0.9]));
    }

    #[test]
    fn each_comes_down() {
        for (kind, momentum, rate) in
            [(OptimiserKind::Sgd, 0.9, 0.01), (OptimiserKind::RmsProp, 0.0, 0.005), (OptimiserKind::Adam, 0.0, 0.02)]
        {
            let at = descend(kind, momentum, rate, 500);
            assert!(at.iter().all(|x| x.abs() < 0.05), "{kind}: {at:?}");
        }
    }
}
