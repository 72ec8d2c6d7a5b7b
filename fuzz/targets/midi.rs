//! Any bytes as a MIDI file: no panic, and what was read can be written and read again.
#![no_main]

#[path = "../../src/midi/mod.rs"]
mod midi;
#[path = "../../src/music/mod.rs"]
mod music;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok((score, warnings)) = midi::read(bytes) {
        warnings.iter().for_each(|w| assert!(!w.to_string().is_empty()));
        let (written, _) = midi::write(&score);
        midi::read(&written).expect("our own files are read");
    }
});
