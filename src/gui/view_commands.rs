//! What the commands of the view do: zooming, the strips over the ruler, the order of the voices.

use super::app::App;
use super::session::Severity;
use super::text::fill;
use crate::music::{Note, Role, Tick, chord_detect};
use crate::project::{Edit, Lane, LaneEdit, VoiceChange};

impl App {
    /// All of the piece, in time and in pitch.
    pub(super) fn zoom_to_piece(&mut self) {
        let score = self.state.project.score();
        let end = score.end.max(score.meters.bar_start(4, score.ppq));
        let voices = score.voices.iter().filter(|v| v.role != Role::Drums || score.voices.len() == 1);
        let notes: Vec<Note> = voices.flat_map(|v| &v.notes).copied().collect();
        self.zoom_to(0, end, &notes);
    }

    pub(super) fn zoom_to_selection(&mut self) {
        let notes: Vec<Note> = {
            let selection = &self.state.view.selection;
            self.state.project.score().notes().map(|(_, n)| *n).filter(|n| selection.contains(&n.id)).collect()
        };
        let (Some(from), Some(to)) = (notes.iter().map(|n| n.start).min(), notes.iter().map(Note::end).max()) else {
            let sentence = self.state.text().select_first;
            return self.state.session.say(Severity::Info, sentence);
        };
        self.zoom_to(from, to, &notes);
    }

    fn zoom_to(&mut self, from: Tick, to: Tick, notes: &[Note]) {
        let low = notes.iter().map(|n| n.pitch).min().unwrap_or(57);
        let high = notes.iter().map(|n| n.pitch).max().unwrap_or(76);
        self.roll.zoom_to(from, to, low, high);
    }

    pub(super) fn toggle_lane(&mut self, lane: Lane) {
        let lanes = &mut self.state.view.lanes;
        match lanes.iter().position(|l| *l == lane) {
            Some(i) => drop(lanes.remove(i)),
            None => lanes.push(lane),
        }
    }

    /// Opens the field of a strip at the playhead, and shows the strip.
    pub(super) fn open_lane(&mut self, lane: Lane) {
        if !self.state.view.lanes.contains(&lane) {
            self.state.view.lanes.push(lane);
        }
        let tick = self.state.session.position() as Tick;
        self.roll.open_lane(&self.state, lane, tick);
    }

    /// What the notes sound like becomes what the piece says.
    pub(super) fn write_chords(&mut self) {
        let heard = chord_detect::of_score(self.state.project.score());
        let n = heard.changes().iter().filter(|c| c.chord.is_some()).count();
        self.edit(Edit::Lane(LaneEdit::SetChords(heard)));
        let sentence = fill(self.state.text().over.chords_written, &[&n.to_string()]);
        self.state.session.say(Severity::Success, sentence);
    }

    /// The voice in hand, one place up or down.
    pub(super) fn step_voice(&mut self, way: isize) {
        let from = self.state.view.voice;
        let n = self.state.project.score().voices.len();
        if let Some(to) = from.checked_add_signed(way).filter(|to| *to < n) {
            self.move_voice(from, to);
        }
    }

    pub(super) fn move_voice(&mut self, from: usize, to: usize) {
        let in_hand = self.state.view.voice;
        self.edit(Edit::MoveVoice { from, to });
        // The voice in hand stays in hand, and so does what is selected in it.
        self.state.view.voice = match in_hand {
            voice if voice == from => to,
            voice if (from + 1..=to).contains(&voice) => voice - 1,
            voice if (to..from).contains(&voice) => voice + 1,
            voice => voice,
        };
    }

    pub(super) fn lock_voice(&mut self) {
        let voice = self.state.view.voice;
        let Some(locked) = self.state.project.score().voices.get(voice).map(|v| v.locked) else { return };
        let change = VoiceChange { locked: Some(!locked), ..VoiceChange::default() };
        self.edit(Edit::SetVoice { voice, change });
    }
}
