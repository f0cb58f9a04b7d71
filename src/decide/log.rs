//! `decisions.jsonl`: the append-only memory of the desk. A line is on the disk before anybody is
//! told that it is saved; windows and programs that write at the same time wait for each other; a
//! line that a killed program left half-written was never called saved, and is cut off.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rustc_hash::FxHashSet;

use super::decision::{Act, Entry};
use crate::disk::{self, DiskFile};

/// The file's name in a run folder.
pub const DECISIONS_FILE: &str = "decisions.jsonl";

/// Why decisions cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// A line that is no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFault {
    /// Line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: &'static str,
    /// The last line, broken off: what a killed program leaves. It was never called saved.
    pub torn: bool,
}

/// What a log says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogReading {
    /// Its entries with their lines, in the order written.
    pub entries: Vec<(u64, Entry)>,
    /// Lines that are no entries.
    pub faults: Vec<LogFault>,
    /// Bytes up to the end of the last whole line.
    whole: u64,
    lines: u64,
}

impl LogReading {
    /// Takes in the bytes that follow what was read so far. A last line without a line break
    /// counts where it is whole; `whole` then ends before it.
    fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            self.line(&rest[..end], false);
            self.whole += end as u64 + 1;
            rest = &rest[end + 1..];
        }
    }

    /// What stands behind the last line break.
    fn take_tail(&mut self, tail: &[u8]) {
        if !tail.is_empty() {
            self.line(tail, true);
        }
    }

    fn line(&mut self, bytes: &[u8], last: bool) {
        self.lines += 1;
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let read = std::str::from_utf8(bytes).map_err(|_| "not UTF-8").and_then(Entry::from_line);
        match read {
            Ok(entry) => self.entries.push((self.lines, entry)),
            Err(fault) => self.faults.push(LogFault { line: self.lines, fault, torn: last }),
        }
    }

    /// The answers that nobody has taken back, in the order written.
    pub fn standing(&self) -> impl Iterator<Item = (u64, &Entry)> {
        let undone: FxHashSet<&str> = self
            .entries
            .iter()
            .filter_map(|(_, entry)| match &entry.act {
                Act::Undo(earlier) => Some(earlier.as_str()),
                Act::Decide(_) => None,
            })
            .collect();
        self.entries
            .iter()
            .filter(move |(_, entry)| entry.decision().is_some() && !undone.contains(entry.id.as_str()))
            .map(|(line, entry)| (*line, entry))
    }
}

/// Reads a log without changing it.
pub fn read_log(bytes: &[u8]) -> LogReading {
    let mut reading = LogReading::default();
    reading.take(bytes);
    let whole = usize::try_from(reading.whole).unwrap_or(bytes.len());
    reading.take_tail(&bytes[whole..]);
    reading
}

/// A log that is read and written while others may write it too.
#[derive(Debug)]
pub struct DecisionLog {
    path: PathBuf,
    reading: LogReading,
}

impl DecisionLog {
    /// Opens the log of a run folder; there need not be one yet.
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        let mut log = Self { path: folder.join(DECISIONS_FILE), reading: LogReading::default() };
        log.refresh()?;
        Ok(log)
    }

    /// What it says as far as it was read.
    pub fn reading(&self) -> &LogReading {
        &self.reading
    }

    /// Reads what others have written since. A line being written at this moment is left for the
    /// next time; one that is still broken off when the log is opened for writing is a torn one.
    pub fn refresh(&mut self) -> Result<(), LogError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.reading = LogReading::default();
                return Ok(());
            }
            Err(error) => return Err(self.failed(error)),
        };
        let length = file.metadata().map_err(|error| self.failed(error))?.len();
        self.read_on(&mut file, length).map_err(|error| self.failed(error))
    }

    fn read_on(&mut self, file: &mut (impl Read + Seek), length: u64) -> std::io::Result<()> {
        if length < self.reading.whole {
            // Another file than before: a run has put a new folder in place.
            self.reading = LogReading::default();
        }
        file.seek(SeekFrom::Start(self.reading.whole))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        self.reading.take(&bytes);
        Ok(())
    }

    /// Appends entries in one piece and returns when they are on the disk. `check` sees the log as
    /// it is at that moment, with the others kept out, and may refuse: that is how somebody who
    /// looked at an older state is told.
    pub fn append<R>(
        &mut self,
        check: impl FnOnce(&LogReading) -> Result<Vec<Entry>, R>,
    ) -> Result<Result<Vec<Entry>, R>, LogError> {
        let mut file = self.open_locked().map_err(|error| self.failed(error))?;
        let appended = self.append_locked(&mut file, check).map_err(|error| self.failed(error));
        // Closing the file would do; said, so that nobody moves it out of sight.
        let _ = file.unlock();
        appended
    }

    fn append_locked<R>(
        &mut self,
        file: &mut DiskFile,
        check: impl FnOnce(&LogReading) -> Result<Vec<Entry>, R>,
    ) -> std::io::Result<Result<Vec<Entry>, R>> {
        let length = file.metadata()?.len();
        self.read_on(file, length)?;
        self.mend_tail(file)?;
        let entries = match check(&self.reading) {
            Ok(entries) => entries,
            Err(refused) => return Ok(Err(refused)),
        };
        let text: String = entries.iter().map(Entry::to_line).collect();
        file.seek(SeekFrom::End(0))?;
        // A new file is on the disk when its folder knows it.
        let is_new = self.reading.whole == 0;
        let named = || self.path.parent().filter(|_| is_new).map_or(Ok(()), disk::sync_dir);
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync()).and_then(|()| named());
        if let Err(error) = written {
            // A full disk: what was not saved must not be half there.
            let _ = file.set_len(self.reading.whole);
            return Err(error);
        }
        self.reading.take(text.as_bytes());
        Ok(Ok(entries))
    }

    /// A whole last line without its line break gets one; a broken-off one is cut off. Nobody is
    /// writing it: the lock is ours.
    fn mend_tail(&mut self, file: &mut DiskFile) -> std::io::Result<()> {
        let length = file.seek(SeekFrom::End(0))?;
        if length == self.reading.whole {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.reading.whole))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let whole = std::str::from_utf8(&tail).is_ok_and(|text| Entry::from_line(text).is_ok());
        if whole {
            file.write_all(b"\n")?;
            tail.push(b'\n');
            self.reading.take(&tail);
        } else {
            file.set_len(self.reading.whole)?;
        }
        Ok(())
    }

    /// The file as it stands under its name at the moment the lock is ours: a run may put a new
    /// folder, with a copy of the log, in the old one's place.
    fn open_locked(&self) -> std::io::Result<DiskFile> {
        loop {
            let file = disk::open_or_create(&self.path)?;
            file.lock()?;
            if same_file(file.as_file(), &self.path) {
                return Ok(file);
            }
        }
    }

    fn failed(&self, error: std::io::Error) -> LogError {
        LogError::Io { path: self.path.clone(), error }
    }
}

