//! One track's bytes as events with absolute ticks, up to its end or to where it stops making sense.
//!
//! Knows nothing of chunks and pairs no notes. Decodes by itself: files from the wild rely on running
//! status after a meta event, hold messages that have no business in a file, and end in the middle of one.

use super::MAX_TICK;
use crate::music::{Tick, VoiceEventKind};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    On {
        channel: u8,
        pitch: u8,
        velocity: u8,
    },
    Off {
        channel: u8,
        pitch: u8,
    },
    /// Any other message of a channel: its status byte and values.
    Voice {
        status: u8,
        a: u8,
        b: u8,
    },
    /// Kind and content are the ones of that number in [`Track::data`].
    Meta(u32),
    Exclusive,
    /// A message without meaning in a file.
    Nothing,
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
    /// Small values, since there are many: what meta events hold lies in `data`.
    pub events: Vec<(Tick, Event)>,
    pub data: Vec<(u8, &'a [u8])>,
    /// The tick of the end-of-track message, or of the last event.
    pub end: Tick,
    /// The first byte not read.
    pub next: usize,
    pub stop: Stop,
}

/// The kind of a meta event that ends a track.
const END_OF_TRACK: u8 = 0x2f;

/// Room for so many events is made at once; longer tracks are rare.
const USUAL_EVENTS: usize = 1 << 14;

/// Reads `bytes[start..limit]`. `limit` must not exceed the length.
pub fn parse(bytes: &[u8], start: usize, limit: usize) -> Track<'_> {
    let mut rest = &bytes[start..limit];
    // Most events take three or four bytes.
    let events = Vec::with_capacity((rest.len() / 3).min(USUAL_EVENTS));
    let mut track = Track { events, data: Vec::new(), end: 0, next: start, stop: Stop::OutOfBytes };
    let mut running = None;
    while !rest.is_empty() {
        let byte = limit - rest.len();
        let (delta, event) = match next(&mut rest, &mut running, &mut track.data) {
            Ok(found) => found,
            Err(Fault::End) => {
                track.stop = Stop::Cut { byte };
                break;
            }
            Err(Fault::Nonsense(reason)) => {
                track.stop = Stop::Broken { byte, reason };
                break;
            }
        };
        let tick = track.end + Tick::from(delta);
        if tick > MAX_TICK {
            track.stop = Stop::Broken { byte, reason: "a time beyond any piece" };
            break;
        }
        (track.end, track.next) = (tick, limit - rest.len());
        match event {
            Event::Meta(_) if track.data.last().is_some_and(|(kind, _)| *kind == END_OF_TRACK) => {
                track.stop = Stop::EndOfTrack;
                break;
            }
            Event::Nothing => {}
            event => track.events.push((tick, event)),
        }
    }
    track
}

/// What a message of a channel that is no note says.
pub fn kind(status: u8, a: u8, b: u8) -> VoiceEventKind {
    match status & 0xf0 {
        0xa0 => VoiceEventKind::KeyPressure { pitch: a, pressure: b },
        0xb0 => VoiceEventKind::Controller { number: a, value: b },
        0xc0 => VoiceEventKind::Program(a),
        0xd0 => VoiceEventKind::ChannelPressure(a),
        _ => VoiceEventKind::PitchBend((i16::from(b) << 7 | i16::from(a)) - 0x2000),
    }
}

enum Fault {
    End,
    Nonsense(&'static str),
}

/// Delta time and event. Running status outlives meta events and system messages: the standard says it
/// does not, but there are files that rely on it.
#[inline]
fn next<'a>(
    rest: &mut &'a [u8],
    running: &mut Option<u8>,
    data: &mut Vec<(u8, &'a [u8])>,
) -> Result<(u32, Event), Fault> {
    let delta = number(rest)?;
    let status = match *rest.first().ok_or(Fault::End)? {
        0x80.. => byte(rest)?,
        // Running status: the byte is already the first value.
        _ => running.ok_or(Fault::Nonsense("a value where a status byte must be"))?,
    };
    let event = match status {
        ..0xf0 => {
            *running = Some(status);
            let a = value(rest)?;
            let b = if matches!(status, 0xc0..=0xdf) { 0 } else { value(rest)? };
            let channel = status & 0x0f;
            match status {
                0x90..=0x9f if b > 0 => Event::On { channel, pitch: a, velocity: b },
                0x80..=0x9f => Event::Off { channel, pitch: a },
                _ => Event::Voice { status, a, b },
            }
        }
        0xff => {
            let (kind, n) = (byte(rest)?, number(rest)?);
            data.push((kind, rest.split_off(..n as usize).ok_or(Fault::End)?));
            Event::Meta(data.len() as u32 - 1)
        }
        0xf0 | 0xf7 => {
            let n = number(rest)?;
            rest.split_off(..n as usize).ok_or(Fault::End)?;
            Event::Exclusive
        }
        _ => {
            let n_values = [0, 1, 2, 1].get(usize::from(status - 0xf0)).copied().unwrap_or(0);
            for _ in 0..n_values {
                value(rest)?;
            }
            Event::Nothing
        }
    };
    Ok((delta, event))
}

#[inline]
fn byte(rest: &mut &[u8]) -> Result<u8, Fault> {
    rest.split_off_first().copied().ok_or(Fault::End)
}

#[inline]
fn value(rest: &mut &[u8]) -> Result<u8, Fault> {
    match byte(rest)? {
        0x80.. => Err(Fault::Nonsense("a status byte where a value must be")),
        b => Ok(b),
    }
}

/// A number of up to four bytes of seven bits.
#[inline]
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
    fn what_has_no_business_in_a_file_is_passed_over() {
        let bytes = [0, 0x90, 60, 90, 0, 0xf8, 0, 0xff, 0x59, 1, 0, 0, 0xff, 0x59, 2, 0, 2, 9, 60, 0, 0, 0xff, 0x2f, 0];
        let track = parse(&bytes, 0, bytes.len());
        assert_eq!((track.stop, track.events.len()), (Stop::EndOfTrack, 4));
        assert_eq!(track.events[1..3], [(0, Event::Meta(0)), (0, Event::Meta(1))]);
        assert!(track.data[..2].iter().all(|(kind, _)| *kind == 0x59));
        assert_eq!(track.events[3], (9, Event::Off { channel: 0, pitch: 60 }));
    }
}
