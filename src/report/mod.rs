//! Figures of a finished run: the page, the statistics a ward owes, lists of children to whom a
//! policy applies, and what changed since an earlier run. Everything is counted from what the run
//! wrote (`records.csv`), so that anybody can count it again; nothing here decides about a child.

mod circumstances;
mod counts;
mod error;
mod facts;
mod figures;
mod masked;
mod page;
mod reading;
mod roll;
mod run_folder;
mod table;
mod truth;

pub use counts::{Counts, FieldCounts, SheetCounts, count};
pub use error::ReportError;
pub use facts::RunFacts;
pub(crate) use page::page;
pub use run_folder::RunFolder;
