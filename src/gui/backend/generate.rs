//! Takes: starts them, shows notes as they come, hands over what is done.

use crate::gui::session::{EventSender, GenerateRequest, JobView, Preview, SessionEvent};
use crate::job::{self, Job, LongestCopy, NoteWritten, Rewriting, State, TakeDone, Warm, Writing, spawn_generate};
use crate::music::{Score, Tick, Voice};
use crate::project::{Receipts, Take, TakeOriginality};
use std::path::PathBuf;
use std::sync::Arc;

pub struct GenerateJobs {
    runs: PathBuf,
    warm: Warm,
    running: Option<Running>,
}

struct Running {
    job: Job<Writing, Vec<TakeDone>>,
    of: u32,
    from_tick: i64,
    /// The first take as far as it has come.
    preview: Score,
    /// The bar line up to which it stays as it is.
    whole: Tick,
    /// Which attempt at it that is.
    attempt: u32,
    model: String,
}

impl GenerateJobs {
    pub fn new(runs: PathBuf, warm: Warm) -> Self {
        Self { runs, warm, running: None }
    }

    pub fn start(&mut self, request: GenerateRequest, events: &EventSender) {
        let cut = |p: Arc<Score>| {
            let mut primer = (*p).clone();
            primer.end = request.from_tick;
            Arc::new(primer)
        };
        // A piece that is written into is needed whole.
        let opens = request.settings.task.opens();
        let primer = request.primer.map(|p| if opens { p } else { cut(p) });
        let job = spawn_generate(
            job::GenerateRequest {
                model: job::bundled::model_at(&self.runs, &request.model),
                settings: request.settings,
                primer,
                kept: request.kept,
                takes: u64::from(request.takes),
                not_closer_than: request.not_closer_than.map(|n| n as usize),
            },
            &self.warm,
            events.waker(),
        );
        let preview = Score::new(crate::generate::take::PPQ);
        self.running = Some(Running {
            job,
            of: request.takes,
            from_tick: request.from_tick,
            preview,
            whole: 0,
            attempt: 0,
            model: request.model,
        });
    }

    pub fn stop(&mut self) {
        self.running.iter().for_each(|r| r.job.cancel());
    }

    pub fn poll(&mut self, events: &EventSender) -> Option<JobView> {
        let running = self.running.as_mut()?;
        let mut grown = false;
        for told in running.job.poll() {
            let written = match told {
                Writing::Warning(unknown) => {
                    events.send(SessionEvent::UnknownMeter(unknown));
                    continue;
                }
                Writing::Note(written) if written.take == 0 => written,
                Writing::Note(_) => continue,
            };
            grown = true;
            if running.attempt != written.attempt {
                // It came too close to a training piece and is begun again.
                running.attempt = written.attempt;
                running.preview = Score::new(crate::generate::take::PPQ);
                running.whole = 0;
            }
            running.whole = running.whole.max(written.whole);
            add(&mut running.preview, written);
        }
        if grown {
            let score = Arc::new(running.preview.clone());
            events.send(SessionEvent::Preview(Preview {
                score,
                from_tick: running.from_tick,
                whole: running.whole,
                take: 0,
                of: running.of,
            }));
        }
        if running.job.is_running() {
            return Some(JobView { name: running.model.clone(), progress: None });
        }
        let Running { job, .. } = self.running.take()?;
        let ended = match job.into_state() {
            State::Done(takes) => {
                for done in takes {
                    events.send(SessionEvent::TakeDone(Box::new(take(done))));
                }
                Ok(())
            }
            State::Failed(why) => Err(why),
            State::Cancelled | State::Running => Ok(()),
        };
        events.send(SessionEvent::GenerateEnded(ended));
        None
    }
}

fn add(score: &mut Score, written: NoteWritten) {
    let (name, role, program) = written.voice;
    let known = score.voices.iter().position(|v| v.name == name && v.role == role);
    let voice = known.unwrap_or_else(|| score.push_voice(Voice::new(name, role, program)));
    score.insert(voice, written.note);
    (score.tempos, score.meters) = (written.tempos, written.meters);
}

fn take(done: TakeDone) -> Take {
    let TakeDone { take, originality, rewriting, .. } = done;
    let mut remark = format!("{:.2} nats/note", take.mean_nats());
    let copy = originality.as_ref().and_then(|o| o.longest_copy.as_ref());
    if let Some(LongestCopy { notes, source, bar, .. }) = copy {
        remark += &format!(" · longest copy {notes} notes: {source}, bar {bar}");
    }
    let letters = take.letters.iter().map(ToString::to_string);
    for sentence in letters.chain(take.relaxations()).chain(rewriting.as_ref().and_then(Rewriting::sentence)) {
        remark += &format!(" · {sentence}");
    }
    Take {
        id: 0,
        parent: None,
        name: format!("Seed {}", take.settings.seed),
        receipts: Receipts::new(&take.score, &take.notes, &take.model),
        score: Arc::new(take.score),
        settings: take.settings,
        model: take.model,
        from_tick: take.from_tick,
        remark,
        originality: originality.map(|o| {
            let copy = o.longest_copy.unwrap_or_default();
            TakeOriginality { copied: copy.notes, source: copy.source, bar: copy.bar, percentile: o.percentile }
        }),
    }
}
