//! One step of training: gradients, their common norm cut, then AdamW (Loshchilov & Hutter, arXiv
//! 1711.05101), Muon for the matrices it is made for and AdamW for the rest, or one of the
//! [`super::elementwise`] rules.
//!
//! On the CPU a parameter is read and written once a step; other devices run burn's own optimisers.

use super::average::{self, Average};
use super::elementwise::Rule;
use super::moments::{Flat, MAGIC, Moments};
use super::recipe::{OptimiserKind, Recipe};
use crate::model::NoteModel;
use crate::model::ops::{AdamW, muon_direction, sum_of_squares};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Bytes, Device, Tensor, TensorData};
use rayon::prelude::*;

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.95;
const EPSILON: f32 = 1e-5;

/// The matrices in a block of the transformer: what Muon is made for.
const MATRICES: [&str; 6] = ["query", "key", "value", "out", "up", "down"];

pub struct Optimiser {
    flat: Flat,
    /// For devices whose numbers are out of reach.
    burn: ModuleOptimizer,
    clip: f64,
    weight_decay: f32,
    kind: OptimiserKind,
    momentum: f32,
    /// Where the recipe asks for it.
    average: Option<Average>,
}

impl Optimiser {
    pub fn new(recipe: &Recipe) -> Self {
        let weight_decay = recipe.weight_decay as f32;
        let config = AdamWConfig::new().with_beta_1(BETA_1).with_beta_2(BETA_2);
        let burn = config.with_epsilon(EPSILON).with_weight_decay(weight_decay).init();
        let (kind, momentum) = (recipe.optimiser, recipe.momentum as f32);
        let average = (recipe.ema > 0.0).then(|| Average::new(recipe.ema));
        Self { flat: Flat::default(), burn, clip: recipe.clip, weight_decay, kind, momentum, average }
    }

    /// The network to be judged and kept, without gradients: with the mean of its weights, where the
    /// recipe asks for that, and adapters merged.
    pub fn settled(&self, model: &NoteModel) -> NoteModel {
        let model = self.average.as_ref().map_or_else(|| model.valid(), |average| average.of(model));
        model.materialize()
    }

    /// The network after one step, and the norm that the gradient had before it was cut.
    pub fn step(&mut self, model: NoteModel, loss: &Tensor<1>, learning_rate: f64) -> (NoteModel, f64) {
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        self.apply(model, gradients, &loss.device(), learning_rate)
    }

    /// As [`Optimiser::step`], with the gradients at hand; `device` is where they are.
    pub fn apply(
        &mut self,
        model: NoteModel,
        gradients: GradientsParams,
        device: &Device,
        learning_rate: f64,
    ) -> (NoteModel, f64) {
        // Rules other than AdamW are ours on every device.
        let step = if self.is_flat(device) { Self::flat_step } else { Self::composed_step };
        let (model, norm) = step(self, model, gradients, learning_rate);
        if let Some(average) = &mut self.average {
            average.push(&model);
        }
        (model, norm)
    }

    /// Whether its state is numbers of ours, not burn's.
    fn is_flat(&self, device: &Device) -> bool {
        self.kind != OptimiserKind::AdamW || device.clone().without_autodiff() == Device::flex()
    }

    /// Whether a state goes on by `recipe` on `device`: it does not where only one of both is burn's.
    pub fn can_go_on(recipe: &Recipe, state: &[u8], device: &Device) -> bool {
        let own = Average::from_bytes(recipe.ema, state).map_or(state, |(_, own)| own);
        Self::new(recipe).is_flat(device) == own.starts_with(MAGIC)
    }

    fn composed_step(&mut self, model: NoteModel, mut gradients: GradientsParams, rate: f64) -> (NoteModel, f64) {
        let norm = global_norm(&model, &gradients);
        if norm > self.clip {
            scale(&model, &mut gradients, self.clip / norm);
        }
        (self.burn.step(rate, model, gradients), norm)
    }

    fn flat_step(&mut self, model: NoteModel, gradients: GradientsParams, rate: f64) -> (NoteModel, f64) {
        let mut taken = Taken { gradients, path: Vec::new(), all: Vec::new() };
        model.visit(&mut taken);
        let mut grads = taken.all;
        let data = grads.iter().filter_map(|g| g.data.as_ref());
        let norm = data.map(|g| sum_of_squares(floats(g))).sum::<f64>().sqrt();
        let factor = if norm > self.clip { (self.clip / norm) as f32 } else { 1.0 };
        let adam = AdamW {
            learning_rate: rate as f32,
            beta_1: BETA_1,
            beta_2: BETA_2,
            epsilon: EPSILON,
            weight_decay: self.weight_decay,
        };
        let rule = Rule {
            kind: self.kind,
            learning_rate: rate as f32,
            momentum: self.momentum,
            weight_decay: self.weight_decay,
        };
        self.flat.moments.resize_with(grads.len(), Moments::default);
        if self.kind == OptimiserKind::Muon {
            // A matrix is too small to be shared out: each is one thread's work.
            grads.par_iter_mut().zip(&mut self.flat.moments).for_each(|(grad, moments)| grad.direct(factor, moments));
        }
        let pairs = grads.into_iter().zip(&mut self.flat.moments);
        (model.map(&mut Update { adam, rule, factor, pairs }), norm)
    }

