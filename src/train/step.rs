//! One step: a batch in, in parts where the device has no memory for it whole, gradients added up, the
//! weights moved. Tells a device that failed from a fault of the program.

use super::beside::Counts;
use super::keeping::Before;
use super::optimiser::Optimiser;
use super::recipe::Recipe;
use crate::model::init::Dropout;
use crate::model::{Batch, ModelConfig, NoteModel};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Device;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What is trained, and what trains it.
pub struct Stepper {
    pub model: NoteModel,
    pub optimiser: Optimiser,
    pub config: ModelConfig,
    /// With gradients.
    pub device: Device,
    /// What speaks with the network, where something does. Training leaves it as it is.
    pub counts: Option<Counts>,
}

/// What a step says.
pub struct Losses {
    /// Over all fields but velocity.
    pub nats: f64,
    pub fields: Vec<f64>,
    /// Of the gradient, before it was cut.
    pub norm: f64,
}

/// The device did not do it.
#[derive(Debug)]
pub enum Fault {
    OutOfMemory,
    Lost(String),
}

impl Stepper {
    /// Steps with learning rate `rate` on batch number `dealt`, computed in `parts` parts. Where the loss
    /// is no number nothing moves.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`] before anything has moved.
    pub fn step(
        &mut self,
        batch: &Batch,
        dealt: u64,
        rate: f64,
        parts: usize,
        recipe: &Recipe,
        before: Option<&Before>,
    ) -> Result<Losses, Fault> {
        let on_cpu = self.on_cpu();
        let (gradients, mut losses) = guarded(on_cpu, || self.gradients(batch, dealt, parts, recipe, before))?;
        if !losses.nats.is_finite() {
            return Ok(losses);
        }
        let model = self.model.clone();
        let moved = guarded(on_cpu, || self.optimiser.apply(model, gradients, &self.device, rate));
        match moved {
            Ok((model, norm)) => (self.model, losses.norm) = (model, norm),
            // Half the weights may have moved: the state in memory is worth nothing.
            Err(Fault::OutOfMemory) => return Err(Fault::Lost("it ran out of memory".to_owned())),
            Err(lost) => return Err(lost),
        }
        Ok(losses)
    }

    #[allow(deprecated)] // As in model/device.rs.
    pub fn on_cpu(&self) -> bool {
        [Device::flex(), Device::ndarray()].contains(&self.device.clone().without_autodiff())
    }

    fn gradients(
        &self,
        batch: &Batch,
        dealt: u64,
        parts: usize,
        recipe: &Recipe,
        before: Option<&Before>,
    ) -> (GradientsParams, Losses) {
        let mut drop = Dropout::new(recipe.seed, dealt, recipe.dropout);
        let counted = batch.n_counted().max(1) as f64;
        let mut fields = vec![0.0; self.config.fields.len()];
        let (mut sum, mut bent) = (GradientsAccumulator::new(), 1.0);
        let rows = batch.n_rows.div_ceil(parts.max(1));
        for begin in (0..batch.n_rows).step_by(rows) {
            let part = (rows < batch.n_rows).then(|| batch.rows(begin..batch.n_rows.min(begin + rows)));
            let part = part.as_ref().unwrap_or(batch);
            if let Some(before) = before {
                bent *= before(dealt, part.n_rows);
            }
            let (losses, loss) = self.model.objective(part, &self.config, &self.device, &mut drop, recipe.objective());
            let own: Vec<f32> = losses.sums().into_data().try_to_vec().expect("losses are f32"); // [fields]
            fields.iter_mut().zip(own).for_each(|(f, own)| *f += f64::from(own) / counted);
            sum.accumulate(&self.model, GradientsParams::from_grads((loss / counted).backward(), &self.model));
        }
        let nats = bent * fields.iter().take(crate::encoding::Field::Velocity as usize).sum::<f64>();
        (sum.grads(), Losses { nats, fields, norm: 0.0 })
    }
}

/// Runs what a device computes. A panic on the CPU is a fault of the program and goes on; elsewhere it is
/// how burn says that the device failed.
///
/// # Errors
/// What happened to the device.
pub fn guarded<T>(on_cpu: bool, compute: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(compute)).map_err(|panic| match text_of(panic.as_ref()) {
        Some(text) if is_out_of_memory(text) => Fault::OutOfMemory,
        Some(text) if !on_cpu => Fault::Lost(text.lines().next().unwrap_or_default().to_owned()),
        None if !on_cpu => Fault::Lost("it gave no reason".to_owned()),
        _ => resume_unwind(panic),
    })
}

fn text_of(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

/// Each driver has words of its own.
fn is_out_of_memory(text: &str) -> bool {
    let text = text.to_lowercase();
    let words =
        ["out of memory", "outofmemory", "out_of_memory", "not enough memory", "failed to allocate", "buffer too big"];
    words.iter().any(|w| text.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::checkpoint::weights_of;
    use crate::train::batches::Batches;
    use crate::train::data::tests::scale;
    use std::sync::Arc;

    fn stepped(parts: usize, dropout: f64) -> (Vec<f32>, Vec<f64>) {
        let recipe = Recipe { d_model: 16, n_layers: 1, n_heads: 2, dropout, ..Recipe::default() };
        let (config, device) = (recipe.model_config(false), Device::flex().autodiff());
        let model = NoteModel::new(&config, 1, &device);
        let mut stepper = Stepper { model, optimiser: Optimiser::new(&recipe), config, device, counts: None };
        let sequences = Arc::new(vec![scale(9, 0), scale(30, 2), scale(14, -3)]);
        let (batch, _) = Batches::new(sequences, 5, 32, 5, 1, false).next_batch();
        let losses = stepper.step(&batch, 0, 1e-3, parts, &recipe, None).expect("steps");
        assert!(losses.norm > 0.0);
        let gradient = |m: &NoteModel| m.heads[3].out.weight.val().into_data().try_to_vec().expect("f32");
        assert!(!weights_of(&stepper.model).expect("stored").is_empty());
        (gradient(&stepper.model), losses.fields)
    }

    #[test]
    fn a_batch_in_parts_is_the_same_step() {
        let whole = stepped(1, 0.0);
        for parts in [2, 3, 5, 9] {
            let parted = stepped(parts, 0.0);
            assert!(whole.1.iter().zip(&parted.1).all(|(a, b)| (a - b).abs() < 1e-5), "{parts}");
            // AdamW's first step is nearly as long as the rate whatever the gradient: 1e-3.
            let apart = whole.0.iter().zip(&parted.0).filter(|(a, b)| (**a - **b).abs() > 1e-4).count();
            assert!(apart * 100 < whole.0.len(), "{parts} parts: {apart} of {} differ", whole.0.len());
        }
        assert_eq!(stepped(2, 0.2), stepped(2, 0.2));
    }

    #[test]
    fn only_a_device_may_fail() {
        let fails = |text: &'static str, on_cpu| guarded(on_cpu, || -> () { panic!("{text}") });
        assert!(matches!(fails("wgpu error: Out of Memory", false), Err(Fault::OutOfMemory)));
        assert!(matches!(fails("device lost\nmore", false), Err(Fault::Lost(why)) if why == "device lost"));
        assert!(catch_unwind(|| drop(fails("index out of bounds", true))).is_err());
    }
}
