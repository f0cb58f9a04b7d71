//! Text as it looks when a file in an old encoding is opened as if it were Western: the forward
//! direction of the tables that `text` decodes, written apart so that neither can hide the
//! other's mistakes.

use super::letters::{Tone, toned};

/// An accident of encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::synth) enum Legacy {
    /// TCVN3 (ABC) shown as Western: `NguyÔn V¨n An`.
    Tcvn3,
    /// VNI-Windows shown as Western: `Nguyeãn Vaên An`.
    Vni,
    /// Windows-1258 shown as Windows-1252: `NguyêÞn Vãn An`.
    Cp1258,
    /// UTF-8 read as Windows-1252: `Nguyá»…n VÄƒn An`.
    Utf8As1252,
    /// UTF-8 read as ISO-8859-2.
    Utf8As8859,
}

impl Legacy {
    /// The text after the accident.
    pub fn garble(self, text: &str) -> String {
        match self {
            Self::Tcvn3 => text.chars().map(tcvn3).collect(),
            Self::Vni => letter_by_letter(text, vni, true),
            Self::Cp1258 => letter_by_letter(text, cp1258, false),
            Self::Utf8As1252 => decode(encoding_rs::WINDOWS_1252, text),
            Self::Utf8As8859 => decode(encoding_rs::ISO_8859_2, text),
        }
    }
}

/// The bytes of a text in an old encoding: what the accident shows, as Windows-1252. Letters the
/// encoding does not have (of minority languages, č, ŭ) become question marks, as they did.
pub(in crate::synth) fn bytes(legacy: Legacy, text: &str) -> Vec<u8> {
    let garbled: String = legacy
        .garble(text)
        .chars()
        .map(|letter| if u32::from(letter) < 0x100 { letter } else { '?' })
        .collect();
    encoding_rs::WINDOWS_1252.encode(&garbled).0.into_owned()
}

fn decode(encoding: &'static encoding_rs::Encoding, text: &str) -> String {
    encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

/// Vowels in the order of the lower-case codes of TCVN3 below.
const TCVN3_LETTERS: &str = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ";
const TCVN3_CODES: &str = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u{ad}õö÷øùúûüýþ®";

fn tcvn3(letter: char) -> char {
    match letter {
        'Ă' => '¡',
        'Â' => '¢',
        'Ê' => '£',
        'Ô' => '¤',
        'Ơ' => '¥',
        'Ư' => '¦',
        'Đ' => '§',
        // Toned capitals have the codes of the small letters; a font of capitals shows them.
        other => {
            let small = other.to_lowercase().next().unwrap_or(other);
            TCVN3_LETTERS
                .chars()
                .zip(TCVN3_CODES.chars())
                .find_map(|(known, code)| (known == small).then_some(code))
                .unwrap_or(other)
        }
    }
}

/// Appends what stands for a letter; false where it stands for itself.
type Spell = fn(char, &mut String) -> bool;

/// Marks of capitals are capitals of their own in VNI; in Windows-1258 marks have no case.
fn letter_by_letter(text: &str, spell: Spell, capital_marks: bool) -> String {
    let mut garbled = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        let from = garbled.len();
        let small = letter.to_lowercase().next().unwrap_or(letter);
        if !spell(small, &mut garbled) {
            garbled.push(letter);
        } else if letter.is_uppercase() {
            let first = garbled[from..].chars().next().map_or(0, char::len_utf8);
            let until = if capital_marks { garbled.len() } else { from + first };
            let capital = garbled[from..until].to_uppercase();
            garbled.replace_range(from..until, &capital);
        }
    }
    garbled
}

fn vni(letter: char, garbled: &mut String) -> bool {
    if letter == 'đ' {
        garbled.push('ñ');
        return true;
    }
    let Some((vowel, tone)) = toned(letter) else { return false };
    // i has codes of its own, and y with the dot below.
    match (vowel, tone) {
        ('i', Tone::Grave) => garbled.push('ì'),
        ('i', Tone::Hook) => garbled.push('æ'),
        ('i', Tone::Tilde) => garbled.push('ó'),
        ('i', Tone::Acute) => garbled.push('í'),
        ('i', Tone::Dot) => garbled.push('ò'),
        ('y', Tone::Dot) => garbled.push('î'),
        ('ă' | 'â' | 'ê' | 'ô', _) => {
            let (base, marks) = match vowel {
                'ă' => ('a', ['ê', 'è', 'ú', 'ü', 'é', 'ë']),
                'â' => ('a', ['â', 'à', 'å', 'ã', 'á', 'ä']),
                'ê' => ('e', ['â', 'à', 'å', 'ã', 'á', 'ä']),
                _ => ('o', ['â', 'à', 'å', 'ã', 'á', 'ä']),
            };
            garbled.extend([base, marks[tone as usize]]);
        }
        _ => {
            let base = match vowel {
                'ơ' => 'ô',
                'ư' => 'ö',
                plain => plain,
            };
            garbled.push(base);
            if tone != Tone::Level {
                garbled.push([' ', 'ø', 'û', 'õ', 'ù', 'ï'][tone as usize]);
            }
        }
    }
    true
}

fn cp1258(letter: char, garbled: &mut String) -> bool {
    if letter == 'đ' {
        garbled.push('ð');
        return true;
    }
    let Some((vowel, tone)) = toned(letter) else { return false };
    garbled.push(match vowel {
        'ă' => 'ã',
        'ơ' => 'õ',
        'ư' => 'ý',
        other => other,
    });
    if tone != Tone::Level {
        garbled.push([' ', 'Ì', 'Ò', 'Þ', 'ì', 'ò'][tone as usize]);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_accidents_look_as_they_are_known() {
        assert_eq!(Legacy::Tcvn3.garble("Nguyễn Văn An"), "NguyÔn V¨n An");
        assert_eq!(Legacy::Tcvn3.garble("Trần Thị Hường"), "TrÇn ThÞ H\u{ad}êng");
        assert_eq!(Legacy::Vni.garble("Nguyễn Văn An"), "Nguyeãn Vaên An");
        assert_eq!(Legacy::Vni.garble("Dương Hữu Cường"), "Döông Höõu Cöôøng");
        assert_eq!(Legacy::Vni.garble("ĐẶNG THỊ"), "ÑAËNG THÒ");
        assert_eq!(Legacy::Cp1258.garble("Nguyễn Văn Ánh"), "NguyêÞn Vãn Aình");
        assert_eq!(Legacy::Utf8As1252.garble("Hà Như"), "HÃ\u{a0} NhÆ°");
    }

    #[test]
    fn bytes_are_those_of_the_encoding() {
        assert_eq!(bytes(Legacy::Tcvn3, "Nguyễn"), b"Nguy\xd4n");
        assert_eq!(bytes(Legacy::Cp1258, "Đức č"), b"\xd0\xfd\xecc ?");
    }

    #[test]
    fn tcvn3_tables_are_of_one_length() {
        assert_eq!(TCVN3_LETTERS.chars().count(), TCVN3_CODES.chars().count());
    }

    #[test]
    fn plain_text_stays() {
        for legacy in [Legacy::Tcvn3, Legacy::Vni, Legacy::Cp1258, Legacy::Utf8As1252, Legacy::Utf8As8859] {
            assert_eq!(legacy.garble("042 An, 12/3"), "042 An, 12/3");
        }
    }
}
