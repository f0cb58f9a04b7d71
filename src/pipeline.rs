//! The main job, stage by stage: read → normalise → check → match → attach. Each stage takes what
//! the one before made; nothing reaches back. Writing the outcome is the caller's last step.

mod encode;
mod index;

use std::path::PathBuf;

use jiff::civil::Date;

pub use encode::{EncodeJob, EncodedFile, EncodedOutcome, are_encoded, encode_files, run_encoded};
pub use index::{IndexJob, IndexReport, build_index};

use crate::{
    check::{CheckContext, check, check_linkage, id_contradicts},
    decide::{Decided, Decisions, DecisionsError, numbers_named, resolve},
    encode::EncodeError,
    index::{IndexError, is_index},
    matching::{
        Constraints, Explainer, Given, MissingColumn, TrainedModel, match_indexed, match_lists,
        match_set_aside, require_columns,
    },
    normalise::{NormaliseContext, assign_record_ids, normalise_table},
    outcome::{InputFile, List, ListKind, Outcome},
    previous::{EarlierRun, PreviousError, Recalled},
    read::{ColumnMapping, ReadError, ReadOptions, read_list},
    record::{PersonalId, RecordIx},
    register::{CompileError, IndexedRegister, RegisterError, derive_parents, keep_numbered},
    rules::{Language, MessageRules, Rules},
};

/// What a run is made from.
#[derive(Debug, Clone)]
pub struct Job {
    /// The children's files.
    pub children: Vec<PathBuf>,
    /// The register's files; empty for a check.
    pub register: Vec<PathBuf>,
    /// What people have decided: `decisions.jsonl` and filled-in workbooks.
    pub decisions: Vec<PathBuf>,
    /// Explicit meaning of columns, where recognition fails.
    pub columns: Option<ColumnMapping>,
    /// The day on which age and "in the future" are judged.
    pub as_of: Date,
    /// What people read.
    pub language: Language,
    /// The model of an earlier run, to be used instead of training.
    pub model: Option<TrainedModel>,
    /// Learn from the decisions, beyond the pairs decided.
    pub learn: bool,
    /// The folder of an earlier run to go on from.
    pub previous: Option<PathBuf>,
    /// Keep what is compared, for a later run.
    pub remember: bool,
    /// Bytes of memory for the persons of an indexed register who are at hand at a time.
    pub memory: u64,
}

/// The memory of a [`Job`] where nobody says otherwise.
pub const MEMORY: u64 = 2 << 30;

/// A stage of the run, for whoever shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading and normalising both lists.
    Read,
    /// Findings.
    Check,
    /// Duplicates and numbers.
    Match,
    /// Writing the output folder.
    Write,
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// An input cannot be read or understood.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The register is none.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// One file is given as the children's list and as the register: every number in it would be
    /// confirmed by itself.
    #[error("{file} is given both as the children's list and as the register")]
    SameFile {
        /// The file, as given for the register.
        file: String,
    },
    /// Standard input can be read once.
    #[error("standard input (-) is named more than once")]
    StdinTwice,
    /// A file of decisions is of no use.
    #[error(transparent)]
    Decisions(#[from] DecisionsError),
    /// The rules compare a column that no list has.
    #[error("matching.toml: {0}")]
    MissingColumn(#[from] MissingColumn),
    /// An index cannot be used or made.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A list cannot be encoded, or encoded lists cannot be linked.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The earlier run cannot be gone on from.
    #[error(transparent)]
    Previous(#[from] PreviousError),
    /// An index is a register by itself.
    #[error("{file} is an index and cannot be joined to other files of the register")]
    IndexBesideOthers {
        /// The index.
        file: String,
    },
}

impl From<CompileError> for PipelineError {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Register(error) => error.into(),
            CompileError::Index(error) => error.into(),
        }
    }
}

