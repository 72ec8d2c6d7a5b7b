use cadenza::model::init::Dropout;
use cadenza::model::*;
use cadenza::train::*;
fn main() {
    let recipe = Recipe {
        d_model: std::env::args().nth(1).map_or(192, |s| s.parse().unwrap()),
        arch: if std::env::args().nth(2).as_deref() == Some("lstm") { Arch::Lstm } else { Arch::Transformer },
        n_layers: if std::env::args().nth(2).as_deref() == Some("lstm") { 2 } else { 4 },
        ..Recipe::default()
    };
    let config = recipe.model_config(false);
    let device = Compute::Cpu.open().unwrap().autodiff();
    let mut model = NoteModel::new(&config, 1, &device);
    let mut opt = optimiser::Optimiser::new(&recipe);
    let (rows, len) = if recipe.arch == Arch::Lstm { (32, 128) } else { (8, 256) };
    let mut b = Batch::new(rows, len, 5);
    for i in 0..rows * len {
        for (f, s) in config.fields.iter().enumerate() {
            b.fields[f][i] = ((i * 7919 + f * 31) % (s.size - 1)) as i32;
        }
        b.begins[i] = 0;
        b.counts[i] = true;
        b.time[i] = (i % len) as f32;
        b.place[i] = (i % 96) as i32;
    }
    for step in 0..12 {
        let t = std::time::Instant::now();
        let sums = model.losses(&b, &config, &device, &mut Dropout::new(1, step, 0.1)).sums();
        let loss = sums.sum() / (rows * len) as f64;
        let l: f32 = loss.clone().into_scalar();
        let f = t.elapsed().as_secs_f64();
        let (m, _) = opt.step(model, &loss, 1e-3);
        model = m;
        let e = t.elapsed().as_secs_f64();
        println!(
            "step {step} loss {l:.3} forward {:.0} ms total {:.0} ms {:.0} notes/s",
            f * 1e3,
            e * 1e3,
            (rows * len) as f64 / e
        );
    }
}
