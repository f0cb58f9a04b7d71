//! What two encoded lists must have in common to be compared, and what stands at the head of the file.

use serde::{Deserialize, Serialize};

use crate::rules::{BirthParts, Bits, BlockPart, EncodingRules, Grams, Segment, TokenField};

/// What makes an encoding harder to attack, at the price of accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hardening {
    /// Names are hashed together with the child's birth year.
    pub salt_birth_year: bool,
    /// Every filter stands beside its complement, in a keyed order: all have the same number of ones.
    pub balanced: bool,
    /// Probability with which a bit is turned over (BLIP).
    pub flip: f64,
    /// Without tokens of phone, household, hamlet and commune, which families and neighbours share.
    pub no_shared_tokens: bool,
}

impl Hardening {
    /// Largest probability of turning a bit over: at one half nothing would be left.
    pub const MOST_FLIP: f64 = 0.25;
}

/// What the encodings of two lists must have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Names.
    pub grams: Grams,
    /// Birth dates.
    pub birth: BirthParts,
    /// Lengths of the filters before hardening.
    pub bits: Bits,
    /// Facts hashed as a whole.
    pub tokens: Vec<TokenField>,
    /// Blocking tokens.
    pub blocks: Vec<Vec<BlockPart>>,
    /// Hardening.
    pub hardening: Hardening,
}

impl Parameters {
    /// Those of the rules.
    pub fn new(rules: &EncodingRules, hardening: Hardening) -> Self {
        let mut tokens = rules.tokens.clone();
        if hardening.no_shared_tokens {
            tokens.retain(|token| matches!(token, TokenField::Gender | TokenField::Number));
        }
        Self {
            grams: rules.grams,
            birth: rules.birth,
            bits: rules.bits,
            tokens,
            blocks: rules.blocks.clone(),
            hardening,
        }
    }

    /// Words of 64 bits that a segment takes, as it stands in the file.
    pub fn words(&self, segment: Segment) -> usize {
        self.filter_words(segment) * if segment.is_name() { 2 } else { 1 }
    }

    /// Words of one filter: names have two, as spelt and without diacritics.
    pub fn filter_words(&self, segment: Segment) -> usize {
        self.bits.of(segment) / 64 * if self.hardening.balanced { 2 } else { 1 }
    }

    /// Words of a whole record.
    pub fn record_words(&self) -> usize {
        Segment::ALL.iter().map(|segment| self.words(*segment)).sum()
    }

    /// Where a filter stands in a record's words.
    pub fn place(&self, segment: Segment) -> std::ops::Range<usize> {
        let before = Segment::ALL.iter().take_while(|earlier| **earlier != segment);
        let from = before.map(|earlier| self.words(*earlier)).sum();
        from..from + self.words(segment)
    }

    /// The first part in which two lists differ, as it stands in the header.
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        [
            ("grams", self.grams == other.grams),
            ("birth", self.birth == other.birth),
            ("bits", self.bits == other.bits),
            ("tokens", self.tokens == other.tokens),
            ("blocks", self.blocks == other.blocks),
            ("hardening", self.hardening == other.hardening),
        ]
        .into_iter()
        .find_map(|(name, same)| (!same).then_some(name))
    }

    /// Whether a file's parameters are within what the program can work with.
    pub(super) fn is_sound(&self) -> bool {
        let hashes = |count: u8| (1..=16).contains(&count);
        let length = |segment: &Segment| {
            let bits = self.bits.of(*segment);
            (64..=4096).contains(&bits) && bits.is_multiple_of(64)
        };
        hashes(self.grams.hashes)
            && hashes(self.birth.hashes)
            && (1..=4).contains(&self.grams.length)
            && self.bits.given == self.bits.rest
            && Segment::ALL.iter().all(length)
            && (0.0..=Hardening::MOST_FLIP).contains(&self.hardening.flip)
            && self.blocks.len() <= 64
    }
}

/// What the rows of an encoded list are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifiers {
    /// Keyed tokens; the rows stand in their order, so that nothing is left of the list's own.
    Token,
    /// The number of the record in its list, in the list's order.
    Row,
}

/// The head of an encoded list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// `children` or `register`.
    pub list: String,
    /// Records that follow.
    pub records: u64,
    /// Fingerprint of the key.
    pub key: String,
    /// What the rows are called.
    pub identifiers: Identifiers,
    /// The program that wrote it: another version may normalise otherwise.
    pub program: String,
    /// What must be the same in both lists.
    pub parameters: Parameters,
}
