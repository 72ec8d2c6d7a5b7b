//! The words about originality: what is copied from where, and whether people copy as much.

texts! {
    /// Words about originality in one language.
    Originality {}
    title: "Originality", "原创性";
    check: "Check again", "再次检查";
    looking: "Looking it up in what {} learned from…", "正在与 {} 学过的乐曲比对…";
    of_selection: "Of the selection, {} notes, by {}", "所选部分，{} 个音符，模型 {}";
    of_piece: "Of the piece, {} notes, by {}", "全曲，{} 个音符，模型 {}";
    nothing: "There are no notes to look up", "没有可比对的音符";
    none: "Nothing of it stands in a training piece", "训练乐曲中没有相同的片段";
    longest_copy: "Longest copy: {} notes, {}, bar {}", "最长的相同片段：{} 个音符，《{}》，第 {} 小节";
    longest_passage: "With {} changed: {} notes, {}, bar {}", "改动 {} 处：{} 个音符，《{}》，第 {} 小节";
    shares: "Runs found: of 4 notes {} %, of 8 {} %, of 12 {} %, of 16 {} %", "找到的片段：4 音 {} %，8 音 {} %，12 音 {} %，16 音 {} %";
    source: "{}, bar {}: {} notes", "《{}》第 {} 小节：{} 个音符";
    sources: "Sources", "来源";
    percentile: "{} % of people's pieces copy more", "{} % 的人类作品相同之处更多";
    among_held_out: "Compared with {} held-out pieces, cut to as many notes", "与 {} 首留出的乐曲（截取同样多的音符）比较";
    among_both: "Compared with {} held-out pieces and {} learned from, each of these looked up in the others; all cut to as many notes", "与 {} 首留出的乐曲和 {} 首学过的乐曲比较（后者各与其他乐曲比对）；都截取同样多的音符";
    few_pieces: "No percentile: of {} different pieces by people {} are as long, it takes {}", "无百分位：{} 首不同的人类作品中只有 {} 首够长，需要 {} 首";
    few_notes: "No percentile: too few notes", "无百分位：音符太少";
    take_line: "Copies {} notes · {} % copy more", "相同 {} 音 · {} % 的作品更多";
    take_line_alone: "Copies {} notes", "相同 {} 音";
    take_hint: "Longest copy: {} notes of {}, bar {}; the percentile is the share of people's pieces that copy more", "最长的相同片段：{} 个音符，《{}》第 {} 小节；百分位为相同之处更多的人类作品所占比例";
    limit: "Not closer than", "限制相似程度";
    limit_hint: "A take that copies this many notes in a row is written again, 8 times at most", "连续相同音符达到此数的版本会重新生成，最多 8 次";
    limit_notes: "Notes copied", "相同音符数";
}
