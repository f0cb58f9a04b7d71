//! Who gets which register person. Every child has at most one person and every person at most
//! one child; within each group of children that compete for the same persons, the probability of
//! each (child, person) is summed over all one-to-one assignments. What is attached then is the
//! best assignment where it is sure, and ties or near ties stay unsure by themselves.

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

/// The probabilities of all claims. `nobody` is the odds that a child is not in the register.
pub fn assign(claims: &[Vec<Claim>], nobody: f64) -> Vec<Chances> {
    let mut chances: Vec<Chances> = claims.iter().map(|_| Chances::default()).collect();
    for group in groups(claims) {
        let size: f64 = group.iter().map(|child| claims[*child].len() as f64 + 1.0).product();
        if group.len() <= MOST_CHILDREN && size <= MOST_ASSIGNMENTS {
            exact(claims, &group, nobody, &mut chances);
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

fn exact(claims: &[Vec<Claim>], group: &[usize], nobody: f64, chances: &mut [Chances]) {
    let mut totals: Vec<Vec<f64>> = group.iter().map(|child| vec![0.0; claims[*child].len() + 1]).collect();
    let mut chosen = vec![0; group.len()];
    let mut taken = Vec::new();
    let total = enumerate(claims, group, nobody, 1.0, &mut chosen, &mut taken, 0, &mut totals);
    for (child, totals) in group.iter().zip(totals) {
        let (nobody, of) = totals.split_last().expect("one more than the claims");
        chances[*child] =
            Chances { of: of.iter().map(|odds| odds / total).collect(), nobody: nobody / total };
    }
}

#[expect(clippy::too_many_arguments, reason = "the state of one recursion")]
fn enumerate(
    claims: &[Vec<Claim>],
    group: &[usize],
    nobody: f64,
    odds: f64,
    chosen: &mut [usize],
    taken: &mut Vec<u32>,
    depth: usize,
    totals: &mut [Vec<f64>],
) -> f64 {
    let Some(child) = group.get(depth) else {
        for (total, choice) in totals.iter_mut().zip(chosen.iter()) {
            total[*choice] += odds;
        }
        return odds;
    };
    let mut sum = 0.0;
    for (choice, claim) in claims[*child].iter().enumerate() {
        if !taken.contains(&claim.person) {
            chosen[depth] = choice;
            taken.push(claim.person);
            // Odds are scaled by the child's own sum so that products stay in range.
            let share = claim.odds / scale(&claims[*child], nobody);
            sum += enumerate(claims, group, nobody, odds * share, chosen, taken, depth + 1, totals);
            taken.pop();
        }
    }
    chosen[depth] = claims[*child].len();
    let share = nobody / scale(&claims[*child], nobody);
    sum + enumerate(claims, group, nobody, odds * share, chosen, taken, depth + 1, totals)
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

    #[test]
    fn a_person_taken_for_sure_decides_for_the_other_child() {
        // Twins with bare data: the first fits both, the second only person 1.
        let claims = vec![vec![claim(0, 50.0), claim(1, 50.0)], vec![claim(1, 1e6)]];
        let chances = assign(&claims, 0.01);
        assert!(chances[0].of[0] > 0.999, "{chances:?}");
        assert!(chances[1].of[0] > 0.999, "{chances:?}");
    }

    #[test]
    fn a_tie_stays_a_tie() {
        let claims = vec![vec![claim(0, 1e6)], vec![claim(0, 1e6)]];
        let chances = assign(&claims, 0.01);
        assert!((chances[0].of[0] - 0.5).abs() < 1e-6, "{chances:?}");
    }

    #[test]
    fn the_bound_never_exceeds_one_child_a_person() {
        let claims: Vec<Vec<Claim>> = (0..20).map(|_| vec![claim(0, 1e6), claim(1, 1e3)]).collect();
        let chances = assign(&claims, 0.01);
        assert!(chances.iter().all(|chances| chances.of[0] <= 0.5), "{chances:?}");
    }
}
