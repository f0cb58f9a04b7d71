//! What those who work on a finished run say of its folder to its log.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    digest::FileDigest,
    entry::{AuditHead, Event, read_line},
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

/// Adds an event that speaks of the decisions of the folder: the log knows them from then on. `before`
/// says what may have happened to them since the log last spoke of them; anything else is told
/// apart first, so that it is seen.
pub(crate) fn append_with_decisions(
    folder: &Path,
    before: Before,
    mut event: Event,
) -> Result<AuditHead, AuditError> {
    let path = folder.join(DECISIONS_FILE);
    let failed = |error| AuditError::Io { path: path.clone(), error };
    let mut log = AuditLog::open(folder, LogName::Audit)?;
    if path.is_file() {
        let found = FileDigest::of(folder, DECISIONS_FILE).map_err(failed)?;
        let known = last_known(&log.bytes().map_err(failed)?);
        let more = match &known {
            Some(known) => lines_more(&path, known).map_err(failed)?,
            None => None,
        };
        let expected = match before {
            Before::Unchanged => known.as_ref() == Some(&found),
            Before::Grown => known.is_none() || more.is_some(),
        };
        if !expected {
            let details = json!({ "expected": known, "only_grown": more.is_some(), "lines_more": more });
            let (user, command) = (event.user.clone(), event.command.clone());
            let outputs = vec![found.clone()];
            let event = UNLOGGED.to_owned();
            log.append(Event { event, user, command, outputs, details, ..Event::default() })?;
        }
        event.outputs.push(found);
    }
    log.append(event)
}

/// What may have happened to decisions since the log last spoke of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing: whoever writes them says so at once.
    Unchanged,
    /// This program has just added lines, and others may have, who have not said so yet.
    Grown,
}

/// The decisions as the log last spoke of them. It spoke of them a few lines ago, however long it is.
fn last_known(log: &[u8]) -> Option<FileDigest> {
    let lines = log.rsplit(|byte| *byte == b'\n').filter_map(read_line).filter(|line| line.is_whole);
    let mut files = lines.flat_map(|line| line.entry.event.outputs);
    files.find(|file| file.name == DECISIONS_FILE)
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
