//! Bytes of text that do not say how they are encoded, to text: UTF-8, a byte order mark, else a guess.
//!
//! The guess is chardetng's, and encoding_rs decodes. One short name is too little to guess by, so all
//! the texts of a file are looked at together. Names of files are not text: they stay as they are.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};
use std::ffi::OsStr;

/// How the texts of one file are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

impl Charset {
    /// UTF-8 where every one of `texts` is UTF-8 (ASCII is), else the best guess for all together.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a [u8], IntoIter: Clone>) -> Self {
        // A text that says what it is tells nothing about the others.
        let texts = texts.into_iter().filter(|text| Encoding::for_bom(text).is_none());
        // Most are, and a detector is dear to make.
        if texts.clone().all(|text| std::str::from_utf8(text).is_ok()) {
            return Self(UTF_8);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        for text in texts {
            detector.feed(text, false);
            // Keeps the last letter of one text and the first of the next from being taken for one.
            detector.feed(b"\n", false);
        }
        detector.feed(b"", true);
        Self(detector.guess(None, Utf8Detection::Deny))
    }

    /// The text of `bytes`. What is no letter in this encoding becomes the sign for the unknown, U+FFFD;
    /// zeros at the end, with which some programs pad, are dropped.
    pub fn decode(self, bytes: &[u8]) -> String {
        // In UTF-16 a zero is half of a letter.
        let padded = Encoding::for_bom(bytes).is_none_or(|(e, _)| e == UTF_8);
        let kept = bytes.iter().rposition(|b| !padded || *b != 0).map_or(0, |i| i + 1);
        self.0.decode(&bytes[..kept]).0.into_owned()
    }

    /// The encoding's name where it was guessed: not UTF-8.
    pub fn guessed(self) -> Option<&'static str> {
        (self.0 != UTF_8).then(|| self.0.name())
    }
}

/// One text by itself, and the name of its encoding where that is not UTF-8.
pub fn decode(bytes: &[u8]) -> (String, Option<&'static str>) {
    let charset = Charset::of([bytes]);
    let marked = Encoding::for_bom(bytes).map(|(e, _)| e).filter(|e| *e != UTF_8);
    (charset.decode(bytes), marked.map(Encoding::name).or(charset.guessed()))
}

/// A file's name for people to read. It stays what it is for the system; where it is no text its bytes are
/// read as such.
pub fn of_name(name: &OsStr) -> String {
    name.to_str().map_or_else(|| decode(name.as_encoded_bytes()).0, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, EUC_KR, GBK, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    #[test]
    fn utf8_and_marked_texts_are_taken_at_their_word() {
        assert_eq!(decode("Ländler 茉莉花".as_bytes()), ("Ländler 茉莉花".to_owned(), None));
        assert_eq!(decode(b"\xef\xbb\xbfX:1"), ("X:1".to_owned(), None));
        assert_eq!(decode(b"\xff\xfeX\0:\0\x31\0"), ("X:1".to_owned(), Some("UTF-16LE")));
        assert_eq!(decode(b"\xfe\xff\0X\0:"), ("X:".to_owned(), Some("UTF-16BE")));
        assert_eq!(decode(b"Piano\0\0"), ("Piano".to_owned(), None));
        assert_eq!(decode(b""), (String::new(), None));
    }

    #[test]
    fn old_encodings_are_guessed_and_named() {
        for (encoding, name, text) in [
            (SHIFT_JIS, "Shift_JIS", "さくらさくら 弥生の空は 見渡す限り"),
            (GBK, "GBK", "茉莉花 好一朵美丽的茉莉花"),
            (BIG5, "Big5", "望春風 獨夜無伴守燈下"),
            (EUC_KR, "EUC-KR", "아리랑 아리랑 아라리요"),
            (WINDOWS_1251, "windows-1251", "Подмосковные вечера"),
            (WINDOWS_1252, "windows-1252", "Für Elise, für Klavier"),
        ] {
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy);
            assert_eq!(decode(&bytes), (text.to_owned(), Some(name)));
        }
    }

    #[test]
    fn short_texts_are_guessed_by_the_company_they_keep() {
        let texts = ["歌", "ピアノ伴奏", "さくらさくら", "やよいのそらは", "みわたすかぎり"];
        let encoded: Vec<Vec<u8>> = texts.iter().map(|t| SHIFT_JIS.encode(t).0.into_owned()).collect();
        let charset = Charset::of(encoded.iter().map(Vec::as_slice));
        assert_eq!(charset.guessed(), Some("Shift_JIS"));
        assert_eq!(encoded.iter().map(|t| charset.decode(t)).collect::<Vec<_>>(), texts);
    }

    #[cfg(unix)]
    #[test]
    fn names_of_files_in_old_encodings_can_be_read() {
        use std::os::unix::ffi::OsStrExt;
        let (name, ..) = SHIFT_JIS.encode("さくらさくら.mid");
        assert_eq!(of_name(OsStr::from_bytes(&name)), "さくらさくら.mid");
        assert_eq!(of_name(OsStr::new("茉莉花.mid")), "茉莉花.mid");
    }

    #[test]
    fn any_bytes_are_some_text() {
        for byte in 0..=255u8 {
            let (text, _) = decode(&[b'a', byte, b'b', byte, byte]);
            assert!(text.starts_with('a'));
        }
    }
}
