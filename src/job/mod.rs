//! A running task: a thread with progress, pause, cancel, and an end that is never a silent one.
//!
//! The owner polls a [`Job`]; the body talks through its [`Control`]. Knows nothing of music except
//! in the `spawn_*` functions, which the window and the command line both call with the same plain
//! settings.

mod abilities;
mod background;
mod bounce;
pub mod bundled;
mod changed;
mod control;
pub mod desktop;
mod devices;
mod estimate;
mod explain;
mod font;
pub mod generate;
mod import;
pub mod originality;
mod queue;
pub mod reading;
pub mod report;
pub mod runs;
pub mod similar;
mod source;
mod takes;
pub mod train;
mod warm;

pub use abilities::spawn_abilities;
pub use background::{continue_in_background, spawn_follow};
pub use bounce::{BounceRequest, spawn_bounce};
pub use control::{Cancelled, Control};
pub use devices::{DevicesFound, spawn_devices};
pub use estimate::{EstimateRequest, Estimated, spawn_estimate};
pub use explain::{ExplainRequest, spawn_explain, spawn_weigh};
pub use font::{spawn_find_fonts, spawn_font};
pub use generate::{GenerateRequest, NoteWritten, Rewriting, TakeDone, Writing, spawn_generate};
pub use import::{cache_folder, spawn_import};
pub use originality::{
    Among, CopiedPassage, Figures, LongestCopy, Nearest, NoPercentile, Originality, spawn_nearest, spawn_originality,
};
pub use queue::{QueueEvent, QueueRequest, QueueRow, spawn_queue, sweep};
pub use reading::{read_score, read_scores};
pub use report::{ReportOptions, TakesRequest, make_report, spawn_report, spawn_takes_report};
pub use runs::{RunInfo, RunStanding};
pub use similar::{Like, Shelf, ShelfProgress, index_of, spawn_shelf};
pub use source::Source;
pub use train::{Care, TrainRequest, model_file, spawn_train};
pub use warm::Warm;

use control::Shared;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

/// Wakes the owner of a job: there is something to poll. Called from the job's threads, at most
/// about ten times a second while events are thinned.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// A waker for owners that wait with [`Job::next_event`] or look by themselves.
pub fn no_waker() -> Waker {
    Arc::new(|| {})
}

/// How a job stands.
#[derive(Debug, PartialEq, Eq)]
pub enum State<T> {
    Running,
    Done(T),
    /// The error, or the text of the panic, as one line.
    Failed(String),
    /// It stopped because it was told to, and has nothing to give.
    Cancelled,
}

pub(crate) enum Message<E, T> {
    Event(E),
    Finished(State<T>),
}

/// A task on a thread of its own, seen from its owner. Dropping it cancels the task.
pub struct Job<E, T> {
    name: String,
    shared: Arc<Shared>,
    messages: Receiver<Message<E, T>>,
    state: State<T>,
}

impl<E: Send + 'static, T: Send + 'static> Job<E, T> {
    /// Starts `body` on a thread called `name`. An error becomes [`State::Failed`] with its chain of
    /// causes, a panic the same with its text, [`Cancelled`] anywhere in the chain [`State::Cancelled`].
    pub fn spawn(
        name: impl Into<String>,
        waker: Waker,
        body: impl FnOnce(&Control<E>) -> anyhow::Result<T> + Send + 'static,
    ) -> Self {
        let name = name.into();
        let shared = Arc::new(Shared::default());
        let (sender, messages) = channel();
        let events = sender.clone();
        let send = move |event| drop(events.send(Message::Event(event)));
        let control = Control::new(Arc::clone(&shared), Box::new(send), Arc::clone(&waker));
        let work = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| body(&control)));
            control.flush();
            let state = match outcome {
                Ok(Ok(result)) => State::Done(result),
                Ok(Err(e)) if e.chain().any(|cause| cause.is::<Cancelled>()) => State::Cancelled,
                Ok(Err(e)) => State::Failed(format!("{e:#}")),
                Err(panic) => State::Failed(panic_text(panic.as_ref())),
            };
            // Nobody may be listening any more: then nobody needs to know.
            let _ = sender.send(Message::Finished(state));
            waker();
        };
        let state = match thread::Builder::new().name(name.clone()).spawn(work) {
            Ok(_) => State::Running,
            Err(e) => State::Failed(format!("no thread for it could be started: {e}")),
        };
        Self { name, shared, messages, state }
    }
}

impl<E, T> Job<E, T> {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the events that have arrived, in order, and notices the end. Never waits.
    pub fn poll(&mut self) -> impl Iterator<Item = E> + use<E, T> {
        let mut events = Vec::new();
        loop {
            match self.messages.try_recv() {
                Ok(message) => events.extend(self.take_in(message)),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.lost();
                    break;
                }
            }
        }
        events.into_iter()
    }

    /// Waits for the next event; `None` once the job has ended.
    pub fn next_event(&mut self) -> Option<E> {
        while let State::Running = self.state {
            match self.messages.recv() {
                Ok(message) => {
                    if let Some(event) = self.take_in(message) {
                        return Some(event);
                    }
                }
                Err(_) => self.lost(),
            }
        }
        None
    }

    /// As of the last [`Job::poll`]; by then every event sent before the end has been handed out.
    pub fn state(&self) -> &State<T> {
        &self.state
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running)
    }

    /// The end, with what it brought, for an owner that is done with the job.
    pub fn into_state(mut self) -> State<T> {
        std::mem::replace(&mut self.state, State::Cancelled)
    }

    /// Asks the body to stop at its next look. It may still end as [`State::Done`] with what it has.
    pub fn cancel(&self) {
        self.shared.cancel();
    }

    /// A handle that cancels from elsewhere: the Ctrl+C handler, for one.
    pub fn canceller(&self) -> impl Fn() + Send + Sync + 'static + use<E, T> {
        let shared = Arc::clone(&self.shared);
        move || shared.cancel()
    }

    /// The body stops at its next [`Control::checkpoint`] until resumed or cancelled.
    pub fn pause(&self) {
        self.shared.set_paused(true);
    }

    pub fn resume(&self) {
        self.shared.set_paused(false);
    }

    pub fn is_paused(&self) -> bool {
        self.shared.is_paused()
    }

    fn take_in(&mut self, message: Message<E, T>) -> Option<E> {
        match message {
            Message::Event(event) => Some(event),
            Message::Finished(state) => {
                self.state = state;
                None
            }
        }
    }

    fn lost(&mut self) {
        if let State::Running = self.state {
            self.state = State::Failed("its thread ended without a word".to_owned());
        }
    }
}

