//! What every workbook of statistics needs at hand.

use std::path::Path;

use super::{ledger::Hidden, roll::Roll};
use crate::{
    rules::{ColumnStyle, FormColumn, Rules},
    write::{Letterhead, Words},
};

/// What stands in a cell that must not leave the ward.
pub const HIDDEN: &str = "*";

/// What the workbooks need to know.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// The list.
    pub roll: &'a Roll,
    /// Rules.
    pub rules: &'a Rules,
    /// Title block.
    pub letterhead: &'a Letterhead<'a>,
    /// Figures that must not be shown.
    pub hidden: &'a Hidden,
    /// True for the whole figures.
    pub internal: bool,
    /// Takes temporary files.
    pub folder: &'a Path,
}

impl<'a> Bench<'a> {
    /// The words.
    pub fn words(self) -> Words<'a> {
        self.letterhead.words
    }

    fn column(self, section: &str, key: &'a str, width: f64, style: ColumnStyle) -> FormColumn<()> {
        let heading = self.words().get(section, key).to_owned();
        FormColumn { key: (), vi: heading.clone(), en: heading, width, style }
    }

    /// Columns with their headings from a section of the messages.
    pub fn columns(self, section: &str, columns: &[(&'a str, f64, ColumnStyle)]) -> Vec<FormColumn<()>> {
        columns.iter().map(|(key, width, style)| self.column(section, key, *width, *style)).collect()
    }
}
