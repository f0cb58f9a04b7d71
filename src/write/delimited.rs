//! Comma-separated files as spreadsheets open them right: UTF-8 with BOM, RFC 4180, and no cell
//! that a spreadsheet would run.

use std::{borrow::Cow, fs::File, io::BufWriter, io::Write};

use super::error::WriteError;

/// A CSV file being written.
pub(crate) struct Delimited<'a> {
    rows: csv::Writer<&'a mut BufWriter<File>>,
    name: &'static str,
}

impl<'a> Delimited<'a> {
    /// Starts with the byte-order mark and the headings.
    pub fn start<'h>(
        file: &'a mut BufWriter<File>,
        name: &'static str,
        headings: impl IntoIterator<Item = &'h str>,
    ) -> Result<Self, WriteError> {
        file.write_all("\u{feff}".as_bytes()).map_err(super::error::io("write", name))?;
        let rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        let mut delimited = Self { rows, name };
        for heading in headings {
            delimited.text(heading)?;
        }
        delimited.end_row()?;
        Ok(delimited)
    }

    /// A cell with text that came from outside.
    pub fn text(&mut self, text: &str) -> Result<(), WriteError> {
        self.plain(&harmless(text))
    }

    /// A cell the program made itself (identifiers of its own, numbers): written as it is.
    pub fn plain(&mut self, text: &str) -> Result<(), WriteError> {
        self.rows.write_field(text).map_err(|error| failed(self.name, error))
    }

    /// A number with two decimals, or nothing.
    pub fn decimal(&mut self, number: Option<f64>) -> Result<(), WriteError> {
        match number {
            // -0.00 is a zero that looks like a fault.
            Some(number) if number.abs() < 0.005 => self.plain("0.00"),
            Some(number) => self.plain(&format!("{number:.2}")),
            None => self.plain(""),
        }
    }

    /// Ends the row.
    pub fn end_row(&mut self) -> Result<(), WriteError> {
        self.rows.write_record(None::<&[u8]>).map_err(|error| failed(self.name, error))
    }

    /// Hands everything on to the file.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.rows.flush().map_err(super::error::io("write", self.name))
    }
}

fn failed(name: &'static str, error: csv::Error) -> WriteError {
    let error = match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    };
    WriteError::Io { action: "write", path: name.into(), error }
}

/// The text, with an apostrophe before it where a spreadsheet would take it for a formula: a
/// leading `=`, `+`, `-`, `@`, tab or line break, their full-width forms, and the same after a
/// separator or line break inside (a spreadsheet set to another separator would split there).
/// Plain numbers such as `-5` or `+84912345678` are no danger and stay.
///
/// The source of the list is OWASP, "CSV Injection".
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_risky = |part: &str| part.trim_start_matches(' ').starts_with(STARTS);
    let risky = text.starts_with(['\t', '\r', '\n'])
        || (text.contains(STARTS) && text.split([';', '\t', '\r', '\n']).any(is_risky));
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

    use super::{harmless, unharmed};

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
    }
}
