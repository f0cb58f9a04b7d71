//! An output folder that appears whole or not at all: files are written into a hidden sibling,
//! synced, and put into place at the end. Dropping it before that removes every trace, and so
//! does [`abandon_all`], for the handler of Ctrl-C. What a program that was killed could not remove,
//! [`super::tidy()`] recognises.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    error::{WriteError, io},
    output_file::{self, OutputFile, WholeFile},
    pending_file::abandon_files,
    tidy::{MARKER, retire},
};
use crate::{
    decide::DECISIONS_FILE,
    disk::{self, DiskFile},
};

/// Folders being written, each with the parent folders made for it. The lock is held during the final renames, so that Ctrl-C
/// comes before or after them, never between.
static PENDING: Mutex<Vec<(PathBuf, Vec<PathBuf>)>> = Mutex::new(Vec::new());
pub(super) static ABANDONED: AtomicBool = AtomicBool::new(false);

/// The file by which an earlier run's output is recognised.
pub(super) const MANIFEST: &str = "manifest.json";

fn pending() -> MutexGuard<'static, Vec<(PathBuf, Vec<PathBuf>)>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every folder that is being written, and makes further writing fail with
/// [`WriteError::Abandoned`]. For the Ctrl-C handler, right before the process ends.
pub fn abandon_all() {
    ABANDONED.store(true, Ordering::SeqCst);
    for (path, parents) in pending().drain(..) {
        remove(&path);
        take_back(&parents);
    }
    abandon_files();
}

/// What stopped the writing: after [`abandon_all`] every failure is its consequence.
pub(super) fn cause(error: WriteError) -> WriteError {
    if ABANDONED.load(Ordering::SeqCst) { WriteError::Abandoned } else { error }
}

/// Another thread may create one more file while the folder is being emptied, so a few attempts.
fn remove(path: &Path) {
    for _ in 0..5 {
        if disk::remove_dir_all(path).is_ok() || !path.exists() {
            return;
        }
    }
}

pub use crate::audit::FileDigest as WrittenFile;

/// A folder that does not exist yet under its own name.
#[derive(Debug)]
pub struct PendingFolder {
    hidden: PathBuf,
    target: PathBuf,
    replace: bool,
    /// Says that the folder is not whole, to whoever comes upon it; held while it is being written.
    marker: DiskFile,
    /// Folders that were made for it.
    parents: Vec<PathBuf>,
    /// What people added to the folder that is replaced goes over into the new one.
    keeps_additions: bool,
    /// What was written and is not yet known to be on the disk, with the names to show.
    unsynced: Mutex<Vec<(PathBuf, WholeFile)>>,
}

