//! A pair for review: its stable identifier, the fingerprints that say whether an answer still
//! speaks of the same two records, and both sides.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::folder::hexadecimal;
use crate::{
    matching::{ReviewItem, ReviewOther},
    outcome::Outcome,
    record::Record,
};

/// Letters of pair identifiers: no 0, 1, I, L, O, U to misread.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `duplicate` or `identity`, as in `review.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairKind {
    /// Two records of the list.
    Duplicate,
    /// A record and a person of the register.
    Identity,
}

impl PairKind {
    /// As in `review.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Identity => "identity",
        }
    }
}

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
            _ => self.other.record_id.clone(),
        }
    }

    /// Identifier and fingerprints of both sides: what the workbook carries in its hidden column.
    pub fn key(&self) -> String {
        format!("{}|{}|{}", self.id, fingerprint(self.record), fingerprint(self.other))
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
            let mut id = pair_id(kind, &record.record_id, &other.record_id);
            let nth = taken.entry(id.clone()).and_modify(|nth| *nth += 1).or_insert(1);
            if *nth > 1 {
                id = format!("{id}-{nth}");
            }
            Some(Pair { id, kind, item, record, other })
        })
        .collect()
}

/// Ten letters (49 bits) of a hash of the two identifiers; which side of a duplicate comes first does not
/// count. No number of a person goes in: the identifier may stand in the log, and a hash of so
/// few possible numbers could be undone.
fn pair_id(kind: PairKind, record: &str, other: &str) -> String {
    let (first, second, prefix) = match kind {
        PairKind::Duplicate => (record.min(other), record.max(other), 'D'),
        PairKind::Identity => (record, other, 'P'),
    };
    let mut hash = Sha256::new();
    for part in [kind.as_str(), first, second] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let mut bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let mut id = format!("{prefix}-");
    for _ in 0..10 {
        id.push(char::from(ALPHABET[usize::try_from(bits % 30).expect("below 30")]));
        bits /= 30;
    }
    id
}

/// Sixteen hexadecimal digits that change when anything changes by which a person would judge the
/// pair: names, birth date, gender, number, thôn/TDP. The record's place in the file is no part.
pub fn fingerprint(record: &Record) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    part(record.name.get().map_or(&*record.name.raw, |name| name.full()));
    part(&record.birth.get().map_or_else(|| record.birth.raw.to_string(), |birth| birth.to_string()));
    part(record.gender.get().map_or(&*record.gender.raw, |gender| gender.vietnamese()));
    part(&record.personal_id.get().map_or_else(|| record.personal_id.raw.to_string(), |id| id.digits()));
    for (_, parent) in record.parents() {
        part(parent.name.get().map_or(&*parent.name.raw, |name| name.full()));
    }
    part(record.hamlet.get().map_or(&*record.hamlet.raw, String::as_str));
    hexadecimal(&hash.finalize()[..8])
}
