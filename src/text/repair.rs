//! From the text of a cell to clean Unicode: decode legacy text, put marks in order, replace
//! look-alikes, tidy blanks.

use unicode_normalization::UnicodeNormalization;

use crate::{
    record::{Change, Changes},
    rules::TextRules,
};

/// What the cells of a column say about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnCharset {}

impl ColumnCharset {
    /// Lets the cells of a column vote.
    pub fn vote<'a>(_cells: impl IntoIterator<Item = &'a str>, _rules: &TextRules) -> Self {
        Self {}
    }
}

/// Clean text with what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The text, NFC, single blanks.
    pub text: String,
    /// What was done.
    pub changes: Changes,
    /// Letters were lost in an old conversion and cannot be restored.
    pub letters_lost: bool,
    /// Letters of more than one script remain.
    pub mixed_scripts: bool,
}

/// Repairs one cell.
pub fn repair(raw: &str, _column: ColumnCharset, _rules: &TextRules) -> Repaired {
    let composed: String = raw.nfc().collect();
    let text = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut changes = Changes::NONE;
    if composed != raw {
        changes.insert(Change::MarksComposed);
    }
    if text != composed {
        changes.insert(Change::Blanks);
    }
    Repaired { text, changes, letters_lost: false, mixed_scripts: false }
}
