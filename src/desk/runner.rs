//! A run made from the desk: on a thread of its own, with its stage for whoever asks.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde_json::Value;

use super::state::Desk;
use crate::{
    pipeline::{self, Job, PipelineError, Stage},
    rules::{Language, Rules},
    write::{WriteError, WriteOptions, tidy, with_found, write_run},
};

/// How far the run is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Progress {
    /// None was made.
    #[default]
    Nothing,
    /// At work.
    At(Stage),
    /// The result is there.
    Done,
    /// It stopped; a sentence that says why.
    Failed(String),
}

/// The run being made, or the last one.
#[derive(Debug, Default)]
pub struct Running(Mutex<Progress>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.lock().clone()
    }

    /// Whether one is being made.
    pub fn is_running(&self) -> bool {
        matches!(*self.lock(), Progress::At(_))
    }

    /// Another job is on the desk.
    pub fn forget(&self) {
        let mut progress = self.lock();
        if !matches!(*progress, Progress::At(_)) {
            *progress = Progress::Nothing;
        }
    }

    fn set(&self, progress: Progress) {
        *self.lock() = progress;
    }

    /// Begins, unless a run is being made already.
    fn begin(&self) -> bool {
        let mut progress = self.lock();
        let free = !matches!(*progress, Progress::At(_));
        if free {
            *progress = Progress::At(Stage::Read);
        }
        free
    }
}

/// What is to be run, and where the result goes.
pub struct Order {
    /// The job.
    pub job: Job,
    /// The folder of the result.
    pub out: PathBuf,
    /// Who asked for it.
    pub who: String,
    /// The parameters, for the manifest.
    pub parameters: Value,
}

/// Starts a run; false where one is being made already.
pub fn start(desk: &Arc<Desk>, running: &Arc<Running>, order: Order) -> bool {
    if !running.begin() {
        return false;
    }
    let (desk, running) = (desk.clone(), running.clone());
    std::thread::spawn(move || {
        let language = order.job.language;
        let made = catch_unwind(AssertUnwindSafe(|| make(&order, &desk.rules, &running)));
        let result = match made {
            Ok(Ok(())) => desk.open(&order.out).map(|_| ()).map_err(|error| error.to_string()),
            Ok(Err(error)) => Err(error.sentence(&desk.rules, language)),
            // What it says may quote a cell; the panic hook has told the place.
            Err(_) => Err(desk.rules.messages.get(language, "desk", "run_broke").to_owned()),
        };
        running.set(result.map_or_else(Progress::Failed, |()| Progress::Done));
    });
    true
}

enum MakeError {
    Pipeline(Box<PipelineError>),
    Write(Box<WriteError>),
}

impl MakeError {
    fn sentence(&self, rules: &Rules, language: Language) -> String {
        match self {
            Self::Pipeline(error) => error.message(&rules.messages, language),
            Self::Write(error) => error.message(&rules.messages, language),
        }
    }
}

fn make(order: &Order, rules: &Rules, running: &Running) -> Result<(), MakeError> {
    let started = Timestamp::now();
    let tell = |stage| running.set(Progress::At(stage));
    let outcome =
        pipeline::run(&order.job, rules, &tell).map_err(|error| MakeError::Pipeline(error.into()))?;
    tell(Stage::Write);
    let failed = |error: WriteError| MakeError::Write(error.into());
    let found = tidy(&order.out).map_err(failed)?;
    let options = WriteOptions {
        // The first result of a job has nothing to replace.
        force: order.out.exists(),
        user: Some(order.who.clone()),
        parameters: with_found(order.parameters.clone(), &found),
        started,
        retain_until: None,
    };
    write_run(&outcome, &order.out, &options, rules).map_err(failed)?;
    Ok(())
}
