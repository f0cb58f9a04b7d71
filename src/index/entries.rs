//! Entries of any length by their number: sixteen of them a block, with a table of where each block
//! begins. The same form in a section of the index and in a temporary file of its build.

use std::{
    io::{self, Write},
    ops::Range,
    path::Path,
};

use super::{
    codec::{Malformed, Put, Take},
    error::IndexError,
    file::{Cursor, IndexFile, read_at},
    writer::IndexWriter,
};
use crate::disk::{self, DiskFile};

/// Entries of one block.
const BLOCK: u32 = 16;

/// The entries of whole blocks, in order.
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], Malformed>> {
    let mut take = Take::new(bytes);
    std::iter::from_fn(move || {
        if take.is_empty() {
            return None;
        }
        let entry = take.count().and_then(|count| take.bytes(count));
        if entry.is_err() {
            take = Take::new(&[]);
        }
        Some(entry)
    })
}

/// Entries in a temporary file, which is gone with the value, whatever happens.
pub struct Spill {
    file: DiskFile,
    /// Where each block begins.
    starts: Vec<u64>,
    buffer: Vec<u8>,
    flushed: u64,
    count: u32,
}

/// Bytes written at a time.
const BUFFER: usize = 1 << 20;

impl Spill {
    /// An empty one, its file in a folder.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let file = disk::nameless(folder)?;
        Ok(Self { file, starts: Vec::new(), buffer: Vec::new(), flushed: 0, count: 0 })
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: &[u8]) -> io::Result<()> {
        if self.count.is_multiple_of(BLOCK) {
            self.starts.push(self.flushed + self.buffer.len() as u64);
        }
        self.buffer.put_varint(entry.len() as u64);
        self.buffer.extend_from_slice(entry);
        self.count += 1;
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Makes everything pushed readable.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.flushed += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// How many entries there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Ranges of whole blocks of about so many entries that together hold everything.
    pub fn chunks(&self, entries: u32) -> impl Iterator<Item = Range<u32>> + use<> {
        chunks(self.count, entries)
    }

    /// The bytes of a range of [`Self::chunks`].
    pub fn read(&self, range: &Range<u32>) -> io::Result<Vec<u8>> {
        let at = |entry: u32| self.starts.get((entry / BLOCK) as usize).copied().unwrap_or(self.flushed);
        let end = if range.end == self.count { self.flushed } else { at(range.end) };
        let begin = at(range.start);
        let mut bytes = vec![0; (end - begin) as usize];
        read_at(self.file.as_file(), &mut bytes, begin)?;
        Ok(bytes)
    }

    /// One entry.
    pub fn get(&self, entry: u32) -> io::Result<Vec<u8>> {
        let block = entry / BLOCK * BLOCK;
        let bytes = self.read(&(block..(block + BLOCK).min(self.count)))?;
        nth(&bytes, entry - block).map(<[u8]>::to_vec).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// Makes a section of it.
    pub fn store(mut self, name: &'static str, out: &mut IndexWriter) -> Result<(), IndexError> {
        self.flush().map_err(|error| out.error(error))?;
        out.begin(name);
        for range in self.chunks(1 << 14) {
            let bytes = self.read(&range).map_err(|error| out.error(error))?;
            out.append(&bytes)?;
        }
        self.starts.push(self.flushed);
        write_starts(name, &self.starts, out)
    }
}

/// Writes entries directly into a section of the index, each block packed: the persons of a
/// household have most of their cells in common.
pub struct EntriesWriter {
    name: &'static str,
    starts: Vec<u64>,
    at: u64,
    count: u32,
    block: Vec<u8>,
}

impl EntriesWriter {
    /// Begins the section.
    pub fn begin(name: &'static str, out: &mut IndexWriter) -> Self {
        out.begin(name);
        Self { name, starts: Vec::new(), at: 0, count: 0, block: Vec::new() }
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: &[u8], out: &mut IndexWriter) -> Result<(), IndexError> {
        self.block.put_varint(entry.len() as u64);
        self.block.extend_from_slice(entry);
        self.count += 1;
        if self.count.is_multiple_of(BLOCK) { self.pack(out) } else { Ok(()) }
    }

    fn pack(&mut self, out: &mut IndexWriter) -> Result<(), IndexError> {
        self.starts.push(self.at);
        let packed = lz4_flex::compress_prepend_size(&self.block);
        self.at += packed.len() as u64;
        self.block.clear();
        out.append(&packed)
    }

    /// Ends the section; returns how many entries it has.
    pub fn end(mut self, out: &mut IndexWriter) -> Result<u32, IndexError> {
        if !self.block.is_empty() {
            self.pack(out)?;
        }
        self.starts.push(self.at);
        write_starts(self.name, &self.starts, out)?;
        Ok(self.count)
    }
}

/// Ends a section of entries and says where its blocks begin.
fn write_starts(name: &str, starts: &[u64], out: &mut IndexWriter) -> Result<(), IndexError> {
    out.end()?;
    out.begin(&starts_of(name));
    starts.iter().try_for_each(|start| out.append(&start.to_le_bytes()))?;
    out.end()
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let size = Take::new(packed).u32().ok().filter(|size| *size <= LARGEST_BLOCK)?;
    lz4_flex::decompress(packed.get(4..)?, size as usize).ok()
}

fn chunks(count: u32, entries: u32) -> impl Iterator<Item = Range<u32>> {
    let step = entries.next_multiple_of(BLOCK);
    (0..count).step_by(step as usize).map(move |first| first..first.saturating_add(step).min(count))
}

fn nth(bytes: &[u8], at: u32) -> Result<&[u8], Malformed> {
    entries(bytes).nth(at as usize).unwrap_or(Err(Malformed))
}

fn starts_of(name: &str) -> String {
    format!("{name}.starts")
}

/// Entries of a section.
pub struct Entries<'a> {
    entries: Cursor<'a>,
    starts: Cursor<'a>,
    count: u32,
    /// The block last unpacked, where blocks are packed.
    unpacked: Option<(u32, Vec<u8>)>,
}

