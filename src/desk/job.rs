//! The jobs of a desk that does the whole work, each a folder: the files that were dropped, which
//! column is which, the result. What is in the folder is the state; nothing else has to survive.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, tz::Offset};

use super::{
    columns::{Mapping, Views},
    runner::Running,
};
use crate::decide::DECISIONS_FILE;

/// What a dropped file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// The children's lists.
    Children,
    /// The register.
    Register,
    /// Workbooks that came back filled in.
    Returned,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: [Self; 3] = [Self::Children, Self::Register, Self::Returned];

    /// The folder's name, and the key in addresses and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Register => "register",
            Self::Returned => "returned",
        }
    }

    /// Reads the key.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| shelf.as_str() == word)
    }
}

/// All jobs of a desk.
#[derive(Debug)]
pub struct Jobs {
    folder: PathBuf,
    current: Mutex<Job>,
    /// The run being made, or the last one.
    pub running: Arc<Running>,
    /// Files as they were understood.
    pub views: Views,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its folder.
    pub folder: PathBuf,
}

impl Jobs {
    /// Jobs in a folder, made if need be and readable by its owner only. A new job is on the desk.
    pub fn in_folder(folder: &Path) -> std::io::Result<Self> {
        make_private(folder)?;
        let current = Mutex::new(Job { folder: new_name(folder) });
        Ok(Self { folder: folder.to_owned(), current, running: Arc::default(), views: Views::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Job> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The job on the desk.
    pub fn current(&self) -> Job {
        self.lock().clone()
    }

    /// Whether a run is being made.
    pub fn is_running(&self) -> bool {
        self.running.is_running()
    }

    /// Clears the desk for a new job; a job without files leaves no folder.
    pub fn start_new(&self) {
        self.running.forget();
        *self.lock() = Job { folder: new_name(&self.folder) };
    }

    /// Earlier jobs, the latest first, by the names of their folders.
    pub fn earlier(&self) -> Vec<Job> {
        let current = self.current();
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut jobs: Vec<Job> = entries
            .filter(|entry| entry.path().is_dir() && is_job_name(&entry.file_name().to_string_lossy()))
            .map(|entry| Job { folder: entry.path() })
            .filter(|job| *job != current)
            .collect();
        jobs.sort_by(|one, other| other.folder.cmp(&one.folder));
        jobs
    }

    /// Puts an earlier job back on the desk.
    pub fn take_up(&self, name: &str) -> Option<Job> {
        let job = self.earlier().into_iter().find(|job| job.name() == name)?;
        self.running.forget();
        *self.lock() = job.clone();
        Some(job)
    }
}

impl Job {
    /// The folder's name: when the job was begun.
    pub fn name(&self) -> String {
        self.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Where the result lies.
    pub fn result(&self) -> PathBuf {
        self.folder.join("result")
    }

    /// Whether there is a result.
    pub fn has_result(&self) -> bool {
        self.result().join("manifest.json").is_file()
    }

    /// The files on a shelf, by name.
    pub fn files(&self, shelf: Shelf) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.join(shelf.as_str())).into_iter().flatten().flatten();
        let visible = |path: &PathBuf| {
            path.is_file() && path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'))
        };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(visible).collect();
        files.sort();
        files
    }

    /// What a run is given as decisions: the log of the result, and what came back.
    pub fn decisions(&self) -> Vec<PathBuf> {
        let log = self.result().join(DECISIONS_FILE);
        let log = log.is_file().then_some(log);
        log.into_iter().chain(self.files(Shelf::Returned)).collect()
    }

    /// A file to take in a dropped one, beside the shelf until it is whole.
    pub fn receive(&self, shelf: Shelf) -> std::io::Result<tempfile::NamedTempFile> {
        let folder = self.folder.join(shelf.as_str());
        make_private(&folder)?;
        tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)
    }

    /// Puts a received file on its shelf under a name without any path; a file of that name is
    /// replaced.
    pub fn put(
        &self,
        shelf: Shelf,
        mut received: tempfile::NamedTempFile,
        name: &str,
    ) -> std::io::Result<PathBuf> {
        received.flush()?;
        let path = self.folder.join(shelf.as_str()).join(plain_name(name));
        received.persist(&path).map_err(|error| error.error)?;
        Ok(path)
    }

    /// Takes a file off its shelf.
    pub fn remove(&self, shelf: Shelf, name: &str) -> std::io::Result<()> {
        let path =
            self.files(shelf).into_iter().find(|path| path.file_name().is_some_and(|have| have == name));
        path.map_or(Ok(()), fs::remove_file)
    }

    fn mapping_path(&self) -> PathBuf {
        self.folder.join("columns.toml")
    }

    /// What was said about columns, as a file for `--columns`; `None` where nothing was.
    pub fn columns_file(&self) -> Option<PathBuf> {
        Some(self.mapping_path()).filter(|path| path.is_file())
    }

    /// What was said about columns.
    pub fn mapping(&self) -> Mapping {
        let text = fs::read_to_string(self.mapping_path()).unwrap_or_default();
        Mapping::from_toml(&text)
    }

    /// Keeps what was said about columns.
    pub fn save_mapping(&self, mapping: &Mapping) -> std::io::Result<()> {
        make_private(&self.folder)?;
        let text = mapping.to_toml();
        if text.is_empty() {
            return match fs::remove_file(self.mapping_path()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        // Through a temporary file, which the owner alone can read, as headings may be telling.
        let mut file = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(&self.folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(self.mapping_path()).map(drop).map_err(|error| error.error)
    }
}

/// `viec-20261124-093015`: sorts by time, and says nothing of anybody.
fn new_name(folder: &Path) -> PathBuf {
    let now = Offset::constant(7).to_datetime(Timestamp::now());
    let base = format!(
        "viec-{:04}{:02}{:02}-{:02}{:02}{:02}",
        now.year(),
        now.month(),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    );
    let mut path = folder.join(&base);
    let mut count = 1;
    while path.exists() {
        count += 1;
        path = folder.join(format!("{base}-{count}"));
    }
    path
}

fn is_job_name(name: &str) -> bool {
    name.strip_prefix("viec-").is_some_and(|rest| {
        rest.len() >= 15 && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    })
}

/// The name a browser gives for a file, as a name in one folder: no path, no sign that a system
/// reads as one, never hidden, never empty.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .map(|letter| if letter.is_control() || "<>:\"|?*".contains(letter) { '_' } else { letter })
        .take(120)
        .collect();
    let clean = clean.trim().trim_matches('.').trim();
    if clean.is_empty() { "tep".to_owned() } else { clean.to_owned() }
}

/// A folder that its owner alone can read: it holds personal data.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        for (given, kept) in [
            ("danh sách trẻ.xlsx", "danh sách trẻ.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\lists\\a.xlsx", "a.xlsx"),
            ("..", "tep"),
            (".hidden", "hidden"),
            ("a\0b|c.csv", "a_b_c.csv"),
            ("", "tep"),
        ] {
            assert_eq!(plain_name(given), kept);
        }
    }

    #[test]
    fn earlier_jobs_are_found_by_name_alone() {
        let work = tempfile::tempdir().unwrap();
        let jobs = Jobs::in_folder(work.path()).unwrap();
        assert!(jobs.earlier().is_empty());
        for name in ["viec-20260101-080000", "viec-20260301-080000", "other", "viec-../x"] {
            fs::create_dir_all(work.path().join(name)).unwrap();
        }
        let names: Vec<String> = jobs.earlier().iter().map(Job::name).collect();
        assert_eq!(names, ["viec-20260301-080000", "viec-20260101-080000"]);
        assert!(jobs.take_up("../other").is_none());
        assert!(jobs.take_up("viec-20260101-080000").is_some());
        assert_eq!(jobs.current().name(), "viec-20260101-080000");
    }
}
