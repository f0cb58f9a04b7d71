//! From a normalised record to its encoding.

use rayon::prelude::*;

use super::{
    facts::{Facts, date_parts, foldings},
    filter::{Filter, Grams},
    harden::Hardener,
    key::{Key, hexadecimal},
    list::{EncodedList, bit},
    parameters::{Header, Identifiers, Parameters},
};
use crate::{
    outcome::{InputFile, List, ListKind},
    record::{PersonName, Record},
    rules::{Rules, Segment},
};

/// Names of the foldings, for hashing.
const FOLDINGS: [&str; 3] = ["name spelt", "name toneless", "name bare"];

/// Records that one thread encodes before it takes others.
const PIECE: usize = 1024;

/// One encoded record.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// What it is called.
    pub identifier: String,
    /// Of a register: whether this person's number can be given to anybody.
    pub usable: bool,
    pub(super) present: u8,
    /// Which names were written without diacritics.
    pub(super) bare: u8,
    pub(super) words: Vec<u64>,
    pub(super) tokens: Vec<u64>,
    pub(super) blocks: Vec<u64>,
}

/// What its owner knows of an encoded record: the only way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    /// What the record is called in the encoded list.
    pub identifier: String,
    /// The record's identifier in the owner's list.
    pub record_id: String,
    /// Its number.
    pub personal_id: String,
    /// The file it stood in.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// The row.
    pub row: u32,
}

/// Encodes records with a key.
pub struct Encoder<'a> {
    key: &'a Key,
    parameters: &'a Parameters,
    facts: Facts<'a>,
    hardener: Hardener<'a>,
}

impl<'a> Encoder<'a> {
    /// What is needed for every record.
    pub fn new(key: &'a Key, parameters: &'a Parameters, rules: &'a Rules) -> Self {
        Self { key, parameters, facts: Facts::new(rules), hardener: Hardener::new(key, parameters) }
    }

    /// Encodes some records in their order.
    pub fn encode(&self, records: &[(&Record, String, bool)]) -> Vec<Encoded> {
        let piece = |records: &[(&Record, String, bool)]| {
            let mut grams = Grams::new(self.key);
            let encoded = records.iter().map(|record| self.record(&mut grams, record));
            encoded.collect::<Vec<_>>()
        };
        records.par_chunks(PIECE).flat_map_iter(piece).collect()
    }

    fn record(
        &self,
        grams: &mut Grams<'a>,
        (record, identifier, usable): &(&Record, String, bool),
    ) -> Encoded {
        let mut words = vec![0; self.parameters.record_words()];
        let (mut present, mut bare) = (0, 0);
        for (at, segment) in Segment::ALL.into_iter().enumerate() {
            let filters = if segment.is_name() { 2 } else { 1 };
            let mut filter = vec![0_u64; self.parameters.bits.of(segment) / 64 * filters];
            if self.fill(grams, record, segment, &mut filter) {
                bare |= bit(segment);
            }
            if filter.iter().any(|word| *word != 0) {
                present |= bit(segment);
                self.hardener.harden(at, &filter, identifier, &mut words[self.parameters.place(segment)]);
            }
        }
        let token = |kind: &str, text: Option<String>| {
            text.map_or(0, |text| self.key.token(&[b"token", kind.as_bytes(), text.as_bytes()]))
        };
        let tokens = self.parameters.tokens.iter();
        let tokens = tokens.map(|field| token(field.as_str(), self.facts.token(record, *field))).collect();
        let blocks = self.parameters.blocks.iter().enumerate();
        let blocks = blocks.map(|(at, parts)| token(&format!("block {at}"), self.facts.block(record, parts)));
        Encoded {
            identifier: identifier.clone(),
            usable: *usable,
            present,
            bare,
            words,
            tokens,
            blocks: blocks.collect(),
        }
    }

