//! Links two encoded lists: blocks of keyed tokens, likeness of filters, Fellegi–Sunter weights learnt
//! from the lists at hand, clusters, one person for one child. Knows identifiers and bits, no names.

mod blocks;
mod claims;
mod clusters;
mod compare;
mod decide;
mod frequency;
mod levels;
mod likeness;
mod model;
mod pairs;

use serde::Serialize;

use super::{EncodeError, file::fit, list::EncodedList};
use crate::{matching::LinkStatus, rules::EncodingRules};

pub use compare::{Compiled, Prepared};
pub use model::SideModel;

/// What was decided for one encoded record.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedDecision {
    /// The first record of its cluster; itself when single.
    pub cluster: u32,
    /// How the child stands to the register.
    pub link: LinkStatus,
    /// The person it was linked to (attached, kept).
    pub person: Option<u32>,
    /// Match weight of that link, bits (of the best candidate otherwise).
    pub weight: Option<f64>,
    /// Its lead over the runner-up.
    pub margin: Option<f64>,
    /// How probable it is.
    pub probability: Option<f64>,
}

/// What a pair for people to decide is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairKind {
    /// Two records of the list.
    Duplicate,
    /// A record and a person.
    Identity,
}

impl PairKind {
    /// As in `review.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Identity => "identity",
        }
    }
}

/// A pair that people must decide, both sides together.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedPair {
    /// What it is about.
    pub kind: PairKind,
    /// The record.
    pub record: u32,
    /// The other record, or the person.
    pub other: u32,
    /// Match weight, bits.
    pub weight: f64,
    /// How probable it is.
    pub probability: f64,
}

/// How the decisions were reached.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Pairs compared among the children, and with the register.
    pub compared: [u64; 2],
    /// Pairs left out because too many records share a token.
    pub left_out: [u64; 2],
    /// Probability from which links were made.
    pub attach_cut: f64,
    /// Expected wrong links.
    pub expected_wrong_numbers: f64,
    /// Expected false merges.
    pub expected_false_merges: f64,
}

/// Everything decided.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedLinkage {
    /// By record.
    pub decisions: Vec<EncodedDecision>,
    /// For people.
    pub review: Vec<EncodedPair>,
    /// Figures.
    pub figures: Figures,
    /// The weights of both sides: duplicates, and where there is a register, identities.
    pub models: Vec<SideModel>,
}

/// Links encoded children with an encoded register, or with one another alone.
///
/// # Errors
/// Where the two were not encoded alike.
pub fn link_encoded(
    children: &EncodedList,
    register: Option<&EncodedList>,
    files: [&str; 2],
    rules: &EncodingRules,
) -> Result<EncodedLinkage, EncodeError> {
    if let Some(register) = register {
        fit(&children.header, files[0], &register.header, files[1])?;
    }
    let lists: Vec<&EncodedList> = std::iter::once(children).chain(register).collect();
    let compiled = Compiled::new(&lists, rules);
    let among = pairs::among(children, &compiled, rules);
    let across = register.map(|register| pairs::across(children, register, &compiled, rules));
    Ok(decide::decide(children, register, among, across, rules))
}
