//! Which records of an earlier run are which of this one.
//!
//! A record is known again, first by its identifier where it says what it said; then by the list's
//! own code, whatever it says now; then by what it says, wherever it stands now; last by its place,
//! where it is still about somebody alike.

use std::{fs::File, io::Read, path::Path};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::PreviousError;
use crate::{
    matching::stable_hash,
    record::{Field, PersonName, PersonalId, Record, Text},
    write::unharmed,
};

/// How the records of a list stand to those of an earlier run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordChanges {
    /// Say what they said.
    pub unchanged: u64,
    /// Say something else.
    pub changed: u64,
    /// Were not there.
    pub new: u64,
    /// Are not there any more.
    pub gone: u64,
}

/// The columns of `records.csv` that say who a record is about.
const SAYS: [&str; 17] = [
    "full_name",
    "other_name",
    "birth_date",
    "gender",
    "ethnicity",
    "father_name",
    "father_id",
    "mother_name",
    "mother_id",
    "guardian_name",
    "guardian_id",
    "hamlet",
    "address",
    "birth_place",
    "phone",
    "note",
    "listed_personal_id",
];
const NAME: usize = 0;
const BIRTH: usize = 2;
const PARENTS: [usize; 2] = [5, 7];

/// What a record is known again by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    id: u64,
    /// The identifier is the list's own code.
    has_code: bool,
    says: [u64; 2],
    /// 0 where nothing is said.
    name: u64,
    birth: u64,
    parents: [u64; 2],
}

impl Told {
    fn new(id: &[u8], code: &[u8], says: &[&[u8]; SAYS.len()]) -> Self {
        let mut hash = Sha256::new();
        for text in says {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        let digest = hash.finalize();
        let half = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| digest[at + byte]));
        let of = |at: usize| if says[at].is_empty() { 0 } else { stable_hash(says[at]) };
        Self {
            id: stable_hash(id),
            has_code: id == code,
            says: [half(0), half(8)],
            name: of(NAME),
            birth: of(BIRTH),
            parents: PARENTS.map(of),
        }
    }

    fn of(record: &Record) -> Self {
        fn text(field: &Field<Text>) -> &str {
            field.get().map_or("", Text::as_str)
        }
        fn name(field: &Field<PersonName>) -> &str {
            field.get().map_or("", PersonName::full)
        }
        let number = |field: &Field<PersonalId>| field.get().map_or_else(String::new, |id| id.digits());
        let birth = record.birth.get().map_or_else(String::new, ToString::to_string);
        let (father, mother) = (number(&record.father.id), number(&record.mother.id));
        let (guardian, own) = (number(&record.guardian.id), number(&record.personal_id));
        let says = [
            name(&record.name),
            text(&record.other_name),
            &birth,
            record.gender.get().map_or("", |gender| gender.vietnamese()),
            text(&record.ethnicity),
            name(&record.father.name),
            &father,
            name(&record.mother.name),
            &mother,
            name(&record.guardian.name),
            &guardian,
            text(&record.hamlet),
            text(&record.address),
            text(&record.birth_place),
            text(&record.phone),
            text(&record.note),
            &own,
        ];
        Self::new(record.record_id.as_bytes(), text(&record.child_code).as_bytes(), &says.map(str::as_bytes))
    }

    /// About somebody alike: the same name; or the same birth date and a parent.
    fn is_alike(&self, other: &Self) -> bool {
        let same = |one: u64, other: u64| one != 0 && one == other;
        let parent = self.parents.iter().zip(&other.parents).any(|(one, other)| same(*one, *other));
        same(self.name, other.name) || same(self.birth, other.birth) && parent
    }
}

/// What the records of a list are known again by.
pub(super) fn told(records: &[Record]) -> Vec<Told> {
    records.par_iter().map(Told::of).collect()
}

