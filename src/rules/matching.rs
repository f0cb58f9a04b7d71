//! `rules/matching.toml`: the model as data. Which fields are compared, how, and what each level
//! is worth; blocking passes; cuts.

mod field;

use serde::Deserialize;

use super::{RuleSource, RulesError, source::Places};
use crate::rules_file;

pub use field::{BlockKey, KeyForm, MatchField};

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchingRules {
    /// EM.
    pub training: Training,
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
    /// Blocking.
    pub blocking: BlockingRules,
}

/// How EM is run.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Pairs' worth of trust in the m of the rules.
    pub prior: f64,
    /// EM has converged when no m moves by more.
    pub tolerance: f64,
    /// Most rounds.
    pub rounds: usize,
    /// Most pairs looked at.
    pub sample: usize,
}

/// Expectations that become prior probabilities.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Part of the children whom the register holds, 0 to 1.
    pub coverage: f64,
    /// The same for the newborn.
    pub newborn_coverage: f64,
    /// Days after birth in which a child counts as newborn.
    pub newborn_days: i32,
    /// Further records of the same child, per record.
    pub duplicates: f64,
    /// Twins per child.
    pub twins: f64,
    /// Siblings per child.
    pub siblings: f64,
    /// Namesakes born the same day nearby per child, beyond chance.
    pub namesakes: f64,
    /// Children of the same full name born another day per child, beyond chance.
    pub like_named: f64,
    /// Most bits one agreeing value can bring.
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
    pub community_trust: f64,
    /// How many names' worth of trust the built-in name counts have against the lists at hand.
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

/// Two records are kept apart where all conditions of `all` hold, one of `any` does (where there
/// are any) and none of `unless` does. A condition is `comparison: level` or
/// `comparison: level | level`.
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
}

impl VetoRule {
    /// The comparison and the levels that a condition names.
    pub fn condition(text: &str) -> (&str, impl Iterator<Item = &str>) {
        let (comparison, levels) = text.split_once(':').unwrap_or((text, ""));
        (comparison.trim(), levels.split('|').map(str::trim))
    }

    /// What is wrong with the rule.
    fn fault(&self, comparisons: &[ComparisonRule]) -> Option<String> {
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
            let strange = levels.find(|level| !known.contains(level))?;
            Some(format!("{text:?}: level {strange:?} is not one of this comparator: {}", known.join(", ")))
        })
    }
}

/// The bands.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cuts {
    /// Expected wrong numbers per million sent that the run may reach.
    pub wrong_per_million: f64,
    /// Expected wrong numbers allowed to every run on top of that.
    pub wrong_per_run: f64,
    /// Posterior below which a number is never attached, however few the expected errors are.
    pub attach: f64,
    /// Expected false merges per million records that the run may reach.
    pub false_merges_per_million: f64,
    /// Expected false merges allowed to every run on top of that.
    pub false_merges_per_run: f64,
    /// Posterior below which two records are never merged.
    pub merge: f64,
    /// Lead over the runner-up, bits.
    pub margin: f64,
    /// Posterior from which a candidate person is shown.
    pub review_identity: f64,
    /// Posterior from which a possible duplicate is shown.
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

/// A level is a bit of a set.
const MOST_LEVELS: usize = 32;

/// Which passes found a pair is kept as a set of bits.
const MOST_PASSES: usize = 32;

impl MatchingRules {
    /// What is expected of the population, as far as the ideas in use ask for it.
    pub fn expected_population(&self) -> Population {
        let population = self.population;
        if self.ideas.family {
            population
        } else {
            Population { twins: 0.0, siblings: 0.0, namesakes: 0.0, like_named: 0.0, ..population }
        }
    }

    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const FILE: super::BuiltIn = rules_file!("matching.toml");
        let (mut rules, places) = source.toml_with_places::<Self>(FILE)?;
        // Built-in vetoes speak of the built-in comparisons: of others they say nothing.
        if rules.comparison.iter().any(|rule| places.is_overlaid(&rule.field.span())) {
            let MatchingRules { veto, comparison, .. } = &mut rules;
            veto.retain(|veto| {
                places.is_overlaid(&veto.span()) || veto.get_ref().fault(comparison).is_none()
            });
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
        for veto in &rules.veto {
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
        let compared = compared.flat_map(|rule| std::iter::once(&rule.field).chain(&rule.or_field));
        let passes = self.blocking.pass.iter();
        let keys = passes.flat_map(|pass| pass.keys.iter().chain(&pass.refine));
        compared.map(toml::Spanned::get_ref).chain(keys.map(|key| &key.get_ref().field))
    }
}

impl ComparisonRule {
    fn check_levels(&self, places: &Places) -> Result<(), RulesError> {
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
    }
}
