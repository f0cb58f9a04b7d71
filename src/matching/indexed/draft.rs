//! Rows of a stretch of the register before the index has numbered their words: made side by side,
//! put together in order.

use std::sync::{Mutex, PoisonError};

use crate::{
    matching::{
        builder::Builder,
        extra::ExtraColumns,
        lexicon::{Lexicon, WordIx},
        persons::Facts,
        profile::FieldSpecs,
        slot::Slot,
    },
    record::Record,
    rules::Rules,
};

/// Lends drafters to whoever makes drafts: the words one has met it need not learn again.
pub struct Drafters<'a> {
    specs: &'a FieldSpecs,
    rules: &'a Rules,
    idle: Mutex<Vec<Drafter<'a>>>,
}

impl<'a> Drafters<'a> {
    pub(super) fn new(specs: &'a FieldSpecs, rules: &'a Rules) -> Self {
        Self { specs, rules, idle: Mutex::new(Vec::new()) }
    }

    /// The rows of some records.
    pub fn draft<'r>(&self, records: impl Iterator<Item = &'r Record>, extras: &ExtraColumns<'_>) -> Draft {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let lent = idle().pop();
        let new = || Drafter { builder: Builder::new(self.specs, self.rules), numbers: Vec::new() };
        let mut drafter = lent.unwrap_or_else(new);
        let draft = drafter.draft(records, extras);
        idle().push(drafter);
        draft
    }
}

/// Makes drafts.
struct Drafter<'a> {
    builder: Builder<'a>,
    /// By word of the builder its number in the draft at hand.
    numbers: Vec<u32>,
}

/// Rows with words of their own.
pub struct Draft {
    pub(super) slots: Vec<Slot>,
    pub(super) arena: Vec<WordIx>,
    pub(super) texts: Vec<Box<str>>,
    /// Spelling keys of the words, in the order of their first use.
    pub(super) words: Vec<Box<str>>,
    /// What each record says of itself and of its people.
    pub(super) persons: Vec<(Facts, Option<Box<str>>)>,
}

/// Words after which a drafter begins anew.
const MOST_WORDS: usize = 200_000;

impl Drafter<'_> {
    fn draft<'r>(&mut self, records: impl Iterator<Item = &'r Record>, extras: &ExtraColumns<'_>) -> Draft {
        let (builder, mut slots) = (&mut self.builder, Vec::new());
        if builder.lexicon.len() > MOST_WORDS {
            builder.lexicon = Lexicon::default();
        }
        let records: Vec<&Record> = records.collect();
        let peoples = builder.rows_of(&records, extras, &mut slots);
        let peoples = peoples.into_iter().map(|people| people.map(String::into_boxed_str));
        let persons = records.iter().map(|record| Facts::of(record)).zip(peoples).collect();
        let (mut arena, texts) = (std::mem::take(&mut builder.arena), builder.take_texts());
        let words = self.renumber(&mut arena);
        Draft { slots, persons, arena, texts, words }
    }

    /// Numbers the words of a draft by their first use: what other records the drafter has seen must
    /// not show.
    fn renumber(&mut self, arena: &mut [WordIx]) -> Vec<Box<str>> {
        let lexicon = &self.builder.lexicon;
        self.numbers.clear();
        self.numbers.resize(lexicon.len(), u32::MAX);
        let mut words = Vec::new();
        for word in arena {
            let number = &mut self.numbers[word.0 as usize];
            if *number == u32::MAX {
                *number = words.len() as u32;
                words.push(lexicon.form(*word).key.clone());
            }
            word.0 = *number;
        }
        words
    }
}

/// The spelling keys of all words, in their order.
pub fn keys(lexicon: &Lexicon) -> Vec<Box<str>> {
    (0..lexicon.len()).map(|ix| lexicon.form(WordIx(ix as u32)).key.clone()).collect()
}
