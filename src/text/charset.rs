//! Legacy encodings of Vietnamese: TCVN3 (ABC), VNI-Windows, Windows-1258, VISCII, and UTF-8 that
//! was read as a one-byte charset. Decoding is strict: one sign that the encoding does not have,
//! and the text is not in that encoding. Which encoding a cell is in is decided in
//! [`super::repair`].
//!
//! Reading a legacy byte file: [`decode_bytes`] only *shows* the bytes as windows-1252 (lossless:
//! 0x81 becomes U+0081), because cells must be judged one by one with their column's vote anyway
//! (ASCII columns, mixed files). So the cells of such a file go through
//! [`super::repair::repair`] like every other cell.

use encoding_rs::{Encoding, ISO_8859_2, WINDOWS_1250, WINDOWS_1252, WINDOWS_1258};
use rustc_hash::FxHashMap;

use super::{
    letter::{Letter, is_minority},
    marks,
    mojibake::{self, View},
    syllable::Tone,
};
use crate::{record::Change, rules::TextRules};

/// How bytes stand for letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Charset {
    /// UTF-8 (in a cell: UTF-8 that was read as a one-byte charset).
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

impl Charset {
    /// Every charset, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Tcvn3, Self::Vni, Self::Cp1258, Self::Viscii];

    /// What decoding from it is called.
    pub fn change(self) -> Change {
        match self {
            Self::Utf8 => Change::DecodedUtf8,
            Self::Tcvn3 => Change::DecodedTcvn3,
            Self::Vni => Change::DecodedVni,
            Self::Cp1258 => Change::DecodedCp1258,
            Self::Viscii => Change::DecodedViscii,
        }
    }
}

/// Letter of each byte; NUL where the byte stands for none.
type ByteMap = [char; 256];

/// Bytes and letters of the encodings, from `rules/text/`.
#[derive(Debug)]
pub struct CharsetTables {
    tcvn3: ByteMap,
    viscii: ByteMap,
    viscii_allowed: bool,
    vni_single: ByteMap,
    vni_pair: FxHashMap<(u8, u8), char>,
    cp1258: ByteMap,
    views: Vec<View>,
}

impl Default for CharsetTables {
    fn default() -> Self {
        Self::new(false)
    }
}

/// A strict decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text, marks in order.
    pub text: String,
    /// It has sequences of several signs for one letter: hardly chance.
    pub sequences: bool,
}

fn bytes_above_ascii() -> impl Iterator<Item = u8> {
    0x80..=0xff
}

fn shown(encoding: &'static Encoding, byte: u8) -> Option<char> {
    let bytes = [byte];
    let (text, malformed) = encoding.decode_without_bom_handling(&bytes);
    if malformed { None } else { text.chars().next() }
}

/// The byte behind a sign that was shown as windows-1252 or Latin-1.
pub(super) fn byte_of(sign: char) -> Option<u8> {
    let high = match sign {
        '€' => 0x80,
        '‚' => 0x82,
        'ƒ' => 0x83,
        '„' => 0x84,
        '…' => 0x85,
        '†' => 0x86,
        '‡' => 0x87,
        'ˆ' => 0x88,
        '‰' => 0x89,
        'Š' => 0x8a,
        '‹' => 0x8b,
        'Œ' => 0x8c,
        'Ž' => 0x8e,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        '˜' => 0x98,
        '™' => 0x99,
        'š' => 0x9a,
        '›' => 0x9b,
        'œ' => 0x9c,
        'ž' => 0x9e,
        'Ÿ' => 0x9f,
        sign => return u8::try_from(u32::from(sign)).ok(),
    };
    Some(high)
}

fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}')
}

/// Signs that are typed between words in any encoding and mean themselves.
fn is_neutral(sign: char) -> bool {
    matches!(sign, '‘' | '’' | '“' | '”' | '–' | '—' | '…' | '•')
}

