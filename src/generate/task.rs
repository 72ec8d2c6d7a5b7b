//! What a take is to do with the music that is there: which part of it is open, what goes from there
//! and what stays. Pure.

use super::Settings;
use super::take::PPQ;
use crate::encoding::vocabulary::{slot, slot_role};
use crate::encoding::{BarGrid, ModelCard, Region, STEPS_PER_QUARTER, voice_slots};
use crate::music::transform::rescaled;
use crate::music::{Role, Score};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A piece from nothing; with a primer, its continuation.
    #[default]
    New,
    /// What comes after the primer.
    Continue,
    /// Some bars of some voices written anew.
    Fill,
    /// Voices that are not there, to those that are.
    Accompany,
    /// A share of the notes written anew, the others in place.
    Vary,
    /// One voice stays, every other is written to it.
    Harmonise,
}

impl Task {
    pub const ALL: [Task; 6] = [Task::New, Task::Continue, Task::Fill, Task::Accompany, Task::Vary, Task::Harmonise];

    /// Whether it opens a region in music that is there.
    pub fn opens(self) -> bool {
        !matches!(self, Task::New | Task::Continue)
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

impl std::str::FromStr for Task {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(|t| t.to_string()).join(", ");
        let found = Self::ALL.into_iter().find(|t| t.to_string() == text);
        found.ok_or_else(|| format!("no task \"{text}\" (there are {})", names()))
    }
}

/// A piece with its open part emptied.
pub struct Plan {
    /// At [`PPQ`] ticks a quarter; what stays of it is never touched.
    pub score: Score,
    /// Slot of each of its voices.
    pub slots: Vec<u8>,
    pub region: Region,
    /// Bars from which a note was taken.
    emptied: BTreeSet<u32>,
    /// Whether only such are to be written again.
    varies: bool,
}

/// Bars a section holds at most: what is longer is written section by section.
const SECTION: u32 = 16;

impl Plan {
    /// What the settings open in `score` (at [`PPQ`] ticks a quarter).
    ///
    /// # Errors
    /// What makes no sense, as a sentence.
    pub fn new(settings: &Settings, card: &ModelCard, mut score: Score, rng: &mut ChaCha8Rng) -> Result<Self, String> {
        let (slots, _) = voice_slots(&score);
        let mask = |slots: &mut dyn Iterator<Item = u8>| slots.fold(0u32, |all, s| all | 1 << s.min(31));
        let has_notes = |(voice, _): &(&crate::music::Voice, &u8)| !voice.notes.is_empty();
        let present = mask(&mut score.voices.iter().zip(&slots).filter(has_notes).map(|(_, s)| *s));
        let known = mask(&mut card.slots.iter().map(|s| s.slot));
        let usual = mask(&mut usual(card));
        let named = |name: &String| slot_named(name, card, &score, &slots);
        let chosen = settings.voices.iter().map(named).collect::<Result<Vec<u8>, _>>()?;
        let chosen = mask(&mut chosen.into_iter());
        let open = match settings.task {
            // The kept voice is the one that was chosen, else the first by its meaning: the melody.
            Task::Harmonise => {
                (usual | present) & !(if chosen > 0 { chosen } else { present & present.wrapping_neg() })
            }
            _ if chosen > 0 => chosen,
            Task::Accompany => usual & !present,
            _ if present > 0 => present,
            _ => known,
        };
        if open == 0 {
            return Err(match settings.task {
                Task::Accompany => format!(
                    "every voice that the model mostly writes is there already: choose the one to write ({})",
                    voices_of(card).join(", ")
                ),
                _ => "no voice is left to be written".to_owned(),
            });
        }
        let grid = BarGrid::of(&score);
        let n_bars = bars_of(&score, &grid);
        let (from, to) = settings.region.unwrap_or((1, n_bars.max(1)));
        if from > n_bars.max(1) {
            return Err(format!("bar {from} lies past the end: the piece has {n_bars}"));
        }
        let region = Region { from: from - 1, to, open };
        let (mut emptied, varies) = (BTreeSet::new(), settings.task == Task::Vary);
        for (voice, slot) in score.voices.iter_mut().zip(&slots) {
            voice.notes.retain(|n| {
                let bar = grid.locate(step(n.start)).bar;
                let goes = region.holds(bar, u16::from(*slot)) && (!varies || rng.random::<f32>() < settings.far);
                if goes {
                    emptied.insert(bar);
                }
                !goes
            });
        }
        Ok(Self { score, slots, region, emptied, varies })
    }

