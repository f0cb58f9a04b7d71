//! From a raw sheet and its header to a [`Table`]: every row becomes data, layout or a reject.

use std::sync::Arc;

use rayon::prelude::*;

use super::{
    header::Header,
    mapping::SheetMapping,
    raw_sheet::{RawSheet, SheetRow, column_letters, row_text},
    row_class::{RowClass, RowJudge},
};
use crate::{
    record::{
        Column, ColumnUse, FieldKind, LayoutKind, LayoutRow, RawCell, RawRow, Reject, RejectReason, SourceIx,
        Table, Text,
    },
    rules::Rules,
    text::{
        fold,
        repair::{ColumnCharset, repair},
    },
};

/// Makes the table of a sheet. `columns` are the header's columns with their uses.
pub(super) fn table(
    sheet: RawSheet,
    header: &Header,
    columns: Vec<Column>,
    mapping: Option<&SheetMapping>,
    source: SourceIx,
    rules: &Rules,
) -> Table {
    let mut parts = Parts::new((sheet.delimited, sheet.charset), header, columns, mapping, source, rules);
    parts.blank(&sheet.blank);
    parts.take(sheet.rows, true);
    let mut table = parts.builder.table;
    table.layout.sort_by_key(|layout| layout.row);
    settle_names_by_data(&mut table, header);
    finish_columns(&mut table, mapping);
    table
}

/// A table on its way: the rows of its sheet come in one or more parts.
pub(super) struct Parts<'a> {
    builder: Builder,
    /// Judges rows, unless all rows below the header are data.
    judge: Option<RowJudge<'a>>,
    header: Header,
    /// Rows taken so far.
    taken: usize,
    in_footer: bool,
    rules: &'a Rules,
}

impl<'a> Parts<'a> {
    /// None taken yet. Of the sheet: whether it is separated text, and what its encoding is.
    pub(super) fn new(
        (delimited, charset): (bool, ColumnCharset),
        header: &Header,
        columns: Vec<Column>,
        mapping: Option<&SheetMapping>,
        source: SourceIx,
        rules: &'a Rules,
    ) -> Self {
        let bare = mapping.is_some_and(|mapping| mapping.bare_table);
        let judge = (!bare).then(|| judge(charset, header, &columns, mapping, rules));
        let builder = Builder {
            table: Table {
                source,
                columns,
                rows: Vec::new(),
                layout: Vec::new(),
                rejects: Vec::new(),
                title: Vec::new(),
            },
            width: header.columns.len(),
            delimited,
            group: None,
            charset,
            reject_characters: rules.columns.limits.reject_characters,
        };
        Self { builder, judge, header: header.clone(), taken: 0, in_footer: false, rules }
    }

    /// Blank rows, by their numbers.
    pub(super) fn blank(&mut self, rows: &[u32]) {
        let blank = rows.iter().map(|row| LayoutRow { row: *row, kind: LayoutKind::Blank });
        self.builder.table.layout.extend(blank);
    }

    /// Takes rows, in order. What the rows behind the last one with data are depends on whether data
    /// follow: they are given back, to be taken again with what follows, unless `last` says that
    /// nothing does.
    pub(super) fn take(&mut self, mut rows: Vec<SheetRow>, last: bool) -> Vec<SheetRow> {
        let above = self.header.rows.end.saturating_sub(self.taken).min(rows.len());
        let mut below = rows.split_off(above);
        for row in rows {
            if self.taken < self.header.rows.start {
                self.builder.title(row, self.rules);
            } else {
                self.builder.layout(row.number, LayoutKind::Header);
            }
            self.taken += 1;
        }
        let mut classes = self.classify(&below);
        let data = classes.iter().rposition(|class| *class == RowClass::Data).map_or(0, |last| last + 1);
        let rest = if last { Vec::new() } else { below.split_off(data) };
        classes.truncate(below.len());
        self.taken += below.len();
        for (ix, (row, class)) in below.into_iter().zip(classes).enumerate() {
            self.one(row, class, ix >= data);
        }
        rest
    }

    fn classify(&self, below: &[SheetRow]) -> Vec<RowClass> {
        match &self.judge {
            Some(judge) => {
                below.par_iter().with_min_len(ROWS_OF_A_TASK).map(|row| judge.judge(row)).collect()
            }
            None => vec![RowClass::Data; below.len()],
        }
    }

