//! The page of a report: one HTML file with everything in it, to be opened in any browser, sent and
//! printed. Deliberately without scripts and without anything from elsewhere.

use super::pictures::{Curve, copies, escaped, losses, reliability, roll, stacked};
use crate::corpus::style::{Spread, StyleRow};
use crate::music::Score;
use crate::train::MetricsRow;
use crate::train::report_card::held_out::MODEL;
use crate::train::report_card::{FEWEST_PIECES, FOUND_NOTES, HeldOut, Part, ReportCard, TakeRow, curves};
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

pub fn html(card: &ReportCard, metrics: &[MetricsRow], takes: &[&Score]) -> String {
    let name = escaped(&card.name);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{name} – report</title>\
         <style>{STYLE}</style></head><body><main>\n"
    );
    head(&mut out, card);
    if let Some(h) = &card.held_out {
        likelihood(&mut out, h);
    }
    training(&mut out, card, metrics);
    if let Some(h) = &card.held_out {
        parts(&mut out, h);
        calibration(&mut out, h);
    }
    takes_of(&mut out, card, takes);
    copied(&mut out, card);
    style(&mut out, card);
    if !card.remarks.is_empty() {
        let remarks: String = card.remarks.iter().map(|r| format!("<li>{}</li>", escaped(r))).collect();
        let _ = writeln!(out, "<section><h2>Remarks</h2><ul>{remarks}</ul></section>");
    }
    out + "</main></body></html>\n"
}

fn head(out: &mut String, card: &ReportCard) {
    let t = &card.training;
    let _ = write!(out, "<header><h1>{}</h1><p class=\"sub\">", escaped(&card.name));
    let minutes = t.seconds / 60.0;
    let _ = write!(
        out,
        "{} · {} parameters · {} of {} steps in {minutes:.1} min · learned from {} pieces, {} notes</p>",
        escaped(&t.arch),
        t.parameters,
        t.steps,
        t.planned_steps,
        card.train_pieces,
        card.train_notes
    );
    let mut figures: Vec<(String, &str)> = Vec::new();
    if let Some(h) = &card.held_out {
        let model = h.lines.iter().find(|l| l.name == MODEL).map_or(0.0, |l| l.nats_per_note);
        figures.push((format!("{model:.3}"), "nats per note, held out"));
        if let Some(saved) = card.saved_against("n-gram") {
            figures.push((format!("{saved:+.3}"), "saved against n-gram"));
        }
        if let Some(r) = h.reliability.first() {
            figures.push((format!("{:.1} %", 100.0 * r.error), "calibration error"));
        }
    }
    if let Some(percentile) = card.originality.percentile {
        figures.push((format!("{percentile:.0}"), "originality, percentile of people"));
    }
    for (figure, name) in figures {
        let _ = write!(out, "<div class=\"fig\"><b>{figure}</b><span>{name}</span></div>");
    }
    let _ = writeln!(out, "<p>{}</p></header>", escaped(&capital(&t.ended)));
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let full = chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect());
    if full.is_empty() || full.ends_with('.') { full } else { full + "." }
}

fn likelihood(out: &mut String, h: &HeldOut) {
    let _ = write!(
        out,
        "<section><h2>What it costs to tell held-out music</h2><p class=\"sub\">Nats per note on {} pieces ({} notes) that \
         it never saw; less is better. Each colour is one field.</p>{}<table><tr><th></th><th>all</th>",
        h.pieces,
        h.notes,
        stacked(&h.lines, &h.fields)
    );
    for (i, field) in h.fields.iter().enumerate() {
        let _ = write!(out, "<th><i style=\"background:var(--f{i})\"></i>{}</th>", escaped(field));
    }
    *out += "</tr>";
    for line in &h.lines {
        let cells: String = line.fields.iter().map(|n| format!("<td>{n:.3}</td>")).collect();
        let _ = write!(out, "<tr><th>{}</th><td>{:.3}</td>{cells}</tr>", escaped(&line.name), line.nats_per_note);
    }
    let right: String = h.accuracy.iter().map(|a| format!("<td>{:.1} %</td>", 100.0 * a)).collect();
    let _ = write!(out, "<tr><th>right at first</th><td></td>{right}</tr></table>");
    if h.fields.iter().any(|f| f == "velocity") {
        *out += "<p class=\"sub\">Velocity is told apart: it is not in the sum.</p>";
    }
    *out += "</section>\n";
}

