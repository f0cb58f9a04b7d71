//! One comparison of the model: its comparator, and what each level is worth under each hypothesis.

use serde::Deserialize;

use super::field::MatchField;
use crate::rules::{RulesError, source::Places};

/// How a comparison looks at its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparatorKind {
    /// The given name within a person's name.
    GivenName,
    /// The middle words.
    MiddleName,
    /// The surname.
    Surname,
    /// A whole name of another person (mother, father).
    Name,
    /// A date.
    Date,
    /// Digits of fixed meaning (numbers, telephone).
    Digits,
    /// A value of a list: equal or not.
    Code,
    /// Free text, by Jaro–Winkler similarity.
    Text,
}

impl ComparatorKind {
    /// Its name in the rules.
    pub fn key(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::MiddleName => "middle_name",
            Self::Surname => "surname",
            Self::Name => "name",
            Self::Date => "date",
            Self::Digits => "digits",
            Self::Code => "code",
            Self::Text => "text",
        }
    }

    /// Whether it can look for a value in another field too (`or_field`).
    pub fn crosses(self) -> bool {
        matches!(self, Self::Name | Self::Text)
    }

    /// The levels the comparator can find, closest first within each group.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::GivenName | Self::MiddleName | Self::Surname => &[
                "whole",
                "equal",
                "slip",
                "confusion",
                "tone",
                "shape",
                "keyboard",
                "reordered",
                "elsewhere",
                "subset",
                "partial",
                "different",
                "bare",
                "bare_slip",
                "bare_subset",
                "bare_different",
                "initial",
                "initial_slip",
                "initial_different",
            ],
            Self::Name => &[
                "equal",
                "one_slip",
                "subset",
                "given_surname",
                "given_only",
                "crossed",
                "different",
                "bare",
                "bare_subset",
                "bare_different",
                "initial",
                "initial_different",
            ],
            Self::Date => &[
                "equal",
                "swapped",
                "default_day",
                "one_digit",
                "year_off",
                "part_off",
                "same_year",
                "different",
                "partial_equal",
                "partial_different",
            ],
            Self::Digits => &["equal", "transposed", "one_off", "different"],
            Self::Code => &["equal", "different"],
            Self::Text => &["equal", "close", "near", "crossed", "different"],
        }
    }
}

/// Whom a comparison tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Children of one family too.
    Person,
    /// Families only: siblings and twins agree as the same child does.
    Family,
    /// Neither: whoever lives there agrees.
    Place,
}

/// One comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonRule {
    /// Its name, in outputs and messages.
    pub name: String,
    /// The field compared.
    pub field: toml::Spanned<MatchField>,
    /// Where the field finds nothing alike: the other record's field that may hold its value.
    pub or_field: Option<toml::Spanned<MatchField>>,
    /// Of a name: a name whose surname this one's usually repeats (a father's the child's). Where it
    /// does, agreeing on the surname is no further evidence.
    pub surname_of: Option<toml::Spanned<MatchField>>,
    /// How.
    pub comparator: ComparatorKind,
    /// For whom it speaks.
    pub evidence: EvidenceKind,
    /// Its levels, closest first within each group.
    pub level: Vec<toml::Spanned<LevelRule>>,
}

/// One level of a comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRule {
    /// One of [`ComparatorKind::levels`].
    pub name: String,
    /// P(level | same person).
    pub m: f64,
    /// P(level | unrelated); left out: from the frequency of the value.
    pub u: Option<f64>,
    /// Number of equally likely wrong values.
    #[serde(default = "one")]
    pub spread: f64,
    /// Of the levels close and near of a text: from which Jaro–Winkler similarity.
    pub similarity: Option<f64>,
    /// P(level | twins).
    pub twin: Option<Relative>,
    /// P(level | siblings).
    pub sibling: Option<Relative>,
    /// P(level | twins, both in the list), where it is another than against the register.
    pub twin_in_list: Option<Relative>,
    /// P(level | siblings, both in the list), likewise.
    pub sibling_in_list: Option<Relative>,
    /// P(level | namesakes born the same day).
    pub namesake: Option<Relative>,
    /// P(level | like-named born another day).
    pub like_named: Option<Relative>,
    /// True where such a pair is never decided without a person, whatever its weight.
    #[serde(default)]
    pub person_decides: bool,
}

fn one() -> f64 {
    1.0
}

/// A probability under the twin, sibling or namesake hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "RelativeText")]
pub enum Relative {
    /// As for the same person.
    Same,
    /// A multiple of that for unrelated persons.
    Apart(f64),
    /// A probability.
    Probability(f64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RelativeText {
    Number(f64),
    Text(String),
}

impl TryFrom<RelativeText> for Relative {
    type Error = String;

    fn try_from(text: RelativeText) -> Result<Self, String> {
        let expected = "expected a probability, \"same\", \"apart\" or \"apart*FACTOR\"";
        match text {
            RelativeText::Number(number) if number > 0.0 && number <= 1.0 => Ok(Self::Probability(number)),
            RelativeText::Number(number) => Err(format!("{number} is no probability; {expected}")),
            RelativeText::Text(text) => match text.split_once('*') {
                None if text == "same" => Ok(Self::Same),
                None if text == "apart" => Ok(Self::Apart(1.0)),
                Some(("apart", factor)) => match factor.parse::<f64>() {
                    Ok(factor) if factor > 0.0 => Ok(Self::Apart(factor)),
                    _ => Err(format!("{factor:?} is no factor; {expected}")),
                },
                _ => Err(format!("{text:?} is not understood; {expected}")),
            },
        }
    }
}

/// A level is a bit of a set.
const MOST_LEVELS: usize = 32;

impl ComparisonRule {
    pub(super) fn check_levels(&self, places: &Places) -> Result<(), RulesError> {
        let known = self.comparator.levels();
        for level in &self.level {
            let rule = level.get_ref();
            let fault = |message: String| Err(places.fault(level.span(), message));
            if !known.contains(&rule.name.as_str()) {
                let (name, known) = (&rule.name, known.join(", "));
                return fault(format!("level {name:?} is not one of this comparator: {known}"));
            }
            if !(rule.m > 0.0 && rule.m <= 1.0) {
                return fault(format!("m = {} is no probability above 0", rule.m));
            }
            if rule.u.is_some_and(|u| !(u > 0.0 && u <= 1.0)) {
                return fault("u is no probability above 0".to_owned());
            }
            let alike = self.comparator == ComparatorKind::Text && ["close", "near"].contains(&&*rule.name);
            if rule.similarity.is_some_and(|from| !(alike && from > 0.0 && from < 1.0)) {
                return fault(
                    "similarity: between 0 and 1, for the levels close and near of a text".to_owned(),
                );
            }
            if rule.spread < 1.0 {
                return fault(format!("spread = {} is below 1", rule.spread));
            }
        }
        if self.level.is_empty() || self.level.len() > MOST_LEVELS {
            return Err(places.fault(0..0, format!("comparison {}: 1 to {MOST_LEVELS} levels", self.name)));
        }
        Ok(())
    }
}
