//! A register of any size, made into an index: what [`keep_numbered`](super::keep_numbered) and
//! [`derive_parents`](super::derive_parents) do in memory is done here while the records pass by, with
//! the records themselves in a temporary file.

use std::{io, path::Path};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    RegisterError,
    catalogue::{Catalogue, write_catalogue},
    families::spouse_of,
    judge::{Households, Judge, NOBODY, SEVERAL, household_key, identity_key, read},
    numbers::same_person,
};
use crate::{
    index::{Batch, EntriesWriter, IndexError, IndexWriter, Sorter, Spill, TableWriter, write_record},
    matching::{ExtraColumns, IndexBuilder, IndexModel, MOST_RECORDS, number_key},
    outcome::{HeldSheet, Holdings, InputFile, List},
    record::{Gender, Record, Reject, RejectReason, SourceIx, Sources},
    rules::Rules,
};

/// Why no index came about.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The register is none.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The index could not be written.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// A register on its way into an index.
pub struct Compiler<'a> {
    rules: &'a Rules,
    model: &'a IndexModel,
    memory: u64,
    out: IndexWriter,
    /// Every record read, in order.
    records: Spill,
    catalogue: Catalogue,
    rejects: Vec<Reject>,
    extras: ExtraColumns<'a>,
    /// Records by their numbers.
    numbers: Sorter,
    /// Husbands and wives by their households: twice the record, one more for a wife.
    spouses: Sorter,
    /// What records without a number are known by, where they may be somebody else.
    unnumbered: FxHashMap<u32, u64>,
}

/// Records handled at a time, and by one thread.
const STRETCH: u32 = 1 << 15;
/// See [`STRETCH`].
const TASK: usize = 1 << 10;

/// What is asked of all records before any is judged.
struct Known {
    /// By [`number_key`].
    number: Option<u64>,
    /// What it is known by without a number, where it may be somebody else; or 0.
    identity: u64,
    /// The household as whose head or head's spouse it is listed, and whether as a wife.
    spouse: Option<(u64, bool)>,
}

impl Known {
    fn of(record: &Record) -> Self {
        let number = record.personal_id.get().map(|number| number_key(*number));
        let is_somebody = number.is_none() && record.child_code.get().is_none();
        let spouse = spouse_of(record);
        Self {
            number,
            identity: if is_somebody { identity_key(record).unwrap_or(0) } else { 0 },
            spouse: spouse.map(|(household, spouse)| (household_key(household), spouse == Gender::Female)),
        }
    }
}

impl<'a> Compiler<'a> {
    /// Begins an index at `target` that takes about so many bytes of memory to make.
    pub fn new(
        target: &Path,
        model: &'a IndexModel,
        rules: &'a Rules,
        memory: u64,
    ) -> Result<Self, IndexError> {
        let out = IndexWriter::create(target)?;
        let records = Spill::new(out.folder()).map_err(|error| out.error(error))?;
        let sorter = || Sorter::new(out.folder(), memory / 8);
        Ok(Self {
            numbers: sorter(),
            spouses: sorter(),
            rules,
            model,
            memory,
            records,
            catalogue: Catalogue::default(),
            rejects: Vec::new(),
            extras: model.extras(&List::default(), rules),
            unnumbered: FxHashMap::default(),
            out,
        })
    }

    /// Takes the records of one or more files, read and normalised: the list as a run would have it
    /// before it was made a register.
    pub fn add(&mut self, files: Vec<InputFile>, list: List) -> Result<(), IndexError> {
        let first = self.begin(&list.sources);
        self.part(first, list)?;
        self.end(files);
        Ok(())
    }

    /// Begins sheets whose rows follow in parts; returns the number of the first.
    pub fn begin(&mut self, sources: &Sources) -> u16 {
        let first = self.catalogue.sources.iter().count() as u16;
        for sheet in sources.iter() {
            self.catalogue.sources.push(sheet.clone());
            let none = HeldSheet { records: 0, rows: 0, balanced: true };
            self.catalogue.indexed.sheets.push(none);
        }
        first
    }

