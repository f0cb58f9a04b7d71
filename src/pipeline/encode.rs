//! The job of `dinhdanh encode`: read → normalise → encode; and that of `run` where both lists are
//! encoded already.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{How, PipelineError, Stage, list};
use crate::{
    encode::{
        EncodeError, EncodedLinkage, EncodedList, Hardening, Identifiers, Key, KnownRow, Parameters,
        encode_list, is_encoded, link_encoded, read_encoded,
    },
    index::is_index,
    normalise::assign_record_ids,
    outcome::{InputFile, ListKind},
    read::ColumnMapping,
    register::{derive_parents, keep_numbered},
    rules::Rules,
};

/// What is encoded, and how.
#[derive(Debug)]
pub struct EncodeJob {
    /// The list's files.
    pub files: Vec<PathBuf>,
    /// What they are.
    pub list: ListKind,
    /// The key.
    pub key: Key,
    /// Hardening.
    pub hardening: Hardening,
    /// What the rows are called.
    pub identifiers: Identifiers,
    /// Explicit meaning of columns, where recognition fails.
    pub columns: Option<ColumnMapping>,
    /// The day on which dates of two-digit years are read.
    pub as_of: Date,
}

/// An encoded list with what its owner keeps.
#[derive(Debug)]
pub struct EncodedFile {
    /// The encoded list.
    pub list: EncodedList,
    /// The way back.
    pub known: Vec<KnownRow>,
    /// Rows that could not be used.
    pub rejects: usize,
}

/// Encodes a list.
///
/// # Errors
/// Where the list cannot be read or is no register.
pub fn encode_files(
    job: EncodeJob,
    rules: &Rules,
    progress: &dyn Fn(Stage),
) -> Result<EncodedFile, PipelineError> {
    progress(Stage::Read);
    if let Some(file) = job.files.iter().find(|path| is_encoded(path) || is_index(path)) {
        let file = file.display().to_string();
        return Err(EncodeError::NotAList { file }.into());
    }
    let how = How { columns: job.columns.as_ref(), as_of: job.as_of };
    let (files, mut list) = list(&job.files, job.list, how, rules)?;
    if job.list == ListKind::Register {
        keep_numbered(&mut list)?;
        derive_parents(&mut list.records);
    } else {
        assign_record_ids(&mut list.records, &list.sources);
    }
    progress(Stage::Match);
    let parameters = Parameters::new(&rules.encoding, job.hardening);
    let (encoded, known) =
        encode_list(&list, &files, job.list, (&job.key, parameters), job.identifiers, rules);
    let rejects = list.rejects.len().saturating_sub(list.rivals.len());
    Ok(EncodedFile { list: encoded, known, rejects })
}

/// Encoded lists, linked.
#[derive(Debug)]
pub struct EncodedOutcome {
    /// The files.
    pub inputs: Vec<InputFile>,
    /// The children.
    pub children: EncodedList,
    /// The register.
    pub register: Option<EncodedList>,
    /// What was decided.
    pub linkage: EncodedLinkage,
}

/// Whether a job is one of encoded lists.
///
/// # Errors
/// Where some of the files are encoded and some are not.
pub fn are_encoded(children: &[PathBuf], register: &[PathBuf]) -> Result<bool, PipelineError> {
    let files = || children.iter().chain(register);
    let Some(encoded) = files().find(|path| is_encoded(path)) else { return Ok(false) };
    match files().find(|path| !is_encoded(path)) {
        // What cannot be read is no other kind of list: reading it says why.
        Some(plain) if plain.exists() || plain.as_os_str() == "-" => Err(EncodeError::Mixed {
            encoded: encoded.display().to_string(),
            plain: plain.display().to_string(),
        }
        .into()),
        _ => Ok(true),
    }
}

/// Links encoded lists.
///
/// # Errors
/// Where a file is damaged, or the lists were not encoded alike.
pub fn run_encoded(
    children: &[PathBuf],
    register: &[PathBuf],
    rules: &Rules,
    progress: &dyn Fn(Stage),
) -> Result<EncodedOutcome, PipelineError> {
    progress(Stage::Read);
    let (mut inputs, list) = read_encoded(children, ListKind::Children)?;
    let Some(list) = list else { return Err(PipelineError::StdinTwice) };
    let (persons, people) = read_encoded(register, ListKind::Register)?;
    progress(Stage::Match);
    let first = |paths: &[PathBuf]| paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    let names = [first(children), first(register)];
    let linkage =
        link_encoded(&list, people.as_ref(), names.each_ref().map(String::as_str), &rules.encoding)?;
    inputs.extend(persons);
    Ok(EncodedOutcome { inputs, children: list, register: people, linkage })
}
