//! The job of `dinhdanh index`: read → normalise → compile, file by file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::civil::Date;

use super::{How, PipelineError, Stage, list};
use crate::{
    index::is_index,
    matching::IndexModel,
    normalise::{DateColumn, NormaliseContext, TableColumns},
    outcome::{Holdings, InputFile, List, ListKind},
    read::{ColumnMapping, ListStream, ReadError},
    record::{SourceIx, SourceSheet, Sources, Table},
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
    /// Bytes of memory that the build may take; what is beyond is kept in files beside the index.
    pub memory: u64,
}

/// What an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexReport {
    /// Persons, rivals and sheets.
    pub indexed: Holdings,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Makes an index of a register. Separated text is read in parts; of other files, each by itself, one
/// at a time is in memory; with a mapping of columns, whose parts may each be of another file, all are.
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
    let mut dates = OtherDates::default();
    let compiler = loop {
        match read_register(job, &model, &dates, rules)? {
            Ok(compiler) => break compiler,
            Err((path, other)) => _ = dates.insert(path, other),
        }
    };
    progress(Stage::Match);
    let (indexed, bytes) = compiler.finish(&rules.reading_digest())?;
    Ok(IndexReport { indexed, bytes })
}

/// By its place among the files: in what order the columns of a file write dates, where all rows together
/// say something else than the first ones. Found out at the end of the file, it is read anew.
type OtherDates = BTreeMap<usize, Vec<DateColumn>>;

/// Reads all files, or says of which one the dates are other than thought.
fn read_register<'a>(
    job: &IndexJob,
    model: &'a IndexModel,
    dates: &OtherDates,
    rules: &'a Rules,
) -> Result<Result<Compiler<'a>, (usize, Vec<DateColumn>)>, PipelineError> {
    let mut compiler = Compiler::new(&job.out, model, rules, job.memory)?;
    let how = How { columns: job.columns.as_ref(), as_of: job.as_of };
    if job.columns.is_some() {
        let (files, list) = list(&job.register, ListKind::Register, how, rules)?;
        compiler.add(files, list)?;
        return Ok(Ok(compiler));
    }
    let mut before: Vec<InputFile> = Vec::new();
    for (at, path) in job.register.iter().enumerate() {
        let stream = if model.asks_all() || may_be_twice(path, &before) {
            None
        } else {
            ListStream::open(path, piece(job.memory), rules)?
        };
        match stream {
            Some(stream) => {
                let known = dates.get(&at).cloned();
                match add_stream(stream, &mut compiler, known, &before, (job, rules))? {
                    Ok(file) => before.push(file),
                    Err(other) => return Ok(Err((at, other))),
                }
            }
            None => {
                let (file, list) = next_list(path, &before, how, rules)?;
                before.extend(file.iter().cloned());
                compiler.add(file, list)?;
            }
        }
    }
    Ok(Ok(compiler))
}

/// Bytes of text that are read, normalised and put away at a time: their records take some twenty times
/// as much memory, and more than a few megabytes make nothing faster.
fn piece(memory: u64) -> usize {
    usize::try_from(memory / 256).unwrap_or(LARGEST_PIECE).clamp(1 << 12, LARGEST_PIECE)
}

/// See [`piece`].
const LARGEST_PIECE: usize = 8 << 20;

/// Whether a file may be one that was read before.
fn may_be_twice(path: &Path, before: &[InputFile]) -> bool {
    let bytes = path.metadata().map(|metadata| metadata.len());
    bytes.is_ok_and(|bytes| before.iter().any(|file| file.bytes == bytes))
}

/// Reads a file part by part, the next part while the last one is put away; or says how its dates are
/// written, if that is not what was thought.
fn add_stream(
    mut stream: ListStream<'_>,
    compiler: &mut Compiler<'_>,
    dates: Option<Vec<DateColumn>>,
    before: &[InputFile],
    (job, rules): (&IndexJob, &Rules),
) -> Result<Result<InputFile, Vec<DateColumn>>, PipelineError> {
    let parts = first_parts(&mut stream)?;
    let Some(sample) = parts.split_first() else { return Ok(Ok(stream.finish())) };
    let mut columns = TableColumns::of(sample, dates, job.as_of, rules);

    let first = compiler.begin(&source_of(&stream.path(), before));
    let context = NormaliseContext { as_of: job.as_of, list: ListKind::Register };
    let mut readers = columns.readers(SourceIx(0), &context, rules);
    let mut waiting = parts.into_iter();
    let mut next = waiting.next();
    while let Some(mut table) = next {
        let put = || {
            let records = readers.read(std::mem::take(&mut table.rows));
            let rejects = std::mem::take(&mut table.rejects);
            compiler.part(first, List { tables: vec![table], records, rejects, ..List::default() })
        };
        let read = || waiting.next().map_or_else(|| stream.next_part(), |part| Ok(Some(part)));
        let (put, read) = rayon::join(put, read);
        put?;
        next = read?;
    }
    if let Some(other) = columns.other_dates(rules) {
        return Ok(Err(other));
    }
    let file = stream.finish();
    compiler.end(vec![file.clone()]);
    Ok(Ok(file))
}

/// As many parts of a table as its columns are judged by.
fn first_parts(stream: &mut ListStream<'_>) -> Result<Vec<Table>, ReadError> {
    let (mut parts, mut rows) = (Vec::new(), 0);
    while rows < TableColumns::SAMPLE {
        let Some(part) = stream.next_part()? else { break };
        rows += part.rows.len();
        parts.push(part);
    }
    Ok(parts)
}

/// The one sheet of a text file, as a run names it beside those before.
fn source_of(path: &Path, before: &[InputFile]) -> Sources {
    let mut sources = Sources::default();
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    sources.push(SourceSheet { file: numbered(file, path, before), sheet: String::new() });
    sources
}

/// A file's name, told apart from those of the same name before.
fn numbered(file: String, path: &Path, before: &[InputFile]) -> String {
    let named_so = before.iter().filter(|file| file.path.file_name() == path.file_name()).count();
    if named_so == 0 { file } else { format!("{file} ({})", named_so + 1) }
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
    let mut sources = Sources::default();
    for SourceSheet { file, sheet } in next.sources.iter() {
        sources.push(SourceSheet { file: numbered(file.clone(), path, before), sheet: sheet.clone() });
    }
    next.sources = sources;
    Ok((files, next))
}
