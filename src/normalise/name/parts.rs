//! Surname, middle words and given name. The given name is the last word alone (Kinh), or the
//! words before the clan (H'Hen Niê, Y Phôn Niê: the sign of gender is part of the given name).

use super::words::pattern_stem;
use crate::{
    record::{NameOrder, PersonName},
    rules::Rules,
    text::fold,
};

/// Splits cleaned words; `None` for no words.
pub(super) fn split(words: &[String], rules: &Rules) -> Option<PersonName> {
    let pattern = words.iter().any(|word| pattern_stem(word).is_some());
    let all = || words.iter().map(String::as_str);
    if let Some(clan) = clan_words(words, rules) {
        return PersonName::new(all(), clan, words.len() - clan, NameOrder::GivenFirst, pattern);
    }
    let first = rules.text.syllables.key(words.first()?);
    let surname = rules.names.compound_surname(&first, || keys(words, rules)).unwrap_or(1);
    PersonName::new(all(), surname, 1, NameOrder::SurnameFirst, pattern)
}

fn keys(words: &[String], rules: &Rules) -> Vec<String> {
    words.iter().map(|word| rules.text.syllables.key(word)).collect()
}

/// How many words of a name that is written given name first are the clan's; `None` for a name
/// that is written surname first.
fn clan_words(words: &[String], rules: &Rules) -> Option<usize> {
    let first = words.first().filter(|_| words.len() >= 2)?;
    // Ỷ and Ý before a clan are Y with a tone that slipped in.
    let sign = || matches!(first.as_str(), "Y" | "Ý" | "Ỷ" | "Ỳ" | "Ỹ" | "Ỵ");
    let marked = first.starts_with("H'") || (words.len() >= 3 && sign()) || first.starts_with("Y-");
    let last = rules.text.syllables.key(words.last()?);
    if !marked && !rules.names.is_sure_clan(&last) {
        return None;
    }
    let first_key = rules.text.syllables.key(first);
    // "Niê Thị Hoa" begins with the clan and is ordered like a Kinh name; so is "Nguyễn H'Hen".
    if !marked && (rules.names.is_sure_clan(&first_key) || rules.names.surname_count(&first_key) > 0) {
        return None;
    }
    let plain = || words.iter().map(|word| fold::plain(word)).collect::<Vec<_>>();
    let listed = rules
        .names
        .clan(&last, || keys(words, rules))
        .or_else(|| marked.then(|| rules.names.plain_clan(&plain())).flatten());
    // H' stands before given names only: whatever follows it last is a clan.
    listed.or_else(|| first.starts_with("H'").then_some(1))
}
