//! Checks a log from its first line to its head, and a folder against its log.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::{
    digest::{FileDigest, digest, digest_file},
    entry::{AuditHead, read_line},
    fault::Fault,
    files::{Expected, found, is_plain},
    log::{LogName, left_out},
};
use crate::decide::DECISIONS_FILE;

/// The event of a writer that found more decisions than the log knew of.
pub(crate) const UNLOGGED: &str = "decisions.unlogged";

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Where the log ends.
    pub head: AuditHead,
    /// Everything that does not match; nothing is well.
    pub faults: Vec<Fault>,
    /// Files that are as the log says.
    pub whole_files: usize,
    /// Files the log does not speak of, by name.
    pub unlisted: Vec<String>,
    /// The line that a noted hash belongs to.
    pub noted: Option<u64>,
}

/// Checks the log of a folder, and the files that it speaks of. `noted` is the hash of a line, or
/// the beginning of one, that somebody kept elsewhere.
pub fn verify_folder(folder: &Path, name: LogName, noted: Option<&str>) -> io::Result<Verification> {
    let path = folder.join(name.log());
    let log = match File::open(&path) {
        Ok(mut file) => {
            // Nobody writes meanwhile; where locks are not to be had, as on a read-only medium,
            // nobody writes either.
            let _ = file.lock_shared();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Some((file, bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let Some((_locked, bytes)) = log else {
        return Ok(Verification { faults: vec![Fault::LogMissing], ..Verification::default() });
    };
    let head = match fs::read(folder.join(name.head())) {
        Ok(head) => Some(head),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut chain = Chain::of(&bytes);
    chain.check_head(&bytes, head.as_deref());
    let noted = noted.map(str::to_ascii_lowercase);
    let at = noted.as_deref().and_then(|noted| chain.hashes.iter().position(|hash| hash.starts_with(noted)));
    if noted.is_some() && at.is_none() {
        chain.faults.push(Fault::NotedAbsent);
    }
    let mut result = Verification { head: chain.head, faults: chain.faults, ..Verification::default() };
    result.noted = at.map(|at| at as u64 + 1);
    if name == LogName::Audit {
        check_files(folder, &chain.expected, &mut result)?;
    }
    Ok(result)
}

/// Checks a log against its head alone.
pub fn verify_log(log: &[u8], head: &[u8]) -> Verification {
    let mut chain = Chain::of(log);
    chain.check_head(log, Some(head));
    Verification { head: chain.head, faults: chain.faults, ..Verification::default() }
}

/// A log as far as it can be followed.
#[derive(Default)]
struct Chain {
    head: AuditHead,
    faults: Vec<Fault>,
    hashes: Vec<String>,
    expected: Expected,
}

impl Chain {
    fn of(log: &[u8]) -> Self {
        let mut chain = Self::default();
        if log.is_empty() {
            chain.faults.push(Fault::Empty);
        }
        // After a fault the chain goes on from what stands there: each fault is said once.
        let mut follows = true;
        for (number, text) in (1..).zip(log.split_inclusive(|byte| *byte == b'\n')) {
            match text.strip_suffix(b"\n") {
                Some(text) => follows = chain.take(number, text, follows),
                None => chain.faults.push(Fault::Torn(number)),
            }
        }
        chain
    }

    /// Takes in a line; false where the next one cannot be held against it.
    fn take(&mut self, number: u64, text: &[u8], follows: bool) -> bool {
        let Some(line) = read_line(text) else {
            self.faults.push(Fault::NotAnEntry(number));
            self.head.lines += 1;
            self.hashes.push(String::new());
            return false;
        };
        let (seq, due) = (line.entry.seq, self.head.lines + 1);
        if !line.is_whole {
            self.faults.push(Fault::Changed(number));
        } else {
            if seq > due {
                self.faults.push(Fault::Missing { line: number, count: seq - due });
            } else if seq < due {
                self.faults.push(Fault::OutOfPlace(number));
            } else if follows && line.entry.prev != self.head.hash {
                self.faults.push(Fault::Unlinked(number));
            }
            if line.entry.event.event == UNLOGGED {
                self.faults.push(Fault::Unlogged(number));
            }
            self.expected.take(number, &line.entry.event);
        }
        let lines = if line.is_whole { seq } else { due };
        self.hashes.push(line.hash.clone());
        self.head = AuditHead { lines, hash: line.hash };
        true
    }

    fn check_head(&mut self, log: &[u8], head: Option<&[u8]>) {
        let Some(head) = head else {
            self.faults.push(Fault::HeadMissing);
            return;
        };
        let last = log.split_inclusive(|byte| *byte == b'\n').next_back().unwrap_or_default();
        if head == last && !last.is_empty() {
            return;
        }
        let line = head.strip_suffix(b"\n").and_then(read_line).filter(|line| line.is_whole);
        let lines = self.head.lines;
        self.faults.push(match line {
            None => Fault::HeadDamaged,
            Some(line) if left_out(log, head, &line).is_some() => Fault::LeftOut(line.entry.seq),
            Some(line) if line.entry.seq > lines => Fault::Cut { lines, head: line.entry.seq },
            Some(line) if line.entry.seq < lines => Fault::HeadBehind { lines, head: line.entry.seq },
            Some(line) => Fault::HeadDiffers(line.entry.seq),
        });
    }
}

fn check_files(folder: &Path, expected: &Expected, result: &mut Verification) -> io::Result<()> {
    for (line, file) in expected.iter() {
        match check_file(folder, line, file)? {
            Some(fault) => result.faults.push(fault),
            None => result.whole_files += 1,
        }
    }
    let mut unlisted = found(folder)?;
    for name in expected.names().chain([LogName::Audit.log(), LogName::Audit.head()]) {
        unlisted.remove(name);
    }
    result.unlisted = unlisted.into_iter().collect();
    Ok(())
}

fn check_file(folder: &Path, line: u64, file: &FileDigest) -> io::Result<Option<Fault>> {
    let name = file.name.clone();
    let path = folder.join(&name);
    let found =
        if is_plain(&name) { fs::symlink_metadata(&path) } else { Err(io::ErrorKind::NotFound.into()) };
    match found {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(Some(Fault::FileChanged { name, line })),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Some(Fault::FileMissing { name, line }));
        }
        Err(error) => return Err(error),
    }
    let (bytes, sha256) = digest_file(&path)?;
    if (bytes, &sha256) == (file.bytes, &file.sha256) {
        return Ok(None);
    }
    let more = if name == DECISIONS_FILE { lines_more(&path, file)? } else { None };
    Ok(Some(match more {
        Some(more) => Fault::Grown { name, line, more },
        None => Fault::FileChanged { name, line },
    }))
}

/// How many lines a file has got since it was as described; `None` where what was described is no
/// longer there.
pub(crate) fn lines_more(path: &Path, earlier: &FileDigest) -> io::Result<Option<u64>> {
    let mut file = File::open(path)?;
    let (bytes, sha256) = digest((&mut file).take(earlier.bytes))?;
    if (bytes, &sha256) != (earlier.bytes, &earlier.sha256) {
        return Ok(None);
    }
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    Ok(Some(memchr::memchr_iter(b'\n', &rest).count() as u64))
}
