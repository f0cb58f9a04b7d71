//! What a heading means. Input: the stacked header cells of a column, top to bottom; output: the
//! field it claims and how good the claim is.

use crate::{
    record::FieldKind,
    rules::{ColumnRules, HeadingPerson as Person, HeadingPhrase as Phrase},
};

/// A column's claim on a field. Lower ranks have more right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) kind: FieldKind,
    pub(super) rank: u8,
}

/// The heading is in the rules word for word.
pub(super) const WHOLE: u8 = 0;
/// Every phrase of the heading is known.
const TAKEN_APART: u8 = 1;
/// A word of the `[second]` list.
const SECOND: u8 = 2;
/// Words remain that nobody knows.
pub(super) const UNCERTAIN: u8 = 3;

/// What the phrases of one header cell say.
#[derive(Debug, Default, Clone)]
struct Parts {
    fields: Vec<(FieldKind, bool)>,
    persons: Vec<Person>,
    other: bool,
    unknown: usize,
    /// The first phrase that is no filler names a field.
    field_first: bool,
}

impl Parts {
    fn says_something(&self) -> bool {
        !self.fields.is_empty() || !self.persons.is_empty()
    }
}

/// The field a column claims by its header cells, top to bottom.
pub(super) fn claim(parts: &[&str], rules: &ColumnRules) -> Option<Claim> {
    let (leaf, above) = parts.split_last()?;
    if let Some(claim) = whole(&parts.join(" "), rules) {
        return Some(claim);
    }
    let above: Vec<Parts> = above.iter().map(|text| take_apart(text, rules)).collect();
    let person_above = above.iter().any(|parts| !parts.persons.is_empty());
    if above.iter().any(|parts| parts.other) {
        return None;
    }
    let place_of =
        |kind| matches!(kind, FieldKind::BirthPlace | FieldKind::RegistrationPlace | FieldKind::HomeTown);
    let other_place = above.iter().any(|parts| parts.fields.iter().any(|(kind, _)| place_of(*kind)));
    if let Some(claim) = whole(leaf, rules).filter(|claim| !person_above || names_a_person(claim.kind)) {
        return (!(other_place && is_level(claim.kind))).then_some(claim);
    }
    let own = take_apart(leaf, rules);
    let claim = combine(own, &above, other_place);
    if claim.is_some_and(|claim| claim.rank < UNCERTAIN) || !above.is_empty() {
        return claim;
    }
    // A remark in brackets may use words nobody foresaw: "Họ và tên (viết hoa, đủ dấu)".
    let without_remark = leaf.find(['(', '[']).and_then(|open| {
        let remark = take_apart(&leaf[open..], rules);
        let harmless = !remark.other && remark.persons.is_empty();
        whole(leaf[..open].trim(), rules).filter(|_| harmless)
    });
    without_remark.map(|claim| Claim { rank: claim.rank.max(TAKEN_APART), ..claim }).or(claim)
}

/// True if a header cell holds nothing but words the rules know, at least one of them a field or a
/// person.
pub(super) fn is_known(text: &str, rules: &ColumnRules) -> bool {
    if whole(text, rules).is_some() {
        return true;
    }
    let parts = take_apart(text, rules);
    parts.unknown == 0 && parts.says_something()
}

fn whole(text: &str, rules: &ColumnRules) -> Option<Claim> {
    let squeezed: String = rules.headings.words(text).concat();
    let (kind, second) = *rules.headings.dictionary(text).whole.get(&squeezed)?;
    Some(Claim { kind, rank: if second { SECOND } else { WHOLE } })
}

fn combine(mut own: Parts, above: &[Parts], other_place: bool) -> Option<Claim> {
    if own.other || !(own.says_something() || above.iter().any(Parts::says_something)) {
        return None;
    }
    if !own.says_something() {
        // Only what stands above is known: an unknown column of a known group.
        return None;
    }
    let mut certain = own.field_first || own.unknown == 0;
    let persons_above = above.iter().rev().find(|parts| !parts.persons.is_empty());
    if let (true, Some(parts)) = (own.persons.is_empty(), persons_above) {
        own.persons.clone_from(&parts.persons);
    }
    if own.fields.is_empty() {
        if let Some(parts) = above.iter().rev().find(|parts| !parts.fields.is_empty()) {
            own.fields.clone_from(&parts.fields);
        }
        // A lone "Cha" names him; "Cha nuôi bệnh" says nothing.
        certain = own.unknown == 0;
    }
    let kind = decide(&own)?;
    if (other_place && is_level(kind)) || own.unknown > 3 || !certain {
        return None;
    }
    let second = !own.fields.is_empty() && own.fields.iter().all(|(_, second)| *second);
    let rank = if own.unknown > 0 {
        UNCERTAIN
    } else if second && own.persons.is_empty() {
        SECOND
    } else {
        TAKEN_APART
    };
    (kind != FieldKind::SerialNumber || rank < UNCERTAIN).then_some(Claim { kind, rank })
}

