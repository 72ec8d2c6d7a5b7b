//! Every tone of the bank with the keys it is made at: (lowest, highest, distance).

use super::sound::Sound;
use super::{bars, bowed, brass, effects, keys, organs, plucked, synths, winds};

/// A sound sampled over the keyboard. Recipes may share one.
pub struct Tone {
    pub name: &'static str,
    pub make: fn(u8) -> Sound,
    pub keys: (u8, u8, u8),
}

impl Tone {
    /// The keys it is made at.
    pub fn roots(&self) -> impl Iterator<Item = u8> {
        let (low, high, step) = self.keys;
        (low..=high).step_by(step.into())
    }
}

macro_rules! tones {
    ($($name:ident = $make:path, $low:literal, $high:literal, $step:literal;)*) => {
        $(pub static $name: Tone = Tone { name: stringify!($name), make: $make, keys: ($low, $high, $step) };)*
    };
}

tones! {
    PIANO = keys::piano, 24, 104, 5;
    TINE = keys::tine_piano, 32, 88, 14;
    FM = keys::fm_piano, 34, 88, 18;
    HARPSICHORD = keys::harpsichord, 32, 84, 13;
    CLAVINET = keys::clavinet, 38, 80, 14;
    CELESTA = bars::celesta, 62, 98, 12;
    GLOCKENSPIEL = bars::glockenspiel, 74, 98, 12;
    MUSIC_BOX = bars::music_box, 64, 94, 15;
    VIBRAPHONE = bars::vibraphone, 53, 86, 11;
    MARIMBA = bars::marimba, 45, 89, 11;
    XYLOPHONE = bars::xylophone, 68, 96, 14;
    TUBULAR = bars::tubular_bell, 58, 78, 10;
    TINKLE = bars::tinkle_bell, 74, 92, 18;
    KALIMBA = bars::kalimba, 58, 86, 14;
    STEEL_DRUM = bars::steel_drum, 54, 82, 14;
    TIMPANI = bars::timpani, 40, 56, 8;
    TAIKO = bars::taiko, 38, 62, 12;
    MELODIC_TOM = bars::melodic_tom, 43, 73, 15;
    AGOGO = bars::agogo, 66, 84, 18;
    WOOD_BLOCK = bars::wood_block, 60, 84, 12;
    DRAWBAR = organs::drawbar_organ, 36, 84, 16;
    ROCK_ORGAN = organs::rock_organ, 36, 84, 16;
    PERCUSSIVE = organs::percussive_organ, 38, 86, 16;
    CHURCH = organs::church_organ, 34, 90, 14;
    REED_ORGAN = organs::reed_organ, 42, 84, 14;
    ACCORDION = organs::accordion, 46, 85, 13;
    BANDONEON = organs::bandoneon, 47, 79, 16;
    HARMONICA = organs::harmonica, 58, 84, 13;
    BAGPIPE = organs::bagpipe, 50, 82, 16;
    NYLON = plucked::nylon_guitar, 42, 81, 13;
    STEEL = plucked::steel_guitar, 42, 81, 13;
    JAZZ = plucked::jazz_guitar, 42, 75, 11;
    CLEAN = plucked::electric_guitar, 42, 81, 13;
    MUTED = plucked::muted_guitar, 42, 75, 11;
    HARMONICS = plucked::harmonics, 54, 82, 14;
    UPRIGHT = plucked::upright_bass, 28, 58, 10;
    FINGER = plucked::finger_bass, 28, 58, 10;
    PICKED = plucked::picked_bass, 28, 58, 10;
    FRETLESS = plucked::fretless_bass, 28, 58, 10;
    SLAP = plucked::slap_bass, 28, 58, 10;
    HARP = plucked::harp, 31, 91, 15;
    PIZZICATO = plucked::pizzicato, 38, 86, 12;
    BANJO = plucked::banjo, 50, 78, 14;
    KOTO = plucked::koto, 50, 78, 14;
    SITAR = plucked::sitar, 46, 74, 14;
    VIOLIN = bowed::violin, 58, 94, 9;
    CELLO = bowed::cello, 30, 72, 14;
    STRINGS = bowed::strings, 36, 88, 13;
    SYNTH_STRINGS = bowed::synth_strings, 42, 81, 13;
    CHOIR = bowed::choir, 46, 82, 12;
    HUM = bowed::hum, 48, 81, 11;
    SYNTH_VOICE = bowed::synth_voice, 50, 78, 14;
    TUTTI = bowed::tutti, 44, 72, 14;
    TRUMPET = brass::trumpet, 56, 83, 9;
    MUTED_TRUMPET = brass::muted_trumpet, 58, 82, 12;
    TROMBONE = brass::trombone, 38, 71, 11;
    TUBA = brass::tuba, 29, 53, 12;
    HORN = brass::horn, 40, 73, 11;
    BRASS = brass::brass_section, 42, 81, 13;
    HIGH_SAX = winds::high_sax, 54, 84, 10;
    LOW_SAX = winds::low_sax, 40, 70, 10;
    OBOE = winds::oboe, 62, 86, 12;
    ENGLISH_HORN = winds::english_horn, 56, 78, 11;
    BASSOON = winds::bassoon, 38, 66, 14;
    CLARINET = winds::clarinet, 53, 86, 11;
    FLUTE = winds::flute, 62, 95, 11;
    RECORDER = winds::recorder, 65, 93, 14;
    PAN_FLUTE = winds::pan_flute, 60, 88, 14;
    WHISTLE = winds::whistle, 68, 90, 22;
    SHAWM = winds::shawm, 60, 78, 18;
    OVERDRIVEN = synths::overdriven_guitar, 42, 75, 11;
    DISTORTED = synths::distorted_guitar, 42, 75, 11;
    SQUARE = synths::square_lead, 38, 92, 18;
    SAW = synths::saw_lead, 42, 87, 15;
    CALLIOPE = synths::calliope, 62, 82, 20;
    CHIFF = synths::chiff_lead, 60, 80, 20;
    SYNTH_BASS = synths::synth_bass, 28, 60, 16;
    PULSE_BASS = synths::pulse_bass, 28, 60, 16;
    WARM_PAD = synths::warm_pad, 46, 80, 17;
    POLY_PAD = synths::poly_pad, 46, 80, 17;
    GLASS_PAD = synths::glass_pad, 50, 82, 16;
    METAL_PAD = synths::metal_pad, 50, 82, 16;
    SURF = effects::surf, 60, 60, 12;
    ROTOR = effects::rotor, 60, 60, 12;
    APPLAUSE = effects::applause, 60, 60, 12;
    REVERSE = effects::reverse_cymbal, 60, 60, 12;
    FRET = effects::fret_noise, 60, 60, 12;
    BREATH = effects::breath_noise, 60, 60, 12;
    BIRD = effects::bird, 72, 72, 12;
    TELEPHONE = effects::telephone, 84, 84, 12;
    GUNSHOT = effects::gunshot, 60, 60, 12;
}
