//! The Vietnamese letter: base with its shape (ă, ơ, đ), tone and case, taken apart and put
//! together through tables built at compile time. All other modules of `text` stand on it.

use super::syllable::Tone;

/// A letter of the Vietnamese alphabet (f, j, w and z included: names have them).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    /// The lower-case letter without tone, as a one-byte code: ASCII for a–z, the constants of
    /// this module for the seven letters beyond it.
    pub code: u8,
    /// The tone on it; [`Tone::Level`] for consonants and unmarked vowels.
    pub tone: Tone,
    /// Capital.
    pub upper: bool,
}

pub(super) const A_BREVE: u8 = 0x80;
pub(super) const A_CIRCUMFLEX: u8 = 0x81;
pub(super) const E_CIRCUMFLEX: u8 = 0x82;
pub(super) const O_CIRCUMFLEX: u8 = 0x83;
pub(super) const O_HORN: u8 = 0x84;
pub(super) const U_HORN: u8 = 0x85;
pub(super) const D_STROKE: u8 = 0x86;

/// Each vowel with its six tones in the order of [`Tone`], small and capital.
const VOWELS: [(u8, [char; 6], [char; 6]); 12] = [
    (b'a', ['a', 'à', 'ả', 'ã', 'á', 'ạ'], ['A', 'À', 'Ả', 'Ã', 'Á', 'Ạ']),
    (A_BREVE, ['ă', 'ằ', 'ẳ', 'ẵ', 'ắ', 'ặ'], ['Ă', 'Ằ', 'Ẳ', 'Ẵ', 'Ắ', 'Ặ']),
    (A_CIRCUMFLEX, ['â', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ'], ['Â', 'Ầ', 'Ẩ', 'Ẫ', 'Ấ', 'Ậ']),
    (b'e', ['e', 'è', 'ẻ', 'ẽ', 'é', 'ẹ'], ['E', 'È', 'Ẻ', 'Ẽ', 'É', 'Ẹ']),
    (E_CIRCUMFLEX, ['ê', 'ề', 'ể', 'ễ', 'ế', 'ệ'], ['Ê', 'Ề', 'Ể', 'Ễ', 'Ế', 'Ệ']),
    (b'i', ['i', 'ì', 'ỉ', 'ĩ', 'í', 'ị'], ['I', 'Ì', 'Ỉ', 'Ĩ', 'Í', 'Ị']),
    (b'o', ['o', 'ò', 'ỏ', 'õ', 'ó', 'ọ'], ['O', 'Ò', 'Ỏ', 'Õ', 'Ó', 'Ọ']),
    (O_CIRCUMFLEX, ['ô', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ'], ['Ô', 'Ồ', 'Ổ', 'Ỗ', 'Ố', 'Ộ']),
    (O_HORN, ['ơ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ'], ['Ơ', 'Ờ', 'Ở', 'Ỡ', 'Ớ', 'Ợ']),
    (b'u', ['u', 'ù', 'ủ', 'ũ', 'ú', 'ụ'], ['U', 'Ù', 'Ủ', 'Ũ', 'Ú', 'Ụ']),
    (U_HORN, ['ư', 'ừ', 'ử', 'ữ', 'ứ', 'ự'], ['Ư', 'Ừ', 'Ử', 'Ữ', 'Ứ', 'Ự']),
    (b'y', ['y', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ'], ['Y', 'Ỳ', 'Ỷ', 'Ỹ', 'Ý', 'Ỵ']),
];

/// Packed letters of U+0000 to U+01BF and, behind them, of U+1EA0 to U+1EFF; 0 is no letter.
const LOW: usize = 0x1c0;
const HIGH_FIRST: usize = 0x1ea0;
static TABLE: [u16; LOW + 0x60] = build();

const fn slot(letter: char) -> usize {
    let at = letter as usize;
    if at < LOW {
        at
    } else if at >= HIGH_FIRST && at < HIGH_FIRST + 0x60 {
        at - HIGH_FIRST + LOW
    } else {
        usize::MAX
    }
}

const fn pack(code: u8, tone: usize, upper: bool) -> u16 {
    code as u16 | ((tone as u16) << 8) | if upper { 1 << 11 } else { 0 } | 1 << 15
}

const fn build() -> [u16; LOW + 0x60] {
    let mut table = [0; LOW + 0x60];
    let mut code = b'a';
    while code <= b'z' {
        table[code as usize] = pack(code, 0, false);
        table[code.to_ascii_uppercase() as usize] = pack(code, 0, true);
        code += 1;
    }
    table[slot('đ')] = pack(D_STROKE, 0, false);
    table[slot('Đ')] = pack(D_STROKE, 0, true);
    let mut vowel = 0;
    while vowel < VOWELS.len() {
        let (code, small, capital) = VOWELS[vowel];
        let mut tone = 0;
        while tone < 6 {
            table[slot(small[tone])] = pack(code, tone, false);
            table[slot(capital[tone])] = pack(code, tone, true);
            tone += 1;
        }
        vowel += 1;
    }
    table
}

impl Letter {
    /// Takes a letter apart; `None` for anything that is no letter of the alphabet.
    pub fn of(letter: char) -> Option<Self> {
        let packed = *TABLE.get(slot(letter))?;
        (packed != 0).then(|| Self {
            code: packed as u8,
            tone: Tone::ALL[usize::from(packed >> 8 & 7)],
            upper: packed & 1 << 11 != 0,
        })
    }

    /// Puts it together again.
    pub fn to_char(self) -> char {
        if let Some((_, small, capital)) = VOWELS.iter().find(|(code, ..)| *code == self.code) {
            return if self.upper { capital } else { small }[self.tone as usize];
        }
        match (self.code, self.upper) {
            (D_STROKE, false) => 'đ',
            (D_STROKE, true) => 'Đ',
            (code, false) => char::from(code),
            (code, true) => char::from(code.to_ascii_uppercase()),
        }
    }

    /// The same letter without shape and tone, small: ẫ → a, Đ → d.
    pub fn plain(self) -> char {
        match self.code {
            A_BREVE | A_CIRCUMFLEX => 'a',
            E_CIRCUMFLEX => 'e',
            O_CIRCUMFLEX | O_HORN => 'o',
            U_HORN => 'u',
            D_STROKE => 'd',
            code => char::from(code),
        }
    }
}

/// True for the codes of the twelve vowels.
pub(super) fn is_vowel(code: u8) -> bool {
    matches!(code, b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | A_BREVE..=U_HORN)
}

/// True for letters of the Ê Đê, Gia Rai, M'nông and other orthographies that Vietnamese lacks.
/// No legacy encoding has them: a word with one is right as it is.
pub(super) fn is_minority(letter: char) -> bool {
    matches!(letter, 'ŭ' | 'Ŭ' | 'ĭ' | 'Ĭ' | 'č' | 'Č' | 'ŏ' | 'Ŏ' | 'ĕ' | 'Ĕ' | 'ƀ' | 'Ƀ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_comes_apart_and_together() {
        for (_, small, capital) in VOWELS {
            for letter in small.into_iter().chain(capital).chain(['đ', 'Đ', 'q', 'W']) {
                assert_eq!(Letter::of(letter).unwrap().to_char(), letter);
            }
        }
        assert_eq!(Letter::of('Ễ').unwrap().plain(), 'e');
        assert!(Letter::of('ñ').is_none() && Letter::of('¨').is_none() && Letter::of('Đ').is_some());
    }
}
