//! Which pairs are compared at all: those that agree on all keys of at least one pass. A block
//! that is too large is split by the pass's further keys, never dropped silently.

use super::{
    lexicon::{Lexicon, WordIx, mix, stable_hash},
    profile::{FieldSpecs, Profiles, Rows, SlotKind},
    slot::{DateSlot, MISSING, NameSlot, Slot},
};
use crate::rules::{BlockingRules, ComparatorKind};
use rayon::prelude::*;

/// One key: a form of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    slot: usize,
    form: Form,
}

/// What of a field's value must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The value (a name without diacritics, a whole date).
    Whole,
    /// A name's words without diacritics, in any order.
    Words,
    /// The given name without diacritics.
    Given,
    /// How the given name sounds.
    GivenSound,
    /// The surname without diacritics.
    Surname,
    /// The last middle word without diacritics.
    Middle,
    /// Year, and day and month in either order.
    DayMonth,
    /// Day and month in either order, of any year.
    AnyYear,
    /// The year.
    Year,
}

/// A key of the rules that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "blocking key {0:?}: expected FIELD:FORM, with a form of whole, words, given, given_sound, surname, \
     middle, day_month, any_year, year"
)]
pub struct UnknownKey(pub String);

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
    limit: usize,
}

impl Blocking {
    /// Compiles the passes, adding the fields they need.
    pub fn new(rules: &BlockingRules, specs: &mut FieldSpecs) -> Result<Self, UnknownKey> {
        let mut compile = |keys: &[toml::Spanned<String>]| {
            keys.iter().map(|key| Key::parse(key.get_ref(), specs)).collect::<Result<Vec<_>, _>>()
        };
        let passes = rules
            .pass
            .iter()
            .map(|pass| Ok(Pass { keys: compile(&pass.keys)?, refine: compile(&pass.refine)? }))
            .collect::<Result<Vec<_>, UnknownKey>>()?;
        Ok(Self { passes, limit: rules.limit })
    }

    /// The passes, as a set of bits, whose first keys say nothing of a comparison on this slot:
    /// only pairs found by one of them show honestly how often it agrees.
    pub fn passes_without(&self, slot: usize, comparator: ComparatorKind) -> u32 {
        let of_another_part = |form: Form| {
            matches!(
                (form, comparator),
                (Form::Given | Form::GivenSound, ComparatorKind::Surname | ComparatorKind::MiddleName)
                    | (Form::Surname, ComparatorKind::GivenName | ComparatorKind::MiddleName)
                    | (Form::Middle, ComparatorKind::GivenName | ComparatorKind::Surname)
            )
        };
        let touches = |key: &Key| key.slot == slot && !of_another_part(key.form);
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

impl Key {
    fn parse(text: &str, specs: &mut FieldSpecs) -> Result<Self, UnknownKey> {
        let unknown = || UnknownKey(text.to_owned());
        let (field, form) = text.rsplit_once(':').ok_or_else(unknown)?;
        let form = match form {
            "whole" => Form::Whole,
            "words" => Form::Words,
            "given" => Form::Given,
            "given_sound" => Form::GivenSound,
            "surname" => Form::Surname,
            "middle" => Form::Middle,
            "day_month" => Form::DayMonth,
            "any_year" => Form::AnyYear,
            "year" => Form::Year,
            _ => return Err(unknown()),
        };
        let kind = match field {
            _ if field.ends_with("_name") && field != "other_name" => SlotKind::Name,
            _ if field.starts_with("birth_date") => SlotKind::Date,
            "personal_id" | "father_id" | "mother_id" | "guardian_id" | "phone" => SlotKind::Number,
            _ => SlotKind::Code,
        };
        Ok(Self { slot: specs.position(field, kind), form })
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
            SlotKind::Text => Some(stable_hash(profiles.texts[slot as usize].as_bytes())),
            SlotKind::Number | SlotKind::Code => Some(mix(slot)),
        }
    }
}

fn name_key(name: NameSlot, form: Form, lexicon: &Lexicon, arena: &[WordIx]) -> Option<u64> {
    let plain = |word: &WordIx| lexicon.form(*word).plain_hash;
    let join = |words: &[WordIx]| words.iter().fold(1_u64, |key, word| mix(key ^ plain(word)));
    let [surname, middle, given] = name.parts(arena);
    let part = |words: &[WordIx]| (!words.is_empty()).then(|| join(words));
    match form {
        Form::Words => Some(mix(name.words(arena).iter().map(plain).fold(0, u64::wrapping_add))),
        Form::Given => part(given),
        Form::GivenSound => given.last().map(|word| lexicon.form(*word).sound),
        Form::Surname => part(surname),
        Form::Middle => middle.last().map(plain),
        _ => Some(join(name.words(arena))),
    }
}

fn date_key(date: DateSlot, form: Form) -> Option<u64> {
    let (year, month, day) = date.parts();
    match form {
        Form::Year => Some(mix(u64::from(year))),
        _ if !date.is_whole() => None,
        Form::DayMonth => {
            Some(mix(u64::from(year) << 16 | u64::from(month.min(day)) << 8 | u64::from(month.max(day))))
        }
        Form::AnyYear => Some(mix(u64::from(month.min(day)) << 8 | u64::from(month.max(day)) | 1 << 60)),
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
        found.sort_unstable();
        found.dedup_by(|later, first| {
            let same = later.record == first.record;
            if same {
                first.passes |= later.passes;
            }
            same
        });
        cut
    }
}
