//! The log of a run being written. Where the run replaces an earlier one, it goes on with that
//! one's log: what was done in a folder is never forgotten because it was done again.

use std::{fs, io::Write};

use jiff::Timestamp;

use super::{
    error::{WriteError, io},
    folder::PendingFolder,
};
use crate::{
    audit::{AuditError, AuditHead, AuditLog, Event, Expected, FileDigest, LogName},
    decide::DECISIONS_FILE,
};

/// A log that was touched, kept beside the new one.
const BROKEN_LOG: &str = "audit.before.jsonl";

/// The log so far.
pub(crate) struct RunLog<'a> {
    folder: &'a PendingFolder,
    text: Vec<u8>,
    head: AuditHead,
    expected: Expected,
    /// The earlier log, locked: nobody adds to it what would be lost.
    earlier: Option<AuditLog>,
}

/// A log that is written, and what must be held until the folder is in place.
pub(crate) struct WrittenLog {
    pub head: AuditHead,
    pub earlier: Option<AuditLog>,
}

impl<'a> RunLog<'a> {
    /// Goes on from the log of the folder that is replaced, or begins anew.
    pub fn begin(folder: &'a PendingFolder) -> Result<Self, WriteError> {
        let mut log = Self {
            folder,
            text: Vec::new(),
            head: AuditHead::default(),
            expected: Expected::default(),
            earlier: None,
        };
        let Some(old) = folder.replaced() else { return Ok(log) };
        let path = old.join(LogName::Audit.log());
        match AuditLog::open(old, LogName::Audit) {
            Ok(mut earlier) => {
                log.text = earlier.bytes().map_err(io("read", &path))?;
                log.expected = Expected::of_log(&log.text);
                log.head = earlier.head().clone();
                log.earlier = Some(earlier);
            }
            Err(AuditError::Absent { .. }) => {}
            Err(AuditError::Touched { .. }) => log.keep_broken()?,
            Err(AuditError::Io { path, error }) => return Err(io("read", path)(error)),
        }
        log.carry_decisions()?;
        Ok(log)
    }

    /// Nothing can be added to a log that was touched; it is not thrown away either.
    fn keep_broken(&mut self) -> Result<(), WriteError> {
        let Some(old) = self.folder.replaced() else { return Ok(()) };
        let path = old.join(LogName::Audit.log());
        let bytes = fs::read(&path).map_err(io("read", &path))?;
        let kept =
            self.folder.write(BROKEN_LOG, |file| file.write_all(&bytes).map_err(io("write", BROKEN_LOG)))?;
        self.add(Timestamp::now(), Event { outputs: vec![kept], ..Event::new("log.broken", "run") });
        Ok(())
    }

    /// The decisions of the replaced folder stay; a log that begins anew says what they are.
    fn carry_decisions(&mut self) -> Result<(), WriteError> {
        let Some(old) = self.folder.replaced() else { return Ok(()) };
        let path = old.join(DECISIONS_FILE);
        if self.expected.get(DECISIONS_FILE).is_some() || !path.is_file() {
            return Ok(());
        }
        let decisions = FileDigest::of(old, DECISIONS_FILE).map_err(io("read", &path))?;
        self.add(
            Timestamp::now(),
            Event { outputs: vec![decisions], ..Event::new("decisions.carried", "run") },
        );
        Ok(())
    }

    fn add(&mut self, time: Timestamp, event: Event) {
        self.expected.take(self.head.lines + 1, &event);
        self.text.extend_from_slice(self.head.next(time, event).as_bytes());
    }

    /// Writes the log with the events of the run, and its head.
    pub fn write(mut self, events: Vec<(Timestamp, Event)>) -> Result<WrittenLog, WriteError> {
        for (time, mut event) in events {
            if !event.outputs.is_empty() {
                event.removed = self.gone(&event.outputs);
            }
            self.add(time, event);
        }
        let (log, head) = (LogName::Audit.log(), LogName::Audit.head());
        self.folder.write(log, |file| file.write_all(&self.text).map_err(io("write", log)))?;
        let last = self.text.split_inclusive(|byte| *byte == b'\n').next_back().unwrap_or_default();
        self.folder.write(head, |file| file.write_all(last).map_err(io("write", head)))?;
        Ok(WrittenLog { head: self.head, earlier: self.earlier })
    }

    /// What the earlier run wrote and this one did not.
    fn gone(&self, outputs: &[FileDigest]) -> Vec<String> {
        let stays = |name: &str| {
            name == DECISIONS_FILE || name == BROKEN_LOG || outputs.iter().any(|file| file.name == name)
        };
        self.expected.names().filter(|name| !stays(name)).map(str::to_owned).collect()
    }
}
