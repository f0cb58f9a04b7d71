//! What matching sees of the records: one row of slots a record, in the order of the model's
//! fields, with the words and frequencies they refer to.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    community::{Guess, Peoples},
    confusion::Confusions,
    extra::ExtraColumns,
    frequency::{Community, DateInformation, NameCounting, NameInformation, ValueInformation},
    glued::Glued,
    lexicon::{Lexicon, WordIx, stable_hash},
    slot::{DateSlot, MISSING, NameSlot, Slot, StoredWord},
};
use crate::{
    normalise::hamlet_key,
    outcome::List,
    record::{Field, FieldKind, PartialDate, PersonName, Record},
    rules::{ComparatorKind, MatchField, Rules},
    text::fold,
};

/// What kind of value a field's slots hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// A [`NameSlot`].
    Name,
    /// A [`DateSlot`].
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
    stride: usize,
    slots: Vec<Slot>,
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

    fn column(&self, position: usize) -> impl Iterator<Item = Slot> {
        self.slots.iter().skip(position).step_by(self.stride.max(1)).copied()
    }
}

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
        let mut builder = Builder {
            rules,
            specs,
            lexicon: Lexicon::default(),
            confusions: Confusions::new(&rules.matching.confusions, &rules.text.syllables),
            arena: Vec::new(),
            texts: Vec::new(),
            by_text: FxHashMap::default(),
        };
        let years = years_of(children);
        let newborn = newborn(children, as_of, rules.matching.population.newborn_days);
        let mut peoples = Vec::new();
        let mut children = builder.rows(children, &mut peoples);
        let child_peoples = peoples.len();
        let of_age = |register: &List| -> Vec<bool> {
            register
                .everybody()
                .map(|person| person.birth.get().is_none_or(|birth| birth.year() >= years))
                .collect()
        };
        let counted = register.map(of_age).unwrap_or_default();
        let mut register =
            register.map_or_else(Rows::default, |register| builder.rows(register, &mut peoples));
        builder.part_glued([&mut children, &mut register]);
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
        };
        profiles.information = specs
            .0
            .par_iter()
            .enumerate()
            .map(|(at, spec)| profiles.count(at, spec, &counted, rules))
            .collect();
        profiles
    }

    /// Counts the values of one field. `counted` says of the register's persons whether they are
    /// of the children's age: the names of grown-ups are of another fashion.
    fn count(&self, at: usize, spec: &FieldSpec, counted: &[bool], rules: &Rules) -> Information {
        let rarest = rules.matching.population.rarest;
        let values = || self.children.column(at).chain(self.register.column(at));
        match spec.kind {
            SlotKind::Name => {
                let own = spec.field == MatchField::Known(FieldKind::FullName);
                let names: Vec<(Slot, Community)> = self.named(at, own, counted).collect();
                let frequency = &rules.matching.frequency;
                let counting = NameCounting {
                    arena: &self.arena,
                    lexicon: &self.lexicon,
                    prior: &|part, key| name_prior(rules, part, key),
                    prior_weight: frequency.built_in_trust,
                    community_weight: frequency.community_trust,
                    rarest,
                    term_frequency: rules.matching.ideas.term_frequency,
                };
                Information::Name(Box::new(NameInformation::count(&names, &counting)))
            }
            SlotKind::Date => {
                Information::Date(DateInformation::count(&values().collect::<Vec<_>>(), rarest))
            }
            SlotKind::Number => {
                let values: Vec<Slot> = values().collect();
                Information::Value(ValueInformation::count(&values, rarest.max(NUMBER_BITS)))
            }
            SlotKind::Code | SlotKind::Text => {
                Information::Value(ValueInformation::count(&values().collect::<Vec<_>>(), rarest))
            }
        }
    }

    /// A field's names with the communities of their bearers; only a record's own name is of its
    /// gender.
    fn named<'a>(
        &'a self,
        at: usize,
        own: bool,
        counted: &'a [bool],
    ) -> impl Iterator<Item = (Slot, Community)> + 'a {
        let name = move |row: &'a [Slot]| {
            let community = community_of(row);
            (row[at], if own { community } else { community.of_any_gender() })
        };
        let people = self.register.rows().zip(counted);
        let people = people.filter(move |(_, counted)| !own || **counted).map(|(row, _)| row);
        self.children.rows().chain(people).map(name)
    }
}

