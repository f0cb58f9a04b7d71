//! On which lists people find each child, and the order in which a printed list has them: worked
//! out once for all lists.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{children, run::Run};
use crate::{
    choose::Child, matching::ReviewOther, outcome::Outcome, record::RecordIx, text::order::VietnameseOrder,
};

/// Children looked at by one thread at a time.
const PIECE: usize = 4096;

/// The lists on which people find a child.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lists {
    /// `police.xlsx`.
    pub police: bool,
    /// `household.xlsx`.
    pub household: bool,
    /// `review.xlsx`.
    pub review: bool,
}

/// Every child's lists, and the order of a printed list.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// By cluster.
    lists: Vec<Lists>,
    /// The clusters, by thôn/TDP, then by given name, surname and middle name, as Vietnamese lists
    /// are. Children of the same name keep the order of the input.
    order: Vec<u32>,
}

impl Roster {
    /// Looks at every child.
    pub fn of(run: &Run<'_>) -> Self {
        let reviewed = reviewed(run.outcome);
        let count = run.clusters.len();
        let mut pieces: Vec<Piece<'_>> = (0..count.div_ceil(PIECE))
            .into_par_iter()
            .map(|nth| Piece::of(run, nth * PIECE..count.min((nth + 1) * PIECE), &reviewed))
            .collect();
        let ranks = ranks(&pieces, &run.order);
        pieces.par_iter_mut().for_each(|piece| piece.rank(&ranks));
        let lists = pieces.iter().flat_map(|piece| piece.lists.iter().copied()).collect();
        Self { lists, order: sorted(&pieces) }
    }

    /// The lists of one child.
    pub fn lists(&self, cluster: usize) -> Lists {
        self.lists[cluster]
    }

    /// The children in the order of a printed list.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Those of them who stand on a list.
    pub fn on(&self, list: impl Fn(Lists) -> bool) -> Vec<u32> {
        self.order.iter().copied().filter(|cluster| list(self.lists[*cluster as usize])).collect()
    }
}

/// Records that a pair for a person speaks of.
fn reviewed(outcome: &Outcome) -> FxHashSet<RecordIx> {
    let pairs = outcome.linkage.review.iter();
    pairs
        .flat_map(|pair| {
            let other = match pair.other {
                ReviewOther::Record(other) => Some(other),
                ReviewOther::Person(_) => None,
            };
            [Some(pair.record), other].into_iter().flatten()
        })
        .collect()
}

/// Some neighbouring children. A key of the order is a row of words: few words make up all keys, so
/// each is looked up in the collation once and a key is a row of ranks.
struct Piece<'a> {
    lists: Vec<Lists>,
    /// The words that occur, each once.
    words: Vec<&'a str>,
    /// The keys, one behind the other: first places among `words`, then ranks.
    keys: Vec<u32>,
    /// Where each key ends.
    ends: Vec<u32>,
}

/// The thôn/TDP of children of whom none is known: behind all others.
const UNKNOWN: u32 = u32::MAX;

impl<'a> Piece<'a> {
    fn of(run: &'a Run<'_>, clusters: std::ops::Range<usize>, reviewed: &FxHashSet<RecordIx>) -> Self {
        let mut piece = Self { lists: Vec::new(), words: Vec::new(), keys: Vec::new(), ends: Vec::new() };
        let mut known = FxHashMap::default();
        for cluster in clusters {
            let child = run.child(cluster);
            piece.lists.push(Lists {
                police: children::asks_police(run, child.link.link, child.records),
                household: children::asks_household(run, &child),
                review: child.records.iter().any(|record| reviewed.contains(record)),
            });
            piece.add_key(&child, &mut known);
        }
        piece
    }

    fn add_key(&mut self, child: &Child<'a>, known: &mut FxHashMap<&'a str, u32>) {
        let Self { words, keys, ends, .. } = self;
        let mut place = |word: &'a str| {
            *known.entry(word).or_insert_with(|| {
                words.push(word);
                index(words.len() - 1)
            })
        };
        keys.push(child.hamlet().get().map_or(UNKNOWN, |hamlet| place(hamlet)));
        if let Some(name) = child.name().get() {
            keys.extend(name.given().chain(name.surname()).chain(name.middle()).map(place));
        }
        ends.push(index(keys.len()));
    }

    fn rank(&mut self, ranks: &FxHashMap<&str, u32>) {
        let ranks: Vec<u32> = self.words.iter().map(|word| ranks[word]).collect();
        for word in self.keys.iter_mut().filter(|word| **word != UNKNOWN) {
            *word = ranks[*word as usize];
        }
    }

    fn key(&self, nth: usize) -> &[u32] {
        let begin = if nth == 0 { 0 } else { self.ends[nth - 1] };
        &self.keys[begin as usize..self.ends[nth] as usize]
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("a piece has few words")
}

/// The rank of every word; words that the order does not tell apart have the same.
fn ranks<'a>(pieces: &[Piece<'a>], order: &VietnameseOrder) -> FxHashMap<&'a str, u32> {
    let words: FxHashSet<&str> = pieces.iter().flat_map(|piece| piece.words.iter().copied()).collect();
    let mut keys: Vec<(Vec<u8>, &str)> = words.into_par_iter().map(|word| (order.key(word), word)).collect();
    keys.par_sort_unstable();
    let groups = keys.chunk_by(|(one, _), (other, _)| one == other);
    (0..).zip(groups).flat_map(|(rank, group)| group.iter().map(move |(_, word)| (*word, rank))).collect()
}

/// The clusters in the order of their keys.
fn sorted(pieces: &[Piece<'_>]) -> Vec<u32> {
    let key = |cluster: u32| pieces[cluster as usize / PIECE].key(cluster as usize % PIECE);
    let count = pieces.iter().map(|piece| piece.ends.len()).sum();
    // Thôn/TDP and given name tell most children apart: the whole keys lie all over the memory.
    let first = |key: &[u32]| (key[0], key.get(1).copied());
    let mut order: Vec<_> = (0..).take(count).map(|cluster| (first(key(cluster)), cluster)).collect();
    order.par_sort_unstable_by(|(one, left), (other, right)| {
        one.cmp(other).then_with(|| key(*left).cmp(key(*right))).then(left.cmp(right))
    });
    order.into_iter().map(|(_, cluster)| cluster).collect()
}
