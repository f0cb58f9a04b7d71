//! The folder of an earlier run, and what a run that went on from it says of that.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::{
    PreviousError, RecordChanges, Unusable,
    cluster_ids::cluster_ids,
    comparisons::{COMPARISONS_FILE, read_comparisons},
    decisions::{HonouredFile, decision_files, digest},
    records::{EarlierRecords, told},
};
use crate::{
    matching::{Comparisons, Linkage},
    record::{Record, RecordIx},
};

const MANIFEST: &str = "manifest.json";
const RECORDS: &str = "records.csv";

/// What is needed of a manifest; a later version may say more.
#[derive(Debug, Deserialize)]
struct Manifest {
    program: String,
    #[serde(default)]
    decisions: Option<Honoured>,
    #[serde(default)]
    previous: Option<Chain>,
    outputs: Vec<WrittenFile>,
}

#[derive(Debug, Deserialize)]
struct Honoured {
    files: Vec<HonouredFile>,
}

#[derive(Debug, Deserialize)]
struct Chain {
    run: u32,
}

#[derive(Debug, Deserialize)]
struct WrittenFile {
    name: String,
    sha256: String,
}

/// An earlier run whose manifest was read.
#[derive(Debug)]
pub struct EarlierRun {
    folder: PathBuf,
    manifest: Manifest,
    sha256: String,
}

/// What a run goes on from.
#[derive(Debug)]
pub struct Recalled {
    records: EarlierRecords,
    /// What was compared, where it can be used.
    pub comparisons: Result<Comparisons, Unusable>,
}

/// How a run went on from an earlier one.
#[derive(Debug, Clone)]
pub struct Continued {
    /// The earlier run's folder, as given.
    pub folder: PathBuf,
    /// SHA-256 of its manifest, hexadecimal.
    pub manifest_sha256: String,
    /// The number of this run in the chain; the one that went on from none is 1.
    pub run: u32,
    /// The files of decisions that were taken over.
    pub decisions: Vec<PathBuf>,
    /// What became of the records.
    pub records: RecordChanges,
    /// Clusters under an id of the earlier run, with a new id, and ids that are used no more.
    pub clusters: [u64; 3],
    /// Why nothing that was compared could be used again.
    pub unusable: Option<Unusable>,
    /// The ids of clusters, by their first records, where they are not its `record_id`.
    cluster_ids: FxHashMap<RecordIx, Box<str>>,
}

impl Continued {
    /// The id of a cluster, if it is not the `record_id` of its first record.
    pub fn cluster_id(&self, first: RecordIx) -> Option<&str> {
        self.cluster_ids.get(&first).map(|id| &**id)
    }
}

impl EarlierRun {
    /// Opens the folder of a finished run.
    pub fn open(folder: &Path) -> Result<Self, PreviousError> {
        let file = folder.join(MANIFEST);
        let not_a_run = |detail: String| PreviousError::NotARun { folder: folder.to_owned(), detail };
        let bytes = fs::read(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                not_a_run(MANIFEST.to_owned())
            }
            _ => PreviousError::Read { file: file.clone(), error },
        })?;
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| not_a_run(format!("{MANIFEST}: {error}")))?;
        if manifest.program != env!("CARGO_PKG_NAME") {
            return Err(not_a_run(format!("{MANIFEST}: {}", manifest.program)));
        }
        let run = Self { folder: folder.to_owned(), manifest, sha256: digest(&bytes) };
        if run.written(RECORDS).is_none() || !folder.join(RECORDS).is_file() {
            return Err(not_a_run(RECORDS.to_owned()));
        }
        Ok(run)
    }

    fn written(&self, name: &str) -> Option<String> {
        let file = self.manifest.outputs.iter().find(|file| file.name == name)?;
        Some(file.sha256.clone())
    }

    /// The files of decisions that still hold, beside those given to this run.
    pub fn decisions(&self, given: &[PathBuf]) -> Result<Vec<PathBuf>, PreviousError> {
        let honoured = self.manifest.decisions.as_ref().map_or(&[][..], |honoured| &honoured.files);
        decision_files(&self.folder, honoured, |name| self.written(name), given)
    }

    /// Reads its records, and what it compared under the same rules.
    pub fn recall(&self, rules: &[u8; 32]) -> Result<Recalled, PreviousError> {
        let sha256 = self.written(RECORDS).unwrap_or_default();
        let records = || EarlierRecords::read(&self.folder.join(RECORDS), &sha256);
        let (records, comparisons) = rayon::join(records, || self.comparisons(rules));
        Ok(Recalled { records: records?, comparisons: comparisons? })
    }

    fn comparisons(&self, rules: &[u8; 32]) -> Result<Result<Comparisons, Unusable>, PreviousError> {
        let Some(written) = self.written(COMPARISONS_FILE) else { return Ok(Err(Unusable::None)) };
        let file = self.folder.join(COMPARISONS_FILE);
        match fs::read(&file) {
            Ok(bytes) if digest(&bytes) == written => Ok(read_comparisons(&bytes, rules)),
            Ok(_) => Ok(Err(Unusable::Damaged)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Err(Unusable::None)),
            Err(error) => Err(PreviousError::Read { file, error }),
        }
    }

    /// Names the clusters of a run that went on from this one, and says what became of the records.
    pub fn continued(
        &self,
        recalled: &Recalled,
        decisions: Vec<PathBuf>,
        records: &[Record],
        linkage: &Linkage,
    ) -> Continued {
        let run = self.manifest.previous.as_ref().map_or(1, |chain| chain.run).saturating_add(1);
        let (places, changes) = recalled.records.places(&told(records));
        let ids = cluster_ids(&recalled.records, &places, records, &linkage.decisions, run);
        Continued {
            folder: self.folder.clone(),
            manifest_sha256: self.sha256.clone(),
            run,
            decisions,
            records: changes,
            clusters: [ids.kept, ids.new, ids.ended],
            unusable: recalled.comparisons.as_ref().err().copied(),
            cluster_ids: ids.ids,
        }
    }
}
