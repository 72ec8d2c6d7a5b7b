//! As much of Markdown as the manual is written in: headings, paragraphs, lists, code, tables, pictures; in them
//! strong words, emphasis, code and links.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Its rank, from 1.
    Heading(u8, Vec<Span>),
    Paragraph(Vec<Span>),
    /// What stands before it: a dot or a number.
    Item(String, Vec<Span>),
    Code(String),
    /// Rows of cells; the first is the head.
    Table(Vec<Vec<Vec<Span>>>),
    /// Alone on its line: what it shows, and where it lies.
    Picture {
        words: String,
        link: String,
    },
}

/// Words that look alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub strong: bool,
    pub emphasis: bool,
    pub code: bool,
    pub link: Option<String>,
}

impl Block {
    fn spans(&self) -> Vec<&Span> {
        match self {
            Block::Heading(_, spans) | Block::Paragraph(spans) | Block::Item(_, spans) => spans.iter().collect(),
            Block::Code(_) | Block::Picture { .. } => Vec::new(),
            Block::Table(rows) => rows.iter().flatten().flatten().collect(),
        }
    }

    /// What a link names a heading by, as on GitHub; `None` of anything else.
    pub fn anchor(&self) -> Option<String> {
        let Block::Heading(_, spans) = self else { return None };
        let text: String = spans.iter().map(|s| s.text.to_lowercase()).collect();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
    }

    #[cfg(test)]
    pub fn links(&self) -> Vec<&str> {
        self.spans().into_iter().filter_map(|s| s.link.as_deref()).collect()
    }

    /// What kind of block it is, and of what size.
    #[cfg(test)]
    pub fn kind(&self) -> String {
        match self {
            Block::Heading(rank, _) => format!("heading {rank}"),
            Block::Paragraph(_) => "paragraph".into(),
            Block::Item(mark, _) => format!("item {mark}"),
            Block::Code(_) => "code".into(),
            Block::Table(rows) => format!("table {} × {}", rows.len(), rows[0].len()),
            Block::Picture { link, .. } => format!("picture {link}"),
        }
    }

    /// The words alone: what is found by its text.
    pub fn words(&self) -> String {
        match self {
            Block::Code(code) => code.clone(),
            Block::Picture { words, .. } => words.clone(),
            other => other.spans().iter().map(|s| s.text.as_str()).collect(),
        }
    }
}

pub fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim();
        if bare.is_empty() {
            continue;
        }
        if bare.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|l| !l.trim_start().starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some((words, link)) = picture(bare) {
            blocks.push(Block::Picture { words: words.to_owned(), link: link.to_owned() });
        } else if let Some(rank) = heading_rank(bare) {
            blocks.push(Block::Heading(rank, spans(bare[usize::from(rank)..].trim())));
        } else if bare.starts_with('|') {
            let mut rows = vec![cells(bare)];
            while let Some(row) = lines.next_if(|l| l.trim_start().starts_with('|')) {
                // The line under the head.
                if !row.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) {
                    rows.push(cells(row.trim()));
                }
            }
            blocks.push(Block::Table(rows));
        } else {
            let (mark, first) = list_mark(bare).map_or((None, bare), |(mark, rest)| (Some(mark), rest));
            let mut all = first.to_owned();
            let goes_on = |l: &&str| {
                let l = l.trim();
                !l.is_empty() && !l.starts_with(['|', '#', '`']) && list_mark(l).is_none() && picture(l).is_none()
            };
            while let Some(more) = lines.next_if(goes_on) {
                all.push(' ');
                all.push_str(more.trim());
            }
            blocks.push(match mark {
                Some(mark) => Block::Item(mark, spans(&all)),
                None => Block::Paragraph(spans(&all)),
            });
        }
    }
    blocks
}

/// What a picture shows, and where it lies; `None` where anything else stands on the line.
fn picture(line: &str) -> Option<(&str, &str)> {
    let (words, path, after) = link(line.strip_prefix('!')?)?;
    after.is_empty().then_some((words, path))
}

fn heading_rank(line: &str) -> Option<u8> {
    let rank = line.chars().take_while(|c| *c == '#').count();
    (1..=4).contains(&rank).then(|| u8::try_from(rank).unwrap_or(4)).filter(|_| line[rank..].starts_with(' '))
}

/// "•" or "1.", and what follows it.
fn list_mark(line: &str) -> Option<(String, &str)> {
    if let Some(rest) = line.strip_prefix("- ").or(line.strip_prefix("* ")) {
        return Some(("•".into(), rest));
    }
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let rest = line[digits..].strip_prefix(". ").filter(|_| digits > 0)?;
    Some((format!("{}.", &line[..digits]), rest))
}

fn cells(row: &str) -> Vec<Vec<Span>> {
    row.trim_matches('|').split('|').map(|cell| spans(cell.trim())).collect()
}

/// The words of a line, each with its look.
fn spans(text: &str) -> Vec<Span> {
    let (mut out, mut now): (Vec<Span>, Span) = Default::default();
    let mut rest = text;
    let end = |now: &mut Span, out: &mut Vec<Span>| {
        if !now.text.is_empty() {
            out.push(now.clone());
            now.text.clear();
        }
    };
    while let Some(c) = rest.chars().next() {
        if let Some((code, after)) = rest.strip_prefix('`').and_then(|r| r.split_once('`')) {
            end(&mut now, &mut out);
            out.push(Span { text: code.to_owned(), code: true, ..Span::default() });
            rest = after;
        } else if let Some((words, link, after)) = link(rest) {
            end(&mut now, &mut out);
            out.push(Span { text: words.to_owned(), link: Some(link.to_owned()), ..Span::default() });
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            end(&mut now, &mut out);
            now.strong = !now.strong;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('*').filter(|r| now.emphasis || !r.starts_with(' ')) {
            end(&mut now, &mut out);
            now.emphasis = !now.emphasis;
            rest = after;
        } else {
            now.text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    end(&mut now, &mut out);
    out
}

/// Words, where they lead, and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (link, after) = rest.split_once(')')?;
    Some((words, link, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_the_manual_uses_is_understood() {
        let text = "# A **b**\n\nOne\ntwo [there](x.md#y) `c*d` *e*.\n\n- first\n  goes on\n- second\n\n1. n\n\n\
                    | a | b |\n|---|---|\n| `1` | 2 |\n\n```\n x *y*\n\nz\n```\n\nof\n![what, it shows](p/x.png)\n";
        let blocks = parse(text);
        let kinds: Vec<String> = blocks.iter().map(Block::kind).collect();
        assert_eq!(
            kinds,
            [
                "heading 1",
                "paragraph",
                "item •",
                "item •",
                "item 1.",
                "table 2 × 2",
                "code",
                "paragraph",
                "picture p/x.png"
            ]
        );
        assert_eq!(blocks[0].anchor().as_deref(), Some("a-b"));
        assert_eq!(blocks[1].words(), "One two there c*d e.");
        assert_eq!(blocks[1].links(), ["x.md#y"]);
        assert_eq!(blocks[2].words(), "first goes on");
        assert_eq!(blocks[6], Block::Code(" x *y*\n\nz".into()));
        assert_eq!(blocks[8].words(), "what, it shows");
        let Block::Paragraph(spans) = &blocks[1] else { panic!("a paragraph") };
        assert!(spans.iter().any(|s| s.emphasis && s.text == "e") && spans.iter().any(|s| s.code));
    }
}
