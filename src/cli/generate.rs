//! `cadenza generate`: takes as .mid, with a receipt in JSON beside each.

use super::context::{Context, Usage, model_argument, say};
use super::convert::read_score;
use super::rules::RuleArguments;
use super::text::{count, duration};
use crate::encoding::STEPS_PER_QUARTER;
use crate::files::write_atomic;
use crate::generate::rules::Rule;
use crate::generate::{Form, Style as SamplingStyle};
use crate::generate::{MAX_SAME, NewLetter, NoteReceipt, Settings, Task};
use crate::job::{Figures, GenerateRequest, LongestCopy, Rewriting, TakeDone, Warm, Writing, no_waker, spawn_generate};
use crate::midi;
use crate::music::{Key, Meter, Score};
use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLE: &str = "\
Example:
  cadenza generate --model runs/folk --out takes --bars 16 --takes 4 --seed 7 --key \"D minor\"
  cadenza generate --model runs/folk --out takes --task fill --primer tune.mid --from-bar 5 --to-bar 8
  cadenza generate --model runs/folk --out takes --primer melody.mid --harmonise
  cadenza generate --model runs/folk --out takes --form AABA --varied --bars 8
  cadenza generate --model runs/folk --out takes --takes 8 --not-closer-than 12
  cadenza generate --model runs/folk --out takes --chords \"Am F C G\" --voice-range bass=36-55 --max-leap 7";

