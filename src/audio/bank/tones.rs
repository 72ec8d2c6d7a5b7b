//! Every tone of the bank with the keys it is made at: (lowest, highest, distance).

use super::sound::Sound;
use super::{bars, bowed, brass, effects, keys, organs, plucked, synths, winds};

/// A sound sampled over the keyboard. Recipes may share one.
pub struct Tone {
    pub name: &'static str,
    pub make: fn(u8) -> Sound,
    pub keys: (u8, u8, u8),
}

macro_rules! tones {
    ($($name:ident = $make:path, $low:literal, $high:literal, $step:literal;)*) => {
        $(pub static $name: Tone = Tone { name: stringify!($name), make: $make, keys: ($low, $high, $step) };)*
    };
}

tones! {
    PIANO_LEFT = keys::piano_left, 24, 104, 5;
    PIANO_RIGHT = keys::piano_right, 24, 104, 5;
    TINE = keys::tine_piano, 30, 90, 10;
    FM = keys::fm_piano, 30, 90, 12;
    HARPSICHORD = keys::harpsichord, 31, 85, 9;
    CLAVINET = keys::clavinet, 34, 84, 10;
    CELESTA = bars::celesta, 60, 100, 10;
    GLOCKENSPIEL = bars::glockenspiel, 72, 102, 10;
    MUSIC_BOX = bars::music_box, 62, 98, 12;
    VIBRAPHONE = bars::vibraphone, 53, 86, 11;
    MARIMBA = bars::marimba, 45, 90, 9;
    XYLOPHONE = bars::xylophone, 65, 101, 12;
    TUBULAR = bars::tubular_bell, 58, 78, 10;
    TINKLE = bars::tinkle_bell, 72, 96, 12;
    KALIMBA = bars::kalimba, 55, 88, 11;
    STEEL_DRUM = bars::steel_drum, 52, 85, 11;
    TIMPANI = bars::timpani, 40, 56, 8;
    TAIKO = bars::taiko, 38, 62, 12;
    MELODIC_TOM = bars::melodic_tom, 40, 76, 12;
    AGOGO = bars::agogo, 64, 88, 12;
    WOOD_BLOCK = bars::wood_block, 60, 84, 12;
    DRAWBAR = organs::drawbar_organ, 34, 90, 14;
    ROCK_ORGAN = organs::rock_organ, 34, 90, 14;
    PERCUSSIVE = organs::percussive_organ, 36, 92, 14;
    CHURCH = organs::church_organ, 34, 90, 8;
    REED_ORGAN = organs::reed_organ, 42, 84, 14;
    ACCORDION = organs::accordion, 45, 87, 10;
    BANDONEON = organs::bandoneon, 45, 81, 12;
    HARMONICA = organs::harmonica, 55, 88, 11;
    BAGPIPE = organs::bagpipe, 48, 84, 12;
    NYLON = plucked::nylon_guitar, 42, 84, 7;
    STEEL = plucked::steel_guitar, 42, 84, 7;
    JAZZ = plucked::jazz_guitar, 42, 78, 9;
    CLEAN = plucked::electric_guitar, 42, 82, 8;
    MUTED = plucked::muted_guitar, 42, 78, 9;
    HARMONICS = plucked::harmonics, 52, 85, 11;
    UPRIGHT = plucked::upright_bass, 28, 58, 10;
    FINGER = plucked::finger_bass, 28, 58, 10;
    PICKED = plucked::picked_bass, 28, 58, 10;
    FRETLESS = plucked::fretless_bass, 28, 58, 10;
    SLAP = plucked::slap_bass, 28, 58, 10;
    HARP = plucked::harp, 30, 90, 10;
    PIZZICATO = plucked::pizzicato, 36, 88, 10;
    BANJO = plucked::banjo, 48, 81, 11;
    KOTO = plucked::koto, 48, 81, 11;
    SITAR = plucked::sitar, 45, 78, 11;
    VIOLIN = bowed::violin, 57, 93, 6;
    CELLO = bowed::cello, 29, 74, 9;
    STRINGS = bowed::strings, 34, 90, 8;
    SYNTH_STRINGS = bowed::synth_strings, 40, 84, 11;
    CHOIR = bowed::choir, 44, 84, 8;
    HUM = bowed::hum, 46, 82, 9;
    SYNTH_VOICE = bowed::synth_voice, 48, 78, 10;
    TUTTI = bowed::tutti, 44, 72, 14;
    TRUMPET = brass::trumpet, 54, 86, 8;
    MUTED_TRUMPET = brass::muted_trumpet, 56, 83, 9;
    TROMBONE = brass::trombone, 36, 72, 9;
    TUBA = brass::tuba, 28, 55, 9;
    HORN = brass::horn, 38, 74, 9;
    BRASS = brass::brass_section, 40, 84, 11;
    HIGH_SAX = winds::high_sax, 52, 84, 8;
    LOW_SAX = winds::low_sax, 38, 70, 8;
    OBOE = winds::oboe, 60, 87, 9;
    ENGLISH_HORN = winds::english_horn, 54, 78, 8;
    BASSOON = winds::bassoon, 36, 69, 11;
    CLARINET = winds::clarinet, 52, 88, 9;
    FLUTE = winds::flute, 60, 96, 9;
    RECORDER = winds::recorder, 62, 95, 11;
    PAN_FLUTE = winds::pan_flute, 58, 91, 11;
    WHISTLE = winds::whistle, 66, 94, 14;
    SHAWM = winds::shawm, 56, 84, 14;
    OVERDRIVEN = synths::overdriven_guitar, 42, 78, 9;
    DISTORTED = synths::distorted_guitar, 42, 78, 9;
    SQUARE = synths::square_lead, 38, 92, 18;
    SAW = synths::saw_lead, 40, 92, 13;
    CALLIOPE = synths::calliope, 52, 88, 12;
    CHIFF = synths::chiff_lead, 52, 88, 12;
    SYNTH_BASS = synths::synth_bass, 28, 60, 8;
    PULSE_BASS = synths::pulse_bass, 28, 60, 8;
    WARM_PAD = synths::warm_pad, 43, 82, 13;
    POLY_PAD = synths::poly_pad, 43, 82, 13;
    GLASS_PAD = synths::glass_pad, 48, 84, 12;
    METAL_PAD = synths::metal_pad, 48, 84, 12;
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
