//! What people decided, as matching honours it.

use crate::record::{PersonalId, RecordIx};

/// Links and vetoes that no weight overrules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Two records are one child.
    pub same: Vec<(RecordIx, RecordIx)>,
    /// Two records are two children.
    pub apart: Vec<(RecordIx, RecordIx)>,
    /// A record is this person of the register.
    pub is_person: Vec<(RecordIx, RecordIx)>,
    /// A record is not this person of the register.
    pub not_person: Vec<(RecordIx, RecordIx)>,
    /// A number that the police supplied for a record and that is not in the register given.
    pub numbers: Vec<(RecordIx, PersonalId)>,
}
