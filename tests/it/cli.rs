//! The program as a user types it: exit codes, help, and one JSON object.

use cadenza::midi;
use cadenza::music::{Note, Role, Score, Tick, Voice};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn cadenza(arguments: &[&str]) -> Output {
    // The user's own cache is none of our business.
    let cache = tempfile::tempdir().expect("temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cadenza"));
    command.env("XDG_CACHE_HOME", cache.path());
    command.args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(output: &Output) -> Value {
    let text = text(&output.stdout);
    assert_eq!(text.lines().count(), 1, "one object and nothing else: {text}");
    serde_json::from_str(&text).expect("JSON")
}

fn write_tune(path: &Path, step: u8) {
    let mut score = Score::new(480);
    let mut voice = Voice::new("", Role::Melody, 0);
    voice.notes = (0..20u8).map(|i| Note::new(Tick::from(i) * 240, 240, 60 + i * step % 11, 80)).collect();
    score.push_voice(voice);
    std::fs::write(path, midi::write(&score).0).expect("file");
}

#[test]
fn help_says_what_there_is() {
    let help = cadenza(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let text = text(&help.stdout);
    assert!(text.contains("import") && text.contains("convert") && text.contains("Exit code"), "{text}");
    for verb in ["import", "convert", "starter", "explain"] {
        let help = cadenza(&[verb, "--help"]);
        assert_eq!(help.status.code(), Some(0));
        assert!(self::text(&help.stdout).contains("Example"));
    }
}

#[test]
fn wrong_arguments_are_exit_code_2_and_say_so_on_stderr() {
    for wrong in [
        &["imprt"][..],
        &["import"],
        &["import", "--nonsense", "x"],
        &["import", "/no/such/folder"],
        &["convert", "Cargo.toml", "x.wav"],
        &["--nonsense"],
    ] {
        let output = cadenza(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{wrong:?}");
    }
}

#[test]
fn an_awkward_folder_is_imported_and_its_counts_add_up() {
    let dir = tempfile::tempdir().expect("temporary folder");
    write_tune(&dir.path().join("one.mid"), 3);
    write_tune(&dir.path().join("二.mid"), 7);
    std::fs::write(dir.path().join("empty.mid"), b"").expect("file");
    std::fs::write(dir.path().join("words.mid"), b"words").expect("file");
    std::fs::write(dir.path().join("read me.txt"), b"words").expect("file");
    let folder = dir.path().to_str().expect("UTF-8");
    let reports = tempfile::tempdir().expect("temporary folder");
    let report = reports.path().join("fates.csv");
    let output = cadenza(&["import", folder, "--json", "--no-cache", "--report", report.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "no progress in a pipe: {}", text(&output.stderr));
    let figures = json(&output);
    let number = |name: &str| figures[name].as_u64().unwrap_or_else(|| panic!("no number {name} in {figures}"));
    assert_eq!(number("files"), 5);
    assert_eq!(number("files"), number("used") + number("repaired") + number("left_out"));
    assert_eq!((number("used"), number("pieces"), number("families"), number("notes")), (2, 2, 2, 40));
    assert_eq!(figures["reasons"], serde_json::json!({"empty-file": 1, "not-music": 1, "unreadable": 1}));
    assert!(figures["seconds"].is_f64());
    let csv = std::fs::read_to_string(report).expect("the report");
    assert_eq!(csv.lines().count(), 6);
    assert!(csv.contains("二.mid"));

    let human = cadenza(&["import", folder, "--melody-only"]);
    assert_eq!(human.status.code(), Some(0));
    assert!(text(&human.stdout).starts_with("5 files in "), "{}", text(&human.stdout));
}

#[test]
fn the_statistics_of_each_style_are_in_the_report() {
    let dir = tempfile::tempdir().expect("temporary folder");
    std::fs::create_dir(dir.path().join("jigs")).expect("folder");
    write_tune(&dir.path().join("one.mid"), 3);
    write_tune(&dir.path().join("jigs").join("two.mid"), 7);
    write_tune(&dir.path().join("jigs").join("three.mid"), 9);
    let figures = json(&cadenza(&["import", dir.path().to_str().expect("UTF-8"), "--json", "--no-cache"]));
    let styles = figures["statistics"].as_object().expect("styles");
    assert_eq!(styles.keys().collect::<Vec<_>>(), ["", "jigs"]);
    let jigs = &styles["jigs"];
    assert_eq!((jigs["pieces"].as_u64(), jigs["notes"].as_u64()), (Some(2), Some(40)));
    let sum =
        |picture: &str| jigs[picture].as_object().expect("a picture").values().filter_map(|n| n.as_u64()).sum::<u64>();
    assert_eq!(["pitch_classes", "durations", "polyphony"].map(sum), [40; 3], "{jigs}");
    assert_eq!(["ranges", "keys", "meters"].map(sum), [2; 3], "{jigs}");
    assert!(jigs["pitch_class_entropy"].as_f64() > Some(0.0), "{jigs}");
}

#[test]
fn the_original_of_a_piece_is_found_and_the_piece_itself_is_not() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::create_dir(path("shelf")).expect("folder");
    for seed in 0..8 {
        write_tune(Path::new(&path(&format!("shelf/{seed}.mid"))), seed);
    }
    write_tune(Path::new(&path("copy.mid")), 5);
    let output = cadenza(&["similar", &path("copy.mid"), &path("shelf"), "--top", "3", "--json", "--no-cache"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found = json(&output);
    let first = &found["results"][0];
    assert!(first["file"].as_str().is_some_and(|f| f.ends_with("5.mid")), "{found}");
    assert!(
        first["score"].as_f64() > Some(0.99) && first["why"].as_str().is_some_and(|w| w.contains("run")),
        "{found}"
    );
    assert!(found["results"].as_array().is_some_and(|r| r.len() <= 3) && found["pieces"] == 8);

    let itself = cadenza(&["similar", &path("shelf/5.mid"), &path("shelf"), "--no-cache"]);
    assert!(!text(&itself.stdout).contains("5.mid\n"), "{}", text(&itself.stdout));
    for (name, why) in [(path(""), "this is a folder"), (path("README"), "without an ending")] {
        std::fs::write(path("README"), b"words").expect("file");
        let refused = cadenza(&["convert", &name, &path("never.mid")]);
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
    std::fs::write(path("words.mid"), b"words").expect("file");
    let unreadable = cadenza(&["similar", &path("words.mid"), &path("shelf"), "--no-cache"]);
    assert_eq!(unreadable.status.code(), Some(1));
    assert!(text(&unreadable.stderr).contains("words.mid"), "{}", text(&unreadable.stderr));
    let second = cadenza(&["similar", &path("copy.mid"), &path("shelf"), "--tune", "2", "--no-cache"]);
    assert_eq!(second.status.code(), Some(2));
}

#[test]
fn converting_keeps_the_notes_and_a_broken_file_fails() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    write_tune(Path::new(&path("in.mid")), 3);
    let output = cadenza(&["convert", &path("in.mid"), &path("out.mid"), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        (json(&output)["notes"].as_u64(), json(&output)["warnings"].as_array().map(Vec::len)),
        (Some(20), Some(0))
    );
    let read = |name: &str| midi::read(&std::fs::read(path(name)).expect("file")).expect("MIDI").0;
    assert_eq!(read("in.mid"), read("out.mid"));

    let output = cadenza(&["convert", &path("in.mid"), &path("out.abc"), "--json"]);
    assert_eq!((output.status.code(), json(&output)["notes"].as_u64()), (Some(0), Some(20)));
    let output = cadenza(&["convert", &path("out.abc"), &path("back.mid")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let notes = |name: &str| -> Vec<(Tick, Tick, u8)> {
        read(name).voices[0].notes.iter().map(|n| (n.start, n.duration, n.pitch)).collect()
    };
    assert_eq!(notes("in.mid"), notes("back.mid"));

    std::fs::write(path("words.mid"), b"words").expect("file");
    // The name of the file stands for a title that is missing, where one is written.
    std::fs::write(path("nameless.abc"), "X:1\nL:1/4\nK:C\ncdef|gfed|\n").expect("file");
    for (out, title) in [("named.abc", "T:nameless\n"), ("named.musicxml", "<work-title>nameless</work-title>")] {
        cadenza(&["convert", &path("nameless.abc"), &path(out)]);
        let text = std::fs::read_to_string(path(out)).expect("it was written");
        assert!(text.contains(title), "{text}");
    }
    let broken = cadenza(&["convert", &path("words.mid"), &path("never.mid")]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(!Path::new(&path("never.mid")).exists());
}

#[test]
fn a_tune_book_becomes_numbered_files() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(path("book.abc"), "X:1\nT:A\nK:C\nCDEF|\n\nX:2\nT:B\nK:C\nGABc|\n").expect("file");
    let output = cadenza(&["convert", &path("book.abc"), &path("book.mid"), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(json(&output)["files"].as_array().map(Vec::len), Some(2));
    assert!(Path::new(&path("book-1.mid")).exists() && Path::new(&path("book-2.mid")).exists());
}

#[test]
fn the_starter_corpus_is_written_and_imports_whole() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let folder = dir.path().join("starter");
    let folder = folder.to_str().expect("UTF-8");
    let written = json(&cadenza(&["starter", folder, "--json"]))["files"].as_u64();
    assert!(written >= Some(40));
    let imported = json(&cadenza(&["import", folder, "--json"]));
    assert_eq!((imported["files"].as_u64(), imported["used"].as_u64()), (written, written));
}

/// Where there is a display, `cadenza bench start` is tried by hand: no test opens a window.
#[cfg(target_os = "linux")]
#[test]
fn a_window_that_cannot_open_is_not_measured() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cadenza"));
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(display);
    }
    let output = command.args(["bench", "start", "--runs", "3", "--json"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        output.stdout.is_empty() && text(&output.stderr).contains("a display is needed"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_reader_that_has_gone_is_no_fault() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cadenza"))
        .args(["import", "--no-cache", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("panicked"));
}

#[test]
fn a_model_fills_accompanies_is_measured_so_and_is_exported() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    let recipe = "[recipe]\nd_model = 32\nn_layers = 1\nn_heads = 2\nwindow = 128\nbatch = 2\ninfill = 0.5\ntell = 0.5\n\
                  checks = 1\nbudget = { steps = 3 }\n";
    std::fs::write(path("small.toml"), recipe).expect("file");
    let starter = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/starter/midi");
    let done = |arguments: &[&str]| {
        let output = cadenza(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        json(&output)
    };
    let run = path("run");
    done(&["train", starter, "--out", &run, "--recipe", &path("small.toml"), "--no-cache", "--json"]);

    write_tune(Path::new(&path("in.mid")), 3);
    let there = ["generate", "--model", &run, "--primer", &path("in.mid"), "--json"].map(str::to_owned);
    let asked = |more: &[&str]| {
        let arguments: Vec<&str> = there.iter().map(String::as_str).chain(more.iter().copied()).collect();
        cadenza(&arguments)
    };
    let filled = asked(&["--task", "fill", "--from-bar", "2", "--out", &path("filled")]);
    assert_eq!(filled.status.code(), Some(0), "{}", text(&filled.stderr));
    assert_eq!(json(&filled)["takes"][0]["bars"].as_u64(), Some(2), "bars 2 and 3 of 3");
    let receipt = std::fs::read_to_string(path("filled/take-01.json")).expect("a receipt");
    let receipt: Value = serde_json::from_str(&receipt).expect("JSON");
    assert_eq!((receipt["settings"]["task"].as_str(), receipt["from_tick"].as_u64()), (Some("fill"), Some(1920)));
    let beyond = asked(&["--task", "fill", "--from-bar", "2", "--to-bar", "20", "--out", &path("beyond")]);
    assert!(text(&beyond.stderr).contains("the piece ends at bar 3: bars 2 to 3 are written"));
    assert_eq!(json(&beyond)["takes"][0]["bars"].as_u64(), Some(2));
    let bars = asked(&["--bars", "-3", "--out", "x"]);
    assert_eq!(bars.status.code(), Some(2));
    assert!(text(&bars.stderr).contains("not a whole number from 1 on"), "{}", text(&bars.stderr));
    let more = asked(&["--task", "accompany", "--voice", "chords", "--out", &path("more")]);
    assert_eq!(more.status.code(), Some(0), "{}", text(&more.stderr));
    let read = |name: &str| midi::read(&std::fs::read(path(name)).expect("file")).expect("MIDI").0;
    assert_eq!(read("more/take-01.mid").voices[0].notes.len(), 20);
    // The key that was asked for stands in the file; a meter is for new music.
    let in_key = ["generate", "--model", &run, "--key", "D minor", "--meter", "3/4", "--bars", "2", "--json"];
    done(&[&in_key[..], &["--out", path("in-key").as_str()]].concat());
    let waltz = read("in-key/take-01.mid");
    assert_eq!(
        (waltz.key_at(0).map(|k| k.to_string()), waltz.first_meter().to_string()),
        (Some("D minor".into()), "3/4".into())
    );
    assert_eq!(asked(&["--task", "fill", "--meter", "3/4", "--out", "x"]).status.code(), Some(2));
    assert_eq!(asked(&["--meter", "3/5", "--out", "x"]).status.code(), Some(2));
    let seven = asked(&["--task", "continue", "--meter", "7/4", "--bars", "1", "--out", &path("seven")]);
    assert!(text(&seven.stderr).contains("has never learned from music in 7/4"), "{}", text(&seven.stderr));
    assert!(json(&seven)["takes"][0]["warnings"].to_string().contains("7/4"));
    assert!(text(&seven.stderr).starts_with("run has never"), "by the name it was asked for: {}", text(&seven.stderr));
    let told = ["generate", "--model", &run, "--meter", "7/4", "--bars", "1", "--out"];
    let told = cadenza(&[&told[..], &[path("told").as_str()]].concat());
    let said = text(&told.stderr) + &text(&told.stdout);
    assert_eq!(said.matches("has never learned").count(), 1, "{said}");
    let explained = text(&cadenza(&["explain", &path("in-key/take-01.mid"), "--model", &run]).stdout);
    assert!(explained.contains("for where the piece ends") && explained.contains("generate says"), "{explained}");
    for wrong in
        [&["--task", "new", "--out", "x"][..], &["--from-bar", "2", "--out", "x"], &["--task", "sing", "--out", "x"]]
    {
        assert_eq!(asked(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let unknown = asked(&["--task", "fill", "--voice", "kazoo", "--out", &path("x")]);
    assert!(unknown.status.code() == Some(1) && text(&unknown.stderr).contains("kazoo"), "{}", text(&unknown.stderr));

    let measured = done(&["eval", &run, starter, "--protocol", "jsb16", "--json"]);
    let infill = &measured["infill"];
    assert!(infill["bars"]["notes"].as_u64() > Some(0) && infill["bars"]["with"].as_f64() > Some(0.0), "{infill}");
    assert!(measured["jsb16"]["left_out"].as_u64() > Some(0), "{measured}");

    let exported = done(&["export", &run, "--out", &path("exported"), "--json"]);
    assert_eq!(exported["files"].as_array().map(Vec::len), Some(3));
    let config = std::fs::read_to_string(path("exported/config.json")).expect("a configuration");
    let config: Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(config["config"]["groups"].as_u64(), Some(32));
    let again = cadenza(&["export", &run, "--out", &path("exported")]);
    assert!(again.status.code() == Some(1) && text(&again.stderr).contains("already there"));
}

#[test]
fn devices_name_what_can_compute_sound_and_be_played_on() {
    let output = cadenza(&["devices", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found = json(&output);
    assert!(!found["compute"].as_array().expect("a list").is_empty());
    for list in ["audio", "midi_out", "midi_in"] {
        assert!(found[list].is_array(), "{list}");
    }
    assert!(!text(&output.stderr).contains("ALSA"), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("XDG"), "{}", text(&output.stderr));
}

#[test]
fn a_model_that_is_not_there_is_told_which_are() {
    let output = cadenza(&["generate", "--model", "foolk", "--out", "/no/such/folder"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("foolk") && said.contains("folk and chorale"), "{said}");
    let path = cadenza(&["generate", "--model", "no/such", "--out", "/no/such/folder"]);
    assert!(path.status.code() == Some(2) && text(&path.stderr).contains("no such file or folder: no/such"));
}

#[test]
fn a_part_is_rendered_in_any_format_and_each_voice_by_itself() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    let mut score = Score::new(480);
    for name in ["Tune", "Bass"] {
        let mut voice = Voice::new(name, Role::Melody, 0);
        voice.notes = (0..16).map(|i| Note::new(i * 480, 480, 60, 80)).collect();
        score.push_voice(voice);
    }
    std::fs::write(path("song.mid"), midi::write(&score).0).expect("file");
    let flac = path("song.flac");
    let song = path("song.mid");
    let output = cadenza(&["render", &song, "--out", &flac, "--depth", "24", "--bars", "2-3", "--separate", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let files = json(&output)["files"].as_array().expect("a list").len();
    assert_eq!(files, 2);
    for name in ["song 01 Tune.flac", "song 02 Bass.flac"] {
        assert!(std::fs::read(path(name)).expect(name).starts_with(b"fLaC"), "{name}");
    }
    for wrong in [&["--bars", "9"][..], &["--bars", "3-2"], &["--depth", "float"]] {
        let output = cadenza(&[&["render", &song, "--out", &flac][..], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn originality_names_the_source_and_a_limit_is_kept_or_said() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::create_dir(path("tunes")).expect("folder");
    for step in 1..=10u8 {
        write_tune(Path::new(&path(&format!("tunes/{step}.mid"))), step);
    }
    let train = ["train", &path("tunes"), "--arch", "ngram", "--out", &path("run"), "--no-report", "--json"];
    let trained = cadenza(&train);
    assert_eq!(trained.status.code(), Some(0), "{}", text(&trained.stderr));

    let of = |file: &str, model: &str| cadenza(&["originality", file, "--model", model, "--json"]);
    // The first that was trained on, whichever was held out.
    let looked: Vec<Value> = (1..=10)
        .map(|step| {
            let output = of(&path(&format!("tunes/{step}.mid")), &path("run"));
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            json(&output)["files"][0].clone()
        })
        .collect();
    let whole = looked.iter().find(|f| f["longest_copy"]["notes"] == 20).expect("one of them was trained on");
    assert_eq!((&whole["notes"], &whole["shares"]["16"]), (&20.into(), &1.0.into()), "{whole}");
    assert!(whole["longest_copy"]["source"].is_string() && whole["longest_copy"]["bar"] == 1, "{whole}");
    assert_eq!(whole["longest_passage"]["notes"], 20);
    assert!(whole["shares"].as_object().is_some_and(|s| s.len() == 13) && whole["sources"].is_array());
    assert!(whole["percentile"].is_null() && whole["percentile_reason"].as_str().is_some_and(|r| r.contains("30")));
    let human = cadenza(&["originality", &path("tunes/1.mid"), "--model", &path("run")]);
    assert!(text(&human.stdout).contains("longest copy:") && text(&human.stdout).contains("No percentile"));
    let model_alone = of(&path("tunes/1.mid"), &path("run/best.cadenza-model"));
    assert_eq!(model_alone.status.code(), Some(1));
    assert!(text(&model_alone.stderr).contains("not at hand"), "{}", text(&model_alone.stderr));
    assert_eq!(of(&path("no.mid"), &path("run")).status.code(), Some(2));

    let written = |out: &str, limit: &str| {
        let (out, run) = (path(out), path("run"));
        let arguments = [
            "generate",
            "--model",
            &run,
            "--out",
            &out,
            "--bars",
            "8",
            "--takes",
            "2",
            "--not-closer-than",
            limit,
            "--json",
        ];
        let output = cadenza(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        json(&output)["takes"].as_array().expect("takes").clone()
    };
    for (once, again) in written("a", "6").iter().zip(written("b", "6")) {
        let rewriting = &once["rewriting"];
        let copied = once["longest_copy"]["notes"].as_u64().unwrap_or(0);
        assert_eq!(rewriting["far_enough"] == true, copied < 6, "{once}");
        assert!(rewriting["far_enough"] == true || rewriting["times"] == 8, "{once}");
        let says =
            once["warnings"].as_array().is_some_and(|w| w.iter().any(|w| w.to_string().contains("written again")));
        assert_eq!(says, rewriting["times"].as_u64() > Some(0), "{once}");
        assert!(once.get("originality_percentile").is_some());
        for same in ["seed", "notes", "longest_copy", "rewriting"] {
            assert_eq!(once[same], again[same], "the same seeds give the same takes");
        }
    }
}
