//! Any bytes as an ABC book: no panic, whatever the encoding; and what was read is written as a tune
//! that is read again.
#![no_main]

#[path = "../../src/music/mod.rs"]
mod music;
#[path = "../../src/notation/mod.rs"]
mod notation;

use notation::abc;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (text, _) = music::charset::decode(bytes);
    let (tunes, warnings) = abc::read(&text);
    warnings.iter().for_each(|w| assert!(!w.to_string().is_empty()));
    // Repeats of a long text would be written out a hundred times a second.
    if let Some(tune) = tunes.first().filter(|t| t.score.n_notes() < 2000 && t.score.n_bars() < 2000) {
        let (text, losses) = abc::write(&tune.score);
        let lossy = losses.iter().any(|l| matches!(l, abc::Loss::TooDense { .. } | abc::Loss::TooLong { .. }));
        let back: usize = abc::read(&text).0.iter().map(|t| t.score.n_notes()).sum();
        assert!(lossy || back == tune.score.n_notes(), "{back} of {}\n{text}", tune.score.n_notes());
    }
});
