//! For every record the persons it may be, each with its probability: one of them, or nobody of the
//! register.

use super::pairs::Side;

/// A record's claim on a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub person: u32,
    pub weight: f64,
    /// Odds against nobody of the register.
    pub odds: f64,
    pub chance: f64,
}

/// The claims of all records.
#[derive(Default)]
pub(super) struct Claims {
    claims: Vec<Claim>,
    /// By record, where its claims begin; one more at the end.
    begin: Vec<usize>,
}

/// Claims less probable than this are of no account.
const LEAST: f64 = 1e-7;

impl Claims {
    pub fn new(records: usize, across: Option<&Side>, coverage: f64) -> Self {
        let nobody = (1.0 - coverage).max(1e-6);
        let pairs = across.map_or(&[][..], |side| &side.pairs);
        let mut claims = Claims { claims: Vec::new(), begin: Vec::with_capacity(records + 1) };
        let mut rest = pairs;
        for record in 0..records as u32 {
            claims.begin.push(claims.claims.len());
            let (mine, others) = rest.split_at(rest.partition_point(|pair| pair.record <= record));
            rest = others;
            let all = nobody + mine.iter().map(|pair| pair.scores.odds).sum::<f64>();
            let claim = mine.iter().map(|pair| Claim {
                person: pair.other,
                weight: pair.scores.weight,
                odds: pair.scores.odds / nobody,
                chance: pair.scores.odds / all,
            });
            let from = claims.claims.len();
            claims.claims.extend(claim.filter(|claim| claim.chance >= LEAST));
            claims.claims[from..].sort_by(|a, b| b.chance.total_cmp(&a.chance).then(a.person.cmp(&b.person)));
        }
        claims.begin.push(claims.claims.len());
        claims
    }

    /// Records.
    pub fn records(&self) -> u32 {
        self.begin.len().saturating_sub(1) as u32
    }

    /// A record's claims, the most probable first.
    pub fn of(&self, record: u32) -> &[Claim] {
        let at = record as usize;
        &self.claims[self.begin[at]..self.begin[at + 1]]
    }

    /// How probable it is that two records are the same person of the register, and that they are two
    /// different ones.
    pub fn together(&self, one: u32, other: u32) -> (f64, f64) {
        let (one, other) = (self.of(one), self.of(other));
        let sum = |claims: &[Claim]| claims.iter().map(|claim| claim.chance).sum::<f64>();
        let chance =
            |person: u32| other.iter().find(|claim| claim.person == person).map_or(0.0, |claim| claim.chance);
        let same: f64 = one.iter().map(|claim| claim.chance * chance(claim.person)).sum();
        (same, (sum(one) * sum(other) - same).max(0.0))
    }
}
