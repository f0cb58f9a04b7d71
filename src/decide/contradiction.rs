//! Answers that cannot all be true: A is B, B is C, A is not C; or one child with two numbers.
//! Such answers are set aside as a group: which of them is wrong only a person can say.

use rustc_hash::FxHashMap;

use super::{Answer, Decision, PairKind};
use crate::record::{PersonalId, RecordIx};

/// What answers speak of: a record, or the person who has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Node {
    Record(RecordIx),
    Number(PersonalId),
}

/// "The same" or "not the same" of two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub one: Node,
    pub other: Node,
    pub same: bool,
}

/// For each claim the group of contradicting claims it belongs to, from 1 in the order of their
/// first claims; 0 for claims that agree with all others.
pub(super) fn contradictions(claims: &[Claim]) -> Vec<u32> {
    let mut nodes: FxHashMap<Node, usize> = FxHashMap::default();
    for node in claims.iter().flat_map(|claim| [claim.one, claim.other]) {
        let next = nodes.len();
        nodes.entry(node).or_insert(next);
    }
    let mut sets = Sets((0..nodes.len()).collect());
    for claim in claims.iter().filter(|claim| claim.same) {
        sets.join(nodes[&claim.one], nodes[&claim.other]);
    }
    // A set of nodes contradicts itself where it has two numbers, or a claim that splits it.
    let mut number: FxHashMap<usize, PersonalId> = FxHashMap::default();
    let mut broken: FxHashMap<usize, u32> = FxHashMap::default();
    let mut inside = Vec::with_capacity(claims.len());
    for claim in claims {
        let set = sets.root(nodes[&claim.one]);
        inside.push((set == sets.root(nodes[&claim.other])).then_some(set));
        let mut breaks = !claim.same && inside.last().is_some_and(Option::is_some);
        for node in [claim.one, claim.other] {
            if let (Node::Number(held), true) = (node, claim.same) {
                breaks |= *number.entry(set).or_insert(held) != held;
            }
        }
        if breaks {
            broken.entry(set).or_insert(0);
        }
    }
    let mut groups = 0;
    inside
        .into_iter()
        .map(|set| {
            let Some(group) = set.and_then(|set| broken.get_mut(&set)) else { return 0 };
            if *group == 0 {
                groups += 1;
                *group = groups;
            }
            *group
        })
        .collect()
}

/// Which of some answers contradict one another, by the names of their sides alone: for a desk,
/// which shows it at once and has no run at hand.
pub fn contradicting(decisions: &[&Decision]) -> Vec<bool> {
    let mut names: FxHashMap<&str, u32> = FxHashMap::default();
    let mut node = |id| {
        let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
        Node::Record(RecordIx(*names.entry(id).or_insert(next)))
    };
    let mut claims = Vec::new();
    let mut claimed = Vec::with_capacity(decisions.len());
    for decision in decisions {
        let one = node(decision.record.id.as_str());
        let other = match decision.kind {
            PairKind::Duplicate => Some(node(decision.other.id.as_str())),
            PairKind::Identity => PersonalId::parse(&decision.other.id).ok().map(Node::Number),
        };
        let same = match decision.answer {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            Answer::Unsure => None,
        };
        let claim = other.zip(same).map(|(other, same)| Claim { one, other, same });
        claimed.push(claim.is_some());
        claims.extend(claim);
    }
    let mut groups = contradictions(&claims).into_iter();
    claimed.into_iter().map(|claimed| claimed && groups.next().is_some_and(|group| group > 0)).collect()
}

struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(ix: u32) -> Node {
        Node::Record(RecordIx(ix))
    }

    fn number(last: u32) -> Node {
        Node::Number(PersonalId::parse(&format!("042218{last:06}")).unwrap())
    }

    fn claims(list: &[(Node, Node, bool)]) -> Vec<Claim> {
        list.iter().map(|(one, other, same)| Claim { one: *one, other: *other, same: *same }).collect()
    }

    #[test]
    fn what_cannot_all_be_true_is_one_group() {
        let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(record);
        let groups = contradictions(&claims(&[
            (a, b, true),
            (d, e, true),
            (b, c, true),
            (a, c, false),
            (c, d, false),
            (d, e, false),
        ]));
        assert_eq!(groups, [1, 2, 1, 1, 0, 2]);
    }

    #[test]
    fn one_child_has_one_number() {
        let [a, b] = [0, 1].map(record);
        let (one, two) = (number(1), number(2));
        assert_eq!(contradictions(&claims(&[(a, one, true), (a, two, true)])), [1, 1]);
        assert_eq!(contradictions(&claims(&[(a, one, true), (b, two, true), (a, b, true)])), [1, 1, 1]);
        assert_eq!(contradictions(&claims(&[(a, one, true), (a, two, false), (b, one, true)])), [0, 0, 0]);
        // Two records of one person, said to be two children.
        assert_eq!(contradictions(&claims(&[(a, one, true), (b, one, true), (a, b, false)])), [1, 1, 1]);
    }

    proptest! {
        #[test]
        fn what_is_left_agrees(list in prop::collection::vec((0_u32..8, 0_u32..8, any::<bool>()), 0..24)) {
            let list: Vec<_> = list.into_iter().filter(|(one, other, _)| one != other)
                .map(|(one, other, same)| (record(one), record(other), same)).collect();
            let all = claims(&list);
            let groups = contradictions(&all);
            let left: Vec<Claim> = all.iter().zip(&groups).filter(|(_, group)| **group == 0).map(|(claim, _)| *claim).collect();
            prop_assert!(contradictions(&left).iter().all(|group| *group == 0));
        }
    }
}
