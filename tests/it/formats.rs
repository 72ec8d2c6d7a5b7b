//! Readers against other programs, against what fuzzing found, and against names that are not text.

use cadenza::corpus::{ImportOptions, archive, import, judge};
use cadenza::music::{Tick, charset};
use cadenza::notation::{abc, musicxml};
use cadenza::{midi, music};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder)
}

/// The folder's `abc2midi.txt` says what abc2midi plays. It ends notes a tick early and rolls chords by
/// ten ticks a note; a 64th note has 30.
#[test]
fn abc_tunes_are_played_as_abc2midi_plays_them() {
    let said = std::fs::read_to_string(data("abc/abc2midi.txt")).expect("the list is there");
    let mut n_tunes = 0;
    for line in said.lines().filter(|l| !l.starts_with('#')) {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let mut theirs: Vec<(Tick, Tick, u8)> = words.map(note).collect();
        theirs.sort_by_key(|(start, _, pitch)| ((start + 30) / 60, *pitch));
        let text = std::fs::read_to_string(data("abc").join(name)).expect("the tune is there");
        let (tunes, warnings) = abc::read(&text);
        assert_eq!(warnings, [], "{name}");
        let melody = &tunes[0].score.voices[0].notes;
        let first = melody[0].start;
        assert_eq!(melody.len(), theirs.len(), "{name}");
        for (ours, (start, duration, pitch)) in melody.iter().zip(&theirs) {
            let near = |a: Tick, b: Tick| (a - b).abs() <= 25;
            let same = near(ours.start - first, *start) && near(ours.duration, *duration) && ours.pitch == *pitch;
            assert!(same, "{name}: {ours:?} is {start}+{duration}:{pitch} to abc2midi, with the first at {first}");
        }
        n_tunes += 1;
    }
    assert_eq!(n_tunes, 30);
}

fn note(text: &str) -> (Tick, Tick, u8) {
    let parts = text.split_once('+').and_then(|(start, rest)| Some((start, rest.split_once(':')?)));
    let (start, (duration, pitch)) = parts.expect("start+length:pitch");
    let number = |text: &str| text.parse().expect("a number");
    (number(start), number(duration), u8::try_from(number(pitch)).expect("a pitch"))
}

/// The folder holds small inputs on which the fuzzer saw a reader go a new way, and any that broke one
/// (`find-…`): every one through every reader.
#[test]
fn what_fuzzing_found_is_read_or_refused() {
    let (mut n_files, mut n_archives) = (0, 0);
    for entry in std::fs::read_dir(data("finds")).expect("the folder is there") {
        let bytes = std::fs::read(entry.expect("it is readable").path()).expect("it is readable");
        let (text, _) = charset::decode(&bytes);
        for tune in abc::read(&text).0 {
            let (written, _) = abc::write(&tune.score);
            assert!(!abc::read(&written).0.is_empty(), "{written}");
        }
        if let Ok((score, _)) = midi::read(&bytes) {
            midi::read(&midi::write(&score).0).expect("our own file is read");
        }
        if let Ok((score, _)) = musicxml::read(&bytes).or_else(|_| musicxml::read_mxl(&bytes)) {
            musicxml::read(musicxml::write(&score).0.as_bytes()).expect("our own file is read");
        }
        let unpacked = archive::unpack_from(Cursor::new(&bytes), bytes.len() as u64, &mut |members| {
            for member in members {
                let Ok(content) = member.bytes else { continue };
                let judged = judge::judge(&content, Path::new(&member.name), &ImportOptions::default());
                assert_eq!(judged.state.is_left_out(), judged.pieces.is_empty());
            }
            ControlFlow::Continue(())
        });
        n_archives += usize::from(unpacked.is_ok());
        n_files += 1;
    }
    assert!(n_files > 0 && n_archives > 0);
}

/// File names are not text: one that is no UTF-8 is opened like any other.
#[cfg(unix)]
#[test]
fn files_with_names_in_other_encodings_are_opened() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("temporary folder");
    let tune = |step: u8| {
        let mut score = music::Score::new(480);
        let mut voice = music::Voice::new("", music::Role::Melody, 0);
        voice.notes = (0..20u8).map(|i| music::Note::new(Tick::from(i) * 240, 240, 60 + i * step % 7, 80)).collect();
        score.push_voice(voice);
        midi::write(&score).0
    };
    // "さくら" in Shift-JIS, and in UTF-8.
    let names: [&[u8]; 2] = [b"\x82\xb3\x82\xad\x82\xe7.mid", "茉莉花.mid".as_bytes()];
    let mut n_written = 0;
    for (name, step) in names.into_iter().zip([2, 3]) {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        // Some file systems take no such names.
        n_written += usize::from(std::fs::write(&path, tune(step)).is_ok());
    }
    assert!(n_written > 0);
    let cancel = std::sync::atomic::AtomicBool::new(false);
    let library = import(&[folder.path().to_owned()], &ImportOptions::default(), &|_| {}, &cancel);
    assert_eq!(library.pieces.len(), n_written);
}

/// Written when this was the format; it opens for ever, whatever comes after.
#[test]
fn a_project_of_the_first_format_opens() {
    let project = cadenza::project::file::load(&data("roll").join("version-1.cadenza")).expect("it opens");
    let score = project.score();
    assert_eq!((score.title.as_str(), score.end, score.first_meter().numerator), ("夜曲", 3840, 3));
    assert_eq!(score.keys[0].key.to_string(), "G♯ minor");
    assert_eq!((score.tempos.micros_at(2000), score.voices[0].program), (600_000, 73));
    assert_eq!(score.voices[0].events.len(), 2);
    let notes: Vec<_> = score.voices[0].notes.iter().map(|n| (n.start, n.pitch, n.velocity)).collect();
    assert_eq!(notes, [(0, 63, 80), (480, 72, 127)]);
    let take = &project.takes()[0];
    assert_eq!((take.from_tick, take.settings.seed, take.score.n_notes()), (1440, 7, 1));
}
