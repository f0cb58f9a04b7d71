//! A copy of a run without its people: one archive of `about.json`, `records.csv` and `pairs.csv`,
//! for statistics and reports of errors. What stands in it is listed here, column by column;
//! whatever else a run holds stays behind.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, Seek, Write},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    coarse::{self, DateDetail},
    error::{PrivacyError, failed},
    key::ShareKey,
};
use crate::{
    audit::{self, AuditHead, AuditLog, Event, Expected, FileDigest, LogName},
    rules::{Language, Rules},
    write::{PendingFile, unharmed},
};

const RECORDS: &str = "records.csv";
const PAIRS: &str = "review.csv";

/// What is to be shared.
#[derive(Debug, Clone)]
pub struct ShareJob {
    /// Folder of the finished run.
    pub run: PathBuf,
    /// The archive to write.
    pub out: PathBuf,
    /// Replace a file that stands there.
    pub force: bool,
    /// What is left of birth dates.
    pub dates: DateDetail,
    /// The language of the words of caution in the archive.
    pub language: Language,
}

/// What was shared.
#[derive(Debug)]
pub struct Shared {
    /// Records.
    pub records: usize,
    /// Children.
    pub children: usize,
    /// Pairs.
    pub pairs: usize,
    /// Children of whom there are only few with the same commune, birth and gender.
    pub rare: usize,
    /// The name of the key.
    pub key: String,
    /// Where the log of the run ends now.
    pub head: AuditHead,
}

