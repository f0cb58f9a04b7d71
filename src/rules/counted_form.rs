//! A form that is filled with counts of children, row by row and column by column: MẪU 03 in
//! `rules/forms/mau03.toml` and `rules/forms/mau03_rows.csv`.

use serde::Deserialize;
use toml::Spanned;

use super::{
    Bilingual, BuiltIn, RuleSource, RulesError,
    groups::{Group, Vocabulary},
    source::Places,
};
use crate::rules_file;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEndFile {
    month: i8,
    day: Spanned<i8>,
}

/// The last day a year's figures speak of.
#[derive(Debug, Clone, Copy)]
pub struct YearEnd {
    /// Month.
    pub month: i8,
    /// Day of the month.
    pub day: i8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderFile {
    rows: Spanned<[u32; 2]>,
    columns: Spanned<[String; 2]>,
    text: Bilingual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ColumnKind {
    Count,
    Percent,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    kind: ColumnKind,
    #[serde(rename = "where")]
    group: Spanned<String>,
}

/// How rows of the first column must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// The parts and the children not known make up the total.
    Equal,
    /// No part is greater than the total.
    AtMost,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    kind: CheckKind,
    total: Spanned<String>,
    parts: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Bilingual,
    number: Bilingual,
    subtitle: Bilingual,
    sheet: Bilingual,
    notes_sheet: Bilingual,
    columns_verified: bool,
    closes: YearEndFile,
    unknown_share: Spanned<f64>,
    header: Vec<HeaderFile>,
    column: Vec<ColumnFile>,
    check: Vec<CheckFile>,
    signatures: Vec<Bilingual>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowFile {
    row_id: String,
    level: u8,
    stt: String,
    vi: String,
    en: String,
    kind: String,
    #[serde(rename = "where")]
    group: String,
    columns: String,
}

/// One cell of the header, over several rows and columns. Columns count from 0 (A), rows from 0.
#[derive(Debug)]
pub struct HeaderCell {
    /// First and last row.
    pub rows: [u32; 2],
    /// First and last column.
    pub columns: [u16; 2],
    /// Its words.
    pub text: Bilingual,
}

impl HeaderCell {
    fn overlaps(&self, other: &Self) -> bool {
        let rows = self.rows[0] <= other.rows[1] && other.rows[0] <= self.rows[1];
        rows && self.columns[0] <= other.columns[1] && other.columns[0] <= self.columns[1]
    }
}

/// What a column of figures shows of a row's children.
#[derive(Debug)]
pub enum FormFigure {
    /// How many are in this group.
    Count(Group),
    /// How many in a hundred are.
    Percent(Group),
}

impl FormFigure {
    /// The group.
    pub fn group(&self) -> &Group {
        match self {
            Self::Count(group) | Self::Percent(group) => group,
        }
    }
}

/// What a row stands for.
#[derive(Debug)]
pub enum RowKind {
    /// These children.
    Count(Group),
    /// These rows added up, by position.
    Sum(Vec<usize>),
    /// No figures.
    Label,
}

/// One row of the form.
#[derive(Debug)]
pub struct FormRow {
    /// The program's name for it.
    pub id: String,
    /// 0 part, 1 group, 2 within a group.
    pub level: u8,
    /// Column A, always text.
    pub number: String,
    /// Column B.
    pub label: Bilingual,
    /// What is counted.
    pub kind: RowKind,
    /// Every column of figures, or the first only.
    pub all_columns: bool,
}

/// A condition on the first column.
#[derive(Debug)]
pub struct FormCheck {
    /// How.
    pub kind: CheckKind,
    /// Position of the row that is the whole.
    pub total: usize,
    /// Positions of its parts.
    pub parts: Vec<usize>,
}

/// A form of counts.
#[derive(Debug)]
pub struct CountedForm {
    /// Title with `{year}`.
    pub title: Bilingual,
    /// "MẪU 03".
    pub number: Bilingual,
    /// With `{day}`.
    pub subtitle: Bilingual,
    /// Name of the sheet.
    pub sheet: Bilingual,
    /// Name of the sheet of notes.
    pub notes_sheet: Bilingual,
    /// Whether the words of the columns were compared with the form itself.
    pub columns_verified: bool,
    /// The day the year's figures speak of.
    pub closes: YearEnd,
    /// Most children not known, as a part of those asked for.
    pub unknown_share: f64,
    /// The header.
    pub header: Vec<HeaderCell>,
    /// The columns of figures.
    pub columns: Vec<FormFigure>,
    /// The rows.
    pub rows: Vec<FormRow>,
    /// What must hold.
    pub checks: Vec<FormCheck>,
    /// Who signs.
    pub signatures: Vec<Bilingual>,
}

const FILE: BuiltIn = rules_file!("forms/mau03.toml");
const ROWS: BuiltIn = rules_file!("forms/mau03_rows.csv");
/// Columns A and B stand before the figures.
const BEFORE: u16 = 2;

impl CountedForm {
    pub(super) fn load(source: &mut RuleSource, vocabulary: Vocabulary<'_>) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(FILE)?;
        let rows = rows(source, vocabulary)?;
        let closes = YearEnd { month: file.closes.month, day: *file.closes.day.get_ref() };
        if jiff::civil::Date::new(2001, closes.month, closes.day).is_err() {
            return Err(places.fault(file.closes.day.span(), "there is no such day every year"));
        }
        if !(0.0..=1.0).contains(file.unknown_share.get_ref()) {
            return Err(places.fault(file.unknown_share.span(), "unknown_share is from 0 to 1"));
        }
        if !(1..=20).contains(&file.column.len()) {
            return Err(source.fault(FILE, 1, "a form has 1 to 20 columns of figures"));
        }
        let columns = u16::try_from(file.column.len()).expect("at most 20") + BEFORE;
        let column = |column: ColumnFile| {
            let group = Group::parse(column.group.get_ref(), vocabulary);
            let group = group.map_err(|message| places.fault(column.group.span(), message))?;
            Ok(match column.kind {
                ColumnKind::Count => FormFigure::Count(group),
                ColumnKind::Percent => FormFigure::Percent(group),
            })
        };
        let figures = file.column.into_iter().map(column).collect::<Result<_, RulesError>>()?;
        let mut header: Vec<HeaderCell> = Vec::new();
        for cell in file.header {
            let span = cell.rows.span();
            let cell = header_cell(cell, columns, &places)?;
            if header.iter().any(|other| other.overlaps(&cell)) {
                return Err(places.fault(span, "two cells of the header lie on one another"));
            }
            header.push(cell);
        }
        Ok(Self {
            title: file.title,
            number: file.number,
            subtitle: file.subtitle,
            sheet: file.sheet,
            notes_sheet: file.notes_sheet,
            columns_verified: file.columns_verified,
            closes,
            unknown_share: *file.unknown_share.get_ref(),
            header,
            columns: figures,
            checks: file
                .check
                .iter()
                .map(|check| form_check(check, &rows, &places))
                .collect::<Result<_, _>>()?,
            rows,
            signatures: file.signatures,
        })
    }
}

fn header_cell(cell: HeaderFile, columns: u16, places: &Places) -> Result<HeaderCell, RulesError> {
    let [top, bottom] = *cell.rows.get_ref();
    if top < 1 || bottom < top || bottom > 10 {
        return Err(places.fault(cell.rows.span(), "rows go from 1 to 10, first to last"));
    }
    let position = |name: &str| match name {
        "A" => Some(0),
        "B" => Some(1),
        number => number.parse::<u16>().ok().filter(|number| *number >= 1).map(|number| number + BEFORE - 1),
    };
    let [first, last] = cell.columns.get_ref().each_ref().map(|name| position(name));
    match (first, last) {
        (Some(first), Some(last)) if first <= last && last < columns => {
            Ok(HeaderCell { rows: [top - 1, bottom - 1], columns: [first, last], text: cell.text })
        }
        _ => {
            let message = format!("columns are A, B and 1 to {}, first to last", columns - BEFORE);
            Err(places.fault(cell.columns.span(), message))
        }
    }
}

fn form_check(check: &CheckFile, rows: &[FormRow], places: &Places) -> Result<FormCheck, RulesError> {
    let position = |name: &Spanned<String>| {
        let found = rows.iter().position(|row| row.id == *name.get_ref());
        found.filter(|at| !matches!(rows[*at].kind, RowKind::Label)).ok_or_else(|| {
            places.fault(name.span(), format!("mau03_rows.csv has no row of figures `{}`", name.get_ref()))
        })
    };
    Ok(FormCheck {
        kind: check.kind,
        total: position(&check.total)?,
        parts: check.parts.iter().map(position).collect::<Result<_, _>>()?,
    })
}

fn rows(source: &mut RuleSource, vocabulary: Vocabulary<'_>) -> Result<Vec<FormRow>, RulesError> {
    let files = source.csv::<RowFile>(ROWS)?;
    let ids: Vec<String> = files.iter().map(|row| row.value.row_id.clone()).collect();
    let counts: Vec<bool> = files.iter().map(|row| row.value.kind == "count").collect();
    let mut rows = Vec::with_capacity(files.len());
    for (at, located) in files.into_iter().enumerate() {
        let (row, line) = (located.value, located.line);
        let fault = |message: String| source.fault(ROWS, line, message);
        if ids[..at].contains(&row.row_id) {
            return Err(fault(format!("the row {} stands twice", row.row_id)));
        }
        let kind = match row.kind.as_str() {
            "count" => RowKind::Count(Group::parse(&row.group, vocabulary).map_err(fault)?),
            "sum" => {
                let parts = row.group.split_whitespace().map(|part| {
                    let found = ids.iter().position(|id| id == part).filter(|found| counts[*found]);
                    found.ok_or_else(|| fault(format!("there is no row of children `{part}` to add up")))
                });
                RowKind::Sum(parts.collect::<Result<_, _>>()?)
            }
            "label" => RowKind::Label,
            other => return Err(fault(format!("`{other}` is not count, sum or label"))),
        };
        let all_columns = match row.columns.as_str() {
            "all" => true,
            "total" => false,
            other => return Err(fault(format!("columns is all or total, not `{other}`"))),
        };
        rows.push(FormRow {
            id: row.row_id,
            level: row.level,
            number: row.stt,
            label: Bilingual { vi: row.vi, en: row.en },
            kind,
            all_columns,
        });
    }
    Ok(rows)
}