    /// Everything needed to go on as if nothing had happened.
    ///
    /// # Errors
    /// What burn says.
    pub fn state(&self) -> Result<Vec<u8>, String> {
        let own = if self.flat.moments.is_empty() {
            self.burn.into_bytes().map_err(|e| e.to_string())?.to_vec()
        } else {
            self.flat.to_bytes()
        };
        Ok(self.average.as_ref().map_or_else(|| own.clone(), |average| [average.to_bytes(), own.clone()].concat()))
    }

    /// An optimiser in the state that [`Optimiser::state`] gave.
    ///
    /// # Errors
    /// What burn says, or that the state is damaged.
    pub fn restore(recipe: &Recipe, state: &[u8]) -> Result<Self, String> {
        let mut fresh = Self::new(recipe);
        let mut state = state;
        if state.starts_with(average::MAGIC) {
            let damaged = "the mean of the weights is damaged";
            let (average, rest) = Average::from_bytes(recipe.ema, state).ok_or(damaged)?;
            (fresh.average, state) = (Some(average), rest);
        }
        if let Some(rest) = state.strip_prefix(MAGIC) {
            let flat = Flat::from_bytes(rest).ok_or("the optimiser's state is damaged")?;
            return Ok(Self { flat, ..fresh });
        }
        let burn = fresh.burn.from_bytes(Bytes::from_bytes_vec(state.to_vec())).map_err(|e| e.to_string())?;
        Ok(Self { burn, ..fresh })
    }
}

/// What is known of a parameter's step before it is taken.
struct Gradient {
    /// `None` for a parameter that has none.
    data: Option<TensorData>,
    /// The parameter is one of [`MATRICES`].
    is_matrix: bool,
    /// Muon's direction, once it is known.
    direction: Option<Vec<f32>>,
}

impl Gradient {
    /// Finds Muon's direction for a matrix.
    fn direct(&mut self, factor: f32, moments: &mut Moments) {
        let (true, Some(data)) = (self.is_matrix, &self.data) else { return };
        let grad: Vec<f32> = floats(data).iter().map(|g| g * factor).collect();
        moments.first.resize(grad.len(), 0.0);
        self.direction = Some(muon_direction(&grad, [data.shape()[0], data.shape()[1]], &mut moments.first));
    }
}

/// Takes the gradients out, in order.
struct Taken {
    gradients: GradientsParams,
    path: Vec<String>,
    all: Vec<Gradient>,
}

impl ModuleVisitor for Taken {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let is_matrix =
            matches!(path[..], [.., name, "weight"] if MATRICES.contains(&name) && path.contains(&"blocks"));
        let data = self.gradients.remove::<D>(param.id).map(Tensor::into_data);
        self.all.push(Gradient { data, is_matrix, direction: None });
    }
}

/// Steps each parameter.
struct Update<I> {
    adam: AdamW,
    rule: Rule,
    factor: f32,
    pairs: I,
}

impl<'a, I: Iterator<Item = (Gradient, &'a mut Moments)>> ModuleMapper for Update<I> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some((Gradient { data: Some(grad), direction, .. }, moments)) = self.pairs.next() else { return param };
        param.map(|tensor| {
            let (device, tracked, shape) = (tensor.device(), tensor.is_require_grad(), tensor.dims());
            let mut weights: Vec<f32> = tensor.inner().into_data().try_into_vec().expect("parameters are f32");
            moments.time += 1;
            if let Some(direction) = direction {
                let (rate, keep) = (self.adam.learning_rate, 1.0 - self.adam.learning_rate * self.adam.weight_decay);
                weights.iter_mut().zip(direction).for_each(|(w, d)| *w = *w * keep - d * rate);
            } else if matches!(self.rule.kind, OptimiserKind::AdamW | OptimiserKind::Muon) {
                moments.first.resize(weights.len(), 0.0);
                moments.second.resize(weights.len(), 0.0);
                let both = [moments.first.as_mut_slice(), moments.second.as_mut_slice()];
                self.adam.step(&mut weights, floats(&grad), self.factor, both, moments.time as i32);
            } else {
                self.rule.step(&mut weights, floats(&grad), self.factor, moments);
            }
            Tensor::from_data(TensorData::new(weights, shape), &device).set_require_grad(tracked)
        })
    }
}

