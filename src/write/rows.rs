//! Comma-separated files as spreadsheets open them right: UTF-8 with BOM, RFC 4180, and no cell
//! that a spreadsheet would run. Rows are made side by side and written in order.

use std::{borrow::Cow, io::Write, mem::swap, ops::Range};

use rayon::prelude::*;

use super::{
    error::{WriteError, io},
    output_file::OutputFile,
};
use crate::record::{PartialDate, PersonName, PersonalId};

/// Rows that one thread makes before it hands them on: some 200 kB.
const PIECE: usize = 512;

/// Pieces made at once, for each thread: enough to keep all busy, few enough to keep memory small.
const PIECES_PER_THREAD: usize = 4;

/// Writes a table: the byte-order mark, the headings, then `count` rows, each filled in by `fill`
/// from its number.
pub(crate) fn write_table<'h>(
    file: &mut OutputFile,
    name: &'static str,
    headings: impl IntoIterator<Item = &'h str>,
    count: usize,
    fill: impl Fn(usize, &mut Rows) + Sync,
) -> Result<(), WriteError> {
    let mut first = Rows::default();
    first.bytes.extend("\u{feff}".as_bytes());
    headings.into_iter().for_each(|heading| first.text(heading));
    first.end();
    let mut write = |rows: &Rows| file.write_all(&rows.bytes).map_err(io("write", name));
    write(&first)?;

    let make = |rows: Range<usize>, piece: &mut Rows| {
        piece.bytes.clear();
        for at in rows {
            fill(at, piece);
            piece.end();
        }
    };
    let at_once = count.div_ceil(PIECE).min(PIECES_PER_THREAD * rayon::current_num_threads());
    let make_all = |begin: usize, pieces: &mut [Rows]| {
        pieces.par_iter_mut().enumerate().for_each(|(nth, piece)| {
            let begin = count.min(begin + nth * PIECE);
            make(begin..count.min(begin + PIECE), piece);
        });
    };
    let mut ready: Vec<Rows> = std::iter::repeat_with(Rows::default).take(at_once).collect();
    let mut next: Vec<Rows> = std::iter::repeat_with(Rows::default).take(at_once).collect();
    make_all(0, &mut ready);
    let mut begin = 0;
    while begin < count {
        begin += at_once * PIECE;
        // One thread writes what is ready while the others make what comes next.
        let (written, ()) =
            rayon::join(|| ready.iter().try_for_each(&mut write), || make_all(begin, &mut next));
        written?;
        swap(&mut ready, &mut next);
    }
    Ok(())
}

/// Rows of a table, as they will stand in the file.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    bytes: Vec<u8>,
    /// There are cells in the row already.
    begun: bool,
    /// For texts that are put together.
    scratch: String,
    /// Where each cell begins, if the cells are to be read and not written: nothing stands between
    /// them and no quotation marks around them.
    apart: Option<Vec<usize>>,
}

impl Rows {
    /// A cell with text that came from outside.
    pub fn text(&mut self, text: &str) {
        self.begin_cell();
        match signs(text) {
            0 => self.bytes.extend_from_slice(text.as_bytes()),
            _ => self.quoted(&harmless(text)),
        }
    }

    /// A cell the program made itself (identifiers of its own, numbers): written as it is.
    pub fn plain(&mut self, text: &str) {
        self.begin_cell();
        match signs(text) & PARTS {
            0 => self.bytes.extend_from_slice(text.as_bytes()),
            _ => self.quoted(text),
        }
    }

    /// A cell with text that is put together of what came from outside.
    pub fn built(&mut self, build: impl FnOnce(&mut String)) {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        build(&mut text);
        self.text(&text);
        self.scratch = text;
    }

    /// The same where the program made all of it.
    pub fn built_plain(&mut self, build: impl FnOnce(&mut String)) {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        build(&mut text);
        self.plain(&text);
        self.scratch = text;
    }

