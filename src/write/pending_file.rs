//! A single file that appears whole or not at all: written beside its place under a hidden name,
//! readable by its owner only, and renamed at the end.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use super::{
    error::{WriteError, io},
    folder::{ABANDONED, WrittenFile},
    output_file::{self, OutputFile},
};
use crate::disk::{self, DiskFile, Unfinished};

/// Files being written; the lock is held while one is put in place.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn pending() -> MutexGuard<'static, Vec<PathBuf>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every file that is being written.
pub(super) fn abandon_files() {
    for path in pending().drain(..) {
        let _ = fs::remove_file(path);
    }
}

/// A file that does not exist yet under its own name.
#[derive(Debug)]
pub struct PendingFile {
    unfinished: Unfinished,
    target: PathBuf,
    replace: bool,
}

impl PendingFile {
    /// Writes a file and puts it in its place; `force` replaces one that stands there.
    pub fn write<E: From<WriteError>>(
        target: &Path,
        force: bool,
        fill: impl FnOnce(OutputFile) -> Result<OutputFile, E>,
    ) -> Result<WrittenFile, E> {
        let (pending, file) = Self::create(target, force)?;
        let writer = fill(output_file::start(file))?;
        Ok(pending.finish(writer)?)
    }

    fn create(target: &Path, force: bool) -> Result<(Self, DiskFile), WriteError> {
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        let replace = Self::check(target, force)?;
        let Some(name) = target.file_name() else {
            return Err(WriteError::NoName { path: target.to_owned() });
        };
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or_else(|| Path::new("."));
        let prefix = format!(".{}.", name.to_string_lossy());
        // The lock: a file is known to the handler of Ctrl-C as soon as it is there.
        let mut list = pending();
        let made = disk::unfinished(parent, &prefix, ".partial");
        let (file, unfinished) = made.map_err(io("create a file in", parent))?;
        list.push(unfinished.path().to_owned());
        Ok((Self { unfinished, target: target.to_owned(), replace }, file))
    }

    /// Whether a file may be written there, without touching anything; true where one would be
    /// replaced.
    pub fn check(target: &Path, force: bool) -> Result<bool, WriteError> {
        match fs::symlink_metadata(target) {
            Ok(found) if force && found.is_file() => Ok(true),
            Ok(_) => Err(WriteError::FileExists { path: target.to_owned() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io("look at", target)(error)),
        }
    }

    fn finish(self, mut writer: OutputFile) -> Result<WrittenFile, WriteError> {
        use std::io::Write as _;
        writer.flush().map_err(io("write", &self.target))?;
        let file = writer.into_inner().map_err(|error| io("write", &self.target)(error.into_error()))?;
        let (mut file, bytes, sha256) = file.finish().map_err(io("read back", &self.target))?;
        file.wait().and_then(|()| file.sync()).map_err(io("save", &self.target))?;
        let mut pending = pending();
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        let hidden = self.unfinished.path().to_owned();
        let placed = if self.replace {
            self.unfinished.put(&self.target)
        } else {
            // Unlike renaming it never replaces what somebody has put there meanwhile.
            match fs::hard_link(&hidden, &self.target) {
                Ok(()) => {
                    drop(self.unfinished);
                    Ok(())
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(error),
                // A medium without links, such as a stick.
                Err(_) => self.unfinished.put(&self.target),
            }
        };
        placed.map_err(io("create", &self.target))?;
        pending.retain(|path| *path != hidden);
        drop(pending);
        if let Some(parent) = self.target.parent() {
            disk::sync_dir(parent).map_err(io("save", &self.target))?;
        }
        Ok(WrittenFile { name: self.target.to_string_lossy().into_owned(), bytes, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    fn write(target: &Path, force: bool, text: &str) -> Result<WrittenFile, WriteError> {
        PendingFile::write(target, force, |mut file| {
            file.write_all(text.as_bytes()).map_err(io("write", target))?;
            Ok(file)
        })
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.age");
        let failed = PendingFile::write(&target, false, |mut file| {
            file.write_all(b"half").map_err(io("write", "a"))?;
            Err(WriteError::Abandoned)
        });
        assert!(failed.is_err() && names(folder.path()).is_empty());
        let written = write(&target, false, "one").unwrap();
        assert_eq!((written.bytes, names(folder.path()).len()), (3, 1));
        assert!(matches!(write(&target, false, "two"), Err(WriteError::FileExists { .. })));
        assert_eq!(fs::read_to_string(&target).unwrap(), "one");
        write(&target, true, "two").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "two");
        assert!(write(folder.path(), true, "").is_err(), "a folder is never replaced");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
