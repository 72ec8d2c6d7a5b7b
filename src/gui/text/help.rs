//! The words of the Help menu and of what it opens, of the first steps, and of the field for a path.

texts! {
    /// The words of one language.
    Help {}
    menu: "Help", "帮助";
    manual: "Manual", "使用手册";
    with_keys: "{} ({})", "{}（{}）";
    what_now: "What now?", "怎么办？";
    // The first steps.
    step_n: "Step {} of 5 · {}", "第 {} / 5 步 · {}";
    step_write: "Have the model that comes along write a tune", "让自带的模型写一首曲子";
    step_listen: "Hear a take by ▶ on its card below; the tick puts it into the piece", "用下方卡片上的 ▶ 试听；点对勾写入乐曲";
    step_change: "Change something: drag a note, or select some and press an arrow key", "改一改：拖动音符，或选择后按方向键";
    step_learn: "A model of your own: add music in the Library, then train", "训练自己的模型：先在曲库添加音乐，再训练";
    step_take_home: "Take it home: export it for other programs, or save the project", "带回家：导出给其他程序，或保存工程";
    steps_done: "That is the whole way; the manual goes on from here", "这就是全部步骤；接下来请看使用手册";
    do_write: "Write one", "写一首";
    do_listen: "Hear it", "听一听";
    do_change: "Show the keys", "显示按键";
    go_library: "Go to the Library", "前往曲库";
    go_train: "Go to Train", "前往训练";
    do_take_home: "Export it", "导出";
    skip: "Skip", "跳过";
    close_steps: "Close the first steps; the Help menu has them", "关闭入门五步；可在帮助菜单中再次打开";
    // About.
    privacy: "Nothing leaves this machine: no account, no network, no statistics.", "任何数据都不会离开这台电脑：没有账户，不用网络，不作统计。";
    our_terms: "Free software: MIT or Apache-2.0, as you like.", "自由软件：MIT 或 Apache-2.0，由你选择。";
    made_of: "What it is made of", "组成部分";
    n_parts: "{} parts, with their terms", "{} 个部分及其许可";
    search_parts: "Search by name or terms", "按名称或许可搜索";
    // A path that is typed.
    path_title: "Type a path", "输入路径";
    path_why: "This system shows no file dialog. Files can also be dropped on the window.", "此系统无法显示文件对话框。也可以把文件拖放到窗口上。";
    path_go: "Go on", "继续";
    path_is: "That is {}", "即 {}";
    path_empty: "Nothing is typed yet", "尚未输入";
    path_no_file: "There is no such file: {}", "没有这个文件：{}";
    path_not_file: "This is a folder; add the name of a file in it: {}", "这是文件夹，请加上其中的文件名：{}";
    path_no_folder: "There is no such folder: {}", "没有这个文件夹：{}";
    path_is_folder: "This is a folder; add a file name: {}", "这是文件夹，请加上文件名：{}";
}
