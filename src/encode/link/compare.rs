//! How alike two encoded records are, comparison by comparison.

use std::ops::Range;

use crate::{
    encode::{
        filter::{common, ones},
        list::{EncodedList, FILTERS, bit},
    },
    rules::{Compared, EncodedComparison, EncodingRules, Segment, TokenField},
};

/// The levels found: four bits a comparison, 0 where a side is not known, else the level and one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(pub(super) u64);

impl Pattern {
    /// The level of a comparison; `None` where a side is not known.
    pub(super) fn level(self, comparison: usize) -> Option<usize> {
        ((self.0 >> (4 * comparison) & 15) as usize).checked_sub(1)
    }

    fn set(&mut self, comparison: usize, level: usize) {
        self.0 |= (level as u64 + 1) << (4 * comparison);
    }
}

/// What is estimated under noise may be off by so much and still be the same.
const NOISE: f64 = 0.07;

/// Most comparisons of a pattern.
const MOST: usize = 16;

/// One comparison, ready to be made.
#[derive(Debug, Clone)]
struct Step {
    rule: EncodedComparison,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// A filter: its number, where it stands, how it is read.
    Filter { segment: Segment, place: Range<usize>, reading: Reading },
    /// A token: its position among those of a record.
    Token(usize),
}

/// How the likeness of two filters is read from their bits.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// As they stand.
    Plain,
    /// Bits were turned over with a known probability: what was there before is estimated.
    Noisy { flip: f64, bits: f64 },
    /// Only the distance is left; that of strangers says what it is worth.
    Balanced { flip: f64, bits: f64, strangers: f64, distance: f64 },
}

/// Dice's coefficient, and which part of the smaller one stands within the other.
#[derive(Debug, Clone, Copy)]
struct Likeness {
    dice: f64,
    contained: f64,
}

impl Reading {
    /// The likeness from which on two filters count as the same.
    fn equal(self, least: f64) -> f64 {
        match self {
            Self::Plain => least,
            Self::Noisy { .. } => least - NOISE,
            Self::Balanced { flip, .. } => least - if flip > 0.0 { NOISE } else { 0.0 },
        }
    }

    /// Of so many filters of a segment together.
    fn likeness(self, filters: f64, common: u32, one: u32, other: u32) -> Likeness {
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
fn undone(distance: f64, flip: f64, bits: f64) -> f64 {
    let kept = 1.0 - 2.0 * flip;
    (distance - bits * 2.0 * flip * (1.0 - flip)) / (kept * kept)
}

/// All comparisons.
#[derive(Debug, Clone)]
pub struct Compiled {
    steps: Vec<Step>,
    words: usize,
    tokens: usize,
    /// Whether given name and rest laid over one another are the whole name.
    is_whole: bool,
    given: Range<usize>,
    rest: Range<usize>,
}

/// One record as it is compared.
#[derive(Clone, Copy)]
pub struct Prepared<'a> {
    words: &'a [u64],
    ones: &'a [u16],
    tokens: &'a [u64],
    present: u8,
    bare: u8,
}

impl Compiled {
    /// The comparisons of the rules for which the lists have something.
    pub fn new(lists: &[&EncodedList], rules: &EncodingRules) -> Self {
        let parameters = lists[0].parameters();
        let hardening = parameters.hardening;
        let reading = |segment: Segment| {
            let (flip, bits) = (hardening.flip, (parameters.filter_words(segment) * 64) as f64);
            if hardening.balanced {
                let strangers = rules.training.strangers;
                let filters = if segment.is_name() { 2.0 } else { 1.0 };
                let distance = undone(distance(lists, segment), flip, bits * filters).max(1.0) / filters;
                Reading::Balanced { flip, bits, strangers, distance }
            } else if flip > 0.0 {
                Reading::Noisy { flip, bits }
            } else {
                Reading::Plain
            }
        };
        let what = |of: Compared| match of {
            Compared::Filter(segment) => {
                Some(What::Filter { segment, place: parameters.place(segment), reading: reading(segment) })
            }
            Compared::Token(field) => {
                parameters.tokens.iter().position(|token: &TokenField| *token == field).map(What::Token)
            }
        };
        let steps = rules.comparisons.iter();
        let steps = steps.filter_map(|rule| Some(Step { rule: rule.clone(), what: what(rule.of)? }));
        Self {
            steps: steps.take(MOST).collect(),
            words: parameters.record_words(),
            tokens: parameters.tokens.len(),
            is_whole: !hardening.balanced && hardening.flip == 0.0,
            given: parameters.place(Segment::Given),
            rest: parameters.place(Segment::Rest),
        }
    }

    /// The comparisons, in the order of a pattern.
    pub(super) fn rules(&self) -> impl Iterator<Item = &EncodedComparison> {
        self.steps.iter().map(|step| &step.rule)
    }

