//! Why a run cannot go on from an earlier one.

use std::path::PathBuf;

use crate::rules::{Language, MessageRules};

/// What is wrong with the folder given.
#[derive(Debug, thiserror::Error)]
pub enum PreviousError {
    /// A file of it cannot be read.
    #[error("{file}: {error}", file = file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is not the folder of a finished run.
    #[error("{folder} is not the folder of a finished run ({detail})", folder = folder.display())]
    NotARun {
        /// The folder.
        folder: PathBuf,
        /// What is missing or wrong.
        detail: String,
    },
    /// A list of it is not as the run wrote it: its identifiers cannot be relied on.
    #[error("{file} was changed since the run wrote it", file = file.display())]
    Changed {
        /// The list.
        file: PathBuf,
    },
    /// A file of decisions that the run honoured is not there any more, or says something else.
    #[error("the earlier run honoured the decisions of {file}, which is gone or was changed", file = file.display())]
    DecisionsGone {
        /// The file.
        file: PathBuf,
    },
}

impl PreviousError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, file: &std::path::Path, detail: &str| {
            let file = file.display().to_string();
            messages.fill(language, "run_error", key, &[("file", &file), ("detail", detail)])
        };
        match self {
            Self::Read { file, error } => say("previous_unreadable", file, &messages.system(language, error)),
            Self::NotARun { folder, detail } => say("previous_not_a_run", folder, detail),
            Self::Changed { file } => say("previous_changed", file, ""),
            Self::DecisionsGone { file } => say("previous_decisions_gone", file, ""),
        }
    }

    /// True for a failure of the system, not of what was given.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Read { .. })
    }
}
