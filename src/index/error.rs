//! What can be wrong with an index, or go wrong while one is made.

use std::io;

/// Why an index cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The system refused to read it.
    #[error("cannot read {file}: {error}")]
    Read {
        /// The index.
        file: String,
        /// What the system says.
        error: io::Error,
    },
    /// The system refused to write it, or one of the temporary files beside it.
    #[error("cannot write {file}: {error}")]
    Write {
        /// The index.
        file: String,
        /// What the system says.
        error: io::Error,
    },
    /// The file is not as it was written.
    #[error("{file} is damaged (section {section}); build it again")]
    Damaged {
        /// The index.
        file: String,
        /// The section that does not match its checksums.
        section: String,
    },
    /// It was built by another version of the program.
    #[error("{file} was built by version {found} of the program, this is {expected}; build it again")]
    Version {
        /// The index.
        file: String,
        /// The version that built it.
        found: String,
        /// This version.
        expected: String,
    },
    /// It was built with other rules.
    #[error("{file} was built with other rules; build it again")]
    Rules {
        /// The index.
        file: String,
    },
    /// More persons than an index can number.
    #[error("{file}: an index holds at most 2,147,483,646 persons")]
    TooMany {
        /// The index.
        file: String,
    },
}

impl IndexError {
    /// True for a failure of the system, not of what was given.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Write { .. })
    }
}