    fn one(&mut self, row: SheetRow, class: RowClass, below_data: bool) {
        let builder = &mut self.builder;
        match class {
            RowClass::Data => {
                self.in_footer = false;
                builder.data(row);
            }
            RowClass::Likely if !(self.in_footer && below_data) => builder.data(row),
            RowClass::Weak if !self.in_footer => builder.data(row),
            RowClass::Group(group) => {
                self.in_footer = false;
                builder.group = Some(group);
                builder.layout(row.number, LayoutKind::Group);
            }
            RowClass::Layout(kind) => {
                self.in_footer = false;
                builder.layout(row.number, kind);
            }
            RowClass::Title => {
                self.in_footer = true;
                builder.layout(row.number, LayoutKind::Title);
            }
            RowClass::Footer => {
                self.in_footer = true;
                builder.layout(row.number, LayoutKind::Footer);
            }
            RowClass::Likely | RowClass::Weak => builder.layout(row.number, LayoutKind::Footer),
            RowClass::Nothing if self.in_footer => builder.layout(row.number, LayoutKind::Footer),
            RowClass::Nothing => builder.reject(&row, RejectReason::NotARecord),
        }
    }

    /// The table so far.
    pub(super) fn so_far(&self) -> &Table {
        &self.builder.table
    }

    /// Settles by the rows so far what only rows can tell of the columns: once, before any is handed
    /// out, with [`SETTLING_ROWS`] of them where there are so many.
    pub(super) fn settle(&mut self) {
        settle_names_by_data(&mut self.builder.table, &self.header);
    }

    /// What was made since the last time, as a table; the columns are those of every part.
    pub(super) fn part(&mut self) -> Table {
        let whole = &mut self.builder.table;
        let mut table = Table {
            source: whole.source,
            columns: whole.columns.clone(),
            rows: std::mem::take(&mut whole.rows),
            layout: std::mem::take(&mut whole.layout),
            rejects: std::mem::take(&mut whole.rejects),
            title: std::mem::take(&mut whole.title),
        };
        finish_columns(&mut table, None);
        table
    }
}

/// A sheet without a header: its rows as rejects, its blank rows as layout.
pub(super) fn rejected(
    sheet: &RawSheet,
    reason: RejectReason,
    source: SourceIx,
    rules: &Rules,
) -> (Table, Vec<Reject>) {
    let layout = sheet.blank.iter().map(|row| LayoutRow { row: *row, kind: LayoutKind::Blank }).collect();
    let limit = rules.columns.limits.reject_characters;
    let rejects = sheet
        .rows
        .iter()
        .map(|row| Reject { source, row: row.number, text: row_text(&row.cells, limit), reason })
        .collect();
    let (columns, rows, title) = (Vec::new(), Vec::new(), Vec::new());
    (Table { source, columns, rows, layout, rejects: Vec::new(), title }, rejects)
}

/// Rows that one task judges at least.
const ROWS_OF_A_TASK: usize = 1024;

fn judge<'a>(
    charset: ColumnCharset,
    header: &Header,
    columns: &[Column],
    mapping: Option<&SheetMapping>,
    rules: &'a Rules,
) -> RowJudge<'a> {
    let mut fields: Vec<Option<FieldKind>> = columns
        .iter()
        .map(|column| match column.usage {
            ColumnUse::Field(kind) => Some(kind),
            ColumnUse::Extra => None,
        })
        .collect();
    for joined in mapping.iter().flat_map(|mapping| mapping.joined()) {
        for position in &joined.positions {
            fields[*position] = Some(joined.kind);
        }
    }
    let headings: Vec<Vec<String>> = header.columns.iter().map(|column| column.parts.clone()).collect();
    RowJudge::new(fields, &headings, charset, rules)
}

struct Builder {
    table: Table,
    /// Columns of the header.
    width: usize,
    delimited: bool,
    group: Option<Arc<str>>,
    charset: ColumnCharset,
    reject_characters: usize,
}

impl Builder {
    fn layout(&mut self, row: u32, kind: LayoutKind) {
        self.table.layout.push(LayoutRow { row, kind });
    }

    fn reject(&mut self, row: &SheetRow, reason: RejectReason) {
        let reason = row.fault.unwrap_or(reason);
        let text = row_text(&row.cells, self.reject_characters);
        self.table.rejects.push(Reject { source: self.table.source, row: row.number, text, reason });
    }

    fn title(&mut self, row: SheetRow, rules: &Rules) {
        let words: Vec<Text> =
            row.cells.iter().filter(|cell| !cell.is_blank()).map(RawCell::display).collect();
        let text: String = words.join(" ").chars().take(self.reject_characters).collect();
        self.table.title.push(repair(&text, self.charset, &rules.text).text.to_string());
        self.layout(row.number, LayoutKind::Title);
    }

