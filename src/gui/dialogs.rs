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
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// What a dialog is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A file that is there.
    File,
    /// A folder that is there.
    Folder,
    /// A place for a new file.
    Place,
}

pub fn wants(dialog: &Dialog) -> Wants {
    match dialog {
        Dialog::Open | Dialog::Import | Dialog::ChooseFont => Wants::File,
        Dialog::AddFolder | Dialog::FindFolder(_) => Wants::Folder,
        Dialog::SaveAs
        | Dialog::Export(..)
        | Dialog::ExportWav
        | Dialog::ExportReport
        | Dialog::ExportRun(_)
        | Dialog::ExportPlot => Wants::Place,
    }
}

/// What is done with the path that was found.
pub fn answer_of(dialog: Dialog, path: PathBuf) -> Action {
    match dialog {
        Dialog::Open => Action::Open(path),
        Dialog::Import => Action::Import(path),
        Dialog::SaveAs => Action::Save(path),
        Dialog::Export(form, part) => Action::Export(Export { form, part, path }),
        Dialog::ExportWav => Action::ExportWav(path),
        Dialog::ChooseFont => Action::ChooseFont(Some(path)),
        Dialog::AddFolder => Action::Library(LibraryRequest::AddFolder(path)),
        Dialog::FindFolder(i) => Action::Library(LibraryRequest::MoveFolder(i, path)),
        Dialog::ExportRun(run) => Action::Train(TrainRequest::ExportCsv(run, path)),
        Dialog::ExportPlot => Action::ExportPlot(path),
        Dialog::ExportReport => Action::Library(LibraryRequest::ExportReport(path)),
    }
}

/// The file name that a dialog offers, for a document of this name; none where it saves nothing.
fn offered(dialog: &Dialog, name: &str, sound: Format) -> Option<String> {
    match dialog {
        Dialog::SaveAs => Some(format!("{name}.{EXTENSION}")),
        Dialog::Export(form, _) => Some(format!("{name}.{}", form.about().1[0])),
        Dialog::ExportWav => Some(format!("{name}.{}", sound.extension())),
        Dialog::ExportRun(run) => Some(format!("{run}.csv")),
        Dialog::ExportPlot => Some("training.png".into()),
        Dialog::ExportReport => Some("library.csv".into()),
        Dialog::Open | Dialog::Import | Dialog::ChooseFont | Dialog::AddFolder | Dialog::FindFolder(_) => None,
    }
}

/// Its title, and the kinds of file it shows: their names and endings.
fn about(dialog: &Dialog, t: &Text, sound: Format) -> (&'static str, Vec<(String, Vec<&'static str>)>) {
    let one = |name: &str, endings: &[&'static str]| vec![(name.to_owned(), endings.to_vec())];
    match dialog {
        Dialog::Open => {
            let all: Vec<&str> = READABLE.iter().copied().chain([EXTENSION]).collect();
            (t.cmd_open, one("Cadenza, MIDI, ABC, MusicXML", &all))
        }
        Dialog::Import => (t.cmd_import, one("MIDI, ABC, MusicXML", READABLE)),
        Dialog::SaveAs => (t.cmd_save_as, one("Cadenza", &[EXTENSION])),
        Dialog::Export(form, part) => {
            // The form asked for comes first; the ending of the name that is given decides.
            let picture = |f: Form| matches!(f, Form::Svg | Form::Png | Form::Html);
            let others = Form::ALL.into_iter().filter(|f| f != form && picture(*f) == picture(*form));
            let kinds = [*form].into_iter().chain(others).map(Form::about);
            let title = if *part == Part::Selection { t.cmd_export_selection } else { t.export };
            (title, kinds.map(|(name, endings)| (name.to_owned(), endings.to_vec())).collect())
        }
        Dialog::ExportWav => (t.cmd_export_wav, vec![(sound.to_string(), vec![sound.extension()])]),
        Dialog::ChooseFont => (t.fonts.other, one("SoundFont", &["sf2", "sf3"])),
        Dialog::AddFolder => (t.lib.add_folder, Vec::new()),
        Dialog::FindFolder(_) => (t.lib.find_folder, Vec::new()),
        Dialog::ExportRun(_) => (t.tr.save_csv, one("CSV", &["csv"])),
        Dialog::ExportPlot => (t.tr.save_png, one("PNG", &["png"])),
        Dialog::ExportReport => (t.lib.export_report, one("CSV", &["csv"])),
    }
}

/// Opens `dialog`. `name` is the document's; sound is saved as `sound`.
pub fn open(
    dialog: Dialog,
    t: &'static Text,
    name: String,
    folder: Option<PathBuf>,
    sound: Format,
    events: EventSender,
) {
    let folder = folder.filter(|f| f.is_dir());
    let (title, kinds) = about(&dialog, t, sound);
    let mut files = AsyncFileDialog::new().set_title(title);
    for (name, endings) in &kinds {
        files = files.add_filter(name, endings);
    }
    if let Some(folder) = &folder {
        files = files.set_directory(folder);
    }
    let file = offered(&dialog, &name, sound);
    if let Some(file) = &file {
        files = files.set_file_name(file);
    }
    // The dialog is made here, on the window's thread, as some systems demand; it is awaited elsewhere.
    let asked: Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>> = match wants(&dialog) {
        Wants::File => Box::pin(files.pick_file()),
        Wants::Folder => Box::pin(files.pick_folder()),
        Wants::Place => Box::pin(files.save_file()),
    };
    thread::spawn(move || {
        let begun = Instant::now();
        match wait(asked) {
            Some(found) => {
                let action = answer_of(dialog, found.path().to_owned());
                events.send(SessionEvent::Action(Box::new(action)));
            }
            // Nobody cancels a dialog this fast: none was shown.
            None if begun.elapsed() < Duration::from_millis(300) => {
                let folder = folder.or_else(|| etcetera::home_dir().ok()).unwrap_or_default();
                let offered = file.map_or(folder.clone(), |file| folder.join(file));
                events.send(SessionEvent::NoDialog(dialog, offered));
            }
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