/// Which children were born at most so many days before a day.
fn newborn(children: &List, as_of: Date, days: i32) -> Vec<bool> {
    let born = |record: &Record| record.birth.get().and_then(|birth| birth.to_date());
    let young = |birth: Date| (0..=days).contains(&(as_of - birth).get_days());
    children.records.iter().map(|record| born(record).is_some_and(young)).collect()
}

/// The first year of birth that counts as a child's: all but a few of the list are born later.
fn years_of(children: &List) -> i16 {
    let mut years: Vec<i16> =
        children.records.iter().filter_map(|record| Some(record.birth.get()?.year())).collect();
    years.sort_unstable();
    years.get(years.len() / 200).map_or(i16::MIN, |year| year - 1)
}

/// Numbers are assigned at random: a value seen once is rarer than a name seen once.
const NUMBER_BITS: f64 = 24.0;

/// A word's share of a part of names, from the built-in counts: 0 surname, 1 middle, 2 given.
fn name_prior(rules: &Rules, part: usize, key: &str) -> f64 {
    let names = &rules.names;
    let (count, total) = match part {
        0 => (names.surname_count(key), 27_000),
        1 => (names.middle_counts(key).map_or(0, |(male, female)| male + female), 40_000),
        _ => (names.given_counts(key).map_or(0, |(male, female)| male + female), 27_000),
    };
    f64::from(count) / f64::from(total)
}

struct Builder<'a> {
    rules: &'a Rules,
    specs: &'a FieldSpecs,
    lexicon: Lexicon,
    confusions: Confusions,
    arena: Vec<WordIx>,
    texts: Vec<Box<str>>,
    by_text: FxHashMap<Box<str>, u64>,
}