    /// Keys with `;` between them.
    pub fn keys<'k>(&mut self, keys: impl Iterator<Item = &'k str>) {
        self.built_plain(|cell| join(cell, ";", keys));
    }

    /// A number with so many digits at least, or nothing.
    pub fn number(&mut self, number: Option<u64>, digits: usize) {
        self.begin_cell();
        if let Some(number) = number {
            self.digits(number, digits);
        }
    }

    /// A date as ISO 8601 has it, shortened to what is known; or nothing.
    pub fn date(&mut self, date: Option<PartialDate>) {
        self.begin_cell();
        let Some(date) = date else { return };
        self.digits(date.year().unsigned_abs().into(), 4);
        for part in [date.month(), date.day()].into_iter().flatten() {
            self.bytes.push(b'-');
            self.digits(part.unsigned_abs().into(), 2);
        }
    }

    /// The twelve digits of a personal number, or nothing.
    pub fn personal_id(&mut self, id: Option<PersonalId>) {
        self.number(id.map(PersonalId::as_u64), 12);
    }

    /// Four cells: the whole name, its surname, its middle words, its given name.
    pub fn name(&mut self, name: Option<&PersonName>) {
        let Some(name) = name else { return (0..4).for_each(|_| self.plain("")) };
        self.text(name.full());
        name.parts().into_iter().for_each(|part| self.text(part));
    }

    /// A number with two decimals, or nothing.
    pub fn decimal(&mut self, number: Option<f64>) {
        self.plain(&number.map_or_else(String::new, two_decimals));
    }

    fn begin_cell(&mut self) {
        if let Some(begins) = &mut self.apart {
            begins.push(self.bytes.len());
        } else if self.begun {
            self.bytes.push(b',');
        }
        self.begun = true;
    }

    fn digits(&mut self, number: u64, least: usize) {
        let mut text = [b'0'; 20];
        let (mut at, mut rest) = (text.len(), number);
        while rest > 0 || text.len() - at < least {
            at -= 1;
            text[at] = b'0' + u8::try_from(rest % 10).expect("one digit");
            rest /= 10;
        }
        self.bytes.extend_from_slice(&text[at..]);
    }

    /// Between quotation marks where the cell has a sign that would end it.
    fn quoted(&mut self, text: &str) {
        if signs(text) & PARTS == 0 || self.apart.is_some() {
            self.bytes.extend_from_slice(text.as_bytes());
            return;
        }
        self.bytes.push(b'"');
        for (nth, part) in text.split('"').enumerate() {
            if nth > 0 {
                self.bytes.extend_from_slice(b"\"\"");
            }
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.push(b'"');
    }

    fn end(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
        self.begun = false;
    }
}

fn two_decimals(number: f64) -> String {
    // -0.00 is a zero that looks like a fault.
    if number.abs() < 0.005 { "0.00".to_owned() } else { format!("{number:.2}") }
}

/// The number that is read where [`Rows::decimal`] wrote one.
pub(super) fn as_read(number: f64) -> f64 {
    two_decimals(number).parse().expect("a number that was just written")
}

/// The cells that would be read where `fill` makes one row.
pub(super) fn read_row(fill: impl FnOnce(&mut Rows)) -> Vec<String> {
    let mut rows = Rows { apart: Some(Vec::new()), ..Rows::default() };
    fill(&mut rows);
    let mut ends = rows.apart.unwrap_or_default();
    ends.push(rows.bytes.len());
    let cell = |pair: &[usize]| String::from_utf8_lossy(&rows.bytes[pair[0]..pair[1]]).into_owned();
    ends.windows(2).map(cell).collect()
}

/// Puts texts behind one another with a separator between them.
pub(super) fn join<'t>(to: &mut String, separator: &str, texts: impl Iterator<Item = &'t str>) {
    for (nth, text) in texts.enumerate() {
        if nth > 0 {
            to.push_str(separator);
        }
        to.push_str(text);
    }
}

/// The cell has a comma, a quotation mark or a line break: it is written between quotation marks.
const PARTS: u8 = 1;

/// The cell has a sign that may begin a formula (or the first byte of one that is wider).
const FORMULA: u8 = 2;

/// What each byte of a text means for its cell; most have no meaning, so one pass settles most cells.
const SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    let mut at = 0;
    while at < signs.len() {
        signs[at] = match at as u8 {
            b',' | b'"' => PARTS,
            b'\n' | b'\r' => PARTS | FORMULA,
            b'\t' | b'=' | b'+' | b'-' | b'@' | WIDE => FORMULA,
            _ => 0,
        };
        at += 1;
    }
    signs
};

/// The first byte of the full-width signs.
const WIDE: u8 = 0xef;

fn signs(text: &str) -> u8 {
    text.bytes().fold(0, |signs, byte| signs | SIGNS[usize::from(byte)])
}

