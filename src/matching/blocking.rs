//! Which pairs are compared at all: those that agree on all keys of at least one pass. A block
//! that is too large is split by the pass's further keys, never dropped silently.

use super::{
    lexicon::{Lexicon, WordIx, mix, stable_hash},
    profile::{FieldSpec, FieldSpecs, Profiles, Rows, SlotKind},
    slot::{DateSlot, MISSING, NameSlot, Slot},
};
use crate::rules::{BlockKey, BlockingRules, ComparatorKind, KeyForm, MatchField};
use rayon::prelude::*;

/// One key: a form of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    slot: usize,
    form: KeyForm,
}

/// One pass, compiled.
#[derive(Debug, Clone)]
pub struct Pass {
    keys: Vec<Key>,
    refine: Vec<Key>,
}

/// All passes.
#[derive(Debug, Clone)]
pub struct Blocking {
    passes: Vec<Pass>,
    /// For each slot the first one of the same field: a name may be held as a name and as a text.
    fields: Vec<usize>,
    limit: usize,
}

impl Blocking {
    /// Compiles the passes, adding the fields they need.
    pub fn new(rules: &BlockingRules, specs: &mut FieldSpecs) -> Self {
        let mut compile = |keys: &[toml::Spanned<BlockKey>]| {
            keys.iter().map(|key| Key::new(key.get_ref(), specs)).collect::<Vec<_>>()
        };
        let passes = rules.pass.iter();
        let passes = passes.map(|pass| Pass { keys: compile(&pass.keys), refine: compile(&pass.refine) });
        let passes = passes.collect();
        let first = |spec: &FieldSpec| specs.0.iter().position(|other| other.field == spec.field);
        let fields = specs.0.iter().filter_map(first).collect();
        Self { passes, fields, limit: rules.limit }
    }

    /// The passes, as a set of bits, whose first keys say nothing of a comparison on this slot:
    /// only pairs found by one of them show honestly how often it agrees.
    pub fn passes_without(&self, slot: usize, comparator: ComparatorKind) -> u32 {
        let of_another_part = |form: KeyForm| {
            matches!(
                (form, comparator),
                (KeyForm::Given | KeyForm::GivenSound, ComparatorKind::Surname | ComparatorKind::MiddleName)
                    | (KeyForm::Surname, ComparatorKind::GivenName | ComparatorKind::MiddleName)
                    | (KeyForm::Middle, ComparatorKind::GivenName | ComparatorKind::Surname)
            )
        };
        let touches = |key: &Key| self.fields[key.slot] == self.fields[slot] && !of_another_part(key.form);
        self.passes
            .iter()
            .enumerate()
            .filter(|(_, pass)| !pass.keys.iter().any(touches))
            .fold(0, |set, (at, _)| set | 1 << at)
    }

    /// Indexes one side.
    pub fn index(&self, rows: &Rows, profiles: &Profiles) -> BlockIndex {
        let passes =
            self.passes.par_iter().map(|pass| PassIndex::new(pass, rows, profiles, self.limit)).collect();
        BlockIndex { passes, limit: self.limit }
    }
}

/// One pass, for whoever keeps or looks up its keys elsewhere than in a [`BlockIndex`].
#[derive(Clone, Copy)]
pub struct PassKeys<'a>(&'a Pass);

impl PassKeys<'_> {
    /// How many further keys it has.
    pub fn refinements(self) -> usize {
        self.0.refine.len()
    }

    /// The key of a record with so many of the further ones.
    pub fn key(self, depth: usize, row: &[Slot], profiles: &Profiles) -> Option<u64> {
        self.0.key(depth, row, profiles, &profiles.kinds)
    }
}

impl Blocking {
    /// The passes, in their order.
    pub fn passes(&self) -> impl Iterator<Item = PassKeys<'_>> {
        self.passes.iter().map(PassKeys)
    }

    /// Most records of a block.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl Key {
    fn new(key: &BlockKey, specs: &mut FieldSpecs) -> Self {
        let BlockKey { field, form } = key;
        Self { slot: specs.position(field, kind_for(field, *form, specs)), form: *form }
    }

    fn value(self, row: &[Slot], kind: SlotKind, profiles: &Profiles) -> Option<u64> {
        let slot = row[self.slot];
        if slot == MISSING {
            return None;
        }
        match kind {
            SlotKind::Name => {
                name_key(NameSlot::from_slot(slot), self.form, &profiles.lexicon, &profiles.arena)
            }
            SlotKind::Date => date_key(DateSlot::from_slot(slot), self.form),
            SlotKind::Text => Some(text_key(&profiles.texts[slot as usize], self.form)),
            SlotKind::Number | SlotKind::Code => Some(mix(slot)),
        }
    }
}

