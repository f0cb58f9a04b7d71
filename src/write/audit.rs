//! The append-only log of a run folder: one JSON object a line, each carrying the hash of the one
//! before, so that a line changed, removed or put in between shows. No name and no number of a
//! person goes in.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    error::{WriteError, io},
    output_file::hexadecimal,
};

/// The file's name in a run folder.
pub const AUDIT_FILE: &str = "audit.jsonl";

/// The hash before the first line.
const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a line's hash covers, in this order of keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    seq: u64,
    time: Timestamp,
    event: String,
    details: Value,
    prev: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    entry: Entry,
    hash: String,
}

/// Why a log is not what was once written.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A line is not an entry.
    #[error("line {line} is not an entry of the log: {error}")]
    NotAnEntry {
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// A line does not follow from the one before it.
    #[error("line {line} was changed, or a line before it is missing")]
    Broken {
        /// Line, from 1.
        line: u64,
    },
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// How many lines there are.
    pub lines: u64,
    /// The hash of the last one.
    pub hash: String,
}

impl Default for AuditHead {
    fn default() -> Self {
        Self { lines: 0, hash: START.to_owned() }
    }
}

impl AuditHead {
    /// The next line of the chain, with its line break.
    pub(crate) fn next(&mut self, time: Timestamp, event: &str, details: Value) -> String {
        let entry =
            Entry { seq: self.lines + 1, time, event: event.to_owned(), details, prev: self.hash.clone() };
        let hash = hash(&entry);
        *self = Self { lines: entry.seq, hash: hash.clone() };
        let mut line = serde_json::to_string(&Line { entry, hash }).expect("an entry is plain JSON");
        line.push('\n');
        line
    }
}

/// SHA-256 of the entry as compact JSON without its own hash; the hash before it is part of it.
fn hash(entry: &Entry) -> String {
    let content = serde_json::to_string(entry).expect("an entry is plain JSON");
    hexadecimal(&Sha256::digest(content.as_bytes()))
}

/// Checks the whole chain of a log.
pub fn verify_audit(log: &Path) -> Result<AuditHead, AuditError> {
    let mut head = AuditHead::default();
    for (line, text) in (1..).zip(BufReader::new(File::open(log)?).lines()) {
        let text = text?;
        let entry: Line =
            serde_json::from_str(&text).map_err(|error| AuditError::NotAnEntry { line, error })?;
        let follows = entry.entry.seq == line && entry.entry.prev == head.hash;
        if !follows || hash(&entry.entry) != entry.hash {
            return Err(AuditError::Broken { line });
        }
        head = AuditHead { lines: line, hash: entry.hash };
    }
    Ok(head)
}

/// Adds one line to the log of an existing run folder (`review`, `report`, `purge`).
pub fn append_audit(folder: &Path, event: &str, details: Value) -> Result<(), WriteError> {
    let path = folder.join(AUDIT_FILE);
    let failed = |error: AuditError| io("extend the log", &path)(std::io::Error::other(error.to_string()));
    let mut head = verify_audit(&path).map_err(failed)?;
    let line = head.next(Timestamp::now(), event, details);
    let mut file = OpenOptions::new().append(true).open(&path).map_err(io("open", &path))?;
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(io("write", &path))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_or_missing_line_breaks_the_chain() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(AUDIT_FILE);
        let mut head = AuditHead::default();
        let mut lines: Vec<String> = ["run.started", "rules.loaded", "run.finished"]
            .into_iter()
            .map(|event| {
                head.next(
                    Timestamp::UNIX_EPOCH,
                    event,
                    json!({"n": 1, "b": "Đ", "a": 2.5, "c": 0.013169895822801259}),
                )
            })
            .collect();
        std::fs::write(&path, lines.concat()).unwrap();
        assert_eq!(verify_audit(&path).unwrap(), head);

        append_audit(folder.path(), "report.made", json!({})).unwrap();
        assert_eq!(verify_audit(&path).unwrap().lines, 4);

        std::fs::write(&path, lines.concat().replace("2.5", "2.6")).unwrap();
        assert!(matches!(verify_audit(&path), Err(AuditError::Broken { line: 1 })));
        lines.remove(1);
        std::fs::write(&path, lines.concat()).unwrap();
        assert!(matches!(verify_audit(&path), Err(AuditError::Broken { line: 2 })));
    }
}