impl<E, T> Drop for Job<E, T> {
    fn drop(&mut self) {
        self.shared.cancel();
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a fault in the program: {}", text.unwrap_or("no text"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, bail};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    fn ended<E, T>(mut job: Job<E, T>) -> (Vec<E>, State<T>) {
        let mut events = Vec::new();
        while let Some(event) = job.next_event() {
            events.push(event);
        }
        events.extend(job.poll());
        (events, job.into_state())
    }

    #[test]
    fn events_come_in_order_and_before_the_end() {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&wakes);
        let waker: Waker = Arc::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let job = Job::spawn("count", waker, |control: &Control<u32>| {
            (0..100).for_each(|i| control.send(i));
            Ok("done")
        });
        let (events, state) = ended(job);
        assert_eq!(events, (0..100).collect::<Vec<_>>());
        assert_eq!(state, State::Done("done"));
        assert!(wakes.load(Ordering::SeqCst) >= 100);
    }

    #[test]
    fn the_last_of_thinned_events_always_arrives() {
        let job = Job::spawn("thin", no_waker(), |control: &Control<u32>| {
            (0..10_000).for_each(|i| control.send_thinned("progress", i));
            Ok(())
        });
        let (events, _) = ended(job);
        assert_eq!(events.last(), Some(&9_999));
        assert_eq!(events.first(), Some(&0));
        assert!(events.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn errors_and_panics_are_failures_with_their_text() {
        let failing = Job::spawn("fail", no_waker(), |_: &Control<()>| -> anyhow::Result<()> {
            Err(anyhow::anyhow!("disk full")).context("writing the run")
        });
        assert_eq!(ended(failing).1, State::Failed("writing the run: disk full".into()));
        let panicking = Job::spawn("panic", no_waker(), |control: &Control<u8>| -> anyhow::Result<()> {
            control.send_thinned("x", 1);
            control.send_thinned("x", 2);
            panic!("seven is not six")
        });
        let (events, state) = ended(panicking);
        assert_eq!(events, [1, 2]);
        assert_eq!(state, State::Failed("a fault in the program: seven is not six".into()));
    }

    #[test]
    fn cancelling_stops_at_the_next_look() {
        let (go, wait) = mpsc::channel::<()>();
        let job = Job::spawn("cancel", no_waker(), move |control: &Control<()>| {
            wait.recv().context("the test is gone")?;
            control.checkpoint()?;
            bail!("it went on")
        });
        job.cancel();
        go.send(()).expect("the body waits");
        assert_eq!(ended(job).1, State::<()>::Cancelled);
    }

    #[test]
    fn what_was_finished_can_be_kept_on_cancel() {
        let (go, wait) = mpsc::channel::<()>();
        let job = Job::spawn("keep", no_waker(), move |control: &Control<()>| {
            wait.recv().context("the test is gone")?;
            Ok(control.cancel_flag().load(Ordering::Relaxed))
        });
        let cancel = job.canceller();
        cancel();
        go.send(()).expect("the body waits");
        assert_eq!(ended(job).1, State::Done(true));
    }

    #[test]
    fn a_paused_job_waits_until_it_is_resumed_or_cancelled() {
        let (go, wait) = mpsc::channel::<()>();
        let body = move |control: &Control<&'static str>| {
            wait.recv().context("the test is gone")?;
            control.send("before");
            control.checkpoint()?;
            control.send("after");
            Ok(())
        };
        let mut job = Job::spawn("pause", no_waker(), body);
        job.pause();
        go.send(()).expect("the body waits");
        assert_eq!(job.next_event(), Some("before"));
        assert!(job.is_paused() && job.is_running());
        job.resume();
        assert_eq!(ended(job), (vec!["after"], State::Done(())));

        let (go, wait) = mpsc::channel::<()>();
        let job = Job::spawn("pause", no_waker(), move |control: &Control<()>| {
            wait.recv().context("the test is gone")?;
            Ok(control.checkpoint()?)
        });
        job.pause();
        go.send(()).expect("the body waits");
        job.cancel();
        assert_eq!(ended(job).1, State::Cancelled);
    }

    #[test]
    fn dropping_a_job_cancels_it() {
        let (told, hear) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let job = Job::spawn("drop", no_waker(), move |control: &Control<()>| {
            wait.recv().context("the test is gone")?;
            told.send(control.checkpoint().is_err()).context("the test is gone")
        });
        drop(job);
        go.send(()).expect("the body waits");
        assert_eq!(hear.recv(), Ok(true));
    }
}
