//! A log that is written to. Its head, a copy of the last line, is replaced before the line goes
//! into the log: a program that is killed in between has lost nothing, the next one to write puts
//! the line where it belongs. A log whose tail was cut no longer ends with its head.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::entry::{AuditHead, Event, Line, START, read_line};
use crate::rules::{Language, MessageRules};

/// Which log of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogName {
    /// Of a run: `audit.jsonl`.
    Audit,
    /// Of runs that were deleted from a folder: `purged.jsonl`.
    Purged,
}

impl LogName {
    /// The file of the log.
    pub const fn log(self) -> &'static str {
        match self {
            Self::Audit => "audit.jsonl",
            Self::Purged => "purged.jsonl",
        }
    }

    /// The file of its head.
    pub const fn head(self) -> &'static str {
        match self {
            Self::Audit => "audit.head",
            Self::Purged => "purged.head",
        }
    }

    /// The head while it is written.
    pub const fn new_head(self) -> &'static str {
        match self {
            Self::Audit => "audit.head.new",
            Self::Purged => "purged.head.new",
        }
    }
}

/// Why a log cannot be written to.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is none.
    #[error("there is no {}", path.display())]
    Absent {
        /// The log.
        path: PathBuf,
    },
    /// Its end is not what was written last: nothing is added to a log that was touched.
    #[error("{} does not end as it was written", path.display())]
    Touched {
        /// The log.
        path: PathBuf,
    },
}

impl AuditError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, path: &Path, detail: &str| {
            let path = path.display().to_string();
            messages.fill(language, "audit_error", key, &[("path", &path), ("detail", detail)])
        };
        match self {
            Self::Io { path, error } => say("io", path, &messages.system(language, error)),
            Self::Absent { path } => say("absent", path, ""),
            Self::Touched { path } => say("touched", path, ""),
        }
    }

    /// True for a failure of the system, not of what was given.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Io { .. })
    }
}

/// Adds one event to the log of a run's folder.
pub fn append(folder: &Path, event: Event) -> Result<AuditHead, AuditError> {
    AuditLog::open(folder, LogName::Audit)?.append(event)
}

/// A log, open and locked: others who write wait.
#[derive(Debug)]
pub struct AuditLog {
    folder: PathBuf,
    name: LogName,
    file: File,
    /// The last line, with its line break; empty before the first.
    last: Vec<u8>,
    head: AuditHead,
}

impl AuditLog {
    /// Opens the log of a folder and makes sure that it ends as it was written.
    pub fn open(folder: &Path, name: LogName) -> Result<Self, AuditError> {
        let path = folder.join(name.log());
        let file = open_locked(&path, false).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => AuditError::Absent { path: path.clone() },
            _ => AuditError::Io { path: path.clone(), error },
        })?;
        Self::of(folder, name, file)
    }

    /// The same; a log that is not there is begun.
    pub fn open_or_begin(folder: &Path, name: LogName) -> Result<Self, AuditError> {
        let path = folder.join(name.log());
        let file = open_locked(&path, true).map_err(|error| AuditError::Io { path, error })?;
        Self::of(folder, name, file)
    }

    fn of(folder: &Path, name: LogName, file: File) -> Result<Self, AuditError> {
        let folder = folder.to_owned();
        let mut log = Self { folder, name, file, last: Vec::new(), head: AuditHead::default() };
        let path = log.folder.join(name.head());
        let head = match fs::read(&path) {
            Ok(head) => head,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(AuditError::Io { path, error }),
        };
        let length = log.file.metadata().map_err(|error| log.failed(error))?.len();
        if head.is_empty() {
            return if length == 0 { Ok(log) } else { Err(log.touched()) };
        }
        let line = head.strip_suffix(b"\n").and_then(read_line).filter(|line| line.is_whole);
        let line = line.ok_or_else(|| log.touched())?;
        if !log.ends_with(&head).map_err(|error| log.failed(error))?
            && !log.complete(&head, &line).map_err(|error| log.failed(error))?
        {
            return Err(log.touched());
        }
        log.last = head;
        log.head = AuditHead { lines: line.entry.seq, hash: line.hash };
        Ok(log)
    }

    /// Whether the last line is this one.
    fn ends_with(&mut self, line: &[u8]) -> io::Result<bool> {
        let length = self.file.seek(SeekFrom::End(0))?;
        let Some(start) = length.checked_sub(line.len() as u64) else { return Ok(false) };
        let before = u64::from(start > 0);
        self.file.seek(SeekFrom::Start(start - before))?;
        let mut tail = Vec::new();
        self.file.read_to_end(&mut tail)?;
        let (break_before, tail) = tail.split_at(usize::from(start > 0));
        Ok((break_before.is_empty() || break_before == b"\n") && tail == line)
    }

    /// Puts the line of the head at the end, where a killed program left it out or broke it off.
    fn complete(&mut self, head: &[u8], line: &Line) -> io::Result<bool> {
        let bytes = self.bytes()?;
        let Some(whole) = left_out(&bytes, head, line) else { return Ok(false) };
        self.file.set_len(whole as u64)?;
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(head)?;
        self.file.sync_data()?;
        Ok(true)
    }

    /// The whole log.
    pub fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Where it ends.
    pub fn head(&self) -> &AuditHead {
        &self.head
    }

    /// Adds one event; it is on the disk when this returns.
    pub fn append(&mut self, event: Event) -> Result<AuditHead, AuditError> {
        let mut head = self.head.clone();
        let line = head.next(Timestamp::now(), event).into_bytes();
        self.set_head(&line)?;
        let length = self.file.seek(SeekFrom::End(0)).map_err(|error| self.failed(error))?;
        if let Err(error) = self.file.write_all(&line).and_then(|()| self.file.sync_data()) {
            // A full disk: as if it had not been tried. Should this fail too, the next to write
            // completes the line.
            let _ = self.file.set_len(length);
            let _ = if self.last.is_empty() {
                fs::remove_file(self.folder.join(self.name.head())).is_ok()
            } else {
                let last = self.last.clone();
                self.set_head(&last).is_ok()
            };
            return Err(self.failed(error));
        }
        (self.last, self.head) = (line, head.clone());
        Ok(head)
    }

    fn set_head(&self, line: &[u8]) -> Result<(), AuditError> {
        let (path, new) = (self.folder.join(self.name.head()), self.folder.join(self.name.new_head()));
        let written = create_private(&new).and_then(|mut file| {
            file.write_all(line)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            sync_folder(&self.folder);
            Ok(())
        });
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map_err(|error| AuditError::Io { path, error })
    }

    fn failed(&self, error: io::Error) -> AuditError {
        AuditError::Io { path: self.folder.join(self.name.log()), error }
    }

    fn touched(&self) -> AuditError {
        AuditError::Touched { path: self.folder.join(self.name.log()) }
    }
}

