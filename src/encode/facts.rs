//! What is encoded of a record: words of names in their three foldings, parts of dates, whole facts.

use unicode_normalization::UnicodeNormalization;

use crate::{
    check::id_contradicts,
    matching::Confusions,
    normalise::hamlet_key,
    record::{PartialDate, PersonName, Record},
    rules::{BlockPart, Rules, TokenField},
    text::{fold::plain, syllable::SyllableTable},
};

/// Takes a record apart.
pub(super) struct Facts<'a> {
    rules: &'a Rules,
    confusions: Confusions,
}

/// A word as it is hashed: as spelt, without tone marks, without diacritics.
pub(super) fn foldings(word: &str, syllables: &SyllableTable) -> [String; 3] {
    let spelt = syllables.key(word);
    let toneless = without_tones(&spelt);
    let bare = plain(&spelt).replace(' ', "");
    [spelt, toneless, bare]
}

/// The same letters without tone marks: `ấ` is `â`, `đ` stays.
fn without_tones(word: &str) -> String {
    let is_tone = |sign: &char| matches!(sign, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    word.nfd().filter(|sign| !is_tone(sign)).nfc().collect()
}

impl<'a> Facts<'a> {
    pub fn new(rules: &'a Rules) -> Self {
        Self { rules, confusions: Confusions::new(&rules.matching.confusions, &rules.text.syllables) }
    }

    pub fn syllables(&self) -> &'a SyllableTable {
        &self.rules.text.syllables
    }

    /// A fact that is hashed as a whole.
    pub fn token(&self, record: &Record, field: TokenField) -> Option<String> {
        let digits = |id: &crate::record::Field<crate::record::PersonalId>| id.get().map(|id| id.digits());
        match field {
            TokenField::Gender => record.gender.get().map(|gender| format!("{gender:?}")),
            TokenField::Number => {
                // A number that its own record contradicts is most often a parent's.
                let is_parents = |id: &str| {
                    record.parents().iter().any(|(_, parent)| digits(&parent.id).as_deref() == Some(id))
                };
                digits(&record.personal_id).filter(|id| !id_contradicts(record) && !is_parents(id))
            }
            TokenField::MotherNumber => digits(&record.mother.id),
            TokenField::FatherNumber => digits(&record.father.id),
            TokenField::Phone => record.phone.get().map(|phone| phone.to_string()),
            TokenField::Household => record.household_code.get().map(|code| plain(code)),
            TokenField::Hamlet => {
                let hamlet = hamlet_key(record.hamlet.get()?, &self.rules.fields);
                let commune = commune(record).unwrap_or_default();
                Some(format!("{commune} {hamlet}"))
            }
            TokenField::Commune => commune(record),
        }
    }

    /// A blocking token's text; `None` where a part is not known.
    pub fn block(&self, record: &Record, parts: &[BlockPart]) -> Option<String> {
        let parts: Option<Vec<String>> = parts.iter().map(|part| self.part(record, *part)).collect();
        parts.map(|parts| parts.join("\u{1f}"))
    }

    fn part(&self, record: &Record, part: BlockPart) -> Option<String> {
        let name = || record.name.get();
        let birth = record.birth.get().copied();
        let token = |field| self.token(record, field);
        match part {
            BlockPart::BirthDay => {
                birth.and_then(day_month).map(|(low, high, year)| format!("{low} {high} {year}"))
            }
            BlockPart::BirthYear => birth.map(|date| date.year().to_string()),
            BlockPart::BirthAnyYear => {
                birth.and_then(day_month).map(|(low, high, _)| format!("{low} {high}"))
            }
            BlockPart::Given => joined(name()?.given()),
            BlockPart::GivenSound => self.sound(name()?),
            BlockPart::Surname => joined(name()?.surname()),
            BlockPart::Middle => joined(name()?.middle().last().into_iter()),
            BlockPart::NameWords => sorted(name()?),
            BlockPart::MotherName => joined(record.mother.name.get()?.words()),
            BlockPart::MotherGiven => self.sound(record.mother.name.get()?),
            BlockPart::FatherName => joined(record.father.name.get()?.words()),
            BlockPart::FatherGiven => self.sound(record.father.name.get()?),
            BlockPart::Number => token(TokenField::Number),
            BlockPart::MotherNumber => token(TokenField::MotherNumber),
            BlockPart::FatherNumber => token(TokenField::FatherNumber),
            BlockPart::Phone => token(TokenField::Phone),
            BlockPart::Household => token(TokenField::Household),
            BlockPart::Hamlet => token(TokenField::Hamlet),
        }
    }

    /// The last word of the given name, as a careless ear has it.
    fn sound(&self, name: &PersonName) -> Option<String> {
        name.given().last().map(|word| self.confusions.sound(&plain(word).replace(' ', "")))
    }
}

fn commune(record: &Record) -> Option<String> {
    let place = record.place.get()?;
    match (place.commune_2025, place.commune) {
        (Some(today), _) => Some(today.to_string()),
        (None, Some(commune)) => Some(format!("{commune:?}")),
        _ => None,
    }
}

/// Day and month in the order of their size, and the year: a date and the same one with day and
/// month exchanged are the same.
fn day_month(date: PartialDate) -> Option<(i8, i8, i16)> {
    let (month, day) = (date.month()?, date.day()?);
    Some((month.min(day), month.max(day), date.year()))
}

/// Words without diacritics; `None` for no words.
fn joined<'w>(words: impl Iterator<Item = &'w str>) -> Option<String> {
    let words: Vec<String> = words.map(plain).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The words in an order that does not depend on theirs.
fn sorted(name: &PersonName) -> Option<String> {
    let mut words: Vec<String> = name.words().map(plain).collect();
    words.sort_unstable();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The parts of a birth date that are hashed: each number by itself and in its place, every digit in
/// its place, the years beside.
pub(super) fn date_parts(date: PartialDate) -> Vec<String> {
    let year = date.year();
    let mut parts = vec![format!("y{year}"), format!("y+{}", year / 10), format!("y-{}", year % 10)];
    // Who does not know the day writes the first of January: it says no more than the year does.
    if (date.month(), date.day()) == (Some(1), Some(1)) {
        return parts;
    }
    if let Some(month) = date.month() {
        parts.extend([format!("m{month}"), format!("p{month}")]);
        parts.extend([format!("m+{}", month / 10), format!("m-{}", month % 10)]);
    }
    if let Some(day) = date.day() {
        parts.extend([format!("d{day}"), format!("p{day}")]);
        parts.extend([format!("d+{}", day / 10), format!("d-{}", day % 10)]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_go_and_letters_stay() {
        assert_eq!(without_tones("nguyễn"), "nguyên");
        assert_eq!(without_tones("được"), "đươc");
        assert_eq!(without_tones("ấằỏĩụ"), "âăoiu");
    }

    #[test]
    fn three_foldings_of_a_word() {
        let rules = Rules::built_in().unwrap();
        assert_eq!(foldings("Hoà", &rules.text.syllables), foldings("Hòa", &rules.text.syllables));
        assert_eq!(foldings("Đức", &rules.text.syllables), ["đức", "đưc", "duc"]);
    }
}
