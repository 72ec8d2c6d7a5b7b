//! Every word of the window, in English and 简体中文: a word that lacks a language does not compile.
//!
//! The words stand in [`words`], those of the Library page in [`library`], of the Train page in [`train`], of the
//! strips and voices in [`over`], what is said of files in [`sentences`], of originality in [`originality`], of receipts in
//! [`receipt`], of rules in [`rules`], of the tools in [`tools`], of sound in [`sound`], of help in [`help`]. `{}` stands for what [`fill`]
//! puts in its place, in order.

/// A struct of words, and its two languages.
macro_rules! texts {
    ($(#[$doc:meta])* $text:ident {$($extra:ident: $kind:ty = $extra_en:expr, $extra_zh:expr;)*} $($name:ident: $en:literal, $zh:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $text {
            $(pub $name: &'static str,)*
            $(pub $extra: $kind,)*
        }

        pub const EN: $text = $text { $($name: $en,)* $($extra: $extra_en,)* };
        pub const ZH: $text = $text { $($name: $zh,)* $($extra: $extra_zh,)* };

        /// Pairs of the same words, for tests.
        #[cfg(test)]
        pub(super) const PAIRS: &[(&str, &str)] = &[$(($en, $zh),)*];
    };
}

mod fates;
pub mod fonts;
pub mod help;
pub mod instruments;
pub mod library;
mod news;
pub mod originality;
pub mod over;
pub mod receipt;
pub mod rules;
mod said;
mod sentences;
pub mod sound;
pub mod takes;
pub mod tools;
pub mod train;
mod words;

pub use fates::{reason_name, remedy_chosen, remedy_name, remedy_undone};
pub use sentences::{fate_sentence, sentence};
pub use words::{EN, Text, ZH};

use crate::music::{Key, Role};

/// Names of steps of the history, as [`crate::project::Edit::label`] gives them.
const EDITS: &[(&str, &str)] = &[
    ("Add note", "添加音符"),
    ("Add notes", "添加音符"),
    ("Copy notes", "复制音符"),
    ("Transpose", "移调"),
    ("Move notes", "移动音符"),
    ("Resize notes", "改变长度"),
    ("Delete notes", "删除音符"),
    ("Set velocity", "设置力度"),
    ("Quantise", "量化"),
    ("Humanise", "人性化"),
    ("Legato", "连音"),
    ("Staccato", "断音"),
    ("Invert", "倒影"),
    ("Reverse", "逆行"),
    ("Stretch", "伸缩"),
    ("Transpose in the scale", "按音阶移调"),
    ("Harmonise", "加和声"),
    ("Split notes", "拆分音符"),
    ("Join notes", "合并音符"),
    ("Delete overlaps", "消除重叠"),
    ("Arpeggiate", "琶音"),
    ("Import", "导入"),
    ("Keep take", "采用版本"),
    ("Regenerate", "重写其后"),
    ("Rename take", "重命名版本"),
    ("Remove take", "移除版本"),
    ("Blend takes", "混合版本"),
    ("Add voice", "添加声部"),
    ("Remove voice", "移除声部"),
    ("Change voice", "更改声部"),
    ("Set tempo", "设置速度"),
    ("Set meter", "设置拍号"),
    ("Set key", "设置调性"),
    ("Set title", "设置标题"),
    ("Move voice", "移动声部"),
    ("Set volume", "设置音量"),
    ("Set pan", "设置声像"),
    ("Set colour", "设置颜色"),
    ("Lock voice", "锁定声部"),
    ("Unlock voice", "解锁声部"),
    ("Set marker", "设置标记"),
    ("Set chord", "设置和弦"),
    ("Set chords", "设置和弦"),
    ("Remove tempo", "移除速度"),
    ("Remove meter", "移除拍号"),
    ("Remove key", "移除调号"),
    ("Remove marker", "移除标记"),
    ("Remove chord", "移除和弦"),
    ("Move tempo", "移动速度"),
    ("Move meter", "移动拍号"),
    ("Move key", "移动调号"),
    ("Move marker", "移动标记"),
    ("Move chord", "移动和弦"),
    ("Record", "录音"),
];

/// Whether the system speaks Chinese; everything else gets English.
pub fn system_is_chinese() -> bool {
    sys_locale::get_locale().is_some_and(|l| l.to_lowercase().starts_with("zh"))
}

/// `template` with each `{}` replaced by the next of `values`.
pub fn fill(template: &str, values: &[&str]) -> String {
    let mut out = String::new();
    let mut values = values.iter();
    let mut parts = template.split("{}");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(values.next().unwrap_or(&""));
        out.push_str(part);
    }
    out
}

