//! Tests of fused operations against the same thing composed of burn's own: values and gradients.

use burn::tensor::{Device, Tensor, TensorData};

/// Runs both on the same flat inputs, one of each shape, with gradients of a weighted sum of the
/// result, and compares everything; also that a second run gives the same bits.
pub fn same<const D: usize>(
    shapes: &[&[usize]],
    fused: impl Fn(&[Tensor<1>]) -> Tensor<D>,
    composed: impl Fn(&[Tensor<1>]) -> Tensor<D>,
) {
    let (first, again) = (run(shapes, &fused), run(shapes, &fused));
    let bits = |all: &[Vec<f32>]| all.iter().flatten().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&first), bits(&again), "two runs differ");
    for (i, (got, expected)) in first.iter().zip(run(shapes, &composed)).enumerate() {
        let what = if i == 0 { "the value".to_owned() } else { format!("gradient {}", i - 1) };
        assert_eq!(got.len(), expected.len(), "{what}");
        let largest = expected.iter().fold(1e-3f32, |m, x| m.max(x.abs()));
        for (j, (a, b)) in got.iter().zip(&expected).enumerate() {
            let close = (a - b).abs() <= 1e-4 * b.abs() + 1e-5 * largest;
            assert!(close, "{what}, element {j} of shapes {shapes:?}: {a} against {b}");
        }
    }
}

/// The value and the gradient of each input.
fn run<const D: usize>(shapes: &[&[usize]], op: impl Fn(&[Tensor<1>]) -> Tensor<D>) -> Vec<Vec<f32>> {
    let device = Device::flex().autodiff();
    let tensor = |(i, shape): (usize, &&[usize])| {
        let n = shape.iter().product::<usize>();
        let data = (0..n).map(|j| scatter(j + 7919 * i)).collect::<Vec<_>>();
        Tensor::<1>::from_data(TensorData::new(data, [n]), &device).require_grad()
    };
    let inputs: Vec<_> = shapes.iter().enumerate().map(tensor).collect();
    let out = op(&inputs);
    let n = out.dims().iter().product::<usize>();
    let weights = (0..n).map(|j| scatter(j + 104_729)).collect::<Vec<_>>();
    let weights = Tensor::<1>::from_data(TensorData::new(weights, [n]), &device);
    let value = out.clone().into_data().try_to_vec().expect("f32");
    let grads = (out.reshape([n]) * weights).sum().backward();
    let of = |x: &Tensor<1>| {
        x.grad(&grads).map_or_else(|| vec![0.0; x.dims()[0]], |g| g.into_data().try_to_vec().expect("f32"))
    };
    std::iter::once(value).chain(inputs.iter().map(of)).collect()
}

/// Numbers between −2 and 2 without a pattern.
fn scatter(i: usize) -> f32 {
    let x = (i as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((x >> 40) as f32 / (1u64 << 24) as f32) * 4.0 - 2.0
}
