//! The reader as a user of MusicXML meets it, on small files written here. Times are in quarters.

use super::*;
use crate::music::{Key, Mode, Role, VoiceEventKind, note::pitch_name};
use proptest::prelude::*;
use std::io::Write as _;

/// A file of one part whose measures have this content.
fn file(measures: &[&str]) -> String {
    let bars: String =
        measures.iter().enumerate().map(|(i, m)| format!("<measure number=\"{}\">{m}</measure>", i + 1)).collect();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \
         \"http://www.musicxml.org/dtds/partwise.dtd\"><score-partwise><work><work-title>t</work-title></work>\
         <part-list><score-part id=\"P1\"><part-name>Flute</part-name></score-part></part-list>\
         <part id=\"P1\">{bars}</part></score-partwise>"
    )
}

const HEAD: &str =
    "<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>";
const SHORT: &str =
    "<attributes><divisions>1</divisions><time><beats>1</beats><beat-type>4</beat-type></time></attributes>";

fn note(pitch: &str, duration: u32, more: &str) -> String {
    let (step, octave) = pitch.split_at(1);
    format!(
        "<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{duration}</duration>{more}</note>"
    )
}

fn chord_note(pitch: &str, duration: u32) -> String {
    note(pitch, duration, "").replace("<note>", "<note><chord/>")
}

#[track_caller]
fn score_of(measures: &[&str]) -> (Score, Vec<String>) {
    let (score, warnings) = read(file(measures).as_bytes()).expect("is MusicXML");
    (score, warnings.iter().map(ToString::to_string).collect())
}

/// Each voice as "start+length pitch" in quarters.
fn voices(score: &Score) -> Vec<String> {
    let quarters = |t: i64| t as f64 / f64::from(score.ppq);
    let line = |v: &crate::music::Voice| {
        let of =
            |n: &crate::music::Note| format!("{}+{} {}", quarters(n.start), quarters(n.duration), pitch_name(n.pitch));
        v.notes.iter().map(of).collect::<Vec<_>>().join(", ")
    };
    score.voices.iter().map(line).collect()
}

