//! The first steps: a strip under the bar that leads from the first notes to a file. It goes on by itself with
//! what is done, stands in nobody's way, and is found again in the Help menu.

use super::action::{Action, Actions};
use super::pages::train::TrainRequest;
use super::shortcuts::Command;
use super::state::{Page, State};
use super::text::{Text, fill};
use super::theme::{ROW, Tokens};
use super::widgets::{Icon, icon_button_sized, plain_button};
use eframe::egui::{Align, Color32, Frame, Label, Layout, Margin, Panel, RichText, Sense, Stroke, Ui, vec2};
use serde::{Deserialize, Serialize};

/// Of all that stands in the strip: what is lower than the buttons would stand above the line.
const HIGH: f32 = ROW + 4.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Write,
    Listen,
    Change,
    Learn,
    TakeHome,
}

impl Step {
    pub const ALL: [Step; 5] = [Step::Write, Step::Listen, Step::Change, Step::Learn, Step::TakeHome];

    /// The step that is done by this.
    fn of(action: &Action) -> Option<Self> {
        match action {
            Action::Do(Command::Generate) => Some(Step::Write),
            Action::KeepTake(_) => Some(Step::Listen),
            Action::Edit(_) | Action::KeepTool => Some(Step::Change),
            Action::Train(TrainRequest::Start(_) | TrainRequest::Queue(..)) => Some(Step::Learn),
            Action::Export(_) | Action::ExportWav(_) | Action::Save(_) => Some(Step::TakeHome),
            _ => None,
        }
    }

    fn sentence(self, t: &Text) -> &'static str {
        match self {
            Step::Write => t.hp.step_write,
            Step::Listen => t.hp.step_listen,
            Step::Change => t.hp.step_change,
            Step::Learn => t.hp.step_learn,
            Step::TakeHome => t.hp.step_take_home,
        }
    }

    /// What its button says, and does.
    fn offer(self, state: &State) -> (&'static str, Option<Action>) {
        let t = state.text();
        match self {
            Step::Write => {
                let ready = !state.session.models.is_empty() && !state.session.generating;
                (t.hp.do_write, ready.then_some(Action::Do(Command::Generate)))
            }
            Step::Listen => (t.hp.do_listen, state.project.takes().len().checked_sub(1).map(Action::PlayTake)),
            Step::Change => (t.hp.do_change, Some(Action::Do(Command::Shortcuts))),
            Step::Learn if state.session.train.n_pieces > 0 => (t.hp.go_train, Some(Action::Show(Page::Train))),
            Step::Learn => (t.hp.go_library, Some(Action::Show(Page::Library))),
            Step::TakeHome => (t.hp.do_take_home, Some(Action::Do(Command::ExportMidi))),
        }
    }
}

/// How far somebody has come. Kept with the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guide {
    pub shown: bool,
    pub done: [bool; 5],
}

impl Default for Guide {
    fn default() -> Self {
        Self { shown: true, done: [false; 5] }
    }
}

impl Guide {
    /// The first step that is not done; `None` at the end of the way.
    pub fn step(&self) -> Option<Step> {
        Step::ALL.into_iter().zip(self.done).find(|(_, done)| !done).map(|(step, _)| step)
    }

    /// Takes note of what is done.
    pub fn follow(&mut self, action: &Action) {
        if let Some(step) = Step::of(action) {
            self.done[step as usize] = true;
        }
    }
}

pub fn guide_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let guide = &state.settings.guide;
    if !guide.shown {
        return;
    }
    let t = state.text();
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.accent_soft).inner_margin(Margin { left: 14, right: 8, top: 4, bottom: 4 });
    Panel::top("first steps").frame(frame).resizable(false).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            dots_ui(ui, guide);
            ui.add_space(6.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button_sized(ui, Icon::Close, t.hp.close_steps, false, HIGH).clicked() {
                    actions.push(Action::Guide(Guide { shown: false, ..guide.clone() }));
                }
                let sentence = match guide.step() {
                    Some(step) => {
                        if plain_button(ui, t.hp.skip).clicked() {
                            let mut next = guide.clone();
                            next.done[step as usize] = true;
                            actions.push(Action::Guide(next));
                        }
                        let (name, action) = step.offer(state);
                        let button = ui.add_enabled_ui(action.is_some(), |ui| plain_button(ui, name)).inner;
                        if let Some(action) = action.filter(|_| button.clicked()) {
                            actions.push(action);
                        }
                        let number = (step as usize + 1).to_string();
                        fill(t.hp.step_n, &[&number, step.sentence(t)])
                    }
                    None => {
                        if plain_button(ui, t.cmd_manual).clicked() {
                            actions.command(Command::Manual);
                        }
                        t.hp.steps_done.to_owned()
                    }
                };
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let text = RichText::new(&sentence).color(tokens.strong);
                    ui.add(Label::new(text).truncate()).on_hover_text(&sentence);
                });
            });
        });
    });
}

/// A dot a step: filled where it is done, a ring where one is.
fn dots_ui(ui: &mut Ui, guide: &Guide) {
    let tokens = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(5.0 * 13.0, HIGH), Sense::hover());
    for (i, done) in guide.done.into_iter().enumerate() {
        let at = rect.left_center() + vec2(5.0 + 13.0 * i as f32, 0.0);
        let here = guide.step().is_some_and(|s| s as usize == i);
        let fill = if done { tokens.accent } else { Color32::TRANSPARENT };
        let stroke = Stroke::new(1.5, if done || here { tokens.accent } else { tokens.subdued });
        ui.painter().circle(at, if here { 4.5 } else { 3.5 }, fill, stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_goes_on_with_what_is_done_in_any_order() {
        let mut guide = Guide::default();
        assert_eq!(guide.step(), Some(Step::Write));
        guide.follow(&Action::KeepTake(0));
        assert_eq!(guide.step(), Some(Step::Write), "what comes later does not pass over what comes first");
        guide.follow(&Action::Do(Command::Generate));
        assert_eq!(guide.step(), Some(Step::Change));
        guide.follow(&Action::Seek(0));
        guide.follow(&Action::KeepTool);
        guide.follow(&Action::Train(TrainRequest::Start(Default::default())));
        assert_eq!(guide.step(), Some(Step::TakeHome));
        guide.follow(&Action::Save("x".into()));
        assert_eq!(guide.step(), None);
    }
}
