//! From raw cells to typed fields: one file for each kind of field, and `table`, which reads a whole
//! sheet. Nothing here knows files, other records or weights.

mod address;
mod columns;
mod date;
mod date_column;
mod ethnicity;
mod gender;
mod hamlet;
mod identity;
mod memory;
pub mod name;
mod parents;
mod personal_id;
mod phone;
mod place;
mod record_id;
mod row;
mod table;
mod title;
mod whereabouts;

pub use address::{Address, NamedUnit, read_address};
pub use date::{DateContext, DateOwner, DateReading, read_any_date, read_date};
pub use date_column::DateColumn;
pub use ethnicity::{EthnicReading, read_ethnicity};
pub use gender::{GenderReading, read_gender, read_gender_columns};
pub use hamlet::hamlet_key;
pub use personal_id::{Bearer, IdFault, IdReading, read_personal_id};
pub use phone::read_phone;
pub use place::{NamedPlace, PlaceFault, PlaceReading, read_place};
pub use record_id::assign_record_ids;
pub use table::{NormaliseContext, PartReaders, TableColumns, normalise_table};
