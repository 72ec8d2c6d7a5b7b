//! The words of the window, save those of the Library page.

use super::{fonts, library};

texts! {
    /// The words of one language.
    Text {
        lib: library::Library = library::EN, library::ZH;
        fonts: fonts::Fonts = fonts::EN, fonts::ZH;
        mouse_lines: &'static [&'static str] = MOUSE_EN, MOUSE_ZH;
        is_chinese: bool = false, true;
    }
    // Chrome.
    library: "Library", "曲库";
    train: "Train", "训练";
    compose: "Compose", "作曲";
    settings: "Settings", "设置";
    menu_file: "File", "文件";
    menu_edit: "Edit", "编辑";
    open_recent: "Open recent", "最近打开";
    untitled: "Untitled", "未命名";
    never_saved: "Not saved yet", "尚未保存";
    progress: "Progress", "进度";
    close: "Close", "关闭";
    cancel: "Cancel", "取消";
    save: "Save", "保存";
    reset: "Reset", "重置";
    // Groups of commands.
    group_file: "File", "文件";
    group_edit: "Edit", "编辑";
    group_notes: "Notes", "音符";
    group_transport: "Transport", "走带";
    group_roll: "Piano roll", "钢琴卷帘";
    group_voices: "Voices", "声部";
    group_generator: "Generator", "生成器";
    group_window: "Window", "窗口";
    // Commands.
    cmd_new: "New", "新建";
    cmd_open: "Open…", "打开…";
    cmd_save: "Save", "保存";
    cmd_save_as: "Save as…", "另存为…";
    cmd_import_midi: "Import MIDI…", "导入 MIDI…";
    cmd_export_midi: "Export MIDI", "导出 MIDI";
    cmd_export_midi_as: "Export MIDI as…", "导出 MIDI 为…";
    cmd_export_wav: "Export WAV…", "导出 WAV…";
    cmd_export_abc: "Export ABC…", "导出 ABC…";
    cmd_quit: "Quit", "退出";
    cmd_undo: "Undo", "撤销";
    cmd_redo: "Redo", "重做";
    cmd_cut: "Cut", "剪切";
    cmd_copy: "Copy", "复制";
    cmd_paste: "Paste", "粘贴";
    cmd_duplicate: "Duplicate", "重复";
    cmd_delete: "Delete", "删除";
    cmd_select_all: "Select all", "全选";
    cmd_select_none: "Select nothing", "取消选择";
    cmd_select_next: "Select next note", "选择下一个音符";
    cmd_select_previous: "Select previous note", "选择上一个音符";
    cmd_up: "Up a semitone", "升半音";
    cmd_down: "Down a semitone", "降半音";
    cmd_octave_up: "Up an octave", "升八度";
    cmd_octave_down: "Down an octave", "降八度";
    cmd_step_up: "Up a step of the scale", "按音阶上移一级";
    cmd_step_down: "Down a step of the scale", "按音阶下移一级";
    cmd_earlier: "Earlier by the grid", "按网格左移";
    cmd_later: "Later by the grid", "按网格右移";
    cmd_shorter: "Shorter by the grid", "按网格缩短";
    cmd_longer: "Longer by the grid", "按网格延长";
    cmd_quantise: "Quantise", "量化";
    cmd_louder: "Louder", "加强力度";
    cmd_softer: "Softer", "减弱力度";
    cmd_play_stop: "Play or stop", "播放或停止";
    cmd_to_start: "To the start", "回到开头";
    cmd_to_end: "To the end", "跳到结尾";
    cmd_bar_back: "Back a bar", "后退一小节";
    cmd_bar_forward: "Forward a bar", "前进一小节";
    cmd_loop: "Loop", "循环";
    cmd_loop_selection: "Loop the selection", "循环所选";
    cmd_follow: "Follow the playhead", "跟随播放头";
    cmd_panic: "All notes off", "停止所有音符";
    cmd_mute_all: "Mute the sound", "静音";
    cmd_select_tool: "Select tool", "选择工具";
    cmd_pencil_tool: "Pencil tool", "铅笔工具";
    cmd_zoom_in: "Zoom in", "放大";
    cmd_zoom_out: "Zoom out", "缩小";
    cmd_zoom_fit: "Zoom to the piece", "缩放至全曲";
    cmd_ghosts: "Show other voices", "显示其他声部";
    cmd_velocity_lane: "Show velocity", "显示力度";
    cmd_mute: "Mute the voice", "静音此声部";
    cmd_solo: "Solo the voice", "独奏此声部";
    cmd_add_voice: "Add voice", "添加声部";
    cmd_remove_voice: "Remove voice", "移除声部";
    cmd_generate: "Generate", "生成";
    cmd_stop_generating: "Stop", "停止";
    cmd_library: "Library page", "曲库页";
    cmd_train: "Train page", "训练页";
    cmd_compose: "Compose page", "作曲页";
    cmd_settings: "Settings", "设置";
    cmd_shortcuts: "Keyboard shortcuts", "键盘快捷键";
    mouse: "Mouse on the roll", "卷帘上的鼠标";
    star_note: "* while the roll has the keyboard, or nothing has", "* 仅当卷帘获得键盘焦点或无焦点时有效";
    // Roll.
    roll_description: "Piano roll, {} notes, {} selected, bar {}", "钢琴卷帘，{} 个音符，已选 {} 个，第 {} 小节";
    roll_empty: "Double-click to add a note, or let the generator write", "双击添加音符，或让生成器来写";
    keyboard: "Keyboard", "琴键";
    ruler: "Ruler of bars", "小节标尺";
    ruler_loop_hint: "Drag to loop", "拖动以循环";
    ruler_head_hint: "Click to place the playhead", "点击放置播放头";
    velocity: "Velocity", "力度";
    velocity_lane: "Velocity lane", "力度栏";
    scroll_bar: "Scroll through the piece", "滚动乐曲";
    nothing_to_paste: "The clipboard holds no notes", "剪贴板中没有音符";
    copied: "{} notes copied", "已复制 {} 个音符";
    undone: "Undone: {}", "已撤销：{}";
    redone: "Redone: {}", "已重做：{}";
    nothing_to_undo: "Nothing to undo", "没有可撤销的操作";
    nothing_to_redo: "Nothing to redo", "没有可重做的操作";
    all_notes_off: "All notes off", "已停止所有音符";
    n_notes: "{} notes", "{} 个音符";
    n_selected: "{} selected", "已选 {} 个";
    // Tool bar.
    grid: "Grid", "网格";
    grid_hint: "Grid that notes snap to; Alt leaves it for a moment", "音符吸附的网格；按住 Alt 暂时不吸附";
    grid_off: "Off", "关闭";
    grid_adaptive: "Adaptive", "自适应";
    grid_triplet: "triplet", "三连音";
    grid_dotted: "dotted", "附点";
    key: "Key", "调性";
    key_hint: "Key of the piece: shades the rows of the scale", "乐曲的调性：为音阶所在的行着色";
    key_guess: "{} ?", "{} ?";
    key_unset: "From the notes", "由音符推断";
    no_key: "No key", "无调性";
    // Transport.
    tempo: "Tempo", "速度";
    tempo_hint: "Quarter notes a minute, from here on", "从此处起每分钟的四分音符数";
    tempo_changes: "tempo changes", "速度有变化";
    meter: "Meter", "拍号";
    meter_hint: "Meter, from here on", "从此处起的拍号";
    volume: "Volume", "音量";
    // Voices.
    voices: "Voices", "声部";
    voice_n: "Voice {}", "声部 {}";
    voice_row: "Voice {}", "声部 {}";
    voice_name: "Name of the voice", "声部名称";
    voice_hint: "{} · {} · {}", "{} · {} · {}";
    instrument: "Instrument", "乐器";
    role: "Role", "角色";
    drum_kit: "Drum kit", "鼓组";
    solo_voice: "Solo {}", "独奏 {}";
    mute_voice: "Mute {}", "静音 {}";
    role_melody: "Melody", "旋律";
    role_inner: "Inner voice", "内声部";
    role_chords: "Chords", "和弦";
    role_bass: "Bass", "低音";
    role_drums: "Drums", "鼓";
    role_other: "Other", "其他";
    // Generator.
    generator: "Generator", "生成器";
    model: "Model", "模型";
    no_model: "No model yet", "还没有模型";
    no_model_hint: "Train a model first, on the Train page", "请先在训练页训练一个模型";
    primer: "Start from", "起点";
    primer_none: "Nothing: a new piece", "空白：新乐曲";
    primer_piece: "This piece: continue it", "当前乐曲：续写";
    primer_selection: "The selection", "所选音符";
    select_first: "Select some notes first", "请先选择一些音符";
    bars: "Bars", "小节数";
    key_any: "Any key", "任意调";
    creativity: "Creativity", "创造性";
    creativity_hint: "Low keeps to what is likely, high dares more", "低则稳妥，高则大胆";
    seed: "Seed", "种子";
    seed_hint: "The same seed, model and settings make the same take", "相同的种子、模型和设置得到相同的结果";
    new_seed: "New seed", "换一个种子";
    new_each_time: "New seed each time", "每次更换";
    takes: "Takes", "版本数";
    details: "Details", "详细";
    temperature: "Temperature", "温度";
    temperature_hint: "Divides the logits: under 1 careful, over 1 adventurous", "除以 logits：小于 1 谨慎，大于 1 冒险";
    top_p: "Top-p", "Top-p";
    top_p_hint: "Keep the likeliest values that together hold this share; 1 is off", "保留累计概率达此比例的值；1 为关闭";
    top_k: "Top-k", "Top-k";
    top_k_hint: "Keep this many of the likeliest values; 0 is off", "保留最可能的若干个值；0 为关闭";
    min_p: "Min-p", "Min-p";
    min_p_hint: "Drop what is less likely than this share of the likeliest; 0 is off", "去掉低于最大概率此比例的值；0 为关闭";
    pitch_range: "Limit the pitch range", "限制音域";
    lowest: "Lowest", "最低音";
    highest: "Highest", "最高音";
    limit_polyphony: "Limit notes at once", "限制同时发声数";
    at_once: "At once", "同时";
    generating: "Generating", "正在生成";
    writing_take: "Take {} of {} · {} notes", "版本 {} / {} · {} 个音符";
    take_n: "Take {}", "版本 {}";
    hear_take: "Hear {}", "试听 {}";
    keep_take: "Keep {}", "采用 {}";
    remove_take: "Remove {}", "移除 {}";
    take_about: "Model {} · seed {} · creativity {}", "模型 {} · 种子 {} · 创造性 {}";
    kept: "{} is in the piece; one undo brings the old notes back", "{} 已写入乐曲；撤销一次即可恢复原来的音符";
    // Documents.
    opened: "{} is open.", "已打开 {}。";
    and_more: ", and {} more", "，另有 {} 条";
    saved: "Saved: {}", "已保存：{}";
    exported: "Exported: {}", "已导出：{}";
    not_exported: "Could not export ({}): {}", "无法导出（{}）：{}";
    exporting: "Exporting: {}", "正在导出：{}";
    unsaved_title: "Save the changes?", "要保存更改吗？";
    unsaved_text: "What was changed in “{}” will be lost unless it is saved.", "若不保存，对“{}”的更改将丢失。";
    do_not_save: "Do not save", "不保存";
    recovery_title: "Unsaved work was found", "发现未保存的内容";
    recovery_text: "Cadenza ended without saving. Copies were kept:", "Cadenza 未保存便已结束，但保留了副本：";
    copy_made: "Copy {}, made {} ago", "副本 {}，{} 前";
    recover: "Recover", "恢复";
    recovered: "The copy is open; save it to keep it", "副本已打开；保存即可保留";
    discard: "Discard", "丢弃";
    // Train.
    train_now: "Train", "训练";
    preset: "Preset", "预设";
    no_presets: "No presets", "没有预设";
    start_from: "Start from", "起点";
    from_scratch: "From scratch", "从零开始";
    device: "Device", "设备";
    no_devices: "No device", "没有设备";
    about_minutes: "≈ {} min on this device", "在此设备上约 {} 分钟";
    learns_from: "Learns from {} pieces.", "将学习 {} 首乐曲。";
    no_pieces: "Add music on the Library page first.", "请先在曲库页添加音乐。";
    advanced: "Advanced", "高级";
    pause: "Pause", "暂停";
    resume: "Resume", "继续";
    stop_and_keep: "Stop and keep", "停止并保留";
    stop_and_keep_hint: "Ends the run and keeps the best model so far", "结束训练并保留目前最好的模型";
    discard_hint: "Ends the run and throws its model away", "结束训练并丢弃模型";
    epoch_of: "Epoch {} of {}", "第 {} / {} 轮";
    step_of: "Step {} of {}", "第 {} / {} 步";
    time_left: "{} left", "剩余 {}";
    notes_per_sec: "{} notes/s", "每秒 {} 个音符";
    learning_rate_is: "learning rate {}", "学习率 {}";
    step: "step", "步";
    nats_per_note: "nats per note", "奈特每音符";
    smoothing: "Smoothing", "平滑";
    log_axis: "Log axis", "对数坐标";
    loss_plot: "Loss over steps", "损失曲线";
    plot_empty: "The loss will be drawn here while a model learns", "训练时将在此绘制损失曲线";
    legend_train: "training", "训练";
    legend_valid: "validation", "验证";
    legend_best: "best", "最佳";
    runs: "Runs", "训练记录";
    use_model: "Use", "使用";
    show_on_disk: "Show on disk", "在磁盘中显示";
    run_preparing: "preparing", "准备中";
    run_running: "running", "进行中";
    run_paused: "paused", "已暂停";
    run_stopping: "stopping", "停止中";
    run_finished: "finished", "已完成";
    run_failed: "failed", "失败";
    // Settings.
    appearance: "Appearance", "外观";
    language: "Language", "语言";
    follow_system: "System", "跟随系统";
    no_dialog: "No file dialog could be shown; install xdg-desktop-portal or zenity, or drop files on the window", "无法显示文件对话框；请安装 xdg-desktop-portal 或 zenity，或将文件拖放到窗口";
    no_cjk_font: "No font for Chinese was found; install one, such as the package fonts-noto-cjk", "未找到中文字体；请安装，例如 fonts-noto-cjk 软件包";
    theme: "Theme", "主题";
    theme_dark: "Dark", "深色";
    theme_light: "Light", "浅色";
    zoom_hint: "Ctrl + and Ctrl − make everything larger or smaller", "Ctrl + 与 Ctrl − 可放大或缩小界面";
    sound: "Sound", "声音";
    hear_notes: "Hear notes while they are drawn and moved", "绘制和移动音符时试听";
    safety: "Safety", "安全";
    autosave: "Copy every", "备份间隔";
    autosave_hint: "A copy of unsaved work is kept against a crash; 0 keeps none", "为未保存的内容保留副本以防崩溃；0 为不保留";
    about: "About", "关于";
    about_text: "Cadenza {} learns from a folder of MIDI and composes with what it learned.", "Cadenza {} 从 MIDI 文件夹中学习，并用所学作曲。";
}

/// What the pointer does on the roll: "how|what".
const MOUSE_EN: &[&str] = &[
    "Wheel|scroll; Shift: across",
    "Ctrl+wheel|zoom time; Ctrl+Shift: pitch",
    "Middle drag|pan",
    "Drag a note|move; Ctrl copies, Shift one axis",
    "Drag an edge|resize; Alt leaves the grid",
    "Drag the empty|select; Shift adds, Ctrl toggles",
    "Double-click|add a note; on a key: select its pitch",
    "Right-click|menu; pencil: delete",
    "Alt+wheel|velocity of the selection",
];

const MOUSE_ZH: &[&str] = &[
    "滚轮|滚动；Shift：横向",
    "Ctrl+滚轮|缩放时间；Ctrl+Shift：音高",
    "中键拖动|平移",
    "拖动音符|移动；Ctrl 复制，Shift 单轴",
    "拖动边缘|改变长度；Alt 不吸附",
    "拖动空白处|框选；Shift 添加，Ctrl 反选",
    "双击|添加音符；在琴键上：选择该音高",
    "右击|菜单；铅笔：删除",
    "Alt+滚轮|所选音符的力度",
];
