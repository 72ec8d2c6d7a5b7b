//! A score in few bytes: four to six a note, a fifth of what it takes unpacked.
//!
//! A library keeps its pieces so, and those that the cache knew stay in its file until somebody asks for their
//! notes: a library of 100,000 takes little memory. Unpacking takes some microseconds, so that nobody need keep
//! the result. Identities of notes are not kept: they are given anew, in the same order each time.

use super::bytes::{Put, Take};
use crate::files::store::Kept;
use crate::music::{Key, KeyChange, Meter, Mode, Note, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind as Kind};
use std::io;
use std::sync::Arc;

/// A packed score. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Packed {
    Here(Arc<[u8]>),
    /// In the cache.
    Kept(Kept),
}

/// What a row of a table shows of a score, without unpacking it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    pub notes: u32,
    pub voices: u32,
    pub bars: u32,
    pub seconds: f64,
    /// At the start, as the tempo is.
    pub meter: Meter,
    /// Quarter notes a minute.
    pub qpm: f64,
}

impl Summary {
    pub fn of(score: &Score) -> Self {
        Self {
            notes: score.n_notes() as u32,
            voices: score.voices.len() as u32,
            bars: score.n_bars().clamp(0, i64::from(u32::MAX)) as u32,
            seconds: score.seconds(),
            meter: score.first_meter(),
            qpm: score.tempos.qpm_at(0),
        }
    }
}

/// The high bit of a pitch's byte: the velocity follows, else it is the last one's.
const NEW_VELOCITY: u8 = 0x80;

impl Packed {
    pub fn of(score: &Score) -> Self {
        let mut put = Put::default();
        put.text(&score.title);
        put.number(u64::from(score.ppq));
        put.signed(score.end);
        let mut at = 0;
        put.number(score.tempos.changes().len() as u64);
        for change in score.tempos.changes() {
            step(&mut put, &mut at, change.tick);
            put.number(u64::from(change.micros_per_quarter));
        }
        at = 0;
        put.number(score.meters.changes().len() as u64);
        for change in score.meters.changes() {
            step(&mut put, &mut at, change.tick);
            put.byte(change.meter.numerator);
            put.byte(change.meter.denominator);
        }
        at = 0;
        put.number(score.keys.len() as u64);
        for change in &score.keys {
            step(&mut put, &mut at, change.tick);
            put.byte(change.key.tonic << 1 | u8::from(change.key.mode == Mode::Minor));
        }
        put.number(score.voices.len() as u64);
        score.voices.iter().for_each(|v| put_voice(&mut put, v));
        Self::Here(put.0.into())
    }

    /// The score. Unpacked each time: keep it where it is asked for again and again.
    ///
    /// # Errors
    /// Where it is in the cache, and the cache cannot be read.
    pub fn score(&self) -> io::Result<Arc<Score>> {
        let score = match self {
            Self::Here(bytes) => unpacked(bytes),
            Self::Kept(kept) => unpacked(&kept.read()?),
        };
        // There are no other bytes than those of `of`, as a checksum tells.
        score.map(Arc::new).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is damaged"))
    }
}

fn step(put: &mut Put, at: &mut Tick, tick: Tick) {
    put.signed(tick.wrapping_sub(*at));
    *at = tick;
}

fn put_voice(put: &mut Put, voice: &Voice) {
    put.text(&voice.name);
    put.byte(Role::ALL.iter().position(|r| *r == voice.role).unwrap_or_default() as u8);
    put.byte(voice.program);
    put.number(voice.notes.len() as u64);
    let (mut at, mut velocity) = (0, 0);
    for n in &voice.notes {
        step(put, &mut at, n.start);
        put.signed(n.duration);
        let new = n.velocity != velocity;
        put.byte(n.pitch & 0x7f | if new { NEW_VELOCITY } else { 0 });
        if new {
            put.byte(n.velocity);
            velocity = n.velocity;
        }
    }
    put.number(voice.events.len() as u64);
    at = 0;
    for event in &voice.events {
        step(put, &mut at, event.tick);
        let (kind, values): (u8, &[u8]) = match &event.kind {
            Kind::Program(p) => (0, &[*p]),
            Kind::Controller { number, value } => (1, &[*number, *value]),
            Kind::PitchBend(bend) => (2, &bend.to_le_bytes()),
            Kind::ChannelPressure(pressure) => (3, &[*pressure]),
            Kind::KeyPressure { pitch, pressure } => (4, &[*pitch, *pressure]),
            Kind::Lyric(text) => {
                put.byte(5);
                put.text(text);
                continue;
            }
        };
        put.byte(kind);
        values.iter().for_each(|v| put.byte(*v));
    }
}

