//! Separated text (.csv, .tsv, .txt). The splitting is our own because three things are needed
//! together that no CSV crate gives: the true line of every row, recovery from a quotation mark
//! that is never closed (the `csv` crate swallows the rest of the file into one field), and
//! decoding by the field, after splitting, so that mixed encodings survive.

use std::borrow::Cow;

use memchr::{memchr, memchr3};
use rayon::prelude::*;

use super::{
    encoding,
    raw_sheet::{RawSheet, SheetRow},
};
use crate::{
    record::{RawCell, RejectReason},
    rules::ReaderLimits,
};

/// Separators that are tried, in the order in which a tie is decided.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads a text file. `headings` counts the headings recognised in the best of the rows given:
/// the separator under which a header appears is the right one.
pub(super) fn read(bytes: &[u8], limits: &ReaderLimits, headings: impl Fn(&[SheetRow]) -> usize) -> RawSheet {
    let bytes = encoding::without_utf16(bytes);
    let delimiter = stated_delimiter(&bytes).unwrap_or_else(|| guess_delimiter(&bytes, limits, headings).0);
    let Stretch { rows, mut blank, blank_inside, .. } = stretch(&bytes, bytes.len(), delimiter, limits);
    blank.truncate(blank_inside);
    RawSheet { delimited: true, rows, blank, ..RawSheet::default() }
}

/// The separator of a text by its beginning; `None` where the beginning does not show it for certain.
pub(super) fn delimiter_of_beginning(
    beginning: &[u8],
    limits: &ReaderLimits,
    headings: impl Fn(&[SheetRow]) -> usize,
) -> Option<u8> {
    if let Some(stated) = stated_delimiter(beginning) {
        return Some(stated);
    }
    let (delimiter, looked_at) = guess_delimiter(beginning, limits, headings);
    (looked_at <= certain(beginning.len(), limits)).then_some(delimiter)
}

/// Up to where rows that end there are the same whatever follows the bytes at hand: beyond, a
/// quotation mark may find its closing one in what follows.
pub(super) fn certain(length: usize, limits: &ReaderLimits) -> usize {
    length.saturating_sub(limits.row_bytes.saturating_add(LOOK_AHEAD))
}

/// Bytes looked at behind a closing quotation mark and a line end.
const LOOK_AHEAD: usize = 4;

