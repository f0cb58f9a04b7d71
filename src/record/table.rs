//! A sheet as the reader understood it: columns with their meaning, data rows, and every other
//! row with what it is. Nothing of the sheet is lost: rows = data + layout + rejects.

use super::{FieldKind, RawCell, SourceIx};

/// What a column of the input is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnUse {
    /// It holds this field.
    Field(FieldKind),
    /// Not known: carried through to `records.csv` untouched.
    Extra,
}

/// One column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Position in the sheet, from 0.
    pub position: usize,
    /// The heading as a person reads it: stacked header cells joined with " / ", decoded, one
    /// line. Empty headings become `Cột X` (the column's letters).
    pub heading: String,
    /// What it is used for.
    pub usage: ColumnUse,
}

/// A data row: one child (or, in a register, one person).
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// The row number as the spreadsheet shows it, from 1; for text files the line.
    pub row: u32,
    /// One cell for each of [`Table::columns`], in their order.
    pub cells: Vec<RawCell>,
    /// The thôn/TDP heading this row stands under, where the sheet has group rows.
    pub group: Option<std::sync::Arc<str>>,
}

/// Why a row is no data row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayoutKind {
    /// Above the header: national heading, title, place and date.
    Title,
    /// The header itself, each of its rows.
    Header,
    /// `A B 1 2 3` or `(1) (2) (3)`.
    Numbering,
    /// A thôn/TDP heading.
    Group,
    /// Cộng, Tổng cộng.
    Subtotal,
    /// Signatures and notes below the table.
    Footer,
    /// Nothing in it.
    Blank,
}

impl LayoutKind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Title, Self::Header, Self::Numbering, Self::Group, Self::Subtotal, Self::Footer, Self::Blank];

    /// The key in the manifest.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Header => "header",
            Self::Numbering => "numbering",
            Self::Group => "group",
            Self::Subtotal => "subtotal",
            Self::Footer => "footer",
            Self::Blank => "blank",
        }
    }
}

/// A row that is part of the sheet's layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayoutRow {
    /// The row number.
    pub row: u32,
    /// What it is.
    pub kind: LayoutKind,
}

/// Why a row cannot be used. Texts stand in `rules/messages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// Text in it, but neither a name nor any other field of a child.
    NotARecord,
    /// More cells than the header has columns (a stray separator).
    TooManyCells,
    /// An unterminated quotation mark swallowed the rest of the file; the row is where it opened.
    UnterminatedQuote,
    /// The row is longer than the stated limit.
    TooLong,
    /// The sheet holds no header that could be recognised; every row of it is listed.
    NoHeader,
    /// A register row without a usable personal number.
    RegisterWithoutNumber,
    /// A register row whose number the register gives to different people.
    RegisterNumberTwice,
    /// A register row of a person whom an earlier row names with the same number.
    RegisterPersonTwice,
    /// The same file was given twice: the second copy is not read again.
    SameFileTwice,
}

impl RejectReason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::NotARecord,
        Self::TooManyCells,
        Self::UnterminatedQuote,
        Self::TooLong,
        Self::NoHeader,
        Self::RegisterWithoutNumber,
        Self::RegisterNumberTwice,
        Self::RegisterPersonTwice,
        Self::SameFileTwice,
    ];

    /// The key in `rejects.csv` and in the rules.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotARecord => "not_a_record",
            Self::TooManyCells => "too_many_cells",
            Self::UnterminatedQuote => "unterminated_quote",
            Self::TooLong => "too_long",
            Self::NoHeader => "no_header",
            Self::RegisterWithoutNumber => "register_without_number",
            Self::RegisterNumberTwice => "register_number_twice",
            Self::RegisterPersonTwice => "register_person_twice",
            Self::SameFileTwice => "same_file_twice",
        }
    }
}

/// An input row that is no record and no layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The sheet.
    pub source: SourceIx,
    /// The row number.
    pub row: u32,
    /// Its cells, joined with " | ", cut at a stated length.
    pub text: String,
    /// Why.
    pub reason: RejectReason,
}

/// One sheet, understood.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which sheet.
    pub source: SourceIx,
    /// Its columns, left to right.
    pub columns: Vec<Column>,
    /// The data rows, top to bottom.
    pub rows: Vec<RawRow>,
    /// The layout rows, top to bottom.
    pub layout: Vec<LayoutRow>,
    /// The rows that cannot be used, top to bottom.
    pub rejects: Vec<Reject>,
    /// Text of the title rows, top to bottom: names the commune and the year in many lists.
    pub title: Vec<String>,
}

impl Table {
    /// Positions in [`RawRow::cells`] of every column with this meaning, left to right.
    pub fn columns_of(&self, kind: FieldKind) -> impl Iterator<Item = usize> {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(_, column)| column.usage == ColumnUse::Field(kind))
            .map(|(ix, _)| ix)
    }
}
