//! One track's bytes as events with absolute ticks, up to its end or to where it stops making sense.
//!
//! Knows nothing of chunks and pairs no notes. midly decodes the events. Our own is only the frame of an
//! event, for what midly gives a whole track up for (messages that have no business in a file, metas too
//! short) or takes without a word (events cut off by the end).

use super::MAX_TICK;
use crate::music::{Tick, VoiceEventKind};
use midly::{EventBytemapIter, MetaMessage, MidiMessage, TrackEventKind};

#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    On { channel: u8, pitch: u8, velocity: u8 },
    Off { channel: u8, pitch: u8 },
    Voice { channel: u8, kind: VoiceEventKind },
    Meta(MetaMessage<'a>),
    Exclusive,
}

/// Why a track's events end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    EndOfTrack,
    /// The bytes ended between two events.
    OutOfBytes,
    /// The bytes ended inside an event that starts here.
    Cut {
        byte: usize,
    },
    Broken {
        byte: usize,
        reason: &'static str,
    },
}

pub struct Track<'a> {
    pub events: Vec<(Tick, Event<'a>)>,
    /// The tick of the end-of-track message, or of the last event.
    pub end: Tick,
    /// The first byte not read.
    pub next: usize,
    pub stop: Stop,
}

/// Reads `bytes[start..limit]`. `limit` must not exceed the length.
pub fn parse(bytes: &[u8], start: usize, limit: usize) -> Track<'_> {
    let mut track = Track { events: Vec::new(), end: 0, next: start, stop: Stop::OutOfBytes };
    let mut events = EventBytemapIter::new(&bytes[start..limit]);
    while !events.unread().is_empty() {
        let (rest, running) = (events.unread(), events.running_status());
        let byte = limit - rest.len();
        let mut found = events.next().and_then(Result::ok).map(|(raw, e)| (e.delta.as_int(), Some(event(e.kind, raw))));
        if found.is_none() || events.unread().is_empty() || may_have_long_number(rest) {
            match frame(rest, running) {
                Ok((delta, meta, after)) if found.is_none() => {
                    events = EventBytemapIter::new(after);
                    found = Some((delta, meta.map(Event::Meta)));
                }
                Ok(_) => {}
                Err(Fault::End) => track.stop = Stop::Cut { byte },
                Err(Fault::Nonsense(reason)) => track.stop = Stop::Broken { byte, reason },
            }
        }
        // To midly a meta event ends running status, but there are files that rely on it to go on.
        *events.running_status_mut() = events.running_status().or(running);
        let Some((delta, event)) = found.filter(|_| track.stop == Stop::OutOfBytes) else { break };
        let tick = track.end + Tick::from(delta);
        if tick > MAX_TICK {
            track.stop = Stop::Broken { byte, reason: "a time beyond any piece" };
            break;
        }
        (track.end, track.next) = (tick, limit - events.unread().len());
        if event == Some(Event::Meta(MetaMessage::EndOfTrack)) {
            track.stop = Stop::EndOfTrack;
            break;
        }
        track.events.extend(event.map(|event| (tick, event)));
    }
    track
}

fn event<'a>(kind: TrackEventKind<'a>, raw: &'a [u8]) -> Event<'a> {
    let (channel, message) = match kind {
        TrackEventKind::Midi { channel, message } => (channel.as_int(), message),
        TrackEventKind::Meta(meta) => {
            return Event::Meta(match (meta, raw) {
                // midly takes the start of too long a tempo, and calls minor what is neither.
                (MetaMessage::Tempo(_), [_, kind, n, ..]) if *n != 3 => MetaMessage::Unknown(*kind, raw),
                (MetaMessage::KeySignature(..), [_, kind, _, _, 2..=255, ..]) => MetaMessage::Unknown(*kind, raw),
                _ => meta,
            });
        }
        TrackEventKind::SysEx(_) | TrackEventKind::Escape(_) => return Event::Exclusive,
    };
    let kind = match message {
        MidiMessage::NoteOn { key, vel } if vel > 0 => {
            return Event::On { channel, pitch: key.as_int(), velocity: vel.as_int() };
        }
        MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
            return Event::Off { channel, pitch: key.as_int() };
        }
        MidiMessage::Aftertouch { key, vel } => {
            VoiceEventKind::KeyPressure { pitch: key.as_int(), pressure: vel.as_int() }
        }
        MidiMessage::Controller { controller, value } => {
            VoiceEventKind::Controller { number: controller.as_int(), value: value.as_int() }
        }
        MidiMessage::ProgramChange { program } => VoiceEventKind::Program(program.as_int()),
        MidiMessage::ChannelAftertouch { vel } => VoiceEventKind::ChannelPressure(vel.as_int()),
        MidiMessage::PitchBend { bend } => VoiceEventKind::PitchBend(bend.as_int()),
    };
    Event::Voice { channel, kind }
}

