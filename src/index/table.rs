//! Entries of one width, sorted by a 64-bit key, with a table of where each leading bit pattern
//! begins: keys are hashes, so a look-up reads one stretch of about sixteen entries.

use super::{
    codec::Take,
    error::IndexError,
    file::{Cursor, IndexFile},
    writer::IndexWriter,
};

/// Entries expected for one leading bit pattern, as a power of two.
const STRETCH: u32 = 4;

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
    starts: Cursor<'a>,
    width: usize,
    shift: u32,
}

impl<'a> Table<'a> {
    /// The table of a section.
    pub fn open(index: &'a IndexFile, name: &str, width: usize) -> Result<Self, IndexError> {
        let starts = index.section(&format!("{name}.starts"))?;
        let damaged = || starts.damaged();
        let mut cursor = starts.cursor();
        let mut take = Take::new(cursor.read(0, 8)?);
        let (written, shift) = (take.u32(), take.u32().map_err(|_| damaged())?);
        if written != Ok(width as u32) || !(32..64).contains(&shift) {
            return Err(damaged());
        }
        if starts.len() != 8 + 4 * ((1_u64 << (64 - shift)) + 1) {
            return Err(damaged());
        }
        Ok(Self { entries: index.section(name)?.cursor(), starts: cursor, width, shift })
    }

    /// Calls with the rest of each entry of a key, in the order in which they were written.
    pub fn find(&mut self, key: u64, mut found: impl FnMut(&[u8])) -> Result<(), IndexError> {
        let bounds = self.starts.read(8 + 4 * (key >> self.shift), 8)?;
        let mut take = Take::new(bounds);
        let damaged = || self.entries.section().damaged();
        let (low, high) = (take.u32().map_err(|_| damaged())?, take.u32().map_err(|_| damaged())?);
        let count = high.checked_sub(low).ok_or_else(damaged)? as usize * self.width;
        let bytes = self.entries.read(u64::from(low) * self.width as u64, count)?;
        for entry in bytes.chunks_exact(self.width) {
            let (known, rest) = entry.split_at(8);
            match u64::from_le_bytes(known.try_into().unwrap_or_default()).cmp(&key) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => found(rest),
                std::cmp::Ordering::Greater => break,
            }
        }
        Ok(())
    }

    /// That an entry is not what was written.
    pub fn damaged(&self) -> IndexError {
        self.entries.section().damaged()
    }

    /// Calls with every entry of the table, in order.
    pub fn each(self, mut found: impl FnMut(u64, &[u8])) -> Result<(), IndexError> {
        let section = self.entries.section();
        let mut cursor = section.cursor_ahead(64);
        let mut at = 0;
        while at < section.len() {
            let entry = cursor.read(at, self.width)?;
            let (key, rest) = entry.split_at(8);
            found(u64::from_le_bytes(key.try_into().unwrap_or_default()), rest);
            at += self.width as u64;
        }
        Ok(())
    }
}
