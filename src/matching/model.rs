//! The model: what each level of each comparison is worth under six hypotheses about two records —
//! the same person, twins, siblings, namesakes born the same day, like-named born another day,
//! unrelated — and how the worths add up to a match weight.
//!
//! With `m`, `t`, `s`, `n`, `l`, `u` the probabilities of the comparison vector under the hypotheses and
//! `N` the number of records on the other side, the match weight is
//!
//! `W = log2 m / (u + twins/N · t + siblings/N · s + namesakes/N · n + like_named/N · l)`
//!
//! Family evidence has `t = s = m`: it cancels against twins and siblings, so that however much of
//! it agrees, the weight cannot exceed what the person evidence alone says against a sibling. That
//! is also what keeps five family fields from counting as five sources. Person evidence has `n = m`:
//! a name and a birthday alone, however rare, are never more than the word of two fields.

use super::training::Side;
use crate::rules::{ComparatorKind, ComparisonRule, EvidenceKind, Population, Relative};

/// One level's probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// P(level | same person), within the level's group.
    pub m: f64,
    /// P(level | unrelated), or `None`: from the value's frequency.
    pub u: Option<f64>,
    /// Number of equally likely wrong values.
    pub spread: f64,
    /// P(level | twins).
    pub twin: Relative,
    /// P(level | siblings).
    pub sibling: Relative,
    /// The two where both records are of the list.
    in_list: (Option<Relative>, Option<Relative>),
    /// P(level | namesakes born the same day).
    pub namesake: Relative,
    /// P(level | like-named born another day).
    pub like_named: Relative,
    /// A pair at this level is never decided without a person.
    pub person_decides: bool,
}

/// One comparison of the model.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Its name.
    pub name: std::sync::Arc<str>,
    /// How it compares.
    pub comparator: ComparatorKind,
    /// It tells children of one family apart.
    pub of_person: bool,
    /// By the comparator's own level number; `None` for levels the rules leave out, which count
    /// as the next one listed.
    pub levels: Vec<Level>,
    /// The levels as the rules list them, closest first.
    order: Vec<usize>,
    /// Weights in bits of each level against the three other hypotheses.
    weights: Vec<LevelWeights>,
}

/// Whether a comparison agrees for like-named children of other birthdays as it does for the same
/// child: names, gender and place do.
fn agrees_when_like_named(rule: &ComparisonRule) -> bool {
    match rule.comparator {
        ComparatorKind::GivenName | ComparatorKind::MiddleName | ComparatorKind::Surname => true,
        ComparatorKind::Code => rule.evidence != EvidenceKind::Family,
        _ => rule.evidence == EvidenceKind::Place,
    }
}

/// Weight of a level against one hypothesis.
#[derive(Debug, Clone, Copy, Default)]
struct Against {
    bits: f32,
    /// Whether the value's information is to be added.
    adds: bool,
}

