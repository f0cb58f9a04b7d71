//! Which records are the same child by their own evidence, joined from the surest downwards while
//! the expected number of false merges allows. Where the register fits the two to different persons
//! that speaks against; that both fit one person is judged later, with all who claim it
//! ([`super::claims`]).

use super::{cluster::Clusters, decide::Evidence};

/// From this posterior on a record stands for its person when it is compared with other records.
const ANCHOR: f64 = 0.99;

/// Most that a pair can count for by itself where something disagrees that only a person may pass
/// over (`person_decides` of the rules).
pub(super) const PERSON_DECIDES: f64 = 0.9;

/// One pair of children worth deciding.
pub(super) struct Pair {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) weight: f64,
    /// Probability that both are the same child.
    pub(super) posterior: f64,
    /// Kept apart although the weight says otherwise.
    pub(super) refused: bool,
}

/// The records as children, with what made them so.
pub(super) struct Merged {
    pub(super) clusters: Clusters,
    /// Pairs of records, likeliest first.
    pub(super) pairs: Vec<Pair>,
    /// Expected number of false merges.
    pub(super) errors: f64,
}

impl Merged {
    /// Probability of each record's belonging to its cluster by its own evidence with another
    /// member; 1 where somebody said so, 0 where it came by the register.
    pub(super) fn bonds(&self, evidence: &Evidence<'_>) -> Vec<f64> {
        let mut bonds = vec![0.0_f64; evidence.children.len()];
        let mut tie = |a: u32, b: u32, posterior: f64| {
            if self.clusters.root(a) == self.clusters.root(b) {
                for record in [a, b] {
                    let bond = &mut bonds[record as usize];
                    *bond = bond.max(posterior);
                }
            }
        };
        self.pairs.iter().for_each(|pair| tie(pair.a, pair.b, pair.posterior));
        evidence.asked.same.iter().for_each(|(a, b)| tie(*a, *b, 1.0));
        bonds
    }
}

/// Probabilities of a single record's candidate persons, nobody else competing.
pub(super) fn own_posteriors(evidence: &Evidence<'_>, record: u32) -> Vec<(u32, f64)> {
    let scored = evidence.persons.of(record as usize);
    let odds = |weight: f32| evidence.odds_of_person(f64::from(weight));
    let all = evidence.odds_of_nobody(record) + scored.iter().map(|scored| odds(scored.weight)).sum::<f64>();
    scored.iter().map(|scored| (scored.record, odds(scored.weight) / all)).collect()
}

pub(super) fn merge(evidence: &Evidence<'_>) -> Merged {
    let records = evidence.children.len();
    let posteriors: Vec<Vec<(u32, f64)>> =
        (0..records as u32).map(|record| own_posteriors(evidence, record)).collect();
    let anchor = |record: u32| {
        posteriors[record as usize].first().filter(|(_, chance)| *chance >= ANCHOR).map(|(person, _)| *person)
    };
    let mut pairs = Vec::new();
    for a in 0..records as u32 {
        for scored in evidence.pairs.of(a as usize) {
            let b = scored.record;
            let weight = f64::from(scored.weight);
            let mut posterior = evidence.posterior_of_pair(weight);
            if evidence.ideas.joint {
                posterior *= register_says_one(evidence, &posteriors[a as usize], &posteriors[b as usize]);
            }
            if scored.person_decides {
                posterior = posterior.min(PERSON_DECIDES);
            }
            pairs.push(Pair { a, b, weight, posterior, refused: false });
        }
    }
    pairs.sort_by(|one, other| {
        other.posterior.total_cmp(&one.posterior).then((one.a, one.b).cmp(&(other.a, other.b)))
    });
    let mut clusters = Clusters::new(records);
    // What people said comes first, and stands whatever the weights say.
    for (a, b) in &evidence.asked.same {
        clusters.join(*a, *b, |a, b| evidence.asked.are_apart(a, b));
    }
    let mut errors = 0.0;
    let allowed = evidence.allowed_false_merges();
    let apart = |a: u32, b: u32| {
        let same_anchor = match (anchor(a), anchor(b)) {
            (Some(one), Some(other)) if evidence.ideas.joint => Some(one == other),
            _ => None,
        };
        same_anchor == Some(false) || evidence.apart(a, b, same_anchor == Some(true))
    };
    for pair in &mut pairs {
        let sure = pair.posterior >= evidence.cuts.merge && errors + 1.0 - pair.posterior <= allowed;
        if !sure || clusters.root(pair.a) == clusters.root(pair.b) {
            continue;
        }
        if is_coherent(evidence, &clusters, pair) && clusters.join(pair.a, pair.b, apart) {
            errors += 1.0 - pair.posterior;
        } else {
            pair.refused = true;
        }
    }
    Merged { clusters, pairs, errors }
}

/// Whether the clusters of a pair are alike as a whole, not only in the two records that are most
/// alike: a name typed without diacritics is near to both twins.
fn is_coherent(evidence: &Evidence<'_>, clusters: &Clusters, pair: &Pair) -> bool {
    let members = |record: u32| clusters.members(clusters.root(record));
    let (ours, theirs) = (members(pair.a), members(pair.b));
    if ours.len() == 1 && theirs.len() == 1 {
        return true;
    }
    let cut = (evidence.cuts.merge / (1.0 - evidence.cuts.merge)).log2();
    let odds = ours.iter().flat_map(|a| theirs.iter().map(|b| evidence.odds_of_pair(*a, *b)));
    let sum: f64 = odds.map(|odds| odds.log2().clamp(-2.0 * cut, 2.0 * cut)).sum();
    sum / (ours.len() * theirs.len()) as f64 >= cut / 2.0
}

/// How far the register lets two records be one child, 0 to 1: less where they fit two persons, and
/// less where they fit one person whose twin nobody else claims, although twins are mostly listed
/// together: then one record is likely the twin's, with a slip.
fn register_says_one(evidence: &Evidence<'_>, ours: &[(u32, f64)], theirs: &[(u32, f64)]) -> f64 {
    let (mut together, mut apart, mut twins) = (0.0, 0.0, 0.0);
    for (person, chance) in ours {
        for (other, other_chance) in theirs {
            let both = chance * other_chance;
            if person == other {
                together += both;
            } else {
                apart += both;
                if evidence.born_together(*person, *other) {
                    twins += both;
                }
            }
        }
    }
    let listed = evidence.twins_listed;
    let against = twins * listed;
    let for_one = together * (1.0 - listed) * evidence.sharing;
    let unlikely_slip = if against > 0.0 { for_one / (for_one + against) } else { 1.0 };
    (1.0 - f64::min(apart, 1.0)) * unlikely_slip
}
