//! How each instrument of the bank is played: which sound, over which keys, with what envelope,
//! brightness, vibrato and level; and which instrument plays each General MIDI program.

use super::font::generator as g;
use super::sound::Sound;
use super::{struck, sustained};

/// A sound sampled over the keyboard. Recipes may share one.
pub struct Tone {
    pub make: fn(u8) -> Sound,
    /// Keys of the lowest and highest sample, and the distance between samples.
    pub keys: (u8, u8, u8),
}

pub struct Recipe {
    pub name: &'static str,
    pub tone: &'static Tone,
    /// Seconds; for struck things 0: the blow is in the sample.
    pub attack: f64,
    /// Seconds to silence (−60 dB) where the sound would not decay by itself or should faster.
    pub decay: Option<f64>,
    /// Seconds from note-off to −60 dB.
    pub release: f64,
    /// Low-pass of a soft note (velocity 1–52) at middle C in Hz; twice that for a middling one; none above 84.
    pub soft_hz: Option<f64>,
    /// Hz, cents, seconds until it sets in.
    pub vibrato: Option<(f64, i16, f64)>,
    /// Percent of reverb and chorus on top of the channel's.
    pub sends: (i16, i16),
    /// Trim found by measuring, so that instruments are equally loud.
    pub gain_db: f64,
    pub extra: &'static [(u16, i16)],
}

const fn tone(make: fn(u8) -> Sound, keys: (u8, u8, u8)) -> Tone {
    Tone { make, keys }
}

static PIANO: Tone = tone(struck::piano, (24, 106, 6));
static EPIANO: Tone = tone(struck::electric_piano, (32, 92, 10));
static HARPSICHORD: Tone = tone(struck::harpsichord, (34, 86, 9));
static NYLON: Tone = tone(struck::nylon_guitar, (42, 86, 9));
static STEEL: Tone = tone(struck::steel_guitar, (42, 86, 9));
static EGUITAR: Tone = tone(struck::electric_guitar, (42, 86, 9));
static BASS: Tone = tone(struck::bass, (28, 60, 8));
static HARP: Tone = tone(struck::harp, (31, 91, 12));
static BRIGHT: Tone = tone(struck::bright_pluck, (46, 82, 9));
static PIZZICATO: Tone = tone(struck::pizzicato, (38, 88, 10));
static CELESTA: Tone = tone(struck::celesta, (66, 96, 15));
static GLOCKENSPIEL: Tone = tone(struck::glockenspiel, (70, 98, 14));
static VIBRAPHONE: Tone = tone(struck::vibraphone, (53, 83, 15));
static MARIMBA: Tone = tone(struck::marimba, (48, 84, 12));
static XYLOPHONE: Tone = tone(struck::xylophone, (68, 96, 14));
static TUBULAR: Tone = tone(struck::tubular_bell, (55, 73, 9));
static KALIMBA: Tone = tone(struck::kalimba, (57, 87, 15));
static STEEL_DRUM: Tone = tone(struck::steel_drum, (55, 85, 10));
static TIMPANI: Tone = tone(struck::timpani, (38, 56, 9));
static SKIN: Tone = tone(struck::skin, (40, 64, 12));
static BLOCK: Tone = tone(struck::block, (60, 84, 12));
static ORGAN: Tone = tone(sustained::drawbar_organ, (34, 94, 10));
static CHURCH: Tone = tone(sustained::church_organ, (36, 92, 8));
static ACCORDION: Tone = tone(sustained::accordion, (44, 90, 8));
static HARMONICA: Tone = tone(sustained::harmonica, (48, 90, 7));
static VIOLIN: Tone = tone(sustained::violin, (40, 96, 7));
static STRINGS: Tone = tone(sustained::strings, (36, 92, 8));
static CHOIR: Tone = tone(sustained::choir, (43, 85, 7));
static HUM: Tone = tone(sustained::hum, (45, 81, 9));
static TRUMPET: Tone = tone(sustained::trumpet, (52, 87, 7));
static TROMBONE: Tone = tone(sustained::trombone, (28, 76, 7));
static HORN: Tone = tone(sustained::horn, (33, 79, 7));
static BRASS: Tone = tone(sustained::brass_section, (36, 84, 8));
static SAX: Tone = tone(sustained::saxophone, (40, 82, 7));
static OBOE: Tone = tone(sustained::oboe, (55, 90, 7));
static BASSOON: Tone = tone(sustained::bassoon, (34, 76, 6));
static CLARINET: Tone = tone(sustained::clarinet, (53, 88, 7));
static FLUTE: Tone = tone(sustained::flute, (60, 96, 7));
static PIPE: Tone = tone(sustained::pipe, (62, 98, 9));
static BAGPIPE: Tone = tone(sustained::bagpipe, (48, 90, 7));
static SQUARE: Tone = tone(sustained::square_lead, (34, 94, 12));
static SAW: Tone = tone(sustained::saw_lead, (42, 92, 10));
static SYNTH_BASS: Tone = tone(sustained::synth_bass, (28, 64, 6));
static PAD: Tone = tone(sustained::pad, (43, 79, 12));
static DISTORTED: Tone = tone(sustained::distorted_guitar, (42, 84, 7));
static NOISE: Tone = tone(sustained::noise, (60, 60, 12));
static SINE: Tone = tone(sustained::sine, (60, 96, 12));

