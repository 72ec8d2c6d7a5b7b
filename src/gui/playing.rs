//! Hearing something else than the piece: a take, a piece of the library, a file, a training passage.

use super::app::App;
use super::session::{Playing, Severity};
use super::text::sentence;
use crate::music::{Score, Tick, transform};
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Plays a take from where it is new, or stops it.
    pub(super) fn play_take(&mut self, i: usize) {
        let Some(take) = self.state.project.takes().get(i).cloned() else { return };
        let (score, from) = (Arc::clone(&take.score), take.from_tick);
        let at = transform::rescaled(from, score.ppq, self.state.project.score().ppq);
        if self.play_other(Playing::Take(i), score, from) {
            self.state.session.playhead = at;
            if self.state.other_take_heard().is_some() {
                self.show_take(&take);
            }
        }
    }

    /// Plays a piece of the library, or stops it.
    pub(super) fn play_piece(&mut self, i: usize) {
        let Some(piece) = self.state.session.library.shelf.library.pieces.get(i).cloned() else { return };
        match piece.score() {
            Ok(score) => {
                self.play_other(Playing::Piece(piece.id()), score, 0);
            }
            Err(lost) => self.state.session.say(Severity::Error, sentence(&lost.to_string(), self.state.text())),
        }
    }

    /// Plays a take that lies in a file, or stops it.
    pub(super) fn play_file(&mut self, path: PathBuf, score: Arc<Score>) {
        self.play_other(Playing::File(path), score, 0);
    }

    /// Plays a training passage that the receipt names, or stops it.
    pub(super) fn play_passage(&mut self, i: usize) {
        let found = self.state.session.nearest.as_ref().and_then(|n| n.found.as_ref()?.as_ref().ok()?.get(i));
        let Some(score) = found.map(|n| Arc::clone(&n.score)) else { return };
        self.play_other(Playing::Passage(i), score, 0);
    }

    /// Plays `score` in the place of the piece, or stops where it plays already. Tells whether it plays.
    fn play_other(&mut self, what: Playing, score: Arc<Score>, from: Tick) -> bool {
        self.finish_recording();
        let plays = self.state.session.plays(&what);
        self.stop_take();
        if plays {
            return false;
        }
        let session = &mut self.state.session;
        session.player.stop();
        session.player.set_hold(None);
        session.player.set_loop(None);
        session.player.load(score, &[]);
        session.player.play(from);
        session.playing = Some(what);
        true
    }

    /// Goes back from whatever else was heard to the piece in the window.
    pub(super) fn stop_take(&mut self) {
        if self.state.session.playing.take().is_some() {
            self.state.session.player.stop();
            self.state.session.player.set_hold(None);
            let range = self.state.session.loop_range.filter(|_| self.state.session.looping);
            self.state.session.player.set_loop(range);
            self.score_changed();
        }
    }
}
