//! The words of the Train page that are its alone.

texts! {
    /// The Train page's words in one language.
    Train {}
    // What to train.
    about_time: "≈ {}", "约 {}";
    about_hint: "Measured on this device: {} steps, {} notes/s, {} parameters", "在此设备上实测：{} 步，每秒 {} 个音符，{} 个参数";
    measuring: "measuring…", "正在测量…";
    not_measured: "Could not be measured: {}", "无法测量：{}";
    several: "Several…", "多个…";
    several_hint: "Several runs one after another: presets, sizes, seeds", "依次进行多个训练：预设、规模、种子";
    sweep_presets: "Presets", "预设";
    sweep_widths: "Widths", "宽度";
    sweep_layers: "Layers", "层数";
    sweep_seeds: "Seeds", "种子数";
    sweep_of: "One run for every combination: {}", "每种组合一个训练：共 {} 个";
    sweep_time: "{} in all", "共 {}";
    sweep_start: "Train all {}", "训练全部 {} 个";
    choose_preset: "Vary the preset: {}", "改变预设：{}";
    choose_width: "Vary the width: {}", "改变宽度：{}";
    choose_layers: "Vary the layers: {}", "改变层数：{}";
    duplicated: "The recipe of {}", "{} 的配方";
    // Tabs.
    tab_curves: "Curves", "曲线";
    tab_fields: "By field", "按字段";
    tab_rate: "Learning rate", "学习率";
    tab_report: "Report", "报告";
    tab_compare: "Compare", "比较";
    side_takes: "Takes", "试听";
    side_runs: "Runs", "训练记录";
    side_queue: "Queue", "队列";
    // The plot.
    axis: "Across", "横轴";
    axis_step: "Steps", "步数";
    axis_epoch: "Epochs", "轮数";
    axis_minutes: "Minutes", "分钟";
    hours: "h", "小时";
    minutes_short: "m", "分";
    seconds: "s", "秒";
    days: "d", "天";
    minutes: "min", "分钟";
    epochs: "epochs", "轮";
    steps: "steps", "步";
    more: "Export the plot", "导出曲线图";
    save_png: "Picture (PNG)…", "图片（PNG）…";
    save_csv: "Numbers (CSV)…", "数据（CSV）…";
    fit: "Fit", "适应";
    fit_hint: "Show all of it again; a double-click does it too", "重新显示全部；双击也可以";
    above: "above: {}", "在上方：{}";
    fields_plot: "Loss by field", "各字段的损失";
    rate_plot: "Learning rate over the training", "训练中的学习率";
    png_saved: "Picture written: {}", "图片已写入：{}";
    png_failed: "The picture could not be written ({}): {}", "无法写入图片（{}）：{}";
    csv_saved: "Numbers written: {}", "数据已写入：{}";
    uniform: "uniform", "均匀";
    unigram: "unigram", "一元";
    ngram: "n-gram", "n 元";
    no_fields: "Fields are told apart once there is a check", "有了检查之后才能区分各字段";
    // What happens.
    preparing: "Preparing", "准备中";
    begun: "Begun; the first check will say where it stands", "已开始；第一次检查将说明进展";
    first_check: "First check: {} nats per note; the next ones will tell whether it learns", "第一次检查：每音符 {} 奈特；之后的检查会说明是否在学习";
    learning: "Learning", "正在学习";
    no_better: "No better than at step {}; the next checks will tell", "未优于第 {} 步；之后的检查会说明";
    best_so_far: "Learning: validation is at its best so far, {} nats per note", "正在学习：验证损失为目前最佳，每音符 {} 奈特";
    plateau: "A plateau: little has changed over the last checks", "平台期：最近几次检查变化很小";
    memorising: "Validation has stopped falling while training goes on: it is memorising. The best model (step {}) is kept.", "训练损失仍在下降而验证损失不再下降：模型正在死记。最佳模型（第 {} 步）已保留。";
    diverged: "Diverged at step {}: back to step {} with {} of the learning rate (attempt {} of 3)", "在第 {} 步发散：已回到第 {} 步，学习率降为 {}（第 {} / 3 次）";
    out_of_memory: "Out of memory: a batch is now done in {} parts of {} rows, with the same result", "内存不足：每个批次现分为 {} 份、每份 {} 行，结果不变";
    cannot_save: "The run cannot be saved just now ({}); it goes on and tries again", "暂时无法保存（{}）；训练继续并会重试";
    saving_again: "Saving works again", "已恢复保存";
    slept: "The machine slept for {}; training goes on", "计算机休眠了 {}；训练继续";
    ended_complete: "All steps were taken", "已完成全部步数";
    ended_stopped: "Stopped by you; everything is kept", "已由你停止；全部保留";
    ended_memorising: "Stopped early: validation had stopped falling", "提前停止：验证损失不再下降";
    ended_diverged: "Stopped: it diverged three times", "已停止：三次发散";
    ended_best: "{}. Best: {} nats per note at step {}", "{}。最佳：每音符 {} 奈特，第 {} 步";
    reporting: "Writing the report card: {}", "正在撰写报告：{}";
    happened: "What happened ({})", "经过（{}）";
    at_step: "Step {}", "第 {} 步";
    elsewhere: "in the background", "在后台";
    elsewhere_hint: "Another process of Cadenza trains it: it goes on when this window closes", "由另一个 Cadenza 进程训练：关闭此窗口后仍会继续";
    memory: "{} memory", "内存 {}";
    parameters: "{} parameters", "{} 个参数";
    // Takes.
    no_takes: "At every check a short take from the same seed will stand here: you can hear it learn", "每次检查时都会用相同的种子写一小段，出现在这里：可以听到它如何进步";
    take_at: "step {}", "第 {} 步";
    take_n: "take {}", "版本 {}";
    hear: "Hear {}", "试听 {}";
    hush: "Stop {}", "停止 {}";
    open_take: "Open {} in Compose", "在作曲页打开 {}";
    nats_short: "{} nats", "{} 奈特";
    // Runs.
    no_runs: "Trainings will be listed here", "训练记录将列在这里";
    look_at: "Look at {}", "查看 {}";
    in_plot: "Show {} in the plot", "在图中显示 {}";
    more_of: "More for {}", "{} 的更多操作";
    use_run: "Use in Compose", "用于作曲";
    rename: "Rename…", "重命名…";
    rename_title: "Rename {}", "重命名 {}";
    new_name: "New name", "新名称";
    duplicate: "Duplicate the recipe", "复制配方";
    delete: "Move to the trash", "移到回收站";
    make_report: "Make the report", "生成报告";
    unreadable: "cannot be read: {}", "无法读取：{}";
    can_resume: "not finished", "未完成";
    busy: "training", "训练中";
    ago: "{} ago", "{} 前";
    no_model: "no model yet", "还没有模型";
    compare_empty: "Tick runs to compare them", "勾选要比较的训练";
    col_run: "Run", "训练";
    col_nats: "nats/note", "奈特/音符";
    col_saved: "vs n-gram", "对比 n 元";
    col_kind: "Kind", "类型";
    col_parameters: "Parameters", "参数";
    col_steps: "Steps", "步数";
    col_best: "Best at", "最佳步";
    col_time: "Time", "用时";
    col_speed: "notes/s", "音符/秒";
    col_recipe: "What sets it apart", "不同之处";
    table: "Table of runs", "训练列表";
    // Queue.
    queue_empty: "No queue", "没有队列";
    waiting: "waiting", "等待中";
    running: "running", "进行中";
    done: "done", "完成";
    not_begun: "not begun", "未开始";
    // Closing.
    closing_title: "A training is running", "正在训练";
    closing_text: "“{}” is at step {} of {}. It can go on without the window; when Cadenza opens again, it is shown here.", "“{}”已到第 {} / {} 步。它可以在没有窗口的情况下继续；再次打开 Cadenza 时会显示。";
    go_on_without: "Go on in the background", "在后台继续";
    stop_keep_close: "Stop, keep and close", "停止、保留并关闭";
    closing_wait: "Saving the training before the window closes…", "关闭窗口前正在保存训练…";
    discard_title: "Discard this training?", "要丢弃此训练吗？";
    discard_text: "“{}” ends and its folder goes to the trash.", "“{}”将结束，其文件夹将移到回收站。";
    // Report card.
    report_none: "A report card is written when a training ends: what the model predicts, writes and copies", "训练结束时会写出报告：模型预测、写作和抄袭的情况";
    show_report: "Show the report", "查看报告";
    open_page: "Open as a page", "以网页打开";
    again: "Make it again", "重新生成";
    rc_held_out: "Nats per note on {} held-out pieces", "{} 首留出乐曲上每音符的奈特数";
    rc_saved: "saved against n-gram", "比 n 元模型节省";
    rc_nats: "nats per note, held out", "奈特每音符（留出）";
    rc_error: "calibration error", "校准误差";
    rc_percentile: "originality, percentile of people", "原创性（在人类作品中的百分位）";
    rc_model: "model", "模型";
    rc_lines: "Against everything simpler", "与更简单的方法比较";
    rc_by_style: "By style", "按风格";
    rc_by_length: "By notes a piece", "按每首音符数";
    rc_pieces: "{} pieces", "{} 首";
    rc_no_style: "(no style)", "（无风格）";
    rc_reliability: "Does it know what it knows?", "它知道自己知道什么吗？";
    rc_reliability_hint: "Across: how sure of its first choice. Up: how often that was right. On the line it is as sure as it is right.", "横轴：对首选的把握；纵轴：首选正确的比例。落在线上则把握与正确率一致。";
    rc_bin: "{} choices: {} % sure, {} % right", "{} 次选择：把握 {} %，正确 {} %";
    rc_takes: "What it writes", "它写的作品";
    rc_take: "{} notes · longest copy {} notes: {}, bar {}", "{} 个音符 · 最长抄袭 {} 个音符：{}，第 {} 小节";
    rc_take_new: "{} notes · nothing copied", "{} 个音符 · 无抄袭";
    rc_copies: "Is it original?", "它有原创性吗？";
    rc_copies_hint: "Longest passages that stand in a training piece, in notes: bars are held-out pieces by people, triangles are takes", "出现在训练乐曲中的最长片段（音符数）：柱为人类的留出作品，三角为生成的作品";
    rc_copies_bar: "{} held-out pieces copy {} notes", "{} 首留出乐曲有 {} 个音符相同";
    rc_found: "Of runs of {} notes, {} % of the takes and {} % of held-out pieces stand in training pieces", "长为 {} 个音符的片段中，作品有 {} %、留出乐曲有 {} % 出现在训练乐曲中";
    rc_style: "Does it sound like them?", "听起来像它们吗？";
    rc_style_hint: "Mean ± deviation over pieces cut to {} bars; overlap as in MGEval: 1 the same, 0 not at all", "截取 {} 小节后的均值 ± 标准差；重叠度同 MGEval：1 为相同，0 为完全不同";
    rc_figure: "Figure", "指标";
    rc_col_takes: "Takes", "作品";
    rc_col_held_out: "Held out", "留出";
    rc_col_training: "Training", "训练";
    rc_col_overlap: "Overlap", "重叠";
    rc_col_people: "People", "人类";
    rc_right: "right at first", "首选正确";
    rc_remarks: "Remarks", "备注";
    // Figures of style, as corpus::style names them.
    pitch_class_entropy: "Pitch-class entropy", "音级熵";
    scale_consistency: "Scale consistency", "音阶一致性";
    groove_consistency: "Groove consistency", "节奏一致性";
    polyphony: "Polyphony", "复音数";
    polyphony_rate: "Polyphony rate", "复音比例";
    pitch_range: "Pitch range", "音域";
    pitches_used: "Pitches used", "所用音高数";
    melodic_interval: "Melodic interval", "旋律音程";
    onset_distance: "Distance of onsets", "起音间隔";
    notes_per_bar: "Notes a bar", "每小节音符数";
    repeated_bars: "Repeated bars", "重复小节";
    pitch_classes: "Pitch classes", "音级分布";
    note_lengths: "Note lengths", "时值分布";
    pitch_steps: "Steps of pitch", "音高走向";
    // Fields.
    field_bar: "bar", "小节";
    field_step: "step", "位置";
    field_voice: "voice", "声部";
    field_pitch: "pitch", "音高";
    field_duration: "length", "时值";
    field_velocity: "velocity", "力度";
}

