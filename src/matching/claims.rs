//! Which persons each child may be: the claims of clusters on register persons, their
//! probabilities in competition, and the cut above which they are believed.

use rustc_hash::FxHashSet;

use super::{
    assignment::{Chances, Claim, Claimant, Sharing, assign},
    cluster::Clusters,
    decide::Evidence,
    merge::{Merged, PERSON_DECIDES, own_posteriors},
    model::Sums,
    status::Judged,
};

/// A cluster with its candidate persons.
#[derive(Default)]
pub(super) struct ClusterClaims {
    pub(super) root: u32,
    pub(super) claims: Vec<Claim>,
    /// For each claim what the whole cluster says of it.
    pub(super) fits: Vec<Fit>,
    /// Odds that the child is not in the register.
    nobody: f64,
    pub(super) chances: Chances,
}

/// The record of a cluster that fits a person best.
#[derive(Clone, Copy)]
struct Best {
    person: u32,
    record: u32,
    weight: f32,
    twin_known: bool,
}

/// How a cluster fits a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// Match weight of all its records together, bits.
    pub(super) weight: f64,
    /// The record that fits best by itself.
    pub(super) best: u32,
    /// Something disagrees that only a person may pass over.
    person_decides: bool,
}

/// Most, in bits, that the further records of a cluster add to or take from what its best one says:
/// entries of one child are copied from one another, and their errors with them.
const FURTHER_RECORDS: f32 = 10.0;
/// From so many bits on a comparison agrees.
const AGREES: f32 = 0.5;
/// The further records speak so much against the person that somebody should look.
const FURTHER_AGAINST: f32 = -6.0;

/// Candidate persons of each cluster.
fn cluster_claims(evidence: &Evidence<'_>, clusters: &Clusters) -> Vec<ClusterClaims> {
    let records = evidence.children.len() as u32;
    let roots = (0..records).filter(|record| clusters.root(*record) == *record);
    roots.map(|root| ClusterClaims::new(evidence, root, &clusters.members(root))).collect()
}

/// A claim with less than this part of its cluster's odds neither wins nor is shown.
const HOPELESS: f64 = 5e-4;
/// Odds of a person that somebody said the child is.
const SAID: f64 = 1e60;

impl ClusterClaims {
    fn new(evidence: &Evidence<'_>, root: u32, members: &[u32]) -> Self {
        let nobody = members.iter().map(|record| evidence.odds_of_nobody(*record)).fold(0.0, f64::max);
        let mut cluster = Self { root, nobody, ..Self::default() };
        // The best record for each person, persons in order of first mention.
        let mut best: Vec<Best> = Vec::new();
        for record in members {
            for scored in evidence.persons.of(*record as usize) {
                let of_record = Best {
                    person: scored.record,
                    record: *record,
                    weight: scored.weight,
                    twin_known: scored.twin_known,
                };
                match best.iter_mut().find(|best| best.person == scored.record) {
                    Some(best) if scored.weight > best.weight => *best = of_record,
                    Some(_) => {}
                    None => best.push(of_record),
                }
            }
        }
        let said = members.iter().find_map(|record| Some((evidence.asked.person_of(*record)?, *record)));
        if let Some((person, record)) = said {
            best.retain(|best| best.person == person);
            if best.is_empty() {
                best.push(Best { person, record, weight: 0.0, twin_known: false });
            }
        }
        best.retain(|best| !members.iter().any(|record| evidence.asked.is_not(*record, best.person)));
        for best in best {
            let fit = fit(evidence, members, best);
            let odds = if said.is_some() { SAID } else { evidence.odds_of_person(fit.weight) };
            cluster.claims.push(Claim { person: best.person, odds });
            cluster.fits.push(Fit { person_decides: fit.person_decides && said.is_none(), ..fit });
        }
        cluster.drop_hopeless();
        cluster
    }

    /// Drops claims that would only tie unrelated children into one group.
    fn drop_hopeless(&mut self) {
        let all = self.nobody + self.claims.iter().map(|claim| claim.odds).sum::<f64>();
        let kept: Vec<bool> = self.claims.iter().map(|claim| claim.odds >= HOPELESS * all).collect();
        let mut keep = kept.iter();
        self.claims.retain(|_| *keep.next().unwrap_or(&true));
        let mut keep = kept.iter();
        self.fits.retain(|_| *keep.next().unwrap_or(&true));
    }

    /// Probability of a claim, as far as the program may go by itself.
    pub(super) fn chance(&self, claim: usize) -> f64 {
        let chance = self.chances.of[claim];
        if self.fits[claim].person_decides { chance.min(PERSON_DECIDES) } else { chance }
    }
}

