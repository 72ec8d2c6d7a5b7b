//! The frame of a file: where its header is, what it says, and where the tracks lie, even when the
//! lengths written there are wrong.

use super::Warning;
use super::event::{self, Stop, Track};
use super::read::ReadError;

/// Format and division as the header states them, and the tracks.
pub struct File<'a> {
    pub format: u16,
    pub division: u16,
    pub tracks: Vec<Track<'a>>,
}

/// Finds and parses all tracks. Time and memory grow in proportion to the bytes, whatever they are.
pub fn parse<'a>(bytes: &'a [u8], warnings: &mut Vec<Warning>) -> Result<File<'a>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let header = find(bytes, 0, b"MThd").ok_or_else(|| ReadError::NotMidi { looks_like: looks_like(bytes) })?;
    let riff = bytes.starts_with(b"RIFF");
    if header > 0 && !riff {
        warnings.push(Warning::LeadingBytes { n_bytes: header });
    }
    // A RIFF file may hold other chunks after the MIDI data; they are not tracks.
    let bytes = if riff { riff_data(bytes, header) } else { bytes };

    let short = |at: usize| ReadError::ShortHeader { byte: at };
    let length = u32_at(bytes, header + 4).ok_or(short(bytes.len()))? as usize;
    let format = u16_at(bytes, header + 8).ok_or(short(bytes.len()))?;
    let declared_tracks = u16_at(bytes, header + 10).ok_or(short(bytes.len()))?;
    let division = u16_at(bytes, header + 12).ok_or(short(bytes.len()))?;
    let after = (header + 8).saturating_add(length);
    let mut at = if length >= 6 && starts(bytes, after, b"MTrk") {
        after
    } else {
        find(bytes, header + 14, b"MTrk").unwrap_or(bytes.len())
    };

    let mut tracks = Vec::new();
    let (mut wrong, mut unended) = (Vec::new(), 0);
    while starts(bytes, at, b"MTrk") {
        let Some(length) = u32_at(bytes, at + 4) else {
            warnings.push(Warning::Truncated { track: tracks.len(), byte: bytes.len() });
            break;
        };
        let body = at + 8;
        let declared = body.saturating_add(length as usize);
        let believed = ends_well(bytes, body, declared);
        let limit = if believed { declared } else { find(bytes, body, b"MTrk").unwrap_or(bytes.len()) };
        let track = event::parse(bytes, body, limit);
        let number = tracks.len();
        let at_file_end = limit == bytes.len();
        match track.stop {
            Stop::EndOfTrack if !believed || track.next != declared => wrong.push(at + 4),
            Stop::EndOfTrack => {}
            Stop::OutOfBytes | Stop::Cut { .. } if at_file_end && declared > bytes.len() => {
                warnings.push(Warning::Truncated { track: number, byte: bytes.len() });
            }
            Stop::OutOfBytes => {
                unended += 1;
                if !believed {
                    wrong.push(at + 4);
                }
            }
            Stop::Cut { byte } => {
                warnings.push(Warning::BrokenTrack { track: number, byte, reason: "its last event is cut off" });
            }
            Stop::Broken { byte, reason } => {
                warnings.push(Warning::BrokenTrack { track: number, byte, reason });
            }
        }
        tracks.push(track);
        // Chunks of other kinds between tracks are skipped by looking for the next track.
        at = find(bytes, limit, b"MTrk").unwrap_or(bytes.len());
    }
    if let Some(&first_byte) = wrong.first() {
        warnings.push(Warning::WrongLength { n_tracks: wrong.len(), first_byte });
    }
    if unended > 0 {
        warnings.push(Warning::NoEndOfTrack { n_tracks: unended });
    }
    if tracks.is_empty() {
        return Err(ReadError::NoTracks { byte: header + 14 });
    }
    if usize::from(declared_tracks) > tracks.len() {
        warnings.push(Warning::MissingTracks { declared: declared_tracks, found: tracks.len() });
    }
    Ok(File { format, division, tracks })
}

/// Whether a track that claims to end at `end` can be believed.
fn ends_well(bytes: &[u8], body: usize, end: usize) -> bool {
    end == bytes.len()
        || starts(bytes, end, b"MTrk")
        || (end >= body + 4 && starts(bytes, end - 3, &[0xff, 0x2f, 0]))
        || is_other_chunk(bytes, end)
}

/// A chunk that we do not know, with a length that stays within the file.
fn is_other_chunk(bytes: &[u8], at: usize) -> bool {
    let Some(name) = at.checked_add(4).and_then(|end| bytes.get(at..end)) else { return false };
    let length = u32_at(bytes, at + 4).map(|n| n as usize);
    name.iter().all(u8::is_ascii_alphanumeric) && length.is_some_and(|n| n <= bytes.len() - at - 8)
}

fn riff_data(bytes: &[u8], header: usize) -> &[u8] {
    let Some(name_at) = header.checked_sub(8).filter(|at| starts(bytes, *at, b"data")) else { return bytes };
    let length = bytes.get(name_at + 4..header).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    let end = header.saturating_add(length as usize);
    // A length shorter than a header cannot be meant.
    if length >= 14 && end <= bytes.len() { &bytes[..end] } else { bytes }
}

fn starts(bytes: &[u8], at: usize, what: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(what))
}

fn find(bytes: &[u8], from: usize, what: &[u8; 4]) -> Option<usize> {
    Some(from + bytes.get(from..)?.windows(4).position(|w| w == what)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// What a file that is not MIDI probably is, for the error sentence.
fn looks_like(bytes: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 12] = [
        (b"RIFF", "a RIFF file (WAV?) without MIDI data"),
        (b"PK\x03\x04", "a ZIP archive (compressed MusicXML?)"),
        (b"ID3", "an MP3 file"),
        (b"\xff\xfb", "an MP3 file"),
        (b"OggS", "an Ogg file"),
        (b"fLaC", "a FLAC file"),
        (b"\x89PNG", "a PNG picture"),
        (b"%PDF", "a PDF document"),
        (b"<?xml", "an XML file"),
        (b"<", "a web page or XML file"),
        (b"X:", "a file in ABC notation"),
        (b"\x1f\x8b", "a gzip archive"),
    ];
    if let Some((_, what)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return what;
    }
    let sample = &bytes[..bytes.len().min(512)];
    if sample.iter().all(|b| *b == 0) {
        "nothing but zero bytes"
    } else if sample.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
        "a text file"
    } else {
        "unknown data"
    }
}
