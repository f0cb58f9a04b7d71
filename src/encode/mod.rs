//! Lists that two offices can link without showing each other a name: keyed Bloom-filter encodings of
//! normalised records, their file, and the linking of two such files. What a name or a date is, is
//! decided before; nothing here is undone by whoever lacks the key.
//!
//! The method and what it protects from: `docs/encoded-linking.md`.

mod error;
mod facts;
mod file;
mod filter;
mod harden;
mod key;
mod link;
mod list;
mod parameters;
mod record;
mod write;

pub use error::EncodeError;
pub use file::{is_encoded, read_encoded};
pub use filter::common;
pub use key::Key;
pub use link::{
    Compiled, EncodedDecision, EncodedLinkage, EncodedPair, Figures, PairKind, Prepared, link_encoded,
};
pub use list::EncodedList;
pub use parameters::{Hardening, Header, Identifiers, Parameters};
pub use record::{Encoded, Encoder, KnownRow, encode_list};
pub use write::{EncodedRun, write_encoded, write_encoded_run};
