//! What matching decides: for every record its cluster and its link, and the pairs that a person
//! must decide.

use std::sync::Arc;

use super::{known::Comparisons, learn::LearntFigure, trained::TrainedModel};
use crate::record::{PersonalId, RecordIx};

/// Evidence for (positive) or against (negative) two records being the same person, in bits:
/// log2 of m/u, summed over comparisons (Fellegi and Sunter 1969).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct MatchWeight(pub f64);

/// A record's place in its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterRole {
    /// Alone.
    Single,
    /// The record that stands for the cluster.
    Primary,
    /// Another record of the same child.
    Duplicate,
}

impl ClusterRole {
    /// As in `records.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Primary => "primary",
            Self::Duplicate => "duplicate",
        }
    }
}

/// How a child stands to the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkStatus {
    /// Number found in the register and given to this child.
    Attached,
    /// The number it had is confirmed by the register.
    Kept,
    /// Well-formed, not in the register given.
    Unverified,
    /// The register contradicts it.
    Conflict,
    /// Candidates, none safe.
    Review,
    /// No number and no candidate.
    None,
}

impl LinkStatus {
    /// Every status.
    pub const ALL: &'static [Self] =
        &[Self::Attached, Self::Kept, Self::Unverified, Self::Conflict, Self::Review, Self::None];

    /// As in `records.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attached => "attached",
            Self::Kept => "kept",
            Self::Unverified => "unverified",
            Self::Conflict => "conflict",
            Self::Review => "review",
            Self::None => "none",
        }
    }
}

/// What was decided for one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The first record (in input order) of the cluster this record is in; itself when single.
    pub cluster: RecordIx,
    /// Its place there.
    pub role: ClusterRole,
    /// How the child stands to the register; the same for every record of a cluster.
    pub link: LinkStatus,
    /// The child's number, only for attached, kept and unverified.
    pub personal_id: Option<PersonalId>,
    /// The register person it was linked to (attached, kept), index among the register's records.
    pub person: Option<RecordIx>,
    /// Match weight of that link (of the best candidate under review).
    pub link_weight: Option<MatchWeight>,
    /// Its lead over the runner-up.
    pub link_margin: Option<MatchWeight>,
}

/// One comparison's part in a pair's weight: the line a waterfall chart draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What was compared (`birth_date`, `given_name`, …): key into `[comparison]` of the messages.
    pub comparison: Arc<str>,
    /// The level found (`equal`, `swapped`, …): key into `[level]` of the messages.
    pub level: Arc<str>,
    /// Its weight.
    pub weight: MatchWeight,
}

/// The other side of a pair under review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewOther {
    /// Kind `duplicate`: another record of the list.
    Record(RecordIx),
    /// Kind `identity`: a person of the register.
    Person(RecordIx),
}

/// Why a pair was not decided by the program. Texts in `[review_reason]` of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewReason {
    /// The weight lies between the cuts.
    BetweenCuts,
    /// A runner-up is too near.
    RunnerUp,
    /// Two children claim the same person.
    SharedPerson,
    /// The record has a well-formed number that the register contradicts.
    NumberConflict,
    /// Twins or siblings: family agrees, the person does not.
    TwinsOrSiblings,
    /// Two different valid numbers in one would-be cluster.
    TwoNumbers,
    /// Too little is known to tell namesakes apart.
    LittleKnown,
}

impl ReviewReason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::BetweenCuts,
        Self::RunnerUp,
        Self::SharedPerson,
        Self::NumberConflict,
        Self::TwinsOrSiblings,
        Self::TwoNumbers,
        Self::LittleKnown,
    ];

    /// As in `review.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BetweenCuts => "between_cuts",
            Self::RunnerUp => "runner_up",
            Self::SharedPerson => "shared_person",
            Self::NumberConflict => "number_conflict",
            Self::TwinsOrSiblings => "twins_or_siblings",
            Self::TwoNumbers => "two_numbers",
            Self::LittleKnown => "little_known",
        }
    }
}

/// A pair that a person must decide.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// The record of the list.
    pub record: RecordIx,
    /// What it may be the same as.
    pub other: ReviewOther,
    /// Match weight.
    pub weight: MatchWeight,
    /// Posterior probability, 0 to 1.
    pub probability: f64,
    /// Why it is here.
    pub reason: ReviewReason,
    /// What speaks for and against, in the order of the comparisons.
    pub evidence: Vec<Evidence>,
}

/// The run's own estimate of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimates {
    /// Expected count of wrong numbers among those attached or kept.
    pub wrong_numbers: f64,
    /// Expected count of pairs merged that are two children.
    pub false_merges: f64,
    /// Posterior down to which numbers were attached.
    pub attach_cut: f64,
}

/// What was used again of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reuse {
    /// Rows of children that are as they were.
    pub children: u64,
    /// Rows of persons that are as they were.
    pub persons: u64,
    /// Pairs whose levels were known (duplicates, then register).
    pub pairs: (u64, u64),
}

/// Everything matching decided.
#[derive(Debug, Clone, Default)]
pub struct Linkage {
    /// One for each record, in input order.
    pub decisions: Vec<Decision>,
    /// Pairs for a person, most useful first.
    pub review: Vec<ReviewItem>,
    /// Expected errors.
    pub estimates: Estimates,
    /// Candidate pairs compared (duplicates, then register).
    pub compared: (u64, u64),
    /// What was known of them from an earlier run.
    pub reuse: Reuse,
    /// What was found of every pair, where it is kept for a later run.
    pub comparisons: Option<Comparisons>,
    /// Pairs of the same block left out because the block's keys could not split it far enough.
    pub left_out: u64,
    /// The weights, and how they were learnt: for duplicates, and for the register where there is one.
    pub model: TrainedModel,
    /// What people's decisions changed in it, where it was learnt from them.
    pub learnt: Vec<LearntFigure>,
}
