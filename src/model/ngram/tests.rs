//! Laws of the n-gram model, on sequences without meaning.

use super::*;

/// Two fields: 9 values under two viewpoints; 20 values of which some are counted from another one.
fn shape() -> Vec<(usize, Vec<bool>)> {
    vec![(9, vec![false, false]), (20, vec![false, true, true])]
}

fn viewpoints(field: usize, i: u64) -> Vec<Viewpoint> {
    let hashes = |n: u64| (0..5).map(|k| (i % (n + k)).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (k << 60)).collect();
    shape()[field].1.iter().enumerate().map(|(n, r)| (hashes(2 + n as u64), r.then_some((i % 7) as i16))).collect()
}

fn value(field: usize, i: u64) -> u16 {
    (i * i % 5) as u16 + 2 * field as u16
}

fn taught() -> Ngram {
    let mut model = Ngram::new(shape());
    for i in 0..200 {
        (0..2).for_each(|f| model.learn(f, &viewpoints(f, i), value(f, i)));
    }
    let mut recent = model.begin();
    for i in 0..300 {
        for f in 0..2 {
            let prediction = model.predict(&recent, f, &viewpoints(f, i));
            model.tune(f, &prediction, value(f, i), 0.01);
            model.remember(&mut recent, f, &viewpoints(f, i), value(f, i));
        }
    }
    model
}

#[test]
fn probabilities_of_all_values_add_up_to_one_whatever_was_seen() {
    for model in [Ngram::new(shape()), taught()] {
        let mut recent = model.begin();
        for i in 0..100 {
            for f in 0..2 {
                let views = viewpoints(f, i * 31);
                let log_p = model.predict(&recent, f, &views).log_p;
                assert_eq!(log_p.len(), shape()[f].0);
                let total: f64 = log_p.iter().map(|l| f64::from(*l).exp()).sum();
                assert!((total - 1.0).abs() < 1e-5, "field {f} at {i}: {total}");
                // Also values that were never learned are remembered.
                model.remember(&mut recent, f, &views, (i % 9) as u16);
            }
        }
    }
}

#[test]
fn what_followed_is_expected_and_more_so_after_tuning() {
    let nats = |model: &Ngram| -> f32 {
        let recent = model.begin();
        let of = |i| -model.predict(&recent, 1, &viewpoints(1, i)).log_p[usize::from(value(1, i))];
        (0..200).map(of).sum::<f32>() / 200.0
    };
    let mut counted = Ngram::new(shape());
    for i in 0..200 {
        counted.learn(1, &viewpoints(1, i), value(1, i));
    }
    assert!(nats(&counted) < 0.7 * 20f32.ln());
    let before = nats(&counted);
    let recent = counted.begin();
    for i in 0..200 {
        let prediction = counted.predict(&recent, 1, &viewpoints(1, i));
        counted.tune(1, &prediction, value(1, i), 0.01);
    }
    assert!(nats(&counted) < before);
}

#[test]
fn it_is_read_back_as_it_was_written_and_damage_is_found() {
    let model = taught();
    let bytes = model.to_bytes();
    let back = Ngram::from_bytes(&bytes).expect("reads");
    assert!(back == model && back.to_bytes() == bytes);
    for cut in 0..bytes.len() {
        assert!(Ngram::from_bytes(&bytes[..cut]).is_none(), "cut to {cut} bytes");
    }
    for at in 0..bytes.len().min(2000) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        drop(Ngram::from_bytes(&damaged)); // refused or another model, but never a panic
    }
}
