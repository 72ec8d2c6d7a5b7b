//! A field for a path, where the system has no file dialog to show: nothing that is made here is locked in.

use super::action::{Action, Actions, Dialog};
use super::dialogs;
use super::state::State;
use super::text::fill;
use super::theme::Tokens;
use super::widgets::{Opening, plain_button, primary_button, subdued};
use eframe::egui::{Context, Frame, Id, Key, Margin, Modal, RichText, TextEdit};
use std::path::PathBuf;

/// What was to be asked by a dialog, and what has been typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedPath {
    pub dialog: Dialog,
    pub text: String,
    opening: Opening,
}

impl TypedPath {
    pub fn new(dialog: Dialog, offered: &std::path::Path) -> Self {
        Self { dialog, text: offered.display().to_string(), opening: Opening::New }
    }

    /// Why this path will not do; `None` where it may.
    fn objection(&self, t: &super::text::Text) -> Option<String> {
        let path = read(&self.text);
        let there = |p: &std::path::Path| p.as_os_str().is_empty() || p.is_dir();
        match dialogs::wants(&self.dialog) {
            _ if self.text.trim().is_empty() => Some(t.hp.path_empty.to_owned()),
            dialogs::Wants::File if path.is_dir() => Some(fill(t.hp.path_not_file, &[&path.display().to_string()])),
            dialogs::Wants::File if !path.is_file() => Some(fill(t.hp.path_no_file, &[&path.display().to_string()])),
            dialogs::Wants::Folder if !path.is_dir() => Some(fill(t.hp.path_no_folder, &[&path.display().to_string()])),
            dialogs::Wants::Place if path.is_dir() => Some(fill(t.hp.path_is_folder, &[&path.display().to_string()])),
            dialogs::Wants::Place if !path.parent().is_none_or(there) => {
                let parent = path.parent().unwrap_or(&path).display().to_string();
                Some(fill(t.hp.path_no_folder, &[&parent]))
            }
            _ => None,
        }
    }
}

/// The path that is meant: spaces round it and quotation marks are a shell's, `~` is the user's folder.
fn read(text: &str) -> PathBuf {
    let bare = text.trim().trim_matches(['"', '\'']);
    let home = etcetera::home_dir().ok();
    match (bare.strip_prefix("~/").or((bare == "~").then_some("")), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(bare),
    }
}

pub fn typed_path_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let Some(before) = &state.view.typed_path else { return };
    let t = state.text();
    let mut now = before.clone();
    let (mut answer, mut cancel) = (None, false);
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("typed path")).frame(frame).show(ctx, |ui| {
        ui.set_width(480.0f32.min(ctx.content_rect().width() - 80.0));
        let tokens = Tokens::of(ui);
        ui.label(RichText::new(t.hp.path_title).size(16.0).color(tokens.strong));
        subdued(ui, t.hp.path_why);
        let field = ui.add(TextEdit::singleline(&mut now.text).desired_width(f32::INFINITY));
        let field = field.accessible_name(t.hp.path_title);
        now.opening.take_keyboard(ui, &field);
        let objection = now.objection(t);
        match &objection {
            Some(why) => ui.label(RichText::new(why).color(tokens.warning)),
            None => subdued(ui, fill(t.hp.path_is, &[&read(&now.text).display().to_string()])),
        };
        ui.add_space(8.0);
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        ui.horizontal(|ui| {
            let ready = objection.is_none();
            let go = ui.add_enabled_ui(ready, |ui| primary_button(ui, t.hp.path_go, 96.0)).inner.clicked();
            if ready && (go || entered) {
                answer = Some(dialogs::answer_of(now.dialog.clone(), read(&now.text)));
            } else if entered {
                // A path that will not do is mended where it stands.
                field.request_focus();
            }
            cancel = plain_button(ui, t.cancel).clicked();
        });
    });
    if let Some(action) = answer {
        actions.push(Action::TypePath(None));
        actions.push(action);
    } else if cancel || modal.should_close() {
        actions.push(Action::TypePath(None));
    } else if now != *before {
        actions.push(Action::TypePath(Some(now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::export::{Form, Part};
    use crate::gui::text::EN;

    #[test]
    fn what_cannot_be_is_told_before_it_is_tried() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let objects = |dialog: Dialog, path: PathBuf| TypedPath::new(dialog, &path).objection(&EN).is_some();
        let export = Dialog::Export(Form::Midi, Part::All);
        assert!(!objects(export.clone(), path("new.mid")));
        assert!(objects(export.clone(), path("no/such/folder/new.mid")));
        assert!(objects(export.clone(), dir.path().to_owned()));
        assert!(objects(export, PathBuf::new()));
        let folder = TypedPath::new(Dialog::Open, dir.path()).objection(&EN);
        assert!(folder.is_some_and(|why| why.starts_with("This is a folder; add the name of a file")));
        assert!(objects(Dialog::Open, path("nothing.mid")) && objects(Dialog::AddFolder, path("nothing")));
        assert!(!objects(Dialog::AddFolder, dir.path().to_owned()));
    }

    #[test]
    fn a_path_is_read_as_people_write_it() {
        assert_eq!(read(" '/a b/c.mid' "), PathBuf::from("/a b/c.mid"));
        assert!(!read("~/x").starts_with("~") || etcetera::home_dir().is_err());
        assert_eq!(read("a~/x"), PathBuf::from("a~/x"));
    }
}
