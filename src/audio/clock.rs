//! The transport where there is no sound device: the same positions by the wall clock, no sound.
//!
//! Nothing runs in the background: whoever asks for the position brings the time along, which is also
//! how tests drive it.

use super::sequencer::Start;
use super::timeline::Timeline;
use crate::music::Tick;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Clock {
    timeline: Arc<Timeline>,
    /// Where playing started or stands, in ticks.
    from: f64,
    since: Option<Instant>,
    /// Goes on past the end of the piece.
    endless: bool,
    range: Option<(Tick, Tick)>,
    /// Time stands still here.
    hold: Option<Tick>,
}

impl Clock {
    pub fn new(timeline: Arc<Timeline>) -> Self {
        Self { timeline, from: 0.0, since: None, endless: false, range: None, hold: None }
    }

    /// Keeps the place, in ticks, and goes on by the new tempo map.
    pub fn load(&mut self, timeline: Arc<Timeline>, now: Instant) {
        self.settle(now);
        self.timeline = timeline;
    }

    /// Plays after counting in, if that is asked for.
    pub fn play(&mut self, start: Start, now: Instant) {
        self.from = start.from.max(0) as f64;
        self.endless = start.endless;
        let (in_bar, frames, _) = self.timeline.beats_at(start.from);
        let lead = f64::from(in_bar * u32::from(start.lead_bars)) * frames / f64::from(self.timeline.sample_rate());
        self.since = Some(now + Duration::from_secs_f64(lead));
    }

    pub fn stop(&mut self, now: Instant) {
        self.from = self.position(now);
        self.since = None;
    }

    pub fn seek(&mut self, to: Tick, now: Instant) {
        let playing = self.is_playing(now);
        self.from = to.max(0) as f64;
        self.since = playing.then_some(now);
    }

    pub fn set_loop(&mut self, range: Option<(Tick, Tick)>, now: Instant) {
        self.settle(now);
        self.range = range;
    }

    /// Waits at this tick, or no more.
    pub fn hold_at(&mut self, tick: Option<Tick>, now: Instant) {
        self.settle(now);
        self.hold = tick;
    }

    pub fn is_playing(&self, now: Instant) -> bool {
        self.since.is_some() && self.place(now).1
    }

    /// In ticks.
    pub fn position(&self, now: Instant) -> f64 {
        self.place(now).0
    }

    fn settle(&mut self, now: Instant) {
        // Still counting in: it begins where and when it was to begin.
        if self.since.is_some_and(|since| since > now) {
            return;
        }
        let (position, playing) = self.place(now);
        self.from = position;
        self.since = playing.then_some(now);
    }

    /// (ticks, still playing)
    fn place(&self, now: Instant) -> (f64, bool) {
        let Some(since) = self.since else { return (self.from, false) };
        let t = &self.timeline;
        // Before it begins, while counting in, time is negative.
        let ahead = since.saturating_duration_since(now).as_secs_f64();
        let secs = now.saturating_duration_since(since).as_secs_f64() - ahead;
        let mut frame = t.frame_from_real_tick(self.from) + secs * f64::from(t.sample_rate());
        if let Some(line) = self.hold {
            let line_frame = t.frame_from_real_tick(line as f64).max(t.frame_from_real_tick(self.from));
            return (t.tick_from_frame(frame.min(line_frame)), true);
        }
        let looped = self.range.map(|(a, b)| (t.frame_from_real_tick(a as f64), t.frame_from_real_tick(b as f64)));
        let looped = looped.filter(|(a, b)| b - a >= f64::from(t.sample_rate() / 50));
        match looped.filter(|(_, b)| t.frame_from_real_tick(self.from) < *b) {
            Some((a, b)) if frame >= b => frame = a + (frame - b) % (b - a),
            Some(_) => {}
            None if frame >= t.end() as f64 && !self.endless => return (t.end_tick() as f64, false),
            None => {}
        }
        (t.tick_from_frame(frame), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;
    use std::time::Duration;

    #[test]
    fn keeps_time_loops_and_ends_with_the_piece() {
        // 24 ticks a quarter at 120: 48 ticks a second; the piece is 4 seconds.
        let score = text::parse("melody | 0 192 c4").unwrap();
        let mut clock = Clock::new(Arc::new(Timeline::compile(&score, 48_000, &[])));
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        clock.play(48.into(), at(0));
        assert!((clock.position(at(1000)) - 96.0).abs() < 1e-6);
        assert!(clock.is_playing(at(2999)) && !clock.is_playing(at(3000)));
        assert_eq!(clock.position(at(9000)), 192.0);
        clock.set_loop(Some((48, 96)), at(500));
        assert!((clock.position(at(1500)) - 72.0).abs() < 1e-6);
        clock.seek(0, at(1500));
        assert!((clock.position(at(2000)) - 24.0).abs() < 1e-6);
        clock.stop(at(2000));
        assert!((clock.position(at(9000)) - 24.0).abs() < 1e-6);

        // A bar of 4/4 counted in takes two seconds; recording goes on past the end.
        clock.set_loop(None, at(9000));
        clock.play(Start { from: 96, lead_bars: 1, endless: true }, at(10_000));
        assert!((clock.position(at(11_000)) - 48.0).abs() < 1e-6);
        assert!((clock.position(at(13_000)) - 144.0).abs() < 1e-6);
        assert!((clock.position(at(16_000)) - 288.0).abs() < 1e-6 && clock.is_playing(at(16_000)));
    }
}
