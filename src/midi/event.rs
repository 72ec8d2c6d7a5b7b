//! One track's bytes as events with absolute ticks, up to its end or to where it stops making sense.
//!
//! Knows nothing of chunks and pairs no notes. Hand-written, because what is wanted from a broken
//! track is everything before the break.

use super::MAX_TICK;
use crate::music::{Tick, VoiceEventKind};

#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    On { channel: u8, pitch: u8, velocity: u8 },
    Off { channel: u8, pitch: u8 },
    Voice { channel: u8, kind: VoiceEventKind },
    Meta { kind: u8, data: &'a [u8] },
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
    let mut cursor = Cursor { bytes: &bytes[..limit], at: start };
    let mut running = None;
    while cursor.at < limit {
        let byte = cursor.at;
        match one(&mut cursor, &mut running) {
            Ok((delta, event)) => {
                let tick = track.end + delta;
                if tick > MAX_TICK {
                    track.stop = Stop::Broken { byte, reason: "a time beyond any piece" };
                    return track;
                }
                (track.end, track.next) = (tick, cursor.at);
                match event {
                    Some(Event::Meta { kind: 0x2f, .. }) => {
                        track.stop = Stop::EndOfTrack;
                        return track;
                    }
                    Some(event) => track.events.push((tick, event)),
                    None => {}
                }
            }
            Err(Fault::End) => {
                track.stop = Stop::Cut { byte };
                return track;
            }
            Err(Fault::Nonsense(reason)) => {
                track.stop = Stop::Broken { byte, reason };
                return track;
            }
        }
    }
    track
}

enum Fault {
    End,
    Nonsense(&'static str),
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let b = *self.bytes.get(self.at).ok_or(Fault::End)?;
        self.at += 1;
        Ok(b)
    }

    fn data(&mut self) -> Result<u8, Fault> {
        match self.byte()? {
            b if b < 0x80 => Ok(b),
            _ => Err(Fault::Nonsense("a status byte where a value must be")),
        }
    }

    /// A number of up to four bytes of seven bits.
    fn number(&mut self) -> Result<u32, Fault> {
        let mut value = 0;
        for _ in 0..4 {
            let b = self.byte()?;
            value = value << 7 | u32::from(b & 0x7f);
            if b < 0x80 {
                return Ok(value);
            }
        }
        Err(Fault::Nonsense("a number of more than four bytes"))
    }

    fn take(&mut self, n: u32) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(n as usize).filter(|e| *e <= self.bytes.len()).ok_or(Fault::End)?;
        let part = &self.bytes[self.at..end];
        self.at = end;
        Ok(part)
    }
}

/// Delta time and event; `None` for a system message that has no business in a file.
fn one<'a>(c: &mut Cursor<'a>, running: &mut Option<u8>) -> Result<(Tick, Option<Event<'a>>), Fault> {
    let delta = Tick::from(c.number()?);
    let first = c.byte()?;
    let status = if first >= 0x80 {
        first
    } else {
        // Running status: the byte is already the first value.
        c.at -= 1;
        running.ok_or(Fault::Nonsense("a value where a status byte must be"))?
    };
    let event = match status {
        0xff => {
            let kind = c.byte()?;
            let n = c.number()?;
            Some(Event::Meta { kind, data: c.take(n)? })
        }
        0xf0 | 0xf7 => {
            let n = c.number()?;
            c.take(n)?;
            Some(Event::Exclusive)
        }
        0xf1 | 0xf3 => c.data().map(|_| None)?,
        0xf2 => {
            c.data()?;
            c.data().map(|_| None)?
        }
        0xf4..=0xfe => None,
        _ => {
            *running = Some(status);
            Some(channel_event(c, status)?)
        }
    };
    Ok((delta, event))
}

fn channel_event<'a>(c: &mut Cursor<'a>, status: u8) -> Result<Event<'a>, Fault> {
    let channel = status & 0x0f;
    let a = c.data()?;
    let kind = match status >> 4 {
        0x8 => {
            c.data()?;
            return Ok(Event::Off { channel, pitch: a });
        }
        0x9 => {
            return Ok(match c.data()? {
                0 => Event::Off { channel, pitch: a },
                velocity => Event::On { channel, pitch: a, velocity },
            });
        }
        0xa => VoiceEventKind::KeyPressure { pitch: a, pressure: c.data()? },
        0xb => VoiceEventKind::Controller { number: a, value: c.data()? },
        0xc => VoiceEventKind::Program(a),
        0xd => VoiceEventKind::ChannelPressure(a),
        _ => VoiceEventKind::PitchBend((i16::from(a) | i16::from(c.data()?) << 7) - 8192),
    };
    Ok(Event::Voice { channel, kind })
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
}
