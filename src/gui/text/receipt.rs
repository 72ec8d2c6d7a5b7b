//! The words of receipts: why a note is there.

use super::Text;
use crate::generate::rules::Rule;

texts! {
    /// The words of one language.
    ReceiptWords {}
    receipt: "Receipt", "来由";
    select_one: "Select one note to see why it is there", "选择一个音符以查看其来由";
    none_of_it: "This note has no receipt: it was written or changed by hand, or no model has read it", "此音符没有来由记录：它由手动写入或改动，或尚无模型读过";
    written_by: "Written by {}", "由 {} 写成";
    read_by: "Read by {}", "由 {} 解读";
    likely: "Probability {} · {} nats", "概率 {} · {} 奈特";
    rank: "Its pitch is the model's choice no. {}", "其音高是模型的第 {} 选择";
    drawn_with: "After temperature and rules: {}", "经温度与规则之后：{}";
    could_be: "It could have been:", "它本可以是：";
    hear: "Hear {}", "试听 {}";
    swap_in: "Swap in {}: {}", "换成 {}：{}";
    this_note: "{}: this note, {}", "{}：此音符，{}";
    removed: "Rule “{}”: {} pitches taken away", "规则“{}”：排除了 {} 个音高";
    relaxed: "Rule “{}” left nothing and was set aside", "规则“{}”使之无可选择，已被放宽";
    explain_piece: "Explain this piece", "解读此曲";
    explain_hint: "{} reads the piece and says of each note how likely it finds it", "{} 将通读此曲，并说明它认为每个音符有多大可能";
    reading: "Reading the piece …", "正在通读此曲……";
    explained: "{}: {} nats per note", "{}：每个音符 {} 奈特";
    legend: "Notes stand out the more they surprise the model; grey ones have no receipt", "音符越出乎模型意料越醒目；灰色音符没有来由记录";
}

/// Names of rules, by their word in settings and receipts.
const RULES: &[(&str, &str, &str)] = &[
    ("min-notes", "notes a bar at least", "每小节最少音符数"),
    ("max-notes", "notes a bar at most", "每小节最多音符数"),
    ("no-repeat", "repeat nothing", "不重复"),
    ("max-leap", "leaps", "跳进"),
    ("end-pitch", "last note", "结束音"),
    ("start-pitch", "first note", "起始音"),
    ("max-rest", "rests", "休止"),
    ("polyphony", "polyphony", "复音数"),
    ("swing", "swing", "摇摆"),
    ("grid", "grid", "网格"),
    ("chords", "chords", "和弦"),
    ("key", "key", "调性"),
    ("scale", "scale", "音阶"),
    ("range", "range", "音域"),
    ("voice-range", "range of a voice", "声部音域"),
    ("pitches", "kept pitches", "保留的音高"),
    ("rhythm", "kept rhythm", "保留的节奏"),
];

/// The name of a rule.
pub fn rule_name(t: &Text, rule: Rule) -> &'static str {
    match RULES.iter().find(|(known, ..)| *known == rule.name()) {
        Some((_, en, zh)) => {
            if t.is_chinese {
                zh
            } else {
                en
            }
        }
        None => rule.name(),
    }
}