/// Write new music with a trained model
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, allow_negative_numbers = true)]
pub struct Arguments {
    /// A run folder, a model file, or a model that comes with the program: folk or chorale
    #[arg(long, value_name = "RUN", value_parser = model_argument)]
    model: PathBuf,
    /// The folder for the takes
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What to do: new, continue, or in a piece that is there: fill, accompany, vary, harmonise [default:
    /// continue where a primer is given]
    #[arg(long)]
    task: Option<Task>,
    /// The piece to go on from, or to write into
    #[arg(long, value_name = "FILE.mid")]
    primer: Option<PathBuf>,
    /// The first bar to write anew, from 1 [default: the first of the piece]
    #[arg(long, value_name = "A", value_parser = whole_number)]
    from_bar: Option<u32>,
    /// The last bar to write anew [default: the last of the piece]
    #[arg(long, value_name = "B", value_parser = whole_number)]
    to_bar: Option<u32>,
    /// A voice to write, by its number in the piece, its name or its role; several: repeat it. To
    /// harmonise, the voice to keep
    #[arg(long, value_name = "V")]
    voice: Vec<String>,
    /// Keep one voice of the primer, the melody, and write all others: --task harmonise
    #[arg(long, conflicts_with = "task")]
    harmonise: bool,
    /// Of vary: the share of notes to write anew
    #[arg(long, value_name = "SHARE", default_value_t = Settings::default().far)]
    far: f32,
    /// A style that the model tells apart (the first subfolders of what it learned from)
    #[arg(long, value_name = "NAME")]
    style: Option<String>,
    /// Notes a bar
    #[arg(long, value_name = "NOTES")]
    density: Option<f32>,
    /// How much style and density are followed: 1 as learned, more to exaggerate
    #[arg(long, value_name = "G", default_value_t = Settings::default().guidance)]
    guidance: f32,
    /// Bars to write
    #[arg(long, default_value_t = 16, value_parser = whole_number)]
    bars: u32,
    /// The meter of what is written, such as 3/4 or 6/8 [default: the model's commonest, or the primer's]
    #[arg(long, value_name = "N/M")]
    meter: Option<String>,
    /// Parts told by letters, such as AABA, each of --bars bars; with a primer, the first is the primer
    #[arg(long, value_name = "LETTERS")]
    form: Option<String>,
    /// A letter of the form that comes again begins as it did and ends anew
    #[arg(long, requires = "form")]
    varied: bool,
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    takes: u64,
    /// The same seed, model and settings give the same takes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How values are drawn: faithful, balanced, adventurous or wild; what follows here changes it
    #[arg(long, value_name = "STYLE", default_value = "balanced")]
    sampling: SamplingStyle,
    /// Under 1 careful, over 1 adventurous, 0 the likeliest always
    #[arg(long)]
    temperature: Option<f32>,
    #[arg(long)]
    top_p: Option<f32>,
    #[arg(long)]
    top_k: Option<u32>,
    #[arg(long)]
    min_p: Option<f32>,
    /// Only notes of this scale, such as "D minor"
    #[arg(long)]
    key: Option<String>,
    /// Only these MIDI pitches, such as 48-84
    #[arg(long, value_name = "LOW-HIGH")]
    range: Option<String>,
    /// At most this many notes at once
    #[arg(long, value_name = "P", value_parser = whole_number)]
    max_polyphony: Option<u32>,
    /// Onsets only on this grid, such as 1/16 or 1/12
    #[arg(long, value_name = "1/N")]
    grid: Option<String>,
    /// A new piece may begin with an upbeat, and so with silence; else it begins on the bar line
    #[arg(long)]
    upbeat: bool,
    /// The piece may end on any note; else its melody ends on the tonic (--end-pitch says another)
    #[arg(long)]
    open_end: bool,
    /// The melody has no pitch more often than this in a row; 0: as often as it likes
    #[arg(long, value_name = "N", default_value_t = MAX_SAME)]
    max_same: u32,
    /// Write a take again, 8 times at most, that copies this many notes in a row, or more, from a training
    /// piece
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    not_closer_than: Option<u32>,
    #[command(flatten)]
    rules: RuleArguments,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    fn task(&self) -> Task {
        match self.task {
            _ if self.harmonise => Task::Harmonise,
            Some(task) => task,
            None if self.primer.is_some() => Task::Continue,
            None => Task::New,
        }
    }

    /// The open bars, none beyond the end of the piece; it stands for one that is not told.
    fn region(&self, primer: Option<&Score>) -> Option<(u32, u32)> {
        let last = primer.map_or(1, |p| u32::try_from(p.n_bars()).unwrap_or(1).max(1));
        let told = self.from_bar.is_some() || self.to_bar.is_some();
        let from = self.from_bar.unwrap_or(1);
        told.then(|| (from, self.to_bar.map_or(last, |to| if from <= last { to.min(last) } else { to })))
    }

    fn settings(&self, primer: Option<&Score>) -> anyhow::Result<Settings> {
        let key =
            |k: &String| Key::parse(k).ok_or_else(|| Usage::new(format!("not a key: \"{k}\" (such as \"D minor\")")));
        let mut drawn = Settings::default();
        self.sampling.put_into(&mut drawn);
        let settings = Settings {
            task: self.task(),
            region: self.region(primer),
            voices: self.voice.clone(),
            far: self.far,
            style: self.style.clone(),
            density: self.density,
            guidance: self.guidance,
            bars: self.bars,
            form: self.form.clone().map(|letters| Form { letters, varied: self.varied }),
            meter: self.meter.as_deref().map(parse_meter).transpose()?,
            seed: self.seed,
            temperature: self.temperature.unwrap_or(drawn.temperature),
            top_p: self.top_p.unwrap_or(drawn.top_p),
            top_k: self.top_k.unwrap_or(drawn.top_k),
            min_p: self.min_p.unwrap_or(drawn.min_p),
            fields: drawn.fields,
            key: self.key.as_ref().map(key).transpose()?,
            range: self.range.as_deref().map(parse_range).transpose()?,
            max_polyphony: self.max_polyphony,
            grid: self.grid.as_deref().map(parse_grid).transpose()?,
            start_on_bar: !self.upbeat,
            end_home: !self.open_end,
            max_same: Some(self.max_same).filter(|most| *most > 0),
            rules: self.rules.read(primer)?,
        };
        settings.check().map_err(Usage::new)?;
        Ok(settings)
    }
}

/// A number of bars or notes.
fn whole_number(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "not a whole number from 1 on".to_owned())
}

fn parse_range(text: &str) -> Result<(u8, u8), Usage> {
    let parts =
        text.split_once('-').and_then(|(low, high)| Some((low.trim().parse().ok()?, high.trim().parse().ok()?)));
    parts.ok_or_else(|| Usage::new(format!("not a range of MIDI pitches: \"{text}\" (such as 48-84)")))
}