impl CharsetTables {
    /// Tables without the encodings of the rules. `viscii` says whether VISCII is tried.
    pub(crate) fn new(viscii: bool) -> Self {
        let mut cp1258 = ['\0'; 256];
        for byte in bytes_above_ascii() {
            cp1258[usize::from(byte)] = shown(WINDOWS_1258, byte).unwrap_or('\0');
        }
        // A blank in every encoding: the words on its two sides are two words.
        cp1258[0xa0] = ' ';
        let views = [WINDOWS_1252, ISO_8859_2, WINDOWS_1250, WINDOWS_1258]
            .map(|encoding| View::new(bytes_above_ascii().map(|byte| (shown(encoding, byte), byte))))
            .into();
        Self {
            tcvn3: ['\0'; 256],
            viscii: ['\0'; 256],
            viscii_allowed: viscii,
            vni_single: ['\0'; 256],
            vni_pair: FxHashMap::default(),
            cp1258,
            views,
        }
    }

    pub(crate) fn add_tcvn3(&mut self, bytes: &[u8], letter: char) -> Result<(), &'static str> {
        set(&mut self.tcvn3, bytes, letter)
    }

    pub(crate) fn add_viscii(&mut self, bytes: &[u8], letter: char) -> Result<(), &'static str> {
        set(&mut self.viscii, bytes, letter)
    }

    pub(crate) fn add_vni(&mut self, bytes: &[u8], letter: char) -> Result<(), &'static str> {
        if let [base, mark] = *bytes {
            self.vni_pair.insert((base, mark), letter);
            return Ok(());
        }
        set(&mut self.vni_single, bytes, letter)
    }

    /// Decodes text that was shown as windows-1252 or Latin-1 (UTF-8: any of four one-byte
    /// charsets). `None` if a sign has no place in the charset.
    pub(super) fn decode(&self, text: &str, charset: Charset) -> Option<Decoded> {
        match charset {
            Charset::Utf8 => self.decode_utf8(text),
            Charset::Tcvn3 => self.decode_tcvn3(text),
            Charset::Vni => self.decode_vni(text),
            Charset::Cp1258 => {
                let text = decode_single(text, &self.cp1258)?;
                let composed = marks::compose(&text);
                let sequences = composed.chars().count() < text.chars().count();
                Some(Decoded { text: composed, sequences })
            }
            Charset::Viscii if self.viscii_allowed => {
                decode_single(text, &self.viscii).map(|text| Decoded { text, sequences: false })
            }
            Charset::Viscii => None,
        }
    }

    fn decode_utf8(&self, text: &str) -> Option<Decoded> {
        // In another charset's view the bytes may be some letters too, but hardly Vietnamese ones.
        let is_ours = |sign: char| {
            sign.is_ascii()
                || Letter::of(sign).is_some()
                || is_minority(sign)
                || is_mark(sign)
                || is_neutral(sign)
        };
        let mut readings = self.views.iter().filter_map(|view| mojibake::decode(text, view, true));
        let first = readings.next()?;
        let once = if first.chars().all(is_ours) {
            first
        } else {
            readings.find(|reading| reading.chars().all(is_ours)).unwrap_or(first)
        };
        // Two programs in a row made the same mistake: decode twice. Nothing is mended then: the Ã
        // of MÃ is a letter.
        let text = mojibake::decode(&once, &self.views[0], false).unwrap_or(once);
        Some(Decoded { text: marks::compose(&text), sequences: true })
    }

    fn decode_tcvn3(&self, text: &str) -> Option<Decoded> {
        let mut decoded: String = String::with_capacity(text.len() + 4);
        let mut previous: Option<Letter> = None;
        let mut sequences = false;
        for sign in text.chars() {
            let decoded_sign = decode_sign(sign, &self.tcvn3)?;
            let letter = Letter::of(decoded_sign);
            // Converters write a toned capital as the bare capital and the small toned letter.
            match (previous, letter) {
                (Some(capital), Some(toned))
                    if capital.upper
                        && capital.tone == Tone::Level
                        && !toned.upper
                        && toned.tone != Tone::Level
                        && capital.code == toned.code =>
                {
                    decoded.pop();
                    decoded.push(Letter { upper: true, ..toned }.to_char());
                    sequences = true;
                }
                _ => decoded.push(decoded_sign),
            }
            previous = letter;
        }
        Some(Decoded { text: recase(decoded), sequences })
    }

    fn decode_vni(&self, text: &str) -> Option<Decoded> {
        let mut decoded = String::with_capacity(text.len());
        let mut sequences = false;
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            let pair = signs.peek().and_then(|mark| self.vni_letter(sign, *mark));
            if let Some(letter) = pair {
                signs.next();
                decoded.push(letter);
                sequences = true;
            } else {
                decoded.push(decode_sign(sign, &self.vni_single)?);
            }
        }
        Some(Decoded { text: decoded, sequences })
    }

    /// The letter of a vowel and a mark, in whichever case the mark was typed.
    fn vni_letter(&self, vowel: char, mark: char) -> Option<char> {
        let (vowel, mark) = (byte_of(vowel)?, byte_of(mark)?);
        if mark < 0xc0 {
            return None;
        }
        let mark = if vowel & 0x20 == 0 { mark & !0x20 } else { mark | 0x20 };
        self.vni_pair.get(&(vowel, mark)).copied()
    }
}

