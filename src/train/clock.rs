//! Time and memory of a training: laps, a computer that slept meanwhile, what the process holds.

use std::time::{Duration, Instant, SystemTime};

/// Bytes of memory that the process holds now; `None` where the system does not say.
pub fn memory_held() -> Option<u64> {
    memory_stats::memory_stats().map(|m| m.physical_mem as u64)
}

/// The most that it has held since it began. Linux says so; elsewhere it is what is held now.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok();
    let peak = status.as_deref().and_then(peak_of).map(|kilobytes| kilobytes * 1024);
    peak.or_else(memory_held)
}

/// Kilobytes of the line that tells of the peak.
fn peak_of(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

pub struct Clock {
    lap: Instant,
    /// The same moment on the wall, which goes on while a computer sleeps.
    wall: SystemTime,
    looked: Option<Instant>,
    memory: Option<u64>,
    peak: Option<u64>,
    asked: Option<Instant>,
}

/// How long something took.
pub struct Lap {
    /// Without sleep.
    pub seconds: f64,
    /// What the wall's clock went on by beyond it, where that is much.
    pub slept: Option<f64>,
}

/// Less is no sleep.
const SLEEP: f64 = 30.0;
const SECOND: Duration = Duration::from_secs(1);

impl Clock {
    pub fn new() -> Self {
        Self { lap: Instant::now(), wall: SystemTime::now(), looked: None, memory: None, peak: None, asked: None }
    }

    pub fn reset(&mut self) {
        (self.lap, self.wall) = (Instant::now(), SystemTime::now());
    }

    /// Time since the last lap or reset; `typical` is what it usually takes.
    pub fn lap(&mut self, typical: f64) -> Lap {
        let (steady, wall) = (self.lap.elapsed(), self.wall.elapsed().unwrap_or_default());
        self.reset();
        without_sleep(steady.as_secs_f64(), wall.as_secs_f64(), typical)
    }

    /// Bytes that the process holds, looked up once a second.
    pub fn memory(&mut self) -> Option<u64> {
        if self.looked.is_none_or(|at| at.elapsed() >= SECOND) {
            self.looked = Some(Instant::now());
            self.memory = memory_held();
            self.peak = self.peak.max(self.memory);
        }
        self.memory
    }

    /// The most that it was.
    pub fn peak_memory(&self) -> Option<u64> {
        self.peak
    }

    /// True about once a second.
    pub fn a_second_has_gone(&mut self) -> bool {
        let gone = self.asked.is_none_or(|at| at.elapsed() >= SECOND);
        if gone {
            self.asked = Some(Instant::now());
        }
        gone
    }
}

/// Clocks that stand still during sleep differ from the wall's by it; on systems where none does, a lap far
/// beyond the usual tells.
fn without_sleep(steady: f64, wall: f64, typical: f64) -> Lap {
    if wall - steady > SLEEP {
        return Lap { seconds: steady, slept: Some(wall - steady) };
    }
    if steady > SLEEP + 20.0 * typical {
        return Lap { seconds: typical, slept: Some(steady - typical) };
    }
    Lap { seconds: steady, slept: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_and_is_no_less_than_what_is_held() {
        assert_eq!(peak_of("Name:\tx\nVmHWM:\t    1234 kB\nVmRSS:\t 1000 kB\n"), Some(1234));
        assert_eq!(peak_of("Name:\tx\n"), None);
        let mut held = vec![0u8; 64 << 20];
        held.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
        let (now, peak) = (memory_held().expect("told"), peak_memory().expect("told"));
        // The two are counted in different ways, to a few pages a thread.
        assert!(now > 64 << 20 && peak > now - (8 << 20), "{peak} and {now}");
        drop(held);
    }

    #[test]
    fn sleep_is_told_from_work() {
        let of = |steady, wall, typical| {
            let lap = without_sleep(steady, wall, typical);
            (lap.seconds, lap.slept)
        };
        assert_eq!(of(0.5, 0.5, 0.4), (0.5, None));
        // The clock was set back, or a little forward.
        assert_eq!(of(0.5, 0.0, 0.4), (0.5, None));
        assert_eq!(of(0.5, 20.0, 0.4), (0.5, None));
        assert_eq!(of(0.5, 3600.5, 0.4), (0.5, Some(3600.0)));
        assert_eq!(of(3600.5, 3600.5, 0.5), (0.5, Some(3600.0)));
        // A slow device, and one whose pace is not known yet.
        assert_eq!(of(60.0, 60.0, 50.0), (60.0, None));
        assert_eq!(of(60.0, 60.0, f64::INFINITY), (60.0, None));
    }
}
