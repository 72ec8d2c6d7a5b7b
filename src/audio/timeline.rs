//! A score as synthesiser messages at frames, and the map between frames and ticks. Pure: no clock, no device.
//!
//! What the synthesiser has no use for (lyrics, pressure) is left out here; the score keeps it.

use crate::music::{Role, Score, Tick, Voice, VoiceEventKind};

/// The synthesiser's channel for drums.
pub const DRUM_CHANNEL: u8 = 9;
const N_PITCHED: usize = 15;

/// A message to one channel of the synthesiser. Values are MIDI's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    NoteOff {
        pitch: u8,
    },
    NoteOn {
        pitch: u8,
        velocity: u8,
    },
    Program(u8),
    Controller {
        number: u8,
        value: u8,
    },
    /// 0–16383, 8192 = no bend.
    Bend(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub frame: u64,
    pub channel: u8,
    pub message: Message,
}

/// One stretch of constant tempo.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    tick: f64,
    frame: f64,
    frames_per_tick: f64,
}

/// Events sorted by frame. At one frame: note-offs, then controllers and bends, then note-ons, each
/// preceded by the program it needs where that is not the channel's already.
#[derive(Clone, Debug)]
pub struct Timeline {
    events: Vec<Event>,
    stretches: Vec<Stretch>,
    end: u64,
    end_tick: Tick,
    sample_rate: u32,
}

impl Timeline {
    /// Compiles `score`. Voice `i` sounds where `voices_on[i]` is true or missing. A muted voice keeps
    /// its channel, so that muting moves nobody else.
    pub fn compile(score: &Score, sample_rate: u32, voices_on: &[bool]) -> Timeline {
        let mut timeline = Timeline {
            events: Vec::new(),
            stretches: stretches(score, sample_rate),
            end: 0,
            end_tick: score.end.max(score.last_note_end()),
            sample_rate,
        };
        timeline.end = timeline.frame_from_tick(timeline.end_tick);
        let channels = channels(score);
        let mut drafts = Vec::with_capacity(2 * score.n_notes());
        for channel in 0..16u8 {
            let of_channel = score.voices.iter().enumerate().filter(|(i, _)| channels[*i] == channel);
            let voices: Vec<&Voice> =
                of_channel.filter(|(i, _)| voices_on.get(*i).copied().unwrap_or(true)).map(|(_, v)| v).collect();
            timeline.draft_channel(channel, &voices, &mut drafts);
        }
        drafts.sort_by_key(|d| (d.event.frame, d.order));
        let mut current = [None; 16];
        for draft in drafts {
            let program = &mut current[usize::from(draft.event.channel)];
            if let Some(needed) = draft.program.filter(|p| *program != Some(*p)) {
                *program = Some(needed);
                timeline.events.push(Event { message: Message::Program(needed), ..draft.event });
            }
            timeline.events.push(draft.event);
        }
        timeline
    }

    /// The messages of the voices that share `channel`.
    fn draft_channel(&self, channel: u8, voices: &[&Voice], drafts: &mut Vec<Draft>) {
        // (pitch, start, end, velocity, program): a channel can sound a pitch only once, so that a note
        // ends where the next of its pitch begins, and of two that begin together the longer stays.
        let mut notes: Vec<(u8, Tick, Tick, u8, u8)> = Vec::new();
        for voice in voices {
            let changes: Vec<(Tick, u8)> = voice.events.iter().filter_map(program_change).collect();
            for n in &voice.notes {
                let program = match changes.partition_point(|c| c.0 <= n.start) {
                    0 => voice.program,
                    i => changes[i - 1].1,
                };
                let program = if channel == DRUM_CHANNEL { 0 } else { program };
                notes.push((n.pitch.min(127), n.start, n.end(), n.velocity.clamp(1, 127), program));
            }
            for e in &voice.events {
                let message = match e.kind {
                    VoiceEventKind::Controller { number, value } => {
                        Message::Controller { number: number.min(127), value: value.min(127) }
                    }
                    VoiceEventKind::PitchBend(bend) => Message::Bend((i32::from(bend) + 8192).clamp(0, 16_383) as u16),
                    _ => continue,
                };
                drafts.push(Draft::new(self.frame_from_tick(e.tick), channel, 1, message, None));
            }
        }
        notes.sort_by_key(|&(pitch, start, end, ..)| (pitch, start, end));
        for (i, &(pitch, start, end, velocity, program)) in notes.iter().enumerate() {
            let next = notes.get(i + 1).filter(|n| n.0 == pitch).map_or(Tick::MAX, |n| n.1);
            if next == start {
                continue;
            }
            let (on, off) = (self.frame_from_tick(start), self.frame_from_tick(end.min(next)));
            drafts.push(Draft::new(on, channel, 2, Message::NoteOn { pitch, velocity }, Some(program)));
            drafts.push(Draft::new(off.max(on + 1), channel, 0, Message::NoteOff { pitch }, None));
        }
    }

    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The frame at which the piece ends. The sound rings on after it.
    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn end_tick(&self) -> Tick {
        self.end_tick
    }

    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Index of the first event at or after `frame`.
    pub fn index_at(&self, frame: u64) -> usize {
        self.events.partition_point(|e| e.frame < frame)
    }

