//! A finished run read back from its folder, once: the records, the pairs with their evidence, the
//! figures. Pages are made from this; nothing is read again while people work.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::{decide::PairKind, record::FieldKind, write::unharmed};

/// The fields of a side, in the order in which they are shown.
pub const SIDE_FIELDS: [FieldKind; 11] = [
    FieldKind::FullName,
    FieldKind::BirthDate,
    FieldKind::Gender,
    FieldKind::PersonalId,
    FieldKind::FatherName,
    FieldKind::MotherName,
    FieldKind::GuardianName,
    FieldKind::Ethnicity,
    FieldKind::Hamlet,
    FieldKind::Address,
    FieldKind::Phone,
];

/// Values of a side, by [`SIDE_FIELDS`].
pub type Values = [String; 11];

/// Why a folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file is missing or cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file is not what a run wrote.
    #[error("{}: not as a run of this version writes it ({detail})", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

/// One record of the list.
#[derive(Debug, Clone)]
pub struct ListRecord {
    /// Identifier.
    pub id: String,
    /// File, sheet and row.
    pub origin: (String, String, String),
    /// The first record of its child.
    pub cluster: String,
    /// How its child stands to the register.
    pub link: String,
    /// The child's number, where one stands.
    pub personal_id: String,
    /// Codes of its findings.
    pub findings: Vec<String>,
    /// The list's household code.
    pub household: String,
    /// Its values; the number is the list's own.
    pub values: Values,
}

/// One comparison's part in the weight of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Key into `[comparison]` of the messages.
    pub comparison: String,
    /// Key into `[level]`.
    pub level: String,
    /// Log2 units.
    pub weight: f64,
}

/// One pair for review.
#[derive(Debug, Clone)]
pub struct PairRow {
    /// `D-…` or `P-…`.
    pub id: String,
    /// What is asked.
    pub kind: PairKind,
    /// The record.
    pub record_id: String,
    /// The other record, or the person's number.
    pub other: String,
    /// Match weight.
    pub weight: f64,
    /// Probability that both are one.
    pub probability: f64,
    /// Why a person is asked.
    pub reason: String,
    /// What speaks for and against.
    pub evidence: Vec<Part>,
    /// Of the record, and of the other side.
    pub fingerprints: [String; 2],
    /// Values of both sides.
    pub sides: [Values; 2],
    /// For a duplicate: the side whose value would stand, by field.
    pub default_keep: FxHashMap<String, String>,
    /// The answer given before a side changed, where there is one.
    pub earlier_answer: String,
}

/// A finished run.
#[derive(Debug)]
pub struct RunFolder {
    /// Where it lies.
    pub path: PathBuf,
    /// `manifest.json`.
    pub manifest: Value,
    /// All records, in input order.
    pub records: Vec<ListRecord>,
    /// All pairs, in the order of the run.
    pub pairs: Vec<PairRow>,
    by_id: FxHashMap<String, usize>,
    by_number: FxHashMap<String, Vec<usize>>,
    by_household: FxHashMap<String, Vec<usize>>,
    by_mother: FxHashMap<String, Vec<usize>>,
}

impl RunFolder {
    /// Reads a folder.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let manifest = read_manifest(&path.join("manifest.json"))?;
        let records = read_table(&path.join("records.csv"), record)?;
        let pairs = read_table(&path.join("review.csv"), pair)?;
        let mut folder = Self {
            path: path.to_owned(),
            manifest,
            records,
            pairs,
            by_id: FxHashMap::default(),
            by_number: FxHashMap::default(),
            by_household: FxHashMap::default(),
            by_mother: FxHashMap::default(),
        };
        folder.index();
        Ok(folder)
    }

    fn index(&mut self) {
        for (at, record) in self.records.iter().enumerate() {
            self.by_id.insert(record.id.clone(), at);
            for number in [&record.personal_id, record.value(FieldKind::PersonalId)] {
                let holders = self.by_number.entry(number.clone()).or_default();
                if !number.is_empty() && holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
            if !record.household.is_empty() {
                self.by_household.entry(record.household.clone()).or_default().push(at);
            }
            let mother = record.family_key();
            if let Some(mother) = mother {
                self.by_mother.entry(mother).or_default().push(at);
            }
        }
    }

    /// A record by its identifier.
    pub fn record(&self, id: &str) -> Option<&ListRecord> {
        self.by_id.get(id).map(|at| &self.records[*at])
    }

    /// Records that carry or were given a number, other than those of one child.
    pub fn claimants<'a>(&'a self, number: &str, not_of: &'a [&str]) -> impl Iterator<Item = &'a ListRecord> {
        let holders = self.by_number.get(number).map_or(&[][..], Vec::as_slice);
        holders.iter().map(|at| &self.records[*at]).filter(move |record| !not_of.contains(&&*record.cluster))
    }

    /// The other children of the family: of the same household code, or of the same parents.
    pub fn family<'a>(&'a self, record: &ListRecord, not_of: &[&str]) -> Vec<&'a ListRecord> {
        let household = self.by_household.get(&record.household).map_or(&[][..], Vec::as_slice);
        let mother = record.family_key();
        let mother = mother.and_then(|key| self.by_mother.get(&key)).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<usize> = household.iter().chain(mother).copied().collect();
        found.sort_unstable();
        found.dedup();
        let found = found.into_iter().map(|at| &self.records[at]);
        found.filter(|other| !not_of.contains(&&*other.cluster)).collect()
    }
}

