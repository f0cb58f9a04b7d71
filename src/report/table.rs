//! A CSV file of a run, read by the names of its columns.

use std::{fs::File, io::BufReader, path::Path};

use super::ReportError;

/// A table being read row by row.
pub(super) struct Table {
    file: &'static str,
    reader: csv::Reader<BufReader<File>>,
    headings: Vec<String>,
    record: csv::StringRecord,
    row: u64,
}

/// A column, found by its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnIx(usize, &'static str);

impl Table {
    /// Opens a file of a run; `name` is what messages call it.
    pub fn open(path: &Path, name: &'static str) -> Result<Self, ReportError> {
        let failed = |error| ReportError::Io { path: path.to_owned(), error };
        let file = BufReader::new(File::open(path).map_err(failed)?);
        let mut reader = csv::ReaderBuilder::new().from_reader(file);
        let headings = reader.headers().map_err(|error| broken(name, path, error))?;
        let headings = headings.iter().map(|heading| heading.trim_start_matches('\u{feff}').to_owned());
        let headings = headings.collect();
        Ok(Self { file: name, reader, headings, record: csv::StringRecord::new(), row: 1 })
    }

    /// The headings, left to right.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The column of this name.
    pub fn column(&self, name: &'static str) -> Result<ColumnIx, ReportError> {
        let found = self.headings.iter().position(|heading| heading == name);
        let found = found.ok_or(ReportError::NoColumn { file: self.file, column: name })?;
        Ok(ColumnIx(found, name))
    }

    /// Goes to the next row; false at the end.
    pub fn next(&mut self, path: &Path) -> Result<bool, ReportError> {
        self.row += 1;
        self.reader.read_record(&mut self.record).map_err(|error| broken(self.file, path, error))
    }

    /// A cell of the current row.
    pub fn get(&self, column: ColumnIx) -> &str {
        self.record.get(column.0).unwrap_or("")
    }

    /// A cell by its position among the headings.
    pub fn at(&self, position: usize) -> &str {
        self.record.get(position).unwrap_or("")
    }

    /// A cell read as something; an empty one is `None`.
    pub fn parsed<T>(
        &self,
        column: ColumnIx,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ReportError> {
        match self.get(column) {
            "" => Ok(None),
            text => read(text).map(Some).ok_or_else(|| self.fault(column)),
        }
    }

    /// The same where the cell must not be empty.
    pub fn required<T>(&self, column: ColumnIx, read: impl Fn(&str) -> Option<T>) -> Result<T, ReportError> {
        read(self.get(column)).ok_or_else(|| self.fault(column))
    }

    fn fault(&self, column: ColumnIx) -> ReportError {
        ReportError::Cell { file: self.file, row: self.row, column: column.1 }
    }
}

fn broken(file: &'static str, path: &Path, error: csv::Error) -> ReportError {
    let row = error.position().map_or(1, |at| at.record() + 1);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => ReportError::Io { path: path.to_owned(), error },
        _ => ReportError::Cell { file, row, column: "*" },
    }
}
