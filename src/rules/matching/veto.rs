//! Conditions on the levels of comparisons: what keeps two records apart, and what makes twins of two
//! persons.

use serde::Deserialize;

use super::comparison::ComparisonRule;

/// Two records are kept apart where all conditions of `all` hold, one of `any` does (where there
/// are any) and none of `unless` does. A condition is `comparison: level` or
/// `comparison: level | level`; [`MISSING_LEVEL`] is the level where a side has nothing to compare.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VetoRule {
    /// Its name, for whoever reads the rules.
    pub name: String,
    /// All hold.
    pub all: Vec<String>,
    /// One holds.
    #[serde(default)]
    pub any: Vec<String>,
    /// None holds.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Void where the register says that the two are one person.
    #[serde(default)]
    pub register_overrules: bool,
}

/// In a condition: there is nothing to compare.
pub const MISSING_LEVEL: &str = "missing";

impl VetoRule {
    /// The comparison and the levels that a condition names.
    pub fn condition(text: &str) -> (&str, impl Iterator<Item = &str>) {
        let (comparison, levels) = text.split_once(':').unwrap_or((text, ""));
        (comparison.trim(), levels.split('|').map(str::trim))
    }

    /// What is wrong with the rule.
    pub(super) fn fault(&self, comparisons: &[ComparisonRule]) -> Option<String> {
        if self.all.is_empty() {
            return Some(format!(
                "veto {:?}: all needs a condition, or nothing could ever be joined",
                self.name
            ));
        }
        self.all.iter().chain(&self.any).chain(&self.unless).find_map(|text| {
            let (name, mut levels) = Self::condition(text);
            let Some(comparison) = comparisons.iter().find(|comparison| comparison.name == name) else {
                return Some(format!("{text:?}: there is no comparison {name:?}"));
            };
            let known = comparison.comparator.levels();
            let strange = levels.find(|level| *level != MISSING_LEVEL && !known.contains(level))?;
            Some(format!("{text:?}: level {strange:?} is not one of this comparator: {}", known.join(", ")))
        })
    }
}
