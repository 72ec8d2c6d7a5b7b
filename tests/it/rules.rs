//! Rules of the generator, judged by a second opinion: from the finished score and the settings alone, without
//! a line of the code that masks.

use crate::pipeline::{Watcher, never, starter, starter_pieces, tiny, tiny_of};
use cadenza::encoding::vocabulary::DURATIONS;
use cadenza::encoding::voice_slots;
use cadenza::generate::rules::{PitchGoal, Rule, RuleSet, ScaleRule, Template, VoiceRange};
use cadenza::generate::{Generator, NoteReceipt, Settings, Take, Task};
use cadenza::model::{Arch, Compute};
use cadenza::music::{Chord, Key, Note, Role, Scale, ScaleKind, Score};
use cadenza::train::{Recipe, Run, train};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Ticks of a step at 480 a quarter.
const STEP: i64 = 20;

struct Judge<'a> {
    take: &'a Take,
    /// In the order of writing: onset, slot, from high to low.
    notes: Vec<(u8, Note)>,
    broken: BTreeSet<Rule>,
}

impl<'a> Judge<'a> {
    /// Rules that the take breaks and does not say.
    fn silent(take: &'a Take) -> Vec<Rule> {
        let (slots, _) = voice_slots(&take.score);
        let written: BTreeSet<_> = take.notes.iter().map(|n| n.id).collect();
        let of_slot = |(v, n): (usize, &Note)| (slots[v], *n);
        let mut notes: Vec<(u8, Note)> =
            take.score.notes().filter(|(_, n)| written.contains(&n.id)).map(of_slot).collect();
        notes.sort_by_key(|(slot, n)| (n.start, *slot, 127 - n.pitch));
        let mut judge = Judge { take, notes, broken: BTreeSet::new() };
        judge.pitches();
        judge.times();
        judge.bars();
        judge.lines();
        judge.ends();
        judge.templates();
        judge.broken.into_iter().collect()
    }

    fn receipt(&self, note: &Note) -> &NoteReceipt {
        self.take.notes.iter().find(|r| r.id == note.id).expect("a receipt for every note")
    }

    /// A rule of single notes: each that breaks it must say so itself.
    fn each(&mut self, rule: Rule, keeps: impl Fn(u8, &Note) -> bool) {
        let said = |n: &Note| self.receipt(n).relaxed.contains(&rule);
        if self.notes.iter().any(|(slot, n)| !keeps(*slot, n) && !said(n)) {
            self.broken.insert(rule);
        }
    }

    /// A rule of the whole: the take must say so somewhere.
    fn whole(&mut self, rule: Rule, keeps: bool) {
        let said = self.take.notes.iter().any(|n| n.relaxed.contains(&rule));
        let said = said || self.take.relaxed_at_end.contains(&rule);
        if said {
            let sentence = format!("\"{}\"", rule.name());
            assert!(self.take.relaxations().iter().any(|s| s.contains(&sentence)), "{rule:?}");
        }
        if !keeps && !said {
            self.broken.insert(rule);
        }
    }

    fn pitches(&mut self) {
        let s = &self.take.settings;
        let pitched = |slot: u8| !(24..28).contains(&slot);
        let class = |n: &Note| usize::from(n.pitch % 12);
        if let Some(key) = s.key {
            self.each(Rule::Key, |v, n| !pitched(v) || key.pitch_classes()[class(n)]);
        }
        if let Some(scale) = &s.rules.scale {
            self.each(Rule::Scale, |v, n| !pitched(v) || scale.pitch_classes()[class(n)]);
        }
        if let Some((low, high)) = s.range {
            self.each(Rule::Range, |v, n| !pitched(v) || (low <= n.pitch && n.pitch <= high));
        }
        for range in &s.rules.voice_ranges {
            let first = match range.voice.as_str() {
                "melody" => 0..6,
                "bass" => 20..24,
                other => panic!("{other}"),
            };
            self.each(Rule::VoiceRange, |v, n| !first.contains(&v) || (range.low <= n.pitch && n.pitch <= range.high));
        }
        let score = &self.take.score;
        let first = score.meters.position(self.take.from_tick, score.ppq).bar;
        if !s.rules.chords.is_empty() {
            let keeps = |v: u8, n: &Note| {
                let at = score.meters.position(n.start, score.ppq);
                let beat = score.meters.meter_at(n.start).beat_ticks(score.ppq);
                let on_beat = (n.start - at.bar_start) % beat == 0;
                let chord = s.rules.chords[(at.bar - first) as usize % s.rules.chords.len()];
                !pitched(v) || !(on_beat || s.rules.chords_off_beat) || chord.pitch_classes()[class(n)]
            };
            self.each(Rule::Chords, keeps);
        }
    }