/// How a column of the archive comes out of one of the run.
#[derive(Clone, Copy)]
enum How {
    /// A token of this domain.
    Token(&'static str),
    /// A date.
    Date,
    /// Whatever a function leaves of it.
    Kept(fn(&str) -> &str),
    /// The same where the words are put together anew.
    Made(fn(&str) -> String),
    /// The same where it is one of few words.
    Word(fn(&str) -> &'static str),
}

/// Name in the archive, name in the run, how.
type Column = (&'static str, &'static str, How);

const RECORD_COLUMNS: &[Column] = &[
    ("record", "record_id", How::Token("record")),
    ("cluster", "cluster_id", How::Token("record")),
    (
        "cluster_role",
        "cluster_role",
        How::Kept(|text| coarse::one_of(text, &["single", "primary", "duplicate"])),
    ),
    ("link_status", "link_status", How::Kept(coarse::link_status)),
    ("personal_id", "personal_id", How::Token("personal_id")),
    ("listed_personal_id", "listed_personal_id", How::Token("personal_id")),
    ("link_weight", "link_weight", How::Kept(coarse::number)),
    ("link_margin", "link_margin", How::Kept(coarse::number)),
    ("findings", "findings", How::Made(coarse::findings)),
    ("household", "household_code", How::Token("household")),
    ("full_name", "full_name", How::Token("full_name")),
    ("birth", "birth_date", How::Date),
    ("birth_precision", "birth_precision", How::Kept(|text| coarse::one_of(text, &["day", "month", "year"]))),
    ("gender", "gender", How::Word(coarse::gender)),
    ("people", "ethnicity", How::Word(coarse::people)),
    ("father_name", "father_name", How::Token("father_name")),
    ("father_id", "father_id", How::Token("father_id")),
    ("mother_name", "mother_name", How::Token("mother_name")),
    ("mother_id", "mother_id", How::Token("mother_id")),
    ("guardian_name", "guardian_name", How::Token("guardian_name")),
    ("guardian_id", "guardian_id", How::Token("guardian_id")),
    ("commune_code", "commune_code", How::Kept(coarse::code)),
    ("commune_era", "commune_era", How::Kept(coarse::code)),
    ("commune_2025", "commune_2025", How::Kept(coarse::code)),
    ("district_code", "district_code", How::Kept(coarse::code)),
    ("province_code", "province_code", How::Kept(coarse::code)),
    ("changes", "changes", How::Made(coarse::changes)),
    ("unusable", "unusable", How::Made(coarse::unusable)),
    ("child_birth", "child_birth_date", How::Date),
    ("child_gender", "child_gender", How::Word(coarse::gender)),
    ("child_people", "child_ethnicity", How::Word(coarse::people)),
    ("child_commune", "child_commune", How::Kept(coarse::code)),
    ("child_commune_era", "child_commune_era", How::Kept(coarse::code)),
    ("child_commune_2025", "child_commune_2025", How::Kept(coarse::code)),
    ("child_missing", "child_missing", How::Made(coarse::missing)),
    ("child_lists", "child_lists", How::Made(coarse::lists)),
];

/// `other` is of one of two domains, by the kind of the pair.
const PAIR_COLUMNS: &[Column] = &[
    ("pair", "pair_id", How::Token("pair")),
    ("kind", "kind", How::Kept(|text| coarse::one_of(text, &["duplicate", IDENTITY]))),
    ("record", "record_id", How::Token("record")),
    ("other", "other", How::Token("record")),
    ("weight", "weight", How::Kept(coarse::number)),
    ("probability", "probability", How::Kept(coarse::number)),
    ("reason", "reason", How::Kept(coarse::reason)),
    ("evidence", "evidence_parts", How::Made(coarse::evidence)),
];

const IDENTITY: &str = "identity";

/// Writes the archive. The run must be as it was written, by its log.
pub fn share(job: &ShareJob, key: &ShareKey, rules: &Rules) -> Result<Shared, PrivacyError> {
    let mut log = open_run(&job.run)?;
    check_whole(&job.run, &mut log)?;
    // Whoever decides at the desk meanwhile does not wait for us.
    drop(log);
    PendingFile::check(&job.out, job.force)?;
    let records = Table::read(&job.run.join(RECORDS), RECORD_COLUMNS, key, job.dates)?;
    let pairs = Table::read(&job.run.join(PAIRS), PAIR_COLUMNS, key, job.dates)?;
    let (children, rare) = records.rare_children(rules.report.small_cell as usize);
    let mut shared = Shared {
        records: records.rows.len(),
        children,
        pairs: pairs.rows.len(),
        rare,
        key: key.name(),
        head: AuditHead::default(),
    };
    let about = about(job, &shared, rules)?;
    let mut written = PendingFile::write(&job.out, job.force, |file| {
        archive(file, &about, &records, &pairs).map_err(failed(&job.out))
    })?;
    written.name = job.out.to_string_lossy().into_owned();
    let event = Event {
        parameters: json!({ "key": shared.key, "dates": job.dates.as_str() }),
        inputs: audit::inputs(&job.run, &[RECORDS, PAIRS]),
        decisions: audit::decisions(&job.run),
        counts: counts(&shared),
        elsewhere: vec![written],
        ..Event::new("run.shared", "share")
    };
    shared.head = audit::append(&job.run, event)?;
    Ok(shared)
}

/// The log of a run's folder; a folder without one is no run.
pub(super) fn open_run(run: &Path) -> Result<AuditLog, PrivacyError> {
    match AuditLog::open(run, LogName::Audit) {
        Err(audit::AuditError::Absent { .. }) if !run.join("manifest.json").is_file() => {
            Err(PrivacyError::NotARun(run.to_owned()))
        }
        log => Ok(log?),
    }
}

/// A table that a spreadsheet program has saved again would be shared wrongly.
fn check_whole(run: &Path, log: &mut AuditLog) -> Result<(), PrivacyError> {
    let bytes = log.bytes().map_err(failed(run.join(LogName::Audit.log())))?;
    let expected = Expected::of_log(&bytes);
    for name in ["manifest.json", RECORDS, PAIRS] {
        let path = run.join(name);
        let found = FileDigest::of(run, name).map_err(failed(&path))?;
        if expected.get(name) != Some(&found) {
            return Err(PrivacyError::Changed(path));
        }
    }
    Ok(())
}

fn counts(shared: &Shared) -> Value {
    json!({
        "records": shared.records,
        "children": shared.children,
        "pairs": shared.pairs,
        "rare_children": shared.rare,
    })
}

/// What the archive says of itself.
fn about(job: &ShareJob, shared: &Shared, rules: &Rules) -> Result<Value, PrivacyError> {
    let path = job.run.join("manifest.json");
    let manifest = fs::read(&path).map_err(failed(&path))?;
    let manifest: Value = serde_json::from_slice(&manifest)
        .map_err(|error| PrivacyError::Table { path: path.clone(), detail: error.to_string() })?;
    let names = |columns: &[Column]| columns.iter().map(|column| column.0).collect::<Vec<_>>();
    let small = rules.report.small_cell.to_string();
    let caution = rules.messages.fill(job.language, "share_said", "caution", &[("small", &small)]);
    Ok(json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "kind": "shared",
        "run_version": manifest["version"],
        "as_of": manifest["as_of"],
        "rules": manifest["rules"],
        "key": shared.key,
        "dates": job.dates.as_str(),
        "counts": counts(shared),
        "small_cell": rules.report.small_cell,
        "caution": caution,
        "columns": { "records.csv": names(RECORD_COLUMNS), "pairs.csv": names(PAIR_COLUMNS) },
    }))
}