impl Builder<'_> {
    /// The rows of a list; what its records state of their people is added to `peoples`.
    fn rows(&mut self, list: &List, peoples: &mut Vec<Option<Box<str>>>) -> Rows {
        let stride = self.specs.0.len() + 1;
        let mut slots = Vec::with_capacity(stride * list.records.len());
        let extras = ExtraColumns::of(list, &self.specs.0, &self.rules.dates);
        for record in list.everybody() {
            for (at, spec) in self.specs.0.iter().enumerate() {
                let slot = match &spec.field {
                    MatchField::Known(kind) => self.known(record, *kind, spec.kind),
                    MatchField::Extra(_) => self.extra(record, at, spec.kind, &extras),
                };
                slots.push(slot.unwrap_or(MISSING));
            }
            slots.push(Community::of(0, record.gender.get()).slot());
            let people = match self.rules.matching.frequency.community_field.get_ref() {
                MatchField::Known(field) => text_of(record, *field, self.rules),
                MatchField::Extra(_) => None,
            };
            peoples.push(people.map(String::into_boxed_str));
        }
        Rows { stride, slots }
    }

    /// Parts words that have grown together.
    fn part_glued(&mut self, sides: [&mut Rows; 2]) {
        let Self { rules, specs, lexicon, arena, .. } = self;
        let columns: Vec<usize> =
            (0..specs.0.len()).filter(|at| specs.0[*at].kind == SlotKind::Name).collect();
        let names = sides.iter().flat_map(|side| side.rows()).flat_map(|row| {
            columns.iter().map(|at| row[*at]).filter(|slot| *slot != MISSING).map(NameSlot::from_slot)
        });
        let is_name = |key: &str| (0..3).any(|part| name_prior(rules, part, key) > 0.0);
        let glued = Glued::find(names.map(|name| name.words(arena)), lexicon, is_name);
        if glued.is_empty() {
            return;
        }
        for side in sides {
            let stride = side.stride.max(1);
            for row in side.slots.chunks_exact_mut(stride) {
                for at in &columns {
                    if row[*at] != MISSING
                        && let Some(parted) =
                            NameSlot::from_slot(row[*at]).parted(arena, |word| glued.parts(word))
                    {
                        row[*at] = parted.slot();
                    }
                }
            }
        }
    }

    /// Puts its people into the community of each record, as stated or else guessed.
    fn settle_communities(
        &self,
        [children, register]: [&mut Rows; 2],
        stated: &[Option<Box<str>>],
        child_records: usize,
    ) {
        let rules = &self.rules.matching;
        if !rules.ideas.communities {
            return;
        }
        let values = stated.iter().flatten().map(|value| &**value);
        let peoples = Peoples::count(values, rules.frequency.community_least);
        if peoples.len() < 2 {
            return;
        }
        let names: Vec<usize> =
            (0..self.specs.0.len()).filter(|at| self.specs.0[*at].kind == SlotKind::Name).collect();
        let known: Vec<u8> =
            stated.iter().map(|value| value.as_deref().map_or(0, |value| peoples.of(value))).collect();
        let learnt: Vec<(Slot, u8)> = children
            .rows()
            .chain(register.rows())
            .zip(&known)
            .flat_map(|(row, people)| names.iter().map(|at| (row[*at], *people)))
            .collect();
        let guess = Guess::learn(&learnt, peoples.len(), &self.arena, &self.lexicon);
        let (of_children, of_register) = stated.split_at(child_records);
        let (known_children, known_register) = known.split_at(child_records);
        for (side, stated, known) in
            [(children, of_children, known_children), (register, of_register, known_register)]
        {
            let stride = side.stride.max(1);
            for ((row, stated), known) in side.slots.chunks_exact_mut(stride).zip(stated).zip(known) {
                let people = match stated {
                    Some(_) => *known,
                    None => guess.people(names.iter().map(|at| row[*at]), &self.arena),
                };
                if let Some(slot) = row.last_mut() {
                    *slot = Community::from_slot(*slot).with_people(people).slot();
                }
            }
        }
    }

    fn known(&mut self, record: &Record, field: FieldKind, kind: SlotKind) -> Option<Slot> {
        match kind {
            SlotKind::Name => self.name(name_of(record, field)?),
            SlotKind::Date => date_of(record, field).map(|date| DateSlot::new(date).slot()),
            SlotKind::Number => number_of(record, field, self.rules),
            SlotKind::Code => text_of(record, field, self.rules).map(|text| code(&text)),
            SlotKind::Text => text_of(record, field, self.rules).map(|text| self.text(text)),
        }
    }

    /// The slot of a column of no known meaning, by its position among the model's fields.
    fn extra(
        &mut self,
        record: &Record,
        at: usize,
        kind: SlotKind,
        extras: &ExtraColumns<'_>,
    ) -> Option<Slot> {
        let text = || folded(extras.text(record, at)?);
        match kind {
            SlotKind::Name => None,
            SlotKind::Date => extras.date(record, at).map(|date| DateSlot::new(date).slot()),
            SlotKind::Number => digits(&text()?),
            SlotKind::Code => text().map(|text| code(&text)),
            SlotKind::Text => text().map(|text| self.text(text)),
        }
    }

    fn name(&mut self, name: &PersonName) -> Option<Slot> {
        let Self { rules, lexicon, confusions, arena, .. } = self;
        let stored = NameSlot::store(name, arena, |word| {
            let word = lexicon.word(word, &rules.text.syllables, confusions);
            let form = lexicon.form(word);
            StoredWord { word, bare: form.bare, nickname: rules.names.is_nickname(&form.key) }
        });
        stored.map(NameSlot::slot)
    }

    fn text(&mut self, text: String) -> Slot {
        if let Some(ix) = self.by_text.get(text.as_str()) {
            return *ix;
        }
        let ix = self.texts.len() as u64;
        self.texts.push(text.as_str().into());
        self.by_text.insert(text.into(), ix);
        ix
    }
}

fn name_of(record: &Record, field: FieldKind) -> Option<&PersonName> {
    match field {
        FieldKind::FullName => record.name.get(),
        FieldKind::FatherName => record.father.name.get(),
        FieldKind::MotherName => record.mother.name.get(),
        FieldKind::GuardianName => record.guardian.name.get(),
        _ => None,
    }
}

fn date_of(record: &Record, field: FieldKind) -> Option<PartialDate> {
    let date = match field {
        FieldKind::BirthDate => record.birth.get(),
        FieldKind::FatherBirth => record.father.birth.get(),
        FieldKind::MotherBirth => record.mother.birth.get(),
        _ => None,
    };
    date.copied()
}

