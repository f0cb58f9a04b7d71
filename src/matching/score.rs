//! Scores every candidate pair: children against the register, and children among themselves.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::{
    blocking::Candidate,
    lookup::Lookup,
    model::Priors,
    profile::Rows,
    scorer::Scorer,
    slot::Slot,
};

/// A candidate with its match weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The record on the other side.
    pub record: u32,
    /// Match weight, bits.
    pub weight: f32,
    /// Something disagrees that only a person may pass over.
    pub person_decides: bool,
    /// A twin of the other record is the likelier candidate: the weight is relative to that one.
    pub twin_known: bool,
}

/// For each record its candidates, best first.
#[derive(Debug, Default)]
pub struct Candidates {
    starts: Vec<u32>,
    scored: Vec<Scored>,
    /// Pairs compared.
    pub compared: u64,
    /// Pairs left out because a block could not be split far enough.
    pub cut: u64,
}

impl Candidates {
    /// A record's candidates, best first.
    pub fn of(&self, record: usize) -> &[Scored] {
        match (self.starts.get(record), self.starts.get(record + 1)) {
            (Some(low), Some(high)) => &self.scored[*low as usize..*high as usize],
            _ => &[],
        }
    }
}

/// What is kept of the candidates of one record.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Lowest match weight, bits.
    pub floor: f64,
    /// Most candidates.
    pub most: usize,
    /// Candidates are persons of the register: grown-ups are none, and twins among them are weighed
    /// against each other. Else they are records of the same list, and each pair is wanted once.
    pub persons: bool,
}

/// Records handled by one thread at a time.
const CHUNK: usize = 1024;

/// Compares each of `rows` with everything it shares a block with on the indexed side.
pub fn score(
    scorer: Scorer<'_>,
    rows: &Rows,
    others: &Rows,
    index: &Lookup,
    priors: &Priors,
    keep: Keep,
) -> Candidates {
    let compared = AtomicU64::new(0);
    let cut = AtomicU64::new(0);
    let chunks: Vec<(Vec<u32>, Vec<Scored>)> = (0..rows.len().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let range = chunk * CHUNK..rows.len().min((chunk + 1) * CHUNK);
            let mut counts = Vec::with_capacity(range.len());
            let mut kept = Vec::new();
            let mut found: Vec<Candidate> = Vec::new();
            let mut best: Vec<Scored> = Vec::new();
            for record in range {
                let row = rows.row(record);
                let wanted = |other: u32| {
                    if keep.persons { scorer.profiles.may_be(record, other) } else { other as usize > record }
                };
                let left_out = index.candidates(scorer, record, row, wanted, &mut found);
                cut.fetch_add(left_out, Ordering::Relaxed);
                compared.fetch_add(found.len() as u64, Ordering::Relaxed);
                best.clear();
                for candidate in &found {
                    let sums = scorer.sums(row, others.row(candidate.record as usize));
                    let weight = priors.match_weight(sums);
                    if weight >= keep.floor {
                        best.push(Scored {
                            record: candidate.record,
                            weight: weight as f32,
                            person_decides: sums.person_decides,
                            twin_known: false,
                        });
                    }
                }
                if keep.persons {
                    weigh_twins_once(scorer, row, others, priors, &mut best);
                }
                best.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.record.cmp(&b.record)));
                best.truncate(keep.most);
                counts.push(best.len() as u32);
                kept.extend_from_slice(&best);
            }
            (counts, kept)
        })
        .collect();
    let mut candidates = Candidates {
        starts: vec![0],
        compared: compared.into_inner(),
        cut: cut.into_inner(),
        ..Candidates::default()
    };
    for (counts, kept) in chunks {
        for count in counts {
            candidates.starts.push(candidates.starts.last().copied().unwrap_or(0) + count);
        }
        candidates.scored.extend(kept);
    }
    candidates
}

/// Weighs the candidates again whose twin is the likelier candidate, and a likely one. Their own
/// weight holds against them that the record may be the twin's; but the twin is weighed beside
/// them: between the two only what tells them apart counts.
fn weigh_twins_once(scorer: Scorer<'_>, row: &[Slot], others: &Rows, priors: &Priors, found: &mut [Scored]) {
    let likely = (LIKELY_BITS - priors.same) as f32;
    let Some(best) = found.iter().max_by(|a, b| a.weight.total_cmp(&b.weight)).copied() else { return };
    if found.len() < 2 || best.weight < likely {
        return;
    }
    let twin = others.row(best.record as usize);
    let of_twin = scorer.person_bits(row, twin);
    for candidate in found.iter_mut().filter(|candidate| candidate.record != best.record) {
        let other = others.row(candidate.record as usize);
        if scorer.born_together(other, twin) {
            let beside = best.weight - (of_twin - scorer.person_bits(row, other)).max(0.0);
            candidate.twin_known = beside > candidate.weight;
            candidate.weight = candidate.weight.max(beside);
        }
    }
}

/// Posterior odds, in bits, from which a candidate explains the record.
const LIKELY_BITS: f64 = 3.0;
