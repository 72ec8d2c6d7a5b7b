//! What moves once a block: the envelopes of loudness and of everything else, and the slow triangles.

use super::BLOCK;
use super::patch::{Stages, Swing};

/// Under this (−60 dB) a note has gone.
pub const NOTHING: f32 = 1e-3;
/// The exponent at the end of a decay or a release: −80 dB.
const GONE: f64 = -9.226;

#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
enum Stage {
    #[default]
    Delay,
    Attack,
    Hold,
    Decay,
    Release,
}

/// Where an envelope stands in its stages.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    stage: Stage,
    secs: f64,
    /// When attack, hold and decay begin.
    begins: [f64; 3],
}

impl Course {
    fn new(s: &Stages) -> Self {
        let attack = f64::from(s.delay);
        let hold = attack + f64::from(s.attack);
        Self { stage: Stage::Delay, secs: 0.0, begins: [attack, hold, hold + f64::from(s.hold)] }.moved(0.0)
    }

    fn moved(mut self, secs: f64) -> Self {
        self.secs += secs;
        for (stage, begins) in [Stage::Attack, Stage::Hold, Stage::Decay].into_iter().zip(self.begins) {
            if self.stage < stage && self.secs >= begins {
                self.stage = stage;
            }
        }
        self
    }
}

/// Loudness: up in a straight line, down in equal ratios.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loudness {
    course: Course,
    stages: Stages,
    /// Factor a block, of the stage at hand.
    fall: f64,
    value: f64,
    block_secs: f64,
}

impl Loudness {
    pub fn new(stages: &Stages, rate: f32) -> Self {
        let block_secs = BLOCK as f64 / f64::from(rate);
        let mut new = Self { course: Course::new(stages), stages: *stages, fall: 0.0, value: 0.0, block_secs };
        if new.course.stage == Stage::Decay {
            new.enter_decay();
        }
        new
    }

    fn enter_decay(&mut self) {
        let slope = GONE / f64::from(self.stages.decay);
        self.value = (slope * (self.course.secs - self.course.begins[2])).exp();
        self.fall = (slope * self.block_secs).exp();
    }

    pub fn release(&mut self) {
        self.value = self.value().into();
        self.course.stage = Stage::Release;
        self.fall = (GONE / f64::from(self.stages.release) * self.block_secs).exp();
    }

    /// A block on; whether there is still something to hear.
    pub fn step(&mut self) -> bool {
        let before = self.course.stage;
        self.course = self.course.moved(self.block_secs);
        let [attack, _, _] = self.course.begins;
        match self.course.stage {
            Stage::Delay => self.value = 0.0,
            Stage::Attack => self.value = (self.course.secs - attack) / f64::from(self.stages.attack),
            Stage::Hold => self.value = 1.0,
            Stage::Decay if before != Stage::Decay => self.enter_decay(),
            // A level that is held is where the fall ends.
            Stage::Decay if self.value < f64::from(self.stages.sustain) => {}
            Stage::Decay | Stage::Release => self.value *= self.fall,
        }
        self.course.stage < Stage::Decay || self.value() > NOTHING
    }

    pub fn value(&self) -> f32 {
        let value = self.value as f32;
        if self.course.stage == Stage::Decay { value.max(self.stages.sustain) } else { value }
    }

    /// The less, the sooner another note may take the voice.
    pub fn priority(&self) -> f32 {
        let by_stage = match self.course.stage {
            Stage::Delay => 4.0,
            Stage::Attack => 3.0,
            Stage::Hold => 2.0,
            Stage::Decay => 1.0,
            Stage::Release => 0.0,
        };
        by_stage + self.value()
    }
}

/// What moves pitch and filter: straight lines up and down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modulation {
    course: Course,
    stages: Stages,
    /// When the key went up, and the level then.
    released: (f64, f64),
    pub value: f32,
    block_secs: f64,
}

impl Modulation {
    pub fn new(stages: &Stages, rate: f32) -> Self {
        let block_secs = BLOCK as f64 / f64::from(rate);
        let mut new =
            Self { course: Course::new(stages), stages: *stages, released: (0.0, 0.0), value: 0.0, block_secs };
        new.look();
        new
    }

    pub fn release(&mut self) {
        self.course.stage = Stage::Release;
        self.released = (self.course.secs, f64::from(self.value));
    }

    pub fn step(&mut self) {
        self.course = self.course.moved(self.block_secs);
        self.look();
    }

    fn look(&mut self) {
        let (secs, [attack, _, decay]) = (self.course.secs, self.course.begins);
        let value = match self.course.stage {
            Stage::Delay => 0.0,
            Stage::Attack => (secs - attack) / f64::from(self.stages.attack),
            Stage::Hold => 1.0,
            Stage::Decay => (1.0 - (secs - decay) / f64::from(self.stages.decay)).max(f64::from(self.stages.sustain)),
            Stage::Release => {
                let (since, level) = self.released;
                (level * (1.0 - (secs - since) / f64::from(self.stages.release))).max(0.0)
            }
        };
        self.value = value as f32;
    }
}

/// A triangle between −1 and 1 that begins at 0, upwards.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lfo {
    /// Seconds until it sets in.
    wait: f64,
    turns: f64,
    /// Turns a second, and a block.
    hz: f64,
    step: f64,
    block_secs: f64,
    pub value: f32,
}

impl Lfo {
    pub fn new(swing: Swing, rate: f32) -> Self {
        let block_secs = BLOCK as f64 / f64::from(rate);
        let hz = f64::from(swing.hz);
        let hz = if hz > 1e-3 { hz } else { 0.0 };
        let step = (hz * block_secs).fract();
        Self { wait: f64::from(swing.delay), turns: 0.0, hz, step, block_secs, value: 0.0 }
    }

    pub fn step(&mut self) {
        if self.wait > 0.0 {
            self.wait -= self.block_secs;
            if self.wait > 0.0 {
                return;
            }
            self.turns = (-self.wait * self.hz).fract();
        } else {
            self.turns += self.step;
            if self.turns >= 1.0 {
                self.turns -= 1.0;
            }
        }
        let t = self.turns;
        let height = if t < 0.25 {
            t
        } else if t < 0.75 {
            0.5 - t
        } else {
            t - 1.0
        };
        self.value = 4.0 * height as f32;
    }
}
