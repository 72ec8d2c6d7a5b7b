//! The models that come with the program: each is a finished run without the state that going on would
//! need, its weights in half precision and without its counts, in one zip archive within the program. It becomes a
//! folder among the user's data when it is first asked for, and its pieces are counted again then. Any run can be made into such an archive.

use crate::files::bundle;
use crate::model::Checkpoint;
use crate::train::beside::Counts;
use crate::train::run::ModelInfo;
use crate::train::{DataSet, Run, Sequence};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// A model within the program.
pub struct Bundled {
    pub name: &'static str,
    /// Its card, in Markdown; a title, then a paragraph that says what it is.
    pub card: &'static str,
    archive: &'static [u8],
}

macro_rules! bundled {
    ($name:literal) => {
        Bundled {
            name: $name,
            card: include_str!(concat!("../../assets/models/", $name, ".md")),
            archive: include_bytes!(concat!("../../assets/models/", $name, ".zip")),
        }
    };
}

/// In the order in which they are offered.
pub const ALL: [Bundled; 2] = [bundled!("folk"), bundled!("chorale")];

impl Bundled {
    /// Its folder among those of `models`. Another version of the model has another folder.
    fn folder(&self, models: &Path) -> PathBuf {
        let version = blake3::hash(self.archive).to_hex();
        models.join(format!("{}-{}", self.name, &version[..8]))
    }

    /// The paragraph below its card's title.
    pub fn about(&self) -> String {
        let paragraph = self.card.split("\n\n").nth(1).unwrap_or_default();
        paragraph.replace('\n', " ")
    }
}

/// Where bundled models are put for the command line, and by the window where its data are the user's.
pub fn models_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.data_dir().join("cadenza").join("models"))
}

/// What a user means by a model's name: what is there under it, or else the bundled model of that name.
pub fn model_named(name: &Path, models: Option<&Path>) -> PathBuf {
    let bundled = ALL.iter().find(|b| !name.exists() && name.as_os_str() == b.name);
    bundled.zip(models).map_or_else(|| name.to_owned(), |(b, models)| b.folder(models))
}

/// The same among the runs of the window, beside which its models lie.
pub fn model_at(runs: &Path, name: &str) -> PathBuf {
    let own = runs.join(name);
    if own.exists() {
        return own;
    }
    let models = runs.with_file_name("models");
    ALL.iter().find(|b| b.name == name).map_or(own, |b| b.folder(&models))
}

/// What a run's model is called: the bundled model by the name that it is asked for, any other by its folder. `None`
/// of a model file by itself, which has only the name within it.
pub fn called(model: &Path) -> Option<String> {
    let folder = model.file_name().filter(|_| model.is_dir())?.to_string_lossy().into_owned();
    let is_ours = model.parent().and_then(Path::file_name).is_some_and(|parent| parent == "models");
    // A folder of ours is the name and eight digits of what the model is.
    let ours =
        folder.rsplit_once('-').map(|(name, _)| name).filter(|name| is_ours && ALL.iter().any(|b| b.name == *name));
    Some(ours.map_or(folder.clone(), str::to_owned))
}

/// Makes the folder of a bundled model where it is not there yet; any other path is left alone.
///
/// # Errors
/// What the file system says, with the path last.
pub fn provide(model: &Path) -> anyhow::Result<()> {
    // Looked at first: the folders' names are worked out from the archives, a few megabytes each.
    let Some(models) = model.parent().filter(|_| !model.exists()) else { return Ok(()) };
    ALL.iter().find(|b| b.folder(models) == model).map_or(Ok(()), |bundled| {
        let finish = |folder: &Path| count_again(folder).map_err(|e| std::io::Error::other(format!("{e:#}")));
        bundle::unpack(bundled.archive, model, finish)
            .with_context(|| format!("could not unpack the model \"{}\": {}", bundled.name, model.display()))
    })
}

/// Gives the model of a run its counts, which its pieces decide and which are larger than they.
fn count_again(folder: &Path) -> anyhow::Result<()> {
    let run = Run::open(folder)?;
    if !run.plan()?.recipe.counts {
        return Ok(());
    }
    let (best, data) = (run.best()?, DataSet::load(&run.data_path())?);
    let counts = Counts::of(&data.train, best.config.fields.len(), |_| true).map(|c| c.bytes);
    Ok(run.write_model(&run.best_path(), &Checkpoint { counts, ..best })?)
}

