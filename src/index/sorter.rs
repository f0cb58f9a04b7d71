//! Sorts more pairs of numbers than memory holds: sorted runs in temporary files, merged when they
//! are read. The files have no names: they are gone with the process, whatever ends it.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use rayon::slice::ParallelSliceMut;

use crate::disk::{self, DiskFile};

/// A key with what belongs to it.
type Pair = (u64, u64);

/// Bytes of a pair in a run.
const PAIR: usize = 16;

/// Pairs to be sorted.
pub struct Sorter {
    folder: PathBuf,
    /// Pairs held before they are written out.
    most: usize,
    held: Vec<Pair>,
    runs: Vec<DiskFile>,
    pushed: u64,
}

impl Sorter {
    /// Holds about so many bytes of pairs in memory; the others in files of a folder.
    pub fn new(folder: &Path, memory: u64) -> Self {
        let most = usize::try_from(memory / PAIR as u64).unwrap_or(usize::MAX).max(1024);
        Self { folder: folder.to_owned(), most, held: Vec::new(), runs: Vec::new(), pushed: 0 }
    }

    /// Adds a pair.
    pub fn push(&mut self, key: u64, value: u64) -> io::Result<()> {
        if self.held.len() >= self.most {
            self.spill()?;
        }
        // Grown by hand: doubling would hold three times what is allowed while it copies.
        if self.held.len() == self.held.capacity() {
            let more = (self.held.len() / 2).clamp(1024, (self.most - self.held.len()).max(1));
            self.held.reserve_exact(more);
        }
        self.held.push((key, value));
        self.pushed += 1;
        Ok(())
    }

    /// How many pairs there are.
    pub fn count(&self) -> u64 {
        self.pushed
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.par_sort_unstable();
        let mut file = disk::nameless(&self.folder)?;
        let mut out = BufWriter::with_capacity(1 << 18, &mut file);
        for (key, value) in self.held.drain(..) {
            out.write_all(&key.to_le_bytes())?;
            out.write_all(&value.to_le_bytes())?;
        }
        out.flush()?;
        drop(out);
        file.seek(SeekFrom::Start(0))?;
        self.runs.push(file);
        Ok(())
    }

    /// The pairs in order.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        self.held.par_sort_unstable();
        let runs = self.runs.into_iter().map(|file| BufReader::with_capacity(1 << 16, file));
        let mut sorted = Sorted {
            held: std::mem::take(&mut self.held).into_iter(),
            runs: runs.collect(),
            next: BinaryHeap::new(),
        };
        for run in 0..=sorted.runs.len() {
            sorted.advance(run)?;
        }
        Ok(sorted)
    }
}

/// Sorted pairs.
pub struct Sorted {
    held: std::vec::IntoIter<Pair>,
    runs: Vec<BufReader<DiskFile>>,
    /// The first pair of each run; what is held is the last one.
    next: BinaryHeap<Reverse<(Pair, usize)>>,
}

impl Sorted {
    fn advance(&mut self, run: usize) -> io::Result<()> {
        let pair = match self.runs.get_mut(run) {
            None => self.held.next(),
            Some(file) => {
                let mut bytes = [[0; 8]; 2];
                match file.read_exact(bytes.as_flattened_mut()) {
                    Ok(()) => Some((u64::from_le_bytes(bytes[0]), u64::from_le_bytes(bytes[1]))),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
                    Err(error) => return Err(error),
                }
            }
        };
        if let Some(pair) = pair {
            self.next.push(Reverse((pair, run)));
        }
        Ok(())
    }

    fn next_pair(&mut self) -> io::Result<Option<Pair>> {
        if self.runs.is_empty() {
            let first = self.next.pop().map(|Reverse((pair, _))| pair);
            return Ok(first.or_else(|| self.held.next()));
        }
        let Some(Reverse((pair, run))) = self.next.pop() else { return Ok(None) };
        self.advance(run)?;
        Ok(Some(pair))
    }

    /// Each key with its values, in order.
    pub fn each_group(mut self, mut group: impl FnMut(u64, &[u64]) -> io::Result<()>) -> io::Result<()> {
        let mut values: Vec<u64> = Vec::new();
        let mut key = 0;
        while let Some((next, value)) = self.next_pair()? {
            if next != key && !values.is_empty() {
                group(key, &values)?;
                values.clear();
            }
            key = next;
            values.push(value);
        }
        if values.is_empty() { Ok(()) } else { group(key, &values) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_merge_into_the_order_of_a_sort_in_memory(
            pairs in prop::collection::vec((0_u64..40, 0_u64..9), 0..5000),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter::new(folder.path(), 0);
            for (key, value) in &pairs {
                sorter.push(*key, *value).unwrap();
            }
            prop_assert_eq!(sorter.runs.is_empty(), pairs.len() <= 1024);
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
            let mut found = Vec::new();
            sorter.sorted().unwrap().each_group(|key, values| {
                found.extend(values.iter().map(|value| (key, *value)));
                Ok(())
            }).unwrap();
            let mut expected = pairs;
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