fn floats(data: &TensorData) -> &[f32] {
    data.as_slice().expect("gradients are f32")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::checkpoint::weights_of;
    use crate::model::init::Dropout;
    use crate::model::{Batch, ModelConfig};

    const KINDS: [OptimiserKind; 2] = [OptimiserKind::AdamW, OptimiserKind::Muon];

    fn setting(optimiser: OptimiserKind) -> (Recipe, ModelConfig, Device, NoteModel, Batch) {
        let recipe = Recipe { optimiser, d_model: 16, n_layers: 1, clip: 0.5, weight_decay: 0.1, ..Recipe::default() };
        let config = recipe.model_config(false);
        let device = Device::flex().autodiff();
        let mut batch = Batch::new(1, 20, config.fields.len());
        batch.begins.fill(0);
        batch.counts.fill(true);
        let model = NoteModel::new(&config, 1, &device);
        (recipe, config, device, model, batch)
    }

    #[test]
    fn one_pass_is_what_burn_composes() {
        let (recipe, config, device, model, batch) = setting(OptimiserKind::AdamW);
        let loss = |m: &NoteModel| m.losses(&batch, &config, &device, &mut Dropout::new(1, 1, 0.1)).sums().sum();
        let (mut ours, mut burns) = (Optimiser::new(&recipe), Optimiser::new(&recipe));
        let (mut a, mut b) = (model.clone(), model);
        for rate in [1e-2, 1e-3, 1e-2] {
            let grads = |m: &NoteModel| GradientsParams::from_grads(loss(m).backward(), m);
            let (new_a, norm_a) = ours.step(a.clone(), &loss(&a), rate);
            let (new_b, norm_b) = burns.composed_step(b.clone(), grads(&b), rate);
            assert!((norm_a / norm_b - 1.0).abs() < 1e-4, "{norm_a} {norm_b}");
            (a, b) = (new_a, new_b);
        }
        let (a, b) = (numbers(&a), numbers(&b));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-4), "weights drift apart");
    }

    #[test]
    fn a_state_is_restored_to_the_bit() {
        OptimiserKind::ALL.into_iter().for_each(as_stored);
    }

    fn as_stored(kind: OptimiserKind) {
        let (recipe, config, device, mut model, batch) = setting(kind);
        let recipe = Recipe { ema: 0.9, ..recipe };
        let loss = |m: &NoteModel| m.losses(&batch, &config, &device, &mut Dropout::new(1, 1, 0.1)).sums().sum();
        let mut optimiser = Optimiser::new(&recipe);
        model = optimiser.step(model.clone(), &loss(&model), 1e-2).0;
        let state = optimiser.state().expect("stored");
        let mut restored = Optimiser::restore(&recipe, &state).expect("restored");
        assert_eq!(restored.state().expect("stored"), state);
        let on = |o: &mut Optimiser| weights_of(&o.step(model.clone(), &loss(&model), 1e-2).0).expect("stored");
        assert_eq!(on(&mut optimiser), on(&mut restored));
        let kept = |o: &Optimiser| weights_of(&o.settled(&model)).expect("stored");
        assert_eq!(kept(&optimiser), kept(&restored));
        assert_ne!(kept(&optimiser), weights_of(&model).expect("stored"), "the mean is not the last");
        assert!(Optimiser::restore(&recipe, &state[..state.len() - 1]).is_err());
    }

    #[test]
    fn muon_steps_the_matrices_of_the_blocks_and_nothing_else() {
        let stepped = KINDS.map(|kind| {
            let (recipe, config, device, model, batch) = setting(kind);
            let loss = model.losses(&batch, &config, &device, &mut Dropout::new(1, 1, 0.0)).sums().sum();
            Optimiser::new(&recipe).step(model, &loss, 1e-2).0
        });
        let of = |m: &NoteModel| m.transformer.as_ref().expect("has one").blocks[0].clone();
        let [a, b] = stepped.each_ref().map(of);
        for (a, b) in [(&a.out, &b.out), (&a.down, &b.down)] {
            assert_ne!(a.weight.val().into_data(), b.weight.val().into_data());
        }
        let heads = stepped.map(|m| m.heads[3].out.weight.val().into_data());
        assert_eq!(heads[0], heads[1]);
    }

    fn numbers(model: &NoteModel) -> Vec<f32> {
        struct All(Vec<f32>);
        impl ModuleVisitor for All {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                self.0.extend(param.val().into_data().try_to_vec::<f32>().expect("f32"));
            }
        }
        let mut all = All(Vec::new());
        model.visit(&mut all);
        all.0
    }
}
