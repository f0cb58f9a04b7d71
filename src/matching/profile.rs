//! What matching sees of the records: one row of slots a record, in the order of the model's
//! fields, with the words and frequencies they refer to.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    confusion::Confusions,
    frequency::{DateInformation, NameInformation, ValueInformation},
    lexicon::{Lexicon, WordIx, stable_hash},
    slot::{DateSlot, MISSING, NameSlot, Slot, StoredWord},
};
use crate::{
    normalise::hamlet_key,
    outcome::List,
    record::{ColumnUse, PersonName, Record},
    rules::{ComparatorKind, Rules},
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
    /// A field key, or `extra:HEADING`.
    pub field: String,
    /// How its value is held.
    pub kind: SlotKind,
}

/// The fields a model needs, each once.
#[derive(Debug, Clone, Default)]
pub struct FieldSpecs(pub Vec<FieldSpec>);

impl FieldSpecs {
    /// Position of a field's slot, added where it is new.
    pub fn position(&mut self, field: &str, kind: SlotKind) -> usize {
        let spec = FieldSpec { field: field.to_owned(), kind };
        self.0.iter().position(|known| *known == spec).unwrap_or_else(|| {
            self.0.push(spec);
            self.0.len() - 1
        })
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
        for record in &list.records {
            for spec in &self.specs.0 {
                slots.push(self.slot(record, list, spec));
            }
        }
        Rows { stride, slots }
    }

    fn slot(&mut self, record: &Record, list: &List, spec: &FieldSpec) -> Slot {
        match spec.kind {
            SlotKind::Name => {
                name_of(record, &spec.field).and_then(|name| self.name(name)).unwrap_or(MISSING)
            }
            SlotKind::Date => date_of(record, &spec.field).unwrap_or(MISSING),
            SlotKind::Number => number_of(record, list, &spec.field, self.rules).unwrap_or(MISSING),
            SlotKind::Code => {
                let text = text_of(record, list, &spec.field, self.rules);
                text.map_or(MISSING, |text| stable_hash(text.as_bytes()) >> 1)
            }
            SlotKind::Text => {
                text_of(record, list, &spec.field, self.rules).map_or(MISSING, |text| self.text(text))
            }
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

fn name_of<'a>(record: &'a Record, field: &str) -> Option<&'a PersonName> {
    match field {
        "full_name" => record.name.get(),
        "father_name" => record.father.name.get(),
        "mother_name" => record.mother.name.get(),
        "guardian_name" => record.guardian.name.get(),
        _ => None,
    }
}

fn date_of(record: &Record, field: &str) -> Option<Slot> {
    let date = match field {
        "birth_date" => record.birth.get(),
        "father_birth" => record.father.birth.get(),
        "mother_birth" => record.mother.birth.get(),
        _ => None,
    };
    date.map(|date| DateSlot::new(*date).slot())
}

fn number_of(record: &Record, list: &List, field: &str, rules: &Rules) -> Option<Slot> {
    let id = match field {
        "personal_id" => record.personal_id.get(),
        "father_id" => record.father.id.get(),
        "mother_id" => record.mother.id.get(),
        "guardian_id" => record.guardian.id.get(),
        _ => {
            let text = text_of(record, list, field, rules)?;
            let digits: String = text.chars().filter(char::is_ascii_digit).take(19).collect();
            return digits.parse().ok();
        }
    };
    id.map(|id| id.as_u64())
}

/// A field's value as folded text, `None` where missing.
fn text_of(record: &Record, list: &List, field: &str, rules: &Rules) -> Option<String> {
    let folded = |text: &String| Some(fold::plain(text)).filter(|text| !text.is_empty());
    match field {
        "gender" => record.gender.get().map(|gender| format!("{gender:?}")),
        "phone" => record.phone.get().cloned(),
        "child_code" => record.child_code.get().and_then(folded),
        "household_code" => record.household_code.get().and_then(folded),
        "hamlet" => record.hamlet.get().map(|hamlet| hamlet_key(hamlet, &rules.fields)),
        "address" => record.address.get().and_then(folded),
        "ethnicity" => record.ethnicity.get().and_then(folded),
        "birth_place" => record.birth_place.get().and_then(folded),
        "other_name" => record.other_name.get().and_then(folded),
        "full_name" => record.name.get().map(|name| fold::plain(name.full())),
        "commune" => record.place.get().and_then(|place| place.commune_2025).map(|code| code.to_string()),
        "province" => record.place.get().and_then(|place| place.province).map(|code| format!("{code:?}")),
        _ => {
            let heading = field.strip_prefix("extra:")?;
            let table = list.tables.iter().find(|table| table.source == record.origin.source)?;
            let column = table.columns.iter().position(|column| {
                column.usage == ColumnUse::Extra && column.heading.eq_ignore_ascii_case(heading)
            })?;
            let cell = record.extras.iter().find(|(at, _)| usize::from(*at) == column)?;
            Some(fold::plain(&cell.1)).filter(|text| !text.is_empty())
        }
    }
}
