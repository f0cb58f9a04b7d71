//! What every writer of one run needs to know.

use super::{letterhead::Letterhead, phrases::Phrases, roster::Roster, words::Words};
use crate::{
    choose::{Child, Clusters, choose_child},
    outcome::Outcome,
    record::{Record, RecordIx},
    rules::{FormLimits, Rules},
    text::order::VietnameseOrder,
};

/// A run being written.
pub(super) struct Run<'a> {
    pub outcome: &'a Outcome,
    pub rules: &'a Rules,
    pub words: Words<'a>,
    pub phrases: Phrases<'a>,
    pub letterhead: Letterhead<'a>,
    pub clusters: Clusters,
    pub roster: Roster,
    pub order: VietnameseOrder,
}

impl<'a> Run<'a> {
    pub fn new(outcome: &'a Outcome, rules: &'a Rules) -> Self {
        let words = Words::new(rules, outcome.language);
        let mut run = Self {
            outcome,
            rules,
            words,
            phrases: Phrases::of(words),
            letterhead: Letterhead::of(outcome, &rules.forms.title, words),
            clusters: Clusters::of(&outcome.linkage.decisions),
            roster: Roster::default(),
            order: VietnameseOrder::default(),
        };
        run.roster = Roster::of(&run);
        run
    }

    /// One record of the list.
    pub fn record(&self, record: RecordIx) -> &'a Record {
        &self.outcome.children.records[record.usize()]
    }

    /// One child, by its place among [`Self::clusters`]; chosen anew each time, which costs less
    /// than keeping all.
    pub fn child(&self, cluster: usize) -> Child<'_> {
        choose_child(self.outcome, self.clusters.records(cluster))
    }

    /// The sizes at which lists change their form.
    pub fn limits(&self) -> FormLimits {
        self.rules.forms.title.limits
    }

    /// Whether the lists of children are workbooks, or CSV because there are too many.
    pub fn children_fit_workbooks(&self) -> bool {
        self.clusters.len() <= self.limits().workbook_children
    }
}
