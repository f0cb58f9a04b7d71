//! `dinhdanh report`: everything a ward counts, in one folder that appears whole or not at all.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ReportError,
    bench::Bench,
    compare::compare,
    compare_book::{Compared, write_changes, write_changes_csv},
    decided::decided_since,
    form::{FilledForm, fill},
    form_book::FormBook,
    indicator_book::{write_indicators, write_indicators_csv},
    indicators::{Indicators, compute},
    ledger::{Hidden, Ledger},
    page::page,
    people::People,
    policies::policy_lists,
    policy_book::write_policies,
    run_folder::{RunFolder, digest},
};
use crate::{
    audit::{self, AuditError, AuditLog, Event, LogName},
    rules::{Language, Rules},
    write::{Letterhead, OutputFile, PendingFolder, Words, WriteError, WrittenFile, io, workbook},
};

/// The folder below a run in which its statistics stand.
pub const STATISTICS: &str = "statistics";
const MANIFEST: &str = "manifest.json";
/// Files of the run that are counted.
const COUNTED: [&str; 4] = ["manifest.json", "records.csv", "review.csv", "update.csv"];

/// What is asked for.
#[derive(Debug, Clone)]
pub struct StatisticsJob {
    /// Folder of the finished run.
    pub run: PathBuf,
    /// Where to write; `None` for the run's own folder of statistics.
    pub out: Option<PathBuf>,
    /// MẪU 03 of this year.
    pub mau03: Option<i16>,
    /// An earlier run to compare with.
    pub since: Option<PathBuf>,
    /// Whole figures: nothing is hidden, nothing may leave the ward.
    pub internal: bool,
    /// Replace files that somebody changed since they were written.
    pub force: bool,
    /// What people read.
    pub language: Language,
    /// The options as they were meant, for the manifest.
    pub parameters: Value,
}

/// What was written.
#[derive(Debug)]
pub struct Statistics {
    /// Where.
    pub folder: PathBuf,
    /// The files of this call, by name.
    pub files: Vec<String>,
    /// Figures hidden in all.
    pub hidden_figures: usize,
    /// Cells of MẪU 03 that are empty because the list does not tell.
    pub empty_cells: usize,
}