impl PipelineError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "run_error", key, values);
        match self {
            Self::Read(error) | Self::Decisions(DecisionsError::Read(error)) => {
                error.message(messages, language)
            }
            Self::Register(RegisterError::NoNumbers { file }) => {
                say("register_without_numbers", &[("file", file)])
            }
            Self::Decisions(DecisionsError::NotAnswers { file }) => say("not_decisions", &[("file", file)]),
            Self::Decisions(DecisionsError::NoKeyColumn { file, sheet }) => {
                say("no_key_column", &[("file", file), ("sheet", sheet)])
            }
            Self::SameFile { file } => say("same_file", &[("file", file)]),
            Self::StdinTwice => say("stdin_twice", &[]),
            Self::Encode(error) => error.message(messages, language),
            Self::IndexBesideOthers { file } => say("index_beside_others", &[("file", file)]),
            Self::Previous(error) => error.message(messages, language),
            Self::Index(IndexError::Read { file, error }) => {
                say("index_unreadable", &[("file", file), ("detail", &messages.system(language, error))])
            }
            Self::Index(IndexError::Write { file, error }) => {
                say("index_unwritable", &[("file", file), ("detail", &messages.system(language, error))])
            }
            Self::Index(IndexError::Damaged { file, section }) => {
                say("index_damaged", &[("file", file), ("section", section)])
            }
            Self::Index(IndexError::Version { file, found, expected }) => {
                say("index_version", &[("file", file), ("found", found), ("expected", expected)])
            }
            Self::Index(IndexError::Rules { file }) => say("index_rules", &[("file", file)]),
            Self::Index(IndexError::TooMany { file }) => say("index_too_many", &[("file", file)]),
            Self::MissingColumn(missing) => {
                let seen: Vec<String> = missing.seen.iter().map(|heading| format!("“{heading}”")).collect();
                let seen = if seen.is_empty() { "–".to_owned() } else { seen.join(", ") };
                say("missing_column", &[("heading", &missing.heading), ("seen", &seen)])
            }
        }
    }

    /// True for a failure of the system, not of what was given.
    pub fn is_io(&self) -> bool {
        match self {
            Self::Read(error) | Self::Decisions(DecisionsError::Read(error)) => error.is_io(),
            Self::Index(error) => error.is_io(),
            Self::Encode(error) => error.is_io(),
            Self::Previous(error) => error.is_io(),
            _ => false,
        }
    }
}

/// Runs the job; `progress` is told of each stage as it begins.
pub fn run(job: &Job, rules: &Rules, progress: &dyn Fn(Stage)) -> Result<Outcome, PipelineError> {
    run_explained(job, &[], rules, progress).map(|(outcome, _)| outcome)
}

/// The same, with what explains any pair of it. Of a register only those persons are at hand of whom the
/// outcome speaks, and those who hold some of `numbers`.
pub fn run_explained(
    job: &Job,
    numbers: &[PersonalId],
    rules: &Rules,
    progress: &dyn Fn(Stage),
) -> Result<(Outcome, Explainer), PipelineError> {
    progress(Stage::Read);
    if job.children.iter().chain(&job.register).filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(PipelineError::StdinTwice);
    }
    let earlier = job.previous.as_deref().map(EarlierRun::open).transpose()?;
    let inherited = earlier.as_ref().map(|earlier| earlier.decisions(&job.decisions)).transpose()?;
    let inherited = inherited.unwrap_or_default();
    let (inputs, mut children, mut register, recalled) = read_all(job, earlier.as_ref(), rules)?;

    let decisions: Vec<PathBuf> = inherited.iter().chain(&job.decisions).cloned().collect();
    let (constraints, decided) = settle(job, &decisions, &mut children, &register, rules)?;
    let lists: Vec<&List> = std::iter::once(&children).chain(register.list()).collect();
    require_columns(&lists, &rules.matching)?;

    progress(Stage::Check);
    check(&mut children.records, &CheckContext { as_of: job.as_of }, rules);

    progress(Stage::Match);
    let given = Given {
        as_of: job.as_of,
        constraints: &constraints,
        model: job.model.as_ref(),
        learn: job.learn,
        contradicted: &id_contradicts,
        known: recalled.as_ref().and_then(|recalled| recalled.comparisons.as_ref().ok()),
        remember: job.remember,
        memory: job.memory,
    };
    let (linkage, explainer) = match &mut register {
        Register::Indexed(register) => {
            let people = register.people();
            let (linkage, explainer, persons) = match_indexed(&children, &people, numbers, given, rules)?;
            register.list.records = register.records(&persons)?;
            (linkage, explainer)
        }
        Register::Read(_, register) => {
            register.holdings = Some(register.count());
            match_set_aside(&children, register, numbers, given, rules)
        }
        Register::None => match_lists(&children, None, given, rules),
    };
    let register = register.into_list();
    check_linkage(&mut children.records, register.as_ref(), &linkage);

    let continued = earlier
        .zip(recalled)
        .map(|(earlier, recalled)| earlier.continued(&recalled, inherited, &children.records, &linkage));
    let outcome = Outcome {
        inputs,
        children,
        register,
        decided,
        linkage,
        continued,
        as_of: job.as_of,
        language: job.language,
        rules: rules.digests.clone(),
    };
    Ok((outcome, explainer))
}

/// Reads both lists, and what the job goes on from. Parsing a file keeps one core busy, so they are
/// read side by side.
fn read_all(
    job: &Job,
    earlier: Option<&EarlierRun>,
    rules: &Rules,
) -> Result<(Vec<InputFile>, List, Register, Option<Recalled>), PipelineError> {
    let read = || rayon::join(|| read_children(job, rules), || read_register(job, rules));
    let recall = || earlier.map(|earlier| earlier.recall(&rules.reading_digest())).transpose();
    let ((children, register), recalled) = rayon::join(read, recall);
    let ((mut inputs, children), register) = (children?, register?);
    refuse_same_file(&inputs, register.read_from())?;
    inputs.extend(register.inputs(job));
    Ok((inputs, children, register, recalled?))
}

