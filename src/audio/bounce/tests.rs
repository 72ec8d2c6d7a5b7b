//! What a sound file promises: the speakers' samples in every format, any part, any voice, or no file.

use super::*;
use crate::music::{Note, Role, Voice, text};
use flac_codec::decode::FlacSampleReader;

fn tune() -> Score {
    text::parse("melody | 0 24 e5 | 24 24 d5 | 48 48 c5\nchords | 0 48 c4 | 0 48 g4 | 48 48 c4 | 48 48 e4 | 48 48 g4")
        .unwrap()
}

fn to_file(score: &Score, what: &Bounce, path: &Path) -> Result<BounceReport, BounceError> {
    bounce(score, what, &SoundFont::built_in(), path, |_| {}, &AtomicBool::new(false))
}

/// The first `frames` frames that the loudspeakers get, both sides in turn.
fn live(score: &Score, voices_on: &[bool], from: Tick, frames: usize) -> Vec<f32> {
    let sounds = Box::new(Sounds::new(&SoundFont::built_in(), 48_000).unwrap());
    let timeline = Arc::new(Timeline::compile(score, 48_000, voices_on));
    let (core, mut remote) = super::super::core::connect(sounds, timeline, 48_000);
    let mut filler = super::super::engine::Filler::new(core, remote.shared.clone());
    remote.send(super::super::core::Command::Play(from.into()));
    let mut out = vec![0.0f32; 2 * frames];
    out.chunks_mut(2 * 333).for_each(|buffer| filler.fill(buffer, 2, Default::default()));
    out
}

fn read(path: &Path, format: Format) -> Vec<f32> {
    let whole = |x: i32, bits: u32| x as f32 / ((1u32 << (bits - 1)) - 1) as f32;
    if format.container == Container::Flac {
        let mut samples = Vec::new();
        let mut flac = FlacSampleReader::new(std::io::BufReader::new(std::fs::File::open(path).unwrap())).unwrap();
        flac.read_to_end(&mut samples).unwrap();
        let bits = if format.depth == Depth::Sixteen { 16 } else { 24 };
        return samples.into_iter().map(|x| whole(x, bits)).collect();
    }
    let mut wav = hound::WavReader::open(path).unwrap();
    let bits = u32::from(wav.spec().bits_per_sample);
    match format.depth {
        Depth::Float => wav.samples::<f32>().map(Result::unwrap).collect(),
        _ => wav.samples::<i32>().map(|x| whole(x.unwrap(), bits)).collect(),
    }
}

#[test]
fn every_format_holds_what_the_loudspeakers_get_and_its_tail() {
    let dir = tempfile::tempdir().unwrap();
    let live = live(&tune(), &[], 0, 96_000);
    for format in Format::ALL {
        let path = dir.path().join(format!("tune.{}", format.extension()));
        let report = to_file(&tune(), &Bounce { format, ..Bounce::default() }, &path).unwrap();
        assert!(report.peak_dbfs < -1.0 + 1e-3 && report.rms_dbfs > -32.0, "{report:?}");
        assert!(report.seconds_of_audio > 2.2, "a tail after two seconds of music");
        let samples = read(&path, format);
        assert_eq!(samples.len(), 2 * (report.seconds_of_audio * 48_000.0).round() as usize, "{format}");
        assert!(samples.iter().rev().take(200).all(|x| x.abs() < 3e-4), "it ends in silence");
        let grain = match format.depth {
            Depth::Float => 0.0,
            Depth::Sixteen => 0.51 / 32_767.0,
            Depth::TwentyFour => 0.51 / 8_388_607.0 + 3e-8,
        };
        let worst = samples.iter().zip(&live).map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max);
        assert!(worst <= grain, "{format}: differs from the loudspeakers by {worst}");
    }
}

#[test]
fn a_part_is_what_is_heard_from_there_and_rings_on() {
    let dir = tempfile::tempdir().unwrap();
    let (path, float) = (dir.path().join("part.wav"), Format { depth: Depth::Float, ..Format::default() });
    let what = Bounce { range: Some((24, 48)), format: float, ..Bounce::default() };
    let report = to_file(&tune(), &what, &path).unwrap();
    let samples = read(&path, float);
    // 24 ticks at 48 ticks a second.
    let live = live(&tune(), &[], 24, 24_000);
    assert_eq!(samples[..live.len()], live);
    assert!(report.seconds_of_audio > 0.55 && report.seconds_of_audio < 5.0, "{report:?}");
    let peak = |s: &[f32]| s.iter().fold(0.0f32, |p, x| p.max(x.abs()));
    assert!(peak(&samples[48_000..]) < peak(&samples[..48_000]), "nothing begins after the part");
}

#[test]
fn each_voice_goes_to_a_file_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut score = tune();
    score.voices[1].name = "Left/right".into();
    let mut silent = Voice::new("Muted", Role::Other, 0);
    silent.notes.push(Note::new(0, 24, 60, 80));
    score.push_voice(silent);
    let float = Format { depth: Depth::Float, ..Format::default() };
    let what = Bounce { separate: true, format: float, voices_on: vec![true, true, false], ..Bounce::default() };
    let report = to_file(&score, &what, &dir.path().join("song.wav")).unwrap();
    let names: Vec<String> = report.files.iter().map(|f| f.file_name().unwrap().to_string_lossy().into()).collect();
    let first = format!("song 01 {}", score.voices[0].name);
    assert_eq!(names, [first.trim_end().to_owned() + ".wav", "song 02 Left-right.wav".into()]);
    let second = read(&report.files[1], float);
    let live = live(&score, &[false, true, false], 0, 48_000);
    assert_eq!(second[..live.len()], live);
    let none = Bounce { voices_on: vec![false; 3], ..what };
    assert!(matches!(to_file(&score, &none, &dir.path().join("none.wav")), Err(BounceError::NoVoice)));
}

#[test]
fn cancelling_and_failing_leave_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tune.wav");
    let font = SoundFont::built_in();
    let cancelled = bounce(&tune(), &Bounce::default(), &font, &path, |_| {}, &AtomicBool::new(true));
    assert!(matches!(cancelled, Err(BounceError::Cancelled)));
    let rate = Bounce { rate: 8000, ..Bounce::default() };
    assert!(matches!(to_file(&tune(), &rate, &path), Err(BounceError::SoundFont(_))));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    std::fs::write(dir.path().join("plain"), b"a file").unwrap();
    let nowhere = to_file(&tune(), &Bounce::default(), &dir.path().join("plain").join("tune.wav"));
    assert!(matches!(nowhere, Err(BounceError::Io { .. })));
}
