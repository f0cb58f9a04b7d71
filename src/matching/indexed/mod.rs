//! Matching against a register that is kept in an index: what is written of its persons for
//! matching (rows, blocking keys, counts), and how a run reads back only what its children need.
//! How the file is kept and checked is `index`'s business.

mod build;
mod counts;
mod draft;
mod guess;
mod keys;
mod load;
mod peoples;
mod row;
mod scan;
mod sorted;
mod statistics;
mod whole;
mod windows;

pub use build::{IndexBuilder, IndexModel};
pub use counts::number_key;
pub use draft::{Draft, Drafters};
pub use keys::MOST_RECORDS;
pub use load::{AtHand, IndexedPeople, Lookup};
