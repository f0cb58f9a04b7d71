//! What comparing two records found, kept from one run to the next.
//!
//! A level is a function of the two rows and the rules alone: the words of names, whether somebody
//! is called so, dates, numbers and texts. All of that goes into a row's [`Fingerprint`], so that two
//! rows with the fingerprints of an earlier run are at the levels of that run. What a level is
//! *worth* depends on the lists: the weights, and the bits in the value agreed on. Neither is kept;
//! where a level's weight needs such bits, the comparison is made again.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{
    model::Sums,
    profile::{Information, Profiles, Rows, SlotKind},
    scorer::{Model, Scorer},
    slot::{MISSING, NameSlot, Slot},
};

/// Half of the SHA-256 of everything in a row that a level can depend on.
pub type Fingerprint = [u8; 16];

/// Three bits a comparison, the first comparison lowest: 0 to be made again, 1 a side is missing,
/// then the comparison's levels whose weights need no bits of a value.
pub type Levels = u64;

const BITS: usize = 3;
const AGAIN: u64 = 0;
const NOTHING: u64 = 1;
const CODES: usize = 1 << BITS;

/// What a run compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparisons {
    /// The children's rows.
    pub children: Vec<Fingerprint>,
    /// The rows of the register that were at hand.
    pub persons: Vec<Fingerprint>,
    /// Children with children.
    pub duplicates: PairLevels,
    /// Children with persons.
    pub identities: PairLevels,
}

/// The pairs of one side: for each child the rows it was compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairLevels {
    /// Of each child the number of pairs.
    pub counts: Vec<u32>,
    /// The other rows, ascending for each child.
    pub others: Vec<u32>,
    /// What was found.
    pub levels: Vec<Levels>,
}

impl PairLevels {
    /// Appends the pairs of the next children.
    pub fn append(&mut self, mut more: Self) {
        self.counts.append(&mut more.counts);
        self.others.append(&mut more.others);
        self.levels.append(&mut more.levels);
    }
}

/// Fingerprints of all rows of a side.
pub fn fingerprints(profiles: &Profiles, rows: &Rows) -> Vec<Fingerprint> {
    let words: Vec<Fingerprint> = (0..profiles.lexicon.len())
        .into_par_iter()
        .map(|ix| short(Sha256::digest(profiles.lexicon.key(ix as u32).as_bytes())))
        .collect();
    let print = |row: &[Slot], bytes: &mut Vec<u8>| {
        bytes.clear();
        for (at, (slot, kind)) in row.iter().zip(&profiles.kinds).enumerate() {
            put_slot(profiles, at, *slot, *kind, &words, bytes);
        }
        short(Sha256::digest(bytes))
    };
    (0..rows.len()).into_par_iter().map_init(Vec::new, |bytes, at| print(rows.row(at), bytes)).collect()
}

fn put_slot(
    profiles: &Profiles,
    at: usize,
    slot: Slot,
    kind: SlotKind,
    words: &[Fingerprint],
    bytes: &mut Vec<u8>,
) {
    if slot == MISSING {
        bytes.push(0);
        return;
    }
    match kind {
        SlotKind::Name => {
            let name = NameSlot::from_slot(slot);
            let of_name = name.words(&profiles.arena);
            bytes.push(1);
            bytes.extend(name.shape());
            bytes.extend((of_name.len() as u64).to_le_bytes());
            for word in of_name {
                bytes.extend(words[word.0 as usize]);
                // Whether somebody is called so tells a slip from another name.
                bytes.push(match &profiles.information[at] {
                    Information::Name(names) => {
                        (0..3).fold(0, |set, part| set << 1 | u8::from(names.is_name(part, *word)))
                    }
                    _ => 0,
                });
            }
        }
        SlotKind::Date | SlotKind::Number | SlotKind::Code => {
            bytes.push(2);
            bytes.extend(slot.to_le_bytes());
        }
        SlotKind::Text => {
            let text = profiles.texts[slot as usize].as_bytes();
            bytes.push(3);
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text);
        }
    }
}

fn short(digest: impl AsRef<[u8]>) -> Fingerprint {
    let mut short = Fingerprint::default();
    short.copy_from_slice(&digest.as_ref()[..16]);
    short
}

/// The codes of a model's levels, with what each is worth in it.
pub struct LevelCodes {
    /// By comparison and level.
    codes: Vec<Vec<u64>>,
    /// By comparison and code.
    worth: Vec<[Sums; CODES]>,
}

impl LevelCodes {
    /// Of a model; `None` where it has more comparisons than [`Levels`] has room for.
    pub fn of(model: &Model) -> Option<Self> {
        if model.comparisons.len() * BITS > Levels::BITS as usize {
            return None;
        }
        let mut codes = Self { codes: Vec::new(), worth: Vec::new() };
        for comparison in &model.comparisons {
            let mut next = NOTHING;
            let mut worth = [Sums::default(); CODES];
            let of_levels = (0..comparison.levels.len()).map(|level| {
                let level = level as u8;
                if comparison.needs_information(level) || next as usize + 1 == CODES {
                    return AGAIN;
                }
                next += 1;
                worth[next as usize] = comparison.weigh_level(level, 0.0);
                next
            });
            codes.codes.push(of_levels.collect());
            codes.worth.push(worth);
        }
        Some(codes)
    }

