//! The bank measured as it is heard: same bytes, in tune, equally loud, every program there, loops without a seam.

use super::super::sequencer::{Sequencer, Sounds};
use super::super::synth::SoundFont;
use super::super::timeline::Timeline;
use super::*;
use crate::music::{Note, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind};
use std::f64::consts::TAU;
use std::sync::Arc;

const RATE: u32 = 48_000;

#[test]
fn the_committed_bank_is_what_the_code_builds() {
    let same = build() == BUILT_IN;
    assert!(same, "assets/cadenza.sf2 is not what bank::build makes; write it anew");
}

/// One dry note of `program` (drums: none), both channels added.
fn note(program: Option<u8>, pitch: u8, velocity: u8, secs: f64) -> Vec<f64> {
    let role = if program.is_some() { Role::Melody } else { Role::Drums };
    let mut score = Score::new(480);
    let mut voice = Voice::new("v", role, program.unwrap_or(0));
    voice.notes.push(Note::new(0, (secs * 960.0) as Tick, pitch, velocity));
    voice.events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::Controller { number: 91, value: 0 } });
    score.push_voice(voice);
    let sounds = Sounds::new(&SoundFont::built_in(), RATE).unwrap();
    let mut s = Sequencer::new(Box::new(sounds), Arc::new(Timeline::compile(&score, RATE, &[])));
    s.play(0);
    let n = (secs * f64::from(RATE)) as usize;
    let (mut left, mut right) = (vec![0.0; n], vec![0.0; n]);
    s.render(&mut left, &mut right);
    left.iter().zip(&right).map(|(l, r)| f64::from(l + r)).collect()
}

fn level_db(x: &[f64]) -> f64 {
    10.0 * (x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64).max(1e-20).log10()
}

/// How far, in cents, the strongest line near `hz` lies from it.
fn cents_off(x: &[f64], hz: f64) -> f64 {
    let power = |cents: f64| {
        let step = TAU * hz * (cents / 1200.0).exp2() / f64::from(RATE);
        let (mut re, mut im) = (0.0, 0.0);
        for (i, v) in x.iter().enumerate() {
            let window = 0.5 - 0.5 * (TAU * i as f64 / x.len() as f64).cos();
            re += window * v * (step * i as f64).cos();
            im += window * v * (step * i as f64).sin();
        }
        re * re + im * im
    };
    let (mut centre, mut reach) = (0.0, 30.0);
    while reach > 0.2 {
        let around = (-5..=5).map(|i| centre + reach * f64::from(i) / 5.0);
        centre = around.max_by(|a, b| power(*a).total_cmp(&power(*b))).unwrap();
        reach /= 4.0;
    }
    centre
}

#[test]
fn instruments_are_in_tune_to_two_cents() {
    // One program of each still-standing tone; ensembles are chords of slightly different pitches
    // by design, and noises have none.
    for program in [0, 4, 6, 8, 9, 11, 12, 13, 16, 22, 24, 25, 26, 32, 38, 40, 46, 56, 57, 60, 64, 68, 70, 71, 73, 74] {
        for pitch in [57u8, 64, 72] {
            let sound = note(Some(program), pitch, 100, 0.9);
            let off = cents_off(&sound[2400..], hz_from_key(f64::from(pitch)));
            assert!(off.abs() <= 2.0, "program {program}, key {pitch}: {off:.2} cents off");
        }
    }
}

#[test]
fn pitched_instruments_are_equally_loud_within_three_decibels() {
    let sustained_and_struck = (0..112u8).filter(|p| ![28, 55].contains(p));
    let levels: Vec<f64> = sustained_and_struck.map(|p| level_db(&note(Some(p), 64, 100, 0.8)[..38_400])).collect();
    let mean = levels.iter().sum::<f64>() / levels.len() as f64;
    // Struck instruments are levelled by their first 0.4 s and have partly died away here.
    for (i, level) in levels.iter().enumerate() {
        assert!((level - mean).abs() < 6.0, "instrument {i}: {:.1} dB from the mean", level - mean);
    }
}

#[test]
fn louder_notes_are_louder_and_brighter() {
    for program in [0, 24, 48, 56, 73] {
        let [soft, loud] = [40, 110].map(|velocity| note(Some(program), 60, velocity, 0.5));
        assert!(level_db(&loud) > level_db(&soft) + 10.0, "program {program}");
    }
}

#[test]
fn every_program_and_every_drum_of_general_midi_sounds() {
    for program in 0..128 {
        assert!(level_db(&note(Some(program), 60, 100, 0.6)) > -50.0, "program {program} is silent");
    }
    for key in 35..=81 {
        assert!(level_db(&note(None, key, 100, 0.3)) > -50.0, "drum {key} is silent");
    }
}

#[test]
fn loops_have_no_seam() {
    // The step over the loop's seam is no larger than the steps inside the loop.
    let bytes = BUILT_IN;
    let font = rustysynth_free_samples(bytes);
    assert!(font.len() > 200);
    for (name, data, looped) in font {
        let Some((from, to)) = looped else { continue };
        let inside = data[from..to].windows(2).map(|w| (i32::from(w[1]) - i32::from(w[0])).abs()).max().unwrap();
        let seam = (i32::from(data[from]) - i32::from(data[to - 1])).abs();
        assert!(seam <= inside + 2, "{name}: a step of {seam} where {inside} is the most inside");
    }
}

type RawSample = (String, Vec<i16>, Option<(usize, usize)>);

/// The samples as they stand in the file, read without the synthesiser.
fn rustysynth_free_samples(bytes: &[u8]) -> Vec<RawSample> {
    let find = |name: &[u8], from: usize| from + bytes[from..].windows(4).position(|w| w == name).unwrap();
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let pcm = find(b"smpl", 0) + 8;
    let headers = find(b"shdr", find(b"pdta", 0));
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
