//! An encoded list in memory, column by column.

use super::{
    filter::ones,
    parameters::{Header, Parameters},
};
use crate::rules::{Segment, TokenField};

/// An encoded list, or several of the same side put together.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedList {
    /// The head of the (first) file.
    pub header: Header,
    pub(super) identifiers: Vec<String>,
    /// Of a register: whether this person's number can be given to anybody.
    pub(super) usable: Vec<bool>,
    /// By record and filter: known at all.
    pub(super) present: Vec<u8>,
    /// By record, its filters.
    pub(super) words: Vec<u64>,
    /// By record, which names were written without diacritics.
    pub(super) bare: Vec<u8>,
    /// By record and filter, how many ones; those of the whole name last ([`COUNTS`]).
    pub(super) ones: Vec<u16>,
    /// By record and token of the parameters; 0 for not known.
    pub(super) tokens: Vec<u64>,
    /// By record and blocking token of the parameters; 0 for none.
    pub(super) blocks: Vec<u64>,
}

/// Filters of a record: two a segment, of which the second of the birth date is not there.
const FILTERS: usize = 2 * Segment::ALL.len();
/// Beside them: given name and rest without diacritics, laid over one another.
pub(super) const WHOLE: usize = FILTERS;
/// Numbers of ones of a record.
pub(super) const COUNTS: usize = FILTERS + 1;

/// Which of a record's filters are known.
pub(super) const fn bit(segment: Segment) -> u8 {
    1 << segment as u8
}

impl EncodedList {
    /// A list without records.
    pub(super) fn empty(header: Header) -> Self {
        Self {
            header,
            identifiers: Vec::new(),
            usable: Vec::new(),
            present: Vec::new(),
            bare: Vec::new(),
            words: Vec::new(),
            ones: Vec::new(),
            tokens: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Records.
    pub fn len(&self) -> usize {
        self.identifiers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.identifiers.is_empty()
    }

    /// What the list was encoded with.
    pub fn parameters(&self) -> &Parameters {
        &self.header.parameters
    }

    /// What a record is called.
    pub fn identifier(&self, record: usize) -> &str {
        &self.identifiers[record]
    }

    /// Whether this person's number can be given to anybody.
    pub fn is_usable(&self, record: usize) -> bool {
        self.usable[record]
    }

    /// The filters of a record, one after the other.
    pub fn filters(&self, record: usize) -> &[u64] {
        let words = self.parameters().record_words();
        &self.words[record * words..][..words]
    }

    /// A token; 0 for not known.
    pub fn token(&self, record: usize, field: TokenField) -> u64 {
        let tokens = &self.parameters().tokens;
        let at = tokens.iter().position(|token| *token == field);
        at.map_or(0, |at| self.tokens[record * tokens.len() + at])
    }

    /// A blocking token; 0 for none.
    pub(super) fn block(&self, record: usize, at: usize) -> u64 {
        self.blocks[record * self.parameters().blocks.len() + at]
    }

    /// Adds a record.
    pub(super) fn push(&mut self, record: super::Encoded) {
        let parameters = &self.header.parameters;
        for segment in Segment::ALL {
            let mut filters =
                record.words[parameters.place(segment)].chunks(parameters.filter_words(segment));
            self.ones.extend([0, 1].map(|_| filters.next().map_or(0, ones) as u16));
        }
        let [given, rest] = [Segment::Given, Segment::Rest].map(|segment| {
            let filters = &record.words[parameters.place(segment)];
            &filters[filters.len() / 2..]
        });
        let whole: u32 = given.iter().zip(rest).map(|(given, rest)| (given | rest).count_ones()).sum();
        self.ones.push(whole as u16);
        self.identifiers.push(record.identifier);
        self.usable.push(record.usable);
        self.present.push(record.present);
        self.bare.push(record.bare);
        self.words.extend(record.words);
        self.tokens.extend(record.tokens);
        self.blocks.extend(record.blocks);
    }

    /// Adds the records of another list of the same parameters.
    pub(super) fn append(&mut self, mut other: Self) {
        self.header.records += other.header.records;
        self.identifiers.append(&mut other.identifiers);
        self.usable.append(&mut other.usable);
        self.present.append(&mut other.present);
        self.bare.append(&mut other.bare);
        self.words.append(&mut other.words);
        self.ones.append(&mut other.ones);
        self.tokens.append(&mut other.tokens);
        self.blocks.append(&mut other.blocks);
    }
}