    fn times(&mut self) {
        let s = &self.take.settings;
        let score = &self.take.score;
        let place = |n: &Note| (n.start - score.meters.position(n.start, score.ppq).bar_start) / STEP;
        let straight = |n: &Note| score.meters.meter_at(n.start).is_compound();
        let grid = i64::from(s.grid.unwrap_or(6));
        // The quarter of a swung grid, written out by hand for the values that the tests ask for.
        let swung: Option<&[i64]> = match (s.rules.swing.map(|x| (x * 2.0) as i64), grid) {
            (None, _) => None,
            (Some(0), 6) => Some(&[0, 6, 12, 18]),
            (Some(1), 6) => Some(&[0, 7, 14, 19]),
            (Some(2), 6) => Some(&[0, 8, 16, 20]),
            (Some(0), 12) => Some(&[0, 12]),
            (Some(1), 12) => Some(&[0, 14]),
            (Some(2), 12) => Some(&[0, 16]),
            _ => None,
        };
        if let Some(swung) = swung {
            self.each(Rule::Swing, |_, n| straight(n) || swung.contains(&(place(n) % 24)));
        }
        if let Some(grid) = s.grid.map(i64::from) {
            let said = |n: &Note| self.receipt(n).relaxed.contains(&Rule::Swing);
            let moved: BTreeSet<_> = self
                .notes
                .iter()
                .filter(|(_, n)| swung.is_some() && !straight(n) && !said(n))
                .map(|(_, n)| n.id)
                .collect();
            self.each(Rule::Grid, |_, n| moved.contains(&n.id) || place(n) % grid == 0);
        }
        if let Some(most) = s.max_polyphony {
            let all: Vec<Note> = self.notes.iter().map(|(_, n)| *n).collect();
            let at_once = |t: i64| all.iter().filter(|n| n.start <= t && t < n.end()).count();
            let keeps = all.iter().all(|n| at_once(n.start) <= most as usize);
            self.whole(Rule::Polyphony, keeps);
        }
        if let Some(most) = s.rules.max_rest {
            let (mut end, mut longest) = (self.take.from_tick, 0);
            for (_, n) in &self.notes {
                longest = longest.max(n.start - end);
                end = end.max(n.end());
            }
            longest = longest.max(self.take.to_tick - end);
            self.whole(Rule::MaxRest, longest <= (most * 480.0) as i64);
        }
    }

    fn bars(&mut self) {
        let score = &self.take.score;
        let bar = |tick: i64| score.meters.position(tick, score.ppq).bar;
        let (first, last) = (bar(self.take.from_tick), bar(self.take.to_tick - 1));
        let counts = (first..=last).map(|b| self.notes.iter().filter(|(_, n)| bar(n.start) == b).count() as u32);
        let counts: Vec<u32> = counts.collect();
        let rules = &self.take.settings.rules;
        let (least, most) = (rules.min_notes_per_bar, rules.max_notes_per_bar);
        self.whole(Rule::MinNotes, least.is_none_or(|least| counts.iter().all(|c| *c >= least)));
        self.whole(Rule::MaxNotes, most.is_none_or(|most| counts.iter().all(|c| *c <= most)));
    }

    fn lines(&mut self) {
        // The highest note of each onset of each slot.
        let mut lines: BTreeMap<u8, BTreeMap<i64, Note>> = BTreeMap::new();
        for (slot, n) in &self.notes {
            let top = lines.entry(*slot).or_default().entry(n.start).or_insert(*n);
            if top.pitch < n.pitch {
                *top = *n;
            }
        }
        let (mut leaps, mut repeats) = (true, true);
        for line in lines.values() {
            let line: Vec<Note> = line.values().copied().collect();
            if let Some(most) = self.take.settings.rules.max_leap {
                leaps &= line.windows(2).all(|w| w[0].pitch.abs_diff(w[1].pitch) <= most);
            }
            if let Some(n) = self.take.settings.rules.no_repeat {
                let gram = |w: &[Note]| {
                    w.iter().map(|x| (i16::from(x.pitch) - i16::from(w[0].pitch), x.duration)).collect::<Vec<_>>()
                };
                let mut seen = BTreeSet::new();
                repeats &= line.windows(n as usize).all(|w| seen.insert(gram(w)));
            }
        }
        self.whole(Rule::MaxLeap, leaps);
        self.whole(Rule::NoRepeat, repeats);
    }

