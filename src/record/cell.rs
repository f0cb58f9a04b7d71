//! What a file holds in one cell, before anybody has judged it.

use super::Text;

/// One input cell as the file stores it. A raw cell is not a name, a date or a number yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RawCell {
    /// Nothing, or an empty string.
    #[default]
    Empty,
    /// Text, byte for byte as decoded by the reader (blanks, marks and case untouched).
    Text(Text),
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
    pub fn display(&self) -> Text {
        match self {
            Self::Empty => Text::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                format!("{number:.0}").into()
            }
            Self::Number(number) => number.to_string().into(),
            Self::Date(date) => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()).into(),
            Self::Bool(true) => Text::from_static_str("TRUE"),
            Self::Bool(false) => Text::from_static_str("FALSE"),
            Self::Error(error) => (&**error).into(),
        }
    }
}
