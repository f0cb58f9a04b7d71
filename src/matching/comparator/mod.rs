//! The comparators: each looks at two slots and finds the closest level that holds, with the
//! information of the value agreed on. What a level is worth is the model's business.

mod date;
mod digits;
mod name;

pub use date::compare_dates;
pub use digits::compare_digits;
pub use name::{NameContext, compare_crossed, compare_names, compare_part, names_differ};

use super::slot::{MISSING, Slot};

/// What a comparator found: an index into [`crate::rules::ComparatorKind::levels`], and the bits in
/// the value that agrees (of the rarer one where they differ); 0 where the level does not use it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Position in the comparator's list of levels.
    pub level: u8,
    /// Information of the value, bits.
    pub information: f32,
}

impl Found {
    pub(crate) fn at(level: u8, information: f32) -> Self {
        Self { level, information }
    }
}

/// Equal or different: values of a list.
pub fn compare_codes(a: Slot, b: Slot, information: impl Fn(Slot) -> f32) -> Option<Found> {
    if a == MISSING || b == MISSING {
        None
    } else if a == b {
        Some(Found::at(0, information(a)))
    } else {
        Some(Found::at(1, 0.0))
    }
}

/// Free text by Jaro–Winkler similarity: equal, ≥ 0.94 close, ≥ 0.86 near, else different.
pub fn compare_texts(a: &str, b: &str, information: impl Fn() -> f32) -> Found {
    if a == b {
        return Found::at(0, information());
    }
    let similarity = strsim::jaro_winkler(a, b);
    let level = match similarity {
        close if close >= 0.94 => 1,
        near if near >= 0.86 => 2,
        _ => 3,
    };
    Found::at(level, if level < 3 { information() } else { 0.0 })
}
