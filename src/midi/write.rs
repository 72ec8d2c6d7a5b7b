//! A [`Score`] to the bytes of a type 1 file: a conductor track, then a track a voice.
//!
//! No running status, because some simple readers trip over it, and the bytes are the same for equal
//! scores.

use super::pairing::Count;
use super::{DRUM_CHANNEL, MAX_TICK, OUR_MARK, Warning, role};
use crate::music::{Meter, Mode, Note, Role, Score, Tick, Voice, VoiceEventKind};
use std::collections::HashMap;

/// The greatest delta time that four bytes can hold.
const MAX_DELTA: Tick = 0x0fff_ffff;

/// Writes a type 1 Standard MIDI File.
///
/// Reading it gives an equal score, unless there are warnings other than
/// [`Warning::SharedChannels`].
pub fn write(score: &Score) -> (Vec<u8>, Vec<Warning>) {
    let mut doubts = Doubts::default();
    let mut warnings = Vec::new();
    let n_voices = score.voices.len().min(usize::from(u16::MAX) - 1);
    if n_voices < score.voices.len() {
        warnings.push(Warning::TooManyVoices { n_left_out: score.voices.len() - n_voices });
    }
    let voices = &score.voices[..n_voices];
    let seats = seats(voices);
    let n_shared = seats.iter().filter(|s| s.shared).count();
    if n_shared > 0 {
        warnings.push(Warning::SharedChannels { n_voices: n_shared });
    }

    let ppq = score.ppq.clamp(1, 32_767);
    doubts.clamped += usize::from(ppq != score.ppq);
    let mut out = b"MThd\0\0\0\x06\0\x01".to_vec();
    out.extend((n_voices as u16 + 1).to_be_bytes());
    out.extend((ppq as u16).to_be_bytes());
    conductor(score, &mut doubts).close(score.end, &mut out);
    for (voice, seat) in voices.iter().zip(&seats) {
        voice_track(voice, *seat, score.end, &mut doubts).close(score.end, &mut out);
    }
    doubts.report(&mut warnings);
    (out, warnings)
}

#[derive(Default)]
struct Doubts {
    nested: Count,
    clamped: usize,
    after_end: usize,
    too_late: usize,
}

impl Doubts {
    fn report(&self, warnings: &mut Vec<Warning>) {
        if self.nested.n > 0 {
            warnings.push(Warning::Nested { n_notes: self.nested.n, first_tick: self.nested.first });
        }
        if self.clamped > 0 {
            warnings.push(Warning::Clamped { n: self.clamped });
        }
        if self.after_end > 0 {
            warnings.push(Warning::AfterEnd { n: self.after_end });
        }
        if self.too_late > 0 {
            warnings.push(Warning::TooLate { n: self.too_late });
        }
    }

    /// A value of seven bits.
    fn seven(&mut self, value: u8) -> u8 {
        self.clamped += usize::from(value > 127);
        value.min(127)
    }
}

/// Where a voice plays: its channel, and the port for players that know of more than 16 channels.
#[derive(Clone, Copy)]
struct Seat {
    channel: u8,
    port: u8,
    shared: bool,
}

/// Fifteen pitched voices get a channel each. Later ones share: with a voice of the same instrument
/// where there is one, so that a player that ignores the port still sounds right.
fn seats(voices: &[Voice]) -> Vec<Seat> {
    const PITCHED: [u8; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15];
    let mut by_program: HashMap<u8, u8> = HashMap::new();
    let mut n_pitched = 0;
    let mut seat_of = |voice: &Voice| {
        if voice.role == Role::Drums {
            return Seat { channel: DRUM_CHANNEL, port: 0, shared: false };
        }
        let (round, place) = (n_pitched / PITCHED.len(), n_pitched % PITCHED.len());
        n_pitched += 1;
        let channel = *by_program.entry(voice.program).or_insert(PITCHED[place]);
        // Within the first fifteen nobody shares.
        let channel = if round == 0 { PITCHED[place] } else { channel };
        Seat { channel, port: round.min(127) as u8, shared: round > 0 }
    };
    voices.iter().map(&mut seat_of).collect()
}

/// Messages of a track before they are put in order.
#[derive(Default)]
struct Messages {
    /// Tick, order within the tick (offs, then messages, then ons), bytes.
    list: Vec<(Tick, u8, Vec<u8>)>,
}

impl Messages {
    fn add(&mut self, tick: Tick, class: u8, bytes: Vec<u8>, doubts: &mut Doubts) {
        if tick > MAX_TICK {
            doubts.too_late += 1;
        } else {
            doubts.clamped += usize::from(tick < 0);
            self.list.push((tick.max(0), class, bytes));
        }
    }

    fn meta(&mut self, tick: Tick, kind: u8, data: &[u8], doubts: &mut Doubts) {
        let data = &data[..data.len().min(MAX_DELTA as usize)];
        let mut bytes = vec![0xff, kind];
        number(data.len() as u32, &mut bytes);
        bytes.extend(data);
        self.add(tick, 1, bytes, doubts);
    }