/// What all records of a cluster together say of a person.
///
/// Given the person, its records are independent of one another; given somebody else, the further
/// ones follow the first. So the best record speaks for itself, and each further one says, field by
/// field, how much nearer it is to the person than to the record before it, which is nothing where
/// it only repeats that one. Where two records agree with each other and not with the person, the
/// mistake is as likely the register's, and the second adds nothing to what the first said.
fn fit(evidence: &Evidence<'_>, members: &[u32], best: Best) -> Fit {
    let Best { person, record: best, weight: weight_of_best, twin_known } = best;
    let (identities, duplicates) = (evidence.identities, evidence.duplicates);
    let rows = &identities.profiles.children;
    let other = identities.profiles.register.row(person as usize);
    let mut sums = identities.sums(rows.row(best as usize), other);
    let mut further = 0.0_f32;
    if members.len() > 1 {
        let comparisons = &identities.model.comparisons;
        // Which record first said something of each field, and what.
        let mut said_by: Vec<Option<(u32, f32)>> = (0..comparisons.len())
            .map(|at| {
                let found = identities.find(at, rows.row(best as usize), other)?;
                Some((best, comparisons[at].weigh_level(found.level, found.information).unrelated))
            })
            .collect();
        for record in members.iter().filter(|record| **record != best) {
            let row = rows.row(*record as usize);
            for (at, comparison) in comparisons.iter().enumerate() {
                let Some(found) = identities.find(at, row, other) else { continue };
                let with_person = comparison.weigh_level(found.level, found.information);
                let Some((first, first_with_person)) = said_by[at] else {
                    said_by[at] = Some((*record, with_person.unrelated));
                    sums.add(Sums { person_decides: false, ..with_person });
                    continue;
                };
                let Some(found) = duplicates.find(at, row, rows.row(first as usize)) else { continue };
                let repeated =
                    duplicates.model.comparisons[at].weigh_level(found.level, found.information).unrelated;
                let both_differ_alike =
                    first_with_person < AGREES && with_person.unrelated < AGREES && repeated > 0.0;
                if !both_differ_alike {
                    further += with_person.unrelated - repeated;
                }
            }
        }
    }
    let bounded = further.clamp(-FURTHER_RECORDS, FURTHER_RECORDS);
    Fit {
        weight: if twin_known {
            f64::from(weight_of_best + bounded)
        } else {
            evidence.register_priors.match_weight(sums.and_all(bounded))
        },
        best,
        person_decides: sums.person_decides || further <= FURTHER_AGAINST,
    }
}

/// The claims of all clusters with their probabilities.
pub(super) fn judge(evidence: &Evidence<'_>, merged: &Merged) -> Vec<ClusterClaims> {
    let clusters = &merged.clusters;
    let mut claims = cluster_claims(evidence, clusters);
    let list: Vec<Claimant> = claims
        .iter()
        .map(|cluster| Claimant { claims: cluster.claims.clone(), nobody: cluster.nobody })
        .collect();
    let apart = |one: usize, other: usize| {
        let (ours, theirs) = (clusters.members(claims[one].root), clusters.members(claims[other].root));
        ours.iter().any(|a| theirs.iter().any(|b| evidence.apart(*a, *b, true)))
    };
    let twins = |one: u32, other: u32| evidence.born_together(one, other);
    let sharing =
        Sharing { odds: evidence.sharing, apart: &apart, twins: &twins, twins_listed: evidence.twins_listed };
    let chances = if evidence.ideas.joint {
        assign(&list, &sharing)
    } else {
        list.iter().map(Claimant::alone).collect()
    };
    for (cluster, chances) in claims.iter_mut().zip(chances) {
        cluster.chances = chances;
    }
    claims
}

/// Probability that a record is the person its cluster is taken for, by its own evidence, when a
/// better record of the cluster has that person already: as rare as a further entry of a child is.
/// The person's twin, where nobody else claims it, is likely listed somewhere: perhaps here.
fn fit_beside(evidence: &Evidence<'_>, record: u32, person: u32, claimed: &FxHashSet<u32>) -> f64 {
    let scored = evidence.persons.of(record as usize);
    let odds = |weight: f32| evidence.odds_of_person(f64::from(weight));
    let Some(own) = scored.iter().find(|scored| scored.record == person) else { return 0.0 };
    let with_person = odds(own.weight) * evidence.sharing;
    let mut without = evidence.odds_of_nobody(record);
    for other in scored.iter().filter(|scored| scored.record != person) {
        let free = if claimed.contains(&other.record) {
            evidence.sharing
        } else if evidence.born_together(person, other.record) {
            evidence.twins_listed / (1.0 - evidence.twins_listed)
        } else {
            1.0
        };
        without += odds(other.weight) * free;
    }
    let fit = with_person / (with_person + without);
    if own.person_decides { fit.min(PERSON_DECIDES) } else { fit }
}

