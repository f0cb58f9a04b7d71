//! What a person is asked: candidate persons that are not safe, possible duplicates, numbers that
//! two children claim.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    claims::{ClusterClaims, both_are_one_person, claimed},
    decide::Evidence,
    linkage::{LinkStatus, Linkage, MatchWeight, ReviewItem, ReviewOther, ReviewReason},
    merge::{Merged, Pair},
    status::{Judged, second},
};
use crate::record::{PersonalId, RecordIx};

/// `members` come with their doubts of being the cluster's likeliest person.
pub(super) fn review_identities(
    evidence: &Evidence<'_>,
    cluster: &ClusterClaims,
    judged: &Judged,
    members: &[(u32, f64)],
    linkage: &mut Linkage,
) {
    let decision = |record: u32| &linkage.decisions[record as usize];
    let conflicting: Vec<(u32, f64)> = members
        .iter()
        .copied()
        .filter(|(record, _)| decision(*record).link == LinkStatus::Conflict)
        .collect();
    let undecided = members
        .iter()
        .copied()
        .filter(|(record, _)| decision(*record).person.is_none())
        .min_by(|(_, doubt), (_, other)| doubt.total_cmp(other));
    // Each contradicted number is a question of its own; a child without one is asked about once.
    let asked: Vec<(u32, f64)> =
        if conflicting.is_empty() { undecided.into_iter().collect() } else { conflicting.clone() };
    if asked.is_empty() {
        return;
    }
    let mut order: Vec<usize> =
        (0..cluster.claims.len()).filter(|at| !evidence.is_rival(cluster.claims[*at].person)).collect();
    order.sort_by(|a, b| {
        cluster.chances.of[*b]
            .total_cmp(&cluster.chances.of[*a])
            .then(cluster.fits[*b].weight.total_cmp(&cluster.fits[*a].weight))
            .then(cluster.claims[*a].person.cmp(&cluster.claims[*b].person))
    });
    let reason = if conflicting.is_empty() {
        match judged.best {
            Some(best)
                if judged.chance + cluster.chances.nobody < 0.5 || second(&cluster.chances, best) > 0.05 =>
            {
                ReviewReason::RunnerUp
            }
            _ => ReviewReason::BetweenCuts,
        }
    } else {
        ReviewReason::NumberConflict
    };
    let shown = order.into_iter().enumerate().filter(|(place, at)| {
        let chance = cluster.chances.of[*at];
        chance >= evidence.cuts.review_identity || (*place == 0 && !conflicting.is_empty())
    });
    let scorer = evidence.identities;
    for (place, at) in shown.take(evidence.cuts.candidates) {
        let person = cluster.claims[at].person;
        for (record, doubt) in &asked {
            let row = scorer.profiles.children.row(*record as usize);
            let other = scorer.profiles.register.row(person as usize);
            let weight = evidence.register_priors.match_weight(scorer.sums(row, other));
            let chance = cluster.chances.of[at];
            linkage.review.push(ReviewItem {
                record: RecordIx(*record),
                other: ReviewOther::Person(RecordIx(person)),
                weight: MatchWeight(weight),
                probability: if place == 0 { chance.min(1.0 - doubt) } else { chance },
                reason,
                evidence: scorer.explain(row, other, weight),
            });
        }
    }
}

/// One number is never given to two children: where two claim it, neither gets it.
pub(super) fn refuse_shared_numbers(evidence: &Evidence<'_>, linkage: &mut Linkage) {
    let mut holders: FxHashMap<PersonalId, Vec<u32>> = FxHashMap::default();
    for (record, decision) in linkage.decisions.iter().enumerate() {
        if let Some(number) = decision.personal_id {
            holders.entry(number).or_default().push(record as u32);
        }
    }
    let mut shared: Vec<(PersonalId, Vec<u32>)> = holders
        .into_iter()
        .filter(|(_, records)| {
            let cluster = |record: &u32| linkage.decisions[*record as usize].cluster;
            records.iter().any(|record| cluster(record) != cluster(&records[0]))
        })
        .collect();
    shared.sort_unstable();
    for (_, records) in shared {
        for record in &records {
            let decision = &mut linkage.decisions[*record as usize];
            decision.personal_id = None;
            decision.person = None;
            decision.link = LinkStatus::Conflict;
        }
        let mut children: Vec<u32> =
            records.iter().map(|record| linkage.decisions[*record as usize].cluster.0).collect();
        children.dedup();
        for pair in children.windows(2) {
            let weight = evidence.odds_of_pair(pair[0], pair[1]).log2() - evidence.duplicate_priors.same;
            linkage.review.push(review_pair(
                evidence,
                pair[0],
                pair[1],
                weight,
                0.5,
                ReviewReason::SharedPerson,
            ));
        }
    }
}

