//! The joint decision. The register is evidence for duplicates too: two records that fit the same
//! person are the same child, two that each fit another are not. Then each child gets at most one
//! number and each number at most one child.
use super::{
    claims::{attach_cut, join_sharers, judge},
    linkage::Linkage,
    merge::merge,
    model::Priors,
    review::{refuse_shared_numbers, review_duplicates},
    score::Candidates,
    scorer::Scorer,
    status::statuses,
};
use crate::{record::Record, rules::Cuts};

/// Everything the decision looks at.
pub struct Evidence<'a> {
    /// The children.
    pub children: &'a [Record],
    /// The register; empty without one.
    pub register: &'a [Record],
    /// Scorer trained for duplicates.
    pub duplicates: Scorer<'a>,
    /// Scorer trained for the register.
    pub identities: Scorer<'a>,
    /// Expectations for duplicates.
    pub duplicate_priors: Priors,
    /// Expectations for the register.
    pub register_priors: Priors,
    /// Pairs of children, each once, at the earlier record.
    pub pairs: Candidates,
    /// Candidate persons of each child.
    pub persons: Candidates,
    /// The bands.
    pub cuts: Cuts,
    /// True for a number that its own record's birth year, gender or parents contradict.
    pub contradicted: &'a (dyn Fn(&Record) -> bool + Sync),
}

/// Decides everything.
pub fn decide(evidence: &Evidence<'_>) -> Linkage {
    let mut merged = merge(evidence);
    let mut claims = judge(evidence, &merged);
    let mut cut = attach_cut(evidence, &merged, &claims);
    if join_sharers(evidence, &mut merged, &claims, cut) {
        claims = judge(evidence, &merged);
        cut = attach_cut(evidence, &merged, &claims);
    }
    let mut linkage = statuses(evidence, &merged, &claims, cut);
    linkage.estimates.attach_cut = cut;
    linkage.estimates.false_merges = merged.errors;
    linkage.compared = (evidence.pairs.compared, evidence.persons.compared);
    linkage.left_out = evidence.pairs.cut + evidence.persons.cut;
    refuse_shared_numbers(evidence, &mut linkage);
    review_duplicates(evidence, &merged, &mut linkage);
    linkage.review.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then(a.record.cmp(&b.record)).then(a.other.cmp(&b.other))
    });
    linkage
}