impl Against {
    fn with(self, information: f32) -> f32 {
        self.bits + if self.adds { information } else { 0.0 }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct LevelWeights {
    unrelated: Against,
    twin: Against,
    sibling: Against,
    namesake: Against,
    like_named: Against,
}

/// Sums of weights, in bits, of "same person" against each other hypothesis.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// Against unrelated persons.
    pub unrelated: f32,
    /// Against twins.
    pub twin: f32,
    /// Against siblings.
    pub sibling: f32,
    /// Against namesakes born the same day.
    pub namesake: f32,
    /// Against like-named children born another day.
    pub like_named: f32,
    /// Something disagrees that only a person may pass over.
    pub person_decides: bool,
}

impl Sums {
    /// Adds another comparison's weights.
    pub fn add(&mut self, other: Self) {
        self.unrelated += other.unrelated;
        self.twin += other.twin;
        self.sibling += other.sibling;
        self.namesake += other.namesake;
        self.like_named += other.like_named;
        self.person_decides |= other.person_decides;
    }
}

impl Sums {
    /// With so many bits more against every hypothesis.
    pub fn and_all(self, bits: f32) -> Self {
        Self {
            unrelated: self.unrelated + bits,
            twin: self.twin + bits,
            sibling: self.sibling + bits,
            namesake: self.namesake + bits,
            like_named: self.like_named + bits,
            ..self
        }
    }
}

impl Comparison {
    /// Builds a comparison from its (validated) rule.
    pub fn new(rule: &ComparisonRule) -> Self {
        let (family, namesake) = match rule.evidence {
            EvidenceKind::Person => (Relative::Apart(1.0), Relative::Same),
            EvidenceKind::Family => (Relative::Same, Relative::Apart(1.0)),
            EvidenceKind::Place => (Relative::Same, Relative::Same),
        };
        let like_named = if agrees_when_like_named(rule) { Relative::Same } else { Relative::Apart(1.0) };
        let listed: Vec<(&str, Level)> = rule
            .level
            .iter()
            .map(|level| {
                let level = level.get_ref();
                let built = Level {
                    m: level.m,
                    u: level.u,
                    spread: level.spread,
                    twin: level.twin.unwrap_or(family),
                    sibling: level.sibling.unwrap_or(family),
                    in_list: (level.twin_in_list, level.sibling_in_list),
                    namesake: level.namesake.unwrap_or(namesake),
                    like_named: level.like_named.unwrap_or(like_named),
                    person_decides: level.person_decides,
                };
                (level.name.as_str(), built)
            })
            .collect();
        let last = listed.last().expect("a comparison has at least one level, see MatchingRules").1;
        let names = rule.comparator.levels();
        let levels = names
            .iter()
            .enumerate()
            .map(|(at, _)| {
                let next =
                    names[at..].iter().find_map(|name| listed.iter().find(|(listed, _)| listed == name));
                next.map_or(last, |(_, level)| *level)
            })
            .collect();
        let mut comparison = Self {
            name: rule.name.as_str().into(),
            comparator: rule.comparator,
            of_person: rule.evidence == EvidenceKind::Person,
            levels,
            order: listed
                .iter()
                .filter_map(|(level, _)| names.iter().position(|name| name == level))
                .collect(),
            weights: Vec::new(),
        };
        comparison.weigh();
        comparison
    }

    /// The levels that the rules list, with their names, in that order.
    pub fn listed(&self) -> impl Iterator<Item = (&'static str, &Level)> {
        self.order.iter().map(|at| (self.comparator.levels()[*at], &self.levels[*at]))
    }

    /// The comparison as it is within the list, where twins and siblings share what one household
    /// enters at one desk.
    pub fn within_list(mut self) -> Self {
        for level in &mut self.levels {
            let (twin, sibling) = level.in_list;
            level.twin = twin.unwrap_or(level.twin);
            level.sibling = sibling.unwrap_or(level.sibling);
        }
        self.weigh();
        self
    }

    /// Puts new m in place (from EM) and weighs the levels again.
    pub fn set_m(&mut self, m: &[f64]) {
        for (level, m) in self.levels.iter_mut().zip(m) {
            level.m = *m;
        }
        self.weigh();
    }

    /// New m from the counts of levels among pairs that are the same person, with the rules' m
    /// worth `trust` pairs. Within a group of levels they add up to what the rules' m add up to,
    /// and a level listed as closer never gets a smaller `m / spread` than one listed after it
    /// (pool-adjacent-violators).
    pub fn estimate_m(&self, prior: &[f64], counts: &[f64], trust: f64) -> Vec<f64> {
        let mut m = prior.to_vec();
        for group in 0..LEVEL_GROUPS.len() {
            let members: Vec<usize> =
                self.order.iter().copied().filter(|level| self.group_of(*level) == group).collect();
            let share: f64 = members.iter().map(|level| prior[*level]).sum();
            let seen: f64 = members.iter().map(|level| counts[*level]).sum();
            if share <= 0.0 || seen <= 0.0 {
                continue;
            }
            for level in &members {
                m[*level] =
                    (trust * prior[*level] / share + counts[*level]) / (trust + seen) * share.min(1.0);
            }
            let ordered: Vec<usize> =
                members.into_iter().filter(|level| self.levels[*level].u.is_none()).collect();
            let ratios: Vec<f64> =
                ordered.iter().map(|level| m[*level] / self.levels[*level].spread).collect();
            let weights: Vec<f64> = ordered.iter().map(|level| self.levels[*level].spread).collect();
            for (level, ratio) in ordered.iter().zip(non_increasing(&ratios, &weights)) {
                m[*level] = ratio * self.levels[*level].spread;
            }
        }
        // EM never sees the pairs that disagree too much to be believed, so that total disagreement
        // looks rarer than it is: it is not let fall far below what the rules say.
        let floor = |level: usize| if self.levels[level].u.is_some() { prior[level] / 2.0 } else { 1e-6 };
        m.iter().enumerate().map(|(level, m)| m.clamp(floor(level), 1.0)).collect()
    }

