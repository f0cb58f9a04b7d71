//! Everything a domain expert may change, as typed, validated values loaded from the data files
//! of `rules/` (built in, overlaid by `--rules DIR`). The code that applies a rule lives with its
//! stage, not here.

use std::{collections::BTreeMap, path::Path};

use sha2::{Digest, Sha256};

mod checks;
mod circumstances;
mod columns;
mod counted_form;
mod dates;
mod encoding;
mod ethnic;
mod fields;
mod forms;
mod groups;
mod indicators;
mod matching;
mod messages;
mod names;
mod personal_id;
mod places;
mod policies;
mod range;
mod report;
mod retention;
mod source;
mod synth;
mod text;

pub use checks::{CheckLimits, CheckRules, FixAt, NameGender, Severity};
pub use circumstances::{Blank, CircumstanceRules, Code, CodeSet, ColumnMeaning, Family, Selection};
pub use columns::{
    ColumnRules, Dictionary as HeadingDictionary, HeadingRules, LayoutRules, LayoutText,
    Person as HeadingPerson, Phrase as HeadingPhrase, Phrases as LayoutPhrases, ReaderLimits,
};
pub use counted_form::{
    CheckKind, CountedForm, FormCheck, FormFigure, FormRow, HeaderCell, RowKind, YearEnd,
};
pub use dates::DateRules;
pub use encoding::{
    BirthParts, Bits, BlockPart, Compared, EncodedComparison, EncodedCuts, EncodedPopulation,
    EncodedTraining, EncodingRules, Grams, Segment, TokenField,
};
pub use ethnic::{EthnicName, EthnicRules};
pub use fields::{FieldRules, HamletKind};
pub use forms::{
    Answers, Bilingual, ChildColumn, ChildForm, ColumnStyle, FormColumn, FormLimits, FormRules, PairColumn,
    PairForm, PairSheet, TitleBlock,
};
pub use groups::{Comparison, Group, Vocabulary};
pub use indicators::{AgeBand, Dimension, Formula, Indicator, IndicatorRules, Verified};
pub use matching::{
    BlockKey, BlockingRules, ComparatorKind, ComparisonRule, Confusions, Cuts, EvidenceKind, Frequency,
    Ideas, KeyForm, Learning, LevelRule, MISSING_LEVEL, MatchField, MatchingRules, Population, Relative,
    Training, VetoRule,
};
pub use messages::{Language, MessageRules};
pub(crate) use names::cell_key;
pub use names::{NameRules, NearPair, PairReading};
pub use personal_id::PersonalIdRules;
pub use places::{PlaceLevel, PlaceRules, Successor, Unit, UnitKind, UnitWord};
pub use policies::{Policy, PolicyRules};
pub use report::{ExampleColumn, PageLimits, ReportRules};
pub use retention::RetentionRules;
pub use source::{BuiltIn, Located, RuleSource, RulesError};
pub use synth::{
    DateErrorRates, NameCount, NameErrorRates, NamingOrder, NumberErrorRates, People, Preset, Rate,
    RegisterErrorRates, SynthData, SynthRules, SynthWard, TextErrorRates,
};
pub use text::TextRules;

/// All rules of a run.
#[derive(Debug)]
pub struct Rules {
    /// Header synonyms, layout words, limits of the reader.
    pub columns: ColumnRules,
    /// Encodings, confusables, syllables.
    pub text: TextRules,
    /// Surnames, given names, titles, placeholders, minority conventions.
    pub names: NameRules,
    /// Date formats and placeholders.
    pub dates: DateRules,
    /// Place codes of the personal number and repair limits.
    pub personal_id: PersonalIdRules,
    /// Administrative units of both eras and the map between them.
    pub places: PlaceRules,
    /// Ethnic groups and their other names.
    pub ethnic: EthnicRules,
    /// Words of the small fields: gender, telephone, marks, thôn/TDP.
    pub fields: FieldRules,
    /// Severity and text of every finding, change and reject reason; limits of the checks.
    pub checks: CheckRules,
    /// Comparisons, levels, weights, blocking keys, cuts.
    pub matching: MatchingRules,
    /// Title block, columns and headings of the workbooks.
    pub forms: FormRules,
    /// Headings and sentences of what people read, in both languages.
    pub messages: MessageRules,
    /// What lists say of a child's circumstances, and in which columns.
    pub circumstances: CircumstanceRules,
    /// Limits of the report and of everything counted.
    pub report: ReportRules,
    /// How long results are kept.
    pub retention: RetentionRules,
    /// MẪU 03.
    pub mau03: CountedForm,
    /// Indicators of Thông tư 13/2021.
    pub indicators: IndicatorRules,
    /// Lists of children to whom a policy applies.
    pub policies: PolicyRules,
    /// Encoded lists.
    pub encoding: EncodingRules,
    /// SHA-256 of every rules file as used, by name.
    pub digests: BTreeMap<String, String>,
}

impl Rules {
    /// The built-in rules.
    pub fn built_in() -> Result<Self, RulesError> {
        Self::load(RuleSource::built_in())
    }

    /// SHA-256 of all rules by which a list is read, normalised and matched: what is made with them once
    /// and for all is of no use under others.
    pub fn reading_digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (file, digest) in self.digests.iter().filter(|(file, _)| !says_only_how_it_is_told(file)) {
            hash.update(format!("{file} {digest}\n"));
        }
        hash.finalize().into()
    }

    /// The built-in rules under an overlay folder (`--rules`), where one is given.
    pub fn with_overlay(folder: Option<&Path>) -> Result<Self, RulesError> {
        match folder {
            Some(folder) => Self::load(RuleSource::with_overlay(folder)?),
            None => Self::built_in(),
        }
    }

    fn load(mut source: RuleSource) -> Result<Self, RulesError> {
        let source_ref = &mut source;
        let text = TextRules::load(source_ref)?;
        let ethnic = EthnicRules::load(source_ref)?;
        let circumstances = CircumstanceRules::load(source_ref)?;
        let vocabulary = Vocabulary { circumstances: &circumstances, ethnic: &ethnic };
        let mau03 = CountedForm::load(source_ref, vocabulary)?;
        let indicators = IndicatorRules::load(source_ref, vocabulary)?;
        let policies = PolicyRules::load(source_ref, vocabulary)?;
        Ok(Self {
            report: ReportRules::load(source_ref)?,
            retention: RetentionRules::load(source_ref)?,
            mau03,
            indicators,
            policies,
            circumstances,
            columns: ColumnRules::load(source_ref)?,
            names: NameRules::load(source_ref, &text)?,
            text,
            dates: DateRules::load(source_ref)?,
            personal_id: PersonalIdRules::load(source_ref)?,
            places: PlaceRules::load(source_ref)?,
            ethnic,
            fields: FieldRules::load(source_ref)?,
            checks: CheckRules::load(source_ref)?,
            matching: MatchingRules::load(source_ref)?,
            encoding: EncodingRules::load(source_ref)?,
            forms: FormRules::load(source_ref)?,
            messages: MessageRules::load(source_ref)?,
            digests: {
                // Synth's rates are loaded only by `synth`, but an overlay may hold them.
                SynthRules::load(source_ref)?;
                source.finish()?
            },
        })
    }
}

/// Rules that change what is written of children, never who is whom.
fn says_only_how_it_is_told(file: &str) -> bool {
    let told = [
        "encoding.toml",
        "messages/",
        "forms/",
        "indicators/",
        "policies/",
        "report.toml",
        "circumstances.",
        "synth",
        "retention.",
    ];
    told.iter().any(|start| file.starts_with(start))
}
