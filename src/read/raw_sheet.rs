//! A sheet before anybody has understood it: rows of cells with their row numbers.

use super::ReadError;
use crate::{
    record::{RawCell, RejectReason},
    rules::{ReaderLimits, Rules},
    text::repair::ColumnCharset,
};

/// Cells merged into one, all positions from 0 and inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) top: u32,
    pub(super) left: usize,
    pub(super) bottom: u32,
    pub(super) right: usize,
}

/// A row that is not blank.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetRow {
    /// The number a person sees, from 1.
    pub(super) number: u32,
    /// The cells up to the last one the file holds.
    pub(super) cells: Vec<RawCell>,
    /// Set where the row cannot be used, whatever it holds.
    pub(super) fault: Option<RejectReason>,
}

/// Cells a file may still fill. A few bytes can ask for a cell far to the right or for a thousand
/// merged ones: memory is given for what the limits allow and no more.
#[derive(Debug, Default)]
pub(super) struct Room {
    cells: usize,
}

/// A file fills more cells than the limit.
#[derive(Debug)]
pub(super) struct TooManyCells;

impl Room {
    /// Room for so many cells.
    pub(super) fn new(cells: usize) -> Self {
        Self { cells }
    }

    /// Takes some of it.
    pub(super) fn take(&mut self, cells: usize) -> Result<(), TooManyCells> {
        self.cells = self.cells.checked_sub(cells).ok_or(TooManyCells)?;
        Ok(())
    }
}

/// One sheet of a file.
#[derive(Debug, Default)]
pub(super) struct RawSheet {
    /// The sheet's name; empty for text files.
    pub(super) name: String,
    /// Rows with content, top to bottom.
    pub(super) rows: Vec<SheetRow>,
    /// Numbers of blank rows above the last row with content.
    pub(super) blank: Vec<u32>,
    /// Merged cells, where the file says.
    pub(super) merged: Vec<Region>,
    /// True where a cell outside the header's columns can only come from a stray separator.
    pub(super) delimited: bool,
    /// What the cells at the top say about the encoding: headings and layout lines are too short
    /// to say it themselves.
    pub(super) charset: ColumnCharset,
}

/// Cells that are asked for the sheet's encoding.
const VOTERS: usize = 120;

impl RawSheet {
    /// A sheet of a workbook; rows follow through [`RawSheet::push`].
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Adds a row; blank ones are dropped and counted by the gap they leave (see
    /// [`RawSheet::fill_gaps`]).
    pub(super) fn push(&mut self, number: u32, cells: Vec<RawCell>) {
        if !cells.iter().all(RawCell::is_blank) {
            self.rows.push(SheetRow { number, cells, fault: None });
        }
    }

    /// Lists every row number above the last row with content that no row has: in a workbook
    /// those rows are blank. Formatted rows below the last content are no rows of the list.
    pub(super) fn fill_gaps(&mut self) {
        let mut next = 1;
        for row in &self.rows {
            self.blank.extend(next..row.number);
            next = row.number + 1;
        }
    }

    /// Refuses a sheet of which a row at the top has more columns than the limit.
    pub(super) fn check_width(&self, file: &str, limits: &ReaderLimits) -> Result<(), ReadError> {
        let limit = limits.columns;
        match self.rows.iter().take(limits.header_rows).find(|row| row.cells.len() > limit) {
            Some(row) => Err(ReadError::TooManyColumns { file: file.to_owned(), row: row.number, limit }),
            None => Ok(()),
        }
    }

    /// Lets the first cells vote on the encoding.
    pub(super) fn vote_charset(&mut self, rules: &Rules) {
        let cells = self.rows.iter().take(rules.columns.limits.header_rows).flat_map(|row| &row.cells);
        let voters = cells.filter_map(|cell| match cell {
            RawCell::Text(text) if !text.is_ascii() && text.len() <= 240 => Some(text.as_ref()),
            _ => None,
        });
        self.charset = ColumnCharset::vote(voters.take(VOTERS), &rules.text);
    }

    /// Rows of the sheet, blank ones included.
    pub(super) fn row_count(&self) -> u64 {
        (self.rows.len() + self.blank.len()) as u64
    }
}

/// The cells as one line for `rejects.csv`, cut after `limit` characters.
pub(super) fn row_text(cells: &[RawCell], limit: usize) -> String {
    let used = cells.len() - cells.iter().rev().take_while(|cell| cell.is_blank()).count();
    let mut text = String::new();
    let mut left = limit;
    for (ix, cell) in cells[..used].iter().enumerate() {
        if left == 0 {
            text.push('…');
            break;
        }
        if ix > 0 {
            text.push_str(" | ");
        }
        let shown = cell.display();
        match shown.char_indices().nth(left) {
            Some((end, _)) => {
                text.push_str(&shown[..end]);
                left = 0;
                if ix + 1 == used {
                    text.push('…');
                }
            }
            None => {
                text.push_str(&shown);
                left -= shown.chars().count();
            }
        }
    }
    text
}

/// The letters of a column as a spreadsheet shows them: 0 → A, 26 → AA.
pub(crate) fn column_letters(position: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = position + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).expect("below 26")));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The position of a column named by its letters (`a`, `AB`); `None` for anything else or beyond
/// the 16,384 columns of a sheet.
pub(super) fn column_position(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let number = letters.bytes().try_fold(0_usize, |sum, byte| {
        byte.is_ascii_alphabetic().then(|| sum * 26 + usize::from(byte.to_ascii_uppercase() - b'A') + 1)
    })?;
    (number <= 16_384).then(|| number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_positions_are_inverse() {
        for position in [0, 25, 26, 51, 701, 702, 16_383] {
            assert_eq!(column_position(&column_letters(position)), Some(position));
        }
        assert_eq!(column_letters(28), "AC");
        assert_eq!(column_position("XFE"), None);
        assert_eq!(column_position("A1"), None);
    }

    #[test]
    fn row_text_is_cut_and_says_so() {
        let cells = [RawCell::text("Nguyễn"), RawCell::Empty, RawCell::Number(7.0), RawCell::Empty];
        assert_eq!(row_text(&cells, 100), "Nguyễn |  | 7");
        assert_eq!(row_text(&cells, 3), "Ngu…");
        assert_eq!(row_text(&[RawCell::text("Nguyễn")], 3), "Ngu…");
    }
}
