//! What readers and judges say of files, in Chinese: the window shows it so; reports and the command line
//! stay English. A sentence that has no line here is shown as it is, which is how the system's own come.
//!
//! In a pattern `#` stands for a number, `@` for what is quoted, `*` for words that have a line of their own.
//! Chinese takes them in the same order.

use super::news::NEWS;
use super::said::SAID;
use super::{Text, fill};
use crate::corpus::FileState;

const SENTENCES: &[(&str, &str)] = &[
    // Left out.
    ("The file is empty.", "文件是空的。"),
    ("It is not a music file.", "这不是音乐文件。"),
    ("It cannot be read: *.", "无法读取：{}。"),
    ("It cannot be opened: *.", "无法打开：{}。"),
    ("There is no such file or folder.", "没有这个文件或文件夹。"),
    ("It is larger than a piece of music can be: # MiB, the limit is #.", "文件过大：{} MiB，上限为 {} MiB。"),
    ("There is no note in it.", "其中没有音符。"),
    ("It has drums only (# notes), no note with a pitch.", "只有鼓（{} 个音符），没有带音高的音符。"),
    ("It is too short: *, at least # are needed.", "过短：只有 {}，至少需要 {} 个。"),
    ("You left it out.", "由你决定不使用。"),
    ("It is a link to something that is not there.", "链接指向的文件不存在。"),
    ("It is a link to itself, or to a folder that is read anyway.", "链接指向自身，或指向已经读取的文件夹。"),
    ("It is a pipe, a socket or a device, not a file.", "这是管道、套接字或设备，不是文件。"),
    ("It is locked with a password.", "文件有密码保护。"),
    ("It is an archive inside an archive: unpack the outer one first.", "压缩包内的压缩包：请先解压外层。"),
    ("There is no file in the archive.", "压缩包内没有文件。"),
    ("It is no music: *that macOS adds to archives.", "不是音乐：macOS 在压缩包中附加的 {}。"),
    ("# file ", "{} 个文件"),
    ("# files ", "{} 个文件"),
    (
        "The archive holds # files, the limit is #: unpack it to a folder.",
        "压缩包内有 {} 个文件，上限为 {} 个：请先解压到文件夹。",
    ),
    (
        "The archive unpacks to more than # GiB, and this file comes after: unpack it to a folder.",
        "压缩包解压后超过 {} GiB，此文件在其后：请先解压到文件夹。",
    ),
    ("It would unpack to # times its size, as no music does.", "解压后会增大到 {} 倍，音乐文件不会如此。"),
    // Of a piece whose notes are in the cache no more.
    (
        "its notes could not be read from the cache (*), which is made anew when the folder is read again: *",
        "无法从缓存读取其音符（{}）；重新读取文件夹即可重建缓存：{}",
    ),
    ("it is damaged", "缓存已损坏"),
    // Why it cannot be read or opened.
    ("permission denied", "没有权限"),
    ("no such file or directory", "没有这个文件或文件夹"),
    ("the file is empty", "文件是空的"),
    ("there is no tune in it: none begins with X:", "其中没有曲调：没有以 X: 开头的"),
    ("not a MIDI file: no header from byte 0 on; it looks like *", "不是 MIDI 文件：第 0 字节起没有文件头；看起来是{}"),
    ("a RIFF file (WAV?) without MIDI data", "不含 MIDI 数据的 RIFF 文件（WAV？）"),
    ("a ZIP archive (compressed MusicXML?)", "ZIP 压缩包（压缩的 MusicXML？）"),
    ("an MP3 file", " MP3 文件"),
    ("an Ogg file", " Ogg 文件"),
    ("a FLAC file", " FLAC 文件"),
    ("a PNG picture", " PNG 图片"),
    ("a PDF document", " PDF 文档"),
    ("an XML file", " XML 文件"),
    ("a web page or XML file", "网页或 XML 文件"),
    ("a file in ABC notation", " ABC 记谱文件"),
    ("a gzip archive", " gzip 压缩包"),
    ("nothing but zero bytes", "全为零的字节"),
    ("a text file", "文本文件"),
    ("unknown data", "未知数据"),
    ("the MIDI header is cut off at byte #", "MIDI 文件头在第 {} 字节处中断"),
    ("the file has a MIDI header but no track after byte #", "有 MIDI 文件头，但第 {} 字节之后没有音轨"),
    ("the file is cut off in track # at byte #", "文件在第 {} 轨的第 {} 字节处中断"),
    ("the file promises # tracks and holds #", "文件声明有 {} 轨，实有 {} 轨"),
    ("track # makes no sense from byte # on (*)", "第 {} 轨自第 {} 字节起无法理解（{}）"),
    ("the archive is damaged (@)", "压缩包已损坏（{}）"),
    ("it is packed in a way that is not read (@)", "不支持的压缩方式（{}）"),
    ("it is no XML: @", "不是 XML：{}"),
    ("it is XML, but its root <@> is not that of a MusicXML score", "是 XML，但根元素 <{}> 不是 MusicXML 乐谱"),
    (
        "it defines XML entities, which no MusicXML needs and which may be a trap",
        "定义了 XML 实体：MusicXML 不需要，可能有害",
    ),
    ("it is no ZIP archive as compressed MusicXML should be: @", "不是压缩的 MusicXML 应有的 ZIP 压缩包：{}"),
    ("the archive holds no MusicXML score", "压缩包内没有 MusicXML 乐谱"),
    ("it unpacks to more than # megabytes", "解压后超过 {} MB"),
    ("measure @ is longer than # quarter notes", "第 {} 小节长于 {} 个四分音符"),
    ("played out it is longer than any piece of music", "展开反复后长于任何乐曲"),
    // MIDI: what was repaired, and remarks.
    ("The MIDI data begins only after # other bytes.", "MIDI 数据之前有 {} 个其他字节。"),
    (
        "The file says it is of type #, which does not exist; its tracks were read as type 1.",
        "文件自称类型 {}，并无此类型；已按类型 1 读取。",
    ),
    ("A type 2 file: its # patterns were put one after another.", "类型 2 文件：已将 {} 段依次连接。"),
    (
        "The file does not say how long a tick is; 480 a quarter note were assumed.",
        "文件没有说明 tick 的长度；假定每四分音符 480 个。",
    ),
    (
        "The file counts time in frames (# a second, # ticks each), not in quarter notes; a fixed tempo was assumed.",
        "文件按帧计时（每秒 {} 帧，每帧 {} 个 tick），而非按四分音符；假定速度固定。",
    ),
    ("The file promises # tracks and holds #.", "文件声明有 {} 轨，实有 {} 轨。"),
    (
        "Wrong length in * (the first at byte #); read to the real end.",
        "{}的长度有误（首个在第 {} 字节）；已读到真正的结尾。",
    ),
    (
        "The file is cut off in track # at byte #; what came before was kept.",
        "文件在第 {} 轨的第 {} 字节处中断；之前的内容已保留。",
    ),
    ("No end-of-track message in *.", "{}没有结束标记。"),
    (
        "Track # makes no sense from byte # on (*); what came before was kept.",
        "第 {} 轨自第 {} 字节起无法理解（{}）；之前的内容已保留。",
    ),
    ("its last event is cut off", "最后一个事件不完整"),
    ("a time beyond any piece", "时间超出任何乐曲"),
    ("a status byte where a value must be", "应为数值处出现状态字节"),
    ("a value where a status byte must be", "应为状态字节处出现数值"),
    ("a number of more than four bytes", "数值长于四个字节"),
    (
        "Never released, and so ended with the track: * (the first at tick #).",
        "从未松开、已随音轨结束：{}（首个在 tick {}）。",
    ),
    ("Left out, because without any length: * (the first at tick #).", "因没有时值而去除：{}（首个在 tick {}）。"),
    (
        "Held over the next note of the same pitch: * (the first at tick #); each release was taken for the earlier note.",
        "按住直到下一个同音高的音符：{}（首个在 tick {}）；每次松开都算作较早的音符。",
    ),
    ("Left out, because impossible: * (the first at tick #).", "因不合理而去除：{}（首个在 tick {}）。"),
    (
        "Names and words are not UTF-8 and were read as @; letters may be wrong.",
        "名称和歌词不是 UTF-8，按 {} 读取；文字可能有误。",
    ),
    ("Not kept, because a score has no place for them: *, *, *.", "乐谱无法容纳、未保留：{}、{}、{}。"),
    ("Not kept, because a score has no place for them: *, *.", "乐谱无法容纳、未保留：{}、{}。"),
    ("Not kept, because a score has no place for them: *.", "乐谱无法容纳、未保留：{}。"),
    ("Left out, because no note is on their channel: *.", "因通道上没有音符而去除：{}。"),
    ("# quarter notes of silence after the last note were left out.", "已去除最后一个音符之后 {} 个四分音符的静默。"),
    ("# note", "{} 个音符"),
    ("# notes", "{} 个音符"),
    ("# track", "{} 条音轨"),
    ("# tracks", "{} 条音轨"),
    ("# tempo", "{} 个速度"),
    ("# tempos", "{} 个速度"),
    ("# meter", "{} 个拍号"),
    ("# meters", "{} 个拍号"),
    ("# key", "{} 个调号"),
    ("# keys", "{} 个调号"),
    ("# text", "{} 段文字"),
    ("# texts", "{} 段文字"),
    ("# system-exclusive message", "{} 条系统专用消息"),
    ("# system-exclusive messages", "{} 条系统专用消息"),
    ("# other message", "{} 条其他消息"),
    ("# other messages", "{} 条其他消息"),
    ("# message", "{} 条消息"),
    ("# messages", "{} 条消息"),
    // Timing.
    (
        "Performed: its notes were moved onto the file's own beats, half of them by # ms or less*",
        "实际演奏：音符已移到文件自身的拍点上，其中一半移动了 {} 毫秒或更少{}",
    ),
    (".", "。"),
    ("; 1 note fell onto another and was left out.", "；1 个音符与其他重合，已去除。"),
    ("; # notes fell onto others and were left out.", "；{} 个音符与其他重合，已去除。"),
    (
        "Performed: # % of its notes begin off the grid; they stay where they were played.",
        "实际演奏：{}% 的音符不在网格上；保留演奏时的位置。",
    ),
    // ABC.
    ("“@” is left out. *", "未使用“{}”。{}"),
    ("The text is not UTF-8 and was read as @; letters may be wrong.", "文本不是 UTF-8，按 {} 读取；文字可能有误。"),
    ("“@”, line #: *", "“{}”第 {} 行：{}"),
    ("the sign @ was not understood and left out.", "无法理解记号 {}，已去除。"),
    ("the field @ was not understood.", "无法理解字段 {}。"),
    ("the chord symbol @ was not understood.", "无法理解和弦记号 {}。"),
    ("bar # has @ sixteenths and should have @.", "第 {} 小节有 {} 个十六分音符，应有 {} 个。"),
    ("a note beyond MIDI's range was left out.", "已去除超出 MIDI 音域的音符。"),
    ("a broken rhythm without the notes it needs.", "附点节奏记号缺少音符。"),
    ("a tie without the notes it needs.", "延音线缺少音符。"),
    ("a tuplet without the notes it needs.", "连音记号缺少音符。"),
    ("a line after “&” is not as long as its bar.", "“&”之后的声部与小节长度不符。"),
    ("# group of grace notes was left out.", "已去除 {} 组装饰音。"),
    ("# groups of grace notes were left out.", "已去除 {} 组装饰音。"),
    ("# ornament or mark for the player was passed over.", "已略过 {} 个装饰或演奏记号。"),
    ("# ornaments and marks for the player were passed over.", "已略过 {} 个装饰或演奏记号。"),
    ("of the words only the first verse was kept.", "歌词只保留了第一段。"),
    ("the jump @ was not followed; the music goes straight on.", "未按跳转记号 {} 跳转；音乐继续向前。"),
    ("the macro @ was not applied.", "未应用宏 {}。"),
    ("there is no K: field; the tune was read in C.", "没有 K: 字段；按 C 调读取。"),
    ("there is no part @, which P: asks for.", "没有 P: 所要求的段落 {}。"),
    ("it is longer than a piece can be; the rest was left out.", "长于乐曲的上限；其余已去除。"),
    (
        "what follows was left out, because an empty line before it ends the tune.",
        "其后的内容未使用，因为之前的空行表示曲调结束。",
    ),
    ("there are no notes.", "没有音符。"),
    // MusicXML: what, how many, where.
    ("Left out, because without a time of their own: *.", "因没有自己的时值而去除：{}。"),
    ("Left out, because only a hint to the player: *.", "因只是对演奏者的提示而去除：{}。"),
    ("Not played, because written as signs: *.", "因以记号书写而未演奏：{}。"),
    ("Left out, because without any length: *.", "因没有时值而去除：{}。"),
    ("Left out, because beyond MIDI's range: *.", "因超出 MIDI 音域而去除：{}。"),
    ("Moved to the nearest semitone: *.", "已移到最近的半音：{}。"),
    ("Given to the snare, because the file does not say which drum: *.", "因文件未说明是哪种鼓而归为军鼓：{}。"),
    ("Passed over, because not understood: *.", "因无法理解而略过：{}。"),
    ("Not understood and left out: *.", "因无法理解而去除：{}。"),
    ("Not played out, because its goal is missing: *.", "因缺少目标而未跳转：{}。"),
    ("Moved to the nearest tick: *.", "已移到最近的 tick：{}。"),
    (
        "The text is not what it says it is and was read as @; titles may look wrong.",
        "文本的编码与声明不符，按 {} 读取；标题可能有误。",
    ),
    ("* (in measure @)", "{}（第 {} 小节）"),
    ("* (the first in measure @)", "{}（首个在第 {} 小节）"),
    ("# grace note", "{} 个装饰音"),
    ("# grace notes", "{} 个装饰音"),
    ("# cue note", "{} 个提示音符"),
    ("# cue notes", "{} 个提示音符"),
    ("# trill or other ornament", "{} 个颤音等装饰"),
    ("# trills and other ornaments", "{} 个颤音等装饰"),
    ("# time or length", "{} 个时间或时值"),
    ("# times or lengths", "{} 个时间或时值"),
    ("# time signature", "{} 个拍号"),
    ("# time signatures", "{} 个拍号"),
    ("# chord symbol", "{} 个和弦记号"),
    ("# chord symbols", "{} 个和弦记号"),
    ("# jump", "{} 处跳转"),
    ("# jumps", "{} 处跳转"),
];

