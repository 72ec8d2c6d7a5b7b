//! What a network is told beside the events that came before: conditions (a table each, value 0 being
//! "not told"), and given events with the header that names the groups which are open.

use super::batch::{GivenInputs, Inputs};
use super::config::ModelConfig;
use super::init::Init;
use super::ops;
use burn::module::{Module, Param};
use burn::nn::Embedding;
use burn::tensor::Tensor;

/// Spread of initial vectors: small beside what an event is read as.
const STD: f32 = 0.1;

#[derive(Module, Debug)]
pub struct Told {
    /// One table a condition.
    pub conditions: Vec<Embedding>,
    pub given: Option<Given>,
}

#[derive(Module, Debug)]
pub struct Given {
    /// Added to an event that is given, [d_model].
    pub mark: Param<Tensor<1>>,
    /// What stands for the header, [d_model].
    pub header: Param<Tensor<1>>,
    /// Added to the header for each group that is open, [groups, d_model].
    pub groups: Embedding,
}

impl Told {
    pub fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        let d = config.d_model;
        let conditions = config.conditions.iter().map(|c| init.embedding(c.size, d, STD)).collect();
        let given = (config.groups > 0).then(|| {
            let mut vector = || {
                let values = init.embedding(1, d, STD).weight.val().into_data();
                init.param(values.try_to_vec().expect("made as f32"), [d])
            };
            let (mark, header) = (vector(), vector());
            Given { mark, header, groups: init.embedding(config.groups, d, STD) }
        });
        Self { conditions, given }
    }

    /// Adds to what is read at each position what is told there, [batch, len, d_model]; `event` is what
    /// the event of each position is read as.
    pub fn add(&self, x: Tensor<3>, event: Tensor<3>, inputs: &Inputs) -> Tensor<3> {
        let tables = self.conditions.iter().zip(&inputs.conditions);
        let x = tables.fold(x, |x, (table, told)| x + table.forward(told.clone()));
        match (&self.given, &inputs.given) {
            (Some(given), Some(of)) => x + given.read(event, of),
            _ => x,
        }
    }
}

impl Given {
    /// What given events and headers are read as, 0 elsewhere, [batch, len, d_model].
    fn read(&self, event: Tensor<3>, of: &GivenInputs) -> Tensor<3> {
        self.marked(event) * of.given.clone() + self.opening(of.open.clone()) * of.header.clone()
    }

    /// A given event, [.., d_model].
    pub fn marked(&self, event: Tensor<3>) -> Tensor<3> {
        event + self.mark.val().unsqueeze::<3>()
    }

    /// A header; `open`: [batch, len, groups] → [batch, len, d_model].
    pub fn opening(&self, open: Tensor<3>) -> Tensor<3> {
        ops::linear(open, self.groups.weight.val(), None) + self.header.val().unsqueeze::<3>()
    }
}