enum Fault {
    End,
    Nonsense(&'static str),
}

/// Whether an event may hold a number of more than four bytes, of which midly would take four.
fn may_have_long_number(event: &[u8]) -> bool {
    event[..event.len().min(10)].windows(4).any(|w| w.iter().all(|b| *b >= 0x80))
}

/// Delta time, meta message and the bytes after the event, or why it is none. `None` is a message
/// without meaning in a file, or one that midly has decoded.
type Frame<'a> = (u32, Option<MetaMessage<'a>>, &'a [u8]);

fn frame(mut rest: &[u8], running: Option<u8>) -> Result<Frame<'_>, Fault> {
    let rest = &mut rest;
    let delta = number(rest)?;
    let status = match *rest.first().ok_or(Fault::End)? {
        0x80.. => byte(rest)?,
        // Running status: the byte is already the first value.
        _ => running.ok_or(Fault::Nonsense("a value where a status byte must be"))?,
    };
    let n_values = match status {
        0xff => {
            let (kind, n) = (byte(rest)?, number(rest)?);
            let data = rest.split_off(..n as usize).ok_or(Fault::End)?;
            return Ok((delta, Some(MetaMessage::Unknown(kind, data)), rest));
        }
        0xf0 | 0xf7 => {
            let n = number(rest)?;
            rest.split_off(..n as usize).ok_or(Fault::End)?;
            0
        }
        0xf4.. => 0,
        0xc0..=0xdf | 0xf1 | 0xf3 => 1,
        _ => 2,
    };
    for _ in 0..n_values {
        if byte(rest)? >= 0x80 {
            return Err(Fault::Nonsense("a status byte where a value must be"));
        }
    }
    Ok((delta, None, rest))
}

fn byte(rest: &mut &[u8]) -> Result<u8, Fault> {
    rest.split_off_first().copied().ok_or(Fault::End)
}

/// A number of up to four bytes of seven bits.
fn number(rest: &mut &[u8]) -> Result<u32, Fault> {
    let mut value = 0;
    for _ in 0..4 {
        let b = byte(rest)?;
        value = value << 7 | u32::from(b & 0x7f);
        if b < 0x80 {
            return Ok(value);
        }
    }
    Err(Fault::Nonsense("a number of more than four bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_status_survives_a_meta_event_and_velocity_zero_is_off() {
        let bytes = [0, 0x93, 60, 90, 10, 0xff, 1, 0, 5, 60, 0, 0x81, 0, 0xff, 0x2f, 0];
        let track = parse(&bytes, 0, bytes.len());
        assert_eq!(track.stop, Stop::EndOfTrack);
        assert_eq!(track.end, 15 + 128);
        assert_eq!(track.events[0], (0, Event::On { channel: 3, pitch: 60, velocity: 90 }));
        assert_eq!(track.events[2], (15, Event::Off { channel: 3, pitch: 60 }));
    }

    #[test]
    fn a_break_keeps_what_came_before() {
        let bytes = [0, 0x90, 60, 90, 10, 0x80, 0x90, 0];
        let track = parse(&bytes, 0, bytes.len());
        assert_eq!(track.events.len(), 1);
        assert_eq!(track.stop, Stop::Broken { byte: 4, reason: "a status byte where a value must be" });
        assert_eq!(parse(&bytes, 0, 3).stop, Stop::Cut { byte: 0 });
    }

    #[test]
    fn what_midly_would_give_up_for_or_guess_is_passed_over() {
        let bytes = [0, 0x90, 60, 90, 0, 0xf8, 0, 0xff, 0x59, 1, 0, 0, 0xff, 0x59, 2, 0, 2, 9, 60, 0, 0, 0xff, 0x2f, 0];
        let track = parse(&bytes, 0, bytes.len());
        assert_eq!((track.stop, track.events.len()), (Stop::EndOfTrack, 4));
        assert!(track.events[1..3].iter().all(|(_, e)| matches!(e, Event::Meta(MetaMessage::Unknown(0x59, _)))));
        assert_eq!(track.events[3], (9, Event::Off { channel: 0, pitch: 60 }));
    }
}