    fn ends(&mut self) {
        let pitched: Vec<&(u8, Note)> = self.notes.iter().filter(|(v, _)| !(24..28).contains(v)).collect();
        let holds = |goal: PitchGoal, pitch: u8| match goal {
            PitchGoal::Class(class) => pitch % 12 == class,
            PitchGoal::Pitch(p) => pitch == p,
        };
        let last = pitched.last().map(|(_, n)| n.start);
        let head = pitched.iter().find(|(_, n)| Some(n.start) == last).map(|(_, n)| n.pitch);
        let start = pitched.first().map(|(_, n)| n.pitch);
        let rules = self.take.settings.rules.clone();
        let keeps =
            |goal: Option<PitchGoal>, pitch: Option<u8>| goal.is_none_or(|g| pitch.is_some_and(|p| holds(g, p)));
        self.whole(Rule::StartPitch, keeps(rules.start_pitch, start));
        self.whole(Rule::EndPitch, keeps(rules.end_pitch, head));
    }

    /// Templates of these tests hold one melody in slot 0, as do the models.
    fn templates(&mut self) {
        let (from, to) = (self.take.from_tick / STEP, self.take.to_tick / STEP);
        if let Some(template) = self.take.settings.rules.rhythm_from.clone() {
            let mut wanted = Vec::new();
            let mut start = from;
            while start < to {
                for n in template.notes.iter().filter(|n| start + i64::from(n.onset) < to) {
                    let onset = start + i64::from(n.onset);
                    let left = to - onset;
                    let fits =
                        DURATIONS.iter().map(|d| i64::from(*d)).filter(|d| *d <= left.min(i64::from(n.duration)));
                    wanted.push((onset, n.slot, fits.max().unwrap_or(1)));
                }
                start += i64::from(template.length);
            }
            wanted.sort_unstable();
            let mut got: Vec<_> = self.notes.iter().map(|(v, n)| (n.start / STEP, *v, n.duration / STEP)).collect();
            got.sort_unstable();
            self.whole(Rule::Rhythm, wanted == got);
        }
        if let Some(template) = self.take.settings.rules.pitches_from.clone() {
            let order = |slot: u8| template.notes.iter().filter(move |n| n.slot == slot).map(|n| n.pitch);
            let keeps = (0..32).all(|slot| {
                let got = self.notes.iter().filter(|(v, _)| *v == slot).map(|(_, n)| n.pitch);
                let wanted: Vec<u8> = order(slot).collect();
                let none = wanted.is_empty();
                let mut cycle = wanted.iter().cycle();
                got.into_iter().all(|p| !none && cycle.next() == Some(&p))
            });
            self.whole(Rule::Pitches, keeps);
        }
    }
}