/// The same run, key and options give the same bytes.
fn archive<W: Write + Seek>(file: W, about: &Value, records: &Table, pairs: &Table) -> io::Result<W> {
    let mut zip = ZipWriter::new(file);
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    zip.start_file("about.json", options)?;
    serde_json::to_writer_pretty(&mut zip, about)?;
    zip.write_all(b"\n")?;
    for (name, table) in [("records.csv", records), ("pairs.csv", pairs)] {
        zip.start_file(name, options.large_file(true))?;
        table.write(&mut zip)?;
    }
    Ok(zip.finish()?)
}

/// A table as it is shared, its rows in the order of their tokens: the order of the list, often
/// that of the alphabet, is not shared.
struct Table {
    columns: &'static [Column],
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(
        path: &Path,
        columns: &'static [Column],
        key: &ShareKey,
        dates: DateDetail,
    ) -> Result<Self, PrivacyError> {
        let fault = |detail: String| PrivacyError::Table { path: path.to_owned(), detail };
        let file = File::open(path).map_err(failed(path))?;
        let mut reader = csv::Reader::from_reader(BufReader::new(file));
        let headings = reader.headers().map_err(|error| fault(error.to_string()))?;
        let place =
            |name: &str| headings.iter().position(|heading| heading.trim_start_matches('\u{feff}') == name);
        let places = columns.iter().map(|column| place(column.1).ok_or_else(|| fault(column.1.to_owned())));
        let places: Vec<usize> = places.collect::<Result<_, _>>()?;
        let kind = place("kind");
        let mut rows = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|error| fault(position(&error)))?;
            let is_identity = kind.is_some_and(|kind| row.get(kind) == Some(IDENTITY));
            let cell = |(column, place): (&Column, &usize)| {
                let text = unharmed(row.get(*place).unwrap_or_default());
                let how =
                    if is_identity && column.0 == "other" { How::Token("personal_id") } else { column.2 };
                how.cell(text, key, dates)
            };
            rows.push(columns.iter().zip(&places).map(cell).collect());
        }
        rows.sort_unstable();
        Ok(Self { columns, rows })
    }

    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.0 == name).expect("a column of the table")
    }

    /// How many children there are, and how many of them are among fewer than `small` of the same
    /// commune, birth and gender.
    fn rare_children(&self, small: usize) -> (usize, usize) {
        let role = self.column("cluster_role");
        let by = ["child_commune_2025", "child_birth", "child_gender"].map(|name| self.column(name));
        let mut cells: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        let mut children = 0;
        for row in self.rows.iter().filter(|row| row[role] != "duplicate") {
            children += 1;
            *cells.entry(by.map(|at| row[at].as_str())).or_default() += 1;
        }
        (children, cells.into_values().filter(|count| *count < small).sum())
    }

    fn write(&self, file: impl Write) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        writer.write_record(self.columns.iter().map(|column| column.0))?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer.flush()
    }
}

/// Where a table breaks off: never what stands there.
fn position(error: &csv::Error) -> String {
    error.position().map_or_else(String::new, |at| at.line().to_string())
}

impl How {
    fn cell(self, text: &str, key: &ShareKey, dates: DateDetail) -> String {
        match self {
            Self::Token(domain) => key.token(domain, text),
            Self::Date => coarse::date(text, dates),
            Self::Kept(keep) => keep(text).to_owned(),
            Self::Made(make) => make(text),
            Self::Word(word) => word(text).to_owned(),
        }
    }
}
