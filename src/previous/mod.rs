//! An earlier run that this one goes on from (`--previous`): its records and cluster ids, the
//! decisions it honoured, and what it compared. Says what of it still holds; decides nothing about
//! who is who, and writes nothing but the file of comparisons.

mod cluster_ids;
mod comparisons;
mod decisions;
mod error;
mod folder;
mod records;

pub use comparisons::{COMPARISONS_FILE, Unusable, write_comparisons};
pub use error::PreviousError;
pub use folder::{Continued, EarlierRun, Recalled};
pub use records::RecordChanges;