/// A rule set at random: each rule is on in about a quarter of them.
fn any_settings(rng: &mut ChaCha8Rng, templates: &[Template]) -> Settings {
    let mut s = Settings { bars: rng.random_range(2..=6), seed: rng.random(), ..Settings::default() };
    let on = |rng: &mut ChaCha8Rng| rng.random::<f32>() < 0.25;
    let goal = |rng: &mut ChaCha8Rng| match rng.random_range(0..3) {
        0 => PitchGoal::Pitch(rng.random_range(55..85)),
        _ => PitchGoal::Class(rng.random_range(0..12)),
    };
    let mut r = RuleSet::default();
    if on(rng) {
        s.key = Key::all().nth(rng.random_range(0..24));
    }
    if on(rng) {
        let low = rng.random_range(40..80);
        s.range = Some((low, low + rng.random_range(0..24)));
    }
    if on(rng) {
        s.max_polyphony = Some(rng.random_range(1..4));
    }
    if on(rng) {
        s.grid = [6, 8, 12, 24, 48].choose(rng).copied();
    }
    if on(rng) {
        let kind = *ScaleKind::ALL.choose(rng).expect("some");
        let classes = vec![0, 4, 8];
        r.scale = Some(if rng.random() {
            ScaleRule::Named(Scale::new(rng.random_range(0..12), kind))
        } else {
            ScaleRule::Classes(classes)
        });
    }
    if on(rng) {
        r.chords = ["Am", "F", "C7", "Gsus4", "Bdim"].iter().filter_map(|c| Chord::parse(c)).collect();
        r.chords.truncate(rng.random_range(1..=5));
        r.chords_off_beat = rng.random();
    }
    if on(rng) {
        let low = rng.random_range(40..80);
        r.voice_ranges.push(VoiceRange { voice: "melody".to_owned(), low, high: low + rng.random_range(0..24) });
    }
    if on(rng) {
        r.swing = [0.0, 0.5, 1.0].choose(rng).copied();
    }
    if on(rng) {
        r.max_leap = Some(rng.random_range(0..9));
    }
    if on(rng) {
        r.max_rest = [0.0, 0.5, 1.0, 3.0].choose(rng).copied();
    }
    if on(rng) {
        r.max_notes_per_bar = Some(rng.random_range(1..9));
    }
    if on(rng) {
        r.min_notes_per_bar = Some(rng.random_range(1..=r.max_notes_per_bar.unwrap_or(6)));
    }
    if on(rng) {
        r.start_pitch = Some(goal(rng));
    }
    if on(rng) {
        r.end_pitch = Some(goal(rng));
    }
    if on(rng) {
        r.no_repeat = Some(rng.random_range(2..5));
    }
    if on(rng) {
        r.rhythm_from = templates.choose(rng).cloned();
    }
    if on(rng) {
        r.pitches_from = templates.choose(rng).cloned();
    }
    s.rules = r;
    s
}

/// A melody alone, as a template and as a primer.
fn melody(i: usize) -> Score {
    let mut score = (*starter_pieces()[i].score()).clone();
    score.voices.truncate(1);
    score.voices[0].role = Role::Melody;
    score
}