    /// Compares two rows: what [`Scorer::sums`] says, and the levels to be kept.
    pub fn compare(&self, scorer: Scorer<'_>, a: &[Slot], b: &[Slot]) -> (Sums, Levels) {
        let (mut sums, mut levels) = (Sums::default(), 0);
        for (at, comparison) in scorer.model.comparisons.iter().enumerate() {
            let code = match scorer.find(at, a, b) {
                Some(found) => {
                    sums.add(comparison.weigh_level(found.level, found.information));
                    self.codes[at][usize::from(found.level)]
                }
                None => NOTHING,
            };
            levels |= code << (at * BITS);
        }
        (sums, levels)
    }

    /// The sums of two rows whose levels are known. Added in the order in which [`Scorer::sums`]
    /// adds: not a bit may differ.
    pub fn sums(&self, scorer: Scorer<'_>, levels: Levels, a: &[Slot], b: &[Slot]) -> Sums {
        let mut sums = Sums::default();
        for (at, comparison) in scorer.model.comparisons.iter().enumerate() {
            match levels >> (at * BITS) & (CODES as u64 - 1) {
                AGAIN => {
                    if let Some(found) = scorer.find(at, a, b) {
                        sums.add(comparison.weigh_level(found.level, found.information));
                    }
                }
                NOTHING => {}
                code => sums.add(self.worth[at][code as usize]),
            }
        }
        sums
    }
}

/// The pairs of an earlier run as rows of this one find them.
pub struct Known<'a> {
    pairs: &'a PairLevels,
    starts: Vec<usize>,
    /// By row of this run, which row it was; [`NEW`] for none.
    row_was: &'a [u32],
    other_was: &'a [u32],
}

/// No place.
pub const NEW: u32 = u32::MAX;

impl<'a> Known<'a> {
    /// The pairs between rows whose places in the earlier run are known, see [`places`].
    pub fn new(pairs: &'a PairLevels, row_was: &'a [u32], other_was: &'a [u32]) -> Self {
        let mut starts = vec![0];
        for count in &pairs.counts {
            starts.push(starts.last().copied().unwrap_or(0) + *count as usize);
        }
        Self { pairs, starts, row_was, other_was }
    }

    /// The pairs of one row.
    pub fn of(&self, row: usize) -> KnownPairs<'_> {
        let was = self.row_was[row] as usize;
        let range = match (self.starts.get(was), self.starts.get(was + 1)) {
            (Some(low), Some(high)) => *low..*high,
            _ => 0..0,
        };
        KnownPairs {
            others: &self.pairs.others[range.clone()],
            levels: &self.pairs.levels[range],
            other_was: self.other_was,
        }
    }
}

/// What is known of one row's pairs.
#[derive(Clone, Copy)]
pub struct KnownPairs<'a> {
    others: &'a [u32],
    levels: &'a [Levels],
    other_was: &'a [u32],
}

impl KnownPairs<'_> {
    /// The levels with another row, if both are as they were and were compared in this order.
    pub fn with(&self, other: u32) -> Option<Levels> {
        if self.others.is_empty() {
            return None;
        }
        self.others.binary_search(&self.other_was[other as usize]).ok().map(|at| self.levels[at])
    }
}

/// For every row of now the row of then that has its fingerprint: of equal rows the first is the
/// first, and so on.
pub fn places(then: &[Fingerprint], now: &[Fingerprint]) -> Vec<u32> {
    let mut next_equal = vec![NEW; then.len()];
    let mut first: FxHashMap<Fingerprint, u32> = FxHashMap::default();
    first.reserve(then.len());
    for (at, print) in (0..then.len() as u32).zip(then).rev() {
        if let Some(later) = first.insert(*print, at) {
            next_equal[at as usize] = later;
        }
    }
    let mut place = |print: &Fingerprint| {
        let first = first.get_mut(print)?;
        let at = *first;
        let later = *next_equal.get(at as usize)?;
        *first = later;
        Some(at)
    };
    now.iter().map(|print| place(print).unwrap_or(NEW)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(number: u8) -> Fingerprint {
        [number; 16]
    }

    #[test]
    fn equal_rows_find_their_places_in_order() {
        let then = [1, 2, 1, 3, 1].map(print);
        let now = [1, 1, 4, 3, 1, 1].map(print);
        assert_eq!(places(&then, &now), [0, 2, NEW, 3, 4, NEW]);
        assert_eq!(places(&then, &then), [0, 1, 2, 3, 4]);
        assert_eq!(places(&[], &now), [NEW; 6]);
    }

    #[test]
    fn a_pair_is_known_where_both_rows_are_and_in_their_order() {
        let pairs = PairLevels { counts: vec![2, 1, 0], others: vec![1, 2, 2], levels: vec![7, 8, 9] };
        // Now: a new row first, then the last and the first of then.
        let was = [NEW, 2, 0];
        let known = Known::new(&pairs, &was, &was);
        assert_eq!((known.of(0).with(1), known.of(0).with(2)), (None, None));
        assert_eq!(known.of(1).with(2), None, "they stood the other way round");
        assert_eq!(known.of(2).with(1), Some(8));
        assert_eq!(known.of(2).with(0), None);
    }
}
