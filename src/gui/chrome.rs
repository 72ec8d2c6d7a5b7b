//! What frames every page: the bar at the top and the line at the foot that always tells the truth.

use super::action::{Action, Actions};
use super::session::Severity;
use super::shortcuts::Command;
use super::state::{Page, State};
use super::text::sentence;
use super::theme::{ROW_TALL, Tokens};
use super::widgets::{Icon, focus_ring, icon_button};
use super::{manual, menu};
use eframe::egui::{self, Align, Button, Frame, Label, Layout, Margin, Panel, ProgressBar, RichText, Ui, vec2};

pub fn top_bar_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin { left: 14, right: 8, top: 5, bottom: 5 });
    Panel::top("top bar").frame(frame).resizable(false).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = ROW_TALL;
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 28.0;
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(RichText::new("Cadenza").size(16.0).color(tokens.strong));
            ui.add_space(10.0);
            ui.menu_button(t.menu_file, |ui| menu::file_menu(ui, state, actions));
            ui.menu_button(t.menu_edit, |ui| menu::edit_menu(ui, state, actions));
            // It stays where it is, so that what stands beside it does.
            let compose = state.view.page == Page::Compose;
            let tools = |ui: &mut Ui| ui.menu_button(t.tools.menu, |ui| menu::tools_menu(ui, state, actions));
            ui.add_enabled_ui(compose, tools).inner.response.on_disabled_hover_text(t.tools.menu_elsewhere);
            ui.menu_button(t.hp.menu, |ui| menu::help_menu(ui, state, actions));
            ui.add_space(14.0);
            for (page, name) in [(Page::Library, t.library), (Page::Train, t.train), (Page::Compose, t.compose)] {
                if page_tab(ui, name, state.view.page == page).clicked() {
                    actions.push(Action::Show(page));
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let gear = Command::ShowSettings.hint(t, ui.ctx());
                if icon_button(ui, Icon::Gear, &gear, state.view.page == Page::Settings).clicked() {
                    actions.push(Action::Show(Page::Settings));
                }
                let help = Command::Shortcuts.hint(t, ui.ctx());
                if icon_button(ui, Icon::Help, &help, state.view.show_shortcuts).clicked() {
                    actions.command(Command::Shortcuts);
                }
                ui.add_space(8.0);
                let name = RichText::new(document_name(state)).color(tokens.subdued);
                let path =
                    state.view.path.as_ref().map_or_else(|| t.never_saved.to_owned(), |p| p.display().to_string());
                ui.add(Label::new(name).truncate()).on_hover_text(path);
            });
        });
    });
}

fn page_tab(ui: &mut Ui, name: &str, chosen: bool) -> egui::Response {
    let t = Tokens::of(ui);
    let text = RichText::new(name).size(14.5).color(if chosen { t.strong } else { t.subdued });
    let button = Button::selectable(chosen, text).fill(egui::Color32::TRANSPARENT).min_size(vec2(0.0, ROW_TALL));
    let response = ui.add(button);
    if chosen {
        let r = response.rect;
        let line = egui::Rect::from_min_max(
            egui::pos2(r.left() + 8.0, r.bottom() - 2.0),
            egui::pos2(r.right() - 8.0, r.bottom()),
        );
        ui.painter().rect_filled(line, 1, t.accent);
    }
    focus_ring(ui, &response);
    response
}

/// The file's name, or the piece's, with a mark while it is not saved.
pub fn document_name(state: &State) -> String {
    let file = state.view.path.as_ref().and_then(|p| p.file_stem()).map(|s| s.to_string_lossy().into_owned());
    let title = state.project.score().title.trim().to_owned();
    let name = file.or_else(|| (!title.is_empty()).then_some(title));
    let name = name.unwrap_or_else(|| state.text().untitled.to_owned());
    if state.project.is_unsaved() { format!("{name} •") } else { name }
}

pub fn status_line_ui(ui: &mut Ui, state: &State, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let frame = Frame::new().fill(tokens.canvas).inner_margin(Margin::symmetric(12, 3));
    Panel::bottom("status line").frame(frame).resizable(false).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
            ui.spacing_mut().interact_size.y = 18.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let status = state.session.player.status();
                let color = if status.silent { tokens.warning } else { tokens.subdued };
                ui.label(RichText::new(sentence(&status.sentence, t)).color(color));
                let compute = &state.session.compute_device;
                if !compute.is_empty() {
                    ui.label(RichText::new("·").color(tokens.subdued));
                    ui.label(RichText::new(sentence(compute, t)).color(tokens.subdued));
                }
                if let Some(job) = &state.session.job {
                    ui.label(RichText::new("·").color(tokens.subdued));
                    if let Some(progress) = job.progress {
                        let bar =
                            ProgressBar::new(progress).desired_width(96.0).desired_height(5.0).fill(tokens.accent);
                        ui.add(bar).accessible_name(t.progress);
                    }
                    ui.label(RichText::new(sentence(&job.name, t)).color(tokens.text));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let message = &state.session.message;
                    let color = match message.severity {
                        Severity::Info => tokens.subdued,
                        Severity::Success => tokens.success,
                        Severity::Warning => tokens.warning,
                        Severity::Error => tokens.error,
                    };
                    if matches!(message.severity, Severity::Warning | Severity::Error)
                        && ui.link(t.hp.what_now).clicked()
                    {
                        actions.push(Action::OpenManual(Some(manual::Opened::page(manual::TROUBLE))));
                    }
                    let said = sentence(&message.text, t);
                    ui.add(Label::new(RichText::new(&said).color(color)).truncate()).on_hover_text(said);
                });
            });
        });
    });
}
