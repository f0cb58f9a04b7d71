//! The joint decision. Records are joined by their own evidence; the register is evidence for
//! duplicates too: two records that fit the same person are the same child, two that each fit
//! another are not. Then each child gets at most one number and each number at most one child.

use rustc_hash::FxHashSet;

use super::{
    claims::{attach_cut, join_sharers, judge},
    constraints::Asked,
    linkage::Linkage,
    merge::merge,
    model::Priors,
    persons::Persons,
    review::{offer_persons_of_duplicates, refuse_shared_numbers, review_duplicates},
    score::Candidates,
    scorer::Scorer,
    status::statuses,
};
use crate::{
    record::{PersonalId, Record},
    rules::{Cuts, Ideas},
};

/// Everything the decision looks at.
pub struct Evidence<'a> {
    /// The children.
    pub children: &'a [Record],
    /// The persons of the register whose numbers may be given; empty without one. Candidates of a
    /// higher index are rivals.
    pub register: Persons<'a>,
    /// Numbers that the register gives to two people.
    pub doubtful_numbers: FxHashSet<PersonalId>,
    /// Scorer trained for duplicates.
    pub duplicates: Scorer<'a>,
    /// Scorer trained for the register.
    pub identities: Scorer<'a>,
    /// Expectations for duplicates.
    pub duplicate_priors: Priors,
    /// Expectations for the register.
    pub register_priors: Priors,
    /// Odds that a record is a further one of a given child whom the register holds, against its
    /// being the only record of such a child.
    pub sharing: f64,
    /// Part of the twins of listed children that are in the list too.
    pub twins_listed: f64,
    /// Pairs of children, each once, at the earlier record.
    pub pairs: Candidates,
    /// Candidate persons of each child.
    pub persons: Candidates,
    /// The bands.
    pub cuts: Cuts,
    /// Which ideas are in use.
    pub ideas: Ideas,
    /// What people decided.
    pub asked: Asked,
    /// True for a number that its own record's birth year or gender contradicts.
    pub contradicted: &'a (dyn Fn(&Record) -> bool + Sync),
}

impl Evidence<'_> {
    /// A person whose number cannot be given to anybody.
    pub fn is_rival(&self, person: u32) -> bool {
        person as usize >= self.register.len()
    }

    /// Odds that a record is a person, from their match weight.
    pub fn odds_of_person(&self, weight: f64) -> f64 {
        (weight + self.register_priors.same).min(200.0).exp2()
    }

    /// Odds, on the same scale, that a record's child is not in the register.
    pub fn odds_of_nobody(&self, record: u32) -> f64 {
        self.register_priors.nobody(self.duplicates.profiles.newborn[record as usize]).exp2()
    }

    /// Probability that two records are the same child, from their match weight.
    pub fn posterior_of_pair(&self, weight: f64) -> f64 {
        let odds = (weight + self.duplicate_priors.same).min(200.0).exp2();
        odds / (1.0 + odds)
    }

    /// Odds that two records are the same child, by their own evidence alone.
    pub fn odds_of_pair(&self, a: u32, b: u32) -> f64 {
        let rows = &self.duplicates.profiles.children;
        let sums = self.duplicates.sums(rows.row(a as usize), rows.row(b as usize));
        (self.duplicate_priors.match_weight(sums) + self.duplicate_priors.same).min(200.0).exp2()
    }

    /// Whether two persons of the register are twins.
    pub fn born_together(&self, person: u32, other: u32) -> bool {
        let rows = &self.duplicates.profiles.register;
        self.duplicates.born_together(rows.row(person as usize), rows.row(other as usize))
    }

    /// How many false merges the run may expect.
    pub fn allowed_false_merges(&self) -> f64 {
        self.cuts.false_merges_per_million * self.children.len() as f64 / 1e6 + self.cuts.false_merges_per_run
    }

    /// Whether two records are kept apart, by a person or by a rule, whatever their weight;
    /// `one_person` where the register says that they are one.
    pub fn apart(&self, a: u32, b: u32, one_person: bool) -> bool {
        let rows = &self.duplicates.profiles.children;
        self.asked.are_apart(a, b)
            || self.duplicates.forbidden(rows.row(a as usize), rows.row(b as usize), one_person)
    }
}

/// Rounds in which clusters that share a person are joined and all claims judged anew.
const ROUNDS: usize = 4;

/// Decides everything.
pub fn decide(evidence: &Evidence<'_>) -> Linkage {
    let mut merged = merge(evidence);
    let mut claims = judge(evidence, &merged);
    for _ in 0..ROUNDS {
        if !evidence.ideas.joint || !join_sharers(evidence, &mut merged, &claims) {
            break;
        }
        claims = judge(evidence, &merged);
    }
    let cut = attach_cut(evidence, &merged, &claims);
    let mut linkage = statuses(evidence, &merged, &claims, cut);
    linkage.estimates.attach_cut = cut;
    linkage.compared = (evidence.pairs.compared, evidence.persons.compared);
    linkage.left_out = evidence.pairs.cut + evidence.persons.cut;
    refuse_shared_numbers(evidence, &mut linkage);
    review_duplicates(evidence, &merged, &claims, &mut linkage);
    offer_persons_of_duplicates(evidence, &merged, &mut linkage);
    linkage.review.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then(a.record.cmp(&b.record)).then(a.other.cmp(&b.other))
    });
    linkage
}
