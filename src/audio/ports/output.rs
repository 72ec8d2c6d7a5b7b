//! A MIDI port that hears what is played: takes messages from the audio thread's ring and sends each
//! when the sound that belongs to it is heard.

use super::bytes;
use crate::audio::sequencer::{OutMessage, Timed};
use crate::audio::shared::{Anchor, Shared};
use rtrb::Consumer;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How finely the port's thread sleeps.
const NAP: Duration = Duration::from_millis(1);

/// The audio thread that the port listens to now.
pub struct Link {
    pub ring: Consumer<Timed>,
    pub shared: Arc<Shared>,
    pub sample_rate: u32,
}

impl Link {
    /// Sends what is due by `now` (since the stream was opened).
    fn forward(&mut self, now: Duration, mut send: impl FnMut(&[u8])) {
        let anchor = self.shared.anchor();
        while let Ok(next) = self.ring.peek() {
            if due(next.at, anchor, self.sample_rate) > now {
                return;
            }
            if let Ok(timed) = self.ring.pop() {
                bytes::write(timed.message, &mut send);
            }
        }
    }
}

/// When a frame of the stream is heard, since the stream was opened.
fn due(frame: u64, anchor: Anchor, sample_rate: u32) -> Duration {
    let after = (frame as f64 - anchor.rendered as f64) / f64::from(sample_rate);
    let secs = anchor.at.as_secs_f64() + anchor.latency.as_secs_f64() + after;
    Duration::from_secs_f64(secs.max(0.0))
}

/// An open port and its thread.
pub struct Output {
    link: Arc<Mutex<Option<Link>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Output {
    /// Sends through `send` until this is dropped; then ends every note.
    pub fn start(mut send: impl FnMut(&[u8]) + Send + 'static) -> Self {
        let link: Arc<Mutex<Option<Link>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (links, stopped) = (Arc::clone(&link), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                if let Some(link) = links.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                    link.forward(link.shared.since_opened(Instant::now()), &mut send);
                }
                std::thread::sleep(NAP);
            }
            bytes::write(OutMessage::AllOff, &mut send);
        });
        Self { link, stop, thread: Some(thread) }
    }

    /// Listens to this audio thread from now on.
    pub fn listen(&self, link: Option<Link>) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A nap at most: the notes must have ended before the port is closed.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::timeline::Message;

    #[test]
    fn each_message_waits_until_its_sound_is_heard() {
        let (mut ring, consumer) = rtrb::RingBuffer::new(8);
        let shared = Arc::new(Shared::default());
        let secs = Duration::from_secs_f64;
        shared.set_anchor(Anchor { at: secs(1.0), latency: secs(0.02), rendered: 48_000, ..Anchor::default() });
        for (at, pitch) in [(48_000, 60), (48_480, 61), (49_440, 62)] {
            let message = OutMessage::Channel(0, Message::NoteOn { pitch, velocity: 80 });
            ring.push(Timed { at, message }).expect("there is room");
        }
        let mut link = Link { ring: consumer, shared, sample_rate: 48_000 };
        let mut sent = |now| {
            let mut pitches = Vec::new();
            link.forward(secs(now), |b| pitches.push(b[1]));
            pitches
        };
        assert!(sent(1.01).is_empty());
        assert_eq!(sent(1.021), [60]);
        assert_eq!(sent(1.0501), [61, 62]);
    }

    #[test]
    fn a_closed_port_leaves_no_note_sounding() {
        let (told, heard) = std::sync::mpsc::channel();
        drop(Output::start(move |b| told.send(b.to_vec()).expect("the test listens")));
        assert!(heard.iter().any(|b| b == [0xB0, 123, 0]));
    }
}
