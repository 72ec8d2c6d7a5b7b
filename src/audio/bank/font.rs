//! A SoundFont as plain values, and its bytes (RIFF: INFO, sdta, pdta). Makes no sound itself.
//!
//! Format: "SoundFont Technical Specification" 2.04, chapters 4 to 8.

/// Generator numbers of the specification, chapter 8.1.2.
pub mod generator {
    pub const START: u16 = 0;
    pub const START_COARSE: u16 = 4;
    pub const VIB_LFO_TO_PITCH: u16 = 6;
    pub const MOD_ENV_TO_PITCH: u16 = 7;
    pub const FILTER_CUTOFF: u16 = 8;
    pub const MOD_ENV_TO_FILTER: u16 = 11;
    pub const MOD_LFO_TO_VOLUME: u16 = 13;
    pub const CHORUS: u16 = 15;
    pub const REVERB: u16 = 16;
    pub const PAN: u16 = 17;
    pub const DELAY_MOD_LFO: u16 = 21;
    pub const FREQ_MOD_LFO: u16 = 22;
    pub const DELAY_VIB_LFO: u16 = 23;
    pub const FREQ_VIB_LFO: u16 = 24;
    pub const ATTACK_MOD_ENV: u16 = 26;
    pub const DECAY_MOD_ENV: u16 = 28;
    pub const SUSTAIN_MOD_ENV: u16 = 29;
    pub const ATTACK: u16 = 34;
    pub const DECAY: u16 = 36;
    pub const SUSTAIN: u16 = 37;
    pub const RELEASE: u16 = 38;
    pub const ATTENUATION: u16 = 48;
    pub const COARSE_TUNE: u16 = 51;
    pub const FINE_TUNE: u16 = 52;
    pub const SAMPLE_MODES: u16 = 54;
    pub const SCALE_TUNING: u16 = 56;
    pub const EXCLUSIVE_CLASS: u16 = 57;
    pub const ROOT_KEY: u16 = 58;
    pub(super) const INSTRUMENT: u16 = 41;
    pub(super) const KEY_RANGE: u16 = 43;
    pub(super) const VELOCITY_RANGE: u16 = 44;
    pub(super) const SAMPLE_ID: u16 = 53;
}

/// Zero samples after each sample, which the specification asks for.
const GAP: usize = 46;

#[derive(Clone, Debug)]
pub struct Sample {
    pub name: String,
    pub data: Vec<i16>,
    /// First sample of the loop and the one after its last.
    pub looped: Option<(usize, usize)>,
    /// At this rate it sounds at `root`, exactly.
    pub rate: u32,
    pub root: u8,
}

/// Where a sample sounds and how.
#[derive(Clone, Debug)]
pub struct Zone {
    pub keys: (u8, u8),
    pub velocities: (u8, u8),
    pub sample: usize,
    pub generators: Vec<(u16, i16)>,
}

#[derive(Clone, Debug)]
pub struct Instrument {
    pub name: String,
    /// What every zone has, unless it says otherwise.
    pub common: Vec<(u16, i16)>,
    pub zones: Vec<Zone>,
}

#[derive(Clone, Debug)]
pub struct Preset {
    pub name: String,
    pub bank: u16,
    pub program: u16,
    pub instrument: usize,
    /// Added to the instrument's.
    pub generators: Vec<(u16, i16)>,
}

#[derive(Clone, Debug, Default)]
pub struct Font {
    pub name: String,
    pub samples: Vec<Sample>,
    pub instruments: Vec<Instrument>,
    pub presets: Vec<Preset>,
}

impl Font {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut pcm = Vec::new();
        let mut shdr = Vec::new();
        for s in &self.samples {
            let start = pcm.len() / 2;
            pcm.extend(s.data.iter().flat_map(|x| x.to_le_bytes()));
            let end = pcm.len() / 2;
            pcm.extend([0; 2 * GAP]);
            let (loop_start, loop_end) = s.looped.unwrap_or((0, 0));
            push_name(&mut shdr, &s.name);
            for at in [start, end, start + loop_start, start + loop_end] {
                shdr.extend((at as u32).to_le_bytes());
            }
            shdr.extend(s.rate.to_le_bytes());
            shdr.extend([s.root, 0]); // pitch, correction
            shdr.extend([0, 0, 1, 0]); // no partner, mono
        }
        push_name(&mut shdr, "EOS");
        shdr.extend([0; 26]);

