//! The pairs of one side with what is known of each.

use rayon::prelude::*;

use super::{
    blocks,
    compare::{Compiled, Pattern},
    frequency::Rarity,
    model::{Scores, SideModel},
};
use crate::{encode::list::EncodedList, rules::EncodingRules};

/// Compared pairs of a side.
pub(super) struct Side {
    pub pairs: Vec<Scored>,
    pub left_out: u64,
    pub model: SideModel,
}

/// A pair and what it is worth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scored {
    pub record: u32,
    pub other: u32,
    pub scores: Scores,
}

/// The nth random pair of records of two lists, the same in every run; `None` where there is none.
pub(super) fn drawn(nth: usize, records: usize, others: usize) -> Option<(usize, usize)> {
    let mixed = |salt: u64| {
        // SplitMix64.
        let mut state = (nth as u64 * 2 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (state ^ state >> 31) >> 11
    };
    let below = |number: u64, end: usize| (end > 0).then(|| (number % end as u64) as usize);
    Some((below(mixed(1), records)?, below(mixed(2), others)?))
}

/// Pairs among the children.
pub(super) fn among(list: &EncodedList, compiled: &Compiled, rules: &EncodingRules) -> Side {
    let candidates = blocks::among(list, rules.block_limit);
    side(list, list, candidates, compiled, rules, false)
}

/// Pairs of children and persons.
pub(super) fn across(
    list: &EncodedList,
    register: &EncodedList,
    compiled: &Compiled,
    rules: &EncodingRules,
) -> Side {
    let candidates = blocks::across(list, register, rules.block_limit);
    side(list, register, candidates, compiled, rules, true)
}

fn side(
    list: &EncodedList,
    other: &EncodedList,
    candidates: blocks::Candidates,
    compiled: &Compiled,
    rules: &EncodingRules,
    is_register: bool,
) -> Side {
    let compare = |(a, b): (u32, u32)| {
        compiled.compare(compiled.prepare(list, a as usize), compiled.prepare(other, b as usize))
    };
    let patterns: Vec<Pattern> = candidates.pairs.par_iter().map(|pair| compare(*pair)).collect();
    let strangers: Vec<Pattern> = (0..rules.training.sample)
        .into_par_iter()
        .filter_map(|nth| drawn(nth, list.len(), other.len()))
        .filter(|(a, b)| is_register || a != b)
        .map(|(a, b)| compare((a as u32, b as u32)))
        .collect();
    let rarity = Rarity::new(list, other, compiled, rules.population.unseen, is_register);
    let model = SideModel::train(compiled, &patterns, &strangers, other.len(), rules, is_register);
    let score = |((record, other), pattern): (&(u32, u32), &Pattern)| Scored {
        record: *record,
        other: *other,
        scores: model.score(*pattern, |comparison, agreement| rarity.rate(*record, comparison, agreement)),
    };
    let pairs = candidates.pairs.par_iter().zip(&patterns).map(score).collect();
    Side { pairs, left_out: candidates.left_out, model }
}
