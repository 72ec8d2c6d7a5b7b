//! The runs side by side in one table, the best first, those that are ticked drawn above it.

use super::form::Form;
use super::runs::{look_at, tick_ui};
use super::thousands;
use super::view::{RunRow, Standing};
use crate::gui::action::Actions;
use crate::gui::state::State;
use crate::gui::text::{Text, fill};
use crate::gui::theme::{ROW, Tokens};
use crate::gui::widgets::subdued;
use eframe::egui::{Align, Button, Label, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use std::collections::BTreeMap;

pub fn compare_ui(ui: &mut Ui, state: &State, form: &mut Form, actions: &mut Actions) {
    let t = state.text();
    let tokens = Tokens::of(ui);
    let mut rows: Vec<&RunRow> = state.session.train.runs.iter().collect();
    rows.retain(|r| !matches!(r.standing, Standing::Unreadable(_)));
    if rows.is_empty() {
        subdued(ui, t.tr.no_runs);
        return;
    }
    rows.sort_by(|a, b| a.nats.unwrap_or(f64::MAX).total_cmp(&b.nats.unwrap_or(f64::MAX)));
    // Of runs that are ticked to be compared, what tells those apart.
    let ticked: Vec<&RunRow> = rows.iter().copied().filter(|r| form.ticked.contains(&r.name)).collect();
    let apart = apart(if ticked.len() > 1 { &ticked } else { &rows });
    ui.visuals_mut().widgets.noninteractive.bg_stroke.color = tokens.grid_fine;
    ui.spacing_mut().item_spacing.y = 0.0;
    let number = |width: f32| Column::initial(width).at_least(40.0).clip(true);
    let heads = [
        t.tr.col_run,
        t.tr.col_nats,
        t.tr.col_saved,
        t.tr.col_kind,
        t.tr.col_parameters,
        t.tr.col_steps,
        t.tr.col_best,
        t.tr.col_time,
        t.tr.col_speed,
        t.tr.col_recipe,
    ];
    TableBuilder::new(ui)
        .id_salt("runs compared")
        .striped(true)
        .resizable(true)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(24.0))
        // Together no wider than there is room in the smallest window.
        .column(Column::initial(140.0).at_least(90.0).clip(true))
        .columns(number(66.0), 2)
        .column(number(82.0))
        .columns(number(72.0), 3)
        .columns(number(64.0), 2)
        .column(Column::remainder().at_least(90.0).clip(true))
        .header(ROW + 4.0, |mut header| {
            header.col(|_| {});
            for head in heads {
                header.col(|ui| {
                    ui.add(Label::new(RichText::new(head).color(tokens.subdued).small()).truncate());
                });
            }
        })
        .body(|body| {
            body.rows(ROW + 2.0, rows.len(), |mut row| {
                let run = rows[row.index()];
                row.col(|ui| tick_ui(ui, state, run, form, actions));
                row.col(|ui| {
                    let name = RichText::new(&run.name).color(tokens.strong);
                    let button = ui.add(Button::selectable(false, name).truncate());
                    if button.accessible_name(fill(t.tr.look_at, &[&run.name])).clicked() {
                        look_at(run, form, actions);
                    }
                });
                for cell in cells(run, &apart, t) {
                    row.col(|ui| {
                        ui.add(Label::new(&cell).truncate()).on_hover_text(&cell);
                    });
                }
            });
        });
}

fn cells(run: &RunRow, apart: &[String], t: &Text) -> [String; 9] {
    let dash = || "–".to_owned();
    // A run that has not ended has no report to tell it.
    let known = |n: u64| if n > 0 { thousands(n) } else { dash() };
    let saved = run.nats.zip(run.ngram).map_or_else(dash, |(own, ngram)| format!("{:+.3}", own - ngram));
    [
        run.nats.map_or_else(dash, |n| format!("{n:.4}")),
        saved,
        run.arch.clone(),
        known(run.parameters as u64),
        format!("{}/{}", known(run.steps), known(run.planned_steps)),
        known(run.best_step),
        if run.seconds > 0.0 { super::duration(t, run.seconds) } else { dash() },
        known(run.notes_per_sec.round() as u64),
        differences(run, apart),
    ]
}

/// What people vary most, first.
const FIRST: [&str; 8] = ["optimiser", "learning_rate", "d_model", "n_layers", "dropout", "seed", "batch", "window"];

fn differences(run: &RunRow, apart: &[String]) -> String {
    let rank = |key: &str| FIRST.iter().position(|k| *k == key).unwrap_or(FIRST.len());
    let mut of_recipe: Vec<_> = run.recipe.iter().filter(|(key, _)| apart.contains(key)).collect();
    of_recipe.sort_by_key(|(key, _)| rank(key));
    let words: Vec<String> = of_recipe.iter().map(|(key, value)| format!("{key} {value}")).collect();
    words.join(", ")
}

/// Keys of recipes in which the runs differ.
fn apart(rows: &[&RunRow]) -> Vec<String> {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, value) in rows.iter().flat_map(|r| &r.recipe) {
        values.entry(key).or_default().push(value);
    }
    let differs = |values: &Vec<&str>| values.len() < rows.len() || values.iter().any(|v| *v != values[0]);
    values.into_iter().filter(|(_, v)| differs(v)).map(|(key, _)| key.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_sets_runs_apart() {
        let run = |seed: &str, extra: Option<&str>| RunRow {
            recipe: [("seed", Some(seed)), ("d_model", Some("192")), ("from", extra)]
                .into_iter()
                .filter_map(|(k, v)| Some((k.to_owned(), v?.to_owned())))
                .collect(),
            nats: Some(1.0),
            ngram: Some(3.0),
            ..RunRow::default()
        };
        let (a, b) = (run("1", None), run("2", Some("Quick 1")));
        let keys = apart(&[&a, &b]);
        assert_eq!(keys, ["from", "seed"]);
        let cells = cells(&b, &keys, &crate::gui::text::EN);
        assert_eq!((cells[1].as_str(), cells[8].as_str()), ("-2.000", "seed 2, from Quick 1"));
        assert!(apart(&[&a, &a.clone()]).is_empty());
    }
}
