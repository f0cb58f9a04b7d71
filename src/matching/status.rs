//! What is said of each record: attached, kept, unverified, conflict, review or none.

use rustc_hash::FxHashMap;

use super::{
    assignment::Chances,
    claims::{ClusterClaims, claimed, membership},
    decide::Evidence,
    linkage::{ClusterRole, Decision, LinkStatus, Linkage, MatchWeight},
    merge::Merged,
    review::review_identities,
};
use crate::record::{PersonalId, RecordIx};

pub(super) fn statuses(
    evidence: &Evidence<'_>,
    merged: &Merged,
    claims: &[ClusterClaims],
    cut: f64,
) -> Linkage {
    let (clusters, bonds) = (&merged.clusters, merged.bonds(evidence));
    let claimed = claimed(evidence, claims);
    let roots = clusters.roots();
    let by_number: FxHashMap<PersonalId, u32> = evidence.register.numbers().collect();
    let undecided = |record: usize| Decision {
        cluster: RecordIx(roots[record]),
        role: ClusterRole::Single,
        link: LinkStatus::None,
        personal_id: None,
        person: None,
        link_weight: None,
        link_margin: None,
    };
    let mut linkage =
        Linkage { decisions: (0..evidence.children.len()).map(undecided).collect(), ..Linkage::default() };
    for cluster in claims {
        let members = clusters.members(cluster.root);
        let judged = Judged::new(evidence, cluster);
        let mut doubts: Vec<f64> = Vec::with_capacity(members.len());
        // Probability that the number is right for every record it is sent for.
        let mut all_right = None;
        for record in &members {
            let decision = &mut linkage.decisions[*record as usize];
            decision.role = match (members.len(), *record == cluster.root) {
                (1, _) => ClusterRole::Single,
                (_, true) => ClusterRole::Primary,
                _ => ClusterRole::Duplicate,
            };
            let membership = membership(evidence, *record, cluster, &judged, &bonds, &claimed);
            linkage.estimates.false_merges += 1.0 - membership;
            let doubt = 1.0 - judged.chance * membership;
            doubts.push(doubt);
            let sure = judged.person.filter(|_| judged.clear && 1.0 - doubt >= cut);
            judge_record(evidence, &by_number, &judged, sure, *record, decision);
            if decision.person.is_some() {
                all_right = Some(all_right.unwrap_or(judged.chance) * membership);
            }
        }
        match all_right {
            Some(right) => linkage.estimates.wrong_numbers += 1.0 - right,
            None => {
                share_cluster_number(evidence, &members, &mut linkage);
                give_supplied_number(evidence, &members, &mut linkage);
            }
        }
        let members: Vec<(u32, f64)> = members.into_iter().zip(doubts).collect();
        review_identities(evidence, cluster, &judged, &members, &mut linkage);
    }
    linkage
}

/// What the assignment says of one cluster.
pub(super) struct Judged {
    /// The best candidate: position among the claims.
    pub(super) best: Option<usize>,
    /// That person.
    pub(super) person: Option<u32>,
    /// The record that fits it best.
    pub(super) best_record: Option<u32>,
    /// Its lead over the runner-up is wide enough.
    pub(super) clear: bool,
    /// Probability of the best candidate.
    pub(super) chance: f64,
    pub(super) weight: Option<MatchWeight>,
    pub(super) margin: Option<MatchWeight>,
    /// A candidate is likely enough to be shown.
    pub(super) shown: bool,
}

impl Judged {
    pub(super) fn new(evidence: &Evidence<'_>, cluster: &ClusterClaims) -> Self {
        let chances = &cluster.chances;
        let best = (0..chances.of.len()).max_by(|a, b| {
            chances.of[*a]
                .total_cmp(&chances.of[*b])
                .then(cluster.claims[*b].person.cmp(&cluster.claims[*a].person))
        });
        // Whoever fits a rival best fits nobody whose number could be given.
        let best = best.filter(|best| !evidence.is_rival(cluster.claims[*best].person));
        let Some(best) = best else {
            return Self {
                best: None,
                person: None,
                best_record: None,
                clear: false,
                chance: 0.0,
                weight: None,
                margin: None,
                shown: false,
            };
        };
        let chance = cluster.chance(best);
        let margin = (chance.max(1e-12) / second(chances, best).max(chances.nobody).max(1e-12)).log2();
        Self {
            best: Some(best),
            person: Some(cluster.claims[best].person),
            best_record: Some(cluster.fits[best].best),
            clear: margin >= evidence.cuts.margin,
            chance,
            weight: Some(MatchWeight(cluster.fits[best].weight)),
            margin: Some(MatchWeight(margin)),
            shown: chance >= evidence.cuts.review_identity,
        }
    }
}

