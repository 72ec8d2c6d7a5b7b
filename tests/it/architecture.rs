//! The laws of ARCHITECTURE.md, held by reading the source: who may use whom, which crates live
//! where, and a few tidy rules. A failure names the file and the line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Module, and what of ours it may use. `files` may be used by all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("music", &[]),
    ("files", &[]),
    ("midi", &["music"]),
    ("notation", &["music"]),
    ("encoding", &["music"]),
    ("index", &["music", "encoding"]),
    ("corpus", &["music", "midi", "notation", "encoding", "index"]),
    ("model", &[]),
    ("train", &["music", "model", "encoding", "corpus"]),
    ("generate", &["music", "model", "encoding", "index"]),
    ("audio", &["music", "midi"]),
    ("project", &["music", "notation", "midi", "generate"]),
    (
        "job",
        &["music", "midi", "notation", "encoding", "index", "corpus", "model", "train", "generate", "audio", "project"],
    ),
    (
        "cli",
        &[
            "music", "midi", "notation", "encoding", "index", "corpus", "model", "train", "generate", "audio",
            "project", "job",
        ],
    ),
    (
        "gui",
        &[
            "music", "midi", "notation", "encoding", "index", "corpus", "model", "train", "generate", "audio",
            "project", "job",
        ],
    ),
    ("main", &["cli", "gui"]),
    ("lib", &[]),
];

/// Outside crates that live in a few places only: path prefixes under src/.
const HOMES: &[(&str, &[&str])] = &[
    ("burn", &["model", "train", "generate"]),
    ("safetensors", &["model"]),
    ("midly", &["midi"]),
    ("cpal", &["audio"]),
    ("midir", &["audio/ports"]),
    ("alsa", &["audio/quiet"]),
    ("flac_codec", &["audio/bounce"]),
    ("rustysynth", &["audio"]),
    ("hound", &["audio"]),
    ("rtrb", &["audio"]),
    ("egui", &["gui"]),
    ("eframe", &["gui"]),
    ("egui_extras", &["gui"]),
    ("egui_plot", &["gui"]),
    ("rfd", &["gui"]),
    ("png", &["gui"]),
    ("sys_locale", &["gui"]),
    ("png", &["gui"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("ctrlc", &["cli"]),
    ("walkdir", &["corpus"]),
    ("roxmltree", &["notation"]),
    ("ciborium", &["corpus"]),
    ("zip", &["corpus", "notation", "files"]),
    ("chardetng", &["music"]),
    ("encoding_rs", &["music", "notation"]),
    ("tempfile", &["files"]),
    ("memory_stats", &["train"]),
    ("keepawake", &["job"]),
    ("notify_rust", &["job"]),
    ("opener", &["job"]),
    ("trash", &["job"]),
    ("anyhow", &["job", "cli", "main"]),
];

/// Nobody's source file is longer.
const LONGEST_FILE: usize = 500;

struct Source {
    /// Below src/, with forward slashes.
    name: String,
    text: String,
    /// The text with comments and the insides of literals blanked out, line for line.
    code: String,
    /// The part of `code` before its tests.
    product: String,
}

impl Source {
    fn new(name: &str, text: &str) -> Self {
        let code = without_comments_and_literals(text);
        let product = without_tests(&code);
        Self { name: name.to_owned(), text: text.to_owned(), code, product }
    }

    /// The module that the file belongs to: "midi" for midi/read.rs, "files" for files.rs.
    fn module(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn lives_in(&self, home: &str) -> bool {
        self.module() == home || self.name.starts_with(&format!("{home}/")) || self.name == format!("{home}.rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("src is readable") {
            let path = entry.expect("src is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        Source::new(&name, &std::fs::read_to_string(path).expect("source is UTF-8"))
    };
    let mut sources: Vec<Source> = found.iter().map(read).collect();
    let tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    for source in sources.iter_mut().filter(|s| tests.contains(&s.name)) {
        source.product.clear();
    }
    sources
}

/// Files that a source declares with `#[cfg(test)] mod name;`: tests from end to end.
fn test_files(source: &Source) -> Vec<String> {
    let (folder, file) = source.name.rsplit_once('/').unwrap_or(("", &source.name));
    let folder = match file {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => source.name.trim_end_matches(".rs").to_owned(),
    };
    let declared = source.code.split("#[cfg(test)]").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("pub ").or(rest.strip_prefix("pub(crate) ")).unwrap_or(rest);
        let (name, _) = rest.strip_prefix("mod ")?.split_once(';')?;
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then(|| format!("{folder}/{name}.rs").trim_start_matches('/').to_owned())
    });
    declared.collect()
}

/// Blanks comments, strings and characters, keeping every line where it is.
fn without_comments_and_literals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let keep_lines = |part: &[char]| part.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }).collect::<String>();
    let mut at = 0;
    while at < chars.len() {
        let before_is_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        let end = if starts(at, "//") {
            (at..chars.len()).find(|&i| chars[i] == '\n').unwrap_or(chars.len())
        } else if starts(at, "/*") {
            let (mut depth, mut i) = (0usize, at);
            while i < chars.len() {
                if starts(i, "/*") {
                    depth += 1;
                    i += 2;
                } else if starts(i, "*/") {
                    depth -= 1;
                    i += 2;
                    if depth == 0 {
                        break;
                    }
                } else {
                    i += 1;
                }
            }
            i
        } else if let Some(hashes) = raw_string(&chars, at).filter(|_| !before_is_word) {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = (at..chars.len()).find(|&i| chars[i] == '"').unwrap_or(chars.len()) + 1;
            (body..chars.len()).find(|&i| starts(i, &close)).map_or(chars.len(), |i| i + close.chars().count())
        } else if chars[at] == '"' {
            let mut i = at + 1;
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i + 1
        } else if chars[at] == '\'' && (starts(at + 1, "\\") || chars.get(at + 2) == Some(&'\'')) {
            // A character, not a lifetime.
            (at + 3..chars.len())
                .find(|&i| chars[i] == '\'')
                .map_or(at + 3, |i| i + 1)
                .max(at + 3)
                .min(if starts(at + 1, "\\") { chars.len() } else { at + 3 })
        } else {
            out.push(chars[at]);
            at += 1;
            continue;
        };
        let end = end.min(chars.len());
        out += &keep_lines(&chars[at..end]);
        at = end;
    }
    out
}

