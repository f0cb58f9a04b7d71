//! Who gets which register person. Every child has at most one person and every person is at most
//! one child; within each group of clusters that compete for the same persons, the probability of
//! each (cluster, person) is summed over all assignments. Two clusters may share a person only by
//! being the same child after all, which is as rare as duplicates are and forbidden to those that
//! must stay apart. What is attached then is the best assignment where it is sure, and ties or near
//! ties stay unsure by themselves.

use rustc_hash::FxHashMap;

/// A child's candidate: the person and the odds (same person against nobody in the register),
/// both relative to a common factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// The register person.
    pub person: u32,
    /// Odds of this person, prior included.
    pub odds: f64,
}

/// A child with its candidates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claimant {
    /// Its candidates.
    pub claims: Vec<Claim>,
    /// Odds, on the same scale, that the child is not in the register.
    pub nobody: f64,
}

impl Claimant {
    /// The sum of all odds: weights are scaled by it so that products stay in range.
    fn scale(&self) -> f64 {
        self.nobody + self.claims.iter().map(|claim| claim.odds).sum::<f64>()
    }

    /// The probabilities where nobody else competes.
    pub fn alone(&self) -> Chances {
        let scale = self.scale();
        Chances {
            of: self.claims.iter().map(|claim| claim.odds / scale).collect(),
            nobody: self.nobody / scale,
        }
    }
}

/// What the assignment says of one child.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chances {
    /// Probability of each claim, in the order given.
    pub of: Vec<f64>,
    /// Probability that none of them is the child.
    pub nobody: f64,
}

/// Groups larger than this are judged by an upper bound instead of exactly.
const MOST_CHILDREN: usize = 9;
const MOST_ASSIGNMENTS: f64 = 200_000.0;

/// How two clusters may have one person.
pub struct Sharing<'a> {
    /// Odds that a further cluster is the same child, against its not being in the register.
    pub odds: f64,
    /// True for two clusters that cannot be the same child.
    pub apart: &'a dyn Fn(usize, usize) -> bool,
    /// True for two persons who are twins.
    pub twins: &'a dyn Fn(u32, u32) -> bool,
    /// Part of the twins of listed children that are in the list too.
    pub twins_listed: f64,
}

/// The probabilities of all claims.
pub fn assign(children: &[Claimant], sharing: &Sharing<'_>) -> Vec<Chances> {
    let mut chances: Vec<Chances> = children.iter().map(|_| Chances::default()).collect();
    for group in groups(children) {
        if let [child] = group.as_slice() {
            chances[*child] = children[*child].alone();
            continue;
        }
        let size: f64 = group.iter().map(|child| children[*child].claims.len() as f64 + 1.0).product();
        if group.len() <= MOST_CHILDREN && size <= MOST_ASSIGNMENTS {
            Exact::new(children, &group, sharing).fill(&mut chances);
        } else {
            bounded(children, &group, &mut chances);
        }
    }
    chances
}