/// The records of an earlier run.
#[derive(Debug, Default)]
pub(super) struct EarlierRecords {
    /// What each is known again by, in the order of the list.
    pub told: Vec<Told>,
    /// By record its cluster.
    pub clusters: Vec<u32>,
    /// The clusters' ids, in the order of the list.
    pub ids: Vec<Box<str>>,
    /// By cluster the record that it is named after, if that is in it.
    pub named_after: Vec<Option<u32>>,
}

impl EarlierRecords {
    /// Reads `records.csv`, which must be as the run wrote it.
    pub fn read(path: &Path, digest: &str) -> Result<Self, PreviousError> {
        let read = |error| PreviousError::Read { file: path.to_owned(), error };
        let mut file = Digesting { file: File::open(path).map_err(read)?, hash: Sha256::new() };
        let records = Self::parse(&mut file);
        // What the parser did not look at counts too.
        std::io::copy(&mut file, &mut std::io::sink()).map_err(read)?;
        let found: String = file.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let changed = || PreviousError::Changed { file: path.to_owned() };
        if found == digest { records.map_err(|_| changed()) } else { Err(changed()) }
    }

    fn parse(file: &mut Digesting) -> Result<Self, csv::Error> {
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 17).from_reader(file);
        let headings = reader.headers()?.clone();
        let column = |name: &str| {
            let found = headings.iter().position(|heading| heading.trim_start_matches('\u{feff}') == name);
            found.ok_or_else(|| csv::Error::from(std::io::Error::other("a column is missing")))
        };
        let (id, cluster, code) = (column("record_id")?, column("cluster_id")?, column("child_code")?);
        let mut says = [0; SAYS.len()];
        for (at, name) in says.iter_mut().zip(SAYS) {
            *at = column(name)?;
        }
        let mut records = Self::default();
        let mut by_id: FxHashMap<Box<[u8]>, u32> = FxHashMap::default();
        // As bytes: most cells are never looked at.
        let mut row = csv::ByteRecord::new();
        while reader.read_byte_record(&mut row)? {
            let cell = |at: usize| as_meant(row.get(at).unwrap_or_default());
            let (of_record, of_cluster) = (cell(id), cell(cluster));
            let known = by_id.get(of_cluster).copied().unwrap_or_else(|| {
                let next = records.ids.len() as u32;
                records.ids.push(String::from_utf8_lossy(of_cluster).into());
                records.named_after.push(None);
                by_id.insert(of_cluster.into(), next);
                next
            });
            if of_record == of_cluster {
                records.named_after[known as usize] = Some(records.told.len() as u32);
            }
            records.clusters.push(known);
            records.told.push(Told::new(of_record, cell(code), &says.map(cell)));
        }
        Ok(records)
    }

    /// For every record of now the record of then that it is, and how the two lists differ.
    pub fn places(&self, now: &[Told]) -> (Vec<Option<u32>>, RecordChanges) {
        let mut search = Search::new(&self.told, now);
        search.by_id(|then, now| then.says == now.says);
        search.by_id(|then, now| then.has_code && now.has_code);
        search.by_what_they_say();
        search.by_id(|then, now| !then.has_code && !now.has_code && then.is_alike(now));
        search.finish()
    }
}

/// A cell without the apostrophe that keeps spreadsheets from running it.
fn as_meant(cell: &[u8]) -> &[u8] {
    match cell {
        [b'\'', ..] => std::str::from_utf8(cell).map_or(cell, |text| unharmed(text).as_bytes()),
        _ => cell,
    }
}

