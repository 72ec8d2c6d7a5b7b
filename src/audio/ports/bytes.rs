//! MIDI's bytes on a wire to messages and back. A port gives whole messages, one at a time.

use crate::audio::sequencer::OutMessage;
use crate::audio::timeline::Message;

/// What a message on any channel says; `None` for what playing has no use for.
pub fn parse(bytes: &[u8]) -> Option<Message> {
    let data = |i: usize| bytes.get(i).copied().filter(|b| *b < 128);
    Some(match bytes.first()? & 0xF0 {
        0x80 => Message::NoteOff { pitch: data(1)? },
        0x90 if data(2)? == 0 => Message::NoteOff { pitch: data(1)? },
        0x90 => Message::NoteOn { pitch: data(1)?, velocity: data(2)? },
        0xB0 => Message::Controller { number: data(1)?, value: data(2)? },
        0xE0 => Message::Bend(u16::from(data(1)?) | u16::from(data(2)?) << 7),
        _ => return None,
    })
}

/// Hands the bytes of a message to `send`, message by message.
pub fn write(message: OutMessage, mut send: impl FnMut(&[u8])) {
    match message {
        OutMessage::Channel(channel, message) => match message {
            Message::NoteOff { pitch } => send(&[0x80 | channel, pitch, 64]),
            Message::NoteOn { pitch, velocity } => send(&[0x90 | channel, pitch, velocity]),
            Message::Program(p) => send(&[0xC0 | channel, p]),
            Message::Controller { number, value } => send(&[0xB0 | channel, number, value]),
            Message::Bend(bend) => send(&[0xE0 | channel, (bend & 127) as u8, (bend >> 7 & 127) as u8]),
        },
        OutMessage::AllOff => {
            for channel in 0..16u8 {
                // Pedal up, all notes off, all sound off: some instruments know only one of them.
                for (number, value) in [(64, 0), (123, 0), (120, 0)] {
                    send(&[0xB0 | channel, number, value]);
                }
            }
        }
        OutMessage::Clock => send(&[0xF8]),
        OutMessage::Start => send(&[0xFA]),
        OutMessage::Continue => send(&[0xFB]),
        OutMessage::Stop => send(&[0xFC]),
        OutMessage::SongPosition(p) => send(&[0xF2, (p & 127) as u8, (p >> 7 & 127) as u8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let messages = [
            Message::NoteOn { pitch: 60, velocity: 99 },
            Message::NoteOff { pitch: 61 },
            Message::Controller { number: 64, value: 127 },
            Message::Bend(12_345),
        ];
        for message in messages {
            let mut sent = Vec::new();
            write(OutMessage::Channel(3, message), |b| sent.push(b.to_vec()));
            assert_eq!(sent.iter().map(|b| parse(b)).collect::<Vec<_>>(), [Some(message)]);
        }
        assert_eq!(parse(&[0x95, 60, 0]), Some(Message::NoteOff { pitch: 60 }), "velocity 0 ends a note");
    }

    #[test]
    fn what_is_cut_off_or_of_no_use_is_nothing() {
        for bytes in [&[][..], &[0x90], &[0x90, 60], &[0x90, 200, 1], &[0xF8], &[0xF0, 1, 2, 0xF7], &[0x12, 1, 2]] {
            assert_eq!(parse(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn all_off_reaches_every_channel() {
        let mut sent = Vec::new();
        write(OutMessage::AllOff, |b| sent.push(b.to_vec()));
        assert!((0..16).all(|c| sent.contains(&vec![0xB0 | c, 123, 0])));
    }
}
