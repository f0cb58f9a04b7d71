//! Dates known to the day, the month or the year: an unknown day is not day 1.

use std::fmt;

use jiff::civil::Date;

use super::Written;

/// A date with the precision it was given in. Years run from 1900 to 2199, the range in which
/// the personal number can express a birth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// Why three numbers are not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Outside 1900–2199.
    #[error("year {0} is outside 1900-2199")]
    Year(i16),
    /// No such month, or no such day in that month.
    #[error("no such day in the calendar")]
    NoSuchDay,
}

impl Written for PartialDate {}

impl PartialDate {
    /// Only the year is known.
    pub fn from_year(year: i16) -> Result<Self, DateError> {
        if (1900..=2199).contains(&year) {
            Ok(Self { year, month: None, day: None })
        } else {
            Err(DateError::Year(year))
        }
    }

    /// Year and month are known.
    pub fn from_year_month(year: i16, month: i8) -> Result<Self, DateError> {
        let date = Self::from_year(year)?;
        if (1..=12).contains(&month) {
            Ok(Self { month: Some(month), ..date })
        } else {
            Err(DateError::NoSuchDay)
        }
    }

    /// A whole date.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        Self::from_year(year)?;
        Date::new(year, month, day).map_err(|_| DateError::NoSuchDay)?;
        Ok(Self { year, month: Some(month), day: Some(day) })
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, where known.
    pub fn month(self) -> Option<i8> {
        self.month
    }

    /// The day of the month, where known.
    pub fn day(self) -> Option<i8> {
        self.day
    }

    /// The calendar day, only where it is wholly known.
    pub fn to_date(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?).ok()
    }

    /// The same date with day and month exchanged, where that is a date too and another one.
    pub fn swapped(self) -> Option<Self> {
        let (month, day) = (self.month?, self.day?);
        (month != day).then(|| Self::from_ymd(self.year, day, month).ok()).flatten()
    }

    /// `day`, `month` or `year`: the smallest part that is known.
    pub fn precision(self) -> &'static str {
        match (self.month, self.day) {
            (Some(_), Some(_)) => "day",
            (Some(_), None) => "month",
            _ => "year",
        }
    }

    /// As Vietnamese forms write it: `05/03/2018`, `03/2018` or `2018`.
    pub fn vietnamese(self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{day:02}/{month:02}/{:04}", self.year),
            (Some(month), None) => format!("{month:02}/{:04}", self.year),
            _ => format!("{:04}", self.year),
        }
    }

    /// Completed years of age on a day; where the birthday is unknown, the age at the end of the
    /// unknown period, so that nobody is called too old who may not be. Negative before birth.
    pub fn age_on(self, day: Date) -> i16 {
        let month = self.month.unwrap_or(12);
        let birthday = (month, self.day.unwrap_or(31));
        let before = (day.month(), day.day()) < birthday;
        day.year() - self.year - i16::from(before)
    }
}

/// ISO 8601, shortened to what is known: `2018-03-05`, `2018-03`, `2018`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialDate({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_parts_stay_unknown() {
        let year = PartialDate::from_year(2018).unwrap();
        assert_eq!((year.to_string().as_str(), year.precision(), year.to_date()), ("2018", "year", None));
        assert!(PartialDate::from_ymd(2018, 2, 31).is_err());
        assert!(PartialDate::from_year(1899).is_err());
    }

    #[test]
    fn known_parts_are_given_as_they_are_known() {
        let whole = PartialDate::from_ymd(2018, 3, 5).unwrap();
        assert_eq!((whole.year(), whole.month(), whole.day()), (2018, Some(3), Some(5)));
        assert_eq!((whole.to_date(), whole.precision()), (Some(Date::constant(2018, 3, 5)), "day"));
        let month = PartialDate::from_year_month(2019, 11).unwrap();
        assert_eq!((month.year(), month.month(), month.day()), (2019, Some(11), None));
        assert_eq!((month.to_date(), month.precision()), (None, "month"));
        assert_eq!(format!("{whole:?} {month:?}"), "PartialDate(2018-03-05) PartialDate(2019-11)");
    }

    #[test]
    fn age_gives_an_unknown_birthday_the_benefit_of_the_doubt() {
        let day = Date::constant(2026, 11, 23);
        assert_eq!(PartialDate::from_ymd(2010, 11, 23).unwrap().age_on(day), 16);
        assert_eq!(PartialDate::from_ymd(2010, 11, 24).unwrap().age_on(day), 15);
        assert_eq!(PartialDate::from_year(2010).unwrap().age_on(day), 15);
    }
}
