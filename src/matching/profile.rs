//! What matching sees of the records: one row of slots a record, in the order of the model's
//! fields, with the words and frequencies they refer to. How a record becomes a row is the
//! [`builder`](super::builder)'s business.

use jiff::civil::Date;
use rayon::prelude::*;

use super::{
    builder::Builder,
    community::Community,
    confusion::Confusions,
    frequency::{DateCounts, DateInformation, NameCounting, NameInformation, ValueCounts, ValueInformation},
    lexicon::{Lexicon, WordIx},
    slot::{MISSING, NameSlot, Slot},
};
use crate::{
    outcome::List,
    record::{FieldKind, Record},
    rules::{ComparatorKind, MatchField, Rules},
};

/// What kind of value a field's slots hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// A [`NameSlot`].
    Name,
    /// A [`DateSlot`](super::slot::DateSlot).
    Date,
    /// A number of up to 19 digits.
    Number,
    /// A stable hash of a folded value.
    Code,
    /// Index of a folded text.
    Text,
}

impl SlotKind {
    /// What a comparator needs.
    pub fn of(comparator: ComparatorKind) -> Self {
        match comparator {
            ComparatorKind::GivenName
            | ComparatorKind::MiddleName
            | ComparatorKind::Surname
            | ComparatorKind::Name => Self::Name,
            ComparatorKind::Date => Self::Date,
            ComparatorKind::Digits => Self::Number,
            ComparatorKind::Code => Self::Code,
            ComparatorKind::Text => Self::Text,
        }
    }
}

/// A field as the model names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSpec {
    /// The field.
    pub field: MatchField,
    /// How its value is held.
    pub kind: SlotKind,
}

impl FieldSpec {
    /// Whether the field is the record's own name, which is of its gender and of its age.
    pub fn is_own_name(&self) -> bool {
        self.field == MatchField::Known(FieldKind::FullName)
    }
}

/// The fields a model needs, each once.
#[derive(Debug, Clone, Default)]
pub struct FieldSpecs(pub Vec<FieldSpec>);

impl FieldSpecs {
    /// Position of a field's slot, added where it is new.
    pub fn position(&mut self, field: &MatchField, kind: SlotKind) -> usize {
        let spec = FieldSpec { field: field.clone(), kind };
        self.0.iter().position(|known| *known == spec).unwrap_or_else(|| {
            self.0.push(spec);
            self.0.len() - 1
        })
    }

    /// How a field is held that has a slot already.
    pub fn kind_of(&self, field: &MatchField) -> Option<SlotKind> {
        self.0.iter().find(|spec| spec.field == *field).map(|spec| spec.kind)
    }
}

/// Rows of slots of one side (children or register). The last slot of a row is its community.
#[derive(Debug, Default)]
pub struct Rows {
    pub(super) stride: usize,
    pub(super) slots: Vec<Slot>,
}

/// The community of a record, from its row.
pub fn community_of(row: &[Slot]) -> Community {
    row.last().map_or(Community::new(0, 0), |slot| Community::from_slot(*slot))
}

impl Rows {
    /// The slots of a record.
    pub fn row(&self, record: usize) -> &[Slot] {
        &self.slots[record * self.stride..(record + 1) * self.stride]
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.slots.len().checked_div(self.stride).unwrap_or(0)
    }

    /// The rows in the order of the records.
    pub fn rows(&self) -> impl Iterator<Item = &[Slot]> {
        self.slots.chunks_exact(self.stride.max(1))
    }

    pub(super) fn column(&self, position: usize) -> impl Iterator<Item = Slot> {
        self.slots.iter().skip(position).step_by(self.stride.max(1)).copied()
    }
}

/// A word's share of a part of names, as counted elsewhere.
pub(super) type NamePrior<'a> = dyn Fn(usize, &str) -> f64 + Sync + 'a;

/// Frequencies of one field over all lists.
pub enum Information {
    /// Of a name's words.
    Name(Box<NameInformation>),
    /// Of dates.
    Date(DateInformation),
    /// Of anything else.
    Value(ValueInformation),
}

