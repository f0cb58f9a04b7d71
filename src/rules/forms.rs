//! Title block, columns and headings of the workbooks: `rules/forms/*.toml`.

use serde::{Deserialize, de::DeserializeOwned};

use super::{BuiltIn, Language, RuleSource, RulesError};
use crate::rules_file;

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Tiếng Việt.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The words in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// How a column's cells look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnStyle {
    /// Left, wrapped.
    Text,
    /// Centred.
    Center,
    /// Digits that are text: leading zeros stay.
    Code,
    /// A number the program made.
    Number,
    /// Left for a person to write in.
    Fill,
}

/// What a column of a list of children shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildColumn {
    /// Running number.
    Number,
    /// The primary record's identifier.
    RecordId,
    /// The list's household code.
    HouseholdCode,
    /// Name.
    FullName,
    /// Nickname or other name.
    OtherName,
    /// Birth date, dd/mm/yyyy.
    BirthDate,
    /// Gender.
    Gender,
    /// Ethnic group.
    Ethnicity,
    /// Father's name.
    FatherName,
    /// Mother's name.
    MotherName,
    /// Guardian's name.
    GuardianName,
    /// Father's name, and number on a second line.
    Father,
    /// Mother's name, and number on a second line.
    Mother,
    /// Those of father, mother and guardian who are named, one a line.
    Parents,
    /// Thôn/TDP.
    Hamlet,
    /// Address.
    Address,
    /// Address and thôn/TDP in one.
    Residence,
    /// Place of birth.
    BirthPlace,
    /// Telephone.
    Phone,
    /// Note of the list.
    Note,
    /// The child's number, where it has one that stands.
    PersonalId,
    /// What the list has in the column of the number.
    ListedPersonalId,
    /// How the child stands to the register, in words.
    LinkStatus,
    /// What changed and why.
    Changes,
    /// What the register writes differently.
    Suggestions,
    /// Identifiers of the other records of the child.
    Duplicates,
    /// Why the police are asked.
    PoliceReason,
    /// What to ask at home.
    ToCheck,
    /// Left empty for the number that the police supply.
    SuppliedNumber,
    /// Left empty for the name put right.
    RightFullName,
    /// Left empty for the birth date put right.
    RightBirthDate,
    /// Left empty for the gender put right.
    RightGender,
    /// Left empty for a remark.
    Remark,
    /// What the program needs to read the answers back: hidden.
    Key,
}

impl ChildColumn {
    /// The field that is put right in this column.
    pub fn corrects(self) -> Option<crate::record::FieldKind> {
        use crate::record::FieldKind;
        match self {
            Self::RightFullName => Some(FieldKind::FullName),
            Self::RightBirthDate => Some(FieldKind::BirthDate),
            Self::RightGender => Some(FieldKind::Gender),
            _ => None,
        }
    }
}

/// What a column of the list of pairs shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairColumn {
    /// Running number.
    Number,
    /// The pair's identifier.
    PairId,
    /// The person's decision.
    Decision,
    /// The person's remark.
    Remark,
    /// Why the program did not decide.
    Reason,
    /// Probability of a match in per cent.
    Probability,
    /// Match weight in bits.
    Weight,
    /// The two identifiers.
    Sides,
    /// The two names.
    FullName,
    /// The two birth dates.
    BirthDate,
    /// The two genders.
    Gender,
    /// The two numbers.
    PersonalId,
    /// The fathers' names.
    FatherName,
    /// The mothers' names.
    MotherName,
    /// Where they live.
    Residence,
    /// What speaks for and against.
    Evidence,
    /// What the program needs to read the answers back: hidden.
    Key,
}

/// One column of a workbook.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormColumn<K> {
    /// What it shows.
    pub key: K,
    /// Heading in Vietnamese.
    pub vi: String,
    /// Heading in English.
    pub en: String,
    /// Width in characters, 1 to 255.
    pub width: f64,
    /// Look.
    pub style: ColumnStyle,
}

impl<K> FormColumn<K> {
    /// The heading in one language.
    pub fn heading(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// A workbook of children.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildForm {
    /// Name of the (first) sheet.
    pub sheet: Bilingual,
    /// Title.
    pub title: Bilingual,
    /// The line under the title; `{count}` and, at home, `{hamlet}` are filled in.
    pub introduction: Bilingual,
    /// Who signs below, left to right.
    pub signatures: Vec<Bilingual>,
    /// Columns, left to right.
    pub columns: Vec<FormColumn<ChildColumn>>,
}

/// The words of one sheet of pairs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairSheet {
    /// Name of the sheet.
    pub sheet: Bilingual,
    /// Title.
    pub title: Bilingual,
    /// The line under the title; `{count}` is filled in.
    pub introduction: Bilingual,
}

