//! What linking encoded lists leaves behind: links, clusters, pairs for people, manifest and log, none
//! of which has a name in it. And the encoded list itself, with what only its owner keeps.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde_json::json;

use super::{EncodeError, EncodedLinkage, EncodedList, KnownRow, file::write_list};
use crate::{
    audit::Event,
    matching::LinkStatus,
    outcome::InputFile,
    write::{OutputFile, PendingFolder, RunLog, WriteError, WriteOptions, WrittenFile, io, write_table},
};

/// A finished linking of encoded lists.
#[derive(Debug)]
pub struct EncodedRun<'a> {
    /// The files.
    pub inputs: Vec<InputFile>,
    /// The children.
    pub children: &'a EncodedList,
    /// The register.
    pub register: Option<&'a EncodedList>,
    /// What was decided.
    pub linkage: &'a EncodedLinkage,
    /// SHA-256 of every rules file.
    pub rules: &'a BTreeMap<String, String>,
}

const LINKS: &str = "links.csv";
const CLUSTERS: &str = "clusters.csv";
const REVIEW: &str = "review.csv";
const MODEL: &str = "model.json";
const MANIFEST: &str = "manifest.json";

/// Writes the output folder, whole or not at all.
///
/// # Errors
/// Where the folder cannot be made or written.
pub fn write_encoded_run(
    run: &EncodedRun<'_>,
    target: &Path,
    options: &WriteOptions,
) -> Result<Vec<WrittenFile>, WriteError> {
    let folder =
        PendingFolder::create(target, options.force, run.inputs.iter().map(|input| input.path.as_path()))?;
    let mut files = vec![
        folder.write(LINKS, |file| write_links(run, file))?,
        folder.write(CLUSTERS, |file| write_clusters(run, file))?,
        folder.write(REVIEW, |file| write_review(run, file))?,
        folder.write(MODEL, |file| write_json(&run.linkage.models, MODEL, file))?,
    ];
    let manifest = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "encoded": true,
        "started": options.started,
        "finished": Timestamp::now(),
        "parameters": options.parameters,
        "encoding": run.children.parameters(),
        "key": run.children.header.key,
        "inputs": inputs(run),
        "rules": run.rules,
        "counts": counts(run),
        "matching": run.linkage.figures,
        "outputs": files,
    });
    files.push(folder.write(MANIFEST, |file| write_json(&manifest, MANIFEST, file))?);
    let log = RunLog::begin(&folder)?.write(events(run, options, &files))?;
    // Windows does not rename a folder in which a file is open.
    let earlier = log.earlier.filter(|_| cfg!(unix));
    folder.commit()?;
    drop(earlier);
    Ok(files)
}

fn write_json(
    value: &impl serde::Serialize,
    name: &'static str,
    file: &mut OutputFile,
) -> Result<(), WriteError> {
    serde_json::to_writer_pretty(&mut *file, value)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .map_err(io("write", name))
}

fn inputs(run: &EncodedRun<'_>) -> Vec<serde_json::Value> {
    let input = |input: &InputFile| {
        json!({
            "list": input.list.as_str(),
            "path": input.path.to_string_lossy(),
            "bytes": input.bytes,
            "sha256": input.sha256,
        })
    };
    run.inputs.iter().map(input).collect()
}

fn counts(run: &EncodedRun<'_>) -> serde_json::Value {
    let decisions = &run.linkage.decisions;
    let first = |at: &usize| decisions[*at].cluster as usize == *at;
    let children: Vec<usize> = (0..decisions.len()).filter(first).collect();
    let links: BTreeMap<&str, usize> = LinkStatus::ALL
        .iter()
        .map(|status| (status.as_str(), children.iter().filter(|at| decisions[**at].link == *status).count()))
        .collect();
    json!({
        "records": decisions.len(),
        "children": children.len(),
        "persons": run.register.map(EncodedList::len),
        "links": links,
        "review": run.linkage.review.len(),
    })
}

fn write_links(run: &EncodedRun<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let decisions = &run.linkage.decisions;
    let headings =
        ["record", "cluster", "link_status", "person", "link_weight", "link_margin", "probability"];
    write_table(file, LINKS, headings, decisions.len(), |at, rows| {
        let decision = &decisions[at];
        rows.plain(run.children.identifier(at));
        rows.plain(run.children.identifier(decision.cluster as usize));
        rows.plain(decision.link.as_str());
        rows.plain(person(run, decision.person));
        rows.decimal(decision.weight);
        rows.decimal(decision.margin);
        rows.built_plain(|cell| probability(cell, decision.probability));
    })
}

fn person<'a>(run: &EncodedRun<'a>, person: Option<u32>) -> &'a str {
    match (run.register, person) {
        (Some(register), Some(person)) => register.identifier(person as usize),
        _ => "",
    }
}

