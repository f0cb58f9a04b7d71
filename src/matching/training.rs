//! Expectation–maximisation: what the levels are worth, learnt from the lists at hand without
//! labels (Winkler 1988). u needs no training: it is the frequency of values. m is found by turns:
//! how likely is each candidate pair the same person, given m; how often does each level occur
//! among them. A comparison learns only from pairs that were found without it, else it would see
//! nothing but agreement. The rules' m count as so many pairs (a Dirichlet prior), so that a small
//! list stays near them; and a closer level never weighs less than a farther one.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    blocking::{BlockIndex, Candidate},
    model::{Priors, Sums},
    profile::Rows,
    scorer::{Model, Scorer},
};
use crate::rules::{MatchingRules, Population};

/// How training went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// What was trained for.
    pub side: Side,
    /// Pairs looked at.
    pub pairs: usize,
    /// Rounds made.
    pub rounds: usize,
    /// Largest change of an m in the last round.
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
struct Group {
    newborn: bool,
    pairs: Vec<Pair>,
}

/// One candidate pair, ready to be weighed again and again.
struct Pair {
    /// By comparison: level (15 missing) and information.
    found: Vec<(u8, f32)>,
    /// The passes that found it.
    passes: u32,
}

/// Two sides whose candidate pairs are compared.
#[derive(Clone, Copy)]
pub struct Sides<'a> {
    /// The records asked for.
    pub rows: &'a Rows,
    /// The records they are compared with.
    pub others: &'a Rows,
    /// The index of `others`.
    pub index: &'a BlockIndex,
    /// Which comparison it is.
    pub side: Side,
}

/// Trains the model on the candidate pairs of a sample of records.
pub fn train(
    scorer: Scorer<'_>,
    sides: Sides<'_>,
    rules: &MatchingRules,
    population: &Population,
) -> (Model, Population, TrainingReport) {
    let Sides { others, side, .. } = sides;
    let training = &rules.training;
    let mut model = scorer.model.clone();
    let start_population = *population;
    let mut population = start_population;
    let groups = sample(scorer, sides, training.sample);
    let mut report = TrainingReport {
        side,
        pairs: groups.iter().map(|group| group.pairs.len()).sum(),
        rounds: 0,
        last_change: 0.0,
        converged: false,
        matches: 0.0,
    };
    if report.pairs == 0 || !rules.ideas.training {
        return (model, population, report);
    }
    let start = model.clone();
    let usable: Vec<u32> = (0..model.comparisons.len())
        .map(|at| model.blocking.passes_without(model.slots[at], model.comparisons[at].comparator))
        .collect();
    while report.rounds < training.rounds && !report.converged {
        report.rounds += 1;
        let priors = match side {
            Side::Duplicates => Priors::duplicates(&population, others.len()),
            Side::Register => Priors::register(&population, others.len()),
        };
        // Summed in the order of the records: floating-point sums must not depend on threads.
        let posteriors: Vec<Vec<f64>> =
            groups.par_iter().map(|group| posteriors(&model, &priors, group, side)).collect();
        let mut counts: Vec<Vec<f64>> =
            model.comparisons.iter().map(|comparison| vec![0.0; comparison.levels.len()]).collect();
        // Of all records, and of the newborn.
        let (mut matches, mut newborn_matches) = (0.0, 0.0);
        for (group, posteriors) in groups.iter().zip(&posteriors) {
            for (pair, posterior) in group.pairs.iter().zip(posteriors) {
                matches += posterior;
                newborn_matches += if group.newborn { *posterior } else { 0.0 };
                for (at, (level, _)) in pair.found.iter().enumerate() {
                    let count = counts[at].get_mut(usize::from(*level));
                    if let Some(count) = count.filter(|_| pair.passes & usable[at] != 0) {
                        *count += posterior;
                    }
                }
            }
        }
        report.last_change = 0.0;
        for (at, counts) in counts.iter().enumerate() {
            let prior: Vec<f64> = start.comparisons[at].levels.iter().map(|level| level.m).collect();
            let m = model.comparisons[at].estimate_m(&prior, counts, training.prior);
            for (new, old) in m.iter().zip(&model.comparisons[at].levels) {
                report.last_change = report.last_change.max((new - old.m).abs());
            }
            model.comparisons[at].set_m(&m);
        }
        report.matches = matches / groups.len() as f64;
        let mean = |prior: f64, matches: f64, records: usize| {
            (prior * PRIOR_RECORDS + matches) / (PRIOR_RECORDS + records as f64)
        };
        match side {
            Side::Duplicates => {
                population.duplicates =
                    mean(start_population.duplicates, matches, groups.len()).clamp(0.001, 1.0);
            }
            Side::Register => {
                let newborn = groups.iter().filter(|group| group.newborn).count();
                let (old, old_matches) = (groups.len() - newborn, matches - newborn_matches);
                population.coverage = mean(start_population.coverage, old_matches, old).clamp(0.01, 0.999);
                population.newborn_coverage =
                    mean(start_population.newborn_coverage, newborn_matches, newborn).clamp(0.01, 0.999);
            }
        }
        report.converged = report.last_change < training.tolerance;
    }
    (model, population, report)
}

/// How many records' worth of trust the rules' expectations of coverage and duplicates have.
const PRIOR_RECORDS: f64 = 50.0;

/// Candidate pairs of evenly spread records, one group a record.
fn sample(scorer: Scorer<'_>, sides: Sides<'_>, most: usize) -> Vec<Group> {
    let Sides { rows, others, index, side } = sides;
    // About eight candidates a record is usual; the cap on pairs is kept approximately.
    let step = (rows.len() * 8).div_ceil(most.max(1)).max(1);
    let records: Vec<usize> = (0..rows.len()).step_by(step).collect();
    records
        .par_iter()
        .map(|record| {
            let row = rows.row(*record);
            let mut found: Vec<Candidate> = Vec::new();
            let wanted = |other: u32| side == Side::Register || other as usize > *record;
            index.candidates(&scorer.model.blocking, row, scorer.profiles, wanted, &mut found);
            let pair = |candidate: &Candidate| {
                let other = others.row(candidate.record as usize);
                let found = (0..scorer.model.comparisons.len())
                    .map(|at| {
                        scorer
                            .find(at, row, other)
                            .map_or((u8::MAX, 0.0), |found| (found.level, found.information))
                    })
                    .collect();
                Pair { found, passes: candidate.passes }
            };
            Group { newborn: scorer.profiles.newborn[*record], pairs: found.iter().map(pair).collect() }
        })
        .collect()
}

fn posteriors(model: &Model, priors: &Priors, group: &Group, side: Side) -> Vec<f64> {
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
            (priors.match_weight(sums) + priors.same).min(200.0).exp2()
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
