//! Tries every step of some work as the one that fails, in every way a step can fail.

use std::{io::ErrorKind, path::Path};

use super::faults::{Fault, Faults};

/// How a step fails, and whether the power goes with it.
const WAYS: [(Fault, bool); 4] = [
    (Fault::Once(ErrorKind::StorageFull), false),
    (Fault::FromThen(ErrorKind::PermissionDenied), false),
    (Fault::Death, false),
    (Fault::Death, true),
];

/// Work in a folder, and what must hold after it.
pub(crate) struct Trial<'a> {
    /// For the figures printed.
    pub name: &'a str,
    /// Furnishes an empty folder.
    pub prepare: &'a dyn Fn(&Path),
    /// The work; true where it says that it is done.
    pub work: &'a (dyn Fn(&Path) -> bool + Sync),
    /// Whether the folder is as it must be; told what the work said.
    pub judge: &'a dyn Fn(&Path, bool, &str),
}

impl Trial<'_> {
    /// Tries every step, and says how many points that were.
    pub fn every_step(&self) -> usize {
        // One thread: the n-th step is the same every time.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let (done, steps) = self.once(&pool, usize::MAX, WAYS[0], "no fault");
        assert!(done && steps > 0, "{}: without a fault the work is done", self.name);
        for way in WAYS {
            // The last point is a power cut right after the work was said to be done.
            for at in 1..=steps + usize::from(way.1) {
                self.once(&pool, at, way, &format!("{}: step {at} of {steps}, {way:?}", self.name));
            }
        }
        let points = steps * WAYS.len() + 1;
        println!("{}: {steps} steps, {points} points", self.name);
        points
    }

    fn once(
        &self,
        pool: &rayon::ThreadPool,
        at: usize,
        (fault, power): (Fault, bool),
        what: &str,
    ) -> (bool, usize) {
        let folder = tempfile::tempdir().unwrap();
        (self.prepare)(folder.path());
        let faults = Faults::inject(folder.path(), at, fault);
        let work = self.work;
        let done = pool.install(|| work(folder.path()));
        let steps = faults.taken();
        // The dead say nothing.
        let done = done && (fault != Fault::Death || at > steps);
        if power {
            faults.lose_power();
        } else {
            drop(faults);
        }
        (self.judge)(folder.path(), done, what);
        (done, steps)
    }
}
