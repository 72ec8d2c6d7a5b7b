//! General MIDI's names in the window's language.

use super::Text;
use crate::midi::general_midi::{self, DRUM_KEYS};

pub fn family(t: &Text, program: u8) -> &'static str {
    if t.is_chinese { FAMILIES[usize::from(general_midi::family(program))] } else { general_midi::family_name(program) }
}

pub fn program(t: &Text, program: u8) -> &'static str {
    if t.is_chinese { PROGRAMS[usize::from(program.min(127))] } else { general_midi::program_name(program) }
}

/// `None` outside the kit.
pub fn drum(t: &Text, pitch: u8) -> Option<&'static str> {
    let english = general_midi::drum_name(pitch)?;
    if !t.is_chinese {
        return Some(english);
    }
    DRUMS.get(usize::from(pitch - DRUM_KEYS.start())).copied()
}

const FAMILIES: [&str; 16] = [
    "钢琴",
    "有音高打击乐",
    "风琴",
    "吉他",
    "贝斯",
    "弦乐",
    "合奏",
    "铜管",
    "簧管",
    "笛管",
    "合成主音",
    "合成背景",
    "合成效果",
    "民族乐器",
    "打击乐",
    "音效",
];

#[rustfmt::skip]
const PROGRAMS: [&str; 128] = [
    "原声大钢琴", "明亮钢琴", "电子大钢琴", "酒吧钢琴", "电钢琴 1", "电钢琴 2", "羽管键琴", "击弦古钢琴",
    "钢片琴", "钟琴", "八音盒", "颤音琴", "马林巴", "木琴", "管钟", "扬琴",
    "拉杆风琴", "打击风琴", "摇滚风琴", "教堂管风琴", "簧风琴", "手风琴", "口琴", "探戈手风琴",
    "尼龙弦吉他", "钢弦吉他", "爵士电吉他", "清音电吉他", "闷音电吉他", "过载吉他", "失真吉他", "吉他泛音",
    "原声贝斯", "指弹电贝斯", "拨片电贝斯", "无品贝斯", "击弦贝斯 1", "击弦贝斯 2", "合成贝斯 1", "合成贝斯 2",
    "小提琴", "中提琴", "大提琴", "低音提琴", "颤音弦乐", "拨奏弦乐", "竖琴", "定音鼓",
    "弦乐合奏 1", "弦乐合奏 2", "合成弦乐 1", "合成弦乐 2", "合唱“啊”", "人声“呜”", "合成人声", "管弦乐齐奏",
    "小号", "长号", "大号", "弱音小号", "圆号", "铜管组", "合成铜管 1", "合成铜管 2",
    "高音萨克斯", "中音萨克斯", "次中音萨克斯", "上低音萨克斯", "双簧管", "英国管", "大管", "单簧管",
    "短笛", "长笛", "竖笛", "排箫", "吹瓶", "尺八", "哨笛", "奥卡利那笛",
    "主音 1（方波）", "主音 2（锯齿波）", "主音 3（汽笛风琴）", "主音 4（吐音）", "主音 5（查朗戈）", "主音 6（人声）",
    "主音 7（五度）", "主音 8（贝斯加主音）",
    "背景 1（新世纪）", "背景 2（温暖）", "背景 3（复音合成）", "背景 4（合唱）", "背景 5（弓弦）", "背景 6（金属）",
    "背景 7（光环）", "背景 8（扫频）",
    "效果 1（雨）", "效果 2（音轨）", "效果 3（水晶）", "效果 4（大气）", "效果 5（明亮）", "效果 6（精灵）",
    "效果 7（回声）", "效果 8（科幻）",
    "西塔尔琴", "班卓琴", "三味线", "筝", "卡林巴", "风笛", "民间提琴", "唢呐",
    "铃铛", "阿哥哥铃", "钢鼓", "木鱼", "太鼓", "旋律嗵鼓", "合成鼓", "反向镲",
    "吉他品噪声", "呼吸声", "海浪", "鸟鸣", "电话铃", "直升机", "掌声", "枪声",
];

#[rustfmt::skip]
const DRUMS: [&str; 47] = [
    "原声底鼓", "底鼓 1", "鼓边", "原声军鼓", "拍手", "电子军鼓", "低落地嗵鼓", "闭合踩镲", "高落地嗵鼓", "脚踩镲",
    "低音嗵鼓", "开放踩镲", "中低嗵鼓", "中高嗵鼓", "强音镲 1", "高音嗵鼓", "叮叮镲 1", "中国镲", "镲帽", "铃鼓",
    "水镲", "牛铃", "强音镲 2", "颤音器", "叮叮镲 2", "高邦戈鼓", "低邦戈鼓", "闷音高康加鼓", "开放高康加鼓", "低康加鼓",
    "高天巴鼓", "低天巴鼓", "高阿哥哥铃", "低阿哥哥铃", "卡巴萨", "沙锤", "短哨", "长哨", "短刮瓜", "长刮瓜",
    "响棒", "高音木鱼", "低音木鱼", "闷音库伊卡", "开放库伊卡", "闷音三角铁", "开放三角铁",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::text::{EN, ZH};
    use std::collections::BTreeSet;

    #[test]
    fn no_two_instruments_share_a_name() {
        assert_eq!(PROGRAMS.iter().collect::<BTreeSet<_>>().len(), 128);
        assert_eq!(DRUMS.iter().collect::<BTreeSet<_>>().len(), 47);
        assert_eq!((program(&EN, 73), program(&ZH, 73)), ("Flute", "长笛"));
        assert_eq!((drum(&ZH, 42), drum(&ZH, 81), drum(&ZH, 20)), (Some("闭合踩镲"), Some("开放三角铁"), None));
    }
}