fn models(dir: &Path) -> Vec<(&'static str, Generator)> {
    let recipes: [(&'static str, Recipe); 3] =
        [("ngram", tiny_of(Arch::Ngram, 1)), ("transformer", tiny(12)), ("told", Recipe { tell: 0.5, ..tiny(12) })];
    let made = recipes.into_iter().map(|(name, recipe)| {
        let run = dir.join(name);
        train(starter(), &recipe, Compute::Cpu, None, &run, &mut Watcher::until(u64::MAX)).expect("trains");
        (name, Generator::load(&Run::open(&run).expect("a run").best_path()).expect("a model"))
    });
    made.collect()
}

/// Makes `n` takes over random rules, seeds and models; says of each rule how many takes had it on, and how
/// many set it aside somewhere.
fn judged(n: usize) -> BTreeMap<&'static str, (usize, usize)> {
    let dir = tempfile::tempdir().expect("temporary folder");
    let models = models(dir.path());
    let scores: Vec<Score> = [0, 3, 8, 15].map(melody).into();
    let templates: Vec<Template> = scores.iter().map(Template::of).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let mut table = BTreeMap::new();
    let mut slowest = 0.0f64;
    for i in 0..n {
        let (name, generator) = &models[i % models.len()];
        let mut settings = any_settings(&mut rng, &templates);
        if i % 4 == 3 {
            settings.task = Task::Continue;
        }
        let primer = scores.choose(&mut rng).filter(|_| settings.task == Task::Continue);
        let take = generator.take(&settings, primer, &never(), &mut |_| {}).expect("sound settings");
        slowest = slowest.max(take.seconds);
        let what = format!("take {i} of {name}: {:?} {:?}", settings, take.relaxations());
        assert!(!take.notes.is_empty(), "{what}");
        let bar = |tick| take.score.meters.position(tick, take.score.ppq).bar;
        assert_eq!(bar(take.to_tick - 1) - bar(take.from_tick) + 1, i64::from(settings.bars), "{what}");
        assert_eq!(take.score.end, take.to_tick, "{what}");
        let silent = Judge::silent(&take);
        assert!(silent.is_empty(), "{silent:?} {what}");
        let r = &settings.rules;
        for (rule, on) in [
            (Rule::MinNotes, r.min_notes_per_bar.is_some()),
            (Rule::MaxNotes, r.max_notes_per_bar.is_some()),
            (Rule::NoRepeat, r.no_repeat.is_some()),
            (Rule::MaxLeap, r.max_leap.is_some()),
            (Rule::EndPitch, r.end_pitch.is_some()),
            (Rule::StartPitch, r.start_pitch.is_some()),
            (Rule::MaxRest, r.max_rest.is_some()),
            (Rule::Polyphony, settings.max_polyphony.is_some()),
            (Rule::Swing, r.swing.is_some()),
            (Rule::Grid, settings.grid.is_some()),
            (Rule::Chords, !r.chords.is_empty()),
            (Rule::Key, settings.key.is_some()),
            (Rule::Scale, r.scale.is_some()),
            (Rule::Range, settings.range.is_some()),
            (Rule::VoiceRange, !r.voice_ranges.is_empty()),
            (Rule::Pitches, r.pitches_from.is_some()),
            (Rule::Rhythm, r.rhythm_from.is_some()),
        ] {
            let said = take.relaxed_at_end.iter().chain(take.notes.iter().flat_map(|n| &n.relaxed));
            let row: &mut (usize, usize) = table.entry(rule.name()).or_default();
            row.0 += usize::from(on);
            row.1 += usize::from(said.into_iter().any(|r| *r == rule));
        }
    }
    println!("slowest take: {slowest:.2} s");
    table
}

#[test]
fn no_rule_is_broken_in_silence() {
    let table = judged(60);
    assert!(table.values().all(|(on, relaxed)| *on > 0 && relaxed <= on), "{table:?}");
}

/// The measurement: `cargo test --test it a_thousand -- --ignored --nocapture`.
#[test]
#[ignore = "minutes; a table to be read"]
fn a_thousand_takes_break_no_rule_in_silence() {
    for (rule, (on, relaxed)) in judged(1000) {
        println!(
            "{rule:12} on in {on:4} takes, set aside in {relaxed:4} ({:.0} %)",
            100.0 * relaxed as f64 / on.max(1) as f64
        );
    }
}

#[test]
fn rules_that_can_be_kept_are_kept_without_a_word() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let scores = [melody(3)];
    let template = Template::of(&scores[0]);
    let sets = [
        RuleSet { scale: ScaleRule::parse("A minor pentatonic"), ..RuleSet::default() },
        RuleSet {
            chords: ["Am", "F", "C", "G"].iter().filter_map(|c| Chord::parse(c)).collect(),
            ..RuleSet::default()
        },
        RuleSet { voice_ranges: vec![VoiceRange::parse("melody=60-72").expect("a range")], ..RuleSet::default() },
        RuleSet { max_leap: Some(4), ..RuleSet::default() },
        RuleSet { no_repeat: Some(3), ..RuleSet::default() },
        RuleSet { start_pitch: PitchGoal::parse("C"), end_pitch: PitchGoal::parse("G4"), ..RuleSet::default() },
        RuleSet { swing: Some(1.0), ..RuleSet::default() },
        RuleSet { max_rest: Some(1.0), ..RuleSet::default() },
        RuleSet { rhythm_from: Some(template.clone()), ..RuleSet::default() },
        RuleSet { pitches_from: Some(template), ..RuleSet::default() },
    ];
    for (name, generator) in models(dir.path()) {
        for rules in &sets {
            let settings = Settings { rules: rules.clone(), bars: 4, ..Settings::default() };
            let take = generator.take(&settings, None, &never(), &mut |_| {}).expect("sound settings");
            assert_eq!(Judge::silent(&take), [], "{name} {rules:?}");
            assert_eq!(take.relaxations(), Vec::<String>::new(), "{name} {rules:?}");
        }
        let unknown =
            RuleSet { voice_ranges: vec![VoiceRange::parse("tuba=60-72").expect("a range")], ..RuleSet::default() };
        let settings = Settings { rules: unknown, ..Settings::default() };
        assert!(generator.take(&settings, None, &never(), &mut |_| {}).is_err_and(|e| e.to_string().contains("tuba")));
    }
}
