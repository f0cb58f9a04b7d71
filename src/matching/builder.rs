//! From records to rows of slots: words to numbers, values to codes, words grown together parted,
//! and whose names a record's are counted among.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    community::{Community, Guess, GuessCounts, Peoples},
    confusion::Confusions,
    extra::ExtraColumns,
    glued::{Glued, neighbours},
    lexicon::{Lexicon, WordIx, stable_hash},
    profile::{FieldSpecs, Rows, SlotKind, name_prior},
    slot::{DateSlot, MISSING, NameSlot, Slot, StoredWord},
};
use crate::{
    normalise::hamlet_key,
    outcome::List,
    record::{Field, FieldKind, PartialDate, PersonName, Record, Text},
    rules::{MatchField, Rules},
    text::fold,
};

/// Rows under construction, with the tables they share.
pub(super) struct Builder<'a> {
    rules: &'a Rules,
    specs: &'a FieldSpecs,
    /// The words met so far.
    pub(super) lexicon: Lexicon,
    /// Spellings taken for one another.
    pub(super) confusions: Confusions,
    /// The words of every name, one stretch a name.
    pub(super) arena: Vec<WordIx>,
    /// Folded texts.
    pub(super) texts: Vec<Box<str>>,
    by_text: FxHashMap<Box<str>, u64>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(specs: &'a FieldSpecs, rules: &'a Rules) -> Self {
        Self {
            rules,
            specs,
            lexicon: Lexicon::default(),
            confusions: Confusions::new(&rules.matching.confusions, &rules.text.syllables),
            arena: Vec::new(),
            texts: Vec::new(),
            by_text: FxHashMap::default(),
        }
    }
}

impl Builder<'_> {
    /// The rows of a list; what its records state of their people is added to `peoples`.
    pub(super) fn rows(&mut self, list: &List, peoples: &mut Vec<Option<Box<str>>>) -> Rows {
        let stride = self.specs.0.len() + 1;
        let extras = ExtraColumns::of(list, &self.specs.0, &self.rules.dates);
        let records: Vec<&Record> = list.everybody().collect();
        self.meet_words(&records);
        let parts: Vec<Part> =
            records.par_chunks(RECORDS_OF_A_TASK).map(|records| self.part(records, &extras)).collect();
        let mut slots = Vec::with_capacity(stride * records.len());
        for part in parts {
            self.append(part, &mut slots, peoples);
        }
        Rows { stride, slots }
    }

    /// Appends the rows of some records; returns what each states of its people.
    pub(super) fn rows_of(
        &mut self,
        records: &[&Record],
        extras: &ExtraColumns<'_>,
        slots: &mut Vec<Slot>,
    ) -> Vec<Option<String>> {
        self.meet_words(records);
        let mut maker = self.maker();
        records.iter().map(|record| maker.row(record, extras, slots)).collect()
    }

    /// Numbers the words of all names, in the order in which they occur: each task finds the
    /// different words of its records, and only those are looked up one after the other.
    fn meet_words(&mut self, records: &[&Record]) {
        let specs = self.specs;
        let met: Vec<Vec<&str>> = records
            .par_chunks(RECORDS_OF_A_TASK)
            .map(|records| {
                let mut seen = FxHashSet::default();
                let names = records.iter().flat_map(|record| names_of(record, specs));
                names.flat_map(name_words).filter(|word| seen.insert(*word)).collect()
            })
            .collect();
        for word in met.into_iter().flatten() {
            self.lexicon.word(word, &self.rules.text.syllables, &self.confusions);
        }
    }

    fn maker(&mut self) -> RowMaker<'_> {
        let Self { rules, specs, lexicon, arena, texts, by_text, .. } = self;
        RowMaker { rules, specs, lexicon, arena, texts, by_text }
    }

    /// The rows of some records, with an arena and texts of their own.
    fn part(&self, records: &[&Record], extras: &ExtraColumns<'_>) -> Part {
        let Self { rules, specs, lexicon, .. } = self;
        let mut part = Part::default();
        let Part { slots, peoples, arena, texts } = &mut part;
        slots.reserve_exact(records.len() * (specs.0.len() + 1));
        let by_text = &mut FxHashMap::default();
        let mut maker = RowMaker { rules, specs, lexicon, arena, texts, by_text };
        for record in records {
            peoples.push(maker.row(record, extras, slots).map(String::into_boxed_str));
        }
        part
    }

    /// Puts a part behind the others.
    fn append(&mut self, mut part: Part, slots: &mut Vec<Slot>, peoples: &mut Vec<Option<Box<str>>>) {
        let texts: Vec<Slot> = part.texts.drain(..).map(|text| self.maker().text(text.into())).collect();
        let before = u32::try_from(self.arena.len() + part.arena.len())
            .map(|total| total - part.arena.len() as u32)
            .ok();
        for row in part.slots.chunks_exact_mut(self.specs.0.len() + 1) {
            for (slot, spec) in row.iter_mut().zip(&self.specs.0).filter(|(slot, _)| **slot != MISSING) {
                match spec.kind {
                    SlotKind::Name => {
                        let name = before.map(|before| NameSlot::from_slot(*slot).moved(before));
                        *slot = name.map_or(MISSING, NameSlot::slot);
                    }
                    SlotKind::Text => *slot = texts[*slot as usize],
                    _ => {}
                }
            }
        }
        if before.is_some() {
            self.arena.append(&mut part.arena);
        }
        slots.append(&mut part.slots);
        peoples.append(&mut part.peoples);
    }

    /// The positions of names in a row.
    pub(super) fn name_columns(&self) -> Vec<usize> {
        (0..self.specs.0.len()).filter(|at| self.specs.0[*at].kind == SlotKind::Name).collect()
    }

    /// The words grown together in the names of some rows, where these show them parted, or the pairs
    /// of neighbours do that are `known` beside.
    pub(super) fn find_glued<'s>(
        &self,
        rows: impl Iterator<Item = &'s [Slot]>,
        known: impl Iterator<Item = (WordIx, WordIx, u32)>,
    ) -> Glued {
        let columns = self.name_columns();
        let names = rows.flat_map(|row| {
            columns.iter().map(|at| row[*at]).filter(|slot| *slot != MISSING).map(NameSlot::from_slot)
        });
        let pairs = names.flat_map(|name| neighbours(name.words(&self.arena)));
        Glued::find(pairs.chain(known), &self.lexicon, |key| is_name(self.rules, key))
    }

    /// Parts words that have grown together.
    pub(super) fn part_glued(&mut self, glued: &Glued, rows: &mut Rows) {
        if glued.is_empty() {
            return;
        }
        let columns = self.name_columns();
        for row in rows.slots.chunks_exact_mut(rows.stride.max(1)) {
            part_row(row, &columns, glued, &mut self.arena);
        }
    }

    /// Puts its people into the community of each record, as stated or else guessed.
    pub(super) fn settle_communities(
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
        let names = self.name_columns();
        let known: Vec<u8> =
            stated.iter().map(|value| value.as_deref().map_or(0, |value| peoples.of(value))).collect();
        let mut counts = GuessCounts::new(&self.lexicon, peoples.len());
        for (row, people) in children.rows().chain(register.rows()).zip(&known) {
            names.iter().for_each(|at| counts.add(row[*at], *people, &self.arena));
        }
        let settled = Settled { names, guess: Guess::new(&counts) };
        let (of_children, of_register) = stated.split_at(child_records);
        let (known_children, known_register) = known.split_at(child_records);
        for (side, stated, known) in
            [(children, of_children, known_children), (register, of_register, known_register)]
        {
            let stride = side.stride.max(1);
            let rows = side.slots.par_chunks_exact_mut(stride).zip(stated).zip(known);
            rows.for_each(|((row, stated), known)| {
                settled.settle(row, stated.is_some().then_some(*known), &self.arena);
            });
        }
    }

    /// Gives the texts away and begins anew.
    pub(super) fn take_texts(&mut self) -> Vec<Box<str>> {
        self.by_text.clear();
        std::mem::take(&mut self.texts)
    }
}

