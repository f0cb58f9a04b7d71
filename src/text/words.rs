//! How a word looks before anything is done to it: the evidence on which decoding is decided.

use super::{
    letter::{Letter, is_minority, is_vowel},
    syllable::{SyllableReading, Tone, is_apostrophe},
};
use crate::rules::TextRules;

/// What a word speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing: ASCII is the same in every encoding.
    Ascii,
    /// A syllable, or a word known to be right.
    Right,
    /// A syllable but for a slip (Hiêp): a typing error rather than an encoding.
    Slip,
    /// Neither: legacy text, or foreign.
    Foreign,
}

/// The counts of one text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Evidence {
    /// Words that are right and not ASCII.
    pub right: u32,
    /// Foreign words.
    pub foreign: u32,
    /// It has a Vietnamese letter that no one-byte charset shows (ạ, ễ, ơ): it is Unicode.
    pub unicode: bool,
    /// How usual its syllables are, summed.
    pub usual: f32,
}

/// True where two words may meet. Blanks other than the ASCII ones are parts of legacy letters.
pub(super) fn is_break(sign: char) -> bool {
    (sign.is_ascii() && !sign.is_ascii_alphanumeric() && sign != '\'' && sign != '`')
        || matches!(sign, '“' | '”' | '…' | '–' | '—' | '•')
}

/// Judges one word (without breaks in it); also its reading, if it is a syllable.
fn judge(word: &str, rules: &TextRules) -> (Standing, Option<SyllableReading>) {
    let read = rules.syllables.read(word);
    match read {
        // A capital inside (TraÌ) is half of a legacy letter rather than a letter.
        Some(_) if has_inner_capital(word) => return (Standing::Slip, None),
        Some(reading) if !reading.impossible_tone && !reading.odd_spelling => {
            return (Standing::Right, read);
        }
        Some(_) => return (Standing::Slip, None),
        None => {}
    }
    // Đ's look-alikes are far more frequent than the legacy letters they would be; loose marks and
    // full-width letters are put right later.
    if word.chars().any(|letter| matches!(letter, 'Ð' | 'ð' | 'Ɖ' | 'ɖ' | '\u{300}'..='\u{36f}')) {
        let mended: String = super::marks::compose(word)
            .chars()
            .map(|letter| match letter {
                'Ð' | 'Ɖ' => 'Đ',
                'ð' | 'ɖ' => 'đ',
                letter => letter,
            })
            .collect();
        // Ð alone begins an abbreviated Đặng (Ð. T. Ly).
        if rules.syllables.is_valid(&mended) || matches!(&*mended, "Đ" | "đ") {
            return (Standing::Right, None);
        }
    }
    if word.chars().any(is_minority) || rules.is_known_word(word) {
        return (Standing::Right, None);
    }
    // H'Hen, K’Nhông: the mark of gender and the name.
    if let Some((at, sign)) = word.char_indices().find(|(_, sign)| is_apostrophe(*sign)) {
        let (before, after) = (&word[..at], &word[at + sign.len_utf8()..]);
        if (1..=2).contains(&before.len()) && before.is_ascii() && !after.is_empty() {
            return if after.is_ascii() { (Standing::Ascii, None) } else { judge(after, rules) };
        }
    }
    (Standing::Foreign, None)
}

/// Judges a text word by word.
pub(super) fn evidence(text: &str, rules: &TextRules) -> Evidence {
    let mut evidence = Evidence::default();
    for word in text.split(is_break).filter(|word| !word.is_empty() && !word.is_ascii()) {
        evidence.unicode |=
            word.chars().any(|letter| u32::from(letter) > 0xff && Letter::of(letter).is_some());
        match judge(word, rules) {
            (Standing::Ascii, _) => {}
            (Standing::Right, reading) => {
                evidence.right += 1;
                evidence.usual += reading.map_or(0.0, |reading| rules.usualness(reading));
            }
            (Standing::Slip | Standing::Foreign, _) => evidence.foreign += 1,
        }
    }
    evidence
}

/// True for text in which no word speaks for a legacy encoding: a cheap look at every cell.
pub(super) fn is_right(text: &str, rules: &TextRules) -> bool {
    text.split(is_break)
        .filter(|word| !word.is_ascii())
        .all(|word| matches!(judge(word, rules).0, Standing::Right | Standing::Ascii))
}

/// True for a word with a sign that no Vietnamese word has, or a capital after a small letter
/// (NguyÔn), or two tones (Phýõng): the marks of a wrong encoding rather than of a typing slip.
pub(super) fn is_telltale(word: &str) -> bool {
    let mut small_before = false;
    let mut tones = 0;
    word.chars().any(|letter| match Letter::of(letter) {
        Some(letter) => {
            let odd = letter.upper && small_before;
            small_before = !letter.upper;
            tones += u32::from(letter.tone != Tone::Level);
            odd || tones > 1
        }
        None => !letter.is_ascii() && !is_apostrophe(letter) && !is_minority(letter),
    })
}

/// True for a capital beyond ASCII after a small letter.
fn has_inner_capital(word: &str) -> bool {
    let mut small_before = false;
    word.chars().any(|letter| {
        let upper = letter.is_uppercase();
        let inner = upper && small_before && !letter.is_ascii();
        small_before = !upper;
        inner
    })
}

/// True for a word of Vietnamese and minority letters that has a vowel and at most one tone: what
/// a name of any people of Viet Nam may look like.
pub(super) fn is_plausible(word: &str) -> bool {
    let (mut vowels, mut tones) = (0, 0);
    for letter in word.chars() {
        match Letter::of(letter) {
            Some(letter) => {
                vowels += u32::from(is_vowel(letter.code));
                tones += u32::from(letter.tone != Tone::Level);
            }
            None if is_minority(letter) || is_apostrophe(letter) || letter.is_ascii_digit() => {}
            None => return false,
        }
    }
    vowels > 0 && tones <= 1 && !is_telltale(word)
}
