//! The numbers of a network by the path of each parameter, and a network with other numbers.

use super::network::NoteModel;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

/// One parameter. `path` is as in "transformer.blocks.0.query.weight".
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    pub path: String,
    pub shape: Vec<usize>,
    pub data: Vec<f32>,
}

/// Every parameter, in burn's order.
pub fn values_of(model: &NoteModel) -> Vec<Values> {
    let mut all = Visitor { path: Vec::new(), found: Vec::new() };
    model.visit(&mut all);
    all.found
}

/// The network with the numbers that `new` gives for a parameter; `None` leaves it as it is.
pub fn with_values(model: NoteModel, new: impl FnMut(&str, &[usize]) -> Option<Vec<f32>>) -> NoteModel {
    model.map(&mut Mapper { path: Vec::new(), new })
}

struct Visitor {
    path: Vec<String>,
    found: Vec<Values>,
}

impl ModuleVisitor for Visitor {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let shape = value.dims().to_vec();
        let data = value.into_data().try_to_vec().expect("parameters are f32");
        self.found.push(Values { path: self.path.join("."), shape, data });
    }
}

struct Mapper<F> {
    path: Vec<String>,
    new: F,
}

impl<F: FnMut(&str, &[usize]) -> Option<Vec<f32>>> ModuleMapper for Mapper<F> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.val().dims();
        let Some(new) = (self.new)(&self.path.join("."), &shape) else { return param };
        param.map(|old| {
            let tracked = old.is_require_grad();
            Tensor::from_data(TensorData::new(new, shape), &old.device()).set_require_grad(tracked)
        })
    }
}

/// The network with numbers where it begins with zeros, so that its blocks do something.
#[cfg(test)]
pub fn awake(model: NoteModel) -> NoteModel {
    let mut n = 0u32;
    with_values(model, |path, shape| {
        let zeros = path.contains(".blocks.") && (path.ends_with("out.weight") || path.contains(".down."));
        zeros.then(|| {
            let mut next = || {
                n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (n >> 8) as f32 / (1 << 24) as f32 - 0.5
            };
            (0..shape.iter().product()).map(|_| next()).collect()
        })
    })
}