/// The separator of a first line `sep=;`, which Excel writes and honours.
fn stated_delimiter(bytes: &[u8]) -> Option<u8> {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let stated = line.strip_prefix(b"\"").unwrap_or(line);
    match stated {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, rest @ ..]
            if rest.iter().all(|byte| matches!(byte, b'"' | b' ' | b',' | b';')) =>
        {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// The likeliest separator, and up to where the text was looked at.
fn guess_delimiter(
    bytes: &[u8],
    limits: &ReaderLimits,
    headings: impl Fn(&[SheetRow]) -> usize,
) -> (u8, usize) {
    let mut best = (DELIMITERS[0], (0, 0, 0));
    let mut looked_at = 0;
    for delimiter in DELIMITERS {
        let splitter = Splitter { bytes, delimiter, limits, max_rows: limits.header_rows };
        let Piece { rows, end, .. } = splitter.piece(0, bytes.len());
        looked_at = looked_at.max(end);
        let widths: Vec<usize> = rows.iter().map(|row| row.cells.len()).filter(|width| *width > 1).collect();
        let commonest =
            widths.iter().map(|width| (widths.iter().filter(|other| *other == width).count(), *width)).max();
        let (agreeing, width) = commonest.unwrap_or_default();
        let score = (headings(&rows), agreeing, width);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    (best.0, looked_at)
}

/// Bytes that one task splits: a ward's file is one piece.
const PIECE: usize = 1 << 20;

/// The rows that begin in the first `until` bytes of a text, pieces of it side by side. Where a piece
/// begins is a guess (behind a line end, which may stand within quotation marks); a piece whose guess
/// proves wrong is split again.
pub(super) fn stretch(bytes: &[u8], until: usize, delimiter: u8, limits: &ReaderLimits) -> Stretch {
    let splitter = Splitter { bytes, delimiter, limits, max_rows: usize::MAX };
    let bounds = bounds(&bytes[..until]);
    let pieces: Vec<Piece> =
        bounds.par_windows(2).map(|bounds| splitter.piece(bounds[0], bounds[1])).collect();
    let mut all = Stretch::default();
    for (mut piece, end) in pieces.into_iter().zip(&bounds[1..]) {
        if piece.start != all.end {
            piece = splitter.piece(all.end, *end);
        }
        let line = all.lines;
        let numbered = |number: u32| number.saturating_add(line);
        if !piece.rows.is_empty() {
            all.blank_inside = all.blank.len() + piece.blank_inside;
        }
        all.blank.extend(piece.blank.iter().map(|number| numbered(*number)));
        all.rows.reserve(piece.rows.len());
        all.rows.extend(piece.rows.into_iter().map(|row| SheetRow { number: numbered(row.number), ..row }));
        all.end = piece.end;
        all.lines = line.saturating_add(piece.lines);
    }
    all
}

/// A stretch of a text as rows, their lines counted from its beginning.
#[derive(Default)]
pub(super) struct Stretch {
    pub(super) rows: Vec<SheetRow>,
    /// Lines of blank rows, and how many of them stand before the last row.
    pub(super) blank: Vec<u32>,
    pub(super) blank_inside: usize,
    /// How many lines there are.
    pub(super) lines: u32,
    /// Where the last row ends: behind the stretch, if it has line ends within quotation marks.
    pub(super) end: usize,
}

/// Where pieces begin, and the end: behind a line end each.
fn bounds(bytes: &[u8]) -> Vec<usize> {
    let mut bounds = vec![0];
    let mut at = PIECE;
    while at < bytes.len() {
        let Some(line_end) = memchr(b'\n', &bytes[at..]) else { break };
        at += line_end + 1;
        if at < bytes.len() {
            bounds.push(at);
        }
        at += PIECE;
    }
    bounds.push(bytes.len());
    bounds
}

/// What is split, and how.
#[derive(Clone, Copy)]
struct Splitter<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    limits: &'a ReaderLimits,
    max_rows: usize,
}

/// The rows that begin in a stretch of the text, their lines counted from its beginning.
struct Piece {
    start: usize,
    /// Where the last row ends: behind the stretch, if it has line ends within quotation marks.
    end: usize,
    rows: Vec<SheetRow>,
    /// Lines of blank rows, and how many of them stand before the last row.
    blank: Vec<u32>,
    blank_inside: usize,
    lines: u32,
}

impl Splitter<'_> {
    fn piece(self, start: usize, end: usize) -> Piece {
        let Self { bytes, delimiter, limits, max_rows } = self;
        let mut scanner = Scanner { bytes, at: start, line: 1, delimiter, limits };
        let (mut rows, mut blank, mut blank_inside) = (Vec::new(), Vec::new(), 0);
        let mut width = 0;
        while scanner.at < end && rows.len() < max_rows {
            let (number, row_start) = (scanner.line, scanner.at);
            let mut cells = Vec::with_capacity(width);
            let mut fault = scanner.read_row(&mut cells);
            width = cells.len();
            if scanner.at - row_start > limits.row_bytes {
                fault = Some(RejectReason::TooLong);
            }
            if cells.iter().all(RawCell::is_blank) {
                blank.push(number);
            } else {
                blank_inside = blank.len();
                rows.push(SheetRow { number, cells, fault });
            }
        }
        Piece { start, end: scanner.at, rows, blank, blank_inside, lines: scanner.line - 1 }
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    delimiter: u8,
    limits: &'a ReaderLimits,
}

/// A quoted field that was read to its closing mark.
struct Quoted<'a> {
    text: Cow<'a, [u8]>,
    end: usize,
    lines: u32,
}

/// Why a field that opens with a quotation mark is not a quoted field.
enum NotQuoted {
    /// The closing mark is followed by more text: the marks are part of the text.
    TextFollows,
    /// No closing mark within the limits: a slip of typing.
    NeverCloses,
}

impl<'a> Scanner<'a> {
    /// Reads one row and moves behind its line end.
    fn read_row(&mut self, cells: &mut Vec<RawCell>) -> Option<RejectReason> {
        let mut fault = None;
        loop {
            let field = self.read_field(&mut fault);
            cells.push(RawCell::text(&encoding::field(&field)));
            match self.bytes.get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(b'\r') => {
                    self.at += if self.bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    break;
                }
                Some(_) => {
                    self.at += 1;
                    break;
                }
                None => break,
            }
        }
        self.line = self.line.saturating_add(1);
        fault
    }

    /// Reads one field and stops on the separator, the line end or the end of the text.
    fn read_field(&mut self, fault: &mut Option<RejectReason>) -> Cow<'a, [u8]> {
        if self.bytes.get(self.at) == Some(&b'"') {
            match self.quoted() {
                Ok(quoted) => {
                    self.at = quoted.end;
                    self.line = self.line.saturating_add(quoted.lines);
                    return quoted.text;
                }
                Err(NotQuoted::NeverCloses) => *fault = Some(RejectReason::UnterminatedQuote),
                Err(NotQuoted::TextFollows) => {}
            }
        }
        let rest = &self.bytes[self.at..];
        let length = memchr3(self.delimiter, b'\r', b'\n', rest).unwrap_or(rest.len());
        self.at += length;
        Cow::Borrowed(&rest[..length])
    }

    fn quoted(&self) -> Result<Quoted<'a>, NotQuoted> {
        let start = self.at + 1;
        let limit = self.bytes.len().min(start.saturating_add(self.limits.row_bytes));
        let mut doubled = false;
        let mut at = start;
        let close = loop {
            let found = memchr(b'"', &self.bytes[at..limit]).ok_or(NotQuoted::NeverCloses)? + at;
            if self.bytes.get(found + 1) != Some(&b'"') {
                break found;
            }
            doubled = true;
            at = found + 2;
            if at > limit {
                return Err(NotQuoted::NeverCloses);
            }
        };
        let inside = &self.bytes[start..close];
        let lines = line_ends(inside);
        if lines > self.limits.quoted_lines {
            return Err(NotQuoted::NeverCloses);
        }
        let blanks = self.bytes[close + 1..].iter().take_while(|byte| **byte == b' ').count();
        let end = close + 1 + blanks;
        match self.bytes.get(end) {
            None | Some(b'\r' | b'\n') => {}
            Some(byte) if *byte == self.delimiter => {}
            Some(_) if lines > 0 => return Err(NotQuoted::NeverCloses),
            Some(_) => return Err(NotQuoted::TextFollows),
        }
        let text = if doubled { Cow::Owned(undouble(inside)) } else { Cow::Borrowed(inside) };
        Ok(Quoted { text, end, lines })
    }
}

