//! The roll on paper: pages of A4 across with the title and their number, a few lines of bars each, in one
//! document that a browser shows and prints. It asks to be printed when it is opened.

use super::{MARGIN, Picture, WIDTH, line_height, lines, svg};
use crate::gui::state::State;
use crate::gui::text::fill;
use std::fmt::Write;

/// What the picture may take of a page, in millimetres: A4 across, less the margins and the line of the title.
const PAGE: (f32, f32) = (277.0, 178.0);

const STYLE: &str = "\
@page { size: A4 landscape; margin: 10mm }
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: #222; font-family: Inter, Ubuntu, 'Noto Sans', 'Noto Sans CJK SC', sans-serif }
section { width: 277mm; height: 189mm; overflow: hidden; break-after: page }
section:last-child { break-after: auto }
header { display: flex; justify-content: space-between; height: 11mm; font-size: 10pt; color: #555 }
header b { font-size: 13pt; font-weight: 600; color: #222 }
svg { display: block; width: 277mm; height: auto; max-height: 178mm }
@media screen { body { background: #ddd } section { margin: 10mm auto; padding: 10mm; width: 297mm; height: 210mm; background: #fff } }
";

/// The whole document.
pub fn html(state: &State) -> String {
    let t = state.text();
    let title = svg::escaped(crate::gui::chrome::document_name(state).trim_end_matches(" •"));
    // So many lines as fit; at least one, which then is drawn smaller.
    let room = WIDTH / PAGE.0 * PAGE.1 - MARGIN;
    let a_page = ((room / (line_height(state) + MARGIN)) as usize).max(1);
    let lines = lines(state);
    let pages: Vec<_> = lines.chunks(a_page).collect();
    let language = if t.is_chinese { "zh-CN" } else { "en" };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body onload=\"print()\">\n"
    );
    for (i, lines) in pages.iter().enumerate() {
        let number = fill(t.tools.page_of, &[&(i + 1).to_string(), &pages.len().to_string()]);
        let picture = Picture::of_lines(state, lines).svg_named(&format!("p{i}"));
        let _ = write!(out, "<section>\n<header><b>{title}</b><span>{number}</span></header>\n{picture}</section>\n");
    }
    out + "</body>\n</html>\n"
}
