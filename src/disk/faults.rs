//! Lets the n-th step to the disk fail, below one folder: once, from then on, or as the last thing
//! before the power goes. A power cut may also take what was never said to be on the disk: bytes
//! that were not synced, and names and renames of a folder that was not.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What is about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A file or folder is made.
    Create,
    /// Bytes are written, or a file is cut off.
    Write,
    /// Bytes or names are to be on the disk.
    Sync,
    /// Something gets another name.
    Rename,
    /// Something is removed.
    Remove,
}

/// How the n-th step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It alone fails.
    Once(ErrorKind),
    /// From then on nothing can be made, written, synced or renamed; removing goes on.
    FromThen(ErrorKind),
    /// Nothing is done any more, cleaning up included: the process is dead.
    Death,
}

/// A change that a power cut may take back.
#[derive(Debug, Clone)]
enum Change {
    Created(PathBuf),
    /// With a copy of the file that stood there before.
    Renamed(PathBuf, PathBuf, Option<PathBuf>),
    Exchanged(PathBuf, PathBuf),
}

impl Change {
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Created(path) | Self::Renamed(_, path, _) | Self::Exchanged(path, _) => path.parent(),
        }
    }
}

#[derive(Debug)]
struct Plan {
    root: PathBuf,
    at: usize,
    fault: Fault,
    taken: usize,
    changes: Vec<Change>,
    /// Copies of files that were replaced.
    before: tempfile::TempDir,
    /// How much of each file is on the disk, by device and number.
    on_disk: BTreeMap<(u64, u64), u64>,
}

static PLANS: Mutex<Vec<Plan>> = Mutex::new(Vec::new());

fn plans() -> MutexGuard<'static, Vec<Plan>> {
    PLANS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with_plan(path: &Path, act: impl FnOnce(&mut Plan)) {
    if let Some(plan) = plans().iter_mut().find(|plan| path.starts_with(&plan.root)) {
        act(plan);
    }
}

/// Faults below a folder until it is dropped.
#[derive(Debug)]
pub struct Faults {
    root: PathBuf,
}

impl Faults {
    /// The n-th step, from 1, fails.
    pub fn inject(root: &Path, at: usize, fault: Fault) -> Self {
        let before = tempfile::tempdir().unwrap();
        let (changes, on_disk) = (Vec::new(), BTreeMap::new());
        plans().push(Plan { root: root.to_owned(), at, fault, taken: 0, changes, before, on_disk });
        Self { root: root.to_owned() }
    }

    /// Steps that were asked for.
    pub fn taken(&self) -> usize {
        plans().iter().find(|plan| plan.root == self.root).map_or(0, |plan| plan.taken)
    }

    /// The power is gone: all that was not said to be on the disk is lost.
    pub fn lose_power(self) {
        let at = plans().iter().position(|plan| plan.root == self.root).expect("the plan is there");
        let plan = plans().swap_remove(at);
        // First of all: what is restored below may get the number of a file that is gone.
        cut_files(&self.root, &plan.on_disk);
        for change in plan.changes.iter().rev() {
            match change {
                Change::Created(path) if path.is_dir() => fs::remove_dir_all(path).unwrap(),
                Change::Created(path) => _ = fs::remove_file(path),
                Change::Renamed(from, to, before) => {
                    let _ = fs::rename(to, from);
                    if let Some(before) = before {
                        fs::copy(before, to).unwrap();
                    }
                }
                Change::Exchanged(one, other) => {
                    // One of them may have been removed after the exchange, which is final.
                    let aside = one.with_extension("exchange");
                    let had_one = fs::rename(one, &aside).is_ok();
                    let _ = fs::rename(other, one);
                    if had_one {
                        fs::rename(&aside, other).unwrap();
                    }
                }
            }
        }
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        plans().retain(|plan| plan.root != self.root);
    }
}

