//! The ids of clusters, from one run to the next.
//!
//! A cluster goes on under the id of the earlier cluster with which it shares most records; where
//! several would, the larger share comes first, then the part that holds the record the id is named
//! after, then the one that stands first. Everybody else gets an id that no cluster of the earlier
//! run had.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use super::records::EarlierRecords;
use crate::{
    matching::Decision,
    record::{Record, RecordIx},
};

/// The ids of a run's clusters that are not the `record_id` of the first record.
#[derive(Debug, Default)]
pub(super) struct ClusterIds {
    /// By the first record.
    pub ids: FxHashMap<RecordIx, Box<str>>,
    /// Clusters that go on under their id.
    pub kept: u64,
    /// Clusters with an id of their own.
    pub new: u64,
    /// Ids of the earlier run that are not used any more.
    pub ended: u64,
}

/// A cluster of now and one of then, with the records they share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Share {
    records: Reverse<u32>,
    without_name: bool,
    now: RecordIx,
    then: u32,
}

/// Names the clusters; `places` says which record of then each is, `run` the number of this run in
/// the chain of those that went on from one another.
pub(super) fn cluster_ids(
    earlier: &EarlierRecords,
    places: &[Option<u32>],
    records: &[Record],
    decisions: &[Decision],
    run: u32,
) -> ClusterIds {
    let mut given: FxHashMap<RecordIx, u32> = FxHashMap::default();
    let mut taken = vec![false; earlier.ids.len()];
    for share in shares(earlier, places, decisions) {
        if !taken[share.then as usize] && !given.contains_key(&share.now) {
            taken[share.then as usize] = true;
            given.insert(share.now, share.then);
        }
    }
    let mut used: FxHashSet<Box<str>> = earlier.ids.iter().cloned().collect();
    let mut ids =
        ClusterIds { ended: taken.iter().filter(|taken| !**taken).count() as u64, ..ClusterIds::default() };
    let firsts = (0..).map(RecordIx).zip(decisions).filter(|(at, decision)| decision.cluster == *at);
    for (first, _) in firsts {
        let record = &records[first.usize()];
        let id = if let Some(then) = given.get(&first) {
            ids.kept += 1;
            earlier.ids[*then as usize].clone()
        } else {
            ids.new += 1;
            fresh(record, run, &mut used)
        };
        if *id != *record.record_id {
            ids.ids.insert(first, id);
        }
    }
    ids
}

fn shares(earlier: &EarlierRecords, places: &[Option<u32>], decisions: &[Decision]) -> Vec<Share> {
    let both = decisions.iter().zip(places);
    let mut both: Vec<(RecordIx, u32, bool)> = both
        .filter_map(|(decision, place)| {
            let place = (*place)?;
            let then = earlier.clusters[place as usize];
            let is_name = earlier.named_after[then as usize] == Some(place);
            Some((decision.cluster, then, is_name))
        })
        .collect();
    both.sort_unstable();
    let same =
        |one: &(RecordIx, u32, bool), other: &(RecordIx, u32, bool)| (one.0, one.1) == (other.0, other.1);
    let mut shares: Vec<Share> = both
        .chunk_by(same)
        .map(|records| Share {
            records: Reverse(records.len() as u32),
            without_name: !records.iter().any(|(_, _, is_name)| *is_name),
            now: records[0].0,
            then: records[0].1,
        })
        .collect();
    shares.sort_unstable();
    shares
}

