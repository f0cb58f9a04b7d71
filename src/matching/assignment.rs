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
}

/// The probabilities of all claims. `nobody` is the odds that a child is not in the register.
pub fn assign(claims: &[Vec<Claim>], nobody: f64, sharing: &Sharing<'_>) -> Vec<Chances> {
    let mut chances: Vec<Chances> = claims.iter().map(|_| Chances::default()).collect();
    for group in groups(claims) {
        let size: f64 = group.iter().map(|child| claims[*child].len() as f64 + 1.0).product();
        if group.len() <= MOST_CHILDREN && size <= MOST_ASSIGNMENTS {
            Exact::new(claims, &group, nobody, sharing).fill(&mut chances);
        } else {
            bounded(claims, &group, nobody, &mut chances);
        }
    }
    chances
}

/// Children that share a person, directly or through others.
fn groups(claims: &[Vec<Claim>]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..claims.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    let mut first: FxHashMap<u32, usize> = FxHashMap::default();
    for (child, claims) in claims.iter().enumerate() {
        for claim in claims {
            let other = *first.entry(claim.person).or_insert(child);
            let (a, b) = (root(&mut parent, child), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); claims.len()];
    for child in 0..claims.len() {
        let root = root(&mut parent, child);
        groups[root].push(child);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The sum over all assignments of one group.
struct Exact<'a> {
    claims: &'a [Vec<Claim>],
    group: &'a [usize],
    nobody: f64,
    sharing: f64,
    /// Pairs of the group, by place, that cannot be one child.
    apart: Vec<bool>,
    /// The choice of each cluster so far: a claim, or their number for nobody.
    chosen: Vec<usize>,
    /// By cluster and choice: the weight of all assignments with it.
    totals: Vec<Vec<f64>>,
}

impl<'a> Exact<'a> {
    fn new(claims: &'a [Vec<Claim>], group: &'a [usize], nobody: f64, sharing: &Sharing<'_>) -> Self {
        let apart = group.iter().flat_map(|one| group.iter().map(move |other| (*one, *other)));
        Self {
            claims,
            group,
            nobody,
            sharing: sharing.odds,
            apart: apart.map(|(one, other)| one != other && (sharing.apart)(one, other)).collect(),
            chosen: vec![0; group.len()],
            totals: group.iter().map(|child| vec![0.0; claims[*child].len() + 1]).collect(),
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
            for (totals, choice) in self.totals.iter_mut().zip(&self.chosen) {
                totals[*choice] += weight;
            }
            return weight;
        };
        let claims = &self.claims[*child];
        // Weights are scaled by the child's own sum so that products stay in range.
        let scale = scale(claims, self.nobody);
        let mut sum = 0.0;
        for (choice, claim) in claims.iter().enumerate() {
            let factor = self.may_have(place, claim.person);
            if factor > 0.0 {
                self.chosen[place] = choice;
                sum += self.extend(place + 1, weight * factor * claim.odds / scale);
            }
        }
        self.chosen[place] = claims.len();
        sum + self.extend(place + 1, weight * self.nobody / scale)
    }

    /// 1 where nobody before has the person, the odds of sharing where those who have may be the
    /// same child, 0 where they may not.
    fn may_have(&self, place: usize, person: u32) -> f64 {
        let holders = (0..place).filter(|other| {
            self.claims[self.group[*other]]
                .get(self.chosen[*other])
                .is_some_and(|claim| claim.person == person)
        });
        holders.fold(1.0, |factor, other| {
            if self.apart[place * self.group.len() + other] { 0.0 } else { factor.min(self.sharing) }
        })
    }
}

fn scale(claims: &[Claim], nobody: f64) -> f64 {
    nobody + claims.iter().map(|claim| claim.odds).sum::<f64>()
}

/// A lower bound: everyone else's claim on the person counts in full against the child.
fn bounded(claims: &[Vec<Claim>], group: &[usize], nobody: f64, chances: &mut [Chances]) {
    let mut claimed: FxHashMap<u32, f64> = FxHashMap::default();
    for child in group {
        let scale = scale(&claims[*child], nobody);
        for claim in &claims[*child] {
            *claimed.entry(claim.person).or_default() += claim.odds / scale;
        }
    }
    for child in group {
        let scale = scale(&claims[*child], nobody);
        let of = claims[*child].iter().map(|claim| {
            let own = claim.odds / scale;
            let others = (claimed[&claim.person] - own).max(0.0);
            own / (1.0 + others)
        });
        chances[*child] = Chances { of: of.collect(), nobody: nobody / scale };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(person: u32, odds: f64) -> Claim {
        Claim { person, odds }
    }

    const APART: Sharing<'_> = Sharing { odds: 0.1, apart: &|_, _| true };

    #[test]
    fn a_person_taken_for_sure_decides_for_the_other_child() {
        // Twins with bare data: the first fits both, the second only person 1.
        let claims = vec![vec![claim(0, 50.0), claim(1, 50.0)], vec![claim(1, 1e6)]];
        let chances = assign(&claims, 0.01, &APART);
        assert!(chances[0].of[0] > 0.999, "{chances:?}");
        assert!(chances[1].of[0] > 0.999, "{chances:?}");
    }

    #[test]
    fn a_tie_stays_a_tie() {
        let claims = vec![vec![claim(0, 1e6)], vec![claim(0, 1e6)]];
        let chances = assign(&claims, 0.01, &APART);
        assert!((chances[0].of[0] - 0.5).abs() < 1e-6, "{chances:?}");
    }

    #[test]
    fn a_doubtful_second_record_takes_nothing_from_the_first() {
        let claims = vec![vec![claim(0, 1e9)], vec![claim(0, 10.0)]];
        let chances = assign(&claims, 0.05, &Sharing { odds: 0.1, apart: &|_, _| false });
        assert!(chances[0].of[0] > 0.9999, "{chances:?}");
        assert!(chances[1].of[0] > 0.9 && chances[1].of[0] < 0.999, "{chances:?}");
    }

    #[test]
    fn the_bound_never_exceeds_one_child_a_person() {
        let claims: Vec<Vec<Claim>> = (0..20).map(|_| vec![claim(0, 1e6), claim(1, 1e3)]).collect();
        let chances = assign(&claims, 0.01, &APART);
        assert!(chances.iter().all(|chances| chances.of[0] <= 0.5), "{chances:?}");
    }
}
