//! Every sentence that a file can have is known in Chinese.

use super::super::{EN, ZH};
use super::*;
use crate::corpus::{LeftOut, Repair};
use crate::midi::{self, ReadError};
use crate::notation::{abc, musicxml};

fn left_out() -> Vec<LeftOut> {
    vec![
        LeftOut::EmptyFile,
        LeftOut::NotMusic,
        LeftOut::Unreadable { reason: "the file is empty".into() },
        LeftOut::NoAccess { reason: "permission denied".into() },
        LeftOut::NotFound,
        LeftOut::TooLarge { bytes: 1 << 30 },
        LeftOut::NoNotes,
        LeftOut::DrumsOnly { n_notes: 3 },
        LeftOut::TooShort { n_notes: 1 },
        LeftOut::TooShort { n_notes: 7 },
        LeftOut::ByChoice,
        LeftOut::BrokenLink,
        LeftOut::LinkLoop,
        LeftOut::SpecialFile,
        LeftOut::Encrypted,
        LeftOut::ArchiveInArchive,
        LeftOut::EmptyArchive,
        LeftOut::SystemFiles { n_files: 1 },
        LeftOut::SystemFiles { n_files: 2 },
        LeftOut::TooManyMembers { n_files: 1 << 20 },
        LeftOut::ArchiveTooLarge,
        LeftOut::Bomb { times: 1000 },
    ]
}

fn of_midi() -> Vec<String> {
    use midi::Warning as W;
    let errors = [
        ReadError::Empty,
        ReadError::NotMidi { looks_like: "an MP3 file" },
        ReadError::ShortHeader { byte: 7 },
        ReadError::NoTracks { byte: 14 },
    ];
    let warnings = [
        W::LeadingBytes { n_bytes: 128 },
        W::UnknownFormat { format: 9 },
        W::PatternsJoined { n_patterns: 2 },
        W::NoDivision,
        W::FrameTime { frames_per_second: 25, ticks_per_frame: 40 },
        W::MissingTracks { declared: 3, found: 2 },
        W::WrongLength { n_tracks: 1, first_byte: 9 },
        W::Truncated { track: 1, byte: 9 },
        W::NoEndOfTrack { n_tracks: 2 },
        W::BrokenTrack { track: 0, byte: 9, reason: "its last event is cut off" },
        W::BrokenTrack { track: 0, byte: 9, reason: "a number of more than four bytes" },
        W::Unended { n_notes: 1, first_tick: 7 },
        W::ZeroLength { n_notes: 2, first_tick: 7 },
        W::Overlapping { n_notes: 2, first_tick: 7 },
        W::Impossible { what: "tempo", n: 1, first_tick: 0 },
        W::Impossible { what: "key", n: 2, first_tick: 0 },
        W::GuessedText { encoding: "GBK" },
        W::NotKept { n_texts: 1, n_exclusive: 2, n_other: 3 },
        W::NotKept { n_texts: 0, n_exclusive: 1, n_other: 1 },
        W::NotKept { n_texts: 2, n_exclusive: 0, n_other: 0 },
        W::NoVoice { n_messages: 4 },
        W::SilentTail { quarters: 900 },
    ];
    let clauses = warnings.iter().filter_map(Repair::from_midi).map(|r| r.clause());
    let cut = clauses.filter(|c| c.contains("byte")).map(|reason| LeftOut::Unreadable { reason }.to_string());
    let errors = errors.iter().map(|e| LeftOut::Unreadable { reason: e.to_string() }.to_string());
    errors.chain(cut).chain(warnings.iter().map(ToString::to_string)).collect()
}

