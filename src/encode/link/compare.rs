//! How alike two encoded records are, comparison by comparison.

use super::{
    levels::Levels,
    likeness::{Estimate, Reading, WholeName, undone},
};
use crate::{
    encode::{
        filter::{common, ones},
        list::{COUNTS, EncodedList, WHOLE, bit},
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

/// Most comparisons of a pattern.
const MOST: usize = 16;

/// A comparison of filters, ready to be made.
#[derive(Debug, Clone)]
struct Filters {
    /// Its place in the pattern.
    at: usize,
    /// Which filters must be known.
    bit: u8,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// As they stand: levels are looked up.
    LookedUp(Box<Levels>),
    /// What stood there before hardening is estimated.
    Estimated(Box<Estimate>),
}

/// A comparison of tokens.
#[derive(Debug, Clone, Copy)]
struct Token {
    /// Its place in the pattern.
    at: usize,
    /// Which of a record's tokens.
    token: usize,
}

/// All comparisons.
#[derive(Debug, Clone)]
pub struct Compiled {
    rules: Vec<EncodedComparison>,
    filters: Vec<Filters>,
    tokens: Vec<Token>,
    words_of_record: usize,
    tokens_of_record: usize,
    /// What the processor can: counting the ones of a word in one step, on any machine of the last ten years.
    processor: pulp::Arch,
}

/// One record as it is compared.
#[derive(Clone, Copy)]
pub struct Prepared<'a> {
    pub(super) words: &'a [u64],
    ones: &'a [u16],
    tokens: &'a [u64],
    present: u8,
    /// Which names were written without diacritics.
    pub(super) bare: u8,
}

impl Prepared<'_> {
    /// How many ones the first or second filter of a segment has.
    pub(super) fn ones(self, segment: Segment, nth: usize) -> u32 {
        u32::from(self.ones[2 * segment as usize + nth])
    }

    /// How many ones the whole name has without diacritics.
    pub(super) fn whole_ones(self) -> u32 {
        u32::from(self.ones[WHOLE])
    }
}

impl Compiled {
    /// The comparisons of the rules for which the lists have something.
    pub fn new(lists: &[&EncodedList], rules: &EncodingRules) -> Self {
        let parameters = lists[0].parameters();
        let mut compiled = Self {
            rules: Vec::new(),
            filters: Vec::new(),
            tokens: Vec::new(),
            words_of_record: parameters.record_words(),
            tokens_of_record: parameters.tokens.len(),
            processor: pulp::Arch::new(),
        };
        for rule in &rules.comparisons {
            let at = compiled.rules.len();
            if at == MOST {
                break;
            }
            match rule.of {
                Compared::Filter(segment) => {
                    let estimate = estimate(lists, rules, rule, segment);
                    let how = match Levels::new(&estimate) {
                        Some(levels) => How::LookedUp(Box::new(levels)),
                        None => How::Estimated(Box::new(estimate)),
                    };
                    compiled.filters.push(Filters { at, bit: bit(segment), how });
                }
                Compared::Token(field) => {
                    let found = parameters.tokens.iter().position(|token: &TokenField| *token == field);
                    let Some(token) = found else { continue };
                    compiled.tokens.push(Token { at, token });
                }
            }
            compiled.rules.push(rule.clone());
        }
        compiled
    }

    /// The comparisons, in the order of a pattern.
    pub(super) fn rules(&self) -> impl Iterator<Item = &EncodedComparison> {
        self.rules.iter()
    }

    /// A record of a list, ready to be compared.
    pub fn prepare<'a>(&self, list: &'a EncodedList, record: usize) -> Prepared<'a> {
        Prepared {
            words: &list.words[record * self.words_of_record..][..self.words_of_record],
            ones: &list.ones[record * COUNTS..][..COUNTS],
            tokens: &list.tokens[record * self.tokens_of_record..][..self.tokens_of_record],
            present: list.present[record],
            bare: list.bare[record],
        }
    }

    /// Compares two records.
    pub fn compare(&self, one: Prepared<'_>, other: Prepared<'_>) -> Pattern {
        self.processor.dispatch(
            #[inline(always)]
            || self.compare_filters(one, other),
        )
    }

    /// Inlined with all it counts with, so that it is compiled once more for what the processor can.
    #[inline(always)]
    fn compare_filters(&self, one: Prepared<'_>, other: Prepared<'_>) -> Pattern {
        let mut pattern = Pattern(0);
        for Token { at, token } in &self.tokens {
            let (one, other) = (one.tokens[*token], other.tokens[*token]);
            let level = u64::from(one != other) + 1;
            // Nothing where a side is not known; without a branch, since either may be.
            pattern.0 |= (level * u64::from((one != 0) & (other != 0))) << (4 * at);
        }
        let known = one.present & other.present;
        for Filters { at, bit, how } in &self.filters {
            if known & bit != 0 {
                let level = match how {
                    How::LookedUp(levels) => levels.level(one, other),
                    How::Estimated(estimate) => estimate.level(one, other),
                };
                pattern.set(*at, level);
            }
        }
        pattern
    }
}

