//! Birth dates: equal, day and month exchanged, the 01/01 of those who know only the year, one
//! digit, one year, one part.

use super::Found;
use crate::matching::{frequency::DateInformation, slot::DateSlot};

const EQUAL: u8 = 0;
const SWAPPED: u8 = 1;
const DEFAULT_DAY: u8 = 2;
const ONE_DIGIT: u8 = 3;
const YEAR_OFF: u8 = 4;
const PART_OFF: u8 = 5;
const SAME_YEAR: u8 = 6;
const DIFFERENT: u8 = 7;
const PARTIAL_EQUAL: u8 = 8;
const PARTIAL_DIFFERENT: u8 = 9;

/// Compares two dates of any precision.
pub fn compare_dates(a: DateSlot, b: DateSlot, information: &DateInformation) -> Found {
    let ((year, month, day), (other_year, other_month, other_day)) = (a.parts(), b.parts());
    if !(a.is_whole() && b.is_whole()) {
        let months_agree = month == 0 || other_month == 0 || month == other_month;
        return if year == other_year && months_agree {
            Found::at(PARTIAL_EQUAL, information.year(a))
        } else {
            Found::at(PARTIAL_DIFFERENT, 0.0)
        };
    }
    if a == b {
        return Found::at(EQUAL, information.day(a));
    }
    let rarer = information.day(a).max(information.day(b));
    let default = |month: u32, day: u32| (month, day) == (1, 1);
    let level = if year == other_year && (month, day) == (other_day, other_month) {
        SWAPPED
    } else if year == other_year && (default(month, day) || default(other_month, other_day)) {
        // The default day is the one typed in place of the other: its frequency counts.
        let typed = if default(month, day) { a } else { b };
        return Found::at(DEFAULT_DAY, information.day(typed));
    } else if digits_apart((year, month, day), (other_year, other_month, other_day)) == 1 {
        ONE_DIGIT
    } else if (month, day) == (other_month, other_day) && year.abs_diff(other_year) <= 2 {
        YEAR_OFF
    } else if year == other_year && (month == other_month || day == other_day) {
        PART_OFF
    } else if year == other_year {
        SAME_YEAR
    } else {
        return Found::at(DIFFERENT, 0.0);
    };
    Found::at(level, rarer)
}

fn digits_apart(a: (u32, u32, u32), b: (u32, u32, u32)) -> u32 {
    let written = |(year, month, day): (u32, u32, u32)| year * 10_000 + month * 100 + day;
    let (mut a, mut b) = (written(a), written(b));
    let mut apart = 0;
    for _ in 0..8 {
        apart += u32::from(a % 10 != b % 10);
        (a, b) = (a / 10, b / 10);
    }
    apart
}
