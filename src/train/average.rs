//! The running mean of the weights (Polyak & Juditsky 1992): what is checked and kept, where a recipe
//! asks for it.

use crate::model::NoteModel;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};

/// What its bytes begin with.
pub const MAGIC: &[u8; 16] = b"cadenza mean  1\n";

/// The mean of every parameter, in burn's order.
#[derive(Clone, Debug)]
pub struct Average {
    decay: f64,
    steps: u64,
    /// One [numbers] a parameter; none before the first step.
    means: Vec<Tensor<1>>,
}

impl Average {
    pub fn new(decay: f64) -> Self {
        Self { decay, steps: 0, means: Vec::new() }
    }

    /// Takes the weights after a step in. At first the mean forgets faster, so that it does not hang on
    /// to where the weights began.
    pub fn push(&mut self, model: &NoteModel) {
        let mut all = Flat(Vec::new());
        model.visit(&mut all);
        let decay = self.decay.min((1.0 + self.steps as f64) / (10.0 + self.steps as f64));
        self.steps += 1;
        self.means = if self.means.len() == all.0.len() {
            let pairs = self.means.drain(..).zip(all.0);
            pairs.map(|(mean, new)| mean.to_device(&new.device()) * decay + new * (1.0 - decay)).collect()
        } else {
            all.0
        };
    }

    /// The network with the means for weights, without gradients.
    pub fn of(&self, model: &NoteModel) -> NoteModel {
        let model = model.valid();
        if self.means.is_empty() { model } else { model.map(&mut Means(self.means.iter())) }
    }

    /// [`MAGIC`], steps (u64), the number of bytes of the means (u64), then each: its length (u64) and
    /// its numbers; all little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut means = Vec::new();
        for mean in &self.means {
            let data: Vec<f32> = mean.clone().into_data().try_to_vec().expect("means are f32");
            means.extend((data.len() as u64).to_le_bytes());
            data.iter().for_each(|x| means.extend(x.to_le_bytes()));
        }
        let head = [self.steps, means.len() as u64].map(u64::to_le_bytes);
        [MAGIC.as_slice(), head.as_flattened(), &means].concat()
    }

    /// Takes up what [`Average::to_bytes`] gave; what stands after it is left. `None` where it is damaged.
    pub fn from_bytes(decay: f64, bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (steps, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (mut own, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*len)).ok()?)?;
        let mut means = Vec::new();
        while !own.is_empty() {
            let (len, left) = own.split_first_chunk()?;
            let n = usize::try_from(u64::from_le_bytes(*len)).ok()?;
            let (numbers, left) = left.split_at_checked(n.checked_mul(4)?)?;
            let numbers: Vec<f32> = numbers.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect();
            means.push(Tensor::from_data(TensorData::new(numbers, [n]), &Device::flex()));
            own = left;
        }
        Some((Self { decay, steps: u64::from_le_bytes(*steps), means }, rest))
    }
}

/// Takes the parameters out, flat and without gradients.
struct Flat(Vec<Tensor<1>>);

impl ModuleVisitor for Flat {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val().without_autodiff();
        let n = value.shape().num_elements();
        self.0.push(value.reshape([n]));
    }
}

/// Puts means in the place of parameters.
struct Means<'a>(std::slice::Iter<'a, Tensor<1>>);

impl ModuleMapper for Means<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(mean) = self.0.next() else { return param };
        param.map(|old| mean.clone().to_device(&old.device()).reshape(old.dims()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::values::{values_of, with_values};
    use crate::train::Recipe;

    #[test]
    fn it_is_the_mean_of_what_it_was_told_and_is_read_back_to_the_bit() {
        let config = Recipe { d_model: 8, n_layers: 1, ..Recipe::default() }.model_config(false);
        let first = NoteModel::new(&config, 1, &Device::flex().autodiff());
        let mut mean = Average::new(0.5);
        let same = |a: &NoteModel, b: &NoteModel| values_of(a) == values_of(b);
        assert!(same(&mean.of(&first), &first), "before the first step");
        let constant = |x: f32| with_values(first.clone(), |_, shape| Some(vec![x; shape.iter().product()]));
        mean.push(&constant(1.0));
        mean.push(&constant(2.0)); // 2/11 of the old stays
        let expected = 2.0 / 11.0 + 2.0 * 9.0 / 11.0;
        let close =
            |m: &Average| values_of(&m.of(&first)).iter().all(|v| v.data.iter().all(|x| (x - expected).abs() < 1e-6));
        assert!(close(&mean));
        let bytes = [mean.to_bytes(), b"rest".to_vec()].concat();
        let (back, rest) = Average::from_bytes(0.5, &bytes).expect("whole");
        assert!(close(&back) && rest == b"rest" && back.to_bytes() == mean.to_bytes());
        assert!(Average::from_bytes(0.5, &bytes[..bytes.len() - 5]).is_none());
    }
}
