//! Scores every candidate pair: children against the register, and children among themselves.

use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
};

use rayon::prelude::*;

use super::{
    blocking::{Blocks, Candidate},
    known::PairLevels,
    model::Priors,
    profile::{Profiles, Rows},
    remembered::Memory,
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
#[derive(Debug)]
pub struct Candidates {
    starts: Vec<u32>,
    scored: Vec<Scored>,
    /// Pairs compared.
    pub compared: u64,
    /// Of these, how many were known from an earlier run.
    pub reused: u64,
    /// Pairs left out because a block could not be split far enough.
    pub cut: u64,
    /// What was found of every pair, where it is to be kept.
    pub levels: PairLevels,
}

impl Default for Candidates {
    fn default() -> Self {
        let none = Vec::new();
        Self { starts: vec![0], scored: none, compared: 0, reused: 0, cut: 0, levels: PairLevels::default() }
    }
}

impl Candidates {
    /// Puts the candidates of the next records behind these.
    pub fn append(&mut self, mut next: Self) {
        let before = self.scored.len() as u32;
        self.starts.extend(next.starts.iter().skip(1).map(|start| before + start));
        self.scored.append(&mut next.scored);
        self.levels.append(next.levels);
        self.compared += next.compared;
        self.reused += next.reused;
        self.cut += next.cut;
    }

    /// The other sides of all pairs.
    pub fn others_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        self.scored.iter_mut().map(|scored| &mut scored.record)
    }

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

/// So many records later it is the turn of the one whose blocks are looked at now.
const AHEAD: usize = 4;

/// Records handled by one thread at a time.
const CHUNK: usize = 1024;

/// Compares each of some records, by their rows, with everything it shares a block with among `others`; the
/// blocks number the records from the first one on.
pub fn score(
    scorer: Scorer<'_>,
    (rows, records): (&Rows, Range<usize>),
    others: &Rows,
    blocks: &Blocks,
    priors: &Priors,
    keep: Keep,
    memory: &Memory<'_>,
) -> Candidates {
    let (compared, reused) = (AtomicU64::new(0), AtomicU64::new(0));
    let chunks: Vec<(Vec<u32>, Vec<Scored>, PairLevels)> = (0..records.len().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let first = records.start + chunk * CHUNK;
            let range = first..records.end.min(first + CHUNK);
            let mut counts = Vec::with_capacity(range.len());
            let mut kept = Vec::new();
            let mut found: Vec<Candidate> = Vec::new();
            let mut best: Vec<Scored> = Vec::new();
            let mut near = Near::new(scorer.profiles, others);
            let mut pairs = memory.pairs(scorer);
            for record in range {
                let row = rows.row(record);
                let wanted = |other: u32| !keep.persons || scorer.profiles.may_be(record, other);
                let place = record - records.start;
                blocks.look_ahead((place + AHEAD) as u32);
                blocks.candidates(place as u32, wanted, &mut found);
                compared.fetch_add(found.len() as u64, Ordering::Relaxed);
                best.clear();
                near.fetch(&found);
                pairs.begin(record);
                for (candidate, other) in found.iter().zip(near.rows()) {
                    let sums = pairs.sums(row, candidate.record, other);
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
            reused.fetch_add(pairs.reused, Ordering::Relaxed);
            (counts, kept, pairs.found)
        })
        .collect();
    let mut candidates = Candidates {
        compared: compared.into_inner(),
        reused: reused.into_inner(),
        cut: blocks.cut(),
        ..Candidates::default()
    };
    for (counts, kept, levels) in chunks {
        candidates.levels.append(levels);
        for count in counts {
            candidates.starts.push(candidates.starts.last().copied().unwrap_or(0) + count);
        }
        candidates.scored.extend(kept);
    }
    candidates
}

/// The rows of one record's candidates, side by side. They lie all over memory: asked for together
/// they arrive together, where one after the other each would be waited for.
struct Near<'a> {
    profiles: &'a Profiles,
    others: &'a Rows,
    slots: Vec<Slot>,
}

impl<'a> Near<'a> {
    fn new(profiles: &'a Profiles, others: &'a Rows) -> Self {
        Self { profiles, others, slots: Vec::new() }
    }

    fn fetch(&mut self, candidates: &[Candidate]) {
        self.slots.clear();
        for candidate in candidates {
            self.slots.extend_from_slice(self.others.row(candidate.record as usize));
        }
        let words: u32 = self.rows().map(|row| self.profiles.first_words(row)).fold(0, u32::wrapping_add);
        std::hint::black_box(words);
    }

    fn rows(&self) -> impl Iterator<Item = &[Slot]> {
        self.slots.chunks_exact(self.others.stride.max(1))
    }
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
