//! The words of what stands over and beside the notes: strips, scales, colours, the mix of voices.

texts! {
    /// The words of one language.
    Over {
        roots: [&'static str; 12] = ROOTS, ROOTS;
        scales: [&'static str; 15] = SCALES_EN, SCALES_ZH;
        colours: [&'static str; 8] = COLOURS_EN, COLOURS_ZH;
    }
    // Strips over the ruler.
    markers: "Markers", "标记";
    chords: "Chords", "和弦";
    lanes: "Strips over the ruler", "标尺上方的栏";
    lane_name: "{} lane: {}", "{}栏：{}";
    lane_menu: "{}: menu of the lane", "{}：栏菜单";
    hide_lane: "Hide {}", "隐藏{}";
    at_bar: "{} at bar {}", "{}，第 {} 小节";
    set: "Set", "设置";
    take_out: "Take out", "移除";
    new_tempo: "New tempo", "新速度";
    beats: "Beats in a bar", "每小节拍数";
    marker_text: "Text of the marker", "标记文字";
    marker_hint: "Verse, bridge, coda …", "主歌、桥段、尾声……";
    chord_text: "Chord symbol", "和弦记号";
    chord_hint: "Am7, F/C, B♭maj7 …", "Am7、F/C、B♭maj7……";
    no_such_chord: "“{}” is not a chord", "“{}”不是和弦";
    chords_written: "{} chords written down; the generator will keep to them", "已写入 {} 个和弦；生成器将遵循它们";
    // The roll.
    minimap: "Map of the piece", "乐曲缩略图";
    scale: "Scale", "音阶";
    scale_hint: "Rows of this scale are lighter; steps of the scale follow it", "此音阶的行显示较亮；按音阶移动时以此为准";
    root: "Root of the scale", "音阶主音";
    scale_of_key: "Of the key", "随调性";
    no_scale: "No scale", "无音阶";
    key_signed_hint: "Key signature, from here on", "从此处起的调号";
    // Voices.
    colour_of: "Colour of {}", "{} 的颜色";
    colour_own: "By place", "按位置";
    lock_voice: "Lock {}", "锁定 {}";
    locked_hint: "Locked: its notes stay as they are, by hand and by the generator", "已锁定：手动与生成器都不会改变其音符";
    pan: "Pan", "声像";
    pan_left: "{} left", "左 {}";
    pan_right: "{} right", "右 {}";
    pan_middle: "Middle", "居中";
    mix_moves: "It changes later in the piece; this sets where it begins", "之后还有变化；此处设置起始值";
}

const ROOTS: [&str; 12] = ["C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B"];

/// In the order of [`crate::music::ScaleKind::ALL`].
const SCALES_EN: [&str; 15] = [
    "Major",
    "Minor",
    "Harmonic minor",
    "Melodic minor",
    "Dorian",
    "Phrygian",
    "Lydian",
    "Mixolydian",
    "Locrian",
    "Major pentatonic",
    "Minor pentatonic",
    "Blues",
    "Whole tone",
    "Octatonic",
    "Chromatic",
];
const SCALES_ZH: [&str; 15] = [
    "大调",
    "小调",
    "和声小调",
    "旋律小调",
    "多利亚",
    "弗里吉亚",
    "利底亚",
    "混合利底亚",
    "洛克里亚",
    "大调五声",
    "小调五声",
    "布鲁斯",
    "全音阶",
    "八声音阶",
    "半音阶",
];

/// In the order of the hues of voices in [`crate::gui::theme`].
const COLOURS_EN: [&str; 8] = ["Blue", "Green", "Orange", "Pink", "Teal", "Yellow", "Red", "Olive"];
const COLOURS_ZH: [&str; 8] = ["蓝", "绿", "橙", "粉", "青", "黄", "红", "橄榄"];