/// An id nobody had: the list's own code, else the place with the number of the run, because another
/// child may have stood there before.
fn fresh(record: &Record, run: u32, used: &mut FxHashSet<Box<str>>) -> Box<str> {
    let has_code = record.child_code.get().is_some_and(|code| *code == record.record_id);
    let own = has_code.then(|| record.record_id.to_string());
    let numbered = format!("{}@{run}", record.record_id);
    let further = (2_u32..).map(|count| format!("{numbered}~{count}"));
    let mut ids = own.into_iter().chain([numbered.clone()]).chain(further);
    let id = ids.find(|id| !used.contains(id.as_str())).map(String::into_boxed_str).unwrap_or_default();
    used.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matching::{ClusterRole, LinkStatus},
        record::{Changes, Origin, SourceIx},
    };

    fn earlier(ids: &[&str], clusters: &[u32], named_after: &[Option<u32>]) -> EarlierRecords {
        EarlierRecords {
            clusters: clusters.to_vec(),
            ids: ids.iter().map(|id| (*id).into()).collect(),
            named_after: named_after.to_vec(),
            ..EarlierRecords::default()
        }
    }

    /// Records of now with their clusters.
    fn now(ids: &[&str], clusters: &[u32]) -> (Vec<Record>, Vec<Decision>) {
        let record = |id: &&str| {
            let mut record = Record::at(Origin { source: SourceIx(0), row: 1 });
            record.record_id = (*id).into();
            if id.starts_with("TE") {
                record.child_code = Field::usable(*id, *id, Changes::NONE);
            }
            record
        };
        let decision = |cluster: &u32| Decision {
            cluster: RecordIx(*cluster),
            role: ClusterRole::Single,
            link: LinkStatus::None,
            personal_id: None,
            person: None,
            link_weight: None,
            link_margin: None,
        };
        (ids.iter().map(record).collect(), clusters.iter().map(decision).collect())
    }

    use crate::record::Field;

    fn named(
        earlier: &EarlierRecords,
        places: &[Option<u32>],
        ids: &[&str],
        clusters: &[u32],
    ) -> Vec<String> {
        let (records, decisions) = now(ids, clusters);
        let named = cluster_ids(earlier, places, &records, &decisions, 2);
        let id = |decision: &Decision| {
            let own = records[decision.cluster.usize()].record_id.to_string();
            named.ids.get(&decision.cluster).map_or(own, |id| id.to_string())
        };
        decisions.iter().map(id).collect()
    }

    #[test]
    fn a_cluster_keeps_its_id_when_rows_move_and_another_record_comes_first() {
        let then = earlier(&["a!2", "a!4"], &[0, 0, 1], &[Some(0), Some(2)]);
        let ids =
            named(&then, &[None, Some(2), Some(1), Some(0)], &["a!2", "a!3", "a!4", "a!5"], &[0, 1, 2, 2]);
        assert_eq!(ids, ["a!2@2", "a!4", "a!2", "a!2"]);
    }

    #[test]
    fn of_a_split_the_larger_part_goes_on_then_the_one_with_the_name() {
        let then = earlier(&["TE1"], &[0, 0, 0], &[Some(0)]);
        let places = [Some(0), Some(1), Some(2)];
        assert_eq!(named(&then, &places, &["TE1", "TE2", "TE3"], &[0, 1, 1]), ["TE1@2", "TE1", "TE1"]);
        let then = earlier(&["TE2"], &[0, 0], &[Some(1)]);
        assert_eq!(named(&then, &places[..2], &["TE1", "TE2"], &[0, 1]), ["TE1", "TE2"]);
    }

    #[test]
    fn of_a_join_the_larger_cluster_goes_on_then_the_first() {
        let then = earlier(&["x", "y"], &[0, 1, 1], &[Some(0), Some(1)]);
        let places = [Some(0), Some(1), Some(2)];
        assert_eq!(named(&then, &places, &["x", "y", "z"], &[0, 0, 0]), ["y", "y", "y"]);
        let then = earlier(&["x", "y"], &[0, 1], &[Some(0), Some(1)]);
        assert_eq!(named(&then, &places[..2], &["x", "y"], &[0, 0]), ["x", "x"]);
    }

    #[test]
    fn a_new_id_is_nobodys_of_before() {
        let then = earlier(&["TE1", "a!3@2"], &[0, 1], &[Some(0), None]);
        let ids = named(&then, &[None, None, None], &["TE1", "TE9", "a!3"], &[0, 1, 2]);
        assert_eq!(ids, ["TE1@2", "TE9", "a!3@2~2"]);
    }
}