/// Where the whole lines of a log end, if all it lacks is the line of its head or the rest of it.
pub(super) fn left_out(log: &[u8], head: &[u8], line: &Line) -> Option<usize> {
    let whole = log.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (lines, torn) = log.split_at(whole);
    if !head.starts_with(torn) {
        return None;
    }
    let before = match lines.strip_suffix(b"\n") {
        None => AuditHead::default(),
        Some(lines) => {
            let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let last = read_line(last).filter(|line| line.is_whole)?;
            AuditHead { lines: last.entry.seq, hash: last.hash }
        }
    };
    debug_assert_eq!(before.hash.len(), START.len());
    (line.entry.seq == before.lines + 1 && line.entry.prev == before.hash).then_some(whole)
}

/// The file as it stands under its name at the moment the lock is ours: a run may put a new folder
/// in the old one's place.
fn open_locked(path: &Path, begin: bool) -> io::Result<File> {
    loop {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(begin);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        file.lock()?;
        if same_file(&file, path) {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(opened), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    (opened.dev(), opened.ino()) == (named.dev(), named.ino())
}

/// Windows does not rename a folder while a file in it is open.
#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::verify_log;

    fn begun() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut log = AuditLog::open_or_begin(folder.path(), LogName::Audit).unwrap();
        for event in ["one", "two", "three"] {
            log.append(Event::new(event, "test")).unwrap();
        }
        folder
    }

    #[test]
    fn a_log_cut_within_its_last_line_is_completed_from_its_head() {
        let folder = begun();
        let (log, head) = (folder.path().join("audit.jsonl"), folder.path().join("audit.head"));
        let whole = fs::read(&log).unwrap();
        let last = fs::read(&head).unwrap();
        assert!(whole.ends_with(&last));
        for cut in whole.len() - last.len()..whole.len() {
            fs::write(&log, &whole[..cut]).unwrap();
            AuditLog::open(folder.path(), LogName::Audit).unwrap();
            assert_eq!(fs::read(&log).unwrap(), whole, "cut at {cut}");
        }
        append(folder.path(), Event::new("four", "test")).unwrap();
        assert_eq!(verify_log(&fs::read(&log).unwrap(), &fs::read(&head).unwrap()).head.lines, 4);
    }

    #[test]
    fn a_log_that_was_touched_is_not_written_to() {
        let folder = begun();
        let (log, head) = (folder.path().join("audit.jsonl"), folder.path().join("audit.head"));
        let (whole, last) = (fs::read(&log).unwrap(), fs::read(&head).unwrap());
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let refused = |bytes: &[u8], kept: Option<&[u8]>| {
            fs::write(&log, bytes).unwrap();
            match kept {
                Some(kept) => fs::write(&head, kept).unwrap(),
                None => fs::remove_file(&head).unwrap(),
            }
            let refused = append(folder.path(), Event::new("four", "test"));
            assert!(matches!(refused, Err(AuditError::Touched { .. })), "{refused:?}");
            assert_eq!(fs::read(&log).unwrap(), bytes);
        };
        refused(lines[0], Some(&last));
        refused(&[], Some(&last));
        refused(&[&whole[..], b" "].concat(), Some(&last));
        refused(&whole, Some(lines[1]));
        refused(&whole, Some(b"{}\n"));
        refused(&whole, None);
    }

    #[test]
    fn many_writers_make_one_chain() {
        let folder = begun();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    (0..10).for_each(|_| drop(append(folder.path(), Event::new("more", "test")).unwrap()));
                });
            }
        });
        let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
        let verified = verify_log(&read("audit.jsonl"), &read("audit.head"));
        assert_eq!((verified.head.lines, verified.faults), (43, vec![]));
    }
}
