//! What can go wrong between a finished run and its output folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::rules::{Language, MessageRules};

/// Why writing failed. The output folder is whole or absent either way.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something stands where the output is to go.
    #[error("{path} exists already; choose another --out, or replace it with --force")]
    Exists {
        /// The output folder.
        path: PathBuf,
    },
    /// The same for a single file.
    #[error("{path} exists already; choose another --out, or replace it with --force")]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// `--force` replaces the output of a run, nothing else.
    #[error(
        "{path} is not the output of an earlier run (it has no manifest.json), so --force does not replace it; \
         choose another --out or remove it yourself"
    )]
    NotARun {
        /// The output folder.
        path: PathBuf,
    },
    /// Replacing the folder would delete an input.
    #[error("the input {input} lies inside the output folder {path}; choose another --out")]
    HoldsInput {
        /// The output folder.
        path: PathBuf,
        /// The input.
        input: PathBuf,
    },
    /// `--out` names no folder that could be made (`/`, `..`).
    #[error("{path} cannot be an output folder; name a new folder, for example --out ket-qua")]
    NoName {
        /// What was given.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {action} {path}: {error}; nothing was written")]
    Io {
        /// What was tried, as an infinitive.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The new output is in its place; what people had added to the old one is not, yet.
    #[error(
        "{path} is written, but files people had added to the earlier output are still in {kept}: {error}"
    )]
    NotCarriedOver {
        /// The output folder.
        path: PathBuf,
        /// The earlier output.
        kept: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A workbook could not be built.
    #[error("cannot build {file}: {error}; nothing was written")]
    Workbook {
        /// The file's name.
        file: &'static str,
        /// What the workbook library says.
        error: Box<rust_xlsxwriter::XlsxError>,
    },
    /// The user stopped the run.
    #[error("stopped; nothing was written")]
    Abandoned,
}

impl WriteError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "write_error", key, values);
        let shown = |path: &Path| path.display().to_string();
        match self {
            Self::Exists { path } => say("exists", &[("path", &shown(path))]),
            Self::FileExists { path } => say("file_exists", &[("path", &shown(path))]),
            Self::NotARun { path } => say("not_a_run", &[("path", &shown(path))]),
            Self::HoldsInput { path, input } => {
                say("holds_input", &[("path", &shown(path)), ("input", &shown(input))])
            }
            Self::NoName { path } => say("no_name", &[("path", &shown(path))]),
            Self::Io { path, error, .. } => {
                let (path, error) = (shown(path), messages.system(language, error));
                say("io", &[("path", &path), ("error", &error)])
            }
            Self::NotCarriedOver { path, kept, error } => {
                let (path, kept, error) = (shown(path), shown(kept), messages.system(language, error));
                say("not_carried_over", &[("path", &path), ("kept", &kept), ("error", &error)])
            }
            Self::Workbook { file, error } => {
                say("workbook", &[("file", file), ("error", &error.to_string())])
            }
            Self::Abandoned => say("abandoned", &[]),
        }
    }

    /// True where another option would help (exit code 2), false for a failure of the system
    /// (exit code 3).
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Exists { .. }
                | Self::FileExists { .. }
                | Self::NotARun { .. }
                | Self::HoldsInput { .. }
                | Self::NoName { .. }
        )
    }
}

/// Names the action and the path of an I/O error.
pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.into();
    move |error| WriteError::Io { action, path, error }
}