fn set(map: &mut ByteMap, bytes: &[u8], letter: char) -> Result<(), &'static str> {
    match *bytes {
        [byte] if byte >= 0x80 => {
            map[usize::from(byte)] = letter;
            Ok(())
        }
        _ => Err("one byte from 80 to FF is expected"),
    }
}

fn decode_sign(sign: char, map: &ByteMap) -> Option<char> {
    if sign.is_ascii() {
        return Some(sign);
    }
    match byte_of(sign).map(|byte| map[usize::from(byte)]) {
        Some(letter) if letter != '\0' => Some(letter),
        _ if sign == '\u{a0}' => Some(' '),
        _ if is_neutral(sign) => Some(sign),
        _ => None,
    }
}

fn decode_single(text: &str, map: &ByteMap) -> Option<String> {
    text.chars().map(|sign| decode_sign(sign, map)).collect()
}

/// Puts right the capitals of TCVN3: in a capitals-only font (.VnTimeH) the toned letters are
/// stored small, so `NGUYÔN` decodes as NGUYễN.
fn recase(text: String) -> String {
    // Small letters beyond ASCII say nothing: they may be capitals by their font.
    let is_shouted_part = |word: &str| {
        let mut capitals = 0;
        let mut small_before = false;
        let mut capital_inside = false;
        for letter in word.chars() {
            let capital = letter.is_uppercase();
            capitals += u32::from(capital);
            capital_inside |= capital && small_before;
            small_before |= letter.is_lowercase();
        }
        !word.chars().any(|letter| letter.is_ascii_lowercase()) && (capitals >= 2 || capital_inside)
    };
    // H'Mơ has two capitals and is not shouted.
    let is_shouted = |word: &str| word.split('\'').any(is_shouted_part);
    if !text.split(' ').any(is_shouted) {
        return text;
    }
    if !text.chars().any(|letter| letter.is_ascii_lowercase()) {
        return text.to_uppercase();
    }
    let mut words =
        text.split(' ').map(|word| if is_shouted(word) { word.to_uppercase() } else { word.to_owned() });
    let first = words.next().unwrap_or_default();
    words.fold(first, |text, word| text + " " + &word)
}

