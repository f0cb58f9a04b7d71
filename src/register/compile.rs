//! A register of any size, made into an index: what [`keep_numbered`](super::keep_numbered) and
//! [`derive_parents`](super::derive_parents) do in memory is done here while the records pass by, with
//! the records themselves in a temporary file.

use std::{cell::RefCell, io, path::Path};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    RegisterError,
    catalogue::{Catalogue, write_catalogue},
    families::{child_of, lacks_parents, spouse_of, stand_for},
    numbers::{identity, row_text, same_person},
};
use crate::{
    index::{
        EntriesWriter, IndexError, IndexWriter, Malformed, Sorter, Spill, TableWriter, entries, read_record,
        write_record,
    },
    matching::{
        Draft, Drafter, ExtraColumns, IndexBuilder, IndexModel, MOST_RECORDS, number_key, stable_hash,
    },
    outcome::{Indexed, IndexedSheet, InputFile, List},
    record::{Gender, PersonalId, Record, Reject, RejectReason, SourceIx},
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
const TASK: u32 = 1 << 11;

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
    pub fn add(&mut self, files: Vec<InputFile>, mut list: List) -> Result<(), IndexError> {
        let before = self.catalogue.sources.iter().count() as u16;
        let moved = |source: &mut SourceIx| source.0 += before;
        list.records.iter_mut().for_each(|record| moved(&mut record.origin.source));
        list.rejects.iter_mut().for_each(|reject| moved(&mut reject.source));
        list.tables.iter_mut().for_each(|table| moved(&mut table.source));
        self.extras.extend(self.model.extras(&list, self.rules));
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); list.sources.iter().count()];
        let mut count = |source: SourceIx, row: u32| rows[usize::from(source.0 - before)].push(row);
        list.records.iter().for_each(|record| count(record.origin.source, record.origin.row));
        list.rejects.iter().for_each(|reject| count(reject.source, reject.row));
        for table in &list.tables {
            table.layout.iter().for_each(|layout| count(table.source, layout.row));
        }
        for mut rows in rows {
            let sum = rows.len();
            rows.par_sort_unstable();
            rows.dedup();
            let sheet = IndexedSheet { records: 0, rows: rows.len() as u64, balanced: rows.len() == sum };
            self.catalogue.indexed.sheets.push(sheet);
        }
        list.sources.iter().for_each(|sheet| _ = self.catalogue.sources.push(sheet.clone()));
        self.catalogue.files.extend(files);
        self.catalogue.tables.append(&mut list.tables);
        self.rejects.append(&mut list.rejects);
        let added = self.add_records(&list.records);
        added.map_err(|error| self.out.error(error))?;
        if self.records.len() > MOST_RECORDS {
            return Err(IndexError::TooMany { file: self.catalogue.name() });
        }
        Ok(())
    }

    fn add_records(&mut self, records: &[Record]) -> io::Result<()> {
        for records in records.chunks(STRETCH as usize) {
            let first = self.records.len();
            let encode = |record: &Record| {
                let mut bytes = Vec::with_capacity(256);
                write_record(record, &mut bytes);
                bytes
            };
            let encoded: Vec<Vec<u8>> = records.par_iter().with_min_len(256).map(encode).collect();
            encoded.iter().try_for_each(|bytes| self.records.push(bytes))?;
            for (record, at) in records.iter().zip(first..) {
                match record.personal_id.get() {
                    Some(number) => self.numbers.push(number.as_u64(), at.into())?,
                    None => _ = self.unnumbered.insert(at, 0),
                }
                if let Some((household, spouse)) = spouse_of(record) {
                    let wife = u64::from(spouse == Gender::Female);
                    self.spouses.push(household_key(household), u64::from(at) << 1 | wife)?;
                }
                if record.personal_id.get().is_none()
                    && record.child_code.get().is_none()
                    && let Some(identity) = identity_key(record)
                {
                    self.unnumbered.insert(at, identity);
                }
            }
        }
        Ok(())
    }

    /// Writes the index and puts it in its place. Returns what it holds and its size.
    pub fn finish(mut self, rules: &[u8; 32]) -> Result<(Indexed, u64), CompileError> {
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
        if numbers.len() == 0 && self.records.len() > 0 {
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
        let judged = numbers.sorted().and_then(|sorted| sorted.each_group(judge));
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
        let gathered = spouses.sorted().and_then(|sorted| sorted.each_group(gather));
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
        let mut writer = EntriesWriter::begin("records", &mut self.out);
        let mut persons = 0;
        let judge = Judge { records: &self.records, doubles, households, asked: &asked };
        for stretch in self.records.chunks(STRETCH) {
            let kept = judge.stretch(&stretch, || self.model.drafter(self.rules), &self.extras);
            for kept in kept {
                let kept = kept.map_err(|error| self.out.error(error))?;
                for (entry, source) in kept.entries.iter().zip(&kept.sources) {
                    writer.push(entry, &mut self.out)?;
                    self.catalogue.indexed.sheets[usize::from(source.0)].records += 1;
                }
                for number in kept.numbers {
                    let pushed = numbers.push(number_key(number), persons);
                    pushed.map_err(|error| self.out.error(error))?;
                    persons += 1;
                }
                builder.add(kept.draft).map_err(|error| self.out.error(error))?;
                self.rejects.extend(kept.rejects);
                rivals.extend(kept.rivals);
                known.extend(kept.known);
            }
        }
        self.catalogue.indexed.records = persons as u32;
        rivals.retain(|at| {
            self.unnumbered.get(at).is_none_or(|identity| *identity != 0 && !known.contains(identity))
        });
        let mut drafter = self.model.drafter(self.rules);
        for rivals in rivals.chunks(STRETCH as usize) {
            let read = rivals.iter().map(|at| read(&self.records, *at)).collect::<io::Result<Vec<_>>>();
            let rivals = read.map_err(|error| self.out.error(error))?;
            for rival in &rivals {
                let mut entry = Vec::new();
                write_record(rival, &mut entry);
                writer.push(&entry, &mut self.out)?;
                if let Some(number) = rival.personal_id.get() {
                    let pushed = numbers.push(number_key(*number), persons);
                    pushed.map_err(|error| self.out.error(error))?;
                }
                persons += 1;
            }
            let draft = drafter.draft(rivals.iter(), &self.extras);
            builder.add(draft).map_err(|error| self.out.error(error))?;
        }
        self.catalogue.indexed.rivals = persons as u32 - self.catalogue.indexed.records;
        writer.end(&mut self.out)?;
        self.write_numbers(numbers)
    }

    fn write_numbers(&mut self, numbers: Sorter) -> Result<(), IndexError> {
        let out = &mut self.out;
        let mut table = TableWriter::begin(out, "numbers", 12, numbers.len());
        let mut failed = None;
        let sorted = numbers.sorted().map_err(|error| out.error(error))?;
        let result = sorted.each_group(|number, persons| {
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

/// No record, and more than one.
const NOBODY: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

/// Husband and wife of each household, by its hash, in order.
#[derive(Default)]
struct Households(Vec<(u64, [u32; 2])>);

impl Households {
    fn couple(&self, household: &str) -> [Option<u32>; 2] {
        let found = self.0.binary_search_by_key(&household_key(household), |(household, _)| *household);
        let couple = found.map_or([NOBODY; 2], |at| self.0[at].1);
        couple.map(|spouse| (spouse < SEVERAL).then_some(spouse))
    }
}

/// Says of every record whether it stays.
struct Judge<'a> {
    records: &'a Spill,
    doubles: &'a FxHashMap<u32, RejectReason>,
    households: &'a Households,
    /// Identities that matter if a record that stays has them too.
    asked: &'a FxHashSet<u64>,
}

/// What stays of some records, and what does not.
struct Kept {
    entries: Vec<Vec<u8>>,
    sources: Vec<SourceIx>,
    numbers: Vec<PersonalId>,
    draft: Draft,
    rejects: Vec<Reject>,
    /// Records rejected that may be somebody else.
    rivals: Vec<u32>,
    known: Vec<u64>,
}

impl Judge<'_> {
    fn stretch<'d>(
        &self,
        stretch: &std::ops::Range<u32>,
        drafter: impl Fn() -> Drafter<'d> + Sync + Send,
        extras: &ExtraColumns<'_>,
    ) -> Vec<io::Result<Kept>> {
        let firsts: Vec<u32> = stretch.clone().step_by(TASK as usize).collect();
        let judge = |drafter: &mut Drafter<'d>, first: u32| {
            self.judge(first, (first + TASK).min(stretch.end), drafter, extras)
        };
        firsts.into_par_iter().map_init(drafter, judge).collect()
    }

    fn judge(
        &self,
        first: u32,
        end: u32,
        drafter: &mut Drafter<'_>,
        extras: &ExtraColumns<'_>,
    ) -> io::Result<Kept> {
        let bytes = self.records.read(&(first..end))?;
        let (mut kept, mut rejects, mut rivals, mut known) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        // The household last asked for is mostly the next one's too.
        let couples = RefCell::new((String::new(), [None, None]));
        for (entry, at) in entries(&bytes).zip(first..) {
            let mut record = entry.and_then(read_record).map_err(malformed)?;
            let reason = match (record.personal_id.get(), self.doubles.get(&at)) {
                (None, _) => Some(RejectReason::RegisterWithoutNumber),
                (_, reason) => reason.copied(),
            };
            if let Some(reason) = reason {
                let origin = record.origin;
                rejects.push(Reject {
                    source: origin.source,
                    row: origin.row,
                    text: row_text(&record),
                    reason,
                });
                if reason != RejectReason::RegisterPersonTwice {
                    rivals.push(at);
                }
                continue;
            }
            if !self.asked.is_empty() {
                known.extend(identity_key(&record).filter(|identity| self.asked.contains(identity)));
            }
            if lacks_parents(&record)
                && let Some(household) = child_of(&record).map(str::to_owned)
            {
                self.derive_parents(&mut record, household, &mut couples.borrow_mut())?;
            }
            kept.push(record);
        }
        let encode = |record: &Record| {
            let mut bytes = Vec::with_capacity(256);
            write_record(record, &mut bytes);
            bytes
        };
        Ok(Kept {
            entries: kept.iter().map(encode).collect(),
            sources: kept.iter().map(|record| record.origin.source).collect(),
            numbers: kept.iter().filter_map(|record| record.personal_id.get().copied()).collect(),
            draft: drafter.draft(kept.iter(), extras),
            rejects,
            rivals,
            known,
        })
    }

    fn derive_parents(
        &self,
        record: &mut Record,
        household: String,
        (last, couple): &mut (String, [Option<Record>; 2]),
    ) -> io::Result<()> {
        if *last != household {
            let found = self.households.couple(&household);
            let [husband, wife] = found.map(|at| at.map(|at| read(self.records, at)).transpose());
            (*last, *couple) = (household, [husband?, wife?]);
        }
        for (spouse, parent) in couple.iter().zip([&mut record.father, &mut record.mother]) {
            if let Some(spouse) = spouse {
                stand_for(spouse, parent);
            }
        }
        Ok(())
    }
}

fn read(records: &Spill, at: u32) -> io::Result<Record> {
    read_record(&records.get(at)?).map_err(malformed)
}

fn malformed(_: Malformed) -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// What a household is known by.
fn household_key(household: &str) -> u64 {
    stable_hash(household.as_bytes())
}

/// What a row without a number is known by: its name and birth date. Never 0.
fn identity_key(record: &Record) -> Option<u64> {
    let (words, birth) = identity(record)?;
    let day = [birth.month(), birth.day()].map(|part| part.unwrap_or(0));
    Some(stable_hash(format!("{} {} {day:?}", words.join(" "), birth.year()).as_bytes()) | 1)
}
