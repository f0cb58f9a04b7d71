//! A finished run's output folder: CSV files, workbooks, report, manifest and log. What a record's
//! values are is decided before (see [`crate::choose`]); nothing here knows a weight.

mod audit;
mod book;
mod children;
mod decisions;
mod delimited;
mod error;
mod folder;
mod household;
mod letterhead;
mod lists;
mod manifest;
mod output;
mod pairs;
mod police;
mod records;
mod rejects;
mod review;
mod run;
mod sheet_names;
mod show;
mod update;
mod words;

pub use audit::{AUDIT_FILE, AuditError, AuditHead, append_audit, verify_audit};
pub(crate) use book::{Book, Cell, Plan};
pub(crate) use delimited::{Delimited, unharmed};
pub use error::WriteError;
pub(crate) use error::io;
pub use folder::{PendingFolder, WrittenFile, abandon_all, check_target};
pub(crate) use letterhead::{Letterhead, usual};
pub use lists::grouped;
pub(crate) use lists::workbook;
pub use output::{WriteOptions, Written, failed_stream, write_run};
pub use pairs::{Pair, review_pairs};
pub(crate) use show::each_field;
pub(crate) use words::{Words, capitalised};