fn of_notation() -> Vec<String> {
    use abc::Problem as A;
    use musicxml::Problem as X;
    let abc = [
        A::UnknownSign('曲'),
        A::BadField { letter: 'K', text: "？".into() },
        A::BadChordSymbol("？".into()),
        A::WrongBar { bar: 3, has_sixteenths: "15".into(), wants_sixteenths: "16".into() },
        A::OutOfRange,
        A::DanglingMark("a broken rhythm"),
        A::DanglingMark("a tie"),
        A::DanglingMark("a tuplet"),
        A::Overlay,
        A::GraceNotes(1),
        A::GraceNotes(2),
        A::Marks(1),
        A::Marks(2),
        A::Verses(2),
        A::Jump("？".into()),
        A::Macro("？".into()),
        A::NoKey,
        A::NoPart('B'),
        A::TooLong,
        A::AfterEnd,
        A::Empty,
    ];
    let abc = abc
        .into_iter()
        .map(|problem| abc::Warning { tune: "两只, 老虎".into(), of: None, line: 12, problem }.to_string());
    let xml = [
        X::GraceNotes,
        X::CueNotes,
        X::Ornaments,
        X::NoLength,
        X::OutOfRange,
        X::Microtones,
        X::DrumsWithoutKey,
        X::BadNumber,
        X::BadMeter,
        X::ChordSymbols,
        X::LostJump,
        X::Rounded,
        X::Encoding("GBK"),
    ];
    let of =
        |problem| [(1, "12"), (3, "12"), (2, "")].map(|(n, at)| musicxml::Warning { problem, n, measure: at.into() });
    abc.chain(xml.into_iter().flat_map(of).map(|w| w.to_string())).collect()
}

/// English words of three letters and more: names of formats and units are none.
fn english_words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    words.filter(|w| w.len() > 2 && w.chars().all(|c| c.is_ascii_lowercase()) && *w != "tick").collect()
}

/// Words that are the same in Chinese: of formats, options, keys of a recipe, of probabilities.
const FORMATS: [&str; 8] = ["ndarray", "burn", "top", "min", "ogg", "gzip", "mid", "from"];

#[test]
fn whatever_is_said_of_a_file_is_said_in_chinese() {
    let all = left_out().into_iter().map(|why| why.to_string()).chain(of_midi()).chain(of_notation());
    let others = [
        "Performed: its notes were moved onto the file's own beats, half of them by 12 ms or less.",
        "Performed: its notes were moved onto the file's own beats, half of them by 12 ms or less; 1 note fell onto \
         another and was left out.",
        "Performed: 61 % of its notes begin off the grid; they stay where they were played.",
        "The text is not UTF-8 and was read as GBK; letters may be wrong.",
        "“曲” is left out. It is too short: 3 notes, at least 8 are needed.",
    ];
    for text in all.chain(others.map(str::to_owned)) {
        let said = sentence(&text, &ZH);
        assert!(!said.is_ascii() && english_words(&said).is_empty(), "{text}\n{said}");
        assert_eq!(sentence(&text, &EN), text);
    }
}

#[test]
fn numbers_and_names_stay_and_what_is_not_known_is_shown_as_it_is() {
    let said = |text: &str| sentence(text, &ZH);
    assert_eq!(said("It is too short: 1 note, at least 8 are needed."), "过短：只有 1 个音符，至少需要 8 个。");
    assert_eq!(
        said("“A, line 3: b”, line 9: the sign 'x' was not understood and left out."),
        "“A, line 3: b”第 9 行：无法理解记号 'x'，已去除。"
    );
    assert_eq!(said("It cannot be opened: some news of the system."), "无法打开：some news of the system。");
    assert_eq!(said("Another thing."), "Another thing.");
}

#[test]
fn a_fate_is_told_in_full() {
    let hung = midi::Warning::Unended { n_notes: 2, first_tick: 7 };
    let repaired = FileState::Repaired(Repair::from_midi(&hung).into_iter().collect());
    assert_eq!(fate_sentence(&repaired, &ZH), "已修复。从未松开、已随音轨结束：2 个音符（首个在 tick 7）。");
    assert_eq!(fate_sentence(&FileState::LeftOut(LeftOut::NoNotes), &ZH), "未使用。其中没有音符。");
    for state in [FileState::Used, repaired] {
        assert_eq!(fate_sentence(&state, &EN), state.to_string());
        assert!(english_words(&fate_sentence(&state, &ZH)).is_empty());
    }
}

