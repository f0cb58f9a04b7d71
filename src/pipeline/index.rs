//! The job of `dinhdanh index`: read → normalise → compile, file by file.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{How, PipelineError, Stage, list};
use crate::{
    index::is_index,
    matching::IndexModel,
    outcome::{Indexed, InputFile, List, ListKind},
    read::{ColumnMapping, ReadError},
    record::{SourceIx, SourceSheet, Sources},
    register::Compiler,
    rules::Rules,
};

/// What an index is made from.
#[derive(Debug, Clone)]
pub struct IndexJob {
    /// The register's files.
    pub register: Vec<PathBuf>,
    /// The index.
    pub out: PathBuf,
    /// Explicit meaning of columns, where recognition fails.
    pub columns: Option<ColumnMapping>,
    /// The day on which dates of two-digit years are read.
    pub as_of: Date,
    /// Bytes of memory that sorting may take; what is beyond is sorted in files beside the index.
    pub memory: u64,
}

/// What an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexReport {
    /// Persons, rivals and sheets.
    pub indexed: Indexed,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Makes an index of a register. Each file is read by itself, so that one of them is in memory at a
/// time; with a mapping of columns, whose parts may each be of another file, all of them are.
pub fn build_index(
    job: &IndexJob,
    rules: &Rules,
    progress: &dyn Fn(Stage),
) -> Result<IndexReport, PipelineError> {
    progress(Stage::Read);
    if let Some(index) = job.register.iter().find(|path| is_index(path)) {
        return Err(PipelineError::IndexBesideOthers { file: index.display().to_string() });
    }
    let model = IndexModel::new(rules);
    let mut compiler = Compiler::new(&job.out, &model, rules, job.memory)?;
    let how = How { columns: job.columns.as_ref(), as_of: job.as_of };
    if job.columns.is_some() {
        let (files, list) = list(&job.register, ListKind::Register, how, rules)?;
        compiler.add(files, list)?;
    } else {
        let mut before: Vec<InputFile> = Vec::new();
        for path in &job.register {
            let (file, list) = next_list(path, &before, how, rules)?;
            before.extend(file.iter().cloned());
            compiler.add(file, list)?;
        }
    }
    progress(Stage::Match);
    let (indexed, bytes) = compiler.finish(&rules.reading_digest())?;
    Ok(IndexReport { indexed, bytes })
}

/// One more file of a list of which others were read before: as if all were read together.
fn next_list(
    path: &PathBuf,
    before: &[InputFile],
    how: How<'_>,
    rules: &Rules,
) -> Result<(Vec<InputFile>, List), ReadError> {
    let kind = ListKind::Register;
    let (mut files, mut next) = list(std::slice::from_ref(path), kind, how, rules)?;
    if files.iter().any(|file| before.iter().any(|earlier| earlier.sha256 == file.sha256)) {
        // The same file twice: read behind itself its rows are rejects.
        let (_, mut twice) = list(&[path.clone(), path.clone()], kind, how, rules)?;
        let first = next.sources.iter().count() as u16;
        let second = |source: &mut SourceIx| match source.0.checked_sub(first) {
            Some(moved) => {
                source.0 = moved;
                true
            }
            None => false,
        };
        twice.rejects.retain_mut(|reject| second(&mut reject.source));
        twice.tables.retain_mut(|table| second(&mut table.source));
        next =
            List { sources: next.sources, tables: twice.tables, rejects: twice.rejects, ..List::default() };
        files.truncate(1);
    }
    let named_so = before.iter().filter(|file| file.path.file_name() == path.file_name()).count();
    if named_so > 0 {
        let mut sources = Sources::default();
        for SourceSheet { file, sheet } in next.sources.iter() {
            let file = format!("{file} ({})", named_so + 1);
            sources.push(SourceSheet { file, sheet: sheet.clone() });
        }
        next.sources = sources;
    }
    Ok((files, next))
}
