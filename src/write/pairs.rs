//! A pair for review with both sides.

use rustc_hash::FxHashMap;

use crate::{
    decide::{PairKind, fingerprint, likeness, pair_id, pair_key},
    matching::{ReviewItem, ReviewOther},
    outcome::Outcome,
    record::Record,
};

/// A pair with all that the review files say of it.
#[derive(Debug)]
pub struct Pair<'a> {
    /// `D-…` or `P-…`: the same for the same two records in every run.
    pub id: String,
    /// What is asked.
    pub kind: PairKind,
    /// What matching found.
    pub item: &'a ReviewItem,
    /// The record of the list.
    pub record: &'a Record,
    /// The other record, or the person.
    pub other: &'a Record,
}

impl Pair<'_> {
    /// The other side as `review.csv` names it: a record's identifier or a person's number.
    pub fn other_id(&self) -> String {
        match (self.kind, self.other.personal_id.get()) {
            (PairKind::Identity, Some(number)) => number.digits(),
            _ => self.other.record_id.to_string(),
        }
    }

    /// Identifier and fingerprints of both sides: what the workbook carries in its hidden column.
    pub fn key(&self) -> String {
        let sides = [self.record, self.other].map(fingerprint);
        pair_key(&self.id, [&sides[0], &sides[1]], [&self.record.record_id, &self.other_id()])
    }
}

/// Every pair for review, in the order of matching.
pub fn review_pairs(outcome: &Outcome) -> Vec<Pair<'_>> {
    let mut taken: FxHashMap<String, u32> = FxHashMap::default();
    outcome
        .linkage
        .review
        .iter()
        .filter_map(|item| {
            let record = outcome.children.records.get(item.record.usize())?;
            let (kind, other) = match item.other {
                ReviewOther::Record(other) => {
                    (PairKind::Duplicate, outcome.children.records.get(other.usize())?)
                }
                ReviewOther::Person(person) => {
                    (PairKind::Identity, outcome.register.as_ref()?.records.get(person.usize())?)
                }
            };
            let other_key = match kind {
                PairKind::Duplicate => other.record_id.to_string(),
                PairKind::Identity => likeness(other),
            };
            let mut id = pair_id(kind, &record.record_id, &other_key);
            let nth = taken.entry(id.clone()).and_modify(|nth| *nth += 1).or_insert(1);
            if *nth > 1 {
                id = format!("{id}-{nth}");
            }
            Some(Pair { id, kind, item, record, other })
        })
        .collect()
}
