//! A register that was made into an index: persons are read when they are asked for.

use std::path::Path;

use super::catalogue::read_catalogue;
use crate::{
    index::{Entries, IndexError, IndexFile, read_record},
    matching::IndexedPeople,
    outcome::{InputFile, List, ListKind},
    record::{PersonalId, Record},
};

/// An open index of a register.
pub struct IndexedRegister {
    file: IndexFile,
    /// The register without its persons: sheets, columns, rejects, counts.
    pub list: List,
    /// The files it was built from.
    pub built_from: Vec<InputFile>,
}

impl IndexedRegister {
    /// Opens an index that was built with these rules.
    pub fn open(path: &Path, rules: &[u8; 32]) -> Result<Self, IndexError> {
        let file = IndexFile::open(path, rules)?;
        let (list, built_from) = read_catalogue(&file)?;
        Ok(Self { file, list, built_from })
    }

    /// The index as an input of a run. What it is known by is the digest of its header, which holds
    /// that of all its checksums.
    pub fn input(&self, path: &Path) -> InputFile {
        InputFile {
            path: path.to_owned(),
            bytes: self.file.length(),
            sha256: self.file.digest().to_owned(),
            list: ListKind::Register,
        }
    }

    /// Its persons, for matching.
    pub fn people(&self) -> IndexedPeople<'_> {
        let (records, rivals) =
            self.list.holdings.as_ref().map_or((0, 0), |holdings| (holdings.records, holdings.rivals));
        IndexedPeople { file: &self.file, records, rivals }
    }

    /// The persons who hold some numbers that may be given, by their numbers in the index.
    pub fn holders(&self, numbers: &[PersonalId]) -> Result<Vec<u32>, IndexError> {
        let people = self.people();
        let mut holders = people.holders(numbers.iter().copied())?;
        holders.retain(|person| *person < people.records);
        Ok(holders)
    }

    /// The records of some persons.
    pub fn records(&self, persons: &[u32]) -> Result<Vec<Record>, IndexError> {
        let mut entries = Entries::open_packed(&self.file, "records", self.people().count() as u32)?;
        let sources = self.list.sources.iter().count();
        let mut record = |person: &u32| {
            let record = read_record(entries.get(*person)?).ok();
            let record = record.filter(|record| usize::from(record.origin.source.0) < sources);
            record.ok_or_else(|| entries.damaged())
        };
        persons.iter().map(&mut record).collect()
    }
}