    fn group_of(&self, level: usize) -> usize {
        let name = self.comparator.levels()[level];
        LEVEL_GROUPS.iter().rposition(|prefix| name.starts_with(prefix)).unwrap_or(0)
    }

    fn weigh(&mut self) {
        self.weights = self
            .levels
            .iter()
            .map(|level| {
                let unrelated = match level.u {
                    Some(u) => Against { bits: (level.m / u).log2() as f32, adds: false },
                    None => Against { bits: (level.m / level.spread).log2() as f32, adds: true },
                };
                let against = |relative: Relative| match relative {
                    Relative::Same => Against::default(),
                    Relative::Apart(factor) => {
                        Against { bits: unrelated.bits - factor.log2() as f32, adds: unrelated.adds }
                    }
                    Relative::Probability(probability) => {
                        Against { bits: (level.m / probability).log2() as f32, adds: false }
                    }
                };
                LevelWeights {
                    unrelated,
                    twin: against(level.twin),
                    sibling: against(level.sibling),
                    namesake: against(level.namesake),
                    like_named: against(level.like_named),
                }
            })
            .collect();
    }

    /// Whether what a level is worth depends on the information in the value agreed on.
    pub fn needs_information(&self, level: u8) -> bool {
        let weights = &self.weights[usize::from(level)];
        let LevelWeights { unrelated, twin, sibling, namesake, like_named } = weights;
        [unrelated, twin, sibling, namesake, like_named].into_iter().any(|against| against.adds)
    }

    /// What a level with so much information in its value is worth.
    pub fn weigh_level(&self, level: u8, information: f32) -> Sums {
        let weights = &self.weights[usize::from(level)];
        Sums {
            unrelated: weights.unrelated.with(information),
            twin: weights.twin.with(information),
            sibling: weights.sibling.with(information),
            namesake: weights.namesake.with(information),
            like_named: weights.like_named.with(information),
            person_decides: self.levels[usize::from(level)].person_decides,
        }
    }
}

/// Prefixes of level names: levels of one group share one probability of 1.
const LEVEL_GROUPS: [&str; 4] = ["", "bare", "initial", "partial_"];

/// The nearest non-increasing sequence (weighted least squares; Ayer et al. 1955).
fn non_increasing(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in values.iter().zip(weights) {
        blocks.push((*value, *weight, 1));
        while let [.., before, last] = blocks.as_slice() {
            if before.0 >= last.0 {
                break;
            }
            let weight = before.1 + last.1;
            let pooled = ((before.0 * before.1 + last.0 * last.1) / weight, weight, before.2 + last.2);
            blocks.truncate(blocks.len() - 2);
            blocks.push(pooled);
        }
    }
    blocks.iter().flat_map(|(value, _, count)| std::iter::repeat_n(*value, *count)).collect()
}

/// Prior expectations for one kind of comparison (within the list, or against the register), in
/// bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Priors {
    /// log2 of the chance that a given record of the other side is the same person.
    pub same: f64,
    /// log2 of the chance that no record of the other side is; the same for the newborn.
    nobody: [f64; 2],
    /// log2 of the chance that a given record of the other side is a twin.
    pub twin: f64,
    /// log2 of the chance that it is a sibling.
    pub sibling: f64,
    /// log2 of the chance that it is a namesake born the same day, beyond chance.
    pub namesake: f64,
    /// log2 of the chance that it is like-named and born another day, beyond chance.
    pub like_named: f64,
}

impl Priors {
    /// Of one side with so many records or persons.
    pub fn of_side(side: Side, population: &Population, others: usize) -> Self {
        match side {
            Side::Duplicates => Self::duplicates(population, others),
            Side::Register => Self::register(population, others),
        }
    }

    /// Against a register of so many persons.
    pub fn register(population: &Population, persons: usize) -> Self {
        // Twins and the like are in the register as seldom as the children are.
        let held = Population {
            twins: population.twins * population.coverage,
            siblings: population.siblings * population.coverage,
            namesakes: population.namesakes * population.coverage,
            like_named: population.like_named * population.coverage,
            ..*population
        };
        let absent = [1.0 - population.coverage, 1.0 - population.newborn_coverage];
        Self::new(&held, persons, population.coverage, absent)
    }

