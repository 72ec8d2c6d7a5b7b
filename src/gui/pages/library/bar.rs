//! What stands over the table: folders, progress, the search and the filters in force.

use super::filter::{BY_YOU, Counts, Fate, Filter};
use super::table::{Side, Table, plural, reason_name, thousands};
use super::view::{LibraryProgress, LibraryRequest};
use crate::gui::action::{Action, Actions, Dialog};
use crate::gui::state::State;
use crate::gui::text::{fill, library::Library, sentence};
use crate::gui::theme::{ROW, ROW_TALL, Tokens};
use crate::gui::widgets::{
    Icon, fields, focus_ring, icon_button, icon_button_sized, plain_button, primary_button, subdued,
};
use eframe::egui::{
    Align, Button, ComboBox, Frame, Label, Layout, Margin, ProgressBar, Response, RichText, Separator, TextEdit,
    TextStyle, TextWrapMode, Ui, vec2,
};
use std::path::Path;

pub fn head_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let t = &state.text().lib;
    let view = &state.session.library;
    let shelf = &view.shelf;
    let n = shelf.library.pieces.len().max(shelf.rows.len() * usize::from(shelf.library.rows.is_empty()));
    let mut sums = super::table::sums(n as u64, shelf.notes, shelf.seconds, state.text());
    if let Some(out) = table.counts(view)[1][2].get(BY_YOU) {
        let left = shelf.library.pieces.len().saturating_sub(*out);
        sums += &format!(" · {}", fill(t.learned, &[&thousands(left as u64)]));
    }
    ui.horizontal(|ui| {
        ui.set_min_height(ROW_TALL);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let side = table.side != Side::Hidden;
            if icon_button(ui, Icon::More, t.side, side).clicked() {
                table.side = if side { Side::Hidden } else { Side::Pictures };
            }
            if primary_button(ui, t.add_folder, 0.0).clicked() {
                actions.push(Action::OpenDialog(Dialog::AddFolder));
            }
            let idle = view.progress.is_none() && !view.folders.is_empty();
            if ui.add_enabled_ui(idle, |ui| icon_button(ui, Icon::Again, t.read_again, false)).inner.clicked() {
                actions.push(Action::Library(LibraryRequest::ReadAgain));
            }
            if plain_button(ui, t.add_starter).clicked() {
                actions.push(Action::Library(LibraryRequest::AddStarter));
            }
            if ui.add_enabled_ui(!shelf.rows.is_empty(), |ui| plain_button(ui, t.export_report)).inner.clicked() {
                actions.push(Action::OpenDialog(Dialog::ExportReport));
            }
            let name = view
                .undo
                .as_ref()
                .map_or(t.nothing_to_undo.to_owned(), |what| fill(t.undo, &[&sentence(what, state.text())]));
            let undo = ui.add_enabled_ui(view.undo.is_some(), |ui| icon_button(ui, Icon::Undo, &name, false)).inner;
            if undo.clicked() {
                actions.push(Action::Library(LibraryRequest::Undo));
            }
            // What is told gives way to what can be pressed.
            ui.add_space(12.0);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(state.text().library).heading().color(Tokens::of(ui).strong));
                let told = RichText::new(&sums).color(Tokens::of(ui).subdued);
                ui.add(Label::new(told).truncate()).on_hover_text(&sums);
            });
        });
    });
}

pub fn progress_ui(ui: &mut Ui, state: &State, progress: &LibraryProgress, actions: &mut Actions) {
    let t = state.text();
    ui.horizontal(|ui| {
        ui.set_min_height(ROW_TALL);
        let share = progress.done as f32 / progress.total.max(1) as f32;
        let bar = ProgressBar::new(share).desired_width(280.0).desired_height(6.0).fill(Tokens::of(ui).accent);
        ui.add(bar).accessible_name(t.lib.scanning);
        let [done, total] = [progress.done, progress.total].map(|n| thousands(n as u64));
        ui.label(fill(t.lib.done_of_total, &[&done, &total]));
        if let Some(rate) = progress.rate {
            subdued(ui, fill(t.lib.per_second, &[&thousands(rate.round() as u64)]));
        }
        if plain_button(ui, t.cancel).clicked() {
            actions.push(Action::Library(LibraryRequest::Cancel));
        }
    });
}