impl Train {
    /// A field of the model, in words.
    pub fn field<'a>(&self, name: &'a str) -> &'a str {
        let words: &[(&str, &'static str)] = &[
            ("bar", self.field_bar),
            ("step", self.field_step),
            ("voice", self.field_voice),
            ("pitch", self.field_pitch),
            ("duration", self.field_duration),
            ("velocity", self.field_velocity),
            ("uniform", self.uniform),
            ("unigram", self.unigram),
            ("n-gram", self.ngram),
            ("model", self.rc_model),
        ];
        words.iter().find(|(key, _)| *key == name).map_or(name, |(_, word)| word)
    }

    /// A figure of style, in words.
    pub fn feature<'a>(&self, name: &'a str) -> &'a str {
        let words: [(&str, &'static str); 14] = [
            ("pitch_class_entropy", self.pitch_class_entropy),
            ("scale_consistency", self.scale_consistency),
            ("groove_consistency", self.groove_consistency),
            ("polyphony", self.polyphony),
            ("polyphony_rate", self.polyphony_rate),
            ("pitch_range", self.pitch_range),
            ("pitches_used", self.pitches_used),
            ("melodic_interval", self.melodic_interval),
            ("onset_distance", self.onset_distance),
            ("notes_per_bar", self.notes_per_bar),
            ("repeated_bars", self.repeated_bars),
            ("pitch_classes", self.pitch_classes),
            ("note_lengths", self.note_lengths),
            ("pitch_steps", self.pitch_steps),
        ];
        words.iter().find(|(key, _)| *key == name).map_or(name, |(_, word)| word)
    }
}

