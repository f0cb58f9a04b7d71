//! Judges a finished run against the truth: duplicates, numbers, what review offers, and where the
//! errors are. Reads a run's `records.csv` and `review.csv` and a `truth.csv`; nothing here is part
//! of a run.

mod answers;
mod clusters;
mod encoded;
mod numbers;
mod table;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use clusters::{ClusterFigures, GroupFigures};
pub use numbers::{KindFigures, Missed, NumberFigures};

use answers::Answers;

/// Why a run cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A file cannot be read, or is no table.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line where there is one.
        error: csv::Error,
    },
    /// A column is missing.
    #[error("{}: the column {column} is missing; is this the right file?", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// A value that the column cannot have.
    #[error("{}, row {row}: {column} cannot be read", path.display())]
    BadValue {
        /// The file.
        path: PathBuf,
        /// Row of the table; the headings are row 1.
        row: u64,
        /// The column.
        column: &'static str,
    },
    /// The same record twice.
    #[error("{}, row {row}: this record_id was given before", path.display())]
    Repeated {
        /// The file.
        path: PathBuf,
        /// Row of the table; the headings are row 1.
        row: u64,
    },
    /// No record of the run is in the truth.
    #[error("no record of the run is in the truth; do both come from the same list?")]
    Strangers,
}

/// How good a run was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records of the truth.
    pub truth_records: u64,
    /// Records of the run that the truth knows; the others are left out of every figure.
    pub judged_records: u64,
    /// Records of the run that the truth does not know.
    pub unknown_records: u64,
    /// Records of the truth that the run does not have (rejected rows).
    pub absent_records: u64,
    /// Children of the truth.
    pub entities: u64,
    /// Duplicates.
    pub clusters: ClusterFigures,
    /// Numbers.
    pub numbers: NumberFigures,
}

/// Judges the run in which `records` and `review` were written.
///
/// # Errors
/// [`EvaluateError`] where a file is unreadable, lacks a column or belongs to another list.
pub fn evaluate(records: &Path, review: &Path, truth: &Path) -> Result<Evaluation, EvaluateError> {
    Ok(judge(&Answers::read(records, review, truth)?))
}

/// Judges a run of encoded lists, of which `links` and `review` were written. `ids` are the files that
/// `encode` put beside the encoded lists: without them nobody can tell which record is which.
///
/// # Errors
/// [`EvaluateError`] where a file is unreadable, lacks a column or belongs to another list.
pub fn evaluate_encoded(
    links: &Path,
    review: &Path,
    ids: &[PathBuf],
    truth: &Path,
) -> Result<Evaluation, EvaluateError> {
    Ok(judge(&Answers::read_encoded(links, review, ids, truth)?))
}

fn judge(answers: &Answers) -> Evaluation {
    Evaluation {
        truth_records: answers.truth_records,
        judged_records: answers.records.len() as u64,
        unknown_records: answers.unknown_records,
        absent_records: answers.absent.len() as u64,
        entities: answers.entities,
        clusters: clusters::judge(answers),
        numbers: numbers::judge(answers),
    }
}

/// A share of a whole; `None` of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The harmonic mean of precision and recall.
fn f1(precision: Option<f64>, recall: Option<f64>) -> Option<f64> {
    let (precision, recall) = (precision?, recall?);
    let sum = precision + recall;
    Some(if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 })
}

#[cfg(test)]
mod tests;
