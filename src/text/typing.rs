//! What is left of typing without an input method: Telex (`Nguyeenx`) and VNI keys (`Nguye64n`)
//! read as the syllable they were meant to be.

use super::{
    letter::{A_BREVE, A_CIRCUMFLEX, D_STROKE, E_CIRCUMFLEX, Letter, O_CIRCUMFLEX, O_HORN, U_HORN, is_vowel},
    syllable::{SyllableTable, Tone},
};
use crate::record::Change;

/// A word read as typing residue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The syllable that was meant, in the case of the word.
    pub word: String,
    /// [`Change::Telex`] or [`Change::VniTyping`].
    pub change: Change,
    /// More than one key for a tone at the end speaks for it. `Max` and `Hans` have no more.
    pub sure: bool,
}

/// Reads a word as typing residue: `None` where it is a syllable as it stands or becomes none.
pub fn resolve(word: &str, syllables: &SyllableTable) -> Option<Typed> {
    if !word.is_ascii() || word.len() < 2 || syllables.read(word).is_some() {
        return None;
    }
    let letters: Vec<Letter> = word.chars().filter_map(Letter::of).collect();
    let (keyed, change, sure) = if letters.len() == word.len() {
        telex(&letters).map(|(keyed, sure)| (keyed, Change::Telex, sure))
    } else {
        vni(word).map(|(keyed, sure)| (keyed, Change::VniTyping, sure))
    }?;
    let plain: String = keyed.letters.iter().map(|letter| letter.to_char()).collect();
    // The tone goes where the syllable bears it.
    let mut marked = plain.clone();
    let vowel = keyed.letters.iter().position(|letter| is_vowel(letter.code))?;
    let marked_letter = Letter { tone: keyed.tone, ..keyed.letters[vowel] }.to_char();
    let (at, letter) = plain.char_indices().nth(vowel)?;
    marked.replace_range(at..at + letter.len_utf8(), &marked_letter.to_string());
    let reading =
        syllables.read(&marked).filter(|reading| !reading.impossible_tone && !reading.odd_spelling)?;
    let spelled = syllables.spell(reading.syllable);
    let shouted = letters.len() > 1 && letters.iter().all(|letter| letter.upper);
    let cased = spelled.chars().enumerate().map(|(at, small)| match Letter::of(small) {
        Some(letter) if shouted || (at == 0 && letters.first().is_some_and(|first| first.upper)) => {
            Letter { upper: true, ..letter }.to_char()
        }
        _ => small,
    });
    Some(Typed { word: cased.collect(), change, sure })
}

struct Keyed {
    letters: Vec<Letter>,
    tone: Tone,
}

fn shape(letter: u8, key: u8) -> Option<u8> {
    match (letter, key) {
        (b'a', b'a') => Some(A_CIRCUMFLEX),
        (b'a', b'w') => Some(A_BREVE),
        (b'e', b'e') => Some(E_CIRCUMFLEX),
        (b'o', b'o') => Some(O_CIRCUMFLEX),
        (b'o', b'w') => Some(O_HORN),
        (b'u', b'w') => Some(U_HORN),
        (b'd', b'd') => Some(D_STROKE),
        _ => None,
    }
}

/// Telex keys: aa aw ee oo ow uw dd, and s f r x j for the tones, anywhere after the vowel.
fn telex(word: &[Letter]) -> Option<(Keyed, bool)> {
    let mut letters: Vec<Letter> = Vec::with_capacity(word.len());
    let mut tone = Tone::Level;
    let (mut shapes, mut sure) = (0, false);
    for (at, typed) in word.iter().enumerate() {
        let has_vowel = letters.iter().any(|letter| is_vowel(letter.code));
        let tone_key = match typed.code {
            b's' => Some(Tone::Acute),
            b'f' => Some(Tone::Grave),
            b'r' => Some(Tone::Hook),
            b'x' => Some(Tone::Tilde),
            b'j' => Some(Tone::Dot),
            _ => None,
        };
        if let (Some(key), true) = (tone_key, has_vowel) {
            if tone != Tone::Level {
                return None;
            }
            tone = key;
            // No name of another language ends in f or j after a vowel, or has them inside.
            sure |= matches!(typed.code, b'f' | b'j') || at + 1 < word.len();
            continue;
        }
        if apply_shape(&mut letters, typed.code) {
            shapes += 1;
            continue;
        }
        letters.push(Letter { tone: Tone::Level, ..*typed });
    }
    (shapes > 0 || tone != Tone::Level).then_some((Keyed { letters, tone }, sure || shapes > 0))
}

