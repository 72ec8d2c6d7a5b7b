//! A score as synthesiser messages at frames, and the map between frames and ticks. Pure: no clock, no device.
//!
//! What the synthesiser has no use for (lyrics, pressure) is left out here; the score keeps it.

use crate::music::{MeterMap, Role, Score, Tick, Voice, VoiceEventKind};

/// The synthesiser's channel for drums.
pub const DRUM_CHANNEL: u8 = 9;
const N_PITCHED: usize = 15;
/// Events between two records of which notes are held.
const HELD_STEP: usize = 4096;

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

/// A message that sets a channel up, and the place in the list of such messages of the one that
/// overrules it.
#[derive(Clone, Copy, Debug)]
struct Setup {
    event: u32,
    until: u32,
}

/// Where the metronome clicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    pub tick: Tick,
    pub opens_bar: bool,
}

/// Events sorted by frame. At one frame: note-offs, then controllers and bends, then note-ons, each
/// preceded by the program it needs where that is not the channel's already.
#[derive(Clone, Debug)]
pub struct Timeline {
    events: Vec<Event>,
    setups: Vec<Setup>,
    /// Pitches held before every [`HELD_STEP`]th event, a bit each, by channel.
    held: Vec<[u128; 16]>,
    stretches: Vec<Stretch>,
    channels: Vec<u8>,
    meters: MeterMap,
    ppq: u32,
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
            setups: Vec::new(),
            held: Vec::new(),
            stretches: stretches(score, sample_rate),
            channels: channels(score),
            meters: score.meters.clone(),
            ppq: score.ppq,
            end: 0,
            end_tick: score.end.max(score.last_note_end()),
            sample_rate,
        };
        timeline.end = timeline.frame_from_tick(timeline.end_tick);
        let mut drafts = Vec::with_capacity(2 * score.n_notes());
        for channel in 0..16u8 {
            let of_channel = score.voices.iter().enumerate().filter(|(i, _)| timeline.channels[*i] == channel);
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
        timeline.index_setups();
        timeline.index_held();
        timeline
    }

    fn index_setups(&mut self) {
        let is_setup = |e: &Event| !matches!(e.message, Message::NoteOn { .. } | Message::NoteOff { .. });
        let places = self.events.iter().enumerate().filter(|(_, e)| is_setup(e)).map(|(i, _)| i as u32);
        self.setups = places.map(|event| Setup { event, until: u32::MAX }).collect();
        let mut later = [[u32::MAX; 130]; 16];
        for i in (0..self.setups.len()).rev() {
            let e = self.events[self.setups[i].event as usize];
            let kind = match e.message {
                // Parameters are chosen and then set, in several messages: each of them counts.
                Message::Controller { number: 6 | 38 | 96..=101, .. } => continue,
                Message::Controller { number, .. } => usize::from(number),
                Message::Program(_) => 128,
                Message::Bend(_) => 129,
                Message::NoteOn { .. } | Message::NoteOff { .. } => continue,
            };
            self.setups[i].until = std::mem::replace(&mut later[usize::from(e.channel)][kind], i as u32);
        }
    }

    fn index_held(&mut self) {
        let mut held = [0u128; 16];
        for (i, e) in self.events.iter().enumerate() {
            if i.is_multiple_of(HELD_STEP) {
                self.held.push(held);
            }
            mark(&mut held, e);
        }
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

    /// Tells `apply` what brings the channels to where they stand before the event at `index`: programs,
    /// controllers and bends, without what was overruled on the way.
    pub fn chase(&self, index: usize, mut apply: impl FnMut(u8, Message)) {
        let n = self.setups.partition_point(|s| (s.event as usize) < index);
        for setup in self.setups[..n].iter().filter(|s| s.until as usize >= n) {
            let e = self.events[setup.event as usize];
            apply(e.channel, e.message);
        }
    }

    /// The pitches that are held before the event at `index`, a bit each, by channel.
    pub fn held_before(&self, index: usize) -> [u128; 16] {
        let step = (index / HELD_STEP).min(self.held.len().saturating_sub(1));
        let mut held = self.held.get(step).copied().unwrap_or_default();
        self.events[(step * HELD_STEP).min(index)..index].iter().for_each(|e| mark(&mut held, e));
        held
    }

    /// The synthesiser's channel of a voice.
    pub fn channel_of(&self, voice: usize) -> Option<u8> {
        self.channels.get(voice).copied()
    }

    /// The first beat at or after `tick`; beats go on after the end of the piece.
    pub fn beat_from(&self, tick: f64) -> Beat {
        let at = self.meters.position((tick - 1e-6).ceil() as Tick, self.ppq);
        let beat = at.meter.beat_ticks(self.ppq);
        let into = (at.offset + beat - 1) / beat * beat;
        if into >= at.bar_len {
            Beat { tick: at.bar_start + at.bar_len, opens_bar: true }
        } else {
            Beat { tick: at.bar_start + into, opens_bar: into == 0 }
        }
    }

    /// Beats in a bar, frames a beat and the number of the beat (from 0) at `tick`: what a count-in needs.
    pub fn beats_at(&self, tick: Tick) -> (u32, f64, u32) {
        let at = self.meters.position(tick, self.ppq);
        let beat = at.meter.beat_ticks(self.ppq);
        let in_bar = (at.meter.bar_ticks(self.ppq) / beat).max(1);
        (in_bar as u32, beat as f64 * self.stretch_at(tick as f64).frames_per_tick, (at.offset / beat) as u32)
    }

    /// Ticks a quarter note.
    pub fn ppq(&self) -> u32 {
        self.ppq
    }

    fn stretch_at(&self, tick: f64) -> Stretch {
        self.stretches[self.stretches.partition_point(|s| s.tick <= tick).max(1) - 1]
    }

    /// The frame nearest to `tick`. Negative ticks count as 0.
    pub fn frame_from_tick(&self, tick: Tick) -> u64 {
        self.frame_from_real_tick(tick as f64).round() as u64
    }

    /// As [`Timeline::frame_from_tick`], between ticks and between frames.
    pub fn frame_from_real_tick(&self, tick: f64) -> f64 {
        let tick = tick.max(0.0);
        let s = self.stretch_at(tick);
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

/// Notes an event in the record of what is held.
pub fn mark(held: &mut [u128; 16], e: &Event) {
    let bits = &mut held[usize::from(e.channel)];
    match e.message {
        Message::NoteOn { pitch, .. } => *bits |= 1 << pitch,
        Message::NoteOff { pitch } => *bits &= !(1 << pitch),
        _ => {}
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
mod tests;