impl PendingFolder {
    /// Prepares to write `target`. With `force`, an earlier run's output is replaced (only that:
    /// a folder without `manifest.json` is refused, and so is one that holds an input).
    pub fn create<'a>(
        target: &Path,
        force: bool,
        inputs: impl IntoIterator<Item = &'a Path>,
    ) -> Result<Self, WriteError> {
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        let replace = check_target(target, force, inputs)?;
        let Some(name) = target.file_name() else {
            return Err(WriteError::NoName { path: target.to_owned() });
        };
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        // The lock: a folder is known to the handler of Ctrl-C as soon as it is there.
        let mut list = pending();
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        let parents = make_parents(parent)?;
        let (hidden, marker) = make_hidden(parent, name).inspect_err(|_| take_back(&parents))?;
        list.push((hidden.clone(), parents.clone()));
        drop(list);
        let unsynced = Mutex::default();
        let target = target.to_owned();
        Ok(Self { hidden, target, replace, marker, parents, keeps_additions: true, unsynced })
    }

    /// A folder that is replaced goes as a whole, with what people added to it.
    pub fn without_additions(mut self) -> Self {
        self.keeps_additions = false;
        self
    }

    /// Where the files are for now; temporary files with personal data belong here too.
    pub fn path(&self) -> &Path {
        &self.hidden
    }

    /// The folder that will be replaced, where there is one.
    pub fn replaced(&self) -> Option<&Path> {
        self.replace.then_some(&*self.target)
    }

    /// Writes one file, readable by its owner only, and says what it is.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut OutputFile) -> Result<(), WriteError>,
    ) -> Result<WrittenFile, WriteError> {
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        let path = self.hidden.join(name);
        let shown = self.target.join(name);
        if let Some(below) = path.parent().filter(|below| *below != self.hidden) {
            make_parents(below)?;
        }
        let file = disk::create(&path).map_err(io("create", &shown))?;
        let mut writer = output_file::start(file);
        fill(&mut writer)?;
        writer.flush().map_err(io("write", &shown))?;
        let file = writer.into_inner().map_err(|error| io("write", &shown)(error.into_error()))?;
        let (file, bytes, sha256) = file.finish().map_err(io("read back", &shown))?;
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).push((shown, file));
        Ok(WrittenFile { name: name.to_owned(), bytes, sha256 })
    }

    /// Waits until every file is on the disk. The disk takes all of them in about the time of one
    /// when they are asked for together, and no core that could write waits meanwhile.
    fn sync_files(&self) -> Result<(), WriteError> {
        let mut files = std::mem::take(&mut *self.unsynced.lock().unwrap_or_else(PoisonError::into_inner));
        for (shown, file) in &mut files {
            file.wait().map_err(io("save", &*shown))?;
        }
        std::thread::scope(|scope| {
            let mut results = Vec::with_capacity(files.len());
            let mut waiting = Vec::with_capacity(files.len());
            for (shown, file) in &files {
                let sync = move || file.sync().map_err(io("save", shown));
                match std::thread::Builder::new().spawn_scoped(scope, sync) {
                    Ok(thread) => waiting.push(thread),
                    Err(_) => results.push(sync()),
                }
            }
            let threads = waiting.into_iter();
            results.extend(threads.map(|thread| thread.join().expect("syncing a file does not panic")));
            results.into_iter().collect()
        })
    }

    /// Moves the folder into place.
    pub fn commit(self) -> Result<(), WriteError> {
        self.sync_files()?;
        let mut pending = pending();
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        // Held until the new folder is in place: a desk that is open on the old one writes its next
        // decision into the copy.
        let keeps = self.replace && self.keeps_additions;
        let decisions = if keeps { self.carry_decisions()? } else { None };
        disk::sync_dir(&self.hidden).map_err(io("save", &self.target))?;
        // Windows does not rename a folder in which a file is open.
        let decisions = decisions.filter(|_| cfg!(unix));
        let marker = Some(&self.marker).filter(|_| cfg!(unix));
        if marker.is_none() {
            let _ = self.marker.unlock();
        }
        let aside = self.put_into_place()?;
        pending.retain(|(path, _)| *path != self.hidden);
        drop(pending);
        drop(decisions);
        // Before anything of the old folder goes: it is still what a power cut would leave.
        let durable = self.sync_parents();
        let retired = aside.map_or(Ok(()), |aside| {
            let retired = durable.and_then(|()| retire(&aside, &self.target, keeps));
            // What is left of it, the next run removes.
            retired.map(|()| remove(&aside)).map_err(|error| (aside, error))
        });
        let _ = disk::remove_file(&self.target.join(MARKER));
        let _ = disk::sync_dir(&self.target);
        retired.map_err(|(kept, error)| WriteError::NotCarriedOver { path: self.target.clone(), kept, error })
    }

    /// Puts the new folder where the old one stands, in one step where the file system has it.
    /// Returns where the old one is then.
    fn put_into_place(&self) -> Result<Option<PathBuf>, WriteError> {
        let failed = |error| io("create", &self.target)(error);
        if !self.replace {
            return disk::rename(&self.hidden, &self.target).map(|()| None).map_err(failed);
        }
        if disk::exchange(&self.hidden, &self.target).map_err(failed)? {
            return Ok(Some(self.hidden.clone()));
        }
        let aside = self.hidden.with_extension("old");
        disk::rename(&self.target, &aside).map_err(io("move aside", &self.target))?;
        if let Err(error) = disk::rename(&self.hidden, &self.target) {
            // Where this fails too, the next run finds the old output and puts it back.
            let _ = disk::rename(&aside, &self.target);
            return Err(failed(error));
        }
        Ok(Some(aside))
    }

    /// The new name is on the disk when its folder is, and the names of the folders made for it.
    fn sync_parents(&self) -> std::io::Result<()> {
        let made = self.parents.iter().rev().filter_map(|folder| folder.parent());
        self.target.parent().into_iter().chain(made).try_for_each(disk::sync_dir)
    }
}

