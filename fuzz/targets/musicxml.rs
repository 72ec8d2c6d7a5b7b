//! Any bytes as MusicXML: no panic, and what was read is written as a score that is read again, note for
//! note.
#![no_main]

#[path = "../../src/music/mod.rs"]
mod music;
#[path = "../../src/notation/mod.rs"]
mod notation;

use notation::musicxml;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok((score, warnings)) = musicxml::read(bytes) else { return };
    warnings.iter().for_each(|w| assert!(!w.to_string().is_empty()));
    // Repeats of a long text would be written out a hundred times a second.
    if score.n_notes() < 2000 && score.n_bars() < 2000 {
        let (text, losses) = musicxml::write(&score);
        let lossy = losses.iter().any(|l| l.touches_notes() || matches!(l.problem, musicxml::Problem::TooManyBars));
        let (back, _) = musicxml::read(text.as_bytes()).expect("our own files are read");
        assert!(lossy || back.n_notes() == score.n_notes(), "{} of {}\n{text}", back.n_notes(), score.n_notes());
    }
});
