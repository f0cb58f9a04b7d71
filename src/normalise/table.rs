//! A sheet's data rows → records: first the columns as wholes (encoding, order of dates, title),
//! then row by row; a sheet may come in parts.

use std::sync::{Mutex, MutexGuard};

use jiff::civil::Date;
use rayon::prelude::*;

use super::{
    columns::{CHARSET_SAMPLE, Columns},
    date_column::{DateColumn, DateVotes},
    row::RowReader,
};
use crate::{
    outcome::ListKind,
    record::{RawRow, Record, SourceIx, Table},
    rules::Rules,
};

/// Rows that one task reads at least: enough that the task's look-up memory pays, few enough that
/// a ward keeps every core busy.
const SMALLEST_TASK: usize = 256;

/// What normalising needs to know beside the table.
#[derive(Debug, Clone, Copy)]
pub struct NormaliseContext {
    /// The day of the run.
    pub as_of: Date,
    /// Children or register.
    pub list: ListKind,
}

/// Reads the data rows of a table into records, in their order, and takes them out of the table:
/// columns, layout rows and rejects stay. Identifiers are given later, over the whole list
/// ([`super::assign_record_ids`]).
pub fn normalise_table(table: &mut Table, context: &NormaliseContext, rules: &Rules) -> Vec<Record> {
    let rows = std::mem::take(&mut table.rows);
    let columns = Columns::of(table, &[&rows], context.as_of, rules);
    Readers::new(table.source, &columns, context, rules).read(rows)
}

/// What the columns of a table say as wholes, where the table comes in parts.
pub struct TableColumns {
    columns: Columns,
    votes: Vec<DateVotes>,
}

impl TableColumns {
    /// So many of the first rows are asked.
    pub const SAMPLE: usize = CHARSET_SAMPLE;

    /// Asks the first parts, of [`Self::SAMPLE`] rows or more if there are so many. Only dates are asked
    /// of all rows of a table: `dates` is what they said.
    pub fn of(
        (first, more): (&Table, &[Table]),
        dates: Option<Vec<DateColumn>>,
        as_of: Date,
        rules: &Rules,
    ) -> Self {
        let parts = std::iter::once(first).chain(more);
        let rows: Vec<&[RawRow]> = parts.map(|part| &part.rows[..]).collect();
        let columns = Columns::of(first, &rows, as_of, rules);
        let columns = match dates {
            Some(dates) => columns.with_dates(dates),
            None => columns,
        };
        Self { columns, votes: Vec::new() }
    }

    /// Reads rows of the table.
    pub fn readers<'t>(
        &'t mut self,
        source: SourceIx,
        context: &'t NormaliseContext,
        rules: &'t Rules,
    ) -> PartReaders<'t> {
        let readers = Readers::new(source, &self.columns, context, rules);
        PartReaders { readers, votes: &mut self.votes }
    }

    /// What the dates of all rows said, where that is something else than was taken for granted.
    pub fn other_dates(&self, rules: &Rules) -> Option<Vec<DateColumn>> {
        let mut said: Vec<DateColumn> = self.votes.iter().map(|votes| votes.verdict(&rules.dates)).collect();
        said.resize(self.columns.dates().len(), DateColumn::default());
        (said != self.columns.dates()).then_some(said)
    }
}

/// Reads the rows of a table part by part.
pub struct PartReaders<'t> {
    readers: Readers<'t>,
    votes: &'t mut Vec<DateVotes>,
}

impl PartReaders<'_> {
    /// The records of a part's rows.
    pub fn read(&mut self, rows: Vec<RawRow>) -> Vec<Record> {
        let votes = self.readers.columns.count_dates(&rows);
        self.votes.resize(votes.len(), DateVotes::default());
        self.votes.iter_mut().zip(&votes).for_each(|(all, votes)| all.merge(votes));
        self.readers.read(rows)
    }
}

