//! The records of a run grouped by child, as two flat arrays: 8 bytes a record, whatever the
//! number of clusters.

use crate::{matching::Decision, record::RecordIx};

/// Clusters in the order of their first records, the records of each in input order.
#[derive(Debug, Clone, Default)]
pub struct Clusters {
    members: Vec<RecordIx>,
    /// `members[starts[i]..starts[i + 1]]` is cluster `i`.
    starts: Vec<u32>,
}

impl Clusters {
    /// Groups records by the cluster their decision names. A counting sort: linear.
    pub fn of(decisions: &[Decision]) -> Self {
        let mut cursors = vec![0_u32; decisions.len()];
        for decision in decisions {
            cursors[decision.cluster.usize()] += 1;
        }
        let mut starts = vec![0];
        let mut end = 0;
        for cursor in &mut cursors {
            let size = std::mem::replace(cursor, end);
            end += size;
            if size > 0 {
                starts.push(end);
            }
        }
        let mut members = vec![RecordIx(0); decisions.len()];
        for (record, decision) in (0..).map(RecordIx).zip(decisions) {
            let cursor = &mut cursors[decision.cluster.usize()];
            members[*cursor as usize] = record;
            *cursor += 1;
        }
        Self { members, starts }
    }

    /// How many children there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// True for no child at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records of one child, never empty; `cluster` is below [`Clusters::len`].
    pub fn records(&self, cluster: usize) -> &[RecordIx] {
        &self.members[self.starts[cluster] as usize..self.starts[cluster + 1] as usize]
    }

    /// Every child's records, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[RecordIx]> {
        (0..self.len()).map(|cluster| self.records(cluster))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matching::{ClusterRole, LinkStatus};

    fn decision(cluster: u32) -> Decision {
        Decision {
            cluster: RecordIx(cluster),
            role: ClusterRole::Single,
            link: LinkStatus::None,
            personal_id: None,
            person: None,
            link_weight: None,
            link_margin: None,
        }
    }

    #[test]
    fn clusters_follow_their_first_records() {
        let decisions: Vec<_> = [0, 1, 0, 3, 1].into_iter().map(decision).collect();
        let clusters = Clusters::of(&decisions);
        let groups: Vec<Vec<u32>> =
            clusters.iter().map(|group| group.iter().map(|record| record.0).collect()).collect();
        assert_eq!(groups, [vec![0, 2], vec![1, 4], vec![3]]);
        assert!(Clusters::of(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn every_record_is_in_exactly_one_cluster(heads in prop::collection::vec(0_usize..40, 0..40)) {
            let count = heads.len();
            let mut first = vec![None; count];
            let decisions: Vec<_> = heads
                .iter()
                .enumerate()
                .map(|(record, head)| {
                    let head = head % count;
                    let first = first[head].get_or_insert(record);
                    decision(u32::try_from(*first).unwrap())
                })
                .collect();
            let clusters = Clusters::of(&decisions);
            let mut seen: Vec<_> = clusters.iter().flatten().map(|record| record.usize()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..count).collect::<Vec<_>>());
            for group in clusters.iter() {
                for record in group {
                    prop_assert_eq!(decisions[record.usize()].cluster, group[0]);
                }
            }
        }
    }
}