fn training(out: &mut String, card: &ReportCard, metrics: &[MetricsRow]) {
    let (train, valid) = curves(metrics);
    if train.is_empty() && valid.is_empty() {
        return;
    }
    let best = valid.iter().copied().min_by(|a, b| a[1].total_cmp(&b[1]));
    let lines = card.held_out.iter().flat_map(|h| &h.lines).filter(|l| l.name != MODEL);
    let levels: Vec<(&str, f64)> = lines.map(|l| (l.name.as_str(), l.nats_per_note)).collect();
    let picture = losses(&[Curve { points: &train, class: "k" }], &valid, best, &levels);
    let _ = writeln!(
        out,
        "<section><h2>Training</h2><p class=\"sub\">Loss over steps: the line is training (with dropout), the dots are \
         checks on held-out pieces, the dashes what simpler models come to.</p>{picture}</section>"
    );
}

fn parts(out: &mut String, h: &HeldOut) {
    let table = |title: &str, parts: &[Part]| {
        let row = |p: &Part| {
            let name = if p.name.is_empty() { "(no style)".to_owned() } else { escaped(&p.name) };
            let (own, other) = (p.nats_per_note, p.ngram);
            let wide = (own / other.max(1e-9)).clamp(0.0, 1.0) * 100.0;
            format!(
                "<tr><th>{name}</th><td>{}</td><td>{}</td><td>{own:.3}</td><td>{other:.3}</td>\
                 <td class=\"bar\"><span style=\"width:{wide:.0}%\"></span></td></tr>",
                p.pieces, p.notes
            )
        };
        let rows: String = parts.iter().map(row).collect();
        format!(
            "<table><tr><th>{title}</th><th>pieces</th><th>notes</th><th>model</th><th>n-gram</th>\
             <th>share of n-gram</th></tr>{rows}</table>"
        )
    };
    let (styles, lengths) = (table("style", &h.styles), table("notes a piece", &h.lengths));
    let _ =
        writeln!(out, "<section><h2>By style and by length</h2><div class=\"two\">{styles}{lengths}</div></section>");
}

fn calibration(out: &mut String, h: &HeldOut) {
    let Some(all) = h.reliability.first() else { return };
    let rows = h
        .reliability
        .iter()
        .map(|r| format!("<tr><th>{}</th><td>{:.1} %</td></tr>", escaped(&r.name), 100.0 * r.error));
    let rows: String = rows.collect();
    let _ = writeln!(
        out,
        "<section><h2>Does it know what it knows?</h2><p class=\"sub\">Of all choices to which it gave its first choice \
         so much, so many were right. On the dashed line it is as sure as it is right; below, too sure.</p>\
         <div class=\"two\">{}<table><tr><th>choices</th><th>calibration error</th></tr>{rows}</table></div></section>",
        reliability(all)
    );
}

fn takes_of(out: &mut String, card: &ReportCard, takes: &[&Score]) {
    if card.takes.is_empty() {
        return;
    }
    let _ = write!(out, "<section><h2>What it writes</h2><div class=\"takes\">");
    for (i, (row, score)) in card.takes.iter().zip(takes).enumerate() {
        let file = escaped(&row.file.to_string_lossy().replace('\\', "/"));
        let picture = roll(score, &format!("Take {}", i + 1));
        let _ = write!(
            out,
            "<figure>{picture}<figcaption><a href=\"{file}\">Take {}</a> {}</figcaption></figure>",
            i + 1,
            about(row)
        );
    }
    *out += "</div></section>\n";
}

fn about(row: &TakeRow) -> String {
    let mut words = vec![format!("{} notes in {} bars", row.notes, row.bars)];
    words.extend(row.seed.map(|s| format!("seed {s}")));
    words.extend(row.mean_nats.map(|n| format!("{n:.2} nats a note")));
    words.push(match &row.copy {
        Some(c) => {
            format!("longest copy {} notes ({:.1} bars): {}, bar {}", c.notes, c.bars, escaped(&c.source), c.bar)
        }
        None => "nothing copied".to_owned(),
    });
    words.join(" · ")
}

