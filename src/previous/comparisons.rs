//! `comparisons.bin`: what a run compared, for a later one to use again. Nothing but speed hangs on
//! it. A file that is not exactly what was written, by this version under these rules, is not used.

use std::io::{self, Write};

use crate::{
    index::{Malformed, Put, Take},
    matching::{Comparisons, Fingerprint, PairLevels},
};

/// The file's name in a run folder.
pub const COMPARISONS_FILE: &str = "comparisons.bin";

const MAGIC: &[u8; 16] = b"dinhdanh-pairs\r\n";
/// Raised with every change of the bytes, and of what a comparator calls which level.
const FORMAT: u32 = 1;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why comparisons of an earlier run are of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The run kept none.
    None,
    /// Another version of the program made them.
    Version,
    /// They were made under other rules.
    Rules,
    /// The file is not as the run wrote it.
    Damaged,
}

impl Unusable {
    /// The key in the manifest and of its sentence.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Version => "version",
            Self::Rules => "rules",
            Self::Damaged => "damaged",
        }
    }
}

/// Bytes that are put together before they are handed on.
const PIECE: usize = 1 << 20;

/// Writes the file.
pub fn write_comparisons(
    comparisons: &Comparisons,
    rules: &[u8; 32],
    file: &mut impl Write,
) -> io::Result<()> {
    let mut bytes = MAGIC.to_vec();
    bytes.put_u32(FORMAT);
    bytes.put_text(VERSION);
    bytes.extend(rules);
    for prints in [&comparisons.children, &comparisons.persons] {
        bytes.put_varint(prints.len() as u64);
        for print in prints {
            bytes.extend(print);
            hand_on(&mut bytes, PIECE, file)?;
        }
    }
    for pairs in [&comparisons.duplicates, &comparisons.identities] {
        write_pairs(pairs, &mut bytes, file)?;
    }
    hand_on(&mut bytes, 0, file)
}

fn hand_on(bytes: &mut Vec<u8>, from: usize, file: &mut impl Write) -> io::Result<()> {
    if bytes.len() > from {
        file.write_all(bytes)?;
        bytes.clear();
    }
    Ok(())
}

/// For each row the number of its pairs, then of each pair how far the other row is behind the one
/// before it, and the levels in as many bytes as the longest needs.
fn write_pairs(pairs: &PairLevels, bytes: &mut Vec<u8>, file: &mut impl Write) -> io::Result<()> {
    let used = pairs.levels.iter().fold(0, |bits, levels| bits | levels);
    let width = (u64::BITS - used.leading_zeros()).div_ceil(8) as usize;
    bytes.put_varint(pairs.counts.len() as u64);
    bytes.put_varint(pairs.levels.len() as u64);
    bytes.put_u8(width as u8);
    let mut found = pairs.others.iter().zip(&pairs.levels);
    for count in &pairs.counts {
        bytes.put_varint(u64::from(*count));
        let mut before = 0;
        for (other, levels) in found.by_ref().take(*count as usize) {
            bytes.put_varint(u64::from(other - before));
            bytes.extend(&levels.to_le_bytes()[..width]);
            before = *other;
        }
        hand_on(bytes, PIECE, file)?;
    }
    Ok(())
}

/// Reads a file whose digest was found to be the one in the manifest.
pub(super) fn read_comparisons(bytes: &[u8], rules: &[u8; 32]) -> Result<Comparisons, Unusable> {
    let mut take = Take::new(bytes);
    let damaged = |_: Malformed| Unusable::Damaged;
    if take.bytes(MAGIC.len()).map_err(damaged)? != MAGIC {
        return Err(Unusable::Damaged);
    }
    let format = take.u32().map_err(damaged)?;
    if format != FORMAT || take.text().map_err(damaged)? != VERSION {
        return Err(Unusable::Version);
    }
    if take.bytes(rules.len()).map_err(damaged)? != rules {
        return Err(Unusable::Rules);
    }
    let comparisons = read_content(&mut take).map_err(damaged)?;
    if take.is_empty() { Ok(comparisons) } else { Err(Unusable::Damaged) }
}

fn read_content(take: &mut Take<'_>) -> Result<Comparisons, Malformed> {
    let children = read_prints(take)?;
    let persons = read_prints(take)?;
    let duplicates = read_pairs(take, children.len(), children.len())?;
    let identities = read_pairs(take, children.len(), persons.len())?;
    Ok(Comparisons { children, persons, duplicates, identities })
}

