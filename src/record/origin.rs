//! Where a value stood: every message to a person names file, sheet and row.

use std::fmt;

/// Index of a sheet among all sheets read in one run, in input order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceIx(pub u16);

/// A row of an input sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The sheet.
    pub source: SourceIx,
    /// The row as the spreadsheet program numbers it, from 1; for text files the line.
    pub row: u32,
}

/// One sheet of one input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSheet {
    /// The file's name without its folder: what `source_file` shows.
    pub file: String,
    /// The sheet's name; empty for text files.
    pub sheet: String,
}

/// All sheets read in one run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    sheets: Vec<SourceSheet>,
}

impl Sources {
    /// Adds a sheet and returns its index.
    pub fn push(&mut self, sheet: SourceSheet) -> SourceIx {
        let ix = u16::try_from(self.sheets.len()).expect("the reader refuses more than 65,535 sheets");
        self.sheets.push(sheet);
        SourceIx(ix)
    }

    /// The sheet behind an index that came from [`Sources::push`].
    pub fn get(&self, ix: SourceIx) -> &SourceSheet {
        &self.sheets[usize::from(ix.0)]
    }

    /// Every sheet, in input order.
    pub fn iter(&self) -> impl Iterator<Item = &SourceSheet> {
        self.sheets.iter()
    }

    /// `FILE#SHEET!ROW`, the record identifier of last resort.
    pub fn locate(&self, origin: Origin) -> String {
        let sheet = self.get(origin.source);
        format!("{}#{}!{}", sheet.file, sheet.sheet, origin.row)
    }
}

impl fmt::Display for SourceSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet.is_empty() {
            write!(f, "{}", self.file)
        } else {
            write!(f, "{} [{}]", self.file, self.sheet)
        }
    }
}
