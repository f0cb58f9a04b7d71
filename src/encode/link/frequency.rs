//! How rare a value is: two records that share a rare name are the same child sooner than two that
//! share a common one. Equal filters can be counted without knowing what they stand for.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

use super::compare::Compiled;
use crate::{
    encode::list::{EncodedList, bit},
    rules::Compared,
};

/// For every record of a list, the share of records that have its value.
pub(super) struct Rarity {
    comparisons: usize,
    /// 0 where it cannot be told.
    shares: Vec<f32>,
}

impl Rarity {
    pub fn new(list: &EncodedList, other: &EncodedList, compiled: &Compiled, is_register: bool) -> Self {
        let comparisons = compiled.rules().count();
        let mut shares = vec![0.0; list.len() * comparisons];
        let noisy = list.parameters().hardening.flip > 0.0;
        for (at, rule) in compiled.rules().enumerate() {
            if noisy && matches!(rule.of, Compared::Filter(_)) {
                continue;
            }
            let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
            let (mut known, mut count) = (0_u32, |key: Option<u64>| {
                let Some(key) = key else { return 0 };
                *counts.entry(key).or_default() += 1;
                1
            });
            for record in 0..list.len() {
                known += count(value(list, record, rule.of));
            }
            for record in 0..if is_register { other.len() } else { 0 } {
                known += count(value(other, record, rule.of));
            }
            for record in 0..list.len() {
                if let Some(count) = value(list, record, rule.of).and_then(|key| counts.get(&key)) {
                    shares[record * comparisons + at] = (f64::from(*count) / f64::from(known)) as f32;
                }
            }
        }
        Self { comparisons, shares }
    }

    /// The share of records that have this record's value.
    pub fn share(&self, record: u32, comparison: usize) -> Option<f64> {
        let share = self.shares[record as usize * self.comparisons + comparison];
        (share > 0.0).then_some(f64::from(share))
    }
}

fn value(list: &EncodedList, record: usize, of: Compared) -> Option<u64> {
    match of {
        Compared::Token(field) => Some(list.token(record, field)).filter(|token| *token != 0),
        Compared::Filter(segment) => {
            (list.present[record] & bit(segment) != 0).then(|| {
                let mut hasher = FxHasher::default();
                list.filters(record)[list.parameters().place(segment)].hash(&mut hasher);
                hasher.finish()
            })
        }
    }
}
