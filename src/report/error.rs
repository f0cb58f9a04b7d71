//! Why a finished run cannot be reported on, as sentences for a person.

use std::path::PathBuf;

use crate::{
    audit::AuditError,
    rules::{Language, MessageRules},
    write::WriteError,
};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The folder holds no run.
    #[error("{path} holds no finished run (there is no {file})")]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// The file that is missing.
        file: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file of the run is not what the run wrote.
    #[error("{file} was changed after the run")]
    Changed {
        /// Its name.
        file: String,
    },
    /// The manifest does not say what is needed.
    #[error("manifest.json cannot be understood: {detail}")]
    Manifest {
        /// What is wrong.
        detail: String,
    },
    /// A table lacks a column.
    #[error("{file} has no column {column}")]
    NoColumn {
        /// The table.
        file: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A cell or a row makes no sense.
    #[error("{file}, row {row}: {column} cannot be understood")]
    Cell {
        /// The table.
        file: &'static str,
        /// Row, the heading being the first.
        row: u64,
        /// The column.
        column: &'static str,
    },
    /// The figures of a year that has not begun on the day of the run.
    #[error("the run is as of {as_of}: there are no figures of {year}")]
    YearAhead {
        /// The year asked for.
        year: i16,
        /// The day of the run.
        as_of: jiff::civil::Date,
    },
    /// Something else stands where the statistics are to go.
    #[error("{path} exists and holds no statistics of an earlier report")]
    NotStatistics {
        /// The folder.
        path: PathBuf,
    },
    /// Somebody worked in a file that would be replaced.
    #[error("{path} was changed after it was written")]
    StatisticsChanged {
        /// The file.
        path: PathBuf,
    },
    /// The output cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The log of the run cannot be written to.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl ReportError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "report_error", key, values);
        match self {
            Self::NotARun { path, file } => {
                say("not_a_run", &[("path", &path.display().to_string()), ("file", file)])
            }
            Self::Io { path, error } => say(
                "io",
                &[("path", &path.display().to_string()), ("detail", &messages.system(language, error))],
            ),
            Self::Changed { file } => say("changed", &[("file", file)]),
            Self::Manifest { detail } => say("manifest", &[("detail", detail)]),
            Self::NoColumn { file, column } => say("no_column", &[("file", file), ("column", column)]),
            Self::Cell { file, row, column } => {
                say("cell", &[("file", file), ("row", &row.to_string()), ("column", column)])
            }
            Self::YearAhead { year, as_of } => {
                say("year_ahead", &[("year", &year.to_string()), ("day", &as_of.to_string())])
            }
            Self::NotStatistics { path } => say("not_statistics", &[("path", &path.display().to_string())]),
            Self::StatisticsChanged { path } => {
                say("statistics_changed", &[("path", &path.display().to_string())])
            }
            Self::Write(error) => error.message(messages, language),
            Self::Audit(error) => error.message(messages, language),
        }
    }

    /// True where the system failed (exit code 3), not what was given (exit code 2).
    pub fn is_io(&self) -> bool {
        match self {
            Self::Io { .. } => true,
            Self::Write(error) => !error.is_usage(),
            Self::Audit(error) => error.is_io(),
            _ => false,
        }
    }
}
