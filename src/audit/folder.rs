//! What those who work on a finished run say of its folder to its log.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{
    digest::FileDigest,
    entry::{AuditHead, Event},
    files::Expected,
    log::{AuditError, AuditLog, LogName},
    verify::{UNLOGGED, lines_more},
};
use crate::decide::DECISIONS_FILE;

/// The decisions of a folder as they are now, for [`Event::decisions`]; null where there are none.
pub(crate) fn decisions(folder: &Path) -> Value {
    FileDigest::of(folder, DECISIONS_FILE).map_or(Value::Null, |file| json!([file]))
}

/// The files of a folder as they are now, for [`Event::inputs`].
pub(crate) fn inputs(folder: &Path, names: &[&str]) -> Value {
    names.iter().filter_map(|name| FileDigest::of(folder, name).ok()).map(|file| json!(file)).collect()
}

/// Adds an event that speaks of the decisions of the folder: the log knows them from then on. What
/// stands there and was never told to the log is told apart first, so that it is seen.
pub(crate) fn append_with_decisions(folder: &Path, mut event: Event) -> Result<AuditHead, AuditError> {
    let mut log = AuditLog::open(folder, LogName::Audit)?;
    if folder.join(DECISIONS_FILE).is_file() {
        let failed = |error| AuditError::Io { path: folder.join(DECISIONS_FILE), error };
        event.outputs.push(FileDigest::of(folder, DECISIONS_FILE).map_err(failed)?);
    }
    log.append(event)
}

/// Says so in the log where the decisions are others than it knows of: a program was stopped
/// between writing them and saying so, or somebody wrote into the file.
pub(crate) fn tell_unlogged(folder: &Path, event: Event) -> Result<(), AuditError> {
    let path = folder.join(DECISIONS_FILE);
    let mut log = AuditLog::open(folder, LogName::Audit)?;
    let failed = |error| AuditError::Io { path: path.clone(), error };
    let bytes = log.bytes().map_err(failed)?;
    let expected = Expected::of_log(&bytes);
    let known = expected.get(DECISIONS_FILE);
    let found = match fs::metadata(&path) {
        Ok(_) => FileDigest::of(folder, DECISIONS_FILE).map_err(failed)?,
        Err(_) => return Ok(()),
    };
    if known == Some(&found) {
        return Ok(());
    }
    let more = match known {
        Some(known) => lines_more(&path, known).map_err(failed)?,
        None => None,
    };
    let details = json!({ "expected": known, "only_grown": more.is_some(), "lines_more": more });
    let event = Event { event: UNLOGGED.to_owned(), outputs: vec![found], details, ..event };
    log.append(event).map(drop)
}

/// Brings the files below a folder of a run, all written anew, into an event: what was there before
/// and is not any more is named as removed.
pub(crate) fn below(log: &mut AuditLog, prefix: &str, files: Vec<FileDigest>, event: Event) -> Event {
    let expected = Expected::of_log(&log.bytes().unwrap_or_default());
    let outputs: Vec<FileDigest> = files
        .into_iter()
        .map(|file| FileDigest { name: format!("{prefix}/{}", file.name), ..file })
        .collect();
    let gone = |name: &&str| {
        let below = name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
        below && !outputs.iter().any(|file| file.name == **name)
    };
    let removed = expected.names().filter(gone).map(str::to_owned).collect();
    Event { outputs, removed, ..event }
}
