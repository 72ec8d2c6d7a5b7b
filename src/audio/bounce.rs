//! Renders a score to sound files, or to nowhere to see how fast and how loud: the samples that the
//! loudspeakers would get, as fast as the machine can.

mod file;

pub use file::{Container, Depth, Format};

use super::sequencer::{Sequencer, Sounds};
use super::synth::{SoundFont, SoundFontError};
use super::timeline::Timeline;
use crate::files;
use crate::music::{Score, Tick};
use file::Writer;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// A multiple of eight.
const BLOCK_FRAMES: usize = 1024;
/// The longest that releases and reverb may ring on after the end.
const MAX_TAIL_SECS: f64 = 8.0;

#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    #[error("rendering was cancelled")]
    Cancelled,
    #[error("no voice is heard: there is nothing to render")]
    NoVoice,
    #[error(transparent)]
    SoundFont(#[from] SoundFontError),
    #[error("the sound could not be written: {source}: {}", path.display())]
    Io { source: io::Error, path: PathBuf },
}

/// What is rendered, and how it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounce {
    pub rate: u32,
    pub format: Format,
    /// The part to render; `None` is the whole piece. What sounds at its end rings on.
    pub range: Option<(Tick, Tick)>,
    /// Voice `i` sounds where this is true or missing.
    pub voices_on: Vec<bool>,
    /// Every voice that sounds in a file of its own, named after it.
    pub separate: bool,
}

impl Default for Bounce {
    fn default() -> Self {
        Self { rate: 48_000, format: Format::default(), range: None, voices_on: Vec::new(), separate: false }
    }
}

/// What was rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BounceReport {
    /// Length of the sound, tail included; of all files together.
    pub seconds_of_audio: f64,
    /// Time it took.
    pub seconds: f64,
    /// Largest sample, 0 dBFS = full scale; −∞ where nothing sounds.
    pub peak_dbfs: f64,
    /// Mean power of both channels over the whole length, a full-scale square wave being 0.
    pub rms_dbfs: f64,
    pub files: Vec<PathBuf>,
}

/// Writes `score` to `out`, or to one file a voice beside it. `progress` hears the share done, 0–1,
/// several times a second; `cancel` ends it, and the file being written is not left behind.
///
/// # Errors
/// A rate that cannot be rendered, a file that cannot be written, nothing to write, or cancelling.
pub fn bounce(
    score: &Score,
    what: &Bounce,
    font: &SoundFont,
    out: &Path,
    mut progress: impl FnMut(f64),
    cancel: &AtomicBool,
) -> Result<BounceReport, BounceError> {
    let on = |i: usize| what.voices_on.get(i).copied().unwrap_or(true);
    let heard: Vec<usize> = (0..score.voices.len()).filter(|i| on(*i)).collect();
    let files: Vec<(PathBuf, Vec<bool>)> = if what.separate {
        let alone = |v: usize| (0..score.voices.len()).map(|i| i == v).collect();
        heard.iter().map(|v| (file_of_voice(out, *v, &score.voices[*v].name), alone(*v))).collect()
    } else {
        vec![(out.to_owned(), what.voices_on.clone())]
    };
    if files.is_empty() {
        return Err(BounceError::NoVoice);
    }
    let n = files.len() as f64;
    let mut total = Figures::default();
    let started = Instant::now();
    for (i, (path, voices_on)) in files.iter().enumerate() {
        let share = |done: f64| progress((i as f64 + done) / n);
        total.add(&write_one(score, what, voices_on, font, path, share, cancel)?);
    }
    let files = files.into_iter().map(|f| f.0).collect();
    Ok(total.report(what.rate, started.elapsed().as_secs_f64(), files))
}

/// Renders `score` and keeps nothing but the figures: how loud, how long, how fast.
///
/// # Errors
/// Where the synthesiser cannot run at `rate`.
pub fn measure(score: &Score, rate: u32, font: &SoundFont) -> Result<BounceReport, SoundFontError> {
    let started = Instant::now();
    let what = Bounce { rate, ..Bounce::default() };
    match render(score, &what, &[], font, |_| {}, &AtomicBool::new(false), |_, _| Ok(())) {
        Ok(figures) => Ok(figures.report(rate, started.elapsed().as_secs_f64(), Vec::new())),
        Err(RenderError::SoundFont(e)) => Err(e),
        Err(RenderError::Sink(_) | RenderError::Cancelled) => unreachable!("nothing is written or cancelled"),
    }
}

