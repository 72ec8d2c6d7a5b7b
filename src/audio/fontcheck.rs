//! A look at a SoundFont's tables before the synthesiser reads them: what does not hold together ends
//! in a sentence here instead of a panic or a gigabyte of memory there. Does not judge the sound.
//!
//! Format: "SoundFont Technical Specification" 2.04, chapters 4 to 7.

use super::synth::SoundFontError;

/// The bit of a sample's kind by which SF3 says that it is compressed.
const COMPRESSED: usize = 0x10;

fn damaged(what: &str) -> SoundFontError {
    SoundFontError::Damaged(what.to_owned())
}

fn not_a_font(what: &str) -> SoundFontError {
    SoundFontError::NotASoundFont(what.to_owned())
}

/// # Errors
/// The first thing that does not hold together.
pub fn check(bytes: &[u8]) -> Result<(), SoundFontError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(not_a_font("it is a ZIP archive; unpack it and choose the .sf2 file in it"));
    }
    if bytes.len() < 12 || &bytes[..4] != b"RIFF" {
        return Err(not_a_font("it does not begin as one (RIFF)"));
    }
    if &bytes[8..12] == b"DLS " {
        return Err(not_a_font("it is a DLS collection"));
    }
    if &bytes[8..12] != b"sfbk" {
        return Err(not_a_font("it is some other kind of RIFF file"));
    }
    let lists = chunks(&bytes[12..])?;
    let list = |name: &[u8; 4]| {
        let found = lists.iter().find(|c| &c.0 == b"LIST" && c.1.len() >= 4 && &c.1[..4] == name);
        found.map(|c| &c.1[4..])
    };
    let samples = list(b"sdta").ok_or_else(|| damaged("it has no samples"))?;
    let tables = chunks(list(b"pdta").ok_or_else(|| damaged("it has no instruments"))?)?;
    let samples = chunks(samples)?;
    let pcm = samples.iter().find(|c| &c.0 == b"smpl").ok_or_else(|| damaged("it has no samples"))?.1;
    if pcm.starts_with(b"OggS") {
        return Err(SoundFontError::Compressed);
    }
    let table = |name: &'static str, row: usize| {
        let found = tables.iter().find(|c| c.0 == name.as_bytes()).map(|c| c.1);
        found
            .filter(|t| t.len() >= row && t.len().is_multiple_of(row))
            .map(|t| Table { bytes: t, row })
            .ok_or_else(|| damaged(&format!("its table {name} is missing or cut off")))
    };
    let zones_of = |heads: Table, index_at: usize, bags: Table, generators: Table| {
        // A chain of tables, each row naming the first row of its part of the next table.
        heads.climbs(index_at, bags.len() - 1, true) && bags.climbs(0, generators.len() - 1, false)
    };
    if !zones_of(table("phdr", 38)?, 24, table("pbag", 4)?, table("pgen", 4)?) {
        return Err(damaged("its list of presets contradicts itself"));
    }
    if !zones_of(table("inst", 22)?, 20, table("ibag", 4)?, table("igen", 4)?) {
        return Err(damaged("its list of instruments contradicts itself"));
    }
    let headers = table("shdr", 46)?;
    for i in 0..headers.len() - 1 {
        if headers.u16(i, 44) & COMPRESSED != 0 {
            return Err(SoundFontError::Compressed);
        }
        let field = |at: usize| headers.u32(i, at);
        let (start, end, rate) = (field(20), field(24), field(36));
        // Samples of a synthesiser's own memory have no data here and no rate; no zone may use them.
        if rate == 0 || rate > 1_000_000 || start > end || end as usize > pcm.len() / 2 {
            return Err(damaged("a sample lies outside of the file or has no rate"));
        }
    }
    Ok(())
}

/// A chunk's name and content.
type Chunk<'a> = ([u8; 4], &'a [u8]);

/// The chunks in `bytes`, each padded to an even length.
fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, SoundFontError> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while rest.len() >= 8 {
        let name = [rest[0], rest[1], rest[2], rest[3]];
        let size = u32::from_le_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
        let Some(content) = rest[8..].get(..size) else {
            return Err(if out.is_empty() { not_a_font("it is cut off") } else { damaged("it is cut off") });
        };
        out.push((name, content));
        rest = rest.get(8 + size + size % 2..).unwrap_or_default();
    }
    Ok(out)
}

#[derive(Clone, Copy)]
struct Table<'a> {
    bytes: &'a [u8],
    row: usize,
}

impl Table<'_> {
    fn len(&self) -> usize {
        self.bytes.len() / self.row
    }

    fn u16(&self, row: usize, at: usize) -> usize {
        let at = row * self.row + at;
        usize::from(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]))
    }

    fn u32(&self, row: usize, at: usize) -> u32 {
        let at = row * self.row + at;
        u32::from_le_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }

    /// The index in each row is at least the one before it (or greater, where `strictly`), the last at most `end`.
    fn climbs(&self, at: usize, end: usize, strictly: bool) -> bool {
        let grows = |i: usize| self.u16(i - 1, at) + usize::from(strictly) <= self.u16(i, at);
        (1..self.len()).all(grows) && self.u16(self.len() - 1, at) <= end
    }
}
