//! `rules/encoding.toml`: what goes into an encoded list, and what the likeness of two encodings is
//! worth.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{RuleSource, RulesError, range, source::Places};
use crate::rules_file;

/// A filter of an encoded record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// The given name.
    Given,
    /// Surname and middle words.
    Rest,
    /// The parts of the birth date.
    Birth,
    /// The mother's name.
    Mother,
    /// The father's name.
    Father,
}

impl Segment {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 5] = [Self::Given, Self::Rest, Self::Birth, Self::Mother, Self::Father];

    /// Names have a filter of the letters as spelt and one of those without diacritics.
    pub fn is_name(self) -> bool {
        self != Self::Birth
    }

    /// As in the rules and in the heading of its column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Rest => "rest",
            Self::Birth => "birth",
            Self::Mother => "mother",
            Self::Father => "father",
        }
    }
}

/// A fact that is hashed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenField {
    /// Gender.
    Gender,
    /// Personal number.
    Number,
    /// The mother's.
    MotherNumber,
    /// The father's.
    FatherNumber,
    /// Telephone.
    Phone,
    /// Household code.
    Household,
    /// Thôn/TDP with its commune.
    Hamlet,
    /// Commune of today.
    Commune,
}

impl TokenField {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 8] = [
        Self::Gender,
        Self::Number,
        Self::MotherNumber,
        Self::FatherNumber,
        Self::Phone,
        Self::Household,
        Self::Hamlet,
        Self::Commune,
    ];

    /// As in the rules and in the heading of its column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gender => "gender",
            Self::Number => "number",
            Self::MotherNumber => "mother_number",
            Self::FatherNumber => "father_number",
            Self::Phone => "phone",
            Self::Household => "household",
            Self::Hamlet => "hamlet",
            Self::Commune => "commune",
        }
    }
}

/// A part of a blocking token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockPart {
    /// Day and month in any order, and the year.
    BirthDay,
    /// The year of birth.
    BirthYear,
    /// Day and month in any order.
    BirthAnyYear,
    /// The given name without diacritics.
    Given,
    /// How its last word sounds.
    GivenSound,
    /// The surname.
    Surname,
    /// The last middle word.
    Middle,
    /// All words of the name in any order.
    NameWords,
    /// The mother's name.
    MotherName,
    /// How her given name sounds.
    MotherGiven,
    /// The father's name.
    FatherName,
    /// How his given name sounds.
    FatherGiven,
    /// The number.
    Number,
    /// The mother's number.
    MotherNumber,
    /// The father's number.
    FatherNumber,
    /// Telephone.
    Phone,
    /// Household code.
    Household,
    /// Thôn/TDP with its commune.
    Hamlet,
}

/// How names become grams.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grams {
    /// Letters of a gram.
    pub length: u8,
    /// Bits that one gram sets.
    pub hashes: u8,
}

/// How birth dates become bits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BirthParts {
    /// Bits that one part sets.
    pub hashes: u8,
}

/// Lengths of the filters in bits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bits {
    /// Given name.
    pub given: u16,
    /// Surname and middle words.
    pub rest: u16,
    /// Birth date.
    pub birth: u16,
    /// Mother's name.
    pub mother: u16,
    /// Father's name.
    pub father: u16,
}

