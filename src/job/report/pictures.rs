//! The pictures of the report's page, as SVG text. Colours are names of the page's style sheet.

use crate::music::Score;
use crate::train::report_card::{Line, Reliability};
use std::fmt::Write as _;

/// Text made safe to stand in HTML and SVG.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn svg(width: f64, height: f64, name: &str, body: &str) -> String {
    let name = escaped(name);
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{name}\"><title>{name}</title>{body}</svg>"
    )
}

/// The colour of a field: its place in the style sheet's row of hues.
fn hue(field: usize) -> String {
    format!("var(--f{})", field % 6)
}

/// A row of stacked bars for each line: what each field costs.
pub fn stacked(lines: &[Line], fields: &[String]) -> String {
    const WIDTH: f64 = 720.0;
    const LABEL: f64 = 84.0;
    const ROW: f64 = 30.0;
    let most = lines.iter().map(|l| l.nats_per_note).fold(1e-9, f64::max);
    let scale = (WIDTH - LABEL - 64.0) / most;
    let mut out = String::new();
    for (i, line) in lines.iter().enumerate() {
        let y = i as f64 * ROW;
        let _ = write!(out, "<text x=\"0\" y=\"{}\" class=\"l\">{}</text>", y + 18.0, escaped(&line.name));
        let mut x = LABEL;
        for (f, nats) in line.fields.iter().enumerate().take(5) {
            let wide = (nats * scale).max(0.0);
            let name = fields.get(f).map_or("", String::as_str);
            let (y, fill) = (y + 5.0, hue(f));
            let _ = write!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{wide:.1}\" height=\"18\" fill=\"{fill}\"><title>{name} {nats:.3}</title></rect>"
            );
            x += wide;
        }
        let _ =
            write!(out, "<text x=\"{:.1}\" y=\"{}\" class=\"v\">{:.3}</text>", x + 6.0, y + 18.0, line.nats_per_note);
    }
    svg(WIDTH, lines.len() as f64 * ROW, "Nats per note, by field", &out)
}

/// What a curve is drawn with.
pub struct Curve<'a> {
    pub points: &'a [[f64; 2]],
    pub class: &'static str,
}

/// Losses over steps on a log axis, with level lines.
pub fn losses(curves: &[Curve<'_>], dots: &[[f64; 2]], best: Option<[f64; 2]>, levels: &[(&str, f64)]) -> String {
    const WIDTH: f64 = 720.0;
    const HEIGHT: f64 = 280.0;
    let points = || curves.iter().flat_map(|c| c.points).chain(dots);
    let right = points().map(|p| p[0]).fold(1.0, f64::max);
    let ys = || points().map(|p| p[1]).chain(levels.iter().map(|l| l.1)).filter(|y| *y > 0.0);
    let (low, high) = (ys().fold(f64::MAX, f64::min).min(1e9), ys().fold(1e-9, f64::max));
    let (low, high) = ((low * 0.93).ln(), (high * 1.05).max(low * 1.1).ln());
    let x = |step: f64| 44.0 + step / right * (WIDTH - 60.0);
    let y = |nats: f64| 12.0 + (high - nats.max(1e-9).ln()) / (high - low).max(1e-9) * (HEIGHT - 40.0);
    let mut out = String::new();
    let marks = [0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0];
    for mark in marks.into_iter().filter(|m: &f64| (low..high).contains(&m.ln())) {
        let y = y(mark);
        let _ = write!(out, "<line x1=\"44\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"g\"/>", WIDTH - 16.0);
        let _ = write!(out, "<text x=\"38\" y=\"{:.1}\" class=\"t e\">{mark}</text>", y + 4.0);
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let step = right * share;
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{}\" class=\"t m\">{step:.0}</text>", x(step), HEIGHT - 8.0);
    }
    for (name, nats) in levels {
        let y = y(*nats);
        let _ = write!(out, "<line x1=\"44\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"b\"/>", WIDTH - 16.0);
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" class=\"t e\">{} {nats:.2}</text>",
            WIDTH - 18.0,
            y - 4.0,
            escaped(name)
        );
    }
    for curve in curves.iter().filter(|c| !c.points.is_empty()) {
        let path: Vec<String> = curve.points.iter().map(|p| format!("{:.1},{:.1}", x(p[0]), y(p[1]))).collect();
        let _ = write!(out, "<polyline class=\"{}\" points=\"{}\"/>", curve.class, path.join(" "));
    }
    for dot in dots {
        let _ = write!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" class=\"d\"/>", x(dot[0]), y(dot[1]));
    }
    if let Some(best) = best {
        let (x, y) = (x(best[0]), y(best[1]));
        let _ = write!(out, "<text x=\"{x:.1}\" y=\"{:.1}\" class=\"s m\">★ {:.3}</text>", y + 18.0, best[1]);
    }
    svg(WIDTH, HEIGHT, "Loss over steps", &out)
}

