//! What keeps two records apart whatever their weight: the `[[veto]]` rules.

use crate::rules::{ComparisonRule, MISSING_LEVEL, VetoRule};

/// A veto, compiled.
#[derive(Debug, Clone)]
pub struct Veto {
    all: Vec<Condition>,
    any: Vec<Condition>,
    unless: Vec<Condition>,
    /// Void where the register says that the two are one person.
    pub register_overrules: bool,
}

/// A comparison is at one of some levels.
#[derive(Debug, Clone, Copy)]
struct Condition {
    comparison: usize,
    /// A set of bits.
    levels: u32,
    /// Holds where there is nothing to compare.
    missing: bool,
}

impl Veto {
    /// Compiles a rule; conditions that the loader of the rules would refuse never hold.
    pub fn new(rule: &VetoRule, comparisons: &[ComparisonRule]) -> Self {
        let compile = |conditions: &[String]| {
            conditions
                .iter()
                .map(|text| {
                    let (name, levels) = VetoRule::condition(text);
                    let levels: Vec<&str> = levels.collect();
                    let comparison = comparisons.iter().position(|comparison| comparison.name == name);
                    let known = comparison.map_or(&[] as &[&str], |at| comparisons[at].comparator.levels());
                    let bit =
                        |level: &str| known.iter().position(|known| *known == level).map_or(0, |at| 1 << at);
                    Condition {
                        comparison: comparison.unwrap_or(usize::MAX),
                        missing: comparison.is_some() && levels.contains(&MISSING_LEVEL),
                        levels: levels.into_iter().fold(0, |set, level| set | bit(level)),
                    }
                })
                .collect()
        };
        Self {
            all: compile(&rule.all),
            any: compile(&rule.any),
            unless: compile(&rule.unless),
            register_overrules: rule.register_overrules,
        }
    }

    /// Whether it keeps apart two records whose comparisons are at these levels.
    pub fn applies(&self, level: impl Fn(usize) -> Option<u8>) -> bool {
        let holds = |condition: &Condition| {
            (condition.levels != 0 || condition.missing)
                && match level(condition.comparison) {
                    Some(level) => condition.levels >> level & 1 == 1,
                    None => condition.missing,
                }
        };
        self.all.iter().all(holds)
            && (self.any.is_empty() || self.any.iter().any(holds))
            && !self.unless.iter().any(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn a_record_without_a_name_is_nobodys_duplicate_but_by_its_number() {
        let rules = Rules::built_in().unwrap().matching;
        let rule =
            rules.veto.iter().map(toml::Spanned::get_ref).find(|rule| rule.name.starts_with("no name"));
        let veto = Veto::new(rule.unwrap(), &rules.comparison);
        let at = |name: &str| rules.comparison.iter().position(|rule| rule.name == name).unwrap();
        let (given, number) = (at("given_name"), at("personal_id"));
        assert!(veto.register_overrules && veto.applies(|_| None));
        assert!(veto.applies(|comparison| (comparison == number).then_some(3)));
        assert!(!veto.applies(|comparison| (comparison == number).then_some(0)));
        assert!(!veto.applies(|comparison| (comparison == given).then_some(0)));
    }
}