fn number_of(record: &Record, field: FieldKind, rules: &Rules) -> Option<Slot> {
    let id = match field {
        FieldKind::PersonalId => record.personal_id.get(),
        FieldKind::FatherId => record.father.id.get(),
        FieldKind::MotherId => record.mother.id.get(),
        FieldKind::GuardianId => record.guardian.id.get(),
        _ => return digits(&text_of(record, field, rules)?),
    };
    id.map(|id| id.as_u64())
}

fn digits(text: &str) -> Option<Slot> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(19).collect();
    digits.parse().ok()
}

fn code(text: &str) -> Slot {
    stable_hash(text.as_bytes()) >> 1
}

fn folded(text: &str) -> Option<String> {
    Some(fold::plain(text)).filter(|text| !text.is_empty())
}

/// A field's value as folded text, `None` where missing.
fn text_of(record: &Record, field: FieldKind, rules: &Rules) -> Option<String> {
    let text = |field: &Field<String>| field.get().and_then(|text| folded(text));
    let place = || record.place.get();
    match field {
        FieldKind::Gender => record.gender.get().map(|gender| format!("{gender:?}")),
        FieldKind::Phone => record.phone.get().cloned(),
        FieldKind::ChildCode => text(&record.child_code),
        FieldKind::HouseholdCode => text(&record.household_code),
        FieldKind::Hamlet => record.hamlet.get().map(|hamlet| hamlet_key(hamlet, &rules.fields)),
        FieldKind::Address => text(&record.address),
        FieldKind::Ethnicity => text(&record.ethnicity),
        FieldKind::BirthPlace => text(&record.birth_place),
        FieldKind::OtherName => text(&record.other_name),
        FieldKind::FullName => record.name.get().map(|name| fold::plain(name.full())),
        FieldKind::Commune => place().and_then(|place| place.commune_2025).map(|code| code.to_string()),
        FieldKind::Province => place().and_then(|place| place.province).map(|code| format!("{code:?}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Changes, Era, Gender, NameOrder, Origin, PersonalId, Place, PlaceCode, SourceIx};

    fn full_record() -> Record {
        fn given<T>(value: T) -> Field<T> {
            Field::usable("given", value, Changes::NONE)
        }
        let text = || given("12 a".to_owned());
        let name = || PersonName::new(["Hồ", "Thị", "Mây"], 1, 1, NameOrder::SurnameFirst, false);
        let date = || given(PartialDate::from_year(2018).unwrap());
        let id = || given(PersonalId::parse("042318000123").unwrap());
        let code = PlaceCode { era: Era::From2025, code: 42 };
        let mut record = Record::at(Origin { source: SourceIx(0), row: 1 });
        for parent in [&mut record.father, &mut record.mother, &mut record.guardian] {
            (parent.name, parent.id, parent.birth) = (given(name().unwrap()), id(), date());
        }
        Record {
            child_code: text(),
            household_code: text(),
            name: given(name().unwrap()),
            other_name: text(),
            birth: date(),
            gender: given(Gender::Female),
            ethnicity: text(),
            personal_id: id(),
            hamlet: text(),
            address: text(),
            place: given(Place { province: Some(code), commune_2025: Some(code.code), ..Place::default() }),
            birth_place: text(),
            phone: text(),
            ..record
        }
    }

    #[test]
    fn what_the_rules_may_compare_is_what_matching_holds() {
        let (rules, specs) = (Rules::built_in().unwrap(), FieldSpecs::default());
        let mut builder = Builder {
            rules: &rules,
            specs: &specs,
            lexicon: Lexicon::default(),
            confusions: Confusions::new(&rules.matching.confusions, &rules.text.syllables),
            arena: Vec::new(),
            texts: Vec::new(),
            by_text: FxHashMap::default(),
        };
        let record = full_record();
        for field in FieldKind::ALL {
            for comparator in [
                ComparatorKind::Name,
                ComparatorKind::Date,
                ComparatorKind::Digits,
                ComparatorKind::Code,
                ComparatorKind::Text,
            ] {
                let held = builder.known(&record, *field, SlotKind::of(comparator)).is_some();
                assert_eq!(MatchField::Known(*field).suits(comparator), held, "{field} {comparator:?}");
            }
        }
    }
}
