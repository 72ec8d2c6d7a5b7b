//! Putting one score into a stretch of another: what a kept take does.

use crate::music::mix;
use crate::music::{Note, NoteId, Role, Score, Tick, Voice, VoiceEvent, VoiceEventKind, transform};
use std::collections::HashSet;

/// What a voice keeps whatever it plays.
const MIX: [u8; 2] = [mix::VOLUME, mix::PAN];

/// Puts `with` (its tick 0 on `from`) in the place of what starts in `from..to`. Returns the new
/// notes and the voices that were touched. Voices of `with` that hold no note change nothing.
pub(super) fn replace(score: &mut Score, from: Tick, to: Tick, with: &Score) -> (Vec<NoteId>, Vec<usize>) {
    let whole = from <= 0 && to >= score.end;
    let mixes: Vec<_> = score.voices.iter().map(|v| MIX.map(|number| v.controller_at_start(number))).collect();
    if whole {
        take_over_maps(score, with);
        for voice in &mut score.voices {
            voice.notes.clear();
            voice.events.clear();
        }
    }
    let rescaled = |tick: Tick| transform::rescaled(tick, with.ppq, score.ppq);
    let voices: Vec<Voice> = with
        .voices
        .iter()
        .map(|v| {
            let mut v = v.clone();
            for n in &mut v.notes {
                let end = rescaled(n.end());
                n.start = rescaled(n.start);
                n.duration = (end - n.start).max(1);
                n.start += from;
            }
            for e in &mut v.events {
                e.tick = rescaled(e.tick) + from;
            }
            v
        })
        .collect();
    let new_end = from + rescaled(with.end);
    let (mut ids, mut touched) = (Vec::new(), Vec::new());
    let mut used = HashSet::new();
    for (place, voice) in voices.into_iter().enumerate().filter(|(_, v)| !v.notes.is_empty()) {
        let target = find_voice(score, &voice, place, &used);
        let target = target
            .unwrap_or_else(|| score.push_voice(Voice { notes: Vec::new(), events: Vec::new(), ..voice.clone() }));
        used.insert(target);
        touched.push(target);
        if whole {
            score.voices[target].program = voice.program;
        }
        clear(&mut score.voices[target], from, to);
        score.voices[target].events.extend(voice.events);
        for note in voice.notes {
            let id = score.fresh_id();
            ids.push(id);
            let clean = Note::new(note.start, note.duration, note.pitch, note.velocity);
            score.voices[target].notes.push(Note { id, ..clean });
        }
        score.voices[target].sort();
        // How loud a voice is, and where, is the piece's own, unless the new part says otherwise.
        let target = &mut score.voices[target];
        for (number, value) in MIX.into_iter().zip(mixes.get(touched[touched.len() - 1]).copied().unwrap_or_default()) {
            if let (Some(value), None) = (value, target.controller_at_start(number)) {
                target.set_controller_at_start(number, value);
            }
        }
    }
    if whole {
        // Voices of the old piece that the new one has no use for would only be empty rows.
        let mut i = 0;
        score.voices.retain(|_| {
            i += 1;
            used.contains(&(i - 1))
        });
        touched = (0..score.voices.len()).collect();
        score.end = 0;
    }
    score.end = score.end.max(new_end).max(score.last_note_end());
    (ids, touched)
}

/// The voice that should play `voice`: same name and role, else the same place with the same role,
/// else any free one of that role (a role that says nothing does not count).
fn find_voice(score: &Score, voice: &Voice, place: usize, used: &HashSet<usize>) -> Option<usize> {
    let free = |i: &usize| !used.contains(i);
    let all = || 0..score.voices.len();
    let same_role = |i: &usize| score.voices[*i].role == voice.role;
    all()
        .filter(free)
        .find(|i| same_role(i) && score.voices[*i].name == voice.name)
        .or_else(|| all().filter(free).find(|i| *i == place && same_role(i)))
        .or_else(|| all().filter(free).find(|i| same_role(i) && voice.role != Role::Other))
}

/// Removes what starts in `from..to`; what reaches into it is cut off at `from`.
fn clear(voice: &mut Voice, from: Tick, to: Tick) {
    clear_notes(voice, from, to);
    voice.events.retain(|e| e.tick < from || e.tick >= to);
}

/// As [`clear`], but the voice keeps what it is: programs, words, its volume and its place.
pub(super) fn make_room(voice: &mut Voice, from: Tick, to: Tick) {
    clear_notes(voice, from, to);
    let stays = |e: &VoiceEvent| match e.kind {
        VoiceEventKind::Controller { number, .. } => matches!(number, 0 | 7 | 10 | 32),
        VoiceEventKind::Program(_) | VoiceEventKind::Lyric(_) => true,
        _ => false,
    };
    voice.events.retain(|e| e.tick < from || e.tick >= to || stays(e));
}

fn clear_notes(voice: &mut Voice, from: Tick, to: Tick) {
    voice.notes.retain(|n| n.start < from || n.start >= to);
    for n in voice.notes.iter_mut().filter(|n| n.start < from && n.end() > from) {
        n.duration = from - n.start;
    }
}

fn take_over_maps(score: &mut Score, with: &Score) {
    let rescaled = |tick| transform::rescaled(tick, with.ppq, score.ppq);
    score.tempos = Default::default();
    for c in with.tempos.changes() {
        score.tempos.set(rescaled(c.tick), c.micros_per_quarter);
    }
    score.meters = Default::default();
    for c in with.meters.changes() {
        score.meters.set(rescaled(c.tick), c.meter);
    }
    let moved = |k: &crate::music::KeyChange| crate::music::KeyChange { tick: rescaled(k.tick), key: k.key };
    score.keys = with.keys.iter().map(moved).collect();
}

/// Adds the voices of `with` that hold notes as new voices, its tick 0 on `at`; at the start of a piece
/// without notes, all of it. Returns the new notes and the voices they are in.
pub(super) fn import(score: &mut Score, at: Tick, with: &Score) -> (Vec<NoteId>, Vec<usize>) {
    if at == 0 && score.n_notes() == 0 && with.n_notes() > 0 {
        return replace(score, 0, Tick::MAX, with);
    }
    let rescaled = |tick: Tick| transform::rescaled(tick, with.ppq, score.ppq) + at;
    let moved = |v: &Voice| {
        let note = |n: &Note| Note::new(rescaled(n.start), rescaled(n.end()) - rescaled(n.start), n.pitch, n.velocity);
        let event = |e: &VoiceEvent| VoiceEvent { tick: rescaled(e.tick), ..e.clone() };
        let (notes, events) = (v.notes.iter().map(note).collect(), v.events.iter().map(event).collect());
        Voice { notes, events, ..v.clone() }
    };
    let voices: Vec<Voice> = with.voices.iter().filter(|v| !v.notes.is_empty()).map(moved).collect();
    let first = score.voices.len();
    for voice in voices {
        score.push_voice(voice);
    }
    let ids = score.voices[first..].iter().flat_map(|v| &v.notes).map(|n| n.id).collect();
    (ids, (first..score.voices.len()).collect())
}
