//! How figures are written for a reader.

use jiff::civil::Date;

use crate::{rules::Language, write::grouped};

/// Writes figures in one language.
#[derive(Clone, Copy)]
pub(crate) struct Show(pub Language);

impl Show {
    /// `12.345` or `12,345`.
    pub fn number(self, number: u64) -> String {
        grouped(usize::try_from(number).unwrap_or(usize::MAX), self.0)
    }

    /// `2,5` or `2.5`, with so many digits after the mark.
    pub fn decimal(self, number: f64, digits: usize) -> String {
        let text = format!("{number:.digits$}");
        match self.0 {
            Language::Vi => text.replace('.', ","),
            Language::En => text,
        }
    }

    /// `12,3%`; nothing of nothing is nothing.
    pub fn share(self, part: u64, whole: u64) -> String {
        match per_mille(part, whole) {
            Some(share) => self.decimal(f64::from(share) / 10.0, 1) + "%",
            None => String::new(),
        }
    }

    /// `05/03/2026` or `2026-03-05`.
    pub fn day(self, date: Date) -> String {
        match self.0 {
            Language::Vi => format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()),
            Language::En => date.to_string(),
        }
    }
}

/// A part of a whole in whole per mille, halves upwards: exact, so that everybody who counts again
/// rounds alike.
pub(crate) fn per_mille(part: u64, whole: u64) -> Option<u32> {
    if whole == 0 {
        return None;
    }
    u32::try_from((part * 2000 + whole) / (2 * whole)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_their_readers_do() {
        assert_eq!(Show(Language::Vi).number(12_345), "12.345");
        assert_eq!(Show(Language::Vi).share(1, 3), "33,3%");
        assert_eq!(Show(Language::En).share(2, 3), "66.7%");
        assert_eq!(Show(Language::En).share(1, 2000), "0.1%");
        assert_eq!(Show(Language::En).share(0, 0), "");
        assert_eq!(Show(Language::Vi).day(Date::constant(2026, 3, 5)), "05/03/2026");
    }
}
