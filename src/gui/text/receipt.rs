//! The words of receipts: why a note is there.

use super::Text;
use crate::generate::rules::Rule;

texts! {
    /// The words of one language.
    ReceiptWords {}
    receipt: "Receipt", "来由";
    select_one: "Select one note to see why it is there", "选择一个音符以查看其来由";
    swapped: "Swapped in by you: {} wrote {} here, and gave each of these so much", "由你换入：{} 原写 {}，各音的概率如下";
    none_of_it: "This note has no receipt: it was written or changed by hand, or no model has read it", "此音符没有来由记录：它由手动写入或改动，或尚无模型读过";
    written_by: "Written by {}", "由 {} 写成";
    read_by: "Read by {}", "由 {} 解读";
    likely: "The whole note: {} · {} nats", "整个音符：{} · {} 奈特";
    likely_hint: "How likely the model found all of it together: its voice, moment, length and pitch", "模型认为其全部（声部、时刻、时值与音高）同时出现的可能性";
    rank: "Its pitch is the model's choice no. {}", "其音高是模型的第 {} 选择";
    drawn_with: "The whole note, after temperature and rules: {}", "整个音符，经温度与规则之后：{}";
    could_be: "Its pitch alone could have been:", "仅就音高而言，它本可以是：";
    could_be_hint: "How likely each pitch was once its moment was settled", "时刻既定之后各音高的可能性";
    hear: "Hear {}", "试听 {}";
    swap_in: "Swap in {}: {}", "换成 {}：{}";
    this_note: "{}: as it is, {}", "{}：现有音高，{}";
    removed: "Rule “{}”: {} pitches taken away", "规则“{}”：排除了 {} 个音高";
    removed_places: "Rule “{}”: {} places taken away", "规则“{}”：排除了 {} 个位置";
    relaxed: "Rule “{}” left nothing and was set aside", "规则“{}”使之无可选择，已被放宽";
    explain_piece: "Explain this piece", "解读此曲";
    explain_hint: "{} reads the piece and says of each note how likely it finds it", "{} 将通读此曲，并说明它认为每个音符有多大可能";
    reading: "Reading the piece …", "正在通读此曲……";
    explained: "{}: {} nats per note", "{}：每个音符 {} 奈特";
    opened_with: "{} is open, with the receipts of {} notes that stand beside it", "已打开 {}，并读入其旁 {} 个音符的来由记录";
    beside_wrong: "the receipts beside it are not understood ({}): {}", "无法理解其旁的来由记录（{}）：{}";
    regenerate: "Swap in {} and regenerate what follows", "换成 {} 并重写其后的部分";
    regenerate_hint: "The rest of “{}” is written anew from this note on, with the same settings and another seed; one undo takes it all back", "从此音符起，以相同设置和另一个种子重写“{}”的其余部分；一次撤销即可全部还原";
    not_regenerated: "Only what a take wrote in order can be written anew from a note on, not what it varied", "仅能从某音符起重写按顺序写成的部分，变奏的部分则不能";
    take_gone: "The take that this note came from was removed, and its settings with it", "此音符所属的版本已被移除，其设置也随之移除";
    moved_on: "The piece was changed meanwhile: “{}” stands beside the other takes", "乐曲其间已被改动：“{}”已列入其他版本";
    regenerated: "{} notes written anew with seed {}, {} of them different: {}", "已重写 {} 个音符（种子 {}），其中 {} 个有所不同：{}";
    nearest: "Nearest in what {} learned from:", "在 {} 所学的乐曲中最接近的：";
    nearest_looking: "Looking for the nearest passages that {} learned from …", "正在 {} 所学的乐曲中寻找最接近的片段……";
    nearest_none: "No passage that {} learned from holds this note’s phrase", "{} 所学的乐曲中没有包含此乐句的片段";
    passage: "{}, bar {}: {} notes", "{}，第 {} 小节：{} 个音符";
    passage_changed: "{}, bar {}: {} notes, {} changed", "{}，第 {} 小节：{} 个音符，{} 处有改动";
    hear_passage: "Hear {}, bar {}", "试听 {}，第 {} 小节";
    weigh: "What spoke for it?", "是什么促成了它？";
    weigh_hint: "Takes each earlier bar out in turn and asks {} again, and shows on the roll how likely every pitch was", "依次去掉之前的每个小节并重新询问 {}，同时在卷帘上显示每个音高的可能性";
    weighing: "Asking {} without each bar in turn …", "正在依次去掉每个小节询问 {}……";
    no_bars: "No bar comes before it", "它之前没有小节";
    bars: "How much each earlier bar spoke for it, in nats:", "之前每个小节对它的支持（奈特）：";
    bars_name: "Bars {} to {}; most for it bar {}: {} nats", "第 {} 至 {} 小节；支持最多的是第 {} 小节：{} 奈特";
    bar_worth: "Bar {}: {} nats", "第 {} 小节：{} 奈特";
    bars_for: "for it", "支持";
    bars_against: "against it", "反对";
    heat: "The roll shows how likely each pitch was in its place", "卷帘上显示了该处每个音高的可能性";
    legend_expected: "expected", "意料之中";
    legend_surprise: "{} nats or more: a surprise", "{} 奈特以上：意外";
    legend_none: "no receipt", "没有来由记录";
    legend: "Notes stand out the more they surprise the model; grey ones have no receipt", "音符越出乎模型意料越醒目；灰色音符没有来由记录";
}

/// The name of a rule.
pub fn rule_name(t: &Text, rule: Rule) -> &'static str {
    let (en, zh) = match rule {
        Rule::MaxSame => ("the same note in a row", "连续同音"),
        Rule::EndHome => ("end at home", "回到主音结束"),
        Rule::StartOnBar => ("begin on the bar line", "从小节线开始"),
        Rule::MinNotes => ("notes a bar at least", "每小节最少音符数"),
        Rule::MaxNotes => ("notes a bar at most", "每小节最多音符数"),
        Rule::NoRepeat => ("repeat nothing", "不重复"),
        Rule::MaxLeap => ("leaps", "跳进"),
        Rule::EndPitch => ("last note", "结束音"),
        Rule::StartPitch => ("first note", "起始音"),
        Rule::MaxRest => ("rests", "休止"),
        Rule::Polyphony => ("polyphony", "复音数"),
        Rule::Swing => ("swing", "摇摆"),
        Rule::Grid => ("grid", "网格"),
        Rule::Chords => ("chords", "和弦"),
        Rule::Key => ("key", "调性"),
        Rule::Scale => ("scale", "音阶"),
        Rule::Range => ("range", "音域"),
        Rule::VoiceRange => ("range of a voice", "声部音域"),
        Rule::Pitches => ("kept pitches", "保留的音高"),
        Rule::Rhythm => ("kept rhythm", "保留的节奏"),
    };
    if t.is_chinese { zh } else { en }
}
