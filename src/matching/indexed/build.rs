//! Collects the rows of a register and writes what matching needs of them into an index, section by
//! section, in bounded memory: what is guessed of peoples is written in `guess`, what is sorted in `sorted`.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    counts::{MOST_WORDS, OTHER_PEOPLE},
    draft::{Draft, Drafters, keys},
    keys::MOST_RECORDS,
    row::{Person, write_person, write_slots},
    scan::Scan,
};
use crate::{
    index::{Batch, IndexError, IndexWriter, Put, Spill, TableWriter},
    matching::{
        builder::{Builder, is_name},
        confusion::Confusions,
        extra::ExtraColumns,
        glued::{Glued, neighbours, pair_key},
        lexicon::{Lexicon, WordIx},
        profile::{Profiles, SlotKind},
        scorer::Model,
        slot::{MISSING, NameSlot, Slot},
    },
    outcome::List,
    rules::{MatchField, Rules},
};

/// What matching compares, by the rules: the rows of an index are made for it.
pub struct IndexModel(Model);

impl IndexModel {
    /// By the rules.
    pub fn new(rules: &Rules) -> Self {
        Self(Model::new(&rules.matching))
    }

    /// Makes rows.
    pub fn drafters<'a>(&'a self, rules: &'a Rules) -> Drafters<'a> {
        Drafters::new(&self.0.specs, rules)
    }

    /// Whether all records must be asked before any is compared: columns that only the rules know, in
    /// which dates may stand in either order.
    pub fn asks_all(&self) -> bool {
        let extra = |field: &MatchField| matches!(field, MatchField::Extra(_));
        self.0.specs.0.iter().any(|spec| spec.kind == SlotKind::Date && extra(&spec.field))
    }

    /// The columns of a list that are compared by their headings.
    pub fn extras<'a>(&self, list: &List, rules: &'a Rules) -> ExtraColumns<'a> {
        ExtraColumns::of(list, &self.0.specs.0, &rules.dates)
    }
}

/// Collects the rows of a register, then writes its sections.
pub struct IndexBuilder<'a> {
    pub(super) rules: &'a Rules,
    pub(super) model: &'a Model,
    pub(super) folder: PathBuf,
    pub(super) memory: u64,
    pub(super) kinds: Vec<SlotKind>,
    lexicon: Lexicon,
    confusions: Confusions,
    pub(super) rows: Spill,
    /// Stated peoples, numbered from 1, with how many records state them.
    pub(super) peoples: Vec<(Box<str>, u32)>,
    by_people: FxHashMap<Box<str>, u32>,
    /// How often each word occurs.
    pub(super) words: Vec<u32>,
    /// How often two words stand side by side.
    pairs: FxHashMap<(WordIx, WordIx), u32>,
}

impl<'a> IndexBuilder<'a> {
    /// Nothing collected yet; what does not fit into so many bytes goes to temporary files of a folder.
    pub fn new(model: &'a IndexModel, rules: &'a Rules, folder: &Path, memory: u64) -> std::io::Result<Self> {
        let model = &model.0;
        Ok(Self {
            rules,
            model,
            folder: folder.to_owned(),
            memory,
            kinds: model.specs.0.iter().map(|spec| spec.kind).collect(),
            lexicon: Lexicon::default(),
            confusions: Confusions::new(&rules.matching.confusions, &rules.text.syllables),
            rows: Spill::new(folder)?,
            peoples: Vec::new(),
            by_people: FxHashMap::default(),
            words: Vec::new(),
            pairs: FxHashMap::default(),
        })
    }