const fn struck_recipe(name: &'static str, tone: &'static Tone, release: f64, soft_hz: f64, gain_db: f64) -> Recipe {
    Recipe {
        name,
        tone,
        attack: 0.0,
        decay: None,
        release,
        soft_hz: Some(soft_hz),
        vibrato: None,
        sends: (0, 0),
        gain_db,
        extra: &[],
    }
}

const fn sustained_recipe(
    name: &'static str,
    tone: &'static Tone,
    attack: f64,
    release: f64,
    vibrato: Option<(f64, i16, f64)>,
    gain_db: f64,
) -> Recipe {
    Recipe {
        name,
        tone,
        attack,
        decay: None,
        release,
        soft_hz: Some(1400.0),
        vibrato,
        sends: (0, 0),
        gain_db,
        extra: &[],
    }
}

const FILTER_OPENS: &[(u16, i16)] =
    &[(g::FILTER_CUTOFF, 8400), (g::MOD_ENV_TO_FILTER, 3600), (g::ATTACK_MOD_ENV, -4200)];
const FILTER_CLOSES: &[(u16, i16)] =
    &[(g::FILTER_CUTOFF, 7200), (g::MOD_ENV_TO_FILTER, 3600), (g::DECAY_MOD_ENV, -1200), (g::SUSTAIN_MOD_ENV, 800)];
const SLOW_WAH: &[(u16, i16)] = &[(g::FILTER_CUTOFF, 7600), (g::MOD_ENV_TO_FILTER, 2800), (g::ATTACK_MOD_ENV, 1500)];
const TREMOLO: &[(u16, i16)] = &[(g::MOD_LFO_TO_VOLUME, 25), (g::FREQ_MOD_LFO, -560)];
const CHOPPED: &[(u16, i16)] =
    &[(g::MOD_LFO_TO_VOLUME, 160), (g::FREQ_MOD_LFO, 480), (g::FILTER_CUTOFF, 7000), (g::SCALE_TUNING, 0)];
const SURF: &[(u16, i16)] =
    &[(g::MOD_LFO_TO_VOLUME, 90), (g::FREQ_MOD_LFO, -6400), (g::FILTER_CUTOFF, 8800), (g::SCALE_TUNING, 0)];
const FLAT: &[(u16, i16)] = &[(g::SCALE_TUNING, 0)];
const BIRD: &[(u16, i16)] = &[(g::MOD_LFO_TO_PITCH, 500), (g::FREQ_MOD_LFO, 700), (g::COARSE_TUNE, 24)];
const BELL_PHONE: &[(u16, i16)] = &[(g::MOD_LFO_TO_VOLUME, 200), (g::FREQ_MOD_LFO, 1500), (g::COARSE_TUNE, 12)];
const HONKY: &[(u16, i16)] = &[(g::CHORUS, 250), (g::MOD_LFO_TO_PITCH, 5), (g::FREQ_MOD_LFO, -1200)];

/// Index of each into [`recipes`], so that the program table reads as names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[rustfmt::skip]
enum I {
    Piano, Honky, EPiano, Harpsichord, Clavi, Celesta, Glocken, MusicBox, Vibes, Marimba, Xylo, Tubular, Dulcimer,
    Organ, Church, Accordion, Harmonica, Nylon, Steel, Electric, Muted, Distorted, UprightBass, FingerBass, SynthBass,
    Violin, Tremolo, Pizzicato, Harp, Timpani, Strings, SlowStrings, Choir, Hum, Hit, Trumpet, Trombone, Tuba, MutedTrumpet,
    Horn, Brass, SynthBrass, Sax, Oboe, EnglishHorn, Bassoon, Clarinet, Flute, Pipe, Square, Saw, PluckLead, Pad, SweepPad,
    GlassPad, Sitar, Banjo, Koto, Kalimba, Bagpipe, SteelDrum, Block, Skin, Reverse, Fret, Breath, Surf, Bird, Phone,
    Chopper, Applause, Shot,
}

