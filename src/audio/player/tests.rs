//! What the handle promises: it plays on whatever happens to the device, and says what happened.

use super::*;
use crate::audio::bank::BUILT_IN;
use crate::audio::clocked::Clocked;
use crate::audio::devices::DeviceName;
use crate::audio::ports::Output as PortOutput;
use crate::music::text;
use std::sync::mpsc;

fn long() -> Arc<Score> {
    Arc::new(text::parse("melody | 0 96000 c4").unwrap())
}

fn playing_on(clock: &Clocked) -> Player {
    let mut player = Player::on(Some(clock.host_maker()));
    player.reopen();
    player.wait();
    player.load(long(), &[]);
    player
}

#[test]
fn without_a_device_it_keeps_its_place_and_says_so() {
    let mut player = Player::silent();
    assert!(player.status().silent && player.status().sentence.starts_with("Playing without sound"));
    player.load(long(), &[]);
    player.seek(480);
    assert!(!player.is_playing());
    assert_eq!(player.position(), 480.0);
    player.play(960);
    assert!(player.is_playing());
    assert!(player.position() >= 960.0);
    player.audition(0, false, 60, 90, 100);
    player.panic();
    player.set_volume(0.5);
    player.stop();
    assert!(!player.is_playing());
    assert!(player.set_soundfont(b"nonsense".to_vec()).is_err());
    player.set_soundfont(BUILT_IN.to_vec()).unwrap();
    player.look_for_devices();
    assert!(player.poll().is_empty() && player.devices().is_empty());
}

#[test]
fn a_device_that_goes_away_gives_way_to_the_default_and_the_music_goes_on() {
    let clock = Clocked::new(&["Desk", "Phones"], 48_000, 256);
    let mut player = playing_on(&clock);
    let status = player.status();
    assert_eq!((status.device.as_deref(), status.silent), (Some("Desk"), false));
    assert!(status.sentence.contains("48000 Hz"), "{}", status.sentence);
    player.play(0);
    (0..100).for_each(|_| drop(clock.step(0).unwrap()));
    assert!(player.is_playing() && player.position() > 20.0);
    assert!(player.take_level()[0] > 0.01);

    clock.unplug(0);
    assert!(player.poll().is_empty(), "the next device is being opened");
    assert!(player.is_playing(), "time goes on meanwhile");
    let news = player.wait();
    assert_eq!(news.len(), 1);
    assert!(news[0].starts_with("Desk went away. Playing through Phones"), "{news:?}");
    assert!(clock.step(1).is_some());
    assert!(player.is_playing());
    assert!(player.position() > 20.0);

    clock.unplug(1);
    player.poll();
    let news = player.wait();
    assert!(news[0].starts_with("Phones went away. Playing without sound: no sound device"), "{news:?}");
    assert!(player.status().silent && player.is_playing());
}

#[test]
fn device_rate_and_buffer_are_chosen_while_it_plays_and_what_cannot_be_had_is_told() {
    let clock = Clocked::new(&["Desk", "Phones"], 48_000, 256);
    let mut player = playing_on(&clock);
    player.play(480);
    let phones = DeviceName { id: "custom:Phones".into(), name: "Phones".into() };
    player.set_sound(&SoundSettings { device: Some(phones), sample_rate: None, buffer_frames: Some(1024) });
    assert!(player.wait().is_empty());
    assert_eq!(player.status().device.as_deref(), Some("Phones"));
    assert_eq!(clock.step(1).map(|b| b.len()), Some(2048));
    assert!(clock.step(0).is_none(), "the old device is let go");
    assert!(player.is_playing());

    let gone = DeviceName { id: "custom:Attic".into(), name: "Attic".into() };
    player.set_sound(&SoundSettings { device: Some(gone), sample_rate: Some(44_100), buffer_frames: Some(16) });
    let news = player.wait().join(" ");
    for part in ["Attic is not there", "cannot play at 44100 Hz", "256 to 8192 frames"] {
        assert!(news.contains(part), "{news}");
    }
    assert_eq!(player.status().device.as_deref(), Some("Desk"));
}

#[test]
fn devices_are_listed_the_default_first() {
    let clock = Clocked::new(&["Desk", "Phones", "Phones"], 48_000, 256);
    let found = super::super::devices::list(&clock.host_maker());
    let names: Vec<&str> = found.iter().map(|d| d.device.name.as_str()).collect();
    assert_eq!(names, ["Desk", "Phones"], "what has one id is one device");
    assert!(found[0].is_default && found[0].rates == [48_000]);
}

#[test]
fn what_is_played_by_hand_comes_back_with_the_place_that_was_heard() {
    let clock = Clocked::new(&["Desk"], 48_000, 256);
    let mut player = playing_on(&clock);
    player.play(0);
    (0..375).for_each(|_| drop(clock.step(0)));
    player.play_by_hand(Message::NoteOn { pitch: 60, velocity: 90 });
    let played = player.take_played();
    assert_eq!(played.len(), 1);
    // Two seconds were rendered at 48 ticks a second; the card plays a buffer behind, and here far
    // faster than the clock on the wall.
    let heard = player.heard(played[0].at);
    let anchor_only = player.position() - 2.0 * 256.0 / 1000.0;
    assert!(heard >= anchor_only - 0.1, "{heard} {anchor_only}");
    assert!(player.take_played().is_empty());
}

#[test]
fn a_midi_port_hears_the_music_where_there_is_no_device() {
    let clock = Clocked::new(&["Desk"], 48_000, 256);
    clock.unplug(0);
    let mut player = Player::on(Some(clock.host_maker()));
    let (told, port) = mpsc::channel();
    player.ports.output = Some(PortOutput::start(move |bytes| drop(told.send(bytes.to_vec()))));
    player.load(long(), &[]);
    player.reopen();
    assert!(player.wait().is_empty());
    assert!(player.status().silent, "{}", player.status().sentence);
    player.play(0);
    assert!(port.iter().any(|b| b[0] == 0x90 && b[1] == 60), "the port is told of the note");
    drop(player);
    assert!(port.iter().any(|b| b == [0xB0, 123, 0]), "and that it ends");
}