/// Records being known again; each at most once.
struct Search<'a> {
    then: &'a [Told],
    now: &'a [Told],
    by_id: FxHashMap<u64, u32>,
    found: Vec<Option<u32>>,
    taken: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(then: &'a [Told], now: &'a [Told]) -> Self {
        let by_id = (0..).zip(then).map(|(at, told)| (told.id, at)).collect();
        Self { then, now, by_id, found: vec![None; now.len()], taken: vec![false; then.len()] }
    }

    fn by_id(&mut self, is_same: impl Fn(&Told, &Told) -> bool) {
        for (told, found) in self.now.iter().zip(&mut self.found).filter(|(_, found)| found.is_none()) {
            let Some(at) = self.by_id.get(&told.id).copied() else { continue };
            if !self.taken[at as usize] && is_same(&self.then[at as usize], told) {
                self.taken[at as usize] = true;
                *found = Some(at);
            }
        }
    }

    /// Of records that say the same the first is the first, and so on.
    fn by_what_they_say(&mut self) {
        let free = (0..).zip(self.then).zip(&self.taken).filter(|(_, taken)| !**taken);
        let mut waiting: FxHashMap<[u64; 2], Vec<u32>> = FxHashMap::default();
        for ((at, told), _) in free {
            waiting.entry(told.says).or_default().push(at);
        }
        waiting.values_mut().for_each(|records| records.reverse());
        for (told, found) in self.now.iter().zip(&mut self.found).filter(|(_, found)| found.is_none()) {
            if let Some(at) = waiting.get_mut(&told.says).and_then(Vec::pop) {
                self.taken[at as usize] = true;
                *found = Some(at);
            }
        }
    }

    fn finish(self) -> (Vec<Option<u32>>, RecordChanges) {
        let mut changes = RecordChanges::default();
        for (told, found) in self.now.iter().zip(&self.found) {
            match found {
                Some(at) if self.then[*at as usize].says == told.says => changes.unchanged += 1,
                Some(_) => changes.changed += 1,
                None => changes.new += 1,
            }
        }
        changes.gone = self.taken.iter().filter(|taken| !**taken).count() as u64;
        (self.found, changes)
    }
}

/// A file that is digested while it is read.
struct Digesting {
    file: File,
    hash: Sha256,
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(id: &str, code: &str, name: &str, birth: &str, father: &str) -> Told {
        let mut says = [""; SAYS.len()];
        (says[NAME], says[BIRTH], says[PARENTS[0]]) = (name, birth, father);
        Told::new(id.as_bytes(), code.as_bytes(), &says.map(str::as_bytes))
    }

    fn places(then: &[Told], now: &[Told]) -> (Vec<Option<u32>>, RecordChanges) {
        let records = EarlierRecords { told: then.to_vec(), ..EarlierRecords::default() };
        records.places(now)
    }

    #[test]
    fn rows_that_moved_are_known_by_what_they_say_and_not_by_their_place() {
        let then = [
            told("a#!2", "", "An", "2019", "Ba"),
            told("a#!3", "", "Bình", "2018", "Tư"),
            told("a#!4", "", "Bình", "2018", "Tư"),
        ];
        let now = [
            told("a#!2", "", "Mới", "2020", "Sáu"),
            told("a#!3", "", "An", "2019", "Ba"),
            told("a#!4", "", "Bình", "2018", "Tư"),
            told("a#!5", "", "Bình", "2018", "Tư"),
        ];
        let (found, changes) = places(&then, &now);
        assert_eq!(found, [None, Some(0), Some(2), Some(1)]);
        assert_eq!(changes, RecordChanges { unchanged: 3, changed: 0, new: 1, gone: 0 });
    }

    #[test]
    fn a_code_holds_whatever_changes_and_a_place_only_for_somebody_alike() {
        let then = [
            told("TE1", "TE1", "An", "2019", "Ba"),
            told("a#!3", "", "Bình", "2018", "Tư"),
            told("a#!4", "", "Chi", "2017", "Năm"),
            told("a#!5", "", "Dũng", "2016", "Sáu"),
        ];
        let now = [
            told("TE1", "TE1", "Ân", "2020", "Bảy"),
            told("a#!3", "", "Binh", "2018", "Tư"),
            told("a#!4", "", "Chi", "2011", ""),
            told("a#!5", "", "Giang", "2016", ""),
        ];
        let (found, changes) = places(&then, &now);
        assert_eq!(found, [Some(0), Some(1), Some(2), None]);
        assert_eq!(changes, RecordChanges { unchanged: 0, changed: 3, new: 1, gone: 1 });
    }
}
