//! The report of an import as CSV: one line a file, for a spreadsheet.

use super::library::Library;
use super::packed::Summary;
use crate::music::charset;

const HEAD: &str =
    "path,style,state,reason,what happened,remedies,warnings,pieces,notes,family,key,meter,bars,seconds\r\n";

/// RFC 4180, UTF-8. Of a file with several pieces, notes, bars and seconds are sums, and family, key
/// and meter those of the first.
pub fn to_csv(library: &Library) -> String {
    let mut out = String::from(HEAD);
    for row in &library.rows {
        let pieces: Vec<_> = row.pieces.iter().map(|&i| &library.pieces[i]).collect();
        let first = pieces.first();
        // The sum of no numbers is −0.
        let sum = |of: &dyn Fn(&Summary) -> f64| pieces.iter().fold(0.0, |sum, p| sum + of(&p.summary));
        let or_empty = |text: Option<String>| text.unwrap_or_default();
        let fields = [
            charset::of_name(row.path.as_os_str()),
            row.style.clone(),
            row.state.word().to_owned(),
            row.state.reason().to_owned(),
            row.sentence(),
            row.remedies.iter().map(|r| r.code()).collect::<Vec<_>>().join(" "),
            row.warnings.join(" "),
            pieces.len().to_string(),
            sum(&|s| f64::from(s.notes)).to_string(),
            or_empty(first.map(|p| p.family.to_string())),
            or_empty(first.and_then(|p| p.key).map(|(key, _)| key.to_string())),
            or_empty(first.map(|p| p.summary.meter.to_string())),
            sum(&|s| f64::from(s.bars)).to_string(),
            format!("{:.1}", sum(&|s| s.seconds)),
        ];
        let fields: Vec<String> = fields.iter().map(|f| quoted(f)).collect();
        out += &fields.join(",");
        out += "\r\n";
    }
    out
}

/// A field as CSV wants it. What a spreadsheet would take for a formula gets an apostrophe: file
/// names come from strangers.
fn quoted(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if field.contains(['"', ',', '\n', '\r']) || !guard.is_empty() {
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{FileRow, FileState, LeftOut};

    #[test]
    fn commas_quotes_and_formulas_do_no_harm() {
        let row = |name: &str| FileRow {
            path: name.into(),
            archive: None,
            style: String::new(),
            state: FileState::LeftOut(LeftOut::EmptyFile),
            hash: [0; 32],
            remedies: vec![],
            applied: vec![],
            pieces: vec![],
            warnings: vec![],
        };
        let library =
            Library { rows: vec![row("a, \"b\".mid"), row("=1+1.mid"), row("二泉映月.mid")], ..Library::default() };
        let csv = to_csv(&library);
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert!(lines[1].starts_with("\"a, \"\"b\"\".mid\",,left out,empty-file,Left out. The file is empty."));
        assert!(lines[2].starts_with("\"'=1+1.mid\""));
        assert!(lines[3].starts_with("二泉映月.mid,"));
        assert!(lines[3].ends_with(",0,,,,0,0.0"), "{}", lines[3]);
        assert_eq!(lines[0].split(',').count(), lines[3].split(',').count());
    }
}
