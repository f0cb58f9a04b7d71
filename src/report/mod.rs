//! Figures of a finished run: the page, the statistics a ward owes, lists of children to whom a
//! policy applies, and what changed since an earlier run. Everything is counted from what the run
//! wrote (`records.csv`), so that anybody can count it again; nothing here decides about a child.

mod bench;
mod circumstances;
mod compare;
mod compare_book;
mod counts;
mod decided;
mod error;
mod facts;
mod figures;
mod form;
mod form_book;
mod form_notes;
mod form_notes_sheet;
pub(crate) mod gather;
mod indicator_book;
mod indicators;
mod ledger;
pub(crate) mod masked;
mod page;
mod people;
mod policies;
mod policy_book;
pub(crate) mod reading;
pub(crate) mod roll;
mod run_folder;
mod slices;
mod statistics;
mod suppress;
mod table;
mod tally;
mod told;
mod truth;

pub use counts::{Counts, FieldCounts, SheetCounts, count};
pub use error::ReportError;
pub use facts::RunFacts;
pub(crate) use page::page;
pub use run_folder::{PairFact, RunFolder};
pub(crate) use statistics::is_untouched;
pub use statistics::{STATISTICS, Statistics, StatisticsJob, write_statistics};
