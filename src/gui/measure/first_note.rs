//! From the key that asks for a take to its first note, on the screen and in the sound, with the model that
//! comes with the program: the whole window, its jobs and its player, repainted as often as a display is. The
//! sound card is a clock with buffers of 256 frames, so a real one adds what its own buffers take.

use super::Screen;
use crate::audio::Player;
use crate::gui::app::{App, Options};
use crate::gui::backend::Jobs;
use crate::gui::settings::Folders;
use crate::project::Project;
use eframe::egui::{Context, Event, Key, Modifiers};
use std::time::{Duration, Instant};

/// Milliseconds from the key to the end of the repaint that shows a note, and to that which finds the sound no
/// longer silent: one of each for every take.
#[derive(Default)]
pub struct FirstNote {
    pub screen: Vec<f64>,
    pub sound: Vec<f64>,
}

/// Between two repaints of a display.
const FRAME: Duration = Duration::from_micros(16_667);

/// Longer than anybody waits.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Asks for so many takes, one after another, after one that is not counted: it finds the model cold.
///
/// # Errors
/// Where no note comes, as a sentence.
pub fn first_note(takes: usize) -> Result<FirstNote, String> {
    let folder = crate::files::temporary_folder().map_err(|e| e.to_string())?;
    let (player, _card) = Player::on_a_clock();
    let backend = Box::new(Jobs::new(folder.path().to_owned(), None));
    let options = Options { open: None, player, backend, folders: Folders::default() };
    let ctx = Context::default();
    let app = App::new(&ctx, options);
    let mut screen = Screen { ctx, app, time: 0.0 };
    screen.app.state.view.hear_coming = true;
    let ready = |app: &App| !app.state.session.models.is_empty() && !app.state.session.player.status().silent;
    until(&mut screen, "the window is ready", ready)?;
    let mut measured = FirstNote::default();
    for n in 0..=takes {
        let (seen, heard) = take(&mut screen)?;
        if n > 0 {
            measured.screen.push(seen);
            measured.sound.push(heard);
        }
    }
    Ok(measured)
}

/// One take on an empty roll, from the key to its end.
fn take(screen: &mut Screen) -> Result<(f64, f64), String> {
    screen.app.state.project = Project::default();
    screen.app.score_changed();
    screen.app.state.session.player.stop();
    until(screen, "it is quiet", |app| app.state.session.level.is_silent())?;
    let key =
        Event::Key { key: Key::G, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::COMMAND };
    let begun = Instant::now();
    let since = || begun.elapsed().as_secs_f64() * 1e3;
    screen.repaint(vec![Event::ModifiersChanged(Modifiers::COMMAND), key]);
    if !screen.app.state.session.generating {
        return Err("the key did not ask for a take".to_owned());
    }
    let is_seen = |app: &App| {
        let session = &app.state.session;
        session.preview.as_ref().is_some_and(|p| p.score.n_notes() > 0) || app.state.project.score().n_notes() > 0
    };
    let released = vec![Event::ModifiersChanged(Modifiers::NONE)];
    screen.repaint(released);
    until(screen, "a note is seen", is_seen)?;
    let seen = since();
    until(screen, "a note is heard", |app| !app.state.session.level.is_silent())?;
    let heard = since();
    until(screen, "the take is whole", |app| !app.state.session.generating)?;
    Ok((seen, heard))
}

/// Repaints at the pace of a display until it is so after a repaint.
fn until(screen: &mut Screen, what: &str, is_so: impl Fn(&App) -> bool) -> Result<(), String> {
    let begun = Instant::now();
    let mut due = begun;
    while !is_so(&screen.app) {
        if begun.elapsed() > TOO_LONG {
            let said = &screen.app.state.session.message.text;
            return Err(format!("waited in vain until {what} ({said})"));
        }
        due += FRAME;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        screen.repaint(Vec::new());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_note_is_seen_and_then_heard() {
        let measured = first_note(1).expect("a note");
        assert_eq!((measured.screen.len(), measured.sound.len()), (1, 1));
        assert!(0.0 < measured.screen[0] && measured.screen[0] <= measured.sound[0]);
    }
}
