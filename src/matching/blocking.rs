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

    /// The blocks that the records of one list share with one another.
    pub fn within(&self, rows: &Rows, profiles: &Profiles) -> Blocks {
        let blocks = |pass: &Pass| PassBlocks::within(&pass.keyed(rows, profiles), self.limit);
        Blocks { passes: self.passes.par_iter().map(blocks).collect() }
    }

    /// The blocks that the records of one list share with those of another.
    pub fn between(&self, rows: &Rows, others: &Rows, profiles: &Profiles) -> Blocks {
        let blocks = |pass: &Pass| {
            PassBlocks::between(&pass.keyed(rows, profiles), &pass.keyed(others, profiles), self.limit)
        };
        Blocks { passes: self.passes.par_iter().map(blocks).collect() }
    }
}

/// One pass, for whoever keeps its keys and finds its blocks elsewhere.
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
    fn keyed<'a>(&'a self, rows: &'a Rows, profiles: &'a Profiles) -> Keyed<'a> {
        Keyed { pass: self, rows, profiles }
    }

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

/// A list as one pass sees it.
struct Keyed<'a> {
    pass: &'a Pass,
    rows: &'a Rows,
    profiles: &'a Profiles,
}

impl Keyed<'_> {
    /// The keys at a depth of those records that have one, in order of key and record.
    fn sorted(&self, depth: usize, records: impl Iterator<Item = u32>) -> Vec<(u64, u32)> {
        let key = |record: u32| {
            let row = self.rows.row(record as usize);
            Some((self.pass.key(depth, row, self.profiles, &self.profiles.kinds)?, record))
        };
        let mut keys: Vec<(u64, u32)> = records.filter_map(key).collect();
        keys.sort_unstable();
        keys
    }

    fn all(&self) -> std::ops::Range<u32> {
        0..self.rows.len() as u32
    }

    fn deepest(&self) -> usize {
        self.pass.refine.len()
    }
}

/// Stretches of equal keys.
fn groups(keys: &[(u64, u32)]) -> impl Iterator<Item = &[(u64, u32)]> {
    keys.chunk_by(|one, other| one.0 == other.0)
}

/// For every record of a list the records it is to be compared with, pass by pass.
///
/// A block is a stretch of record numbers whose last one is marked; a record knows where its own
/// walk through its block begins. Nothing is looked up while pairs are compared.
pub struct Blocks {
    passes: Vec<PassBlocks>,
}

#[derive(Default)]
struct PassBlocks {
    /// The records of all blocks, block by block.
    members: Vec<Member>,
    /// By record of the asking list: its first candidate among `members`, or [`NOWHERE`].
    first: Vec<u32>,
    /// Pairs left out because a block could not be split far enough.
    cut: u64,
}

/// A record number in 31 bits and whether it is the last of its block.
#[derive(Clone, Copy)]
struct Member(u32);

const LAST: u32 = 1 << 31;
const NOWHERE: u32 = u32::MAX;

impl Member {
    fn record(self) -> u32 {
        self.0 & !LAST
    }

    fn is_last(self) -> bool {
        self.0 & LAST != 0
    }
}

impl PassBlocks {
    /// Blocks of at most `limit` records where the pass's keys can split them; of a block that
    /// cannot be split the first `limit` are compared.
    fn within(list: &Keyed<'_>, limit: usize) -> Self {
        let mut blocks = Self { first: vec![NOWHERE; list.rows.len()], ..Self::default() };
        let mut too_large = list.sorted(0, list.all());
        for depth in 0..=list.deepest() {
            let keys = std::mem::take(&mut too_large);
            for block in groups(&keys).filter(|block| block.len() > 1) {
                if block.len() > limit && depth < list.deepest() {
                    too_large.extend_from_slice(block);
                    continue;
                }
                let kept = &block[..block.len().min(limit)];
                blocks.cut += (block.len() * (block.len() - kept.len())) as u64;
                // Each pair once: a record meets those behind it.
                let start = blocks.push(kept);
                for (at, (_, record)) in kept[..kept.len() - 1].iter().enumerate() {
                    blocks.first[*record as usize] = start + at as u32 + 1;
                }
            }
            if too_large.is_empty() {
                break;
            }
            too_large = list.sorted(depth + 1, too_large.iter().map(|(_, record)| *record));
        }
        blocks
    }