/// Probabilities near one differ in what is missing to it.
fn probability(cell: &mut String, probability: Option<f64>) {
    if let Some(probability) = probability {
        cell.push_str(&format!("{probability:.6}"));
    }
}

/// One line a child that was entered more than once.
fn write_clusters(run: &EncodedRun<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (record, decision) in (0..).zip(&run.linkage.decisions) {
        members.entry(decision.cluster).or_default().push(record);
    }
    let clusters: Vec<(u32, Vec<u32>)> = members.into_iter().filter(|(_, all)| all.len() > 1).collect();
    write_table(file, CLUSTERS, ["cluster", "count", "records"], clusters.len(), |at, rows| {
        let (cluster, all) = &clusters[at];
        rows.plain(run.children.identifier(*cluster as usize));
        rows.number(Some(all.len() as u64), 1);
        rows.keys(all.iter().map(|record| run.children.identifier(*record as usize)));
    })
}

fn write_review(run: &EncodedRun<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let pairs = &run.linkage.review;
    let headings = ["kind", "record", "other", "weight", "probability"];
    write_table(file, REVIEW, headings, pairs.len(), |at, rows| {
        let pair = &pairs[at];
        rows.plain(pair.kind.as_str());
        rows.plain(run.children.identifier(pair.record as usize));
        match pair.kind {
            super::PairKind::Duplicate => rows.plain(run.children.identifier(pair.other as usize)),
            super::PairKind::Identity => rows.plain(person(run, Some(pair.other))),
        }
        rows.decimal(Some(pair.weight));
        rows.built_plain(|cell| probability(cell, Some(pair.probability)));
    })
}

/// What the log is told.
fn events(run: &EncodedRun<'_>, options: &WriteOptions, outputs: &[WrittenFile]) -> Vec<(Timestamp, Event)> {
    let (began, now) = (options.started, Timestamp::now());
    let command = options.parameters["command"].as_str().unwrap_or("run");
    let event = |name: &str| Event {
        event: name.to_owned(),
        user: options.user.clone(),
        command: command.to_owned(),
        ..Event::default()
    };
    let program = json!({ "program": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") });
    let key = json!({ "key": run.children.header.key });
    let matching = json!({ "matching": run.linkage.figures });
    vec![
        (began, Event { parameters: options.parameters.clone(), details: program, ..event("run.started") }),
        (began, Event { details: json!({ "rules": run.rules }), ..event("rules.loaded") }),
        (now, Event { inputs: inputs(run).into(), details: key, ..event("inputs.read") }),
        (now, Event { counts: counts(run), details: matching, ..event("records.decided") }),
        (now, Event { outputs: outputs.to_vec(), ..event("outputs.written") }),
        (now, event("run.finished")),
    ]
}

/// Writes an encoded list and beside it, for its owner alone, which record is which: `FILE.ids.csv`.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_encoded(
    list: &EncodedList,
    known: &[KnownRow],
    target: &Path,
    force: bool,
) -> Result<PathBuf, EncodeError> {
    let mut beside = target.as_os_str().to_owned();
    beside.push(".ids.csv");
    let beside = PathBuf::from(beside);
    // The way back first: an encoded list that nobody can read back is of no use.
    let known = save(&beside, force, |file| write_known(known, file))?;
    let list = save(target, force, |file| write_list(list, file))?;
    for (pending, path) in [(known, &beside), (list, &target.to_owned())] {
        let failed = |error| EncodeError::Write { file: path.display().to_string(), error };
        let kept = if force { pending.persist(path) } else { pending.persist_noclobber(path) };
        kept.map_err(|error| failed(error.error))?;
    }
    Ok(beside)
}

/// A file beside its target, whole and on the disk, for its owner's eyes only (0600).
fn save(
    path: &Path,
    force: bool,
    fill: impl FnOnce(&mut std::io::BufWriter<&mut std::fs::File>) -> std::io::Result<()>,
) -> Result<tempfile::NamedTempFile, EncodeError> {
    let failed = |error| EncodeError::Write { file: path.display().to_string(), error };
    if !force && path.exists() {
        return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
    let mut writer = std::io::BufWriter::with_capacity(1 << 17, file.as_file_mut());
    fill(&mut writer).and_then(|()| writer.flush()).map_err(failed)?;
    drop(writer);
    file.as_file().sync_all().map_err(failed)?;
    Ok(file)
}

fn write_known(known: &[KnownRow], file: &mut impl Write) -> std::io::Result<()> {
    file.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    table.write_record(["id", "record_id", "personal_id", "source_file", "source_sheet", "source_row"])?;
    for row in known {
        let number = row.row.to_string();
        table.write_record([
            &row.identifier,
            &row.record_id,
            &row.personal_id,
            &row.file,
            &row.sheet,
            &number,
        ])?;
    }
    table.flush()
}
