//! Expectation–maximisation: what the levels are worth, learnt from the lists at hand without
//! labels (Winkler 1988). u needs no training: it is the frequency of values. m is found by turns:
//! how likely is each candidate pair the same person, given m; how often does each level occur
//! among them. A comparison learns only from pairs that were found without it, else it would see
//! nothing but agreement. The rules' m count as so many pairs (a Dirichlet prior), so that a small
//! list stays near them; and a closer level never weighs less than a farther one.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    blocking::{Blocks, Candidate},
    learn::Labels,
    model::{Priors, Sums},
    profile::Rows,
    scorer::{Model, Scorer},
};
use crate::rules::{MatchingRules, Population, Training};

/// How training went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// What was trained for.
    pub side: Side,
    /// Pairs looked at.
    pub pairs: usize,
    /// Rounds made.
    pub rounds: usize,
    /// Largest change of an m, or of an expectation, in the last round.
    pub last_change: f64,
    /// Whether that was below the tolerance.
    pub converged: bool,
    /// Expected number of pairs that are the same person, per record looked at.
    pub matches: f64,
}

/// Which comparison is trained: within the list, or against the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Duplicates: each pair stands for itself.
    Duplicates,
    /// Register: a child is at most one of its candidates.
    Register,
}

/// A record with its candidate pairs.
pub struct Group {
    record: u32,
    newborn: bool,
    pairs: Vec<Pair>,
}

/// One candidate pair, ready to be weighed again and again.
struct Pair {
    other: u32,
    /// By comparison: level (`u8::MAX` missing) and information.
    found: Vec<(u8, f32)>,
    /// The passes that found it.
    passes: u32,
}

/// What is trained on.
#[derive(Clone, Copy)]
pub struct Examples<'a> {
    /// Candidate pairs of a sample of records.
    pub groups: &'a [Group],
    /// Which comparison it is.
    pub side: Side,
    /// How many records there are on the other side, at hand or not.
    pub persons: usize,
    /// What people said of pairs, where it is to be learnt from.
    pub labels: &'a Labels,
}

/// Trains the model on examples.
pub fn train(
    model: &Model,
    examples: Examples<'_>,
    training: &Training,
    population: &Population,
) -> (Model, Population, TrainingReport) {
    let mut expectation = Expectation {
        model: model.clone(),
        population: *population,
        groups: examples.groups,
        others: examples.persons,
        side: examples.side,
        labels: examples.labels,
    };
    let report = expectation.maximise(training);
    (expectation.model, expectation.population, report)
}

/// Expectation–maximisation under way.
struct Expectation<'a> {
    model: Model,
    population: Population,
    groups: &'a [Group],
    /// How many records there are on the other side.
    others: usize,
    side: Side,
    labels: &'a Labels,
}

/// What one expectation step counted, weighed by the probability of being the same person.
struct Counts {
    /// By comparison and level, among pairs found without the comparison.
    levels: Vec<Vec<f64>>,
    /// Pairs of the same person, in all and of the newborn.
    matches: f64,
    newborn_matches: f64,
}

