//! Bytes to an XML document: encodings, the ZIP around `.mxl`, and limits on what it may unpack to.

use super::Error;
use super::warning::{Problem, Problems};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use roxmltree::{Document, ParsingOptions};
use std::io::{Cursor, Read};

/// Longest text that is read. The largest orchestral scores have some 50 megabytes.
pub const LARGEST_TEXT: u64 = 64 << 20;

/// Most elements and texts of a document: bounds the memory at some hundred megabytes.
const MOST_NODES: u32 = 8 << 20;

/// Whether a ZIP archive is compressed MusicXML, not an archive of files.
pub fn looks_like_mxl(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        && zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|zip| zip.index_for_name(CONTAINER).is_some())
}

/// Whether a text begins as MusicXML does.
pub fn looks_like_musicxml(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    // UTF-16 has a zero beside each ASCII letter.
    let ascii: Vec<u8> = head.iter().copied().filter(|b| *b != 0).collect();
    ["<score-partwise", "<score-timewise"].iter().any(|root| ascii.windows(root.len()).any(|w| w == root.as_bytes()))
}

/// The text, by its byte order mark, by how it begins, or by what its declaration says.
pub fn text(bytes: &[u8], problems: &mut Problems) -> String {
    let encoding = match bytes {
        _ if Encoding::for_bom(bytes).is_some() => UTF_8,
        [b'<', 0, ..] => UTF_16LE,
        [0, b'<', ..] => UTF_16BE,
        _ => declared(bytes).unwrap_or(UTF_8),
    };
    // A byte order mark goes before everything, here too.
    let (text, used, wrong) = encoding.decode(bytes);
    if wrong && used == UTF_8 {
        problems.add(Problem::Encoding("Latin-1"), "");
        return WINDOWS_1252.decode(bytes).0.into_owned();
    }
    text.into_owned()
}

/// `<?xml version="1.0" encoding="ISO-8859-1"?>`
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let declaration = head.split("?>").next()?.split("encoding").nth(1)?;
    let label = declaration.split(['"', '\'']).nth(1)?;
    // A text that is readable as ASCII cannot be UTF-16, whatever it says.
    Encoding::for_label(label.as_bytes()).filter(|e| e.is_ascii_compatible())
}

pub fn parse(text: &str) -> Result<Document<'_>, Error> {
    if text.len() as u64 > LARGEST_TEXT {
        return Err(Error::TooLarge);
    }
    // A few bytes of entities can stand for gigabytes.
    if text.contains("<!ENTITY") {
        return Err(Error::Entities);
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|e| Error::NotXml(e.to_string()))
}

const CONTAINER: &str = "META-INF/container.xml";

/// The score inside of a `.mxl` file: the first that the container names, else the first XML there is.
pub fn unpack(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| Error::NotZip(e.to_string()))?;
    let named = member(&mut zip, CONTAINER).ok().and_then(|bytes| root_file(&bytes));
    if let Some(name) = named
        && zip.index_for_name(&name).is_some()
    {
        return member(&mut zip, &name);
    }
    let is_score = |name: &str| {
        let lower = name.to_ascii_lowercase();
        !lower.starts_with("meta-inf/")
            && !lower.starts_with("__macosx/")
            && (lower.ends_with(".xml") || lower.ends_with(".musicxml"))
    };
    let name = zip.file_names().filter_map(Result::ok).find(|name| is_score(name)).map(|name| name.to_string());
    member(&mut zip, &name.ok_or(Error::NoScoreInside)?)
}

fn root_file(container: &[u8]) -> Option<String> {
    let text = text(container, &mut Problems::default());
    let document = parse(&text).ok()?;
    let files = document.descendants().filter(|n| n.tag_name().name() == "rootfile");
    let is_score = |kind: Option<&str>| kind.is_none_or(|k| k.contains("musicxml") && !k.contains("pdf"));
    files.filter(|n| is_score(n.attribute("media-type"))).find_map(|n| n.attribute("full-path")).map(str::to_owned)
}

/// The bytes of a member, counted while they are unpacked: what the archive says of their size proves nothing.
fn member(zip: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>, Error> {
    let file = zip.by_name(name).map_err(|e| Error::NotZip(e.to_string()))?;
    let mut bytes = Vec::new();
    file.take(LARGEST_TEXT + 1).read_to_end(&mut bytes).map_err(|e| Error::NotZip(e.to_string()))?;
    if bytes.len() as u64 > LARGEST_TEXT { Err(Error::TooLarge) } else { Ok(bytes) }
}
