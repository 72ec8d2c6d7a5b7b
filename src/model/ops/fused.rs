//! How an operation with a hand-written gradient joins burn's graph, on the flex device.
//!
//! An operation is a plain object that works on slices; this file knows burn, the others know the
//! mathematics. Devices other than flex never come here: see [`on_flex`].

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{DType, Device, Shape, Tensor, TensorData};
use std::fmt::Debug;
use std::sync::Arc;

/// An operation of float tensors, forward and backward.
pub trait Fused: Debug + Send + Sync {
    /// The result. Where `keep` is given, a gradient will be asked for: what is put there comes back.
    fn forward(&self, inputs: &[Floats<'_>], keep: Option<&mut Kept>) -> (Vec<f32>, Vec<usize>);

    /// An input whose gradient is that of the result, if there is one; [`Fused::backward`] leaves it out.
    fn passes(&self) -> Option<usize> {
        None
    }

    /// The gradient of each input for that of the result, `None` for an input that has none.
    /// `wanted` says which are of use.
    fn backward(&self, inputs: &[Floats<'_>], kept: &Kept, grad: &[f32], wanted: &[bool]) -> Vec<Option<Vec<f32>>>;
}

/// Vectors kept from the forward pass.
pub type Kept = Vec<Vec<f32>>;

/// A tensor's numbers, row-major, and its shape.
pub struct Floats<'a> {
    pub data: &'a [f32],
    pub shape: Vec<usize>,
}

impl Floats<'_> {
    /// The last dimension; 1 where it is empty, so that it can be divided by.
    pub fn width(&self) -> usize {
        self.shape.last().copied().unwrap_or(1).max(1)
    }
}

/// Whether tensors of this device can be given to [`apply`].
pub fn on_flex<const D: usize>(x: &Tensor<D>) -> bool {
    x.dtype() == DType::F32 && x.device().without_autodiff() == Device::flex()
}

/// Runs an operation on inputs made with [`Tensor::into_dispatch`], all on flex.
pub fn apply<const D: usize>(inputs: Vec<FloatTensor<Dispatch>>, op: impl Fused + 'static) -> Tensor<D> {
    let (mut inputs, op): (_, Op) = (inputs.into_iter(), Arc::new(op));
    let mut next = || inputs.next();
    let (Some(a), b, c, d, e) = (next(), next(), next(), next(), next()) else {
        unreachable!("every operation has an input")
    };
    Tensor::from_dispatch(match (b, c, d, e) {
        (Some(b), Some(c), Some(d), Some(e)) => Dispatch::fused_5(a, b, c, d, e, op),
        (Some(b), Some(c), Some(d), None) => Dispatch::fused_4(a, b, c, d, op),
        (Some(b), Some(c), None, None) => Dispatch::fused_3(a, b, c, op),
        (Some(b), None, None, None) => Dispatch::fused_2(a, b, op),
        _ => Dispatch::fused_1(a, op),
    })
}

type FlexTensor = FloatTensor<Flex>;
type Op = Arc<dyn Fused>;

/// One entry for each number of inputs, as burn's macro knows no lists of tensors.
#[backend_extension(Autodiff, Flex)]
trait FusedBackend: Backend {
    fn fused_1(a: FloatTensor<Self>, op: Op) -> FloatTensor<Self>;
    fn fused_2(a: FloatTensor<Self>, b: FloatTensor<Self>, op: Op) -> FloatTensor<Self>;
    fn fused_3(a: FloatTensor<Self>, b: FloatTensor<Self>, c: FloatTensor<Self>, op: Op) -> FloatTensor<Self>;
    fn fused_4(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        op: Op,
    ) -> FloatTensor<Self>;
    fn fused_5(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        op: Op,
    ) -> FloatTensor<Self>;
}

impl FusedBackend for Flex {
    fn fused_1(a: FlexTensor, op: Op) -> FlexTensor {
        alone(vec![a], op)
    }
    fn fused_2(a: FlexTensor, b: FlexTensor, op: Op) -> FlexTensor {
        alone(vec![a, b], op)
    }
    fn fused_3(a: FlexTensor, b: FlexTensor, c: FlexTensor, op: Op) -> FlexTensor {
        alone(vec![a, b, c], op)
    }
    fn fused_4(a: FlexTensor, b: FlexTensor, c: FlexTensor, d: FlexTensor, op: Op) -> FlexTensor {
        alone(vec![a, b, c, d], op)
    }
    fn fused_5(a: FlexTensor, b: FlexTensor, c: FlexTensor, d: FlexTensor, e: FlexTensor, op: Op) -> FlexTensor {
        alone(vec![a, b, c, d, e], op)
    }
}

impl<C: CheckpointStrategy> FusedBackend for Autodiff<Flex, C> {
    fn fused_1(a: FloatTensor<Self>, op: Op) -> FloatTensor<Self> {
        node::<C, 1>([a], op)
    }
    fn fused_2(a: FloatTensor<Self>, b: FloatTensor<Self>, op: Op) -> FloatTensor<Self> {
        node::<C, 2>([a, b], op)
    }
    fn fused_3(a: FloatTensor<Self>, b: FloatTensor<Self>, c: FloatTensor<Self>, op: Op) -> FloatTensor<Self> {
        node::<C, 3>([a, b, c], op)
    }
    fn fused_4(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        op: Op,
    ) -> FloatTensor<Self> {
        node::<C, 4>([a, b, c, d], op)
    }
    fn fused_5(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        op: Op,
    ) -> FloatTensor<Self> {
        node::<C, 5>([a, b, c, d, e], op)
    }
}

fn alone(inputs: Vec<FlexTensor>, op: Op) -> FlexTensor {
    forward(op.as_ref(), &contiguous(inputs), None)
}

fn node<C: CheckpointStrategy, const N: usize>(
    inputs: [FloatTensor<Autodiff<Flex, C>>; N],
    op: Op,
) -> FloatTensor<Autodiff<Flex, C>> {
    let (primitives, guards): (Vec<_>, Vec<_>) = inputs.into_iter().map(|i| i.into_parts()).unzip();
    let guards: [_; N] = guards.try_into().expect("as many as were counted");
    let inputs = contiguous(primitives);
    match Node.prepare::<C>(guards).compute_bound().stateful() {
        OpsKind::Tracked(prep) => {
            let mut kept = Vec::new();
            let out = forward(op.as_ref(), &inputs, Some(&mut kept));
            prep.finish(State { op, inputs, kept: Arc::new(kept) }, out)
        }
        OpsKind::UnTracked(prep) => prep.finish(forward(op.as_ref(), &inputs, None)),
    }
}

#[derive(Debug)]
struct Node;

#[derive(Clone, Debug)]
struct State {
    op: Op,
    inputs: Vec<FlexTensor>,
    kept: Arc<Kept>,
}

impl<const N: usize> Backward<Flex, N> for Node {
    type State = State;

    fn backward(self, ops: Ops<State, N>, grads: &mut Gradients, _: &mut Checkpointer) {
        let State { op, inputs, kept } = ops.state;
        let grad = contiguous(vec![grads.consume::<Flex>(&ops.node)]);
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let found = op.backward(&views(&inputs), &kept, slice(&grad[0]), &wanted);
        for (i, (parent, found)) in ops.parents.into_iter().zip(found).enumerate() {
            let whole = (op.passes() == Some(i)).then(|| grad[0].clone());
            let found = whole.or_else(|| Some(tensor(found?, inputs[i].shape())));
            if let Some((parent, found)) = parent.zip(found) {
                grads.register::<Flex>(parent.id, found);
            }
        }
    }
}

fn forward(op: &dyn Fused, inputs: &[FlexTensor], keep: Option<&mut Kept>) -> FlexTensor {
    let (out, shape) = op.forward(&views(inputs), keep);
    tensor(out, Shape::from(shape))
}

fn tensor(data: Vec<f32>, shape: Shape) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(data, shape))
}

fn contiguous(tensors: Vec<FlexTensor>) -> Vec<FlexTensor> {
    tensors.into_iter().map(|t| if t.is_contiguous() { t } else { t.to_contiguous() }).collect()
}

fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("made contiguous, and only f32 comes here")
}

fn views(tensors: &[FlexTensor]) -> Vec<Floats<'_>> {
    tensors.iter().map(|t| Floats { data: slice(t), shape: t.shape().to_vec() }).collect()
}
