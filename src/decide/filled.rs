//! A sheet of a workbook that a run wrote, as it comes back: its header found again by the
//! headings of the form, in either language, wherever rows or columns were put in.

use super::{
    fate::{Place, Source},
    read::DecisionsError,
};
use crate::{
    read::{CellSheet, column_letters},
    record::RawCell,
    rules::FormColumn,
    text::fold,
};

/// Rows at the top in which a header is looked for.
const HEADER_ROWS: usize = 40;

/// A sheet whose columns are known.
pub(super) struct Filled<'a> {
    sheet: &'a CellSheet,
    file: &'a str,
    header: usize,
    /// By the form's columns: position in the sheet.
    positions: Vec<Option<usize>>,
}

/// A row of it.
pub(super) struct FilledRow<'s> {
    number: u32,
    cells: &'s [RawCell],
}

impl<'a> Filled<'a> {
    /// Finds a form's header in a sheet: the row that has most of its headings, at least half.
    pub fn find<K>(sheet: &'a CellSheet, file: &'a str, columns: &[FormColumn<K>]) -> Option<Self> {
        let headings: Vec<[String; 2]> =
            columns.iter().map(|column| [fold::plain(&column.vi), fold::plain(&column.en)]).collect();
        let found = sheet.rows.iter().take(HEADER_ROWS).enumerate().map(|(at, (_, cells))| {
            let cells: Vec<String> = cells.iter().map(|cell| fold::plain(&cell.display())).collect();
            let positions: Vec<Option<usize>> = headings
                .iter()
                .map(|heading| cells.iter().position(|cell| !cell.is_empty() && heading.contains(cell)))
                .collect();
            (at, positions)
        });
        let (header, positions) = found
            .max_by_key(|(_, positions)| positions.iter().flatten().count())
            .filter(|(_, positions)| positions.iter().flatten().count() * 2 >= headings.len())?;
        Some(Self { sheet, file, header, positions })
    }

    /// Where a column of the form stands.
    pub fn position<K: PartialEq>(&self, columns: &[FormColumn<K>], key: &K) -> Option<usize> {
        let at = columns.iter().position(|column| column.key == *key)?;
        self.positions[at]
    }

    /// The key column, without which no row can be recognised.
    pub fn key_position<K: PartialEq>(
        &self,
        columns: &[FormColumn<K>],
        key: &K,
    ) -> Result<usize, DecisionsError> {
        self.position(columns, key).ok_or_else(|| DecisionsError::NoKeyColumn {
            file: self.file.to_owned(),
            sheet: self.sheet.name.clone(),
        })
    }

    /// The rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = FilledRow<'a>> {
        self.sheet.rows[self.header + 1..].iter().map(|(number, cells)| FilledRow { number: *number, cells })
    }

    /// A cell by its place.
    pub fn source(&self, row: &FilledRow<'_>, position: usize) -> Source {
        let cell = format!("{}{}", column_letters(position), row.number);
        Source { file: self.file.to_owned(), place: Place::Cell { sheet: self.sheet.name.clone(), cell } }
    }
}

impl FilledRow<'_> {
    /// The text of a cell, trimmed; empty for none.
    pub fn text(&self, position: usize) -> String {
        self.cells.get(position).map_or_else(String::new, |cell| cell.display().trim().to_owned())
    }

    /// A cell, where it is not blank.
    pub fn cell(&self, position: usize) -> Option<&RawCell> {
        self.cells.get(position).filter(|cell| !cell.is_blank())
    }
}