pub fn folders_ui(ui: &mut Ui, state: &State, table: &mut Table, actions: &mut Actions) {
    let t = &state.text().lib;
    ui.horizontal_wrapped(|ui| {
        for (i, folder) in state.session.library.folders.iter().enumerate() {
            let tokens = Tokens::of(ui);
            let chosen = table.filter.folder.as_ref() == Some(&folder.path);
            let ground = if chosen { tokens.accent_soft } else { tokens.raised };
            Frame::new().fill(ground).corner_radius(4).inner_margin(Margin::symmetric(8, 1)).show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                ui.spacing_mut().button_padding = vec2(2.0, 1.0);
                let color = if folder.gone { tokens.warning } else { tokens.strong };
                let path = folder.path.display().to_string();
                let files = plural(folder.n_files as u64, [t.one_file, t.n_files]);
                let pieces = plural(folder.n_pieces as u64, [t.one_piece, t.n_pieces]);
                let hint = match folder.gone {
                    true => fill(t.folder_gone, &[&path]),
                    false => fill(t.folder_hint, &[&path, &files, &pieces]),
                };
                let name = RichText::new(&folder.name).color(color);
                let response = ui.add(Button::new(name).frame(false)).on_hover_text(hint);
                if response.clicked() {
                    table.filter.folder = (!chosen).then(|| folder.path.clone());
                }
                response.context_menu(|ui| folder_menu_ui(ui, t, i, &folder.path, actions));
                subdued(ui, thousands(folder.n_pieces as u64));
                if folder.gone && plain_button(ui, t.find_folder).clicked() {
                    actions.push(Action::OpenDialog(Dialog::FindFolder(i)));
                }
                let name = fill(t.remove_folder, &[&folder.name]);
                if icon_button_sized(ui, Icon::Close, &name, false, 20.0).clicked() {
                    actions.push(Action::Library(LibraryRequest::RemoveFolder(i)));
                }
            });
        }
    });
}

fn folder_menu_ui(ui: &mut Ui, t: &Library, folder: usize, path: &Path, actions: &mut Actions) {
    let entries = [
        (t.show_file, Action::ShowFile(path.to_owned())),
        (t.move_folder, Action::OpenDialog(Dialog::FindFolder(folder))),
        (t.remove_from_library, Action::Library(LibraryRequest::RemoveFolder(folder))),
    ];
    for (name, action) in entries {
        if ui.button(name).clicked() {
            actions.push(action);
            ui.close();
        }
    }
}

pub fn filter_ui(ui: &mut Ui, state: &State, table: &mut Table, n_shown: usize, actions: &mut Actions) {
    let t = &state.text().lib;
    let view = &state.session.library;
    ui.horizontal_wrapped(|ui| {
        let field = TextEdit::singleline(&mut table.filter.words).id(super::keys::words_id()).hint_text(t.search);
        ui.add(field.desired_width(250.0).margin(Margin::symmetric(8, 4))).accessible_name(t.search);
        // It keeps its place, so that typing moves nothing.
        let is_written = !table.filter.words.is_empty();
        ui.scope(|ui| {
            if !is_written {
                ui.set_invisible();
            }
            if icon_button(ui, Icon::Close, t.clear_search, false).clicked() {
                table.filter.words.clear();
            }
        });
        styles_ui(ui, state, table);
        let [counts, all] = table.counts(view).map(Clone::clone);
        let kinds = [t.state_used, t.state_repaired, t.state_left_out];
        for (kind, name) in kinds.into_iter().enumerate() {
            let [n, of] = [&counts, &all].map(|counts| counts[kind].values().sum());
            fate_chip(ui, table, Fate { kind, reason: None }, name, [n, of]);
        }
        reasons_ui(ui, state, table, &counts, &all);
    });
    in_force_ui(ui, state, table, n_shown, actions);
}

/// The commonest reasons in sight, the others in a menu; what is chosen is always in sight.
fn reasons_ui(ui: &mut Ui, state: &State, table: &mut Table, counts: &Counts, all: &Counts) {
    const IN_SIGHT: usize = 3;
    let t = &state.text().lib;
    // In the order that they have in the whole library: no chip changes its place while one types.
    let reasons = all.iter().enumerate().flat_map(|(kind, reasons)| reasons.iter().map(move |r| (kind, r)));
    let mut reasons: Vec<_> = reasons.filter(|(_, (reason, _))| !reason.is_empty()).collect();
    if reasons.is_empty() {
        return;
    }
    reasons.sort_by_key(|(_, (_, n))| std::cmp::Reverse(**n));
    ui.add(Separator::default().vertical().spacing(8.0));
    let now = |kind: usize, reason: &'static str| counts[kind].get(reason).copied().unwrap_or(0);
    for (i, &(kind, (reason, of))) in reasons.iter().enumerate() {
        let fate = Fate { kind, reason: Some(reason) };
        if i < IN_SIGHT || table.filter.fate == Some(fate) {
            fate_chip(ui, table, fate, &reason_name(reason, state.text()), [now(kind, reason), *of]);
        }
    }
    if reasons.len() > IN_SIGHT {
        let more = fill(t.more_reasons, &[&(reasons.len() - IN_SIGHT).to_string()]);
        let list = |ui: &mut Ui| {
            for &(kind, (reason, _)) in &reasons[IN_SIGHT..] {
                let fate = Fate { kind, reason: Some(reason) };
                let (chosen, n) = (table.filter.fate == Some(fate), now(kind, reason));
                let name = format!("{} {}", reason_name(reason, state.text()), thousands(n as u64));
                if ui.add_enabled(n > 0 || chosen, Button::selectable(chosen, name)).clicked() {
                    table.filter.fate = (!chosen).then_some(fate);
                    ui.close();
                }
            }
        };
        fields(ui, |ui| ui.menu_button(more, list));
    }
}

