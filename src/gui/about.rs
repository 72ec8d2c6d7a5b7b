//! Help > About: which version this is, what becomes of the user's data, and everybody's terms.
//!
//! The terms are collected by scripts/licences from the packages in Cargo.lock.

use super::action::{Action, Actions};
use super::state::State;
use super::text::fill;
use super::theme::{ROW, Tokens};
use super::widgets::{focus_ring, plain_button, subdued};
use eframe::egui::{Button, Context, Frame, Id, Label, Margin, Modal, RichText, ScrollArea, TextEdit, Ui, vec2};
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Debug, Deserialize)]
struct Licences {
    packages: Vec<Package>,
    /// Terms without who holds the rights, which many packages share.
    bodies: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    /// As SPDX writes them.
    terms: String,
    url: String,
    /// Who holds the rights, and which body follows.
    texts: Vec<(String, Option<usize>)>,
}

impl Package {
    fn named(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

static LICENCES: LazyLock<Licences> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/licences.json")).expect("a test reads the file that is built in")
});

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub search: String,
    pub chosen: usize,
}

pub fn about_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let Some(before) = &state.view.about else { return };
    let t = state.text();
    let mut now = before.clone();
    let mut close = false;
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20));
    let modal = Modal::new(Id::unique("about")).frame(frame).show(ctx, |ui| {
        let room = ctx.content_rect().size() - vec2(80.0, 120.0);
        ui.set_width(760.0f32.min(room.x));
        let strong = Tokens::of(ui).strong;
        ui.label(RichText::new(format!("Cadenza {}", env!("CARGO_PKG_VERSION"))).size(18.0).color(strong));
        ui.label(t.about_text);
        ui.label(t.hp.privacy);
        ui.label(t.hp.our_terms);
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.label(RichText::new(t.hp.made_of).color(strong));
            subdued(ui, fill(t.hp.n_parts, &[&LICENCES.packages.len().to_string()]));
        });
        let height = (room.y - 170.0).clamp(160.0, 380.0);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(240.0);
                list_ui(ui, state, &mut now, height);
            });
            ui.vertical(|ui| text_ui(ui, &LICENCES.packages[now.chosen], height));
        });
        ui.add_space(8.0);
        close = plain_button(ui, t.close).clicked();
    });
    if close || modal.should_close() {
        actions.push(Action::About(None));
    } else if now != *before {
        actions.push(Action::About(Some(now)));
    }
}

fn list_ui(ui: &mut Ui, state: &State, now: &mut About, height: f32) {
    let hint = state.text().hp.search_parts;
    let field = ui.add(TextEdit::singleline(&mut now.search).hint_text(hint).desired_width(f32::INFINITY));
    field.accessible_name(hint);
    let wanted = now.search.trim().to_lowercase();
    let found = |p: &Package| p.name.to_lowercase().contains(&wanted) || p.terms.to_lowercase().contains(&wanted);
    let rows: Vec<usize> = (0..LICENCES.packages.len()).filter(|i| found(&LICENCES.packages[*i])).collect();
    ui.spacing_mut().item_spacing.y = 1.0;
    let scroll = ScrollArea::vertical().id_salt("parts").max_height(height - ROW).auto_shrink(false);
    scroll.show_rows(ui, ROW, rows.len(), |ui, range| {
        for i in &rows[range] {
            let package = &LICENCES.packages[*i];
            let button = Button::selectable(*i == now.chosen, package.named()).truncate().min_size(vec2(228.0, ROW));
            let response = ui.add(button).on_hover_text(&package.terms);
            focus_ring(ui, &response);
            if response.clicked() {
                now.chosen = *i;
            }
        }
    });
}

fn text_ui(ui: &mut Ui, package: &Package, height: f32) {
    ui.style_mut().interaction.selectable_labels = true;
    ui.label(RichText::new(format!("{} · {}", package.named(), package.terms)).color(Tokens::of(ui).strong));
    if !package.url.is_empty() {
        subdued(ui, &package.url);
    }
    let scroll = ScrollArea::vertical().id_salt(package.named()).max_height(height - 2.0 * ROW).auto_shrink(false);
    scroll.show(ui, |ui| {
        for (notice, body) in &package.texts {
            let body = body.and_then(|i| LICENCES.bodies.get(i)).map_or("", String::as_str);
            for text in [notice.as_str(), body].into_iter().filter(|t| !t.is_empty()) {
                ui.add(Label::new(RichText::new(text).small()).wrap());
            }
            ui.separator();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Name and version of each package, and the checksum that it has.
    fn locked() -> BTreeSet<(String, String, Option<String>)> {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        let lock: toml::Table = std::fs::read_to_string(lock).unwrap().parse().unwrap();
        let word = |p: &toml::Value, key: &str| p.get(key).and_then(|v| v.as_str()).map(str::to_owned);
        let packages = lock["package"].as_array().unwrap();
        let all = packages.iter().map(|p| (word(p, "name").unwrap(), word(p, "version").unwrap(), word(p, "checksum")));
        all.filter(|(name, ..)| name != "cadenza").collect()
    }

    #[test]
    fn every_package_has_its_terms() {
        for (name, version, _) in locked() {
            let package = LICENCES.packages.iter().find(|p| p.name == name && p.version == version);
            let package = package.unwrap_or_else(|| panic!("{name} {version}: run scripts/licences"));
            assert!(!package.terms.is_empty());
            assert!(package.texts.iter().all(|(_, body)| body.is_none_or(|i| i < LICENCES.bodies.len())));
        }
    }

    #[test]
    fn the_bill_of_materials_is_that_of_the_lock() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sbom.cdx.json");
        let sbom: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!((&sbom["bomFormat"], &sbom["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
        let word = |v: &serde_json::Value| v.as_str().map(str::to_owned);
        let listed = sbom["components"].as_array().unwrap().iter().map(|c| {
            let checksum = word(&c["hashes"][0]["content"]);
            (word(&c["name"]).unwrap(), word(&c["version"]).unwrap(), checksum)
        });
        assert_eq!(listed.collect::<BTreeSet<_>>(), locked(), "run scripts/licences");
    }
}