/// The name of a step of the history.
pub fn edit_label(t: &Text, label: &'static str) -> &'static str {
    if !t.is_chinese {
        return label;
    }
    EDITS.iter().find(|(en, _)| *en == label).map_or(label, |(_, zh)| zh)
}

/// "Undo: Transpose", with the colon of the language.
pub fn pair(t: &Text, name: &str, what: &str) -> String {
    if t.is_chinese { format!("{name}：{what}") } else { format!("{name}: {what}") }
}

/// "D minor" as [`Key`] writes it, in the window's language.
pub fn key_name(t: &Text, key: Key) -> String {
    key_words(t, &key.to_string())
}

/// As [`key_name`], of a name that is written already.
pub fn key_words(t: &Text, name: &str) -> String {
    match name.rsplit_once(' ') {
        Some((tonic, "major")) if t.is_chinese => format!("{tonic} 大调"),
        Some((tonic, "minor")) if t.is_chinese => format!("{tonic} 小调"),
        _ => name.to_owned(),
    }
}

/// The name of a voice: those that our models give ("Chords", "Bass 2") are roles, and told as such.
pub fn voice_name(t: &Text, name: &str) -> String {
    let (role, number) = name.split_once(' ').filter(|(_, n)| n.parse::<u8>().is_ok()).unwrap_or((name, ""));
    match Role::ALL.into_iter().find(|r| t.is_chinese && format!("{r:?}") == role) {
        Some(role) if number.is_empty() => role_name(t, role).to_owned(),
        Some(role) => format!("{} {number}", role_name(t, role)),
        None => name.to_owned(),
    }
}

pub fn role_name(t: &Text, role: Role) -> &'static str {
    match role {
        Role::Melody => t.role_melody,
        Role::Inner => t.role_inner,
        Role::Chords => t.role_chords,
        Role::Bass => t.role_bass,
        Role::Drums => t.role_drums,
        Role::Other => t.role_other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_blanks() {
        let pages = library::PAIRS
            .iter()
            .chain(train::PAIRS)
            .chain(over::PAIRS)
            .chain(receipt::PAIRS)
            .chain(takes::PAIRS)
            .chain(rules::PAIRS)
            .chain(tools::PAIRS)
            .chain(sound::PAIRS)
            .chain(fonts::PAIRS)
            .chain(help::PAIRS)
            .chain(originality::PAIRS);
        for (en, zh) in words::PAIRS.iter().chain(pages) {
            assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en} / {zh}");
            assert!(!en.is_empty() && !zh.is_empty());
        }
    }

    #[test]
    fn keys_and_voices_have_chinese_names() {
        let key = Key::parse("E♭ minor").expect("a key");
        assert_eq!((key_name(&EN, key), key_name(&ZH, key)), ("E♭ minor".into(), "E♭ 小调".into()));
        assert_eq!(
            [voice_name(&ZH, "Bass 2"), voice_name(&ZH, "Oboe"), voice_name(&EN, "Chords")],
            ["低音 2", "Oboe", "Chords"]
        );
    }

    /// Chinese is set with its own marks: a comma of ours beside a Chinese sign is a slip.
    #[test]
    fn chinese_is_set_with_chinese_marks() {
        let pages =
            words::PAIRS.iter().chain(library::PAIRS).chain(train::PAIRS).chain(over::PAIRS).chain(receipt::PAIRS);
        let pages = pages.chain(takes::PAIRS).chain(rules::PAIRS).chain(tools::PAIRS).chain(sound::PAIRS);
        let pages = pages.chain(fonts::PAIRS).chain(help::PAIRS).chain(originality::PAIRS).chain(news::NEWS);
        for (_, zh) in pages {
            let signs: Vec<char> = zh.chars().collect();
            let slip = signs.windows(2).find(|w| {
                let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                chinese(w[0]) && ",:;?!(".contains(w[1]) || ")".contains(w[0]) && chinese(w[1])
            });
            assert!(slip.is_none(), "{zh}: {slip:?}");
        }
    }

    #[test]
    fn blanks_are_filled_in_order() {
        assert_eq!(fill("{} of {}", &["1", "2"]), "1 of 2");
        assert_eq!(fill("{}{}", &["1"]), "1");
    }
}
