//! The words of a name one by one: abbreviations, words grown together, typing residue, capitals,
//! and the number that tells namesakes apart.

use super::NameReading;
use crate::{
    record::Change,
    rules::Rules,
    text::{syllable::is_apostrophe, typing},
};

/// What a word of a pattern begins with: `Ng` for "Ng.", `T` for "T" or "T."; `None` for a word
/// that is written out. Single capital consonants and words without a vowel abbreviate too; A and
/// Y alone are names.
pub fn pattern_stem(word: &str) -> Option<&str> {
    if let Some(stem) = word.strip_suffix(['.', '~']) {
        return (!stem.is_empty()).then_some(stem);
    }
    let short = word.len() <= 4 && word.chars().all(char::is_alphabetic);
    (short && !word.is_empty() && !has_vowel(word)).then_some(word)
}

fn has_vowel(word: &str) -> bool {
    // The fold of every Vietnamese vowel is one of these; other letters count as vowels, so that
    // nothing foreign is taken for an abbreviation.
    word.chars().any(|letter| !matches!(letter.to_ascii_lowercase(), 'b'..='d' | 'f'..='h' | 'j'..='n' | 'p'..='t' | 'v'..='x' | 'z' | 'đ' | 'Đ'))
}

/// Cleans the words of a name. What is left is in legal spelling; odd signs are noted.
pub(super) fn clean(text: &str, rules: &Rules, reading: &mut NameReading) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(6);
    let mut pieces = text.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = pieces.next() {
        // "K' Brếu": the blank behind the apostrophe is no part of the name.
        match (gender_mark(word), pieces.peek()) {
            (Some(mark), Some(name)) => {
                part(&format!("{mark}'{name}"), rules, reading, &mut words);
                reading.changes.insert(Change::Apostrophe);
                pieces.next();
            }
            _ => part(word, rules, reading, &mut words),
        }
    }
    take_suffix(&mut words, rules, reading);
    resolve_typing(&mut words, rules, reading);
    for word in &mut words {
        if let Some(cased) = cased(word, rules) {
            *word = cased;
            reading.changes.insert(Change::Case);
        }
        reading.foreign_signs |=
            word.chars().any(|sign| !sign.is_alphabetic() && !matches!(sign, '\'' | '-' | '.'));
    }
    words
}

/// The letter of a word such as "K'" or "H’".
fn gender_mark(word: &str) -> Option<&str> {
    let mark = word.strip_suffix(is_apostrophe)?;
    (mark.len() == 1 && mark.bytes().all(|letter| letter.is_ascii_alphabetic())).then_some(mark)
}

/// Parts a word at full stops (N.T. Hoa) and where two words have grown together (PhạmVăn).
fn part(word: &str, rules: &Rules, reading: &mut NameReading, words: &mut Vec<String>) {
    if word.contains(['.', '~']) {
        for piece in word.split_inclusive(['.', '~']) {
            let stem = piece.trim_end_matches(['.', '~']);
            if stem.is_empty() {
                reading.changes.insert(Change::Punctuation);
            } else if stem.len() < piece.len() && (pattern_stem(stem).is_some() || stem.chars().count() == 1)
            {
                words.push(format!("{stem}."));
                if !piece.ends_with('.') {
                    reading.changes.insert(Change::Punctuation);
                }
            } else {
                if stem.len() < piece.len() {
                    reading.changes.insert(Change::Punctuation);
                }
                words.push(stem.to_owned());
            }
        }
        return;
    }
    let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
    if bare.len() != word.len() {
        reading.changes.insert(Change::Punctuation);
        // Quotation marks say nothing; @ or # may have been a letter.
        reading.foreign_signs |= word.contains(['@', '#', '$', '%', '&', '<', '>', '^', '\u{fffd}']);
    }
    if bare.is_empty() {
        return;
    }
    if let Some(parts) = grown_together(bare, rules) {
        reading.changes.insert(Change::WordsParted);
        words.extend(parts.into_iter().map(str::to_owned));
        return;
    }
    words.push(bare.to_owned());
}

/// The parts of a word with capitals inside, if every part is a syllable.
pub(super) fn grown_together<'a>(word: &'a str, rules: &Rules) -> Option<Vec<&'a str>> {
    let mut small_before = false;
    let mut starts = Vec::new();
    for (at, letter) in word.char_indices() {
        let upper = letter.is_uppercase();
        if upper && small_before {
            starts.push(at);
        }
        small_before = letter.is_lowercase();
    }
    if starts.is_empty() {
        return None;
    }
    let mut parts = Vec::with_capacity(starts.len() + 1);
    let mut from = 0;
    for at in starts.into_iter().chain([word.len()]) {
        parts.push(&word[from..at]);
        from = at;
    }
    parts.iter().all(|part| rules.text.syllables.is_valid(part)).then_some(parts)
}

