//! What each level is worth: shares among strangers counted in random pairs, shares among pairs of the
//! same child learnt by EM, those of the rules being the prior. Twins, siblings and namesakes have some
//! facts truly in common, and are as alike there as a child and itself; elsewhere they are strangers.
//! Their shares therefore follow from the other two, whatever hardening has done to the filters.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    compare::{Compiled, Pattern},
    frequency::Agreement,
};
use crate::rules::{Compared, EncodedComparison, EncodingRules, Segment};

/// Same child, twins, siblings, namesakes, like-named.
const CLASSES: usize = 5;

/// The weights of one side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideModel {
    /// `duplicates` or `identities`.
    pub side: &'static str,
    /// How often a pair of each class is expected, per pair.
    priors: [f64; CLASSES],
    /// By comparison.
    comparisons: Vec<Weights>,
    /// Most bits of one value.
    rarest: f64,
    /// The comparison of surname and middle words.
    rest: Option<usize>,
}

/// The shares of one comparison's levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Weights {
    comparison: crate::rules::Compared,
    /// By level, among pairs of the same child.
    same: Vec<f64>,
    /// How often the other classes have this in common.
    in_common: [f64; CLASSES - 1],
    /// By level, how much likelier they are to be there than strangers, where they have it not.
    alike: [Vec<f64>; CLASSES - 1],
    /// As `in_common`, where the rest of the name is the same.
    with_rest: Option<[f64; CLASSES - 1]>,
    /// By level, among strangers.
    strangers: Vec<f64>,
    /// By level, on what such pairs agree.
    #[serde(skip)]
    agreements: Vec<Option<Agreement>>,
}

/// What a pair is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Bits for the same child against everybody else it could be.
    pub weight: f64,
    /// Odds for the same child, before who else is there is looked at.
    pub odds: f64,
}

impl SideModel {
    pub(super) fn train(
        compiled: &Compiled,
        patterns: &[Pattern],
        strangers: &[Pattern],
        others: usize,
        rules: &EncodingRules,
        is_register: bool,
    ) -> Self {
        let population = rules.population;
        let same = if is_register { population.coverage } else { population.duplicates };
        let each = [same, population.twins, population.siblings, population.namesakes, population.like_named];
        let count =
            |at: usize, level: usize| strangers.iter().filter(|found| found.level(at) == Some(level)).count();
        let comparisons = compiled.rules().enumerate().map(|(at, rule)| {
            let counts: Vec<f64> = (0..rule.levels()).map(|level| count(at, level) as f64 + 0.5).collect();
            let all: f64 = counts.iter().sum();
            Weights {
                comparison: rule.of,
                same: rule.same.clone(),
                agreements: (0..rule.levels()).map(|level| Agreement::of(rule, level)).collect(),
                in_common: rule.in_common,
                alike: {
                    let [twin, sibling] = rule.alike.clone();
                    [twin, sibling, vec![1.0; rule.levels()], vec![1.0; rule.levels()]]
                },
                with_rest: rule.with_rest,
                strangers: counts.into_iter().map(|count| count / all).collect(),
            }
        });
        let mut model = Self {
            side: if is_register { "identities" } else { "duplicates" },
            priors: each.map(|expected| expected / others.max(1) as f64),
            comparisons: comparisons.collect(),
            rarest: rules.population.rarest,
            rest: compiled.rules().position(|rule| rule.of == Compared::Filter(Segment::Rest)),
        };
        // Patterns in order: sums of parts must not depend on who came first.
        let mut counts: BTreeMap<Pattern, u32> = BTreeMap::new();
        patterns.iter().for_each(|pattern| *counts.entry(*pattern).or_default() += 1);
        for _ in 0..rules.training.rounds {
            model.learn(compiled, &counts, rules.training.prior);
        }
        model
    }

    /// One round of EM.
    fn learn(&mut self, compiled: &Compiled, counts: &BTreeMap<Pattern, u32>, trust: f64) {
        let prior = |rule: &EncodedComparison| rule.same.iter().map(|share| share * trust).collect();
        let mut sums: Vec<Vec<f64>> = compiled.rules().map(prior).collect();
        for (pattern, count) in counts {
            let likely = self.classes(*pattern, |_, _| None).map(f64::exp2);
            let all = 1.0 + likely.iter().sum::<f64>();
            let part = likely[0] / all * f64::from(*count);
            for (at, sums) in sums.iter_mut().enumerate() {
                if let Some(level) = pattern.level(at) {
                    sums[level] += part;
                }
            }
        }
        for (weights, sums) in self.comparisons.iter_mut().zip(sums) {
            let all: f64 = sums.iter().sum();
            weights.same = sums.iter().map(|sum| sum / all).collect();
        }
    }

    /// For each class its odds against strangers, in bits. `rate` tells how rare the value is.
    fn classes(&self, pattern: Pattern, rate: impl Fn(usize, Agreement) -> Option<f64>) -> [f64; CLASSES] {
        let mut bits = self.priors.map(f64::log2);
        let rest_is_same = self.rest.is_some_and(|rest| pattern.level(rest) == Some(0));
        for (at, weights) in self.comparisons.iter().enumerate() {
            let Some(level) = pattern.level(at) else { continue };
            let usual = weights.strangers[level];
            let agreement = weights.agreements[level];
            let stranger = match agreement.and_then(|agreement| Some((agreement, rate(at, agreement)?))) {
                Some((Agreement::Whole, share)) => share,
                Some((Agreement::Bare, times)) => usual * times.clamp(0.02, 50.0),
                None => usual,
            };
            let stranger = stranger.max((-self.rarest).exp2());
            let same = weights.same[level];
            let [first, others @ ..] = &mut bits;
            *first += (same / stranger).log2();
            let common = match weights.with_rest {
                Some(common) if level == 0 && rest_is_same => common,
                _ => weights.in_common,
            };
            for (class, bits) in others.iter_mut().enumerate() {
                let alike = weights.alike[class][level];
                *bits += (common[class] * same / stranger + (1.0 - common[class]) * alike).log2();
            }
        }
        bits
    }

    pub(super) fn score(&self, pattern: Pattern, rate: impl Fn(usize, Agreement) -> Option<f64>) -> Scores {
        let [same, others @ ..] = self.classes(pattern, rate);
        let against = (1.0 + others.map(f64::exp2).iter().sum::<f64>()).log2();
        Scores { weight: same - self.priors[0].log2() - against, odds: (same - against).exp2() }
    }
}