#[track_caller]
fn check(measures: &[&str], expected: &[&str]) {
    let (score, warnings) = score_of(measures);
    assert_eq!(voices(&score), expected);
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn voices_chords_backups_and_rests() {
    let bar = format!(
        "{HEAD}{}{}<note><rest/><duration>8</duration></note>{}<backup><duration>16</duration></backup>\
         <forward><duration>4</duration></forward>{}",
        note("C5", 4, ""),
        chord_note("E5", 4),
        note("G5", 4, ""),
        note("C3", 12, "<voice>2</voice>")
    );
    check(&[&bar], &["0+1 C5, 0+1 E5, 3+1 G5", "1+3 C3"]);
}

#[test]
fn ties_join_over_bar_lines_and_in_chords() {
    let (first, second) = (
        format!("{HEAD}{}{}", note("C5", 12, ""), note("D5", 4, "<tie type=\"start\"/>")),
        format!(
            "{}{}",
            note("D5", 8, "<tie type=\"stop\"/><tie type=\"start\"/>"),
            note("D5", 8, "<tie type=\"stop\"/>")
        ),
    );
    check(&[&first, &second], &["0+3 C5, 3+5 D5"]);
}

#[test]
fn a_pickup_stands_at_the_end_of_the_first_bar() {
    let pickup = format!("{HEAD}{}", note("G4", 4, ""));
    let (score, _) = score_of(&[&pickup, &note("C5", 16, ""), &note("D5", 12, "")]);
    assert_eq!(voices(&score), ["3+1 G4, 4+4 C5, 8+3 D5"]);
    assert_eq!((score.n_bars(), score.end), (3, 11 * 480));
}

#[test]
fn a_short_measure_in_the_middle_keeps_the_bar_lines() {
    let bars = [format!("{HEAD}{}", note("C5", 16, "")), note("D5", 4, ""), note("E5", 16, "")];
    let (score, _) = score_of(&bars.each_ref().map(String::as_str));
    assert_eq!((0..3).map(|b| score.meters.bar_start(b, 480) / 480).collect::<Vec<_>>(), [0, 4, 5]);
}

/// Letters of the notes as they are played; each measure is one note, and what else it holds.
#[track_caller]
fn played(measures: &[(&str, &str)], expected: &str) {
    let bars: Vec<String> = measures.iter().map(|(step, more)| note(&format!("{step}4"), 1, "") + more).collect();
    let mut bars: Vec<&str> = bars.iter().map(String::as_str).collect();
    let first = format!("{SHORT}{}", bars[0]);
    bars[0] = &first;
    let (score, warnings) = score_of(&bars);
    assert_eq!(score.voices[0].notes.iter().map(|n| pitch_name(n.pitch).remove(0)).collect::<String>(), expected);
    assert_eq!(warnings, Vec::<String>::new());
}

const BACK: &str = "<barline location=\"right\"><repeat direction=\"backward\"/></barline>";
const FORWARD: &str = "<barline location=\"left\"><repeat direction=\"forward\"/></barline>";

fn ending(numbers: &str, back: bool) -> String {
    format!(
        "<barline location=\"left\"><ending number=\"{numbers}\" type=\"start\"/></barline><barline location=\"right\">\
         <ending number=\"{numbers}\" type=\"stop\"/>{}</barline>",
        if back { "<repeat direction=\"backward\"/>" } else { "" }
    )
}

#[test]
fn repeats_endings_and_jumps_are_played_out() {
    let both = format!("{FORWARD}{BACK}");
    played(&[("A", ""), ("B", BACK), ("C", "")], "ABABC");
    played(&[("A", ""), ("B", &both), ("C", "")], "ABBC");
    played(&[("A", ""), ("B", FORWARD), ("C", BACK), ("D", BACK)], "ABCBCDD");
    played(&[("A", ""), ("B", &ending("1", true)), ("C", &ending("2", false)), ("D", "")], "ABACD");
    played(&[("A", ""), ("B", &ending("1, 2", true)), ("C", &ending("3", false)), ("D", BACK)], "ABABACDD");
    played(&[("A", "<sound fine=\"yes\"/>"), ("B", "<sound dacapo=\"yes\"/>"), ("C", "")], "ABA");
    played(
        &[
            ("A", ""),
            ("B", "<sound segno=\"s\"/>"),
            ("C", "<sound tocoda=\"c\"/>"),
            ("D", "<sound dalsegno=\"s\"/>"),
            ("E", "<sound coda=\"c\"/>"),
        ],
        "ABCDBCE",
    );
    let words = |w: &str| format!("<direction><direction-type>{w}</direction-type></direction>");
    let (segno, fine) = (words("<segno/>"), words("<words>Fine</words>"));
    played(&[("A", ""), ("B", &segno), ("C", &fine), ("D", &words("<words>D.S. al Fine</words>"))], "ABCDBC");
    let coda = words("<coda/>");
    played(&[("A", ""), ("B", &coda), ("C", &words("<words>D. C. al Coda</words>")), ("D", &coda)], "ABCABD");
    played(&[("A", "<barline><repeat direction=\"backward\" times=\"3\"/></barline>"), ("B", "")], "AAAB");
}

#[test]
fn a_jump_without_a_goal_is_told() {
    let (score, warnings) = score_of(&[&format!("{HEAD}{}<sound dalsegno=\"x\"/>", note("C4", 16, ""))]);
    assert_eq!(score.n_notes(), 1);
    assert_eq!(warnings, ["Not played out, because its goal is missing: 1 jump (in measure 1)."]);
}

#[test]
fn what_sounds_is_not_what_is_written() {
    let bar = format!(
        "<attributes><divisions>1</divisions><key><fifths>2</fifths><mode>major</mode></key><time><beats>2</beats>\
         <beat-type>4</beat-type></time><transpose><chromatic>-2</chromatic><octave-change>-1</octave-change></transpose>\
         </attributes><direction><direction-type><metronome><beat-unit>half</beat-unit><per-minute>60</per-minute>\
         </metronome></direction-type></direction><direction><direction-type><dynamics><ff/></dynamics></direction-type>\
         </direction>{}{}",
        note("D5", 1, "<lyric number=\"1\"><syllabic>begin</syllabic><text>la</text></lyric>"),
        note("E5", 1, "").replace("<note>", "<note dynamics=\"50\">")
    );
    let (score, warnings) = score_of(&[&bar]);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(voices(&score), ["0+1 C4, 1+1 D4"]);
    assert_eq!(score.voices[0].notes.iter().map(|n| n.velocity).collect::<Vec<_>>(), [112, 45]);
    assert_eq!(score.keys[0].key, Key::new(0, Mode::Major));
    assert_eq!(score.tempos.qpm_at(0), 120.0);
    assert_eq!(score.voices[0].events[0].kind, VoiceEventKind::Lyric("la-".to_owned()));
    assert_eq!((score.voices[0].name.as_str(), score.voices[0].program, score.title.as_str()), ("Flute", 73, "t"));
}

#[test]
fn tuplets_and_divisions_that_change() {
    let first = format!(
        "{}{}{}{}",
        HEAD.replace('4', "3").replace("<beats>3", "<beats>1").replace("<beat-type>3", "<beat-type>4"),
        note("C4", 1, ""),
        note("D4", 1, ""),
        note("E4", 1, "")
    );
    let second = format!("<attributes><divisions>8</divisions></attributes>{}", note("F4", 8, ""));
    let (score, _) = score_of(&[&first, &second]);
    let ticks: Vec<(i64, i64)> = score.voices[0].notes.iter().map(|n| (n.start, n.duration)).collect();
    assert_eq!(ticks, [(0, 160), (160, 160), (320, 160), (480, 480)]);
}

#[test]
fn chord_symbols_are_played_as_in_abc() {
    let symbol = "<harmony><root><root-step>A</root-step></root><kind>minor-seventh</kind><bass><bass-step>G</bass-step></bass></harmony>";
    let (score, warnings) = score_of(&[&format!("{HEAD}{symbol}{}", note("C5", 16, "")), &note("D5", 16, "")]);
    assert_eq!(warnings, Vec::<String>::new());
    let chords = &score.voices[1];
    assert_eq!((chords.role, chords.notes.len()), (Role::Chords, 8));
    let mut pitches: Vec<u8> = chords.notes[..4].iter().map(|n| n.pitch % 12).collect();
    assert_eq!(pitches.remove(0), 7);
    pitches.sort_unstable();
    assert_eq!(pitches, [0, 4, 7]);
}

#[test]
fn drums_are_a_voice_of_drums() {
    let text = file(&[&format!(
        "{HEAD}<note><unpitched><display-step>E</display-step><display-octave>4</display-octave></unpitched>\
         <duration>8</duration><instrument id=\"P1-I37\"/></note>\
         <note><unpitched/><duration>8</duration></note>"
    )])
    .replace(
        "</part-name>",
        "</part-name><midi-instrument id=\"P1-I37\"><midi-unpitched>37</midi-unpitched></midi-instrument>",
    );
    let (score, warnings) = read(text.as_bytes()).expect("is MusicXML");
    assert_eq!(score.voices[0].role, Role::Drums);
    assert_eq!(score.voices[0].notes.iter().map(|n| n.pitch).collect::<Vec<_>>(), [36, 38]);
    assert!(warnings[0].touches_notes());
}

#[test]
fn what_is_left_out_is_told_once_a_kind() {
    let grace = note("C5", 4, "").replace("<note>", "<note><grace/>");
    let bar = format!("{grace}{grace}{}{}", note("C5", 4, "").replace("<note>", "<note><cue/>"), note("G12", 4, ""));
    let (_, warnings) = score_of(&[HEAD, &bar]);
    assert_eq!(
        warnings,
        [
            "Left out, because without a time of their own: 2 grace notes (the first in measure 2).",
            "Left out, because only a hint to the player: 1 cue note (in measure 2).",
            "Left out, because beyond MIDI's range: 1 note (in measure 2).",
        ]
    );
}

#[test]
fn both_staves_of_a_piano_are_voices_even_where_they_share_a_number() {
    let staff = |n: u32| format!("<voice>1</voice><staff>{n}</staff>");
    let bar = format!(
        "{HEAD}{}{}<backup><duration>16</duration></backup>{}",
        note("C5", 8, &staff(1)),
        note("D5", 8, &staff(1)),
        note("C3", 16, &staff(2))
    );
    check(&[&bar], &["0+2 C5, 2+2 D5", "0+4 C3"]);
    let wanders = format!("{HEAD}{}{}", note("C5", 8, &staff(1)), note("C3", 8, &staff(2)));
    check(&[&wanders], &["0+2 C5, 2+2 C3"]);
}

#[test]
fn timewise_scores_and_other_encodings_are_the_same_piece() {
    let partwise = file(&[&format!("{HEAD}{}", note("C5", 16, "")), &note("D5", 16, "")])
        .replace("<work-title>t", "<work-title>ü");
    let expected = read(partwise.as_bytes()).expect("is MusicXML");
    assert_eq!(expected.0.title, "ü");
    let timewise = partwise
        .replace("score-partwise>", "score-timewise>")
        .replace("<part id=\"P1\">", "")
        .replace("</part></score", "</score")
        .replace("<measure number=\"1\">", "<measure number=\"1\"><part id=\"P1\">")
        .replace("<measure number=\"2\">", "<measure number=\"2\"><part id=\"P1\">")
        .replace("</measure>", "</part></measure>");
    assert_eq!(read(timewise.as_bytes()).expect("is MusicXML"), expected);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(partwise.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert!(looks_like_musicxml(&utf16));
    assert_eq!(read(&utf16).expect("is MusicXML"), expected);
    assert_eq!(read(&utf16[2..]).expect("is MusicXML"), expected);
    let latin: Vec<u8> = partwise.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
    let (score, warnings) = read(&latin).expect("is MusicXML");
    assert_eq!((score, warnings.len()), (expected.0, 1));
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a file");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("a ZIP").into_inner()
}

#[test]
fn compressed_files_are_found_by_their_container_or_without_it() {
    let text = file(&[&format!("{HEAD}{}", note("C5", 16, ""))]);
    let container = b"<container><rootfiles><rootfile full-path=\"b.xml\"/></rootfiles></container>";
    let other = file(&[]);
    let good =
        zipped(&[("META-INF/container.xml", container), ("a.xml", other.as_bytes()), ("b.xml", text.as_bytes())]);
    assert!(looks_like_mxl(&good));
    assert_eq!(read_mxl(&good).expect("is MusicXML").0.n_notes(), 1);
    let broken = b"<container><rootfile full-path='I'm b.xml'/></container>";
    let bad = zipped(&[("META-INF/container.xml", broken), ("I'm b.xml", text.as_bytes())]);
    assert_eq!(read_mxl(&bad).expect("is MusicXML").0.n_notes(), 1);
}

#[test]
fn bad_files_are_refused_with_a_reason() {
    let reason = |bytes: &[u8]| read(bytes).map(|_| ()).map_err(|e| e.to_string()).expect_err("is refused");
    assert!(reason(b"").starts_with("it is no XML"));
    assert!(reason(b"<score-partwise><part>").starts_with("it is no XML"));
    assert_eq!(reason(b"<html/>"), "it is XML, but its root <html> is not that of a MusicXML score");
    assert!(reason(b"<!DOCTYPE a [<!ENTITY b \"bb\">]><score-partwise/>").contains("entities"));
    let long = file(&["<forward><duration>99999</duration></forward>"]);
    assert_eq!(reason(long.as_bytes()), "measure 1 is longer than 1024 quarter notes");
    let bars = vec!["<forward><duration>1024</duration></forward>"; 1000];
    assert_eq!(reason(file(&bars).as_bytes()), "played out it is longer than any piece of music");
    let packed = |bytes: &[u8]| read_mxl(bytes).map(|_| ()).map_err(|e| e.to_string()).expect_err("is refused");
    assert!(packed(b"PK\x03\x04").starts_with("it is no ZIP archive"));
    assert_eq!(packed(&zipped(&[("a.txt", b"")])), "the archive holds no MusicXML score");
    let bomb = vec![b' '; usize::try_from(file::LARGEST_TEXT).expect("fits") + 1];
    assert_eq!(packed(&zipped(&[("a.xml", &bomb)])), "it unpacks to more than 64 megabytes");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_numbers_make_it_panic(numbers in prop::collection::vec("-?[0-9]{0,12}(\\.[0-9]{1,3})?|1e300|NaN|inf", 12), any in "[ -~]{0,40}") {
        let n = |i: usize| &numbers[i];
        let body = format!(
            "<attributes><divisions>{}</divisions><key><fifths>{}</fifths></key><time><beats>{}</beats><beat-type>{}</beat-type></time>\
             <transpose><chromatic>{}</chromatic></transpose></attributes><note dynamics=\"{}\"><pitch><step>C</step><alter>{}</alter>\
             <octave>{}</octave></pitch><duration>{}</duration><staff>{}</staff></note><backup><duration>{}</duration></backup>\
             <sound tempo=\"{}\" dynamics=\"{}\"/>",
            n(0), n(1), n(2), n(3), n(4), n(5), n(6), n(7), n(8), n(9), n(10), n(11), n(0)
        );
        let _ = read(file(&[&body, &body, BACK]).as_bytes());
        let _ = read(any.as_bytes());
        let _ = read_mxl(any.as_bytes());
    }
}
