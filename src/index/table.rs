//! Entries of one width, sorted by a 64-bit key, with a table of where each leading bit pattern
//! begins: keys are hashes, so a look-up reads one stretch of about a hundred entries.

use super::{
    codec::Take,
    error::IndexError,
    file::{Cursor, IndexFile},
    writer::IndexWriter,
};

/// Entries expected for one leading bit pattern, as a power of two: so many that the table of where
/// they begin fits into memory, so few that one or two pages hold them.
const STRETCH: u32 = 7;

/// Pages read beyond those asked for, where the next ones will be asked for too.
const PAGES_AHEAD: usize = 15;

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
        out.append_two(&key.to_le_bytes(), rest)
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

/// Bytes before the first of the places where leading bit patterns begin.
const BEFORE_STARTS: u64 = 8;

impl<'a> Table<'a> {
    /// The table of a section.
    pub fn open(index: &'a IndexFile, name: &str, width: usize) -> Result<Self, IndexError> {
        let section = index.section(&format!("{name}.starts"))?;
        let mut starts = section.cursor();
        let mut take = Take::new(starts.read(0, BEFORE_STARTS as usize)?);
        let (Ok(written), Ok(shift)) = (take.u32(), take.u32()) else { return Err(section.damaged()) };
        if written != width as u32
            || !(32..64).contains(&shift)
            || section.bytes() != BEFORE_STARTS + ((1 << (64 - shift)) + 1) * 4
        {
            return Err(section.damaged());
        }
        Ok(Self { entries: index.section(name)?.cursor(), starts, width, shift })
    }

    /// The same table, for another thread that looks up so many keys in their order: where they stand
    /// close together more than a page is read at a time.
    pub fn another(&self, keys: usize) -> Self {
        let Self { entries, starts, width, shift } = self;
        let section = entries.section();
        let ahead = if section.pages() <= keys as u64 * 2 { PAGES_AHEAD } else { 0 };
        let (entries, starts) = (section.cursor_ahead(ahead), starts.section().cursor());
        Self { entries, starts, width: *width, shift: *shift }
    }

    /// Calls with the rest of each entry of a key, in the order in which they were written.
    pub fn find(&mut self, key: u64, mut found: impl FnMut(&[u8])) -> Result<(), IndexError> {
        let mut take = Take::new(self.starts.read(BEFORE_STARTS + (key >> self.shift) * 4, 8)?);
        let (Ok(low), Ok(high)) = (take.u32(), take.u32()) else { return Err(self.damaged()) };
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
