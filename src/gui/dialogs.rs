//! File dialogs, opened on a thread of their own; the answer comes back as an action.
//!
//! Tests never come here: they push the action that a dialog would.

use super::action::{Action, Dialog};
use super::export::{Export, Form, Part};
use super::pages::library::LibraryRequest;
use super::pages::train::TrainRequest;
use super::session::{EventSender, SessionEvent};
use super::text::Text;
use crate::audio::Format;
use crate::job::reading::READABLE;
use crate::project::file::EXTENSION;
use rfd::{AsyncFileDialog, FileHandle};
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Opens `dialog`. `name` is the file name it offers, where it saves; sound is saved as `sound`.
pub fn open(
    dialog: Dialog,
    t: &'static Text,
    name: String,
    folder: Option<PathBuf>,
    sound: Format,
    events: EventSender,
) {
    let mut files = AsyncFileDialog::new();
    if let Some(folder) = folder.filter(|f| f.is_dir()) {
        files = files.set_directory(folder);
    }
    // The dialog is made here, on the window's thread, as some systems demand; it is awaited elsewhere.
    match dialog {
        Dialog::Open => {
            let all: Vec<&str> = READABLE.iter().copied().chain([EXTENSION]).collect();
            let f = files.set_title(t.cmd_open).add_filter("Cadenza, MIDI, ABC, MusicXML", &all);
            answer(f.pick_file(), events, Action::Open);
        }
        Dialog::Import => {
            let f = files.set_title(t.cmd_import).add_filter("MIDI, ABC, MusicXML", READABLE);
            answer(f.pick_file(), events, Action::Import);
        }
        Dialog::SaveAs => {
            let f = files.set_title(t.cmd_save_as).add_filter("Cadenza", &[EXTENSION]);
            answer(f.set_file_name(format!("{name}.{EXTENSION}")).save_file(), events, Action::Save);
        }
        Dialog::Export(form, part) => {
            // The form asked for comes first; the ending of the name that is given decides.
            let picture = |f: Form| matches!(f, Form::Svg | Form::Png | Form::Html);
            let others = Form::ALL.into_iter().filter(|f| *f != form && picture(*f) == picture(form));
            let mut f = files.set_file_name(format!("{name}.{}", form.about().1[0]));
            for (name, endings) in [form].into_iter().chain(others).map(Form::about) {
                f = f.add_filter(name, endings);
            }
            let f = f.set_title(if part == Part::Selection { t.cmd_export_selection } else { t.export });
            answer(f.save_file(), events, move |path| Action::Export(Export { form, part, path }));
        }
        Dialog::ExportWav => {
            let ending = sound.extension();
            let f = files.add_filter(sound.to_string(), &[ending]).set_title(t.cmd_export_wav);
            answer(f.set_file_name(format!("{name}.{ending}")).save_file(), events, Action::ExportWav);
        }
        Dialog::ChooseFont => {
            let f = files.add_filter("SoundFont", &["sf2", "sf3"]).set_title(t.fonts.other);
            answer(f.pick_file(), events, |p| Action::ChooseFont(Some(p)));
        }
        Dialog::AddFolder => answer(files.set_title(t.lib.add_folder).pick_folder(), events, |p| {
            Action::Library(LibraryRequest::AddFolder(p))
        }),
        Dialog::FindFolder(i) => answer(files.set_title(t.lib.find_folder).pick_folder(), events, move |p| {
            Action::Library(LibraryRequest::MoveFolder(i, p))
        }),
        Dialog::ExportRun(run) => {
            let f = files.add_filter("CSV", &["csv"]).set_title(t.tr.save_csv).set_file_name(format!("{run}.csv"));
            answer(f.save_file(), events, |p| Action::Train(TrainRequest::ExportCsv(run, p)));
        }
        Dialog::ExportPlot => {
            let f = files.add_filter("PNG", &["png"]).set_title(t.tr.save_png).set_file_name("training.png");
            answer(f.save_file(), events, Action::ExportPlot);
        }
        Dialog::ExportReport => {
            let f = files.add_filter("CSV", &["csv"]).set_title(t.lib.export_report).set_file_name("library.csv");
            answer(f.save_file(), events, |p| Action::Library(LibraryRequest::ExportReport(p)));
        }
    }
}

fn answer<F>(dialog: F, events: EventSender, make: impl FnOnce(PathBuf) -> Action + Send + 'static)
where
    F: Future<Output = Option<FileHandle>> + Send + 'static,
{
    thread::spawn(move || {
        let begun = Instant::now();
        match wait(dialog) {
            Some(file) => events.send(SessionEvent::Action(Box::new(make(file.path().to_owned())))),
            // Nobody cancels a dialog this fast: none was shown.
            None if begun.elapsed() < Duration::from_millis(300) => events.send(SessionEvent::NoDialog),
            None => {}
        }
    });
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread: one dialog needs no runtime.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::park();
    }
}
