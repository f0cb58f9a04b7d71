//! A sheet's data rows → records: first the columns as wholes (encoding, order of dates, title),
//! then row by row.

use std::sync::{Mutex, MutexGuard};

use jiff::civil::Date;
use rayon::prelude::*;

use super::{columns::Columns, row::RowReader};
use crate::{
    outcome::ListKind,
    record::{RawRow, Record, Table},
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
    let idle = Mutex::new(Vec::new());
    let lease = || {
        let reader = idle.lock().ok().and_then(|mut idle: MutexGuard<'_, Vec<_>>| idle.pop());
        Leased {
            idle: &idle,
            reader: Some(reader.unwrap_or_else(|| RowReader::new(table.source, &columns, context, rules))),
        }
    };
    // Each row is freed as its record is made, and each record is made where it stays.
    rows.into_par_iter()
        .with_min_len(SMALLEST_TASK)
        .map_init(lease, |leased, row| leased.read(&row))
        .collect()
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
