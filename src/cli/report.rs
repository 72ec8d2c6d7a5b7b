//! `cadenza report`: the report card of a run, or takes judged against a corpus.

use super::context::{Context, Usage, model_argument};
use super::text::count;
use crate::corpus::ImportOptions;
use crate::corpus::style::{Spread, StyleRow};
use crate::job::report::Judged;
use crate::job::{self, ReportOptions, TakesRequest};
use crate::train::ReportCard;
use crate::train::report_card::{FOUND_NOTES, Originality, TakeRow};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

const EXAMPLE: &str = "\
Example:
  cadenza report runs/mine                        # its report card: report.html in the run's folder
  cadenza report runs/mine takes ~/Music/midi     # any takes against any corpus";

/// Judge what a model does: held-out pieces, style, originality
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// A run folder, or a model that comes with the program: folk or chorale
    #[arg(value_name = "RUN", value_parser = model_argument)]
    run: PathBuf,
    /// A folder of takes as .mid; without it the run writes its own
    #[arg(value_name = "DIR_OF_TAKES", requires = "corpus")]
    takes: Option<PathBuf>,
    /// Folders of pieces to compare the takes with
    #[arg(value_name = "CORPUS")]
    corpus: Vec<PathBuf>,
    /// How many takes the run writes
    #[arg(long, default_value_t = ReportOptions::default().takes, value_name = "N", conflicts_with = "takes")]
    n_takes: u64,
    /// How many bars each has
    #[arg(long, default_value_t = ReportOptions::default().bars, value_name = "N", conflicts_with = "takes")]
    bars: u32,
    /// Seed of the first take
    #[arg(long, default_value_t = ReportOptions::default().seed, value_name = "N", conflicts_with = "takes")]
    seed: u64,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> anyhow::Result<()> {
    let paths = [&arguments.run].into_iter().chain(&arguments.takes).chain(&arguments.corpus);
    Usage::must_exist(paths.map(PathBuf::as_path))?;
    let Some(takes) = &arguments.takes else {
        let options = ReportOptions { takes: arguments.n_takes, bars: arguments.bars, seed: arguments.seed };
        let job = job::spawn_report(arguments.run.clone(), options, job::no_waker());
        let card = context.watch(job, |bar, says| bar.set_message(says))?;
        return context.report(|| human(&card, &ReportCard::page(&arguments.run).display().to_string()), &card);
    };
    let request = TakesRequest {
        run: arguments.run.clone(),
        takes: takes.clone(),
        corpus: arguments.corpus.clone(),
        options: ImportOptions { cache: job::cache_folder(), ..ImportOptions::default() },
    };
    let judged = context.watch(job::spawn_takes_report(request, job::no_waker()), |bar, says| bar.set_message(says))?;
    let statistics = statistics(&judged)?;
    context.report(|| human_of_takes(&judged), &statistics)
}

/// One entry a statistic.
fn statistics(judged: &Judged) -> anyhow::Result<Map<String, Value>> {
    let mut out = Map::new();
    for row in &judged.style {
        let mut of = serde_json::to_value(row)?;
        if let Some(of) = of.as_object_mut() {
            of.remove("feature");
        }
        out.insert(row.feature.clone(), of);
    }
    out.insert("originality".to_owned(), serde_json::to_value(&judged.originality)?);
    out.insert("takes".to_owned(), serde_json::to_value(&judged.takes)?);
    out.insert("remarks".to_owned(), json!(judged.remarks));
    Ok(out)
}

fn human(card: &ReportCard, page: &str) -> String {
    let mut out = String::new();
    if let Some(h) = &card.held_out {
        out += &format!("Nats per note on {} held out ({}):\n", count(h.pieces, "piece"), count(h.notes, "note"));
        for line in &h.lines {
            let fields = h.fields.iter().zip(&line.fields).map(|(f, n)| format!("{f} {n:.3}")).collect::<Vec<_>>();
            out += &format!("  {:<8} {:>7.4}   {}\n", line.name, line.nats_per_note, fields.join(", "));
        }
        for (title, parts) in [("by style", &h.styles), ("by notes a piece", &h.lengths)] {
            out += &format!("{title}:\n");
            for p in parts {
                let name = if p.name.is_empty() { "(no style)" } else { &p.name };
                out += &format!(
                    "  {name:<16} {:.4} (n-gram {:.4}), {}\n",
                    p.nats_per_note,
                    p.ngram,
                    count(p.pieces, "piece")
                );
            }
        }
        if let Some(r) = h.reliability.first() {
            out += &format!("calibration error {:.2} %\n", 100.0 * r.error);
        }
    }
    out += &takes_text(&card.takes, &card.originality);
    out += &style_text(&card.style);
    out += &remarks_text(&card.remarks);
    out + &format!("The whole page: {page}\n")
}

fn human_of_takes(judged: &Judged) -> String {
    takes_text(&judged.takes, &judged.originality) + &style_text(&judged.style) + &remarks_text(&judged.remarks)
}

fn takes_text(takes: &[TakeRow], o: &Originality) -> String {
    let mut out = format!("{}:\n", count(takes.len(), "take"));
    for t in takes {
        let copy = t.copy.as_ref().map_or("nothing copied".to_owned(), |c| {
            format!("longest copy {} notes ({:.1} bars) of “{}”, bar {}", c.notes, c.bars, c.source, c.bar)
        });
        let percentile = t.percentile.map_or(String::new(), |p| format!(", percentile {p:.0}"));
        out += &format!("  {}: {}, {copy}{percentile}\n", t.file.display(), count(t.notes, "note"));
    }
    if let Some(p) = o.percentile {
        out += &format!("originality: percentile {p:.0} among held-out pieces\n");
    }
    let percent = |share: Option<f64>| share.map_or("–".to_owned(), |s| format!("{:.0} %", 100.0 * s));
    let (own, people) = (percent(o.takes_found), percent(o.held_out_found));
    out + &format!(
        "runs of {FOUND_NOTES} notes that stand in training pieces: {own} of takes, {people} of held-out pieces\n"
    )
}

fn style_text(style: &[StyleRow]) -> String {
    let spread = |s: Option<Spread>| s.map_or("–".to_owned(), |s| format!("{:.2} ± {:.2}", s.mean, s.deviation));
    let overlap = |o: Option<f64>| o.map_or("–".to_owned(), |o| format!("{o:.2}"));
    let mut out = format!(
        "{:<20} {:>14} {:>14} {:>14} {:>8} {:>8} {:>8}\n",
        "style", "takes", "held out", "corpus", "overlap", "corpus", "people"
    );
    for r in style {
        out += &format!(
            "{:<20} {:>14} {:>14} {:>14} {:>8} {:>8} {:>8}\n",
            r.feature.replace('_', " "),
            spread(r.takes),
            spread(r.held_out),
            spread(r.corpus),
            overlap(r.overlap_held_out),
            overlap(r.overlap_corpus),
            overlap(r.overlap_people)
        );
    }
    out
}

fn remarks_text(remarks: &[String]) -> String {
    remarks.iter().map(|r| format!("{r}\n")).collect()
}
