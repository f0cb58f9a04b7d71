//! Whom a record's names are counted among: its people (by the field the rules name, else by what
//! its names are like) and its gender.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::{
    lexicon::{Lexicon, WordIx},
    slot::{MISSING, NameSlot, Slot},
};
use crate::record::Gender;

/// Whom a name is counted among: peoples have names of their own, boys and girls too. Given that
/// two records are of one people, that their names are of its few names is no news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Community {
    people: u8,
    gender: u8,
}

/// Peoples counted apart at most, the largest; 0 stands for everybody.
pub const MOST_PEOPLES: usize = 24;
/// How many numbers genders have: 0 not known, 1 and 2 the two.
pub const GENDERS: usize = 3;

impl Community {
    /// Of a people (0: not known or too small to count) and a gender (0: not known).
    pub const fn new(people: u8, gender: u8) -> Self {
        Self { people, gender }
    }

    /// Of a record of this people and gender.
    pub fn of(people: u8, gender: Option<&Gender>) -> Self {
        Self::new(people, gender_number(gender))
    }

    /// The number of the people; 0 for not known.
    pub fn people(self) -> usize {
        self.people.into()
    }

    /// The number of the gender; 0 for not known.
    pub fn gender(self) -> usize {
        self.gender.into()
    }

    /// As a slot.
    pub fn slot(self) -> Slot {
        Slot::from(self.people) | Slot::from(self.gender) << 8
    }

    /// The community behind a slot.
    pub fn from_slot(slot: Slot) -> Self {
        Self { people: (slot & 0xff) as u8, gender: (slot >> 8 & 0xff) as u8 }
    }

    /// The same people, either gender.
    pub fn of_any_gender(self) -> Self {
        Self { gender: 0, ..self }
    }

    /// The same gender, of a people.
    pub fn with_people(self, people: u8) -> Self {
        Self { people, ..self }
    }

    /// Whom a pair's names are counted among: what both sides agree on or one leaves open. Of two
    /// peoples the smaller (the later number), where names are shared by more.
    pub fn of_pair(self, other: Self) -> Self {
        let gender = if self.gender == other.gender { self.gender } else { 0 };
        Self { people: self.people.max(other.people), gender }
    }
}

/// The peoples of the lists at hand that are large enough to be counted apart. 0 is none of them.
#[derive(Debug, Default)]
pub struct Peoples {
    by_value: FxHashMap<Box<str>, u8>,
}

impl Peoples {
    /// Numbers the values of at least `least` records, the most frequent first.
    pub fn count<'a>(values: impl Iterator<Item = &'a str>, least: usize) -> Self {
        Self::large(values.map(|value| (value, 1)), least)
    }

    /// The same of values that were counted; a value may come more than once.
    pub fn large<'a>(counted: impl Iterator<Item = (&'a str, usize)>, least: usize) -> Self {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        for (value, count) in counted {
            *counts.entry(value).or_default() += count;
        }
        let mut large: Vec<(Reverse<usize>, &str)> = counts
            .into_iter()
            .filter(|(_, count)| *count >= least.max(1))
            .map(|(value, count)| (Reverse(count), value))
            .collect();
        large.sort_unstable();
        large.truncate(MOST_PEOPLES);
        let numbered = large.into_iter().zip(1..).map(|((_, value), number)| (value.into(), number));
        Self { by_value: numbered.collect() }
    }

    /// The number of a value; 0 where it is not counted apart.
    pub fn of(&self, value: &str) -> u8 {
        self.by_value.get(value).copied().unwrap_or(0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_value.len()
    }
}

/// A gender as communities number it.
pub fn gender_number(gender: Option<&Gender>) -> u8 {
    match gender {
        None => 0,
        Some(Gender::Male) => 1,
        Some(Gender::Female) => 2,
    }
}

/// Guesses the people of a record that does not state it from the words of its names (naive Bayes on
/// the records that do).
pub struct Guess {
    /// By word and people: natural logarithm of the word's share.
    log_share: Vec<f32>,
    log_size: Vec<f32>,
    peoples: usize,
}

/// Odds, as a natural logarithm, from which a guess is believed.
const SURE: f32 = 4.0;

/// Words of names by people, counted.
#[derive(Debug, Clone)]
pub struct GuessCounts {
    peoples: usize,
    /// By word and people.
    words: Vec<u32>,
    /// Names of each people.
    names: Vec<u64>,
}

impl GuessCounts {
    /// Of so many words and peoples, nothing counted yet.
    pub fn new(lexicon: &Lexicon, peoples: usize) -> Self {
        Self { peoples, words: vec![0; lexicon.len() * peoples], names: vec![0; peoples] }
    }

