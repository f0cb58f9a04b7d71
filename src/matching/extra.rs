//! Columns of no known meaning, which the rules may compare by their headings (`extra:HEADING`).

use rustc_hash::FxHashMap;

use super::profile::{FieldSpec, SlotKind};
use crate::{
    normalise::{DateColumn, read_any_date},
    outcome::List,
    record::{Column, ColumnUse, PartialDate, RawCell, Record, SourceIx},
    rules::{DateRules, MatchField, MatchingRules},
};

/// Where each list's sheets have the columns that a model compares.
pub struct ExtraColumns<'a> {
    rules: &'a DateRules,
    /// By sheet and position of the field among the model's.
    columns: FxHashMap<(SourceIx, usize), ExtraColumn>,
}

#[derive(Clone, Copy)]
struct ExtraColumn {
    /// Among the table's columns.
    position: u16,
    /// How it writes dates; asked of columns that are compared as dates.
    dates: DateColumn,
}

impl<'a> ExtraColumns<'a> {
    /// Finds the columns of the fields on every sheet of a list.
    pub fn of(list: &List, specs: &[FieldSpec], rules: &'a DateRules) -> Self {
        let mut columns = FxHashMap::default();
        for (at, spec) in specs.iter().enumerate() {
            let MatchField::Extra(heading) = &spec.field else { continue };
            for table in &list.tables {
                let found = table.columns.iter().position(|column| is_extra(column, heading));
                let Some(position) = found.and_then(|found| u16::try_from(found).ok()) else { continue };
                let dates = match spec.kind {
                    SlotKind::Date => vote(list, table.source, position, rules),
                    _ => DateColumn::default(),
                };
                columns.insert((table.source, at), ExtraColumn { position, dates });
            }
        }
        Self { rules, columns }
    }

    /// What stands in a record's cell for the field at a position among the model's.
    pub fn text<'r>(&self, record: &'r Record, at: usize) -> Option<&'r str> {
        cell(record, self.columns.get(&(record.origin.source, at))?.position)
    }

    /// The same as a date.
    pub fn date(&self, record: &Record, at: usize) -> Option<PartialDate> {
        let column = self.columns.get(&(record.origin.source, at))?;
        read_any_date(cell(record, column.position)?, column.dates, self.rules)
    }
}

fn vote(list: &List, source: SourceIx, position: u16, rules: &DateRules) -> DateColumn {
    let records = list.records.iter().filter(|record| record.origin.source == source);
    let cells: Vec<RawCell> =
        records.filter_map(|record| cell(record, position)).map(RawCell::text).collect();
    DateColumn::vote(&cells, rules)
}

fn cell(record: &Record, position: u16) -> Option<&str> {
    record.extras.iter().find(|(at, _)| *at == position).map(|(_, text)| &**text)
}

fn is_extra(column: &Column, heading: &str) -> bool {
    column.usage == ColumnUse::Extra && column.heading.to_lowercase() == heading.to_lowercase()
}

/// A column that the rules compare and no list has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no list has a column {heading:?} that is carried through; there are: {}", seen.join(", "))]
pub struct MissingColumn {
    /// Its heading, as the rules name it.
    pub heading: String,
    /// The headings of the columns that are carried through.
    pub seen: Vec<String>,
}

/// Refuses rules that name a column which none of the lists has: it would never be compared, and
/// nobody would know.
pub fn require_columns(lists: &[&List], rules: &MatchingRules) -> Result<(), MissingColumn> {
    let columns = || lists.iter().flat_map(|list| &list.tables).flat_map(|table| &table.columns);
    let missing = rules.fields().find_map(|field| match field {
        MatchField::Extra(heading) if !columns().any(|column| is_extra(column, heading)) => Some(heading),
        _ => None,
    });
    let Some(heading) = missing else { return Ok(()) };
    let mut seen: Vec<String> = Vec::new();
    for column in columns().filter(|column| column.usage == ColumnUse::Extra) {
        if !seen.contains(&column.heading) {
            seen.push(column.heading.clone());
        }
    }
    Err(MissingColumn { heading: heading.to_string(), seen })
}