/// Both sides in compact form.
pub struct Profiles {
    /// Words of all names.
    pub lexicon: Lexicon,
    /// Spellings taken for one another.
    pub confusions: Confusions,
    /// The words of every name, one stretch a name.
    pub arena: Vec<WordIx>,
    /// Folded texts.
    pub texts: Vec<Box<str>>,
    /// What the slots hold, by field.
    pub kinds: Vec<SlotKind>,
    /// Frequencies, by field.
    pub information: Vec<Information>,
    /// The children.
    pub children: Rows,
    /// The register and, after it, its rivals; empty without one.
    pub register: Rows,
    /// Which children are newborn: not all of them are in the register yet.
    pub newborn: Vec<bool>,
    /// Which children have a birth date or year.
    pub(super) dated: Vec<bool>,
    /// Which persons of the register are of the children's age, as far as it is known.
    pub(super) of_age: Vec<bool>,
}

impl Profiles {
    /// Compacts both lists.
    pub fn new(
        children: &List,
        register: Option<&List>,
        specs: &FieldSpecs,
        as_of: Date,
        rules: &Rules,
    ) -> Self {
        let mut builder = Builder::new(specs, rules);
        let years = years_of(children);
        let newborn = newborn(children, as_of, rules.matching.population.newborn_days);
        let mut peoples = Vec::new();
        let dated = children.records.iter().map(|record| record.birth.get().is_some()).collect();
        let mut children = builder.rows(children, &mut peoples);
        let child_peoples = peoples.len();
        let of_age = |register: &List| -> Vec<bool> {
            register
                .everybody()
                .map(|person| person.birth.get().is_none_or(|birth| birth.year() >= years))
                .collect()
        };
        let of_age = register.map(of_age).unwrap_or_default();
        let mut register =
            register.map_or_else(Rows::default, |register| builder.rows(register, &mut peoples));
        let glued = builder.find_glued(children.rows().chain(register.rows()), std::iter::empty());
        builder.part_glued(&glued, &mut children);
        builder.part_glued(&glued, &mut register);
        builder.settle_communities([&mut children, &mut register], &peoples, child_peoples);
        let Builder { lexicon, confusions, arena, texts, .. } = builder;
        let mut profiles = Self {
            lexicon,
            confusions,
            arena,
            texts,
            kinds: specs.0.iter().map(|spec| spec.kind).collect(),
            information: Vec::new(),
            children,
            register,
            newborn,
            dated,
            of_age,
        };
        profiles.information =
            specs.0.par_iter().enumerate().map(|(at, spec)| profiles.count(at, spec, rules)).collect();
        profiles
    }

    /// Words alone, with no records: what keys are made with.
    pub(super) fn of_words(lexicon: Lexicon, confusions: Confusions, specs: &FieldSpecs) -> Self {
        Self {
            lexicon,
            confusions,
            arena: Vec::new(),
            texts: Vec::new(),
            kinds: specs.0.iter().map(|spec| spec.kind).collect(),
            information: Vec::new(),
            children: Rows::default(),
            register: Rows::default(),
            newborn: Vec::new(),
            dated: Vec::new(),
            of_age: Vec::new(),
        }
    }

    /// Of the register keeps the rows of some persons, in their order.
    pub(super) fn keep_persons(&mut self, persons: &[u32]) {
        let rows = &self.register;
        let slots = persons.iter().flat_map(|person| rows.row(*person as usize)).copied().collect();
        self.of_age = persons.iter().map(|person| self.of_age[*person as usize]).collect();
        self.register = Rows { stride: rows.stride, slots };
    }

    /// Looks at the first word of every name of a row, so that its words are at hand when they are
    /// compared. The sum says nothing.
    pub(super) fn first_words(&self, row: &[Slot]) -> u32 {
        let names =
            row.iter().zip(&self.kinds).filter(|(slot, kind)| **kind == SlotKind::Name && **slot != MISSING);
        names
            .filter_map(|(slot, _)| NameSlot::from_slot(*slot).words(&self.arena).first())
            .fold(0, |sum, word| sum.wrapping_add(word.0))
    }

    /// Whether a person of the register may be a child at all: a grown-up is none, even where the
    /// list does not say when the child was born.
    pub fn may_be(&self, child: usize, person: u32) -> bool {
        self.dated[child] || self.of_age[person as usize]
    }