/// Children that share a person, directly or through others.
fn groups(children: &[Claimant]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..children.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    let mut first: FxHashMap<u32, usize> = FxHashMap::default();
    for (child, claimant) in children.iter().enumerate() {
        for claim in &claimant.claims {
            let other = *first.entry(claim.person).or_insert(child);
            let (a, b) = (root(&mut parent, child), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); children.len()];
    for child in 0..children.len() {
        let root = root(&mut parent, child);
        groups[root].push(child);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The sum over all assignments of one group.
struct Exact<'a> {
    children: &'a [Claimant],
    group: &'a [usize],
    sharing: f64,
    /// Pairs of the group, by place, that cannot be one child.
    apart: Vec<bool>,
    /// Twins among the persons claimed.
    twins: Vec<(u32, u32)>,
    twins_listed: f64,
    /// The choice of each cluster so far: a claim, or their number for nobody.
    chosen: Vec<usize>,
    /// By cluster and choice: the weight of all assignments with it.
    totals: Vec<Vec<f64>>,
}

impl<'a> Exact<'a> {
    fn new(children: &'a [Claimant], group: &'a [usize], sharing: &Sharing<'_>) -> Self {
        let apart = group.iter().flat_map(|one| group.iter().map(move |other| (*one, *other)));
        let claims = group.iter().flat_map(|child| &children[*child].claims);
        let mut persons: Vec<u32> = claims.map(|claim| claim.person).collect();
        persons.sort_unstable();
        persons.dedup();
        let twins = persons.iter().enumerate().flat_map(|(at, one)| {
            persons[at + 1..]
                .iter()
                .filter(|other| (sharing.twins)(*one, **other))
                .map(|other| (*one, *other))
        });
        Self {
            twins: twins.collect(),
            twins_listed: sharing.twins_listed,
            children,
            group,
            sharing: sharing.odds,
            apart: apart.map(|(one, other)| one != other && (sharing.apart)(one, other)).collect(),
            chosen: vec![0; group.len()],
            totals: group.iter().map(|child| vec![0.0; children[*child].claims.len() + 1]).collect(),
        }
    }

    fn fill(mut self, chances: &mut [Chances]) {
        let total = self.extend(0, 1.0);
        for (child, totals) in self.group.iter().zip(self.totals) {
            let (nobody, of) = totals.split_last().expect("one more than the claims");
            chances[*child] =
                Chances { of: of.iter().map(|odds| odds / total).collect(), nobody: nobody / total };
        }
    }

    /// Chooses for the cluster at `place` and those after it; returns the weight of all assignments
    /// that begin as chosen.
    fn extend(&mut self, place: usize, weight: f64) -> f64 {
        let Some(child) = self.group.get(place) else {
            let weight = weight * self.twins_as_listed();
            for (totals, choice) in self.totals.iter_mut().zip(&self.chosen) {
                totals[*choice] += weight;
            }
            return weight;
        };
        let claimant = &self.children[*child];
        let scale = claimant.scale();
        let mut sum = 0.0;
        for (choice, claim) in claimant.claims.iter().enumerate() {
            let factor = self.may_have(place, claim.person);
            if factor > 0.0 {
                self.chosen[place] = choice;
                sum += self.extend(place + 1, weight * factor * claim.odds / scale);
            }
        }
        self.chosen[place] = claimant.claims.len();
        sum + self.extend(place + 1, weight * claimant.nobody / scale)
    }

    /// How likely it is that so many twins are in the list and out of it as the choices say.
    fn twins_as_listed(&self) -> f64 {
        let claimed = |person: u32| {
            self.group.iter().zip(&self.chosen).any(|(child, choice)| {
                self.children[*child].claims.get(*choice).is_some_and(|claim| claim.person == person)
            })
        };
        self.twins.iter().fold(1.0, |chance, (one, other)| match (claimed(*one), claimed(*other)) {
            (true, true) => chance * self.twins_listed,
            (false, false) => chance,
            _ => chance * (1.0 - self.twins_listed),
        })
    }

    /// 1 where nobody before has the person, the odds of sharing where those who have may be the
    /// same child, 0 where they may not.
    fn may_have(&self, place: usize, person: u32) -> f64 {
        let holders = (0..place).filter(|other| {
            self.children[self.group[*other]]
                .claims
                .get(self.chosen[*other])
                .is_some_and(|claim| claim.person == person)
        });
        holders.fold(1.0, |factor, other| {
            if self.apart[place * self.group.len() + other] { 0.0 } else { factor.min(self.sharing) }
        })
    }
}

/// A lower bound: everyone else's claim on the person counts in full against the child.
fn bounded(children: &[Claimant], group: &[usize], chances: &mut [Chances]) {
    let mut claimed: FxHashMap<u32, f64> = FxHashMap::default();
    for child in group {
        let scale = children[*child].scale();
        for claim in &children[*child].claims {
            *claimed.entry(claim.person).or_default() += claim.odds / scale;
        }
    }
    for child in group {
        let scale = children[*child].scale();
        let of = children[*child].claims.iter().map(|claim| {
            let own = claim.odds / scale;
            let others = (claimed[&claim.person] - own).max(0.0);
            own / (1.0 + others)
        });
        chances[*child] = Chances { of: of.collect(), nobody: children[*child].nobody / scale };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimants<const N: usize>(nobody: f64, claims: [&[(u32, f64)]; N]) -> Vec<Claimant> {
        let claim = |(person, odds): &(u32, f64)| Claim { person: *person, odds: *odds };
        claims.map(|claims| Claimant { claims: claims.iter().map(claim).collect(), nobody }).into()
    }

    const APART: Sharing<'_> =
        Sharing { odds: 0.1, apart: &|_, _| true, twins: &|_, _| false, twins_listed: 0.9 };

    #[test]
    fn a_person_taken_for_sure_decides_for_the_other_child() {
        // Twins with bare data: the first fits both, the second only person 1.
        let claims = claimants(0.01, [&[(0, 50.0), (1, 50.0)], &[(1, 1e6)]]);
        let chances = assign(&claims, &APART);
        assert!(chances[0].of[0] > 0.999, "{chances:?}");
        assert!(chances[1].of[0] > 0.999, "{chances:?}");
    }

    #[test]
    fn a_tie_stays_a_tie() {
        let chances = assign(&claimants(0.01, [&[(0, 1e6)], &[(0, 1e6)]]), &APART);
        assert!((chances[0].of[0] - 0.5).abs() < 1e-6, "{chances:?}");
    }

    #[test]
    fn a_doubtful_second_record_takes_nothing_from_the_first() {
        let claims = claimants(0.05, [&[(0, 1e9)], &[(0, 10.0)]]);
        let chances = assign(&claims, &Sharing { apart: &|_, _| false, ..APART });
        assert!(chances[0].of[0] > 0.9999, "{chances:?}");
        assert!(chances[1].of[0] > 0.9 && chances[1].of[0] < 0.999, "{chances:?}");
    }

    #[test]
    fn two_records_of_one_twin_leave_the_other_unclaimed() {
        // Both records say Mi; the register has Mi and, much less like them, My.
        let claims = claimants(0.03, [&[(0, 1e9), (1, 1e6)], &[(0, 1e9), (1, 1e6)]]);
        let may_share = Sharing { apart: &|_, _| false, ..APART };
        let strangers = assign(&claims, &may_share);
        assert!(strangers[1].of[0] > 0.98, "{strangers:?}");
        let twins = assign(&claims, &Sharing { twins: &|_, _| true, ..may_share });
        assert!(twins[1].of[0] < 0.95, "one of the records is likely My's: {twins:?}");
        // Where a third record is My's, the first two are one child entered twice.
        let claims = claimants(0.03, [&[(0, 1e9), (1, 1e6)], &[(0, 1e9), (1, 1e6)], &[(1, 1e9), (0, 1e6)]]);
        let third = assign(&claims, &Sharing { twins: &|_, _| true, ..may_share });
        assert!(third[1].of[0] > 0.97, "{third:?}");
    }

    #[test]
    fn the_bound_never_exceeds_one_child_a_person() {
        let claims = claimants::<20>(0.01, [&[(0, 1e6), (1, 1e3)]; 20]);
        let chances = assign(&claims, &APART);
        assert!(chances.iter().all(|chances| chances.of[0] <= 0.5), "{chances:?}");
    }
}
