//! Which persons each child may be: the claims of clusters on register persons, their
//! probabilities in competition, and the cut above which they are believed.

use rustc_hash::FxHashMap;

use super::{
    assignment::{Chances, Claim, Sharing, assign},
    cluster::Clusters,
    decide::Evidence,
    merge::{Merged, contradict},
    status::Judged,
};

/// A cluster with its candidate persons.
#[derive(Default)]
pub(super) struct ClusterClaims {
    pub(super) root: u32,
    pub(super) claims: Vec<Claim>,
    /// Weight of the best record for each claim, and that record.
    pub(super) best: Vec<(f64, u32)>,
    pub(super) chances: Chances,
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

/// The claims of all clusters with their probabilities.
pub(super) fn judge(evidence: &Evidence<'_>, merged: &Merged) -> Vec<ClusterClaims> {
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
pub(super) fn attach_cut(evidence: &Evidence<'_>, merged: &Merged, claims: &[ClusterClaims]) -> f64 {
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
        let allowed =
            evidence.cuts.wrong_per_million * (sent as f64 + 1.0) / 1e6 + evidence.cuts.wrong_per_run;
        if expected > allowed {
            break;
        }
        cut = 1.0 - doubt;
    }
    cut
}

/// Clusters that are each surely the same person are one child. True where any were joined.
pub(super) fn join_sharers(
    evidence: &Evidence<'_>,
    merged: &mut Merged,
    claims: &[ClusterClaims],
    cut: f64,
) -> bool {
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

pub(super) fn roots_of(clusters: &Clusters, records: usize) -> Vec<u32> {
    (0..records as u32).map(|record| clusters.root(record)).collect()
}
