//! `rules/matching.toml`: the model as data. Which fields are compared, how, and what each level
//! is worth; blocking passes; cuts.

mod comparison;
mod field;
mod veto;

use serde::Deserialize;

use super::{RuleSource, RulesError, range};
use crate::rules_file;

pub use comparison::{ComparatorKind, ComparisonRule, EvidenceKind, LevelRule, Relative};
pub use field::{BlockKey, KeyForm, MatchField};
pub use veto::{MISSING_LEVEL, VetoRule};

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchingRules {
    /// EM.
    pub training: Training,
    /// Learning from decisions.
    pub learning: Learning,
    /// What is expected of the population at hand.
    pub population: Population,
    /// How the frequency of an agreeing value is found.
    pub frequency: Frequency,
    /// What can be switched off to measure what it brings.
    pub ideas: Ideas,
    /// Where the bands lie.
    pub cuts: Cuts,
    /// Confusions of spelling.
    pub confusions: Confusions,
    /// The comparisons, in the order of the comparison vector.
    pub comparison: Vec<ComparisonRule>,
    /// What keeps two records apart whatever their weight.
    #[serde(default)]
    pub veto: Vec<toml::Spanned<VetoRule>>,
    /// How two persons of the register are known for twins.
    pub born_together: Option<toml::Spanned<VetoRule>>,
    /// Blocking.
    pub blocking: BlockingRules,
}

/// How EM is run.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Pairs' worth of trust in the m of the rules.
    #[serde(deserialize_with = "range::amount")]
    pub prior: f64,
    /// EM has converged when no m moves by more.
    #[serde(deserialize_with = "range::share")]
    pub tolerance: f64,
    /// Most rounds.
    pub rounds: usize,
    /// Most pairs looked at.
    pub sample: usize,
}

/// What people's decisions may move (`--learn`).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learning {
    /// Part of the answers that are mistakes, about.
    #[serde(deserialize_with = "range::share")]
    pub mistakes: f64,
    /// How far the bands are believed to be off beforehand, bits (standard deviation).
    #[serde(deserialize_with = "range::amount")]
    pub expected_shift: f64,
    /// The bands move by no more than so many bits, however many answers there are.
    #[serde(deserialize_with = "range::amount")]
    pub most_shift: f64,
}

/// Expectations that become prior probabilities.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Part of the children whom the register holds, 0 to 1.
    #[serde(deserialize_with = "range::share")]
    pub coverage: f64,
    /// The same for the newborn.
    #[serde(deserialize_with = "range::share")]
    pub newborn_coverage: f64,
    /// Days after birth in which a child counts as newborn.
    pub newborn_days: i32,
    /// Further records of the same child, per record.
    #[serde(deserialize_with = "range::amount")]
    pub duplicates: f64,
    /// Twins per child.
    #[serde(deserialize_with = "range::amount")]
    pub twins: f64,
    /// Siblings per child.
    #[serde(deserialize_with = "range::amount")]
    pub siblings: f64,
    /// Namesakes born the same day nearby per child, beyond chance.
    #[serde(deserialize_with = "range::amount")]
    pub namesakes: f64,
    /// Children of the same full name born another day per child, beyond chance.
    #[serde(deserialize_with = "range::amount")]
    pub like_named: f64,
    /// Part of the twins of listed children that are in the list too, 0 to 1.
    #[serde(deserialize_with = "range::share")]
    pub twins_listed: f64,
    /// Most bits one agreeing value can bring.
    #[serde(deserialize_with = "range::amount")]
    pub rarest: f64,
}

/// Term frequency.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// The field by whose value names are counted apart: peoples have names of their own.
    pub community_field: toml::Spanned<MatchField>,
    /// Fewest records of a community that is counted apart.
    pub community_least: usize,
    /// How many names' worth of trust the counts of everybody have within a community.
    #[serde(deserialize_with = "range::amount")]
    pub community_trust: f64,
    /// How many names' worth of trust the built-in name counts have against the lists at hand.
    #[serde(deserialize_with = "range::amount")]
    pub built_in_trust: f64,
}

/// Ideas of the model, each of which can be left out to measure what it brings (docs/method.md).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ideas {
    /// A rare value says more than a common one; without, every value says what the average does.
    pub term_frequency: bool,
    /// Names are counted by community; without, over everybody.
    pub communities: bool,
    /// Twins, siblings and namesakes are hypotheses of their own; without, everybody else is unrelated.
    pub family: bool,
    /// Numbers are decided jointly: the register speaks on duplicates, each person is one child;
    /// without, each record takes its best candidate.
    pub joint: bool,
    /// m is learnt from the lists; without, it is the rules'.
    pub training: bool,
}

/// The bands.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    /// Expected wrong numbers per million sent that the run may reach.
    #[serde(deserialize_with = "range::amount")]
    pub wrong_per_million: f64,
    /// Expected wrong numbers allowed to every run on top of that.
    #[serde(deserialize_with = "range::amount")]
    pub wrong_per_run: f64,
    /// Posterior below which a number is never attached, however few the expected errors are.
    #[serde(deserialize_with = "range::share")]
    pub attach: f64,
    /// Expected false merges per million records that the run may reach.
    #[serde(deserialize_with = "range::amount")]
    pub false_merges_per_million: f64,
    /// Expected false merges allowed to every run on top of that.
    #[serde(deserialize_with = "range::amount")]
    pub false_merges_per_run: f64,
    /// Posterior below which two records are never merged.
    #[serde(deserialize_with = "range::share")]
    pub merge: f64,
    /// Lead over the runner-up, bits.
    #[serde(deserialize_with = "range::amount")]
    pub margin: f64,
    /// Posterior from which a candidate person is shown.
    #[serde(deserialize_with = "range::share")]
    pub review_identity: f64,
    /// Posterior from which a possible duplicate is shown.
    #[serde(deserialize_with = "range::share")]
    pub review_duplicate: f64,
    /// Most candidates shown for one child.
    pub candidates: usize,
}

