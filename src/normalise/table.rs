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

/// Rows that one task reads in a go: large enough that the task's look-up memory pays.
const CHUNK: usize = 2048;

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
    rows.par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            let mut reader = RowReader::new(table.source, &columns, context, rules);
            chunk.iter().map(move |row| reader.read(row))
        })
        .collect()
}
