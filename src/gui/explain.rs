//! Receipts for the piece in the window: asks a model to read it, and keeps what it says.

use super::app::App;
use super::session::{ExplainRequest, Request, Severity};
use super::state::State;
use super::text::fill;
use crate::generate::Explanation;
use crate::music::Score;
use crate::project::Receipts;
use std::sync::Arc;

/// Nats from which on every surprise looks the same: what one note in twenty of the piece surprises by, so that the
/// colours are used, but never so few that a piece full of what was expected looks torn.
pub fn most_surprise(state: &State) -> f64 {
    /// The least that a scale reaches.
    const LEAST: f64 = 3.0;
    /// Of a long piece so many notes are looked at: it is asked in every repaint.
    const LOOKED_AT: usize = 4000;
    let (score, receipts) = (state.project.score(), state.project.receipts());
    let step = score.n_notes() / LOOKED_AT + 1;
    let mut nats: Vec<f64> = score.notes().step_by(step).filter_map(|(_, n)| receipts.of(n)).map(|r| r.nats).collect();
    nats.sort_by(f64::total_cmp);
    // The nearest rank: the least that nineteen of twenty do not go beyond.
    let rank = (nats.len() * 19).div_ceil(20);
    nats.get(rank.saturating_sub(1)).copied().unwrap_or(LEAST).max(LEAST)
}

impl App {
    /// Has the chosen model read the piece.
    pub(super) fn explain_piece(&mut self) {
        let score = Arc::clone(self.state.project.score());
        if self.state.session.explaining || score.n_notes() == 0 || self.state.session.models.is_empty() {
            return;
        }
        let model = self.state.view.generator.model.clone();
        let sentence = self.state.text().rc.reading;
        self.state.session.explaining = true;
        self.state.session.say(Severity::Info, sentence);
        self.state.session.request(Request::Explain(ExplainRequest { model, score }));
    }

    /// What came of it, for the piece as it was when it was read: notes changed since get no receipt. Where
    /// another piece was opened meanwhile, nobody waits for it any more.
    pub(super) fn explained(&mut self, score: &Score, result: Result<Explanation, String>) {
        if !std::mem::take(&mut self.state.session.explaining) {
            return;
        }
        match result {
            Ok(e) => {
                let sentence = fill(self.state.text().rc.explained, &[&e.model, &format!("{:.2}", e.nats_per_note)]);
                let sentence = e.remarks.iter().fold(sentence, |said, more| format!("{said} · {more}"));
                self.state.project.add_receipts(Receipts::new(score, &e.notes, &e.model));
                self.state.session.say(Severity::Success, sentence);
            }
            Err(why) => self.state.session.say(Severity::Error, why),
        }
    }
}