/// The charset of a byte file: UTF-8 if it is valid UTF-8, else the legacy charset in which most
/// words become syllables; [`Charset::Cp1258`] where nothing speaks for another.
pub fn guess_bytes(bytes: &[u8], rules: &TextRules) -> Charset {
    if std::str::from_utf8(bytes).is_ok() {
        return Charset::Utf8;
    }
    let text = decode_bytes(bytes, Charset::Cp1258);
    let cells = text.split(['\n', '\r', ',', ';', '\t', '"']);
    super::repair::ColumnCharset::vote(cells, rules).leading().unwrap_or(Charset::Cp1258)
}

/// The text of a byte file. UTF-8 is decoded (a file with any invalid sequence is shown as
/// windows-1252 as a whole); the legacy charsets are shown as windows-1252, to be repaired cell by
/// cell. No byte is lost. A byte order mark is dropped.
pub fn decode_bytes(bytes: &[u8], charset: Charset) -> String {
    if charset == Charset::Utf8 {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Ok(text) = std::str::from_utf8(bytes) {
            return text.to_owned();
        }
    }
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn decode(text: &str, charset: Charset) -> Option<String> {
        let rules = Rules::built_in().unwrap();
        rules.text.charsets.decode(text, charset).map(|decoded| decoded.text)
    }

    #[test]
    fn tcvn3_is_strict_and_knows_both_ways_of_capitals() {
        assert_eq!(decode("NguyÔn V¨n An", Charset::Tcvn3).unwrap(), "Nguyễn Văn An");
        assert_eq!(decode("NGUYÔN V¡N ANH", Charset::Tcvn3).unwrap(), "NGUYỄN VĂN ANH");
        assert_eq!(decode("§µO ¸I Mü", Charset::Tcvn3).unwrap(), "ĐÀO ÁI MỸ");
        assert_eq!(decode("A¸nh ¥n", Charset::Tcvn3).unwrap(), "Ánh Ơn");
        assert_eq!(decode("Nguyễn", Charset::Tcvn3), None);
    }

    #[test]
    fn vni_pairs_go_before_single_signs() {
        assert_eq!(decode("Döông Höõu Cöôøng", Charset::Vni).unwrap(), "Dương Hữu Cường");
        assert_eq!(decode("NGUYEÃN", Charset::Vni).unwrap(), "NGUYỄN");
        assert_eq!(decode("Aùnh", Charset::Vni).unwrap(), "Ánh");
        assert_eq!(decode("§Æng", Charset::Vni), None);
    }

    #[test]
    fn cp1258_and_utf8_come_back_composed() {
        assert_eq!(decode("NguyêÞn Vãn Ðýìc", Charset::Cp1258).unwrap(), "Nguyễn Văn Đức");
        assert_eq!(decode("Nguyá»…n", Charset::Utf8).unwrap(), "Nguyễn");
        assert_eq!(decode("HáşŁi", Charset::Utf8).unwrap(), "Hải");
        assert_eq!(decode("BYĂ", Charset::Utf8), None, "a clan of the Ê Đê, not half of an à");
        assert_eq!(decode("HÃ NhÆ°", Charset::Utf8).unwrap(), "Hà Như");
        assert_eq!(decode("LÃƒ", Charset::Utf8).unwrap(), "LÃ");
        assert_eq!(decode("HÃƒÂ¹ng", Charset::Utf8).unwrap(), "Hùng");
        assert_eq!(decode("Hà", Charset::Utf8), None);
    }

    #[test]
    fn bytes_are_shown_without_loss() {
        let bytes: Vec<u8> = (1..=255).collect();
        let text = decode_bytes(&bytes, Charset::Tcvn3);
        assert_eq!(text.chars().map(|sign| byte_of(sign).unwrap()).collect::<Vec<_>>(), bytes);
        let rules = Rules::built_in().unwrap();
        assert_eq!(guess_bytes(b"Nguy\xd4n V\xa8n An,Tr\xc7n Th\xde Hoa", &rules.text), Charset::Tcvn3);
        assert_eq!(guess_bytes("Nguyễn".as_bytes(), &rules.text), Charset::Utf8);
    }
}
