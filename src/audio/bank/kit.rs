//! The General MIDI drum kit, and GM2's keys around it: which sound each key plays, tuned how, and who
//! silences whom.

use super::sound::Sound;
use super::{cymbals as c, drums as d};

/// A sound of the kit; keys may share one at different pitches.
pub struct Drum {
    pub name: &'static str,
    pub make: fn() -> Sound,
    /// How loud in the kit, dB.
    pub gain_db: f64,
    /// Low-pass of the softest strokes, Hz; it opens with velocity.
    pub soft_hz: f64,
    /// (key, cents up, pan −500…500)
    pub keys: &'static [(u8, i16, i16)],
    /// Sounds of one number silence each other; 0 is none.
    pub exclusive: i16,
}

type Keys = &'static [(u8, i16, i16)];

fn drum(name: &'static str, make: fn() -> Sound, gain_db: f64, soft_hz: f64, keys: Keys) -> Drum {
    Drum { name, make, gain_db, soft_hz, keys, exclusive: 0 }
}

impl Drum {
    fn choked(self, exclusive: i16) -> Self {
        Self { exclusive, ..self }
    }
}

#[rustfmt::skip]
pub fn kit() -> Vec<Drum> {
    vec![
        drum("High Q", d::high_q, -6.0, 6000.0, &[(27, 0, 0)]),
        drum("Slap", d::slap, -4.0, 3000.0, &[(28, 0, 0)]),
        drum("Scratch Push", d::scratch_push, -6.0, 4000.0, &[(29, 0, 0)]).choked(7),
        drum("Scratch Pull", d::scratch_pull, -6.0, 4000.0, &[(30, 0, 0)]).choked(7),
        drum("Sticks", d::sticks, -5.0, 3500.0, &[(31, 0, 0)]),
        drum("Click", d::click, -7.0, 6000.0, &[(32, 700, 0), (33, 0, 0)]),
        drum("Bell Tick", c::bell_tick, -8.0, 6000.0, &[(34, 0, 0)]),
        drum("Kick Soft", d::kick_soft, -0.5, 900.0, &[(35, 0, 0)]),
        drum("Kick", d::kick, -0.5, 1300.0, &[(36, 0, 0)]),
        drum("Rim", d::rim, -3.0, 3000.0, &[(37, 0, -40)]),
        drum("Snare", d::snare, 0.0, 3200.0, &[(38, 0, 0)]),
        drum("Clap", d::clap, -2.0, 2600.0, &[(39, 0, 40)]),
        drum("Electric Snare", d::electric_snare, -0.5, 3000.0, &[(40, 0, 0)]),
        drum("Floor Tom", d::floor_tom, -0.5, 1200.0, &[(41, -200, -240), (43, 150, -150)]),
        drum("Middle Tom", d::middle_tom, -0.5, 1500.0, &[(45, -100, -60), (47, 200, 40)]),
        drum("High Tom", d::high_tom, -0.5, 1900.0, &[(48, -100, 130), (50, 200, 220)]),
        drum("Closed Hat", c::closed_hat, -8.0, 6500.0, &[(42, 0, 160)]).choked(1),
        drum("Pedal Hat", c::pedal_hat, -10.0, 6000.0, &[(44, 0, 160)]).choked(1),
        drum("Open Hat", c::open_hat, -7.0, 6500.0, &[(46, 0, 160)]).choked(1),
        drum("Crash", c::crash_cymbal, -4.0, 4500.0, &[(49, 0, -220), (57, 250, 220)]),
        drum("China", c::china, -5.0, 4000.0, &[(52, 0, 180)]),
        drum("Splash", c::splash, -5.5, 5000.0, &[(55, 0, -120)]),
        drum("Ride", c::ride, -7.0, 5000.0, &[(51, 0, -200), (59, -200, -240)]),
        drum("Ride Bell", c::ride_bell, -7.0, 5000.0, &[(53, 0, -200)]),
        drum("Tambourine", c::tambourine, -7.0, 6500.0, &[(54, 0, 100)]),
        drum("Cowbell", c::cowbell, -6.0, 3500.0, &[(56, 0, 80)]),
        drum("Vibraslap", c::vibraslap, -7.0, 5000.0, &[(58, 0, -120)]),
        drum("Bongo", d::bongo, -3.0, 2500.0, &[(60, 0, 180), (61, -550, 180)]),
        drum("Muted Conga", d::muted_conga, -3.0, 2200.0, &[(62, 0, -180)]),
        drum("Conga", d::conga, -2.0, 1800.0, &[(63, 0, -180), (64, -450, -180)]),
        drum("Timbale", d::timbale, -3.0, 3500.0, &[(65, 0, 140), (66, -500, 140)]),
        drum("Agogo", c::agogo, -7.0, 4500.0, &[(67, 0, -160), (68, -450, -160)]),
        drum("Cabasa", d::cabasa, -9.0, 7000.0, &[(69, 0, -200)]),
        drum("Maraca", d::maraca, -10.0, 7000.0, &[(70, 0, 200)]),
        drum("Short Whistle", d::short_whistle, -9.0, 6000.0, &[(71, 0, 0)]).choked(2),
        drum("Long Whistle", d::long_whistle, -9.0, 6000.0, &[(72, 0, 0)]).choked(2),
        drum("Short Guiro", d::short_guiro, -7.0, 5000.0, &[(73, 0, 100)]).choked(3),
        drum("Long Guiro", d::long_guiro, -7.0, 5000.0, &[(74, 0, 100)]).choked(3),
        drum("Claves", d::claves, -5.0, 5000.0, &[(75, 0, 120)]),
        drum("Wood Block", d::wood_block, -4.0, 3000.0, &[(76, 0, 150), (77, -550, 150)]),
        drum("Mute Cuica", d::mute_cuica, -6.0, 3000.0, &[(78, 0, -100)]).choked(4),
        drum("Open Cuica", d::open_cuica, -6.0, 3000.0, &[(79, 0, -100)]).choked(4),
        drum("Mute Triangle", c::mute_triangle, -9.0, 8000.0, &[(80, 0, 120)]).choked(5),
        drum("Open Triangle", c::open_triangle, -10.0, 8000.0, &[(81, 0, 120)]).choked(5),
        drum("Shaker", d::shaker, -9.0, 7000.0, &[(82, 0, 100)]),
        drum("Jingle Bell", c::jingle_bell, -9.0, 8000.0, &[(83, 0, -60)]),
        drum("Bell Tree", c::bell_tree, -10.0, 8000.0, &[(84, 0, 0)]),
        drum("Castanets", d::castanets, -5.0, 4000.0, &[(85, 0, 0)]),
        drum("Muted Surdo", d::muted_surdo, -1.0, 800.0, &[(86, 0, -60)]).choked(6),
        drum("Surdo", d::surdo, -1.0, 800.0, &[(87, 0, -60)]).choked(6),
    ]
}