/// The torn last line of a log, where it has one: looked for once, when a desk opens the folder.
pub(crate) fn torn_line(folder: &Path) -> Option<LogFault> {
    let bytes = std::fs::read(folder.join(DECISIONS_FILE)).ok()?;
    read_log(&bytes).faults.pop().filter(|fault| fault.torn)
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(opened), Ok(named)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (opened.dev(), opened.ino()) == (named.dev(), named.ino())
}

/// Windows does not rename a folder while a file in it is open.
#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::decide::{Answer, Decision, Keep, PairKind, Side};

    fn entry(id: &str, act: Act) -> Entry {
        Entry { id: id.to_owned(), time: Timestamp::UNIX_EPOCH, who: "cán bộ".to_owned(), act }
    }

    fn same(id: &str) -> Entry {
        let side = |id: &str| Side { id: id.to_owned(), fingerprint: "00".to_owned() };
        let decision = Decision {
            pair_id: "D-1".to_owned(),
            kind: PairKind::Duplicate,
            record: side("a"),
            other: side("b"),
            answer: Answer::Yes,
            keep: Keep::new(),
            second_reading: false,
        };
        entry(id, Act::Decide(Box::new(decision)))
    }

    fn append(log: &mut DecisionLog, entry: Entry) {
        log.append(|_| Ok::<_, ()>(vec![entry])).unwrap().unwrap();
    }

    fn ids(log: &DecisionLog) -> Vec<String> {
        log.reading().entries.iter().map(|(_, entry)| entry.id.clone()).collect()
    }

    #[test]
    fn two_windows_see_and_keep_each_others_decisions() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut two) =
            (DecisionLog::open(folder.path()).unwrap(), DecisionLog::open(folder.path()).unwrap());
        append(&mut one, same("1"));
        append(&mut two, same("2"));
        append(&mut one, same("3"));
        two.refresh().unwrap();
        assert_eq!(ids(&one), ["1", "2", "3"]);
        assert_eq!(ids(&two), ["1", "2", "3"]);
        let refused = one.append(|reading| if reading.entries.len() == 3 { Err("seen") } else { Ok(vec![]) });
        assert_eq!(refused.unwrap(), Err("seen"));
        assert_eq!(ids(&DecisionLog::open(folder.path()).unwrap()), ["1", "2", "3"]);
    }

    #[test]
    fn many_writers_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = folder.path();
                scope.spawn(move || {
                    let mut log = DecisionLog::open(path).unwrap();
                    for nth in 0..25 {
                        append(&mut log, same(&format!("{writer}-{nth}")));
                    }
                });
            }
        });
        let log = DecisionLog::open(folder.path()).unwrap();
        let found: FxHashSet<String> = ids(&log).into_iter().collect();
        assert_eq!((found.len(), log.reading().faults.len()), (200, 0));
    }

    #[test]
    fn a_line_cut_anywhere_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DECISIONS_FILE);
        let (first, second) = (same("1").to_line(), same("2").to_line());
        for cut in 0..second.len() {
            std::fs::write(&path, [first.as_bytes(), &second.as_bytes()[..cut]].concat()).unwrap();
            let whole = cut + 1 == second.len();
            assert_eq!(torn_line(folder.path()).is_some(), cut > 0 && !whole, "cut at {cut}");
            let mut log = DecisionLog::open(folder.path()).unwrap();
            append(&mut log, same("3"));
            let kept = ids(&DecisionLog::open(folder.path()).unwrap());
            let expected: &[&str] = if whole { &["1", "2", "3"] } else { &["1", "3"] };
            assert_eq!(kept, expected, "cut at {cut}");
        }
    }

    #[test]
    fn undone_answers_do_not_stand() {
        let lines = [same("1"), same("2"), entry("3", Act::Undo("1".to_owned()))];
        let text: String = lines.iter().map(Entry::to_line).collect();
        let reading = read_log(format!("{text}{{\"id\":\n").as_bytes());
        let standing: Vec<&str> = reading.standing().map(|(_, entry)| entry.id.as_str()).collect();
        assert_eq!(standing, ["2"]);
        assert_eq!(reading.faults.len(), 1);
        assert_eq!((reading.faults[0].line, reading.faults[0].torn), (4, false));
    }
}
