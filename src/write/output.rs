//! From a finished run to its output folder: every file of the contract, whole or not at all.

use std::{
    io::{ErrorKind, Write},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date};
use rayon::prelude::*;
use serde_json::Value;

use super::{
    decisions,
    error::{WriteError, io},
    folder::{PendingFolder, WrittenFile, cause},
    household,
    log::RunLog,
    manifest,
    output_file::OutputFile,
    pairs::{Pair, review_pairs},
    police, records, rejects, review,
    roll::roll,
    rows::as_read,
    run::Run,
    update,
};
use crate::{
    audit::{AuditHead, LogName},
    decide::PairKind,
    outcome::Outcome,
    previous::{COMPARISONS_FILE, write_comparisons},
    report::{Counts, PairFact, RunFacts, RunFolder, count, page},
    rules::Rules,
};

/// How to write.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// Replace the output of an earlier run.
    pub force: bool,
    /// Who ran the program, for the log; `None` where the system does not say.
    pub user: Option<String>,
    /// The options of the run as they were meant, for manifest and log. No name or number of a
    /// person belongs in here.
    pub parameters: Value,
    /// When the run began.
    pub started: Timestamp,
    /// The day after which the folder is to be deleted; `None`: as the rules say.
    pub retain_until: Option<Date>,
}

impl WriteOptions {
    /// A run by the system's current user that begins now.
    pub fn new(force: bool, parameters: Value) -> Self {
        let user = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        Self { force, user, parameters, started: Timestamp::now(), retain_until: None }
    }
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self::new(false, Value::Null)
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Every file but the log and its head, in the order of the contract.
    pub files: Vec<WrittenFile>,
    /// The figures of the run, as the manifest has them.
    pub counts: Counts,
    /// Lists that are CSV because a workbook of that size helps nobody.
    pub workbooks_left_out: Vec<&'static str>,
    /// Where the log ends.
    pub head: AuditHead,
}

/// Writes all files of a run into `target`, which appears whole or not at all. The inputs are
/// never touched, and an existing folder only with [`WriteOptions::force`].
pub fn write_run(
    outcome: &Outcome,
    target: &Path,
    options: &WriteOptions,
    rules: &Rules,
) -> Result<Written, WriteError> {
    write_run_with(outcome, target, options, rules, &|_| Ok(()))
}

/// The same, telling `after` of every finished file; an error from it is an error of writing,
/// which is how the tests fail half-way.
pub(super) fn write_run_with(
    outcome: &Outcome,
    target: &Path,
    options: &WriteOptions,
    rules: &Rules,
    after: &(dyn Fn(&str) -> std::io::Result<()> + Sync),
) -> Result<Written, WriteError> {
    write_files(outcome, target, options, rules, after).map_err(cause)
}

fn write_files(
    outcome: &Outcome,
    target: &Path,
    options: &WriteOptions,
    rules: &Rules,
    after: &(dyn Fn(&str) -> std::io::Result<()> + Sync),
) -> Result<Written, WriteError> {
    let inputs = outcome.inputs.iter().map(|input| input.path.as_path());
    let folder = PendingFolder::create(target, options.force, inputs)?;
    let (run, (pairs, counts)) =
        rayon::join(|| Run::new(outcome, rules), || (review_pairs(outcome), count(outcome)));
    let (kinds, left_out) = plan(&run, pairs.len());
    let written = |kind: &Output| {
        let name = kind.name();
        let file = folder.write(name, |file| {
            guarded(&target.join(name), || kind.write(&run, &pairs, folder.path(), file))
        })?;
        after(name).map_err(io("write", target.join(name)))?;
        Ok(file)
    };
    // Each file is independent of the others; the result keeps their order.
    let (files, report) = rayon::join(
        || kinds.par_iter().map(written).collect::<Result<Vec<_>, WriteError>>(),
        || report(&run, &pairs, &counts),
    );
    let (mut files, report) = (files?, report.map_err(io("count", target.join(REPORT)))?);
    files.push(folder.write(REPORT, |file| file.write_all(report.as_bytes()).map_err(io("write", REPORT)))?);
    after(REPORT).map_err(io("write", target.join(REPORT)))?;
    let record = folder.write("manifest.json", |file| {
        manifest::write(&run, options, &counts, left_out.clone(), &files, file)
    })?;
    files.push(record);
    let log = RunLog::begin(&folder)?.write(manifest::events(&run, options, &counts, &files))?;
    after(AUDIT_FILE).map_err(io("write", target.join(AUDIT_FILE)))?;
    // Windows does not rename a folder in which a file is open.
    let earlier = log.earlier.filter(|_| cfg!(unix));
    folder.commit()?;
    drop(earlier);
    Ok(Written { files, counts, workbooks_left_out: left_out, head: log.head })
}

