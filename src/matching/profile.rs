//! What matching sees of the records: one row of slots a record, in the order of the model's
//! fields, with the words and frequencies they refer to.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    confusion::Confusions,
    extra::ExtraColumns,
    frequency::{DateInformation, NameInformation, ValueInformation},
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

/// Rows of slots of one side (children or register).
#[derive(Debug, Default)]
pub struct Rows {
    stride: usize,
    slots: Vec<Slot>,
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
    /// The register; empty without one.
    pub register: Rows,
}

impl Profiles {
    /// Compacts both lists.
    pub fn new(children: &List, register: Option<&List>, specs: &FieldSpecs, rules: &Rules) -> Self {
        let mut builder = Builder {
            rules,
            specs,
            lexicon: Lexicon::default(),
            confusions: Confusions::new(&rules.matching.confusions, &rules.text.syllables),
            arena: Vec::new(),
            texts: Vec::new(),
            by_text: FxHashMap::default(),
        };
        let children = builder.rows(children);
        let register = register.map_or_else(Rows::default, |register| builder.rows(register));
        let Builder { lexicon, confusions, arena, texts, .. } = builder;
        let rarest = rules.matching.population.rarest;
        let information = specs
            .0
            .par_iter()
            .enumerate()
            .map(|(at, spec)| {
                let values: Vec<Slot> = children.column(at).chain(register.column(at)).collect();
                match spec.kind {
                    SlotKind::Name => {
                        let prior = |part: usize, key: &str| name_prior(rules, part, key);
                        let counted = NameInformation::count(&values, &arena, &lexicon, prior, rarest);
                        Information::Name(Box::new(counted))
                    }
                    SlotKind::Date => Information::Date(DateInformation::count(&values, rarest)),
                    SlotKind::Number => {
                        Information::Value(ValueInformation::count(&values, rarest.max(NUMBER_BITS)))
                    }
                    SlotKind::Code | SlotKind::Text => {
                        Information::Value(ValueInformation::count(&values, rarest))
                    }
                }
            })
            .collect();
        let kinds = specs.0.iter().map(|spec| spec.kind).collect();
        Self { lexicon, confusions, arena, texts, kinds, information, children, register }
    }
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
    fn rows(&mut self, list: &List) -> Rows {
        let stride = self.specs.0.len();
        let mut slots = Vec::with_capacity(stride * list.records.len());
        let extras = ExtraColumns::of(list, &self.specs.0, &self.rules.dates);
        for record in &list.records {
            for (at, spec) in self.specs.0.iter().enumerate() {
                let slot = match &spec.field {
                    MatchField::Known(kind) => self.known(record, *kind, spec.kind),
                    MatchField::Extra(_) => self.extra(record, at, spec.kind, &extras),
                };
                slots.push(slot.unwrap_or(MISSING));
            }
        }
        Rows { stride, slots }
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