fn decide(parts: &Parts) -> Option<FieldKind> {
    let has = |kind: FieldKind| parts.fields.iter().any(|(have, _)| *have == kind);
    let name = parts.fields.iter().any(|(kind, _)| is_name(*kind) || *kind == FieldKind::ParentNames);
    let birth = parts.fields.iter().any(|(kind, _)| is_birth(*kind));
    let bare = parts.fields.is_empty();
    let mut persons = parts.persons.clone();
    persons.sort_unstable();
    persons.dedup();
    if has(FieldKind::Relationship) {
        return Some(FieldKind::Relationship);
    }
    match persons.as_slice() {
        [] => decide_own(&parts.fields),
        _ if has(FieldKind::Phone) => Some(FieldKind::Phone),
        [Person::HouseholdHead] => (bare || name).then_some(FieldKind::HouseholdHead),
        [Person::Father] if bare || name => Some(FieldKind::FatherName),
        [Person::Father] if has(FieldKind::PersonalId) => Some(FieldKind::FatherId),
        [Person::Father] if birth => Some(FieldKind::FatherBirth),
        [Person::Mother] if bare || name => Some(FieldKind::MotherName),
        [Person::Mother] if has(FieldKind::PersonalId) => Some(FieldKind::MotherId),
        [Person::Mother] if birth => Some(FieldKind::MotherBirth),
        [Person::Guardian] if has(FieldKind::ParentNames) => Some(FieldKind::ParentNames),
        [Person::Guardian] if bare || name || has(FieldKind::GuardianName) => Some(FieldKind::GuardianName),
        [Person::Guardian] if has(FieldKind::PersonalId) => Some(FieldKind::GuardianId),
        [Person::Father | Person::Mother | Person::Guardian] => None,
        several if several.contains(&Person::HouseholdHead) => None,
        _ => (bare || name || has(FieldKind::ParentNames)).then_some(FieldKind::ParentNames),
    }
}

/// The field of a heading that speaks of the person of the row.
fn decide_own(fields: &[(FieldKind, bool)]) -> Option<FieldKind> {
    let mut kinds: Vec<FieldKind> = fields.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let has = |kind| kinds.contains(&kind);
    if let [kind] = kinds.as_slice() {
        return Some(*kind);
    }
    let all = |test: fn(FieldKind) -> bool| kinds.iter().all(|kind| test(*kind));
    if all(is_level) {
        let hamlet = kinds == [FieldKind::Hamlet, FieldKind::Address];
        return Some(if hamlet { FieldKind::Hamlet } else { FieldKind::Address });
    }
    if all(is_name) {
        let whole = has(FieldKind::FullName) || has(FieldKind::GivenName);
        return Some(if whole { FieldKind::FullName } else { FieldKind::SurnameMiddle });
    }
    if all(is_gender) {
        return match (has(FieldKind::GenderMale), has(FieldKind::GenderFemale)) {
            (true, false) => Some(FieldKind::GenderMale),
            (false, true) => Some(FieldKind::GenderFemale),
            _ => Some(FieldKind::Gender),
        };
    }
    if all(is_birth) {
        return Some(FieldKind::BirthDate);
    }
    if all(|kind| is_birth(kind) || is_gender(kind)) {
        return match (has(FieldKind::GenderMale), has(FieldKind::GenderFemale)) {
            (true, false) => Some(FieldKind::BirthDateMale),
            (false, true) => Some(FieldKind::BirthDateFemale),
            _ => None,
        };
    }
    // "Nơi sinh (xã, huyện, tỉnh)" is the whole place; "Xã nơi sinh" only a part of it.
    let places: Vec<_> = kinds.iter().filter(|kind| !is_level(**kind)).collect();
    match places.as_slice() {
        [FieldKind::BirthPlace | FieldKind::RegistrationPlace | FieldKind::HomeTown] if kinds.len() > 2 => {
            Some(*places[0])
        }
        _ => None,
    }
}

