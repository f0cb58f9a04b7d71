//! Which items are walked through: part of every address, so that two windows can walk through
//! different ones.

use std::collections::BTreeMap;

use super::super::{
    open_run::{OpenRun, Snapshot},
    queue::{Band, Item},
    standing::ItemState,
};
use crate::decide::PairKind;

/// What is asked for; empty for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// `duplicate` or `identity`.
    pub kind: String,
    /// Thôn/TDP.
    pub hamlet: String,
    /// A band of probability.
    pub band: String,
    /// A finding's code.
    pub finding: String,
    /// How the item stands.
    pub state: String,
    /// Words to search.
    pub q: String,
    /// Page of the list, from 1.
    pub page: usize,
}

impl Filter {
    /// From an address or a form.
    pub fn read(values: &BTreeMap<String, String>) -> Self {
        let get = |key: &str| values.get(key).cloned().unwrap_or_default();
        Self {
            kind: get("kind"),
            hamlet: get("hamlet"),
            band: get("band"),
            finding: get("finding"),
            state: get("state"),
            q: get("q"),
            page: get("page").parse().unwrap_or(1),
        }
    }

    /// From the part of an address behind the question mark.
    pub fn from_query(query: &str) -> Self {
        Self::read(&form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// As the part of an address behind the question mark.
    pub fn to_query(&self) -> String {
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let values = [
            ("kind", &self.kind),
            ("hamlet", &self.hamlet),
            ("band", &self.band),
            ("finding", &self.finding),
            ("state", &self.state),
            ("q", &self.q),
            ("page", &page),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(values.into_iter().filter(|(_, value)| !value.is_empty()));
        query.finish()
    }

    /// Whether an item is asked for, however it stands. A second reading looks only at what the
    /// first has answered.
    pub fn holds(&self, item: &Item, run: &OpenRun, now: &Snapshot, second: bool) -> bool {
        let is = |wanted: &str, have: &str| wanted.is_empty() || wanted == have;
        let kind = match item.kind {
            PairKind::Identity => "identity",
            PairKind::Duplicate => "duplicate",
        };
        is(&self.kind, kind)
            && is(&self.band, Band::of(item.probability).as_str())
            && (self.hamlet.is_empty() || item.hamlets.contains(&self.hamlet))
            && (self.finding.is_empty() || item.findings.contains(&self.finding))
            && item.holds(&self.q)
            && (!second || now.standings.state(item, &run.folder, false) >= ItemState::Unsure)
    }

    /// The same, with how it stands.
    pub fn matches(&self, item: &Item, run: &OpenRun, now: &Snapshot, second: bool) -> bool {
        self.holds(item, run, now, second)
            && (self.state.is_empty()
                || now.standings.state(item, &run.folder, second).as_str() == self.state)
    }

    /// Whether an item is still to be answered; with a state asked for, whether it has that state.
    pub fn waits(&self, item: &Item, run: &OpenRun, now: &Snapshot, second: bool) -> bool {
        self.matches(item, run, now, second)
            && (!self.state.is_empty() || now.standings.state(item, &run.folder, second) < ItemState::Unsure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_address() {
        let filter = Filter {
            kind: "identity".into(),
            hamlet: "Tổ dân phố 5 & 6".into(),
            q: "nguyễn #1?".into(),
            page: 3,
            ..Filter::default()
        };
        assert_eq!(Filter::from_query(&filter.to_query()), filter);
        assert_eq!(Filter::from_query("").to_query(), "");
    }
}