/// Records that one task makes into rows at least.
const RECORDS_OF_A_TASK: usize = 8192;

/// Rows made apart from the others.
#[derive(Default)]
struct Part {
    slots: Vec<Slot>,
    peoples: Vec<Option<Box<str>>>,
    arena: Vec<WordIx>,
    texts: Vec<Box<str>>,
}

/// Makes rows of records whose words have been met.
struct RowMaker<'b> {
    rules: &'b Rules,
    specs: &'b FieldSpecs,
    lexicon: &'b Lexicon,
    arena: &'b mut Vec<WordIx>,
    texts: &'b mut Vec<Box<str>>,
    by_text: &'b mut FxHashMap<Box<str>, u64>,
}

impl RowMaker<'_> {
    fn row(&mut self, record: &Record, extras: &ExtraColumns<'_>, slots: &mut Vec<Slot>) -> Option<String> {
        for (at, spec) in self.specs.0.iter().enumerate() {
            let slot = match &spec.field {
                MatchField::Known(kind) => self.known(record, *kind, spec.kind),
                MatchField::Extra(_) => self.extra(record, at, spec.kind, extras),
            };
            slots.push(slot.unwrap_or(MISSING));
        }
        slots.push(Community::of(0, record.gender.get()).slot());
        match self.rules.matching.frequency.community_field.get_ref() {
            MatchField::Known(field) => text_of(record, *field, self.rules),
            MatchField::Extra(_) => None,
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
        let Self { rules, lexicon, arena, .. } = self;
        let stored = NameSlot::store(name, arena, |word| {
            let word = lexicon.met(word).expect("the words of a record are met before its row is made");
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

/// The names of a record that the model compares, in the order of its fields.
fn names_of<'r>(record: &'r Record, specs: &FieldSpecs) -> impl Iterator<Item = &'r PersonName> {
    let names = specs.0.iter().filter(|spec| spec.kind == SlotKind::Name);
    names.filter_map(move |spec| match &spec.field {
        MatchField::Known(kind) => name_of(record, *kind),
        MatchField::Extra(_) => None,
    })
}

/// The words of a name in the order in which a row holds them.
fn name_words(name: &PersonName) -> impl Iterator<Item = &str> {
    name.surname().chain(name.middle()).chain(name.given())
}

/// How rows get their people.
pub(super) struct Settled {
    /// The positions of names in a row.
    pub(super) names: Vec<usize>,
    /// What names tell.
    pub(super) guess: Guess,
}

impl Settled {
    /// Puts a record's people into its row: as stated, or else guessed.
    pub(super) fn settle(&self, row: &mut [Slot], stated: Option<u8>, arena: &[WordIx]) {
        let names = || self.names.iter().map(|at| row[*at]);
        let people = stated.unwrap_or_else(|| self.guess.people(names(), arena));
        if let Some(slot) = row.last_mut() {
            *slot = Community::from_slot(*slot).with_people(people).slot();
        }
    }
}

/// Whether the built-in counts know a word as part of names.
pub(super) fn is_name(rules: &Rules, key: &str) -> bool {
    (0..3).any(|part| name_prior(rules, part, key) > 0.0)
}

/// Parts the words grown together in the names of one row.
pub(super) fn part_row(row: &mut [Slot], columns: &[usize], glued: &Glued, arena: &mut Vec<WordIx>) {
    for at in columns {
        if row[*at] != MISSING
            && let Some(parted) = NameSlot::from_slot(row[*at]).parted(arena, |word| glued.parts(word))
        {
            row[*at] = parted.slot();
        }
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
    let text = |field: &Field<Text>| field.get().and_then(|text| folded(text));
    let place = || record.place.get();
    match field {
        FieldKind::Gender => record.gender.get().map(|gender| format!("{gender:?}")),
        FieldKind::Phone => record.phone.get().map(|phone| phone.to_string()),
        FieldKind::ChildCode => text(&record.child_code),
        FieldKind::HouseholdCode => text(&record.household_code),
        FieldKind::Hamlet => record.hamlet.get().map(|hamlet| hamlet_key(hamlet, &rules.fields)),
        FieldKind::Address => text(&record.address),
        FieldKind::Ethnicity => text(&record.ethnicity),
        FieldKind::BirthPlace => text(&record.birth_place),
        FieldKind::OtherName => text(&record.other_name),
        // Diacritics tell names apart: Hương and Hường are two.
        FieldKind::FullName | FieldKind::FatherName | FieldKind::MotherName | FieldKind::GuardianName => {
            name_of(record, field).map(|name| name.full().to_lowercase())
        }
        FieldKind::Commune => place().and_then(|place| place.commune_2025).map(|code| code.to_string()),
        FieldKind::Province => place().and_then(|place| place.province).map(|code| format!("{code:?}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{
        Changes, Era, Gender, NameOrder, Origin, PersonalId, Place, PlaceCode, SourceIx, Written,
    };
    use crate::rules::ComparatorKind;

    fn full_record() -> Record {
        fn given<T: Written>(value: T) -> Field<T> {
            Field::usable("given", value, Changes::NONE)
        }
        let text = || given(Text::from("12 a"));
        let name = || PersonName::new(["Hồ", "Thị", "Mây"], 1, 1, NameOrder::SurnameFirst, false);
        let date = || given(PartialDate::from_year(2018).unwrap());
        let id = || given(PersonalId::parse("042318000123").unwrap());
        let code = PlaceCode { era: Era::From2025, code: 42 };
        let mut record = Record::at(Origin { source: SourceIx(0), row: 1 });
        for parent in [&mut record.father, &mut record.mother, &mut record.guardian] {
            (parent.name, parent.id, parent.birth) = (given(name().unwrap()), id(), date().into());
        }
        Record {
            child_code: text(),
            household_code: text(),
            name: given(name().unwrap()),
            other_name: text().into(),
            birth: date(),
            gender: given(Gender::Female).into(),
            ethnicity: text().into(),
            personal_id: id(),
            hamlet: text().into(),
            address: text(),
            place: given(Place { province: Some(code), commune_2025: Some(code.code), ..Place::default() })
                .into(),
            birth_place: text().into(),
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
        for word in ["Hồ", "Thị", "Mây"] {
            builder.lexicon.word(word, &rules.text.syllables, &builder.confusions);
        }
        for field in FieldKind::ALL {
            for comparator in [
                ComparatorKind::Name,
                ComparatorKind::Date,
                ComparatorKind::Digits,
                ComparatorKind::Code,
                ComparatorKind::Text,
            ] {
                let held = builder.maker().known(&record, *field, SlotKind::of(comparator)).is_some();
                assert_eq!(MatchField::Known(*field).suits(comparator), held, "{field} {comparator:?}");
            }
        }
    }
}
