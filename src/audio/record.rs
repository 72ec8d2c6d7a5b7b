//! Turns what is played by hand into notes. Pure: it is told at which tick each message was played,
//! knows no device and no clock.

use super::timeline::Message;
use crate::music::{Note, Score, Tick, VoiceEvent, VoiceEventKind};

/// Played this much before the start (in quarter notes) it counts as meant for the start.
const EARLY_QUARTERS: f64 = 0.5;

/// A recording under way.
#[derive(Clone, Debug)]
pub struct Recorder {
    from: Tick,
    early: Tick,
    range: Option<(Tick, Tick)>,
    /// Start and velocity of each key that is down.
    down: [Option<(Tick, u8)>; 128],
    notes: Vec<Note>,
    events: Vec<VoiceEvent>,
    /// Where it was last, to see when the loop has gone round.
    last: Tick,
    went_round: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    pub notes: Vec<Note>,
    /// Pedals, wheels, bends.
    pub events: Vec<VoiceEvent>,
    /// The part of the piece that was passed while recording.
    pub passed: (Tick, Tick),
}

impl Recorder {
    /// Records from `from` on; `range` is the part that is played over and over, if any.
    pub fn new(score: &Score, from: Tick, range: Option<(Tick, Tick)>) -> Self {
        Self {
            from,
            early: (f64::from(score.ppq) * EARLY_QUARTERS) as Tick,
            range: range.filter(|(a, b)| b > a),
            down: [None; 128],
            notes: Vec::new(),
            events: Vec::new(),
            last: from,
            went_round: false,
        }
    }

    /// Hears a message that was played at `tick`.
    pub fn hear(&mut self, tick: f64, message: Message) {
        let real = tick.round() as Tick;
        self.went_round |= self.is_far_back(real);
        let tick = real.max(if self.went_round { self.lowest() } else { self.from });
        match message {
            Message::NoteOn { pitch, velocity } => {
                self.end(pitch, tick);
                // While it counts in nothing is recorded, save what is meant for the first beat.
                if self.went_round || real >= self.from - self.early {
                    self.down[usize::from(pitch.min(127))] = Some((tick, velocity));
                }
            }
            Message::NoteOff { pitch } => self.end(pitch, tick),
            Message::Controller { number, value } => self.push(tick, VoiceEventKind::Controller { number, value }),
            Message::Bend(bend) => self.push(tick, VoiceEventKind::PitchBend((i32::from(bend) - 8192) as i16)),
            Message::Program(_) => {}
        }
    }

    /// Follows the piece: call this now and then with where it stands.
    pub fn follow(&mut self, tick: f64) {
        let tick = tick.round() as Tick;
        self.went_round |= self.is_far_back(tick);
        self.last = if self.went_round { tick } else { tick.max(self.last) };
    }

    /// Ends at `tick`: keys that are down are let go.
    pub fn finish(mut self, tick: f64) -> Recorded {
        self.follow(tick);
        for pitch in 0..128 {
            self.end(pitch, self.last);
        }
        let passed = match self.range.filter(|_| self.went_round) {
            Some((a, b)) => (a.min(self.from), b),
            None => (self.from, self.last.max(self.from)),
        };
        self.notes.sort_by_key(Note::order);
        self.events.sort_by_key(|e| e.tick);
        Recorded { notes: self.notes, events: self.events, passed }
    }

    /// What has been recorded so far, keys that are down as they would be if let go at `tick`.
    pub fn so_far(&self, tick: f64) -> Vec<Note> {
        let mut copy = self.clone();
        let tick = tick.round() as Tick;
        for pitch in 0..128 {
            copy.end(pitch, tick.max(copy.down[usize::from(pitch)].map_or(tick, |(start, _)| start)));
        }
        copy.notes
    }

    /// The loop has gone round: what is heard lags a little behind, but never by half of it.
    fn is_far_back(&self, tick: Tick) -> bool {
        self.range.is_some_and(|(a, b)| tick >= a && tick < self.last - (b - a) / 2)
    }

    fn lowest(&self) -> Tick {
        self.range.map_or(self.from, |(a, _)| a)
    }

    fn push(&mut self, tick: Tick, kind: VoiceEventKind) {
        // Wheels say the same thing again and again.
        let same = |e: &VoiceEvent| match (&e.kind, &kind) {
            (VoiceEventKind::Controller { number: a, .. }, VoiceEventKind::Controller { number: b, .. }) => a == b,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        };
        if self.events.iter().rev().find(|e| same(e)).is_none_or(|e| e.kind != kind) {
            self.events.push(VoiceEvent { tick, kind });
        }
    }

    fn end(&mut self, pitch: u8, tick: Tick) {
        let Some((start, velocity)) = self.down[usize::from(pitch.min(127))].take() else { return };
        // Held over the loop's end it ends there: what follows is another round.
        let end = if tick >= start { tick } else { self.range.map_or(start, |(_, b)| b) };
        self.notes.push(Note::new(start, (end - start).max(1), pitch, velocity));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: fn(u8) -> Message = |pitch| Message::NoteOn { pitch, velocity: 90 };
    const OFF: fn(u8) -> Message = |pitch| Message::NoteOff { pitch };

    fn recorder(range: Option<(Tick, Tick)>) -> Recorder {
        Recorder::new(&Score::new(24), 96, range)
    }

    #[test]
    fn keys_become_notes_and_what_is_counted_in_does_not() {
        let mut r = recorder(None);
        r.hear(40.0, ON(60));
        r.hear(50.0, OFF(60));
        r.hear(90.2, ON(62));
        r.hear(110.4, OFF(62));
        r.hear(120.0, ON(64));
        r.hear(130.0, ON(64));
        r.follow(150.0);
        assert_eq!(r.so_far(150.0).len(), 3);
        let recorded = r.finish(160.0);
        let notes = [Note::new(96, 14, 62, 90), Note::new(120, 10, 64, 90), Note::new(130, 30, 64, 90)];
        assert_eq!(recorded, Recorded { notes: notes.into(), events: vec![], passed: (96, 160) });
    }

    #[test]
    fn a_loop_is_recorded_round_by_round() {
        let mut r = recorder(Some((48, 192)));
        r.hear(180.0, ON(60));
        r.follow(190.0);
        r.follow(50.0);
        r.hear(60.0, OFF(60));
        r.hear(72.0, ON(62));
        let recorded = r.finish(84.0);
        assert_eq!(recorded.notes, [Note::new(72, 12, 62, 90), Note::new(180, 12, 60, 90)]);
        assert_eq!(recorded.passed, (48, 192));
    }

    #[test]
    fn pedals_and_wheels_are_kept_once() {
        let mut r = recorder(None);
        let pedal = |value| Message::Controller { number: 64, value };
        r.hear(100.0, pedal(127));
        r.hear(101.0, Message::Bend(8192 + 100));
        r.hear(102.0, pedal(127));
        r.hear(103.0, pedal(0));
        let kinds: Vec<_> = r.finish(110.0).events.into_iter().map(|e| (e.tick, e.kind)).collect();
        let controller = |value| VoiceEventKind::Controller { number: 64, value };
        assert_eq!(kinds, [(100, controller(127)), (101, VoiceEventKind::PitchBend(100)), (103, controller(0))]);
    }
}
