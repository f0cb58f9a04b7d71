//! Names and dates as Bloom filters: every gram sets a few bits that only the key can tell (Schnell,
//! Bachteler and Reiher 2009). The positions of a gram are drawn independently from its keyed hash and
//! not by double hashing, whose pattern can be recognised (Niedermeyer et al. 2014).

use rustc_hash::FxHashMap;

use super::key::Key;

/// Most bits of one gram.
const MOST_HASHES: usize = 16;

/// Sets bits for grams, remembering where those met before stand.
pub(super) struct Grams<'k> {
    key: &'k Key,
    /// What is hashed to sixteen numbers of sixteen bits.
    met: FxHashMap<Box<str>, [u16; MOST_HASHES]>,
    scratch: String,
}

/// A filter as it grows.
pub(super) struct Filter<'f> {
    pub words: &'f mut [u64],
    /// Bits that a gram sets.
    pub hashes: u8,
}

impl<'k> Grams<'k> {
    pub fn new(key: &'k Key) -> Self {
        Self { key, met: FxHashMap::default(), scratch: String::new() }
    }

    /// Sets the bits of one gram. `kind` parts what must never be taken for one another: names, dates;
    /// foldings; `salt` the years.
    pub fn set(&mut self, filter: &mut Filter<'_>, kind: &str, salt: &str, gram: &str) {
        self.scratch.clear();
        for part in [kind, "\u{1f}", salt, "\u{1f}", gram] {
            self.scratch.push_str(part);
        }
        let positions = match self.met.get(self.scratch.as_str()) {
            Some(positions) => *positions,
            None => {
                let hash = self.key.hash(&[b"gram", self.scratch.as_bytes()]);
                let mut positions = [0; MOST_HASHES];
                for (position, bytes) in positions.iter_mut().zip(hash.as_chunks::<2>().0) {
                    *position = u16::from_le_bytes(*bytes);
                }
                self.met.insert(self.scratch.as_str().into(), positions);
                positions
            }
        };
        let bits = filter.words.len() * 64;
        for position in &positions[..usize::from(filter.hashes)] {
            let at = usize::from(*position) % bits;
            filter.words[at / 64] |= 1 << (at % 64);
        }
    }

    /// Sets the bits of all grams of a word, padded by one blank at each end.
    pub fn set_word(&mut self, filter: &mut Filter<'_>, kind: &str, salt: &str, word: &str, length: usize) {
        let padded: Vec<char> =
            std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
        let mut gram = String::new();
        for letters in padded.windows(length.min(padded.len())) {
            gram.clear();
            gram.extend(letters);
            self.set(filter, kind, salt, &gram);
        }
    }
}

/// How many ones two filters have in common. Inlined, so that the caller's processor features are its own.
#[inline(always)]
pub fn common(one: &[u64], other: &[u64]) -> u32 {
    // Four words at once: a length the compiler knows is counted without a loop.
    let ((ones, one), (others, other)) = (one.as_chunks::<4>(), other.as_chunks::<4>());
    let four = |(one, other): (&[u64; 4], &[u64; 4])| -> u32 {
        (0..4).map(|at| (one[at] & other[at]).count_ones()).sum()
    };
    let rest = one.iter().zip(other).map(|(one, other)| (one & other).count_ones());
    ones.iter().zip(others).map(four).sum::<u32>() + rest.sum::<u32>()
}

/// How many ones a filter has.
pub(super) fn ones(filter: &[u64]) -> u32 {
    filter.iter().map(|word| word.count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(key: &Key, salt: &str, word: &str) -> [u64; 4] {
        let mut words = [0; 4];
        Grams::new(key).set_word(&mut Filter { words: &mut words, hashes: 5 }, "name", salt, word, 2);
        words
    }

    #[test]
    fn the_same_word_and_key_give_the_same_bits_and_nothing_else_does() {
        let (key, other) = (Key::of(b"one"), Key::of(b"other"));
        assert_eq!(filter(&key, "", "nguyên"), filter(&key, "", "nguyên"));
        assert_ne!(filter(&key, "", "nguyên"), filter(&other, "", "nguyên"));
        assert_ne!(filter(&key, "", "nguyên"), filter(&key, "2018", "nguyên"));
        assert!(ones(&filter(&key, "", "a")) <= 10 && ones(&filter(&key, "", "a")) > 5);
    }

    #[test]
    fn a_slip_leaves_most_bits() {
        let key = Key::of(b"one");
        let (right, slip, other) =
            (filter(&key, "", "phương"), filter(&key, "", "phươn"), filter(&key, "", "khánh"));
        assert!(common(&right, &slip) > common(&right, &other) * 2);
    }
}
