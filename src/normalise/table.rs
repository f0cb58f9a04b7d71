//! A sheet's data rows → records: first the columns as wholes (encoding, order of dates, title),
//! then row by row.

use jiff::civil::Date;
use rayon::prelude::*;

use super::{columns::Columns, row::RowReader};
use crate::{
    outcome::ListKind,
    record::{Record, Table},
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
    let columns = Columns::of(table, &rows, context.as_of, rules);
    // Each row is freed as its record is made, and each record is made where it stays.
    rows.into_par_iter()
        .with_min_len(SMALLEST_TASK)
        .map_init(|| RowReader::new(table.source, &columns, context, rules), |reader, row| reader.read(&row))
        .collect()
}
