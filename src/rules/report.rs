//! Limits and settings of the report and of everything counted: `rules/report.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{BuiltIn, RuleSource, RulesError};
use crate::{
    record::{Change, FieldKind, RECORD_COLUMNS},
    rules_file,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageFile {
    hamlets: Spanned<usize>,
    examples: Spanned<usize>,
    weight_bin: Spanned<u8>,
}

/// Sizes of the page.
#[derive(Debug, Clone, Copy)]
pub struct PageLimits {
    /// Most rows of the table by thôn/TDP.
    pub hamlets: usize,
    /// Masked examples for each finding.
    pub examples: usize,
    /// Width of a column in the plot of match weights, in bits.
    pub weight_bin: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    small_cell: Spanned<u32>,
    notation: Vec<Spanned<String>>,
    page: PageFile,
    examples: BTreeMap<String, Vec<Spanned<String>>>,
}

/// Where an example of a finding is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExampleColumn {
    /// A column of `records.csv`.
    Value(String),
    /// What stood there and could not be used.
    Unusable(FieldKind),
}

/// Settings of the report.
#[derive(Debug)]
pub struct ReportRules {
    /// Counts below this and above zero do not leave the ward.
    pub small_cell: u32,
    /// Sizes of the page.
    pub page: PageLimits,
    notation: Vec<Change>,
    examples: BTreeMap<String, Vec<ExampleColumn>>,
}

const FILE: BuiltIn = rules_file!("report.toml");

impl ReportRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(FILE)?;
        if !(1..=100).contains(file.small_cell.get_ref()) {
            return Err(places.fault(file.small_cell.span(), "small_cell is from 1 to 100"));
        }
        let PageFile { hamlets, examples, weight_bin } = &file.page;
        for (span, holds, message) in [
            (hamlets.span(), *hamlets.get_ref() >= 1, "hamlets is at least 1"),
            (examples.span(), *examples.get_ref() <= 10, "examples is at most 10"),
            (weight_bin.span(), (1..=20).contains(weight_bin.get_ref()), "weight_bin is from 1 to 20"),
        ] {
            if !holds {
                return Err(places.fault(span, message));
            }
        }
        let page = PageLimits {
            hamlets: *hamlets.get_ref(),
            examples: *examples.get_ref(),
            weight_bin: *weight_bin.get_ref(),
        };
        let notation = file.notation.iter().map(|code| {
            let known = Change::ALL.iter().copied().find(|change| change.code() == code.get_ref());
            known.ok_or_else(|| places.fault(code.span(), format!("`{}` is no change", code.get_ref())))
        });
        let notation = notation.collect::<Result<_, _>>()?;
        let mut examples = BTreeMap::new();
        for (prefix, columns) in &file.examples {
            let columns = columns.iter().map(|column| {
                example(column.get_ref()).ok_or_else(|| {
                    places.fault(column.span(), format!("`{}` is no column of records.csv", column.get_ref()))
                })
            });
            examples.insert(prefix.clone(), columns.collect::<Result<_, _>>()?);
        }
        Ok(Self { small_cell: *file.small_cell.get_ref(), page, notation, examples })
    }

    /// Whether a change only writes the same thing another way.
    pub fn is_notation(&self, change: Change) -> bool {
        self.notation.contains(&change)
    }

    /// Where examples of a finding stand, the best place first.
    pub fn examples(&self, code: &str) -> &[ExampleColumn] {
        let prefix = code.split('.').next().unwrap_or(code);
        self.examples.get(prefix).map_or(&[], Vec::as_slice)
    }
}

fn example(name: &str) -> Option<ExampleColumn> {
    match name.strip_prefix("unusable:") {
        Some(field) => {
            let kind = FieldKind::ALL.iter().copied().find(|kind| kind.key() == field)?;
            Some(ExampleColumn::Unusable(kind))
        }
        None => RECORD_COLUMNS.contains(&name).then(|| ExampleColumn::Value(name.to_owned())),
    }
}