/// How often the first choice was right against how sure the model was; on the diagonal they agree.
pub fn reliability(of: &Reliability) -> String {
    const SIDE: f64 = 260.0;
    let at = |share: f64| 36.0 + share * (SIDE - 48.0);
    let y = |share: f64| SIDE - 36.0 - share * (SIDE - 48.0);
    let total = of.bins.iter().map(|b| b.choices).sum::<u64>().max(1) as f64;
    let mut out =
        format!("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"b\"/>", at(0.0), y(0.0), at(1.0), y(1.0));
    for mark in [0.0, 0.5, 1.0] {
        let _ = write!(
            out,
            "<line x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\" class=\"g\"/>",
            at(0.0),
            at(1.0),
            y(mark),
            y(mark)
        );
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\" class=\"t e\">{:.0} %</text>",
            at(0.0) - 4.0,
            y(mark) + 4.0,
            mark * 100.0
        );
        let _ =
            write!(out, "<text x=\"{}\" y=\"{}\" class=\"t m\">{:.0} %</text>", at(mark), SIDE - 20.0, mark * 100.0);
    }
    let _ = write!(out, "<text x=\"{}\" y=\"{}\" class=\"t m\">how sure</text>", at(0.5), SIDE - 4.0);
    let seen: Vec<_> = of.bins.iter().filter(|b| b.choices > 0).collect();
    let path: Vec<String> = seen.iter().map(|b| format!("{:.1},{:.1}", at(b.confidence), y(b.right))).collect();
    let _ = write!(out, "<polyline class=\"k\" points=\"{}\"/>", path.join(" "));
    for b in seen {
        let r = 2.5 + 9.0 * (b.choices as f64 / total).sqrt();
        let _ = write!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{r:.1}\" class=\"o\"><title>{} choices: {:.1} % sure, {:.1} % right</title></circle>",
            at(b.confidence),
            y(b.right),
            b.choices,
            100.0 * b.confidence,
            100.0 * b.right
        );
    }
    svg(SIDE, SIDE, &format!("Reliability of {}", of.name), &out)
}

/// The notes of a take.
pub fn roll(score: &Score, name: &str) -> String {
    const WIDTH: f64 = 340.0;
    const HEIGHT: f64 = 90.0;
    let low = score.notes().map(|(_, n)| n.pitch).min().unwrap_or(60);
    let high = score.notes().map(|(_, n)| n.pitch).max().unwrap_or(60);
    let span = f64::from(high - low).max(18.0) + 1.0;
    let middle = (f64::from(high) + f64::from(low)) / 2.0;
    let end = score.last_note_end().max(1) as f64;
    let tall = (HEIGHT - 8.0) / span;
    let mut out = String::new();
    for (voice, n) in score.notes() {
        let (x, wide) = (n.start as f64 / end * WIDTH, (n.duration as f64 / end * WIDTH - 0.6).max(0.8));
        let y = HEIGHT / 2.0 - (f64::from(n.pitch) - middle) * tall - tall / 2.0;
        let fill = hue(voice);
        let _ = write!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
            tall.clamp(1.2, 5.0)
        );
    }
    svg(WIDTH, HEIGHT, name, &out)
}

