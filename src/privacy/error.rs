//! Why a run cannot be shared, sealed, opened or deleted, as sentences for a person.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    audit::AuditError,
    rules::{Language, MessageRules},
    write::WriteError,
};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    /// The folder holds no run.
    #[error("{} is not the output of a run", .0.display())]
    NotARun(PathBuf),
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file of the run is not what the run wrote.
    #[error("{} was changed after the run", .0.display())]
    Changed(PathBuf),
    /// A table of the run cannot be understood.
    #[error("{}: {detail}", path.display())]
    Table {
        /// The table.
        path: PathBuf,
        /// Where and why.
        detail: String,
    },
    /// There is no such key file.
    #[error("there is no key file {}", .0.display())]
    NoKeyFile(PathBuf),
    /// A key file holds no key.
    #[error("{} holds no key", .0.display())]
    NotAKey(PathBuf),
    /// A key that could be guessed.
    #[error("the key in {} could be guessed", .0.display())]
    WeakKey(PathBuf),
    /// A recipient or a file of recipients is none.
    #[error("{0} is no recipient")]
    NotARecipient(String),
    /// Nobody could open what is to be sealed.
    #[error("no recipient")]
    NoRecipient,
    /// A file of identities holds none.
    #[error("{} holds no identity", .0.display())]
    NotAnIdentity(PathBuf),
    /// A passphrase that could be guessed, or none.
    #[error("the passphrase in {} is too short", .0.display())]
    WeakPassphrase(PathBuf),
    /// None of the keys opens the file.
    #[error("{} is sealed to others", .0.display())]
    NotForYou(PathBuf),
    /// It is no sealed file, or not whole.
    #[error("{} is damaged or no sealed run", .0.display())]
    Damaged(PathBuf),
    /// The archive holds what no run writes.
    #[error("{}: {name} does not belong into a sealed run", path.display())]
    NotPlain {
        /// The archive.
        path: PathBuf,
        /// The entry.
        name: String,
    },
    /// The folder that would be replaced holds decisions that the sealed one has not.
    #[error("{} holds decisions of its own", .0.display())]
    HasDecisions(PathBuf),
    /// A deletion needs its reason.
    #[error("no reason")]
    NoReason,
    /// The log cannot be written to.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The output cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl PrivacyError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, path: &Path, detail: &str| {
            let values = [("path", &*path.display().to_string()), ("detail", detail)];
            messages.fill(language, "privacy_error", key, &values)
        };
        let nowhere = Path::new("");
        match self {
            Self::NotARun(path) => say("not_a_run", path, ""),
            Self::Io { path, error } => say("io", path, &messages.system(language, error)),
            Self::Changed(path) => say("changed", path, ""),
            Self::Table { path, detail } => say("table", path, detail),
            Self::NoKeyFile(path) => say("no_key_file", path, ""),
            Self::NotAKey(path) => say("not_a_key", path, ""),
            Self::WeakKey(path) => say("weak_key", path, ""),
            Self::NotARecipient(text) => say("not_a_recipient", nowhere, text),
            Self::NoRecipient => say("no_recipient", nowhere, ""),
            Self::NotAnIdentity(path) => say("not_an_identity", path, ""),
            Self::WeakPassphrase(path) => say("weak_passphrase", path, ""),
            Self::NotForYou(path) => say("not_for_you", path, ""),
            Self::Damaged(path) => say("damaged", path, ""),
            Self::NotPlain { path, name } => say("not_plain", path, name),
            Self::HasDecisions(path) => say("has_decisions", path, ""),
            Self::NoReason => say("no_reason", nowhere, ""),
            Self::Audit(error) => error.message(messages, language),
            Self::Write(error) => error.message(messages, language),
        }
    }

    /// True where the system failed (exit code 3), not what was given (exit code 2).
    pub fn is_io(&self) -> bool {
        match self {
            Self::Io { .. } => true,
            Self::Audit(error) => error.is_io(),
            Self::Write(error) => !error.is_usage(),
            _ => false,
        }
    }
}

/// Names the path of an I/O error.
pub(super) fn failed(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> PrivacyError {
    let path = path.into();
    move |error| PrivacyError::Io { path, error }
}