fn parse_meter(text: &str) -> Result<Meter, Usage> {
    let parts = text.split_once('/').and_then(|(n, m)| Meter::new(n.trim().parse().ok()?, m.trim().parse().ok()?));
    parts.ok_or_else(|| Usage::new(format!("not a meter: \"{text}\" (such as 3/4 or 6/8)")))
}

fn parse_grid(text: &str) -> Result<u32, Usage> {
    let whole = 4 * STEPS_PER_QUARTER;
    let parts: Option<u32> = text.strip_prefix("1/").and_then(|n| n.parse().ok());
    parts
        .filter(|n| *n > 0 && whole.is_multiple_of(*n))
        .map(|n| whole / n)
        .ok_or_else(|| Usage::new(format!("not a grid: \"{text}\" (such as 1/8, 1/16 or 1/12)")))
}

#[derive(Serialize)]
struct Report {
    takes: Vec<TakeReport>,
    notes_per_sec: f64,
    stopped: bool,
}

#[derive(Serialize)]
struct TakeReport {
    #[serde(serialize_with = "crate::files::path::shown")]
    file: PathBuf,
    seed: u64,
    notes: usize,
    bars: u32,
    seconds: f64,
    mean_nats: f64,
    /// `null` where the training pieces are not at hand.
    longest_copy: Option<LongestCopy>,
    /// `null` where it is not known; the receipt says why.
    originality_percentile: Option<f64>,
    /// `null` where no limit was asked for.
    rewriting: Option<Rewriting>,
    warnings: Vec<String>,
    /// That of them which was said at once.
    #[serde(skip)]
    said: Option<String>,
}

/// The JSON file beside a take.
#[derive(Serialize)]
struct Receipt<'a> {
    model: &'a str,
    settings: &'a Settings,
    from_tick: i64,
    mean_nats: f64,
    longest_copy: Option<&'a LongestCopy>,
    originality: Option<&'a Figures>,
    rewriting: Option<&'a Rewriting>,
    notes: &'a [NoteReceipt],
    /// Set aside for the whole of it, each with the rule together with which it leaves nothing.
    set_aside: &'a [(Rule, Rule)],
    relaxed_at_end: &'a [Rule],
    letters: &'a [NewLetter],
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    Usage::must_exist(arguments.primer.iter().chain([&arguments.model]).map(PathBuf::as_path))?;
    let task = arguments.task();
    match (task, &arguments.primer) {
        (Task::New, Some(_)) => {
            return Err(Usage::new("a new piece takes no --primer; leave --task away to go on from it").into());
        }
        (Task::New, None) | (_, Some(_)) => {}
        (task, None) => return Err(Usage::new(format!("to {task}, a --primer is needed")).into()),
    }
    let told = arguments.from_bar.or(arguments.to_bar).is_some() || !arguments.voice.is_empty();
    if !task.opens() && told {
        let sentence = "--from-bar, --to-bar and --voice are for --task fill, accompany, vary and harmonise";
        return Err(Usage::new(sentence).into());
    }
    if task.opens() && arguments.meter.is_some() {
        return Err(Usage::new(format!("--meter is for new music: to {task} keeps the meter of the piece")).into());
    }
    let mut primer = arguments.primer.as_deref().map(read_score).transpose()?.map(|(score, _)| score);
    if task.opens() {
        // Voices are told apart as those were that the model has learned from.
        primer.iter_mut().for_each(crate::corpus::roles::refine);
    }
    let settings = arguments.settings(primer.as_ref())?;
    if let Some((from, last)) = settings.region.filter(|(_, to)| arguments.to_bar.is_some_and(|asked| asked > *to)) {
        let sentence = format!("the piece ends at bar {last}: bars {from} to {last} are written");
        say(&ProgressBar::hidden(), &sentence);
    }
    let name = |n: u64, ending: &str| arguments.out.join(format!("take-{:02}.{ending}", n + 1));
    if let Some(there) = (0..arguments.takes).map(|n| name(n, "mid")).find(|p| p.exists() && !arguments.force) {
        bail!("a take is already there (--force replaces it): {}", there.display());
    }
    let primer = primer.map(Arc::new);
    let request = GenerateRequest {
        model: arguments.model.clone(),
        settings,
        primer,
        kept: None,
        takes: arguments.takes,
        not_closer_than: arguments.not_closer_than.map(|n| n as usize),
    };
    let takes = context.watch(spawn_generate(request, &Warm::default(), no_waker()), |bar, told| match told {
        Writing::Warning(unknown) => say(bar, &unknown.to_string()),
        Writing::Note(_) => bar.inc(1),
    })?;
    // What was stopped before its first whole bar is no take.
    let begun = |take: &&TakeDone| !take.take.stopped || take.take.score.n_notes() > 0;
    let mut reports = Vec::new();
    for (n, take) in takes.iter().enumerate().filter(|(_, take)| begun(take)) {
        reports.push(write(take, name(n as u64, "mid"), &name(n as u64, "json"))?);
    }
    let (notes, seconds) = takes.iter().fold((0, 0.0f64), |(n, s), t| (n + t.take.notes.len(), s + t.take.seconds));
    let report = Report {
        takes: reports,
        notes_per_sec: notes as f64 / seconds.max(1e-9),
        stopped: takes.iter().any(|t| t.take.stopped),
    };
    context.report(|| human(&report), &report)
}

