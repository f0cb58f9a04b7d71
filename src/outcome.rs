//! A finished run in memory: what the pipeline hands to the writers.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::civil::Date;

use crate::{
    decide::Decided,
    matching::Linkage,
    previous::Continued,
    record::{Record, RecordIx, Reject, Sources, Table},
    rules::Language,
};

/// One input file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// As given on the command line.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// `children` or `register`.
    pub list: ListKind,
}

/// Which side of the job a file is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// The ward's children.
    Children,
    /// The register: an extract of the population database, or the police's list.
    Register,
}

impl ListKind {
    /// The key in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Register => "register",
        }
    }
}

/// One side of the job, read and normalised. `tables[i].rows` are moved out into `records` but
/// columns, layout and rejects stay; the sum of the three is the number of input rows.
#[derive(Debug, Default)]
pub struct List {
    /// The sheets.
    pub sources: Sources,
    /// Columns, layout rows and rejects of each sheet; `rows` is empty.
    pub tables: Vec<Table>,
    /// The records, in input order. `Record::extras` refer to the columns of the record's table
    /// (the table whose `source` equals `record.origin.source`).
    pub records: Vec<Record>,
    /// Of a register: persons whose number cannot be given to anybody, because the row has none or
    /// two people have it. They stand among the rejects; matching knows them as rivals, so that a
    /// child who fits one of them best is not given the next best person's number.
    pub rivals: Vec<Record>,
    /// Rejects of all sheets and of the list as a whole, in input order.
    pub rejects: Vec<Reject>,
    /// Of a register of which `records` are only the persons that the outcome speaks of: what it holds
    /// in all.
    pub holdings: Option<Holdings>,
}

/// What a register holds, wherever its persons are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Its persons, rivals not counted.
    pub records: u32,
    /// The rivals.
    pub rivals: u32,
    /// Its sheets, in the order of the sources.
    pub sheets: Vec<HeldSheet>,
}

/// What stood in one sheet of a register.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldSheet {
    /// Its persons.
    pub records: u64,
    /// The different row numbers among records, rejects and layout rows.
    pub rows: u64,
    /// Whether no row stands among two of them.
    pub balanced: bool,
}

impl List {
    /// What the list holds in all, counted.
    pub fn count(&self) -> Holdings {
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); self.sources.iter().count()];
        let mut sheets = vec![HeldSheet::default(); rows.len()];
        for record in &self.records {
            sheets[usize::from(record.origin.source.0)].records += 1;
            rows[usize::from(record.origin.source.0)].push(record.origin.row);
        }
        self.rejects.iter().for_each(|reject| rows[usize::from(reject.source.0)].push(reject.row));
        for table in &self.tables {
            rows[usize::from(table.source.0)].extend(table.layout.iter().map(|layout| layout.row));
        }
        for (sheet, mut rows) in sheets.iter_mut().zip(rows) {
            let sum = rows.len();
            rows.sort_unstable();
            rows.dedup();
            sheet.rows = rows.len() as u64;
            sheet.balanced = rows.len() == sum;
        }
        Holdings { records: self.records.len() as u32, rivals: self.rivals.len() as u32, sheets }
    }

    /// The records, and after them the rivals.
    pub fn everybody(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().chain(&self.rivals)
    }
}

/// A finished run.
#[derive(Debug)]
pub struct Outcome {
    /// Every input file, in the order given.
    pub inputs: Vec<InputFile>,
    /// The children.
    pub children: List,
    /// The register; `None` for `check`.
    pub register: Option<List>,
    /// What people had decided before, and what became of it; `None` where no decisions were given.
    pub decided: Option<Decided>,
    /// What matching decided.
    pub linkage: Linkage,
    /// The earlier run that this one went on from, where one was given.
    pub continued: Option<Continued>,
    /// The day on which age and "in the future" were judged.
    pub as_of: Date,
    /// What people read.
    pub language: Language,
    /// SHA-256 of every rules file, by name.
    pub rules: BTreeMap<String, String>,
}

impl Outcome {
    /// The id of a cluster, by its first record.
    pub fn cluster_id(&self, first: RecordIx) -> &str {
        let carried = self.continued.as_ref().and_then(|continued| continued.cluster_id(first));
        carried.unwrap_or(&self.children.records[first.usize()].record_id)
    }
}
