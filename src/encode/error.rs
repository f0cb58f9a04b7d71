//! Why a list cannot be encoded, or encoded lists cannot be linked.

use crate::rules::{Language, MessageRules};

/// What is wrong with a key or an encoded list.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// A file cannot be read.
    #[error("{file}: {error}")]
    Read {
        /// The file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{file}: {error}")]
    Write {
        /// The file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no such key file.
    #[error("there is no key file {file}")]
    NoKeyFile {
        /// The file.
        file: String,
    },
    /// The key file holds no key.
    #[error("{file} is no key: 64 to 1024 hexadecimal digits are expected")]
    NoKey {
        /// The file.
        file: String,
    },
    /// The file was cut short or changed.
    #[error("{file}, line {line}: not an encoded list as it was written: {what}")]
    Damaged {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Made by a version of the format that this program does not know.
    #[error("{file} is of version {found} of the format; this program reads version {expected}")]
    Version {
        /// The file.
        file: String,
        /// Its version.
        found: String,
        /// The program's.
        expected: u32,
    },
    /// Some lists are encoded and some are not.
    #[error("{encoded} is an encoded list and {plain} is none: encode both with the same key")]
    Mixed {
        /// The encoded one.
        encoded: String,
        /// The one that is not.
        plain: String,
    },
    /// Two lists were encoded with different keys.
    #[error("{file} was encoded with another key ({found}) than {first} ({expected})")]
    OtherKey {
        /// The file.
        file: String,
        /// Its key's fingerprint.
        found: String,
        /// The first file.
        first: String,
        /// The first file's key's fingerprint.
        expected: String,
    },
    /// Two lists were encoded with different parameters.
    #[error("{file} was encoded with other parameters than {first}: {what}")]
    OtherParameters {
        /// The file.
        file: String,
        /// The first file.
        first: String,
        /// Which of them differ.
        what: String,
    },
    /// A children's list stands where a register is expected, or the other way round.
    #[error("{file} was encoded as {found}; it is given as {expected}")]
    WrongList {
        /// The file.
        file: String,
        /// What it was encoded as.
        found: &'static str,
        /// What it is given as.
        expected: &'static str,
    },
    /// The same list on both sides, or twice.
    #[error("{file} is given twice")]
    Twice {
        /// The file.
        file: String,
    },
    /// An option that encoded lists cannot have.
    #[error("{option} is of no use with encoded lists")]
    Option {
        /// The option.
        option: &'static str,
    },
    /// An encoded list or an index cannot be encoded.
    #[error("{file} is no list that could be encoded")]
    NotAList {
        /// The file.
        file: String,
    },
    /// Too many records for one file.
    #[error("{file} holds more records than can be linked at once")]
    TooMany {
        /// The file.
        file: String,
    },
}

impl EncodeError {
    /// What happened and what to do, in the reader's language.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let say = |key: &str, values: &[(&str, &str)]| messages.fill(language, "encode_error", key, values);
        let list = |key: &str| messages.get(language, "encode", key).to_owned();
        match self {
            Self::Read { file, error } => {
                say("read", &[("file", file), ("detail", &messages.system(language, error))])
            }
            Self::Write { file, error } => {
                say("write", &[("file", file), ("detail", &messages.system(language, error))])
            }
            Self::NoKeyFile { file } => say("no_key_file", &[("file", file)]),
            Self::NoKey { file } => say("no_key", &[("file", file)]),
            Self::Damaged { file, line, what } => {
                say("damaged", &[("file", file), ("line", &line.to_string()), ("what", what)])
            }
            Self::Version { file, found, expected } => {
                say("version", &[("file", file), ("found", found), ("expected", &expected.to_string())])
            }
            Self::Mixed { encoded, plain } => say("mixed", &[("encoded", encoded), ("plain", plain)]),
            Self::OtherKey { file, found, first, expected } => say(
                "other_key",
                &[("file", file), ("found", found), ("first", first), ("expected", expected)],
            ),
            Self::OtherParameters { file, first, what } => {
                say("other_parameters", &[("file", file), ("first", first), ("what", what)])
            }
            Self::WrongList { file, found, expected } => {
                say("wrong_list", &[("file", file), ("found", &list(found)), ("expected", &list(expected))])
            }
            Self::Twice { file } => say("twice", &[("file", file)]),
            Self::Option { option } => say("option", &[("option", option)]),
            Self::NotAList { file } => say("not_a_list", &[("file", file)]),
            Self::TooMany { file } => say("too_many", &[("file", file)]),
        }
    }

    /// True for a failure of the system, not of what was given.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Write { .. })
    }
}
