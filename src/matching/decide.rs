//! The joint decision. The register is evidence for duplicates too: two records that fit the same
//! person are the same child, two that each fit another are not. Then each child gets at most one
//! number and each number at most one child.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    assignment::{Chances, Claim, Sharing, assign},
    cluster::Clusters,
    linkage::{
        ClusterRole, Decision, LinkStatus, Linkage, MatchWeight, ReviewItem, ReviewOther, ReviewReason,
    },
    model::Priors,
    score::Candidates,
    scorer::Scorer,
};
use crate::{
    record::{PersonalId, Record, RecordIx},
    rules::Cuts,
};

/// Everything the decision looks at.
pub struct Evidence<'a> {
    /// The children.
    pub children: &'a [Record],
    /// The register; empty without one.
    pub register: &'a [Record],
    /// Scorer trained for duplicates.
    pub duplicates: Scorer<'a>,
    /// Scorer trained for the register.
    pub identities: Scorer<'a>,
    /// Expectations for duplicates.
    pub duplicate_priors: Priors,
    /// Expectations for the register.
    pub register_priors: Priors,
    /// Pairs of children, each once, at the earlier record.
    pub pairs: Candidates,
    /// Candidate persons of each child.
    pub persons: Candidates,
    /// The bands.
    pub cuts: Cuts,
    /// True for a number that its own record's birth year, gender or parents contradict.
    pub contradicted: &'a (dyn Fn(&Record) -> bool + Sync),
}

/// From this posterior on a record stands for its person when it is compared with other records.
const ANCHOR: f64 = 0.99;

/// Most that a pair can count for by itself where something disagrees that only a person may pass
/// over (`person_decides` of the rules).
const PERSON_DECIDES: f64 = 0.9;

/// One pair of children worth deciding.
struct Pair {
    a: u32,
    b: u32,
    weight: f64,
    /// Probability that both are the same child: their own evidence, less what the register says
    /// against it.
    posterior: f64,
    /// The same, or that both fit one person of the register, whichever says more.
    shown: f64,
    /// Kept apart although the weight says otherwise.
    refused: bool,
}

/// Decides everything.
pub fn decide(evidence: &Evidence<'_>) -> Linkage {
    let mut merged = merge(evidence);
    let mut claims = judge(evidence, &merged);
    let mut cut = attach_cut(evidence, &merged, &claims);
    if join_sharers(evidence, &mut merged, &claims, cut) {
        claims = judge(evidence, &merged);
        cut = attach_cut(evidence, &merged, &claims);
    }
    let mut linkage = statuses(evidence, &merged, &claims, cut);
    linkage.estimates.attach_cut = cut;
    linkage.estimates.false_merges = merged.errors;
    linkage.compared = (evidence.pairs.compared, evidence.persons.compared);
    refuse_shared_numbers(evidence, &mut linkage);
    review_duplicates(evidence, &merged, &mut linkage);
    linkage.review.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then(a.record.cmp(&b.record)).then(a.other.cmp(&b.other))
    });
    linkage
}

/// The records as children, with what made them so.
struct Merged {
    clusters: Clusters,
    /// Pairs of records, likeliest first.
    pairs: Vec<Pair>,
    /// Candidate persons of each record by itself.
    posteriors: Vec<Vec<(u32, f64)>>,
    /// Expected number of false merges.
    errors: f64,
}

