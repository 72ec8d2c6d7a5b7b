//! Any bytes as an ABC book: no panic, whatever the encoding.
#![no_main]

#[path = "../../src/music/mod.rs"]
mod music;
#[path = "../../src/notation/mod.rs"]
mod notation;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (text, _) = music::charset::decode(bytes);
    let (_, warnings) = notation::abc::read(&text);
    warnings.iter().for_each(|w| assert!(!w.to_string().is_empty()));
});
