//! The words of sound: devices, MIDI ports, recording, export.

texts! {
    /// The words of one language.
    Sound {}
    // Settings: devices.
    device: "Device", "设备";
    system_default: "System default", "系统默认";
    rate: "Sample rate", "采样率";
    rate_hint: "Samples a second", "每秒采样数";
    device_default: "As the device likes", "由设备决定";
    buffer: "Buffer", "缓冲区";
    buffer_hint: "Small buffers answer fast, large ones never stutter", "缓冲区小则响应快，大则不易卡顿";
    frames: "{} frames ({} ms)", "{} 帧（{} 毫秒）";
    look_again: "Look again", "重新查找";
    looking_hint: "Asks the system for its sound devices and MIDI ports", "查询系统的声音设备和 MIDI 端口";
    times_dry: "The device ran dry {} times; a larger buffer helps", "设备断流 {} 次；增大缓冲区可改善";
    // Settings: ports.
    midi: "MIDI", "MIDI";
    midi_in: "Input", "输入";
    midi_out: "Output", "输出";
    port_off: "Off", "关闭";
    port_all: "Every keyboard", "所有键盘";
    port_virtual: "A port of our own (for a DAW)", "自建端口（供 DAW 连接）";
    keyboards_heard: "{} MIDI inputs are heard.", "正在接收 {} 个 MIDI 输入。";
    port_listens: "What is played goes to {}.", "播放内容发送到 {}。";
    send_clock: "Send the clock, so that others keep our tempo", "发送时钟，使其他设备跟随速度";
    play_here_too: "Sound here too", "同时在本机发声";
    // Recording.
    record_menu: "Recording options", "录音选项";
    count_in: "Count in", "预备拍";
    no_count_in: "No bar", "无";
    one_bar: "1 bar", "1 小节";
    two_bars: "2 bars", "2 小节";
    record_mode: "Recording", "录音方式";
    overdub: "Adds", "叠加";
    overdub_hint: "What is played is added to what is there", "将演奏叠加到已有内容上";
    replace: "Replaces", "替换";
    replace_hint: "What is played takes the place of what is there", "演奏内容取代已有内容";
    offset: "Correction", "校正";
    offset_hint: "Recorded notes are moved earlier by this, beside the latency that the device tells of", "在设备报告的延迟之外，录下的音符再提前这么多";
    recording: "Recording {}", "正在录制 {}";
    recorded: "Recorded: {} notes", "已录制：{} 个音符";
    aside: "Recording", "录音";
    recorded_aside: "The voice could not take {} recorded notes: they are in a new voice", "声部无法接收录下的 {} 个音符，已放入新声部";
    nothing_played: "Nothing was played, so nothing was recorded", "没有演奏任何内容，未录制";
    keys_on: "The keys A to ; play, W to P are the black ones; Z and X change the octave", "A 到 ; 键弹奏，W 到 P 为黑键；Z 和 X 改变八度";
    octave: "Octave {}", "八度 {}";
    level: "Level", "电平";
    level_is: "Level {} dB", "电平 {} dB";
    silence: "Level: silence", "电平：无声";
    // Export.
    export_title: "Export sound", "导出声音";
    part: "Part", "范围";
    part_whole: "The whole piece", "整首";
    part_loop: "The loop", "循环区";
    part_selection: "The selection", "所选";
    files: "Files", "文件";
    one_file: "One", "一个";
    file_a_voice: "One a voice", "每声部一个";
    format: "Format", "格式";
    choose_file: "Choose a file…", "选择文件…";
    export_note: "Muted voices stay silent. What sounds at the end rings on.", "静音的声部不发声。结尾的声音会自然衰减。";
}
