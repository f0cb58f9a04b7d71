//! Deletes a run: what the program wrote, nothing else, and leaves beside it a line in
//! `purged.jsonl` that says who deleted what, when and why. That record is chained like the log of
//! a run.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    error::{PrivacyError, failed},
    retention::{overdue, retain_until},
};
use crate::{
    audit::{AuditHead, AuditLog, Event, Expected, FileDigest, LogName, found, verify_folder},
    decide::DECISIONS_FILE,
    report::STATISTICS,
};

const MANIFEST: &str = "manifest.json";

/// What else the program leaves in a folder: earlier files that were kept when it was replaced.
const KEPT: [&str; 4] = ["review.before.xlsx", "audit.before.jsonl", "audit.head.new", DECISIONS_FILE];

/// A run about to be deleted.
#[derive(Debug)]
pub struct Purge {
    folder: PathBuf,
    files: Vec<FileDigest>,
    left: Vec<String>,
    head: AuditHead,
    faults: usize,
    manifest: Value,
}

/// What became of it.
#[derive(Debug)]
pub struct Purged {
    /// Files that were deleted.
    pub files: usize,
    /// Files that the program did not write, which are still there.
    pub left: Vec<String>,
    /// The record of the deletion.
    pub record: PathBuf,
    /// Where that record ends.
    pub head: AuditHead,
}

impl Purge {
    /// Looks at the folder of a run without touching it.
    pub fn plan(folder: &Path) -> Result<Self, PrivacyError> {
        let folder = fs::canonicalize(folder).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => PrivacyError::NotARun(folder.to_owned()),
            _ => failed(folder)(error),
        })?;
        let log = fs::read(folder.join(LogName::Audit.log())).unwrap_or_default();
        let expected = Expected::of_log(&log);
        let manifest = fs::read(folder.join(MANIFEST)).unwrap_or_default();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap_or(Value::Null);
        let is_run = manifest["program"] == env!("CARGO_PKG_NAME") && manifest["kind"].is_null();
        // A deletion that was stopped halfway has left the log, which goes last.
        if !is_run && expected.get(MANIFEST).is_none() {
            return Err(PrivacyError::NotARun(folder));
        }
        let ours = ours(&folder, &expected);
        let all = found(&folder).map_err(failed(&folder))?;
        // A link in the place of a file is none of ours, nor is what it leads to.
        let is_ours = |name: &String| ours.contains(name) && is_file(&folder, name);
        let (mine, left): (Vec<String>, Vec<String>) = all.into_iter().partition(is_ours);
        let digest = |name: &String| FileDigest::of(&folder, name).map_err(failed(folder.join(name)));
        let files = mine.iter().map(digest).collect::<Result<_, _>>()?;
        let verified = verify_folder(&folder, LogName::Audit, None).map_err(failed(&folder))?;
        Ok(Self { files, left, head: verified.head, faults: verified.faults.len(), manifest, folder })
    }

    /// The folder, as the system knows it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What would be deleted.
    pub fn files(&self) -> &[FileDigest] {
        &self.files
    }

    /// What would be left.
    pub fn left(&self) -> &[String] {
        &self.left
    }

    /// Deletes. The record says so before the first file goes and after the last one has gone.
    pub fn carry_out(self, who: Option<&str>, reason: &str) -> Result<Purged, PrivacyError> {
        if reason.trim().is_empty() {
            return Err(PrivacyError::NoReason);
        }
        let parent = self.folder.parent().ok_or_else(|| PrivacyError::NotARun(self.folder.clone()))?;
        let mut record = AuditLog::open_or_begin(parent, LogName::Purged)?;
        let event = |name: &str| {
            let event = Event::new(name, "purge");
            let user = who.map(str::to_owned).or(event.user.clone());
            Event { user, parameters: json!({ "reason": reason }), ..event }
        };
        record.append(Event { details: self.details(), counts: self.counts(), ..event("run.purging") })?;
        // A desk that is still open on the folder must not bring the log back.
        let log = AuditLog::open(&self.folder, LogName::Audit).ok();
        self.delete(log)?;
        let details = json!({ "folder": self.name(), "left": self.left });
        let head = record.append(Event { details, counts: self.counts(), ..event("run.purged") })?;
        let record = parent.join(LogName::Purged.log());
        Ok(Purged { files: self.files.len(), left: self.left, record, head })
    }

    fn name(&self) -> String {
        self.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn counts(&self) -> Value {
        let bytes: u64 = self.files.iter().map(|file| file.bytes).sum();
        json!({ "files": self.files.len(), "bytes": bytes, "left": self.left.len() })
    }

    fn details(&self) -> Value {
        json!({
            "folder": self.name(),
            "path": self.folder.to_string_lossy(),
            "deleted": self.files,
            "left": self.left,
            "run": {
                "started": self.manifest["started"],
                "as_of": self.manifest["as_of"],
                "inputs": self.manifest["inputs"],
                "retain_until": self.manifest["retain_until"],
            },
            "audit": { "lines": self.head.lines, "hash": self.head.hash, "faults": self.faults },
        })
    }

    /// The log goes last: what was stopped halfway can be done to its end.
    fn delete(&self, log: Option<AuditLog>) -> Result<(), PrivacyError> {
        let last = [MANIFEST, LogName::Audit.head(), LogName::Audit.log()];
        let rank =
            |file: &&FileDigest| last.iter().position(|name| *name == file.name).map_or(0, |at| at + 1);
        let mut files: Vec<&FileDigest> = self.files.iter().collect();
        files.sort_by_key(rank);
        let mut log = log;
        for file in files {
            if rank(&file) > 1 {
                // Windows does not delete a file that is open.
                log = None;
            }
            let path = self.folder.join(&file.name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(path)(error)),
                _ => {}
            }
        }
        drop(log);
        // Only empty folders go, the deepest first.
        let below = self.files.iter().flat_map(|file| Path::new(&file.name).ancestors().skip(1));
        let below: BTreeSet<&Path> = below.filter(|path| !path.as_os_str().is_empty()).collect();
        for path in below.into_iter().rev() {
            let _ = fs::remove_dir(self.folder.join(path));
        }
        if self.left.is_empty() {
            let _ = fs::remove_dir(&self.folder);
        }
        Ok(())
    }
}

