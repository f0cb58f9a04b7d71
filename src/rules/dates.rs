//! Date rules: `rules/dates.toml`.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::{RuleSource, RulesError};
use crate::{rules_file, text::fold};

/// Two bounds, both included.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    from: u32,
    to: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct MonthFirst {
    least_cells: usize,
    day_first_one_in: usize,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExchangedCells {
    least_dates: usize,
    least_texts: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    unknown: Vec<String>,
    ignored: Vec<String>,
    serial: Bounds,
    adult_least_age: i16,
    month_first: MonthFirst,
    exchanged_cells: ExchangedCells,
    months: BTreeMap<String, i8>,
}

/// What stands for "no date", and the limits of guessing.
#[derive(Debug)]
pub struct DateRules {
    file: File,
    unknown: FxHashSet<String>,
    ignored: FxHashSet<String>,
}

impl DateRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        const FILE: super::BuiltIn = rules_file!("dates.toml");
        let file: File = source.toml(FILE)?;
        if let Some((word, _)) = file.months.iter().find(|(_, month)| !(1..=12).contains(*month)) {
            return Err(source.fault(FILE, 1, format!("[months] {word}: a month is 1 to 12")));
        }
        if file.serial.from > file.serial.to || file.serial.to > 109_000 {
            return Err(source.fault(FILE, 1, "serial: `from` up to `to`, at most 109000 (year 2198)"));
        }
        if file.month_first.day_first_one_in == 0 {
            return Err(source.fault(FILE, 1, "month_first: day_first_one_in is at least 1"));
        }
        let fold_all = |words: &[String]| words.iter().map(|word| fold::plain(word)).collect();
        Ok(Self { unknown: fold_all(&file.unknown), ignored: fold_all(&file.ignored), file })
    }

    /// Whether a folded cell says that the date is not known.
    pub fn is_unknown(&self, folded: &str) -> bool {
        self.unknown.contains(folded)
    }

    /// Whether a folded word in a date means nothing.
    pub fn is_ignored(&self, folded: &str) -> bool {
        self.ignored.contains(folded)
    }

    /// The month a folded word names.
    pub fn month_word(&self, folded: &str) -> Option<i8> {
        self.file.months.get(folded).copied()
    }

    /// Whether a plain number is a spreadsheet serial.
    pub fn is_serial(&self, number: f64) -> bool {
        number >= f64::from(self.file.serial.from) && number < f64::from(self.file.serial.to) + 1.0
    }

    /// The least age of a parent on the day of the run, in years.
    pub fn adult_least_age(&self) -> i16 {
        self.file.adult_least_age
    }

    /// Whether counts of cells that can only be month first or day first make a column month first.
    pub fn is_month_first(&self, month_first: usize, day_first: usize) -> bool {
        let rule = self.file.month_first;
        month_first >= rule.least_cells && day_first * rule.day_first_one_in <= month_first
    }

    /// Whether a column's date cells have day and month exchanged, given that none of them is
    /// after the 12th of a month.
    pub fn are_cells_exchanged(&self, early_dates: usize, late_texts: usize) -> bool {
        let rule = self.file.exchanged_cells;
        early_dates >= rule.least_dates && late_texts >= rule.least_texts
    }
}