impl Bits {
    /// The length of a filter.
    pub fn of(&self, segment: Segment) -> usize {
        usize::from(match segment {
            Segment::Given => self.given,
            Segment::Rest => self.rest,
            Segment::Birth => self.birth,
            Segment::Mother => self.mother,
            Segment::Father => self.father,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokensFile {
    columns: Vec<TokenField>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockToken {
    parts: Spanned<Vec<BlockPart>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Blocking {
    limit: Spanned<usize>,
    token: Vec<BlockToken>,
}

/// What is expected of the population, per child.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodedPopulation {
    /// Part of the children whom the register holds.
    #[serde(deserialize_with = "range::share")]
    pub coverage: f64,
    /// Further records of a child.
    #[serde(deserialize_with = "range::amount")]
    pub duplicates: f64,
    /// Twins.
    #[serde(deserialize_with = "range::amount")]
    pub twins: f64,
    /// Siblings.
    #[serde(deserialize_with = "range::amount")]
    pub siblings: f64,
    /// Namesakes born the same day.
    #[serde(deserialize_with = "range::amount")]
    pub namesakes: f64,
    /// Children of the same name born another day, beyond chance.
    #[serde(deserialize_with = "range::amount")]
    pub like_named: f64,
    /// People beyond the lists at hand among whom no value counts as more common than it is here.
    #[serde(deserialize_with = "range::amount")]
    pub unseen: f64,
    /// Most bits one agreeing value can bring.
    #[serde(deserialize_with = "range::amount")]
    pub rarest: f64,
}

/// How the shares of the levels are learnt.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodedTraining {
    /// Pairs' worth of trust in the shares of the rules.
    #[serde(deserialize_with = "range::amount")]
    pub prior: f64,
    /// Rounds of EM.
    pub rounds: usize,
    /// Random pairs.
    pub sample: usize,
    /// How alike strangers' filters are.
    #[serde(deserialize_with = "range::share")]
    pub strangers: f64,
}

/// Where the bands lie.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodedCuts {
    /// Expected wrong numbers per million sent.
    #[serde(deserialize_with = "range::amount")]
    pub wrong_per_million: f64,
    /// Least probability of a number that is sent.
    #[serde(deserialize_with = "range::share")]
    pub attach: f64,
    /// Expected false merges per million records.
    #[serde(deserialize_with = "range::amount")]
    pub false_merges_per_million: f64,
    /// Least probability of a merge.
    #[serde(deserialize_with = "range::share")]
    pub merge: f64,
    /// Lead over the runner-up, bits.
    #[serde(deserialize_with = "range::amount")]
    pub margin: f64,
    /// Probability from which a pair is left to people.
    #[serde(deserialize_with = "range::share")]
    pub review: f64,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Compared {
    /// Two filters, by how alike they are.
    Filter(Segment),
    /// Two tokens, equal or not.
    Token(TokenField),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonFile {
    of: Spanned<Compared>,
    #[serde(default)]
    at_least: Vec<Spanned<f64>>,
    #[serde(default)]
    bare: bool,
    contained: Option<f64>,
    whole: Option<f64>,
    same: Spanned<Vec<f64>>,
    #[serde(deserialize_with = "range::share")]
    twin: f64,
    #[serde(deserialize_with = "range::share")]
    sibling: f64,
    #[serde(deserialize_with = "range::share")]
    namesake: f64,
    #[serde(deserialize_with = "range::share")]
    like_named: f64,
    #[serde(default)]
    twin_alike: Option<Spanned<Vec<f64>>>,
    #[serde(default)]
    sibling_alike: Option<Spanned<Vec<f64>>>,
    #[serde(default)]
    with_rest: Option<Spanned<[f64; 4]>>,
}

/// One comparison with its levels.
#[derive(Debug, Clone)]
pub struct EncodedComparison {
    /// What is compared.
    pub of: Compared,
    /// Lowest likeness of each level but the last, falling.
    pub at_least: Vec<f64>,
    /// Whether names that are the same but for diacritics have levels of their own: one where a side was
    /// written without any, one where a mark slipped.
    pub bare: bool,
    /// From which part on one filter counts as standing within the other.
    pub contained: Option<f64>,
    /// From which likeness of the whole names on words count as being in another order.
    pub whole: Option<f64>,
    /// Shares of the levels among pairs of the same child, to begin with.
    pub same: Vec<f64>,
    /// How often twins, siblings, namesakes and the like-named truly have this in common.
    pub in_common: [f64; 4],
    /// By level, how much likelier twins and siblings who have it not in common are to be there than
    /// strangers are.
    pub alike: [Vec<f64>; 2],
    /// As `in_common`, where surname and middle words are the same too.
    pub with_rest: Option<[f64; 4]>,
}

impl EncodedComparison {
    /// How many levels there are.
    pub fn levels(&self) -> usize {
        self.same.len()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    grams: Spanned<Grams>,
    birth: Spanned<BirthParts>,
    bits: Spanned<Bits>,
    tokens: TokensFile,
    blocking: Blocking,
    population: EncodedPopulation,
    training: EncodedTraining,
    cuts: EncodedCuts,
    comparison: Vec<ComparisonFile>,
}

/// The whole file.
#[derive(Debug, Clone)]
pub struct EncodingRules {
    /// Names.
    pub grams: Grams,
    /// Birth dates.
    pub birth: BirthParts,
    /// Lengths.
    pub bits: Bits,
    /// Facts hashed as a whole.
    pub tokens: Vec<TokenField>,
    /// Blocking tokens.
    pub blocks: Vec<Vec<BlockPart>>,
    /// Most records that may share a blocking token.
    pub block_limit: usize,
    /// Expectations.
    pub population: EncodedPopulation,
    /// Learning.
    pub training: EncodedTraining,
    /// Bands.
    pub cuts: EncodedCuts,
    /// Comparisons.
    pub comparisons: Vec<EncodedComparison>,
}

impl EncodingRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(rules_file!("encoding.toml"))?;
        let (grams, birth, bits) = (*file.grams.get_ref(), *file.birth.get_ref(), *file.bits.get_ref());
        let hashes = |count: u8| (1..=16).contains(&count);
        let lengths = Segment::ALL
            .iter()
            .all(|segment| (64..=4096).contains(&bits.of(*segment)) && bits.of(*segment).is_multiple_of(64));
        for (span, holds, message) in [
            (file.grams.span(), (1..=4).contains(&grams.length), "length is from 1 to 4"),
            (file.grams.span(), hashes(grams.hashes), "hashes is from 1 to 16"),
            (file.birth.span(), hashes(birth.hashes), "hashes is from 1 to 16"),
            (file.bits.span(), lengths, "every length is a multiple of 64, from 64 to 4096"),
            (
                file.bits.span(),
                bits.given == bits.rest,
                "given and rest have the same length: both are one name",
            ),
            (file.blocking.limit.span(), *file.blocking.limit.get_ref() >= 2, "limit is at least 2"),
        ] {
            if !holds {
                return Err(places.fault(span, message));
            }
        }
        if let Some(token) = file.blocking.token.iter().find(|token| token.parts.get_ref().is_empty()) {
            return Err(places.fault(token.parts.span(), "a token is made of one part at least"));
        }
        let comparisons = file.comparison.iter().map(|comparison| checked(comparison, &places));
        let comparisons = comparisons.collect::<Result<Vec<_>, _>>()?;
        for (at, comparison) in file.comparison.iter().enumerate() {
            if comparisons[..at].iter().any(|earlier| earlier.of == *comparison.of.get_ref()) {
                return Err(places.fault(comparison.of.span(), "this is compared already"));
            }
        }
        Ok(Self {
            grams,
            birth,
            bits,
            tokens: file.tokens.columns,
            blocks: file.blocking.token.into_iter().map(|token| token.parts.into_inner()).collect(),
            block_limit: file.blocking.limit.into_inner(),
            population: file.population,
            training: file.training,
            cuts: file.cuts,
            comparisons,
        })
    }
}

/// Most levels of a comparison: a level is kept in four bits beside "not known".
const MOST_LEVELS: usize = 14;

fn checked(file: &ComparisonFile, places: &Places) -> Result<EncodedComparison, RulesError> {
    let at_least: Vec<f64> = file.at_least.iter().map(|level| *level.get_ref()).collect();
    if let Some(level) = file.at_least.iter().find(|level| !(0.0..=1.0).contains(level.get_ref())) {
        return Err(places.fault(level.span(), "a likeness is between 0 and 1"));
    }
    let of = *file.of.get_ref();
    let is_filter = matches!(of, Compared::Filter(_));
    let falling = at_least.is_sorted_by(|one, next| one > next);
    if is_filter == at_least.is_empty() || !falling {
        let message = "filters have falling levels in `at_least`, tokens none";
        return Err(places.fault(file.of.span(), message));
    }
    if file.bare && !matches!(of, Compared::Filter(segment) if segment.is_name()) {
        return Err(places.fault(file.of.span(), "`bare` is for names"));
    }
    if (file.whole.is_some() && of != Compared::Filter(Segment::Given))
        || (file.contained.is_some() && !is_filter)
    {
        return Err(places.fault(file.of.span(), "`whole` is for `given`, `contained` for filters"));
    }
    let plain = if is_filter { at_least.len() + 1 } else { 2 };
    let levels = plain
        + 2 * usize::from(file.bare)
        + usize::from(file.contained.is_some())
        + usize::from(file.whole.is_some());
    if levels > MOST_LEVELS {
        return Err(places.fault(file.of.span(), format!("at most {MOST_LEVELS} levels")));
    }
    for alike in file.twin_alike.iter().chain(&file.sibling_alike) {
        let values = alike.get_ref();
        if values.len() != levels || !values.iter().all(|times| (0.0..=10_000.0).contains(times)) {
            return Err(places.fault(alike.span(), format!("{levels} factors from 0 to 10000, one a level")));
        }
    }
    let alike = [&file.twin_alike, &file.sibling_alike];
    let alike = alike.map(|alike| alike.as_ref().map_or(vec![1.0; levels], |alike| alike.get_ref().clone()));
    if let Some(shares) = &file.with_rest
        && (of != Compared::Filter(Segment::Given)
            || !shares.get_ref().iter().all(|share| (0.0..=1.0).contains(share)))
    {
        return Err(places.fault(shares.span(), "`with_rest` is for `given`: four shares between 0 and 1"));
    }
    let same = file.same.get_ref();
    let whole: f64 = same.iter().sum();
    if same.len() != levels || same.iter().any(|share| *share <= 0.0) || (whole - 1.0).abs() > 0.02 {
        let message = format!("{levels} shares above 0 that are 1 together, one a level");
        return Err(places.fault(file.same.span(), message));
    }
    Ok(EncodedComparison {
        of,
        at_least,
        bare: file.bare,
        contained: file.contained,
        whole: file.whole,
        same: same.iter().map(|share| share / whole).collect(),
        in_common: [file.twin, file.sibling, file.namesake, file.like_named],
        alike,
        with_rest: file.with_rest.as_ref().map(|shares| *shares.get_ref()),
    })
}