/// The archive of a finished run. Of its pieces' paths the file names are kept, and not where they lay.
///
/// # Errors
/// No run, one without a model, or a file of it that cannot be read, with the path last.
pub fn archive_of(run: &Path) -> anyhow::Result<Vec<u8>> {
    let name = run.file_name().map(PathBuf::from).unwrap_or_default();
    let run = Run::open(run)?;
    let best = run.best_path();
    let model = Checkpoint { counts: None, ..Checkpoint::<ModelInfo>::load(&best)?.halved(&best)? };
    let mut data = DataSet::load(&run.data_path())?;
    let bare = |s: &mut Sequence| s.path = s.path.file_name().map(PathBuf::from).unwrap_or_default();
    data.train.iter_mut().chain(&mut data.valid).for_each(bare);
    for folder in &mut data.origin.folders {
        *folder = folder.file_name().map(PathBuf::from).unwrap_or_default();
    }
    let mut report = run.report()?.context("this run is not finished")?;
    report.run = name;
    let read = |path: PathBuf| std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()));
    let files = [
        ("recipe.toml", read(run.dir.join("recipe.toml"))?),
        ("best.cadenza-model", model.to_bytes()?),
        ("data.cadenza-data", data.to_bytes()?),
        ("data.json", serde_json::to_vec_pretty(&crate::train::card::DataCard::of(&data))?),
        ("report.json", serde_json::to_vec_pretty(&report)?),
        ("metrics.csv", read(run.metrics_path())?),
    ];
    Ok(bundle::pack(&files)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Originality, Warm};

    #[test]
    fn every_bundled_model_unpacks_writes_and_knows_what_it_learned_from() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let runs = dir.path().join("runs");
        for bundled in &ALL {
            let folder = model_at(&runs, bundled.name);
            assert!(!folder.exists());
            let warm = Warm::default();
            let generator = warm.generator(&folder).expect("a model");
            let known = &generator.card().meters;
            assert!((known.values().sum::<f64>() - 1.0).abs() < 1e-9 && known.contains_key("4/4"), "{known:?}");
            let best = crate::job::model_file(&folder).expect("there");
            let model = Checkpoint::<ModelInfo>::load(&best).expect("reads");
            let (config, counts) = (model.config, model.counts);
            let recipe = Run::open(&folder).and_then(|r| r.plan()).expect("reads").recipe;
            assert_eq!(counts.is_some(), recipe.counts, "{}", bundled.name);
            assert!(config.groups > 0, "{} fills and accompanies", bundled.name);
            assert!(Originality::of_run(&folder).is_some(), "{}", bundled.name);
            let report = Run::open(&folder).and_then(|r| r.report()).expect("reads").expect("finished");
            let nats = report.valid_nats_per_note.expect("pieces were held out");
            assert!(bundled.card.contains(&format!("{nats:.2} nats")), "the card of {} says {nats:.2}", bundled.name);
            assert!(bundled.about().len() > 40, "a paragraph");
        }
    }

    #[test]
    fn all_models_together_are_small() {
        let bytes: usize = ALL.iter().map(|b| b.archive.len()).sum();
        assert!(bytes <= 12_000_000, "{bytes} bytes");
    }

    #[test]
    fn what_is_there_goes_before_a_bundled_model() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let runs = dir.path().join("runs");
        std::fs::create_dir_all(runs.join("folk")).expect("makes");
        assert_eq!(model_at(&runs, "folk"), runs.join("folk"));
        assert_eq!(model_at(&runs, "mine"), runs.join("mine"));
        assert!(model_at(&runs, "chorale").starts_with(dir.path().join("models")));
        assert_eq!(model_named(Path::new("no such"), Some(dir.path())), Path::new("no such"));
        for bundled in ALL {
            let folder = bundled.folder(&dir.path().join("models"));
            std::fs::create_dir_all(&folder).unwrap();
            assert_eq!(called(&folder).as_deref(), Some(bundled.name), "not by what its run was called once");
        }
        std::fs::create_dir(dir.path().join("mine-2")).unwrap();
        assert_eq!(called(&dir.path().join("mine-2")).as_deref(), Some("mine-2"));
        assert_eq!(called(&dir.path().join("best.cadenza-model")), None);
    }
}