/// Readers of a table's rows.
struct Readers<'t> {
    source: SourceIx,
    columns: &'t Columns,
    context: &'t NormaliseContext,
    rules: &'t Rules,
    idle: Mutex<Vec<RowReader<'t>>>,
}

impl<'t> Readers<'t> {
    fn new(source: SourceIx, columns: &'t Columns, context: &'t NormaliseContext, rules: &'t Rules) -> Self {
        Self { source, columns, context, rules, idle: Mutex::new(Vec::new()) }
    }

    fn lease(&self) -> Leased<'_, 't> {
        let reader = self.idle.lock().ok().and_then(|mut idle: MutexGuard<'_, Vec<_>>| idle.pop());
        let new = || RowReader::new(self.source, self.columns, self.context, self.rules);
        Leased { idle: &self.idle, reader: Some(reader.unwrap_or_else(new)) }
    }

    fn read(&self, rows: Vec<RawRow>) -> Vec<Record> {
        // Each row is freed as its record is made, and each record is made where it stays.
        rows.into_par_iter()
            .with_min_len(SMALLEST_TASK)
            .map_init(|| self.lease(), |leased, row| leased.read(&row))
            .collect()
    }
}

/// A reader on loan: what one task has looked up, the next need not.
struct Leased<'p, 't> {
    idle: &'p Mutex<Vec<RowReader<'t>>>,
    reader: Option<RowReader<'t>>,
}

impl Leased<'_, '_> {
    fn read(&mut self, row: &RawRow) -> Record {
        self.reader.as_mut().expect("a reader is given back only at the end").read(row)
    }
}

impl Drop for Leased<'_, '_> {
    fn drop(&mut self) {
        if let (Ok(mut idle), Some(reader)) = (self.idle.lock(), self.reader.take()) {
            idle.push(reader);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Column, ColumnUse, FieldKind, RawCell};

    fn table(dates: &[&str]) -> Table {
        let column = |position, usage| Column { position, heading: String::new(), usage };
        let row = |(row, date): (u32, &&str)| RawRow {
            row,
            cells: vec![RawCell::text("Nguyễn Thị Mây"), RawCell::text(date)],
            group: None,
        };
        let usages = [FieldKind::FullName, FieldKind::BirthDate].map(ColumnUse::Field);
        Table {
            source: SourceIx(0),
            columns: (0..).zip(usages).map(|(position, usage)| column(position, usage)).collect(),
            rows: (2..).zip(dates).map(row).collect(),
            layout: Vec::new(),
            rejects: Vec::new(),
            title: Vec::new(),
        }
    }

    #[test]
    fn parts_are_read_as_the_whole_once_all_rows_were_asked_for_their_dates() {
        let rules = Rules::built_in().unwrap();
        let as_of = jiff::civil::date(2026, 11, 1);
        let context = NormaliseContext { as_of, list: ListKind::Register };
        // Only what comes last shows that the month stands first.
        let dates = [
            "03/04/2018",
            "05/06/2019",
            "03/25/2018",
            "12/31/2017",
            "07/14/2019",
            "05/23/2018",
            "01/19/2016",
        ];
        let whole = normalise_table(&mut table(&dates), &context, &rules);
        assert_eq!(whole[0].birth.get().and_then(|birth| birth.month()), Some(3));
        let read = |known: Option<Vec<DateColumn>>| {
            let parts = [table(&dates[..2]), table(&dates[2..])];
            let mut columns = TableColumns::of((&parts[0], &[]), known, as_of, &rules);
            let mut readers = columns.readers(SourceIx(0), &context, &rules);
            let births = parts.map(|part| readers.read(part.rows)).concat();
            (
                births.iter().map(|record| record.birth.clone()).collect::<Vec<_>>(),
                columns.other_dates(&rules),
            )
        };
        let (_, other) = read(None);
        let (births, other) = read(Some(other.expect("the first rows say something else")));
        assert_eq!(births, whole.iter().map(|record| record.birth.clone()).collect::<Vec<_>>());
        assert_eq!(other, None);
    }
}
