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

impl DateInformation {
    /// Counts the dates of one field over all lists. Beforehand every day of a year is worth the
    /// same, every year as much as its share.
    pub fn count(dates: &[Slot], rarest: f64) -> Self {
        let mut days = vec![0_u32; YEARS * DAYS];
        let mut years = vec![0_u32; YEARS];
        for slot in dates.iter().filter(|slot| **slot != MISSING) {
            let date = DateSlot::from_slot(*slot);
            let (year, month, day) = date.parts();
            let Some(year) = Self::year_index(year) else { continue };
            years[year] += 1;
            if date.is_whole() {
                days[year * DAYS + Self::day_index(month, day)] += 1;
            }
        }
        let total = f64::from(years.iter().sum::<u32>()) + 1.0;
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
        let (year, month, day) = date.parts();
        Self::year_index(year).map_or(0.0, |year| self.days[year * DAYS + Self::day_index(month, day)])
    }

    /// Bits in agreeing on the year.
    pub fn year(&self, date: DateSlot) -> f32 {
        Self::year_index(date.parts().0).map_or(0.0, |year| self.years[year])
    }

    fn year_index(year: u32) -> Option<usize> {
        year.checked_sub(FIRST_YEAR).map(|year| year as usize).filter(|year| *year < YEARS)
    }

    fn day_index(month: u32, day: u32) -> usize {
        ((month - 1) * 31 + day - 1) as usize
    }
}

/// Information of arbitrary values: numbers, codes, texts.
pub struct ValueInformation {
    seen_often: FxHashMap<Slot, f32>,
    once: f32,
}

impl ValueInformation {
    /// Counts the values of one field over all lists.
    pub fn count(values: &[Slot], rarest: f64) -> Self {
        let mut counts: FxHashMap<Slot, u32> = FxHashMap::default();
        for value in values.iter().filter(|value| **value != MISSING) {
            *counts.entry(*value).or_default() += 1;
        }
        let total = f64::from(counts.values().sum::<u32>()) + 1.0;
        let bits = |count: f64| (total / count).log2().clamp(0.0, rarest) as f32;
        let seen_often = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(value, count)| (value, bits(f64::from(count))))
            .collect();
        Self { seen_often, once: bits(1.0) }
    }

    /// Bits in agreeing on this value.
    pub fn value(&self, value: Slot) -> f32 {
        self.seen_often.get(&value).copied().unwrap_or(self.once)
    }
}
