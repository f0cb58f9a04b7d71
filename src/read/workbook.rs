//! Workbooks: `.xlsx` as a stream of cells (a sheet of a million formatted blank rows costs its
//! XML, never a dense table), `.xls` whole, as its format allows no more than 65,536 rows.

use std::io::Cursor;

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader, SheetType, Xls, XlsError, Xlsx, XlsxError};
use jiff::civil::Date;

use super::{
    ReadError, archive, compound,
    raw_sheet::{RawSheet, Region, Room},
};
use crate::{record::RawCell, rules::ReaderLimits};

/// Rows of a sheet (Excel's own limit).
const ROWS: u32 = 1_048_576;

/// Reads every worksheet of an `.xlsx`.
pub(super) fn read_xlsx(file: &str, bytes: &[u8], limits: &ReaderLimits) -> Result<Vec<RawSheet>, ReadError> {
    let safe = archive::check(bytes, limits.unpacked_bytes, limits.archive_parts)
        .and_then(|()| archive::check_announced_texts(bytes, limits.cells));
    safe.map_err(|reason| match reason {
        archive::Unsafe::Damaged(detail) => ReadError::Damaged { file: file.to_owned(), detail },
        archive::Unsafe::TooLarge | archive::Unsafe::TooManyParts => {
            ReadError::TooLarge { file: file.to_owned(), limit: limits.unpacked_bytes }
        }
    })?;
    let damaged = |error: XlsxError| match error {
        XlsxError::Password => ReadError::PasswordProtected { file: file.to_owned() },
        other => ReadError::Damaged { file: file.to_owned(), detail: other.to_string() },
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let names: Vec<String> = worksheet_names(workbook.sheets_metadata());
    let mut sheets = Vec::with_capacity(names.len());
    let mut room = Room::new(limits.cells);
    for name in &names {
        let mut sheet =
            read_cells(&mut workbook, name, limits, &mut room).map_err(|trouble| match trouble {
                Trouble::Damaged(detail) => {
                    ReadError::Damaged { file: file.to_owned(), detail: format!("{name}: {detail}") }
                }
                Trouble::TooWide { row } => {
                    ReadError::TooManyColumns { file: file.to_owned(), row, limit: limits.columns }
                }
                Trouble::TooManyCells => {
                    ReadError::TooManyCells { file: file.to_owned(), limit: limits.cells }
                }
            })?;
        if has_gaps_near_top(&sheet, limits) {
            // Merged cells are listed behind the rows: finding them is a second pass.
            let merged = workbook.merge_cells_by_sheet_name(name).unwrap_or_default();
            sheet.merged = merged.iter().map(region).collect();
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Why a sheet is not read.
enum Trouble {
    Damaged(String),
    TooWide { row: u32 },
    TooManyCells,
}

impl From<XlsxError> for Trouble {
    fn from(error: XlsxError) -> Self {
        Self::Damaged(error.to_string())
    }
}

fn read_cells(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    limits: &ReaderLimits,
    room: &mut Room,
) -> Result<RawSheet, Trouble> {
    let mut reader = workbook.worksheet_cells_reader(name)?;
    let mut sheet = RawSheet::named(name);
    let mut row = 0;
    let mut cells: Vec<RawCell> = Vec::new();
    while let Some(cell) = reader.next_cell()? {
        let (at_row, at_column) = cell.get_position();
        if at_row >= ROWS {
            return Err(Trouble::Damaged(format!("{at_row} > {ROWS}")));
        }
        if at_row != row {
            let width = cells.len();
            sheet.push(row + 1, std::mem::replace(&mut cells, Vec::with_capacity(width)));
            row = at_row;
        }
        let value = streamed_cell(cell);
        if value != RawCell::Empty {
            let at = at_column as usize;
            if at >= limits.columns {
                return Err(Trouble::TooWide { row: at_row + 1 });
            }
            if cells.len() <= at {
                room.take(at + 1 - cells.len()).map_err(|_| Trouble::TooManyCells)?;
                cells.resize(at + 1, RawCell::Empty);
            }
            cells[at] = value;
        }
    }
    sheet.push(row + 1, cells);
    // Files written by other programs need not keep their rows in order.
    if !sheet.rows.is_sorted_by_key(|row| row.number) {
        sheet.rows.sort_by_key(|row| row.number);
    }
    sheet.fill_gaps();
    Ok(sheet)
}

/// Reads every worksheet of an `.xls`.
pub(super) fn read_xls(file: &str, bytes: &[u8], limits: &ReaderLimits) -> Result<Vec<RawSheet>, ReadError> {
    let damaged = |error: XlsError| match error {
        XlsError::Password => ReadError::PasswordProtected { file: file.to_owned() },
        other => ReadError::Damaged { file: file.to_owned(), detail: other.to_string() },
    };
    compound::check(bytes).map_err(|compound::Endless| ReadError::Damaged {
        file: file.to_owned(),
        detail: "a chain of sectors has no end".to_owned(),
    })?;
    let mut workbook: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(damaged)?;
    let names: Vec<String> = worksheet_names(workbook.sheets_metadata());
    let mut sheets = Vec::with_capacity(names.len());
    for name in &names {
        let range = workbook.worksheet_range(name).map_err(damaged)?;
        let mut sheet = RawSheet::named(name);
        let (top, left) = range.start().unwrap_or_default();
        for (ix, row) in (top + 1..).zip(range.rows()) {
            let used = row.len() - row.iter().rev().take_while(|cell| **cell == Data::Empty).count();
            if used > 0 {
                let before = std::iter::repeat_n(RawCell::Empty, left as usize);
                sheet.push(ix, before.chain(row[..used].iter().map(stored_cell)).collect());
            }
        }
        sheet.fill_gaps();
        if has_gaps_near_top(&sheet, limits) {
            let merged = workbook.merge_cells_by_sheet_name(name).unwrap_or_default();
            sheet.merged = merged.iter().map(region).collect();
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn worksheet_names(sheets: &[calamine::Sheet]) -> Vec<String> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect()
}

/// Merged cells leave blanks beside or below them. Where every row at the top is as wide as the
/// next there are none, and a long plain list is not parsed twice for them.
fn has_gaps_near_top(sheet: &RawSheet, limits: &ReaderLimits) -> bool {
    let top = &sheet.rows[..sheet.rows.len().min(limits.header_rows)];
    let Some(first) = top.first() else { return false };
    let full = first.number == 1 && first.cells.iter().all(|cell| !cell.is_blank());
    let second = top.get(1).is_some_and(|row| row.number == 2 && row.cells.len() * 2 > first.cells.len());
    !(full && second && first.cells.len() > 1)
}

fn region(dimensions: &Dimensions) -> Region {
    Region {
        top: dimensions.start.0,
        left: dimensions.start.1 as usize,
        bottom: dimensions.end.0,
        right: dimensions.end.1 as usize,
    }
}

fn streamed_cell(cell: calamine::Cell<DataRef<'_>>) -> RawCell {
    match cell.get_value() {
        DataRef::Empty => RawCell::Empty,
        DataRef::String(text) => RawCell::text(text),
        DataRef::SharedString(text) => RawCell::text(text),
        DataRef::Float(number) => RawCell::Number(*number),
        DataRef::Int(number) => RawCell::Number(*number as f64),
        DataRef::Bool(truth) => RawCell::Bool(*truth),
        DataRef::DateTime(date) => date_cell(date),
        DataRef::DateTimeIso(text) => iso_cell(text),
        DataRef::DurationIso(text) => RawCell::text(text),
        DataRef::Error(error) => RawCell::Error(error.to_string().into()),
    }
}

fn stored_cell(cell: &Data) -> RawCell {
    match cell {
        Data::Empty => RawCell::Empty,
        Data::String(text) | Data::DurationIso(text) => RawCell::text(text),
        Data::Float(number) => RawCell::Number(*number),
        Data::Int(number) => RawCell::Number(*number as f64),
        Data::Bool(truth) => RawCell::Bool(*truth),
        Data::DateTime(date) => date_cell(date),
        Data::DateTimeIso(text) => iso_cell(text),
        Data::Error(error) => RawCell::Error(error.to_string().into()),
    }
}

/// A cell with a date format. Durations, times of day and numbers outside the calendar stay
/// numbers: a date format on a wrong number must not turn it into some date.
fn date_cell(cell: &ExcelDateTime) -> RawCell {
    let serial = cell.as_f64();
    if !cell.is_datetime() || !(1.0..2_958_466.0).contains(&serial) {
        return RawCell::Number(serial);
    }
    let (year, month, day, ..) = cell.to_ymd_hms_milli();
    let date = match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    date.map_or(RawCell::Number(serial), RawCell::Date)
}

fn iso_cell(text: &str) -> RawCell {
    let date = text.get(..10).and_then(|date| date.parse::<Date>().ok());
    date.map_or_else(|| RawCell::text(text), RawCell::Date)
}