    fn data(&mut self, mut row: SheetRow) {
        let spare = row.cells.get(self.width..).unwrap_or_default();
        let too_many = self.delimited && spare.iter().any(|cell| !cell.is_blank());
        match row.fault {
            Some(RejectReason::UnterminatedQuote) if !too_many && row.cells.len() == self.width => {
                // The quotation mark was a slip: read as plain text the line is whole.
            }
            Some(fault) => return self.reject(&row, fault),
            None if too_many => return self.reject(&row, RejectReason::TooManyCells),
            None => {}
        }
        let used = row.cells.len() - row.cells.iter().rev().take_while(|cell| cell.is_blank()).count();
        row.cells.truncate(used.max(self.width));
        // In a workbook a cell beside the table is a remark, and keeps its own column.
        while self.table.columns.len() < row.cells.len() {
            let position = self.table.columns.len();
            let heading = format!("Cột {}", column_letters(position));
            self.table.columns.push(Column { position, heading, usage: ColumnUse::Extra });
        }
        self.table.rows.push(RawRow { row: row.number, cells: row.cells, group: self.group.clone() });
    }
}

/// Rows that settle doubts about columns.
pub(super) const SETTLING_ROWS: usize = 200;

/// Two doubts about names that only the cells can settle. "Họ và tên" with an empty heading to its
/// right may be merged over họ đệm | tên; "Họ và tên" beside "Tên" may hold the whole name (and
/// "Tên" a copy for sorting) or only surname and middle name.
fn settle_names_by_data(table: &mut Table, header: &Header) {
    let Some(full) = table.columns_of(FieldKind::FullName).next() else { return };
    let texts = |row: &RawRow, at: usize| match row.cells.get(at) {
        Some(RawCell::Text(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    };
    let sample = &table.rows[..table.rows.len().min(SETTLING_ROWS)];
    let named = sample.iter().filter(|row| texts(row, full).is_some()).count();
    let parts = [FieldKind::Surname, FieldKind::SurnameMiddle, FieldKind::MiddleName];
    if named == 0 || parts.iter().any(|kind| table.columns_of(*kind).next().is_some()) {
        return;
    }
    let given = table.columns_of(FieldKind::GivenName).next();
    let next_is_unnamed = header.columns.get(full + 1).is_some_and(|column| column.parts.is_empty())
        && table.columns[full + 1].usage == ColumnUse::Extra;
    if let Some(given) = given {
        let repeated = sample
            .iter()
            .filter(|row| match (texts(row, full), texts(row, given)) {
                (Some(full), Some(given)) => {
                    format!(" {}", fold::plain(&full)).ends_with(&format!(" {}", fold::plain(&given)))
                }
                _ => false,
            })
            .count();
        if repeated * 2 >= named {
            table.columns[given].usage = ColumnUse::Extra;
        } else {
            table.columns[full].usage = ColumnUse::Field(FieldKind::SurnameMiddle);
        }
    } else if next_is_unnamed {
        let name_word = |text: String| {
            text.split_whitespace().count() <= 2 && !text.contains(|letter: char| letter.is_ascii_digit())
        };
        let split = sample
            .iter()
            .filter(|row| texts(row, full).is_some() && texts(row, full + 1).is_some_and(name_word))
            .count();
        if split * 2 > named {
            table.columns[full].usage = ColumnUse::Field(FieldKind::SurnameMiddle);
            table.columns[full + 1].usage = ColumnUse::Field(FieldKind::GivenName);
        }
    }
}

/// Brings every row to the width of the table, adds joined columns and leaves out ignored ones.
fn finish_columns(table: &mut Table, mapping: Option<&SheetMapping>) {
    let width = table.columns.len();
    let joined: Vec<_> = mapping.iter().flat_map(|mapping| mapping.joined()).collect();
    let ignored = |position: usize| mapping.is_some_and(|mapping| mapping.ignores(position));
    let leaves_out = (0..width).any(ignored);
    for row in &mut table.rows {
        row.cells.resize(width, RawCell::Empty);
        for field in &joined {
            let texts = field.positions.iter().map(|position| row.cells[*position].display());
            let texts: Vec<Text> = texts.filter(|text| !text.trim().is_empty()).collect();
            row.cells.push(RawCell::text(&texts.join(&field.separator)));
        }
        if leaves_out {
            let mut position = 0;
            row.cells.retain(|_| {
                position += 1;
                !ignored(position - 1)
            });
        }
    }
    for field in &joined {
        let headings: Vec<&str> =
            field.positions.iter().map(|position| table.columns[*position].heading.as_str()).collect();
        let column = Column {
            position: table.columns.len(),
            heading: headings.join(" + "),
            usage: ColumnUse::Field(field.kind),
        };
        table.columns.push(column);
    }
    if leaves_out {
        table.columns.retain(|column| !ignored(column.position));
    }
}