/// A sentence of another part of the program in the language of the window; such as begin with what they are about
/// ("folk: stopped") are told by what follows it. Several with dots between them are told one by one.
pub fn sentence(text: &str, t: &Text) -> String {
    if !t.is_chinese {
        return text.to_owned();
    }
    text.split(" · ").map(one_sentence).collect::<Vec<_>>().join(" · ")
}

fn one_sentence(text: &str) -> String {
    let after_name = || {
        let (name, said) = text.split_once(": ")?;
        let name = chinese(name).unwrap_or_else(|| name.to_owned());
        Some(format!("{name}：{}", chinese(said)?))
    };
    chinese(text).or_else(after_name).unwrap_or_else(|| text.to_owned())
}

/// What became of a file, in full.
pub fn fate_sentence(state: &FileState, t: &Text) -> String {
    match state {
        FileState::Repaired(repairs) if t.is_chinese => {
            repairs.iter().fold("已修复。".to_owned(), |all, r| all + &sentence(&r.sentence, t))
        }
        FileState::LeftOut(why) if t.is_chinese => format!("未使用。{}", sentence(&why.to_string(), t)),
        FileState::Used if t.is_chinese => "按原样使用。".to_owned(),
        english => english.to_string(),
    }
}

fn chinese(text: &str) -> Option<String> {
    SENTENCES.iter().chain(NEWS).chain(SAID).find_map(|(pattern, said)| {
        let values = values(pattern, text)?;
        let in_chinese = |(kind, value): (u8, &str)| {
            if kind == b'*' { chinese(value).unwrap_or_else(|| value.to_owned()) } else { value.to_owned() }
        };
        let values: Vec<String> = values.into_iter().rev().map(in_chinese).collect();
        Some(fill(said, &values.iter().map(String::as_str).collect::<Vec<_>>()))
    })
}

/// What stands for each blank of a pattern, the last one first; `None` where the text is another one.
fn values<'a>(pattern: &str, text: &'a str) -> Option<Vec<(u8, &'a str)>> {
    let Some(blank) = pattern.find(['#', '@', '*']) else { return (pattern == text).then(Vec::new) };
    let rest = text.strip_prefix(&pattern[..blank])?;
    let (kind, after) = (pattern.as_bytes()[blank], &pattern[blank + 1..]);
    let ends = rest.char_indices().map(|(i, c)| i + c.len_utf8());
    let is_number = |c: char| c.is_ascii_digit() || "-.,".contains(c);
    let ends = ends.take_while(|end| kind != b'#' || rest[..*end].chars().all(is_number));
    // The longest first: what is quoted may hold the words that follow.
    let ends: Vec<usize> = ends.collect();
    ends.into_iter().rev().find_map(|end| {
        let mut values = values(after, &rest[end..])?;
        values.push((kind, &rest[..end]));
        Some(values)
    })
}

#[cfg(test)]
mod tests;
