//! One of the sixteen MIDI channels: what controllers set, and what voices need of it, worked out when it
//! changes instead of for each block.

/// What voices read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    pub gain: f32,
    /// −50 (left) to 50.
    pub pan: f32,
    pub reverb: f32,
    pub chorus: f32,
    /// Semitones by tuning and bend, and of vibrato.
    pub pitch: f32,
    pub modulation: f32,
    pub pedal: bool,
}

#[derive(Clone, Debug)]
pub struct Channel {
    drums: bool,
    bank: i32,
    pub program: i32,
    /// Fourteen bits each.
    modulation: u16,
    volume: u16,
    pan: u16,
    expression: u16,
    pedal: bool,
    reverb: u8,
    chorus: u8,
    /// Registered parameter chosen; none after an unregistered one.
    parameter: Option<u16>,
    bend_range: u16,
    coarse_tune: i32,
    fine_tune: u16,
    /// −1 to 1.
    bend: f32,
    pub heard: Heard,
}

/// No parameter: what MIDI calls 127, 127.
const NO_PARAMETER: u16 = 0x3FFF;

fn coarse(of: u16, value: u8) -> u16 {
    of & 0x7F | u16::from(value & 0x7F) << 7
}

fn fine(of: u16, value: u8) -> u16 {
    of & 0x3F80 | u16::from(value & 0x7F)
}

impl Channel {
    pub fn new(drums: bool) -> Self {
        let heard = Heard { gain: 0.0, pan: 0.0, reverb: 0.0, chorus: 0.0, pitch: 0.0, modulation: 0.0, pedal: false };
        let mut channel = Self {
            drums,
            bank: 0,
            program: 0,
            modulation: 0,
            volume: 100 << 7,
            pan: 64 << 7,
            expression: 127 << 7,
            pedal: false,
            reverb: 40,
            chorus: 0,
            parameter: None,
            bend_range: 2 << 7,
            coarse_tune: 0,
            fine_tune: 8192,
            bend: 0.0,
            heard,
        };
        channel.work_out();
        channel
    }

    pub fn reset(&mut self) {
        *self = Self::new(self.drums);
    }

    /// As presets are numbered: drums lie 128 banks up.
    pub fn bank(&self) -> i32 {
        self.bank + if self.drums { 128 } else { 0 }
    }

    /// What a controller says; those that end notes are the synthesiser's business.
    pub fn control(&mut self, number: u8, value: u8) {
        match number {
            0 => self.bank = value.into(),
            1 => self.modulation = coarse(self.modulation, value),
            33 => self.modulation = fine(self.modulation, value),
            6 | 38 => self.enter(number == 6, value),
            7 => self.volume = coarse(self.volume, value),
            39 => self.volume = fine(self.volume, value),
            10 => self.pan = coarse(self.pan, value),
            42 => self.pan = fine(self.pan, value),
            11 => self.expression = coarse(self.expression, value),
            43 => self.expression = fine(self.expression, value),
            64 => self.pedal = value >= 64,
            91 => self.reverb = value,
            93 => self.chorus = value,
            98 | 99 => self.parameter = None,
            100 => self.parameter = Some(fine(self.parameter.unwrap_or(NO_PARAMETER), value)),
            101 => self.parameter = Some(coarse(self.parameter.unwrap_or(NO_PARAMETER), value)),
            121 => {
                (self.modulation, self.expression, self.pedal) = (0, 127 << 7, false);
                (self.parameter, self.bend) = (None, 0.0);
            }
            _ => return,
        }
        self.work_out();
    }

    /// The value of a registered parameter: bend range, fine and coarse tuning.
    fn enter(&mut self, is_coarse: bool, value: u8) {
        let set = if is_coarse { coarse } else { fine };
        match self.parameter {
            Some(0) => self.bend_range = set(self.bend_range, value),
            Some(1) => self.fine_tune = set(self.fine_tune, value),
            Some(2) if is_coarse => self.coarse_tune = i32::from(value) - 64,
            _ => {}
        }
    }

    /// Fourteen bits, 8192 in the middle.
    pub fn set_bend(&mut self, bend: u16) {
        self.bend = (f32::from(bend) - 8192.0) / 8192.0;
        self.work_out();
    }

    fn work_out(&mut self) {
        let share = |x: u16| f32::from(x) / 16_383.0;
        // General MIDI has the square of both.
        let level = share(self.volume) * share(self.expression);
        let range = f32::from(self.bend_range >> 7) + 0.01 * f32::from(self.bend_range & 0x7F);
        let tune = self.coarse_tune as f32 + (f32::from(self.fine_tune) - 8192.0) / 8192.0;
        self.heard = Heard {
            gain: level * level,
            pan: 100.0 * share(self.pan) - 50.0,
            reverb: f32::from(self.reverb) / 127.0,
            chorus: f32::from(self.chorus) / 127.0,
            pitch: tune + range * self.bend,
            // Half a semitone at the most.
            modulation: 0.5 * share(self.modulation),
            pedal: self.pedal,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_bends_are_semitones() {
        let mut c = Channel::new(false);
        c.set_bend(16_383);
        assert!((c.heard.pitch - 2.0).abs() < 1e-3);
        for (number, value) in [(101, 0), (100, 0), (6, 12), (38, 0), (101, 127), (100, 127)] {
            c.control(number, value);
        }
        assert!((c.heard.pitch - 12.0).abs() < 2e-3);
        // Nothing is chosen now: the entry goes nowhere.
        c.control(6, 24);
        assert!((c.heard.pitch - 12.0).abs() < 2e-3);
        c.control(121, 0);
        assert_eq!(c.heard.pitch, 0.0);
        for (number, value) in [(101, 0), (100, 2), (6, 61)] {
            c.control(number, value);
        }
        assert_eq!(c.heard.pitch, -3.0);
        c.reset();
        assert_eq!(c.heard, Channel::new(false).heard);
        assert_eq!((Channel::new(true).bank(), Channel::new(false).bank()), (128, 0));
    }
}