/// The register of a job.
enum Register {
    /// There is none.
    None,
    /// Read and in memory.
    Read(Vec<InputFile>, List),
    /// Kept in an index.
    Indexed(Box<IndexedRegister>),
}

impl Register {
    /// The files whose rows it holds.
    fn read_from(&self) -> &[InputFile] {
        match self {
            Self::None => &[],
            Self::Read(files, _) => files,
            Self::Indexed(register) => &register.built_from,
        }
    }

    /// The files given.
    fn inputs(&self, job: &Job) -> Vec<InputFile> {
        match self {
            Self::Indexed(register) => job.register.iter().map(|path| register.input(path)).collect(),
            register => register.read_from().to_vec(),
        }
    }

    fn list(&self) -> Option<&List> {
        match self {
            Self::None => None,
            Self::Read(_, list) => Some(list),
            Self::Indexed(register) => Some(&register.list),
        }
    }

    fn into_list(self) -> Option<List> {
        match self {
            Self::None => None,
            Self::Read(_, list) => Some(list),
            Self::Indexed(register) => Some(register.list),
        }
    }
}

/// What people decided, put to the records of this run. Persons of an indexed register are named by
/// their numbers there.
fn settle(
    job: &Job,
    decisions: &[PathBuf],
    children: &mut List,
    register: &Register,
    rules: &Rules,
) -> Result<(Constraints, Option<Decided>), PipelineError> {
    if decisions.is_empty() {
        return Ok((Constraints::default(), None));
    }
    let decisions = Decisions::read(decisions, rules)?;
    let context = NormaliseContext { as_of: job.as_of, list: ListKind::Children };
    let Register::Indexed(register) = register else {
        let persons = register.list().map_or(&[][..], |register| &register.records);
        let (constraints, decided) = resolve(&decisions, &mut children.records, persons, &context, rules);
        return Ok((constraints, Some(decided)));
    };
    let numbers = numbers_named(&decisions, &children.records, &context, rules);
    let persons = register.holders(&numbers)?;
    let records = register.records(&persons)?;
    let (mut constraints, decided) = resolve(&decisions, &mut children.records, &records, &context, rules);
    for (_, person) in constraints.is_person.iter_mut().chain(&mut constraints.not_person) {
        *person = RecordIx(persons[person.usize()]);
    }
    Ok((constraints, Some(decided)))
}

fn read_children(job: &Job, rules: &Rules) -> Result<(Vec<InputFile>, List), PipelineError> {
    let (files, mut children) = list(&job.children, ListKind::Children, How::of(job), rules)?;
    assign_record_ids(&mut children.records, &children.sources);
    Ok((files, children))
}

fn read_register(job: &Job, rules: &Rules) -> Result<Register, PipelineError> {
    if job.register.is_empty() {
        return Ok(Register::None);
    }
    if let Some(index) = job.register.iter().find(|path| is_index(path)) {
        if job.register.len() > 1 {
            return Err(PipelineError::IndexBesideOthers { file: index.display().to_string() });
        }
        let register = IndexedRegister::open(index, &rules.reading_digest())?;
        return Ok(Register::Indexed(Box::new(register)));
    }
    let (files, mut people) = list(&job.register, ListKind::Register, How::of(job), rules)?;
    keep_numbered(&mut people)?;
    derive_parents(&mut people.records);
    Ok(Register::Read(files, people))
}

fn refuse_same_file(children: &[InputFile], register: &[InputFile]) -> Result<(), PipelineError> {
    let same = register.iter().find(|file| children.iter().any(|child| child.sha256 == file.sha256));
    match same {
        Some(file) => Err(PipelineError::SameFile { file: file.path.display().to_string() }),
        None => Ok(()),
    }
}

/// How lists are read.
#[derive(Clone, Copy)]
struct How<'a> {
    columns: Option<&'a ColumnMapping>,
    as_of: Date,
}

impl<'a> How<'a> {
    fn of(job: &'a Job) -> Self {
        Self { columns: job.columns.as_ref(), as_of: job.as_of }
    }
}

fn list(
    paths: &[PathBuf],
    kind: ListKind,
    how: How<'_>,
    rules: &Rules,
) -> Result<(Vec<InputFile>, List), ReadError> {
    let reading = read_list(paths, kind, &ReadOptions { mapping: how.columns.cloned() }, rules)?;
    let context = NormaliseContext { as_of: how.as_of, list: kind };
    let mut list = List { sources: reading.sources, rejects: reading.rejects, ..List::default() };
    for mut table in reading.tables {
        let records = normalise_table(&mut table, &context, rules);
        if list.records.is_empty() {
            // Nearly always there is one sheet: its records need not move.
            list.records = records;
        } else {
            list.records.extend(records);
        }
        list.rejects.append(&mut table.rejects.clone());
        list.tables.push(table);
    }
    list.rejects.sort_by_key(|reject| (reject.source, reject.row));
    Ok((reading.files, list))
}
