//! From files to [`crate::record::Table`]s: what kind of file it is, its cells, where the header
//! stands, what each column and each row is. What a name, a date or a number means is not known
//! here: cells leave this folder as they stood in the file.
//!
//! ```text
//! bytes ─ sniff ─┬─ workbook (xlsx, xls) ─┐
//!                ├─ html                  ├─ RawSheet ─ header ─ claims ─ rows ─ Table
//!                └─ delimited ─ encoding ─┘              │
//!                                                     heading
//! ```

mod archive;
mod claims;
mod compound;
mod delimited;
mod encoding;
mod error;
mod header;
mod heading;
mod html;
mod list;
mod mapping;
mod pieces;
mod raw_sheet;
mod row_class;
mod rows;
mod shield;
mod sniff;
mod stream;
mod workbook;

pub use error::ReadError;
pub(crate) use list::{CellSheet, read_cells};
pub use list::{ReadOptions, Reading, read_list};
pub use mapping::ColumnMapping;
pub(crate) use raw_sheet::column_letters;
pub use shield::is_shielded;
pub use stream::ListStream;