impl ListRecord {
    /// A value.
    pub fn value(&self, field: FieldKind) -> &String {
        let at = SIDE_FIELDS.iter().position(|shown| *shown == field);
        &self.values[at.unwrap_or_default()]
    }

    /// Mother and father together: either alone is shared by many.
    fn family_key(&self) -> Option<String> {
        let (mother, father) = (self.value(FieldKind::MotherName), self.value(FieldKind::FatherName));
        (!mother.is_empty() && !father.is_empty()).then(|| format!("{mother}\n{father}").to_lowercase())
    }
}

fn read_manifest(path: &Path) -> Result<Value, OpenError> {
    let text = fs::read_to_string(path).map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
    serde_json::from_str(&text)
        .map_err(|error| OpenError::Damaged { path: path.to_owned(), detail: error.to_string() })
}

/// A row of a CSV file by its headings.
struct Row<'a> {
    columns: &'a FxHashMap<String, usize>,
    cells: &'a csv::StringRecord,
}

impl Row<'_> {
    fn get(&self, column: &str) -> Result<String, String> {
        let at = self.columns.get(column).ok_or_else(|| format!("the column {column} is missing"))?;
        Ok(unharmed(self.cells.get(*at).unwrap_or_default()).to_owned())
    }

    fn number(&self, column: &str) -> Result<f64, String> {
        self.get(column)?.parse().map_err(|_| format!("{column} is no number"))
    }

    fn side(&self, prefix: &str) -> Result<Values, String> {
        let mut values = Values::default();
        for (value, field) in values.iter_mut().zip(SIDE_FIELDS) {
            *value = self.get(&format!("{prefix}{}", field.key()))?;
        }
        Ok(values)
    }
}

fn read_table<T>(path: &Path, read: fn(&Row<'_>) -> Result<T, String>) -> Result<Vec<T>, OpenError> {
    let damaged = |detail: String| OpenError::Damaged { path: path.to_owned(), detail };
    let bytes = fs::read(path).map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(text);
    let headings = reader.headers().map_err(|error| damaged(error.to_string()))?.clone();
    // The program's own columns come first: an input's column of the same name does not hide one.
    let mut columns = FxHashMap::default();
    for (at, heading) in headings.iter().enumerate() {
        columns.entry(heading.to_owned()).or_insert(at);
    }
    let mut rows = Vec::new();
    let mut cells = csv::StringRecord::new();
    while reader.read_record(&mut cells).map_err(|error| damaged(error.to_string()))? {
        let row = Row { columns: &columns, cells: &cells };
        rows.push(read(&row).map_err(|detail| damaged(format!("row {}: {detail}", rows.len() + 2)))?);
    }
    Ok(rows)
}

fn record(row: &Row<'_>) -> Result<ListRecord, String> {
    let mut values = Values::default();
    for (value, field) in values.iter_mut().zip(SIDE_FIELDS) {
        let column = if field == FieldKind::PersonalId { "listed_personal_id" } else { field.key() };
        *value = row.get(column)?;
    }
    let findings = row.get("findings")?;
    Ok(ListRecord {
        id: row.get("record_id")?,
        origin: (row.get("source_file")?, row.get("source_sheet")?, row.get("source_row")?),
        cluster: row.get("cluster_id")?,
        link: row.get("link_status")?,
        personal_id: row.get("personal_id")?,
        findings: findings.split(';').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        household: row.get("household_code")?,
        values,
    })
}

fn pair(row: &Row<'_>) -> Result<PairRow, String> {
    let kind = match row.get("kind")?.as_str() {
        "duplicate" => PairKind::Duplicate,
        "identity" => PairKind::Identity,
        _ => return Err("kind is neither duplicate nor identity".to_owned()),
    };
    let parts = row.get("evidence_parts")?;
    let evidence = parts.split(';').filter(|part| !part.is_empty()).map(|part| {
        let mut words = part.split(':');
        let (comparison, level, weight) = (words.next(), words.next(), words.next());
        Some(Part {
            comparison: comparison?.to_owned(),
            level: level?.to_owned(),
            weight: weight?.parse().ok()?,
        })
    });
    let keep = row.get("default_keep")?;
    let keep = keep.split(';').filter_map(|part| part.split_once(':'));
    Ok(PairRow {
        id: row.get("pair_id")?,
        kind,
        record_id: row.get("record_id")?,
        other: row.get("other")?,
        weight: row.number("weight")?,
        probability: row.number("probability")?,
        reason: row.get("reason")?,
        evidence: evidence.collect::<Option<_>>().ok_or("evidence_parts cannot be read")?,
        fingerprints: [row.get("record_fingerprint")?, row.get("other_fingerprint")?],
        sides: [row.side("")?, row.side("other_")?],
        default_keep: keep.map(|(field, side)| (field.to_owned(), side.to_owned())).collect(),
        earlier_answer: row.get("earlier_answer")?,
    })
}
