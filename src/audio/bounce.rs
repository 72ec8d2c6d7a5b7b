//! Renders a score to a WAV file, or to nowhere to see how fast and how loud: the samples that the
//! loudspeakers would get, as fast as the machine can.

use super::sequencer::{Sequencer, Sounds};
use super::synth::{SoundFont, SoundFontError};
use super::timeline::Timeline;
use crate::files;
use crate::music::Score;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

const BLOCK_FRAMES: usize = 1024;
/// The longest that releases and reverb may ring on after the end of the piece.
const MAX_TAIL_SECS: f64 = 8.0;

#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    #[error("rendering was cancelled")]
    Cancelled,
    #[error(transparent)]
    SoundFont(#[from] SoundFontError),
    #[error("the sound could not be written: {source}: {}", path.display())]
    Io { source: io::Error, path: PathBuf },
}

/// What was rendered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BounceReport {
    /// Length of the sound, tail included.
    pub seconds_of_audio: f64,
    /// Time it took.
    pub seconds: f64,
    /// Largest sample, 0 dBFS = full scale; −∞ where nothing sounds.
    pub peak_dbfs: f64,
    /// Mean power of both channels over the whole length, a full-scale square wave being 0.
    pub rms_dbfs: f64,
}

/// Writes `score` as a 16-bit stereo WAV file at `rate` through `soundfont` (`None`: the built-in bank).
/// `progress` hears the share done, 0–1, several times a second; `cancel` ends it and leaves no file.
///
/// # Errors
/// A font that cannot be used, a file that cannot be written, or cancelling.
pub fn bounce(
    score: &Score,
    rate: u32,
    soundfont: Option<&[u8]>,
    out: &Path,
    progress: impl FnMut(f64),
    cancel: &AtomicBool,
) -> Result<BounceReport, BounceError> {
    let font = soundfont.map_or_else(|| Ok(SoundFont::built_in()), SoundFont::from_bytes)?;
    let spec =
        hound::WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut report = Ok(None);
    let written = files::write_atomic_with(out, |file| {
        let mut wav = hound::WavWriter::new(BufWriter::new(file), spec).map_err(io::Error::other)?;
        report = render(score, rate, &font, progress, cancel, |left, right| {
            for (l, r) in left.iter().zip(right) {
                wav.write_sample(sixteen_bit(*l)).map_err(io::Error::other)?;
                wav.write_sample(sixteen_bit(*r)).map_err(io::Error::other)?;
            }
            Ok(())
        })
        .map(Some);
        if report.is_err() {
            return Err(io::Error::other("not rendered"));
        }
        wav.finalize().map_err(io::Error::other)
    });
    match (report, written) {
        (Err(RenderError::Sink(source)), _) => Err(BounceError::Io { source, path: out.to_owned() }),
        (Err(RenderError::Cancelled), _) => Err(BounceError::Cancelled),
        (Err(RenderError::SoundFont(e)), _) => Err(e.into()),
        (Ok(Some(report)), Ok(())) => Ok(report),
        (Ok(_), Err(source)) => Err(BounceError::Io { source, path: out.to_owned() }),
        (Ok(None), Ok(())) => unreachable!("the file was written, so it was rendered"),
    }
}

/// Renders `score` and keeps nothing but the figures: how loud, how long, how fast.
///
/// # Errors
/// Where the synthesiser cannot run at `rate`.
pub fn measure(score: &Score, rate: u32, font: &SoundFont) -> Result<BounceReport, SoundFontError> {
    match render(score, rate, font, |_| {}, &AtomicBool::new(false), |_, _| Ok(())) {
        Ok(report) => Ok(report),
        Err(RenderError::SoundFont(e)) => Err(e),
        Err(RenderError::Sink(_) | RenderError::Cancelled) => unreachable!("nothing is written or cancelled"),
    }
}

enum RenderError {
    Cancelled,
    SoundFont(SoundFontError),
    Sink(io::Error),
}

