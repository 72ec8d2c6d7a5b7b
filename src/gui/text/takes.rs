//! The words of takes: how they are heard, and what is made of them.

texts! {
    /// The words of one language.
    TakeWords {}
    hear_coming: "Hear it as it is written", "边写边听";
    hear_coming_hint: "Plays no further than whole bars are there, and waits on the bar line for the next", "只播放已完成的小节，并在小节线处等待下一小节";
    sampling: "Sampling", "采样风格";
    faithful: "Faithful", "忠实";
    balanced: "Balanced", "均衡";
    adventurous: "Adventurous", "大胆";
    wild: "Wild", "狂野";
    own_style: "My own", "自定义";
    faithful_hint: "Close to what the model finds likeliest; may repeat itself", "贴近模型认为最可能的结果，可能会重复";
    balanced_hint: "As lively as the pieces it learned from", "与所学乐曲同样生动";
    adventurous_hint: "Less expected pitches on a rhythm that stays", "节奏保持，音高更出人意料";
    wild_hint: "Anything may come", "一切皆有可能";
    time_temperature: "Time ×", "时间 ×";
    time_temperature_hint: "Factor of the temperature for when notes begin and how long they are", "音符起始与时值所用温度的倍数";
    pitch_temperature: "Pitch ×", "音高 ×";
    pitch_temperature_hint: "Factor of the temperature for pitches", "音高所用温度的倍数";
    time_top_p: "Time top-p", "时间 top-p";
    time_top_p_hint: "A nucleus for when notes begin and how long they are; the smaller of the two counts", "音符起始与时值的 top-p，取两者中较小者";
    pitch_top_p: "Pitch top-p", "音高 top-p";
    pitch_top_p_hint: "A nucleus for pitches; the smaller of the two counts", "音高的 top-p，取两者中较小者";
    meter_usual: "The model's commonest", "模型最常用的";
    meter_of_primer: "As in the primer", "与引子相同";
    unknown_meter: "{} has never learned from music in {}, only in {}: expect noise", "{} 从未学过 {} 拍的音乐，只学过 {}：结果可能杂乱无章";
    form: "Form", "曲式";
    form_hint: "Letters, such as AABA: each new letter is written, each that comes again is the same. With a primer the first letter is the primer", "字母，例如 AABA：新字母会被写出，重复的字母则相同。有引子时第一个字母即为引子";
    form_none: "one part", "单段";
    form_wrong: "Letters from A to Z, such as AABA", "请使用 A 至 Z 的字母，例如 AABA";
    varied: "Repeats end anew", "重复时另写结尾";
    varied_hint: "A letter that comes again keeps the first half of its bars and ends anew", "重复的字母保留前半小节，另写结尾";
    assistant: "Melody assistant", "旋律助手";
    assist_chords: "Write chords to it", "配和弦";
    assist_bass: "Write a bass line", "写低音线";
    assist_second: "Write a second voice", "写第二声部";
    assist_hint: "Written to the bars of the selection, or to the whole piece; what is there stays", "写入所选小节，或整首乐曲；已有内容保持不变";
    assist_learned: "Needs a model that has learned with given notes (a transformer with infill)", "需要学过给定音符的模型（带填充的 Transformer）";
    primer_taken: "Taken: bars {} to {}, {} notes of {}. What is new begins at bar {}", "已采用：第 {} 至 {} 小节，{} 个音符，来自 {}。新内容从第 {} 小节开始";
    primer_empty: "Nothing is there to take: a new piece", "没有可采用的内容：将写一首新曲";
    order: "Order", "排序";
    order_newest: "Newest", "最新";
    order_family: "Tree", "谱系";
    order_likely: "Likeliest", "可能性";
    order_original: "Most original", "原创性";
    order_close: "Closest to the selection", "与所选最接近";
    order_hint: "Likeliest: the fewest nats a note by the model that wrote it. Most original: the most people’s pieces copy more. Closest: the largest share of the selection’s figures of three notes, in any key and tempo", "可能性：写成它的模型给出的每音符奈特最少。原创性：最多的人类作品相同之处更多。最接近：所选三音音型（不论调与速度）出现的比例最大";
    select_figure: "Select three notes or more to rank by", "请选择三个或更多音符以便排序";
    more: "What can be made of {}", "用 {} 可以做什么";
    name: "Name", "名称";
    from: "from {}", "源自 {}";
    blend: "Blend with", "混合";
    blend_none: "choose a take", "选择一个版本";
    blend_make: "Make the blend", "生成混合";
    blend_name: "{} + {}", "{} + {}";
    blend_bar: "Bar {} from {}", "第 {} 小节取自 {}";
    blend_hint: "A click on a bar takes it from the other take", "点击某小节即取自另一版本";
    blend_with_none: "No other take begins at the same place", "没有从同一位置开始的其他版本";
    branch: "Keep bars", "保留小节";
    branch_make: "Write the rest anew", "重写其余部分";
    branch_hint: "A new take that begins with so many bars of this one, with a new seed", "新版本以此版本的这些小节开头，并用新的种子";
    branch_not: "Only a take that was written on, of two bars or more, can be gone on from", "只有续写而成且不少于两小节的版本才能分支";
    made: "Made: {}", "已生成：{}";
    play_coming: "Hear {} as it is written", "边写边听{}";
}
