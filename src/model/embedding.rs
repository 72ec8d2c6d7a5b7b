//! Events as vectors: the sum of their fields' embeddings and of their place in the cycle.

use super::batch::Inputs;
use super::config::ModelConfig;
use super::init::Init;
use super::told::Told;
use burn::module::{Module, Param};
use burn::nn::Embedding;
use burn::tensor::{Int, Tensor};

/// Spread of initial embeddings, as in the reference recipe.
const STD: f32 = 0.3;

#[derive(Module, Debug)]
pub struct EventEmbedding {
    /// One table a field, shared by the input and by the chain of heads.
    pub fields: Vec<Embedding>,
    pub place: Embedding,
    pub beat: Embedding,
    pub meter: Embedding,
    /// What stands before the first event of a piece, [d_model].
    pub opening: Param<Tensor<1>>,
    pub told: Told,
}

impl EventEmbedding {
    pub fn new(config: &ModelConfig, init: &mut Init<'_>) -> Self {
        let d = config.d_model;
        let fields = config.fields.iter().map(|f| init.embedding(f.size, d, STD)).collect();
        let place = init.embedding(config.n_places, d, STD);
        let beat = init.embedding(config.beat, d, STD);
        let meter = init.embedding(config.n_meters, d, STD);
        let opening = init.embedding(1, d, STD).weight.val().into_data();
        let opening = init.param(opening.try_to_vec().expect("made as f32"), [d]);
        // From numbers of its own: a network that is told nothing has the same weights as ever.
        let told = Told::new(config, &mut init.apart());
        Self { fields, place, beat, meter, opening, told }
    }

    /// The embedding of each field of each event, and of its place: [batch, len, d_model] each.
    pub fn parts(&self, inputs: &Inputs) -> (Vec<Tensor<3>>, Tensor<3>) {
        let fields = self.fields.iter().zip(&inputs.fields).map(|(e, x)| e.forward(x.clone())).collect();
        (fields, self.at(inputs.place.clone(), inputs.beat.clone()))
    }

    /// Embedding of a place, [batch, len, d_model].
    pub fn at(&self, place: Tensor<2, Int>, beat: Tensor<2, Int>) -> Tensor<3> {
        self.place.forward(place) + self.beat.forward(beat)
    }

    /// What the trunk reads at each position: the event before (or the one that is given there), the
    /// kind of cycle, whether a piece opens here, and what is told. [batch, len, d_model]
    pub fn previous(&self, fields: &[Tensor<3>], place: &Tensor<3>, inputs: &Inputs) -> Tensor<3> {
        let [batch, len, d] = place.dims();
        let event = fields.iter().fold(place.clone(), |sum, f| sum + f.clone()); // [batch, len, d_model]
        let before = Tensor::cat(
            vec![Tensor::zeros([batch, 1, d], &event.device()), event.clone().slice([0..batch, 0..len - 1])],
            1,
        ); // [batch, len, d_model]
        let read = before * inputs.has_previous.clone()
            + self.opening.val().unsqueeze::<3>() * inputs.opens.clone()
            + self.meter.forward(inputs.meter.clone());
        self.told.add(read, event, inputs)
    }
}
