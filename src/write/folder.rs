//! An output folder that appears whole or not at all: files are written into a hidden sibling,
//! synced, and renamed into place at the end. Dropping it before that removes every trace, and so
//! does [`abandon_all`], for the handler of Ctrl-C.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
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
};
use crate::audit::digest;
use crate::decide::DECISIONS_FILE;
use crate::report::{STATISTICS, is_untouched};

/// Folders being written, each with the parent folders made for it. The lock is held during the final renames, so that Ctrl-C
/// comes before or after them, never between.
static PENDING: Mutex<Vec<(PathBuf, Vec<PathBuf>)>> = Mutex::new(Vec::new());
pub(super) static ABANDONED: AtomicBool = AtomicBool::new(false);

/// The file by which an earlier run's output is recognised.
const MANIFEST: &str = "manifest.json";

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
        if fs::remove_dir_all(path).is_ok() || !path.exists() {
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
        let parents = make_parents(parent)?;
        let made = make_hidden(parent, name);
        if made.is_err() {
            take_back(&parents);
        }
        let hidden = made?;
        pending().push((hidden.clone(), parents));
        Ok(Self {
            hidden,
            target: target.to_owned(),
            replace,
            keeps_additions: true,
            unsynced: Mutex::default(),
        })
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
            make_private(below).map_err(io("create", shown.parent().unwrap_or(&shown)))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).read(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(io("create", &shown))?;
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
        sync_folder(&self.hidden);
        let mut pending = pending();
        if ABANDONED.load(Ordering::SeqCst) {
            return Err(WriteError::Abandoned);
        }
        let aside = self.hidden.with_extension("old");
        // Held until the new folder is in place: a desk that is open on the old one writes its next
        // decision into the copy.
        let keeps = self.replace && self.keeps_additions;
        let decisions = if keeps { self.carry_decisions()? } else { None };
        // Windows does not rename a folder in which a file is open.
        let decisions = decisions.filter(|_| cfg!(unix));
        if self.replace {
            fs::rename(&self.target, &aside).map_err(io("move aside", &self.target))?;
        }
        if let Err(error) = fs::rename(&self.hidden, &self.target) {
            if self.replace {
                // Nothing better is left to do if this fails too: the old output is then in the
                // folder that the message of the error below cannot name.
                let _ = fs::rename(&aside, &self.target);
            }
            return Err(io("create", &self.target)(error));
        }
        pending.retain(|(path, _)| *path != self.hidden);
        drop(pending);
        drop(decisions);
        if self.replace {
            if keeps {
                keep_what_people_added(&aside, &self.target);
            }
            remove(&aside);
        }
        if let Some(parent) = self.target.parent() {
            sync_folder(parent);
        }
        Ok(())
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
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let copied = options.open(&new).and_then(|mut copy| {
            std::io::copy(&mut file, &mut copy)?;
            copy.sync_all()
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
        if let Err(error) = make_private(folder) {
            take_back(&missing[..made]);
            return Err(io("create", folder)(error));
        }
    }
    Ok(missing)
}

/// Only folders that are empty go: another program may have put something there meanwhile.
fn take_back(parents: &[PathBuf]) {
    for folder in parents.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// Folders that their owner alone can read.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// `.NAME.XXXXXX.partial` beside the target, so that the rename stays on one volume.
fn make_hidden(parent: &Path, name: &OsStr) -> Result<PathBuf, WriteError> {
    let mut prefix = OsStr::new(".").to_owned();
    prefix.push(name);
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".partial");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent).map(tempfile::TempDir::keep).map_err(io("create a folder in", parent))
}

/// A replaced output may hold what people made since: the desk's decisions, a workbook that was
/// filled in. Files the new output does not have are carried over; a review workbook that was
/// changed since it was written is kept beside the new one.
fn keep_what_people_added(old: &Path, new: &Path) {
    let review = old.join("review.xlsx");
    if let Ok((_, digest)) = File::open(&review).and_then(digest)
        && fs::read_to_string(old.join(MANIFEST)).is_ok_and(|manifest| !manifest.contains(&digest))
    {
        let _ = fs::rename(&review, new.join("review.before.xlsx"));
    }
    let Ok(entries) = fs::read_dir(old) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        // Statistics of the old run would pass for those of the new one; work in them is kept
        // under another name.
        if name == STATISTICS && is_untouched(&entry.path()) {
            continue;
        }
        let kept = new.join(if name == STATISTICS { "statistics.before".into() } else { name.clone() });
        // What an earlier version of the program wrote under another name is listed in its
        // manifest; it is out of date now.
        let written = fs::read_to_string(old.join(MANIFEST))
            .is_ok_and(|manifest| manifest.contains(&format!("\"{}\"", name.to_string_lossy())));
        if !written && !kept.exists() {
            let _ = fs::rename(entry.path(), kept);
        }
    }
}

/// Makes renames within a folder durable, where the system has a way to say so.
pub(super) fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}