    /// The region in stretches short enough that what is given and what is to come fit in a window of
    /// `window` notes.
    pub fn sections(&self, window: usize) -> Vec<Region> {
        let grid = BarGrid::of(&self.score);
        let mut given = vec![0usize; self.region.bars() as usize];
        for (_, note) in self.score.notes() {
            let at = grid.locate(step(note.start)).bar.checked_sub(self.region.from);
            if let Some(n) = at.and_then(|at| given.get_mut(at as usize)) {
                *n += 1;
            }
        }
        let (mut out, mut from) = (Vec::new(), self.region.from);
        while from < self.region.to {
            let (mut bars, mut notes) = (0, 0);
            for n in &given[(from - self.region.from) as usize..] {
                notes += n;
                if bars > 0 && (bars == SECTION || notes > window / 3) {
                    break;
                }
                bars += 1;
            }
            // Where nothing was taken from, there is nothing to vary.
            if !self.varies || self.emptied.range(from..from + bars).next().is_some() {
                out.push(Region { from, to: from + bars, ..self.region });
            }
            from += bars;
        }
        out
    }
}

/// The slot of a voice by its number in the score (from 1), its name there or in the model's corpus, or
/// its role.
fn slot_named(name: &str, card: &ModelCard, score: &Score, slots: &[u8]) -> Result<u8, String> {
    let same = |other: &str| other.trim().eq_ignore_ascii_case(name.trim());
    let by_number = name.parse::<usize>().ok().and_then(|n| slots.get(n.checked_sub(1)?).copied());
    let by_name = || score.voices.iter().zip(slots).find(|(v, _)| same(&v.name)).map(|(_, slot)| *slot);
    let by_card = || card.slots.iter().find(|s| same(&s.name)).map(|s| s.slot);
    let by_role = || {
        let role = Role::ALL.into_iter().find(|role| same(&format!("{role:?}")))?;
        let known = card.slots.iter().map(|s| s.slot).find(|s| slot_role(*s).0 == role);
        Some(known.unwrap_or(slot(role, 0).0))
    };
    by_number.or_else(by_name).or_else(by_card).or_else(by_role).ok_or_else(|| {
        let here: Vec<&str> = score.voices.iter().map(|v| v.name.trim()).filter(|n| !n.is_empty()).collect();
        let here = if here.is_empty() { String::new() } else { format!("the piece has {}; ", here.join(", ")) };
        format!("there is no voice \"{name}\" ({here}the model writes {})", voices_of(card).join(", "))
    })
}

/// Slots that at least a quarter as many of the learned pieces have as the commonest. Voices of a few pieces of
/// another kind (a bass of hymns among tunes with chords) are written only where they are asked for by name.
fn usual(card: &ModelCard) -> impl Iterator<Item = u8> {
    let most = card.slots.iter().map(|s| s.pieces).max().unwrap_or(0);
    card.slots.iter().filter(move |s| 4 * s.pieces >= most).map(|s| s.slot)
}

/// Every voice that a model writes, by name and role.
fn voices_of(card: &ModelCard) -> Vec<String> {
    let of = |s: &crate::encoding::SlotCard| {
        let role = format!("{:?}", slot_role(s.slot).0).to_lowercase();
        match s.name.trim() {
            "" => role,
            name if name.eq_ignore_ascii_case(&role) => role,
            name => format!("{name} ({role})"),
        }
    };
    card.slots.iter().map(of).collect()
}

/// The slots that a name means: where it is a role, all of it that the model knows; else as [`slot_named`].
pub(super) fn slots_named(name: &str, card: &ModelCard, score: &Score, slots: &[u8]) -> Result<Vec<u8>, String> {
    let role = Role::ALL.into_iter().find(|role| format!("{role:?}").eq_ignore_ascii_case(name.trim()));
    let known = card.slots.iter().map(|s| s.slot).chain(slots.iter().copied());
    let of_role: BTreeSet<u8> = known.filter(|s| Some(slot_role(*s).0) == role).collect();
    if of_role.is_empty() { Ok(vec![slot_named(name, card, score, slots)?]) } else { Ok(of_role.into_iter().collect()) }
}

/// Ticks of a score at [`PPQ`] in steps.
pub fn step(tick: i64) -> u32 {
    u32::try_from(rescaled(tick, PPQ, STEPS_PER_QUARTER)).unwrap_or(0)
}

/// Bars up to the end of the score.
fn bars_of(score: &Score, grid: &BarGrid) -> u32 {
    let end = step(score.end);
    if end == 0 { 0 } else { grid.locate(end - 1).bar + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::SlotCard;
    use crate::generate::generator::with_ppq;
    use crate::music::text;
    use rand::SeedableRng;

    /// Four bars of melody (slot 0) and bass (20).
    fn score() -> Score {
        let line = |role: &str, pitch: &str| {
            let note = |i: usize| format!(" | {} 24 {pitch}", i * 24);
            format!("{role}{}", (0..16).map(note).collect::<String>())
        };
        with_ppq(&text::parse(&format!("{}\n{}", line("melody", "c5"), line("bass", "c2"))).expect("valid"))
    }

    fn card() -> ModelCard {
        let slot = |slot| SlotCard { slot, name: String::new(), program: 0, pieces: 1 };
        ModelCard { slots: vec![slot(0), slot(12), slot(20)], ..ModelCard::default() }
    }

    fn plan(settings: &Settings) -> Result<Plan, String> {
        Plan::new(settings, &card(), score(), &mut ChaCha8Rng::seed_from_u64(1))
    }

    #[test]
    fn each_task_opens_its_part_and_leaves_the_rest() {
        let of = |task, voices: &[&str], region| {
            let voices = voices.iter().map(|v| (*v).to_owned()).collect();
            let plan = plan(&Settings { task, voices, region, ..Settings::default() }).expect("sound");
            let left: Vec<usize> = plan.score.voices.iter().map(|v| v.notes.len()).collect();
            (plan.region.from, plan.region.to, plan.region.open, left)
        };
        let (melody, chords, bass) = (1, 1 << 12, 1 << 20);
        assert_eq!(of(Task::Fill, &[], Some((2, 3))), (1, 3, melody | bass, vec![8, 8]));
        assert_eq!(of(Task::Fill, &["bass"], Some((2, 3))), (1, 3, bass, vec![16, 8]));
        assert_eq!(of(Task::Accompany, &[], None), (0, 4, chords, vec![16, 16]));
        assert_eq!(of(Task::Accompany, &["2"], None), (0, 4, bass, vec![16, 0]));
        assert_eq!(of(Task::Harmonise, &[], None), (0, 4, chords | bass, vec![16, 0]));
        assert_eq!(of(Task::Harmonise, &["Bass"], None), (0, 4, chords | melody, vec![0, 16]));
        let varied = of(Task::Vary, &["1"], None);
        assert!(varied.3[1] == 16 && (2..15).contains(&varied.3[0]), "{varied:?}");
        assert!(plan(&Settings { task: Task::Fill, region: Some((9, 9)), ..Settings::default() }).is_err());
        let unknown = Settings { task: Task::Fill, voices: vec!["flugelhorn".to_owned()], ..Settings::default() };
        let Err(why) = plan(&unknown) else { panic!("there is no such voice") };
        assert!(why.contains("flugelhorn") && why.ends_with("the model writes melody, chords, bass)"), "{why}");
    }

    #[test]
    fn voices_of_few_pieces_are_written_only_where_they_are_named() {
        let slot = |slot, pieces| SlotCard { slot, name: String::new(), program: 0, pieces };
        let card = ModelCard { slots: vec![slot(0, 100), slot(12, 80), slot(13, 24), slot(20, 25)], ..card() };
        let of = |task, voices: &[&str]| {
            let voices = voices.iter().map(|v| (*v).to_owned()).collect();
            let settings = Settings { task, voices, ..Settings::default() };
            Plan::new(&settings, &card, score(), &mut ChaCha8Rng::seed_from_u64(1)).map(|plan| plan.region.open)
        };
        assert_eq!(of(Task::Accompany, &[]), Ok(1 << 12));
        assert_eq!(of(Task::Harmonise, &[]), Ok(1 << 12 | 1 << 20));
        let card = ModelCard { slots: vec![slot(0, 100), slot(12, 10), slot(20, 80)], ..card };
        let settings = Settings { task: Task::Accompany, ..Settings::default() };
        let Err(why) = Plan::new(&settings, &card, score(), &mut ChaCha8Rng::seed_from_u64(1)) else {
            panic!("nothing that is usual is missing")
        };
        assert!(why.ends_with("choose the one to write (melody, chords, bass)"), "{why}");
    }

    #[test]
    fn sections_tile_the_region() {
        let plan = plan(&Settings { task: Task::Accompany, ..Settings::default() }).expect("sound");
        for (window, n) in [(1000, 1), (60, 2), (10, 4)] {
            let sections = plan.sections(window);
            assert_eq!(sections.len(), n, "{window}");
            assert!(sections[0].from == 0 && sections[n - 1].to == 4);
            assert!(sections.windows(2).all(|w| w[0].to == w[1].from));
        }
    }

    #[test]
    fn names_are_read_back() {
        for task in Task::ALL {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        assert!("none".parse::<Task>().is_err());
    }
}
