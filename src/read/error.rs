//! What stops the reading of a list. Each message names file, sheet, row and column as far as
//! they are known, what was found, and what to do; headings are shown, contents of rows never.

use crate::rules::{Language, MessageRules};

/// Why a list cannot be read. `Display` is the English sentence in short form, for logs;
/// [`ReadError::message`] is what a person reads.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("{file}: {error}")]
    Io {
        /// As given on the command line.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// No input file was named.
    #[error("no input file was named")]
    NoInput,
    /// Nothing in the file, or only blanks.
    #[error("{file}: the file is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// A header and no row below it.
    #[error("{file}: there is a header but no data row")]
    NoDataRows {
        /// The file.
        file: String,
        /// The sheet with the header.
        sheet: String,
        /// The header's last row.
        row: u32,
    },
    /// Encrypted workbook.
    #[error("{file}: protected by a password")]
    PasswordProtected {
        /// The file.
        file: String,
    },
    /// XML Spreadsheet 2003.
    #[error("{file}: XML Spreadsheet 2003 is not read")]
    SpreadsheetMl {
        /// The file.
        file: String,
    },
    /// Some other kind of file.
    #[error("{file}: {kind} files are not read")]
    UnsupportedKind {
        /// The file.
        file: String,
        /// What its content says it is.
        kind: &'static str,
    },
    /// Cut off or damaged.
    #[error("{file}: the file is damaged or was cut off ({detail})")]
    Damaged {
        /// The file.
        file: String,
        /// What the parser says.
        detail: String,
    },
    /// It would unpack to more than the limit.
    #[error("{file}: unpacks to more than {limit} bytes")]
    TooLarge {
        /// The file.
        file: String,
        /// The limit in bytes, from `rules/columns/limits.toml`.
        limit: u64,
    },
    /// It fills more cells than the limit.
    #[error("{file}: more than {limit} cells")]
    TooManyCells {
        /// The file.
        file: String,
        /// The limit, from `rules/columns/limits.toml`.
        limit: usize,
    },
    /// More sheets than the limit.
    #[error("more than {limit} sheets")]
    TooManySheets {
        /// The limit.
        limit: usize,
    },
    /// A row with more columns than a sheet can have.
    #[error("{file}: row {row} has more than {limit} columns")]
    TooManyColumns {
        /// The file.
        file: String,
        /// The row.
        row: u32,
        /// The limit.
        limit: usize,
    },
    /// No sheet of the file has a header.
    #[error("{file}: no header was recognised")]
    NoHeader {
        /// The file.
        file: String,
        /// The sheet that looks most like a list.
        sheet: String,
        /// Its row that looks most like a header.
        row: u32,
        /// What stands in that row, where it can be headings.
        seen: Vec<String>,
    },
    /// Two columns claim one field that a child has only once.
    #[error("{file}: columns {first} and {second} both claim {field}")]
    ColumnTwice {
        /// The file.
        file: String,
        /// The sheet.
        sheet: String,
        /// The header's last row.
        row: u32,
        /// The field's key.
        field: &'static str,
        /// Letters and heading of the first column.
        first: String,
        /// Letters and heading of the second column.
        second: String,
    },
    /// A register in which no column holds the personal number.
    #[error("{file}: no column holds the personal number")]
    NoNumberColumn {
        /// The file.
        file: String,
        /// The headings there are.
        seen: Vec<String>,
    },
    /// The `--columns` file cannot be read as TOML, or a value makes no sense.
    #[error("{file}:{line}: {detail}")]
    Mapping {
        /// The `--columns` file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        detail: String,
    },
    /// The `--columns` file names a field that does not exist.
    #[error("{file}:{line}: no field is called {key}")]
    UnknownField {
        /// The `--columns` file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The key.
        key: String,
    },
    /// The `--columns` file names a heading that no sheet has.
    #[error("{file}:{line}: no sheet has a column {heading}")]
    UnknownHeading {
        /// The `--columns` file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// The heading or column letters.
        heading: String,
        /// The headings there are.
        seen: Vec<String>,
    },
}

impl ReadError {
    /// True where the system failed (exit code 3), false where the input cannot be used (2): a
    /// path that leads to no file is a slip of the command line.
    pub fn is_io(&self) -> bool {
        use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
        matches!(self, Self::Io { error, .. }
            if !matches!(error.kind(), NotFound | IsADirectory | NotADirectory))
    }

