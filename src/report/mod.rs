//! Figures of a finished run, and the page that shows them. No name and no number of a person
//! appears here.

mod counts;
mod page;

pub use counts::{Counts, FieldCounts, SheetCounts, count};
pub(crate) use page::page;