    /// Within a list of so many records.
    pub fn duplicates(population: &Population, records: usize) -> Self {
        Self::new(population, records, population.duplicates, [1.0; 2])
    }

    fn new(population: &Population, records: usize, same: f64, nobody: [f64; 2]) -> Self {
        let of = |expected: f64| (expected / records.max(1) as f64).log2();
        Self {
            same: of(same),
            nobody: nobody.map(|nobody| nobody.max(1e-9).log2()),
            twin: of(population.twins),
            sibling: of(population.siblings),
            namesake: of(population.namesakes),
            like_named: of(population.like_named),
        }
    }

    /// log2 of the chance that no record of the other side is the same person, for a newborn or
    /// any other child.
    pub fn nobody(&self, newborn: bool) -> f64 {
        self.nobody[usize::from(newborn)]
    }

    /// The same, the chance of being the same person moved by so many bits.
    pub fn shifted(&self, bits: f64) -> Self {
        Self { same: self.same + bits, ..*self }
    }

    /// The match weight of the sums: log2 of m over the mixture of the other hypotheses.
    pub fn match_weight(&self, sums: Sums) -> f64 {
        let terms = [
            -f64::from(sums.unrelated),
            self.twin - f64::from(sums.twin),
            self.sibling - f64::from(sums.sibling),
            self.namesake - f64::from(sums.namesake),
            self.like_named - f64::from(sums.like_named),
        ];
        let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = terms.iter().map(|term| (term - largest).exp2()).sum();
        -(largest + sum.log2())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::rules::Rules;

    static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

    fn priors() -> Priors {
        Priors::register(&RULES.matching.population, 100_000)
    }

    #[test]
    fn family_evidence_cannot_lift_a_pair_above_what_tells_siblings_apart() {
        let sums = |family: f32| Sums {
            unrelated: 10.0 + family,
            twin: -3.0,
            sibling: 5.0,
            namesake: family,
            like_named: family,
            person_decides: false,
        };
        let (much, very_much) = (priors().match_weight(sums(40.0)), priors().match_weight(sums(400.0)));
        assert!((much - very_much).abs() < 0.01, "{much} {very_much}");
    }

    #[test]
    fn levels_stay_ordered_whatever_is_counted() {
        let rule = RULES.matching.comparison.iter().find(|rule| rule.name == "birth_date").unwrap();
        let comparison = Comparison::new(rule);
        let prior: Vec<f64> = comparison.levels.iter().map(|level| level.m).collect();
        // Nothing but exchanged days: believed, but never worth more than an equal date.
        let mut counts = vec![0.0; prior.len()];
        counts[1] = 1e6;
        let m = comparison.estimate_m(&prior, &counts, 400.0);
        let worth = |level: usize| m[level] / comparison.levels[level].spread;
        assert!(worth(0) >= worth(1), "{} {}", worth(0), worth(1));
    }

    proptest! {
        #[test]
        fn the_weight_is_below_every_single_hypothesis(
            unrelated in -50.0_f32..80.0, twin in -50.0_f32..80.0, sibling in -50.0_f32..80.0,
        ) {
            let (namesake, like_named) = (60.0, 60.0);
            let sums = Sums { unrelated, twin, sibling, namesake, like_named, person_decides: false };
            let weight = priors().match_weight(sums);
            prop_assert!(weight <= f64::from(unrelated) + 1e-6);
            prop_assert!(weight <= f64::from(twin) - priors().twin + 1e-6);
            prop_assert!(weight <= f64::from(sibling) - priors().sibling + 1e-6);
        }

        #[test]
        fn pooled_values_never_rise_and_keep_their_sum(values in prop::collection::vec(0.0_f64..1.0, 1..12)) {
            let weights = vec![1.0; values.len()];
            let pooled = non_increasing(&values, &weights);
            prop_assert_eq!(pooled.len(), values.len());
            prop_assert!(pooled.windows(2).all(|pair| pair[0] >= pair[1] - 1e-12));
            prop_assert!((pooled.iter().sum::<f64>() - values.iter().sum::<f64>()).abs() < 1e-9);
        }
    }
}
