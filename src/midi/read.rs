//! Bytes to a [`Score`]: tracks split by channel into voices, tempo, meter and key gathered.

use super::chunk;
use super::event::{self, Event, Track};
use super::pairing::{Count, Keys, Repairs};
use super::{CHORD_MARK, COLOR_MARK, DRUM_CHANNEL, LOCK_MARK, OUR_MARK, Warning, general_midi, role};
use crate::music::charset::Charset;
use crate::music::{Chord, Key, KeyChange, Meter, Mode, Note, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind};
use std::collections::BTreeMap;

/// Why a file cannot be read at all. Every variant says where, if there is a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("the file is empty")]
    Empty,
    #[error("not a MIDI file: no header from byte 0 on; it looks like {looks_like}")]
    NotMidi { looks_like: &'static str },
    #[error("the MIDI header is cut off at byte {byte}")]
    ShortHeader { byte: usize },
    #[error("the file has a MIDI header but no track after byte {byte}")]
    NoTracks { byte: usize },
}

/// Silence after the last note that is believed, in quarter notes, in files not written by us.
const LONGEST_TAIL_QUARTERS: Tick = 256;

/// Reads a Standard MIDI File of type 0, 1 or 2, bare or RIFF-wrapped.
///
/// Voices come in the order of tracks and, in a track, of channels. A score without notes is not an
/// error. Never panics; memory is proportional to the bytes.
///
/// # Errors
/// Where there is no MIDI header or no track. Everything else is repaired, with a [`Warning`].
pub fn read(bytes: &[u8]) -> Result<(Score, Vec<Warning>), ReadError> {
    let mut warnings = Vec::new();
    let file = chunk::parse(bytes, &mut warnings)?;
    let timing = timing(file.division, &mut warnings);
    let charset = Charset::of(texts(&file.tracks));
    warnings.extend(charset.guessed().map(|encoding| Warning::GuessedText { encoding }));
    let mut reader = Reader::new(timing, charset);
    match file.format {
        2 => warnings.push(Warning::PatternsJoined { n_patterns: file.tracks.len() }),
        0 | 1 => {}
        format => warnings.push(Warning::UnknownFormat { format }),
    }
    // A type 2 file is one long track: its patterns follow each other and share voices by channel.
    let joined = file.format == 2;
    let mut offset = 0;
    for (i, track) in file.tracks.iter().enumerate() {
        reader.track(track, if joined { 0 } else { i }, offset);
        if joined {
            offset = (offset + track.end).min(super::MAX_TICK);
        }
    }
    let names_title = file.format != 1 || file.tracks.len() == 1;
    Ok((reader.finish(names_title, &mut warnings), warnings))
}

struct Timing {
    ppq: u32,
    /// Of files that count in frames: the tempo that makes their ticks last as long as they should.
    fixed_micros: Option<u32>,
}

fn timing(division: u16, warnings: &mut Vec<Warning>) -> Timing {
    let [high, low] = division.to_be_bytes();
    if high < 0x80 && division > 0 {
        return Timing { ppq: u32::from(division), fixed_micros: None };
    }
    let frames = (high as i8).unsigned_abs();
    if division == 0 || low == 0 || frames == 128 {
        warnings.push(Warning::NoDivision);
        return Timing { ppq: 480, fixed_micros: None };
    }
    warnings.push(Warning::FrameTime { frames_per_second: frames, ticks_per_frame: low });
    // "29" means 30 frames in 1.001 seconds.
    let (nominal, stretch) = if frames == 29 { (30, 1001) } else { (u32::from(frames), 1000) };
    let ticks_per_second = nominal * u32::from(low);
    // Half a second a quarter where that is a whole number of ticks, else a whole second.
    let quarters = if ticks_per_second % 2 == 0 { 2 } else { 1 };
    Timing { ppq: ticks_per_second / quarters, fixed_micros: Some(1000 * stretch / quarters) }
}

/// What one channel of one track holds.
#[derive(Default)]
struct Part {
    program: Option<u8>,
    notes: Vec<Note>,
    events: Vec<VoiceEvent>,
    /// A note has begun: later program changes are events.
    sounded: bool,
}

/// Texts of a track, by the index under which its parts are kept.
#[derive(Default)]
struct About {
    name: Option<String>,
    instrument: Option<String>,
    role: Option<Role>,
    color: Option<u8>,
    locked: bool,
}