        let info = [
            chunk(b"ifil", &[2, 0, 1, 0]),
            chunk(b"isng", b"EMU8000\0"),
            chunk(b"INAM", &text(&self.name)),
            chunk(b"ICOP", &text("Synthesised by Cadenza's own code; MIT OR Apache-2.0")),
        ]
        .concat();
        let (phdr, pbag, pgen) = self.preset_tables();
        let (inst, ibag, igen) = self.instrument_tables();
        let no_modulators = [0; 10];
        let tables = [
            chunk(b"phdr", &phdr),
            chunk(b"pbag", &pbag),
            chunk(b"pmod", &no_modulators),
            chunk(b"pgen", &pgen),
            chunk(b"inst", &inst),
            chunk(b"ibag", &ibag),
            chunk(b"imod", &no_modulators),
            chunk(b"igen", &igen),
            chunk(b"shdr", &shdr),
        ]
        .concat();
        let lists = [list(b"INFO", &info), list(b"sdta", &chunk(b"smpl", &pcm)), list(b"pdta", &tables)].concat();
        chunk(b"RIFF", &[&b"sfbk"[..], &lists].concat())
    }

    fn preset_tables(&self) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let (mut phdr, mut pbag, mut pgen) = (Vec::new(), Vec::new(), Vec::new());
        for p in &self.presets {
            push_name(&mut phdr, &p.name);
            for x in [p.program, p.bank, (pbag.len() / 4) as u16] {
                phdr.extend(x.to_le_bytes());
            }
            phdr.extend([0; 12]);
            push_bag(&mut pbag, &pgen);
            for g in &p.generators {
                push_generator(&mut pgen, g.0, g.1 as u16);
            }
            push_generator(&mut pgen, generator::INSTRUMENT, p.instrument as u16);
        }
        push_name(&mut phdr, "EOP");
        for x in [0, 0, (pbag.len() / 4) as u16] {
            phdr.extend(x.to_le_bytes());
        }
        phdr.extend([0; 12]);
        push_bag(&mut pbag, &pgen);
        push_generator(&mut pgen, 0, 0);
        (phdr, pbag, pgen)
    }

    fn instrument_tables(&self) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let (mut inst, mut ibag, mut igen) = (Vec::new(), Vec::new(), Vec::new());
        for i in &self.instruments {
            push_name(&mut inst, &i.name);
            inst.extend(((ibag.len() / 4) as u16).to_le_bytes());
            push_bag(&mut ibag, &igen);
            for g in &i.common {
                push_generator(&mut igen, g.0, g.1 as u16);
            }
            for z in &i.zones {
                push_bag(&mut ibag, &igen);
                let range = |(low, high): (u8, u8)| u16::from_le_bytes([low, high]);
                push_generator(&mut igen, generator::KEY_RANGE, range(z.keys));
                push_generator(&mut igen, generator::VELOCITY_RANGE, range(z.velocities));
                for g in &z.generators {
                    push_generator(&mut igen, g.0, g.1 as u16);
                }
                push_generator(&mut igen, generator::SAMPLE_ID, z.sample as u16);
            }
        }
        push_name(&mut inst, "EOI");
        inst.extend(((ibag.len() / 4) as u16).to_le_bytes());
        push_bag(&mut ibag, &igen);
        push_generator(&mut igen, 0, 0);
        (inst, ibag, igen)
    }
}

fn push_name(out: &mut Vec<u8>, name: &str) {
    let mut bytes = [0; 20];
    let n = name.len().min(19);
    bytes[..n].copy_from_slice(&name.as_bytes()[..n]);
    out.extend(bytes);
}

fn push_bag(bags: &mut Vec<u8>, generators: &[u8]) {
    let first = u16::try_from(generators.len() / 4).expect("a bank of ours stays within the tables' 16 bits");
    bags.extend(first.to_le_bytes());
    bags.extend([0, 0]);
}

fn push_generator(out: &mut Vec<u8>, number: u16, value: u16) {
    out.extend(number.to_le_bytes());
    out.extend(value.to_le_bytes());
}

/// Ends in one or two zeros, to an even length.
fn text(line: &str) -> Vec<u8> {
    let mut out = line.as_bytes().to_vec();
    out.push(0);
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut out = [&name[..], &(content.len() as u32).to_le_bytes(), content].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

fn list(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    chunk(b"LIST", &[&name[..], content].concat())
}