/// The persons that some cluster surely is.
pub(super) fn claimed(evidence: &Evidence<'_>, claims: &[ClusterClaims]) -> FxHashSet<u32> {
    let sure = claims.iter().map(|cluster| Judged::new(evidence, cluster));
    sure.filter(|judged| judged.clear).filter_map(|judged| judged.person).collect()
}

/// Probability that a record belongs to its cluster: by its own evidence with another member, or as
/// a further record of the cluster's person. The record that stands for the child is certain.
pub(super) fn membership(
    evidence: &Evidence<'_>,
    record: u32,
    cluster: &ClusterClaims,
    judged: &Judged,
    bonds: &[f64],
    claimed: &FxHashSet<u32>,
) -> f64 {
    let stands_for_child = judged.best_record.unwrap_or(cluster.root) == record;
    let said = judged.person.is_some() && evidence.asked.person_of(record) == judged.person;
    if stands_for_child || said {
        return 1.0;
    }
    let fit = judged
        .person
        .filter(|_| judged.clear)
        .map_or(0.0, |person| fit_beside(evidence, record, person, claimed));
    fit.max(bonds[record as usize])
}

/// The posterior down to which numbers are attached: the lowest at which the expected number of
/// wrong ones among all attached stays within what the rules allow.
pub(super) fn attach_cut(evidence: &Evidence<'_>, merged: &Merged, claims: &[ClusterClaims]) -> f64 {
    let (bonds, claimed) = (merged.bonds(evidence), claimed(evidence, claims));
    let mut doubts: Vec<f64> = Vec::with_capacity(evidence.children.len());
    for cluster in claims {
        let judged = Judged::new(evidence, cluster);
        if judged.clear {
            let doubt = |record| {
                1.0 - judged.chance * membership(evidence, record, cluster, &judged, &bonds, &claimed)
            };
            doubts.extend(merged.clusters.members(cluster.root).into_iter().map(doubt));
        }
    }
    doubts.retain(|doubt| 1.0 - doubt >= evidence.cuts.attach);
    doubts.sort_by(f64::total_cmp);
    let mut expected = 0.0;
    let mut cut = 1.0;
    for (sent, doubt) in doubts.iter().enumerate() {
        expected += doubt;
        let allowed =
            evidence.cuts.wrong_per_million * (sent as f64 + 1.0) / 1e6 + evidence.cuts.wrong_per_run;
        if expected > allowed {
            break;
        }
        cut = 1.0 - doubt;
    }
    cut
}

/// From this probability on two clusters that fit one person are one child. Lower than the cut of a
/// merge, which weighs what the two have in common a second time.
const SHARED: f64 = 0.95;

/// Clusters that are each surely the same person are one child: the register is evidence for
/// duplicates too. True where any were joined.
pub(super) fn join_sharers(evidence: &Evidence<'_>, merged: &mut Merged, claims: &[ClusterClaims]) -> bool {
    let claimed = claimed(evidence, claims);
    let mut sharers: Vec<(u32, f64, u32, f64)> = claims
        .iter()
        .filter_map(|cluster| {
            let judged = Judged::new(evidence, cluster);
            let sure = judged.clear && judged.chance >= evidence.cuts.merge;
            let person = judged.person.filter(|_| sure)?;
            let beside = fit_beside(evidence, judged.best_record.unwrap_or(cluster.root), person, &claimed);
            Some((person, judged.chance, cluster.root, beside))
        })
        .collect();
    // Of each person the surest cluster first: the others are joined to it.
    sharers.sort_by(|a, b| (a.0).cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut shared: Vec<(u32, u32, f64)> = Vec::new();
    for sharers in sharers.chunk_by(|a, b| a.0 == b.0) {
        let (_, _, surest, _) = sharers[0];
        // That it is the person although another has the person already: as likely as a further entry.
        shared
            .extend(sharers[1..].iter().map(|(_, chance, other, beside)| (surest, *other, chance * beside)));
    }
    shared.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    let allowed = evidence.allowed_false_merges();
    let mut joined = false;
    for (root, other, chance) in shared {
        if chance >= SHARED
            && merged.errors + 1.0 - chance <= allowed
            && merged.clusters.join(root, other, |a, b| evidence.apart(a, b, true))
        {
            merged.errors += 1.0 - chance;
            joined = true;
        }
    }
    joined
}

/// Probability that two records both are one person of the register, and so one child.
pub(super) fn both_are_one_person(evidence: &Evidence<'_>, a: u32, b: u32, claimed: &FxHashSet<u32>) -> f64 {
    let chance = |record: u32| own_posteriors(evidence, record).into_iter().next();
    match (chance(a), chance(b)) {
        (Some((person, ours)), Some((other, theirs))) if person == other => {
            let beside = |record: u32| fit_beside(evidence, record, person, claimed);
            (ours * beside(b)).max(theirs * beside(a))
        }
        _ => 0.0,
    }
}
