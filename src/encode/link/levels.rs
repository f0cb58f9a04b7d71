//! The levels of filters as they stand, without a division: for every number of ones that two filters
//! have together, how many they must have in common for each level. The tables are made by the very
//! function that [`super::likeness`] divides with, so that both give the same.

use super::{
    compare::Prepared,
    likeness::{Estimate, Likeness, Reading},
};
use crate::encode::{filter::common, list::bit};

/// Levels looked up at once; the last of them are never missed where there are fewer.
const ABREAST: usize = 4;

/// The levels of one comparison.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    estimate: Estimate,
    /// By ones of both together, fewest in common for each level of `at_least`.
    alike: Vec<[u16; ABREAST]>,
    /// By ones of the smaller one, fewest in common to stand within the other.
    contained: Option<Vec<u16>>,
    /// By ones of both whole names together, fewest in common for words in another order.
    whole: Option<Vec<u16>>,
}

impl Levels {
    /// `None` for what must be estimated, and for more levels than are looked up at once.
    pub fn new(estimate: &Estimate) -> Option<Self> {
        let rule = &estimate.rule;
        if !matches!(estimate.reading, Reading::Plain) || rule.at_least.len() > ABREAST {
            return None;
        }
        let bits = estimate.place.len() * 64;
        let dice = |least: f64, most: usize| {
            let reached = |likeness: Likeness| likeness.dice >= least;
            fewest(2 * most, |ones, common| reached(Reading::Plain.likeness(1.0, common, ones, 0)))
        };
        let each: Vec<Vec<u16>> = rule.at_least.iter().map(|least| dice(*least, bits)).collect();
        let alike = |ones: usize| std::array::from_fn(|at| each.get(at).map_or(0, |level| level[ones]));
        let contained = rule.contained.map(|least| {
            fewest(bits, |ones, common| Reading::Plain.likeness(1.0, common, ones, ones).contained >= least)
        });
        let whole = rule.whole.zip(estimate.whole.as_ref());
        Some(Self {
            alike: (0..=2 * bits).map(alike).collect(),
            contained,
            whole: whole.map(|(least, name)| dice(least, name.given.len() * 64)),
            estimate: estimate.clone(),
        })
    }

    /// The level of two filters that are known on both sides.
    #[inline(always)]
    pub fn level(&self, one: Prepared<'_>, other: Prepared<'_>) -> usize {
        let Estimate { rule, segment, place, .. } = &self.estimate;
        let (a, b) = (&one.words[place.clone()], &other.words[place.clone()]);
        let (first, second) =
            ([0, 1].map(|nth| one.ones(*segment, nth)), [0, 1].map(|nth| other.ones(*segment, nth)));
        if !rule.bare {
            return self.among(common(a, b), first[0] + first[1], second[0] + second[1], 0, one, other);
        }
        let half = a.len() / 2;
        // Equal as far as they can be: the same bits, of which there are some.
        let is_same = || first[1] == second[1] && first[1] > 0 && a[half..] == b[half..];
        if (one.bare | other.bare) & bit(*segment) != 0 {
            if is_same() {
                return rule.at_least.len() + 1;
            }
            return self.among(common(&a[half..], &b[half..]), first[1], second[1], 1, one, other);
        }
        let (ones, others) = (first[0] + first[1], second[0] + second[1]);
        let common = common(a, b);
        if self.reached(common, ones + others) > 0 && is_same() {
            return rule.at_least.len();
        }
        self.among(common, ones, others, 0, one, other)
    }

    /// The first level that so many in common are enough for.
    #[inline(always)]
    fn reached(&self, common: u32, ones: u32) -> usize {
        let missed = self.alike[ones as usize].map(|least| usize::from(common < u32::from(least)));
        missed.iter().sum()
    }

    /// `first` is the best level that is asked for.
    #[inline(always)]
    fn among(
        &self,
        common: u32,
        ones: u32,
        others: u32,
        first: usize,
        one: Prepared<'_>,
        other: Prepared<'_>,
    ) -> usize {
        let rule = &self.estimate.rule;
        let reached = self.reached(common, ones + others).max(first);
        let lowest = rule.at_least.len() - 1;
        if reached < lowest || reached == 0 {
            return reached;
        }
        let special = lowest + 1 + 2 * usize::from(rule.bare);
        if let Some(contained) = &self.contained
            && common >= u32::from(contained[ones.min(others) as usize])
        {
            return special;
        }
        if let (Some(least), Some(whole)) = (&self.whole, &self.estimate.whole) {
            let (ones, others) = (one.whole_ones(), other.whole_ones());
            let least = u32::from(least[(ones + others) as usize]);
            // No more can be in common than the smaller one has.
            if ones.min(others) >= least && whole.common(one, other) >= least {
                return special + usize::from(rule.contained.is_some());
            }
        }
        if reached == lowest { lowest } else { rule.levels() - 1 }
    }
}

/// For every number of ones up to `most`, the fewest in common that are enough, one more than there
/// can be where none are.
fn fewest(most: usize, is_enough: impl Fn(u32, u32) -> bool) -> Vec<u16> {
    let mut fewest = 0;
    (0..=most as u32)
        .map(|ones| {
            while fewest <= ones && !is_enough(ones, fewest) {
                fewest += 1;
            }
            fewest as u16
        })
        .collect()
}
