//! Severity, place of remedy and texts of every finding, change and reject reason, and the limits
//! of the checks: `rules/checks.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BuiltIn, Language, RuleSource, RulesError};
use crate::{
    record::{Change, FieldKind, Finding, FindingCode, RejectReason},
    rules_file,
};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A required field of Công văn 2513/LĐTBXH-TTTT is missing or wrong.
    Error,
    /// Somebody should look.
    Warning,
    /// For information.
    Info,
}

impl Severity {
    /// The key in rules and outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Where a finding is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixAt {
    /// At the child's home, with the ward's collaborators.
    Household,
    /// With the ward police and the population database.
    Police,
    /// Nowhere: it informs.
    None,
}

/// Limits of the checks.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckLimits {
    /// A child is younger than this, in years (Luật Trẻ em 2016, Điều 1).
    pub child_age: i16,
    /// A number whose holder is at least so old is hardly a child's.
    pub adult_age: i16,
    /// The least plausible age of a parent at the birth, by difference of years.
    pub parent_youngest_at_birth: i16,
    /// The greatest one.
    pub parent_oldest_at_birth: i16,
    /// When a given name is nearly always one gender's.
    pub name_gender: NameGender,
}

/// When a given name is nearly always one gender's.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameGender {
    /// At least so many bearers are known.
    pub least_bearers: u32,
    /// At most this share of them, 0 to 1, is of the other gender.
    pub other_share: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    vi: String,
    en: String,
}

impl Texts {
    fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingRule {
    severity: Severity,
    list: FixAt,
    vi: String,
    en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    father: Texts,
    mother: Texts,
    guardian: Texts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Required {
    fields: Vec<toml::Spanned<FieldKind>>,
}

/// Fields that can be asked for, each with its finding.
const CAN_BE_REQUIRED: [FieldKind; 7] = [
    FieldKind::FullName,
    FieldKind::BirthDate,
    FieldKind::Gender,
    FieldKind::Ethnicity,
    FieldKind::PersonalId,
    FieldKind::ParentNames,
    FieldKind::Hamlet,
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    limits: CheckLimits,
    required: Required,
    people: People,
    finding: BTreeMap<String, FindingRule>,
    change: BTreeMap<String, Texts>,
    reject: BTreeMap<String, Texts>,
}

/// Severity and text of every finding, change and reject reason; limits of the checks.
#[derive(Debug)]
pub struct CheckRules {
    /// Limits of the checks.
    pub limits: CheckLimits,
    /// Fields without which a record is incomplete.
    pub required: Vec<FieldKind>,
    people: People,
    /// In the order of [`FindingCode::ALL`].
    findings: Vec<FindingRule>,
    /// In the order of [`Change::ALL`].
    changes: Vec<Texts>,
    /// In the order of [`RejectReason::ALL`].
    rejects: Vec<Texts>,
}

const FILE: BuiltIn = rules_file!("checks.toml");

impl CheckRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let (file, places) = source.toml_with_places(FILE)?;
        let File { limits, required, people, finding, change, reject } = file;
        if let Some(field) = required.fields.iter().find(|field| !CAN_BE_REQUIRED.contains(field.get_ref())) {
            let known = CAN_BE_REQUIRED.map(FieldKind::key).join(", ");
            let message = format!("{} cannot be required; expected one of {known}", field.get_ref());
            return Err(places.fault(field.span(), message));
        }
        let share = limits.name_gender.other_share;
        if limits.child_age < 1
            || limits.adult_age < limits.child_age
            || limits.parent_youngest_at_birth > limits.parent_oldest_at_birth
            || !(0.0..=1.0).contains(&share)
        {
            return Err(source.fault(FILE, 1, "[limits]: the limits contradict each other"));
        }
        Ok(Self {
            limits,
            required: required.fields.into_iter().map(toml::Spanned::into_inner).collect(),
            people,
            findings: complete(
                source,
                "finding",
                finding,
                FindingCode::ALL.iter().map(|code| code.as_str()),
            )?,
            changes: complete(source, "change", change, Change::ALL.iter().map(|change| change.code()))?,
            rejects: complete(source, "reject", reject, RejectReason::ALL.iter().map(|reason| reason.key()))?,
        })
    }

    /// How grave a finding is.
    pub fn severity(&self, code: FindingCode) -> Severity {
        self.findings[code as usize].severity
    }

