//! Counts over the whole register: words of names by age, people and gender, dates. They stay as
//! small as the vocabulary, however many persons there are.

use rustc_hash::FxHashMap;

use super::{
    counts::{NameKey, WHOLE, age, section},
    row::Person,
};
use crate::{
    index::{IndexError, IndexWriter, Put, Sorter, TableWriter},
    matching::{
        community::Community,
        frequency::first_names_key,
        lexicon::WordIx,
        profile::{FieldSpec, FieldSpecs, SlotKind},
        slot::{MISSING, NameSlot, Slot},
    },
};

/// Counts by field.
pub struct Statistics<'a> {
    specs: &'a FieldSpecs,
    /// Names by [`NameKey`], dates by their slots.
    fields: Vec<FxHashMap<u64, u32>>,
}

impl<'a> Statistics<'a> {
    /// Nothing counted yet.
    pub fn new(specs: &'a FieldSpecs) -> Self {
        Self { specs, fields: vec![FxHashMap::default(); specs.0.len()] }
    }

    /// Counts a person; the names where `names` says so.
    pub fn add(&mut self, row: &[Slot], person: &Person, arena: &[WordIx], names: bool) {
        for ((spec, slot), counts) in self.specs.0.iter().zip(row).zip(&mut self.fields) {
            if *slot == MISSING {
                continue;
            }
            let mut count = |key: u64| *counts.entry(key).or_default() += 1;
            match spec.kind {
                SlotKind::Name if names && !NameSlot::from_slot(*slot).is_pattern() => {
                    let whole = bearer(spec, person, row);
                    count(whole.pack());
                    for (part, words) in NameSlot::from_slot(*slot).parts(arena).into_iter().enumerate() {
                        words.iter().for_each(|word| count(NameKey { part, word: *word, ..whole }.pack()));
                    }
                }
                SlotKind::Date => count(*slot),
                _ => {}
            }
        }
    }

    /// With what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.fields.iter_mut().zip(other.fields) {
            theirs.into_iter().for_each(|(key, count)| *ours.entry(key).or_default() += count);
        }
    }

    /// A name's middle words and given name together, with whom they are counted among.
    pub fn together(
        spec: &FieldSpec,
        slot: Slot,
        person: &Person,
        row: &[Slot],
        arena: &[WordIx],
    ) -> Option<(u64, u64)> {
        let name = (slot != MISSING).then(|| NameSlot::from_slot(slot))?;
        let [_, middle, given] = name.parts(arena);
        (!name.is_pattern()).then(|| (first_names_key(middle, given), bearer(spec, person, row).pack()))
    }

    /// Writes the sections.
    pub fn write(self, out: &mut IndexWriter) -> Result<(), IndexError> {
        for ((at, spec), counts) in self.specs.0.iter().enumerate().zip(self.fields) {
            let kind = match spec.kind {
                SlotKind::Name => "names",
                SlotKind::Date => "dates",
                _ => continue,
            };
            let mut counts: Vec<(u64, u32)> = counts.into_iter().collect();
            counts.sort_unstable();
            let mut bytes = Vec::with_capacity(counts.len() * 12);
            for (key, count) in counts {
                bytes.put_u64(key);
                bytes.put_u32(count);
            }
            out.section(&section(kind, at), &bytes)?;
        }
        Ok(())
    }
}

/// Whom a person's name is counted among: only the own name is of the bearer's age and gender.
fn bearer(spec: &FieldSpec, person: &Person, row: &[Slot]) -> NameKey {
    let own = spec.is_own_name();
    let gender = row.last().map_or(0, |slot| Community::from_slot(*slot).gender());
    NameKey {
        age: if own { age(person.facts.birth) } else { 0 },
        people: person.people,
        gender: if own { gender } else { 0 },
        part: WHOLE,
        word: WordIx(0),
    }
}

/// Writes which first names a field has together, how often, and among whom.
pub fn write_together(out: &mut IndexWriter, at: usize, sorter: Sorter) -> Result<(), IndexError> {
    let mut table = TableWriter::begin(out, &section("together", at), 20, sorter.count());
    let mut failed = None;
    let result = sorter.each_group(|key, bearers| {
        for alike in bearers.chunk_by(|one, other| one == other) {
            let mut rest = Vec::with_capacity(12);
            rest.put_u64(alike[0]);
            rest.put_u32(u32::try_from(alike.len()).unwrap_or(u32::MAX));
            if failed.is_none() {
                failed = table.push(out, key, &rest).err();
            }
        }
        Ok(())
    });
    result.map_err(|error| out.error(error))?;
    failed.map_or_else(|| table.end(out), Err)
}
