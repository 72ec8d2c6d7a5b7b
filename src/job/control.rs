//! The body's side of a job: send events, look at cancel, wait while paused.

use super::Waker;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The job was told to stop. A body passes it up with `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was cancelled")]
pub struct Cancelled;

/// Between two thinned events of a kind.
const THIN: Duration = Duration::from_millis(100);

/// What owner and body share besides the messages.
#[derive(Debug, Default)]
pub(super) struct Shared {
    cancel: AtomicBool,
    paused: Mutex<bool>,
    resumed: Condvar,
}

impl Shared {
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::SeqCst);
        // The lock is taken so that a body between its look and its wait cannot miss the call.
        let _paused = lock(&self.paused);
        self.resumed.notify_all();
    }

    pub fn set_paused(&self, paused: bool) {
        *lock(&self.paused) = paused;
        self.resumed.notify_all();
    }

    pub fn is_paused(&self) -> bool {
        *lock(&self.paused)
    }
}

/// What a job's body is given. May be shared with other threads of the body.
pub struct Control<E> {
    shared: Arc<Shared>,
    send: Box<dyn Fn(E) + Send + Sync>,
    waker: Waker,
    thinner: Mutex<Thinner<E>>,
}

impl<E> Control<E> {
    pub(super) fn new(shared: Arc<Shared>, send: Box<dyn Fn(E) + Send + Sync>, waker: Waker) -> Self {
        Self { shared, send, waker, thinner: Mutex::new(Thinner { kinds: Vec::new() }) }
    }

    /// Sends an event; thinned ones that were held back go first.
    pub fn send(&self, event: E) {
        let mut thinner = lock(&self.thinner);
        thinner.take_held().into_iter().for_each(&self.send);
        (self.send)(event);
        drop(thinner);
        (self.waker)();
    }

    /// Sends an event of which only the latest matters: about ten a second of each `kind` arrive,
    /// the first and the last among them.
    pub fn send_thinned(&self, kind: &'static str, event: E) {
        // Sent under the lock, so that two threads of the body cannot change the order.
        let mut thinner = lock(&self.thinner);
        let due = thinner.offer(kind, event, Instant::now());
        let wake = due.is_some();
        due.into_iter().for_each(&self.send);
        drop(thinner);
        if wake {
            (self.waker)();
        }
    }

    /// For functions that look at a flag by themselves.
    pub fn cancel_flag(&self) -> &AtomicBool {
        &self.shared.cancel
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.cancel.load(Ordering::SeqCst)
    }

    /// For bodies that pause by themselves, keeping what they have first.
    pub fn is_paused(&self) -> bool {
        self.shared.is_paused()
    }

    /// Waits while the job is paused.
    ///
    /// # Errors
    /// [`Cancelled`] once the job is told to stop, also while it is paused.
    pub fn checkpoint(&self) -> Result<(), Cancelled> {
        if self.shared.is_paused() {
            // Nothing more comes for now: what was held back is the latest.
            self.flush();
        }
        let mut paused = lock(&self.shared.paused);
        while *paused && !self.shared.cancel.load(Ordering::SeqCst) {
            paused = self.shared.resumed.wait(paused).unwrap_or_else(PoisonError::into_inner);
        }
        if self.shared.cancel.load(Ordering::SeqCst) { Err(Cancelled) } else { Ok(()) }
    }

    /// Sends what was held back.
    pub(super) fn flush(&self) {
        let mut thinner = lock(&self.thinner);
        let held = thinner.take_held();
        let wake = !held.is_empty();
        held.into_iter().for_each(&self.send);
        drop(thinner);
        if wake {
            (self.waker)();
        }
    }
}

/// Holds back events that come too fast, each kind by itself.
struct Thinner<E> {
    kinds: Vec<Kind<E>>,
}

struct Kind<E> {
    name: &'static str,
    sent: Instant,
    held: Option<E>,
}

impl<E> Thinner<E> {
    /// The event, if it may go now; otherwise it is held and replaces the one held before.
    fn offer(&mut self, name: &'static str, event: E, now: Instant) -> Option<E> {
        let Some(kind) = self.kinds.iter_mut().find(|k| k.name == name) else {
            self.kinds.push(Kind { name, sent: now, held: None });
            return Some(event);
        };
        if now.duration_since(kind.sent) < THIN {
            kind.held = Some(event);
            return None;
        }
        (kind.sent, kind.held) = (now, None);
        Some(event)
    }

    fn take_held(&mut self) -> Vec<E> {
        self.kinds.iter_mut().filter_map(|k| k.held.take()).collect()
    }
}

/// A panic elsewhere is reported elsewhere; these few fields are whole at any moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_thinned_by_themselves_and_the_latest_is_held() {
        let mut thinner = Thinner { kinds: Vec::new() };
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(thinner.offer("a", 1, at(0)), Some(1));
        assert_eq!(thinner.offer("a", 2, at(10)), None);
        assert_eq!(thinner.offer("b", 3, at(20)), Some(3));
        assert_eq!(thinner.offer("a", 4, at(99)), None);
        assert_eq!(thinner.offer("a", 5, at(100)), Some(5));
        assert_eq!(thinner.take_held(), [0; 0]);
        assert_eq!(thinner.offer("a", 6, at(150)), None);
        assert_eq!(thinner.offer("b", 7, at(110)), None);
        assert_eq!(thinner.take_held(), [6, 7]);
    }
}
