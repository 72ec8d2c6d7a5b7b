//! The General MIDI drum kit: which sound each key plays, tuned how, and who silences whom.

use super::drums;
use super::sound::Sound;

/// A sound of the kit; keys may share one at different pitches.
pub struct Drum {
    pub name: &'static str,
    pub make: fn() -> Sound,
    /// How loud in the kit, dB.
    pub gain_db: f64,
    /// (key, semitones up, pan −500…500)
    pub keys: &'static [(u8, i16, i16)],
    /// Sounds of one number silence each other; 0 is none.
    pub exclusive: i16,
}

const fn drum(name: &'static str, make: fn() -> Sound, gain_db: f64, keys: &'static [(u8, i16, i16)]) -> Drum {
    Drum { name, make, gain_db, keys, exclusive: 0 }
}

pub fn kit() -> Vec<Drum> {
    let hat = |d: Drum| Drum { exclusive: 1, ..d };
    vec![
        drum("Kick", drums::kick, 2.0, &[(35, -2, 0), (36, 0, 0)]),
        drum("Snare", drums::snare, 0.0, &[(38, 0, 0), (29, 5, 0), (30, 7, 0), (25, 2, 0)]),
        drum("Electric Snare", drums::electric_snare, 0.0, &[(40, 0, 0)]),
        drum("Rim", drums::rim, -3.0, &[(37, 0, 0), (31, 3, 0), (32, 6, 0)]),
        drum("Clap", drums::clap, -2.0, &[(39, 0, 0), (28, 2, 0)]),
        hat(drum("Closed Hat", drums::closed_hat, -9.0, &[(42, 0, 150)])),
        hat(drum("Pedal Hat", drums::pedal_hat, -11.0, &[(44, 0, 150)])),
        hat(drum("Open Hat", drums::open_hat, -9.0, &[(46, 0, 150)])),
        drum(
            "Tom",
            drums::tom,
            0.0,
            &[(41, -5, -220), (43, -2, -140), (45, 0, -60), (47, 3, 60), (48, 6, 140), (50, 9, 220)],
        ),
        drum("Crash", drums::crash, -6.0, &[(49, 0, -200), (57, -2, 200), (52, -4, 150), (55, 5, -120)]),
        drum("Ride", drums::ride, -8.0, &[(51, 0, -200), (59, -1, 200)]),
        drum("Ride Bell", drums::ride_bell, -8.0, &[(53, 0, -200)]),
        drum("Cowbell", drums::cowbell, -6.0, &[(56, 0, 100)]),
        drum("Tambourine", drums::tambourine, -8.0, &[(54, 0, -100), (58, -9, 120), (83, 4, 0)]),
        drum(
            "Hand Drum",
            drums::hand_drum,
            -2.0,
            &[
                (60, 8, 200),
                (61, 3, 200),
                (62, 0, -200),
                (63, 0, -200),
                (64, -5, -200),
                (65, 4, 120),
                (66, -1, 120),
                (86, -12, 0),
                (87, -9, 0),
            ],
        ),
        drum("Agogo", drums::agogo, -7.0, &[(67, 0, -200), (68, -4, -200)]),
        drum("Shaker", drums::shaker, -8.0, &[(69, -3, -200), (70, 0, 200), (82, 2, 100)]),
        drum("Whistle", drums::whistle, -10.0, &[(71, 0, 0), (72, 0, 0)]),
        drum("Guiro", drums::guiro, -8.0, &[(73, 5, 0), (74, 0, 0)]),
        drum(
            "Wood",
            drums::wood,
            -4.0,
            &[(75, 14, 100), (76, 0, 150), (77, -5, 150), (33, 12, 0), (34, 19, 0), (85, 7, 0), (27, 24, 0)],
        ),
        drum("Cuica", drums::cuica, -6.0, &[(78, 0, 0), (79, -5, 0)]),
        Drum { exclusive: 2, ..drum("Triangle", drums::triangle, -11.0, &[(80, 0, 100), (81, 0, 100), (84, 5, 0)]) },
    ]
}
