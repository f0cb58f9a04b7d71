//! Dates, years, and values of any other kind.

use rustc_hash::FxHashMap;

use crate::matching::slot::{DateSlot, MISSING, Slot};

/// Information of whole dates and of years.
pub struct DateInformation {
    days: Vec<f32>,
    years: Vec<f32>,
}

const FIRST_YEAR: u32 = 1900;
const YEARS: usize = 300;
const DAYS: usize = 12 * 31;

/// Dates of one field, counted by day and by year.
#[derive(Debug, Clone)]
pub struct DateCounts {
    /// By year, month and day.
    pub days: Vec<u32>,
    /// By year; with those of which only the year is known.
    pub years: Vec<u32>,
}

impl Default for DateCounts {
    fn default() -> Self {
        Self { days: vec![0; YEARS * DAYS], years: vec![0; YEARS] }
    }
}

impl DateCounts {
    /// Counts a date so many times.
    pub fn add(&mut self, slot: Slot, count: u32) {
        if slot == MISSING {
            return;
        }
        let date = DateSlot::from_slot(slot);
        // A forged index may say any date and any count.
        let add = |counted: &mut u32| *counted = counted.saturating_add(count);
        let Some(year) = DateInformation::year_place(date) else { return };
        add(&mut self.years[year]);
        if let Some(day) = DateInformation::day_place(date) {
            add(&mut self.days[day]);
        }
    }
}

impl DateInformation {
    /// What dates that were counted over all lists say. Beforehand every day of a year is worth the
    /// same, every year as much as its share.
    pub fn new(counts: &DateCounts, rarest: f64) -> Self {
        let DateCounts { days, years } = counts;
        let total = years.iter().copied().map(f64::from).sum::<f64>() + 1.0;
        let bits = |share: f64| -share.log2().clamp(-rarest, 0.0) as f32;
        let year_share = |year: usize| (f64::from(years[year]) + 1.0 / YEARS as f64) / total;
        let smoothed = |ix: usize| {
            // A year's dates, half of them taken as spread evenly: a day seen once is not 1/N.
            let (year, count) = (ix / DAYS, f64::from(days[ix]));
            let of_year = f64::from(years[year]);
            year_share(year) * (count + 20.0 / 365.25) / (of_year + 20.0)
        };
        Self {
            days: (0..days.len()).map(|ix| bits(smoothed(ix))).collect(),
            years: (0..YEARS).map(|year| bits(year_share(year))).collect(),
        }
    }

    /// Bits in agreeing on this whole date.
    pub fn day(&self, date: DateSlot) -> f32 {
        Self::day_place(date).map_or(0.0, |day| self.days[day])
    }

    /// Bits in agreeing on the year.
    pub fn year(&self, date: DateSlot) -> f32 {
        Self::year_place(date).map_or(0.0, |year| self.years[year])
    }

    fn year_place(date: DateSlot) -> Option<usize> {
        date.parts().0.checked_sub(FIRST_YEAR).map(|year| year as usize).filter(|year| *year < YEARS)
    }

    fn day_place(date: DateSlot) -> Option<usize> {
        let (_, month, day) = date.parts();
        let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
        let year = Self::year_place(date).filter(|_| is_day)?;
        Some(year * DAYS + ((month - 1) * 31 + day - 1) as usize)
    }
}

/// Information of arbitrary values: numbers, codes, texts.
pub struct ValueInformation {
    seen_often: FxHashMap<Slot, f32>,
    /// Of values that only the persons at hand have.
    of_persons: FxHashMap<Slot, f32>,
    once: f32,
    total: f64,
    rarest: f64,
}

/// Values of one field, counted.
#[derive(Debug, Default)]
pub struct ValueCounts {
    /// By value.
    pub counts: FxHashMap<Slot, u32>,
    /// How many values were counted; beside `counts` those of values that nobody asks for.
    pub total: u64,
}

impl ValueCounts {
    /// Counts a value.
    pub fn add(&mut self, value: Slot) {
        if value != MISSING {
            *self.counts.entry(value).or_default() += 1;
            self.total += 1;
        }
    }
}

impl ValueInformation {
    /// What values that were counted over all lists say.
    pub fn new(counted: ValueCounts, rarest: f64) -> Self {
        let ValueCounts { counts, total } = counted;
        let total = total as f64 + 1.0;
        let mut information = Self {
            seen_often: FxHashMap::default(),
            of_persons: FxHashMap::default(),
            once: 0.0,
            total,
            rarest,
        };
        information.once = information.bits(1);
        information.seen_often = information.often(counts);
        information
    }

    /// Takes other persons to hand: the values that they have, and the children do not, with how often the
    /// register has them.
    pub fn set_persons(&mut self, counts: impl IntoIterator<Item = (Slot, u32)>) {
        self.of_persons = self.often(counts);
    }

    fn often(&self, counts: impl IntoIterator<Item = (Slot, u32)>) -> FxHashMap<Slot, f32> {
        let often = counts.into_iter().filter(|(_, count)| *count > 1);
        often.map(|(value, count)| (value, self.bits(count))).collect()
    }

    fn bits(&self, count: u32) -> f32 {
        (self.total / f64::from(count)).log2().clamp(0.0, self.rarest) as f32
    }

    /// Bits in agreeing on this value.
    pub fn value(&self, value: Slot) -> f32 {
        let often = self.seen_often.get(&value);
        let often =
            often.or_else(|| if self.of_persons.is_empty() { None } else { self.of_persons.get(&value) });
        often.copied().unwrap_or(self.once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(year: u64, month: u64, day: u64) -> Slot {
        year << 16 | month << 8 | day
    }

    #[test]
    fn a_common_birthday_says_less_than_a_rare_one() {
        let mut counts = DateCounts::default();
        counts.add(slot(2018, 1, 1), 40);
        counts.add(slot(2018, 3, 5), 1);
        counts.add(slot(2018, 0, 0), 3);
        counts.add(MISSING, 9);
        assert_eq!((counts.years.iter().sum::<u32>(), counts.days.iter().sum::<u32>()), (44, 41));
        let information = DateInformation::new(&counts, 20.0);
        let day = |month, day| information.day(DateSlot::from_slot(slot(2018, month, day)));
        assert!(day(1, 1) < day(3, 5) && day(3, 5) < day(3, 6));
        // Nearly everybody is born in that year: it says next to nothing, another one much.
        let year = |year| information.year(DateSlot::from_slot(slot(year, 3, 5)));
        assert!(year(2018) < 0.1 && year(2017) > 10.0);
    }

    /// Found by the fuzz target `index`.
    #[test]
    fn an_index_that_was_forged_may_say_any_date_and_any_count() {
        let mut counts = DateCounts::default();
        for date in
            [slot(2018, 3, 5), slot(2199, 12, 31), slot(2199, 255, 255), slot(1899, 0, 1), slot(9999, 1, 1)]
        {
            counts.add(date, u32::MAX);
            counts.add(date, u32::MAX);
        }
        let information = DateInformation::new(&counts, 20.0);
        for date in [slot(2018, 3, 5), slot(2199, 255, 255), slot(2199, 0, 7), slot(1899, 0, 1)] {
            let date = DateSlot::from_slot(date);
            assert!(information.day(date).is_finite() && information.year(date).is_finite());
        }
    }
}
