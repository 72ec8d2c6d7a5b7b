//! A network for other programs: its weights as safetensors, and a worked example by which a reader of
//! them can check itself. docs/model-exchange.md says how to read both.

use super::batch::{Batch, Inputs};
use super::config::ModelConfig;
use super::init::Dropout;
use super::network::NoteModel;
use super::values::values_of;
use burn::tensor::Device;
use safetensors::tensor::{Dtype, TensorView};
use serde::Serialize;

/// Positions of the example, and those of them that are given.
const EXAMPLE: usize = 16;
const GIVEN: usize = 5;

/// The bytes of a .safetensors file: every parameter by its path, in single precision.
///
/// # Errors
/// What the format cannot hold.
pub fn safetensors(model: &NoteModel) -> Result<Vec<u8>, String> {
    let all = values_of(model);
    let bytes: Vec<Vec<u8>> = all.iter().map(|v| v.data.iter().flat_map(|x| x.to_le_bytes()).collect()).collect();
    let view = |(v, bytes)| {
        let v: &super::values::Values = v;
        TensorView::new(Dtype::F32, v.shape.clone(), bytes).map(|view| (v.path.as_str(), view))
    };
    let views = all.iter().zip(bytes.iter().map(Vec::as_slice)).map(view).collect::<Result<Vec<_>, _>>();
    safetensors::serialize(views.map_err(|e| e.to_string())?, None).map_err(|e| e.to_string())
}

/// One sequence as it is fed, and what the network says of it.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// Values by field, then by position.
    pub fields: Vec<Vec<i32>>,
    pub place: Vec<i32>,
    pub meter: Vec<i32>,
    /// In sixteenths.
    pub time: Vec<f32>,
    pub index: Vec<u32>,
    pub begins: Vec<u32>,
    pub sees: Vec<u32>,
    pub opens: Vec<bool>,
    pub given: Vec<bool>,
    pub open: Vec<u32>,
    /// Values by condition, then by position.
    pub conditions: Vec<Vec<i32>>,
    /// By field, then position by position, a value each.
    pub logits: Vec<Vec<f32>>,
}

/// What the network says of a made-up sequence; with given events, where it knows them.
pub fn example(model: &NoteModel, config: &ModelConfig, device: &Device) -> Example {
    let mut batch = Batch::new(1, EXAMPLE, config.fields.len());
    let of = |i: usize, salt: usize, size: usize| ((i * 7919 + salt * 104_729) % 9973 % size.max(1)) as i32;
    for t in 0..EXAMPLE {
        for (f, spec) in config.fields.iter().enumerate() {
            batch.fields[f][t] = of(t, f, spec.size - 1); // not END
        }
        batch.place[t] = of(t, 17, config.n_places);
        batch.meter[t] = of(t, 18, config.n_meters);
        batch.time[t] = t as f32 * 1.5;
        batch.begins[t] = 0;
    }
    let conditions = config.conditions.iter().enumerate();
    batch.conditions = conditions.map(|(c, spec)| (0..EXAMPLE).map(|t| of(t, 20 + c, spec.size)).collect()).collect();
    if config.groups > 0 {
        for t in 0..=GIVEN {
            (batch.given[t], batch.sees[t]) = (t < GIVEN, GIVEN as u32);
        }
        batch.open[GIVEN] = 0b101 & ((1u64 << config.groups) - 1) as u32;
        (GIVEN..EXAMPLE).for_each(|t| batch.index[t] = (t - GIVEN) as u32);
    }
    batch.opens[if config.groups > 0 { GIVEN } else { 0 }] = true;
    let inputs = Inputs::new(&batch, config, device);
    let logits = model.chain(&inputs, config, &mut Dropout::new(0, 0, 0.0), |_, logits| {
        logits.into_data().try_to_vec().expect("logits are f32")
    });
    let Batch { fields, place, meter, time, index, begins, sees, opens, given, open, conditions, .. } = batch;
    Example { fields, place, meter, time, index, begins, sees, opens, given, open, conditions, logits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Arch, FieldSpec, Layers};

    #[test]
    fn every_weight_is_in_the_file_as_it_is() {
        let field = |name: &str, size| FieldSpec { name: name.to_owned(), size, hidden: true };
        let config = ModelConfig {
            arch: Arch::Transformer,
            fields: vec![field("a", 5), field("b", 9)],
            place_after: 1,
            n_places: 8,
            beat: 4,
            n_meters: 2,
            d_model: 8,
            n_layers: 1,
            n_heads: 2,
            time_share: 0.5,
            window: 32,
            dropout: 0.0,
            layers: Layers::default(),
            groups: 3,
            conditions: Vec::new(),
        };
        let device = Device::flex();
        let model = NoteModel::new(&config, 1, &device);
        let bytes = safetensors(&model).expect("written");
        let read = safetensors::SafeTensors::deserialize(&bytes).expect("read back");
        for v in values_of(&model) {
            let tensor = read.tensor(&v.path).expect("there");
            assert_eq!(tensor.shape(), v.shape);
            let data: Vec<f32> = tensor.data().as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect();
            assert_eq!(data, v.data, "{}", v.path);
        }
        let example = example(&model, &config, &device);
        assert_eq!(example.logits.iter().map(Vec::len).collect::<Vec<_>>(), [5 * EXAMPLE, 9 * EXAMPLE]);
        assert!(example.open[GIVEN] > 0 && example.logits.iter().flatten().all(|l| l.is_finite()));
    }
}
