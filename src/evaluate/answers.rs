//! Reads a run and the truth into compact rows: identifiers and names become 64-bit keys, so that
//! millions of records fit, and no name is kept.

use std::{
    fs::File,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::EvaluateError;
use crate::{matching::LinkStatus, text::fold::plain};

/// A key made from text; 0 stands for "not known".
pub(super) type Key = u64;

/// One record of the run that the truth knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub record: Key,
    pub entity: Key,
    pub cluster: Key,
    /// Not the record that stands for its cluster.
    pub is_duplicate: bool,
    pub status: LinkStatus,
    /// The number the run gives; 0 for none.
    pub given: u64,
    /// The number in the register; 0 for none.
    pub right: u64,
    /// Mother and birth date.
    pub birth: Key,
    /// Full name and birth date.
    pub namesake: Key,
    /// Father and mother.
    pub family: Key,
    pub is_minority: bool,
    /// The birth date is known to the day.
    pub is_dated: bool,
}

/// A run and its truth.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// In the order of the run.
    pub records: Vec<Judged>,
    /// Entity and number of the truth's records that the run does not have; sorted.
    pub absent: Vec<(Key, u64)>,
    /// Record and candidate number of the review list.
    pub offers: FxHashSet<(Key, u64)>,
    pub truth_records: u64,
    pub unknown_records: u64,
    pub entities: u64,
}

impl Answers {
    pub fn read(records: &Path, review: &Path, truth: &Path) -> Result<Self, EvaluateError> {
        let mut answers = Self::of(truth, |answers, known| answers.read_records(records, known))?;
        answers.read_review(review)?;
        Ok(answers)
    }

    /// The answers of a run whose records `read` takes out of those of the truth.
    pub(super) fn of(
        truth: &Path,
        read: impl FnOnce(&mut Self, &mut FxHashMap<Key, (Key, u64)>) -> Result<(), EvaluateError>,
    ) -> Result<Self, EvaluateError> {
        let mut known = read_truth(truth)?;
        let entities: FxHashSet<Key> = known.values().map(|(entity, _)| *entity).collect();
        let mut answers =
            Self { truth_records: known.len() as u64, entities: entities.len() as u64, ..Self::default() };
        read(&mut answers, &mut known)?;
        if answers.records.is_empty() {
            return Err(EvaluateError::Strangers);
        }
        answers.absent = known.into_values().collect();
        answers.absent.sort_unstable();
        Ok(answers)
    }

    fn read_records(
        &mut self,
        path: &Path,
        known: &mut FxHashMap<Key, (Key, u64)>,
    ) -> Result<(), EvaluateError> {
        let mut rows = Rows::open(path)?;
        let record = rows.column("record_id")?;
        let cluster = rows.column("cluster_id")?;
        let role = rows.column("cluster_role")?;
        let status = rows.column("link_status")?;
        let number = rows.column("personal_id")?;
        let fields = ["full_name", "birth_date", "father_name", "mother_name", "ethnicity"];
        let fields = fields.map(|name| rows.find(name));
        while rows.advance()? {
            let record = key(&[rows.cell(record)]);
            let Some((entity, right)) = known.remove(&record) else {
                self.unknown_records += 1;
                continue;
            };
            let word = rows.cell(status);
            let status = LinkStatus::ALL.iter().copied().find(|status| status.as_str() == word);
            let [name, birth, father, mother, group] =
                fields.map(|field| field.map_or("", |at| rows.cell(at)));
            let is_dated = birth.len() == "2018-03-05".len();
            self.records.push(Judged {
                record,
                entity,
                cluster: key(&[rows.cell(cluster)]),
                is_duplicate: rows.cell(role) == "duplicate",
                status: status.ok_or_else(|| rows.bad("link_status"))?,
                given: rows.number(number, "personal_id")?,
                right,
                birth: if is_dated { key(&[&plain(mother), birth]) } else { 0 },
                namesake: if is_dated { key(&[&plain(name), birth]) } else { 0 },
                family: key(&[&plain(father), &plain(mother)]),
                is_minority: !group.is_empty() && group != "Kinh",
                is_dated,
            });
        }
        Ok(())
    }

    fn read_review(&mut self, path: &Path) -> Result<(), EvaluateError> {
        let mut rows = Rows::open(path)?;
        let kind = rows.column("kind")?;
        let record = rows.column("record_id")?;
        let other = rows.column("other")?;
        while rows.advance()? {
            if rows.cell(kind) == "identity" {
                let offer = (key(&[rows.cell(record)]), rows.number(other, "other")?);
                self.offers.insert(offer);
            }
        }
        Ok(())
    }
}

/// Entity and number by record.
fn read_truth(path: &Path) -> Result<FxHashMap<Key, (Key, u64)>, EvaluateError> {
    let mut rows = Rows::open(path)?;
    let record = rows.column("record_id")?;
    let entity = rows.column("entity")?;
    let number = rows.column("personal_id")?;
    let mut known = FxHashMap::default();
    while rows.advance()? {
        let answer = (key(&[rows.cell(entity)]), rows.number(number, "personal_id")?);
        if known.insert(key(&[rows.cell(record)]), answer).is_some() {
            return Err(EvaluateError::Repeated { path: path.to_owned(), row: rows.number_of_row });
        }
    }
    Ok(known)
}

/// The key of some texts together; 0 where one of them is empty.
pub(super) fn key(parts: &[&str]) -> Key {
    if parts.iter().any(|part| part.is_empty()) {
        return 0;
    }
    let mut hasher = FxHasher::default();
    parts.hash(&mut hasher);
    hasher.finish().max(1)
}

/// A table read row by row.
pub(super) struct Rows {
    path: PathBuf,
    reader: csv::Reader<File>,
    headings: csv::StringRecord,
    row: csv::StringRecord,
    /// Counted here: the reader's line is one short after CRLF.
    number_of_row: u64,
}

impl Rows {
    pub fn open(path: &Path) -> Result<Self, EvaluateError> {
        let unreadable = |error| EvaluateError::Unreadable { path: path.to_owned(), error };
        let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
        let headings = reader.headers().map_err(unreadable)?.clone();
        Ok(Self { path: path.to_owned(), reader, headings, row: csv::StringRecord::new(), number_of_row: 1 })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|heading| heading.trim_start_matches('\u{feff}') == name)
    }

    pub fn column(&self, name: &'static str) -> Result<usize, EvaluateError> {
        self.find(name).ok_or_else(|| EvaluateError::NoColumn { path: self.path.clone(), column: name })
    }

    pub fn advance(&mut self) -> Result<bool, EvaluateError> {
        self.number_of_row += 1;
        self.reader
            .read_record(&mut self.row)
            .map_err(|error| EvaluateError::Unreadable { path: self.path.clone(), error })
    }

    pub fn cell(&self, column: usize) -> &str {
        self.row.get(column).unwrap_or("")
    }

    /// A personal number, as a number; 0 for an empty cell.
    pub fn number(&self, column: usize, name: &'static str) -> Result<u64, EvaluateError> {
        match self.cell(column) {
            "" => Ok(0),
            text => text.parse().map_err(|_| self.bad(name)),
        }
    }

    pub fn bad(&self, column: &'static str) -> EvaluateError {
        EvaluateError::BadValue { path: self.path.clone(), row: self.number_of_row, column }
    }
}
