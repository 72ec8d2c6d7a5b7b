//! The words about SoundFonts.

texts! {
    /// Words about SoundFonts in one language.
    Fonts {}
    soundfont: "SoundFont", "音色库";
    built_in: "Built-in bank", "内置音色库";
    other: "Other SoundFont…", "其他音色库…";
    megabytes: "{} MB", "{} MB";
    reading: "Reading {}", "正在读取 {}";
    playing_with: "Playing with {}, {} presets", "当前音色库：{}，{} 个预设";
    none_found: "No SoundFonts were found in the usual places", "在常用位置未找到音色库";
    cannot: "{}: {}. The sound stays as it was", "{}：{}。声音保持不变";
    changed: "Now playing with {}", "现在使用 {}";
}
