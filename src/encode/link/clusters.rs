//! Which records are one child: pairs from the surest downwards, as long as few wrong ones are expected.

use rustc_hash::FxHashMap;

use super::{EncodedPair, PairKind, claims::Claims, pairs::Side};
use crate::rules::EncodingRules;

/// The clusters, and what is left to people.
pub(super) struct Clusters {
    /// By record, the first record of its cluster.
    pub root: Vec<u32>,
    /// By record, how probable it is that it belongs to its cluster.
    pub belongs: Vec<f64>,
    pub review: Vec<EncodedPair>,
    pub expected_false: f64,
}

/// A pair that is less probable than this keeps the clusters of both apart.
const APART: f64 = 0.02;

struct Pair {
    one: u32,
    other: u32,
    weight: f64,
    chance: f64,
}

/// What is not known of two records that were not compared.
const UNKNOWN: f64 = 0.6;
/// Two records of one child may look no more alike than this (a nickname, another's parents).
const LEAST_ALIKE: f64 = 0.1;

/// Two records may be the same child because they are alike, and because they are the same person of
/// the register, which no two children are; they are two children where they are two persons of it.
fn pairs(among: &Side, claims: &Claims) -> Vec<Pair> {
    let mut pairs: FxHashMap<(u32, u32), (f64, f64)> = FxHashMap::default();
    for pair in &among.pairs {
        pairs.insert((pair.record, pair.other), (pair.scores.weight, pair.scores.odds));
    }
    let records = claims.records();
    let mut holders: Vec<(u32, u32)> = (0..records)
        .filter_map(|record| claims.of(record).first().map(|claim| (claim.person, record)))
        .collect();
    holders.sort_unstable();
    for group in holders.chunk_by(|one, other| one.0 == other.0) {
        for (nth, (_, one)) in group.iter().enumerate() {
            for (_, other) in &group[nth + 1..] {
                // Not alike enough to have been compared.
                pairs.entry((*one, *other)).or_insert((0.0, UNKNOWN / (1.0 - UNKNOWN)));
            }
        }
    }
    let first = |record: u32| claims.of(record).first().map(|claim| claim.person);
    let claimed = |one: u32, other: u32| first(one).is_some() && first(one) == first(other);
    let pair = |((one, other), (weight, odds)): ((u32, u32), (f64, f64))| {
        let alike = (odds / (1.0 + odds)).max(if claimed(one, other) { LEAST_ALIKE } else { 0.0 });
        let (same, apart) = claims.together(one, other);
        let unknown = (1.0 - same - apart).max(0.0);
        let (one_child, two) = (alike * (same + unknown), (1.0 - alike) * (apart + unknown));
        Pair { one, other, weight, chance: one_child / (one_child + two).max(f64::MIN_POSITIVE) }
    };
    let mut pairs: Vec<Pair> = pairs.into_iter().map(pair).collect();
    pairs.sort_by(|a, b| b.chance.total_cmp(&a.chance).then((a.one, a.other).cmp(&(b.one, b.other))));
    pairs
}

pub(super) fn clusters(records: usize, among: &Side, claims: &Claims, rules: &EncodingRules) -> Clusters {
    let cuts = rules.cuts;
    let pairs = pairs(among, claims);
    let chances: FxHashMap<(u32, u32), f64> =
        pairs.iter().map(|pair| ((pair.one, pair.other), pair.chance)).collect();
    let mut members: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut root: Vec<u32> = (0..records as u32).collect();
    let mut belongs = vec![1.0; records];
    let allowed = 0.05 + cuts.false_merges_per_million * records as f64 / 1e6;
    let mut expected_false = 0.0;
    let mut review = Vec::new();
    for pair in &pairs {
        let (one, other) = (root[pair.one as usize], root[pair.other as usize]);
        if one == other {
            continue;
        }
        let of = |root: u32| members.get(&root).cloned().unwrap_or_else(|| vec![root]);
        let (ones, others) = (of(one), of(other));
        let apart = ones.iter().any(|a| {
            let known = |b: &u32| chances.get(&(*a.min(b), *a.max(b)));
            others.iter().any(|b| known(b).is_some_and(|chance| *chance < APART))
        });
        let doubt = 1.0 - pair.chance;
        if pair.chance < cuts.merge || expected_false + doubt > allowed || apart {
            if pair.chance >= cuts.review {
                review.push(EncodedPair {
                    kind: PairKind::Duplicate,
                    record: pair.one,
                    other: pair.other,
                    weight: pair.weight,
                    probability: pair.chance,
                });
            }
            continue;
        }
        expected_false += doubt;
        let (low, high) = (one.min(other), one.max(other));
        for record in [pair.one, pair.other] {
            belongs[record as usize] = f64::min(belongs[record as usize], pair.chance);
        }
        let mut all = ones;
        all.extend(others);
        all.sort_unstable();
        all.iter().for_each(|record| root[*record as usize] = low);
        members.remove(&high);
        members.insert(low, all);
    }
    review.retain(|pair| root[pair.record as usize] != root[pair.other as usize]);
    Clusters { root, belongs, review, expected_false }
}