/// The page counts the run as it would count the finished folder: `dinhdanh report` makes the same
/// page of it.
fn report(run: &Run<'_>, pairs: &[Pair<'_>], counts: &Counts) -> std::io::Result<String> {
    let facts = RunFacts::of(manifest::facts(run, counts))
        .map_err(|error| std::io::Error::other(error.to_string()))?;
    let pairs = pairs.iter().map(|pair| PairFact {
        is_duplicate: pair.kind == PairKind::Duplicate,
        weight: as_read(pair.item.weight.0),
    });
    let counted = RunFolder { path: PathBuf::new(), facts, roll: roll(run), pairs: pairs.collect() };
    Ok(page(&counted, run.rules, run.outcome.language))
}

/// rust_xlsxwriter panics where a streamed sheet cannot be written (a full disk): that is an error
/// of writing like any other. Any other panic goes on.
fn guarded(path: &Path, write: impl FnOnce() -> Result<(), WriteError>) -> Result<(), WriteError> {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|panic| {
        let Some(error) = panic.downcast_ref::<String>().and_then(|text| failed_stream(text)) else {
            resume_unwind(panic);
        };
        Err(io("write", path)(error))
    })
}

/// The error of the system that made rust_xlsxwriter panic with this message; `None` for a panic
/// of another kind. Public for the program's panic hook, which stays silent about these.
pub fn failed_stream(message: &str) -> Option<std::io::Error> {
    let cause = message.strip_prefix("Couldn't write to ")?;
    let kind = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge]
        .into_iter()
        .find(|kind| cause.contains(&format!("{kind:?}")));
    Some(kind.unwrap_or(ErrorKind::Other).into())
}

/// One file of the output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    Records,
    ReviewCsv,
    ReviewWorkbook,
    UpdateCsv,
    UpdateWorkbook,
    PoliceWorkbook,
    PoliceCsv,
    HouseholdWorkbook,
    HouseholdCsv,
    Rejects,
    Decisions,
    Model,
    Comparisons,
}

const REPORT: &str = "report.html";
const AUDIT_FILE: &str = LogName::Audit.log();

/// Which files a run of this size gets, and which workbooks it goes without.
fn plan(run: &Run<'_>, pairs: usize) -> (Vec<Output>, Vec<&'static str>) {
    let mut kinds = vec![Output::Records, Output::ReviewCsv];
    let mut left_out = Vec::new();
    if pairs <= run.limits().workbook_pairs {
        kinds.push(Output::ReviewWorkbook);
    } else {
        left_out.push(Output::ReviewWorkbook.name());
    }
    kinds.push(Output::UpdateCsv);
    if run.children_fit_workbooks() {
        kinds.extend([Output::UpdateWorkbook, Output::PoliceWorkbook, Output::HouseholdWorkbook]);
    } else {
        kinds.extend([Output::PoliceCsv, Output::HouseholdCsv]);
        let workbooks = [Output::UpdateWorkbook, Output::PoliceWorkbook, Output::HouseholdWorkbook];
        left_out.extend(workbooks.map(Output::name));
    }
    kinds.extend([Output::Rejects, Output::Model]);
    if run.outcome.decided.is_some() {
        kinds.push(Output::Decisions);
    }
    if run.outcome.linkage.comparisons.is_some() {
        kinds.push(Output::Comparisons);
    }
    (kinds, left_out)
}

