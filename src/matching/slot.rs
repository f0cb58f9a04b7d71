//! The compact form in which fields are compared: one 64-bit slot a field, so that a record is a
//! short row of integers and a comparison touches one or two cache lines.

use super::lexicon::WordIx;
use crate::record::{PartialDate, PersonName};

/// A field's value in 64 bits; what the bits mean depends on the comparator.
pub type Slot = u64;

/// The slot of a missing value.
pub const MISSING: Slot = u64::MAX;

/// A name as a stretch of the word arena: surname, middle words, given name, in this order whatever
/// the written order. 32 bits start, 8 bits each number of words, surname words and given words,
/// 8 bits flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameSlot(u64);

const PATTERN: u64 = 1;
const BARE: u64 = 2;
const NICKNAME: u64 = 4;

/// What a name tells of one of its words.
#[derive(Debug, Clone, Copy)]
pub struct StoredWord {
    /// Its number.
    pub word: WordIx,
    /// It has no diacritics.
    pub bare: bool,
    /// It is a name used at home.
    pub nickname: bool,
}

impl NameSlot {
    /// Appends a name's words to the arena. `None` when the arena is full (2^32 words).
    pub fn store(
        name: &PersonName,
        arena: &mut Vec<WordIx>,
        mut word: impl FnMut(&str) -> StoredWord,
    ) -> Option<Self> {
        let start = u64::from(u32::try_from(arena.len()).ok().filter(|start| *start < u32::MAX)?);
        let (mut bare, mut nickname) = (true, true);
        let mut counts = [0_u64; 3];
        let mut push = |arena: &mut Vec<WordIx>, part: usize, text: &str| {
            let stored = word(text);
            bare &= stored.bare;
            nickname &= stored.nickname || part == 0;
            counts[part] += 1;
            arena.push(stored.word);
        };
        name.surname().for_each(|text| push(arena, 0, text));
        name.middle().for_each(|text| push(arena, 1, text));
        name.given().for_each(|text| push(arena, 2, text));
        let words = counts.iter().sum::<u64>();
        let flag = |set: bool, flag: u64| if set { flag } else { 0 };
        let flags = flag(name.is_pattern(), PATTERN) | flag(bare, BARE) | flag(nickname, NICKNAME);
        Some(Self(start << 32 | words << 24 | counts[0] << 16 | counts[2] << 8 | flags))
    }

    /// The same name with some words parted in two (grown together when it was typed). `None`
    /// where no word is, or the arena is full.
    pub fn parted(
        self,
        arena: &mut Vec<WordIx>,
        parts: impl Fn(WordIx) -> Option<(WordIx, WordIx)>,
    ) -> Option<Self> {
        let words = self.words(arena).to_vec();
        if !words.iter().any(|word| parts(*word).is_some()) {
            return None;
        }
        let (surname, given) = ((self.0 >> 16 & 0xff) as usize, (self.0 >> 8 & 0xff) as usize);
        let start = u64::from(u32::try_from(arena.len()).ok().filter(|start| *start < u32::MAX)?);
        for word in &words {
            match parts(*word) {
                Some((first, second)) => arena.extend([first, second]),
                None => arena.push(*word),
            }
        }
        // A surname or given name of one word stays one word: what grew on to it belongs between.
        // A name that is one word was a surname too, when it was whole.
        let count = (arena.len() as u64 - start).min(0xff);
        let surname = if surname == 0 && words.len() == 1 && count > 1 { 1 } else { surname as u64 };
        let given = (given as u64).min(count - surname);
        Some(Self(start << 32 | count << 24 | surname << 16 | given << 8 | self.0 & 0xff))
    }

    /// The name behind a slot that is not [`MISSING`].
    pub fn from_slot(slot: Slot) -> Self {
        Self(slot)
    }

    /// As a slot.
    pub fn slot(self) -> Slot {
        self.0
    }

    /// Surname words, given words and flags, for files.
    pub fn shape(self) -> [u8; 3] {
        [(self.0 >> 16) as u8, (self.0 >> 8) as u8, self.0 as u8]
    }

    /// A name of that shape with its words from a place of the arena on; `None` where it has fewer
    /// words than parts.
    pub fn from_shape(start: u32, words: u8, [surname, given, flags]: [u8; 3]) -> Option<Self> {
        let counts = u64::from(words) << 24 | u64::from(surname) << 16 | u64::from(given) << 8;
        let fits = u16::from(surname) + u16::from(given) <= u16::from(words);
        fits.then_some(Self(u64::from(start) << 32 | counts | u64::from(flags)))
    }

    /// The same name in an arena to which another was added behind `before` words.
    pub fn moved(self, before: u32) -> Self {
        Self(self.0 + (u64::from(before) << 32))
    }

    /// All words.
    pub fn words(self, arena: &[WordIx]) -> &[WordIx] {
        let start = (self.0 >> 32) as usize;
        &arena[start..start + (self.0 >> 24 & 0xff) as usize]
    }

    /// Surname, middle words, given name.
    pub fn parts(self, arena: &[WordIx]) -> [&[WordIx]; 3] {
        let words = self.words(arena);
        let (surname, rest) = words.split_at((self.0 >> 16 & 0xff) as usize);
        let (middle, given) = rest.split_at(rest.len() - (self.0 >> 8 & 0xff) as usize);
        [surname, middle, given]
    }

    /// A word of it is an initial or an abbreviation.
    pub fn is_pattern(self) -> bool {
        self.0 & PATTERN != 0
    }

    /// Apart from the surname it holds names used at home only.
    pub fn is_nickname(self) -> bool {
        self.0 & NICKNAME != 0
    }

    /// No word of it has a diacritic: typed without, or a name that needs none.
    pub fn is_bare(self) -> bool {
        self.0 & BARE != 0
    }
}

/// A date: year, month (0 unknown), day (0 unknown) in one byte each, year in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateSlot(u64);

impl DateSlot {
    /// Packs a date.
    pub fn new(date: PartialDate) -> Self {
        let part = |part: Option<i8>| u64::from(part.unwrap_or(0).unsigned_abs());
        Self(u64::from(date.year().unsigned_abs()) << 16 | part(date.month()) << 8 | part(date.day()))
    }

    /// The date behind a slot that is not [`MISSING`].
    pub fn from_slot(slot: Slot) -> Self {
        Self(slot)
    }

    /// As a slot.
    pub fn slot(self) -> Slot {
        self.0
    }

    /// Year, month or 0, day or 0.
    pub fn parts(self) -> (u32, u32, u32) {
        ((self.0 >> 16) as u32, (self.0 >> 8 & 0xff) as u32, (self.0 & 0xff) as u32)
    }

    /// Day, month and year are known.
    pub fn is_whole(self) -> bool {
        let (_, month, day) = self.parts();
        month != 0 && day != 0
    }
}