fn read_prints(take: &mut Take<'_>) -> Result<Vec<Fingerprint>, Malformed> {
    let count = take.count()?;
    let bytes = take.bytes(count.checked_mul(size_of::<Fingerprint>()).ok_or(Malformed)?)?;
    let (prints, _) = bytes.as_chunks();
    Ok(prints.to_vec())
}

fn read_pairs(take: &mut Take<'_>, rows: usize, others: usize) -> Result<PairLevels, Malformed> {
    let (counts, pairs, width) = (take.count()?, take.count()?, usize::from(take.u8()?));
    if counts > rows || width > size_of::<u64>() || pairs > take.left() {
        return Err(Malformed);
    }
    let mut read = PairLevels::default();
    read.counts.reserve_exact(counts);
    read.others.reserve_exact(pairs);
    read.levels.reserve_exact(pairs);
    for _ in 0..counts {
        let count = take.small()?;
        let mut before: Option<u32> = None;
        for _ in 0..count {
            let step = take.small()?;
            let other = before.unwrap_or(0).checked_add(step).ok_or(Malformed)?;
            if other as usize >= others || before.is_some() && step == 0 {
                return Err(Malformed);
            }
            before = Some(other);
            let mut levels = [0; size_of::<u64>()];
            levels[..width].copy_from_slice(take.bytes(width)?);
            read.others.push(other);
            read.levels.push(u64::from_le_bytes(levels));
        }
        read.counts.push(count);
    }
    if read.levels.len() == pairs { Ok(read) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_pairs(rows: usize, others: usize) -> impl Strategy<Value = PairLevels> {
        let pair =
            proptest::collection::btree_map(0..others.max(1) as u32, 0..1_u64 << 51, 0..others.min(4) + 1);
        proptest::collection::vec(pair, rows).prop_map(|rows| {
            let mut pairs = PairLevels::default();
            for row in rows {
                pairs.counts.push(row.len() as u32);
                pairs.others.extend(row.keys());
                pairs.levels.extend(row.values());
            }
            pairs
        })
    }

    fn any_comparisons() -> impl Strategy<Value = Comparisons> {
        let prints = |most| proptest::collection::vec(any::<Fingerprint>(), 1..most);
        (prints(6), prints(8)).prop_flat_map(|(children, persons)| {
            let pairs = (any_pairs(children.len(), children.len()), any_pairs(children.len(), persons.len()));
            pairs.prop_map(move |(duplicates, identities)| Comparisons {
                children: children.clone(),
                persons: persons.clone(),
                duplicates,
                identities,
            })
        })
    }

    fn written(comparisons: &Comparisons) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_comparisons(comparisons, &[7; 32], &mut bytes).unwrap();
        bytes
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(comparisons in any_comparisons()) {
            let bytes = written(&comparisons);
            prop_assert_eq!(read_comparisons(&bytes, &[7; 32]), Ok(comparisons));
            prop_assert_eq!(read_comparisons(&bytes, &[8; 32]), Err(Unusable::Rules));
        }

        #[test]
        fn a_file_cut_short_or_grown_is_damaged(comparisons in any_comparisons(), cut in any::<prop::sample::Index>()) {
            let mut bytes = written(&comparisons);
            let short = &bytes[..cut.index(bytes.len())];
            prop_assert_eq!(read_comparisons(short, &[7; 32]), Err(Unusable::Damaged));
            bytes.push(0);
            prop_assert_eq!(read_comparisons(&bytes, &[7; 32]), Err(Unusable::Damaged));
        }

        #[test]
        fn no_bytes_break_the_reader(comparisons in any_comparisons(), at in any::<prop::sample::Index>(), byte: u8) {
            let mut bytes = written(&comparisons);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(read) = read_comparisons(&bytes, &[7; 32]) {
                prop_assert!(read.duplicates.others.iter().all(|other| (*other as usize) < read.children.len()));
                prop_assert!(read.identities.others.iter().all(|other| (*other as usize) < read.persons.len()));
            }
        }
    }

    #[test]
    fn another_version_says_so() {
        let mut bytes = written(&Comparisons::default());
        bytes[MAGIC.len()] += 1;
        assert_eq!(read_comparisons(&bytes, &[7; 32]), Err(Unusable::Version));
        assert_eq!(read_comparisons(b"", &[7; 32]), Err(Unusable::Damaged));
    }
}
