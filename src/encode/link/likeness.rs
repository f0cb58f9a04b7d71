//! How alike two filters are, whatever was done to them, and which level that is: by real numbers, of what
//! hardening left. Filters as they stand are compared by [`super::levels`], which gives the same in whole numbers.

use std::ops::Range;

use super::compare::Prepared;
use crate::{
    encode::{filter::common, list::bit},
    rules::{EncodedComparison, Segment},
};

/// What is estimated under noise may be off by so much and still be the same.
const NOISE: f64 = 0.07;

/// How the likeness of two filters is read from their bits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    /// As they stand.
    Plain,
    /// Bits were turned over with a known probability: what was there before is estimated.
    Noisy { flip: f64, bits: f64 },
    /// Only the distance is left; that of strangers says what it is worth.
    Balanced { flip: f64, bits: f64, strangers: f64, distance: f64 },
}

/// Dice's coefficient, and which part of the smaller one stands within the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Likeness {
    pub dice: f64,
    pub contained: f64,
}

/// Where the filters of given name and rest stand: laid over one another they are the whole name.
#[derive(Debug, Clone)]
pub(super) struct WholeName {
    pub given: Range<usize>,
    pub rest: Range<usize>,
}

impl WholeName {
    /// The filter of the whole name without diacritics.
    #[inline(always)]
    pub fn of<'a>(&self, side: Prepared<'a>) -> impl Iterator<Item = u64> + use<'a> {
        let bare = |place: &Range<usize>| &side.words[place.start + place.len() / 2..place.end];
        bare(&self.given).iter().zip(bare(&self.rest)).map(|(given, rest)| given | rest)
    }

    /// How many ones those of two records have in common.
    #[inline(always)]
    pub fn common(&self, one: Prepared<'_>, other: Prepared<'_>) -> u32 {
        self.of(one).zip(self.of(other)).map(|(one, other)| (one & other).count_ones()).sum()
    }
}

impl Reading {
    /// The likeness from which on two filters count as the same.
    pub fn equal(self, least: f64) -> f64 {
        match self {
            Self::Plain => least,
            Self::Noisy { .. } => least - NOISE,
            Self::Balanced { flip, .. } => least - if flip > 0.0 { NOISE } else { 0.0 },
        }
    }

    /// Of so many filters of a segment together.
    pub fn likeness(self, filters: f64, common: u32, one: u32, other: u32) -> Likeness {
        let (common, one, other) = (f64::from(common), f64::from(one), f64::from(other));
        let of = |common: f64, one: f64, other: f64| Likeness {
            dice: 2.0 * common / (one + other).max(1.0),
            contained: common / one.min(other).max(1.0),
        };
        match self {
            Self::Plain => of(common, one, other),
            Self::Noisy { flip, bits } => {
                let kept = 1.0 - 2.0 * flip;
                let bits = bits * filters;
                let before = |count: f64| ((count - flip * bits) / kept).max(1.0);
                let both = (common - flip * (one + other) + flip * flip * bits) / (kept * kept);
                of(both.max(0.0), before(one), before(other))
            }
            Self::Balanced { flip, bits, strangers, distance } => {
                let before = undone(one + other - 2.0 * common, flip, bits * filters);
                let dice = 1.0 - (1.0 - strangers) * before / (distance * filters);
                Likeness { dice, contained: 0.0 }
            }
        }
    }
}

/// The distance of two filters before their bits were turned over.
pub(super) fn undone(distance: f64, flip: f64, bits: f64) -> f64 {
    let kept = 1.0 - 2.0 * flip;
    (distance - bits * 2.0 * flip * (1.0 - flip)) / (kept * kept)
}

/// How one comparison of filters is made.
#[derive(Debug, Clone)]
pub(super) struct Estimate {
    pub rule: EncodedComparison,
    pub segment: Segment,
    pub place: Range<usize>,
    pub reading: Reading,
    /// Where words in another order can be told.
    pub whole: Option<WholeName>,
}

impl Estimate {
    /// The level of two filters that are known on both sides.
    pub fn level(&self, one: Prepared<'_>, other: Prepared<'_>) -> usize {
        let (rule, reading) = (&self.rule, self.reading);
        let (a, b) = (&one.words[self.place.clone()], &other.words[self.place.clone()]);
        let ones = |side: Prepared<'_>, nth: usize| side.ones(self.segment, nth);
        if !self.segment.is_name() {
            let likeness = reading.likeness(1.0, common(a, b), ones(one, 0), ones(other, 0));
            return self.among(likeness, likeness.dice >= reading.equal(rule.at_least[0]), one, other);
        }
        let half = a.len() / 2;
        let spelt = common(&a[..half], &b[..half]);
        let bare = common(&a[half..], &b[half..]);
        let alone = reading.likeness(1.0, bare, ones(one, 1), ones(other, 1));
        let is_same = rule.bare && alone.dice >= reading.equal(1.0);
        let n = rule.at_least.len();
        if (one.bare | other.bare) & bit(self.segment) != 0 && rule.bare {
            // Written without diacritics on a side: only what is left without them can be compared.
            return if is_same { n + 1 } else { self.among(alone, false, one, other) };
        }
        let both = |side: Prepared<'_>| ones(side, 0) + ones(side, 1);
        let likeness = reading.likeness(2.0, spelt + bare, both(one), both(other));
        let is_equal = likeness.dice >= reading.equal(rule.at_least[0]);
        if is_same && !is_equal { n } else { self.among(likeness, is_equal, one, other) }
    }

    fn among(&self, likeness: Likeness, is_equal: bool, one: Prepared<'_>, other: Prepared<'_>) -> usize {
        if is_equal {
            return 0;
        }
        let at_least = &self.rule.at_least;
        let lowest = at_least.len() - 1;
        match (1..at_least.len()).find(|level| likeness.dice >= at_least[*level]) {
            Some(level) if level < lowest => level,
            // The levels of filters that stand within one another, and of words in another order, say
            // more than that little is alike.
            level => self.special(likeness, one, other).or(level).unwrap_or(self.rule.levels() - 1),
        }
    }

    fn special(&self, likeness: Likeness, one: Prepared<'_>, other: Prepared<'_>) -> Option<usize> {
        let rule = &self.rule;
        let level = rule.at_least.len() + 2 * usize::from(rule.bare);
        if rule.contained.is_some_and(|least| likeness.contained >= least) {
            return Some(level);
        }
        let (least, whole) = (rule.whole?, self.whole.as_ref()?);
        let ones = |side| whole.of(side).map(u64::count_ones).sum();
        let likeness = Reading::Plain.likeness(1.0, whole.common(one, other), ones(one), ones(other));
        (likeness.dice >= least).then(|| level + usize::from(rule.contained.is_some()))
    }
}
