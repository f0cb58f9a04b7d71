//! Which pairs are compared at all: those that share a blocking token.

use rayon::prelude::*;

use crate::encode::list::EncodedList;

/// Pairs to compare, in order, and how many were left out.
pub(super) struct Candidates {
    pub pairs: Vec<(u32, u32)>,
    pub left_out: u64,
}

/// The records that have a token, in order of token and record.
fn sorted(list: &EncodedList, at: usize) -> Vec<(u64, u32)> {
    let mut tokens: Vec<(u64, u32)> = (0..list.len())
        .filter_map(|record| Some((list.block(record, at), record as u32)).filter(|(token, _)| *token != 0))
        .collect();
    tokens.sort_unstable();
    tokens
}

fn collect(passes: Vec<(Vec<(u32, u32)>, u64)>) -> Candidates {
    let left_out = passes.iter().map(|(_, left_out)| left_out).sum();
    let mut pairs: Vec<(u32, u32)> = passes.into_iter().flat_map(|(pairs, _)| pairs).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    Candidates { pairs, left_out }
}

/// Pairs of records of one list, the earlier one first.
pub(super) fn among(list: &EncodedList, limit: usize) -> Candidates {
    let pass = |at: usize| {
        let (mut pairs, mut left_out) = (Vec::new(), 0);
        for group in sorted(list, at).chunk_by(|one, other| one.0 == other.0) {
            if group.len() > limit {
                left_out += (group.len() * (group.len() - 1) / 2) as u64;
                continue;
            }
            for (nth, (_, one)) in group.iter().enumerate() {
                pairs.extend(group[nth + 1..].iter().map(|(_, other)| (*one, *other)));
            }
        }
        (pairs, left_out)
    };
    collect((0..list.parameters().blocks.len()).into_par_iter().map(pass).collect())
}

/// Pairs of a record of one list and one of another.
pub(super) fn across(list: &EncodedList, other: &EncodedList, limit: usize) -> Candidates {
    let pass = |at: usize| {
        let (mut pairs, mut left_out) = (Vec::new(), 0);
        let others = sorted(other, at);
        let mut rest = others.as_slice();
        for group in sorted(list, at).chunk_by(|one, other| one.0 == other.0) {
            let token = group[0].0;
            rest = &rest[rest.partition_point(|(other, _)| *other < token)..];
            let same = &rest[..rest.partition_point(|(other, _)| *other == token)];
            if group.len() > limit || same.len() > limit {
                left_out += (group.len() * same.len()) as u64;
                continue;
            }
            for (_, one) in group {
                pairs.extend(same.iter().map(|(_, other)| (*one, *other)));
            }
        }
        (pairs, left_out)
    };
    collect((0..list.parameters().blocks.len()).into_par_iter().map(pass).collect())
}
