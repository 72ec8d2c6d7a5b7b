//! The common tonic: pieces moved to C major or A minor, so that what is learned in one key holds in all.

use super::vocabulary::is_drums;
use super::{Event, Field};
use crate::music::Key;

/// Semitones, −5…6, that bring a piece in `key` to C major or A minor.
pub fn lift_of(key: Key) -> i8 {
    let down = (i16::from(key.fifths()) * 7).rem_euclid(12) as i8;
    if down < 6 { -down } else { 12 - down }
}

/// The pitch of an event moved by `lift` semitones: as it is where the voice is drums, `None` where it
/// leaves MIDI's range.
pub fn lifted(event: &Event, lift: i8) -> Option<Event> {
    let mut out = *event;
    let slot = event.fields[Field::Voice as usize] as u8;
    if !event.is_end() && !is_drums(slot) {
        let pitch = event.fields[Field::Pitch as usize].checked_add_signed(i16::from(lift))?;
        out.fields[Field::Pitch as usize] = Some(pitch).filter(|p| *p < 128)?;
    }
    Some(out)
}

/// All events of a piece brought to the common tonic, and by how much; as they are where no key is given
/// or a note would leave MIDI's range.
pub fn brought_home(events: Vec<Event>, key: Option<Key>) -> (Vec<Event>, Option<i8>) {
    let lift = key.map(lift_of);
    let moved = lift.and_then(|lift| events.iter().map(|e| lifted(e, lift)).collect::<Option<Vec<_>>>());
    let lift = lift.filter(|_| moved.is_some());
    (moved.unwrap_or(events), lift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Mode;

    #[test]
    fn every_key_comes_to_c_major_or_a_minor() {
        for key in Key::all() {
            let lift = lift_of(key);
            assert!((-5..=6).contains(&lift), "{key}: {lift}");
            let home = if key.mode == Mode::Major { 0 } else { 9 };
            assert_eq!((i16::from(key.tonic) + i16::from(lift)).rem_euclid(12), home, "{key}");
        }
    }
}
