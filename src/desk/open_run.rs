//! A run on the desk: what its folder says, its queue, and its log of decisions as others may be
//! writing it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    logged,
    queue::Queue,
    run_folder::{OpenError, RunFolder},
    standing::Standings,
};
use crate::decide::{DecisionLog, Entry, LogError, LogFault, LogReading, torn_line};

/// A run on the desk.
#[derive(Debug)]
pub struct OpenRun {
    /// Its folder.
    pub folder: RunFolder,
    /// Its questions.
    pub queue: Queue,
    /// The line that a killed program left half-written, where there is one.
    pub torn: Option<LogFault>,
    log: Mutex<(DecisionLog, Arc<Snapshot>)>,
}

/// The log at one moment, with what it makes of the pairs.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The lines.
    pub log: LogReading,
    /// The answers that count.
    pub standings: Standings,
}

impl OpenRun {
    /// Reads a run folder and its log.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let folder = RunFolder::open(path)?;
        let queue = Queue::of(&folder);
        let torn = torn_line(path);
        let log =
            DecisionLog::open(path).map_err(|LogError::Io { path, error }| OpenError::Io { path, error })?;
        let snapshot = snapshot(log.reading(), &folder, &queue);
        Ok(Self { folder, queue, torn, log: Mutex::new((log, Arc::new(snapshot))) })
    }

    fn lock(&self) -> MutexGuard<'_, (DecisionLog, Arc<Snapshot>)> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How matters stand now, the lines of other programs included.
    pub fn now(&self) -> Arc<Snapshot> {
        let mut locked = self.lock();
        // A log that cannot be read at this moment is shown as it was; writing will say so.
        let _ = locked.0.refresh();
        self.renew(&mut locked)
    }

    /// Appends lines, unless `check` refuses after seeing how matters stand at that moment.
    pub fn append<R>(
        &self,
        check: impl FnOnce(&Standings) -> Result<Vec<Entry>, R>,
    ) -> Result<Result<Vec<Entry>, R>, LogError> {
        let mut locked = self.lock();
        let appended = locked.0.append(|log| check(&Standings::of(log, &self.folder, &self.queue)))?;
        if let Ok(entries) = &appended {
            logged::decided(&self.folder.path, entries);
        }
        self.renew(&mut locked);
        Ok(appended)
    }

    fn renew(&self, locked: &mut (DecisionLog, Arc<Snapshot>)) -> Arc<Snapshot> {
        let (log, snapshot_kept) = locked;
        if *log.reading() != snapshot_kept.log {
            *snapshot_kept = Arc::new(snapshot(log.reading(), &self.folder, &self.queue));
        }
        snapshot_kept.clone()
    }
}

fn snapshot(log: &LogReading, folder: &RunFolder, queue: &Queue) -> Snapshot {
    Snapshot { log: log.clone(), standings: Standings::of(log, folder, queue) }
}
