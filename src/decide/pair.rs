//! What a question is known by in every run: the pair's identifier, and the fingerprints that say
//! whether an answer still speaks of the same two records.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::record::{Record, Text};

/// Letters of pair identifiers: no 0, 1, I, L, O, U to misread.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `duplicate` or `identity`, as in `review.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

/// Ten letters (49 bits) of a hash of the two sides, records by their identifiers and persons by their
/// [`likeness`]; which side of a duplicate comes first does not
/// count. No number of a person goes in: the identifier may stand in the log, and a hash of so
/// few possible numbers could be undone.
pub fn pair_id(kind: PairKind, record: &str, other: &str) -> String {
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
    let number = &record.personal_id;
    digest(record, &number.get().map_or_else(|| number.raw.to_string(), |id| id.digits()))
}

/// What a register person is known by in a pair's identifier: the same without the number, which must
/// not be found out from an identifier.
pub fn likeness(person: &Record) -> String {
    digest(person, "")
}

fn digest(record: &Record, number: &str) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    part(record.name.get().map_or(&*record.name.raw, |name| name.full()));
    part(&record.birth.get().map_or_else(|| record.birth.raw.to_string(), |birth| birth.to_string()));
    part(record.gender.get().map_or(&*record.gender.raw, |gender| gender.vietnamese()));
    part(number);
    for (_, parent) in record.parents() {
        part(parent.name.get().map_or(&*parent.name.raw, |name| name.full()));
    }
    part(record.hamlet.get().map_or(&*record.hamlet.raw, Text::as_str));
    hash.finalize()[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every byte");
        text
    })
}

/// What a workbook carries in its hidden column, so that an answer can be read back: identifier,
/// fingerprints and names of both sides, parted by `|`.
pub fn pair_key(id: &str, fingerprints: [&str; 2], sides: [&str; 2]) -> String {
    let [record, other] = sides.map(escaped);
    format!("{id}|{}|{}|{record}|{other}", fingerprints[0], fingerprints[1])
}

/// The same for a list of children: fingerprint and name of the record that stands for the child.
pub fn record_key(record: &Record) -> String {
    format!("{}|{}", fingerprint(record), escaped(&record.record_id))
}

/// The parts of a key that was made by [`pair_key`] or [`record_key`].
pub fn key_parts<const N: usize>(key: &str) -> Option<[String; N]> {
    let parts: Vec<String> = key.trim().split('|').map(unescaped).collect();
    let parts: [String; N] = parts.try_into().ok()?;
    parts.iter().all(|part| !part.is_empty()).then_some(parts)
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('|', "%7C")
}

fn unescaped(text: &str) -> String {
    text.replace("%7C", "|").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_apart_as_it_was_put_together() {
        let key = pair_key("D-ABC", ["f1", "f2"], ["TE|1", "100%|%7C"]);
        assert_eq!(key_parts(&key), Some(["D-ABC", "f1", "f2", "TE|1", "100%|%7C"].map(str::to_owned)));
        for damaged in ["", "D-ABC", "D-ABC|f1|f2|TE", "D-ABC|f1||TE|x", "a|b|c|d|e|f"] {
            assert_eq!(key_parts::<5>(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn which_side_of_a_duplicate_comes_first_does_not_count() {
        assert_eq!(pair_id(PairKind::Duplicate, "a", "b"), pair_id(PairKind::Duplicate, "b", "a"));
        assert_ne!(pair_id(PairKind::Identity, "a", "b"), pair_id(PairKind::Identity, "b", "a"));
        assert_ne!(pair_id(PairKind::Duplicate, "a", "b"), pair_id(PairKind::Duplicate, "ab", ""));
    }
}
