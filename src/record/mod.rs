//! The nouns that flow between the stages: raw cells, fields with their provenance, records,
//! and the value types that cannot exist malformed. No parsing of messy text lives here (see
//! [`crate::normalise`]), no files and no weights.

mod cell;
mod columns;
mod date;
mod field;
mod finding;
mod gender;
mod name;
mod origin;
mod personal_id;
mod place;
mod shared;
mod table;
mod text;

pub use cell::RawCell;
pub use columns::RECORD_COLUMNS;
pub use date::{DateError, PartialDate};
pub use field::{Change, Changes, Field, FieldKind};
pub use finding::{Finding, FindingCode};
pub use gender::Gender;
pub use name::{NameOrder, PersonName};
pub use origin::{Origin, SourceIx, SourceSheet, Sources};
pub use personal_id::{PersonalId, PersonalIdError};
pub use place::{Era, Place, PlaceCode};
pub(crate) use shared::Missing;
pub use shared::Shared;
pub use table::{Column, ColumnUse, LayoutKind, LayoutRow, RawRow, Reject, RejectReason, Table};
pub use text::{Text, Written};

mod person;
pub use person::{Parent, Record, RecordIx};
