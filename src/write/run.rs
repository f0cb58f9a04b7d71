//! What every writer of one run needs to know.

use super::{letterhead::Letterhead, words::Words};
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
    pub letterhead: Letterhead<'a>,
    pub clusters: Clusters,
    order: VietnameseOrder,
}

impl<'a> Run<'a> {
    pub fn new(outcome: &'a Outcome, rules: &'a Rules) -> Self {
        let words = Words::new(rules, outcome.language);
        Self {
            outcome,
            rules,
            words,
            letterhead: Letterhead::of(outcome, &rules.forms.title, words),
            clusters: Clusters::of(&outcome.linkage.decisions),
            order: VietnameseOrder::default(),
        }
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

    /// Appends a key that sorts as a Vietnamese reader expects, numbers by their value.
    pub fn sort_key(&self, text: &str, key: &mut Vec<u8>) {
        self.order.write_key(text, key);
    }

    /// The order of a printed list: by thôn/TDP, then by given name, surname and middle name, as
    /// Vietnamese lists are.
    pub fn list_key(&self, child: &Child<'_>) -> Vec<u8> {
        let mut key = Vec::with_capacity(96);
        // Unknown thôn/TDP last.
        match child.hamlet.get() {
            Some(hamlet) => {
                key.push(1);
                self.sort_key(hamlet, &mut key);
            }
            None => key.push(2),
        }
        if let Some(name) = child.name.get() {
            for word in name.given().chain(name.surname()).chain(name.middle()) {
                self.sort_key(word, &mut key);
            }
        }
        key
    }
}