/// How many # a raw string that begins here has.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let mut i = at + usize::from(chars.get(at) == Some(&'b'));
    if chars.get(i) != Some(&'r') {
        return None;
    }
    i += 1;
    let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + hashes) == Some(&'"')).then_some(hashes)
}

/// Blanks every item under `#[cfg(test)]`: tests may look where the product may not.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut from = 0;
    while let Some(found) = out[from..].find("#[cfg(test)]") {
        let begin = from + found;
        let rest = &out[begin..];
        let brace = rest.find('{');
        let semicolon = rest.find(';');
        let end = match (brace, semicolon) {
            (Some(b), s) if s.is_none_or(|s| b < s) => begin + matching_brace(&rest[b..]) + b,
            (_, Some(s)) => begin + s + 1,
            _ => out.len(),
        };
        let blank: String = out[begin..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(begin..end, &blank);
        from = begin + blank.len();
    }
    out
}

/// The byte after the brace that closes the one at the start.
fn matching_brace(text: &str) -> usize {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Places where `word` stands as a whole word.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|m| m.0).filter(move |&at| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Names of our modules that follow `crate::` (or `cadenza::` in main.rs), with their lines:
/// `crate::midi::read` gives midi, `use crate::{files, job}` gives both.
fn edges(source: &Source) -> Vec<(String, usize)> {
    let code = &source.product;
    let root = if source.name == "main.rs" { "cadenza" } else { "crate" };
    let mut found = Vec::new();
    for at in words(code, root) {
        let Some(rest) = code[at + root.len()..].trim_start().strip_prefix("::") else { continue };
        let rest = rest.trim_start();
        let line = line_of(code, at);
        let first_word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        if rest.starts_with('{') {
            for name in top_level_parts(&rest[1..matching_brace(rest).max(2) - 1]) {
                found.push((first_word(name), line));
            }
        } else {
            found.push((first_word(rest), line));
        }
    }
    found
}

/// Splits at commas that stand in no braces.
fn top_level_parts(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..i]);
                from = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts.retain(|p| !p.trim().is_empty());
    parts
}

fn illegal_edges(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
        return vec![format!("src/{}: module {module} is not in the table", source.name)];
    };
    let fine = |used: &str| used == module || used == "files" || allowed.contains(&used);
    let is_module = |used: &str| MAY_USE.iter().any(|(name, _)| *name == used);
    let mut wrong: Vec<String> = edges(source)
        .into_iter()
        .filter(|(used, _)| is_module(used) && !fine(used))
        .map(|(used, line)| format!("src/{}:{line}: {module} may not use {used}", source.name))
        .collect();
    // The way round the table.
    for at in source.product.match_indices("super::super").map(|m| m.0) {
        let line = line_of(&source.product, at);
        wrong.push(format!("src/{}:{line}: write crate:: paths, not super::super", source.name));
    }
    wrong
}

fn strangers(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, homes) in HOMES {
        if homes.iter().any(|home| source.lives_in(home)) {
            continue;
        }
        for at in words(&source.product, name) {
            let after = source.product[at + name.len()..].trim_start();
            let before = source.product[..at].trim_end();
            let is_crate = after.starts_with("::") && !before.ends_with("::") || before.ends_with("use");
            if is_crate {
                let line = line_of(&source.product, at);
                wrong.push(format!("src/{}:{line}: {name} lives in {} only", source.name, homes.join(", ")));
            }
        }
    }
    wrong
}

