//! What a table's columns say as wholes, and access to a row's cells by field.

use jiff::civil::{Date, date};
use rayon::prelude::*;

use super::{
    date_column::{DateColumn, DateVotes},
    place::NamedPlace,
    title::read_title,
};
use crate::{
    record::{ColumnUse, Era, FieldKind, RawCell, RawRow, Table, Text},
    rules::Rules,
    text::repair::{ColumnCharset, repair},
};

/// As many rows as a column's encoding is judged by; more would not change the verdict.
pub(super) const CHARSET_SAMPLE: usize = 20_000;

/// Rows whose dates one task counts.
const ROWS_OF_A_TASK: usize = 4096;

/// The day from which the list of 34 provinces is in force.
const NEW_UNITS: Date = date(2025, 7, 1);

/// Columns by meaning, with the verdict of their cells.
#[derive(Debug)]
pub(super) struct Columns {
    /// For each field (in the order of [`FieldKind::ALL`]) its columns, left to right.
    by_kind: Vec<Vec<usize>>,
    charsets: Vec<ColumnCharset>,
    dates: Vec<DateColumn>,
    /// Columns that are carried through as they are.
    pub extras: Vec<usize>,
    /// What the title rows name.
    pub title: NamedPlace,
    /// Which list of units a doubtful name belongs to.
    pub default_era: Era,
}

/// Fields for which a record has no place of its own: carried through with the extras.
const CARRIED: [FieldKind; 5] = [
    FieldKind::SerialNumber,
    FieldKind::Nationality,
    FieldKind::HouseholdHead,
    FieldKind::HomeTown,
    FieldKind::RegistrationPlace,
];

fn is_date(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::BirthDate
            | FieldKind::BirthDateMale
            | FieldKind::BirthDateFemale
            | FieldKind::FatherBirth
            | FieldKind::MotherBirth
    )
}

/// What the cells of a column say about its encoding, or of the order of its dates.
fn verdict(rows: &[&[RawRow]], ix: usize, kind: FieldKind, rules: &Rules) -> (ColumnCharset, DateColumn) {
    let cells = rows.iter().copied().flatten().filter_map(|row| row.cells.get(ix));
    if is_date(kind) {
        return (ColumnCharset::default(), DateColumn::vote(cells, &rules.dates));
    }
    let texts = cells.take(CHARSET_SAMPLE).filter_map(|cell| match cell {
        RawCell::Text(text) => Some(&**text),
        _ => None,
    });
    (ColumnCharset::vote(texts, &rules.text), DateColumn::default())
}

impl Columns {
    pub fn of(table: &Table, rows: &[&[RawRow]], as_of: Date, rules: &Rules) -> Self {
        let mut by_kind = vec![Vec::new(); FieldKind::ALL.len()];
        let mut extras = Vec::new();
        let has_birth_place = table.columns_of(FieldKind::BirthPlace).next().is_some();
        for (ix, column) in table.columns.iter().enumerate() {
            match column.usage {
                ColumnUse::Extra => extras.push(ix),
                ColumnUse::Field(kind) => {
                    by_kind[kind as usize].push(ix);
                    if CARRIED.contains(&kind) && (kind != FieldKind::RegistrationPlace || has_birth_place) {
                        extras.push(ix);
                    }
                }
            }
        }
        // Every column is asked for itself.
        let verdicts: Vec<(ColumnCharset, DateColumn)> = table
            .columns
            .par_iter()
            .enumerate()
            .map(|(ix, column)| match column.usage {
                ColumnUse::Extra => Default::default(),
                ColumnUse::Field(kind) => verdict(rows, ix, kind, rules),
            })
            .collect();
        let (charsets, dates): (Vec<_>, Vec<_>) = verdicts.into_iter().unzip();
        // Title rows stand in the same encoding as the sheet's text columns.
        let charset = by_kind[FieldKind::FullName as usize]
            .first()
            .map_or_else(ColumnCharset::default, |ix: &usize| charsets[*ix]);
        let title: Vec<Text> = table
            .title
            .iter()
            .flat_map(|text| text.lines())
            .map(|line| repair(line, charset, &rules.text).text)
            .collect();
        let title = read_title(title.iter().map(Text::as_str), rules);
        let default_era = if as_of >= NEW_UNITS { Era::From2025 } else { Era::Until2025 };
        Self { by_kind, charsets, dates, extras, title, default_era }
    }

    /// The same columns, their dates in other orders.
    pub fn with_dates(self, dates: Vec<DateColumn>) -> Self {
        Self { dates, ..self }
    }

    /// The order of dates of every column.
    pub fn dates(&self) -> &[DateColumn] {
        &self.dates
    }

    /// What the cells of some rows say of the order of dates, by column.
    pub fn count_dates(&self, rows: &[RawRow]) -> Vec<DateVotes> {
        let none = || vec![DateVotes::default(); self.dates.len()];
        let of_dates = FieldKind::ALL.iter().filter(|kind| is_date(**kind));
        let columns: Vec<usize> = of_dates.flat_map(|kind| self.of_kind(*kind)).copied().collect();
        let count = |rows: &[RawRow]| {
            let mut votes = none();
            for row in rows {
                let cells = columns.iter().filter_map(|ix| Some((*ix, row.cells.get(*ix)?)));
                cells.for_each(|(ix, cell)| votes[ix].add(cell));
            }
            votes
        };
        rows.par_chunks(ROWS_OF_A_TASK).map(count).reduce(none, |mut one, other| {
            one.iter_mut().zip(&other).for_each(|(one, other)| one.merge(other));
            one
        })
    }

    /// Whether the table has a column for the field.
    pub fn has(&self, kind: FieldKind) -> bool {
        !self.by_kind[kind as usize].is_empty()
    }

    /// The columns of a field.
    pub fn of_kind(&self, kind: FieldKind) -> &[usize] {
        &self.by_kind[kind as usize]
    }

    /// The row's cells of a field that are not blank.
    pub fn cells<'a>(&self, row: &'a RawRow, kind: FieldKind) -> impl Iterator<Item = &'a RawCell> {
        self.of_kind(kind).iter().filter_map(|ix| row.cells.get(*ix)).filter(|cell| !cell.is_blank())
    }

    /// The row's first cell of a field that is not blank.
    pub fn cell<'a>(&self, row: &'a RawRow, kind: FieldKind) -> Option<&'a RawCell> {
        self.cells(row, kind).next()
    }

    /// The text of a field, its columns joined by `separator` where it has several; `true` beside
    /// it where more than one of them is filled. `None` for blank, and for spreadsheet errors.
    pub fn text(&self, row: &RawRow, kind: FieldKind, separator: &str) -> Option<(Text, bool)> {
        let mut joined: Option<(Text, bool)> = None;
        for cell in self.cells(row, kind) {
            let text = match cell {
                RawCell::Error(_) => continue,
                cell => cell.display(),
            };
            joined = Some(match joined {
                None => (text, false),
                Some((before, _)) => (format!("{before}{separator}{text}").into(), true),
            });
        }
        joined
    }

    /// The encoding verdict of a field's first column.
    pub fn charset(&self, kind: FieldKind) -> ColumnCharset {
        self.of_kind(kind).first().map_or_else(ColumnCharset::default, |ix| self.charsets[*ix])
    }

    /// The order of dates in a field's first column.
    pub fn date_order(&self, kind: FieldKind) -> DateColumn {
        self.of_kind(kind).first().map_or_else(DateColumn::default, |ix| self.dates[*ix])
    }
}
