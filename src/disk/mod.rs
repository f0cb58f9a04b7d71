//! The way to the disk for everything that must survive a fault: each step that changes something
//! there is one call here, so that the tests can let any of them fail or be the last one before
//! the power goes. What is written, and in which order, is decided by the callers.

use std::{
    ffi::OsStr,
    fs::{self, File, Metadata, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

#[cfg(all(test, unix))]
mod faults;
#[cfg(all(test, unix))]
mod tests;
#[cfg(all(test, unix))]
pub(crate) mod trial;

#[cfg(all(test, unix))]
use faults::{Step, step};

/// A step that a test may let fail. A program that is not tested has nothing of it inside.
#[cfg(not(all(test, unix)))]
macro_rules! step {
    ($($step:tt)*) => {};
}
#[cfg(all(test, unix))]
macro_rules! step {
    ($name:ident, $path:expr) => {
        step(Step::$name, $path)?;
    };
}

/// A file that is written.
#[derive(Debug)]
pub struct DiskFile {
    file: File,
    #[cfg(all(test, unix))]
    path: PathBuf,
}

impl DiskFile {
    fn new(file: File, path: &Path) -> io::Result<Self> {
        #[cfg(all(test, unix))]
        faults::opened(&file, path);
        #[cfg(not(all(test, unix)))]
        let _ = path;
        Ok(Self {
            file,
            #[cfg(all(test, unix))]
            path: path.to_owned(),
        })
    }

    /// Waits until content and size are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        step!(Sync, &self.path);
        self.file.sync_all()?;
        #[cfg(all(test, unix))]
        faults::synced(&self.file, &self.path);
        Ok(())
    }

    /// Cuts the file off, or lengthens it.
    pub fn set_len(&self, length: u64) -> io::Result<()> {
        step!(Write, &self.path);
        self.file.set_len(length)
    }

    /// Waits until nobody else holds the file.
    pub fn lock(&self) -> io::Result<()> {
        self.file.lock()
    }

    /// Holds the file, unless somebody else does.
    pub fn try_lock(&self) -> Result<(), TryLockError> {
        self.file.try_lock()
    }

    /// Lets others have it.
    pub fn unlock(&self) -> io::Result<()> {
        self.file.unlock()
    }

    /// What the system knows of it.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// The same file once more, for another thread.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            file: self.file.try_clone()?,
            #[cfg(all(test, unix))]
            path: self.path.clone(),
        })
    }

    /// For reading at a position.
    pub fn as_file(&self) -> &File {
        &self.file
    }
}

impl Read for DiskFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Read for &DiskFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.file).read(buffer)
    }
}

impl Write for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(all(test, unix))]
        if let Err(error) = step(Step::Write, &self.path) {
            // A disk that fills up, and a power cut, take a part of it.
            if faults::is_torn(&self.path) {
                self.file.write_all(&bytes[..bytes.len() / 2])?;
            }
            return Err(error);
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for DiskFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes a file that is not there yet, for its owner's eyes only.
pub fn create(path: &Path) -> io::Result<DiskFile> {
    step!(Create, path);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    DiskFile::new(owner_only(&mut options).open(path)?, path)
}

/// Opens a file for reading and writing; makes it where it is not there.
pub fn open_or_create(path: &Path) -> io::Result<DiskFile> {
    step!(Create, path);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    DiskFile::new(owner_only(&mut options).open(path)?, path)
}

/// A temporary file without a name: gone with the process, whatever ends it.
pub fn nameless(folder: &Path) -> io::Result<DiskFile> {
    step!(Create, folder);
    DiskFile::new(tempfile::tempfile_in(folder)?, folder)
}

/// A file with a name of its own that becomes something else later; removed where it does not.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
}

/// Makes a file `PREFIXxxxxxxSUFFIX`, for its owner's eyes only, held by this process.
pub fn unfinished(folder: &Path, prefix: &str, suffix: &str) -> io::Result<(DiskFile, Unfinished)> {
    step!(Create, folder);
    // The library makes temporary files 0600.
    let made = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(folder)?;
    let (file, path) = made.keep().map_err(|error| error.error)?;
    let file = DiskFile::new(file, &path)?;
    // Whoever comes upon it later knows by the lock that somebody is still at work.
    let _ = file.try_lock();
    Ok((file, Unfinished { path }))
}

impl Unfinished {
    /// Where it is for now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file in its place, whatever stood there.
    pub fn put(mut self, target: &Path) -> io::Result<()> {
        rename(&self.path, target)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = remove_file(&self.path);
        }
    }
}

/// Files `PREFIX…SUFFIX` in a folder that nobody holds: what a killed program has left. Removes them
/// and says which.
pub fn remove_abandoned(folder: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let mut removed = Vec::new();
    for path in siblings(folder, prefix.as_ref(), &[suffix]) {
        let is_file = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
        let free = || File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if is_file && free() && remove_file(&path).is_ok() {
            removed.push(path);
        }
    }
    removed
}

/// What is in a folder under names that begin and end so, in order.
pub fn siblings(folder: &Path, prefix: &OsStr, suffixes: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = |name: &OsStr| {
        let name = name.as_encoded_bytes();
        name.starts_with(prefix.as_encoded_bytes())
            && suffixes.iter().any(|suffix| name.ends_with(suffix.as_bytes()))
    };
    let mut found: Vec<PathBuf> =
        entries.filter(|entry| named(&entry.file_name())).map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// Makes a folder that its owner alone can enter.
pub fn create_dir(path: &Path) -> io::Result<()> {
    step!(Create, path);
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(all(test, unix))]
    faults::created(path);
    Ok(())
}

/// Makes a folder `PREFIXxxxxxxSUFFIX` that its owner alone can enter.
pub fn private_dir(parent: &Path, prefix: &OsStr, suffix: &str) -> io::Result<PathBuf> {
    step!(Create, parent);
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(suffix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let path = builder.tempdir_in(parent)?.keep();
    #[cfg(all(test, unix))]
    faults::created(&path);
    Ok(path)
}

/// Gives a file or a folder another name, whatever stood there before where it is a file.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step!(Rename, from);
    #[cfg(all(test, unix))]
    faults::renaming(from, to);
    fs::rename(from, to)
}

/// Lets two folders take each other's place in one step. False where the file system cannot.
pub fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    step!(Rename, one);
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::{
            fs::{CWD, RenameFlags, renameat_with},
            io::Errno,
        };
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Ok(()) => {
                #[cfg(test)]
                faults::exchanged(one, other);
                Ok(true)
            }
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    {
        let _ = (one, other);
        Ok(false)
    }
}

/// Removes a file.
pub fn remove_file(path: &Path) -> io::Result<()> {
    step!(Remove, path);
    fs::remove_file(path)
}

/// Removes an empty folder.
pub fn remove_dir(path: &Path) -> io::Result<()> {
    step!(Remove, path);
    fs::remove_dir(path)
}

/// Removes a folder with all that is in it.
pub fn remove_dir_all(path: &Path) -> io::Result<()> {
    // One by one, so that the tests can stop in between.
    #[cfg(all(test, unix))]
    faults::each_removed(path)?;
    fs::remove_dir_all(path)
}

/// Waits until the names in a folder are on the disk, where the system has a way to say so.
pub fn sync_dir(folder: &Path) -> io::Result<()> {
    step!(Sync, folder);
    #[cfg(unix)]
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    #[cfg(all(test, unix))]
    faults::dir_synced(folder);
    Ok(())
}
