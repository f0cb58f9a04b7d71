//! Entries of one width, sorted by a 64-bit key, with a table of where each leading bit pattern
//! begins: keys are hashes, so a look-up reads one stretch of about a hundred entries.

use std::sync::Arc;

use super::{
    codec::Take,
    error::IndexError,
    file::{Cursor, IndexFile},
    writer::IndexWriter,
};

/// Entries expected for one leading bit pattern, as a power of two: so many that the table of where
/// they begin fits into memory, so few that one or two pages hold them.
const STRETCH: u32 = 7;

/// Writes a table: entries in the order of their keys, of which at most `most` come.
pub struct TableWriter {
    name: String,
    width: usize,
    shift: u32,
    starts: Vec<u32>,
    count: u32,
}

impl TableWriter {
    /// Begins the section of a table.
    pub fn begin(out: &mut IndexWriter, name: &str, width: usize, most: u64) -> Self {
        out.begin(name);
        let bits = most.max(2).ilog2().saturating_sub(STRETCH).max(1);
        let starts = vec![0; (1 << bits) + 1];
        Self { name: name.to_owned(), width, shift: 64 - bits, starts, count: 0 }
    }

    /// Appends an entry: its key and what follows, in all as wide as the table's.
    pub fn push(&mut self, out: &mut IndexWriter, key: u64, rest: &[u8]) -> Result<(), IndexError> {
        debug_assert_eq!(rest.len() + 8, self.width);
        self.count += 1;
        self.starts[(key >> self.shift) as usize + 1] = self.count;
        out.append(&key.to_le_bytes())?;
        out.append(rest)
    }

    /// Ends the table.
    pub fn end(self, out: &mut IndexWriter) -> Result<(), IndexError> {
        out.end()?;
        out.begin(&format!("{}.starts", self.name));
        out.append(&(self.width as u32).to_le_bytes())?;
        out.append(&self.shift.to_le_bytes())?;
        let mut last = 0;
        for start in self.starts {
            // A pattern that no key begins with begins where the one before ended.
            last = last.max(start);
            out.append(&last.to_le_bytes())?;
        }
        out.end()
    }
}

/// A table of an open index.
pub struct Table<'a> {
    entries: Cursor<'a>,
    starts: Arc<Vec<u32>>,
    width: usize,
    shift: u32,
}

impl<'a> Table<'a> {
    /// The table of a section.
    pub fn open(index: &'a IndexFile, name: &str, width: usize) -> Result<Self, IndexError> {
        let section = index.section(&format!("{name}.starts"))?;
        let damaged = || section.damaged();
        let bytes = section.read_all()?;
        let mut take = Take::new(&bytes);
        let (written, shift) = (take.u32(), take.u32().map_err(|_| damaged())?);
        if written != Ok(width as u32) || !(32..64).contains(&shift) {
            return Err(damaged());
        }
        let mut starts = Vec::with_capacity(bytes.len() / 4);
        while let Ok(start) = take.u32() {
            starts.push(start);
        }
        if starts.len() as u64 != (1 << (64 - shift)) + 1 {
            return Err(damaged());
        }
        Ok(Self { entries: index.section(name)?.cursor(), starts: Arc::new(starts), width, shift })
    }

    /// The same table, for another thread.
    pub fn another(&self) -> Self {
        let Self { entries, starts, width, shift } = self;
        let entries = entries.section().cursor();
        Self { entries, starts: Arc::clone(starts), width: *width, shift: *shift }
    }

    /// Calls with the rest of each entry of a key, in the order in which they were written.
    pub fn find(&mut self, key: u64, mut found: impl FnMut(&[u8])) -> Result<(), IndexError> {
        let at = (key >> self.shift) as usize;
        let (low, high) = (self.starts[at], self.starts[at + 1]);
        let count = high.checked_sub(low).ok_or_else(|| self.damaged())? as usize * self.width;
        let bytes = self.entries.read(u64::from(low) * self.width as u64, count)?;
        let entry_key = |entry: &[u8]| u64::from_le_bytes(entry[..8].try_into().unwrap_or_default());
        // Sorted: the first of the key by halving, then as long as they are its.
        let (mut from, mut to) = (0, bytes.len() / self.width);
        while from < to {
            let middle = from.midpoint(to);
            if entry_key(&bytes[middle * self.width..][..8]) < key {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        let entries = bytes[from * self.width..].chunks_exact(self.width);
        entries.take_while(|entry| entry_key(entry) == key).for_each(|entry| found(&entry[8..]));
        Ok(())
    }

    /// That an entry is not what was written.
    pub fn damaged(&self) -> IndexError {
        self.entries.section().damaged()
    }
}