    /// The frame nearest to `tick`. Negative ticks count as 0.
    pub fn frame_from_tick(&self, tick: Tick) -> u64 {
        self.frame_from_real_tick(tick as f64).round() as u64
    }

    /// As [`Timeline::frame_from_tick`], between ticks and between frames.
    pub fn frame_from_real_tick(&self, tick: f64) -> f64 {
        let tick = tick.max(0.0);
        let s = self.stretches[self.stretches.partition_point(|s| s.tick <= tick).max(1) - 1];
        s.frame + (tick - s.tick) * s.frames_per_tick
    }

    /// The tick, a real number, that sounds at `frame`.
    pub fn tick_from_frame(&self, frame: f64) -> f64 {
        let s = self.stretches[self.stretches.partition_point(|s| s.frame <= frame).max(1) - 1];
        s.tick + (frame - s.frame) / s.frames_per_tick
    }
}

impl Default for Timeline {
    /// Nothing, at 48 kHz.
    fn default() -> Self {
        Self::compile(&Score::default(), 48_000, &[])
    }
}

struct Draft {
    order: u8,
    program: Option<u8>,
    event: Event,
}

impl Draft {
    fn new(frame: u64, channel: u8, order: u8, message: Message, program: Option<u8>) -> Self {
        Self { order, program, event: Event { frame, channel, message } }
    }
}

fn program_change(e: &crate::music::VoiceEvent) -> Option<(Tick, u8)> {
    match e.kind {
        VoiceEventKind::Program(p) => Some((e.tick, p.min(127))),
        _ => None,
    }
}

/// A channel for each voice: drums on 9; up to 15 pitched voices one each; beyond that, voices of the
/// same program share one, and if even the programs are too many, channels are dealt out in turn (the
/// compiler then changes the program before the note).
fn channels(score: &Score) -> Vec<u8> {
    let pitched = |i: usize| if i < usize::from(DRUM_CHANNEL) { i as u8 } else { i as u8 + 1 };
    let share = score.voices.iter().filter(|v| v.role != Role::Drums).count() > N_PITCHED;
    let mut seen: Vec<u8> = Vec::new();
    let mut of_voice = |voice: &Voice| {
        let slot = seen.iter().position(|p| share && *p == voice.program).unwrap_or_else(|| {
            seen.push(voice.program);
            seen.len() - 1
        });
        pitched(slot % N_PITCHED)
    };
    score.voices.iter().map(|v| if v.role == Role::Drums { DRUM_CHANNEL } else { of_voice(v) }).collect()
}

