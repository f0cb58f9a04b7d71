//! Definitions of indicators: `rules/indicators/thong_tu_13_2021.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::{
    Bilingual, BuiltIn, RuleSource, RulesError,
    groups::{Group, Vocabulary},
    source::Places,
};
use crate::rules_file;

/// By what a figure is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Nam, Nữ.
    Gender,
    /// The age bands of the file.
    Age,
    /// Kinh, another group.
    Ethnicity,
    /// Thôn/TDP.
    Hamlet,
    /// The commune since 2025-07-01.
    Commune2025,
    /// The commune until 2025-06-30.
    CommuneBefore,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: &'static [Self] =
        &[Self::Gender, Self::Age, Self::Ethnicity, Self::Hamlet, Self::Commune2025, Self::CommuneBefore];

    /// The key in rules and outputs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Gender => "gender",
            Self::Age => "age",
            Self::Ethnicity => "ethnicity",
            Self::Hamlet => "hamlet",
            Self::Commune2025 => "commune_34",
            Self::CommuneBefore => "commune_63",
        }
    }
}

/// How far a definition was compared with the text it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Name, code and formula.
    Full,
    /// The name.
    Name,
    /// Nothing.
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorFile {
    annex: Spanned<String>,
    code: Spanned<String>,
    vi: String,
    en: String,
    numerator: Option<Spanned<String>>,
    denominator: Option<Spanned<String>>,
    #[serde(default)]
    by: Vec<Spanned<String>>,
    not_computed: Option<Spanned<Bilingual>>,
    source: String,
    verified: Verified,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BandFile {
    key: String,
    #[serde(rename = "where")]
    group: Spanned<String>,
    vi: String,
    en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    unknown_share: Spanned<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    settings: Settings,
    age_band: Vec<BandFile>,
    indicator: BTreeMap<String, IndicatorFile>,
}

/// A band of ages.
#[derive(Debug)]
pub struct AgeBand {
    /// The key in outputs.
    pub key: String,
    /// Its children.
    pub group: Group,
    /// Its words.
    pub name: Bilingual,
}

/// How an indicator is computed.
#[derive(Debug)]
pub struct Formula {
    /// The children counted.
    pub numerator: Group,
    /// The children they are compared with.
    pub denominator: Option<Group>,
    /// The tables: one or two dimensions each.
    pub by: Vec<Vec<Dimension>>,
}

/// One indicator.
#[derive(Debug)]
pub struct Indicator {
    /// The program's name for it.
    pub key: String,
    /// I or II, or nothing where the circular has no such indicator.
    pub annex: String,
    /// Four digits, or nothing where the code is not known.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// How it is computed, or why a list of children cannot answer it.
    pub formula: Result<Formula, Bilingual>,
    /// Where it is laid down.
    pub source: String,
    /// How far that was checked.
    pub verified: Verified,
}

/// All indicators.
#[derive(Debug)]
pub struct IndicatorRules {
    /// Most children not known, as a part of the denominator.
    pub unknown_share: f64,
    /// The age bands.
    pub age_bands: Vec<AgeBand>,
    /// In the order of annex, code and key; those without last.
    pub indicators: Vec<Indicator>,
}

const FILE: BuiltIn = rules_file!("indicators/thong_tu_13_2021.toml");

impl IndicatorRules {
    pub(super) fn load(source: &mut RuleSource, vocabulary: Vocabulary<'_>) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(FILE)?;
        let share = &file.settings.unknown_share;
        if !(0.0..=1.0).contains(share.get_ref()) {
            return Err(places.fault(share.span(), "unknown_share is from 0 to 1"));
        }
        let band = |band: BandFile| {
            let group = parse(&band.group, vocabulary, &places)?;
            Ok(AgeBand { key: band.key, group, name: Bilingual { vi: band.vi, en: band.en } })
        };
        let mut indicators: Vec<Indicator> = Vec::new();
        let mut codes = BTreeSet::new();
        for (key, file) in file.indicator {
            let code = file.code.span();
            let indicator = indicator(key, file, vocabulary, &places)?;
            let (annex, number) = (&indicator.annex, &indicator.code);
            if !number.is_empty() && !codes.insert((annex.clone(), number.clone())) {
                return Err(places.fault(code, format!("annex {annex} has the code {number} twice")));
            }
            indicators.push(indicator);
        }
        indicators.sort_by_cached_key(|it| {
            let unknown = (it.annex.is_empty(), it.code.is_empty());
            (unknown.0, it.annex.clone(), unknown.1, it.code.clone(), it.key.clone())
        });
        Ok(Self {
            unknown_share: *share.get_ref(),
            age_bands: file.age_band.into_iter().map(band).collect::<Result<_, RulesError>>()?,
            indicators,
        })
    }
}

fn parse(text: &Spanned<String>, vocabulary: Vocabulary<'_>, places: &Places) -> Result<Group, RulesError> {
    Group::parse(text.get_ref(), vocabulary).map_err(|message| places.fault(text.span(), message))
}

fn indicator(
    key: String,
    file: IndicatorFile,
    vocabulary: Vocabulary<'_>,
    places: &Places,
) -> Result<Indicator, RulesError> {
    if !matches!(file.annex.get_ref().as_str(), "I" | "II" | "") {
        return Err(
            places.fault(file.annex.span(), "annex is I or II, or empty for what the circular has not")
        );
    }
    let code = file.code.get_ref();
    if !code.is_empty() && (code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(places.fault(file.code.span(), "code is four digits, or empty where it is not known"));
    }
    let formula = match (file.numerator, file.not_computed) {
        (Some(numerator), None) => {
            let denominator = file.denominator.as_ref();
            Ok(Formula {
                numerator: parse(&numerator, vocabulary, places)?,
                denominator: denominator.map(|text| parse(text, vocabulary, places)).transpose()?,
                by: file.by.iter().map(|by| dimensions(by, places)).collect::<Result<_, _>>()?,
            })
        }
        (None, Some(reason)) if file.denominator.is_none() && file.by.is_empty() => Err(reason.into_inner()),
        (numerator, reason) => {
            // Of the two the one that was added to the other.
            let spans = [numerator.as_ref().map(Spanned::span), reason.as_ref().map(Spanned::span)];
            let span = spans.into_iter().flatten().max_by_key(|span| span.start);
            let message =
                "an indicator has either a numerator or not_computed, and not_computed stands alone";
            return Err(places.fault(span.unwrap_or_else(|| file.annex.span()), message));
        }
    };
    Ok(Indicator {
        key,
        annex: file.annex.into_inner(),
        code: file.code.into_inner(),
        name: Bilingual { vi: file.vi, en: file.en },
        formula,
        source: file.source,
        verified: file.verified,
    })
}

fn dimensions(text: &Spanned<String>, places: &Places) -> Result<Vec<Dimension>, RulesError> {
    let mut found = Vec::new();
    for name in text.get_ref().split('*') {
        let Some(dimension) = Dimension::ALL.iter().copied().find(|it| it.key() == name.trim()) else {
            let known: Vec<&str> = Dimension::ALL.iter().map(|it| it.key()).collect();
            let message = format!("`{name}` is no breakdown; known are {}", known.join(", "));
            return Err(places.fault(text.span(), message));
        };
        if found.contains(&dimension) {
            return Err(places.fault(text.span(), format!("`{name}` stands twice")));
        }
        found.push(dimension);
    }
    if found.len() > 2 {
        return Err(places.fault(text.span(), "a table has at most two dimensions"));
    }
    Ok(found)
}
