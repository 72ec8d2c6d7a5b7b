//! Any bytes as a ZIP archive of music, and as compressed MusicXML: no panic, and never more unpacked at once
//! than a batch and a file.
#![no_main]

#[path = "../../src/corpus/mod.rs"]
mod corpus;
#[path = "../../src/encoding/mod.rs"]
mod encoding;
#[path = "../../src/files/mod.rs"]
mod files;
#[path = "../../src/index/mod.rs"]
mod index;
#[path = "../../src/midi/mod.rs"]
mod midi;
#[path = "../../src/music/mod.rs"]
mod music;
#[path = "../../src/notation/mod.rs"]
mod notation;

use corpus::{ImportOptions, archive, judge};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

/// Of a file; small ones may pack to nothing. As the law of `corpus::archive` has it.
const MOST_TIMES: usize = 250;
const ALWAYS_FINE: usize = 1 << 20;

/// So much is unpacked of one input, or it would take all day.
const ENOUGH: usize = 16 << 20;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let options = ImportOptions::default();
    let mut unpacked = 0;
    let read = archive::unpack_from(Cursor::new(bytes), bytes.len() as u64, &mut |members| {
        for member in members {
            assert!(!member.name.split('/').any(|part| part == ".."), "{}", member.name);
            let Ok(content) = member.bytes else { continue };
            assert!(content.len() <= (bytes.len() * MOST_TIMES).max(ALWAYS_FINE));
            unpacked += content.len();
            if content.len() < 1 << 16 {
                let judged = judge::judge(&content, Path::new(&member.name), &options);
                assert!(judged.state.is_left_out() == judged.pieces.is_empty());
            }
        }
        if unpacked > ENOUGH { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if let Err(why) = read {
        assert!(why.to_string().ends_with('.'), "{why}");
    }
    if let Err(why) = notation::musicxml::read_mxl(bytes) {
        assert!(!why.to_string().is_empty());
    }
});
