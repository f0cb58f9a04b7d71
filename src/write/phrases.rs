//! The sentences that stand in nearly every row, looked up and cut at their places once.

use std::{borrow::Cow, sync::OnceLock};

use super::words::{Words, capitalised};
use crate::{
    choose::{ChosenChange, Why},
    matching::LinkStatus,
    record::{FieldKind, Finding, FindingCode, Record},
};

/// A sentence with a place for one value.
#[derive(Debug)]
pub(super) struct Phrase {
    /// What stands between the places.
    parts: Vec<String>,
}

impl Phrase {
    fn of(sentence: &str, place: &str) -> Self {
        Self { parts: sentence.split(place).map(str::to_owned).collect() }
    }

    /// Appends the sentence with the value in its place.
    pub fn fill(&self, value: &str, to: &mut String) {
        for (nth, part) in self.parts.iter().enumerate() {
            if nth > 0 {
                to.push_str(value);
            }
            to.push_str(part);
        }
    }
}

/// The sentences of the lists of children in the reader's language.
pub(super) struct Phrases<'a> {
    words: Words<'a>,
    /// "Họ và tên: {why}", by field.
    fields: Vec<Phrase>,
    duplicate: Phrase,
    /// "Gộp với: {records}".
    pub merged: Phrase,
    /// "Cha: {name}", "Mẹ: {name}", "Người giám hộ: {name}".
    pub parents: [Phrase; 3],
    links: Vec<&'a str>,
    /// By code and field; made when they are first needed.
    findings: Vec<OnceLock<String>>,
}

/// A finding may concern any field, or none.
const FIELDS: usize = FieldKind::ALL.len() + 1;

impl<'a> Phrases<'a> {
    pub fn of(words: Words<'a>) -> Self {
        let field = |kind: &FieldKind| {
            let sentence = words.get("why", "change").replace("{field}", &capitalised(words.field(*kind)));
            Phrase::of(&sentence, "{why}")
        };
        Self {
            words,
            fields: FieldKind::ALL.iter().map(field).collect(),
            duplicate: Phrase::of(words.get("why", "duplicate"), "{record}"),
            merged: Phrase::of(words.get("sheets", "merged"), "{records}"),
            parents: ["father", "mother", "guardian"]
                .map(|who| Phrase::of(words.get("sheets", who), "{name}")),
            links: LinkStatus::ALL.iter().map(|status| words.link(*status)).collect(),
            findings: std::iter::repeat_with(OnceLock::new).take(FindingCode::ALL.len() * FIELDS).collect(),
        }
    }

    /// How a child stands to the register.
    pub fn link(&self, status: LinkStatus) -> &'a str {
        self.links[status as usize]
    }

    /// The sentence of a finding.
    pub fn finding(&self, finding: &Finding) -> Cow<'_, str> {
        if finding.detail.is_some() {
            return Cow::Owned(self.words.finding(finding));
        }
        let field = finding.field.map_or(0, |field| field as usize + 1);
        let sentence = &self.findings[finding.code as usize * FIELDS + field];
        Cow::Borrowed(sentence.get_or_init(|| self.words.finding(finding)))
    }

    /// Appends a field with what is said of it: "Họ và tên: Nguyễn Văn Ấn".
    pub fn field(&self, field: FieldKind, said: &str, to: &mut String) {
        self.fields[field as usize].fill(said, to);
    }

    /// Appends one change: "Họ và tên: viết hoa đúng quy cách".
    pub fn change(&self, change: &ChosenChange<'_>, records: &[Record], to: &mut String) {
        let why = match change.why {
            Why::Register => Cow::Borrowed(self.words.get("why", "register")),
            Why::Duplicate(record) => {
                let mut why = String::new();
                self.duplicate.fill(&records[record.usize()].record_id, &mut why);
                Cow::Owned(why)
            }
            Why::Cleaned(changes) if changes.is_empty() => Cow::Borrowed(self.words.get("why", "cleaned")),
            Why::Cleaned(changes) => {
                let mut texts = changes.iter().map(|change| self.words.change(change));
                match (texts.next(), texts.next()) {
                    (Some(only), None) => Cow::Borrowed(only),
                    _ => {
                        let texts = changes.iter().map(|change| self.words.change(change));
                        Cow::Owned(texts.collect::<Vec<_>>().join(", "))
                    }
                }
            }
        };
        self.field(change.field, &why, to);
    }
}

#[cfg(test)]
mod tests {
    use super::Phrase;

    #[test]
    fn a_value_stands_in_every_place() {
        let filled = |sentence: &str| {
            let mut text = "> ".to_owned();
            Phrase::of(sentence, "{x}").fill("1", &mut text);
            text
        };
        assert_eq!(filled("{x} of {x}."), "> 1 of 1.");
        assert_eq!(filled("none"), "> none");
    }
}