/// The answers of the decision column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The two records are one child.
    pub duplicate_same: Bilingual,
    /// The two records are two children.
    pub duplicate_different: Bilingual,
    /// The child is this person of the register.
    pub identity_same: Bilingual,
    /// The child is not this person.
    pub identity_different: Bilingual,
    /// Not decided.
    pub unclear: Bilingual,
}

/// The workbook of pairs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairForm {
    /// Pairs of two records.
    pub duplicates: PairSheet,
    /// Pairs of a record and a person of the register.
    pub identities: PairSheet,
    /// The answers.
    pub answers: Answers,
    /// Columns of both sheets.
    pub columns: Vec<FormColumn<PairColumn>>,
}

/// Sizes beyond which a workbook helps nobody; see the comments in `rules/forms/title.toml`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormLimits {
    /// Most children in a workbook.
    pub workbook_children: usize,
    /// Most pairs in the review workbook.
    pub workbook_pairs: usize,
    /// Most data rows of one sheet.
    pub sheet_rows: u32,
    /// Most sheets by thôn/TDP.
    pub hamlet_sheets: usize,
    /// Rows from which on a sheet is streamed to the disk.
    pub streaming_rows: usize,
    /// Most cells with a note.
    pub notes: usize,
}

/// The block at the head of every sheet, and what is the same on all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TitleBlock {
    /// Font of all workbooks.
    pub font: String,
    /// Its size in points.
    pub font_size: f64,
    /// Who issues the list.
    pub authority: Bilingual,
    /// Stands for the commune's name where it is not known.
    pub unknown_commune: Bilingual,
    /// National title.
    pub country: Bilingual,
    /// National motto.
    pub motto: Bilingual,
    /// `{day}`, `{month}`, `{year}` of the run's day.
    pub date: Bilingual,
    /// The word before the page number.
    pub page: Bilingual,
    /// What every page says at its foot.
    pub footer: Bilingual,
    /// Sizes.
    pub limits: FormLimits,
}

/// All forms.
#[derive(Debug)]
pub struct FormRules {
    /// The block at the head of every sheet.
    pub title: TitleBlock,
    /// `update.xlsx`.
    pub update: ChildForm,
    /// `police.xlsx`.
    pub police: ChildForm,
    /// `household.xlsx`.
    pub household: ChildForm,
    /// `review.xlsx`.
    pub review: PairForm,
}

const TITLE: BuiltIn = rules_file!("forms/title.toml");
const UPDATE: BuiltIn = rules_file!("forms/update.toml");
const POLICE: BuiltIn = rules_file!("forms/police.toml");
const HOUSEHOLD: BuiltIn = rules_file!("forms/household.toml");
const REVIEW: BuiltIn = rules_file!("forms/review.toml");

/// A spreadsheet's own limit of rows, less the title block and the signatures.
const SHEET_ROWS: u32 = 1_048_576 - 100;

impl FormRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let title: TitleBlock = source.toml(TITLE)?;
        if !(1..=SHEET_ROWS).contains(&title.limits.sheet_rows) {
            let message = format!("sheet_rows is from 1 to {SHEET_ROWS}");
            return Err(source.fault(TITLE, 1, message));
        }
        Ok(Self {
            title,
            update: child_form(source, UPDATE)?,
            police: child_form(source, POLICE)?,
            household: child_form(source, HOUSEHOLD)?,
            review: {
                let form: PairForm = source.toml(REVIEW)?;
                check_columns(source, REVIEW, &form.columns)?;
                for key in [PairColumn::PairId, PairColumn::Decision, PairColumn::Key] {
                    if form.columns.iter().filter(|column| column.key == key).count() != 1 {
                        let message = "the columns pair_id, decision and key are each needed once";
                        return Err(source.fault(REVIEW, 1, message));
                    }
                }
                form
            },
        })
    }
}

fn child_form(source: &mut RuleSource, file: BuiltIn) -> Result<ChildForm, RulesError> {
    let form: ChildForm = source.toml(file)?;
    check_columns(source, file, &form.columns)?;
    Ok(form)
}

fn check_columns<K: DeserializeOwned>(
    source: &RuleSource,
    file: BuiltIn,
    columns: &[FormColumn<K>],
) -> Result<(), RulesError> {
    if columns.len() < 4 || columns.len() > 100 {
        return Err(source.fault(file, 1, "a list has 4 to 100 columns"));
    }
    if let Some(column) = columns.iter().find(|column| !(1.0..=255.0).contains(&column.width)) {
        return Err(source.fault(file, 1, format!("the width of the column {} is not 1 to 255", column.en)));
    }
    Ok(())
}
