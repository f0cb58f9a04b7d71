//! How long the results of a run are kept: `rules/retention.toml`.

use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};
use serde::Deserialize;
use toml::Spanned;

use super::{BuiltIn, RuleSource, RulesError};
use crate::rules_file;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    months: Spanned<u16>,
    basis: String,
}

/// How long the results of a run are kept.
#[derive(Debug)]
pub struct RetentionRules {
    /// Months from the day of the run.
    pub months: u16,
    /// The agency's own paper that says so; empty where there is none yet.
    pub basis: String,
}

const FILE: BuiltIn = rules_file!("retention.toml");

impl RetentionRules {
    pub(super) fn load(source: &mut RuleSource) -> Result<Self, RulesError> {
        let (file, places): (File, _) = source.toml_with_places(FILE)?;
        if !(1..=1200).contains(file.months.get_ref()) {
            return Err(places.fault(file.months.span(), "months is from 1 to 1200"));
        }
        Ok(Self { months: *file.months.get_ref(), basis: file.basis })
    }

    /// The last day on which the results of a run are kept, by the calendar of Vietnam.
    pub fn until(&self, started: Timestamp) -> Date {
        let day = Offset::constant(7).to_datetime(started).date();
        day.saturating_add(i32::from(self.months).months())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn months_are_counted_by_the_calendar() {
        let rules = RetentionRules { months: 3, basis: String::new() };
        let until = |text: &str| rules.until(text.parse().unwrap()).to_string();
        assert_eq!(until("2026-11-30T01:00:00Z"), "2027-02-28");
        // Already the next day in Vietnam.
        assert_eq!(until("2026-11-23T20:00:00Z"), "2027-02-24");
    }

    #[test]
    fn a_period_that_is_none_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("retention.toml"), "basis = \"\"\nmonths = 0\n").unwrap();
        let error = Rules::with_overlay(Some(folder.path())).unwrap_err().to_string();
        assert!(error.contains("retention.toml:2") && error.contains("1200"), "{error}");
    }
}