    /// A record of a list, ready to be compared.
    pub fn prepare<'a>(&self, list: &'a EncodedList, record: usize) -> Prepared<'a> {
        Prepared {
            words: &list.words[record * self.words..][..self.words],
            ones: &list.ones[record * FILTERS..][..FILTERS],
            tokens: &list.tokens[record * self.tokens..][..self.tokens],
            present: list.present[record],
            bare: list.bare[record],
        }
    }

    /// Compares two records.
    pub fn compare(&self, one: Prepared<'_>, other: Prepared<'_>) -> Pattern {
        let mut pattern = Pattern(0);
        for (at, step) in self.steps.iter().enumerate() {
            match &step.what {
                What::Token(token) => {
                    let (one, other) = (one.tokens[*token], other.tokens[*token]);
                    if one != 0 && other != 0 {
                        pattern.set(at, usize::from(one != other));
                    }
                }
                What::Filter { segment, place, reading } => {
                    if one.present & other.present & bit(*segment) != 0 {
                        pattern.set(at, self.filter_level(&step.rule, *segment, place, *reading, one, other));
                    }
                }
            }
        }
        pattern
    }

    fn filter_level(
        &self,
        rule: &EncodedComparison,
        segment: Segment,
        place: &Range<usize>,
        reading: Reading,
        one: Prepared<'_>,
        other: Prepared<'_>,
    ) -> usize {
        let (a, b) = (&one.words[place.clone()], &other.words[place.clone()]);
        let ones = |side: Prepared<'_>, nth: usize| u32::from(side.ones[2 * segment as usize + nth]);
        if !segment.is_name() {
            let likeness = reading.likeness(1.0, common(a, b), ones(one, 0), ones(other, 0));
            return self.level(rule, likeness, likeness.dice >= reading.equal(rule.at_least[0]), one, other);
        }
        let half = a.len() / 2;
        let spelt = common(&a[..half], &b[..half]);
        let bare = common(&a[half..], &b[half..]);
        let alone = reading.likeness(1.0, bare, ones(one, 1), ones(other, 1));
        let is_same = rule.bare && alone.dice >= reading.equal(1.0);
        let n = rule.at_least.len();
        if (one.bare | other.bare) & bit(segment) != 0 && rule.bare {
            // Written without diacritics on a side: only what is left without them can be compared.
            return if is_same { n + 1 } else { self.level(rule, alone, false, one, other) };
        }
        let both = |side: Prepared<'_>| ones(side, 0) + ones(side, 1);
        let likeness = reading.likeness(2.0, spelt + bare, both(one), both(other));
        let is_equal = likeness.dice >= reading.equal(rule.at_least[0]);
        if is_same && !is_equal { n } else { self.level(rule, likeness, is_equal, one, other) }
    }

    fn level(
        &self,
        rule: &EncodedComparison,
        likeness: Likeness,
        is_equal: bool,
        one: Prepared<'_>,
        other: Prepared<'_>,
    ) -> usize {
        if is_equal {
            return 0;
        }
        let lowest = rule.at_least.len() - 1;
        let level = (1..rule.at_least.len()).find(|level| likeness.dice >= rule.at_least[*level]);
        match level {
            Some(level) if level < lowest => level,
            // The levels of filters that stand within one another, and of words in another order, say
            // more than that little is alike.
            level => self.special(rule, likeness, one, other).or(level).unwrap_or(rule.levels() - 1),
        }
    }

    fn special(
        &self,
        rule: &EncodedComparison,
        likeness: Likeness,
        one: Prepared<'_>,
        other: Prepared<'_>,
    ) -> Option<usize> {
        let level = rule.at_least.len() + 2 * usize::from(rule.bare);
        if rule.contained.is_some_and(|least| likeness.contained >= least) {
            return Some(level);
        }
        let least = rule.whole.filter(|_| self.is_whole)?;
        // The filter of the whole name without diacritics: given name and rest laid over one another.
        let (mut both, mut first, mut second) = (0, 0, 0);
        for (a, b) in self.whole(one).zip(self.whole(other)) {
            both += (a & b).count_ones();
            first += a.count_ones();
            second += b.count_ones();
        }
        let likeness = Reading::Plain.likeness(1.0, both, first, second);
        (likeness.dice >= least).then(|| level + usize::from(rule.contained.is_some()))
    }

    fn whole<'a>(&self, side: Prepared<'a>) -> impl Iterator<Item = u64> + use<'a> {
        let bare = |place: &Range<usize>| &side.words[place.start + place.len() / 2..place.end];
        bare(&self.given).iter().zip(bare(&self.rest)).map(|(given, rest)| given | rest)
    }
}

/// The distance between strangers' filters, on average.
fn distance(lists: &[&EncodedList], segment: Segment) -> f64 {
    const DRAWN: usize = 20_000;
    let (one, other) = (lists[0], lists[lists.len() - 1]);
    let place = one.parameters().place(segment);
    let (mut sum, mut count) = (0_u64, 0_u64);
    for nth in 0..DRAWN {
        let Some((a, b)) = super::pairs::drawn(nth, one.len(), other.len()) else { break };
        if one.present[a] & other.present[b] & bit(segment) == 0 {
            continue;
        }
        let (a, b) = (&one.filters(a)[place.clone()], &other.filters(b)[place.clone()]);
        sum += u64::from(ones(a) + ones(b) - 2 * common(a, b));
        count += 1;
    }
    sum as f64 / count.max(1) as f64
}