impl Merged {
    /// Probability of a record's belonging to its cluster, by its own evidence with another member;
    /// 0 where it came by the register alone.
    fn bonds(&self) -> Vec<f64> {
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
    fn doubt(&self, evidence: &Evidence<'_>, record: u32, judged: &Judged, bonds: &[f64]) -> f64 {
        let own = self.posteriors[record as usize].iter().zip(evidence.persons.of(record as usize));
        let fit =
            own.filter(|((person, _), _)| Some(*person) == judged.person).map(|((_, chance), scored)| {
                if scored.person_decides { chance.min(PERSON_DECIDES) } else { *chance }
            });
        let fits = fit.fold(0.0, f64::max);
        (1.0 - judged.chance).max(1.0 - fits.max(bonds[record as usize]))
    }
}

fn roots_of(clusters: &Clusters, records: usize) -> Vec<u32> {
    (0..records as u32).map(|record| clusters.root(record)).collect()
}

/// The claims of all clusters with their probabilities.
fn judge(evidence: &Evidence<'_>, merged: &Merged) -> Vec<ClusterClaims> {
    let clusters = &merged.clusters;
    let mut claims = cluster_claims(evidence, &roots_of(clusters, evidence.children.len()));
    let list: Vec<Vec<Claim>> = claims.iter().map(|cluster| cluster.claims.clone()).collect();
    let apart = |one: usize, other: usize| {
        let (ours, theirs) = (clusters.members(claims[one].root), clusters.members(claims[other].root));
        ours.iter().any(|a| theirs.iter().any(|b| contradict(evidence, *a, *b)))
    };
    // A further record of a child whom the register holds, against one of a child it does not.
    let odds = (evidence.duplicate_priors.same - evidence.register_priors.same).exp2().min(1.0);
    let sharing = Sharing { odds, apart: &apart };
    let chances = assign(&list, evidence.register_priors.nobody.exp2(), &sharing);
    for (cluster, chances) in claims.iter_mut().zip(chances) {
        cluster.chances = chances;
    }
    claims
}

/// The posterior down to which numbers are attached: the lowest at which the expected number of
/// wrong ones among all attached stays within what the rules allow.
fn attach_cut(evidence: &Evidence<'_>, merged: &Merged, claims: &[ClusterClaims]) -> f64 {
    let bonds = merged.bonds();
    let mut doubts: Vec<f64> = Vec::with_capacity(evidence.children.len());
    for cluster in claims {
        let judged = Judged::new(evidence, cluster);
        if judged.clear {
            let members = merged.clusters.members(cluster.root);
            doubts.extend(members.into_iter().map(|record| merged.doubt(evidence, record, &judged, &bonds)));
        }
    }
    doubts.retain(|doubt| 1.0 - doubt >= evidence.cuts.attach);
    doubts.sort_by(f64::total_cmp);
    let mut expected = 0.0;
    let mut cut = 1.0;
    for (sent, doubt) in doubts.iter().enumerate() {
        expected += doubt;
        if expected > evidence.cuts.wrong_per_million * (sent as f64 + 1.0) / 1e6 {
            break;
        }
        cut = 1.0 - doubt;
    }
    cut
}

/// Clusters that are each surely the same person are one child. True where any were joined.
fn join_sharers(evidence: &Evidence<'_>, merged: &mut Merged, claims: &[ClusterClaims], cut: f64) -> bool {
    let mut by_person: FxHashMap<u32, Vec<(u32, f64)>> = FxHashMap::default();
    for cluster in claims {
        let judged = Judged::new(evidence, cluster);
        if let Some(person) = judged.person.filter(|_| judged.clear && judged.chance >= cut) {
            by_person.entry(person).or_default().push((cluster.root, judged.chance));
        }
    }
    let mut shared: Vec<_> = by_person.into_iter().filter(|(_, sharers)| sharers.len() > 1).collect();
    shared.sort_by_key(|(person, _)| *person);
    let mut joined = false;
    for (_, sharers) in shared {
        for pair in sharers.windows(2) {
            if merged.clusters.join(pair[0].0, pair[1].0, |a, b| contradict(evidence, a, b)) {
                merged.errors += 1.0 - pair[0].1.min(pair[1].1);
                joined = true;
            }
        }
    }
    joined
}

/// Probabilities of a single record's candidate persons, nobody else competing.
fn posteriors(evidence: &Evidence<'_>, record: usize) -> Vec<(u32, f64)> {
    let priors = &evidence.register_priors;
    let odds = |weight: f32| (f64::from(weight) + priors.same).min(200.0).exp2();
    let scored = evidence.persons.of(record);
    let all = priors.nobody.exp2() + scored.iter().map(|scored| odds(scored.weight)).sum::<f64>();
    scored.iter().map(|scored| (scored.record, odds(scored.weight) / all)).collect()
}

fn merge(evidence: &Evidence<'_>) -> Merged {
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
    let allowed = evidence.cuts.false_merges_per_million * records as f64 / 1e6;
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

fn pair_weight(evidence: &Evidence<'_>, a: u32, b: u32) -> f64 {
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
fn contradict(evidence: &Evidence<'_>, a: u32, b: u32) -> bool {
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

/// A cluster with its candidate persons.
#[derive(Default)]
struct ClusterClaims {
    root: u32,
    claims: Vec<Claim>,
    /// Weight of the best record for each claim, and that record.
    best: Vec<(f64, u32)>,
    chances: Chances,
}

/// Candidate persons of each cluster: for each person the record that fits it best.
fn cluster_claims(evidence: &Evidence<'_>, roots: &[u32]) -> Vec<ClusterClaims> {
    let mut at: Vec<usize> = vec![usize::MAX; roots.len()];
    let mut clusters: Vec<ClusterClaims> = Vec::new();
    for (record, root) in roots.iter().enumerate() {
        if at[*root as usize] == usize::MAX {
            at[*root as usize] = clusters.len();
            clusters.push(ClusterClaims { root: *root, ..ClusterClaims::default() });
        }
        let cluster = &mut clusters[at[*root as usize]];
        for scored in evidence.persons.of(record) {
            let weight = f64::from(scored.weight);
            let odds = (weight + evidence.register_priors.same).min(200.0).exp2();
            match cluster.claims.iter().position(|claim| claim.person == scored.record) {
                Some(known) if weight > cluster.best[known].0 => {
                    cluster.claims[known].odds = odds;
                    cluster.best[known] = (weight, record as u32);
                }
                Some(_) => {}
                None => {
                    cluster.claims.push(Claim { person: scored.record, odds });
                    cluster.best.push((weight, record as u32));
                }
            }
        }
    }
    for cluster in &mut clusters {
        cluster.drop_hopeless(evidence.register_priors.nobody.exp2());
    }
    clusters
}

/// A claim with less than this part of its cluster's odds neither wins nor is shown.
const HOPELESS: f64 = 5e-4;

impl ClusterClaims {
    /// Drops claims that would only tie unrelated children into one group.
    fn drop_hopeless(&mut self, nobody: f64) {
        let all = nobody + self.claims.iter().map(|claim| claim.odds).sum::<f64>();
        let kept: Vec<bool> = self.claims.iter().map(|claim| claim.odds >= HOPELESS * all).collect();
        let mut keep = kept.iter();
        self.claims.retain(|_| *keep.next().unwrap_or(&true));
        let mut keep = kept.iter();
        self.best.retain(|_| *keep.next().unwrap_or(&true));
    }
}

fn statuses(evidence: &Evidence<'_>, merged: &Merged, claims: &[ClusterClaims], cut: f64) -> Linkage {
    let (clusters, bonds) = (&merged.clusters, merged.bonds());
    let roots = roots_of(clusters, evidence.children.len());
    let by_number: FxHashMap<PersonalId, u32> = evidence
        .register
        .iter()
        .enumerate()
        .filter_map(|(person, record)| Some((*record.personal_id.get()?, person as u32)))
        .collect();
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
        let mut sent_doubts: Vec<f64> = Vec::new();
        for record in &members {
            let decision = &mut linkage.decisions[*record as usize];
            decision.role = match (members.len(), *record == cluster.root) {
                (1, _) => ClusterRole::Single,
                (_, true) => ClusterRole::Primary,
                _ => ClusterRole::Duplicate,
            };
            let doubt = merged.doubt(evidence, *record, &judged, &bonds);
            let sure = judged.person.filter(|_| judged.clear && 1.0 - doubt >= cut);
            judge_record(evidence, &by_number, &judged, sure, *record, decision);
            if decision.person.is_some() {
                sent_doubts.push(doubt);
            }
        }
        if sent_doubts.is_empty() {
            share_cluster_number(evidence, &members, &mut linkage);
        }
        linkage.estimates.wrong_numbers += sent_doubts.iter().sum::<f64>();
        review_identities(evidence, cluster, &judged, &members, &mut linkage);
    }
    linkage
}

/// What the assignment says of one cluster.
struct Judged {
    /// The best candidate: position among the claims.
    best: Option<usize>,
    /// That person.
    person: Option<u32>,
    /// Its lead over the runner-up is wide enough.
    clear: bool,
    /// Probability of the best candidate.
    chance: f64,
    weight: Option<MatchWeight>,
    margin: Option<MatchWeight>,
    /// A candidate is likely enough to be shown.
    shown: bool,
}

impl Judged {
    fn new(evidence: &Evidence<'_>, cluster: &ClusterClaims) -> Self {
        let chances = &cluster.chances;
        let best = (0..chances.of.len()).max_by(|a, b| {
            chances.of[*a]
                .total_cmp(&chances.of[*b])
                .then(cluster.claims[*b].person.cmp(&cluster.claims[*a].person))
        });
        let Some(best) = best else {
            return Self {
                best: None,
                person: None,
                clear: false,
                chance: 0.0,
                weight: None,
                margin: None,
                shown: false,
            };
        };
        let chance = chances.of[best];
        let margin = (chance.max(1e-12) / second(chances, best).max(chances.nobody).max(1e-12)).log2();
        Self {
            best: Some(best),
            person: Some(cluster.claims[best].person),
            clear: margin >= evidence.cuts.margin,
            chance,
            weight: Some(MatchWeight(cluster.best[best].0)),
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
    let number_of = |person: u32| evidence.register[person as usize].personal_id.get().copied();
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
        (Some(_), Some(_)) => LinkStatus::Conflict,
        (Some(number), None) if by_number.contains_key(&number) => {
            // The register knows the number. It is this child's candidate that is not sure enough,
            // or it is somebody else's: either way not for the program to say.
            LinkStatus::Conflict
        }
        (Some(_), None) if judged.shown || (evidence.contradicted)(child) => LinkStatus::Conflict,
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

fn review_identities(
    evidence: &Evidence<'_>,
    cluster: &ClusterClaims,
    judged: &Judged,
    members: &[u32],
    linkage: &mut Linkage,
) {
    let conflicting: Vec<u32> = members
        .iter()
        .copied()
        .filter(|record| linkage.decisions[*record as usize].link == LinkStatus::Conflict)
        .collect();
    let undecided = |record: &u32| linkage.decisions[*record as usize].person.is_none();
    if conflicting.is_empty() && !members.iter().any(undecided) {
        return;
    }
    let mut order: Vec<usize> = (0..cluster.claims.len()).collect();
    order.sort_by(|a, b| {
        cluster.chances.of[*b]
            .total_cmp(&cluster.chances.of[*a])
            .then(cluster.best[*b].0.total_cmp(&cluster.best[*a].0))
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
    for (_, at) in shown.take(evidence.cuts.candidates) {
        let person = cluster.claims[at].person;
        let (weight, best_record) = cluster.best[at];
        let undecided =
            members.iter().copied().find(|record| linkage.decisions[*record as usize].person.is_none());
        let record = conflicting.first().copied().or(undecided).unwrap_or(best_record);
        let rows = (
            evidence.identities.profiles.children.row(record as usize),
            evidence.identities.profiles.register.row(person as usize),
        );
        linkage.review.push(ReviewItem {
            record: RecordIx(record),
            other: ReviewOther::Person(RecordIx(person)),
            weight: MatchWeight(weight),
            probability: cluster.chances.of[at],
            reason,
            evidence: evidence.identities.explain(rows.0, rows.1, weight),
        });
    }
}

fn second(chances: &Chances, best: usize) -> f64 {
    chances.of.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, chance)| *chance).fold(0.0, f64::max)
}

/// One number is never given to two children: where two claim it, neither gets it.
fn refuse_shared_numbers(evidence: &Evidence<'_>, linkage: &mut Linkage) {
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
            let weight = pair_weight(evidence, pair[0], pair[1]);
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

fn review_duplicates(evidence: &Evidence<'_>, merged: &Merged, linkage: &mut Linkage) {
    let roots = roots_of(&merged.clusters, evidence.children.len());
    // One pair a couple of clusters is enough for a decision: the likeliest.
    let mut asked: FxHashSet<(u32, u32)> = FxHashSet::default();
    for pair in &merged.pairs {
        let (a, b) = (roots[pair.a as usize], roots[pair.b as usize]);
        if a == b || pair.shown < evidence.cuts.review_duplicate || !asked.insert((a.min(b), a.max(b))) {
            continue;
        }
        let numbers = (linkage.decisions[a as usize].personal_id, linkage.decisions[b as usize].personal_id);
        // Two children whose different numbers the register confirmed are two children.
        let confirmed = |root: u32| {
            matches!(linkage.decisions[root as usize].link, LinkStatus::Attached | LinkStatus::Kept)
        };
        if confirmed(a) && confirmed(b) {
            continue;
        }
        let reason = match numbers {
            (Some(one), Some(other)) if one != other => ReviewReason::TwoNumbers,
            _ if pair.refused => ReviewReason::TwinsOrSiblings,
            _ => ReviewReason::BetweenCuts,
        };
        linkage.review.push(review_pair(evidence, pair.a, pair.b, pair.weight, pair.shown, reason));
    }
}