    /// The key in `[read_error]` of the messages.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::NoInput => "no_input",
            Self::Empty { .. } => "empty",
            Self::NoDataRows { .. } => "no_data_rows",
            Self::PasswordProtected { .. } => "password_protected",
            Self::SpreadsheetMl { .. } => "spreadsheet_ml",
            Self::UnsupportedKind { .. } => "unsupported_kind",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::TooManyCells { .. } => "too_many_cells",
            Self::TooManySheets { .. } => "too_many_sheets",
            Self::TooManyColumns { .. } => "too_many_columns",
            Self::NoHeader { .. } => "no_header",
            Self::ColumnTwice { .. } => "column_twice",
            Self::NoNumberColumn { .. } => "no_number_column",
            Self::Mapping { .. } => "mapping",
            Self::UnknownField { .. } => "unknown_field",
            Self::UnknownHeading { .. } => "unknown_heading",
        }
    }

    /// What a person reads: where, what was found, what to do.
    pub fn message(&self, messages: &MessageRules, language: Language) -> String {
        let sheet_words = |sheet: &str| match sheet {
            "" => String::new(),
            name => messages.fill(language, "read_error", "in_sheet", &[("sheet", name)]),
        };
        let values: Vec<(&str, String)> = match self {
            Self::Io { file, error } => {
                vec![("file", file.clone()), ("detail", messages.system(language, error))]
            }
            Self::NoInput => vec![],
            Self::Empty { file } | Self::PasswordProtected { file } | Self::SpreadsheetMl { file } => {
                vec![("file", file.clone())]
            }
            Self::NoDataRows { file, sheet, row } => {
                vec![("file", file.clone()), ("sheet", sheet_words(sheet)), ("row", row.to_string())]
            }
            Self::UnsupportedKind { file, kind } => {
                vec![("file", file.clone()), ("kind", (*kind).to_owned())]
            }
            Self::Damaged { file, detail } => vec![("file", file.clone()), ("detail", detail.clone())],
            Self::TooLarge { file, limit } => {
                vec![("file", file.clone()), ("limit", (limit / 1_000_000).to_string())]
            }
            Self::TooManyCells { file, limit } => vec![("file", file.clone()), ("limit", limit.to_string())],
            Self::TooManySheets { limit } => vec![("limit", limit.to_string())],
            Self::TooManyColumns { file, row, limit } => {
                vec![("file", file.clone()), ("row", row.to_string()), ("limit", limit.to_string())]
            }
            Self::NoHeader { file, sheet, row, seen } => vec![
                ("file", file.clone()),
                ("sheet", sheet_words(sheet)),
                ("row", row.to_string()),
                ("seen", quoted_list(seen)),
            ],
            Self::ColumnTwice { file, sheet, row, field, first, second } => vec![
                ("file", file.clone()),
                ("sheet", sheet_words(sheet)),
                ("row", row.to_string()),
                ("field", (*field).to_owned()),
                ("first", first.clone()),
                ("second", second.clone()),
            ],
            Self::NoNumberColumn { file, seen } => {
                vec![("file", file.clone()), ("seen", quoted_list(seen))]
            }
            Self::Mapping { file, line, detail } => {
                vec![("file", file.clone()), ("line", line.to_string()), ("detail", detail.clone())]
            }
            Self::UnknownField { file, line, key } => {
                let known = crate::record::FieldKind::ALL.iter().map(|kind| kind.key()).collect::<Vec<_>>();
                vec![
                    ("file", file.clone()),
                    ("line", line.to_string()),
                    ("key", key.clone()),
                    ("known", known.join(", ")),
                ]
            }
            Self::UnknownHeading { file, line, heading, seen } => vec![
                ("file", file.clone()),
                ("line", line.to_string()),
                ("heading", heading.clone()),
                ("seen", quoted_list(seen)),
            ],
        };
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        messages.fill(language, "read_error", self.key(), &values)
    }
}

/// At most 40 headings, so that a message stays readable.
fn quoted_list(seen: &[String]) -> String {
    let mut list: Vec<String> = seen.iter().take(40).map(|heading| format!("“{heading}”")).collect();
    if seen.len() > list.len() {
        list.push("…".to_owned());
    }
    if list.is_empty() { "—".to_owned() } else { list.join(", ") }
}