    /// Counts a name of a people; 0 is none.
    pub fn add(&mut self, slot: Slot, people: u8, arena: &[WordIx]) {
        if slot != MISSING {
            self.add_names(people, 1);
            NameSlot::from_slot(slot).words(arena).iter().for_each(|word| self.add_word(*word, people, 1));
        }
    }

    /// So many names of a people.
    pub fn add_names(&mut self, people: u8, count: u64) {
        if let Some(at) = usize::from(people).checked_sub(1) {
            self.names[at] += count;
        }
    }

    /// A word of a people's names, so many times.
    pub fn add_word(&mut self, word: WordIx, people: u8, count: u32) {
        if let Some(at) = usize::from(people).checked_sub(1) {
            self.words[word.0 as usize * self.peoples + at] += count;
        }
    }
}

impl Guess {
    /// What the words of names tell of their bearer's people.
    pub fn new(counted: &GuessCounts) -> Self {
        let GuessCounts { peoples, words, names } = counted;
        let peoples = *peoples;
        let mut totals = vec![0_u64; peoples];
        for (at, count) in words.iter().enumerate() {
            totals[at % peoples] += u64::from(*count);
        }
        let of_words = (words.len() / peoples.max(1)) as f64;
        let share = |(at, count): (usize, &u32)| {
            let count = (0.5 + f64::from(*count)) as f32;
            let total = (0.5 * of_words + totals[at % peoples] as f64) as f32;
            (count / total).ln()
        };
        Self {
            log_share: words.iter().enumerate().map(share).collect(),
            log_size: names.iter().map(|names| ((1.0 + *names as f64) as f32).ln()).collect(),
            peoples,
        }
    }

    /// The likeliest people of somebody with these names; 0 where two are about as likely.
    pub fn people(&self, names: impl Iterator<Item = Slot>, arena: &[WordIx]) -> u8 {
        let mut scores = self.log_size.clone();
        let mut words = 0;
        for name in names.filter(|slot| *slot != MISSING).map(NameSlot::from_slot) {
            for word in name.words(arena) {
                words += 1;
                let at = word.0 as usize * self.peoples;
                let shares = self.log_share.get(at..at + self.peoples).unwrap_or_default();
                scores.iter_mut().zip(shares).for_each(|(score, share)| *score += share);
            }
        }
        let mut order: Vec<usize> = (0..self.peoples).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        match order.as_slice() {
            [best, second, ..] if words > 0 && scores[*best] - scores[*second] >= SURE => *best as u8 + 1,
            [only] if words > 0 => *only as u8 + 1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matching::{confusion::Confusions, slot::StoredWord},
        record::{NameOrder, PersonName},
        rules::Rules,
    };

    #[test]
    fn peoples_are_numbered_by_size_and_small_ones_left_out() {
        let values = ["kinh"; 9].into_iter().chain(["thai"; 5]).chain(["hoa"; 2]);
        let peoples = Peoples::count(values, 3);
        assert_eq!((peoples.of("kinh"), peoples.of("thai"), peoples.of("hoa")), (1, 2, 0));
        assert_eq!(peoples.len(), 2);
    }

    #[test]
    fn names_tell_a_people_that_is_not_stated() {
        let rules = Rules::built_in().unwrap();
        let confusions = Confusions::new(&rules.matching.confusions, &rules.text.syllables);
        let (mut lexicon, mut arena) = (Lexicon::default(), Vec::new());
        let mut store = |text: &str| {
            let name = PersonName::new(text.split(' '), 1, 1, NameOrder::SurnameFirst, false).unwrap();
            let stored = NameSlot::store(&name, &mut arena, |text| StoredWord {
                word: lexicon.word(text, &rules.text.syllables, &confusions),
                bare: false,
                nickname: false,
            });
            stored.unwrap().slot()
        };
        let kinh: Vec<_> = (0..40).map(|_| (store("Nguyễn Văn Nam"), 1)).collect();
        let ede: Vec<_> = (0..40).map(|_| (store("Y Phôn Niê"), 2)).collect();
        let asked = [store("Y Phôn Niê"), store("Nguyễn Văn Nam"), store("Rơ Châm Bia")];
        let learnt: Vec<_> = kinh.into_iter().chain(ede).collect();
        let mut counts = GuessCounts::new(&lexicon, 2);
        learnt.iter().for_each(|(name, people)| counts.add(*name, *people, &arena));
        let guess = Guess::new(&counts);
        let people = asked.map(|name| guess.people(std::iter::once(name), &arena));
        assert_eq!(people, [2, 1, 0]);
        assert_eq!(guess.people(std::iter::once(MISSING), &arena), 0);
    }
}
