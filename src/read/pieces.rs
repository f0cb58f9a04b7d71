//! A text file as rows, a piece at a time: never more of it in memory than a piece and what a row may
//! reach beyond it.

use std::{
    fs::File,
    io::{self, Read},
};

use sha2::{Digest, Sha256};

use super::{delimited, raw_sheet::SheetRow};
use crate::rules::ReaderLimits;

/// A file of separated text, from its beginning on.
pub(super) struct TextRows<'r> {
    file: File,
    limits: &'r ReaderLimits,
    /// Bytes whose rows are made at a time.
    piece: usize,
    buffer: Vec<u8>,
    /// Up to where the buffer is made into rows, and up to where it is digested.
    at: usize,
    digested: usize,
    /// The file is at its end.
    read: bool,
    digest: Sha256,
    bytes: u64,
    line: u32,
    delimiter: u8,
    /// Blank lines behind the last row.
    pending: Vec<u32>,
}

/// Rows, and the blank lines above the last of them.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) rows: Vec<SheetRow>,
    pub(super) blank: Vec<u32>,
}

impl<'r> TextRows<'r> {
    /// The beginning of a file, of at least a piece.
    pub(super) fn open(file: File, piece: usize, limits: &'r ReaderLimits) -> io::Result<Self> {
        let mut text = Self {
            file,
            limits,
            piece: piece.max(1),
            buffer: Vec::new(),
            at: 0,
            digested: 0,
            read: false,
            digest: Sha256::new(),
            bytes: 0,
            line: 0,
            delimiter: 0,
            pending: Vec::new(),
        };
        text.fill(text.piece.max(SHOWN) + limits.row_bytes + SPARE)?;
        Ok(text)
    }

    /// The bytes at hand.
    pub(super) fn beginning(&self) -> &[u8] {
        &self.buffer
    }

    /// Begins behind a byte-order mark, with a separator.
    pub(super) fn begin(&mut self, mark: usize, delimiter: u8) {
        (self.at, self.delimiter) = (mark, delimiter);
    }

    /// Whether there are no more rows.
    pub(super) fn is_done(&self) -> bool {
        self.read && self.at == self.buffer.len()
    }

    /// Size and SHA-256 of the file, when all of it was read.
    pub(super) fn digest(mut self) -> (u64, String) {
        self.digest.update(&self.buffer[self.digested..]);
        let sha256 = self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        (self.bytes, sha256)
    }

    /// The next rows.
    pub(super) fn next(&mut self) -> io::Result<Piece> {
        let mut ahead = self.limits.row_bytes + SPARE;
        loop {
            self.fill(self.piece + ahead)?;
            let bytes = &self.buffer[self.at..];
            let until = self.piece.min(bytes.len());
            let (digest, new) = (&mut self.digest, &self.buffer[self.digested..]);
            let (delimiter, limits) = (self.delimiter, self.limits);
            let ((), stretch) =
                rayon::join(|| digest.update(new), || delimited::stretch(bytes, until, delimiter, limits));
            self.digested = self.buffer.len();
            if self.read || stretch.end <= delimited::certain(bytes.len(), limits) {
                self.at += stretch.end;
                return Ok(self.numbered(stretch));
            }
            // A row of many lines reaches beyond what is at hand.
            ahead = ahead.saturating_mul(2);
        }
    }

    fn numbered(&mut self, stretch: delimited::Stretch) -> Piece {
        let line = self.line;
        let numbered = |number: u32| number.saturating_add(line);
        self.line = line.saturating_add(stretch.lines);
        let mut rows = stretch.rows;
        rows.iter_mut().for_each(|row| row.number = numbered(row.number));
        let inside = if rows.is_empty() { 0 } else { stretch.blank_inside };
        let mut blank = stretch.blank.into_iter().map(numbered);
        let above = if rows.is_empty() {
            Vec::new()
        } else {
            let mut above = std::mem::take(&mut self.pending);
            above.extend(blank.by_ref().take(inside));
            above
        };
        self.pending.extend(blank);
        Piece { rows, blank: above }
    }

    /// Reads until so many bytes are at hand that are no rows yet, or the file ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.read || self.buffer.len() - self.at >= wanted {
            return Ok(());
        }
        self.digest.update(&self.buffer[self.digested..]);
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        let more = (wanted - before) as u64;
        self.buffer.reserve_exact(wanted - before);
        (&self.file).take(more).read_to_end(&mut self.buffer)?;
        self.digested = before;
        self.bytes += (self.buffer.len() - before) as u64;
        self.read = self.buffer.len() < wanted;
        Ok(())
    }
}

/// Bytes that show what a file is.
const SHOWN: usize = 1 << 16;
/// Bytes read beyond the longest row, so that one row of usual length does.
const SPARE: usize = 1 << 16;
