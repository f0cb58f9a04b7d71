//! Who gets which person: the surest first, every person once, nothing that is not clear.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    EncodedDecision, EncodedLinkage, EncodedPair, Figures, PairKind,
    claims::{Claim, Claims},
    clusters::{Clusters, clusters},
    pairs::Side,
};
use crate::{
    encode::list::{EncodedList, bit},
    matching::LinkStatus,
    rules::{EncodedCuts, EncodingRules, Segment, TokenField},
};

/// Most persons shown for one child.
const MOST_SHOWN: usize = 4;

/// What a cluster claims.
struct Judged {
    members: Vec<u32>,
    /// Its best claim.
    best: Option<Claim>,
    /// Lead over the runner-up and over nobody, bits.
    margin: f64,
    /// Probability that the person is right for all records.
    chance: f64,
    /// A record of it claims another person.
    is_torn: bool,
}

pub(super) fn decide(
    children: &EncodedList,
    register: Option<&EncodedList>,
    among: Side,
    across: Option<Side>,
    rules: &EncodingRules,
) -> EncodedLinkage {
    let claims = Claims::new(children.len(), across.as_ref(), rules.population.coverage);
    let Clusters { root, belongs, review, expected_false } = clusters(children.len(), &among, &claims, rules);
    let mut linkage = EncodedLinkage {
        decisions: root.iter().map(|root| undecided(*root)).collect(),
        review,
        figures: Figures {
            compared: [among.pairs.len() as u64, across.as_ref().map_or(0, |side| side.pairs.len() as u64)],
            left_out: [among.left_out, across.as_ref().map_or(0, |side| side.left_out)],
            attach_cut: 1.0,
            expected_wrong_numbers: 0.0,
            expected_false_merges: expected_false,
        },
        models: std::iter::once(among.model).chain(across.map(|side| side.model)).collect(),
    };
    if let Some(register) = register {
        let mut judged: Vec<Judged> =
            members(&root).into_iter().map(|members| judge(members, &claims, &belongs)).collect();
        refuse_shared(&mut judged, &rules.cuts);
        attach(children, register, &judged, &claims, rules, &mut linkage);
    }
    linkage.review.sort_by_key(|pair| (pair.kind, pair.record, pair.other));
    linkage
}

fn undecided(cluster: u32) -> EncodedDecision {
    EncodedDecision {
        cluster,
        link: LinkStatus::None,
        person: None,
        weight: None,
        margin: None,
        probability: None,
    }
}

/// The records of every cluster, in the order of their first ones.
fn members(root: &[u32]) -> Vec<Vec<u32>> {
    let mut at: FxHashMap<u32, usize> = FxHashMap::default();
    let mut members: Vec<Vec<u32>> = Vec::new();
    for (record, root) in (0_u32..).zip(root) {
        let at = *at.entry(*root).or_insert_with(|| {
            members.push(Vec::new());
            members.len() - 1
        });
        members[at].push(record);
    }
    members
}

fn judge(members: Vec<u32>, claims: &Claims, belongs: &[f64]) -> Judged {
    let firsts = members.iter().filter_map(|record| claims.of(*record).first().copied());
    let best = firsts.max_by(|a, b| a.chance.total_cmp(&b.chance).then(b.person.cmp(&a.person)));
    let Some(best) = best else {
        return Judged { members, best: None, margin: 0.0, chance: 0.0, is_torn: false };
    };
    // The runner-up of the record that claims this person most surely.
    let rival = |record: &u32| {
        let claims = claims.of(*record);
        let mine = claims.iter().find(|claim| claim.person == best.person)?;
        let next = claims.iter().find(|claim| claim.person != best.person).map_or(0.0, |claim| claim.odds);
        Some((mine.odds / next.max(1.0)).log2())
    };
    let margin = members.iter().filter_map(rival).fold(f64::MIN, f64::max);
    let torn = |record: &u32| {
        let first = claims.of(*record).first();
        first.is_some_and(|first| first.person != best.person && first.chance > 0.5)
    };
    let is_torn = members.iter().any(torn);
    let chance = members.iter().fold(best.chance, |chance, record| chance * belongs[*record as usize]);
    Judged { best: Some(best), margin, chance, is_torn, members }
}

