//! The breakdowns of figures: for every dimension the values it takes and which child is where.

use rustc_hash::FxHashMap;

use super::{
    ledger::Definition,
    roll::{Kid, NameIx},
    tally::Counter,
    truth::Truth,
};
use crate::{
    record::{Era, Gender, PlaceCode},
    rules::{Dimension, Group, Rules},
    text::order::VietnameseOrder,
    write::Words,
};

/// One value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// For machines: `Nam`, `0-2`, `18073`.
    pub key: String,
    /// For a reader.
    pub label: String,
    /// The list does not say.
    pub is_unknown: bool,
    /// The group of children who have it, where the rules can say it: the same group elsewhere is
    /// the same figure.
    group: Option<Group>,
}

impl Value {
    /// The children of a definition who have this value.
    pub fn narrow(&self, definition: Definition, dimension: Dimension) -> Definition {
        match &self.group {
            Some(group) => definition.and(group),
            None => definition.and_part(format!("{} {}", dimension.key(), self.key)),
        }
    }
}

/// A dimension split up.
#[derive(Debug)]
pub struct Slices {
    /// Its values in reading order, the unknown one last.
    pub values: Vec<Value>,
    /// For every child in scope the value it has.
    pub of_child: Vec<u32>,
}

/// Splits the children of a counter.
pub fn split(dimension: Dimension, counter: &Counter<'_>, rules: &Rules, words: Words<'_>) -> Slices {
    let splitter = Splitter { counter, rules, words };
    match dimension {
        Dimension::Gender => splitter.genders(),
        Dimension::Age => splitter.ages(),
        Dimension::Ethnicity => splitter.ethnicities(),
        Dimension::Hamlet => splitter.hamlets(),
        Dimension::Commune2025 => splitter.communes(Kid::today),
        Dimension::CommuneBefore => {
            splitter.communes(|kid| kid.commune.filter(|commune| commune.era == Era::Until2025))
        }
    }
}

struct Splitter<'a> {
    counter: &'a Counter<'a>,
    rules: &'a Rules,
    words: Words<'a>,
}

impl Splitter<'_> {
    fn unknown(&self) -> Value {
        Value {
            key: "unknown".to_owned(),
            label: self.words.get("indicators", "unknown").to_owned(),
            is_unknown: true,
            group: None,
        }
    }

    /// Values known beforehand, and the unknown one.
    fn fixed(&self, mut values: Vec<Value>, place: impl Fn(&Kid) -> Option<usize>) -> Slices {
        let none = values.len();
        values.push(self.unknown());
        let of_child = self.counter.children.iter().map(|kid| place(kid).unwrap_or(none));
        let of_child = of_child.map(|at| u32::try_from(at).expect("few values")).collect();
        Slices { values, of_child }
    }

    fn genders(&self) -> Slices {
        let genders = [(Gender::Male, "male"), (Gender::Female, "female")];
        let values = genders.map(|(gender, word)| Value {
            key: gender.vietnamese().to_owned(),
            label: self.words.get("report", word).to_owned(),
            is_unknown: false,
            group: Some(Group::Gender(gender)),
        });
        self.fixed(values.to_vec(), |kid| {
            kid.gender.and_then(|gender| genders.iter().position(|(it, _)| *it == gender))
        })
    }

    fn ages(&self) -> Slices {
        let bands = &self.rules.indicators.age_bands;
        let values = bands.iter().map(|band| Value {
            key: band.key.clone(),
            label: band.name.get(self.words.language).to_owned(),
            is_unknown: false,
            group: Some(band.group.clone()),
        });
        let judge = self.counter.judge;
        self.fixed(values.collect(), |kid| {
            bands.iter().position(|band| judge.of(&band.group, kid) == Truth::Yes)
        })
    }

    fn ethnicities(&self) -> Slices {
        let groups = [("Kinh", true, "kinh"), ("other", false, "other_ethnicity")];
        let values = groups.map(|(key, kinh, word)| Value {
            key: key.to_owned(),
            label: self.words.get("indicators", word).to_owned(),
            is_unknown: false,
            group: Some(Group::Ethnicity("Kinh".to_owned(), kinh)),
        });
        let judge = self.counter.judge;
        self.fixed(values.to_vec(), |kid| {
            let belongs = |value: &Value| value.group.as_ref().map(|group| judge.of(group, kid));
            values.iter().position(|value| belongs(value) == Some(Truth::Yes))
        })
    }

    /// Values found among the children, sorted by the reader's order of their labels.
    fn found<K: Copy + Eq + std::hash::Hash + Ord>(
        &self,
        key_of: impl Fn(&Kid) -> Option<K>,
        value_of: impl Fn(K) -> Value,
    ) -> Slices {
        let order = VietnameseOrder::default();
        let mut keys: Vec<K> = self.counter.children.iter().filter_map(|kid| key_of(kid)).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut found: Vec<(Vec<u8>, K, Value)> = keys
            .into_iter()
            .map(|key| {
                let value = value_of(key);
                (order.key(&value.label), key, value)
            })
            .collect();
        found.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        let places: FxHashMap<K, usize> =
            found.iter().enumerate().map(|(at, (_, key, _))| (*key, at)).collect();
        let values = found.into_iter().map(|(_, _, value)| value).collect();
        self.fixed(values, |kid| key_of(kid).and_then(|key| places.get(&key).copied()))
    }

    /// The same name in two communes is two places.
    fn hamlets(&self) -> Slices {
        let names = self.counter.judge.names;
        let commune = |kid: &Kid| kid.today().or(kid.commune);
        let mut communes: Vec<_> = self.counter.children.iter().map(|kid| commune(kid)).collect();
        communes.sort_unstable();
        communes.dedup();
        let several = communes.len() > 1;
        self.found(
            |kid| (kid.hamlet != NameIx::NONE).then(|| (commune(kid), kid.hamlet)),
            |(commune, name)| {
                let name = names.get(name);
                let code = commune.map_or_else(String::new, |code| format!("{:05}", code.code));
                let place = commune.filter(|_| several).and_then(|code| self.words.commune(code));
                Value {
                    key: format!("{code} {name}").trim().to_owned(),
                    label: place.map_or_else(|| name.to_owned(), |place| format!("{name}, {place}")),
                    is_unknown: false,
                    group: None,
                }
            },
        )
    }

    fn communes(&self, of: impl Fn(&Kid) -> Option<PlaceCode>) -> Slices {
        self.found(of, |code| Value {
            key: format!("{:05}", code.code),
            label: self.words.commune(code).map_or_else(|| format!("{:05}", code.code), str::to_owned),
            is_unknown: false,
            group: None,
        })
    }
}