fn copied(out: &mut String, card: &ReportCard) {
    let o = &card.originality;
    if o.takes.is_empty() {
        return;
    }
    let percent = |share: Option<f64>| share.map_or("–".to_owned(), |s| format!("{:.0} %", 100.0 * s));
    let percentile = o.percentile.map_or_else(
        || format!("There is no percentile: it takes {FEWEST_PIECES} pieces by people."),
        |p| format!("On the average a take copies less than {p:.0} % of pieces by people do."),
    );
    let _ = writeln!(
        out,
        "<section><h2>Is it original?</h2><p class=\"sub\">The longest passage that stands in a training piece too, in \
         whatever key and tempo: bars are held-out pieces cut to the takes' length, triangles are takes.</p>{}\
         <p>{percentile} Of all runs of {FOUND_NOTES} notes, {} of the takes and {} of held-out pieces stand in \
         training pieces.</p></section>",
        copies(&o.held_out, &o.takes),
        percent(o.takes_found),
        percent(o.held_out_found)
    );
}

fn style(out: &mut String, card: &ReportCard) {
    if card.style.is_empty() {
        return;
    }
    let spread = |s: Option<Spread>| s.map_or("–".to_owned(), |s| format!("{:.2} ± {:.2}", s.mean, s.deviation));
    let overlap = |o: Option<f64>| match o {
        Some(o) => format!("<span class=\"lap\"><span style=\"width:{:.0}%\"></span></span>{o:.2}", 100.0 * o),
        None => "–".to_owned(),
    };
    let row = |r: &StyleRow| {
        format!(
            "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            r.feature.replace('_', " "),
            spread(r.takes),
            spread(r.held_out),
            spread(r.corpus),
            overlap(r.overlap_held_out),
            overlap(r.overlap_people)
        )
    };
    let rows: String = card.style.iter().map(row).collect();
    let _ = writeln!(
        out,
        "<section><h2>Does it sound like them?</h2><p class=\"sub\">Mean ± standard deviation over takes, held-out and \
         training pieces, all cut to {} bars; the overlap is MGEval's (1: takes differ from held-out pieces as these \
         differ from each other). Beside it what held-out pieces come to against training pieces.</p>\
         <table><tr><th>figure</th><th>takes</th><th>held out</th><th>training</th><th>overlap</th><th>people</th></tr>\
         {rows}</table></section>",
        card.style_bars
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::report_card::{Copied, Line, Originality};

    #[test]
    fn the_page_is_whole_with_everything_and_with_nothing() {
        let empty = html(&ReportCard::default(), &[], &[]);
        assert!(empty.ends_with("</html>\n") && !empty.contains("<h2>"));
        let score = crate::music::text::parse("x | 0 24 c4 | 24 24 e4").expect("valid");
        let copy = Copied { notes: 4, bars: 1.0, source: "<The Reel>".into(), bar: 3 };
        let take = TakeRow { file: "report/take-1.mid".into(), notes: 2, copy: Some(copy), ..TakeRow::default() };
        let line = |name: &str, nats| Line { name: name.into(), nats_per_note: nats, fields: vec![nats] };
        let card = ReportCard {
            name: "Folk & co".into(),
            held_out: Some(HeldOut {
                lines: vec![line(MODEL, 1.0), line("n-gram", 2.5)],
                fields: vec!["bar".into()],
                accuracy: vec![0.5],
                styles: vec![Part { name: "jigs".into(), ..Part::default() }],
                ..HeldOut::default()
            }),
            takes: vec![take],
            style: crate::corpus::style::compare(std::slice::from_ref(&score), &[], &[]),
            originality: Originality { takes: vec![4], ..Originality::default() },
            remarks: vec!["No percentile.".into()],
            ..ReportCard::default()
        };
        let page = html(&card, &[], &[&score]);
        for words in [
            "Folk &amp; co",
            "+1.500",
            "&lt;The Reel&gt;",
            "jigs",
            "report/take-1.mid",
            "No percentile.",
            "pitch range",
        ] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("<script") && !page.contains("http"), "nothing from elsewhere");
    }
}
