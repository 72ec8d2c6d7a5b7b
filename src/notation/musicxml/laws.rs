//! What is written reads back equal, for any score that MusicXML can hold.

use super::{read, write};
use crate::music::*;
use proptest::prelude::*;

const PPQ: u32 = 48;
const LAST: Tick = 1200;

fn voice() -> impl Strategy<Value = Voice> {
    let notes = prop::collection::vec((0..LAST, 1..LAST / 4, 0..128u8, 1..128u8), 1..30);
    let role = prop::sample::select(Role::ALL.to_vec());
    ("[a-zà-ž歌&<>\"']{1,8}", role, 0..128u8, notes, "[a-z&-]{1,6}").prop_map(|(name, role, program, notes, words)| {
        let mut voice = Voice::new(name, role, program);
        voice.notes = notes.into_iter().map(|(s, d, p, v)| Note::new(s, d, p, v)).collect();
        voice.sort();
        let tick = voice.notes[0].start;
        voice.events.push(VoiceEvent { tick, kind: VoiceEventKind::Lyric(words) });
        // Of two notes of one pitch that meet in the same two ticks only the order is lost.
        voice.notes.dedup_by_key(|n| (n.start, n.pitch, n.duration));
        voice
    })
}

fn score() -> impl Strategy<Value = Score> {
    let meters = prop::collection::vec((0..LAST, 1..=12u8, 0..=4u32), 0..4);
    let keys = prop::collection::vec((0..LAST, 0..12u8, any::<bool>()), 0..3);
    let tempos = prop::collection::vec((0..LAST, 1..0x100_0000u32), 0..4);
    ("[a-zà-ž歌&<]{0,8}", meters, keys, tempos, prop::collection::vec(voice(), 0..4)).prop_map(
        |(title, meters, keys, tempos, voices)| {
            let mut score = Score::new(PPQ);
            score.title = title;
            score.meters.set(0, Meter::COMMON);
            for (tick, numerator, power) in meters {
                score.meters.set(tick, Meter::new(numerator, 1 << power).expect("a meter"));
            }
            for (tick, tonic, minor) in keys {
                let key = Key::new(tonic, if minor { Mode::Minor } else { Mode::Major });
                score.keys.retain(|k| k.tick != tick);
                score.keys.push(KeyChange { tick, key });
            }
            score.keys.sort_by_key(|k| k.tick);
            score.keys.dedup_by_key(|k| k.key);
            for (tick, micros) in tempos {
                if !score.tempos.changes().iter().any(|c| c.micros_per_quarter == micros) {
                    score.tempos.set(tick, micros);
                }
            }
            for voice in voices {
                score.push_voice(voice);
            }
            score.end = score.end.max(LAST);
            score
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back_equal(score in score()) {
        let (text, warnings) = write(&score);
        prop_assert_eq!(warnings, &[]);
        let (back, warnings) = read(text.as_bytes()).expect("our own file");
        prop_assert_eq!(warnings, &[]);
        prop_assert_eq!(back, score);
    }
}

#[test]
fn what_music_xml_cannot_hold_is_told() {
    let mut score = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
    score.voices[0].events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::PitchBend(5) });
    score.voices[0].events.push(VoiceEvent { tick: 5, kind: VoiceEventKind::Lyric("la".to_owned()) });
    score.tempos.set(4800, 400_000);
    let warnings: Vec<String> = write(&score).1.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "Not written, because MusicXML has no place for them: 1 controller, bend or program.",
            "Not written, because no note begins there or has words already: 1 lyric.",
            "Not written, because after the end: 1 change of tempo, meter or key.",
        ]
    );
}