/// Spellings taken for one another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confusions {
    /// Onsets.
    pub onsets: Vec<Vec<String>>,
    /// Final consonants.
    pub finals: Vec<Vec<String>>,
    /// Vowels.
    pub vowels: Vec<Vec<String>>,
    /// Tones, by the names level, grave, acute, hook, tilde, dot.
    pub tones: Vec<Vec<String>>,
}

/// Blocking.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockingRules {
    /// Most records that may share the keys of a pass before it is refined.
    pub limit: usize,
    /// The passes.
    pub pass: Vec<PassRule>,
}

/// One blocking pass.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassRule {
    /// Keys that must agree.
    pub keys: Vec<toml::Spanned<BlockKey>>,
    /// Further keys for blocks that are too large, in this order.
    pub refine: Vec<toml::Spanned<BlockKey>>,
}

/// Which passes found a pair is kept as a set of bits.
const MOST_PASSES: usize = 32;

impl MatchingRules {
    /// What is expected of the population, as far as the ideas in use ask for it.
    pub fn expected_population(&self) -> Population {
        let population = self.population;
        if self.ideas.family {
            population
        } else {
            Population {
                twins: 0.0,
                siblings: 0.0,
                namesakes: 0.0,
                like_named: 0.0,
                twins_listed: 0.0,
                ..population
            }
        }
    }

    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const FILE: super::BuiltIn = rules_file!("matching.toml");
        let (mut rules, places) = source.toml_with_places::<Self>(FILE)?;
        // Built-in vetoes speak of the built-in comparisons: of others they say nothing.
        if rules.comparison.iter().any(|rule| places.is_overlaid(&rule.field.span())) {
            let MatchingRules { veto, born_together, comparison, .. } = &mut rules;
            let applies = |veto: &toml::Spanned<VetoRule>| {
                places.is_overlaid(&veto.span()) || veto.get_ref().fault(comparison).is_none()
            };
            veto.retain(applies);
            born_together.take_if(|rule| !applies(rule));
        }
        let Confusions { onsets, finals, vowels, tones } = &rules.confusions;
        if [onsets, finals, vowels, tones].into_iter().flatten().any(|set| set.iter().all(String::is_empty)) {
            return Err(
                places.fault(0..0, "confusions: every set needs spellings that are taken for one another")
            );
        }
        if let Some(pass) = rules.blocking.pass.get(MOST_PASSES) {
            let at = pass.keys.first().map_or(0..0, toml::Spanned::span);
            return Err(places.fault(at, format!("blocking: at most {MOST_PASSES} passes")));
        }
        let community = &rules.frequency.community_field;
        if !matches!(community.get_ref(), MatchField::Known(_))
            || !community.get_ref().suits(ComparatorKind::Code)
        {
            return Err(
                places.fault(community.span(), "community_field: a field that names a people or place")
            );
        }
        for veto in rules.veto.iter().chain(&rules.born_together) {
            if let Some(fault) = veto.get_ref().fault(&rules.comparison) {
                return Err(places.fault(veto.span(), fault));
            }
        }
        for comparison in &rules.comparison {
            comparison.check_fields(&places)?;
            comparison.check_levels(&places)?;
        }
        Ok(rules)
    }

    /// Every field that a comparison or a blocking key looks at.
    pub fn fields(&self) -> impl Iterator<Item = &MatchField> {
        let compared = self.comparison.iter();
        let compared = compared
            .flat_map(|rule| std::iter::once(&rule.field).chain(&rule.or_field).chain(&rule.surname_of));
        let passes = self.blocking.pass.iter();
        let keys = passes.flat_map(|pass| pass.keys.iter().chain(&pass.refine));
        compared.map(toml::Spanned::get_ref).chain(keys.map(|key| &key.get_ref().field))
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Rules;

    /// What the program says to an overlay of `matching.toml`.
    pub(super) fn fault(overlay: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("matching.toml"), overlay).unwrap();
        Rules::with_overlay(Some(folder.path())).unwrap_err().to_string()
    }

    #[test]
    fn a_rule_that_could_not_be_applied_is_refused_at_the_start() {
        assert!(fault("[confusions]\nonsets = [[]]\n").contains("every set needs spellings"));
        let passes = "[[blocking.pass]]\nkeys = [\"phone:whole\"]\nrefine = []\n".repeat(33);
        assert!(fault(&passes).contains("at most 32 passes"));
        let veto = "[[veto]]\nname = \"x\"\nall = [\"given_nam: different\"]\n";
        assert!(fault(veto).contains("no comparison \"given_nam\""));
        assert!(fault(&veto.replace("given_nam: different", "given_name: far")).contains("level \"far\""));
        let level = "level = [{ name = \"equal\", m = 0.9, similarity = 0.9 }]";
        let text = "[[comparison]]\nname = \"x\"\nfield = \"address\"\ncomparator = \"text\"\nevidence = \"place\"\n";
        assert!(fault(&format!("{text}{level}")).contains("matching.toml:6: similarity"));
        assert!(fault("[cuts]\natach = 0.9\n").contains("matching.toml:2"), "a slip names its line");
        let coverage = fault("[population]\n\ncoverage = 93\n");
        assert!(coverage.contains("matching.toml:3") && coverage.contains("93 is not between 0 and 1"));
        assert!(fault("[population]\ntwins = nan\n").contains("NaN is not a number of 0 or more"));
        assert!(fault("[learning]\nmost_shift = -1.0\n").contains("-1 is not a number of 0 or more"));
    }
}
