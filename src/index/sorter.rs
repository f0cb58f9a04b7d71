//! Sorts more pairs of numbers than memory holds: pairs are parted by the first bits of their keys, and
//! the parts, in a temporary file where memory is full, are sorted by themselves. The file has no name:
//! it is gone with the process, whatever ends it.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::file::read_at;

use crate::disk::{self, DiskFile};

/// A key with what belongs to it.
type Pair = (u64, u64);

/// Bytes of a pair in the file.
const PAIR: usize = 16;

/// Leading bits of a key that tell its part: keys are spread evenly.
const BITS: u32 = 8;
/// How many parts there are.
const PARTS: usize = 1 << BITS;

/// Pairs to be sorted.
pub struct Sorter {
    folder: PathBuf,
    /// Pairs held before they are written out.
    most: usize,
    /// By part.
    parts: Vec<Vec<Pair>>,
    held: usize,
    spilt: Option<Spilt>,
    pushed: u64,
}

/// Pairs in the file.
struct Spilt {
    file: DiskFile,
    length: u64,
    /// Where each part stands, and how many bytes, for every time that memory was full.
    stretches: Vec<Vec<(u64, usize)>>,
}

impl Sorter {
    /// Holds about so many bytes of pairs in memory; the others in a file of a folder.
    pub fn new(folder: &Path, memory: u64) -> Self {
        let most = usize::try_from(memory / PAIR as u64).unwrap_or(usize::MAX).max(1024);
        let parts = vec![Vec::new(); PARTS];
        Self { folder: folder.to_owned(), most, parts, held: 0, spilt: None, pushed: 0 }
    }

    /// Adds a pair. Keys must be spread evenly, or a part may be larger than memory.
    pub fn push(&mut self, key: u64, value: u64) -> io::Result<()> {
        if self.held >= self.most {
            self.spill()?;
        }
        let part = &mut self.parts[(key >> (u64::BITS - BITS)) as usize];
        // Grown by hand: doubling would hold half as much again as is allowed.
        if part.len() == part.capacity() {
            part.reserve_exact((part.len() / 4).max(16));
        }
        part.push((key, value));
        self.held += 1;
        self.pushed += 1;
        Ok(())
    }

    /// How many pairs there are.
    pub fn count(&self) -> u64 {
        self.pushed
    }

    fn spill(&mut self) -> io::Result<()> {
        let spilt = match &mut self.spilt {
            Some(spilt) => spilt,
            none => none.insert(Spilt {
                file: disk::nameless(&self.folder)?,
                length: 0,
                stretches: vec![Vec::new(); PARTS],
            }),
        };
        let mut bytes = Vec::new();
        for (part, stretches) in self.parts.iter_mut().zip(&mut spilt.stretches) {
            bytes.clear();
            for (key, value) in part.drain(..) {
                bytes.extend_from_slice(&key.to_le_bytes());
                bytes.extend_from_slice(&value.to_le_bytes());
            }
            if !bytes.is_empty() {
                spilt.file.write_all(&bytes)?;
                stretches.push((spilt.length, bytes.len()));
                spilt.length += bytes.len() as u64;
            }
        }
        self.held = 0;
        Ok(())
    }

    /// Each key with its values, in order.
    pub fn each_group(self, mut group: impl FnMut(u64, &[u64]) -> io::Result<()>) -> io::Result<()> {
        let Self { parts, spilt, .. } = self;
        let side_by_side = rayon::current_num_threads().max(1) * 2;
        let mut parts = parts.into_iter().enumerate();
        let mut values: Vec<u64> = Vec::new();
        loop {
            let next: Vec<(usize, Vec<Pair>)> = parts.by_ref().take(side_by_side).collect();
            if next.is_empty() {
                return Ok(());
            }
            let sorted: Vec<io::Result<Vec<Pair>>> = next
                .into_par_iter()
                .map(|(at, mut part)| {
                    if let Some(spilt) = &spilt {
                        spilt.read(at, &mut part)?;
                    }
                    part.sort_unstable();
                    Ok(part)
                })
                .collect();
            for part in sorted {
                for alike in part?.chunk_by(|one, other| one.0 == other.0) {
                    values.clear();
                    values.extend(alike.iter().map(|pair| pair.1));
                    group(alike[0].0, &values)?;
                }
            }
        }
    }
}

impl Spilt {
    /// Adds a part's pairs to those held.
    fn read(&self, at: usize, part: &mut Vec<Pair>) -> io::Result<()> {
        let stretches = &self.stretches[at];
        part.reserve_exact(stretches.iter().map(|(_, length)| length / PAIR).sum());
        let mut bytes = Vec::new();
        for (start, length) in stretches {
            bytes.resize(*length, 0);
            read_at(self.file.as_file(), &mut bytes, *start)?;
            let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
            part.extend(bytes.chunks_exact(PAIR).map(|pair| (number(&pair[..8]), number(&pair[8..]))));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_make_the_order_of_a_sort_in_memory(
            pairs in prop::collection::vec((0_u64..40, 0_u64..9), 0..5000),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter::new(folder.path(), 0);
            // Some in one part, the others spread.
            let key = |key: u64| if key.is_multiple_of(3) { key } else { key << 58 | key };
            for (of, value) in &pairs {
                sorter.push(key(*of), *value).unwrap();
            }
            prop_assert_eq!(sorter.count(), pairs.len() as u64);
            prop_assert_eq!(sorter.spilt.is_none(), pairs.len() <= 1024);
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
            let mut found = Vec::new();
            sorter.each_group(|key, values| {
                found.extend(values.iter().map(|value| (key, *value)));
                Ok(())
            }).unwrap();
            let mut expected: Vec<Pair> = pairs.iter().map(|(of, value)| (key(*of), *value)).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