/// How a key wants its field held.
fn kind_for(field: &MatchField, form: KeyForm, specs: &FieldSpecs) -> SlotKind {
    let suits = |comparator| field.suits(comparator);
    match form {
        KeyForm::Given | KeyForm::GivenSound | KeyForm::Surname | KeyForm::Middle => SlotKind::Name,
        KeyForm::DayMonth | KeyForm::AnyYear | KeyForm::Year => SlotKind::Date,
        KeyForm::Start => SlotKind::Text,
        KeyForm::Words if suits(ComparatorKind::Name) => SlotKind::Name,
        KeyForm::Words => SlotKind::Text,
        KeyForm::Whole if suits(ComparatorKind::Name) => SlotKind::Name,
        // As it is compared, so that what is equal here is equal there.
        KeyForm::Whole => specs.kind_of(field).unwrap_or_else(|| {
            let simple = [ComparatorKind::Code, ComparatorKind::Digits];
            simple.into_iter().find(|kind| suits(*kind)).map_or(SlotKind::Date, SlotKind::of)
        }),
    }
}

/// So many letters begin a text.
const START_LETTERS: usize = 4;

fn text_key(text: &str, form: KeyForm) -> u64 {
    let hash = |text: &str| stable_hash(text.as_bytes());
    match form {
        KeyForm::Words => mix(text.split(' ').map(hash).fold(0, u64::wrapping_add)),
        KeyForm::Start => {
            let letters = text.chars().filter(|letter| *letter != ' ').take(START_LETTERS);
            hash(&letters.collect::<String>())
        }
        _ => hash(text),
    }
}

fn name_key(name: NameSlot, form: KeyForm, lexicon: &Lexicon, arena: &[WordIx]) -> Option<u64> {
    let plain = |word: &WordIx| lexicon.form(*word).plain_hash;
    let join = |words: &[WordIx]| words.iter().fold(1_u64, |key, word| mix(key ^ plain(word)));
    let [surname, middle, given] = name.parts(arena);
    let part = |words: &[WordIx]| (!words.is_empty()).then(|| join(words));
    match form {
        KeyForm::Words => Some(mix(name.words(arena).iter().map(plain).fold(0, u64::wrapping_add))),
        KeyForm::Given => part(given),
        KeyForm::GivenSound => given.last().map(|word| lexicon.form(*word).sound),
        KeyForm::Surname => part(surname),
        KeyForm::Middle => middle.last().map(plain),
        _ => Some(join(name.words(arena))),
    }
}

fn date_key(date: DateSlot, form: KeyForm) -> Option<u64> {
    let (year, month, day) = date.parts();
    match form {
        KeyForm::Year => Some(mix(u64::from(year))),
        _ if !date.is_whole() => None,
        KeyForm::DayMonth => {
            Some(mix(u64::from(year) << 16 | u64::from(month.min(day)) << 8 | u64::from(month.max(day))))
        }
        KeyForm::AnyYear => Some(mix(u64::from(month.min(day)) << 8 | u64::from(month.max(day)) | 1 << 60)),
        _ => Some(mix(date.slot())),
    }
}

impl Pass {
    /// The key of a record at a depth: 0 = the pass's own keys, then one further key each.
    /// `None` where one of the pass's own keys is missing; a missing further key is a value.
    fn key(&self, depth: usize, row: &[Slot], profiles: &Profiles, kinds: &[SlotKind]) -> Option<u64> {
        let mut joined = 0x9e37_79b9_7f4a_7c15;
        for key in &self.keys {
            joined = mix(joined ^ key.value(row, kinds[key.slot], profiles)?);
        }
        for key in &self.refine[..depth] {
            joined = mix(joined ^ key.value(row, kinds[key.slot], profiles).unwrap_or(1));
        }
        Some(joined)
    }
}