fn write(done: &TakeDone, file: PathBuf, receipt: &std::path::Path) -> anyhow::Result<TakeReport> {
    let TakeDone { take, originality, rewriting, unknown_meter } = done;
    let longest_copy = originality.as_ref().and_then(|o| o.longest_copy.as_ref());
    let (bytes, warnings) = midi::write(&take.score);
    write_atomic(&file, &bytes).with_context(|| format!("could not write {}", file.display()))?;
    let content = Receipt {
        model: &take.model,
        settings: &take.settings,
        from_tick: take.from_tick,
        mean_nats: take.mean_nats(),
        longest_copy,
        originality: originality.as_ref(),
        rewriting: rewriting.as_ref(),
        notes: &take.notes,
        set_aside: &take.set_aside,
        relaxed_at_end: &take.relaxed_at_end,
        letters: &take.letters,
    };
    write_atomic(receipt, &serde_json::to_vec_pretty(&content)?)
        .with_context(|| format!("could not write {}", receipt.display()))?;
    let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    warnings.extend(unknown_meter.as_ref().map(ToString::to_string));
    warnings.extend(take.letters.iter().map(ToString::to_string));
    warnings.extend(take.relaxations());
    warnings.extend(rewriting.as_ref().and_then(Rewriting::sentence));
    Ok(TakeReport {
        file,
        seed: take.settings.seed,
        // A form's repeats are copied, not written: they have no receipts, and are notes all the same.
        notes: match &take.settings.form {
            Some(_) => take.score.notes().filter(|(_, n)| n.start >= take.from_tick).count(),
            None => take.notes.len(),
        },
        bars: {
            let bar = |tick| take.score.meters.position(tick, take.score.ppq).bar;
            u32::try_from(bar(take.to_tick.max(1) - 1) - bar(take.from_tick) + 1).unwrap_or(0)
        },
        seconds: take.seconds,
        mean_nats: take.mean_nats(),
        longest_copy: longest_copy.cloned(),
        originality_percentile: originality.as_ref().and_then(|o| o.percentile),
        rewriting: rewriting.clone(),
        warnings,
        said: unknown_meter.as_ref().map(ToString::to_string),
    })
}

fn human(r: &Report) -> String {
    let mut out = String::new();
    for t in &r.takes {
        out += &format!(
            "{}: {}, seed {}, {:.2} nats per note, made in {}\n",
            t.file.display(),
            count(t.notes, "note"),
            t.seed,
            t.mean_nats,
            duration(t.seconds)
        );
        if let Some(c) = &t.longest_copy {
            let percentile = t.originality_percentile.map(|p| format!(", originality percentile {p:.0}"));
            let percentile = percentile.unwrap_or_default();
            out += &format!("  longest copy: {} of {}, bar {}{percentile}\n", count(c.notes, "note"), c.source, c.bar);
        }
        // What was said before the first note is not said again.
        let new = t.warnings.iter().filter(|w| Some(*w) != t.said.as_ref());
        new.for_each(|w| out += &format!("  {w}\n"));
    }
    if r.stopped {
        out += "stopped: the takes end at their last whole bar\n";
    }
    out + &format!("{:.0} notes/s\n", r.notes_per_sec)
}
