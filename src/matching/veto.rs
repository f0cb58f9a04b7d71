//! What keeps two records apart whatever their weight: the `[[veto]]` rules.

use crate::rules::{ComparisonRule, VetoRule};

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
}

impl Veto {
    /// Compiles a rule; conditions that the loader of the rules would refuse never hold.
    pub fn new(rule: &VetoRule, comparisons: &[ComparisonRule]) -> Self {
        let compile = |conditions: &[String]| {
            conditions
                .iter()
                .map(|text| {
                    let (name, levels) = VetoRule::condition(text);
                    let comparison = comparisons.iter().position(|comparison| comparison.name == name);
                    let known = comparison.map_or(&[] as &[&str], |at| comparisons[at].comparator.levels());
                    let bit =
                        |level: &str| known.iter().position(|known| *known == level).map_or(0, |at| 1 << at);
                    Condition {
                        comparison: comparison.unwrap_or(usize::MAX),
                        levels: levels.fold(0, |set, level| set | bit(level)),
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
            condition.levels != 0
                && level(condition.comparison).is_some_and(|level| condition.levels >> level & 1 == 1)
        };
        self.all.iter().all(holds)
            && (self.any.is_empty() || self.any.iter().any(holds))
            && !self.unless.iter().any(holds)
    }
}
