//! The comparators: each looks at two slots and finds the closest level that holds, with the
//! information of the value agreed on. What a level is worth is the model's business.

mod date;
mod digits;
mod part;
mod text;
mod whole_name;
mod words;

pub use date::compare_dates;
pub use digits::compare_digits;
pub use part::compare_part;
pub use text::{Similarities, compare_crossed_texts, compare_texts, texts_differ};
pub use whole_name::{compare_crossed, compare_names, names_differ};
pub use words::NameContext;

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
