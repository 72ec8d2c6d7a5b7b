//! The words of the generator's rules.

texts! {
    /// The words of one language.
    Rules {}
    title: "Rules", "规则";
    about: "A rule that leaves nothing to choose gives way there, and the take says so", "规则若无可选之音，则在该处放宽，并在版本中注明";
    conflict: "“{}” and “{}” leave nothing together: the first will be set aside", "“{}”与“{}”合在一起无音可选：前者将被放宽";
    scale_any: "Any scale", "任意音阶";
    scale_own: "Own choice", "自选音级";
    own_notes: "Notes of the scale", "音阶各音";
    root: "Root", "根音";
    chords: "Chords", "和弦";
    chords_hint: "One chord a bar, over and over: Am F C G. Notes on the beats take its tones", "每小节一个和弦，循环使用：Am F C G。拍点上的音符取和弦音";
    chords_wrong: "Not a chord: {}", "不是和弦：{}";
    chords_wrong_start: "Rules, chords: “{}” is not a chord. Mend it or clear the field to generate", "规则的和弦：“{}”不是和弦。请改正或清空该栏后再生成";
    chord_track: "Obey the chord track", "遵循和弦轨";
    chord_track_empty: "The piece has no chord track", "乐曲没有和弦轨";
    chords_off_beat: "Off the beats too", "弱位亦然";
    voice_range: "Limit a voice", "限制一个声部";
    voice: "Voice", "声部";
    lowest: "Lowest", "最低音";
    highest: "Highest", "最高音";
    remove_voice_range: "Remove the limit of {}", "移除{}的限制";
    limit_swing: "Swing", "摇摆";
    swing: "How late", "延后程度";
    swing_hint: "Where off-beat eighths stand: 0 straight, 1 at the third triplet", "弱位八分音符的位置：0 为平直，1 为第三个三连音";
    limit_leap: "Limit leaps", "限制跳进";
    leap: "Semitones", "半音数";
    limit_same: "Limit repeated notes", "限制连续同音";
    same: "In a row", "连续次数";
    limit_rest: "Limit rests", "限制休止";
    rest: "Quarters", "四分音符数";
    limit_most: "Limit notes a bar", "限制每小节音符数";
    most: "At most", "至多";
    ask_least: "Ask for notes a bar", "要求每小节音符数";
    least: "At least", "至少";
    start: "First note", "起始音";
    end: "Last note", "结束音";
    any_pitch: "Any", "任意";
    start_on_bar: "Begin on the bar line", "从小节线开始";
    start_on_bar_hint: "A new piece has no upbeat, and no silence before one", "新曲没有弱起，弱起之前也没有空白";
    end_home: "End at home", "回到主音结束";
    end_home_hint: "The melody ends on the tonic, what goes with it in its chord", "旋律结束在主音上，其他声部落在主和弦里";
    limit_repeat: "Repeat nothing", "不重复";
    repeat: "Notes", "音符数";
    repeat_hint: "No succession of this many intervals and durations twice in a voice", "同一声部中不出现两次相同的音程与时值序列";
    keep_rhythm: "Keep the rhythm of the piece", "保留乐曲的节奏";
    keep_pitches: "Keep the pitches of the piece", "保留乐曲的音高";
    keep_hint: "Of the selection, where there is one; over and over", "有所选音符时取所选；循环使用";
}
