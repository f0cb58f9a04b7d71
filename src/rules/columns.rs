//! How columns and rows of an input sheet are recognised: headings, layout words, limits of the
//! reader (`rules/columns/*.toml`).

use serde::Deserialize;

use super::{RuleSource, RulesError};
use crate::rules_file;

mod headings;
mod layout;

pub use headings::{Dictionary, HeadingRules, Person, Phrase};
pub use layout::{LayoutRules, LayoutText, Phrases};

/// Everything the reader is told by the rules.
#[derive(Debug)]
pub struct ColumnRules {
    /// What is accepted at all.
    pub limits: ReaderLimits,
    /// Which heading means which field.
    pub headings: HeadingRules,
    /// Words of rows that are no data.
    pub layout: LayoutRules,
}

/// Limits of the reader (`rules/columns/limits.toml`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderLimits {
    /// Rows at the top of a sheet in which the header is looked for.
    pub header_rows: usize,
    /// Rows one header may span.
    pub header_height: usize,
    /// Bytes of one row.
    pub row_bytes: usize,
    /// Line breaks inside one quoted field.
    pub quoted_lines: u32,
    /// Characters of a row that `rejects.csv` shows.
    pub reject_characters: usize,
    /// Columns of a sheet.
    pub columns: usize,
    /// Bytes a workbook may unpack to.
    pub unpacked_bytes: u64,
    /// Parts in a workbook's archive.
    pub archive_parts: usize,
    /// Cells of a workbook, or of an HTML page.
    pub cells: usize,
    /// Sheets of one list.
    pub sheets: usize,
}

impl ColumnRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const LIMITS: super::BuiltIn = rules_file!("columns/limits.toml");
        let limits: ReaderLimits = source.toml(LIMITS)?;
        let at_least_one = [limits.header_rows, limits.header_height, limits.row_bytes, limits.columns];
        if at_least_one.contains(&0) || !(1..=60_000).contains(&limits.sheets) {
            let message = "limits must be at least 1, and `sheets` at most 60000";
            return Err(source.fault(LIMITS, 1, message));
        }
        Ok(Self { limits, headings: HeadingRules::load(source)?, layout: LayoutRules::load(source)? })
    }
}
