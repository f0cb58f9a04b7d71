//! Invented names: Kinh names drawn by frequency, and the ways of naming of other peoples.

use super::random::Random;
use crate::{
    record::Gender,
    rules::{NameCount, NamingOrder, People, SynthData},
};

/// A name in its parts. `given` is the last word (or the first, of a given-first name); words
/// before it that are no surname are in `middle`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Name {
    pub surname: String,
    pub middle: String,
    pub given: String,
    pub given_first: bool,
}

impl Name {
    /// The name as registered.
    pub fn full(&self) -> String {
        let parts = if self.given_first {
            [self.given.as_str(), &self.middle, &self.surname]
        } else {
            [self.surname.as_str(), &self.middle, &self.given]
        };
        let mut full = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
        for part in parts.iter().filter(|part| !part.is_empty()) {
            if !full.is_empty() {
                full.push(' ');
            }
            full.push_str(part);
        }
        full
    }

    /// Puts a given name of one or more words in: its last word is the given name, the others
    /// follow what is left of the middle.
    pub fn set_given(&mut self, keep_middle: &str, words: &str) {
        let (before, given) = words.rsplit_once(' ').unwrap_or(("", words));
        given.clone_into(&mut self.given);
        self.middle = join(keep_middle, before);
    }
}

fn join(left: &str, right: &str) -> String {
    if left.is_empty() || right.is_empty() { format!("{left}{right}") } else { format!("{left} {right}") }
}

/// Names with their running sums by gender, for drawing by frequency.
#[derive(Debug)]
struct Frequencies {
    names: Vec<String>,
    sums: [Vec<u32>; 2],
}

impl Frequencies {
    fn new(counts: &[NameCount]) -> Self {
        let sums = [Gender::Male, Gender::Female].map(|gender| {
            let mut sum = 0;
            counts
                .iter()
                .map(|count| {
                    sum += count.count(gender);
                    sum
                })
                .collect()
        });
        Self { names: counts.iter().map(|count| count.name.clone()).collect(), sums }
    }

    fn draw(&self, gender: Gender, random: &mut Random) -> &str {
        let sums = &self.sums[gender as usize];
        let at = random.below(sums.last().copied().unwrap_or(0).into()) as u32;
        &self.names[sums.partition_point(|sum| *sum <= at)]
    }
}

/// All names there are to draw from.
#[derive(Debug)]
pub(super) struct NameSource<'a> {
    data: &'a SynthData,
    surnames: Frequencies,
    middles: Frequencies,
    givens: Frequencies,
    given_pairs: Frequencies,
    people_weight: u32,
}

impl<'a> NameSource<'a> {
    pub fn new(data: &'a SynthData) -> Self {
        Self {
            data,
            surnames: Frequencies::new(&data.surnames),
            middles: Frequencies::new(&data.middles),
            givens: Frequencies::new(&data.givens),
            given_pairs: Frequencies::new(&data.given_pairs),
            people_weight: data.rules.people.iter().map(|people| people.weight).sum(),
        }
    }

    /// A people other than Kinh, by weight.
    pub fn people(&self, random: &mut Random) -> &'a People {
        let mut at = random.below(self.people_weight.into()) as u32;
        let people = self.data.rules.people.iter().find(|people| {
            let found = at < people.weight;
            at = at.wrapping_sub(people.weight);
            found
        });
        people.unwrap_or(&self.data.rules.people[0])
    }

    /// A surname or clan; empty for peoples without.
    pub fn surname(&self, people: Option<&People>, gender: Gender, random: &mut Random) -> String {
        match people {
            Some(people) => random.word(&people.surnames).to_owned(),
            None => self.surnames.draw(gender, random).to_owned(),
        }
    }

    /// A middle word for a Kinh child of today; Thị is drawn at its own rate.
    fn middle(&self, gender: Gender, random: &mut Random) -> &str {
        if gender == Gender::Female && random.chance(self.data.rules.population.thi.0) {
            return "Thị";
        }
        loop {
            let word = self.middles.draw(gender, random);
            if word != "Thị" || random.chance(0.02) {
                return word;
            }
        }
    }

    /// A whole name with a given surname.
    pub fn name(&self, people: Option<&People>, surname: &str, gender: Gender, random: &mut Random) -> Name {
        match people {
            Some(people) => self.name_of_people(people, surname, gender, random),
            None => self.kinh_name(surname, gender, random),
        }
    }

    fn kinh_name(&self, surname: &str, gender: Gender, random: &mut Random) -> Name {
        let shares = &self.data.rules.population;
        let mut name = Name { surname: surname.to_owned(), ..Name::default() };
        if random.chance(shares.two_words.0) {
            self.givens.draw(gender, random).clone_into(&mut name.given);
        } else if random.chance(shares.four_words.0) {
            let middle = self.middle(gender, random);
            loop {
                let pair = self.given_pairs.draw(gender, random);
                if !pair.split(' ').any(|word| word == middle) {
                    name.set_given(middle, pair);
                    break;
                }
            }
        } else {
            self.middle(gender, random).clone_into(&mut name.middle);
            loop {
                self.givens.draw(gender, random).clone_into(&mut name.given);
                if name.given != name.middle {
                    break;
                }
            }
        }
        name
    }

    fn name_of_people(&self, people: &People, surname: &str, gender: Gender, random: &mut Random) -> Name {
        let (prefix, middles, givens) = match gender {
            Gender::Male => (&people.male_prefix, &people.male_middle, &people.male_given),
            Gender::Female => (&people.female_prefix, &people.female_middle, &people.female_given),
        };
        let given = match random.word(givens) {
            "" => self.givens.draw(gender, random),
            word => word,
        };
        Name {
            surname: surname.to_owned(),
            middle: random.word(middles).to_owned(),
            given: format!("{prefix}{given}"),
            given_first: people.order == NamingOrder::GivenFirst,
        }
    }

    /// Another given name of the same gender that begins with the same letter, where one is found
    /// in a few draws.
    pub fn rhyming_given(&self, like: &str, gender: Gender, random: &mut Random) -> Option<String> {
        let initial = like.chars().next();
        (0..12)
            .map(|_| self.givens.draw(gender, random))
            .find(|given| given.chars().next() == initial && *given != like)
            .map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::random::Purpose;

    #[test]
    fn a_given_name_of_two_words_fills_the_middle() {
        let mut name = Name { surname: "Trần".into(), ..Name::default() };
        name.set_given("Thị", "Bảo An");
        assert_eq!((name.full().as_str(), name.given.as_str()), ("Trần Thị Bảo An", "An"));
    }

    #[test]
    fn every_people_names_its_children() {
        let data = SynthData::load(None).unwrap();
        let names = NameSource::new(&data);
        let mut random = Random::keyed(1, Purpose::Family, 1);
        for people in &data.rules.people {
            for gender in [Gender::Male, Gender::Female] {
                let surname = names.surname(Some(people), gender, &mut random);
                let full = names.name(Some(people), &surname, gender, &mut random).full();
                assert!(!full.is_empty() && !full.contains("  ") && full.trim() == full, "{full:?}");
            }
        }
    }
}