impl Output {
    fn name(self) -> &'static str {
        match self {
            Self::Records => "records.csv",
            Self::ReviewCsv => "review.csv",
            Self::ReviewWorkbook => "review.xlsx",
            Self::UpdateCsv => "update.csv",
            Self::UpdateWorkbook => "update.xlsx",
            Self::PoliceWorkbook => "police.xlsx",
            Self::PoliceCsv => "police.csv",
            Self::HouseholdWorkbook => "household.xlsx",
            Self::HouseholdCsv => "household.csv",
            Self::Rejects => "rejects.csv",
            Self::Decisions => "decisions.csv",
            Self::Model => "model.json",
            Self::Comparisons => COMPARISONS_FILE,
        }
    }

    fn write(
        self,
        run: &Run<'_>,
        pairs: &[Pair<'_>],
        folder: &Path,
        file: &mut OutputFile,
    ) -> Result<(), WriteError> {
        match self {
            Self::Records => records::write(run, file),
            Self::ReviewCsv => review::write_csv(run, pairs, file),
            Self::ReviewWorkbook => review::write_workbook(run, pairs, folder, file),
            Self::UpdateCsv => update::write_csv(run, file),
            Self::UpdateWorkbook => update::write_workbook(run, folder, file),
            Self::PoliceWorkbook => police::write_workbook(run, folder, file),
            Self::PoliceCsv => police::write_csv(run, file),
            Self::HouseholdWorkbook => household::write_workbook(run, folder, file),
            Self::HouseholdCsv => household::write_csv(run, file),
            Self::Rejects => rejects::write(run.outcome, run.words, file),
            Self::Model => manifest::write_model(run, file),
            Self::Comparisons => match &run.outcome.linkage.comparisons {
                Some(comparisons) => write_comparisons(comparisons, &run.rules.reading_digest(), file)
                    .map_err(io("write", COMPARISONS_FILE)),
                None => Ok(()),
            },
            Self::Decisions => match &run.outcome.decided {
                Some(decided) => decisions::write(decided, run.words, file),
                None => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, io::Error};

    use super::*;
    use crate::{matching::Linkage, outcome::List, rules::Language};

    fn empty() -> Outcome {
        Outcome {
            inputs: Vec::new(),
            children: List::default(),
            register: None,
            decided: None,
            continued: None,
            linkage: Linkage::default(),
            as_of: jiff::civil::Date::constant(2026, 11, 23),
            language: Language::Vi,
            rules: BTreeMap::new(),
        }
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_failure_after_any_file_leaves_nothing() {
        let rules = Rules::built_in().unwrap();
        let work = tempfile::tempdir().unwrap();
        let (options, outcome) = (WriteOptions::default(), empty());
        let target = work.path().join("a/out");
        for fatal in ["records.csv", "update.xlsx", "report.html", AUDIT_FILE] {
            let full = |name: &str| {
                if name == fatal { Err(Error::from(std::io::ErrorKind::StorageFull)) } else { Ok(()) }
            };
            let error = write_run_with(&outcome, &target, &options, &rules, &full).unwrap_err();
            assert!(matches!(error, WriteError::Io { .. }) && !error.is_usage());
            assert_eq!(entries(work.path()), 0, "after {fatal}");
        }
    }

    #[test]
    fn a_failure_leaves_the_earlier_output_whole() {
        let rules = Rules::built_in().unwrap();
        let work = tempfile::tempdir().unwrap();
        let outcome = empty();
        let target = work.path().join("out");
        let options = WriteOptions { force: true, ..WriteOptions::default() };
        write_run(&outcome, &target, &options, &rules).unwrap();
        let manifest = fs::read(target.join("manifest.json")).unwrap();
        let fails = |_: &str| Err(Error::from(std::io::ErrorKind::StorageFull));
        write_run_with(&outcome, &target, &options, &rules, &fails).unwrap_err();
        assert_eq!(fs::read(target.join("manifest.json")).unwrap(), manifest);
        assert_eq!((entries(work.path()), entries(&target)), (1, 13));
    }
}
