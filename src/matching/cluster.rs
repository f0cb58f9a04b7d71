//! Which records are the same child: pairs are joined from the surest downwards, and a join is
//! refused where it would put two people into one cluster.

use rustc_hash::FxHashMap;

/// The partition of the records into children, built up join by join.
pub struct Clusters {
    parent: Vec<u32>,
    /// Members of each cluster's root; absent for single records.
    members: FxHashMap<u32, Vec<u32>>,
}

impl Clusters {
    /// Every record alone.
    pub fn new(records: usize) -> Self {
        Self { parent: (0..records as u32).collect(), members: FxHashMap::default() }
    }

    /// The first record of a record's cluster.
    pub fn root(&self, record: u32) -> u32 {
        let mut root = record;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        root
    }

    /// The first record of every record's cluster.
    pub fn roots(&self) -> Vec<u32> {
        (0..self.parent.len() as u32).map(|record| self.root(record)).collect()
    }

    /// The records of a cluster, by its root, in input order.
    pub fn members(&self, root: u32) -> Vec<u32> {
        self.members.get(&root).cloned().unwrap_or_else(|| vec![root])
    }

    /// Joins two clusters unless `refuse` finds two members that must stay apart. True when both
    /// are one cluster afterwards.
    pub fn join(&mut self, a: u32, b: u32, refuse: impl Fn(u32, u32) -> bool) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let (ours, theirs) = (self.members(a), self.members(b));
        if ours.iter().any(|one| theirs.iter().any(|other| refuse(*one, *other))) {
            return false;
        }
        // The root is the first record, so that it names the cluster whatever the order of joins.
        let (root, other) = (a.min(b), a.max(b));
        let mut all = ours;
        all.extend(theirs);
        all.sort_unstable();
        self.members.remove(&other);
        self.parent[other as usize] = root;
        self.members.insert(root, all);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Clusters;

    #[test]
    fn a_refused_pair_stays_apart_through_any_third() {
        let apart = |a: u32, b: u32| (a.min(b), a.max(b)) == (0, 2);
        let mut clusters = Clusters::new(3);
        assert!(clusters.join(1, 0, apart));
        assert!(!clusters.join(1, 2, apart));
        assert_eq!((clusters.root(1), clusters.root(2)), (0, 2));
        assert_eq!(clusters.members(0), [0, 1]);
    }
}
