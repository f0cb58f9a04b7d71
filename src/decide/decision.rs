//! One answer of a person, and its line in `decisions.jsonl`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PairKind;
use crate::record::FieldKind;

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Same child, or this person.
    Yes,
    /// Two children, or none of this.
    No,
    /// Looked at and left open.
    Unsure,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unsure];

    /// As it is written in `decisions.jsonl`.
    pub fn word(self, kind: PairKind) -> &'static str {
        match (self, kind) {
            (Self::Yes, PairKind::Duplicate) => "same",
            (Self::No, PairKind::Duplicate) => "different",
            (Self::Yes, PairKind::Identity) => "this",
            (Self::No, PairKind::Identity) => "none",
            (Self::Unsure, _) => "unsure",
        }
    }

    /// Reads that word back.
    pub fn read(word: &str, kind: PairKind) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.word(kind) == word)
    }
}

/// One side of a pair as it was when somebody looked at it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// A record's identifier or a person's number.
    pub id: String,
    /// [`super::fingerprint`] of what was shown.
    pub fingerprint: String,
}

/// For "same child": which record's value stands, field by field.
pub type Keep = BTreeMap<FieldKind, String>;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The pair.
    pub pair_id: String,
    /// What was asked.
    pub kind: PairKind,
    /// The record of the list.
    pub record: Side,
    /// The other record, or the person.
    pub other: Side,
    /// What was answered.
    pub answer: Answer,
    /// The values to keep, by the identifier of the record that has them.
    pub keep: Keep,
    /// Given in a second reading, to measure agreement: never applied.
    pub second_reading: bool,
}

/// One line of `decisions.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names the line, for the undo.
    pub id: String,
    /// When it was written.
    pub time: Timestamp,
    /// Who decided, as they call themselves.
    pub who: String,
    /// What it says.
    pub act: Act,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An answer.
    Decide(Box<Decision>),
    /// The answer of an earlier line no longer counts.
    Undo(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    time: Timestamp,
    who: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pair_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<PairKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    keep: Keep,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    second_reading: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
}

impl Entry {
    /// The line, with its line break.
    pub fn to_line(&self) -> String {
        let mut line = Line {
            id: self.id.clone(),
            time: self.time,
            who: self.who.clone(),
            pair_id: None,
            kind: None,
            record_id: None,
            other: None,
            record_fingerprint: None,
            other_fingerprint: None,
            answer: None,
            keep: Keep::new(),
            second_reading: false,
            undoes: None,
        };
        match &self.act {
            Act::Undo(earlier) => line.undoes = Some(earlier.clone()),
            Act::Decide(decision) => {
                let Decision { record, other, kind, .. } = decision.as_ref();
                line.pair_id = Some(decision.pair_id.clone());
                line.kind = Some(*kind);
                line.record_id = Some(record.id.clone());
                line.other = Some(other.id.clone());
                line.record_fingerprint = Some(record.fingerprint.clone());
                line.other_fingerprint = Some(other.fingerprint.clone());
                line.answer = Some(decision.answer.word(*kind).to_owned());
                line.keep = decision.keep.clone();
                line.second_reading = decision.second_reading;
            }
        }
        let mut text = serde_json::to_string(&line).expect("a line is plain JSON");
        text.push('\n');
        text
    }

    /// Reads a line; the error says in English what is wrong with it (a name of a key, never a
    /// value).
    pub fn from_line(text: &str) -> Result<Self, &'static str> {
        let line: Line = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => "the line breaks off",
            serde_json::error::Category::Data => "a key is missing, unknown or of the wrong kind",
            _ => "not JSON",
        })?;
        let act = match line.undoes {
            Some(earlier) => Act::Undo(earlier),
            None => {
                let kind = line.kind.ok_or("kind is missing")?;
                let word = line.answer.ok_or("answer is missing")?;
                Act::Decide(Box::new(Decision {
                    pair_id: line.pair_id.ok_or("pair_id is missing")?,
                    kind,
                    record: Side {
                        id: line.record_id.ok_or("record_id is missing")?,
                        fingerprint: line.record_fingerprint.ok_or("record_fingerprint is missing")?,
                    },
                    other: Side {
                        id: line.other.ok_or("other is missing")?,
                        fingerprint: line.other_fingerprint.ok_or("other_fingerprint is missing")?,
                    },
                    answer: Answer::read(&word, kind).ok_or("answer is no answer to this kind")?,
                    keep: line.keep,
                    second_reading: line.second_reading,
                }))
            }
        };
        Ok(Self { id: line.id, time: line.time, who: line.who, act })
    }

    /// The answer, where the line is one.
    pub fn decision(&self) -> Option<&Decision> {
        match &self.act {
            Act::Decide(decision) => Some(decision),
            Act::Undo(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn side() -> impl Strategy<Value = Side> {
        ("\\PC{1,12}", "[0-9a-f]{16}").prop_map(|(id, fingerprint)| Side { id, fingerprint })
    }

    fn entry() -> impl Strategy<Value = Entry> {
        let kind = prop_oneof![Just(PairKind::Duplicate), Just(PairKind::Identity)];
        let field = prop::sample::select(FieldKind::ALL);
        let keep = prop::collection::btree_map(field, "\\PC{1,8}", 0..4);
        let answer = prop::sample::select(Answer::ALL.as_slice());
        let decision = (kind, side(), side(), answer, keep, any::<bool>()).prop_map(
            |(kind, record, other, answer, keep, second_reading)| {
                let pair_id = "D-X".to_owned();
                let decision = Decision { pair_id, kind, record, other, answer, keep, second_reading };
                Act::Decide(Box::new(decision))
            },
        );
        let act = prop_oneof![decision, "[a-z0-9]{1,20}".prop_map(Act::Undo)];
        ("[a-z0-9]{1,20}", 0_i64..4_000_000_000, "\\PC{0,20}", act).prop_map(|(id, second, who, act)| Entry {
            id,
            time: Timestamp::from_second(second).unwrap(),
            who,
            act,
        })
    }

    proptest! {
        #[test]
        fn a_line_says_what_was_written(entry in entry()) {
            let line = entry.to_line();
            prop_assert_eq!(line.matches('\n').count(), 1);
            prop_assert_eq!(Entry::from_line(line.trim_end()), Ok(entry));
        }

        #[test]
        fn no_text_is_a_fault_of_the_program(text in "\\PC*") {
            let _ = Entry::from_line(&text);
        }

        #[test]
        fn a_line_that_was_cut_off_is_no_entry(entry in entry(), share in 0.0_f64..1.0) {
            let line = entry.to_line();
            let line = line.trim_end();
            let end = (0..line.len()).rev().find(|at| *at as f64 <= line.len() as f64 * share && line.is_char_boundary(*at));
            prop_assert!(Entry::from_line(&line[..end.unwrap_or(0)]).is_err());
        }
    }
}