struct Reader {
    score: Score,
    charset: Charset,
    fixed_micros: Option<u32>,
    /// By track and channel; sorted in [`Reader::finish`].
    parts: Vec<((usize, u8), Part)>,
    /// Where in `parts` the channels of the track in hand are.
    places: [Option<usize>; 16],
    in_hand: usize,
    strokes: Keys,
    about: BTreeMap<usize, About>,
    /// Lyrics of tracks without a channel of their own.
    loose_lyrics: Vec<VoiceEvent>,
    keys: BTreeMap<Tick, Key>,
    end: Tick,
    ours: bool,
    repairs: Repairs,
    impossible: [(&'static str, Count); 3],
    n_texts: usize,
    n_exclusive: usize,
    n_other: usize,
}

impl Reader {
    fn new(timing: Timing, charset: Charset) -> Self {
        let mut score = Score::new(timing.ppq);
        if let Some(micros) = timing.fixed_micros {
            score.tempos.set(0, micros);
        }
        Self {
            score,
            charset,
            fixed_micros: timing.fixed_micros,
            parts: Vec::new(),
            places: [None; 16],
            in_hand: 0,
            strokes: Keys::default(),
            about: BTreeMap::new(),
            loose_lyrics: Vec::new(),
            keys: BTreeMap::new(),
            end: 0,
            ours: false,
            repairs: Repairs::default(),
            impossible: [("tempo", Count::default()), ("meter", Count::default()), ("key", Count::default())],
            n_texts: 0,
            n_exclusive: 0,
            n_other: 0,
        }
    }

    /// What the channel of the track in hand holds.
    fn part(&mut self, channel: u8) -> &mut Part {
        let parts = &mut self.parts;
        let place = *self.places[usize::from(channel & 15)].get_or_insert_with(|| {
            parts.push(((self.in_hand, channel), Part::default()));
            parts.len() - 1
        });
        &mut parts[place].1
    }

    fn track(&mut self, track: &Track<'_>, index: usize, offset: Tick) {
        if self.in_hand != index {
            (self.in_hand, self.places) = (index, [None; 16]);
        }
        let singer = singer(track);
        // The channels of which a note has begun, a bit each.
        let mut sounded = 0u16;
        for &(tick, event) in &track.events {
            let tick = tick + offset;
            match event {
                Event::On { channel, pitch, velocity } => {
                    sounded |= 1 << channel;
                    self.strokes.on(tick, channel, pitch, velocity);
                }
                Event::Off { channel, pitch } => self.strokes.off(tick, channel, pitch),
                Event::Voice { status, a, b } => {
                    let part = self.part(status & 0x0f);
                    let has_begun = part.sounded || sounded >> (status & 0x0f) & 1 == 1;
                    match event::kind(status, a, b) {
                        VoiceEventKind::Program(p) if part.program.is_none() && !has_begun => {
                            part.program = Some(p);
                        }
                        kind => part.events.push(VoiceEvent { tick, kind }),
                    }
                }
                Event::Meta(number) => {
                    let (kind, data) = track.data[number as usize];
                    self.meta(tick, kind, data, singer);
                }
                Event::Exclusive => self.n_exclusive += 1,
                Event::Nothing => {}
            }
        }
        let end = track.end + offset;
        for channel in (0..16).filter(|channel| sounded >> channel & 1 == 1) {
            self.part(channel).sounded = true;
        }
        if let (1, Some(place)) = (sounded.count_ones(), self.places[sounded.trailing_zeros() as usize & 15]) {
            self.parts[place].1.notes.reserve(self.strokes.n_ons());
        }
        let notes = self.strokes.pair(end, &mut self.repairs);
        for (channel, note) in notes {
            if let Some(place) = self.places[usize::from(channel & 15)] {
                self.parts[place].1.notes.push(note);
            }
        }
        self.end = self.end.max(end);
    }

    fn meta(&mut self, tick: Tick, kind: u8, data: &[u8], singer: Option<u8>) {
        match (kind, data) {
            (0x03, text) => {
                let about = self.about.entry(self.in_hand).or_default();
                if about.name.is_none() {
                    about.name = Some(self.charset.decode(text));
                } else {
                    self.n_texts += 1;
                }
            }
            (0x04, text) => {
                self.about.entry(self.in_hand).or_default().instrument = Some(self.charset.decode(text));
            }
            (0x05, text) => {
                let lyric = VoiceEvent { tick, kind: VoiceEventKind::Lyric(self.charset.decode(text)) };
                match singer {
                    Some(channel) => self.part(channel).events.push(lyric),
                    None => self.loose_lyrics.push(lyric),
                }
            }
            (0x06, text) if !text.is_empty() => self.marker(tick, data),
            (0x01..=0x0f, text) => self.n_texts += usize::from(!text.is_empty()),
            // A file that counts in frames has no use for a tempo.
            (0x51, &[a, b, c]) if (a, b, c) != (0, 0, 0) && self.fixed_micros.is_none() => {
                self.score.tempos.set(tick, u32::from_be_bytes([0, a, b, c]));
            }
            (0x51, _) => self.impossible[0].1.add(tick),
            (0x58, &[numerator, power, ..]) => {
                let meter = 1u8.checked_shl(u32::from(power)).and_then(|d| Meter::new(numerator, d));
                match meter {
                    Some(meter) => self.score.meters.set(tick, meter),
                    None => self.impossible[1].1.add(tick),
                }
            }
            (0x58, _) => self.impossible[1].1.add(tick),
            (0x59, &[fifths, minor @ 0..=1, ..]) if (-7..=7).contains(&(fifths as i8)) => {
                let mode = if minor == 1 { Mode::Minor } else { Mode::Major };
                self.keys.insert(tick, Key::from_fifths(fifths as i8, mode));
            }
            (0x59, _) => self.impossible[2].1.add(tick),
            (0x7f, data) if data.starts_with(OUR_MARK) => {
                self.ours = true;
                self.own(tick, &data[OUR_MARK.len()..]);
            }
            // Numbers of tracks, channels and ports, and offsets: of no meaning in a score.
            (0x00 | 0x20 | 0x21 | 0x54, _) => {}
            _ => self.n_other += 1,
        }
    }

    /// Two markers at one tick become one.
    fn marker(&mut self, tick: Tick, text: &[u8]) {
        let mut text = self.charset.decode(text);
        if let Some(other) = self.score.remove_marker(tick) {
            text = format!("{} · {text}", other.text);
        }
        self.score.set_marker(tick, text);
    }

    /// What we have written for ourselves.
    fn own(&mut self, tick: Tick, words: &[u8]) {
        let about = self.about.entry(self.in_hand).or_default();
        let text = String::from_utf8_lossy(words);
        if let Some(chord) = text.strip_prefix(CHORD_MARK) {
            match Chord::parse(chord) {
                None if !chord.is_empty() => self.n_other += 1,
                chord => self.score.chords.set(tick, chord),
            }
        } else if let Some(color) = text.strip_prefix(COLOR_MARK) {
            about.color = color.parse().ok();
        } else if text == LOCK_MARK {
            about.locked = true;
        } else {
            about.role = role::from_word(words);
        }
    }

    fn finish(mut self, names_title: bool, warnings: &mut Vec<Warning>) -> Score {
        self.parts.sort_by_key(|(key, _)| *key);
        self.adopt_orphans(warnings);
        let parts = std::mem::take(&mut self.parts);
        let first_has_voice = parts.first().is_some_and(|((track, _), _)| *track == 0);
        let mut n_in_tracks: BTreeMap<usize, usize> = BTreeMap::new();
        for ((track, _), _) in &parts {
            *n_in_tracks.entry(*track).or_default() += 1;
        }
        if names_title || !first_has_voice {
            self.score.title = self.about.get(&0).and_then(|a| a.name.clone()).unwrap_or_default();
        }
        let mut told = Vec::new();
        for ((track, channel), part) in parts {
            let n_in_track = n_in_tracks.get(&track).copied().unwrap_or(0);
            let about = self.about.get(&track);
            let program = part.program.unwrap_or(0);
            let named = if names_title { None } else { about };
            let name = voice_name(named, channel, part.program, n_in_track > 1 || names_title);
            let role = match about.and_then(|a| a.role) {
                Some(role) => role,
                None if channel == DRUM_CHANNEL => Role::Drums,
                // A name that we made from the instrument tells nothing that the instrument does not.
                None => role::from_name(named.and_then(|a| a.name.as_deref()).unwrap_or(""), program),
            };
            told.push(about.is_some_and(|a| a.role.is_some()));
            let mut voice = Voice::new(name, role, program);
            (voice.notes, voice.events) = (part.notes, part.events);
            (voice.color, voice.locked) = about.map_or((None, false), |a| (a.color, a.locked));
            self.score.push_voice(voice);
        }
        if !told.contains(&true) {
            role::from_shape(&mut self.score.voices);
        }
        self.place_lyrics(warnings);
        self.score.keys = self.keys.iter().map(|(tick, key)| KeyChange { tick: *tick, key: *key }).collect();
        self.score.end = self.score.last_note_end().max(self.believed_end(warnings));
        self.report(warnings);
        self.score
    }

    /// Channels without a note hand their messages to the voice of that channel in another track: type
    /// 1 files may set all instruments up in the first track. Our own files have silent voices.
    fn adopt_orphans(&mut self, warnings: &mut Vec<Warning>) {
        let about = &self.about;
        let is_orphan = |key: &(usize, u8), part: &Part| {
            part.notes.is_empty() && about.get(&key.0).is_none_or(|a| a.role.is_none())
        };
        let orphans: Vec<((usize, u8), Part)> = self.parts.extract_if(.., |(key, part)| is_orphan(key, part)).collect();
        // What the orphans of a channel leave: the first program, and all events.
        let mut estates: BTreeMap<u8, (Option<u8>, Vec<VoiceEvent>)> = BTreeMap::new();
        for (key, orphan) in orphans {
            let estate = estates.entry(key.1).or_default();
            estate.0 = estate.0.or(orphan.program);
            estate.1.extend(orphan.events);
        }
        for ((_, channel), heir) in self.parts.iter_mut().filter(|(_, part)| !part.notes.is_empty()) {
            if let Some((program, events)) = estates.get_mut(channel) {
                heir.program = heir.program.or(*program);
                heir.events.append(events);
            }
        }
        let heirless = |channel: &u8| !self.parts.iter().any(|((_, c), _)| c == channel);
        let lost = estates.iter().filter(|(channel, _)| heirless(channel));
        let n_lost = lost.map(|(_, (program, events))| events.len() + usize::from(program.is_some())).sum();
        if n_lost > 0 {
            warnings.push(Warning::NoVoice { n_messages: n_lost });
        }
    }

    fn place_lyrics(&mut self, warnings: &mut Vec<Warning>) {
        let voices = &mut self.score.voices;
        let lyrics = std::mem::take(&mut self.loose_lyrics);
        let singer = voices.iter().position(|v| v.role == Role::Melody).unwrap_or(0);
        match voices.get_mut(singer) {
            Some(voice) => {
                voice.events.extend(lyrics);
                voice.sort();
            }
            None if lyrics.is_empty() => {}
            None => warnings.push(Warning::NoVoice { n_messages: lyrics.len() }),
        }
    }

    /// The end of the longest track, unless that is absurdly long after the last note.
    fn believed_end(&self, warnings: &mut Vec<Warning>) -> Tick {
        let quarters = (self.end - self.score.last_note_end()) / Tick::from(self.score.ppq);
        if self.ours || quarters <= LONGEST_TAIL_QUARTERS {
            return self.end;
        }
        warnings.push(Warning::SilentTail { quarters });
        0
    }

    fn report(&self, warnings: &mut Vec<Warning>) {
        let r = &self.repairs;
        if r.unended.n > 0 {
            warnings.push(Warning::Unended { n_notes: r.unended.n, first_tick: r.unended.first });
        }
        if r.zero_length.n > 0 {
            warnings.push(Warning::ZeroLength { n_notes: r.zero_length.n, first_tick: r.zero_length.first });
        }
        // In our own files overlaps were meant.
        if r.overlapping.n > 0 && !self.ours {
            warnings.push(Warning::Overlapping { n_notes: r.overlapping.n, first_tick: r.overlapping.first });
        }
        for (what, count) in self.impossible.iter().filter(|(_, count)| count.n > 0) {
            warnings.push(Warning::Impossible { what, n: count.n, first_tick: count.first });
        }
        if self.n_texts + self.n_exclusive + self.n_other > 0 {
            let (n_texts, n_exclusive, n_other) = (self.n_texts, self.n_exclusive, self.n_other);
            warnings.push(Warning::NotKept { n_texts, n_exclusive, n_other });
        }
    }
}

/// The channel to which a track's lyrics belong: the first that has a note, else the first at all.
fn singer(track: &Track<'_>) -> Option<u8> {
    let note =
        track.events.iter().find_map(|(_, e)| if let Event::On { channel, .. } = e { Some(*channel) } else { None });
    let any = |(_, e): &(Tick, Event)| match e {
        Event::Voice { status, .. } => Some(status & 0x0f),
        _ => None,
    };
    note.or_else(|| track.events.iter().find_map(any))
}

fn voice_name(about: Option<&About>, channel: u8, program: Option<u8>, shared: bool) -> String {
    let track = about.and_then(|a| a.name.clone().filter(|n| !n.is_empty()).or_else(|| a.instrument.clone()));
    let instrument = if channel == DRUM_CHANNEL { Some("Drums") } else { program.map(general_midi::program_name) };
    match (track, shared) {
        (Some(name), false) => name,
        (Some(name), true) => match instrument {
            Some(instrument) => format!("{name} ({instrument})"),
            None => format!("{name} (channel {})", channel + 1),
        },
        (None, true) => instrument.map_or_else(|| format!("Channel {}", channel + 1), str::to_owned),
        (None, false) => String::new(),
    }
}

/// The texts that a score keeps.
fn texts<'a>(tracks: &'a [Track<'a>]) -> impl Iterator<Item = &'a [u8]> + Clone {
    let data = tracks.iter().flat_map(|track| &track.data);
    data.filter(|(kind, _)| matches!(kind, 0x03..=0x06)).map(|(_, text)| *text)
}