fn cut_files(folder: &Path, on_disk: &BTreeMap<(u64, u64), u64>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = fs::symlink_metadata(&path).unwrap();
        if found.is_dir() {
            cut_files(&path, on_disk);
        } else if let Some(length) =
            on_disk.get(&(found.dev(), found.ino())).filter(|kept| **kept < found.len())
        {
            OpenOptions::new().write(true).open(&path).unwrap().set_len(*length).unwrap();
        }
    }
}

/// Counts a step, and says whether it can be taken.
pub fn step(what: Step, path: &Path) -> io::Result<()> {
    let mut failed = None;
    with_plan(path, |plan| {
        plan.taken += 1;
        failed = match plan.fault {
            Fault::Once(kind) => (plan.taken == plan.at).then_some(kind),
            Fault::FromThen(kind) => (plan.taken >= plan.at && what != Step::Remove).then_some(kind),
            Fault::Death => (plan.taken >= plan.at).then_some(ErrorKind::Other),
        };
    });
    failed.map_or(Ok(()), |kind| Err(kind.into()))
}

/// Whether a part of a failed write reaches the disk: a dead process writes nothing more.
pub fn is_torn(path: &Path) -> bool {
    let mut torn = false;
    with_plan(path, |plan| torn = plan.fault != Fault::Death || plan.taken == plan.at);
    torn
}

fn number(file: &File) -> Option<((u64, u64), u64)> {
    file.metadata().ok().map(|found| ((found.dev(), found.ino()), found.len()))
}

/// A file was opened; what it held before is on the disk.
pub fn opened(file: &File, path: &Path) {
    let Some((number, length)) = number(file) else { return };
    with_plan(path, |plan| {
        let on_disk = plan.on_disk.entry(number).or_insert(length);
        // A new file may have the number of one that is gone.
        *on_disk = length.min(*on_disk);
        // Without a name of its own there is nothing to be found later.
        if length == 0 && path.is_file() {
            plan.changes.push(Change::Created(path.to_owned()));
        }
    });
}

/// All of a file is on the disk.
pub fn synced(file: &File, path: &Path) {
    let Some((number, length)) = number(file) else { return };
    with_plan(path, |plan| _ = plan.on_disk.insert(number, length));
}

/// A folder was made.
pub fn created(path: &Path) {
    with_plan(path, |plan| plan.changes.push(Change::Created(path.to_owned())));
}

/// Something is about to get another name, maybe that of a file that is there.
pub fn renaming(from: &Path, to: &Path) {
    with_plan(to, |plan| {
        let copy = plan.before.path().join(plan.taken.to_string());
        let before = fs::copy(to, &copy).is_ok().then_some(copy);
        plan.changes.push(Change::Renamed(from.to_owned(), to.to_owned(), before));
    });
}

/// Two folders have taken each other's place.
pub fn exchanged(one: &Path, other: &Path) {
    with_plan(one, |plan| plan.changes.push(Change::Exchanged(one.to_owned(), other.to_owned())));
}

/// The names in a folder are final. What is still open below a folder that was renamed is found
/// under its new name.
pub fn dir_synced(folder: &Path) {
    with_plan(folder, |plan| {
        let (done, mut open): (Vec<Change>, Vec<Change>) =
            plan.changes.drain(..).partition(|change| change.folder() == Some(folder));
        for change in done {
            let (from, to) = match change {
                Change::Created(_) => continue,
                Change::Renamed(from, to, _) | Change::Exchanged(from, to) => (from, to),
            };
            for path in open.iter_mut().flat_map(|change| match change {
                Change::Created(path) => vec![path],
                Change::Renamed(one, other, _) | Change::Exchanged(one, other) => vec![one, other],
            }) {
                if let Ok(below) = path.strip_prefix(&from) {
                    *path = to.join(below);
                }
            }
        }
        plan.changes = open;
    });
}

/// Removes what is in a folder, each a step.
pub fn each_removed(folder: &Path) -> io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if fs::symlink_metadata(&path)?.is_dir() {
            each_removed(&path)?;
            step(Step::Remove, &path)?;
            fs::remove_dir(&path)?;
        } else {
            step(Step::Remove, &path)?;
            fs::remove_file(&path)?;
        }
    }
    step(Step::Remove, folder)
}