fn undouble(inside: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=at]);
        rest = &rest[(at + 2).min(rest.len())..];
    }
    text.extend_from_slice(rest);
    text
}

/// Line ends in a text: `\n`, `\r` or both together.
fn line_ends(text: &[u8]) -> u32 {
    let count = memchr::memchr2_iter(b'\r', b'\n', text)
        .filter(|at| text[*at] == b'\n' || text.get(at + 1) != Some(&b'\n'))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Text;
    use crate::rules::Rules;

    fn sheet(text: &str) -> RawSheet {
        let limits = &Rules::built_in().unwrap().columns.limits;
        read(text.as_bytes(), limits, |_| 0)
    }

    fn shape(text: &str) -> Vec<(u32, Vec<Text>)> {
        let sheet = sheet(text);
        sheet.rows.iter().map(|row| (row.number, row.cells.iter().map(RawCell::display).collect())).collect()
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let rows = shape("a,b\n\n\"x\ny\",2\r\n\r\n3,4");
        let lines: Vec<u32> = rows.iter().map(|row| row.0).collect();
        assert_eq!(lines, [1, 3, 6]);
        assert_eq!(sheet("a,b\n\n\"x\ny\",2\r\n\r\n3,4\n\n\n").blank, [2, 5]);
    }

    #[test]
    fn separators_are_seen_by_content() {
        for delimiter in [',', ';', '\t', '|'] {
            let text = "Danh sách, năm 2026\na,b\n1,2\n3,4\n".replace(',', &delimiter.to_string());
            assert_eq!(shape(&text)[1].1, ["a", "b"], "{delimiter:?}");
        }
        assert_eq!(shape("sep=^\na^b,c\n")[1].1, ["a", "b,c"]);
    }

    #[test]
    fn an_open_quotation_mark_takes_only_its_own_line() {
        let sheet = sheet("a,b\n1,\"open\n2,x\n3,\"y\"\n");
        let faults: Vec<bool> = sheet.rows.iter().map(|row| row.fault.is_some()).collect();
        assert_eq!(faults, [false, true, false, false]);
        assert_eq!(sheet.rows[1].cells[1].display(), "\"open");
        assert_eq!(sheet.rows[3].cells[1].display(), "y");
    }

    #[test]
    fn marks_inside_text_are_text() {
        assert_eq!(shape("a,b\n\"Tèo\" An,2\n")[1].1, ["\"Tèo\" An", "2"]);
        assert_eq!(shape("a,b\n\"x \"\"y\"\" z\",2\n")[1].1, ["x \"y\" z", "2"]);
        assert_eq!(shape("a,b\n5\" x,\"\"\n")[1].1, ["5\" x", ""]);
    }

    #[test]
    fn pieces_make_the_same_rows_as_the_whole() {
        // Quoted cells with line ends, open quotation marks and blank rows at every place where a
        // piece may begin.
        let lines =
            ["1,\"a\nb\nc\",x\n", "2,\"open,y\r\n", "\n", ",,\n", "3,\"\"\"q\"\"\n\",z\n", "4,plain,w\n"];
        let text: String = (0..PIECE / 2).map(|at| lines[(at * 7 + at / 11) % lines.len()]).collect();
        let limits = &Rules::built_in().unwrap().columns.limits;
        assert!(bounds(text.as_bytes()).len() > 3);
        let whole = Splitter { bytes: text.as_bytes(), delimiter: b',', limits, max_rows: usize::MAX };
        let whole = whole.piece(0, text.len());
        let sheet = read(text.as_bytes(), limits, |_| 0);
        let shown = |rows: &[SheetRow]| -> Vec<(u32, String, bool)> {
            let row = |row: &SheetRow| (row.number, format!("{:?}", row.cells.len()), row.fault.is_some());
            rows.iter().map(row).collect()
        };
        assert_eq!(shown(&sheet.rows), shown(&whole.rows));
        assert!(sheet.rows.iter().zip(&whole.rows).all(|(one, other)| one.cells == other.cells));
        assert_eq!(sheet.blank, whole.blank[..whole.blank_inside]);
    }

    #[test]
    fn nul_and_control_characters_stay() {
        assert_eq!(shape("a,b\nx\0y\u{1},2\n")[1].1, ["x\0y\u{1}", "2"]);
    }
}
