//! A finished run's output folder: CSV files, workbooks, report, manifest and log. What a record's
//! values are is decided before (see [`crate::choose`]); nothing here knows a weight.

mod book;
mod children;
mod decisions;

mod error;
mod folder;
mod household;
mod letterhead;
mod lists;
mod log;
mod manifest;
mod output;
mod output_file;
mod pairs;
mod pending_file;
mod phrases;
mod police;
mod records;
mod rejects;
mod review;
mod roll;
mod roster;
mod rows;
mod run;
mod sheet_names;
mod show;
mod tidy;
mod update;
mod words;

pub(crate) use book::{Book, Cell, Plan};
pub use error::WriteError;
pub(crate) use error::io;
pub use folder::{PendingFolder, WrittenFile, abandon_all, check_target};
pub(crate) use letterhead::{Letterhead, usual};
pub use lists::grouped;
pub(crate) use lists::workbook;
pub(crate) use log::RunLog;
pub use output::{WriteOptions, Written, failed_stream, write_run};
pub use output_file::{DigestedFile, OutputFile};
pub use pairs::{Pair, review_pairs};
pub use pending_file::PendingFile;
pub(crate) use rows::{unharmed, write_table};
pub(crate) use show::each_field;
pub(crate) use tidy::MARKER;
pub use tidy::{Found, tidy, with_found};
pub(crate) use words::{Words, capitalised};
