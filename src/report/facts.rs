//! What the manifest says of a run, read leniently: a later version may say more.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::ReportError;
use crate::rules::Language;

/// An input file.
#[derive(Debug, Clone, Deserialize)]
pub struct InputFact {
    /// `children` or `register`.
    pub list: String,
    /// As given on the command line.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// Where every row of one sheet went.
#[derive(Debug, Clone, Deserialize)]
pub struct SheetFact {
    /// File name.
    pub file: String,
    /// Sheet name; empty for text files.
    pub sheet: String,
    /// Rows read.
    pub rows: u64,
    /// Rows that became records.
    pub records: u64,
    /// Rows that cannot be used.
    pub rejects: u64,
    /// Layout rows by kind.
    pub layout: BTreeMap<String, u64>,
    /// Whether the sum comes out.
    pub balanced: bool,
}

/// Figures of the manifest that `records.csv` cannot give.
#[derive(Debug, Clone, Deserialize)]
pub struct CountFacts {
    /// Every sheet of both lists.
    pub sheets: Vec<SheetFact>,
    /// Persons of the register.
    pub register_records: u64,
    /// Rejected rows by reason.
    pub rejects: BTreeMap<String, u64>,
    /// Pairs of two records for a person.
    pub review_duplicates: u64,
    /// Pairs of a record and a register person.
    pub review_identities: u64,
    /// Candidate pairs compared, within the list and with the register.
    pub compared: (u64, u64),
}

/// How sure the decisions are.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct MatchingFacts {
    /// Posterior down to which numbers were attached.
    pub attach_cut: Option<f64>,
    /// Expected wrong numbers among those attached or kept.
    pub expected_wrong_numbers: Option<f64>,
    /// Expected pairs merged that are two children.
    pub expected_false_merges: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct OutputFact {
    name: String,
    sha256: String,
}

/// What the manifest says.
#[derive(Debug, Clone, Deserialize)]
pub struct RunFacts {
    /// The day on which ages were judged.
    pub as_of: Date,
    /// The language of the run's lists.
    pub language: Language,
    /// What went in.
    pub inputs: Vec<InputFact>,
    /// Its counts.
    pub counts: CountFacts,
    /// How sure it was.
    #[serde(default)]
    pub matching: MatchingFacts,
    #[serde(default)]
    outputs: Vec<OutputFact>,
}

impl RunFacts {
    /// Reads them out of a manifest.
    pub fn of(manifest: Value) -> Result<Self, ReportError> {
        serde_json::from_value(manifest).map_err(|error| ReportError::Manifest { detail: error.to_string() })
    }

    /// The SHA-256 a file of the run had when it was written.
    pub fn digest(&self, file: &str) -> Option<&str> {
        self.outputs.iter().find(|output| output.name == file).map(|output| output.sha256.as_str())
    }

    /// Whether the run had a register.
    pub fn has_register(&self) -> bool {
        self.inputs.iter().any(|input| input.list == "register")
    }
}
