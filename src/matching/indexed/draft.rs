//! Rows of a stretch of the register before the index has numbered their words: made side by side,
//! put together in order.

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

/// Makes drafts; one a thread.
pub struct Drafter<'a> {
    builder: Builder<'a>,
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

impl<'a> Drafter<'a> {
    pub(super) fn new(specs: &'a FieldSpecs, rules: &'a Rules) -> Self {
        Self { builder: Builder::new(specs, rules) }
    }

    /// The rows of some records.
    pub fn draft<'r>(
        &mut self,
        records: impl Iterator<Item = &'r Record>,
        extras: &ExtraColumns<'_>,
    ) -> Draft {
        let (builder, mut slots) = (&mut self.builder, Vec::new());
        let records: Vec<&Record> = records.collect();
        let peoples = builder.rows_of(&records, extras, &mut slots);
        let peoples = peoples.into_iter().map(|people| people.map(String::into_boxed_str));
        let persons = records.iter().map(|record| Facts::of(record)).zip(peoples).collect();
        let lexicon = std::mem::take(&mut builder.lexicon);
        Draft {
            slots,
            persons,
            arena: std::mem::take(&mut builder.arena),
            texts: builder.take_texts(),
            words: keys(&lexicon),
        }
    }
}

/// The spelling keys of all words, in their order.
pub fn keys(lexicon: &Lexicon) -> Vec<Box<str>> {
    (0..lexicon.len()).map(|ix| lexicon.form(WordIx(ix as u32)).key.clone()).collect()
}