/// The tempo map in frames; the first stretch begins at tick 0.
fn stretches(score: &Score, sample_rate: u32) -> Vec<Stretch> {
    let frames_per_tick =
        |tick| f64::from(score.tempos.micros_at(tick)) * f64::from(sample_rate) / (1e6 * f64::from(score.ppq.max(1)));
    let mut out = vec![Stretch { tick: 0.0, frame: 0.0, frames_per_tick: frames_per_tick(0) }];
    for change in score.tempos.changes().iter().filter(|c| c.tick > 0) {
        let last = out[out.len() - 1];
        let tick = change.tick as f64;
        let frame = last.frame + (tick - last.tick) * last.frames_per_tick;
        out.push(Stretch { tick, frame, frames_per_tick: frames_per_tick(change.tick) });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, VoiceEvent, text, time::micros_from_qpm};
    use proptest::prelude::*;

    fn compile(line: &str) -> Timeline {
        Timeline::compile(&text::parse(line).unwrap(), 48_000, &[])
    }

    #[test]
    fn a_note_of_a_repeated_pitch_ends_before_the_next_begins() {
        // 24 ticks a quarter at 120: a tick is 1000 frames.
        let events = compile("melody | 0 48 c4 100 | 24 24 c4").events().to_vec();
        let at = |frame, message| Event { frame, channel: 0, message };
        assert_eq!(
            events,
            [
                at(0, Message::Program(0)),
                at(0, Message::NoteOn { pitch: 60, velocity: 100 }),
                at(24_000, Message::NoteOff { pitch: 60 }),
                at(24_000, Message::NoteOn { pitch: 60, velocity: 80 }),
                at(48_000, Message::NoteOff { pitch: 60 }),
            ]
        );
    }

    #[test]
    fn drums_have_their_channel_and_muting_moves_nobody() {
        let score = text::parse("melody | 0 24 c4\ndrums | 0 24 c2\nbass | 0 24 c3").unwrap();
        let channels = |on: &[bool]| -> Vec<u8> {
            let notes = Timeline::compile(&score, 48_000, on);
            let mut all: Vec<u8> = notes.events().iter().map(|e| e.channel).collect();
            all.dedup();
            all.sort_unstable();
            all.dedup();
            all
        };
        assert_eq!(channels(&[]), [0, 1, 9]);
        assert_eq!(channels(&[false, true, true]), [1, 9]);
    }

    #[test]
    fn forty_voices_share_fifteen_channels_and_each_note_has_its_program() {
        let mut score = Score::new(24);
        for i in 0..40u8 {
            let mut voice = Voice::new("v", Role::Other, i * 3);
            voice.notes.push(Note::new(Tick::from(i) * 10, 5, 60, 80));
            voice.events.push(VoiceEvent { tick: 0, kind: VoiceEventKind::Controller { number: 7, value: 90 } });
            score.push_voice(voice);
        }
        let timeline = Timeline::compile(&score, 44_100, &[]);
        let mut program = [None; 16];
        let mut programs = Vec::new();
        for e in timeline.events() {
            match e.message {
                Message::Program(p) => program[usize::from(e.channel)] = Some(p),
                Message::NoteOn { .. } => programs.push(program[usize::from(e.channel)].unwrap()),
                _ => assert_ne!(e.channel, DRUM_CHANNEL),
            }
        }
        assert_eq!(programs, (0..40u8).map(|i| i * 3).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn frames_agree_with_the_tempo_map_and_go_back_to_ticks(
            changes in proptest::collection::vec((0i64..5000, 20.0f64..400.0), 0..8), tick in 0i64..9000, ppq in 1u32..2000
        ) {
            let mut score = Score::new(ppq);
            for (at, qpm) in changes {
                score.tempos.set(at, micros_from_qpm(qpm));
            }
            let timeline = Timeline::compile(&score, 48_000, &[]);
            let frame = timeline.frame_from_real_tick(tick as f64);
            prop_assert!((frame - score.tempos.secs_from_tick(tick, ppq) * 48_000.0).abs() < 1e-3 * (1.0 + frame * 1e-6));
            prop_assert!((timeline.tick_from_frame(frame) - tick as f64).abs() < 1e-6);
        }

        #[test]
        fn every_note_on_has_its_off_and_events_are_sorted(
            notes in proptest::collection::vec((0i64..400, 1i64..100, 58u8..63), 0..60)
        ) {
            let mut score = Score::new(24);
            let mut voice = Voice::new("v", Role::Melody, 5);
            voice.notes = notes.iter().map(|&(s, d, p)| Note::new(s, d, p, 80)).collect();
            score.push_voice(voice);
            let timeline = Timeline::compile(&score, 48_000, &[]);
            prop_assert!(timeline.events().is_sorted_by_key(|e| e.frame));
            let mut sounding = 0u128;
            for e in timeline.events() {
                match e.message {
                    Message::NoteOn { pitch, .. } => {
                        prop_assert_eq!(sounding & (1 << pitch), 0);
                        sounding |= 1 << pitch;
                    }
                    Message::NoteOff { pitch } => {
                        prop_assert_ne!(sounding & (1 << pitch), 0);
                        sounding &= !(1 << pitch);
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(sounding, 0);
        }
    }
}