    /// Adds persons, in the order of the index.
    pub fn add(&mut self, drafts: Vec<Draft>) -> std::io::Result<()> {
        let numbered: Vec<Numbered> = drafts.into_iter().map(|draft| self.number(draft)).collect();
        if self.lexicon.len() > MOST_WORDS as usize || self.rows.count() > MOST_RECORDS {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.words.resize(self.lexicon.len(), 0);
        let encoded: Vec<Encoded> =
            numbered.into_par_iter().map(|numbered| numbered.encode(&self.kinds)).collect();
        for Encoded { arena, rows, pairs } in encoded {
            arena.iter().for_each(|word| self.words[word.0 as usize] += 1);
            pairs.into_iter().for_each(|(pair, count)| *self.pairs.entry(pair).or_default() += count);
            rows.iter().try_for_each(|row| self.rows.push(row))?;
        }
        Ok(())
    }

    /// The words and peoples of a draft as the index numbers them.
    fn number(&mut self, draft: Draft) -> Numbered {
        let syllables = &self.rules.text.syllables;
        let words =
            draft.words.iter().map(|key| self.lexicon.word(key, syllables, &self.confusions)).collect();
        let peoples = draft.persons.iter();
        let peoples =
            peoples.map(|(_, people)| people.as_ref().map_or(0, |people| self.people(people))).collect();
        Numbered { draft, words, peoples }
    }

    /// The number of a people, counted once more.
    fn people(&mut self, people: &str) -> u32 {
        let number = match self.by_people.get(people) {
            Some(number) => *number,
            None if self.peoples.len() + 1 >= OTHER_PEOPLE as usize => return OTHER_PEOPLE,
            None => {
                self.peoples.push((people.into(), 0));
                self.by_people.insert(people.into(), self.peoples.len() as u32);
                self.peoples.len() as u32
            }
        };
        self.peoples[number as usize - 1].1 += 1;
        number
    }

    /// Writes the sections.
    pub fn write(mut self, out: &mut IndexWriter) -> Result<(), IndexError> {
        self.rows.flush().map_err(|error| out.error(error))?;
        self.write_words(out)?;
        self.write_pairs(out)?;
        let glued = self.glued();
        let mut scan = Scan {
            profiles: Profiles::of_words(
                std::mem::take(&mut self.lexicon),
                std::mem::replace(
                    &mut self.confusions,
                    Confusions::new(&self.rules.matching.confusions, &self.rules.text.syllables),
                ),
                &self.model.specs,
            ),
            rows: &self.rows,
            kinds: &self.kinds,
            columns: Builder::new(&self.model.specs, self.rules).name_columns(),
            glued,
            settled: None,
            exceptions: FxHashSet::default(),
        };
        scan.exceptions = self.write_exceptions(&mut scan, out)?;
        scan.settled = self.guess(&mut scan, out)?;
        let statistics = self.statistics(&mut scan, out)?;
        statistics.write(out)?;
        self.write_together(&mut scan, out)?;
        let often = self.write_values(&mut scan, out)?;
        self.write_keys(&mut scan, out)?;
        self.write_rows(&often, out)
    }

    fn write_words(&self, out: &mut IndexWriter) -> Result<(), IndexError> {
        let mut bytes = Vec::new();
        keys(&self.lexicon).iter().for_each(|key| bytes.put_text(key));
        out.section("words", &bytes)?;
        bytes.clear();
        for (people, count) in &self.peoples {
            bytes.put_text(people);
            bytes.put_varint((*count).into());
        }
        out.section("peoples", &bytes)
    }

    /// The pairs of neighbours by what they spell.
    fn write_pairs(&self, out: &mut IndexWriter) -> Result<(), IndexError> {
        let keyed = self.pairs.iter();
        let keyed =
            keyed.map(|((one, other), count)| (pair_key(&self.lexicon, *one, *other), *one, *other, *count));
        let mut pairs: Vec<_> = keyed.collect();
        pairs.par_sort_unstable();
        let mut table = TableWriter::begin(out, "pairs", 20, pairs.len() as u64);
        for (key, one, other, count) in pairs {
            let mut rest = Vec::with_capacity(12);
            [one.0, other.0, count].into_iter().for_each(|part| rest.put_u32(part));
            table.push(out, key, &rest)?;
        }
        table.end(out)
    }

    fn glued(&self) -> Glued {
        let pairs = self.pairs.iter().map(|((one, other), count)| (*one, *other, *count));
        Glued::find(pairs, &self.lexicon, |key| is_name(self.rules, key))
    }
}

/// A draft, with the numbers of its words and of its persons' peoples.
struct Numbered {
    draft: Draft,
    words: Vec<WordIx>,
    peoples: Vec<u32>,
}

/// Rows as bytes, and what is counted of them.
struct Encoded {
    arena: Vec<WordIx>,
    rows: Batch,
    pairs: FxHashMap<(WordIx, WordIx), u32>,
}

impl Numbered {
    fn encode(self, kinds: &[SlotKind]) -> Encoded {
        let Self { draft: Draft { slots, mut arena, texts, persons, .. }, words, peoples } = self;
        arena.iter_mut().for_each(|word| *word = words[word.0 as usize]);
        let (mut rows, mut pairs) = (Batch::default(), FxHashMap::default());
        for ((row, (facts, _)), people) in slots.chunks_exact(kinds.len() + 1).zip(&persons).zip(peoples) {
            for name in names_of(kinds, row) {
                for (one, other, count) in neighbours(name.words(&arena)) {
                    *pairs.entry((one, other)).or_default() += count;
                }
            }
            rows.push(|bytes| {
                write_person(&Person { facts: *facts, people }, bytes);
                write_slots(row, kinds, (&arena, &texts), None, bytes);
            });
        }
        Encoded { arena, rows, pairs }
    }
}

fn names_of(kinds: &[SlotKind], row: &[Slot]) -> impl Iterator<Item = NameSlot> {
    let names = kinds.iter().zip(row).filter(|(kind, _)| **kind == SlotKind::Name);
    names.map(|(_, slot)| *slot).filter(|slot| *slot != MISSING).map(NameSlot::from_slot)
}