pub fn recipes() -> Vec<Recipe> {
    let s = struck_recipe;
    let t = sustained_recipe;
    let slow = Some((4.8, 9, 0.35));
    let warm = Some((5.3, 14, 0.3));
    let table = vec![
        (I::Piano, s("Grand Piano", &PIANO, 0.38, 1500.0, 0.0)),
        (I::Honky, Recipe { extra: HONKY, ..s("Honky-tonk Piano", &PIANO, 0.38, 1800.0, 0.0) }),
        (I::EPiano, Recipe { extra: TREMOLO, sends: (0, 12), ..s("Electric Piano", &EPIANO, 0.3, 900.0, 0.0) }),
        (I::Harpsichord, s("Harpsichord", &HARPSICHORD, 0.22, 5000.0, 0.0)),
        (I::Clavi, Recipe { decay: Some(2.0), ..s("Clavinet", &HARPSICHORD, 0.12, 1500.0, 0.0) }),
        (I::Celesta, s("Celesta", &CELESTA, 1.0, 2500.0, 0.0)),
        (I::Glocken, s("Glockenspiel", &GLOCKENSPIEL, 2.0, 3500.0, 0.0)),
        (I::MusicBox, Recipe { decay: Some(1.6), ..s("Music Box", &GLOCKENSPIEL, 1.5, 2200.0, 0.0) }),
        (I::Vibes, Recipe { extra: TREMOLO, sends: (8, 0), ..s("Vibraphone", &VIBRAPHONE, 0.9, 1600.0, 0.0) }),
        (I::Marimba, s("Marimba", &MARIMBA, 0.8, 1500.0, 0.0)),
        (I::Xylo, s("Xylophone", &XYLOPHONE, 0.6, 2500.0, 0.0)),
        (I::Tubular, Recipe { sends: (15, 0), ..s("Tubular Bells", &TUBULAR, 3.0, 2500.0, 0.0) }),
        (I::Dulcimer, Recipe { sends: (5, 8), ..s("Dulcimer", &STEEL, 1.2, 2500.0, 0.0) }),
        (I::Organ, t("Drawbar Organ", &ORGAN, 0.006, 0.09, Some((6.2, 4, 0.0)), 0.0)),
        (I::Church, Recipe { sends: (25, 0), soft_hz: None, ..t("Church Organ", &CHURCH, 0.04, 0.35, None, 0.0) }),
        (I::Accordion, t("Accordion", &ACCORDION, 0.03, 0.12, None, 0.0)),
        (I::Harmonica, t("Harmonica", &HARMONICA, 0.04, 0.12, Some((5.0, 8, 0.2)), 0.0)),
        (I::Nylon, s("Nylon Guitar", &NYLON, 0.35, 1300.0, 0.0)),
        (I::Steel, s("Steel Guitar", &STEEL, 0.35, 1900.0, 0.0)),
        (I::Electric, Recipe { sends: (0, 15), ..s("Clean Guitar", &EGUITAR, 0.25, 1500.0, 0.0) }),
        (I::Muted, Recipe { decay: Some(0.5), ..s("Muted Guitar", &EGUITAR, 0.08, 900.0, 0.0) }),
        (I::Distorted, Recipe { decay: Some(14.0), ..t("Overdriven Guitar", &DISTORTED, 0.0, 0.15, warm, 0.0) }),
        (I::UprightBass, s("Upright Bass", &BASS, 0.2, 500.0, 0.0)),
        (I::FingerBass, s("Electric Bass", &BASS, 0.14, 1200.0, 0.0)),
        (I::SynthBass, Recipe { extra: FILTER_CLOSES, ..t("Synth Bass", &SYNTH_BASS, 0.0, 0.1, None, 0.0) }),
        (I::Violin, t("Solo Strings", &VIOLIN, 0.07, 0.2, warm, 0.0)),
        (
            I::Tremolo,
            Recipe {
                extra: &[(g::MOD_LFO_TO_VOLUME, 60), (g::FREQ_MOD_LFO, 240)],
                ..t("Tremolo Strings", &STRINGS, 0.08, 0.4, None, 0.0)
            },
        ),
        (I::Pizzicato, s("Pizzicato Strings", &PIZZICATO, 0.6, 1200.0, 0.0)),
        (I::Harp, Recipe { sends: (8, 0), ..s("Harp", &HARP, 2.2, 1800.0, 0.0) }),
        (I::Timpani, Recipe { sends: (12, 0), ..s("Timpani", &TIMPANI, 1.2, 500.0, 0.0) }),
        (I::Strings, Recipe { sends: (10, 0), ..t("String Ensemble", &STRINGS, 0.11, 0.5, None, 0.0) }),
        (I::SlowStrings, Recipe { sends: (15, 10), ..t("Slow Strings", &STRINGS, 0.35, 0.8, None, 0.0) }),
        (I::Choir, Recipe { sends: (15, 0), ..t("Choir Aahs", &CHOIR, 0.14, 0.5, Some((4.6, 7, 0.4)), 0.0) }),
        (I::Hum, Recipe { sends: (15, 0), ..t("Voice Oohs", &HUM, 0.12, 0.45, Some((4.6, 9, 0.4)), 0.0) }),
        (I::Hit, Recipe { decay: Some(0.9), sends: (20, 0), ..t("Orchestra Hit", &BRASS, 0.0, 0.4, None, 0.0) }),
        (I::Trumpet, Recipe { extra: FILTER_OPENS, soft_hz: None, ..t("Trumpet", &TRUMPET, 0.035, 0.13, slow, 0.0) }),
        (I::Trombone, Recipe { extra: FILTER_OPENS, soft_hz: None, ..t("Trombone", &TROMBONE, 0.05, 0.16, slow, 0.0) }),
        (I::Tuba, t("Tuba", &TROMBONE, 0.06, 0.18, None, 0.0)),
        (
            I::MutedTrumpet,
            Recipe { extra: &[(g::FILTER_CUTOFF, 9600)], ..t("Muted Trumpet", &OBOE, 0.03, 0.12, slow, 0.0) },
        ),
        (I::Horn, Recipe { sends: (12, 0), ..t("French Horn", &HORN, 0.07, 0.25, slow, 0.0) }),
        (I::Brass, Recipe { extra: FILTER_OPENS, soft_hz: None, ..t("Brass Section", &BRASS, 0.04, 0.2, None, 0.0) }),
        (I::SynthBrass, Recipe { extra: FILTER_OPENS, soft_hz: None, ..t("Synth Brass", &SAW, 0.03, 0.25, None, 0.0) }),
        (I::Sax, t("Saxophone", &SAX, 0.035, 0.14, warm, 0.0)),
        (I::Oboe, t("Oboe", &OBOE, 0.04, 0.13, warm, 0.0)),
        (
            I::EnglishHorn,
            Recipe { extra: &[(g::FILTER_CUTOFF, 9700)], ..t("English Horn", &OBOE, 0.05, 0.15, warm, 0.0) },
        ),
        (I::Bassoon, t("Bassoon", &BASSOON, 0.04, 0.14, slow, 0.0)),
        (I::Clarinet, t("Clarinet", &CLARINET, 0.04, 0.14, None, 0.0)),
        (I::Flute, t("Flute", &FLUTE, 0.05, 0.15, Some((5.0, 10, 0.3)), 0.0)),
        (I::Pipe, t("Pipe", &PIPE, 0.03, 0.14, Some((5.2, 8, 0.4)), 0.0)),
        (I::Square, t("Square Lead", &SQUARE, 0.004, 0.12, Some((5.6, 8, 0.3)), 0.0)),
        (I::Saw, t("Saw Lead", &SAW, 0.004, 0.14, None, 0.0)),
        (I::PluckLead, Recipe { decay: Some(3.0), extra: FILTER_CLOSES, ..t("Pluck Lead", &SAW, 0.0, 0.3, None, 0.0) }),
        (I::Pad, Recipe { sends: (20, 20), ..t("Warm Pad", &PAD, 0.4, 1.1, None, 0.0) }),
        (
            I::SweepPad,
            Recipe { sends: (20, 20), extra: SLOW_WAH, soft_hz: None, ..t("Sweep Pad", &PAD, 0.3, 1.2, None, 0.0) },
        ),
        (I::GlassPad, Recipe { sends: (25, 25), decay: Some(5.0), ..s("Glass Pad", &CELESTA, 1.6, 3000.0, 0.0) }),
        (I::Sitar, Recipe { sends: (6, 20), ..s("Sitar", &BRIGHT, 0.8, 3000.0, 0.0) }),
        (I::Banjo, Recipe { decay: Some(1.1), ..s("Banjo", &BRIGHT, 0.25, 2800.0, 0.0) }),
        (I::Koto, s("Koto", &BRIGHT, 0.9, 1800.0, 0.0)),
        (I::Kalimba, s("Kalimba", &KALIMBA, 1.0, 1700.0, 0.0)),
        (I::Bagpipe, Recipe { soft_hz: None, ..t("Bagpipe", &BAGPIPE, 0.03, 0.1, None, 0.0) }),
        (I::SteelDrum, s("Steel Drums", &STEEL_DRUM, 0.7, 2000.0, 0.0)),
        (I::Block, s("Wood Block", &BLOCK, 0.5, 3000.0, 0.0)),
        (I::Skin, s("Melodic Tom", &SKIN, 1.0, 800.0, 0.0)),
        (I::Reverse, Recipe { extra: FLAT, ..t("Reverse Cymbal", &NOISE, 1.2, 0.1, None, -4.0) }),
        (I::Fret, Recipe { decay: Some(0.12), extra: FLAT, ..t("Fret Noise", &NOISE, 0.01, 0.1, None, -4.0) }),
        (I::Breath, Recipe { decay: Some(0.5), extra: FLAT, ..t("Breath Noise", &NOISE, 0.08, 0.2, None, -8.0) }),
        (I::Surf, Recipe { extra: SURF, soft_hz: None, ..t("Seashore", &NOISE, 1.5, 1.5, None, -4.0) }),
        (I::Bird, Recipe { extra: BIRD, soft_hz: None, ..t("Bird Tweet", &SINE, 0.02, 0.2, None, -6.0) }),
        (I::Phone, Recipe { extra: BELL_PHONE, soft_hz: None, ..t("Telephone", &SINE, 0.01, 0.1, None, -4.0) }),
        (I::Chopper, Recipe { extra: CHOPPED, soft_hz: None, ..t("Helicopter", &NOISE, 0.5, 0.8, None, -2.0) }),
        (I::Applause, Recipe { extra: FLAT, soft_hz: None, ..t("Applause", &NOISE, 0.6, 1.2, None, -4.0) }),
        (I::Shot, Recipe { decay: Some(0.8), extra: FLAT, ..t("Gunshot", &NOISE, 0.0, 0.6, None, 0.0) }),
    ];
    debug_assert!(table.iter().enumerate().all(|(i, (name, _))| *name as usize == i));
    table.into_iter().map(|row| row.1).collect()
}