/// Records of one side by the keys of every pass.
pub struct BlockIndex {
    passes: Vec<PassIndex>,
    limit: usize,
}

struct PassIndex {
    /// By depth; deeper ones hold only the records of blocks that were too large above.
    depths: Vec<SortedKeys>,
}

/// Sorted keys with their records, and a table of where each leading bit pattern begins: keys
/// are hashes, so a look-up is one step instead of a binary search.
#[derive(Default)]
struct SortedKeys {
    keys: Vec<u64>,
    records: Vec<u32>,
    starts: Vec<u32>,
    shift: u32,
}

impl SortedKeys {
    fn new(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        let bits = (pairs.len().max(2) as u64).ilog2();
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (key, _) in &pairs {
            starts[(key >> shift) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let (keys, records) = pairs.into_iter().unzip();
        Self { keys, records, starts, shift }
    }

    fn get(&self, key: u64) -> &[u32] {
        let at = (key >> self.shift) as usize;
        let (low, high) = (self.starts[at] as usize, self.starts[at + 1] as usize);
        let keys = &self.keys[low..high];
        let first = keys.partition_point(|known| *known < key);
        let count = keys[first..].iter().take_while(|known| **known == key).count();
        &self.records[low + first..low + first + count]
    }
}

impl PassIndex {
    fn new(pass: &Pass, rows: &Rows, profiles: &Profiles, limit: usize) -> Self {
        let kinds = &profiles.kinds;
        let mut members: Vec<u32> = (0..rows.len() as u32).collect();
        let mut depths = Vec::new();
        for depth in 0..=pass.refine.len() {
            let key =
                |record: &u32| Some((pass.key(depth, rows.row(*record as usize), profiles, kinds)?, *record));
            let sorted = SortedKeys::new(members.iter().filter_map(key).collect());
            members.clear();
            let mut first = 0;
            while first < sorted.keys.len() {
                let count = sorted.keys[first..].iter().take_while(|key| **key == sorted.keys[first]).count();
                if count > limit {
                    members.extend_from_slice(&sorted.records[first..first + count]);
                }
                first += count;
            }
            depths.push(sorted);
            if members.is_empty() {
                break;
            }
        }
        Self { depths }
    }

    /// The records that share a record's keys, in blocks of at most `limit` where the pass's
    /// keys can split them; what lies beyond in a block that cannot be split is counted.
    fn block(&self, pass: &Pass, row: &[Slot], profiles: &Profiles, limit: usize, cut: &mut u64) -> &[u32] {
        let mut block: &[u32] = &[];
        for (depth, sorted) in self.depths.iter().enumerate() {
            let Some(key) = pass.key(depth, row, profiles, &profiles.kinds) else { return &[] };
            block = sorted.get(key);
            if block.len() <= limit {
                return block;
            }
        }
        *cut += (block.len() - limit) as u64;
        &block[..limit]
    }
}

/// A record that shares at least one block, with the passes that found it (a set of bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The record on the indexed side.
    pub record: u32,
    pub passes: u32,
}

impl BlockIndex {
    /// Everything that shares a block with `row`, each once, by record; `keep` chooses.
    /// Returns how many were left out because a block could not be split far enough.
    pub fn candidates(
        &self,
        blocking: &Blocking,
        row: &[Slot],
        profiles: &Profiles,
        keep: impl Fn(u32) -> bool,
        found: &mut Vec<Candidate>,
    ) -> u64 {
        found.clear();
        let mut cut = 0;
        for (at, (pass, index)) in blocking.passes.iter().zip(&self.passes).enumerate() {
            let block = index.block(pass, row, profiles, self.limit, &mut cut);
            let passes = 1_u32 << at;
            found.extend(
                block
                    .iter()
                    .filter(|record| keep(**record))
                    .map(|record| Candidate { record: *record, passes }),
            );
        }
        unite(found);
        cut
    }
}

/// Each candidate once, by record, with all passes that found it.
pub(super) fn unite(found: &mut Vec<Candidate>) {
    found.sort_unstable();
    found.dedup_by(|later, first| {
        let same = later.record == first.record;
        if same {
            first.passes |= later.passes;
        }
        same
    });
}
