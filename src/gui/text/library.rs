//! The words of the Library page.

texts! {
    /// The Library page's words in one language.
    Library {}
    // Library.
    library_empty_title: "Add music to learn from", "添加用于学习的音乐";
    library_empty_text: "Choose a folder of MIDI files. Every file is read, and for each one you see whether it is used, and if not, why.", "选择一个包含 MIDI 文件的文件夹。每个文件都会被读取，并说明是否使用以及原因。";
    add_folder: "Add folder…", "添加文件夹…";
    add_starter: "Add the starter tunes", "添加入门曲目";
    export_report: "Export report…", "导出报告…";
    remove_folder: "Remove {} from the library", "从曲库移除 {}";
    n_pieces: "{} pieces", "{} 首";
    scanning: "Reading the folder", "正在读取文件夹";
    done_of_total: "{} of {}", "{} / {}";
    filter_pieces: "Filter by title, style or key", "按标题、风格或调性筛选";
    clear_filter: "Clear the filter", "清除筛选";
    state_used: "Used", "已使用";
    state_repaired: "Repaired", "已修复";
    state_left_out: "Left out", "未使用";
    sort_by: "Sort by this column", "按此列排序";
    open_in_compose: "Open", "打开";
    open_piece: "Open {} in Compose", "在作曲页打开 {}";
    col_title: "Title", "标题";
    col_style: "Style", "风格";
    col_bars: "Bars", "小节";
    col_notes: "Notes", "音符";
    col_voices: "Voices", "声部";
    col_key: "Key", "调性";
    col_meter: "Meter", "拍号";
    col_tempo: "Tempo", "速度";
    col_state: "State", "状态";
}
