//! Writes what matching needs of a register into an index, in bounded memory: the rows pass by in
//! stretches, and what must be sorted is sorted outside (`index::Sorter`).

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    counts::{MOST_WORDS, OTHER_PEOPLE, section, value_key},
    draft::{Draft, Drafter, keys},
    keys::{Depth, MOST_RECORDS, Members, write_keys},
    row::{Person, Taken, take_person, write_person, write_slots},
    scan::{Guessing, STRETCH, Scan, Stretch, TASK},
    statistics::{Statistics, write_together},
};
use crate::{
    index::{IndexError, IndexWriter, Malformed, Put, Sorter, Spill, TableWriter, Take, entries},
    matching::{
        builder::{Builder, Settled, is_name},
        community::{Guess, GuessCounts, Peoples},
        confusion::Confusions,
        extra::ExtraColumns,
        glued::{Glued, neighbours, pair_key},
        lexicon::{Lexicon, WordIx},
        profile::{FieldSpecs, Profiles, SlotKind},
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
    pub fn drafter<'a>(&'a self, rules: &'a Rules) -> Drafter<'a> {
        Drafter::new(&self.0.specs, rules)
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
    rules: &'a Rules,
    model: &'a Model,
    folder: PathBuf,
    memory: u64,
    kinds: Vec<SlotKind>,
    lexicon: Lexicon,
    confusions: Confusions,
    rows: Spill,
    /// Stated peoples, numbered from 1, with how many records state them.
    peoples: Vec<(Box<str>, u32)>,
    by_people: FxHashMap<Box<str>, u32>,
    /// How often each word occurs.
    words: Vec<u32>,
    /// How often two words stand side by side.
    pairs: FxHashMap<(WordIx, WordIx), u32>,
    buffer: Vec<u8>,
}

/// A word met oftener is no slip: of names of peoples that are no Vietnamese syllables there are many,
/// and the register itself shows whether they are two words.
const OFTEN: u32 = 50;

/// Most persons whose names every run counts itself.
const MOST_EXCEPTIONS: usize = 20_000;

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
            buffer: Vec::new(),
        })
    }

    /// Adds persons, in the order of the index.
    pub fn add(&mut self, mut draft: Draft) -> std::io::Result<()> {
        let syllables = &self.rules.text.syllables;
        let words: Vec<WordIx> =
            draft.words.iter().map(|key| self.lexicon.word(key, syllables, &self.confusions)).collect();
        if self.lexicon.len() > MOST_WORDS as usize || self.rows.count() > MOST_RECORDS {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        draft.arena.iter_mut().for_each(|word| *word = words[word.0 as usize]);
        self.words.resize(self.lexicon.len(), 0);
        draft.arena.iter().for_each(|word| self.words[word.0 as usize] += 1);
        let stride = self.kinds.len() + 1;
        for (row, (facts, people)) in draft.slots.chunks_exact(stride).zip(&draft.persons) {
            for name in names_of(&self.kinds, row) {
                for (one, other, count) in neighbours(name.words(&draft.arena)) {
                    *self.pairs.entry((one, other)).or_default() += count;
                }
            }
            let people = people.as_ref().map_or(0, |people| self.people(people));
            self.buffer.clear();
            write_person(&Person { facts: *facts, people }, &mut self.buffer);
            write_slots(row, &self.kinds, (&draft.arena, &draft.texts), None, &mut self.buffer);
            self.rows.push(&self.buffer)?;
        }
        Ok(())
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

    /// Writes which persons' names a run counts itself: those whose people or words the children's list
    /// has a say in. Where they are too many to be read by every run the register alone decides.
    fn write_exceptions(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<FxHashSet<u32>, IndexError> {
        let mut doubtful = Glued::doubtful(&scan.profiles.lexicon, |key| is_name(self.rules, key));
        doubtful.retain(|word| self.words[word.0 as usize] <= OFTEN);
        let by_people = self.rules.matching.ideas.communities;
        // Seen before words are parted.
        let glued = std::mem::take(&mut scan.glued);
        let columns = scan.columns.clone();
        let look = |profiles: &Profiles, first: u32, rows: &Stretch| {
            let names = |row: &[Slot]| {
                let slots = columns.iter().map(|at| row[*at]).filter(|slot| *slot != MISSING);
                let names: Vec<NameSlot> = slots.map(NameSlot::from_slot).collect();
                names.iter().flat_map(|name| name.words(&profiles.arena)).any(|word| doubtful.contains(word))
            };
            let exceptional = |row: &[Slot], person: &Person| by_people && person.people == 0 || names(row);
            let rows = rows.rows().zip(first..);
            rows.filter(|((row, person), _)| exceptional(row, person)).map(|(_, at)| at).collect::<Vec<_>>()
        };
        let mut exceptions: Vec<u32> = Vec::new();
        scan.each(out, look, |found| {
            exceptions.extend(found.into_iter().take(MOST_EXCEPTIONS + 1));
            Ok(())
        })?;
        scan.glued = glued;
        if exceptions.len() > MOST_EXCEPTIONS {
            exceptions.clear();
        }
        let mut bytes = Vec::with_capacity(exceptions.len() * 4);
        exceptions.iter().for_each(|person| bytes.put_u32(*person));
        out.section("exceptions", &bytes)?;
        Ok(exceptions.into_iter().collect())
    }

    /// What names tell of their bearer's people, by the register alone: for persons who do not state it.
    fn guess(&self, scan: &mut Scan<'_>, out: &mut IndexWriter) -> Result<Option<Guessing>, IndexError> {
        // By word and people as the index numbers them; then the names of each people.
        let mut words: FxHashMap<u64, u32> = FxHashMap::default();
        let mut names = vec![0_u64; self.peoples.len() + 1];
        let columns = scan.columns.clone();
        let count = |profiles: &Profiles, _: u32, rows: &Stretch| {
            let (mut words, mut names) = (FxHashMap::<u64, u32>::default(), FxHashMap::<u32, u64>::default());
            for (row, person) in rows.rows() {
                if person.people == 0 || person.people == OTHER_PEOPLE {
                    continue;
                }
                for slot in columns.iter().map(|at| row[*at]).filter(|slot| *slot != MISSING) {
                    *names.entry(person.people).or_default() += 1;
                    for word in NameSlot::from_slot(slot).words(&profiles.arena) {
                        *words.entry(u64::from(word.0) << 32 | u64::from(person.people)).or_default() += 1;
                    }
                }
            }
            (words, names)
        };
        scan.each(out, count, |(of_words, of_names)| {
            of_words.into_iter().for_each(|(key, count)| *words.entry(key).or_default() += count);
            of_names.into_iter().for_each(|(people, count)| names[people as usize] += count);
            Ok(())
        })?;
        let mut words: Vec<(u64, u32)> = words.into_iter().collect();
        words.sort_unstable();
        let mut bytes = Vec::new();
        names.iter().skip(1).for_each(|count| bytes.put_u64(*count));
        for (key, count) in &words {
            bytes.put_u64(*key);
            bytes.put_u32(*count);
        }
        out.section("guess", &bytes)?;

        let rules = &self.rules.matching;
        let counted = self.peoples.iter().map(|(people, count)| (&**people, *count as usize));
        let large = Peoples::large(counted, rules.frequency.community_least);
        if !rules.ideas.communities || large.len() < 2 {
            return Ok(None);
        }
        let number = |people: u64| large.of(&self.peoples[people as usize - 1].0);
        let mut counts = GuessCounts::new(&scan.profiles.lexicon, large.len());
        names.iter().zip(0..).skip(1).for_each(|(count, people)| counts.add_names(number(people), *count));
        for (key, count) in &words {
            counts.add_word(WordIx((key >> 32) as u32), number(key & 0xffff_ffff), *count);
        }
        // From the numbers of a guess back to those of the index.
        let mut numbers = vec![0; large.len() + 1];
        (1..).zip(&self.peoples).for_each(|(at, (people, _))| numbers[usize::from(large.of(people))] = at);
        numbers[0] = 0;
        let settled = Settled { names: scan.columns.clone(), guess: Guess::new(&counts) };
        Ok(Some(Guessing { settled, numbers }))
    }

    fn statistics(&self, scan: &mut Scan<'_>, out: &mut IndexWriter) -> Result<Statistics<'a>, IndexError> {
        let specs: &'a FieldSpecs = &self.model.specs;
        let mut statistics = Statistics::new(specs);
        let exceptions = std::mem::take(&mut scan.exceptions);
        let count = |profiles: &Profiles, first: u32, rows: &Stretch| {
            let mut counted = Statistics::new(specs);
            for ((row, person), at) in rows.rows().zip(first..) {
                counted.add(row, person, &profiles.arena, !exceptions.contains(&at));
            }
            counted
        };
        scan.each(out, count, |counted| {
            statistics.merge(counted);
            Ok(())
        })?;
        scan.exceptions = exceptions;
        Ok(statistics)
    }

    /// How many tables of as many pairs as there are persons are sorted at a time, and the memory of
    /// each.
    fn batch(&self) -> (usize, u64) {
        let whole = u64::from(self.rows.count()).max(1) * 16;
        let batch = (self.memory / 2 / whole).clamp(1, 16);
        (batch as usize, self.memory / 2 / batch)
    }

    fn sorters(&self, count: usize, memory: u64) -> Vec<Sorter> {
        (0..count).map(|_| Sorter::new(&self.folder, memory)).collect()
    }

    fn write_together(&self, scan: &mut Scan<'_>, out: &mut IndexWriter) -> Result<(), IndexError> {
        if !self.rules.matching.ideas.term_frequency {
            return Ok(());
        }
        let (batch, memory) = self.batch();
        let specs = &self.model.specs;
        let exceptions = std::mem::take(&mut scan.exceptions);
        for fields in scan.columns.clone().chunks(batch) {
            let mut sorters = self.sorters(fields.len(), memory);
            let gather = |profiles: &Profiles, first: u32, rows: &Stretch| {
                let of_field = |at: &usize| {
                    let counted = rows.rows().zip(first..).filter(|(_, at)| !exceptions.contains(at));
                    let pairs = counted.filter_map(|((row, person), _)| {
                        Statistics::together(&specs.0[*at], row[*at], person, row, &profiles.arena)
                    });
                    pairs.collect::<Vec<_>>()
                };
                fields.iter().map(of_field).collect::<Vec<_>>()
            };
            scan.each(out, gather, |pairs| push_all(&mut sorters, pairs))?;
            for (at, sorter) in fields.iter().zip(sorters) {
                write_together(out, *at, sorter)?;
            }
        }
        Ok(())
    }

    /// Writes the values of every field with how often it has them; returns, by field, which it has
    /// more than once.
    fn write_values(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<Vec<FxHashMap<u64, u32>>, IndexError> {
        let mut often = vec![FxHashMap::default(); self.kinds.len()];
        let is_value =
            |at: &usize| matches!(self.kinds[*at], SlotKind::Number | SlotKind::Code | SlotKind::Text);
        let fields: Vec<usize> = (0..self.kinds.len()).filter(is_value).collect();
        let (batch, memory) = self.batch();
        for fields in fields.chunks(batch) {
            let mut sorters = self.sorters(fields.len(), memory);
            let gather = |profiles: &Profiles, _: u32, rows: &Stretch| {
                let of_field = |at: &usize| {
                    let slots = rows.rows().map(|(row, _)| row[*at]).filter(|slot| *slot != MISSING);
                    let key = |slot| (value_key(self.kinds[*at], slot, &profiles.texts), 0);
                    slots.map(key).collect::<Vec<_>>()
                };
                fields.iter().map(of_field).collect::<Vec<_>>()
            };
            scan.each(out, gather, |pairs| push_all(&mut sorters, pairs))?;
            for (at, sorter) in fields.iter().zip(sorters) {
                let total = sorter.count();
                write_value_counts(out, *at, sorter, &mut often[*at])?;
                out.section(&section("values.total", *at), &total.to_le_bytes())?;
            }
        }
        Ok(often)
    }

    /// Writes the blocks of every pass, deeper and deeper as long as some are too large.
    fn write_keys(&self, scan: &mut Scan<'_>, out: &mut IndexWriter) -> Result<(), IndexError> {
        let blocking = &self.model.blocking;
        let passes: Vec<_> = blocking.passes().collect();
        let records = self.rows.count();
        let (batch, memory) = self.batch();
        // Which passes have blocks at this depth, and of which records; all at depth 0.
        let mut open: Vec<(usize, Option<Members>)> = (0..passes.len()).map(|pass| (pass, None)).collect();
        for depth in 0.. {
            let mut deeper = Vec::new();
            for open in open.chunks(batch) {
                let mut sorters = self.sorters(open.len(), memory);
                let gather = |profiles: &Profiles, first: u32, rows: &Stretch| {
                    let of_pass = |(pass, members): &(usize, Option<Members>)| {
                        let rows = rows.rows().zip(first..).filter(|(_, record)| {
                            members.as_ref().is_none_or(|members| members.contains(*record))
                        });
                        let pairs = rows.filter_map(|((row, _), record)| {
                            Some((passes[*pass].key(depth, row, profiles)?, record.into()))
                        });
                        pairs.collect::<Vec<_>>()
                    };
                    open.iter().map(of_pass).collect::<Vec<_>>()
                };
                scan.each(out, gather, |pairs| push_all(&mut sorters, pairs))?;
                for ((pass, _), sorter) in open.iter().zip(sorters) {
                    let refinements = passes[*pass].refinements();
                    let of_pass = Depth { pass: *pass, depth, refinements, limit: blocking.limit() };
                    let mut members = Members::none(records);
                    if write_keys(out, &of_pass, sorter, &mut members)? > 0 {
                        deeper.push((*pass, Some(members)));
                    }
                }
            }
            if deeper.is_empty() {
                break;
            }
            open = deeper;
        }
        Ok(())
    }

    /// Writes the rows themselves, each value with how often the register has it.
    fn write_rows(self, often: &[FxHashMap<u64, u32>], out: &mut IndexWriter) -> Result<(), IndexError> {
        let Self { rows, kinds, folder, .. } = self;
        let mut counted = Spill::new(&folder).map_err(|error| out.error(error))?;
        for stretch in rows.chunks(STRETCH) {
            let tasks: Vec<u32> = stretch.clone().step_by(TASK as usize).collect();
            let encoded: Vec<std::io::Result<Vec<Vec<u8>>>> = tasks
                .into_par_iter()
                .map(|first| {
                    let bytes = rows.read(&(first..(first + TASK).min(stretch.end)))?;
                    encode(&bytes, &kinds, often).map_err(|_| std::io::ErrorKind::InvalidData.into())
                })
                .collect();
            for rows in encoded {
                for row in rows.map_err(|error| out.error(error))? {
                    counted.push(&row).map_err(|error| out.error(error))?;
                }
            }
        }
        drop(rows);
        counted.store("rows", out)
    }
}

fn names_of(kinds: &[SlotKind], row: &[Slot]) -> impl Iterator<Item = NameSlot> {
    let names = kinds.iter().zip(row).filter(|(kind, _)| **kind == SlotKind::Name);
    names.map(|(_, slot)| *slot).filter(|slot| *slot != MISSING).map(NameSlot::from_slot)
}

fn encode(
    bytes: &[u8],
    kinds: &[SlotKind],
    often: &[FxHashMap<u64, u32>],
) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut encoded = Vec::new();
    for entry in entries(bytes) {
        let mut take = Take::new(entry?);
        let person = take_person(&mut take)?;
        let mut taken = Taken::default();
        taken.take(&mut take, kinds, false, |word| Some(WordIx(word)))?;
        let mut row = Vec::with_capacity(160);
        write_person(&person, &mut row);
        let count = |at: usize, slot: Slot| {
            often[at].get(&value_key(kinds[at], slot, &taken.texts)).copied().unwrap_or(1)
        };
        write_slots(&taken.slots, kinds, (&taken.arena, &taken.texts), Some(&count), &mut row);
        encoded.push(row);
    }
    Ok(encoded)
}

fn push_all(sorters: &mut [Sorter], pairs: Vec<Vec<(u64, u64)>>) -> std::io::Result<()> {
    for (sorter, pairs) in sorters.iter_mut().zip(pairs) {
        for (key, value) in pairs {
            sorter.push(key, value)?;
        }
    }
    Ok(())
}

fn write_value_counts(
    out: &mut IndexWriter,
    at: usize,
    sorter: Sorter,
    often: &mut FxHashMap<u64, u32>,
) -> Result<(), IndexError> {
    let mut table = TableWriter::begin(out, &section("values", at), 12, sorter.count());
    let mut failed = None;
    let sorted = sorter.sorted().map_err(|error| out.error(error))?;
    let result = sorted.each_group(|key, held| {
        let count = u32::try_from(held.len()).unwrap_or(u32::MAX);
        if count > 1 {
            often.insert(key, count);
        }
        if failed.is_none() {
            failed = table.push(out, key, &count.to_le_bytes()).err();
        }
        Ok(())
    });
    result.map_err(|error| out.error(error))?;
    failed.map_or_else(|| table.end(out), Err)
}
