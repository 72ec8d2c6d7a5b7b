//! A [`Score`] to the bytes of a type 1 file: a conductor track, then a track a voice.
//!
//! midly makes the bytes, with running status; they are the same for equal scores. Here is decided what
//! is said, in what order, and what MIDI cannot hold.

use super::pairing::Count;
use super::{CHORD_MARK, COLOR_MARK, DRUM_CHANNEL, LOCK_MARK, MAX_TICK, OUR_MARK, Warning, role};
use crate::music::{Meter, Mode, Role, Score, Tick, Voice, VoiceEventKind};
use midly::num::{u7, u15, u24, u28};
use midly::{Arena, Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind};
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
    let arena = Arena::new();
    let mut smf = Smf::new(Header::new(Format::Parallel, Timing::Metrical(u15::new(ppq as u16))));
    smf.tracks.push(conductor(score, &arena, &mut doubts).track(score.end));
    for (voice, seat) in voices.iter().zip(&seats) {
        smf.tracks.push(voice_track(voice, *seat, score.end, &arena, &mut doubts).track(score.end));
    }
    let mut out = Vec::new();
    smf.write_std(&mut out).expect("tracks and texts are limited above, and a track of 4 GiB outgrows memory first");
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

    fn seven(&mut self, value: u8) -> u7 {
        self.clamped += usize::from(value > 127);
        u7::new(value.min(127))
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
struct Messages<'a> {
    /// Tick, order within the tick (offs, then messages, then ons), message.
    list: Vec<(Tick, u8, TrackEventKind<'a>)>,
}

impl<'a> Messages<'a> {
    fn add(&mut self, tick: Tick, class: u8, message: TrackEventKind<'a>, doubts: &mut Doubts) {
        if tick > MAX_TICK {
            doubts.too_late += 1;
        } else {
            doubts.clamped += usize::from(tick < 0);
            self.list.push((tick.max(0), class, message));
        }
    }

    fn meta(&mut self, tick: Tick, message: MetaMessage<'a>, doubts: &mut Doubts) {
        self.add(tick, 1, TrackEventKind::Meta(message), doubts);
    }

    /// The messages in order, ended at `end` or at the last of them.
    fn track(mut self, end: Tick) -> midly::Track<'a> {
        self.list.sort_by_key(|(tick, class, _)| (*tick, *class));
        let last = self.list.last().map_or(0, |m| m.0);
        let end = end.clamp(last, MAX_TICK.max(last));
        self.list.push((end, 3, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
        let mut track = Vec::with_capacity(self.list.len());
        let mut at = 0;
        for (tick, _, kind) in self.list {
            // An empty text bridges a pause longer than a delta time can be.
            while tick - at > MAX_DELTA {
                let kind = TrackEventKind::Meta(MetaMessage::Text(b""));
                track.push(TrackEvent { delta: u28::max_value(), kind });
                at += MAX_DELTA;
            }
            track.push(TrackEvent { delta: u28::new((tick - at) as u32), kind });
            at = tick;
        }
        track
    }
}

/// A text, or as much of one as MIDI can hold.
fn text(text: &str) -> &[u8] {
    &text.as_bytes()[..text.len().min(MAX_DELTA as usize)]
}

fn conductor<'a>(score: &'a Score, arena: &'a Arena, doubts: &mut Doubts) -> Messages<'a> {
    let mut m = Messages::default();
    if !score.title.is_empty() {
        m.meta(0, MetaMessage::TrackName(text(&score.title)), doubts);
    }
    m.meta(0, mark(arena, "score"), doubts);
    for c in score.meters.changes() {
        doubts.after_end += usize::from(c.tick > score.end);
        m.meta(c.tick, time_signature(c.meter), doubts);
    }
    for k in &score.keys {
        doubts.after_end += usize::from(k.tick > score.end);
        m.meta(k.tick, MetaMessage::KeySignature(k.key.fifths(), k.key.mode == Mode::Minor), doubts);
    }
    for c in score.tempos.changes() {
        doubts.after_end += usize::from(c.tick > score.end);
        let micros = c.micros_per_quarter.clamp(1, 0xff_ffff);
        doubts.clamped += usize::from(micros != c.micros_per_quarter);
        m.meta(c.tick, MetaMessage::Tempo(u24::new(micros)), doubts);
    }
    for marker in &score.markers {
        doubts.after_end += usize::from(marker.tick > score.end);
        m.meta(marker.tick, MetaMessage::Marker(text(&marker.text)), doubts);
    }
    // MIDI has no message for a chord: ours is passed over by others, and reads back.
    for c in score.chords.changes() {
        doubts.after_end += usize::from(c.tick > score.end);
        let chord = c.chord.map_or_else(String::new, |chord| chord.to_string());
        m.meta(c.tick, mark(arena, &format!("{CHORD_MARK}{chord}")), doubts);
    }
    m
}

fn mark<'a>(arena: &'a Arena, word: &str) -> MetaMessage<'a> {
    MetaMessage::SequencerSpecific(arena.add_vec([OUR_MARK, word.as_bytes()].concat()))
}