/// Applies a shape key to the letter it belongs to: the last vowel of its kind (`tieend`, `tiene`),
/// both vowels of uo (`dduowng`), the d at the start (`dangd`).
fn apply_shape(letters: &mut [Letter], key: u8) -> bool {
    if key == b'w'
        && let Some(at) = letters.windows(2).rposition(|pair| pair[0].code == b'u' && pair[1].code == b'o')
    {
        letters[at].code = U_HORN;
        letters[at + 1].code = O_HORN;
        return true;
    }
    let Some(at) = letters.iter().rposition(|letter| shape(letter.code, key).is_some()) else {
        return false;
    };
    // A doubled consonant letter far from its d is another word's (dad); vowels may be apart.
    if key == b'd' && at + 1 != letters.len() && at != 0 {
        return false;
    }
    if let Some(code) = shape(letters[at].code, key) {
        letters[at].code = code;
    }
    true
}

/// VNI keys: 1–5 tones, 6 circumflex, 7 horn, 8 breve, 9 đ. A digit at the very end may be a
/// number (`A1`), so the word is sure only with a digit before its last letter or two digits.
fn vni(word: &str) -> Option<(Keyed, bool)> {
    let mut letters: Vec<Letter> = Vec::with_capacity(word.len());
    let mut tone = Tone::Level;
    let mut digits = 0;
    for sign in word.chars() {
        if let Some(letter) = Letter::of(sign) {
            letters.push(letter);
            continue;
        }
        digits += 1;
        let tone_key = match sign {
            '1' => Some(Tone::Acute),
            '2' => Some(Tone::Grave),
            '3' => Some(Tone::Hook),
            '4' => Some(Tone::Tilde),
            '5' => Some(Tone::Dot),
            _ => None,
        };
        if let Some(key) = tone_key {
            if tone != Tone::Level {
                return None;
            }
            tone = key;
            continue;
        }
        let applied = match sign {
            '6' => last_of(&mut letters, &[(b'a', A_CIRCUMFLEX), (b'e', E_CIRCUMFLEX), (b'o', O_CIRCUMFLEX)]),
            '7' => apply_shape(&mut letters, b'w'),
            '8' => last_of(&mut letters, &[(b'a', A_BREVE)]),
            '9' => last_of(&mut letters, &[(b'd', D_STROKE)]),
            _ => false,
        };
        if !applied {
            return None;
        }
    }
    let inside = word.as_bytes()[..word.len() - 1].iter().any(u8::is_ascii_digit);
    (digits > 0).then_some((Keyed { letters, tone }, digits > 1 || inside))
}

fn last_of(letters: &mut [Letter], shapes: &[(u8, u8)]) -> bool {
    for letter in letters.iter_mut().rev() {
        if let Some((_, shaped)) = shapes.iter().find(|(plain, _)| *plain == letter.code) {
            letter.code = *shaped;
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn typing_residue_becomes_the_syllable_that_was_meant() {
        let syllables = Rules::built_in().unwrap().text.syllables;
        for (typed, meant) in [
            ("Nguyeenx", "Nguyễn"),
            ("Nguyenxe", "Nguyễn"),
            ("Vawn", "Văn"),
            ("Thij", "Thị"),
            ("ddawngj", "đặng"),
            ("DDAWNGJ", "ĐẶNG"),
            ("Dduwowngf", "Đường"),
            ("Nguye64n", "Nguyễn"),
            ("Va8n", "Văn"),
            ("D9u71c", "Đức"),
            ("Hu7o7ng", "Hương"),
        ] {
            assert_eq!(resolve(typed, &syllables).map(|typed| typed.word).as_deref(), Some(meant), "{typed}");
        }
        for kept in ["Hoa", "Xoong", "Siu", "Ksor", "McDonald", "Rmah", "Kim", "An", "", "12", "Bkrong"] {
            assert_eq!(resolve(kept, &syllables), None, "{kept}");
        }
        assert!(!resolve("Max", &syllables).unwrap().sure && !resolve("A1", &syllables).unwrap().sure);
    }
}
