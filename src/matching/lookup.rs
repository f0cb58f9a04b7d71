//! Where the candidates of a record come from: blocks held in memory, or what was looked up in the
//! index of a register.

use super::{
    blocking::{BlockIndex, Candidate},
    scorer::Scorer,
    slot::Slot,
};

/// The candidates of any record of the list.
pub enum Lookup {
    /// Blocks of the other side.
    Blocks(BlockIndex),
    /// Looked up beforehand.
    Found(FoundCandidates),
}

/// The candidates of every record, as an index gave them.
#[derive(Debug, Default)]
pub struct FoundCandidates {
    /// Where each record's candidates begin; one more than there are records.
    pub starts: Vec<usize>,
    /// The candidates, by record.
    pub candidates: Vec<Candidate>,
    /// How many were left out, by record.
    pub left_out: Vec<u32>,
}

impl Lookup {
    /// Everything that shares a block with a record, each once, in order; `keep` chooses. Returns how
    /// many were left out because a block could not be split far enough.
    pub fn candidates(
        &self,
        scorer: Scorer<'_>,
        record: usize,
        row: &[Slot],
        keep: impl Fn(u32) -> bool,
        found: &mut Vec<Candidate>,
    ) -> u64 {
        match self {
            Self::Blocks(index) => {
                index.candidates(&scorer.model.blocking, row, scorer.profiles, keep, found)
            }
            Self::Found(looked_up) => {
                let range = looked_up.starts[record]..looked_up.starts[record + 1];
                let candidates = &looked_up.candidates[range];
                found.clear();
                found.extend(candidates.iter().filter(|candidate| keep(candidate.record)));
                looked_up.left_out[record].into()
            }
        }
    }
}