/// Numbers under Advanced in Chinese: key, name, what it is for. In English they name themselves.
const KNOBS_ZH: &[(&str, &str, &str)] = &[
    ("minutes", "分钟", "训练多久：先实测速度，再定下步数"),
    ("arch", "模型类型", "与预设不同的类型会带来自己的规模"),
    ("optimiser", "优化器", "带来其常用的学习率"),
    ("momentum", "动量", "保留上一步的比例；0 为普通下降"),
    ("learning_rate", "学习率", "预热之后的最高值"),
    ("schedule", "调度", "学习率如何下降"),
    ("loss", "损失", "训练时减小的量；显示的始终是似然"),
    ("label_smoothing", "标签平滑", "把所有值同等拉动的损失比例"),
    ("counts", "计数", "统计同一批曲子的 n-gram 模型与网络一同预测：曲库小时帮助很大"),
    ("infill", "填充", "学习填充、伴奏和变奏的窗口比例"),
    ("tell", "条件", "被告知风格、密度和剩余小节的窗口比例"),
    ("ema", "权重均值", "每一步保留的滑动均值比例；0 为不用"),
    ("dropout", "随机失活", "曲库越小越应增大：防止死记"),
    ("d_model", "宽度", "描述每个音符的数字个数；8 的倍数"),
    ("n_layers", "层数", "网络的深度"),
    ("input", "输入窗口", "网络一次看到的音符数"),
    ("layer_1", "隐藏层 1", "神经元个数；0 表示没有这一层"),
    ("layer_2", "隐藏层 2", "神经元个数；0 表示没有这一层"),
    ("layer_3", "隐藏层 3", "神经元个数；0 表示没有这一层"),
    ("layer_4", "隐藏层 4", "神经元个数；0 表示没有这一层"),
    ("activation", "激活函数", "层与层之间的函数"),
    ("patience", "耐心", "多少次检查没有新的最佳就停止；0 表示从不"),
    ("seed", "种子", "相同的种子和配方得到相同的模型"),
];

/// A choice under Advanced in the window's language; names of methods stay.
pub fn choice(is_chinese: bool, choice: &str) -> &str {
    match choice {
        _ if !is_chinese => choice,
        "no" => "否",
        "yes" => "是",
        "cosine" => "余弦",
        "linear" => "线性",
        "constant" => "不变",
        "cross-entropy" => "交叉熵",
        "squared error" => "平方误差",
        other => other,
    }
}

/// A number under Advanced in the window's language: its name, and what it is for.
pub fn knob<'a>(is_chinese: bool, key: &str, name: &'a str, help: &'a str) -> (&'a str, &'a str) {
    let words = KNOBS_ZH.iter().find(|(k, ..)| is_chinese && *k == key);
    words.map_or((name, help), |(_, name, help)| (name, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_figure_has_words() {
        for field in crate::encoding::Field::ALL {
            assert_ne!(ZH.field(field.name()), field.name());
        }
        for feature in crate::corpus::style::Feature::ALL {
            assert_ne!(ZH.feature(feature.name()), feature.name());
            assert_ne!(EN.feature(feature.name()), feature.name());
        }
        assert_eq!(EN.field("something else"), "something else");
    }
}
