//! Starting from another model: its weights by what they mean, not by where they stand, and low-rank
//! adapters (Hu et al., arXiv 2106.09685) where not all of them are to move.

use super::recipe::Recipe;
use super::run::ModelInfo;
use super::tasks::STYLE;
use crate::encoding::ModelCard;
use crate::model::checkpoint::load_weights;
use crate::model::values::{Values, values_of, with_values};
use crate::model::{Arch, Checkpoint, ModelConfig, NoteModel};
use burn::module::{Lora, Module, ParamGroup};
use burn::tensor::Device;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;

/// Modules between embedding and heads: what adapters are for.
const TRUNKS: [&str; 3] = ["transformer.", "recurrent.", "feed_forward."];

/// Gives a recipe the shape of the model that is started from; says what had to change.
pub fn take_shape(recipe: &mut Recipe, from: &ModelConfig) -> Option<String> {
    let shape = |r: &Recipe| (r.arch, r.d_model, r.n_layers, r.n_heads, r.time_share, r.layers.clone());
    let before = shape(recipe);
    (recipe.arch, recipe.d_model, recipe.n_layers) = (from.arch, from.d_model, from.n_layers);
    (recipe.n_heads, recipe.time_share, recipe.layers) = (from.n_heads, from.time_share, from.layers.clone());
    if from.arch != Arch::Transformer {
        recipe.infill = 0.0; // which no other network can do
    }
    (before != shape(recipe)).then(|| {
        let ModelConfig { arch, d_model, n_layers, .. } = from;
        format!(
            "the network takes the shape of the model that is started from: {arch}, {d_model} wide, {n_layers} layers"
        )
    })
}

/// A network of `config` with the weights of another, and a sentence for each difference.
///
/// # Errors
/// Where the two have another shape.
pub fn start(
    from: &Checkpoint<ModelInfo>,
    config: &ModelConfig,
    card: &ModelCard,
    seed: u64,
    device: &Device,
) -> Result<(NoteModel, Vec<String>), String> {
    let old = &from.config;
    if old.arch != config.arch {
        return Err(format!("{} against {}", old.arch, config.arch));
    }
    let shape = |c: &ModelConfig| (c.d_model, c.n_layers, c.n_heads, c.layers.clone());
    if shape(old) != shape(config) {
        let told = |c: &ModelConfig| format!("{} wide, {} layers, {} heads", c.d_model, c.n_layers, c.n_heads);
        return Err(format!("{} against {}", told(old), told(config)));
    }
    let known = values_of(&from.to_network(device)?);
    let known: HashMap<String, Values> = known.into_iter().map(|v| (v.path.clone(), v)).collect();
    let styles = StyleMap { old: &from.info.card.styles, new: &card.styles };
    let style_table = |c: &ModelConfig| c.condition(STYLE).map(|i| format!("embedding.told.conditions.{i}.weight"));
    let (old_styles, new_styles) = (style_table(old), style_table(config));
    let fresh = NoteModel::new(config, seed, device);
    let begun: HashMap<String, Values> = values_of(&fresh).into_iter().map(|v| (v.path.clone(), v)).collect();
    let mut unlike = Vec::new();
    let model = with_values(fresh, |path, shape| {
        if new_styles.as_deref() == Some(path) {
            let old = known.get(old_styles.as_deref()?)?;
            return Some(styles.rows(&old.data, &begun.get(path)?.data, shape[1]));
        }
        let values = known.get(&path_in(path, config, old)?)?;
        if values.shape != shape {
            unlike.push(path.to_owned());
            return None;
        }
        Some(values.data.clone())
    });
    let mut says = differences(old, config, &styles, &from.info.card, card);
    if !unlike.is_empty() {
        says.push(format!("of another size, and begun afresh: {}", unlike.join(", ")));
    }
    Ok((model, says))
}

/// Where a parameter of one network stands in another: fields and conditions go by their names.
fn path_in(path: &str, own: &ModelConfig, other: &ModelConfig) -> Option<String> {
    let field = |i: usize| other.fields.iter().position(|f| f.name == own.fields[i].name);
    let condition = |i: usize| other.condition(&own.conditions[i].name);
    let renumbered = |prefix: &str, place: &dyn Fn(usize) -> Option<usize>| {
        let (i, rest) = path.strip_prefix(prefix)?.split_once('.')?;
        Some(place(i.parse().ok()?).map(|j| format!("{prefix}{j}.{rest}")))
    };
    renumbered("embedding.fields.", &field)
        .or_else(|| renumbered("heads.", &field))
        .or_else(|| renumbered("embedding.told.conditions.", &condition))
        .unwrap_or_else(|| Some(path.to_owned()))
}