fn unpacked(bytes: &[u8]) -> Option<Score> {
    let take = &mut Take(bytes);
    let title = take.text()?;
    let mut score = Score::new(u32::try_from(take.number()?).ok()?);
    score.title = title;
    let end = take.signed()?;
    let mut at = 0;
    for _ in 0..take.count()? {
        let tick = tick(take, &mut at)?;
        score.tempos.set(tick, u32::try_from(take.number()?).ok()?);
    }
    at = 0;
    for _ in 0..take.count()? {
        let tick = tick(take, &mut at)?;
        score.meters.set(tick, Meter::new(take.byte()?, take.byte()?)?);
    }
    at = 0;
    for _ in 0..take.count()? {
        let tick = tick(take, &mut at)?;
        let key = take.byte()?;
        let mode = if key & 1 == 1 { Mode::Minor } else { Mode::Major };
        score.keys.push(KeyChange { tick, key: Key::new(key >> 1, mode) });
    }
    for _ in 0..take.count()? {
        let voice = taken_voice(take)?;
        score.push_voice(voice);
    }
    score.end = end.max(score.end);
    take.0.is_empty().then_some(score)
}

fn tick(take: &mut Take<'_>, at: &mut Tick) -> Option<Tick> {
    *at = at.checked_add(take.signed()?)?;
    Some(*at)
}

fn taken_voice(take: &mut Take<'_>) -> Option<Voice> {
    let name = take.text()?;
    let role = *Role::ALL.get(usize::from(take.byte()?))?;
    let mut voice = Voice::new(name, role, take.byte()?);
    let n_notes = take.count()?;
    voice.notes.reserve_exact(n_notes);
    let (mut at, mut velocity) = (0, 0);
    for _ in 0..n_notes {
        let start = tick(take, &mut at)?;
        let duration = take.signed()?;
        start.checked_add(duration)?;
        let pitch = take.byte()?;
        if pitch & NEW_VELOCITY != 0 {
            velocity = take.byte()?;
        }
        voice.notes.push(Note::new(start, duration, pitch & 0x7f, velocity));
    }
    let n_events = take.count()?;
    voice.events.reserve_exact(n_events);
    at = 0;
    for _ in 0..n_events {
        let tick = tick(take, &mut at)?;
        let kind = match take.byte()? {
            0 => Kind::Program(take.byte()?),
            1 => Kind::Controller { number: take.byte()?, value: take.byte()? },
            2 => Kind::PitchBend(i16::from_le_bytes([take.byte()?, take.byte()?])),
            3 => Kind::ChannelPressure(take.byte()?),
            4 => Kind::KeyPressure { pitch: take.byte()?, pressure: take.byte()? },
            5 => Kind::Lyric(take.text()?),
            _ => return None,
        };
        voice.events.push(VoiceEvent { tick, kind });
    }
    Some(voice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::starter;
    use proptest::prelude::*;

    fn with_everything() -> Score {
        let mut score = starter::tunes().swap_remove(0).score;
        score.tempos.set(100, 123_456);
        score.meters.set(4000, Meter { numerator: 7, denominator: 8 });
        score.keys = vec![KeyChange { tick: 0, key: Key::new(2, Mode::Minor) }];
        score.end += 999;
        let kinds = [
            Kind::Program(3),
            Kind::Controller { number: 64, value: 127 },
            Kind::PitchBend(-8192),
            Kind::PitchBend(8191),
            Kind::ChannelPressure(9),
            Kind::KeyPressure { pitch: 60, pressure: 1 },
            Kind::Lyric("歌 la".to_owned()),
        ];
        let events = kinds.into_iter().enumerate();
        score.voices[0].events = events.map(|(i, kind)| VoiceEvent { tick: i as Tick * 7, kind }).collect();
        for (i, note) in score.voices[0].notes.iter_mut().enumerate() {
            note.velocity = 1 + (i % 3 * 63) as u8;
        }
        score
    }

    fn bytes(packed: &Packed) -> &[u8] {
        match packed {
            Packed::Here(bytes) => bytes,
            Packed::Kept(_) => unreachable!("no cache here"),
        }
    }

    #[test]
    fn a_packed_score_comes_back_and_is_small() {
        for score in starter::tunes().into_iter().map(|t| t.score).chain([with_everything(), Score::default()]) {
            let packed = Packed::of(&score);
            let back = packed.score().expect("unpacks");
            assert_eq!(*back, score);
            assert_eq!(bytes(&Packed::of(&back)), bytes(&packed), "the same bytes each time");
            assert_eq!(Summary::of(&back), Summary::of(&score));
            assert!(bytes(&packed).len() <= 6 * score.n_notes() + 200, "{} bytes", bytes(&packed).len());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn damaged_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
            let mut bytes = bytes(&Packed::of(&with_everything())).to_vec();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Some(score) = unpacked(&bytes) {
                prop_assert!(score.n_notes() <= bytes.len());
            }
        }
    }
}
