//! Rules that leave nothing together wherever they meet, told before anything is written. Only what is so for
//! certain: what is left at a place also depends on what stands before it.

use super::{RELAX_ORDER, Rule};
use crate::generate::Settings;

/// Pitches that one rule allows.
type Allowed = [bool; 128];

/// Pairs of rules of which none of the pitches of one is allowed by the other; the one that gives way is the first.
pub fn conflicts(settings: &Settings) -> Vec<(Rule, Rule)> {
    let allowed = allowed(settings);
    let mut found: Vec<(Rule, Rule)> = Vec::new();
    for (i, (rule, pitches)) in allowed.iter().enumerate() {
        for (other, others) in &allowed[i + 1..] {
            // The start and the end are never asked for at once, nor two chords, nor an end and the chord of another bar.
            let goal = matches!(rule, Rule::StartPitch | Rule::EndPitch);
            let together = rule != other && !(goal && matches!(other, Rule::EndPitch | Rule::Chords));
            if together && !pitches.iter().zip(others).any(|(a, b)| *a && *b) {
                found.push(in_order(*rule, *other));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The settings without rules that would leave nothing together with another; and each of those with that other.
/// Asked for note by note, such a rule would be evaded: by notes where it does not ask, or by an early end.
pub fn without_conflicts(settings: &Settings) -> (Settings, Vec<(Rule, Rule)>) {
    let (mut settings, mut set_aside) = (settings.clone(), Vec::new());
    while let Some((rule, other)) = conflicts(&settings).first().copied() {
        set_aside.push((rule, other));
        match rule {
            Rule::StartPitch => settings.rules.start_pitch = None,
            Rule::EndPitch => settings.rules.end_pitch = None,
            Rule::Chords => settings.rules.chords.clear(),
            Rule::Key => settings.key = None,
            Rule::Scale => settings.rules.scale = None,
            _ => settings.range = None,
        }
    }
    (settings, set_aside)
}

fn in_order(a: Rule, b: Rule) -> (Rule, Rule) {
    let rank = |rule: Rule| RELAX_ORDER.iter().position(|r| *r == rule);
    if rank(a) < rank(b) { (a, b) } else { (b, a) }
}

/// What each rule of single pitches allows by itself. Of a range of one voice nothing: other voices are free of it.
fn allowed(settings: &Settings) -> Vec<(Rule, Allowed)> {
    let rules = &settings.rules;
    let of = |rule: Rule, allows: &dyn Fn(u8) -> bool| (rule, std::array::from_fn(|pitch| allows(pitch as u8)));
    let of_classes = |rule: Rule, classes: [bool; 12]| of(rule, &|pitch| classes[usize::from(pitch % 12)]);
    let goals = [(Rule::StartPitch, rules.start_pitch), (Rule::EndPitch, rules.end_pitch)];
    let goals = goals.into_iter().filter_map(|(rule, goal)| goal.map(|goal| of(rule, &|pitch| goal.holds(pitch))));
    let key = settings.key.map(|key| of_classes(Rule::Key, key.pitch_classes()));
    let scale = rules.scale.as_ref().map(|scale| of_classes(Rule::Scale, scale.pitch_classes()));
    let range = settings.range.map(|(low, high)| of(Rule::Range, &|pitch| (low..=high).contains(&pitch)));
    let chords = rules.chords.iter().map(|chord| of_classes(Rule::Chords, chord.pitch_classes()));
    goals.chain(key).chain(scale).chain(range).chain(chords).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::rules::{PitchGoal, RuleSet, ScaleRule, parse_chords};
    use crate::music::Key;

    fn of(change: impl Fn(&mut Settings)) -> Vec<(Rule, Rule)> {
        let mut settings = Settings::default();
        change(&mut settings);
        conflicts(&settings)
    }

    #[test]
    fn rules_that_go_together_are_no_conflict() {
        assert!(of(|_| ()).is_empty());
        let many = of(|s| {
            (s.key, s.range) = (Key::parse("C major"), Some((60, 72)));
            let (start, end) = (PitchGoal::parse("C4"), PitchGoal::parse("G"));
            let chords = parse_chords("Am F C G").expect("chords");
            s.rules = RuleSet { start_pitch: start, end_pitch: end, chords, ..RuleSet::default() };
        });
        assert!(many.is_empty(), "{many:?}");
    }

    #[test]
    fn rules_that_exclude_each_other_are_named_the_one_that_gives_way_first() {
        let range = of(|s| (s.range, s.rules.start_pitch) = (Some((60, 72)), PitchGoal::parse("C3")));
        assert_eq!(range, [(Rule::StartPitch, Rule::Range)]);
        let key = of(|s| (s.key, s.rules.end_pitch) = (Key::parse("C major"), PitchGoal::parse("F#")));
        assert_eq!(key, [(Rule::EndPitch, Rule::Key)]);
        let scale = of(|s| (s.rules.scale, s.range) = (ScaleRule::parse("C D"), Some((64, 66))));
        assert_eq!(scale, [(Rule::Scale, Rule::Range)]);
        let chord = of(|s| {
            s.key = Key::parse("C major");
            s.rules.scale = ScaleRule::parse("C D");
            s.rules.chords = parse_chords("C F#m B").expect("chords");
        });
        assert_eq!(chord, [(Rule::Chords, Rule::Scale)], "told once, for two chords");
    }

    #[test]
    fn what_is_set_aside_leaves_rules_that_go_together() {
        let mut settings = Settings { key: Key::parse("D minor"), range: Some((61, 61)), ..Settings::default() };
        settings.rules.end_pitch = PitchGoal::parse("F#");
        settings.rules.scale = ScaleRule::parse("C# F#");
        let (left, aside) = without_conflicts(&settings);
        assert!(conflicts(&left).is_empty());
        assert_eq!(aside.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), [Rule::EndPitch, Rule::Key]);
        assert!(left.key.is_none() && left.range.is_some() && left.rules.scale.is_some());
        assert_eq!(without_conflicts(&left), (left.clone(), Vec::new()));
    }
}
