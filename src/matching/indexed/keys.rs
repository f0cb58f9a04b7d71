//! Blocks of the register by the keys of every pass: how they are written, and how the candidates of
//! a record are looked up. The same blocks as in memory: a block too large says that the pass's next
//! key splits it; where none can, its first records stand there and how many are left out.

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
    let sorted = sorter.sorted().map_err(|error| out.error(error))?;
    let result = sorted.each_group(|key, records| {
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

/// The blocks of an index, ready to be asked; one a thread.
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

    /// The same blocks, for another thread.
    pub fn another(&self) -> Self {
        let passes = self.passes.iter();
        let passes = passes.map(|(pass, tables)| (*pass, tables.iter().map(Table::another).collect()));
        Self { passes: passes.collect(), persons: self.persons }
    }

    /// Looks up the blocks of a record in every pass, and adds their persons.
    pub fn find(
        &mut self,
        (record, row): (u32, &[Slot]),
        profiles: &Profiles,
        found: &mut Vec<Found>,
        persons: &mut Vec<u32>,
    ) -> Result<(), IndexError> {
        for (at, (pass, depths)) in self.passes.iter_mut().enumerate() {
            let (before, mut left_out) = (persons.len(), 0);
            for (depth, table) in depths.iter_mut().enumerate() {
                let Some(key) = pass.key(depth, row, profiles) else { break };
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
                found.push(Found { pass: at, record, persons: count, left_out });
            }
        }
        Ok(())
    }
}
