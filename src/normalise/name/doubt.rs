//! What a person should look at in a name: diacritics left out, a word that is hardly a name.

use super::words::pattern_stem;
use crate::{
    record::{NameOrder, PersonName},
    rules::Rules,
    text::syllable::is_apostrophe,
};

/// Counted words less frequent than this are suggested to nobody.
const SUGGESTED_FROM: u32 = 20;

/// Two words or more without any diacritic, of which at least one nearly always has one.
pub(super) fn has_no_diacritics(name: &PersonName, rules: &Rules) -> bool {
    name.word_count() >= 2
        && name.full().is_ascii()
        && !name.is_pattern()
        && name.words().any(|word| rules.names.usually_has_diacritics(&word.to_ascii_lowercase()))
}

/// The first word that is no syllable although one letter makes it a frequent name, or a surname
/// nobody bears beside a frequent one of another tone; with that name.
pub(super) fn find(name: &PersonName, rules: &Rules) -> Option<(String, String)> {
    if name.order() == NameOrder::GivenFirst {
        return None;
    }
    let syllables = &rules.text.syllables;
    for (at, word) in name.words().enumerate() {
        let suggestion = if syllables.is_valid(word) {
            if at == 0 && name.word_count() >= 2 { near_surname(word, rules) } else { None }
        } else {
            two_words(word, rules).or_else(|| near_word(word, rules))
        };
        if let Some(suggestion) = suggestion {
            return Some((word.to_owned(), capitalised(&suggestion)));
        }
    }
    None
}

pub(super) fn near_surname(word: &str, rules: &Rules) -> Option<String> {
    let syllables = &rules.text.syllables;
    let key = syllables.key(word);
    if rules.names.surname_count(&key) > 0 {
        return None;
    }
    rules.names.surname_like(syllables.parse(word)?).map(str::to_owned)
}

/// Two words written as one in capitals throughout (NGUYỄNVĂN), where nothing shows the border: a
/// surname or middle word and another counted word.
fn two_words(word: &str, rules: &Rules) -> Option<String> {
    let syllables = &rules.text.syllables;
    let names = &rules.names;
    word.char_indices().skip(2).find_map(|(at, _)| {
        let (first, second) = (syllables.key(&word[..at]), syllables.key(&word[at..]));
        let likely = second.chars().count() > 1
            && (names.surname_count(&first) >= SUGGESTED_FROM || names.middle_counts(&first).is_some())
            && (names.middle_counts(&second).is_some() || names.given_counts(&second).is_some());
        likely.then(|| format!("{} {}", capitalised(&first), capitalised(&second)))
    })
}

fn near_word(word: &str, rules: &Rules) -> Option<String> {
    if pattern_stem(word).is_some() || word.chars().count() < 3 || word.contains(['-', '.']) {
        return None;
    }
    let key = rules.text.syllables.key(word);
    let is_its_own = word.chars().any(|sign| is_apostrophe(sign) || sign.is_numeric())
        || rules.names.is_foreign_word(&key)
        || rules.text.is_known_word(word);
    if is_its_own {
        return None;
    }
    rules
        .names
        .frequent_words()
        .take_while(|(_, count)| *count >= SUGGESTED_FROM)
        .find(|(near, _)| strsim::osa_distance(near, &key) == 1)
        .map(|(near, _)| near.to_owned())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