    /// Fills the filters of a segment; whether its name was written without diacritics.
    fn fill(&self, grams: &mut Grams<'a>, record: &Record, segment: Segment, filter: &mut [u64]) -> bool {
        let salt = match record.birth.get() {
            Some(birth) if self.parameters.hardening.salt_birth_year => birth.year().to_string(),
            _ => String::new(),
        };
        let own = || record.name.get().into_iter();
        match segment {
            // Whether the name was written without diacritics is seen by all of it.
            Segment::Given => {
                self.names(grams, filter, &salt, own().flat_map(PersonName::given));
                record.name.get().is_some_and(is_bare)
            }
            Segment::Rest => {
                let words = own().flat_map(|name| name.surname().chain(name.middle()));
                self.names(grams, filter, &salt, words);
                record.name.get().is_some_and(is_bare)
            }
            Segment::Mother | Segment::Father => {
                let parent = if segment == Segment::Mother { &record.mother } else { &record.father };
                self.names(grams, filter, &salt, parent.name.get().into_iter().flat_map(PersonName::words));
                parent.name.get().is_some_and(is_bare)
            }
            Segment::Birth => {
                let mut filter = Filter { words: filter, hashes: self.parameters.birth.hashes };
                for part in record.birth.get().copied().into_iter().flat_map(date_parts) {
                    grams.set(&mut filter, "date", "", &part);
                }
                false
            }
        }
    }

    /// Fills the filter of the letters as spelt, and the one of those without diacritics.
    fn names<'w>(
        &self,
        grams: &mut Grams<'a>,
        filters: &mut [u64],
        salt: &str,
        words: impl Iterator<Item = &'w str>,
    ) {
        let length = usize::from(self.parameters.grams.length);
        let hashes = self.parameters.grams.hashes;
        let (spelt, bare) = filters.split_at_mut(filters.len() / 2);
        for word in words {
            for (kind, folded) in FOLDINGS.into_iter().zip(foldings(word, self.facts.syllables())) {
                let words = if kind == FOLDINGS[2] { &mut *bare } else { &mut *spelt };
                grams.set_word(&mut Filter { words, hashes }, kind, salt, &folded, length);
            }
        }
    }
}

/// Whether a name has no diacritics: most such names were typed without them.
fn is_bare(name: &PersonName) -> bool {
    name.full().is_ascii()
}

/// Encodes a list: the encoded records, and what only the list's owner keeps.
pub fn encode_list(
    list: &List,
    files: &[InputFile],
    kind: ListKind,
    (key, parameters): (&Key, Parameters),
    identifiers: Identifiers,
    rules: &Rules,
) -> (EncodedList, Vec<KnownRow>) {
    let content: String = files.iter().map(|file| file.sha256.as_str()).collect();
    let called = |at: usize| match identifiers {
        Identifiers::Row => format!("{}{}", if kind == ListKind::Children { "c" } else { "p" }, at + 1),
        Identifiers::Token => {
            // Made of the file and the place in it, not of what stands there: whoever has the key
            // must not be able to try numbers out on it.
            let hash = key.hash(&[b"identifier", content.as_bytes(), &(at as u64).to_le_bytes()]);
            hexadecimal(&hash[..10])
        }
    };
    let usable = list.records.len();
    let everybody: Vec<&Record> = list.everybody().collect();
    let mut order: Vec<(String, usize)> = (0..everybody.len()).map(|at| (called(at), at)).collect();
    if identifiers == Identifiers::Token {
        order.sort_unstable();
    }
    let known = order.iter().map(|(identifier, at)| known(list, everybody[*at], identifier)).collect();
    let records: Vec<(&Record, String, bool)> =
        order.into_iter().map(|(identifier, at)| (everybody[at], identifier, at < usable)).collect();
    let header = Header {
        list: kind.as_str().to_owned(),
        records: records.len() as u64,
        key: key.fingerprint(),
        identifiers,
        program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        parameters,
    };
    let encoded = Encoder::new(key, &header.parameters, rules).encode(&records);
    let mut to = EncodedList::empty(header);
    encoded.into_iter().for_each(|record| to.push(record));
    (to, known)
}

fn known(list: &List, record: &Record, identifier: &str) -> KnownRow {
    let source = list.sources.get(record.origin.source);
    KnownRow {
        identifier: identifier.to_owned(),
        record_id: record.record_id.to_string(),
        personal_id: record.personal_id.get().map(|id| id.digits()).unwrap_or_default(),
        file: source.file.clone(),
        sheet: source.sheet.clone(),
        row: record.origin.row,
    }
}