fn review_pair(
    evidence: &Evidence<'_>,
    a: u32,
    b: u32,
    weight: f64,
    probability: f64,
    reason: ReviewReason,
) -> ReviewItem {
    let rows = &evidence.duplicates.profiles.children;
    ReviewItem {
        record: RecordIx(a),
        other: ReviewOther::Record(RecordIx(b)),
        weight: MatchWeight(weight),
        probability,
        reason,
        evidence: evidence.duplicates.explain(rows.row(a as usize), rows.row(b as usize), weight),
    }
}

pub(super) fn review_duplicates(
    evidence: &Evidence<'_>,
    merged: &Merged,
    claims: &[ClusterClaims],
    linkage: &mut Linkage,
) {
    let roots = merged.clusters.roots();
    let claimed = claimed(evidence, claims);
    // Two children whose different numbers the register confirmed are two children.
    let confirmed =
        |root: u32| matches!(linkage.decisions[root as usize].link, LinkStatus::Attached | LinkStatus::Kept);
    let mut likely: Vec<(f64, &Pair)> = Vec::new();
    for pair in &merged.pairs {
        let (a, b) = (roots[pair.a as usize], roots[pair.b as usize]);
        if a == b || confirmed(a) && confirmed(b) || evidence.asked.are_apart(pair.a, pair.b) {
            continue;
        }
        let shown = if evidence.ideas.joint {
            pair.posterior.max(both_are_one_person(evidence, pair.a, pair.b, &claimed))
        } else {
            pair.posterior
        };
        if shown >= evidence.cuts.review_duplicate {
            likely.push((shown, pair));
        }
    }
    likely.sort_by(|(one, a), (other, b)| other.total_cmp(one).then((a.a, a.b).cmp(&(b.a, b.b))));
    // One pair a couple of clusters is enough for a decision: the likeliest.
    let mut asked: FxHashSet<(u32, u32)> = FxHashSet::default();
    let mut items = Vec::new();
    for (shown, pair) in likely {
        let (a, b) = (roots[pair.a as usize], roots[pair.b as usize]);
        if !asked.insert((a.min(b), a.max(b))) {
            continue;
        }
        let numbers = (linkage.decisions[a as usize].personal_id, linkage.decisions[b as usize].personal_id);
        let reason = match numbers {
            (Some(one), Some(other)) if one != other => ReviewReason::TwoNumbers,
            _ if pair.refused => ReviewReason::TwinsOrSiblings,
            _ => ReviewReason::BetweenCuts,
        };
        items.push(review_pair(evidence, pair.a, pair.b, pair.weight, shown, reason));
    }
    linkage.review.extend(items);
}

/// A child without a number that may be the same as one whose person is known may be that person:
/// the question is put both ways, so that either answer settles it.
pub(super) fn offer_persons_of_duplicates(evidence: &Evidence<'_>, merged: &Merged, linkage: &mut Linkage) {
    let mut offered: FxHashSet<(u32, u32)> = linkage
        .review
        .iter()
        .filter_map(|item| match item.other {
            ReviewOther::Person(person) => Some((item.record.0, person.0)),
            ReviewOther::Record(_) => None,
        })
        .collect();
    let scorer = evidence.identities;
    let mut items = Vec::new();
    for item in &linkage.review {
        let ReviewOther::Record(other) = item.other else { continue };
        for (open, known) in [(item.record, other), (other, item.record)] {
            let person_of_other = linkage.decisions[known.usize()].person;
            let decision = &linkage.decisions[open.usize()];
            let Some(person) = person_of_other.filter(|_| decision.person.is_none()) else { continue };
            if evidence.asked.is_not(open.0, person.0) || !offered.insert((open.0, person.0)) {
                continue;
            }
            let row = scorer.profiles.children.row(open.usize());
            let fields = scorer.profiles.register.row(person.usize());
            let weight = evidence.register_priors.match_weight(scorer.sums(row, fields));
            items.push(ReviewItem {
                record: open,
                other: ReviewOther::Person(person),
                weight: MatchWeight(weight),
                probability: item.probability,
                reason: ReviewReason::SharedPerson,
                evidence: scorer.explain(row, fields, weight),
            });
        }
    }
    for item in items {
        for record in merged.clusters.members(merged.clusters.root(item.record.0)) {
            let link = &mut linkage.decisions[record as usize].link;
            if *link == LinkStatus::None {
                *link = LinkStatus::Review;
            }
        }
        linkage.review.push(item);
    }
}