    /// Where it is put right.
    pub fn list(&self, code: FindingCode) -> FixAt {
        self.findings[code as usize].list
    }

    /// The sentence for a person, completed by the finding's detail and by whom it concerns.
    pub fn finding_text(&self, language: Language, finding: &Finding) -> String {
        let rule = &self.findings[finding.code as usize];
        let template = match language {
            Language::Vi => &rule.vi,
            Language::En => &rule.en,
        };
        let mut text = complete_sentence(template, finding.detail.as_deref());
        if let Some(person) = self.person(finding.field) {
            text.push_str(" (");
            text.push_str(person.get(language));
            text.push(')');
        }
        text
    }

    /// What was done to a value, for a person.
    pub fn change_text(&self, language: Language, change: Change) -> &str {
        self.changes[change as usize].get(language)
    }

    /// Why a row cannot be used, for a person.
    pub fn reject_text(&self, language: Language, reason: RejectReason) -> &str {
        self.rejects[reason as usize].get(language)
    }

    fn person(&self, field: Option<FieldKind>) -> Option<&Texts> {
        use FieldKind as Kind;
        match field? {
            Kind::FatherName | Kind::FatherId | Kind::FatherBirth => Some(&self.people.father),
            Kind::MotherName | Kind::MotherId | Kind::MotherBirth => Some(&self.people.mother),
            Kind::GuardianName | Kind::GuardianId => Some(&self.people.guardian),
            _ => None,
        }
    }
}

/// `a[: {detail}]` with a detail is `a: detail`, without one `a`.
fn complete_sentence(template: &str, detail: Option<&str>) -> String {
    let (before, rest) = template.split_once('[').unwrap_or((template, ""));
    let (optional, after) = rest.split_once(']').unwrap_or((rest, ""));
    match detail {
        Some(detail) => [before, optional, after].map(|part| part.replace("{detail}", detail)).concat(),
        None => [before, after].concat(),
    }
}

/// The rules of a section in the order of the codes; every code once, none unknown.
fn complete<T>(
    source: &RuleSource,
    section: &str,
    mut rules: BTreeMap<String, T>,
    codes: impl Iterator<Item = &'static str>,
) -> Result<Vec<T>, RulesError> {
    let mut ordered = Vec::new();
    for code in codes {
        ordered.push(
            rules
                .remove(code)
                .ok_or_else(|| source.fault(FILE, 1, format!("[{section}] \"{code}\" is missing")))?,
        );
    }
    match rules.into_keys().next() {
        Some(code) => Err(source.fault(FILE, 1, format!("[{section}] \"{code}\": no such code"))),
        None => Ok(ordered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_a_finding_can_be_required() {
        let folder = tempfile::tempdir().unwrap();
        let load = |text: &str| {
            std::fs::write(folder.path().join("checks.toml"), text).unwrap();
            CheckRules::load(&mut RuleSource::with_overlay(folder.path()).unwrap())
        };
        assert_eq!(load("[required]\nfields = [\"gender\"]\n").unwrap().required, [FieldKind::Gender]);
        let fault = load("[required]\nfields = [\"gender\",\n  \"note\"]\n").unwrap_err().to_string();
        assert!(fault.contains("checks.toml:3: note cannot be required"), "{fault}");
    }

    #[test]
    fn every_code_has_its_texts_in_its_place() {
        let rules = CheckRules::load(&mut RuleSource::built_in()).unwrap();
        let detail = Finding::with_detail(FindingCode::IdShared, FieldKind::PersonalId, "3");
        assert_eq!(rules.finding_text(Language::Vi, &detail), "Nhiều dòng cùng ghi số định danh này: 3 dòng");
        let bare = Finding::new(FindingCode::ParentAge, FieldKind::MotherBirth);
        assert_eq!(rules.finding_text(Language::Vi, &bare), "Tuổi cha, mẹ khi sinh trẻ không hợp lý (mẹ)");
        assert_eq!(rules.list(FindingCode::IdMissing), FixAt::Police);
        assert_eq!(rules.severity(FindingCode::PhoneMalformed), Severity::Info);
        assert_eq!(rules.change_text(Language::En, Change::LeadingZero), "Leading zero restored");
        assert_eq!(
            rules.reject_text(Language::En, RejectReason::SameFileTwice),
            "The same file was given twice"
        );
    }
}
