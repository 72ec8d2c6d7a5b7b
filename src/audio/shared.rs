//! What the audio thread says of itself, in atomics: position, level, faults, and which moment of the
//! clock on the wall belongs to which moment of the piece.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

/// What went wrong on the audio thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    DeviceLost,
    DeviceFailed,
    SynthFailed,
}

/// A moment of the stream, as its buffer was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Anchor {
    /// Time since the stream was opened.
    pub at: Duration,
    /// From there until the buffer is heard.
    pub latency: Duration,
    /// Frames handed to the stream before this buffer.
    pub rendered: u64,
    /// Where the piece stands at the start of the buffer, in frames of its timeline; before it while
    /// counting in.
    pub song_frame: f64,
    pub playing: bool,
}

/// Written by the audio thread alone, read by any.
#[derive(Debug)]
pub struct Shared {
    opened: Instant,
    /// Bits of an f64: ticks.
    position: AtomicU64,
    playing: AtomicBool,
    /// Number of commands carried out.
    done: AtomicU32,
    fault: AtomicU8,
    /// Times the device ran dry.
    pub dry: AtomicU32,
    /// Bits of f32: the largest sample of each side since somebody looked.
    level: [AtomicU32; 2],
    /// Odd while the anchor is being written: readers then try again, the writer never waits.
    version: AtomicU64,
    anchor: [AtomicU64; 5],
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            opened: Instant::now(),
            position: AtomicU64::new(0),
            playing: AtomicBool::new(false),
            done: AtomicU32::new(0),
            fault: AtomicU8::new(0),
            dry: AtomicU32::new(0),
            level: Default::default(),
            version: AtomicU64::new(0),
            anchor: Default::default(),
        }
    }
}

impl Shared {
    pub fn position(&self) -> f64 {
        f64::from_bits(self.position.load(Ordering::Relaxed))
    }

    pub fn playing(&self) -> bool {
        self.playing.load(Ordering::Relaxed)
    }

    /// Commands carried out; read this before the others, which are then at least as new.
    pub fn done(&self) -> u32 {
        self.done.load(Ordering::Acquire)
    }

    pub fn publish(&self, position: f64, playing: bool, done: u32) {
        self.position.store(position.to_bits(), Ordering::Relaxed);
        self.playing.store(playing, Ordering::Relaxed);
        self.done.store(done, Ordering::Release);
    }

    pub fn fault(&self) -> Fault {
        match self.fault.load(Ordering::Relaxed) {
            1 => Fault::DeviceLost,
            2 => Fault::DeviceFailed,
            3 => Fault::SynthFailed,
            _ => Fault::None,
        }
    }

    pub fn set_fault(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::Relaxed);
    }

    /// Time since the stream was opened, at `when`.
    pub fn since_opened(&self, when: Instant) -> Duration {
        when.saturating_duration_since(self.opened)
    }

    /// Notes the largest samples of what was just rendered.
    pub fn hear(&self, left: f32, right: f32) {
        for (level, x) in self.level.iter().zip([left, right]) {
            // Bits of positive numbers are ordered as the numbers are.
            level.fetch_max(x.abs().to_bits(), Ordering::Relaxed);
        }
    }

    /// The largest samples of each side since this was last asked.
    pub fn take_level(&self) -> [f32; 2] {
        [0, 1].map(|i| f32::from_bits(self.level[i].swap(0, Ordering::Relaxed)))
    }

    pub fn set_anchor(&self, a: Anchor) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        let nanos = |d: Duration| d.as_nanos() as u64;
        let values = [nanos(a.at), nanos(a.latency), a.rendered, a.song_frame.to_bits(), u64::from(a.playing)];
        for (place, value) in self.anchor.iter().zip(values) {
            place.store(value, Ordering::Relaxed);
        }
        self.version.store(version + 2, Ordering::Release);
    }

    pub fn anchor(&self) -> Anchor {
        loop {
            let before = self.version.load(Ordering::Acquire);
            let [at, latency, rendered, song, playing] =
                [0, 1, 2, 3, 4].map(|i| self.anchor[i].load(Ordering::Relaxed));
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == before {
                let (at, latency) = (Duration::from_nanos(at), Duration::from_nanos(latency));
                return Anchor { at, latency, rendered, song_frame: f64::from_bits(song), playing: playing == 1 };
            }
            std::hint::spin_loop();
        }
    }
}

impl Anchor {
    /// Where the piece stood, in frames, as it was heard `at` (since the stream was opened). `looped` is
    /// the part that is played over and over.
    pub fn heard(&self, at: Duration, sample_rate: u32, looped: Option<(f64, f64)>) -> f64 {
        let secs = at.as_secs_f64() - self.at.as_secs_f64() - self.latency.as_secs_f64();
        let frame = self.song_frame + if self.playing { secs * f64::from(sample_rate) } else { 0.0 };
        match looped.filter(|(from, to)| to > from) {
            // The buffer may lie on the other side of the loop's end than what was heard.
            Some((from, to)) if self.song_frame >= from && self.song_frame <= to && frame >= to => {
                from + (frame - from) % (to - from)
            }
            _ => frame,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_lags_behind_what_is_rendered() {
        let secs = Duration::from_secs_f64;
        let anchor = Anchor { at: secs(2.0), latency: secs(0.5), rendered: 0, song_frame: 1000.0, playing: true };
        assert_eq!(anchor.heard(secs(2.0), 100, None), 950.0);
        assert_eq!(anchor.heard(secs(3.0), 100, None), 1050.0);
        assert_eq!(anchor.heard(secs(3.0), 100, Some((900.0, 1020.0))), 930.0);
        assert_eq!(Anchor { playing: false, ..anchor }.heard(secs(9.0), 100, None), 1000.0);
    }

    #[test]
    fn an_anchor_is_never_torn() {
        let shared = Shared::default();
        let whole = |i: u64| Anchor {
            at: Duration::from_nanos(i),
            latency: Duration::from_nanos(i),
            rendered: i,
            song_frame: i as f64,
            playing: i.is_multiple_of(2),
        };
        shared.set_anchor(whole(1));
        std::thread::scope(|s| {
            s.spawn(|| (1..50_000).for_each(|i| shared.set_anchor(whole(i))));
            for _ in 0..20_000 {
                let read = shared.anchor();
                assert_eq!(read, whole(read.rendered));
            }
        });
    }
}
