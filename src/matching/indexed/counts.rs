//! How counts of names are kept: by age, people, gender, part and word in one number, so that
//! those of the youngest come first and a run reads only as far as its children's age.

use crate::{
    matching::{
        community::GENDERS,
        lexicon::{WordIx, mix, stable_hash},
        profile::SlotKind,
        slot::Slot,
    },
    record::{PartialDate, PersonalId},
};

/// A people whose number says only that the record states one that is too rare to be numbered.
pub const OTHER_PEOPLE: u32 = 0xffff;

/// The part under which whole names are counted.
pub const WHOLE: usize = 3;

/// What a name is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameKey {
    /// See [`age()`].
    pub age: u16,
    /// The people, as the index numbers them; 0 for none.
    pub people: u32,
    /// The gender's number.
    pub gender: usize,
    /// Surname, middle words, given name; or [`WHOLE`].
    pub part: usize,
    /// The word.
    pub word: WordIx,
}

impl NameKey {
    /// In one number, youngest first.
    pub fn pack(self) -> u64 {
        let Self { age, people, gender, part, word } = self;
        u64::from(age) << 48
            | u64::from(people & 0xffff) << 32
            | ((gender % GENDERS) as u64) << 30
            | (part as u64 & 3) << 28
            | u64::from(word.0 & MOST_WORDS)
    }

    /// From one number.
    pub fn unpack(key: u64) -> Self {
        Self {
            age: (key >> 48) as u16,
            people: (key >> 32) as u32 & 0xffff,
            gender: (key >> 30) as usize % 4 % GENDERS,
            part: (key >> 28) as usize & 3,
            word: WordIx(key as u32 & MOST_WORDS),
        }
    }
}

/// The number of the last word that can be counted.
pub const MOST_WORDS: u32 = (1 << 28) - 1;

/// Age as counts know it: 0 where nobody knows the year, else the larger the older.
pub fn age(birth: Option<PartialDate>) -> u16 {
    birth.map_or(0, |birth| age_of_year(birth.year()))
}

/// The age of those born in a year.
pub fn age_of_year(year: i16) -> u16 {
    (i32::from(OLDEST) - i32::from(year)).clamp(1, i32::from(u16::MAX)) as u16
}

/// A year after every year of birth.
const OLDEST: i16 = 10_000;

/// By what a value is found again: spread evenly, the same in every run.
pub fn value_key(kind: SlotKind, slot: Slot, texts: &[Box<str>]) -> u64 {
    match kind {
        SlotKind::Text => stable_hash(texts.get(slot as usize).map_or(&[][..], |text| text.as_bytes())),
        _ => mix(slot),
    }
}

/// By what a personal number is found again.
pub fn number_key(number: PersonalId) -> u64 {
    mix(number.as_u64())
}

/// The name of a field's section: fields have no names as short as their places.
pub fn section(kind: &str, at: usize) -> String {
    format!("{kind}.{at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_key_comes_back_and_the_young_come_first() {
        let key = NameKey { age: age_of_year(2020), people: 53, gender: 2, part: 1, word: WordIx(123_456) };
        assert_eq!(NameKey::unpack(key.pack()), key);
        assert!(age_of_year(2020) < age_of_year(1980) && age(None) < age_of_year(2199));
        assert_eq!(age_of_year(i16::MIN), 42_768, "everybody is younger");
    }
}
