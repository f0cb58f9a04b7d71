//! The values that people chose to keep when they said that two records are one child.

use rustc_hash::FxHashMap;

use crate::record::{FieldKind, RecordIx};

/// Which record's value stands for a field, the latest choice last in rank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    ranks: FxHashMap<(FieldKind, RecordIx), u32>,
}

impl Kept {
    /// The record's value is to stand; a later choice outranks an earlier one.
    pub fn prefer(&mut self, field: FieldKind, record: RecordIx) {
        let rank = u32::try_from(self.ranks.len()).unwrap_or(u32::MAX - 1) + 1;
        self.ranks.insert((field, record), rank);
    }

    /// How strongly the record's value is wanted; 0 where nobody chose it.
    pub fn rank(&self, field: FieldKind, record: RecordIx) -> u32 {
        if self.ranks.is_empty() {
            return 0;
        }
        self.ranks.get(&(field, record)).copied().unwrap_or(0)
    }

    /// Whether nobody chose anything.
    pub fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }
}