    /// Counts the values of one field. Of the register's own names only those of the children's age
    /// count: the names of grown-ups are of another fashion.
    fn count(&self, at: usize, spec: &FieldSpec, rules: &Rules) -> Information {
        let rarest = rules.matching.population.rarest;
        let values = || self.children.column(at).chain(self.register.column(at));
        match spec.kind {
            SlotKind::Name => {
                let own = spec.is_own_name();
                let prior = |part: usize, key: &str| name_prior(rules, part, key);
                let counting = self.counting(&prior, rules);
                Information::Name(Box::new(NameInformation::count(self.named(at, own), &counting)))
            }
            SlotKind::Date => {
                let mut counts = DateCounts::default();
                values().for_each(|date| counts.add(date, 1));
                Information::Date(DateInformation::new(&counts, rarest))
            }
            SlotKind::Number | SlotKind::Code | SlotKind::Text => {
                let mut counts = ValueCounts::default();
                values().for_each(|value| counts.add(value));
                Information::Value(ValueInformation::new(counts, most_bits(spec.kind, rules)))
            }
        }
    }

    /// How names are counted, with the words of these profiles. The prior asks the rules themselves.
    pub(super) fn counting<'a>(&'a self, prior: &'a NamePrior<'_>, rules: &Rules) -> NameCounting<'a> {
        let frequency = &rules.matching.frequency;
        NameCounting {
            arena: &self.arena,
            lexicon: &self.lexicon,
            prior,
            prior_weight: frequency.built_in_trust,
            community_weight: frequency.community_trust,
            rarest: rules.matching.population.rarest,
            term_frequency: rules.matching.ideas.term_frequency,
        }
    }

    /// A field's names with the communities of their bearers; only a record's own name is of its
    /// gender.
    fn named<'a>(&'a self, at: usize, own: bool) -> impl Iterator<Item = (Slot, Community)> + 'a {
        let people = self.register.rows().zip(&self.of_age);
        let people = people.filter(move |(_, of_age)| !own || **of_age).map(|(row, _)| row);
        self.named_children(at, own).chain(people.map(move |row| named(row, at, own)))
    }

    /// The same of the children alone.
    pub(super) fn named_children<'a>(
        &'a self,
        at: usize,
        own: bool,
    ) -> impl Iterator<Item = (Slot, Community)> + 'a {
        self.children.rows().map(move |row| named(row, at, own))
    }
}

/// A field's name in a row with the community of its bearer.
pub(super) fn named(row: &[Slot], at: usize, own: bool) -> (Slot, Community) {
    let community = community_of(row);
    (row[at], if own { community } else { community.of_any_gender() })
}

/// Most bits of an agreeing value.
pub(super) fn most_bits(kind: SlotKind, rules: &Rules) -> f64 {
    let rarest = rules.matching.population.rarest;
    if kind == SlotKind::Number { rarest.max(NUMBER_BITS) } else { rarest }
}

/// Which children were born at most so many days before a day.
pub(super) fn newborn(children: &List, as_of: Date, days: i32) -> Vec<bool> {
    let born = |record: &Record| record.birth.get().and_then(|birth| birth.to_date());
    let young = |birth: Date| (0..=days).contains(&(as_of - birth).get_days());
    children.records.iter().map(|record| born(record).is_some_and(young)).collect()
}

/// The first year of birth that counts as a child's: all but a few of the list are born later.
pub(super) fn years_of(children: &List) -> i16 {
    let mut years: Vec<i16> =
        children.records.iter().filter_map(|record| Some(record.birth.get()?.year())).collect();
    years.sort_unstable();
    years.get(years.len() / 200).map_or(i16::MIN, |year| year - 1)
}

/// Numbers are assigned at random: a value seen once is rarer than a name seen once.
const NUMBER_BITS: f64 = 24.0;

/// A word's share of a part of names, from the built-in counts: 0 surname, 1 middle, 2 given.
pub(super) fn name_prior(rules: &Rules, part: usize, key: &str) -> f64 {
    let names = &rules.names;
    let (count, total) = match part {
        0 => (names.surname_count(key), 27_000),
        1 => (names.middle_counts(key).map_or(0, |(male, female)| male + female), 40_000),
        _ => (names.given_counts(key).map_or(0, |(male, female)| male + female), 27_000),
    };
    f64::from(count) / f64::from(total)
}