/// Longest copies in notes: how many held-out pieces have each length, and where the takes lie.
pub fn copies(held_out: &[usize], takes: &[usize]) -> String {
    const WIDTH: f64 = 720.0;
    const HEIGHT: f64 = 150.0;
    let most = held_out.iter().chain(takes).copied().max().unwrap_or(0) + 1;
    let x = |notes: usize| 20.0 + notes as f64 / most as f64 * (WIDTH - 40.0);
    let wide = (WIDTH - 40.0) / most as f64;
    let mut counts = vec![0usize; most + 1];
    held_out.iter().for_each(|n| counts[*n] += 1);
    let tallest = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let base = HEIGHT - 40.0;
    let mut out = String::new();
    for (notes, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let tall = *n as f64 / tallest * (base - 10.0);
        let _ = write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\" class=\"h\"><title>{n} held-out pieces: {notes} notes</title></rect>",
            x(notes),
            base - tall,
            (wide - 1.0).max(0.8)
        );
    }
    let _ = write!(out, "<line x1=\"20\" x2=\"{}\" y1=\"{base}\" y2=\"{base}\" class=\"g\"/>", WIDTH - 20.0);
    for notes in takes {
        let at = x(*notes) + wide / 2.0;
        let _ = write!(
            out,
            "<path d=\"M{at:.1} {:.1}l5 10h-10z\" class=\"a\"><title>a take: {notes} notes</title></path>",
            base + 2.0
        );
    }
    for share in 0..=4 {
        let notes = most * share / 4;
        let _ =
            write!(out, "<text x=\"{:.1}\" y=\"{}\" class=\"t m\">{notes}</text>", x(notes) + wide / 2.0, HEIGHT - 8.0);
    }
    svg(WIDTH, HEIGHT, "Longest passages that stand in training pieces, in notes", &out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::report_card::Bin;

    /// Every picture must be well-formed XML.
    fn well_formed(svg: &str) -> roxmltree::Document<'_> {
        roxmltree::Document::parse(svg).expect("well-formed")
    }

    #[test]
    fn pictures_are_well_formed_and_hold_what_they_show() {
        let lines = [("model", 1.0), ("a <b>", 3.0)].map(|(name, n)| Line {
            name: name.to_owned(),
            nats_per_note: n,
            fields: vec![n / 2.0, n / 2.0],
        });
        let picture = stacked(&lines, &["bar".to_owned(), "step".to_owned()]);
        let picture = well_formed(&picture);
        let wide = |i: usize| -> f64 {
            let rect = picture.descendants().filter(|n| n.has_tag_name("rect")).nth(i).expect("a bar");
            rect.attribute("width").expect("has one").parse().expect("a number")
        };
        assert!((wide(2) / wide(0) - 3.0).abs() < 0.01);
        let curve = Curve { points: &[[0.0, 8.0], [100.0, 1.0]], class: "k" };
        let picture = losses(&[curve], &[[50.0, 2.0]], Some([50.0, 2.0]), &[("n-gram", 3.0)]);
        assert!(picture.contains("n-gram 3.00") && picture.contains("★ 2.000"));
        well_formed(&picture);
        well_formed(&losses(&[], &[], None, &[]));
        let bins = vec![Bin { choices: 9, confidence: 0.25, right: 0.5 }, Bin::default()];
        let picture = reliability(&Reliability { name: "all".into(), bins, error: 0.25 });
        assert_eq!(well_formed(&picture).descendants().filter(|n| n.has_tag_name("circle")).count(), 1);
        let score = crate::music::text::parse("x | 0 24 c4 | 24 24 e4").expect("valid");
        let picture = roll(&score, "take \"1\"");
        assert_eq!(well_formed(&picture).descendants().filter(|n| n.has_tag_name("rect")).count(), 2);
        well_formed(&roll(&Score::new(24), ""));
        let picture = copies(&[3, 3, 9], &[0, 5]);
        assert_eq!(well_formed(&picture).descendants().filter(|n| n.has_tag_name("path")).count(), 2);
        well_formed(&copies(&[], &[]));
    }
}
