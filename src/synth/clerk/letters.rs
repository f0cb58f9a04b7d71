//! Vietnamese letters taken apart, for slips of the pen: marks dropped, tones changed, words as
//! they come out when the typing program is off.

/// Each vowel with its tones: none, huyền, hỏi, ngã, sắc, nặng.
const VOWELS: [[char; 6]; 12] = [
    ['a', 'à', 'ả', 'ã', 'á', 'ạ'],
    ['ă', 'ằ', 'ẳ', 'ẵ', 'ắ', 'ặ'],
    ['â', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ'],
    ['e', 'è', 'ẻ', 'ẽ', 'é', 'ẹ'],
    ['ê', 'ề', 'ể', 'ễ', 'ế', 'ệ'],
    ['i', 'ì', 'ỉ', 'ĩ', 'í', 'ị'],
    ['o', 'ò', 'ỏ', 'õ', 'ó', 'ọ'],
    ['ô', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ'],
    ['ơ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ'],
    ['u', 'ù', 'ủ', 'ũ', 'ú', 'ụ'],
    ['ư', 'ừ', 'ử', 'ữ', 'ứ', 'ự'],
    ['y', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ'],
];

/// A tone, in the order of [`VOWELS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(in crate::synth) enum Tone {
    Level,
    Grave,
    Hook,
    Tilde,
    Acute,
    Dot,
}

impl Tone {
    pub const ALL: [Self; 6] = [Self::Level, Self::Grave, Self::Hook, Self::Tilde, Self::Acute, Self::Dot];
}

/// The vowel without its tone (its shape kept, lower case) and the tone; `None` for other letters.
pub(in crate::synth) fn toned(letter: char) -> Option<(char, Tone)> {
    let letter = lower(letter);
    VOWELS
        .iter()
        .find_map(|row| row.iter().position(|vowel| *vowel == letter).map(|tone| (row[0], Tone::ALL[tone])))
}

/// A vowel with a tone, in the case of `like`.
pub(in crate::synth) fn with_tone(vowel: char, tone: Tone, like: char) -> char {
    let row = VOWELS.iter().find(|row| row[0] == vowel);
    let letter = row.map_or(vowel, |row| row[tone as usize]);
    if like.is_uppercase() { upper(letter) } else { letter }
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn upper(letter: char) -> char {
    letter.to_uppercase().next().unwrap_or(letter)
}

fn unshaped(vowel: char) -> char {
    match vowel {
        'ă' | 'â' => 'a',
        'ê' => 'e',
        'ô' | 'ơ' => 'o',
        'ư' => 'u',
        other => other,
    }
}

/// Text without any diacritic, case kept.
pub(in crate::synth) fn without_marks(text: &str) -> String {
    text.chars()
        .map(|letter| match (letter, toned(letter)) {
            (_, Some((vowel, _))) => with_tone(unshaped(vowel), Tone::Level, letter),
            ('đ', _) => 'd',
            ('Đ', _) => 'D',
            (other, _) => other,
        })
        .collect()
}

/// The tone of a word (the first found), and where it stands.
pub(in crate::synth) fn tone_of(word: &str) -> Option<(usize, Tone)> {
    word.char_indices().find_map(|(at, letter)| {
        toned(letter).filter(|(_, tone)| *tone != Tone::Level).map(|(_, tone)| (at, tone))
    })
}

/// The word with another tone; set on its shaped or middle vowel where it had none. A word without
/// vowels stays as it is.
pub(in crate::synth) fn set_tone(word: &str, tone: Tone) -> String {
    let at = tone_of(word).map(|(at, _)| at).or_else(|| tone_place(word));
    word.char_indices()
        .map(|(here, letter)| match toned(letter) {
            Some((vowel, _)) if Some(here) == at => with_tone(vowel, tone, letter),
            _ => letter,
        })
        .collect()
}

fn tone_place(word: &str) -> Option<usize> {
    let mut vowels: Vec<(usize, char)> =
        word.char_indices().filter_map(|(at, letter)| toned(letter).map(|(vowel, _)| (at, vowel))).collect();
    let start = word.to_lowercase();
    if vowels.len() > 1 && (start.starts_with("qu") || start.starts_with("gi")) {
        vowels.remove(0);
    }
    let shaped = vowels.iter().rev().find(|(_, vowel)| unshaped(*vowel) != *vowel);
    let closed = word.chars().last().is_some_and(|letter| toned(letter).is_none());
    let plain = if closed || vowels.len() == 1 { vowels.last() } else { vowels.iter().rev().nth(1) };
    shaped.or(plain).map(|(at, _)| *at)
}

/// What Telex keys leave behind when the typing program is off: `Nguyễn` → `Nguyeenx`.
pub(in crate::synth) fn telex_keys(word: &str) -> String {
    keys(
        word,
        |vowel| match vowel {
            'ă' => "aw",
            'â' => "aa",
            'ê' => "ee",
            'ô' => "oo",
            'ơ' => "ow",
            'ư' => "uw",
            _ => "dd",
        },
        ["", "f", "r", "x", "s", "j"],
    )
}

/// The same for VNI keys: `Nguyễn` → `Nguye6n4`.
pub(in crate::synth) fn vni_keys(word: &str) -> String {
    keys(
        word,
        |vowel| match vowel {
            'ă' => "a8",
            'â' => "a6",
            'ê' => "e6",
            'ô' => "o6",
            'ơ' => "o7",
            'ư' => "u7",
            _ => "d9",
        },
        ["", "2", "3", "4", "1", "5"],
    )
}

fn keys(word: &str, shape: impl Fn(char) -> &'static str, tones: [&str; 6]) -> String {
    let mut typed = String::with_capacity(word.len() + 4);
    let mut tone = Tone::Level;
    for letter in word.chars() {
        let (vowel, here) = toned(letter).unwrap_or((lower(letter), Tone::Level));
        if here != Tone::Level {
            tone = here;
        }
        let from = typed.len();
        if vowel == 'đ' || unshaped(vowel) != vowel {
            typed.push_str(shape(vowel));
        } else {
            typed.push(vowel);
        }
        if letter.is_uppercase() {
            let first = typed[from..].chars().next().map_or(from, |first| from + first.len_utf8());
            let capital = typed[from..first].to_uppercase();
            typed.replace_range(from..first, &capital);
        }
    }
    typed.push_str(tones[tone as usize]);
    typed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_lose_marks_and_change_tones() {
        assert_eq!(without_marks("Đặng Thị Hường"), "Dang Thi Huong");
        assert_eq!(set_tone("Hương", Tone::Grave), "Hường");
        assert_eq!(set_tone("Nguyễn", Tone::Hook), "Nguyển");
        assert_eq!(set_tone("Hoa", Tone::Grave), "Hòa");
        assert_eq!(set_tone("Quy", Tone::Acute), "Quý");
        assert_eq!(set_tone("ÁNH", Tone::Level), "ANH");
    }

    #[test]
    fn typing_keys_remain() {
        assert_eq!(telex_keys("Nguyễn"), "Nguyeenx");
        assert_eq!(telex_keys("Đức"), "Dduwcs");
        assert_eq!(vni_keys("Thị"), "Thi5");
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "\\PC{0,12}") {
            without_marks(&text);
            telex_keys(&text);
            vni_keys(&text);
            for tone in Tone::ALL {
                prop_assert_eq!(set_tone(&text, tone).chars().count(), text.chars().count());
            }
        }
    }
}