/// Counts a finished run and writes the statistics.
pub fn write_statistics(job: &StatisticsJob, rules: &Rules) -> Result<Statistics, ReportError> {
    let run = RunFolder::open(&job.run, rules)?;
    // Told before the work: nothing is done to a run that its log could not be told of.
    match AuditLog::open(&job.run, LogName::Audit) {
        Ok(_) | Err(AuditError::Absent { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let earlier = job.since.as_deref().map(|path| RunFolder::open(path, rules)).transpose()?;
    let words = Words::new(rules, job.language);
    let mut ledger = Ledger::default();
    let indicators = compute(&run.roll, rules, words, &mut ledger);
    let filled = job.mau03.map(|year| fill(&rules.mau03, &run.roll, year, rules, &mut ledger)).transpose()?;
    // What one paper hides another must not show: this year's form counts whether or not it is
    // asked for.
    if job.mau03 != Some(run.roll.as_of.year()) {
        fill(&rules.mau03, &run.roll, run.roll.as_of.year(), rules, &mut ledger)?;
    }
    let hidden = if job.internal { Hidden::nothing() } else { ledger.hidden(rules.report.small_cell) };
    let folder = Target::of(job, &run)?.open()?;
    let letterhead = Letterhead::new(run.roll.commune(), run.roll.as_of, &rules.forms.title, words);
    let bench = Bench {
        roll: &run.roll,
        rules,
        letterhead: &letterhead,
        hidden: &hidden,
        internal: job.internal,
        folder: folder.pending.path(),
    };
    let writing = Writing { job, run: &run, bench, pending: &folder.pending };
    let mut files = vec![writing.page()?];
    files.extend(writing.indicators(&indicators)?);
    let people = People::read(&job.run)?;
    files.push(writing.policies(&people)?);
    files.extend(filled.as_ref().map(|filled| writing.form(filled)).transpose()?);
    if let Some(earlier) = &earlier {
        files.extend(writing.changes(earlier, &people)?);
    }
    let made: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    files.extend(folder.carry_over(&made)?);
    files.push(writing.manifest(&files, &hidden)?);
    folder.pending.commit()?;
    log(job, &folder.target, files, json!({ "files": made.len(), "hidden_figures": hidden.count() }))?;
    Ok(Statistics {
        folder: folder.target,
        files: made,
        hidden_figures: hidden.count(),
        empty_cells: filled.as_ref().map_or(0, empty_cells),
    })
}

fn empty_cells(filled: &FilledForm<'_>) -> usize {
    let unknown = |cell: &&super::form::FormCell| matches!(cell, super::form::FormCell::Unknown(_));
    filled.cells.iter().flatten().filter(unknown).count()
}

/// The run's own log says that it was counted; a run copied without its log is counted all the
/// same.
fn log(
    job: &StatisticsJob,
    target: &Path,
    files: Vec<WrittenFile>,
    counts: Value,
) -> Result<(), ReportError> {
    let mut log = match AuditLog::open(&job.run, LogName::Audit) {
        Err(AuditError::Absent { .. }) => return Ok(()),
        log => log?,
    };
    let event = Event {
        parameters: job.parameters.clone(),
        inputs: audit::inputs(&job.run, &COUNTED),
        decisions: audit::decisions(&job.run),
        counts,
        ..Event::new("report.written", "report")
    };
    let event = match within(&job.run, target) {
        Some(prefix) => audit::below(&mut log, &prefix, files, event),
        None => Event { elsewhere: files.into_iter().map(|file| beside(target, file)).collect(), ..event },
    };
    log.append(event)?;
    Ok(())
}

/// The name of a folder below a run's; `None` where it lies elsewhere.
fn within(run: &Path, target: &Path) -> Option<String> {
    let (run, target) = (std::fs::canonicalize(run).ok()?, std::fs::canonicalize(target).ok()?);
    let parts: Vec<_> = target.strip_prefix(run).ok()?.iter().map(|part| part.to_string_lossy()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn beside(folder: &Path, file: WrittenFile) -> WrittenFile {
    WrittenFile { name: folder.join(&file.name).to_string_lossy().into_owned(), ..file }
}

/// What the manifest of earlier statistics says.
#[derive(Debug, Deserialize)]
struct Earlier {
    kind: String,
    records_sha256: String,
    outputs: Vec<EarlierFile>,
}

#[derive(Debug, Deserialize)]
struct EarlierFile {
    name: String,
    sha256: String,
}

/// Where to write, and what stands there.
struct Target {
    path: PathBuf,
    earlier: Option<Earlier>,
    /// Statistics of the same run: what is not made anew stays.
    same_run: bool,
    run: PathBuf,
    force: bool,
}

/// A folder being written over what stood there.
struct OpenTarget {
    target: PathBuf,
    pending: PendingFolder,
    kept: Vec<(PathBuf, String)>,
}

impl Earlier {
    /// The statistics in a folder; `None` where there are none.
    fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join(MANIFEST)).ok()?;
        serde_json::from_slice::<Self>(&text).ok().filter(|earlier| earlier.kind == STATISTICS)
    }
}

impl EarlierFile {
    fn is_unchanged(&self, folder: &Path) -> bool {
        digest(&folder.join(&self.name)).is_ok_and(|digest| digest == self.sha256)
    }
}

/// Whether a folder holds statistics in which nobody has worked since.
pub(crate) fn is_untouched(folder: &Path) -> bool {
    let earlier = Earlier::read(folder);
    earlier.is_some_and(|earlier| earlier.outputs.iter().all(|file| file.is_unchanged(folder)))
}

impl Target {
    fn of(job: &StatisticsJob, run: &RunFolder) -> Result<Self, ReportError> {
        let path = job.out.clone().unwrap_or_else(|| job.run.join(STATISTICS));
        let earlier = Earlier::read(&path);
        if path.exists() && earlier.is_none() {
            return Err(ReportError::NotStatistics { path });
        }
        let same_run = earlier
            .as_ref()
            .is_some_and(|earlier| run.facts.digest("records.csv") == Some(earlier.records_sha256.as_str()));
        Ok(Self { path, earlier, same_run, run: job.run.clone(), force: job.force })
    }

    /// Statistics that nobody has touched can be made again and are replaced without a question.
    fn open(self) -> Result<OpenTarget, ReportError> {
        let mut kept = Vec::new();
        for file in self.earlier.iter().flat_map(|earlier| &earlier.outputs) {
            let path = self.path.join(&file.name);
            if !file.is_unchanged(&self.path) && !self.force {
                return Err(ReportError::StatisticsChanged { path });
            }
            if self.same_run && path.is_file() {
                kept.push((path, file.name.clone()));
            }
        }
        let records = self.run.join("records.csv");
        let pending = PendingFolder::create(&self.path, self.earlier.is_some(), [records.as_path()])?;
        Ok(OpenTarget { target: self.path, pending, kept })
    }
}

impl OpenTarget {
    /// What earlier calls made of the same run and this one did not: the form of another year, a
    /// comparison.
    fn carry_over(&self, made: &[String]) -> Result<Vec<WrittenFile>, ReportError> {
        let others = self.kept.iter().filter(|(_, name)| !made.contains(name));
        let copy = |(path, name): &(PathBuf, String)| {
            let bytes = std::fs::read(path).map_err(io("read", path))?;
            self.pending.write(name, |file| file.write_all(&bytes).map_err(io("write", path)))
        };
        Ok(others.map(copy).collect::<Result<_, WriteError>>()?)
    }
}

struct Writing<'a> {
    job: &'a StatisticsJob,
    run: &'a RunFolder,
    bench: Bench<'a>,
    pending: &'a PendingFolder,
}

type Filled<T> = Result<T, ReportError>;

impl Writing<'_> {
    fn workbook(
        &self,
        name: &str,
        file: &'static str,
        fill: impl FnOnce(&mut OutputFile) -> Result<(), rust_xlsxwriter::XlsxError>,
    ) -> Filled<WrittenFile> {
        Ok(self.pending.write(name, |writer| fill(writer).map_err(workbook(file)))?)
    }

    fn page(&self) -> Filled<WrittenFile> {
        let page = page(self.run, self.bench.rules, self.job.language);
        let name = "report.html";
        Ok(self.pending.write(name, |file| file.write_all(page.as_bytes()).map_err(io("write", name)))?)
    }

    fn indicators(&self, indicators: &Indicators<'_>) -> Filled<[WrittenFile; 2]> {
        let csv = self
            .pending
            .write("indicators.csv", |file| write_indicators_csv(self.bench, indicators, file))?;
        let book = self.workbook("indicators.xlsx", "indicators.xlsx", |file| {
            write_indicators(self.bench, indicators, file)
        })?;
        Ok([csv, book])
    }

    fn policies(&self, people: &People) -> Filled<WrittenFile> {
        let lists = policy_lists(&self.run.roll, self.bench.rules, self.bench.words());
        self.workbook("policies.xlsx", "policies.xlsx", |file| {
            write_policies(self.bench, &lists, people, file)
        })
    }

    fn form(&self, filled: &FilledForm<'_>) -> Filled<WrittenFile> {
        let name = format!("mau03-{}.xlsx", filled.year);
        self.workbook(&name, "mau03.xlsx", |file| FormBook { filled, bench: self.bench }.write(file))
    }

    fn changes(&self, earlier: &RunFolder, people: &People) -> Filled<[WrittenFile; 2]> {
        let comparison = compare(&earlier.roll, &self.run.roll, self.bench.rules);
        let people_before = People::read(&earlier.path)?;
        let decided = decided_since(&earlier.path, &self.run.path)?;
        let compared = Compared {
            before: &earlier.roll,
            people_before: &people_before,
            people,
            comparison: &comparison,
            decided: decided.as_deref(),
        };
        let csv = self.pending.write("changes.csv", |file| write_changes_csv(self.bench, &compared, file))?;
        let book =
            self.workbook("changes.xlsx", "changes.xlsx", |file| write_changes(self.bench, &compared, file))?;
        Ok([csv, book])
    }

    fn manifest(&self, files: &[WrittenFile], hidden: &Hidden) -> Filled<WrittenFile> {
        let run = &self.run.facts;
        let manifest = json!({
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "kind": STATISTICS,
            "made": Timestamp::now(),
            "as_of": run.as_of,
            "records_sha256": records_digest(&self.run.path, run.digest("records.csv"))?,
            "parameters": self.job.parameters,
            "rules": self.bench.rules.digests,
            "small_cell": self.bench.rules.report.small_cell,
            "hidden_figures": hidden.count(),
            "outputs": files,
        });
        let write = |file: &mut OutputFile| {
            serde_json::to_writer_pretty(&mut *file, &manifest)
                .map_err(std::io::Error::from)
                .and_then(|()| file.write_all(b"\n"))
                .map_err(io("write", MANIFEST))
        };
        Ok(self.pending.write(MANIFEST, write)?)
    }
}

fn records_digest(run: &Path, known: Option<&str>) -> Result<String, ReportError> {
    known.map_or_else(|| digest(&run.join("records.csv")), |known| Ok(known.to_owned()))
}
