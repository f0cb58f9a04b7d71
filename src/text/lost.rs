//! Letters lost in an old conversion. The ư of TCVN3 is the soft hyphen, which cleaners delete:
//! Trường becomes Trờng, được đợc, Hưng Hng. It cannot be restored safely, so it is only pointed
//! out, with what it probably was.

use super::{
    letter::{Letter, O_HORN},
    words,
};
use crate::rules::TextRules;

/// True where some word looks as if its ư was lost.
pub(super) fn is_likely(text: &str, rules: &TextRules) -> bool {
    // ASCII has lost one only before "ng": hardly any number or code is looked at word by word.
    let possible =
        !text.is_ascii() || text.as_bytes().windows(2).any(|pair| pair.eq_ignore_ascii_case(b"ng"));
    possible && text.split(words::is_break).any(|word| is_candidate(word) && restore(word, rules).is_some())
}

/// The text with every such word as it probably was; `None` where there is none.
pub fn suggest(text: &str, rules: &TextRules) -> Option<String> {
    let mut suggestion = String::with_capacity(text.len() + 4);
    let mut found = false;
    for part in text.split_inclusive(words::is_break) {
        let word = part.trim_end_matches(words::is_break);
        let restored = if is_candidate(word) { restore(word, rules) } else { None };
        found |= restored.is_some();
        suggestion.push_str(restored.as_deref().unwrap_or(word));
        suggestion.push_str(&part[word.len()..]);
    }
    found.then_some(suggestion)
}

/// Cheap look before the work: a horned o without ư before it, or no vowel at all.
fn is_candidate(word: &str) -> bool {
    if word.is_ascii() {
        return word.len() >= 3
            && word.as_bytes()[word.len() - 2..].eq_ignore_ascii_case(b"ng")
            && !word.bytes().any(|letter| b"aeiouyAEIOUY".contains(&letter));
    }
    word.chars().any(|letter| Letter::of(letter).is_some_and(|letter| letter.code == O_HORN))
}

fn restore(word: &str, rules: &TextRules) -> Option<String> {
    // "ơng" is a rime of a few onomatopoeic words only; other valid rimes with ơ (mời) stay.
    if rules.syllables.read(word).is_some_and(|reading| {
        !reading.impossible_tone && rules.syllables.rime_text(reading.syllable.rime) != "ơng"
    }) {
        return None;
    }
    let at = word
        .char_indices()
        .find(|(_, letter)| Letter::of(*letter).is_some_and(|letter| letter.code == O_HORN))
        .map_or(word.len() - 2, |(at, _)| at);
    let shouted = word.chars().all(char::is_uppercase);
    let mut restored = word.to_owned();
    restored.insert(at, if shouted { 'Ư' } else { 'ư' });
    rules.syllables.is_valid(&restored).then_some(restored)
}
