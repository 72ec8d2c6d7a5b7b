//! The bank measured as it is heard: same bytes, in tune, equally loud, every program there, loops without
//! a seam, notes that end without a click.

use super::*;
use crate::audio::limiter::Limiter;
use crate::audio::synth::{BLOCK, SoundFont, Synth};
use crate::audio::timeline::Message;
use check::{ProgramRow, Report};
use std::sync::OnceLock;

/// The whole measurement, made once for all tests.
fn report() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| check::check(&SoundFont::built_in()).unwrap())
}

fn of_program(program: u8) -> impl Iterator<Item = &'static ProgramRow> {
    report().programs.iter().filter(move |r| r.program == program)
}

#[test]
fn the_committed_bank_is_what_the_code_builds() {
    assert!(BUILT_IN.len() <= 12_000_000, "{} bytes", BUILT_IN.len());
    let same = build() == BUILT_IN;
    assert!(same, "assets/cadenza.sf2 is not what bank::build makes; write it anew");
}

#[test]
fn instruments_are_in_tune() {
    for r in &report().programs {
        let Some(cents) = r.cents else { continue };
        assert!(cents.abs() <= 2.0, "{}, key {}: {cents:.2} cents off", r.name, r.key);
    }
}

#[test]
fn programs_are_equally_loud_within_three_decibels() {
    let mean = |p: u8| {
        let powers: Vec<f64> = of_program(p).map(|r| math::exp2(r.level_db / 3.0103)).collect();
        3.0103 * math::log2(powers.iter().sum::<f64>() / powers.len() as f64)
    };
    let levels: Vec<f64> = (0..128).map(mean).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f64::total_cmp);
    for (program, level) in levels.iter().enumerate() {
        let off = level - sorted[64];
        assert!(off.abs() <= 3.0, "program {program}: {off:.1} dB from the median");
    }
}

#[test]
fn every_program_and_every_drum_sounds() {
    assert_eq!(report().programs.len(), 3 * 128);
    for r in &report().programs {
        assert!(
            r.level_db > -50.0 && r.peak_db < 0.0,
            "{}, key {}: {} dB, peak {}",
            r.name,
            r.key,
            r.level_db,
            r.peak_db
        );
    }
    assert_eq!(report().drums.len(), 61);
    for r in &report().drums {
        assert!(r.level_db > -50.0, "drum {} is silent", r.key);
    }
}

#[test]
fn louder_notes_are_brighter() {
    // Piano, guitar, bass, violin, trumpet, horn, saxophone, flute, synth brass.
    for program in [0, 24, 33, 40, 56, 60, 65, 73, 62] {
        for r in of_program(program) {
            assert!(r.brighter > 1.1, "{}, key {}: {:.2}", r.name, r.key, r.brighter);
        }
    }
}

#[test]
fn instruments_begin_hold_and_end_as_their_kind_does() {
    let decays = [0..=15, 24..=28, 31..=37, 45..=47, 104..=108];
    for r in decays.into_iter().flatten().flat_map(of_program) {
        assert!(r.attack_ms <= 35.0, "{}, key {}: attack {} ms", r.name, r.key, r.attack_ms);
        assert!(r.decay_secs.is_some(), "{}, key {} does not die away", r.name, r.key);
    }
    let holds = [16..=23, 40..=43, 48..=54, 56..=61, 64..=75];
    for r in holds.into_iter().flatten().flat_map(of_program) {
        assert!(r.decay_secs.is_none_or(|s| s > 8.0), "{}, key {} dies away: {:?}", r.name, r.key, r.decay_secs);
        let gone = r.release_ms.unwrap_or(0.0);
        assert!((20.0..900.0).contains(&gone), "{}, key {}: gone after {gone} ms", r.name, r.key);
    }
}

#[test]
fn sections_are_wide_and_still_there_in_mono() {
    for r in [48, 52, 89].into_iter().flat_map(of_program) {
        assert!(r.width_db > -18.0 && r.width_db < 3.0, "{}, key {}: {:.1} dB", r.name, r.key, r.width_db);
    }
}

