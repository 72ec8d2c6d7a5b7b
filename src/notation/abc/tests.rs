//! The reader as a user of ABC meets it. Times are in sixteenths of a quarter… that is, ticks / 120.

use super::*;
use crate::music::{Key, Mode, Role, note::pitch_name};
use proptest::prelude::*;

/// Melody as "start+length pitch" in sixteenth notes, and the warnings' sentences.
fn melody(body: &str) -> (String, Vec<String>) {
    let (tunes, warnings) = read(&format!("X:1\nT:t\n{body}"));
    let notes = tunes.first().map_or(Vec::new(), |t| t.score.voices[0].notes.clone());
    let sixteenth = |ticks: i64| ticks as f64 / 120.0;
    let text: Vec<String> = notes
        .iter()
        .map(|n| format!("{}+{} {}", sixteenth(n.start), sixteenth(n.duration), pitch_name(n.pitch)))
        .collect();
    (text.join(", "), warnings.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn check(body: &str, expected: &str) {
    let (notes, warnings) = melody(body);
    assert_eq!(notes, expected);
    assert_eq!(warnings, Vec::<String>::new());
}

#[track_caller]
fn pitches(body: &str, expected: &str) {
    let (notes, warnings) = melody(body);
    let names: Vec<&str> = notes.split(", ").filter_map(|n| n.split(' ').nth(1)).collect();
    assert_eq!(names.join(" "), expected);
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn notes_lengths_octaves_and_rests() {
    check(
        "M:4/4\nL:1/8\nK:C\nC, c' z2 B/ B3/2 A//A// A/ A|",
        "0+2 C3, 2+2 C6, 8+1 B4, 9+3 B4, 12+0.5 A4, 12.5+0.5 A4, 13+1 A4, 14+2 A4",
    );
}

#[test]
fn accidentals_hold_to_the_bar_line_and_ties_carry_them_over() {
    pitches("M:2/4\nL:1/8\nK:D\nF=FFf|F^GGg-|gG=c_c|", "F♯4 F4 F4 F5 F♯4 A♭4 A♭4 A♭5 G4 C5 B4");
}

#[test]
fn keys_and_modes_have_their_signatures() {
    let scale = "cdefgabc'|";
    for (key, expected) in [
        ("Bb", "C5 D5 E♭5 F5 G5 A5 B♭5 C6"),
        ("A mix", "C♯5 D5 E5 F♯5 G5 A5 B5 C♯6"),
        ("EDor", "C♯5 D5 E5 F♯5 G5 A5 B5 C♯6"),
        ("F#m", "C♯5 D5 E5 F♯5 A♭5 A5 B5 C♯6"),
        ("C Phrygian", "C5 C♯5 E♭5 F5 G5 A♭5 B♭5 C6"),
        ("D ^g =c", "C5 D5 E5 F♯5 A♭5 A5 B5 C6"),
    ] {
        pitches(&format!("M:4/4\nL:1/8\nK:{key}\n{scale}"), expected);
    }
    let key = |k: &str| read(&format!("X:1\nK:{k}\nc8|")).0[0].score.keys[0].key;
    assert_eq!(key("DDor"), Key::new(2, Mode::Minor));
    assert_eq!(key("G Mixolydian"), Key::new(7, Mode::Major));
    assert_eq!(key("Gb"), Key::new(6, Mode::Major));
}

#[test]
fn repeats_and_endings_are_played_out() {
    let order = |body: &str| {
        let (notes, warnings) = melody(&format!("M:1/4\nL:1/4\nK:C\n{body}"));
        assert_eq!(warnings, Vec::<String>::new(), "{body}");
        notes.split(", ").filter_map(|n| n.split(' ').nth(1)).map(|n| &n[..1]).collect::<String>()
    };
    assert_eq!(order("A|B:|C|]"), "ABABC");
    assert_eq!(order("|:A|B:|:C|D:|"), "ABABCDCD");
    assert_eq!(order("|:A|B::C|D:|"), "ABABCDCD");
    assert_eq!(order("|:A|1B:|2C||D|]"), "ABACD");
    assert_eq!(order("|:A|[1B|C:|[2D|E|]F|G:|"), "ABCADEFGFG");
    assert_eq!(order("A||B|C:|D|"), "ABCBCD");
    assert_eq!(order("|:A||B:|"), "ABAB");
    assert_eq!(order("|:A|1,3B:|2C:|4D|]"), "ABACABAD");
    assert_eq!(order("|:A|\n|:B:|\n|:C:|"), "ABBCC");
}

#[test]
fn tuplets_and_broken_rhythm() {
    check(
        "M:2/4\nL:1/8\nK:C\n(3CDEC2|",
        "0+1.3333333333333333 C4, 1.3333333333333333+1.3333333333333333 D4, 2.6666666666666665+1.3333333333333333 E4, 4+4 C4",
    );
    check("M:2/4\nL:1/8\nK:C\nC>D E<F|C>>DE2|", "0+3 C4, 3+1 D4, 4+1 E4, 5+3 F4, 8+3.5 C4, 11.5+0.5 D4, 12+4 E4");
    check("M:6/8\nL:1/8\nK:C\n(2CD (4:3:4CDEF|", "0+3 C4, 3+3 D4, 6+1.5 C4, 7.5+1.5 D4, 9+1.5 E4, 10.5+1.5 F4");
}

#[test]
fn ties_join_and_chords_sound_together() {
    check("M:2/4\nL:1/8\nK:C\nC4-|C2[CEG]2|", "0+12 C4, 12+4 C4, 12+4 E4, 12+4 G4");
    check("M:2/4\nL:1/8\nK:C\n[C-E]4|[CE]4|", "0+16 C4, 0+8 E4, 8+8 E4");
    pitches("M:2/4\nL:1/8\nK:C\n[_E=E]2[E-G]2|E4|", "E♭4 E4 E4 G4");
    check("M:2/4\nL:1/8\nK:C\n[CE]4-|[CG]4|", "0+16 C4, 0+8 E4, 8+8 G4");
}

#[test]
fn a_pickup_stands_at_the_end_of_the_first_bar() {
    check("M:3/4\nL:1/4\nK:C\nG|c2B|c2|]", "8+4 G4, 12+8 C5, 20+4 B4, 24+8 C5");
    check("M:3/4\nL:1/4\nK:C\n|:G|c3|c2:|", "8+4 G4, 12+12 C5, 24+8 C5, 32+4 G4, 36+12 C5, 48+8 C5");
}

#[test]
fn meter_and_key_may_change_on_the_way() {
    let (tunes, warnings) = read("X:1\nM:3/4\nL:1/4\nK:C\nccc|[M:2/4]cc|\nK:G\nff|[M:C|]f4|");
    assert_eq!(warnings, []);
    let score = &tunes[0].score;
    assert_eq!(score.n_bars(), 4);
    assert_eq!(score.voices[0].notes[5].pitch, 78);
    assert_eq!(score.keys.len(), 2);
    assert_eq!(score.meters.meter_at(score.end).to_string(), "2/2");
}

#[test]
fn chord_symbols_become_bass_and_close_chords_struck_at_every_bar() {
    let (tunes, _) = read("X:1\nM:4/4\nL:1/4\nK:C\n\"C\"c4|c2\"G7/B\"d2|\"^slow\"e4|\"N.C.\"c4|");
    let chords = &tunes[0].score.voices[1];
    assert_eq!(chords.role, Role::Chords);
    let starts: Vec<i64> = chords.notes.iter().map(|n| n.start / 480).collect();
    assert_eq!(starts, [0, 0, 0, 0, 4, 4, 4, 4, 6, 6, 6, 6, 8, 8, 8, 8]);
    let pcs: Vec<u8> = chords.notes[8..12].iter().map(|n| n.pitch % 12).collect();
    assert_eq!(pcs[0], 11, "the bass is the one after the stroke");
    assert_eq!(tunes[0].score.last_note_end(), 16 * 480);
}

#[test]
fn books_hold_many_tunes_with_their_fields() {
    let (tunes, _) = read("% a book\n\nX:1\nT:One % remark\nC:me\nK:C\nc8|\n\nX:2\nT:Two\nQ:3/8=80\nM:6/8\nK:D\nd6|\n");
    assert_eq!(tunes.iter().map(|t| t.title.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
    assert_eq!(tunes[0].field('C'), Some("me"));
    assert_eq!(tunes[1].score.tempos.qpm_at(0), 120.0);
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    let (_, warnings) = melody("M:3/4\nL:1/4\nK:H\nccc|cc|{ab}ccc|\"Hx\"c;cc|\nV:2\nccc|");
    assert_eq!(
        warnings,
        [
            "“t”, line 5: the field K:H was not understood.",
            "“t”, line 6: the sign ';' was not understood and left out.",
            "“t”, line 6: 1 group of grace notes was left out.",
            "“t”, line 6: bar 2 has 8 sixteenths and should have 12.",
            "“t”, line 6: the chord symbol \"Hx\" was not understood.",
        ]
    );
    assert_eq!(read("no tune at all"), (vec![], vec![]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(body in "[A-Ga-gzZx|:\\[\\]0-9/<>()\"^_=,'{} !\\-\n]{0,120}", any in ".{0,40}") {
        read(&format!("X:1\nM:4/4\nK:C\n{body}\n{any}"));
        read(&format!("X:1\nM:{any}\nL:{any}\nQ:{any}\nK:{any}\n{body}"));
    }
}