    /// Takes a part of the sheets begun last, of which `first` is the first: rows that no other part has.
    pub fn part(&mut self, first: u16, mut list: List) -> Result<(), IndexError> {
        let moved = |source: &mut SourceIx| source.0 += first;
        list.records.iter_mut().for_each(|record| moved(&mut record.origin.source));
        list.rejects.iter_mut().for_each(|reject| moved(&mut reject.source));
        list.tables.iter_mut().for_each(|table| moved(&mut table.source));
        self.extras.extend(self.model.extras(&list, self.rules));
        self.count_rows(first, &list);
        for table in list.tables {
            self.catalogue.add(table);
        }
        self.rejects.append(&mut list.rejects);
        let added = self.add_records(list.records);
        added.map_err(|error| self.out.error(error))?;
        if self.records.count() > MOST_RECORDS {
            return Err(IndexError::TooMany { file: self.catalogue.name() });
        }
        Ok(())
    }

    /// Ends the sheets begun last; the files whose they were.
    pub fn end(&mut self, files: Vec<InputFile>) {
        self.catalogue.files.extend(files);
    }

    fn count_rows(&mut self, first: u16, list: &List) {
        let sheets = &mut self.catalogue.indexed.sheets[usize::from(first)..];
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); sheets.len()];
        let mut count = |source: SourceIx, row: u32| rows[usize::from(source.0 - first)].push(row);
        list.records.iter().for_each(|record| count(record.origin.source, record.origin.row));
        list.rejects.iter().for_each(|reject| count(reject.source, reject.row));
        for table in &list.tables {
            table.layout.iter().for_each(|layout| count(table.source, layout.row));
        }
        for (sheet, mut rows) in sheets.iter_mut().zip(rows) {
            let sum = rows.len();
            rows.par_sort_unstable();
            rows.dedup();
            sheet.rows += rows.len() as u64;
            sheet.balanced &= rows.len() == sum;
        }
    }

    fn add_records(&mut self, records: Vec<Record>) -> io::Result<()> {
        let tasks: Vec<(Batch, Vec<Known>)> = records
            .into_par_iter()
            .fold_chunks(TASK, Default::default, |(mut batch, mut known): (Batch, Vec<Known>), record| {
                batch.push(|bytes| write_record(&record, bytes));
                known.push(Known::of(&record));
                (batch, known)
            })
            .collect();
        for (batch, known) in &tasks {
            for (entry, known) in batch.iter().zip(known) {
                let at = self.records.count();
                self.records.push(entry)?;
                match known.number {
                    Some(number) => self.numbers.push(number, at.into())?,
                    None => _ = self.unnumbered.insert(at, known.identity),
                }
                if let Some((household, is_wife)) = known.spouse {
                    self.spouses.push(household, u64::from(at) << 1 | u64::from(is_wife))?;
                }
            }
        }
        Ok(())
    }

    /// Writes the index and puts it in its place. Returns what it holds and its size.
    pub fn finish(mut self, rules: &[u8; 32]) -> Result<(Holdings, u64), CompileError> {
        self.records.flush().map_err(|error| self.out.error(error))?;
        let doubles = self.doubles()?;
        let households = self.households(&doubles)?;
        let builder = IndexBuilder::new(self.model, self.rules, self.out.folder(), self.memory);
        let mut builder = builder.map_err(|error| self.out.error(error))?;
        self.write_records(&doubles, &households, &mut builder)?;
        let Self { records, mut out, mut catalogue, mut rejects, .. } = self;
        drop(records);
        builder.write(&mut out)?;
        rejects.sort_by_key(|reject| (reject.source, reject.row));
        write_catalogue(&mut catalogue, &rejects, &mut out)?;
        let indexed = catalogue.indexed;
        Ok((indexed, out.finish(rules)?))
    }

    /// What is to become of records that share their number with others.
    fn doubles(&mut self) -> Result<FxHashMap<u32, RejectReason>, CompileError> {
        let numbers = std::mem::replace(&mut self.numbers, Sorter::new(self.out.folder(), 0));
        if numbers.count() == 0 && self.records.count() > 0 {
            return Err(RegisterError::NoNumbers { file: self.catalogue.name() }.into());
        }
        let mut doubles = FxHashMap::default();
        let get = |at: u64| read(&self.records, at as u32);
        let judge = |_: u64, held: &[u64]| {
            let [first, others @ ..] = held else { return Ok(()) };
            if others.is_empty() {
                return Ok(());
            }
            let one = get(*first)?;
            let mut several = false;
            for other in others {
                several |= !same_person(&one, &get(*other)?);
            }
            let reason =
                if several { RejectReason::RegisterNumberTwice } else { RejectReason::RegisterPersonTwice };
            let rejected = if several { held } else { others };
            rejected.iter().for_each(|at| _ = doubles.insert(*at as u32, reason));
            Ok(())
        };
        let judged = numbers.each_group(judge);
        judged.map_err(|error| self.out.error(error))?;
        Ok(doubles)
    }

    /// The one husband and the one wife of each household.
    fn households(&mut self, doubles: &FxHashMap<u32, RejectReason>) -> Result<Households, IndexError> {
        let spouses = std::mem::replace(&mut self.spouses, Sorter::new(self.out.folder(), 0));
        let mut households = Households::default();
        let gather = |household: u64, spouses: &[u64]| {
            let mut couple = [NOBODY; 2];
            for spouse in spouses {
                let at = (spouse >> 1) as u32;
                if doubles.contains_key(&at) || self.unnumbered.contains_key(&at) {
                    continue;
                }
                let place = &mut couple[(spouse & 1) as usize];
                *place = if *place == NOBODY { at } else { SEVERAL };
            }
            households.0.push((household, couple));
            Ok(())
        };
        let gathered = spouses.each_group(gather);
        gathered.map_err(|error| self.out.error(error))?;
        Ok(households)
    }

    /// Writes the records that stay, and behind them the rivals, and gives their rows to matching.
    fn write_records(
        &mut self,
        doubles: &FxHashMap<u32, RejectReason>,
        households: &Households,
        builder: &mut IndexBuilder<'_>,
    ) -> Result<(), IndexError> {
        let asked: FxHashSet<u64> =
            self.unnumbered.values().copied().filter(|identity| *identity != 0).collect();
        let (mut known, mut rivals) = (FxHashSet::default(), Vec::new());
        let mut numbers = Sorter::new(self.out.folder(), self.memory / 8);
        let mut writer = EntriesWriter::begin("records", true, &mut self.out);
        let mut persons = 0;
        let judge = Judge { records: &self.records, doubles, households, asked: &asked };
        let drafters = self.model.drafters(self.rules);
        for stretch in self.records.chunks(STRETCH) {
            let (mut entries, mut drafts) = (Vec::new(), Vec::new());
            for kept in judge.stretch(&stretch, &drafters, &self.extras) {
                let kept = kept.map_err(|error| self.out.error(error))?;
                for source in kept.sources {
                    self.catalogue.indexed.sheets[usize::from(source.0)].records += 1;
                }
                for number in kept.numbers {
                    let pushed = numbers.push(number_key(number), persons);
                    pushed.map_err(|error| self.out.error(error))?;
                    persons += 1;
                }
                entries.push(kept.entries);
                drafts.push(kept.draft);
                self.rejects.extend(kept.rejects);
                rivals.extend(kept.rivals);
                known.extend(kept.known);
            }
            writer.push(&entries, &mut self.out)?;
            builder.add(drafts).map_err(|error| self.out.error(error))?;
        }
        self.catalogue.indexed.records = persons as u32;
        rivals.retain(|at| {
            self.unnumbered.get(at).is_none_or(|identity| *identity != 0 && !known.contains(identity))
        });
        for rivals in rivals.chunks(STRETCH as usize) {
            let read = rivals.iter().map(|at| read(&self.records, *at)).collect::<io::Result<Vec<_>>>();
            let rivals = read.map_err(|error| self.out.error(error))?;
            let mut entries = Batch::default();
            for rival in &rivals {
                entries.push(|bytes| write_record(rival, bytes));
                if let Some(number) = rival.personal_id.get() {
                    let pushed = numbers.push(number_key(*number), persons);
                    pushed.map_err(|error| self.out.error(error))?;
                }
                persons += 1;
            }
            writer.push(&[entries], &mut self.out)?;
            let draft = drafters.draft(rivals.iter(), &self.extras);
            builder.add(vec![draft]).map_err(|error| self.out.error(error))?;
        }
        self.catalogue.indexed.rivals = persons as u32 - self.catalogue.indexed.records;
        writer.end(&mut self.out)?;
        self.write_numbers(numbers)
    }

    fn write_numbers(&mut self, numbers: Sorter) -> Result<(), IndexError> {
        let out = &mut self.out;
        let mut table = TableWriter::begin(out, "numbers", 12, numbers.count());
        let mut failed = None;
        let result = numbers.each_group(|number, persons| {
            for person in persons {
                if failed.is_none() {
                    failed = table.push(out, number, &(*person as u32).to_le_bytes()).err();
                }
            }
            Ok(())
        });
        result.map_err(|error| out.error(error))?;
        failed.map_or_else(|| table.end(out), Err)
    }
}
