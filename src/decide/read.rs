//! Reads the files of `--decisions`: what they say, entry by entry, and which entries cannot be
//! read. What they are worth is judged later, against the records of a run.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    Answer, Keep, PairKind, Side,
    decision::Decision,
    fate::{Place, Source},
    log::read_log,
    supplied, workbook,
};
use crate::{
    read::{ReadError, read_cells},
    record::{FieldKind, RawCell},
    rules::Rules,
};

/// A file that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionFile {
    /// As given.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// An answer about a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands.
    pub source: Source,
    /// Which of the files given, from 0: within one file a later answer replaces an earlier one.
    pub file: usize,
    /// Who, where the file says.
    pub who: String,
    /// When, where the file says.
    pub time: Option<Timestamp>,
    /// The pair.
    pub pair_id: String,
    /// What was asked.
    pub kind: PairKind,
    /// The record of the list.
    pub record: Side,
    /// The other record, or the person.
    pub other: Side,
    /// What was answered.
    pub answer: Answer,
    /// The values to keep.
    pub keep: Keep,
}

/// A number that the police filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplied {
    /// Where it stands.
    pub source: Source,
    /// The record that stands for the child.
    pub record: Side,
    /// What was filled in.
    pub number: RawCell,
}

/// A value that was put right at home, or a remark.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// Where it stands.
    pub source: Source,
    /// The record that stands for the child.
    pub record: Side,
    /// The field; `None` for a remark.
    pub field: Option<FieldKind>,
    /// What was filled in.
    pub value: RawCell,
}

/// Why an entry cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// A line that is no entry.
    NotAnEntry,
    /// The last line breaks off.
    TornLine,
    /// The cell holds none of the answers.
    NotAnAnswer,
    /// The hidden cell that says which pair it is was changed or is gone.
    KeyDamaged,
    /// The hidden cell and the visible one name different pairs: part of the row was sorted or
    /// pasted over.
    RowsMixed,
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::NotAnEntry, Self::TornLine, Self::NotAnAnswer, Self::KeyDamaged, Self::RowsMixed];

    /// The key in `decisions.csv` and of its sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAnEntry => "not_an_entry",
            Self::TornLine => "torn_line",
            Self::NotAnAnswer => "not_an_answer",
            Self::KeyDamaged => "key_damaged",
            Self::RowsMixed => "rows_mixed",
        }
    }
}

/// An entry that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub source: Source,
    /// What is wrong.
    pub trouble: Trouble,
}

/// Why a file is of no use at all.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is no workbook of a run and no `decisions.jsonl`.
    #[error("{file} is neither decisions.jsonl nor a workbook that a run wrote")]
    NotAnswers {
        /// The file.
        file: String,
    },
    /// The column by which rows are recognised was deleted.
    #[error("{file}, sheet {sheet}: the hidden key column is missing")]
    NoKeyColumn {
        /// The file.
        file: String,
        /// The sheet.
        sheet: String,
    },
}

/// Everything the files say.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// The files, in the order given.
    pub files: Vec<DecisionFile>,
    /// Answers about pairs, in order.
    pub statements: Vec<Statement>,
    /// Numbers filled in.
    pub supplied: Vec<Supplied>,
    /// Values put right, and remarks.
    pub corrections: Vec<Correction>,
    /// Entries that cannot be read.
    pub problems: Vec<Problem>,
}

impl Decisions {
    /// Reads the files, in order.
    ///
    /// # Errors
    /// [`DecisionsError`] where a file as a whole is of no use; a wrong entry is a [`Problem`].
    pub fn read(paths: &[PathBuf], rules: &Rules) -> Result<Self, DecisionsError> {
        let mut decisions = Self::default();
        for path in paths {
            decisions.add(path, rules)?;
        }
        Ok(decisions)
    }

    fn add(&mut self, path: &Path, rules: &Rules) -> Result<(), DecisionsError> {
        let shown = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| ReadError::Io { file: shown.clone(), error })?;
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let ix = self.files.len();
        self.files.push(DecisionFile { path: path.to_owned(), bytes: bytes.len() as u64, sha256 });
        let name = path.file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
        if is_log(&bytes) {
            self.add_log(&bytes, ix, &name);
            return Ok(());
        }
        let sheets = read_cells(&shown, &bytes, rules)?;
        let mut known = false;
        for sheet in &sheets {
            known |= workbook::read(sheet, ix, &name, rules, self)?;
            known |= supplied::read(sheet, &name, rules, self)?;
        }
        if known { Ok(()) } else { Err(DecisionsError::NotAnswers { file: shown }) }
    }

    fn add_log(&mut self, bytes: &[u8], file: usize, name: &str) {
        let reading = read_log(bytes);
        let source = |line| Source { file: name.to_owned(), place: Place::Line(line) };
        for (line, entry) in reading.standing() {
            let Some(decision) = entry.decision().filter(|decision| !decision.second_reading) else {
                continue;
            };
            let Decision { pair_id, kind, record, other, answer, keep, .. } = decision.clone();
            let who = entry.who.clone();
            self.statements.push(Statement {
                source: source(line),
                file,
                who,
                time: Some(entry.time),
                pair_id,
                kind,
                record,
                other,
                answer,
                keep,
            });
        }
        for fault in &reading.faults {
            let trouble = if fault.torn { Trouble::TornLine } else { Trouble::NotAnEntry };
            self.problems.push(Problem { source: source(fault.line), trouble });
        }
    }
}

/// A log begins with an object, an empty one with nothing.
fn is_log(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| *byte == b'{')
}
