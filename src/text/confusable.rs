//! Letters that look like others (Ð for Đ, Cyrillic а, full width) and signs with many forms
//! (blanks, apostrophes, hyphens). Only after legacy text has been decoded: U+00D0 is é in TCVN3,
//! U+00AD is ư.

use rustc_hash::FxHashMap;

use super::{
    letter::{Letter, is_minority},
    syllable::SyllableTable,
};
use crate::record::{Change, Changes};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Wherever it stands.
    Always,
    /// Only if the word becomes a syllable.
    Syllable,
    /// Only if the rest of the word is Latin.
    Latin,
}

/// What a sign means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Letter(char),
    Apostrophe,
    Hyphen,
    Blank,
    Nothing,
}

/// The look-alikes, from `rules/text/confusables.csv`.
#[derive(Debug, Default)]
pub struct Confusables {
    meant: FxHashMap<char, (Meant, When)>,
}

fn code_point(text: &str) -> Result<char, String> {
    text.strip_prefix("U+")
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .and_then(char::from_u32)
        .ok_or_else(|| format!("`{text}`: a code point such as U+00D0 is expected"))
}

impl Confusables {
    pub(crate) fn add(&mut self, seen: &str, meant: &str, when: &str) -> Result<(), String> {
        let seen = code_point(seen)?;
        if Letter::of(seen).is_some() || is_minority(seen) {
            return Err(format!("`{seen}` is a letter of its own right and cannot be replaced"));
        }
        let meant = match meant {
            "apostrophe" => Meant::Apostrophe,
            "hyphen" => Meant::Hyphen,
            "blank" => Meant::Blank,
            "nothing" => Meant::Nothing,
            letter => Meant::Letter(code_point(letter)?),
        };
        let when = match when {
            "always" => When::Always,
            "syllable" => When::Syllable,
            "latin" => When::Latin,
            other => return Err(format!("`{other}`: always, syllable or latin is expected")),
        };
        self.meant.insert(seen, (meant, when));
        Ok(())
    }

    fn of(&self, sign: char) -> Option<(Meant, When)> {
        if sign == '`' {
            return Some((Meant::Apostrophe, When::Always));
        }
        if sign.is_ascii() {
            return sign.is_ascii_control().then_some((Meant::Blank, When::Always));
        }
        // Full-width forms stand 0xFEE0 above their ASCII letters.
        if ('\u{ff01}'..='\u{ff5e}').contains(&sign) {
            let narrow = char::from_u32(u32::from(sign) - 0xfee0)?;
            return Some((Meant::Letter(narrow), When::Always));
        }
        if let Some(meant) = self.meant.get(&sign) {
            return Some(*meant);
        }
        if sign.is_whitespace() {
            return Some((Meant::Blank, When::Always));
        }
        sign.is_control().then_some((Meant::Nothing, When::Always))
    }

    /// Replaces look-alikes and tidies blanks: single ones, none at the ends.
    pub(super) fn replace(&self, text: &str, syllables: &SyllableTable, changes: &mut Changes) -> String {
        let mut spaced = String::with_capacity(text.len());
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            match self.of(sign) {
                None => spaced.push(sign),
                Some((Meant::Blank, _)) => spaced.push(' '),
                Some((Meant::Nothing, _)) => {}
                Some((Meant::Hyphen, _)) => {
                    spaced.push('-');
                    changes.insert(Change::Punctuation);
                }
                Some((Meant::Apostrophe, _)) => {
                    // Only between letters; elsewhere it is a quotation mark.
                    let inside = spaced.chars().next_back().is_some_and(char::is_alphabetic)
                        && signs.peek().is_some_and(|next| next.is_alphabetic());
                    spaced.push(if inside { '\'' } else { sign });
                    if inside && sign != '\'' {
                        changes.insert(Change::Apostrophe);
                    }
                }
                Some((Meant::Letter(letter), When::Always)) => {
                    spaced.push(letter);
                    changes.insert(Change::Confusables);
                }
                Some((Meant::Letter(_), _)) => spaced.push(sign),
            }
        }
        let mut tidy = String::with_capacity(spaced.len());
        for word in spaced.split(' ').filter(|word| !word.is_empty()) {
            if !tidy.is_empty() {
                tidy.push(' ');
            }
            match self.replace_in_word(word, syllables) {
                Some(replaced) => {
                    tidy.push_str(&replaced);
                    changes.insert(Change::Confusables);
                }
                None => tidy.push_str(word),
            }
        }
        tidy
    }

    fn replace_in_word(&self, word: &str, syllables: &SyllableTable) -> Option<String> {
        if word.is_ascii() || word.chars().all(|letter| Letter::of(letter).is_some()) {
            return None;
        }
        let replaced: String = word
            .chars()
            .map(|letter| match self.meant.get(&letter) {
                Some((Meant::Letter(meant), When::Latin | When::Syllable)) => *meant,
                _ => letter,
            })
            .collect();
        if replaced == word || replaced.chars().any(|letter| letter.is_alphabetic() && !is_latin(letter)) {
            return None;
        }
        let needs_syllable =
            word.chars().any(|letter| matches!(self.meant.get(&letter), Some((_, When::Syllable))));
        let was_latin = word.chars().any(|letter| letter.is_alphabetic() && is_latin(letter));
        (was_latin && (!needs_syllable || syllables.is_valid(&replaced))).then_some(replaced)
    }
}

/// True for letters of the Latin script (combining marks are not asked about).
pub(super) fn is_latin(letter: char) -> bool {
    matches!(letter, 'A'..='Z' | 'a'..='z' | 'ª' | 'º' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}')
        && !matches!(letter, '×' | '÷')
}

/// True for text with Latin letters and letters of another script.
pub(super) fn has_mixed_scripts(text: &str) -> bool {
    !text.is_ascii()
        && text.chars().any(|letter| letter.is_alphabetic() && is_latin(letter))
        && text.chars().any(|letter| {
            letter.is_alphabetic() && !is_latin(letter) && !matches!(letter, '\u{2b0}'..='\u{2ff}')
        })
}
