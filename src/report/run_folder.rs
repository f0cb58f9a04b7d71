//! A finished run as its folder tells it: manifest, records and pairs for a person.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{ReportError, facts::RunFacts, reading::read_roll, roll::Roll, table::Table};
use crate::rules::Rules;

/// What became of the answers given to a run.
pub(super) const DECISIONS: &str = "decisions.csv";

/// A pair for a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairFact {
    /// Two records (true), or a record and a register person.
    pub is_duplicate: bool,
    /// Match weight in bits.
    pub weight: f64,
}

/// A finished run.
#[derive(Debug)]
pub struct RunFolder {
    /// The folder.
    pub path: PathBuf,
    /// What the manifest says.
    pub facts: RunFacts,
    /// The clean list.
    pub roll: Roll,
    /// Pairs for a person.
    pub pairs: Vec<PairFact>,
}

impl RunFolder {
    /// Reads a folder that a run has written. Its tables must be what the run wrote: a spreadsheet
    /// program that has opened and saved them eats zeros and turns dates round.
    pub fn open(path: &Path, rules: &Rules) -> Result<Self, ReportError> {
        let manifest = path.join("manifest.json");
        let missing = |file| ReportError::NotARun { path: path.to_owned(), file };
        let text = match fs::read(&manifest) {
            Ok(text) => text,
            Err(error) if is_absent(&error) => return Err(missing("manifest.json")),
            Err(error) => return Err(ReportError::Io { path: manifest, error }),
        };
        let manifest: Value = serde_json::from_slice(&text)
            .map_err(|error| ReportError::Manifest { detail: error.to_string() })?;
        let facts = RunFacts::of(manifest)?;
        // Not every run was given decisions; the other tables are always there.
        let decisions = path.join(DECISIONS).is_file().then_some(DECISIONS);
        for file in ["records.csv", "review.csv", "update.csv"].into_iter().chain(decisions) {
            if !path.join(file).is_file() {
                return Err(missing(file));
            }
            let digest = digest(&path.join(file))?;
            if facts.digest(file).is_some_and(|written| written != digest) {
                return Err(ReportError::Changed { file: file.to_owned() });
            }
        }
        Self::read(path, facts, rules)
    }

    fn read(path: &Path, facts: RunFacts, rules: &Rules) -> Result<Self, ReportError> {
        let roll = read_roll(&path.join("records.csv"), facts.as_of, rules)?;
        let pairs = read_pairs(&path.join("review.csv"))?;
        Ok(Self { path: path.to_owned(), facts, roll, pairs })
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn read_pairs(path: &Path) -> Result<Vec<PairFact>, ReportError> {
    let mut table = Table::open(path, "review.csv")?;
    let (kind, weight) = (table.column("kind")?, table.column("weight")?);
    let mut pairs = Vec::new();
    while table.next(path)? {
        let is_duplicate = table.required(kind, |kind| match kind {
            "duplicate" => Some(true),
            "identity" => Some(false),
            _ => None,
        })?;
        pairs.push(PairFact { is_duplicate, weight: table.required(weight, |text| text.parse().ok())? });
    }
    Ok(pairs)
}

/// SHA-256 of a file, hexadecimal.
pub(super) fn digest(path: &Path) -> Result<String, ReportError> {
    let failed = |error| ReportError::Io { path: path.to_owned(), error };
    let mut file = fs::File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&buffer[..read]);
    }
}
