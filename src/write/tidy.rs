//! What a run that was killed, or a power cut, has left beside its output: an unfinished folder is
//! removed, an earlier output that had been moved aside is put back, and what people had added to
//! an output that was being replaced is carried over.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{Error, ErrorKind},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{
    error::{WriteError, io},
    folder::{MANIFEST, hidden_prefix},
};
use crate::{
    audit::digest,
    disk,
    report::{STATISTICS, is_untouched},
    rules::{Language, MessageRules},
};

/// The file that stands in a folder while it is not whole, or on its way out. Locked while a program
/// is at work on it.
pub(crate) const MARKER: &str = ".writing";

/// What was found beside an output folder, and done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An output that was never finished; it is removed.
    Unfinished,
    /// The earlier output, moved aside; it is back in its place.
    Restored,
    /// The earlier output, replaced by a whole one; what people had added to it is carried over.
    Replaced,
}

impl Found {
    /// The key of its sentence, and its name in the manifest.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Restored => "restored",
            Self::Replaced => "replaced",
        }
    }

    /// What was found, in the reader's language.
    pub fn message(&self, target: &Path, messages: &MessageRules, language: Language) -> String {
        let path = target.display().to_string();
        messages.fill(language, "found_before", self.as_str(), &[("path", &path)])
    }
}

/// The parameters of a run with what was found before it, where anything was.
pub fn with_found(mut parameters: Value, found: &[Found]) -> Value {
    if let (Value::Object(parameters), false) = (&mut parameters, found.is_empty()) {
        let found: Vec<&str> = found.iter().map(Found::as_str).collect();
        parameters.insert("found_before".to_owned(), found.into());
    }
    parameters
}

/// Puts in order what an interrupted run has left beside `target`, and says what it was. Where
/// another program is at work on the same output, nothing is touched.
pub fn tidy(target: &Path) -> Result<Vec<Found>, WriteError> {
    let (Some(name), Some(parent)) = (target.file_name(), target.parent()) else { return Ok(Vec::new()) };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let left = disk::siblings(parent, &hidden_prefix(name), &[".partial", ".old"]);
    let left: Vec<PathBuf> = left.into_iter().filter(|path| path.is_dir()).collect();
    if left.iter().chain([&target.to_owned()]).any(|folder| is_at_work(folder)) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for folder in left {
        let failed = |error| io("put in order", &folder)(error);
        let whole = !folder.join(MARKER).exists() && folder.join(MANIFEST).is_file();
        let missing = fs::symlink_metadata(target).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        found.push(if !whole {
            disk::remove_dir_all(&folder).map_err(failed)?;
            Found::Unfinished
        } else if missing {
            disk::rename(&folder, target).and_then(|()| disk::sync_dir(parent)).map_err(failed)?;
            Found::Restored
        } else {
            retire(&folder, target, true).and_then(|()| disk::remove_dir_all(&folder)).map_err(failed)?;
            Found::Replaced
        });
    }
    // The last step of a run that was otherwise done.
    let marker = target.join(MARKER);
    if marker.is_file() && target.join(MANIFEST).is_file() {
        disk::remove_file(&marker).map_err(io("put in order", target))?;
    }
    Ok(found)
}

/// A program that lives holds the marker of the folder it writes.
fn is_at_work(folder: &Path) -> bool {
    File::open(folder.join(MARKER)).is_ok_and(|marker| marker.try_lock().is_err())
}

/// Carries over what people added to an output that was replaced, where that is wanted; from then on it is something to
/// be removed.
pub(super) fn retire(old: &Path, new: &Path, keeps_additions: bool) -> Result<(), Error> {
    if keeps_additions {
        keep_what_people_added(old, new)?;
        disk::sync_dir(new)?;
    }
    match disk::create(&old.join(MARKER)) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => disk::sync_dir(old),
    }
}

/// A replaced output may hold what people made since: the desk's decisions, a workbook that was
/// filled in. Files the new output does not have are carried over; a review workbook that was
/// changed since it was written is kept beside the new one.
fn keep_what_people_added(old: &Path, new: &Path) -> Result<(), Error> {
    let manifest = fs::read_to_string(old.join(MANIFEST))?;
    let review = old.join("review.xlsx");
    if let Ok((_, digest)) = File::open(&review).and_then(digest)
        && !manifest.contains(&digest)
    {
        disk::rename(&review, &new.join("review.before.xlsx"))?;
    }
    for entry in fs::read_dir(old)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == MARKER || is_hidden_statistics(&name) {
            continue;
        }
        // Statistics of the old run would pass for those of the new one; work in them is kept
        // under another name.
        if name == STATISTICS && is_untouched(&entry.path()) {
            continue;
        }
        let kept = new.join(if name == STATISTICS { "statistics.before".into() } else { name.clone() });
        // What an earlier version of the program wrote under another name is listed in its
        // manifest; it is out of date now.
        let written = manifest.contains(&format!("\"{}\"", name.to_string_lossy()));
        if !written && !kept.exists() {
            disk::rename(&entry.path(), &kept)?;
        }
    }
    Ok(())
}

/// Statistics that were never finished.
fn is_hidden_statistics(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(&format!(".{STATISTICS}.")) && name.ends_with(".partial")
}
