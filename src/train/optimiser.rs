//! One step of training: gradients, their common norm cut, AdamW (Loshchilov & Hutter, arXiv 1711.05101).

use super::recipe::Recipe;
use crate::model::NoteModel;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Bytes, Tensor};

pub struct Optimiser {
    adamw: ModuleOptimizer,
    clip: f64,
}

impl Optimiser {
    pub fn new(recipe: &Recipe) -> Self {
        let adamw = AdamWConfig::new().with_beta_1(0.9).with_beta_2(0.95).with_weight_decay(recipe.weight_decay as f32);
        Self { adamw: adamw.init(), clip: recipe.clip }
    }

    /// The network after one step, and the norm that the gradient had before it was cut.
    pub fn step(&mut self, model: NoteModel, loss: &Tensor<1>, learning_rate: f64) -> (NoteModel, f64) {
        let mut gradients = GradientsParams::from_grads(loss.backward(), &model);
        let norm = global_norm(&model, &gradients);
        if norm > self.clip {
            scale(&model, &mut gradients, self.clip / norm);
        }
        (self.adamw.step(learning_rate, model, gradients), norm)
    }

    /// Everything needed to go on as if nothing had happened.
    ///
    /// # Errors
    /// What burn says.
    pub fn state(&self) -> Result<Vec<u8>, String> {
        Ok(self.adamw.into_bytes().map_err(|e| e.to_string())?.to_vec())
    }

    /// An optimiser in the state that [`Optimiser::state`] gave.
    ///
    /// # Errors
    /// What burn says.
    pub fn restore(recipe: &Recipe, state: &[u8]) -> Result<Self, String> {
        let fresh = Self::new(recipe);
        let adamw = fresh.adamw.from_bytes(Bytes::from_bytes_vec(state.to_vec())).map_err(|e| e.to_string())?;
        Ok(Self { adamw, ..fresh })
    }
}

/// Euclidean norm of all gradients taken together.
fn global_norm(model: &NoteModel, gradients: &GradientsParams) -> f64 {
    struct Squares<'a> {
        gradients: &'a GradientsParams,
        sums: Vec<Tensor<1>>,
    }
    impl ModuleVisitor for Squares<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(g) = self.gradients.get::<D>(param.id) {
                self.sums.push(g.square().sum());
            }
        }
    }
    let mut squares = Squares { gradients, sums: Vec::new() };
    model.visit(&mut squares);
    if squares.sums.is_empty() {
        return 0.0;
    }
    f64::from(Tensor::cat(squares.sums, 0).sum().into_scalar::<f32>()).sqrt()
}

fn scale(model: &NoteModel, gradients: &mut GradientsParams, factor: f64) {
    struct Scale<'a> {
        gradients: &'a mut GradientsParams,
        factor: f64,
    }
    impl ModuleVisitor for Scale<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(g) = self.gradients.remove::<D>(param.id) {
                self.gradients.register(param.id, g * self.factor);
            }
        }
    }
    model.visit(&mut Scale { gradients, factor });
}