    /// Appends the chunk, ended at `end` or at the last message.
    fn close(mut self, end: Tick, out: &mut Vec<u8>) {
        self.list.sort_by_key(|(tick, class, _)| (*tick, *class));
        let last = self.list.last().map_or(0, |m| m.0);
        self.list.push((end.clamp(last, MAX_TICK.max(last)), 3, vec![0xff, 0x2f, 0]));
        let mut body = Vec::new();
        let mut at = 0;
        for (tick, _, bytes) in self.list {
            // An empty text bridges a pause longer than a delta time can be.
            while tick - at > MAX_DELTA {
                number(MAX_DELTA as u32, &mut body);
                body.extend([0xff, 0x01, 0]);
                at += MAX_DELTA;
            }
            number((tick - at) as u32, &mut body);
            body.extend(bytes);
            at = tick;
        }
        out.extend(b"MTrk");
        out.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(body);
    }
}

/// A number of up to 28 bits, seven a byte, highest first.
fn number(value: u32, out: &mut Vec<u8>) {
    for shift in [21, 14, 7] {
        if value >> shift > 0 {
            out.push((value >> shift & 0x7f) as u8 | 0x80);
        }
    }
    out.push((value & 0x7f) as u8);
}

fn conductor(score: &Score, doubts: &mut Doubts) -> Messages {
    let mut m = Messages::default();
    if !score.title.is_empty() {
        m.meta(0, 0x03, score.title.as_bytes(), doubts);
    }
    m.meta(0, 0x7f, &[OUR_MARK, b"score"].concat(), doubts);
    for c in score.meters.changes() {
        doubts.after_end += usize::from(c.tick > score.end);
        m.meta(c.tick, 0x58, &meter_bytes(c.meter), doubts);
    }
    for k in &score.keys {
        doubts.after_end += usize::from(k.tick > score.end);
        m.meta(k.tick, 0x59, &[k.key.fifths() as u8, u8::from(k.key.mode == Mode::Minor)], doubts);
    }
    for c in score.tempos.changes() {
        doubts.after_end += usize::from(c.tick > score.end);
        let micros = c.micros_per_quarter.clamp(1, 0xff_ffff);
        doubts.clamped += usize::from(micros != c.micros_per_quarter);
        m.meta(c.tick, 0x51, &micros.to_be_bytes()[1..], doubts);
    }
    m
}

/// Numerator, power of the denominator, MIDI clocks (24 a quarter) a felt beat, 32nds a quarter.
fn meter_bytes(meter: Meter) -> [u8; 4] {
    let clocks = meter.beat_ticks(24).clamp(1, 255) as u8;
    [meter.numerator, meter.denominator.trailing_zeros() as u8, clocks, 8]
}

fn voice_track(voice: &Voice, seat: Seat, end: Tick, doubts: &mut Doubts) -> Messages {
    let mut m = Messages::default();
    let channel = seat.channel;
    if !voice.name.is_empty() {
        m.meta(0, 0x03, voice.name.as_bytes(), doubts);
    }
    m.meta(0, 0x7f, &[OUR_MARK, role::word(voice.role).as_bytes()].concat(), doubts);
    if seat.port > 0 {
        m.meta(0, 0x21, &[seat.port], doubts);
    }
    let program = doubts.seven(voice.program);
    m.add(0, 1, vec![0xc0 | channel, program], doubts);
    for event in &voice.events {
        doubts.after_end += usize::from(event.tick > end);
        match &event.kind {
            VoiceEventKind::Lyric(text) => m.meta(event.tick, 0x05, text.as_bytes(), doubts),
            kind => {
                let bytes = event_bytes(kind, channel, doubts);
                m.add(event.tick, 1, bytes, doubts);
            }
        }
    }
    let mut latest_end: HashMap<u8, Tick> = HashMap::new();
    for note in &voice.notes {
        let latest = latest_end.entry(note.pitch).or_default();
        if note.end() < *latest {
            doubts.nested.add(note.start);
        }
        *latest = note.end().max(*latest);
        doubts.after_end += usize::from(note.end() > end);
        add_note(&mut m, note, channel, doubts);
    }
    m
}

fn add_note(m: &mut Messages, note: &Note, channel: u8, doubts: &mut Doubts) {
    if note.end() > MAX_TICK {
        doubts.too_late += 1;
        return;
    }
    let pitch = doubts.seven(note.pitch);
    let velocity = note.velocity.clamp(1, 127);
    doubts.clamped += usize::from(velocity != note.velocity);
    m.add(note.start, 2, vec![0x90 | channel, pitch, velocity], doubts);
    m.add(note.end(), 0, vec![0x80 | channel, pitch, 64], doubts);
}

fn event_bytes(kind: &VoiceEventKind, channel: u8, doubts: &mut Doubts) -> Vec<u8> {
    match kind {
        VoiceEventKind::Program(p) => vec![0xc0 | channel, doubts.seven(*p)],
        VoiceEventKind::Controller { number, value } => {
            vec![0xb0 | channel, doubts.seven(*number), doubts.seven(*value)]
        }
        VoiceEventKind::PitchBend(bend) => {
            let clamped = (*bend).clamp(-8192, 8191);
            doubts.clamped += usize::from(clamped != *bend);
            let value = (clamped + 8192) as u16;
            vec![0xe0 | channel, (value & 0x7f) as u8, (value >> 7) as u8]
        }
        VoiceEventKind::ChannelPressure(p) => vec![0xd0 | channel, doubts.seven(*p)],
        VoiceEventKind::KeyPressure { pitch, pressure } => {
            vec![0xa0 | channel, doubts.seven(*pitch), doubts.seven(*pressure)]
        }
        VoiceEventKind::Lyric(_) => Vec::new(),
    }
}
