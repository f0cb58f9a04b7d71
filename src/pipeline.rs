//! The main job, stage by stage: read → normalise → check → match → attach. Each stage takes what
//! the one before made; nothing reaches back. Writing the outcome is the caller's last step.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::{
    check::{CheckContext, check, check_linkage, id_contradicts},
    decide::{Decided, Decisions, DecisionsError, resolve},
    matching::{Constraints, Explainer, Given, MissingColumn, TrainedModel, match_lists, require_columns},
    normalise::{NormaliseContext, assign_record_ids, normalise_table},
    outcome::{InputFile, List, ListKind, Outcome},
    read::{ColumnMapping, ReadError, ReadOptions, read_list},
    register::{RegisterError, derive_parents, keep_numbered},
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
}

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
            _ => false,
        }
    }
}

/// Runs the job; `progress` is told of each stage as it begins.
pub fn run(job: &Job, rules: &Rules, progress: &dyn Fn(Stage)) -> Result<Outcome, PipelineError> {
    run_explained(job, rules, progress).map(|(outcome, _)| outcome)
}

/// The same, with what explains any pair of it.
pub fn run_explained(
    job: &Job,
    rules: &Rules,
    progress: &dyn Fn(Stage),
) -> Result<(Outcome, Explainer), PipelineError> {
    progress(Stage::Read);
    if job.children.iter().chain(&job.register).filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(PipelineError::StdinTwice);
    }
    // Parsing a file keeps one core busy, so the two lists are read side by side.
    let (children, register) = rayon::join(|| read_children(job, rules), || read_register(job, rules));
    let ((mut inputs, mut children), register) = (children?, register?);
    let register = match register {
        Some((files, people)) => {
            refuse_same_file(&inputs, &files)?;
            inputs.extend(files);
            Some(people)
        }
        None => None,
    };

    let (constraints, decided) = settle(job, &mut children, register.as_ref(), rules)?;
    let lists: Vec<&List> = std::iter::once(&children).chain(&register).collect();
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
    };
    let (linkage, explainer) = match_lists(&children, register.as_ref(), given, rules);
    check_linkage(&mut children.records, register.as_ref(), &linkage);

    let outcome = Outcome {
        inputs,
        children,
        register,
        decided,
        linkage,
        as_of: job.as_of,
        language: job.language,
        rules: rules.digests.clone(),
    };
    Ok((outcome, explainer))
}

/// What people decided, put to the records of this run.
fn settle(
    job: &Job,
    children: &mut List,
    register: Option<&List>,
    rules: &Rules,
) -> Result<(Constraints, Option<Decided>), PipelineError> {
    if job.decisions.is_empty() {
        return Ok((Constraints::default(), None));
    }
    let decisions = Decisions::read(&job.decisions, rules)?;
    let persons = register.map_or(&[][..], |register| &register.records);
    let context = NormaliseContext { as_of: job.as_of, list: ListKind::Children };
    let (constraints, decided) = resolve(&decisions, &mut children.records, persons, &context, rules);
    Ok((constraints, Some(decided)))
}

fn read_children(job: &Job, rules: &Rules) -> Result<(Vec<InputFile>, List), PipelineError> {
    let (files, mut children) = list(&job.children, ListKind::Children, job, rules)?;
    assign_record_ids(&mut children.records, &children.sources);
    Ok((files, children))
}

fn read_register(job: &Job, rules: &Rules) -> Result<Option<(Vec<InputFile>, List)>, PipelineError> {
    if job.register.is_empty() {
        return Ok(None);
    }
    let (files, mut people) = list(&job.register, ListKind::Register, job, rules)?;
    keep_numbered(&mut people)?;
    derive_parents(&mut people.records);
    Ok(Some((files, people)))
}

fn refuse_same_file(children: &[InputFile], register: &[InputFile]) -> Result<(), PipelineError> {
    let same = register.iter().find(|file| children.iter().any(|child| child.sha256 == file.sha256));
    match same {
        Some(file) => Err(PipelineError::SameFile { file: file.path.display().to_string() }),
        None => Ok(()),
    }
}

fn list(
    paths: &[PathBuf],
    kind: ListKind,
    job: &Job,
    rules: &Rules,
) -> Result<(Vec<InputFile>, List), ReadError> {
    let reading = read_list(paths, kind, &ReadOptions { mapping: job.columns.clone() }, rules)?;
    let context = NormaliseContext { as_of: job.as_of, list: kind };
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