fn untidy(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut complain = |line: usize, what: &str| wrong.push(format!("src/{}:{line}: {what}", source.name));
    if !source.text.starts_with("//! ") {
        complain(1, "a file opens with //! what it is");
    }
    let length = source.text.lines().count();
    if length > LONGEST_FILE {
        complain(length, &format!("longer than {LONGEST_FILE} lines: find the seam"));
    }
    let mut forbidden: Vec<(&str, &str)> = vec![
        ("todo!", "finish it"),
        ("unimplemented!", "finish it"),
        ("dbg!", "leave no traces"),
        ("static mut", "state has an owner"),
        ("thread_local!", "state has an owner"),
        ("lazy_static!", "state has an owner"),
    ];
    // A value computed once and never changed is no state; a name in upper case that holds a lock is.
    for cell in ["LazyLock<Mutex", "OnceLock<Mutex", "LazyLock<RwLock", "OnceLock<RwLock", ": Mutex<", ": RwLock<"] {
        let is_static = |at: usize| source.product[..at].lines().next_back().is_some_and(|l| l.contains("static "));
        for at in source.product.match_indices(cell).map(|m| m.0).filter(|at| is_static(*at)) {
            complain(line_of(&source.product, at), "a global that changes: state has an owner");
        }
    }
    if !source.lives_in("cli") && source.name != "main.rs" {
        forbidden.extend(["println!", "eprintln!", "print!", "eprint!"].map(|p| (p, "only cli prints")));
    }
    for (what, why) in forbidden {
        for at in source.product.match_indices(what).map(|m| m.0) {
            let in_a_word = source.product[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
            if !in_a_word {
                complain(line_of(&source.product, at), &format!("{what}: {why}"));
            }
        }
    }
    wrong
}

fn hold(law: &str, broken_by: fn(&Source) -> Vec<String>) {
    let wrong: Vec<String> = sources().iter().flat_map(broken_by).collect();
    assert!(wrong.is_empty(), "{law}:\n  {}", wrong.join("\n  "));
}

#[test]
fn modules_use_only_whom_they_may() {
    hold("ARCHITECTURE.md, who may use whom", illegal_edges);
}

#[test]
fn outside_crates_live_at_home() {
    hold("ARCHITECTURE.md, outside crates", strangers);
}

#[test]
fn the_house_is_tidy() {
    hold("tidy", untidy);
}

#[test]
fn every_module_of_the_library_is_in_the_table() {
    let all = sources();
    let lib = all.iter().find(|s| s.name == "lib.rs").expect("there is a lib.rs");
    let declared: BTreeSet<&str> =
        lib.code.lines().filter_map(|l| l.trim().strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let tabled: BTreeSet<&str> = MAY_USE.iter().map(|m| m.0).filter(|m| !["main", "lib"].contains(m)).collect();
    assert_eq!(declared, tabled);
    // A table with a cycle would allow what it is there to forbid.
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while done.len() < table.len() {
        let before = done.len();
        done.extend(
            table.iter().filter(|(_, uses)| uses.iter().all(|u| done.contains(u))).map(|(m, _)| *m).collect::<Vec<_>>(),
        );
        assert!(done.len() > before, "the table has a cycle");
    }
}

#[test]
fn the_laws_can_be_broken() {
    let bad = Source::new(
        "midi/mod.rs",
        "//! x\nuse crate::{music::Note, corpus::{Piece, Library}};\nfn f() { crate::gui::run(None); burn::x(); println!() }\n",
    );
    assert_eq!(
        illegal_edges(&bad),
        ["src/midi/mod.rs:2: midi may not use corpus", "src/midi/mod.rs:3: midi may not use gui"]
    );
    assert_eq!(strangers(&bad), ["src/midi/mod.rs:3: burn lives in model, train, generate only"]);
    assert_eq!(untidy(&bad), ["src/midi/mod.rs:3: println!: only cli prints"]);
    let good = Source::new(
        "music/x.rs",
        "//! crate::gui in words\nconst A: &str = \"crate::gui::run burn::x dbg!\"; // todo! println!\nconst Q: char = '\"';\n\
         const R: &str = r#\"static mut \"quoted\" dbg!\"#;\nfn f<'a>(x: &'a str) -> &'a str { x }\n\
         #[cfg(test)]\nmod tests { use crate::gui; fn g() { dbg!(1); } }\n",
    );
    assert_eq!((illegal_edges(&good), strangers(&good), untidy(&good)), (vec![], vec![], vec![]));
    let parent =
        Source::new("music/mod.rs", "//! x\nmod time;\n#[cfg(test)]\nmod laws;\n#[cfg(test)]\nmod tests { }\n");
    assert_eq!(test_files(&parent), ["music/laws.rs"]);
}
