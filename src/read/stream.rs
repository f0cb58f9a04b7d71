//! A long text file as a table in parts: what [`super::read_list`] makes of the file as a whole, in
//! bounded memory. Header, columns, encoding and separator are settled by the beginning, as there.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use super::{
    ReadError, claims, delimited, encoding,
    header::{self, Header},
    list::shown,
    pieces::{Piece, TextRows},
    raw_sheet::{RawSheet, SheetRow},
    rows::{Parts, SETTLING_ROWS},
    sniff::{FileKind, sniff},
};
use crate::{
    outcome::{InputFile, ListKind},
    record::{FieldKind, SourceIx, Table},
    rules::Rules,
};

/// A register's text file on its way into tables.
pub struct ListStream<'r> {
    input: InputFile,
    text: TextRows<'r>,
    parts: Parts<'r>,
    /// Rows that wait for what follows.
    waiting: Vec<SheetRow>,
    /// The line of the header.
    header_row: u32,
    /// Whether the first part was settled and not yet handed out.
    first: bool,
    /// Whether a row came through.
    used: bool,
}

impl<'r> ListStream<'r> {
    /// Opens a file of the register. `None` for whatever is not read in parts: other files than
    /// separated text, and all that is wrong with a file, which whole reading tells.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(path: &Path, piece: usize, rules: &'r Rules) -> Result<Option<Self>, ReadError> {
        // What can be read once only is left to whole reading.
        if path.as_os_str() == "-" || !path.is_file() {
            return Ok(None);
        }
        let Ok(file) = File::open(path) else { return Ok(None) };
        begin(path, file, piece, rules).map_err(|error| cannot_read(path, error))
    }

    /// The next part: rows and what else stands among them; title and columns are the first's.
    ///
    /// # Errors
    /// The file cannot be read, or has no row with data in it.
    pub fn next_part(&mut self) -> Result<Option<Table>, ReadError> {
        let is_first = std::mem::take(&mut self.first);
        if !is_first {
            if self.text.is_done() {
                return if self.used { Ok(None) } else { Err(self.no_rows()) };
            }
            self.step().map_err(|error| cannot_read(&self.input.path, error))?;
        }
        let part = self.parts.part();
        self.used |= !part.rows.is_empty() || !part.rejects.is_empty();
        Ok(Some(part))
    }

    /// Where the file is.
    pub fn path(&self) -> PathBuf {
        self.input.path.clone()
    }

    /// The file, when all parts were taken.
    pub fn finish(self) -> InputFile {
        let (bytes, sha256) = self.text.digest();
        InputFile { bytes, sha256, ..self.input }
    }

    fn step(&mut self) -> io::Result<()> {
        let Piece { mut rows, blank } = self.text.next()?;
        self.parts.blank(&blank);
        self.waiting.append(&mut rows);
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting = self.parts.take(waiting, self.text.is_done());
        Ok(())
    }

    fn no_rows(&self) -> ReadError {
        let file = shown(&self.input.path);
        ReadError::NoDataRows { file, sheet: String::new(), row: self.header_row }
    }
}

fn begin<'r>(path: &Path, file: File, piece: usize, rules: &'r Rules) -> io::Result<Option<ListStream<'r>>> {
    let limits = &rules.columns.limits;
    let mut text = TextRows::open(file, piece, limits)?;
    let beginning = text.beginning();
    if beginning.iter().all(u8::is_ascii_whitespace)
        || sniff(beginning) != FileKind::Delimited
        || encoding::is_utf16(beginning)
    {
        return Ok(None);
    }
    let unmarked = encoding::without_utf16(beginning);
    let mark = beginning.len() - unmarked.len();
    let headings = |rows: &[SheetRow]| header::best_score(rows, rules);
    let Some(delimiter) = delimited::delimiter_of_beginning(&unmarked, limits, headings) else {
        return Ok(None);
    };
    text.begin(mark, delimiter);
    let mut sheet = RawSheet { delimited: true, ..RawSheet::default() };
    // A header that begins in the last of these rows ends below them.
    while sheet.rows.len() <= limits.header_rows + limits.header_height && !text.is_done() {
        let Piece { mut rows, mut blank } = text.next()?;
        sheet.rows.append(&mut rows);
        sheet.blank.append(&mut blank);
    }
    if sheet.rows.is_empty() {
        return Ok(None);
    }
    sheet.vote_charset(rules);
    let Some(header) = header::find(&sheet, rules) else { return Ok(None) };
    let Some(parts) = parts(&sheet, &header, rules) else { return Ok(None) };
    let header_row = header.rows.clone().next_back().map_or(0, |ix| sheet.rows[ix].number);
    let input =
        InputFile { path: path.to_owned(), bytes: 0, sha256: String::new(), list: ListKind::Register };
    let mut stream =
        ListStream { input, text, parts, waiting: Vec::new(), header_row, first: true, used: false };
    stream.parts.blank(&sheet.blank);
    stream.waiting = stream.parts.take(sheet.rows, stream.text.is_done());
    while stream.parts.so_far().rows.len() < SETTLING_ROWS && !stream.text.is_done() {
        stream.step()?;
    }
    stream.parts.settle();
    Ok(Some(stream))
}

/// The table's parts, unless something is wrong with its columns.
fn parts<'r>(sheet: &RawSheet, header: &Header, rules: &'r Rules) -> Option<Parts<'r>> {
    let columns = claims::columns(&header.columns, None, &rules.columns).ok()?;
    let parts = Parts::new((true, sheet.charset), header, columns, None, SourceIx(0), rules);
    let has_numbers = parts.so_far().columns_of(FieldKind::PersonalId).next().is_some();
    (header.columns.len() <= rules.columns.limits.columns && has_numbers).then_some(parts)
}

fn cannot_read(path: &Path, error: io::Error) -> ReadError {
    ReadError::Io { file: shown(path), error }
}