/// Numerator, power of the denominator, MIDI clocks (24 a quarter) a felt beat, 32nds a quarter.
fn time_signature(meter: Meter) -> MetaMessage<'static> {
    let clocks = meter.beat_ticks(24).clamp(1, 255) as u8;
    MetaMessage::TimeSignature(meter.numerator, meter.denominator.trailing_zeros() as u8, clocks, 8)
}

fn voice_track<'a>(voice: &'a Voice, seat: Seat, end: Tick, arena: &'a Arena, doubts: &mut Doubts) -> Messages<'a> {
    let mut m = Messages::default();
    let on_channel = |message| TrackEventKind::Midi { channel: seat.channel.into(), message };
    if !voice.name.is_empty() {
        m.meta(0, MetaMessage::TrackName(text(&voice.name)), doubts);
    }
    m.meta(0, mark(arena, role::word(voice.role)), doubts);
    if voice.locked {
        m.meta(0, mark(arena, LOCK_MARK), doubts);
    }
    if let Some(color) = voice.color {
        m.meta(0, mark(arena, &format!("{COLOR_MARK}{color}")), doubts);
    }
    if seat.port > 0 {
        m.meta(0, MetaMessage::MidiPort(u7::new(seat.port)), doubts);
    }
    let program = doubts.seven(voice.program);
    m.add(0, 1, on_channel(MidiMessage::ProgramChange { program }), doubts);
    for event in &voice.events {
        doubts.after_end += usize::from(event.tick > end);
        let message = event_message(&event.kind, doubts).map_or_else(TrackEventKind::Meta, on_channel);
        m.add(event.tick, 1, message, doubts);
    }
    let mut latest_end: HashMap<u8, Tick> = HashMap::new();
    for note in &voice.notes {
        let latest = latest_end.entry(note.pitch).or_default();
        if note.end() < *latest {
            doubts.nested.add(note.start);
        }
        *latest = note.end().max(*latest);
        doubts.after_end += usize::from(note.end() > end);
        if note.end() > MAX_TICK {
            doubts.too_late += 1;
            continue;
        }
        let key = doubts.seven(note.pitch);
        let vel = note.velocity.clamp(1, 127);
        doubts.clamped += usize::from(vel != note.velocity);
        m.add(note.start, 2, on_channel(MidiMessage::NoteOn { key, vel: u7::new(vel) }), doubts);
        m.add(note.end(), 0, on_channel(MidiMessage::NoteOff { key, vel: u7::new(64) }), doubts);
    }
    m
}

/// `Err` is a message that has no channel.
fn event_message<'a>(kind: &'a VoiceEventKind, doubts: &mut Doubts) -> Result<MidiMessage, MetaMessage<'a>> {
    Ok(match kind {
        VoiceEventKind::Program(p) => MidiMessage::ProgramChange { program: doubts.seven(*p) },
        VoiceEventKind::Controller { number, value } => {
            MidiMessage::Controller { controller: doubts.seven(*number), value: doubts.seven(*value) }
        }
        VoiceEventKind::PitchBend(bend) => {
            let clamped = PitchBend::from_int(*bend);
            doubts.clamped += usize::from(clamped.as_int() != *bend);
            MidiMessage::PitchBend { bend: clamped }
        }
        VoiceEventKind::ChannelPressure(p) => MidiMessage::ChannelAftertouch { vel: doubts.seven(*p) },
        VoiceEventKind::KeyPressure { pitch, pressure } => {
            MidiMessage::Aftertouch { key: doubts.seven(*pitch), vel: doubts.seven(*pressure) }
        }
        VoiceEventKind::Lyric(lyric) => return Err(MetaMessage::Lyric(text(lyric))),
    })
}