/// Fields whose own heading already says whom it speaks of.
fn names_a_person(kind: FieldKind) -> bool {
    use FieldKind::{
        FatherBirth, FatherId, FatherName, GuardianId, GuardianName, HouseholdHead, MotherBirth, MotherId,
        MotherName, ParentNames, Phone, Relationship,
    };
    matches!(
        kind,
        FatherName
            | FatherId
            | FatherBirth
            | MotherName
            | MotherId
            | MotherBirth
            | GuardianName
            | GuardianId
            | ParentNames
            | HouseholdHead
            | Relationship
            | Phone
    )
}

fn is_level(kind: FieldKind) -> bool {
    use FieldKind::{Address, Commune, District, Hamlet, Province};
    matches!(kind, Hamlet | Address | Commune | District | Province)
}

fn is_name(kind: FieldKind) -> bool {
    use FieldKind::{FullName, GivenName, MiddleName, Surname, SurnameMiddle};
    matches!(kind, FullName | Surname | SurnameMiddle | MiddleName | GivenName)
}

fn is_birth(kind: FieldKind) -> bool {
    use FieldKind::{BirthDate, BirthDay, BirthMonth, BirthYear};
    matches!(kind, BirthDate | BirthDay | BirthMonth | BirthYear)
}

fn is_gender(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Gender | FieldKind::GenderMale | FieldKind::GenderFemale)
}

/// Longest phrases first, from the left.
fn take_apart(text: &str, rules: &ColumnRules) -> Parts {
    let dictionary = rules.headings.dictionary(text);
    let words: Vec<String> = rules
        .headings
        .words(text)
        .into_iter()
        .flat_map(|word| {
            let grown_together = word.len() >= 6 && !dictionary.words.contains(&word);
            let pieces = grown_together.then(|| part_words(&word, &dictionary.words)).flatten();
            pieces.unwrap_or_else(|| vec![word])
        })
        .collect();
    let mut parts = Parts::default();
    let mut at = 0;
    let mut first = true;
    while at < words.len() {
        let longest = rules.headings.longest_phrase().min(words.len() - at);
        let found = (1..=longest).rev().find_map(|length| {
            let phrase = dictionary.phrases.get(&words[at..at + length].join(" "))?;
            Some((length, *phrase))
        });
        let (length, phrase) = found.map_or((1, None), |(length, phrase)| (length, Some(phrase)));
        match phrase {
            Some(Phrase::Field { kind, second }) => {
                parts.field_first |= first;
                parts.fields.push((kind, second));
            }
            Some(Phrase::Person(person)) => parts.persons.push(person),
            Some(Phrase::Other) => parts.other = true,
            Some(Phrase::Filler) => {}
            None => parts.unknown += 1,
        }
        first &= phrase == Some(Phrase::Filler);
        at += length;
    }
    parts
}

/// `hotencha` → `ho ten cha`: the fewest known words that make up the whole.
fn part_words(grown: &str, known: &rustc_hash::FxHashSet<String>) -> Option<Vec<String>> {
    if !grown.is_ascii() || grown.len() > 60 {
        return None;
    }
    // best[end] = (number of words, start of the last word).
    let mut best: Vec<Option<(usize, usize)>> = vec![None; grown.len() + 1];
    best[0] = Some((0, 0));
    for end in 2..=grown.len() {
        for start in end.saturating_sub(12)..end - 1 {
            let Some((count, _)) = best[start] else { continue };
            let fewer = best[end].is_none_or(|(have, _)| count + 1 < have);
            if fewer && known.contains(&grown[start..end]) {
                best[end] = Some((count + 1, start));
            }
        }
    }
    let mut words = Vec::new();
    let mut end = grown.len();
    while end > 0 {
        let (_, start) = best[end]?;
        words.push(grown[start..end].to_owned());
        end = start;
    }
    words.reverse();
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    /// `tests/tables/headings.csv`: header cells parted by " / ", and the field or `-`.
    #[test]
    fn headings_of_real_lists() {
        let rules = Rules::built_in().unwrap();
        let mut wrong = Vec::new();
        for line in include_str!("../../tests/tables/headings.csv").lines().skip(1) {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (heading, field) = line.rsplit_once(';').unwrap();
            let parts: Vec<&str> = heading.split(" // ").collect();
            let have = claim(&parts, &rules.columns).filter(|claim| claim.rank < UNCERTAIN);
            let have = have.map_or("-", |claim| claim.kind.key());
            if have != field {
                wrong.push(format!("{heading}: {have}, not {field}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn words_grown_together_are_parted() {
        let known = ["ho", "ten", "cha", "hote"].iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(part_words("hotencha", &known).unwrap().join(" "), "ho ten cha");
        assert_eq!(part_words("hotenchax", &known), None);
    }
}
