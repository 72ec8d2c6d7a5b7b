//! Receipts from the file that `cadenza generate` writes beside a take: opened with the take, its notes say
//! again why they are there.

use super::receipt::{Receipt, Receipts};
use crate::generate::rules::Rule;
use crate::generate::take::PPQ;
use crate::music::transform::rescaled;
use crate::music::{Note, Score, Tick};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// What of the file is read; the rest is for other programs.
#[derive(Deserialize)]
struct File {
    model: String,
    notes: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    voice: String,
    start_tick: Tick,
    pitch: u8,
    probability: f64,
    nats: f64,
    #[serde(default)]
    drawn_with: Option<f64>,
    rank: u32,
    alternatives: Vec<Alternative>,
    #[serde(default)]
    relaxed: Vec<Rule>,
    #[serde(default)]
    removed: BTreeMap<Rule, u32>,
}

#[derive(Deserialize)]
struct Alternative {
    value: u8,
    probability: f32,
}

impl Receipts {
    /// Of the notes of a score, from a take's receipt in JSON; `None` where the text is something else. A note
    /// is known by its voice, start and pitch: its length may have been cut by one that came after it.
    ///
    /// # Errors
    /// A receipt that is not understood, as a sentence.
    pub fn from_beside(text: &[u8], score: &Score) -> Result<Option<Self>, String> {
        let is_one = |value: &serde_json::Value| {
            ["model", "settings", "notes", "mean_nats"].iter().all(|key| value.get(key).is_some())
        };
        let Some(value) = serde_json::from_slice(text).ok().filter(is_one) else { return Ok(None) };
        let file: File = serde_json::from_value(value).map_err(|e| e.to_string())?;
        let key = |voice: &str, start: Tick, pitch: u8| (voice.to_owned(), start, pitch);
        let named = |(voice, n): (usize, &Note)| {
            (key(&score.voices[voice].name, rescaled(n.start, score.ppq, PPQ), n.pitch), *n)
        };
        let notes: HashMap<_, Note> = score.notes().map(named).collect();
        let mut out = Self::default();
        for said in file.notes {
            let Some(note) = notes.get(&key(&said.voice, said.start_tick, said.pitch)) else { continue };
            let receipt = Receipt {
                model: file.model.clone(),
                probability: said.probability,
                nats: said.nats,
                rank: said.rank,
                alternatives: said.alternatives.iter().map(|a| (a.value, a.probability)).collect(),
                drawn_with: said.drawn_with,
                relaxed: said.relaxed,
                removed: said.removed,
            };
            out.insert(note, receipt);
        }
        Ok(Some(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::text;

    #[test]
    fn a_receipt_beside_a_take_is_that_of_its_notes() {
        let score = text::parse("melody | 0 24 c4 | 24 24 d4").expect("valid");
        let name = &score.voices[0].name;
        let file = format!(
            r#"{{"model":"folk","settings":{{}},"mean_nats":1.0,"notes":[
            {{"bar":1,"voice":{name:?},"start_tick":480,"duration_ticks":960,"pitch":62,"velocity":84,
              "probability":0.25,"nats":1.5,"drawn_with":0.5,"rank":2,"fields":[],
              "alternatives":[{{"value":60,"probability":0.5}}],"relaxed":["grid"],"removed":{{"key":53}}}},
            {{"bar":9,"voice":{name:?},"start_tick":9999,"pitch":62,"probability":1.0,"nats":0.0,"rank":1,
              "alternatives":[]}}]}}"#
        );
        let read = Receipts::from_beside(file.as_bytes(), &score).expect("understood").expect("a receipt");
        assert!(read.of(&score.voices[0].notes[0]).is_none());
        let of = read.of(&score.voices[0].notes[1]).expect("its receipt");
        assert_eq!((of.model.as_str(), of.rank, of.drawn_with), ("folk", 2, Some(0.5)));
        assert_eq!((of.alternatives.as_slice(), of.relaxed.as_slice()), (&[(60, 0.5)][..], &[Rule::Grid][..]));
        assert_eq!(of.removed, [(Rule::Key, 53)].into());
        assert_eq!(read.len(), 1, "a line for no note is passed over");
        // What is no receipt is none of ours; what is one and broken is said.
        assert_eq!(Receipts::from_beside(b"{\"a\": 1}", &score), Ok(None));
        assert_eq!(Receipts::from_beside(b"no JSON", &score), Ok(None));
        assert!(Receipts::from_beside(file.replace("\"rank\":2", "\"rank\":\"x\"").as_bytes(), &score).is_err());
    }
}
