//! Chance that is the same on every machine and in every version: a small generator that can be
//! started anywhere by a key, and a permutation of a range that needs no memory.

/// SplitMix64 (Steele, Lea, Flood 2014). Written here because its values must never change with a
/// dependency: lists are quoted by their seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// What a generator is for: generators of different purposes are independent of each other.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(super) enum Purpose {
    Block = 1,
    Family,
    Namesake,
    Copies,
    Clerk,
    Register,
    Column,
    Hamlet,
    Ward,
    ListOrder,
    RegisterOrder,
    Codes,
    Households,
    Numbers,
    Elsewhere,
    PlaceNames,
    Sheet,
}

impl Random {
    /// The generator of one thing: the same seed, purpose and index always give the same values.
    pub(super) fn keyed(seed: u64, purpose: Purpose, index: u64) -> Self {
        let key = mix(seed.wrapping_add(GOLDEN)) ^ mix((purpose as u64).wrapping_mul(GOLDEN));
        Self(mix(key.wrapping_add(mix(index.wrapping_add(GOLDEN)))))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `limit`; 0 for a limit of 0. The bias (below limit / 2^64) does not matter.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// An index below `length`; 0 for an empty range.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high.abs_diff(low) + 1) as i64
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        // 53 bits: the integers a double holds exactly.
        ((self.bits() >> 11) as f64) < probability * (1u64 << 53) as f64
    }

    /// One of several, each as likely; `None` for none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.index(choices.len()))
    }

    /// One of several words, each as likely; empty for none.
    pub fn word<'a>(&mut self, words: &'a [String]) -> &'a str {
        self.pick(words).map_or("", String::as_str)
    }
}

/// A permutation of `0..size` computed value by value: a Feistel network of four rounds over the
/// next even power of two, walked until it lands inside (Black and Rogaway 2002).
#[derive(Debug, Clone, Copy)]
pub struct Permutation {
    size: u64,
    half: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// The permutation of `0..size` that belongs to a seed, a purpose and an index.
    pub(super) fn keyed(size: u64, seed: u64, purpose: Purpose, index: u64) -> Self {
        let bits = u64::BITS - size.saturating_sub(1).leading_zeros();
        let mut random = Random::keyed(seed, purpose, index);
        Self { size, half: bits.div_ceil(2).max(1), keys: std::array::from_fn(|_| random.bits()) }
    }

    /// Where `at` goes. `at` must be below the size.
    pub fn of(&self, at: u64) -> u64 {
        debug_assert!(at < self.size);
        let mut value = at;
        loop {
            value = self.rounds(value);
            if value < self.size {
                return value;
            }
        }
    }

    fn rounds(&self, value: u64) -> u64 {
        let mask = (1u64 << self.half) - 1;
        let (mut left, mut right) = (value >> self.half, value & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        (left << self.half) | right
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_never_change() {
        let mut random = Random::keyed(42, Purpose::Family, 7);
        assert_eq!([random.bits(), random.bits()], [14863356413579578997, 17524764126776668411]);
    }

    proptest! {
        #[test]
        fn a_permutation_hits_every_value_once(size in 1u64..3000, seed: u64) {
            let permutation = Permutation::keyed(size, seed, Purpose::ListOrder, 0);
            let mut hit = vec![false; size as usize];
            for at in 0..size {
                let to = permutation.of(at) as usize;
                prop_assert!(!hit[to]);
                hit[to] = true;
            }
        }

        #[test]
        fn numbers_stay_in_their_range(seed: u64, low in -1000i64..1000, width in 0i64..1000) {
            let mut random = Random::keyed(seed, Purpose::Clerk, 0);
            let number = random.between(low, low + width);
            prop_assert!((low..=low + width).contains(&number));
        }
    }
}