    /// The same for two lists: what counts is how many of the other list share the keys.
    fn between(list: &Keyed<'_>, other: &Keyed<'_>, limit: usize) -> Self {
        let mut blocks = Self { first: vec![NOWHERE; list.rows.len()], ..Self::default() };
        let mut asking = list.sorted(0, list.all());
        let mut members = other.sorted(0, other.all());
        for depth in 0..=list.deepest() {
            let (mut still_asking, mut too_large) = (Vec::new(), Vec::new());
            let mut theirs = groups(&members).peekable();
            for ours in groups(&asking) {
                let key = ours[0].0;
                while theirs.next_if(|block| block[0].0 < key).is_some() {}
                let Some(block) = theirs.next_if(|block| block[0].0 == key) else { continue };
                if block.len() > limit && depth < list.deepest() {
                    still_asking.extend(ours.iter().map(|(_, record)| *record));
                    too_large.extend(block.iter().map(|(_, record)| *record));
                    continue;
                }
                let kept = &block[..block.len().min(limit)];
                blocks.cut += (ours.len() * (block.len() - kept.len())) as u64;
                let start = blocks.push(kept);
                for (_, record) in ours {
                    blocks.first[*record as usize] = start;
                }
            }
            drop(theirs);
            if too_large.is_empty() {
                break;
            }
            asking = list.sorted(depth + 1, still_asking.into_iter());
            members = other.sorted(depth + 1, too_large.into_iter());
        }
        blocks
    }

    /// Appends a block; returns where it begins.
    fn push(&mut self, block: &[(u64, u32)]) -> u32 {
        let start = u32::try_from(self.members.len()).expect("fewer than 2^32 records on one side");
        self.members.extend(block.iter().map(|(_, record)| Member(*record)));
        if let Some(last) = self.members.last_mut() {
            last.0 |= LAST;
        }
        start
    }

    /// The candidates of a record.
    fn of(&self, record: u32) -> impl Iterator<Item = u32> {
        let first = self.first[record as usize] as usize;
        let mut members = self.members.get(first..).unwrap_or_default().iter();
        let mut ended = false;
        std::iter::from_fn(move || {
            let member = members.next().filter(|_| !ended)?;
            ended = member.is_last();
            Some(member.record())
        })
    }
}

/// A record that shares at least one block, with the passes that found it (a set of bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The record on the other side.
    pub record: u32,
    pub passes: u32,
}

impl Blocks {
    /// So many records, numbered from 0, none of which shares a block with anybody in any of so many passes.
    pub fn none(passes: usize, records: usize) -> Self {
        let none = || PassBlocks { first: vec![NOWHERE; records], ..PassBlocks::default() };
        Self { passes: (0..passes).map(|_| none()).collect() }
    }

    /// The block of a record in one pass, found elsewhere, and how many were left out of it.
    pub fn put(&mut self, pass: usize, record: u32, block: impl Iterator<Item = u32>, left_out: u64) {
        let blocks = &mut self.passes[pass];
        blocks.cut += left_out;
        let block: Vec<(u64, u32)> = block.map(|other| (0, other)).collect();
        if !block.is_empty() {
            blocks.first[record as usize] = blocks.push(&block);
        }
    }

    /// Pairs left out because a block could not be split far enough.
    pub fn cut(&self) -> u64 {
        self.passes.iter().map(|pass| pass.cut).sum()
    }

    /// Looks at where the walks of a record begin, all at once, so that they are at hand when it is
    /// its turn: one after the other each would be waited for.
    pub fn look_ahead(&self, record: u32) {
        let begins = self.passes.iter().map(|pass| {
            let first = pass.first.get(record as usize).copied().unwrap_or(NOWHERE);
            pass.members.get(first as usize).map_or(0, |member| member.0)
        });
        std::hint::black_box(begins.fold(0, u32::wrapping_add));
    }

    /// Everything that shares a block with a record, each once, by record; `keep` chooses. Within
    /// one list only what stands behind it.
    pub fn candidates(&self, record: u32, keep: impl Fn(u32) -> bool, found: &mut Vec<Candidate>) {
        found.clear();
        for (at, pass) in self.passes.iter().enumerate() {
            let passes = 1_u32 << at;
            found.extend(
                pass.of(record).filter(|other| keep(*other)).map(|record| Candidate { record, passes }),
            );
        }
        found.sort_unstable();
        found.dedup_by(|later, first| {
            let same = later.record == first.record;
            if same {
                first.passes |= later.passes;
            }
            same
        });
    }
}
