//! How rare a value is: two records that share a rare name are the same child sooner than two that
//! share a common one. Equal filters can be counted without knowing what they stand for.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::compare::Compiled;
use crate::{
    encode::list::{EncodedList, bit},
    rules::{Compared, EncodedComparison},
};

/// For every record of a list, how often its values occur.
pub(super) struct Rarity {
    comparisons: usize,
    /// By record, comparison and [`Agreement`]; 0 where it cannot be told.
    rates: Vec<f32>,
}

/// On what two records agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    /// On all of it.
    Whole,
    /// On what is left without diacritics.
    Bare,
}

impl Agreement {
    /// What a level says.
    pub fn of(rule: &EncodedComparison, level: usize) -> Option<Self> {
        let exact = rule.at_least.first().is_none_or(|least| *least >= 1.0);
        match level {
            0 if exact => Some(Self::Whole),
            level if rule.bare && (rule.at_least.len()..rule.at_least.len() + 2).contains(&level) => {
                Some(Self::Bare)
            }
            _ => None,
        }
    }
}

impl Rarity {
    pub fn new(
        list: &EncodedList,
        other: &EncodedList,
        compiled: &Compiled,
        unseen: f64,
        is_register: bool,
    ) -> Self {
        let comparisons = compiled.rules().count();
        let mut rates = vec![0.0; list.len() * comparisons * 2];
        let noisy = list.parameters().hardening.flip > 0.0;
        for (at, rule) in compiled.rules().enumerate() {
            if noisy && matches!(rule.of, Compared::Filter(_)) {
                continue;
            }
            for agreement in [Agreement::Whole, Agreement::Bare] {
                if agreement == Agreement::Bare && !rule.bare {
                    continue;
                }
                let value = |list: &EncodedList, record| value(list, record, rule.of, agreement);
                let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
                let others = (0..if is_register { other.len() } else { 0 }).filter_map(|at| value(other, at));
                let all = (0..list.len()).filter_map(|at| value(list, at)).chain(others);
                all.for_each(|key| *counts.entry(key).or_default() += 1);
                let known: u64 = counts.values().map(|count| u64::from(*count)).sum();
                // Whole numbers: their sum does not depend on the order of the map.
                let squares: u64 = counts.values().map(|count| u64::from(*count).pow(2)).sum();
                // So many times rarer or more common than what two strangers share on average.
                let mean = squares as f64 / known.max(1) as f64;
                for record in 0..list.len() {
                    if let Some(count) = value(list, record).and_then(|key| counts.get(&key)) {
                        let place = (record * comparisons + at) * 2 + agreement as usize;
                        rates[place] = match agreement {
                            Agreement::Whole => f64::from(*count) / (known as f64 + unseen),
                            Agreement::Bare => f64::from(*count) / mean,
                        } as f32;
                    }
                }
            }
        }
        Self { comparisons, rates }
    }

    /// Of a whole value, the share of records that have it; of a bare one, how many times more common
    /// it is than the value that two strangers share on average.
    pub fn rate(&self, record: u32, comparison: usize, agreement: Agreement) -> Option<f64> {
        let rate = self.rates[(record as usize * self.comparisons + comparison) * 2 + agreement as usize];
        (rate > 0.0).then_some(f64::from(rate))
    }
}

fn value(list: &EncodedList, record: usize, of: Compared, agreement: Agreement) -> Option<u64> {
    match of {
        Compared::Token(field) => Some(list.token(record, field)).filter(|token| *token != 0),
        Compared::Filter(segment) => (list.present[record] & bit(segment) != 0).then(|| {
            let filters = &list.filters(record)[list.parameters().place(segment)];
            let begin = if agreement == Agreement::Bare { filters.len() / 2 } else { 0 };
            let mut hasher = FxHasher::default();
            filters[begin..].hash(&mut hasher);
            hasher.finish()
        }),
    }
}
