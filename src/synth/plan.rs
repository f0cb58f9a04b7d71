//! What is asked of `synth`, what it reports, and how it fails.

use std::path::PathBuf;

use crate::rules::Preset;

/// What to invent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthPlan {
    /// Children in the list; entered several times, some of them give more rows.
    pub children: u64,
    /// The seed: the same plan gives the same files, on every machine.
    pub seed: u64,
    /// How badly the list is kept.
    pub preset: Preset,
    /// Persons in the register, about; default: parents and some other children.
    pub register: Option<u64>,
    /// Also write workbooks, whatever the size up to a sheet's rows.
    pub workbook: bool,
    /// The bytes of `children.csv`.
    pub encoding: ListEncoding,
}

/// How the list's CSV file is encoded. Old encodings leave out single damaged cells: a file that
/// is old throughout has no room for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListEncoding {
    /// UTF-8 with byte-order mark.
    #[default]
    Utf8,
    /// TCVN3 (ABC).
    Tcvn3,
    /// VNI-Windows.
    Vni,
    /// Windows-1258 with all tones as marks of their own.
    Cp1258,
}

impl Default for SynthPlan {
    fn default() -> Self {
        Self {
            children: 3000,
            seed: 1,
            preset: Preset::Normal,
            register: None,
            workbook: false,
            encoding: ListEncoding::Utf8,
        }
    }
}

/// What was invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SynthSummary {
    /// Rows of the list.
    pub list_rows: u64,
    /// Rows of the register.
    pub register_rows: u64,
    /// Whether workbooks were written.
    pub workbooks: bool,
}

/// Why nothing was invented.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// There would be too few numbers for so many people.
    #[error("so many people cannot all have a number of their own; ask for at most {most} children")]
    TooMany {
        /// The most children there can be.
        most: u64,
    },
    /// No children.
    #[error("at least one child is needed")]
    NoChildren,
    /// More rows than a sheet holds.
    #[error("{rows} rows do not fit a sheet; leave --workbook out")]
    SheetTooLong {
        /// Rows of the list.
        rows: u64,
    },
    /// A file cannot be written.
    #[error("{}: {error}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}
