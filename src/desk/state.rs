//! What all requests share.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use tokio::sync::Notify;

use super::{
    job::Jobs, logged, open_run::OpenRun, run_folder::OpenError, server::DeskOptions, session::Sessions,
};
use crate::rules::Rules;

/// The desk.
pub struct Desk {
    /// The rules in force.
    pub rules: Rules,
    /// The folder of rules laid over the built-in ones.
    pub overlay: Option<PathBuf>,
    /// Token and sessions.
    pub sessions: Sessions,
    /// The `Host` headers that are ours.
    pub hosts: [String; 2],
    /// Who sits at it until somebody says otherwise.
    who: String,
    /// Nobody decides or uploads.
    pub read_only: bool,
    /// Minutes without a request after which the desk ends itself.
    pub idle_minutes: u32,
    /// The jobs of a desk that does the whole work; `None` for a review of one run.
    pub jobs: Option<Jobs>,
    /// Requests being answered.
    pub busy: AtomicUsize,
    /// Told to end.
    pub end: Notify,
    run: RwLock<Option<Arc<OpenRun>>>,
    began: Instant,
    last: AtomicI64,
}

impl Desk {
    /// A desk with nothing on it.
    pub fn new(
        rules: Rules,
        sessions: Sessions,
        port: u16,
        options: &DeskOptions,
        jobs: Option<Jobs>,
    ) -> Self {
        Self {
            rules,
            sessions,
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
            who: options.who.clone(),
            read_only: options.read_only,
            idle_minutes: options.idle_minutes,
            overlay: options.rules.clone(),
            jobs,
            busy: AtomicUsize::new(0),
            end: Notify::new(),
            run: RwLock::new(None),
            began: Instant::now(),
            last: AtomicI64::new(0),
        }
    }

    /// Puts a run on the desk.
    pub fn open(&self, folder: &Path) -> Result<Arc<OpenRun>, OpenError> {
        let run = Arc::new(OpenRun::open(folder)?);
        self.put(Some(run.clone()));
        Ok(run)
    }

    /// Takes the run off the desk.
    pub fn close(&self) {
        self.put(None);
    }

    fn put(&self, run: Option<Arc<OpenRun>>) {
        if !self.read_only {
            if let Some(before) = self.run() {
                logged::closed(&before, &self.who);
            }
            if let Some(run) = &run {
                logged::opened(run, &self.who);
            }
        }
        *self.run.write().unwrap_or_else(PoisonError::into_inner) = run;
    }

    /// The run on the desk.
    pub fn run(&self) -> Option<Arc<OpenRun>> {
        self.run.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Somebody is there.
    pub fn touch(&self) {
        self.last.store(self.seconds(), Ordering::SeqCst);
    }

    /// Whether nobody has been there for the stated time, and nothing is being done.
    pub fn is_idle(&self) -> bool {
        let working =
            self.busy.load(Ordering::SeqCst) > 0 || self.jobs.as_ref().is_some_and(Jobs::is_running);
        !working && self.seconds() - self.last.load(Ordering::SeqCst) >= i64::from(self.idle_minutes) * 60
    }

    #[cfg(test)]
    fn wait(&self, seconds: i64) {
        self.last.fetch_sub(seconds, Ordering::SeqCst);
    }

    fn seconds(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_secs()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{Place, session::Settings},
        rules::Language,
    };

    #[test]
    fn a_desk_left_alone_is_idle_after_the_stated_time() {
        let options = DeskOptions {
            place: Place::Run(PathBuf::new()),
            rules: None,
            port: 0,
            read_only: false,
            idle_minutes: 2,
            language: Language::Vi,
            who: String::new(),
        };
        let settings =
            Settings { language: Language::Vi, who: String::new(), blind: false, second: false, keys: true };
        let (sessions, _) = Sessions::new(settings).unwrap();
        let desk = Desk::new(Rules::built_in().unwrap(), sessions, 1, &options, None);
        assert!(!desk.is_idle());
        desk.wait(119);
        assert!(!desk.is_idle());
        desk.wait(2);
        assert!(desk.is_idle());
        desk.busy.fetch_add(1, Ordering::SeqCst);
        assert!(!desk.is_idle(), "somebody is being answered");
        desk.busy.fetch_sub(1, Ordering::SeqCst);
        desk.touch();
        assert!(!desk.is_idle());
    }
}