/// How filters of a segment are compared in these lists.
fn estimate(
    lists: &[&EncodedList],
    rules: &EncodingRules,
    rule: &EncodedComparison,
    segment: Segment,
) -> Estimate {
    let parameters = lists[0].parameters();
    let hardening = parameters.hardening;
    let (flip, bits) = (hardening.flip, (parameters.filter_words(segment) * 64) as f64);
    let reading = if hardening.balanced {
        let strangers = rules.training.strangers;
        let filters = if segment.is_name() { 2.0 } else { 1.0 };
        let distance = undone(distance(lists, segment), flip, bits * filters).max(1.0) / filters;
        Reading::Balanced { flip, bits, strangers, distance }
    } else if flip > 0.0 {
        Reading::Noisy { flip, bits }
    } else {
        Reading::Plain
    };
    let whole = WholeName { given: parameters.place(Segment::Given), rest: parameters.place(Segment::Rest) };
    Estimate {
        rule: rule.clone(),
        segment,
        place: parameters.place(segment),
        reading,
        whole: matches!(reading, Reading::Plain).then_some(whole),
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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::LazyLock};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        encode::{Encoded, Hardening, Header, Identifiers, Parameters},
        rules::Rules,
    };

    static RULES: LazyLock<EncodingRules> = LazyLock::new(|| Rules::built_in().unwrap().encoding);

    /// Numbers without end (SplitMix64).
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) ^ mixed >> 31
        }

        fn below(&mut self, end: u64) -> u64 {
            self.next() % end
        }

        /// A filter of which about every second, fourth, eighth or sixteenth bit is set.
        fn filter(&mut self, words: usize) -> Vec<u64> {
            let halved = self.below(4);
            (0..words).map(|_| (0..=halved).fold(u64::MAX, |word, _| word & self.next())).collect()
        }

        fn record(&mut self, parameters: &Parameters) -> Encoded {
            let words = Segment::ALL.map(|segment| self.filter(parameters.words(segment))).concat();
            let tokens = parameters.tokens.iter().map(|_| self.below(3)).collect();
            let (present, bare) = (self.next() | self.next() | self.next(), self.next() & self.next());
            Encoded {
                identifier: String::new(),
                usable: true,
                present: present as u8,
                bare: bare as u8,
                words,
                tokens,
                blocks: vec![0; parameters.blocks.len()],
            }
        }

        /// As the record, but for what befalls each of its filters.
        fn relative(&mut self, record: &Encoded, parameters: &Parameters) -> Encoded {
            let mut other = self.record(parameters);
            for segment in Segment::ALL {
                let place = parameters.place(segment);
                let (mine, theirs) = (&record.words[place.clone()], &mut other.words[place]);
                let half = mine.len() / 2;
                match self.below(7) {
                    0 => theirs.copy_from_slice(mine),
                    1 => theirs.iter_mut().zip(mine).for_each(|(other, one)| *other &= one),
                    2 => theirs.iter_mut().zip(mine).for_each(|(other, one)| *other |= one),
                    3 => theirs[half..].copy_from_slice(&mine[half..]),
                    4 => theirs.fill(0),
                    5 => {
                        theirs.copy_from_slice(mine);
                        for _ in 0..self.below(30) {
                            let at = self.below(64 * theirs.len() as u64) as usize;
                            theirs[at / 64] ^= 1 << (at % 64);
                        }
                    }
                    _ => {}
                }
            }
            if self.below(4) == 0 {
                // Words in another order.
                let [given, rest] = [Segment::Given, Segment::Rest].map(|part| parameters.place(part));
                other.words[rest.clone()].copy_from_slice(&record.words[given.clone()]);
                other.words[given].copy_from_slice(&record.words[rest]);
            }
            other
        }
    }

    fn lists(seed: u64, hardening: Hardening) -> [EncodedList; 2] {
        let header = Header {
            list: "children".to_owned(),
            records: 40,
            key: String::new(),
            identifiers: Identifiers::Row,
            program: String::new(),
            parameters: Parameters::new(&RULES, hardening),
        };
        let parameters = header.parameters.clone();
        let mut lists = [EncodedList::empty(header.clone()), EncodedList::empty(header)];
        let mut numbers = Numbers(seed);
        for _ in 0..40 {
            let record = numbers.record(&parameters);
            lists[1].push(numbers.relative(&record, &parameters));
            lists[0].push(record);
        }
        lists
    }

    /// The same comparisons, by division.
    fn divided(lists: &[&EncodedList], rules: &EncodingRules) -> Compiled {
        let mut compiled = Compiled::new(lists, rules);
        let filters = rules.comparisons.iter().filter_map(|rule| match rule.of {
            Compared::Filter(segment) => Some(estimate(lists, rules, rule, segment)),
            Compared::Token(_) => None,
        });
        for (filters, estimate) in compiled.filters.iter_mut().zip(filters) {
            filters.how = How::Estimated(Box::new(estimate));
        }
        compiled
    }

    /// Compares all pairs in both ways and tells which levels were met.
    fn same_both_ways(lists: &[EncodedList; 2], rules: &EncodingRules) -> BTreeSet<(usize, usize)> {
        let sides = [&lists[0], &lists[1]];
        let (looked_up, divided) = (Compiled::new(&sides, rules), divided(&sides, rules));
        let mut met = BTreeSet::new();
        for one in 0..lists[0].len() {
            for other in 0..lists[1].len() {
                let [found, expected] = [&looked_up, &divided].map(|compiled| {
                    compiled.compare(compiled.prepare(sides[0], one), compiled.prepare(sides[1], other))
                });
                assert_eq!(found, expected, "{one} {other}");
                met.extend((0..rules.comparisons.len()).filter_map(|at| Some((at, found.level(at)?))));
            }
        }
        met
    }

    /// The rules with other levels for filters.
    fn with_levels(
        at_least: &[f64],
        bare: bool,
        contained: Option<f64>,
        whole: Option<f64>,
    ) -> EncodingRules {
        let mut rules = RULES.clone();
        for rule in &mut rules.comparisons {
            let Compared::Filter(segment) = rule.of else { continue };
            rule.at_least = at_least.to_vec();
            rule.bare = bare && segment.is_name();
            rule.contained = contained;
            rule.whole = whole.filter(|_| segment == Segment::Given);
            let special = usize::from(contained.is_some()) + usize::from(rule.whole.is_some());
            rule.same = vec![0.1; at_least.len() + 1 + 2 * usize::from(rule.bare) + special];
        }
        rules
    }

    #[test]
    fn levels_looked_up_are_those_of_division() {
        let met: BTreeSet<(usize, usize)> =
            (0..40).flat_map(|seed| same_both_ways(&lists(seed, Hardening::default()), &RULES)).collect();
        let levels = RULES.comparisons.iter().enumerate();
        let all: BTreeSet<(usize, usize)> =
            levels.flat_map(|(at, rule)| (0..rule.levels()).map(move |level| (at, level))).collect();
        assert_eq!(met, all, "every level of every comparison is met");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_the_levels(
            seed in any::<u64>(),
            steps in proptest::collection::btree_set(0_u32..=100, 1..6),
            bare in any::<bool>(),
            contained in proptest::option::of(0.0..=1.0),
            whole in proptest::option::of(0.0..=1.0),
        ) {
            let at_least: Vec<f64> = steps.iter().rev().map(|step| f64::from(*step) / 100.0).collect();
            same_both_ways(&lists(seed, Hardening::default()), &with_levels(&at_least, bare, contained, whole));
        }
    }

    #[test]
    fn a_filter_as_it_stands_is_looked_up_and_a_hardened_one_is_estimated() {
        let hardened = [
            Hardening { flip: 0.01, ..Hardening::default() },
            Hardening { balanced: true, ..Hardening::default() },
        ];
        for (hardening, is_looked_up) in
            std::iter::once((Hardening::default(), true)).chain(hardened.map(|hardening| (hardening, false)))
        {
            let lists = lists(1, hardening);
            let compiled = Compiled::new(&[&lists[0], &lists[1]], &RULES);
            let looked_up = |filters: &Filters| matches!(filters.how, How::LookedUp(_));
            assert!(
                compiled.filters.iter().all(|filters| looked_up(filters) == is_looked_up),
                "{hardening:?}"
            );
        }
    }
}
