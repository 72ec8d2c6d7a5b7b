//! The transport where there is no sound device: the same positions by the wall clock, no sound.
//!
//! Nothing runs in the background: whoever asks for the position brings the time along, which is also
//! how tests drive it.

use super::timeline::Timeline;
use crate::music::Tick;
use std::sync::Arc;
use std::time::Instant;

#[derive(Debug)]
pub struct Clock {
    timeline: Arc<Timeline>,
    /// Where playing started or stands, in ticks.
    from: f64,
    since: Option<Instant>,
    range: Option<(Tick, Tick)>,
}

impl Clock {
    pub fn new(timeline: Arc<Timeline>) -> Self {
        Self { timeline, from: 0.0, since: None, range: None }
    }

    /// Keeps the place, in ticks, and goes on by the new tempo map.
    pub fn load(&mut self, timeline: Arc<Timeline>, now: Instant) {
        self.settle(now);
        self.timeline = timeline;
    }

    pub fn play(&mut self, from: Tick, now: Instant) {
        self.from = from.max(0) as f64;
        self.since = Some(now);
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

    pub fn is_playing(&self, now: Instant) -> bool {
        self.since.is_some() && self.place(now).1
    }

    /// In ticks.
    pub fn position(&self, now: Instant) -> f64 {
        self.place(now).0
    }

    fn settle(&mut self, now: Instant) {
        let (position, playing) = self.place(now);
        self.from = position;
        self.since = playing.then_some(now);
    }

    /// (ticks, still playing)
    fn place(&self, now: Instant) -> (f64, bool) {
        let Some(since) = self.since else { return (self.from, false) };
        let t = &self.timeline;
        let elapsed = now.saturating_duration_since(since).as_secs_f64() * f64::from(t.sample_rate());
        let mut frame = t.frame_from_real_tick(self.from) + elapsed;
        let looped = self.range.map(|(a, b)| (t.frame_from_real_tick(a as f64), t.frame_from_real_tick(b as f64)));
        let looped = looped.filter(|(a, b)| b - a >= f64::from(t.sample_rate() / 50));
        match looped.filter(|(_, b)| t.frame_from_real_tick(self.from) < *b) {
            Some((a, b)) if frame >= b => frame = a + (frame - b) % (b - a),
            Some(_) => {}
            None if frame >= t.end() as f64 => return (t.end_tick() as f64, false),
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
        clock.play(48, at(0));
        assert!((clock.position(at(1000)) - 96.0).abs() < 1e-6);
        assert!(clock.is_playing(at(2999)) && !clock.is_playing(at(3000)));
        assert_eq!(clock.position(at(9000)), 192.0);
        clock.set_loop(Some((48, 96)), at(500));
        assert!((clock.position(at(1500)) - 72.0).abs() < 1e-6);
        clock.seek(0, at(1500));
        assert!((clock.position(at(2000)) - 24.0).abs() < 1e-6);
        clock.stop(at(2000));
        assert!((clock.position(at(9000)) - 24.0).abs() < 1e-6);
    }
}
