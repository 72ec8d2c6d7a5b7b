//! The take that is being written: seen, and heard no further than it is whole.

use super::app::App;
use super::session::{Playing, Preview, Severity};
use crate::music::transform;
use crate::project::Take;
use std::sync::Arc;

impl App {
    /// More of it has come.
    pub(super) fn preview_came(&mut self, preview: Preview) {
        let session = &mut self.state.session;
        let first = session.preview.is_none();
        let begins = first && !session.player.is_playing();
        let (score, whole) = (Arc::clone(&preview.score), preview.whole);
        if first {
            self.show_coming(&preview);
        }
        let session = &mut self.state.session;
        session.preview = Some(preview);
        if session.playing == Some(Playing::Coming) {
            session.player.load(score, &[]);
            session.player.set_hold(Some(whole));
        } else if begins && self.state.view.hear_coming {
            self.play_coming();
        }
    }

    /// Moves the view to where the take begins, where that is out of sight.
    fn show_coming(&mut self, preview: &Preview) {
        let score = self.state.project.score();
        let from = transform::rescaled(preview.from_tick, preview.score.ppq, score.ppq);
        let pitches =
            || preview.score.notes().map(|(_, n)| n).filter(|n| n.start >= preview.from_tick).map(|n| n.pitch);
        if let (Some(low), Some(high)) = (pitches().min(), pitches().max()) {
            let bar = score.meters.position(from, score.ppq).bar;
            self.roll.reveal(score, from, score.meters.bar_start(bar + 4, score.ppq), low, high);
        }
    }

    /// Plays it from where it is new, or stops it. It waits on the bar line up to which it is whole.
    pub(super) fn play_coming(&mut self) {
        let Some(preview) = self.state.session.preview.clone() else { return };
        self.finish_recording();
        let plays = self.state.session.plays(&Playing::Coming);
        self.stop_take();
        if plays {
            return;
        }
        let session = &mut self.state.session;
        session.player.stop();
        session.player.set_loop(None);
        session.player.load(preview.score, &[]);
        session.player.set_hold(Some(preview.whole.max(preview.from_tick)));
        session.player.play(preview.from_tick);
        session.playing = Some(Playing::Coming);
    }

    /// It is whole. What is heard of it is heard on, as the take or in the piece.
    pub(super) fn take_done(&mut self, take: Take) {
        let session = &mut self.state.session;
        let take = Take { parent: session.parent, ..take };
        session.preview = None;
        let heard = (session.playing == Some(Playing::Coming)).then(|| session.player.position());
        let remark = format!("{}: {}", take.name, take.remark);
        let ppq = take.score.ppq;
        let in_piece = if let Some(what) = session.regenerating.take() {
            self.regenerated(&what, take);
            true
        } else {
            let i = self.state.project.takes().len();
            let score = Arc::clone(&take.score);
            self.state.project.add_take(take);
            // On an empty roll the first take stays where it was seen coming: one undo takes it away.
            let keeps = self.state.project.score().n_notes() == 0;
            if keeps {
                self.keep_take(i);
            } else if heard.is_some() {
                let session = &mut self.state.session;
                session.player.load(score, &[]);
                session.player.set_hold(None);
                session.playing = Some(Playing::Take(i));
            }
            self.state.session.say(Severity::Success, remark);
            keeps
        };
        self.order_takes();
        if let Some(at) = heard.filter(|_| in_piece) {
            self.stop_take();
            let at = transform::rescaled(at as i64, ppq, self.state.project.score().ppq);
            self.state.session.player.play(at);
        }
    }
}
