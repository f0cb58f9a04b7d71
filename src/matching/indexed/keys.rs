//! Blocks of the register by the keys of every pass: how they are written, and how the candidates of
//! a record are looked up. The same blocks as in memory: a block too large says that the pass's next
//! key splits it; where none can, its first records stand there and how many are left out.

use rayon::prelude::*;

use super::counts::section;
use crate::{
    index::{IndexError, IndexFile, IndexWriter, Sorter, Table, TableWriter},
    matching::{
        blocking::{Blocking, PassKeys},
        profile::Profiles,
        slot::Slot,
    },
};

/// Stands in a block for all its records: they are in the blocks of the next key.
const DEEPER: u32 = u32::MAX;
/// Stands behind the records of a block that nothing splits, with the number of those left out.
const LEFT_OUT: u32 = 1 << 31;
/// Records an index can number.
pub const MOST_RECORDS: u32 = LEFT_OUT - 2;

/// Bytes of a key with its record.
const ENTRY: usize = 12;

/// The section of a pass's keys at a depth.
fn keys_section(pass: usize, depth: usize) -> String {
    section(&section("keys", pass), depth)
}

/// A set of records.
pub struct Members(Vec<u64>);

impl Members {
    /// Of so many records none.
    pub fn none(records: u32) -> Self {
        Self(vec![0; records.div_ceil(64) as usize])
    }

    /// With a record.
    pub fn insert(&mut self, record: u32) {
        self.0[(record / 64) as usize] |= 1 << (record % 64);
    }

    /// Whether a record is one.
    pub fn contains(&self, record: u32) -> bool {
        self.0[(record / 64) as usize] >> (record % 64) & 1 == 1
    }
}

/// One depth of one pass, about to be written.
pub struct Depth {
    /// Which pass.
    pub pass: usize,
    /// With how many of its further keys.
    pub depth: usize,
    /// How many further keys it has.
    pub refinements: usize,
    /// Most records of a block.
    pub limit: usize,
}

/// Writes one depth of one pass; adds the records that belong deeper to `deeper`. Returns how many.
pub fn write_keys(
    out: &mut IndexWriter,
    depth: &Depth,
    sorter: Sorter,
    deeper: &mut Members,
) -> Result<u64, IndexError> {
    let name = keys_section(depth.pass, depth.depth);
    let mut table = TableWriter::begin(out, &name, ENTRY, sorter.count());
    let mut count = 0;
    let mut failed = None;
    let result = sorter.each_group(|key, records| {
        let mut push = |record: u32| {
            if failed.is_none() {
                failed = table.push(out, key, &record.to_le_bytes()).err();
            }
        };
        if records.len() <= depth.limit {
            records.iter().for_each(|record| push(*record as u32));
        } else if depth.depth < depth.refinements {
            push(DEEPER);
            records.iter().for_each(|record| deeper.insert(*record as u32));
            count += records.len() as u64;
        } else {
            records[..depth.limit].iter().for_each(|record| push(*record as u32));
            push(LEFT_OUT | (records.len() - depth.limit) as u32);
        }
        Ok(())
    });
    result.map_err(|error| out.error(error))?;
    match failed {
        Some(error) => Err(error),
        None => table.end(out).map(|()| count),
    }
}

/// The blocks of an index, ready to be asked.
pub struct IndexedBlocks<'a> {
    /// By pass and depth.
    passes: Vec<(PassKeys<'a>, Vec<Table<'a>>)>,
    persons: u32,
}

/// Blocks that were looked up: which pass and record, how many persons, how many were left out.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The pass.
    pub pass: usize,
    /// The record of the list.
    pub record: u32,
    /// Its candidates.
    pub persons: u32,
    /// How many more there are that the pass's keys cannot tell apart.
    pub left_out: u32,
}

impl<'a> IndexedBlocks<'a> {
    /// The blocks of an index of so many persons.
    pub fn open(index: &'a IndexFile, blocking: &'a Blocking, persons: u32) -> Result<Self, IndexError> {
        let open = |(at, pass): (usize, PassKeys<'a>)| {
            let depths = (0..=pass.refinements()).map(|depth| keys_section(at, depth));
            let depths = depths.take_while(|name| index.has(name));
            let tables =
                depths.map(|name| Table::open(index, &name, ENTRY)).collect::<Result<Vec<_>, _>>()?;
            Ok((pass, tables))
        };
        let passes = blocking.passes().enumerate().map(open).collect::<Result<_, IndexError>>()?;
        Ok(Self { passes, persons })
    }

    /// How many passes there are.
    pub fn passes(&self) -> usize {
        self.passes.len()
    }

    /// The keys of records in a pass, in order, with the records: blocks that are looked up in this
    /// order stand in the index one after the other.
    pub fn keys<'r>(
        &self,
        pass: usize,
        rows: impl ParallelIterator<Item = (u32, &'r [Slot])>,
        profiles: &Profiles,
    ) -> Vec<(u64, u32)> {
        let keys = &self.passes[pass].0;
        let mut sorted: Vec<(u64, u32)> =
            rows.filter_map(|(record, row)| Some((keys.key(0, row, profiles)?, record))).collect();
        sorted.par_sort_unstable();
        sorted
    }

    /// Looks up the blocks of some records in a pass, by their [`Self::keys`], of which there are
    /// `all` together.
    pub fn find<'r>(
        &self,
        pass: usize,
        (keys, all): (&[(u64, u32)], usize),
        row: impl Fn(u32) -> &'r [Slot],
        profiles: &Profiles,
    ) -> Result<(Vec<Found>, Vec<u32>), IndexError> {
        let (deeper_keys, depths) = &self.passes[pass];
        let mut depths: Vec<Table<'_>> = depths.iter().map(|table| table.another(all)).collect();
        let (mut found, mut persons) = (Vec::new(), Vec::new());
        for (key, record) in keys {
            let (before, mut left_out) = (persons.len(), 0);
            let mut key = Some(*key);
            for (depth, table) in depths.iter_mut().enumerate() {
                if depth > 0 {
                    key = deeper_keys.key(depth, row(*record), profiles);
                }
                let Some(key) = key else { break };
                let (mut deeper, mut outside) = (false, false);
                table.find(key, |person| {
                    match u32::from_le_bytes(person.try_into().unwrap_or_default()) {
                        DEEPER => deeper = true,
                        cut if cut & LEFT_OUT != 0 => left_out = cut ^ LEFT_OUT,
                        person => {
                            outside |= person >= self.persons;
                            persons.push(person);
                        }
                    }
                })?;
                if outside {
                    return Err(table.damaged());
                }
                if !deeper {
                    break;
                }
            }
            let count = (persons.len() - before) as u32;
            if count > 0 {
                found.push(Found { pass, record: *record, persons: count, left_out });
            }
        }
        Ok((found, persons))
    }
}