/// No block is larger: more would be memory asked for by a damaged length.
const LARGEST_BLOCK: u32 = 1 << 28;

impl<'a> Entries<'a> {
    /// The entries of a section written by [`EntriesWriter`]; `count` of them.
    pub fn open_packed(index: &'a IndexFile, name: &str, count: u32) -> Result<Self, IndexError> {
        Ok(Self { unpacked: Some((u32::MAX, Vec::new())), ..Self::open(index, name, count)? })
    }

    /// The entries of a section made by [`Spill::store`]; `count` of them.
    pub fn open(index: &'a IndexFile, name: &str, count: u32) -> Result<Self, IndexError> {
        let starts = index.section(&starts_of(name))?;
        if starts.bytes() != (u64::from(count.div_ceil(BLOCK)) + 1) * 8 {
            return Err(starts.damaged());
        }
        Ok(Self { entries: index.section(name)?.cursor(), starts: starts.cursor(), count, unpacked: None })
    }

    /// One entry.
    pub fn get(&mut self, entry: u32) -> Result<&[u8], IndexError> {
        if entry >= self.count {
            return Err(self.entries.section().damaged());
        }
        let bounds = self.starts.read(u64::from(entry / BLOCK) * 8, 16)?;
        let mut take = Take::new(bounds);
        let (Ok(begin), Ok(end)) = (take.u64(), take.u64()) else {
            return Err(self.entries.section().damaged());
        };
        let damaged = self.entries.section().damaged();
        let length = end.checked_sub(begin).and_then(|length| usize::try_from(length).ok());
        let Some(length) = length else { return Err(damaged) };
        let Some((block, unpacked)) = &mut self.unpacked else {
            return nth(self.entries.read(begin, length)?, entry % BLOCK).map_err(|_| damaged);
        };
        if *block != entry / BLOCK {
            let Some(bytes) = unpack(self.entries.read(begin, length)?) else { return Err(damaged) };
            (*block, *unpacked) = (entry / BLOCK, bytes);
        }
        nth(unpacked, entry % BLOCK).map_err(|_| damaged)
    }

    /// That an entry is not what was written.
    pub fn damaged(&self) -> IndexError {
        self.entries.section().damaged()
    }
}
