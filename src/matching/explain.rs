//! Why a pair was weighed as it was: any two records, or any record and person, compared again with
//! the models of the run. This is what the waterfall of the desk and `dinhdanh explain` show.

use super::{
    linkage::{Evidence, MatchWeight},
    model::Priors,
    profile::Profiles,
    scorer::{Model, Scorer},
};
use crate::record::RecordIx;

/// The models of a run with the profiles they were trained on.
pub struct Explainer {
    pub(super) profiles: Profiles,
    pub(super) duplicates: Model,
    pub(super) identities: Model,
    pub(super) duplicate_priors: Priors,
    pub(super) register_priors: Priors,
}

/// What is said of one pair, nobody else considered.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The match weight.
    pub weight: MatchWeight,
    /// Probability that both are the same person where no other record competes, 0 to 1.
    pub probability: f64,
    /// What speaks for and against, in the order of the comparisons.
    pub evidence: Vec<Evidence>,
    /// Something disagrees that only a person may pass over.
    pub person_decides: bool,
}

impl Explainer {
    /// Two records of the list.
    pub fn records(&self, a: RecordIx, b: RecordIx) -> Explanation {
        let scorer = Scorer { model: &self.duplicates, profiles: &self.profiles };
        let rows = &self.profiles.children;
        let nobody = self.duplicate_priors.nobody(false);
        explain(scorer, &self.duplicate_priors, nobody, rows.row(a.usize()), rows.row(b.usize()))
    }

    /// A record of the list and a person of the register.
    pub fn person(&self, record: RecordIx, person: RecordIx) -> Explanation {
        let scorer = Scorer { model: &self.identities, profiles: &self.profiles };
        let (row, other) =
            (self.profiles.children.row(record.usize()), self.profiles.register.row(person.usize()));
        let nobody = self.register_priors.nobody(self.profiles.newborn[record.usize()]);
        explain(scorer, &self.register_priors, nobody, row, other)
    }
}

impl Explainer {
    /// Position of a comparison, by its name in the rules, in the comparison vector.
    pub fn position(&self, comparison: &str) -> Option<usize> {
        self.duplicates.comparisons.iter().position(|known| *known.name == *comparison)
    }

    /// What one comparison finds of two records of the list, as a position in its comparator's levels;
    /// `None` where one of them lacks the value.
    pub fn level(&self, comparison: usize, a: RecordIx, b: RecordIx) -> Option<u8> {
        let scorer = Scorer { model: &self.duplicates, profiles: &self.profiles };
        let rows = &self.profiles.children;
        scorer.find(comparison, rows.row(a.usize()), rows.row(b.usize())).map(|found| found.level)
    }
}

fn explain(scorer: Scorer<'_>, priors: &Priors, nobody: f64, row: &[u64], other: &[u64]) -> Explanation {
    let sums = scorer.sums(row, other);
    let weight = priors.match_weight(sums);
    let odds = (weight + priors.same).min(200.0).exp2();
    Explanation {
        weight: MatchWeight(weight),
        probability: odds / (odds + nobody.exp2()),
        evidence: scorer.explain(row, other, weight),
        person_decides: sums.person_decides,
    }
}