fn render(
    score: &Score,
    rate: u32,
    font: &SoundFont,
    mut progress: impl FnMut(f64),
    cancel: &AtomicBool,
    mut sink: impl FnMut(&[f32], &[f32]) -> io::Result<()>,
) -> Result<BounceReport, RenderError> {
    let started = Instant::now();
    let sounds = Sounds::new(font, rate).map_err(RenderError::SoundFont)?;
    let timeline = Arc::new(Timeline::compile(score, rate, &[]));
    let end = timeline.end();
    let last = end + (MAX_TAIL_SECS * f64::from(rate)) as u64;
    let mut sequencer = Sequencer::new(Box::new(sounds), timeline);
    sequencer.play(0);
    let (mut left, mut right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
    let (mut frames, mut peak, mut power) = (0u64, 0.0f32, 0.0f64);
    while frames < last && (sequencer.is_playing() || !sequencer.is_asleep()) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        sequencer.render(&mut left, &mut right);
        for x in left.iter().chain(&right) {
            peak = peak.max(x.abs());
            power += f64::from(x * x);
        }
        sink(&left, &right).map_err(RenderError::Sink)?;
        frames += BLOCK_FRAMES as u64;
        if frames.is_multiple_of(64 * BLOCK_FRAMES as u64) {
            progress(frames as f64 / last.max(1) as f64);
        }
    }
    progress(1.0);
    Ok(BounceReport {
        seconds_of_audio: frames as f64 / f64::from(rate),
        seconds: started.elapsed().as_secs_f64(),
        peak_dbfs: 20.0 * f64::from(peak).log10(),
        rms_dbfs: 10.0 * (power / (2 * frames).max(1) as f64).log10(),
    })
}

fn sixteen_bit(x: f32) -> i16 {
    (x * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    fn tune() -> Score {
        text::parse(
            "melody | 0 24 e5 | 24 24 d5 | 48 48 c5\nchords | 0 48 c4 | 0 48 g4 | 48 48 c4 | 48 48 e4 | 48 48 g4",
        )
        .unwrap()
    }

    #[test]
    fn writes_what_the_loudspeakers_get_with_its_tail() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tune.wav");
        let mut heard = Vec::new();
        let report = bounce(&tune(), 44_100, None, &path, |p| heard.push(p), &AtomicBool::new(false)).unwrap();
        assert_eq!(heard.last(), Some(&1.0));
        assert!(report.peak_dbfs < -1.0 + 1e-3 && report.rms_dbfs > -32.0, "{report:?}");
        let mut wav = hound::WavReader::open(&path).unwrap();
        let samples: Vec<i16> = wav.samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 2 * (report.seconds_of_audio * 44_100.0).round() as usize);
        assert!(report.seconds_of_audio > 2.2, "a tail after two seconds of music");
        assert!(samples.iter().rev().take(200).all(|x| x.abs() < 10), "it ends in silence");
        let mut sequencer = Sequencer::new(
            Box::new(Sounds::new(&SoundFont::built_in(), 44_100).unwrap()),
            Arc::new(Timeline::compile(&tune(), 44_100, &[])),
        );
        sequencer.play(0);
        let (mut left, mut right) = (vec![0.0; 44_100], vec![0.0; 44_100]);
        sequencer.render(&mut left, &mut right);
        let live: Vec<i16> = left.iter().zip(&right).flat_map(|(l, r)| [sixteen_bit(*l), sixteen_bit(*r)]).collect();
        assert_eq!(samples[..live.len()], live);
    }

    #[test]
    fn cancelling_and_failing_leave_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tune.wav");
        let cancelled = bounce(&tune(), 44_100, None, &path, |_| {}, &AtomicBool::new(true));
        assert!(matches!(cancelled, Err(BounceError::Cancelled)));
        let broken = bounce(&tune(), 44_100, Some(b"not a font"), &path, |_| {}, &AtomicBool::new(false));
        assert!(matches!(broken, Err(BounceError::SoundFont(_))));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