/// Of clusters that claim the same person all lose but one that leads clearly.
fn refuse_shared(judged: &mut [Judged], cuts: &EncodedCuts) {
    let mut claimed: Vec<(u32, f64, usize)> = judged
        .iter()
        .enumerate()
        .filter_map(|(at, judged)| judged.best.map(|best| (best.person, best.odds, at)))
        .collect();
    claimed.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    for group in claimed.chunk_by(|one, other| one.0 == other.0) {
        let [first, second, ..] = group else { continue };
        let leads = (first.1 / second.1.max(f64::MIN_POSITIVE)).log2() >= 2.0 * cuts.margin;
        for (.., at) in &group[usize::from(leads)..] {
            judged[*at].is_torn = true;
        }
    }
}

fn attach(
    children: &EncodedList,
    register: &EncodedList,
    judged: &[Judged],
    claims: &Claims,
    rules: &EncodingRules,
    linkage: &mut EncodedLinkage,
) {
    let holders: FxHashSet<u64> =
        (0..register.len()).map(|person| register.token(person, TokenField::Number)).collect();
    let cuts = rules.cuts;
    let mut order: Vec<usize> = (0..judged.len()).collect();
    order.sort_by(|a, b| judged[*b].chance.total_cmp(&judged[*a].chance).then(a.cmp(b)));
    let (mut sent, mut wrong) = (0_u64, 0.0);
    for at in order {
        let cluster = &judged[at];
        let doubt = 1.0 - cluster.chance;
        let clear = !cluster.is_torn && cluster.margin >= cuts.margin && cluster.chance >= cuts.attach;
        let few = wrong + doubt <= 0.02 + cuts.wrong_per_million * (sent + 1) as f64 / 1e6;
        // A child without a name is known by its family alone, and so is its twin.
        let named = |record: &u32| children.present[*record as usize] & bit(Segment::Given) != 0;
        let person = cluster.best.map(|best| best.person).filter(|person| {
            clear && few && register.is_usable(*person as usize) && cluster.members.iter().all(named)
        });
        let number = |record: &u32| children.token(*record as usize, TokenField::Number);
        let own = |person: u32| register.token(person as usize, TokenField::Number);
        // A number that is another than this person's, or that is somebody's in the register.
        let contradicts = |record: &u32| match person {
            Some(person) => number(record) != 0 && own(person) != 0 && number(record) != own(person),
            None => number(record) != 0 && holders.contains(&number(record)),
        };
        let contradicted = cluster.members.iter().any(contradicts);
        let person = person.filter(|_| !contradicted);
        if person.is_some() {
            sent += 1;
            wrong += doubt;
            linkage.figures.attach_cut = cluster.chance;
        }
        let shown = cluster.best.is_some_and(|best| best.chance >= cuts.review);
        for record in &cluster.members {
            let known = number(record) != 0;
            let link = match person {
                Some(person) if known && number(record) == own(person) => LinkStatus::Kept,
                Some(_) => LinkStatus::Attached,
                None if contradicted => LinkStatus::Conflict,
                None if shown => LinkStatus::Review,
                None if known => LinkStatus::Unverified,
                None => LinkStatus::None,
            };
            let decision = &mut linkage.decisions[*record as usize];
            *decision = EncodedDecision {
                cluster: decision.cluster,
                link,
                person,
                weight: cluster.best.map(|best| best.weight),
                margin: cluster.best.map(|_| cluster.margin),
                probability: cluster.best.map(|_| cluster.chance),
            };
        }
        if person.is_none() {
            linkage.review.extend(shown_claims(cluster, claims, &cuts));
        }
    }
    linkage.figures.expected_wrong_numbers = wrong;
}

/// The persons that a cluster may be, for people to decide.
fn shown_claims(cluster: &Judged, claims: &Claims, cuts: &EncodedCuts) -> Vec<EncodedPair> {
    let mut best: FxHashMap<u32, (u32, Claim)> = FxHashMap::default();
    for record in &cluster.members {
        for claim in claims.of(*record).iter().filter(|claim| claim.chance >= cuts.review) {
            let held = best.entry(claim.person).or_insert((*record, *claim));
            if claim.chance > held.1.chance {
                *held = (*record, *claim);
            }
        }
    }
    let mut shown: Vec<(u32, Claim)> = best.into_values().collect();
    shown.sort_by(|a, b| b.1.chance.total_cmp(&a.1.chance).then(a.1.person.cmp(&b.1.person)));
    let shown = shown.into_iter().take(MOST_SHOWN);
    shown
        .map(|(record, claim)| EncodedPair {
            kind: PairKind::Identity,
            record,
            other: claim.person,
            weight: claim.weight,
            probability: claim.chance,
        })
        .collect()
}
