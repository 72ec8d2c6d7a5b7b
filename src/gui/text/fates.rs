//! What becomes of files, in both languages: the codes of reasons as words, and what remedies do.

use super::Text;
use crate::corpus::Remedy;

/// Codes of [`crate::corpus::reason`] in Chinese; in English they are words as they are.
const REASONS: &[(&str, &str)] = &[
    ("empty-file", "空文件"),
    ("not-music", "不是音乐"),
    ("unreadable", "无法读取"),
    ("no-access", "无法打开"),
    ("not-found", "不存在"),
    ("too-large", "过大"),
    ("no-notes", "没有音符"),
    ("drums-only", "只有鼓"),
    ("too-short", "过短"),
    ("by-choice", "由你决定"),
    ("broken-link", "失效的链接"),
    ("link-loop", "重复的链接"),
    ("special-file", "特殊文件"),
    ("encrypted", "已加密"),
    ("archive-in-archive", "嵌套的压缩包"),
    ("empty-archive", "空压缩包"),
    ("system-files", "系统文件"),
    ("too-many-members", "文件过多"),
    ("archive-too-large", "压缩包过大"),
    ("bomb", "压缩炸弹"),
    ("hung-notes-closed", "已结束悬挂的音符"),
    ("zero-lengths-dropped", "已去除零时值"),
    ("overlaps-resolved", "已修剪重叠"),
    ("truncated", "文件不完整"),
    ("broken-track", "损坏的音轨"),
    ("impossible-values-dropped", "已去除无效数值"),
    ("tempo-assumed", "假定的速度"),
    ("patterns-joined", "已连接各段"),
    ("mended", "已修补"),
    ("unknown-signs-dropped", "已去除未知记号"),
    ("timing-aligned", "节奏已对齐"),
];

/// A code as words.
pub fn reason_name(code: &str, t: &Text) -> String {
    let chinese = REASONS.iter().find(|(known, _)| t.is_chinese && *known == code);
    chinese.map_or_else(|| code.replace('-', " "), |(_, words)| (*words).to_owned())
}

/// What a button says that does it.
pub fn remedy_name(t: &Text, remedy: Remedy) -> &'static str {
    let t = &t.lib;
    match remedy {
        Remedy::UseShort => t.use_short,
        Remedy::UseDrums => t.use_drums,
        Remedy::AlignTiming => t.align_timing,
        Remedy::LeaveTiming => t.leave_timing,
        Remedy::MelodyOnly => t.melody_only,
        Remedy::DropDrums => t.drop_drums,
    }
}

/// What a button says that takes it back.
pub fn remedy_undone(t: &Text, remedy: Remedy) -> &'static str {
    let t = &t.lib;
    match remedy {
        Remedy::UseShort | Remedy::UseDrums => t.leave_out_again,
        Remedy::AlignTiming => t.unalign_timing,
        Remedy::LeaveTiming => t.unleave_timing,
        Remedy::MelodyOnly => t.all_voices,
        Remedy::DropDrums => t.drums_again,
    }
}

/// What it made of the file, as the rest of a sentence.
pub fn remedy_chosen(t: &Text, remedy: Remedy) -> &'static str {
    let t = &t.lib;
    match remedy {
        Remedy::UseShort => t.chosen_short,
        Remedy::UseDrums => t.chosen_drums,
        Remedy::AlignTiming => t.chosen_aligned,
        Remedy::LeaveTiming => t.chosen_performed,
        Remedy::MelodyOnly => t.chosen_melody,
        Remedy::DropDrums => t.chosen_no_drums,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EN, ZH};
    use super::*;
    use crate::corpus::reason::{LEFT_OUT_CODES, REPAIR_CODES};

    #[test]
    fn every_reason_and_remedy_has_words_in_both_languages() {
        let codes = || LEFT_OUT_CODES.into_iter().chain(REPAIR_CODES);
        assert!(codes().eq(REASONS.iter().map(|(code, _)| *code)));
        for code in codes() {
            assert_eq!(reason_name(code, &EN), code.replace('-', " "));
            assert!(!reason_name(code, &ZH).is_ascii(), "{code}");
        }
        for remedy in Remedy::ALL {
            assert_eq!(remedy_name(&EN, remedy), remedy.to_string());
            assert_eq!(remedy_chosen(&EN, remedy), remedy.chosen());
            assert!(!remedy_name(&ZH, remedy).is_ascii());
        }
    }
}
