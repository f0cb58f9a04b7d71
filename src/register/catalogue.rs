//! What an index says of the files it was built from: names, sheets, columns, layout rows, rejects.
//! A run's messages, counts and `rejects.csv` speak of them as if it had read them itself.

use std::path::PathBuf;

use crate::{
    index::{IndexError, IndexFile, IndexWriter, Malformed, Put, Take},
    outcome::{HeldSheet, Holdings, InputFile, List, ListKind},
    record::{
        Column, ColumnUse, FieldKind, LayoutKind, LayoutRow, Reject, RejectReason, SourceIx, SourceSheet,
        Sources, Table,
    },
};

/// The files and sheets of an index.
#[derive(Default)]
pub(super) struct Catalogue {
    pub(super) files: Vec<InputFile>,
    pub(super) sources: Sources,
    pub(super) tables: Vec<Table>,
    pub(super) indexed: Holdings,
}

impl Catalogue {
    /// The first file, as messages name the register.
    pub(super) fn name(&self) -> String {
        self.sources.iter().next().map_or_else(String::new, |sheet| sheet.file.clone())
    }

    /// Adds a table, or a further part of the last one.
    pub(super) fn add(&mut self, mut table: Table) {
        match self.tables.last_mut().filter(|last| last.source == table.source) {
            Some(last) => {
                last.layout.append(&mut table.layout);
                last.layout.sort_by_key(|layout| layout.row);
            }
            None => self.tables.push(table),
        }
    }
}

pub(super) fn write_catalogue(
    catalogue: &mut Catalogue,
    rejects: &[Reject],
    out: &mut IndexWriter,
) -> Result<(), IndexError> {
    let mut bytes = Vec::new();
    let indexed = &catalogue.indexed;
    bytes.put_u32(indexed.records);
    bytes.put_u32(indexed.rivals);
    bytes.put_varint(catalogue.files.len() as u64);
    for file in &catalogue.files {
        bytes.put_text(&file.path.to_string_lossy());
        bytes.put_varint(file.bytes);
        bytes.put_text(&file.sha256);
    }
    bytes.put_varint(indexed.sheets.len() as u64);
    for (source, sheet) in catalogue.sources.iter().zip(&indexed.sheets) {
        bytes.put_text(&source.file);
        bytes.put_text(&source.sheet);
        bytes.put_varint(sheet.records);
        bytes.put_varint(sheet.rows);
        bytes.put_u8(sheet.balanced.into());
    }
    bytes.put_varint(catalogue.tables.len() as u64);
    catalogue.tables.iter().for_each(|table| write_table(table, &mut bytes));
    out.section("catalogue", &bytes)?;
    bytes.clear();
    for reject in rejects {
        bytes.put_varint(reject.source.0.into());
        bytes.put_varint(reject.row.into());
        bytes.put_varint(position(RejectReason::ALL, &reject.reason));
        bytes.put_text(&reject.text);
    }
    out.section("rejects", &bytes)
}

fn write_table(table: &Table, out: &mut Vec<u8>) {
    out.put_varint(table.source.0.into());
    out.put_varint(table.columns.len() as u64);
    for column in &table.columns {
        out.put_varint(column.position as u64);
        out.put_text(&column.heading);
        out.put_varint(match column.usage {
            ColumnUse::Extra => 0,
            ColumnUse::Field(field) => position(FieldKind::ALL, &field) + 1,
        });
    }
    out.put_varint(table.layout.len() as u64);
    for layout in &table.layout {
        out.put_varint(layout.row.into());
        out.put_varint(position(LayoutKind::ALL, &layout.kind));
    }
    out.put_varint(table.title.len() as u64);
    table.title.iter().for_each(|line| out.put_text(line));
}

fn position<T: PartialEq>(all: &[T], one: &T) -> u64 {
    all.iter().position(|known| known == one).unwrap_or_default() as u64
}

/// What the index holds, as a list without its records, and the files it was built from.
pub(super) fn read_catalogue(index: &IndexFile) -> Result<(List, Vec<InputFile>), IndexError> {
    let section = index.section("catalogue")?;
    let bytes = section.read_all()?;
    let (mut list, files) = take_catalogue(&mut Take::new(&bytes)).map_err(|_| section.damaged())?;
    let section = index.section("rejects")?;
    let bytes = section.read_all()?;
    list.rejects = take_rejects(&mut Take::new(&bytes), &list.sources).map_err(|_| section.damaged())?;
    Ok((list, files))
}

fn take_catalogue(take: &mut Take<'_>) -> Result<(List, Vec<InputFile>), Malformed> {
    let mut indexed = Holdings { records: take.u32()?, rivals: take.u32()?, sheets: Vec::new() };
    let mut files = Vec::new();
    for _ in 0..take.count()? {
        files.push(InputFile {
            path: PathBuf::from(take.text()?),
            bytes: take.varint()?,
            sha256: take.text()?.to_owned(),
            list: ListKind::Register,
        });
    }
    let mut list = List::default();
    for _ in 0..take.count()? {
        if list.sources.iter().count() > usize::from(u16::MAX) {
            return Err(Malformed);
        }
        list.sources.push(SourceSheet { file: take.text()?.to_owned(), sheet: take.text()?.to_owned() });
        let (records, rows, balanced) = (take.varint()?, take.varint()?, take.u8()? != 0);
        indexed.sheets.push(HeldSheet { records, rows, balanced });
    }
    for _ in 0..take.count()? {
        let table = take_table(take, &list.sources)?;
        list.tables.push(table);
    }
    list.holdings = Some(indexed);
    Ok((list, files))
}

fn take_table(take: &mut Take<'_>, sources: &Sources) -> Result<Table, Malformed> {
    let mut table = Table {
        source: take_source(take, sources)?,
        columns: Vec::new(),
        rows: Vec::new(),
        layout: Vec::new(),
        rejects: Vec::new(),
        title: Vec::new(),
    };
    for _ in 0..take.count()? {
        let (position, heading) = (take.count()?, take.text()?.to_owned());
        let usage = match take.count()? {
            0 => ColumnUse::Extra,
            field => ColumnUse::Field(*FieldKind::ALL.get(field - 1).ok_or(Malformed)?),
        };
        table.columns.push(Column { position, heading, usage });
    }
    for _ in 0..take.count()? {
        let (row, kind) = (take.small()?, take.count()?);
        table.layout.push(LayoutRow { row, kind: *LayoutKind::ALL.get(kind).ok_or(Malformed)? });
    }
    for _ in 0..take.count()? {
        table.title.push(take.text()?.to_owned());
    }
    Ok(table)
}

fn take_rejects(take: &mut Take<'_>, sources: &Sources) -> Result<Vec<Reject>, Malformed> {
    let mut rejects = Vec::new();
    while !take.is_empty() {
        let (source, row, reason) = (take_source(take, sources)?, take.small()?, take.count()?);
        let reason = *RejectReason::ALL.get(reason).ok_or(Malformed)?;
        rejects.push(Reject { source, row, text: take.text()?.to_owned(), reason });
    }
    Ok(rejects)
}

fn take_source(take: &mut Take<'_>, sources: &Sources) -> Result<SourceIx, Malformed> {
    let source = take.count()?;
    let known = source < sources.iter().count();
    u16::try_from(source).ok().filter(|_| known).map(SourceIx).ok_or(Malformed)
}
