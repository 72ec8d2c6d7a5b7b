//! The metronome: clicks on the beats of the piece, and counts in before it starts.

use crate::audio::click::Click;
use crate::audio::synth::BLOCK;
use crate::audio::timeline::{Beat, Timeline};
use crate::music::Tick;

/// What is left of a count-in.
#[derive(Clone, Copy, Debug)]
struct Lead {
    /// Frames until the piece begins.
    left: f64,
    frames_per_beat: f64,
    /// Value of `left` at which the next click is due.
    next: f64,
    /// The number of that beat in its bar, of so many.
    beat: u32,
    in_bar: u32,
}

#[derive(Debug)]
pub struct Beats {
    pub on: bool,
    click: Click,
    /// The next beat and its frame.
    next: (u64, Beat),
    lead: Option<Lead>,
}

impl Beats {
    pub fn new(sample_rate: u32) -> Self {
        let next = (0, Beat { tick: 0, opens_bar: true });
        Self { on: false, click: Click::new(sample_rate), next, lead: None }
    }

    /// Frames of the count-in that are left.
    pub fn lead_frames(&self) -> f64 {
        self.lead.map_or(0.0, |l| l.left)
    }

    /// Counts in `bars` bars of the meter at `from`.
    pub fn lead(&mut self, timeline: &Timeline, from: Tick, bars: u8) {
        let (in_bar, frames_per_beat, beat) = timeline.beats_at(from);
        let left = f64::from(in_bar * u32::from(bars)) * frames_per_beat;
        self.lead = (left > 0.0).then_some(Lead { left, frames_per_beat, next: left, beat: beat % in_bar, in_bar });
    }

    /// Clicks if a click of the count-in is due; false where the piece itself is running.
    pub fn count_in(&mut self, block: usize) -> bool {
        let Some(lead) = &mut self.lead else { return false };
        if lead.next > block as f64 / 2.0 && lead.next > lead.left - block as f64 / 2.0 {
            self.click.strike(lead.beat == 0);
            lead.next -= lead.frames_per_beat;
            lead.beat = (lead.beat + 1) % lead.in_bar;
        }
        true
    }

    /// A block of the count-in has passed; false where there was none.
    pub fn finish_block(&mut self, block: usize) -> bool {
        let Some(lead) = &mut self.lead else { return false };
        lead.left -= block as f64;
        if lead.left < block as f64 / 2.0 {
            self.lead = None;
        }
        true
    }

    /// Looks for the next beat at or after `frame`.
    pub fn find(&mut self, timeline: &Timeline, frame: u64) {
        let beat = timeline.beat_from(timeline.tick_from_frame(frame as f64 - 0.5));
        self.next = (timeline.frame_from_tick(beat.tick), beat);
    }

    /// Clicks if a beat falls before `horizon` and the metronome is on; says whether it did.
    pub fn click_until(&mut self, timeline: &Timeline, horizon: u64) -> bool {
        let mut clicked = false;
        while self.next.0 < horizon {
            if self.on {
                self.click.strike(self.next.1.opens_bar);
                clicked = true;
            }
            let beat = timeline.beat_from((self.next.1.tick + 1) as f64);
            // Even where beats are shorter than a frame this comes to an end.
            self.next = (timeline.frame_from_tick(beat.tick).max(self.next.0 + 1), beat);
        }
        clicked
    }

    /// Ends a click and gives up counting in.
    pub fn silence(&mut self) {
        self.click.silence();
        self.lead = None;
    }

    pub fn render(&mut self, left: &mut [f32; BLOCK], right: &mut [f32; BLOCK]) {
        self.click.render(left, right);
    }
}
