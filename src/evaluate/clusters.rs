//! Duplicates: pairs, whole clusters, and whose children were merged wrongly.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    answers::{Answers, Judged, Key},
    f1, share,
};

/// How well duplicates were found. Pairs are counted by groups, never formed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterFigures {
    /// Pairs of records of one child in the truth.
    pub true_pairs: u64,
    /// Pairs the run made.
    pub made_pairs: u64,
    /// Pairs the run made that are right.
    pub right_pairs: u64,
    /// Share of made pairs that are right.
    pub pair_precision: Option<f64>,
    /// Share of true pairs that were made.
    pub pair_recall: Option<f64>,
    /// Their harmonic mean.
    pub pair_f1: Option<f64>,
    /// Children entered more than once.
    pub repeated_children: u64,
    /// Clusters of more than one record.
    pub made_clusters: u64,
    /// Clusters of more than one record that are a child's whole entries and nothing else.
    pub exact_clusters: u64,
    /// Harmonic mean of the exact clusters' shares of both.
    pub exact_f1: Option<f64>,
    /// B-cubed precision (Bagga and Baldwin 1998): over records, the share of the record's cluster
    /// that is the same child.
    pub b_cubed_precision: Option<f64>,
    /// B-cubed recall.
    pub b_cubed_recall: Option<f64>,
    /// Their harmonic mean.
    pub b_cubed_f1: Option<f64>,
    /// Clusters that hold more than one child.
    pub false_merges: u64,
    /// Children in such clusters.
    pub merged_children: u64,
    /// Twins: same mother's name and birth date, as the run has them.
    pub twins: GroupFigures,
    /// Namesakes born the same day.
    pub namesakes: GroupFigures,
    /// Siblings: same names of father and mother.
    pub siblings: GroupFigures,
}

/// Different children who look alike in some way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct GroupFigures {
    /// Children who have such a neighbour.
    pub children: u64,
    /// Pairs of such children.
    pub pairs: u64,
    /// Pairs of such children that were merged.
    pub merged: u64,
}

pub(super) fn judge(answers: &Answers) -> ClusterFigures {
    let records = &answers.records;
    let cluster_sizes = sizes(records.iter().map(|record| record.cluster));
    let absent = answers.absent.iter().map(|(entity, _)| *entity);
    let entity_sizes = sizes(records.iter().map(|record| record.entity).chain(absent));
    let mut both: Vec<(Key, Key)> = records.iter().map(|record| (record.cluster, record.entity)).collect();
    both.sort_unstable();
    let (mut right_pairs, mut exact_clusters) = (0, 0);
    let (mut precision, mut recall) = (0.0, 0.0);
    for group in both.chunk_by(|left, right| left == right) {
        let (cluster, entity) = group[0];
        let together = group.len() as u64;
        let (in_cluster, of_entity) = (cluster_sizes[&cluster], entity_sizes[&entity]);
        right_pairs += pairs(together);
        exact_clusters += u64::from(together > 1 && together == in_cluster && together == of_entity);
        precision += (together * together) as f64 / in_cluster as f64;
        recall += (together * together) as f64 / of_entity as f64;
    }
    let count = records.len() as f64;
    let (precision, recall) = (Some(precision / count), Some(recall / count));
    // Order does not matter to sums of integers.
    let true_pairs = entity_sizes.values().map(|size| pairs(*size)).sum();
    let made_pairs = cluster_sizes.values().map(|size| pairs(*size)).sum();
    let repeated = |sizes: &FxHashMap<Key, u64>| sizes.values().filter(|size| **size > 1).count() as u64;
    let (repeated_children, made_clusters) = (repeated(&entity_sizes), repeated(&cluster_sizes));
    let (false_merges, merged_children) = merges(&both);
    let (pair_precision, pair_recall) = (share(right_pairs, made_pairs), share(right_pairs, true_pairs));
    ClusterFigures {
        true_pairs,
        made_pairs,
        right_pairs,
        pair_precision,
        pair_recall,
        pair_f1: f1(pair_precision, pair_recall),
        repeated_children,
        made_clusters,
        exact_clusters,
        exact_f1: f1(share(exact_clusters, made_clusters), share(exact_clusters, repeated_children)),
        b_cubed_precision: precision,
        b_cubed_recall: recall,
        b_cubed_f1: f1(precision, recall),
        false_merges,
        merged_children,
        twins: alike(records, |record| record.birth),
        namesakes: alike(records, |record| record.namesake),
        siblings: alike(records, |record| record.family),
    }
}

fn sizes(keys: impl Iterator<Item = Key>) -> FxHashMap<Key, u64> {
    let mut sizes = FxHashMap::default();
    for key in keys {
        *sizes.entry(key).or_default() += 1;
    }
    sizes
}

fn pairs(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

/// Clusters of more than one child, and the children in them; `both` is sorted.
fn merges(both: &[(Key, Key)]) -> (u64, u64) {
    let mut merges = (0, 0);
    for cluster in both.chunk_by(|left, right| left.0 == right.0) {
        let children = cluster.chunk_by(|left, right| left.1 == right.1).count() as u64;
        if children > 1 {
            merges.0 += 1;
            merges.1 += children;
        }
    }
    merges
}

/// Children who share a key with another child. Groups are small, but a name like "Nguyễn Văn
/// Hùng và Nguyễn Thị Hoa" is shared by thousands of families in a whole country: pairs are
/// counted by groups here too.
fn alike(records: &[Judged], key: impl Fn(&Judged) -> Key) -> GroupFigures {
    let mut keyed: Vec<(Key, Key, Key)> = records
        .iter()
        .map(|record| (key(record), record.entity, record.cluster))
        .filter(|(key, ..)| *key != 0)
        .collect();
    keyed.sort_unstable();
    keyed.dedup();
    let mut children: Vec<Key> = Vec::new();
    let mut figures = GroupFigures::default();
    for group in keyed.chunk_by(|left, right| left.0 == right.0) {
        let entities: Vec<Key> =
            group.chunk_by(|left, right| left.1 == right.1).map(|child| child[0].1).collect();
        if entities.len() < 2 {
            continue;
        }
        figures.pairs += pairs(entities.len() as u64);
        let mut merged: Vec<(Key, Key)> =
            group.iter().map(|(_, entity, cluster)| (*cluster, *entity)).collect();
        merged.sort_unstable();
        for cluster in merged.chunk_by(|left, right| left.0 == right.0) {
            figures.merged += pairs(cluster.len() as u64);
        }
        children.extend(entities);
    }
    children.sort_unstable();
    children.dedup();
    figures.children = children.len() as u64;
    figures
}