/// Takes off "2", "A1"'s 1, or a single letter A to D behind a whole name.
fn take_suffix(words: &mut Vec<String>, rules: &Rules, reading: &mut NameReading) {
    let count = words.len();
    let Some(last) = words.last() else { return };
    let digits = last.trim_start_matches(|sign: char| !sign.is_ascii_digit());
    let suffix = if count >= 2 && !digits.is_empty() && digits.chars().all(|sign| sign.is_ascii_digit()) {
        let typed = typing::resolve(last, &rules.text.syllables);
        let other_residue =
            || words[..count - 1].iter().any(|word| word.chars().any(|sign| sign.is_ascii_digit()));
        if typed.is_some_and(|typed| typed.sure || other_residue()) {
            return;
        }
        digits.to_owned()
    } else if count >= 4 && matches!(last.as_str(), "A" | "B" | "C" | "D") {
        last.clone()
    } else {
        return;
    };
    let kept = last.len() - suffix.len();
    words[count - 1].truncate(kept);
    if kept == 0 {
        words.pop();
    }
    reading.changes.insert(Change::SuffixRemoved);
    reading.suffix = Some(suffix);
}

/// Resolves Telex and VNI keys. A lone s, r or x at the end (Max, Hans) is believed only beside
/// surer residue; otherwise it is pointed out.
fn resolve_typing(words: &mut [String], rules: &Rules, reading: &mut NameReading) {
    let syllables = &rules.text.syllables;
    let typed: Vec<_> = words
        .iter()
        .map(|word| {
            if !word.is_ascii() || pattern_stem(word).is_some() {
                return None;
            }
            typing::resolve(word, syllables)
                .filter(|_| !rules.names.is_foreign_word(&word.to_ascii_lowercase()))
        })
        .collect();
    let any_sure = typed.iter().flatten().any(|typed| typed.sure);
    for (word, typed) in words.iter_mut().zip(typed) {
        let Some(typed) = typed else { continue };
        if typed.sure || any_sure || typed.change == Change::VniTyping {
            reading.changes.insert(typed.change);
            *word = typed.word;
        } else if reading.doubtful.is_none() {
            reading.doubtful = Some((word.clone(), typed.word));
        }
    }
}

/// The word with its capitals put right; `None` where they are.
///
/// Each part of a word (H'Hen, Anna-Maria) begins with a capital. Words with a capital inside that
/// are no syllables (McDonald) keep it.
pub(super) fn cased(word: &str, rules: &Rules) -> Option<String> {
    let mut start = true;
    let right = word.chars().all(|letter| {
        let expected = if start { !letter.is_lowercase() } else { !letter.is_uppercase() };
        start = matches!(letter, '\'' | '-');
        expected
    });
    if right || is_inner_capital_name(word, rules) {
        return None;
    }
    let mut cased = String::with_capacity(word.len());
    let mut start = true;
    for letter in word.chars() {
        if start {
            cased.extend(letter.to_uppercase());
        } else {
            cased.extend(letter.to_lowercase());
        }
        start = matches!(letter, '\'' | '-');
    }
    (cased != word).then_some(cased)
}

/// McDonald, DeVito: capital, small letters, capital, small letters, and no syllable.
fn is_inner_capital_name(word: &str, rules: &Rules) -> bool {
    let mut letters = word.chars();
    let begins = letters.next().is_some_and(char::is_uppercase)
        && letters.clone().next().is_some_and(char::is_lowercase);
    let capitals = letters.clone().filter(|letter| letter.is_uppercase()).count();
    let ends = word.chars().next_back().is_some_and(char::is_lowercase);
    // HHen: H'Hen without its apostrophe.
    let dropped_apostrophe = word.starts_with(['H', 'K']) && {
        let mut rest = word.chars().skip(1);
        rest.next().is_some_and(|letter| letter.is_ascii_uppercase())
            && rest.clone().count() > 0
            && rest.all(char::is_lowercase)
    };
    (begins || dropped_apostrophe)
        && ends
        && capitals == 1
        && word.chars().all(char::is_alphabetic)
        && rules.text.syllables.read(word).is_none()
}

/// A nickname: its words in capitals put right.
pub(super) fn cased_phrase(text: &str, rules: &Rules) -> String {
    let words: Vec<String> =
        text.split(' ').map(|word| cased(word, rules).unwrap_or_else(|| word.to_owned())).collect();
    words.join(" ")
}
