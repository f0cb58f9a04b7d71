//! What a file holds in one cell, before anybody has judged it.

/// One input cell as the file stores it. A raw cell is not a name, a date or a number yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RawCell {
    /// Nothing, or an empty string.
    #[default]
    Empty,
    /// Text, byte for byte as decoded by the reader (blanks, marks and case untouched).
    Text(Box<str>),
    /// A number; a 12-digit identifier typed as a number has already lost its leading zeros.
    Number(f64),
    /// A date cell (a workbook's serial with a date format), already in the calendar.
    Date(jiff::civil::Date),
    /// A truth value.
    Bool(bool),
    /// A spreadsheet error such as `#REF!`.
    Error(Box<str>),
}

impl RawCell {
    /// A text cell, or [`RawCell::Empty`] for the empty string.
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.into()) }
    }

    /// True for no content at all or only blanks (any Unicode white space, no-break included).
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }

    /// What a person would call the cell's content: whole numbers without a decimal point,
    /// dates as dd/mm/yyyy.
    pub fn display(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.to_string(),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                format!("{number:.0}")
            }
            Self::Number(number) => number.to_string(),
            Self::Date(date) => {
                format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
            }
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::Error(error) => error.to_string(),
        }
    }
}
