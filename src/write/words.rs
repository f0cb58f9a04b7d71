//! The words of the lists in the reader's language.

use crate::{
    matching::{Evidence, LinkStatus, ReviewReason},
    record::{Change, FieldKind, Finding, FindingCode, PlaceCode, RejectReason},
    rules::{FixAt, Language, Rules},
};

/// Looks up words for one language.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    rules: &'a Rules,
    /// The language.
    pub language: Language,
}

impl<'a> Words<'a> {
    pub fn new(rules: &'a Rules, language: Language) -> Self {
        Self { rules, language }
    }

    /// `[section] key` of the messages.
    pub fn get(self, section: &str, key: &'a str) -> &'a str {
        self.rules.messages.get(self.language, section, key)
    }

    /// The same with values filled in.
    pub fn fill(self, section: &str, key: &str, values: &[(&str, &str)]) -> String {
        self.rules.messages.fill(self.language, section, key, values)
    }

    pub fn field(self, field: FieldKind) -> &'a str {
        self.get("field", field.key())
    }

    pub fn link(self, status: LinkStatus) -> &'a str {
        self.get("link_status", status.as_str())
    }

    pub fn review_reason(self, reason: ReviewReason) -> &'a str {
        self.get("review_reason", reason.as_str())
    }

    /// The sentence of a finding.
    pub fn finding(self, finding: &Finding) -> String {
        self.rules.checks.finding_text(self.language, finding)
    }

    pub fn change(self, change: Change) -> &'a str {
        self.rules.checks.change_text(self.language, change)
    }

    pub fn reject(self, reason: RejectReason) -> &'a str {
        self.rules.checks.reject_text(self.language, reason)
    }

    /// Whether a finding is asked about at home.
    pub fn asks_household(self, code: FindingCode) -> bool {
        self.rules.checks.list(code) == FixAt::Household
    }

    /// Whether a finding is put to the police.
    pub fn asks_police(self, code: FindingCode) -> bool {
        self.rules.checks.list(code) == FixAt::Police
    }

    /// The name of a commune.
    pub fn commune(self, code: PlaceCode) -> Option<&'a str> {
        self.rules.places.commune_name(code)
    }

    /// What speaks for a pair and what against, in two lines; comparisons of no weight are left
    /// out.
    pub fn evidence(self, evidence: &'a [Evidence]) -> String {
        let side = |heading: &str, wanted: fn(f64) -> bool| {
            let parts: Vec<String> = evidence
                .iter()
                .filter(|part| wanted(part.weight.0))
                .map(|part| {
                    let (comparison, level) =
                        (self.get("comparison", &part.comparison), self.get("level", &part.level));
                    format!("{comparison}: {level} ({:+.1})", part.weight.0)
                })
                .collect();
            (!parts.is_empty()).then(|| format!("{heading} {}", parts.join("; ")))
        };
        [
            side(self.get("sheets", "supports"), |weight| weight >= 0.05),
            side(self.get("sheets", "against"), |weight| weight <= -0.05),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n")
    }
}

/// The first letter a capital.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