impl Expectation<'_> {
    /// Takes both steps by turns until nothing moves any more, or for as many rounds as the rules allow.
    fn maximise(&mut self, training: &Training) -> TrainingReport {
        let mut report = TrainingReport {
            side: self.side,
            pairs: self.groups.iter().map(|group| group.pairs.len()).sum(),
            rounds: 0,
            last_change: 0.0,
            converged: false,
            matches: 0.0,
        };
        if report.pairs == 0 {
            return report;
        }
        let (start, expected) = (self.model.clone(), self.population);
        while report.rounds < training.rounds && !report.converged {
            report.rounds += 1;
            let counts = self.count();
            report.matches = counts.matches / self.groups.len() as f64;
            report.last_change = self.reestimate(&counts, &start, &expected, training.prior);
            report.converged = report.last_change < training.tolerance;
        }
        report
    }

    /// The E step.
    fn count(&self) -> Counts {
        let Self { model, groups, side, .. } = self;
        let priors = Priors::of_side(*side, &self.population, self.others);
        let usable: Vec<u32> = (0..model.comparisons.len())
            .map(|at| model.blocking.passes_without(model.slots[at], model.comparisons[at].comparator))
            .collect();
        let posteriors: Vec<Vec<f64>> =
            groups.par_iter().map(|group| posteriors(model, &priors, group, *side, self.labels)).collect();
        let levels = model.comparisons.iter().map(|comparison| vec![0.0; comparison.levels.len()]);
        let mut counts = Counts { levels: levels.collect(), matches: 0.0, newborn_matches: 0.0 };
        // Summed in the order of the records: floating-point sums must not depend on threads.
        for (group, posteriors) in groups.iter().zip(&posteriors) {
            for (pair, posterior) in group.pairs.iter().zip(posteriors) {
                counts.matches += posterior;
                counts.newborn_matches += if group.newborn { *posterior } else { 0.0 };
                for (at, (level, _)) in pair.found.iter().enumerate() {
                    let count = counts.levels[at].get_mut(usize::from(*level));
                    if let Some(count) = count.filter(|_| pair.passes & usable[at] != 0) {
                        *count += posterior;
                    }
                }
            }
        }
        counts
    }

    /// The M step; returns the largest change of a probability.
    fn reestimate(&mut self, counts: &Counts, start: &Model, expected: &Population, prior: f64) -> f64 {
        let mut change: f64 = 0.0;
        for (at, counts) in counts.levels.iter().enumerate() {
            let of_rules: Vec<f64> = start.comparisons[at].levels.iter().map(|level| level.m).collect();
            let m = self.model.comparisons[at].estimate_m(&of_rules, counts, prior);
            for (new, old) in m.iter().zip(&self.model.comparisons[at].levels) {
                change = change.max((new - old.m).abs());
            }
            self.model.comparisons[at].set_m(&m);
        }
        let mean = |prior: f64, matches: f64, records: usize| {
            (prior * PRIOR_RECORDS + matches) / (PRIOR_RECORDS + records as f64)
        };
        let mut move_to = |old: &mut f64, new: f64| {
            change = change.max((new - *old).abs());
            *old = new;
        };
        let (records, population) = (self.groups.len(), &mut self.population);
        match self.side {
            Side::Duplicates => {
                let found = mean(expected.duplicates, counts.matches, records);
                move_to(&mut population.duplicates, found.clamp(0.001, 1.0));
            }
            Side::Register => {
                let newborn = self.groups.iter().filter(|group| group.newborn).count();
                let older_matches = counts.matches - counts.newborn_matches;
                let found = mean(expected.coverage, older_matches, records - newborn);
                move_to(&mut population.coverage, found.clamp(0.01, 0.999));
                let found = mean(expected.newborn_coverage, counts.newborn_matches, newborn);
                move_to(&mut population.newborn_coverage, found.clamp(0.01, 0.999));
            }
        }
        change
    }
}

/// How many records' worth of trust the rules' expectations of coverage and duplicates have.
const PRIOR_RECORDS: f64 = 50.0;

/// Odds of what somebody said.
const SAID: f64 = 1e60;

/// Evenly spread records, and those that somebody said something of, in order; none where nothing is
/// trained.
pub fn sampled(records: usize, labels: &Labels, rules: &MatchingRules) -> Vec<u32> {
    if !rules.ideas.training {
        return Vec::new();
    }
    // About eight candidates a record is usual; the cap on pairs is kept approximately.
    let step = (records * 8).div_ceil(rules.training.sample.max(1)).max(1);
    let mut sampled: Vec<u32> = (0..records as u32).step_by(step).collect();
    sampled.extend(labels.records());
    sampled.sort_unstable();
    sampled.dedup();
    sampled
}

/// The candidate pairs of records, each with the place by which the blocks know it; one group a record.
/// `name` says how the labels call a record of the other side.
pub fn groups(
    scorer: Scorer<'_>,
    (rows, others): (&Rows, &Rows),
    blocks: &Blocks,
    records: impl IndexedParallelIterator<Item = (u32, u32)>,
    name: impl Fn(u32) -> u32 + Sync,
) -> Vec<Group> {
    let group = |(record, place): (u32, u32)| {
        let row = rows.row(record as usize);
        let mut found: Vec<Candidate> = Vec::new();
        blocks.candidates(place, |_| true, &mut found);
        let pair = |candidate: &Candidate| {
            let other = others.row(candidate.record as usize);
            let found = (0..scorer.model.comparisons.len())
                .map(|at| {
                    scorer
                        .find(at, row, other)
                        .map_or((u8::MAX, 0.0), |found| (found.level, found.information))
                })
                .collect();
            Pair { other: name(candidate.record), found, passes: candidate.passes }
        };
        Group {
            record,
            newborn: scorer.profiles.newborn[record as usize],
            pairs: found.iter().map(pair).collect(),
        }
    };
    records.map(group).collect()
}