#[test]
fn a_bass_drum_decays_in_one_and_a_crash_in_seconds() {
    let length = |key: u8| report().drums.iter().find(|r| r.key == key).unwrap().length_ms;
    assert!(length(36) < 600.0 && length(42) < 250.0 && length(49) > 1000.0 && length(81) > 2.0 * length(80));
}

#[test]
fn ending_a_note_makes_no_click() {
    let font = SoundFont::built_in();
    for program in [0, 19, 40, 48, 56, 73, 81] {
        let heard = check::note(&font, Some(program), 60, 110, (1.0, 1.5)).unwrap();
        let largest = |x: &[f64]| x.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
        let (held, after) = (largest(&heard.left[24_000..47_000]), largest(&heard.left[47_000..]));
        assert!(after <= 1.05 * held + 1e-4, "program {program}: a step of {after}, held {held}");
    }
}

#[test]
fn loops_have_no_seam() {
    // The step over the loop's seam is no larger than the steps inside the loop.
    let font = samples_in(BUILT_IN);
    assert!(font.len() > 300);
    for (name, data, looped) in font {
        let Some((from, to)) = looped else { continue };
        let inside = data[from..to].windows(2).map(|w| (i32::from(w[1]) - i32::from(w[0])).abs()).max().unwrap();
        let seam = (i32::from(data[from]) - i32::from(data[to - 1])).abs();
        assert!(seam <= inside + 2, "{name}: a step of {seam} where {inside} is the most inside");
    }
}

/// Fifteen channels and the kit, a chord each every eighth of a second, loud: more than any song has.
#[test]
fn sixty_dense_songs_stay_finite_and_under_the_ceiling() {
    let font = SoundFont::built_in();
    for song in 0..60u32 {
        let mut synth = Synth::new(&font, 22_050).unwrap();
        let mut limiter = Limiter::new(22_050);
        let mut seed = math::Noise::new(u64::from(song));
        let mut dice = |n: u32| (seed.unit() * f64::from(n)) as u32 as u8;
        for channel in 0..16 {
            synth.apply(channel, Message::Program(dice(128)));
        }
        let mut loudest = 0.0f32;
        for block in 0..22_050 / BLOCK {
            if block % (22_050 / BLOCK / 8) == 0 {
                for channel in 0..16 {
                    let pitch = if channel == 9 { 35 + dice(47) } else { 30 + dice(60) };
                    synth.apply(channel, Message::NoteOn { pitch, velocity: 80 + dice(48) });
                    synth.apply(channel, Message::NoteOn { pitch: pitch + 7, velocity: 80 + dice(48) });
                }
            }
            let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
            synth.render(&mut left, &mut right);
            assert!(left.iter().chain(&right).all(|x| x.is_finite()), "song {song}");
            limiter.process(&mut left, &mut right);
            loudest = left.iter().chain(&right).fold(loudest, |p, x| p.max(x.abs()));
        }
        assert!(loudest > 0.5 && loudest <= 0.8911, "song {song}: {loudest}");
    }
}

type RawSample = (String, Vec<i16>, Option<(usize, usize)>);

/// The samples as they stand in the file, read without the synthesiser.
fn samples_in(bytes: &[u8]) -> Vec<RawSample> {
    let find = |name: &[u8], from: usize| from + bytes[from..].windows(4).position(|w| w == name).unwrap();
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let pcm = find(b"smpl", 0) + 8;
    let headers = find(b"shdr", find(b"pdta", pcm + u32_at(pcm - 4)));
    let n = u32_at(headers + 4) / 46 - 1;
    let row = |i: usize| {
        let at = headers + 8 + i * 46;
        let [start, end, from, to] = [0, 4, 8, 12].map(|k| u32_at(at + 20 + k));
        let data = bytes[pcm + 2 * start..pcm + 2 * end].chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
        let name = String::from_utf8_lossy(&bytes[at..at + 20]).trim_end_matches('\0').to_owned();
        (name, data.collect(), (to > from && from >= start && to <= end).then(|| (from - start, to - start)))
    };
    (0..n).map(row).collect()
}
