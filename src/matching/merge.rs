//! Which records are the same child: every pair's own evidence and what the register says of it,
//! joined from the surest downwards while the expected number of false merges allows.

use super::{cluster::Clusters, decide::Evidence, status::Judged};

/// From this posterior on a record stands for its person when it is compared with other records.
pub(super) const ANCHOR: f64 = 0.99;

/// Most that a pair can count for by itself where something disagrees that only a person may pass
/// over (`person_decides` of the rules).
pub(super) const PERSON_DECIDES: f64 = 0.9;

/// One pair of children worth deciding.
pub(super) struct Pair {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) weight: f64,
    /// Probability that both are the same child: their own evidence, less what the register says
    /// against it.
    pub(super) posterior: f64,
    /// The same, or that both fit one person of the register, whichever says more.
    pub(super) shown: f64,
    /// Kept apart although the weight says otherwise.
    pub(super) refused: bool,
}

/// The records as children, with what made them so.
pub(super) struct Merged {
    pub(super) clusters: Clusters,
    /// Pairs of records, likeliest first.
    pub(super) pairs: Vec<Pair>,
    /// Candidate persons of each record by itself.
    pub(super) posteriors: Vec<Vec<(u32, f64)>>,
    /// Expected number of false merges.
    pub(super) errors: f64,
}

impl Merged {
    /// Probability of a record's belonging to its cluster, by its own evidence with another member;
    /// 0 where it came by the register alone.
    pub(super) fn bonds(&self) -> Vec<f64> {
        let mut bonds = vec![0.0_f64; self.posteriors.len()];
        for pair in &self.pairs {
            if self.clusters.root(pair.a) == self.clusters.root(pair.b) {
                for record in [pair.a, pair.b] {
                    let bond = &mut bonds[record as usize];
                    *bond = bond.max(pair.posterior);
                }
            }
        }
        bonds
    }

    /// Doubt that a record is its cluster's person: the cluster's own, or that the record fits
    /// neither the person nor the cluster.
    pub(super) fn doubt(&self, evidence: &Evidence<'_>, record: u32, judged: &Judged, bonds: &[f64]) -> f64 {
        let own = self.posteriors[record as usize].iter().zip(evidence.persons.of(record as usize));
        let fit =
            own.filter(|((person, _), _)| Some(*person) == judged.person).map(|((_, chance), scored)| {
                if scored.person_decides { chance.min(PERSON_DECIDES) } else { *chance }
            });
        let fits = fit.fold(0.0, f64::max);
        (1.0 - judged.chance).max(1.0 - fits.max(bonds[record as usize]))
    }
}

/// Probabilities of a single record's candidate persons, nobody else competing.
fn posteriors(evidence: &Evidence<'_>, record: usize) -> Vec<(u32, f64)> {
    let priors = &evidence.register_priors;
    let odds = |weight: f32| (f64::from(weight) + priors.same).min(200.0).exp2();
    let scored = evidence.persons.of(record);
    let all = priors.nobody.exp2() + scored.iter().map(|scored| odds(scored.weight)).sum::<f64>();
    scored.iter().map(|scored| (scored.record, odds(scored.weight) / all)).collect()
}

pub(super) fn merge(evidence: &Evidence<'_>) -> Merged {
    let records = evidence.children.len();
    let posteriors: Vec<Vec<(u32, f64)>> = (0..records).map(|record| posteriors(evidence, record)).collect();
    let anchor = |record: u32| {
        posteriors[record as usize].first().filter(|(_, chance)| *chance >= ANCHOR).map(|(person, _)| *person)
    };
    let mut pairs = Vec::new();
    for a in 0..records as u32 {
        for scored in evidence.pairs.of(a as usize) {
            let mut pair = pair(evidence, &posteriors, a, scored.record, f64::from(scored.weight));
            if scored.person_decides {
                pair.posterior = pair.posterior.min(PERSON_DECIDES);
                pair.shown = pair.shown.min(PERSON_DECIDES);
            }
            pairs.push(pair);
        }
    }
    pairs.sort_by(|one, other| {
        other.shown.total_cmp(&one.shown).then((one.a, one.b).cmp(&(other.a, other.b)))
    });
    let mut clusters = Clusters::new(records);
    let mut errors = 0.0;
    let allowed =
        evidence.cuts.false_merges_per_million * records as f64 / 1e6 + evidence.cuts.false_merges_per_run;
    let apart = |a: u32, b: u32| {
        let anchors_differ = matches!((anchor(a), anchor(b)), (Some(one), Some(other)) if one != other);
        anchors_differ || contradict(evidence, a, b)
    };
    for pair in &mut pairs {
        if pair.shown >= evidence.cuts.merge && errors + 1.0 - pair.shown <= allowed {
            if clusters.root(pair.a) == clusters.root(pair.b) {
                continue;
            }
            if clusters.join(pair.a, pair.b, apart) {
                errors += 1.0 - pair.shown;
            } else {
                pair.refused = true;
            }
        }
    }
    Merged { clusters, pairs, posteriors, errors }
}

pub(super) fn pair_weight(evidence: &Evidence<'_>, a: u32, b: u32) -> f64 {
    let rows = &evidence.duplicates.profiles.children;
    let sums = evidence.duplicates.sums(rows.row(a as usize), rows.row(b as usize));
    evidence.duplicate_priors.match_weight(sums)
}

/// The pair's own evidence, and what the register says: both fit one person, or two.
fn pair(evidence: &Evidence<'_>, posteriors: &[Vec<(u32, f64)>], a: u32, b: u32, weight: f64) -> Pair {
    let odds = (weight + evidence.duplicate_priors.same).min(200.0).exp2();
    let alone = odds / (1.0 + odds);
    let (ours, theirs) = (&posteriors[a as usize], &posteriors[b as usize]);
    let mut together = 0.0;
    let mut apart = 0.0;
    for (person, chance) in ours {
        for (other, other_chance) in theirs {
            if person == other {
                together += chance * other_chance;
            } else {
                apart += chance * other_chance;
            }
        }
    }
    let posterior = alone * (1.0 - apart).max(0.0);
    Pair { a, b, weight, posterior, shown: posterior.max(together), refused: false }
}

/// Vetoes that no weight overrules: same family and birthday but another given name (twins), or
/// given name, gender and number all apart.
pub(super) fn contradict(evidence: &Evidence<'_>, a: u32, b: u32) -> bool {
    let (one, other) = (&evidence.children[a as usize], &evidence.children[b as usize]);
    let scorer = evidence.duplicates;
    let rows = &scorer.profiles.children;
    let (row, other_row) = (rows.row(a as usize), rows.row(b as usize));
    let level = |name: &str| {
        let at = scorer.model.comparisons.iter().position(|comparison| &*comparison.name == name)?;
        let found = scorer.find(at, row, other_row)?;
        Some(scorer.model.comparisons[at].comparator.levels()[usize::from(found.level)])
    };
    let given = level("given_name");
    if !matches!(given, Some("different" | "bare_different" | "initial_different")) {
        return false;
    }
    let family = ["mother_name", "father_name", "household_code", "phone", "mother_id", "father_id"];
    let same_family = family.iter().any(|name| level(name) == Some("equal"));
    let same_birthday = one.birth.get().is_some() && one.birth.get() == other.birth.get();
    let numbers_agree = one.personal_id.get().is_some() && one.personal_id.get() == other.personal_id.get();
    if same_family && same_birthday && !numbers_agree {
        return true;
    }
    level("gender") == Some("different") && level("personal_id") == Some("different")
}