/// With how many rows it would leave, of how many in the whole library: as wide as that number, whatever is typed.
fn fate_chip(ui: &mut Ui, table: &mut Table, fate: Fate, name: &str, [n, of]: [usize; 2]) {
    let chosen = table.filter.fate == Some(fate);
    let [text, widest] = [n, of].map(|n| format!("{name} {}", thousands(n as u64)));
    let galley = ui.painter().layout_no_wrap(widest, TextStyle::Button.resolve(ui.style()), Tokens::of(ui).text);
    let width = galley.size().x + 2.0 * ui.spacing().button_padding.x;
    if pill_sized(ui, &text, chosen, width, n > 0 || chosen).clicked() {
        table.filter.fate = (!chosen).then_some(fate);
    }
}

/// A chip that stands in a line that wraps: a whole one goes to the next line.
pub fn pill(ui: &mut Ui, text: &str, chosen: bool) -> Response {
    pill_sized(ui, text, chosen, 0.0, true)
}

fn pill_sized(ui: &mut Ui, text: &str, chosen: bool, width: f32, enabled: bool) -> Response {
    let t = Tokens::of(ui);
    let (ink, ground) = if chosen { (t.strong, t.accent_soft) } else { (t.text, t.raised) };
    let button = Button::new(RichText::new(text).color(ink)).fill(ground).selected(chosen);
    let button = button.corner_radius(12).wrap_mode(TextWrapMode::Extend).min_size(vec2(width, ROW));
    let response = ui.add_enabled(enabled, button);
    focus_ring(ui, &response);
    response
}

fn styles_ui(ui: &mut Ui, state: &State, table: &mut Table) {
    let t = &state.text().lib;
    let styles = &state.session.library.shelf.styles;
    let named = |style: &str| if style.is_empty() { t.no_style.to_owned() } else { style.to_owned() };
    let now = table.filter.style.as_deref().map_or(t.all_styles.to_owned(), named);
    fields(ui, |ui| {
        let combo = ComboBox::from_id_salt("style").selected_text(now).width(120.0).truncate();
        let response = combo.show_ui(ui, |ui| {
            ui.selectable_value(&mut table.filter.style, None, t.all_styles);
            for (style, n) in styles {
                let text = format!("{}  {}", named(style), thousands(*n as u64));
                ui.selectable_value(&mut table.filter.style, Some(style.clone()), text);
            }
        });
        response.response.accessible_name(t.style);
    });
}

/// What was filtered by elsewhere, each with its way out, and how many rows are left.
fn in_force_ui(ui: &mut Ui, state: &State, table: &mut Table, n_shown: usize, actions: &mut Actions) {
    let t = &state.text().lib;
    ui.horizontal_wrapped(|ui| {
        // The line is there before a filter is, so that the table keeps its place.
        ui.set_min_height(ROW);
        subdued(ui, fill(t.shown, &[&thousands(n_shown as u64)]));
        if table.filter == Filter::default() {
            return;
        }
        if let Some((picture, bar)) = table.filter.bar {
            let name = fill(
                t.filter_bar,
                &[super::pictures::title(picture, t), &super::pictures::label(picture, bar, state.text())],
            );
            if drop_chip(ui, state, &name) {
                table.filter.bar = None;
            }
        }
        if let Some(family) = table.filter.family {
            let of = state.session.library.shelf.rows.iter().find(|r| r.piece.is_some() && r.family == family);
            let name = fill(t.filter_family, &[of.map_or("", |row| &row.title)]);
            if drop_chip(ui, state, &name) {
                table.filter.family = None;
            }
        }
        super::bulk::bulk_ui(ui, state, table, actions);
        // As high as what stands beside it.
        if pill(ui, t.show_all, false).clicked() {
            table.filter = Filter::default();
        }
    });
}

fn drop_chip(ui: &mut Ui, state: &State, name: &str) -> bool {
    let t = &state.text().lib;
    let response = pill(ui, &fill(t.drop_filter, &[name]), true);
    response.accessible_name(fill(t.drop_filter_name, &[name])).clicked()
}
