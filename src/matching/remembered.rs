//! What one run hands to the scoring of its pairs from an earlier one, and keeps for a later one.

use super::{
    known::{
        Comparisons, Fingerprint, Known, KnownPairs, LevelCodes, Levels, PairLevels, fingerprints, places,
    },
    linkage::Reuse,
    matcher::Given,
    model::Sums,
    profile::Profiles,
    score::Candidates,
    scorer::{Model, Scorer},
    slot::Slot,
    training::Side,
};

/// The rows of this run and where they stood in an earlier one.
pub struct Remembered<'a> {
    children: Vec<Fingerprint>,
    persons: Vec<Fingerprint>,
    known: Option<KnownPlaces<'a>>,
    keep: bool,
}

/// What is known, and by row of this run which row it was.
struct KnownPlaces<'a> {
    comparisons: &'a Comparisons,
    children: Vec<u32>,
    persons: Vec<u32>,
}

impl<'a> Remembered<'a> {
    /// `None` where nothing is known and nothing kept.
    pub fn of(profiles: &Profiles, given: Given<'a>) -> Option<Self> {
        if given.known.is_none() && !given.remember {
            return None;
        }
        let children = fingerprints(profiles, &profiles.children);
        let persons = fingerprints(profiles, &profiles.register);
        let known = given.known.map(|comparisons| KnownPlaces {
            comparisons,
            children: places(&comparisons.children, &children),
            persons: places(&comparisons.persons, &persons),
        });
        Some(Self { children, persons, known, keep: given.remember })
    }

    /// For the scoring of one side.
    pub fn memory(&self, side: Side, model: &Model) -> Memory<'_> {
        let codes = LevelCodes::of(model);
        let known = self.known.as_ref().map(|known| {
            let KnownPlaces { comparisons, children, persons } = known;
            match side {
                Side::Duplicates => Known::new(&comparisons.duplicates, children, children),
                Side::Register => Known::new(&comparisons.identities, children, persons),
            }
        });
        Memory { known, keep: self.keep && codes.is_some(), codes }
    }

    /// How much of the earlier run was used again.
    pub fn reuse(&self, duplicates: &Candidates, identities: &Candidates) -> Reuse {
        let count =
            |places: &[u32]| places.iter().filter(|place| **place != super::known::NEW).count() as u64;
        let known = self.known.as_ref();
        Reuse {
            children: known.map_or(0, |known| count(&known.children)),
            persons: known.map_or(0, |known| count(&known.persons)),
            pairs: (duplicates.reused, identities.reused),
        }
    }

    /// What is kept for a later run.
    pub fn comparisons(self, [duplicates, identities]: [PairLevels; 2]) -> Option<Comparisons> {
        let Self { children, persons, keep, .. } = self;
        // A model of more comparisons than can be kept leaves none.
        let keep = keep && duplicates.counts.len() == children.len();
        keep.then_some(Comparisons { children, persons, duplicates, identities })
    }
}

/// What is known of the pairs of one side, and whether what is found is kept.
#[derive(Default)]
pub struct Memory<'a> {
    codes: Option<LevelCodes>,
    known: Option<Known<'a>>,
    keep: bool,
}

impl Memory<'_> {
    /// Pairs to be compared, of many records.
    pub fn pairs<'m>(&'m self, scorer: Scorer<'m>) -> Pairs<'m> {
        Pairs { scorer, memory: self, known: None, found: PairLevels::default(), reused: 0 }
    }
}

/// Compares the pairs of one record after the other, with what is known of them.
pub struct Pairs<'a> {
    scorer: Scorer<'a>,
    memory: &'a Memory<'a>,
    known: Option<KnownPairs<'a>>,
    /// What was found, where it is kept.
    pub found: PairLevels,
    /// How many pairs were known.
    pub reused: u64,
}

impl Pairs<'_> {
    /// Goes on with the next record.
    pub fn begin(&mut self, record: usize) {
        self.known = self.memory.known.as_ref().map(|known| known.of(record));
        if self.memory.keep {
            self.found.counts.push(0);
        }
    }

    /// The sums of the record with another.
    pub fn sums(&mut self, row: &[Slot], record: u32, other: &[Slot]) -> Sums {
        let Some(codes) = &self.memory.codes else { return self.scorer.sums(row, other) };
        let (sums, levels) = match self.known.and_then(|known| known.with(record)) {
            Some(levels) => {
                self.reused += 1;
                (codes.sums(self.scorer, levels, row, other), levels)
            }
            None if self.memory.keep => codes.compare(self.scorer, row, other),
            None => return self.scorer.sums(row, other),
        };
        self.keep(record, levels);
        sums
    }

    fn keep(&mut self, record: u32, levels: Levels) {
        if let Some(count) = self.found.counts.last_mut() {
            *count += 1;
            self.found.others.push(record);
            self.found.levels.push(levels);
        }
    }
}
