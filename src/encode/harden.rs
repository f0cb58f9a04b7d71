//! What is done to a filter so that less can be read out of it: balancing (Schnell and Borgs 2016) and
//! noise (BLIP; Alaggan, Gambs and Kermarrec 2012).

use super::{key::Key, parameters::Parameters};
use crate::rules::Segment;

/// The steps that the parameters ask for.
pub(super) struct Hardener<'k> {
    key: &'k Key,
    /// By segment and filter, where each bit of filter and complement goes.
    orders: Option<Vec<[Vec<u16>; 2]>>,
    /// Numbers below this one of 65,536 turn a bit over.
    flip: u32,
}

impl<'k> Hardener<'k> {
    pub fn new(key: &'k Key, parameters: &Parameters) -> Self {
        let order =
            |segment: &Segment| [0, 1].map(|nth| order(key, *segment, nth, parameters.bits.of(*segment) * 2));
        let hardening = parameters.hardening;
        Self {
            key,
            orders: hardening.balanced.then(|| Segment::ALL.iter().map(order).collect()),
            // Nothing else than a share of 65,536 comes in.
            flip: (hardening.flip * 65536.0).round() as u32,
        }
    }

    /// Writes the hardened filter to where it will stand. `record` makes the noise of every record its
    /// own: with the same noise equal names would still be equal.
    pub fn harden(&self, at: usize, filter: &[u64], record: &str, to: &mut [u64]) {
        match &self.orders {
            Some(orders) => {
                let length = orders[at][0].len() / 128;
                let filters = filter.chunks(length).zip(to.chunks_mut(2 * length));
                filters.zip(&orders[at]).for_each(|((filter, to), order)| balance(filter, order, to));
            }
            None => to.copy_from_slice(filter),
        }
        if self.flip == 0 {
            return;
        }
        let segment = Segment::ALL[at].as_str();
        let mut stream = self.key.stream(&[b"noise", record.as_bytes(), segment.as_bytes()]);
        for word in to {
            for bit in 0..64 {
                if u32::from(stream.next()) < self.flip {
                    *word ^= 1 << bit;
                }
            }
        }
    }
}

/// The keyed order of a filter's bits and their complements.
fn order(key: &Key, segment: Segment, nth: u8, bits: usize) -> Vec<u16> {
    let mut stream = key.stream(&[b"order", segment.as_str().as_bytes(), &[nth]]);
    let mut order: Vec<u16> = (0..bits as u16).collect();
    for last in (1..bits).rev() {
        order.swap(last, usize::from(stream.below(last as u16 + 1)));
    }
    order
}

fn balance(filter: &[u64], order: &[u16], to: &mut [u64]) {
    to.fill(0);
    let bits = filter.len() * 64;
    for (at, place) in order.iter().enumerate() {
        let bit = filter[at % bits / 64] >> (at % 64) & 1;
        // The second half of the order is for the complement.
        let bit = bit ^ u64::from(at >= bits);
        to[usize::from(*place) / 64] |= bit << (place % 64);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::encode::filter::{common, ones};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn balanced_filters_are_half_full_and_keep_their_distance(one in any::<[u64; 2]>(), other in any::<[u64; 2]>()) {
            let key = Key::of(b"k");
            let order = order(&key, Segment::Birth, 0, 256);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(0..256));
            let balanced = [one, other].map(|filter| {
                let mut to = [0; 4];
                balance(&filter, &order, &mut to);
                to
            });
            prop_assert_eq!(balanced.map(|filter| ones(&filter)), [128, 128]);
            let distance = ones(&one) + ones(&other) - 2 * common(&one, &other);
            prop_assert_eq!(256 - 2 * common(&balanced[0], &balanced[1]), 2 * distance);
        }
    }
}