/// Styles by name.
struct StyleMap<'a> {
    old: &'a [String],
    new: &'a [String],
}

impl StyleMap<'_> {
    /// The rows of the new table: row 0 ("not told") and every style that is known from the old one, the
    /// rest as begun.
    fn rows(&self, old: &[f32], begun: &[f32], d: usize) -> Vec<f32> {
        let mut out = begun.to_vec();
        let known = self.new.iter().enumerate().filter_map(|(i, s)| Some((i + 1, self.place(s)? + 1)));
        for (to, from) in std::iter::once((0, 0)).chain(known) {
            if let (Some(to), Some(from)) = (out.get_mut(to * d..(to + 1) * d), old.get(from * d..(from + 1) * d)) {
                to.copy_from_slice(from);
            }
        }
        out
    }

    fn place(&self, style: &str) -> Option<usize> {
        self.old.iter().position(|s| s == style)
    }
}

fn differences(
    old: &ModelConfig,
    new: &ModelConfig,
    styles: &StyleMap<'_>,
    old_card: &ModelCard,
    card: &ModelCard,
) -> Vec<String> {
    let mut says = Vec::new();
    let has = |c: &ModelConfig, name: &str| c.fields.iter().any(|f| f.name == name);
    for f in new.fields.iter().filter(|f| !has(old, &f.name)) {
        says.push(format!("the field {} is new to the model that is started from: it is learned from nothing", f.name));
    }
    for f in old.fields.iter().filter(|f| !has(new, &f.name)) {
        says.push(format!(
            "these pieces tell no {}: what the model that is started from knows of it is left out",
            f.name
        ));
    }
    match (old.groups > 0, new.groups > 0) {
        (false, true) => says.push("given notes (infill) are new to the model that is started from".to_owned()),
        (true, false) => says.push("infill is 0: what the model knows of given notes is left out".to_owned()),
        _ => {}
    }
    if !styles.new.is_empty() || !styles.old.is_empty() {
        let known: Vec<&str> = styles.new.iter().filter(|s| styles.place(s).is_some()).map(String::as_str).collect();
        let of = styles.new.len();
        says.push(match known.len() {
            0 => format!("none of these {of} styles is known to the model that is started from"),
            n if n == of => format!("all {of} styles are known to the model that is started from"),
            n => format!("{n} of {of} styles are known to the model that is started from: {}", known.join(", ")),
        });
    }
    let unseen = card.slots.iter().filter(|s| !old_card.slots.iter().any(|o| o.slot == s.slot));
    let unseen: Vec<&str> = unseen.map(|s| s.name.as_str()).collect();
    if !unseen.is_empty() && !old_card.slots.is_empty() {
        says.push(format!("voices that the model that is started from has not heard: {}", unseen.join(", ")));
    }
    says
}

/// The network with adapters of the recipe's rank on the matrices of its trunk, whose own weights stay;
/// tables and heads are trained whole. As it is where the recipe has none.
pub fn adapted(model: NoteModel, recipe: &Recipe) -> NoteModel {
    if recipe.adapters == 0 {
        return model;
    }
    let values = values_of(&model);
    let in_trunk = |v: &&Values| TRUNKS.iter().any(|t| v.path.starts_with(t));
    let paths = |all: Vec<&Values>| all.into_iter().map(|v| v.path.clone()).collect::<Vec<_>>();
    let matrices = paths(values.iter().filter(in_trunk).filter(|v| v.shape.len() == 2).collect());
    let whole = paths(values.iter().filter(|v| !in_trunk(v)).collect());
    let lora =
        Lora::new(recipe.adapters, 2.0 * recipe.adapters as f64).set_param_group(ParamGroup::from_paths(matrices));
    let model = model.apply_lora(lora).unfreeze_group(ParamGroup::from_paths(whole));
    // burn draws from a generator of its own: ours are put in their place.
    let mut rng = ChaCha8Rng::seed_from_u64(recipe.seed ^ 0x6c6f_7261);
    with_values(model, |path, shape| {
        let bound = 1.0 / (shape[0].max(1) as f32).sqrt();
        path.ends_with(".lora.a")
            .then(|| (0..shape.iter().product()).map(|_| rng.random_range(-bound..bound)).collect())
    })
}

/// The network of a state that a training goes on from.
///
/// # Errors
/// What does not fit.
pub fn restored(last: &Checkpoint<ModelInfo>, recipe: &Recipe, device: &Device) -> Result<NoteModel, String> {
    load_weights(adapted(NoteModel::new(&last.config, 0, device), recipe), &last.weights)
}
