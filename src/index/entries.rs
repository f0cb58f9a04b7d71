//! Entries of any length by their number: sixteen of them a block, with a table of where each block
//! begins. The same form in a section of the index and in a temporary file of its build.

use std::{
    io::{self, Write},
    ops::Range,
    path::Path,
};

use rayon::prelude::*;

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

/// Some entries one after the other.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    /// Appends an entry: what `write` appends to the bytes.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len());
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[*start..*end])
    }
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
        put_entry(entry, &mut self.buffer);
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
}

/// Writes entries directly into a section of the index.
pub struct EntriesWriter {
    name: &'static str,
    /// Whether each block is packed: the persons of a household have most of their cells in common.
    packed: bool,
    starts: Vec<u64>,
    at: u64,
    count: u32,
    block: Vec<u8>,
}

impl EntriesWriter {
    /// Begins the section.
    pub fn begin(name: &'static str, packed: bool, out: &mut IndexWriter) -> Self {
        out.begin(name);
        Self { name, packed, starts: Vec::new(), at: 0, count: 0, block: Vec::new() }
    }

    /// Appends entries, whole blocks of them packed side by side.
    pub fn push(&mut self, batches: &[Batch], out: &mut IndexWriter) -> Result<(), IndexError> {
        let entries: Vec<&[u8]> = batches.iter().flat_map(Batch::iter).collect();
        let begun = (BLOCK - self.count % BLOCK) % BLOCK;
        let (first, rest) = entries.split_at(entries.len().min(begun as usize));
        first.iter().for_each(|entry| put_entry(entry, &mut self.block));
        self.count += first.len() as u32;
        if self.count.is_multiple_of(BLOCK) && !self.block.is_empty() {
            let block = std::mem::take(&mut self.block);
            let block = self.finished(&block);
            self.append(&block, out)?;
        }
        let whole = rest.chunks_exact(BLOCK as usize);
        whole.remainder().iter().for_each(|entry| put_entry(entry, &mut self.block));
        self.count += rest.len() as u32;
        let blocks = rest.par_chunks_exact(BLOCK as usize).with_min_len(16);
        let blocks: Vec<Vec<u8>> = blocks
            .map(|entries| {
                let mut block = Vec::with_capacity(BLOCK as usize * 256);
                entries.iter().for_each(|entry| put_entry(entry, &mut block));
                self.finished(&block)
            })
            .collect();
        blocks.iter().try_for_each(|block| self.append(block, out))
    }

    fn finished(&self, block: &[u8]) -> Vec<u8> {
        if self.packed { lz4_flex::compress_prepend_size(block) } else { block.to_vec() }
    }

    fn append(&mut self, block: &[u8], out: &mut IndexWriter) -> Result<(), IndexError> {
        self.starts.push(self.at);
        self.at += block.len() as u64;
        out.append(block)
    }

    /// Ends the section; returns how many entries it has.
    pub fn end(mut self, out: &mut IndexWriter) -> Result<u32, IndexError> {
        if !self.block.is_empty() {
            let block = self.finished(&self.block);
            self.append(&block, out)?;
        }
        self.starts.push(self.at);
        write_starts(self.name, &self.starts, out)?;
        Ok(self.count)
    }
}

fn put_entry(entry: &[u8], block: &mut Vec<u8>) {
    block.put_varint(entry.len() as u64);
    block.extend_from_slice(entry);
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

/// Pages read beyond those asked for, where the next ones will be asked for too.
const PAGES_AHEAD: usize = 7;

/// No block is larger: more would be memory asked for by a damaged length.
const LARGEST_BLOCK: u32 = 1 << 28;

impl<'a> Entries<'a> {
    /// The entries of a section written by [`EntriesWriter`]; `count` of them.
    pub fn open_packed(index: &'a IndexFile, name: &str, count: u32) -> Result<Self, IndexError> {
        Ok(Self { unpacked: Some((u32::MAX, Vec::new())), ..Self::open(index, name, count)? })
    }

    /// The same of a section whose blocks are not packed.
    pub fn open(index: &'a IndexFile, name: &str, count: u32) -> Result<Self, IndexError> {
        let starts = index.section(&starts_of(name))?;
        if starts.bytes() != (u64::from(count.div_ceil(BLOCK)) + 1) * 8 {
            return Err(starts.damaged());
        }
        Ok(Self { entries: index.section(name)?.cursor(), starts: starts.cursor(), count, unpacked: None })
    }

    /// The same, for entries that are asked for in their order and stand close together if so many of
    /// them lie within a range.
    #[must_use]
    pub fn in_order(mut self, asked: usize, range: Range<u32>) -> Self {
        let blocks = (range.end.saturating_sub(range.start) / BLOCK) as usize;
        if blocks <= asked * 2 {
            self.entries = self.entries.section().cursor_ahead(PAGES_AHEAD);
        }
        self
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
        let section = self.entries.section();
        let length = end.checked_sub(begin).and_then(|length| usize::try_from(length).ok());
        let Some(length) = length else { return Err(section.damaged()) };
        let Some((block, unpacked)) = &mut self.unpacked else {
            return nth(self.entries.read(begin, length)?, entry % BLOCK).map_err(|_| section.damaged());
        };
        if *block != entry / BLOCK {
            let Some(bytes) = unpack(self.entries.read(begin, length)?) else {
                return Err(section.damaged());
            };
            (*block, *unpacked) = (entry / BLOCK, bytes);
        }
        nth(unpacked, entry % BLOCK).map_err(|_| section.damaged())
    }

    /// That an entry is not what was written.
    pub fn damaged(&self) -> IndexError {
        self.entries.section().damaged()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn entries_come_back_however_they_were_pushed(
            batches in prop::collection::vec(prop::collection::vec(prop::collection::vec(0_u8.., 0..40), 0..50), 0..6),
            packed: bool,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("entries.idx");
            let mut out = IndexWriter::create(&path).unwrap();
            let mut writer = EntriesWriter::begin("entries", packed, &mut out);
            let mut spill = Spill::new(folder.path()).unwrap();
            for pushed in &batches {
                let mut batch = Batch::default();
                pushed.iter().for_each(|entry| batch.push(|bytes| bytes.extend_from_slice(entry)));
                writer.push(&[batch, Batch::default()], &mut out).unwrap();
                pushed.iter().for_each(|entry| spill.push(entry).unwrap());
            }
            let all: Vec<&Vec<u8>> = batches.iter().flatten().collect();
            prop_assert_eq!(writer.end(&mut out).unwrap() as usize, all.len());
            out.finish(&[7; 32]).unwrap();
            spill.flush().unwrap();

            let index = IndexFile::open(&path, &[7; 32]).unwrap();
            let count = all.len() as u32;
            let open = if packed { Entries::open_packed } else { Entries::open };
            let mut found = open(&index, "entries", count).unwrap().in_order(all.len(), 0..count);
            for (at, entry) in (0..).zip(&all) {
                prop_assert_eq!(found.get(at).unwrap(), &entry[..]);
                prop_assert_eq!(&spill.get(at).unwrap(), *entry);
            }
            prop_assert!(found.get(count).is_err());
        }
    }
}