/// The text, with an apostrophe before it where a spreadsheet would take it for a formula: a
/// leading `=`, `+`, `-`, `@`, tab or line break, their full-width forms, and the same after a
/// separator or line break inside (a spreadsheet set to another separator would split there).
/// Plain numbers such as `-5` or `+84912345678` are no danger and stay.
///
/// The source of the list is OWASP, "CSV Injection".
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if signs(text) & FORMULA == 0 {
        return Cow::Borrowed(text);
    }
    let is_risky = |part: &str| part.trim_start_matches(' ').starts_with(STARTS);
    let risky = text.starts_with(['\t', '\r', '\n']) || text.split([';', '\t', '\r', '\n']).any(is_risky);
    if risky && !is_plain_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`harmless`] put its apostrophe there.
pub(crate) fn unharmed(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| harmless(rest) == text).unwrap_or(text)
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::output_file, *};

    /// The bytes of a table with these cells.
    fn table(headings: &[&str], cells: &[Vec<String>]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let mut file = output_file::start(crate::disk::create(&path).unwrap());
        let fill = |at: usize, rows: &mut Rows| cells[at].iter().for_each(|cell| rows.text(cell));
        write_table(&mut file, "test.csv", headings.iter().copied(), cells.len(), fill).unwrap();
        file.flush().unwrap();
        std::fs::read(&path).unwrap()
    }

    #[test]
    fn rows_stand_in_order_however_many() {
        for count in [0, 1, PIECE, PIECE + 1, 20 * PIECE + 7] {
            let cells: Vec<Vec<String>> = (0..count).map(|at| vec![at.to_string(), "x".into()]).collect();
            let expected: String = (0..count).map(|at| format!("{at},x\r\n")).collect();
            assert_eq!(table(&["a", "b"], &cells), format!("\u{feff}a,b\r\n{expected}").into_bytes());
        }
    }

    #[test]
    fn numbers_and_dates_have_their_digits() {
        let mut rows = Rows::default();
        rows.number(Some(7), 5);
        rows.number(Some(123_456), 2);
        rows.number(Some(0), 1);
        rows.number(None, 3);
        rows.date(PartialDate::from_ymd(2018, 3, 5).ok());
        rows.date(PartialDate::from_year_month(1999, 12).ok());
        rows.date(PartialDate::from_year(2020).ok());
        rows.date(None);
        rows.decimal(Some(-0.001));
        rows.keys(["a", "b"].into_iter());
        assert_eq!(rows.bytes, b"00007,123456,0,,2018-03-05,1999-12,2020,,0.00,a;b");
    }

    #[test]
    fn a_row_is_read_as_it_was_filled_in() {
        let cells = read_row(|rows| {
            rows.plain("");
            rows.text("a, \"b\"\n");
            rows.text("=1");
            rows.number(Some(5), 2);
            rows.plain("");
        });
        assert_eq!(cells, ["", "a, \"b\"\n", "'=1", "05", ""]);
    }

    #[test]
    fn formulas_are_text_and_numbers_stay() {
        for risky in [
            "=1+1",
            "+A1",
            "-A1",
            "@SUM(A1)",
            "\t=1",
            "\r\n=1",
            " =1+1",
            "=cmd|' /C calc'!A0",
            "＝1+1",
            "a;=1+1",
            "-2+3+cmd|' /C calc'!A0",
            "x\n@A1",
            "-",
        ] {
            assert_eq!(harmless(risky), format!("'{risky}"), "{risky}");
        }
        for plain in ["", "Nguyễn Văn An", "-5", "+84912345678", "-1,5", "a = b", "Y-Ban", "a@b.vn", "1;2"]
        {
            assert_eq!(harmless(plain), plain);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "\\PC*") {
            let harmless = harmless(&text);
            prop_assert_eq!(harmless.strip_prefix('\'').filter(|_| harmless != text).unwrap_or(&harmless), &text);
            // An apostrophe that stood there from the start is the one thing that cannot be told.
            if !text.starts_with('\'') {
                prop_assert_eq!(unharmed(&harmless), &text);
            }
        }

        #[test]
        fn other_programs_read_what_is_written(
            cells in prop::collection::vec(prop::collection::vec("[a,\"\r\n\t=+ ế;']{0,6}", 3), 0..4)
        ) {
            let bytes = table(&["x", "y", "z"], &cells);
            let mut reader = csv::Reader::from_reader(&bytes[3..]);
            let read: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            let written: Vec<Vec<String>> =
                cells.iter().map(|row| row.iter().map(|cell| harmless(cell).into_owned()).collect()).collect();
            prop_assert_eq!(read, written);
        }
    }
}
