//! The children's candidates among the persons of an index, some children at a time: so many persons
//! as memory holds are at hand at once, whatever the register and the list.

use std::ops::Range;

use rayon::prelude::*;

use super::{
    keys::Found,
    load::{AtHand, Lookup, TASK},
};
use crate::{
    index::IndexError,
    matching::{blocking::Blocks, profile::Profiles},
};

/// How much is done at a time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Children whose blocks are looked up.
    children: usize,
    /// Their candidates who are at hand, the same person counted as often as it is one.
    candidates: usize,
}

/// About what a person at hand takes: slots, words of names, and twice the part being read.
const BYTES_OF_PERSON: u64 = 500;
/// About what the blocks of a child take.
const BYTES_OF_BLOCKS: u64 = 1000;

impl Limits {
    /// Two thirds of so many bytes for persons, a third for blocks.
    pub fn of(memory: u64) -> Self {
        let count = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Self {
            children: count(memory / 3 / BYTES_OF_BLOCKS).clamp(64, 1 << 18),
            candidates: count(memory / 3 * 2 / BYTES_OF_PERSON).max(256),
        }
    }
}

/// Some children with their candidates at hand.
pub struct Window<'a> {
    /// The children, in order.
    pub records: &'a [u32],
    /// Their candidates by their places in `records` and among the persons at hand.
    pub found: Blocks,
    /// The persons.
    pub at_hand: AtHand,
}

/// The blocks of some children, child by child.
pub struct LookedUp {
    passes: usize,
    found: Vec<Found>,
    /// By block of `found` where its persons end.
    ends: Vec<usize>,
    /// The persons of all blocks, by their numbers in the index.
    persons: Vec<u32>,
}

impl LookedUp {
    /// Every person, each once.
    pub fn persons(&self) -> Vec<u32> {
        distinct(self.persons.clone())
    }

    /// As matching walks through them, all of so many records, with persons by their places among
    /// `persons`.
    pub fn blocks(&self, records: usize, persons: &[u32]) -> Blocks {
        self.stretch(0..self.found.len(), (0, records), persons)
    }

    /// Of some blocks the persons' stretch.
    fn persons_of(&self, blocks: &Range<usize>) -> Range<usize> {
        let end = |block: usize| block.checked_sub(1).map_or(0, |block| self.ends[block]);
        end(blocks.start)..end(blocks.end)
    }

    fn stretch(&self, blocks: Range<usize>, (first, records): (u32, usize), persons: &[u32]) -> Blocks {
        // To stop is better than to go on with somebody else.
        let place = |person: &u32| persons.binary_search(person).expect("all candidates are at hand") as u32;
        let places: Vec<u32> = self.persons[self.persons_of(&blocks)].par_iter().map(place).collect();
        let mut found = Blocks::none(self.passes, records);
        let mut rest = &places[..];
        for Found { pass, record, persons, left_out } in &self.found[blocks] {
            let (block, others) = rest.split_at(*persons as usize);
            found.put(*pass, record - first, block.iter().copied(), (*left_out).into());
            rest = others;
        }
        found
    }
}

fn distinct(mut persons: Vec<u32>) -> Vec<u32> {
    persons.par_sort_unstable();
    persons.dedup();
    persons
}

impl Lookup<'_> {
    /// The blocks of all children, where their candidates are few enough to be at hand at once, or must be.
    pub fn look_up_all(&self, profiles: &Profiles, must: bool) -> Result<Option<LookedUp>, IndexError> {
        let children = profiles.children.len();
        if !must && children > self.window.children {
            return Ok(None);
        }
        let everybody: Vec<u32> = (0..children as u32).collect();
        let looked_up = self.look_up(&everybody, profiles)?;
        Ok(Some(looked_up).filter(|looked_up| must || looked_up.persons.len() <= self.window.candidates))
    }

    /// The blocks of some children, who are then numbered by their places in `records`.
    fn look_up(&self, records: &[u32], profiles: &Profiles) -> Result<LookedUp, IndexError> {
        let row = |place: u32| profiles.children.row(records[place as usize] as usize);
        let (mut found, mut persons): (Vec<(Found, usize)>, Vec<u32>) = (Vec::new(), Vec::new());
        for pass in 0..self.blocks.passes() {
            let rows = (0..records.len() as u32).into_par_iter().map(|place| (place, row(place)));
            let keys = self.blocks.keys(pass, rows, profiles);
            let chunks: Result<Vec<_>, IndexError> = keys
                .par_chunks(TASK)
                .map(|chunk| self.blocks.find(pass, (chunk, keys.len()), row, profiles))
                .collect();
            for (of_chunk, mut of_blocks) in chunks? {
                let mut start = persons.len();
                for block in of_chunk {
                    found.push((block, start));
                    start += block.persons as usize;
                }
                persons.append(&mut of_blocks);
            }
        }
        found.par_sort_unstable_by_key(|(block, _)| (block.record, block.pass));
        let mut looked_up = LookedUp {
            passes: self.blocks.passes(),
            found: Vec::with_capacity(found.len()),
            ends: Vec::with_capacity(found.len()),
            persons: Vec::with_capacity(persons.len()),
        };
        for (block, start) in found {
            looked_up.persons.extend_from_slice(&persons[start..start + block.persons as usize]);
            looked_up.ends.push(looked_up.persons.len());
            looked_up.found.push(block);
        }
        Ok(looked_up)
    }

    /// Takes the candidates of some children to hand, window after window, and looks at each.
    pub fn each_window(
        &self,
        records: &[u32],
        profiles: &mut Profiles,
        mut look: impl FnMut(&Profiles, &Window<'_>),
    ) -> Result<(), IndexError> {
        for batch in records.chunks(self.window.children) {
            let looked_up = self.look_up(batch, profiles)?;
            let (mut first, mut block) = (0, 0);
            while first < batch.len() {
                let (end, blocks) = looked_up.window((first, block), batch.len(), self.window.candidates);
                let persons = distinct(looked_up.persons[looked_up.persons_of(&blocks)].to_vec());
                let found = looked_up.stretch(blocks.clone(), (first as u32, end - first), &persons);
                let at_hand = self.take(persons, profiles)?;
                look(profiles, &Window { records: &batch[first..end], found, at_hand });
                (first, block) = (end, blocks.end);
            }
        }
        Ok(())
    }
}

impl LookedUp {
    /// The window that begins at a child and its first block: before which child it ends, and its blocks.
    fn window(
        &self,
        (first, block): (usize, usize),
        records: usize,
        candidates: usize,
    ) -> (usize, Range<usize>) {
        let before = self.persons_of(&(0..block)).end;
        let past = self.ends[block..].partition_point(|end| end - before <= candidates) + block;
        if past == self.found.len() {
            return (records, block..past);
        }
        // Of whole children, and at least of one.
        let end = (self.found[past].record as usize).max(first + 1);
        (end, block..self.found.partition_point(|block| (block.record as usize) < end))
    }
}
