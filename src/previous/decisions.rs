//! The decisions that an earlier run leaves: those it honoured, and those people made in its folder
//! since.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::PreviousError;
use crate::decide::DECISIONS_FILE;

/// Workbooks that people fill in.
const WORKBOOKS: [&str; 3] = ["review.xlsx", "police.xlsx", "household.xlsx"];

/// A file of decisions as the manifest names it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct HonouredFile {
    path: PathBuf,
    bytes: usize,
    sha256: String,
}

/// The files that are to be honoured again, in the order in which they came; `given` are those of
/// this run beside, which need not be named twice and may stand for one that was moved. `written`
/// says what the run itself wrote under a name.
pub(super) fn decision_files(
    folder: &Path,
    honoured: &[HonouredFile],
    written: impl Fn(&str) -> Option<String>,
    given: &[PathBuf],
) -> Result<Vec<PathBuf>, PreviousError> {
    let mut files: Vec<PathBuf> = Vec::new();
    let is_named = |path: &Path, files: &[PathBuf]| {
        let same = |other: &PathBuf| match (fs::canonicalize(path), fs::canonicalize(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        };
        given.iter().chain(files).any(same)
    };
    let given_bytes = given.iter().filter_map(|path| fs::read(path).ok());
    let given_digests: Vec<String> = given_bytes.map(|bytes| digest(&bytes)).collect();
    for file in honoured {
        if is_named(&file.path, &files) || given_digests.contains(&file.sha256) {
            continue;
        }
        if !file.still_says_so() {
            return Err(PreviousError::DecisionsGone { file: file.path.clone() });
        }
        files.push(file.path.clone());
    }
    let log = folder.join(DECISIONS_FILE);
    if log.is_file() && !is_named(&log, &files) {
        files.push(log);
    }
    for name in WORKBOOKS {
        let path = folder.join(name);
        if !path.is_file() || is_named(&path, &files) {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| PreviousError::Read { file: path.clone(), error })?;
        if written(name).is_some_and(|written| written != digest(&bytes)) {
            files.push(path);
        }
    }
    Ok(files)
}

impl HonouredFile {
    /// Whether it holds what it held; the desk's log may have grown.
    fn still_says_so(&self) -> bool {
        let Ok(bytes) = fs::read(&self.path) else { return false };
        let is_log = self.path.extension().is_some_and(|extension| extension == "jsonl");
        let begins = bytes.get(..self.bytes).is_some_and(|begin| digest(begin) == self.sha256);
        begins && (is_log || bytes.len() == self.bytes)
    }
}

pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