fn judge_record(
    evidence: &Evidence<'_>,
    by_number: &FxHashMap<PersonalId, u32>,
    judged: &Judged,
    sure: Option<u32>,
    record: u32,
    decision: &mut Decision,
) {
    let child = &evidence.children[record as usize];
    let listed = child.personal_id.get().copied();
    decision.link_weight = judged.weight;
    decision.link_margin = judged.margin;
    let number_of = |person: u32| evidence.register.get(person as usize).number;
    // Of more than twelve digits in form: a number that contradicts the birth year or gender of its own
    // record, where the register confirms these, is malformed as that child's number.
    let malformed = |person: u32| {
        let (born, gender) = (child.birth.get(), child.gender.get());
        let known = evidence.register.get(person as usize);
        (evidence.contradicted)(child)
            && born.is_some_and(|born| known.birth.is_some_and(|known| known.year() == born.year()))
            && gender.is_some_and(|gender| known.gender.is_none_or(|known| known == *gender))
    };
    decision.link = match (listed, sure) {
        (None, Some(person)) => {
            decision.personal_id = number_of(person);
            decision.person = Some(RecordIx(person));
            LinkStatus::Attached
        }
        (Some(number), Some(person)) if number_of(person) == Some(number) => {
            decision.personal_id = Some(number);
            decision.person = Some(RecordIx(person));
            LinkStatus::Kept
        }
        (Some(_), Some(person)) if malformed(person) || evidence.asked.person_of(record) == Some(person) => {
            decision.personal_id = number_of(person);
            decision.person = Some(RecordIx(person));
            LinkStatus::Attached
        }
        (Some(_), Some(_)) => LinkStatus::Conflict,
        (Some(number), None) if by_number.contains_key(&number) => {
            // The register knows the number. It is this child's candidate that is not sure enough,
            // or it is somebody else's: either way not for the program to say.
            LinkStatus::Conflict
        }
        (Some(number), None)
            if judged.shown
                || (evidence.contradicted)(child)
                || evidence.doubtful_numbers.contains(&number) =>
        {
            LinkStatus::Conflict
        }
        (Some(number), None) => {
            decision.personal_id = Some(number);
            LinkStatus::Unverified
        }
        (None, None) if judged.shown => LinkStatus::Review,
        (None, None) => LinkStatus::None,
    };
}

/// Records of one child that have no number share the one another record of it has; where its
/// unconfirmed numbers differ none is sent.
fn share_cluster_number(evidence: &Evidence<'_>, members: &[u32], linkage: &mut Linkage) {
    let mut numbers: Vec<PersonalId> = members
        .iter()
        .filter_map(|record| evidence.children[*record as usize].personal_id.get().copied())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let [number] = numbers.as_slice() else {
        if numbers.len() > 1 {
            for record in members {
                let decision = &mut linkage.decisions[*record as usize];
                decision.personal_id = None;
                if decision.link == LinkStatus::Unverified {
                    decision.link = LinkStatus::Conflict;
                }
            }
        }
        return;
    };
    let all_unverified = members.iter().all(|record| {
        matches!(linkage.decisions[*record as usize].link, LinkStatus::Unverified | LinkStatus::None)
    });
    if all_unverified {
        for record in members {
            let decision = &mut linkage.decisions[*record as usize];
            decision.link = LinkStatus::Unverified;
            decision.personal_id = Some(*number);
        }
    }
}

/// The number that the police gave one record of a child is the child's.
fn give_supplied_number(evidence: &Evidence<'_>, members: &[u32], linkage: &mut Linkage) {
    let Some(number) = members.iter().find_map(|record| evidence.asked.number_of(*record)) else { return };
    for record in members {
        let listed = evidence.children[*record as usize].personal_id.get();
        let decision = &mut linkage.decisions[*record as usize];
        decision.personal_id = Some(number);
        decision.link = if listed == Some(&number) { LinkStatus::Kept } else { LinkStatus::Attached };
    }
}

pub(super) fn second(chances: &Chances, best: usize) -> f64 {
    chances.of.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, chance)| *chance).fold(0.0, f64::max)
}
