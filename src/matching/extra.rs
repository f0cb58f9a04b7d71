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

    /// With the columns of further sheets.
    pub fn extend(&mut self, other: Self) {
        self.columns.extend(other.columns);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matching::{
            profile::Profiles,
            scorer::{Model, Scorer},
        },
        record::{Origin, Table},
        rules::Rules,
    };

    const HEADINGS: [&str; 4] = ["First", "LAST", "Born", "Number"];

    /// Rules that compare the columns of a foreign list by their headings.
    fn rules(last: &str) -> Rules {
        let level = "level = [{ name = \"equal\", m = 0.9 }, { name = \"different\", m = 0.1, u = 0.9 }]";
        let comparison = |field: &str, comparator: &str| {
            let common = "name = \"x\"\nevidence = \"person\"";
            format!("[[comparison]]\n{common}\nfield = {field}\ncomparator = \"{comparator}\"\n{level}\n")
        };
        let model = [
            comparison(&format!("\"extra:first\"\nor_field = \"extra:{last}\""), "text"),
            comparison("\"extra:born\"", "date"),
            comparison("\"extra:number\"", "digits"),
            comparison("\"extra:number\"", "code"),
            "[blocking]\nlimit = 9\npass = [{ keys = [\"extra:first:start\"], refine = [] }]\n".to_owned(),
        ];
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("matching.toml"), model.concat()).unwrap();
        Rules::with_overlay(Some(folder.path())).unwrap()
    }

    fn list(rows: &[[&str; 4]]) -> List {
        let source = SourceIx(0);
        let columns = HEADINGS.iter().enumerate().map(|(position, heading)| Column {
            position,
            heading: (*heading).to_owned(),
            usage: ColumnUse::Extra,
        });
        let table = Table {
            source,
            columns: columns.collect(),
            rows: Vec::new(),
            layout: Vec::new(),
            rejects: Vec::new(),
            title: Vec::new(),
        };
        let record = |cells: &[&str; 4]| {
            let cells = cells.iter().zip(0_u16..).filter(|(cell, _)| !cell.is_empty());
            let extras = cells.map(|(cell, at)| (at, (*cell).into())).collect();
            Record { extras, ..Record::at(Origin { source, row: 1 }) }
        };
        List { tables: vec![table], records: rows.iter().map(record).collect(), ..List::default() }
    }

    #[test]
    fn columns_are_compared_by_their_headings() {
        let rules = rules("Last");
        // The late days of the column say that it writes the month first.
        let list = list(&[
            ["Harriet", "Bramwell", "03/04/1962", "0447-190"],
            ["bramwell", "harriet", "1962-03-04", "447199"],
            ["Oscar", "Delacourt", "12/31/1981", ""],
            ["Osacr", "Delacourt", "12/31/81", "447190"],
            ["", "Oscar", "07/14/1981", "0447 190"],
        ]);
        let model = Model::new(&rules.matching);
        let profiles = Profiles::new(&list, None, &model.specs, jiff::civil::date(2026, 11, 1), &rules);
        let scorer = Scorer { model: &model, profiles: &profiles };
        let level = |comparison: usize, a: usize, b: usize| {
            let rows = &profiles.children;
            let found = scorer.find(comparison, rows.row(a), rows.row(b))?;
            Some(model.comparisons[comparison].comparator.levels()[usize::from(found.level)])
        };
        let [first, born, digits, code] = [0, 1, 2, 3];
        assert_eq!(level(first, 0, 1), Some("crossed"));
        assert_eq!(level(first, 2, 3), Some("close"));
        assert_eq!(level(first, 0, 2), Some("different"));
        assert_eq!((level(first, 2, 4), level(first, 4, 2)), (Some("crossed"), Some("crossed")));
        assert_eq!(level(first, 0, 4), None, "missing, and not in the other column");
        assert_eq!(level(born, 0, 1), Some("equal"));
        assert_eq!(level(born, 2, 3), None, "nobody knows the century");
        assert_eq!(level(born, 2, 4), Some("same_year"));
        assert_eq!(level(digits, 0, 1), Some("one_off"));
        assert_eq!(level(digits, 0, 3), Some("equal"));
        assert_eq!((level(code, 0, 3), level(code, 0, 4)), (Some("different"), Some("equal")));
    }

    #[test]
    fn a_column_that_no_list_has_is_refused() {
        let list = list(&[]);
        assert_eq!(require_columns(&[&list], &rules("Last").matching), Ok(()));
        let missing = require_columns(&[&list], &rules("Lost").matching).unwrap_err();
        assert_eq!((missing.heading.as_str(), missing.seen), ("Lost", HEADINGS.map(str::to_owned).to_vec()));
    }
}