/// "song 02 Bass.wav": a number, so that no two are the same.
fn file_of_voice(out: &Path, voice: usize, name: &str) -> PathBuf {
    let safe = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '-' } else { c };
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let name: String = name.trim().chars().map(safe).take(60).collect();
    let mut file = format!("{stem} {:02}", voice + 1);
    if !name.is_empty() {
        file += &format!(" {name}");
    }
    if let Some(extension) = out.extension() {
        file += &format!(".{}", extension.to_string_lossy());
    }
    out.with_file_name(file)
}

fn write_one(
    score: &Score,
    what: &Bounce,
    voices_on: &[bool],
    font: &SoundFont,
    path: &Path,
    progress: impl FnMut(f64),
    cancel: &AtomicBool,
) -> Result<Figures, BounceError> {
    let mut rendered = Ok(Figures::default());
    let written = files::write_atomic_with(path, |file| {
        let mut writer = Writer::new(file, what.format, what.rate)?;
        rendered = render(score, what, voices_on, font, progress, cancel, |left, right| writer.write(left, right));
        if rendered.is_err() {
            return Err(io::Error::other("not rendered"));
        }
        writer.finish()
    });
    let io = |source| BounceError::Io { source, path: path.to_owned() };
    match rendered {
        Ok(figures) => written.map(|()| figures).map_err(io),
        Err(RenderError::Sink(source)) => Err(io(source)),
        Err(RenderError::Cancelled) => Err(BounceError::Cancelled),
        Err(RenderError::SoundFont(e)) => Err(e.into()),
    }
}

enum RenderError {
    Cancelled,
    SoundFont(SoundFontError),
    Sink(io::Error),
}

#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    frames: u64,
    peak: f32,
    power: f64,
}

impl Figures {
    fn hear(&mut self, left: &[f32], right: &[f32]) {
        self.frames += left.len() as u64;
        // Eight sums side by side: one alone would wait for each addition.
        let (mut peak, mut power) = ([0.0f32; 8], [0.0f64; 8]);
        for eight in left.chunks_exact(8).chain(right.chunks_exact(8)) {
            for k in 0..8 {
                peak[k] = peak[k].max(eight[k].abs());
                power[k] += f64::from(eight[k] * eight[k]);
            }
        }
        self.peak = peak.into_iter().fold(self.peak, f32::max);
        self.power += power.iter().sum::<f64>();
    }

    fn add(&mut self, other: &Figures) {
        self.frames += other.frames;
        self.peak = self.peak.max(other.peak);
        self.power += other.power;
    }

    fn report(&self, rate: u32, seconds: f64, files: Vec<PathBuf>) -> BounceReport {
        BounceReport {
            seconds_of_audio: self.frames as f64 / f64::from(rate),
            seconds,
            peak_dbfs: 20.0 * f64::from(self.peak).log10(),
            rms_dbfs: 10.0 * (self.power / (2 * self.frames).max(1) as f64).log10(),
            files,
        }
    }
}

fn render(
    score: &Score,
    what: &Bounce,
    voices_on: &[bool],
    font: &SoundFont,
    mut progress: impl FnMut(f64),
    cancel: &AtomicBool,
    mut sink: impl FnMut(&[f32], &[f32]) -> io::Result<()>,
) -> Result<Figures, RenderError> {
    let sounds = Sounds::new(font, what.rate).map_err(RenderError::SoundFont)?;
    let timeline = Arc::new(Timeline::compile(score, what.rate, voices_on));
    let (from, until) = what.range.unwrap_or((0, Tick::MAX));
    let end = if until >= timeline.end_tick() { timeline.end() } else { timeline.frame_from_tick(until) };
    let length = end.saturating_sub(timeline.frame_from_tick(from));
    let last = length + (MAX_TAIL_SECS * f64::from(what.rate)) as u64;
    let mut sequencer = Sequencer::new(Box::new(sounds), timeline);
    sequencer.end_at(what.range.map(|_| end));
    sequencer.play(from);
    let (mut left, mut right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
    let mut figures = Figures::default();
    while figures.frames < last && (sequencer.is_playing() || !sequencer.is_asleep()) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        sequencer.render(&mut left, &mut right);
        figures.hear(&left, &right);
        sink(&left, &right).map_err(RenderError::Sink)?;
        if figures.frames.is_multiple_of(64 * BLOCK_FRAMES as u64) {
            progress((figures.frames as f64 / length.max(1) as f64).min(1.0));
        }
    }
    progress(1.0);
    Ok(figures)
}

#[cfg(test)]
mod tests;
