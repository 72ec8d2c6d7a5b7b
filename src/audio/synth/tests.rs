//! Fonts that are none, fonts that are damaged, and the sound beside rustysynth's.

use super::*;

#[test]
fn what_is_no_soundfont_is_a_sentence() {
    let built_in = super::super::bank::BUILT_IN;
    for (bytes, expected) in [
        (&b""[..], "not a SoundFont"),
        (b"RIFF\x04\0\0\0WAVE", "not a SoundFont"),
        (b"RIFF\x04\0\0\0DLS ", "DLS"),
        (b"PK\x03\x04 and so on, long enough", "ZIP archive"),
        (&built_in[..40], "not a SoundFont"),
        (&built_in[..built_in.len() / 2], "damaged"),
    ] {
        let said = SoundFont::from_bytes(bytes).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_font_with_ogg_samples_is_named_as_such() {
    let built_in = super::super::bank::BUILT_IN;
    let find = |name: &[u8], from: usize| from + built_in[from..].windows(4).position(|w| w == name).unwrap();
    let mut bytes = built_in.to_vec();
    let at = find(b"smpl", 0) + 8;
    bytes[at..at + 4].copy_from_slice(b"OggS");
    assert!(matches!(SoundFont::from_bytes(&bytes), Err(SoundFontError::Compressed)));
    // Where the first sample does not tell, the samples' kinds do.
    let mut bytes = built_in.to_vec();
    let second = find(b"shdr", find(b"pdta", 0)) + 8 + 46;
    bytes[second + 44] |= 0x10;
    assert!(matches!(SoundFont::from_bytes(&bytes), Err(SoundFontError::Compressed)));
}

#[test]
fn damaged_tables_never_panic() {
    // Every byte of a few stretches of the tables turned over, one at a time.
    let built_in = super::super::bank::BUILT_IN;
    let tables = built_in.windows(4).position(|w| w == b"pdta").unwrap();
    let mut bytes = built_in.to_vec();
    for at in (tables..bytes.len()).step_by(997).chain(tables..tables + 64) {
        bytes[at] ^= 0xFF;
        if let Ok(font) = SoundFont::from_bytes(&bytes) {
            let mut synth = Synth::new(&font, 16_000).unwrap();
            for program in 0..16 {
                synth.apply(program, Message::Program((at % 8) as u8 * 16 + program));
                synth.apply(program, Message::NoteOn { pitch: 36 + 3 * program, velocity: 90 });
            }
            for _ in 0..8 {
                synth.render(&mut [0.0; BLOCK], &mut [0.0; BLOCK]);
            }
        }
        bytes[at] ^= 0xFF;
    }
}

#[test]
fn the_sample_rate_is_checked() {
    assert!(Synth::new(&SoundFont::built_in(), 8000).is_err());
}

/// Notes, bends, pedals and controllers of all kinds, at random.
fn anything(dice: &mut impl FnMut(u32) -> u32) -> (u8, Message) {
    let mut seven = || dice(128) as u8;
    let (channel, a, b) = (seven() % 16, seven(), seven());
    let message = match seven() {
        0..=69 => Message::NoteOn { pitch: 24 + a % 80, velocity: b },
        70..=99 => Message::NoteOff { pitch: 24 + a % 80 },
        100..=104 => Message::Program(a),
        105..=109 => Message::Bend(u16::from(a) << 7),
        110 => Message::Controller { number: 64, value: b },
        111 => Message::Controller { number: 123, value: 0 },
        112 => Message::Controller { number: 121, value: 0 },
        _ => Message::Controller { number: [1, 7, 10, 11, 91, 93][usize::from(a % 6)], value: b },
    };
    (channel, message)
}

/// What two roundings and two ways to move a gain may differ by.
const DIFFERENCE_DB: f64 = -45.0;

/// rustysynth at the same rate with the same font.
fn theirs(font: &SoundFont, effects: bool) -> rustysynth::Synthesizer {
    let mut settings = rustysynth::SynthesizerSettings::new(44_100);
    settings.block_size = BLOCK;
    settings.maximum_polyphony = N_VOICES;
    settings.enable_reverb_and_chorus = effects;
    let mut theirs = rustysynth::Synthesizer::new(&font.font, &settings).unwrap();
    theirs.set_master_volume(font.gain);
    theirs
}

fn tell(theirs: &mut rustysynth::Synthesizer, channel: u8, message: Message) {
    let (kind, a, b) = match message {
        Message::NoteOff { pitch } => (0x80, pitch, 0),
        Message::NoteOn { pitch, velocity } => (0x90, pitch, velocity),
        Message::Controller { number, value } => (0xB0, number, value),
        Message::Program(p) => (0xC0, p, 0),
        Message::Bend(b) => (0xE0, (b & 127) as u8, (b >> 7) as u8),
    };
    theirs.process_midi_message(channel.into(), kind, a.into(), b.into());
}

/// Power of what `a` and `b` differ by, and of `b`.
#[derive(Default)]
struct Apart(f64, f64);

impl Apart {
    fn hear(&mut self, a: [&[f32; BLOCK]; 2], b: [&[f32; BLOCK]; 2]) {
        for (a, b) in a.into_iter().flatten().zip(b.into_iter().flatten()) {
            self.0 += f64::from((a - b) * (a - b));
            self.1 += f64::from(b * b);
        }
    }

    fn db(&self) -> f64 {
        assert!(self.1 > 1.0, "nothing was heard");
        10.0 * (self.0 / self.1).log10()
    }
}

/// rustysynth is the measure of all voices: the same fonts, the same messages. It lets small changes of gain jump
/// where this one slides, drops what is 60 dB down, and rounds in another order.
#[test]
fn voices_sound_as_rustysynths_do() {
    let mut fonts = vec![SoundFont::built_in()];
    let debian = Path::new("/usr/share/sounds/sf2/TimGM6mb.sf2");
    if debian.exists() {
        fonts.push(SoundFont::open(debian).unwrap());
    }
    for font in fonts {
        let (mut ours, mut theirs) = (Synth::new(&font, 44_100).unwrap(), theirs(&font, false));
        let mut seed = 1u32;
        let mut dice = move |n: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % n
        };
        let mut apart = Apart::default();
        for block in 0..10 * 44_100 / BLOCK {
            if block % 40 == 0 {
                let (channel, message) = anything(&mut dice);
                ours.apply(channel, message);
                tell(&mut theirs, channel, message);
            }
            let (mut l, mut r) = ([0.0; BLOCK], [0.0; BLOCK]);
            let (mut tl, mut tr) = ([0.0; BLOCK], [0.0; BLOCK]);
            ours.render_dry(&mut l, &mut r);
            theirs.render(&mut tl, &mut tr);
            apart.hear([&l, &r], [&tl, &tr]);
        }
        let db = apart.db();
        assert!(db < DIFFERENCE_DB, "{}: {db:.1} dB of difference", font.name());
    }
}

/// One loud note, held and then cut off, so that the bus is heard by itself as well. (Of faint notes rustysynth
/// sends nothing to the bus at all.)
#[test]
fn reverb_and_chorus_sound_as_rustysynths_do() {
    let font = SoundFont::built_in();
    let (mut ours, mut theirs) = (Synth::new(&font, 44_100).unwrap(), theirs(&font, true));
    let send = [91, 93, 7].map(|number| Message::Controller { number, value: 127 });
    let start = [Message::Program(16), Message::NoteOn { pitch: 60, velocity: 127 }];
    for message in send.into_iter().chain(start) {
        ours.apply(0, message);
        tell(&mut theirs, 0, message);
    }
    let (mut held, mut after) = (Apart::default(), Apart::default());
    for block in 0..44_100 / BLOCK {
        if block == 22_050 / BLOCK {
            let cut = Message::Controller { number: 120, value: 0 };
            ours.apply(0, cut);
            tell(&mut theirs, 0, cut);
        }
        let (mut l, mut r) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (mut tl, mut tr) = ([0.0; BLOCK], [0.0; BLOCK]);
        ours.render(&mut l, &mut r);
        theirs.render(&mut tl, &mut tr);
        let part = if block < 22_050 / BLOCK { &mut held } else { &mut after };
        part.hear([&l, &r], [&tl, &tr]);
    }
    assert!(held.db() < -60.0 && after.db() < -60.0, "{:.1} and {:.1} dB of difference", held.db(), after.db());
}

/// Fonts that Debian packages install: timgm6mb-soundfont, fluid-soundfont-gm.
#[test]
fn debians_fonts_load_and_play() {
    for name in ["TimGM6mb.sf2", "FluidR3_GM.sf2"] {
        let path = Path::new("/usr/share/sounds/sf2").join(name);
        if !path.exists() {
            eprintln!("skipped: {} is not installed", path.display());
            continue;
        }
        let font = SoundFont::open(&path).unwrap();
        assert!(font.n_presets() >= 128, "{name}: {} presets", font.n_presets());
        let mut synth = Synth::new(&font, 48_000).unwrap();
        for (channel, program) in [(0, 0), (1, 40), (2, 73), (9, 0)] {
            synth.apply(channel, Message::Program(program));
            synth.apply(channel, Message::NoteOn { pitch: 48, velocity: 100 });
            let mut power = 0.0;
            for _ in 0..1500 {
                let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
                synth.render(&mut left, &mut right);
                power += left.iter().chain(&right).map(|x| x * x).sum::<f32>();
            }
            assert!(power.is_finite() && power > 1.0, "{name}, program {program}: {power}");
            synth.reset();
        }
    }
}