fn posteriors(model: &Model, priors: &Priors, group: &Group, side: Side, labels: &Labels) -> Vec<f64> {
    let odds: Vec<f64> = group
        .pairs
        .iter()
        .map(|pair| {
            let mut sums = Sums::default();
            for (comparison, (level, information)) in model.comparisons.iter().zip(&pair.found) {
                if *level != u8::MAX {
                    sums.add(comparison.weigh_level(*level, *information));
                }
            }
            match labels.of_pair(group.record, pair.other) {
                Some(false) => 0.0,
                Some(true) => SAID,
                None => (priors.match_weight(sums) + priors.same).min(200.0).exp2(),
            }
        })
        .collect();
    match side {
        Side::Duplicates => odds.into_iter().map(|odds| odds / (1.0 + odds)).collect(),
        Side::Register => {
            let all = priors.nobody(group.newborn).exp2() + odds.iter().sum::<f64>();
            odds.into_iter().map(|odds| odds / all).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    /// Four comparisons of known m and u; the rules start all of them at the same m.
    fn rules() -> MatchingRules {
        let fields = ["gender", "phone", "ethnicity", "household_code"];
        let comparison = |field: &&str| {
            format!(
                "[[comparison]]\nname = \"{field}\"\nfield = \"{field}\"\ncomparator = \"code\"\nevidence = \"person\"\n\
                 level = [{{ name = \"equal\", m = 0.8, u = 0.1 }}, {{ name = \"different\", m = 0.2, u = 0.9 }}]\n"
            )
        };
        let switches = "[population]\ntwins = 0.0\nsiblings = 0.0\nnamesakes = 0.0\nlike_named = 0.0\n\
                        [training]\nprior = 1.0\nrounds = 500\ntolerance = 1e-7\n\
                        [[blocking.pass]]\nkeys = [\"birth_date:whole\"]\nrefine = []\n";
        let folder = tempfile::tempdir().unwrap();
        let text = fields.iter().map(comparison).fold(switches.to_owned(), |text, part| text + &part);
        std::fs::write(folder.path().join("matching.toml"), text).unwrap();
        Rules::with_overlay(Some(folder.path())).unwrap().matching
    }

    const TRUE_M: [f64; 4] = [0.95, 0.85, 0.7, 0.6];
    const U: f64 = 0.1;

    /// Every pattern of agreement as often as it is expected: 20,000 pairs, a fifth the same person.
    fn exact_pairs() -> Vec<Group> {
        let mut groups = Vec::new();
        for pattern in 0..16_u32 {
            let probability = |agree: [f64; 4]| -> f64 {
                (0..4).map(|at| if pattern >> at & 1 == 1 { agree[at] } else { 1.0 - agree[at] }).product()
            };
            let same = 4_000.0 * probability(TRUE_M);
            let unrelated = 16_000.0 * probability([U; 4]);
            let found: Vec<(u8, f32)> = (0..4).map(|at| (u8::from(pattern >> at & 1 == 0), 0.0)).collect();
            let pair = || Pair { other: 1, found: found.clone(), passes: 1 };
            let count = (same + unrelated).round() as usize;
            groups.extend((0..count).map(|_| Group { record: 0, newborn: false, pairs: vec![pair()] }));
        }
        groups
    }

    #[test]
    fn em_finds_the_m_that_made_the_pairs() {
        let rules = rules();
        let groups = exact_pairs();
        let mut expectation = Expectation {
            model: Model::new(&rules),
            population: Population { duplicates: 0.05, ..rules.population },
            groups: &groups,
            // One candidate a record, which is the same person as often as records have duplicates.
            others: 1,
            side: Side::Duplicates,
            labels: &Labels::default(),
        };
        let report = expectation.maximise(&rules.training);
        assert!(report.converged, "{report:?}");
        assert!((report.matches - 0.2).abs() < 0.02, "{report:?}");
        for (comparison, expected) in expectation.model.comparisons.iter().zip(TRUE_M) {
            let found = comparison.levels[0].m;
            assert!((found - expected).abs() < 0.02, "{}: {found}, not {expected}", comparison.name);
        }
    }

    #[test]
    fn what_did_not_converge_says_so() {
        let rules = rules();
        let groups = exact_pairs();
        let mut expectation = Expectation {
            model: Model::new(&rules),
            population: rules.population,
            groups: &groups,
            others: 1,
            side: Side::Duplicates,
            labels: &Labels::default(),
        };
        let report = expectation.maximise(&Training { rounds: 2, ..rules.training });
        assert_eq!((report.rounds, report.converged), (2, false));
        assert!(report.last_change > rules.training.tolerance);
    }
}