impl PendingFolder {
    /// What people decided lies in the old folder and is nowhere else: it is in the new one before
    /// the old one is touched.
    fn carry_decisions(&self) -> Result<Option<File>, WriteError> {
        let old = self.target.join(DECISIONS_FILE);
        let failed = |error| io("carry over", &old)(error);
        let mut file = match File::open(&old) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        file.lock().map_err(failed)?;
        let new = self.hidden.join(DECISIONS_FILE);
        let copied = disk::create(&new).and_then(|mut copy| {
            std::io::copy(&mut file, &mut copy)?;
            copy.sync()
        });
        copied.map_err(failed)?;
        Ok(Some(file))
    }
}

impl Drop for PendingFolder {
    fn drop(&mut self) {
        let mut pending = pending();
        if let Some(at) = pending.iter().position(|(path, _)| *path == self.hidden) {
            let (path, parents) = pending.swap_remove(at);
            remove(&path);
            take_back(&parents);
        }
    }
}

/// Looks whether a run may write to `target`, without touching anything: for telling before hours
/// of work rather than after. True where an earlier output would be replaced.
pub fn check_target<'a>(
    target: &Path,
    force: bool,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<bool, WriteError> {
    if target.file_name().is_none() {
        return Err(WriteError::NoName { path: target.to_owned() });
    }
    match fs::symlink_metadata(target) {
        Ok(_) if !force => Err(WriteError::Exists { path: target.to_owned() }),
        Ok(found) => check_replaceable(target, found.is_dir(), inputs).map(|()| true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io("look at", target)(error)),
    }
}

fn check_replaceable<'a>(
    target: &Path,
    is_folder: bool,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), WriteError> {
    if !is_folder || !target.join(MANIFEST).is_file() {
        return Err(WriteError::NotARun { path: target.to_owned() });
    }
    let inside = fs::canonicalize(target).map_err(io("look at", target))?;
    for input in inputs {
        if fs::canonicalize(input).is_ok_and(|input| input.starts_with(&inside)) {
            return Err(WriteError::HoldsInput { path: target.to_owned(), input: input.to_owned() });
        }
    }
    Ok(())
}

fn make_parents(parent: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let mut missing: Vec<PathBuf> = parent
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    for (made, folder) in missing.iter().enumerate() {
        if let Err(error) = disk::create_dir(folder) {
            take_back(&missing[..made]);
            return Err(io("create", folder)(error));
        }
    }
    Ok(missing)
}

/// Only folders that are empty go: another program may have put something there meanwhile.
fn take_back(parents: &[PathBuf]) {
    for folder in parents.iter().rev() {
        let _ = disk::remove_dir(folder);
    }
}

/// How the names of all hidden folders of a target begin.
pub(super) fn hidden_prefix(name: &OsStr) -> OsString {
    let mut prefix = OsStr::new(".").to_owned();
    prefix.push(name);
    prefix.push(".");
    prefix
}

/// `.NAME.XXXXXX.partial` beside the target, so that the rename stays on one volume, with its marker.
fn make_hidden(parent: &Path, name: &OsStr) -> Result<(PathBuf, DiskFile), WriteError> {
    let failed = |error| io("create a folder in", parent)(error);
    let hidden = disk::private_dir(parent, &hidden_prefix(name), ".partial").map_err(failed)?;
    let marked = disk::create(&hidden.join(MARKER)).and_then(|marker| marker.lock().map(|()| marker));
    match marked {
        Ok(marker) => Ok((hidden, marker)),
        Err(error) => {
            remove(&hidden);
            Err(failed(error))
        }
    }
}
