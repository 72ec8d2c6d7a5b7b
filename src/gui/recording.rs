//! Recording what is played by hand, and everything else that the sound has to tell the window.

use super::app::App;
use super::session::{Preview, Severity};
use super::text::fill;
use crate::audio::{Recorder, Start};
use crate::music::{Role, Score, Tick, Voice};
use crate::project::Edit;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How one likes to record; kept with the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordSettings {
    /// Bars counted in.
    pub count_in: u8,
    pub metronome: bool,
    /// What is played takes the place of what is there, instead of being added to it.
    pub replace: bool,
    /// Notes are moved earlier by so much, beside the latency that the device tells of.
    pub offset_millis: i32,
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self { count_in: 1, metronome: false, replace: false, offset_millis: 0 }
    }
}

/// A recording under way.
#[derive(Clone, Debug)]
pub struct Recording {
    recorder: Recorder,
    voice: usize,
    from: Tick,
    /// Bars are counted in before it begins.
    counting: bool,
}

impl Recording {
    /// Ticks until it begins, while it counts in; `at` is where the player is.
    pub fn counts_in(&self, at: f64) -> Option<f64> {
        let ahead = self.from as f64 - at;
        (ahead > 0.0 && self.counting).then_some(ahead)
    }
}

/// The level shown beside the volume: jumps up, falls slowly, as meters do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    pub sides: [f32; 2],
}

/// What is left of a level after a sixtieth of a second: 20 dB fall in 0.8 s.
const FALL: f32 = 0.953;
const SILENCE: f32 = 1e-4;

impl Level {
    fn hear(&mut self, sides: [f32; 2]) {
        for (shown, now) in self.sides.iter_mut().zip(sides) {
            *shown = now.max(*shown * FALL);
            if *shown < SILENCE {
                *shown = 0.0;
            }
        }
    }

    pub fn is_silent(&self) -> bool {
        self.sides == [0.0; 2]
    }
}

impl App {
    /// Hears devices, ports, hands and the level; once a repaint.
    pub(super) fn hear_the_sound(&mut self) {
        for sentence in self.state.session.player.poll() {
            self.state.session.say(Severity::Warning, sentence);
        }
        let offset_secs = f64::from(self.state.settings.record.offset_millis) / 1000.0;
        let session = &mut self.state.session;
        for played in session.player.take_played() {
            if let Some(recording) = &mut session.recording {
                let when = played.at - std::time::Duration::from_secs_f64(offset_secs.max(0.0))
                    + std::time::Duration::from_secs_f64((-offset_secs).max(0.0));
                recording.recorder.hear(session.player.heard(when), played.message);
            }
        }
        session.level.hear(session.player.take_level());
        if !session.level.is_silent() {
            self.ctx.request_repaint_after(std::time::Duration::from_millis(16));
        }
        self.follow_recording();
    }

    fn follow_recording(&mut self) {
        let session = &mut self.state.session;
        let Some(recording) = &mut session.recording else { return };
        if !session.player.is_playing() {
            // The piece has ended, or something else has stopped it.
            self.finish_recording();
            return;
        }
        let at = session.player.position();
        recording.recorder.follow(at);
        recording.counting &= at < recording.from as f64;
        if !session.generating {
            let ppq = self.state.project.score().ppq;
            let mut score = Score::new(ppq);
            score.push_voice(Voice { notes: recording.recorder.so_far(at), ..Voice::default() });
            score.end = score.end.max(at as Tick);
            session.preview =
                Some(Preview { score: Arc::new(score), from_tick: recording.from, whole: 0, take: 0, of: 1 });
        }
    }

    /// Starts recording into the voice in hand, or ends it and keeps what was played.
    pub(super) fn toggle_recording(&mut self) {
        if self.state.session.recording.is_some() {
            self.finish_recording();
            self.stop_at_head();
            return;
        }
        self.stop_take();
        let voice = self.state.view.voice;
        let Some(name) = self.state.project.score().voices.get(voice).map(|v| v.name.clone()) else { return };
        let sentence = fill(self.state.text().snd.recording, &[&name]);
        let session = &mut self.state.session;
        let range = session.loop_range.filter(|_| session.looping);
        let counting = !session.player.is_playing();
        let from = if !counting {
            session.player.position().max(0.0) as Tick
        } else {
            if let Some((from, to)) = range
                && !(from..to).contains(&session.playhead)
            {
                session.playhead = from;
            }
            let lead_bars = self.state.settings.record.count_in;
            session.player.play(Start { from: session.playhead, lead_bars, endless: range.is_none() });
            session.playhead
        };
        let recorder = Recorder::new(self.state.project.score(), from, range);
        session.recording = Some(Recording { recorder, voice, from, counting });
        session.say(Severity::Info, sentence);
    }

    /// Keeps what was played as one step of the history. Playing goes on.
    pub(super) fn finish_recording(&mut self) {
        let session = &mut self.state.session;
        let Some(recording) = session.recording.take() else { return };
        session.preview = None;
        let recorded = recording.recorder.finish(session.player.position());
        let t = self.state.text();
        if recorded.notes.is_empty() && recorded.events.is_empty() {
            self.state.session.say(Severity::Info, t.snd.nothing_played);
            return;
        }
        let n = recorded.notes.len();
        let replace = self.state.settings.record.replace.then_some(recorded.passed);
        let (voice, notes, events) = (recording.voice, recorded.notes, recorded.events);
        let edit = Edit::Record { voice, notes: notes.clone(), events: events.clone(), replace };
        if self.apply_edit(edit) {
            self.state.session.say(Severity::Success, fill(t.snd.recorded, &[&n.to_string()]));
        } else {
            // The voice has gone or may not be changed: what was played is kept all the same.
            let program = self.state.project.score().voices.get(voice).map_or(0, |v| v.program);
            let aside = Voice { notes, events, ..Voice::new(t.snd.aside, Role::Other, program) };
            self.apply_edit(Edit::AddVoice(aside));
            self.state.session.say(Severity::Warning, fill(t.snd.recorded_aside, &[&n.to_string()]));
        }
    }

    /// Stops, and goes back to where it started.
    fn stop_at_head(&mut self) {
        let session = &mut self.state.session;
        session.player.stop();
        session.player.seek(session.playhead);
    }

    /// Notes played by hand sound like the voice in hand.
    pub(super) fn tune_the_hands(&mut self) {
        if let Some(voice) = self.state.project.score().voices.get(self.state.view.voice) {
            self.state.session.player.set_instrument(voice.program, voice.role == Role::Drums);
        }
    }

    pub(super) fn toggle_metronome(&mut self) {
        let record = &mut self.state.settings.record;
        record.metronome = !record.metronome;
        self.state.session.player.set_metronome(record.metronome);
        self.keep_settings();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_jumps_up_and_falls_slowly_to_nothing() {
        let mut level = Level::default();
        level.hear([0.5, 0.1]);
        assert_eq!(level.sides, [0.5, 0.1]);
        level.hear([0.1, 0.2]);
        assert!(level.sides[0] > 0.4 && level.sides[1] == 0.2);
        (0..200).for_each(|_| level.hear([0.0; 2]));
        assert!(level.is_silent());
    }
}