fn is_file(folder: &Path, name: &str) -> bool {
    fs::symlink_metadata(folder.join(name)).is_ok_and(|found| found.is_file())
}

/// The names of everything the program has written into a folder, as far as its log, its manifest
/// and those of its statistics know.
fn ours(folder: &Path, expected: &Expected) -> BTreeSet<String> {
    let mut ours: BTreeSet<String> = expected.names().map(str::to_owned).collect();
    ours.extend(listed(folder, ""));
    ours.extend(listed(folder, STATISTICS));
    ours.extend(listed(folder, &format!("{STATISTICS}.before")));
    ours.extend([MANIFEST, LogName::Audit.log(), LogName::Audit.head()].map(str::to_owned));
    ours.extend(KEPT.map(str::to_owned));
    ours
}

#[derive(Deserialize)]
struct Listed {
    program: String,
    #[serde(default)]
    outputs: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

/// What a manifest of the program lists, and itself.
fn listed(folder: &Path, below: &str) -> Vec<String> {
    let manifest = fs::read(folder.join(below).join(MANIFEST)).unwrap_or_default();
    let listed = serde_json::from_slice::<Listed>(&manifest).ok();
    let listed = listed.filter(|listed| listed.program == env!("CARGO_PKG_NAME"));
    let names = listed.into_iter().flat_map(|listed| listed.outputs).map(|output| output.name);
    let names = names.chain([MANIFEST.to_owned()]);
    if below.is_empty() { names.collect() } else { names.map(|name| format!("{below}/{name}")).collect() }
}

/// The runs in a folder whose day is past, by name.
pub fn expired(parent: &Path, today: Date) -> Result<Vec<(PathBuf, Date)>, PrivacyError> {
    let mut runs = Vec::new();
    for entry in fs::read_dir(parent).map_err(failed(parent))? {
        let path = entry.map_err(failed(parent))?.path();
        // A folder that a link leads to lies elsewhere.
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        if is_folder
            && retain_until(&path).is_some()
            && let Some(until) = overdue(&path, today)
        {
            runs.push((path, until));
        }
    }
    runs.sort();
    Ok(runs)
}