#[test]
fn every_pattern_has_as_many_blanks_in_chinese_and_is_there_once() {
    for table in [SENTENCES, NEWS, SAID] {
        for (i, (pattern, said)) in table.iter().enumerate() {
            assert_eq!(pattern.matches(['#', '@', '*']).count(), said.matches("{}").count(), "{pattern}");
            assert!(table[..i].iter().all(|(other, _)| other != pattern), "{pattern}");
            assert!(english_words(said).iter().all(|w| FORMATS.contains(w)), "{said}");
        }
    }
}

/// The line at the foot after a take, and what generators say of one.
#[test]
fn what_is_said_of_a_take_is_said_in_chinese() {
    use crate::generate::letter::NewLetter;
    use crate::job::Rewriting;
    assert_eq!(
        sentence("Seed 943036: 1.07 nats/note · longest copy 7 notes: Soldier's Joy, bar 4", &ZH),
        "种子 943036：每音符 1.07 奈特 · 最长相同 7 个音符：Soldier's Joy，第 4 小节"
    );
    let letters = [(1, 2), (3, 2), (1, 20), (3, 20)]
        .map(|(tries, shared)| NewLetter { letter: 'B', notes: 24, like: 'A', shared, tries }.to_string());
    let rewritten = [(true, 1), (true, 3), (false, 0), (false, 3)].map(|(far_enough, times)| {
        let written = Rewriting { limit: 12, times, asked_seed: 7, far_enough };
        written.sentence().expect("something to say")
    });
    let others = [
        "the rule \"swing\" left nothing to choose 3 times and was set aside there",
        "folk has never learned from music in 5/4, only in 4/4, 6/8: expect noise",
        "the settings are not sound: bars must be between 1 and 1024",
        "folk: bar 9 lies past the end: the piece has 8",
        "2 notes off the model's grid (24 steps a quarter note), heard at the nearest step",
        "No percentile: it takes 30 pieces by people of at least as many notes, and of 22 that are no near-copies of each other 9 have them.",
        "No percentile: it takes 12 notes.",
    ];
    for text in letters.into_iter().chain(rewritten).chain(others.map(str::to_owned)) {
        let said = sentence(&text, &ZH);
        let words: Vec<_> = english_words(&said).into_iter().filter(|w| !["swing", "folk"].contains(w)).collect();
        assert!(words.is_empty(), "{text}\n{said}");
    }
}

/// What jobs, devices and the system really say.
#[test]
fn news_is_told_in_chinese() {
    use crate::project::EditError;
    let path = std::path::Path::new("/tmp/x y.cadenza");
    let refused = crate::project::file::load(path).map(drop).expect_err("there is no such file");
    let said = [
        "Playing through Built-in Audio: Analog at 48000 Hz, 512 frames a buffer.".to_owned(),
        "Playing without sound: no sound device was found.".into(),
        "HDMI went away. Playing without sound: no sound device was found.".into(),
        "folk: all 1,200 steps were taken; best 0.912 nats per note at step 1,100".into(),
        "195 files: 190 used, 5 repaired, 0 left out; 190 are as they were and were not read again".into(),
        "Seed 7".into(),
        EditError::PitchRange.to_string(),
        refused.to_string(),
        std::io::Error::from_raw_os_error(2).to_string(),
    ];
    for english in said {
        let chinese = sentence(&english, &ZH);
        assert!(chinese.chars().any(|c| c >= '\u{4e00}') && !chinese.contains("os error"), "{english} / {chinese}");
        assert_eq!(sentence(&english, &EN), english);
    }
    assert_eq!(
        sentence("HDMI went away. Playing without sound: sound is switched off.", &ZH),
        "HDMI 已断开。无声播放：声音已关闭。"
    );
    assert_eq!(sentence("1.20 nats/note · Mine", &ZH), "每音符 1.20 奈特 · Mine");
    // Every recipe that comes along has a Chinese name and description, save names that are letters.
    for (_, preset) in crate::train::Preset::all().expect("sound") {
        let description = sentence(&preset.description, &ZH);
        assert_ne!(description, preset.description);
        assert!(["LSTM", "GRU"].contains(&preset.name.as_str()) || sentence(&preset.name, &ZH) != preset.name);
    }
}