/// Index into [`recipes`] of each General MIDI program.
#[rustfmt::skip]
pub fn recipe_of_program(program: u8) -> usize {
    use I::*;
    const TABLE: [I; 128] = [
        Piano, Piano, EPiano, Honky, EPiano, EPiano, Harpsichord, Clavi,
        Celesta, Glocken, MusicBox, Vibes, Marimba, Xylo, Tubular, Dulcimer,
        Organ, Organ, Organ, Church, Accordion, Accordion, Harmonica, Accordion,
        Nylon, Steel, Electric, Electric, Muted, Distorted, Distorted, Electric,
        UprightBass, FingerBass, FingerBass, FingerBass, FingerBass, FingerBass, SynthBass, SynthBass,
        Violin, Violin, Violin, Violin, Tremolo, Pizzicato, Harp, Timpani,
        Strings, SlowStrings, Strings, SlowStrings, Choir, Hum, Choir, Hit,
        Trumpet, Trombone, Tuba, MutedTrumpet, Horn, Brass, SynthBrass, SynthBrass,
        Sax, Sax, Sax, Sax, Oboe, EnglishHorn, Bassoon, Clarinet,
        Flute, Flute, Pipe, Pipe, Pipe, Pipe, Pipe, Pipe,
        Square, Saw, Pipe, PluckLead, PluckLead, Hum, Saw, Saw,
        GlassPad, Pad, Saw, Choir, Pad, SweepPad, Pad, SweepPad,
        GlassPad, Pad, GlassPad, GlassPad, GlassPad, SweepPad, SweepPad, SweepPad,
        Sitar, Banjo, Koto, Koto, Kalimba, Bagpipe, Violin, Oboe,
        Celesta, Block, SteelDrum, Block, Skin, Skin, Skin, Reverse,
        Fret, Breath, Surf, Bird, Phone, Chopper, Applause, Shot,
    ];
    TABLE[usize::from(program.min(127))] as usize
}
