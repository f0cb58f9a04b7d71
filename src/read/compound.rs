//! An old workbook is a compound file: sectors that a table chains to one another (MS-CFB). A chain that
//! leads back into itself has no end, and whoever follows it makes room for all of it: such a file is
//! known before it is read.

/// What stands for "no further sector" and other marks begins here.
const MARKS: u32 = 0xffff_fffc;

/// Streams shorter than this are read up to their length only.
const SHORT: u64 = 4096;

/// What a chain of sectors says that never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endless;

/// Looks whether every chain of sectors that a reader would follow comes to an end. What else may be
/// wrong with the file is the reader's business.
pub(super) fn check(bytes: &[u8]) -> Result<(), Endless> {
    let Some(file) = Compound::of(bytes) else { return Ok(()) };
    let mut chains = Chains::new(file.table()?);
    let directory = chains.follow(file.number(48))?;
    let entries = directory.iter().flat_map(|sector| file.sector(*sector).chunks_exact(128));
    for (at, entry) in entries.enumerate() {
        let length =
            if file.sector_size == 512 { number(entry, 120).into() } else { long_number(entry, 120) };
        if at == 0 || length >= SHORT {
            chains.follow(number(entry, 116))?;
        }
    }
    chains.follow(file.number(60)).map(|_| ())
}

struct Compound<'b> {
    bytes: &'b [u8],
    sector_size: usize,
}

impl<'b> Compound<'b> {
    /// `None` for what is no compound file of a known kind.
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let sector_size = match bytes.get(30..32)? {
            [9, 0] => 512,
            [12, 0] => 4096,
            _ => return None,
        };
        (bytes.len() >= 512).then_some(Self { bytes, sector_size })
    }

    /// A number of the header.
    fn number(&self, at: usize) -> u32 {
        number(self.bytes, at)
    }

    /// A sector, as much of it as there is; the header takes the room of one.
    fn sector(&self, sector: u32) -> &'b [u8] {
        let begin =
            (sector as usize).saturating_add(1).saturating_mul(self.sector_size).min(self.bytes.len());
        &self.bytes[begin..begin.saturating_add(self.sector_size).min(self.bytes.len())]
    }

    /// The table of sectors: of each the next one.
    fn table(&self) -> Result<Vec<u32>, Endless> {
        let most = self.bytes.len() / self.sector_size + 1;
        let mut of_table: Vec<u32> = numbers(&self.bytes[76..512]).collect();
        let mut list = self.number(68);
        for _ in 0..most {
            if list >= MARKS {
                break;
            }
            of_table.extend(numbers(self.sector(list)));
            list = of_table.pop().unwrap_or(MARKS);
        }
        of_table.retain(|sector| *sector < MARKS);
        // The table has an entry of four bytes for each sector: more of it than of the file is none.
        if list < MARKS || of_table.len() > most.max(self.bytes[76..512].len() / 4) {
            return Err(Endless);
        }
        Ok(of_table.iter().flat_map(|sector| numbers(self.sector(*sector))).collect())
    }
}

/// The table of sectors, with what is known of the chains.
struct Chains {
    next: Vec<u32>,
    /// Sectors from which a chain has been followed.
    followed: Vec<bool>,
}

impl Chains {
    fn new(next: Vec<u32>) -> Self {
        let followed = vec![false; next.len()];
        Self { next, followed }
    }

    /// The sectors of a chain up to one from which the rest has been followed before.
    fn follow(&mut self, first: u32) -> Result<Vec<u32>, Endless> {
        let mut chain = Vec::new();
        let mut sector = first;
        while let Some(next) = self.next.get(sector as usize).filter(|_| !self.followed[sector as usize]) {
            if chain.len() == self.next.len() {
                return Err(Endless);
            }
            chain.push(sector);
            sector = *next;
        }
        chain.iter().for_each(|sector| self.followed[*sector as usize] = true);
        Ok(chain)
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(MARKS, |four| u32::from_le_bytes(four.try_into().unwrap_or_default()))
}

fn long_number(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).map_or(0, |eight| u64::from_le_bytes(eight.try_into().unwrap_or_default()))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| number(four, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: u32 = 0xffff_fffe;

    /// A compound file of a table, a directory in sector 1 and one stream in sectors 2 to 4, whose sectors
    /// follow one another as said.
    fn file(next: [u32; 5]) -> Vec<u8> {
        let mut bytes = vec![0xff; 6 * 512];
        let mut put = |at: usize, number: u32| bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        put(28, 0x0009_fffe);
        put(44, 1);
        put(48, 1);
        put(60, END);
        put(64, 0);
        put(68, END);
        put(76, 0);
        (0..).zip(next).for_each(|(at, next)| put(512 + 4 * at, next));
        for (entry, start, length) in [(0, END, 0), (1, 2, 5000)] {
            let at = 2 * 512 + 128 * entry;
            put(at + 116, start);
            put(at + 120, length);
        }
        for entry in [2, 3] {
            put(2 * 512 + 128 * entry + 120, 0);
        }
        bytes
    }

    #[test]
    fn a_chain_that_comes_back_has_no_end() {
        assert_eq!(check(&file([0xffff_fffd, END, 3, 4, END])), Ok(()));
        for (what, next) in [
            ("the stream, at once", [0xffff_fffd, END, 2, 4, END]),
            ("the stream, later", [0xffff_fffd, END, 3, 4, 3]),
            ("the directory", [0xffff_fffd, 1, 3, 4, END]),
        ] {
            assert_eq!(check(&file(next)), Err(Endless), "{what}");
        }
    }

    #[test]
    fn a_table_longer_than_the_file_is_none() {
        let mut bytes = file([0xffff_fffd, END, 3, 4, END]);
        // The list of the table's sectors goes on in a sector that names itself.
        bytes[68..72].copy_from_slice(&2_u32.to_le_bytes());
        bytes[3 * 512..4 * 512]
            .chunks_exact_mut(4)
            .for_each(|four| four.copy_from_slice(&2_u32.to_le_bytes()));
        assert_eq!(check(&bytes), Err(Endless));
    }

    #[test]
    fn whatever_is_no_compound_file_is_left_to_the_reader() {
        for bytes in [&b""[..], b"\xd0\xcf\x11\xe0", &[0; 600], &[9; 4000]] {
            assert_eq!(check(bytes), Ok(()));
        }
    }
}
