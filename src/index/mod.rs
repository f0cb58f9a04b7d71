//! The file that a register is compiled into: sections of checked pages, read by position; and records
//! as bytes. Knows how bytes are kept, found again and checked; what a section means is `register`'s and
//! `matching`'s business.

mod aside;
mod codec;
mod entries;
mod error;
mod file;
mod record;
mod sorter;
mod table;
mod writer;

pub use aside::SetAside;
pub use codec::{Malformed, Put, Take};
pub use entries::{Batch, Entries, EntriesWriter, Spill, entries};
pub use error::IndexError;
pub use file::{Cursor, IndexFile, Section, is_index};
pub use record::{read_record, write_record};
pub use sorter::Sorter;
pub use table::{Table, TableWriter};
pub use writer::{IndexWriter, abandon, tidy};
