//! Dates as clerks write them: wrong ones, and right ones in other forms.

use jiff::{ToSpan, civil::Date};

use crate::{
    rules::{DateErrorRates, Preset},
    synth::random::Random,
};

/// dd/mm/yyyy.
pub(in crate::synth) fn plain(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// A birth date as it is written in the list; empty where it is left out.
pub(in crate::synth) fn written(
    birth: Date,
    rates: &DateErrorRates,
    preset: Preset,
    list_day: Date,
    random: &mut Random,
) -> String {
    if random.chance(rates.missing.of(preset)) {
        return String::new();
    }
    let mut date = birth;
    if random.chance(rates.day_month_swapped.of(preset)) {
        date = Date::new(date.year(), date.day(), date.month()).unwrap_or(date);
    }
    if random.chance(rates.digit_wrong.of(preset)) {
        date = one_digit_wrong(date, random);
    }
    if random.chance(rates.year_off.of(preset)) {
        let years = if random.chance(0.5) { 1 } else { -1 };
        date = date.checked_add(years.years()).unwrap_or(date);
    }
    // Nobody types a birth of next year: such a slip would have been seen at once.
    if date > list_day && random.chance(0.9) {
        date = birth;
    }
    if random.chance(rates.new_year_default.of(preset)) {
        date = Date::new(date.year(), 1, 1).unwrap_or(date);
    }
    if random.chance(rates.year_only.of(preset)) {
        return date.year().to_string();
    }
    in_some_form(date, rates, preset, random)
}

/// Another day with one digit of day, month or year changed; itself where none is found.
pub(in crate::synth) fn one_digit_wrong(date: Date, random: &mut Random) -> Date {
    for _ in 0..8 {
        let mut digits = format!("{:02}{:02}{:04}", date.day(), date.month(), date.year()).into_bytes();
        // The century is never mistyped: the software would not take it.
        let at = [0, 1, 2, 3, 6, 7][random.index(6)];
        digits[at] = b'0' + random.below(10) as u8;
        let part = |from: usize, to: usize| {
            digits[from..to].iter().fold(0i16, |number, digit| number * 10 + i16::from(digit - b'0'))
        };
        match Date::new(part(4, 8), part(2, 4) as i8, part(0, 2) as i8) {
            Ok(other) if other != date => return other,
            _ => {}
        }
    }
    date
}

fn in_some_form(date: Date, rates: &DateErrorRates, preset: Preset, random: &mut Random) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    if random.chance(rates.month_first.of(preset)) {
        format!("{month:02}/{day:02}/{year}")
    } else if random.chance(rates.short.of(preset)) {
        match random.below(4) {
            0 => format!("{day}/{month}/{:02}", year % 100),
            1 => format!("{day}.{month}.{year}"),
            2 => format!("{day}-{month}-{year}"),
            _ => format!("{day}/{month}/{year}"),
        }
    } else if random.chance(rates.serial.of(preset)) {
        serial(date).to_string()
    } else if random.chance(rates.iso.of(preset)) {
        if random.chance(0.3) {
            format!("{year}-{month:02}-{day:02} 00:00:00")
        } else {
            format!("{year}-{month:02}-{day:02}")
        }
    } else if random.chance(rates.words.of(preset)) {
        format!("Ngày {day} tháng {month} năm {year}")
    } else {
        plain(date)
    }
}

/// The day as a spreadsheet counts it (1900 system).
pub(in crate::synth) fn serial(date: Date) -> i64 {
    const ZERO: Date = Date::constant(1899, 12, 30);
    (date - ZERO).get_days().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::random::Purpose;

    #[test]
    fn serials_are_those_of_spreadsheets() {
        assert_eq!(serial(Date::constant(2018, 3, 5)), 43_164);
    }

    #[test]
    fn one_digit_differs() {
        let birth = Date::constant(2018, 3, 5);
        for seed in 0..200 {
            let wrong = one_digit_wrong(birth, &mut Random::keyed(seed, Purpose::Clerk, 0));
            let differing = plain(birth).bytes().zip(plain(wrong).bytes()).filter(|(a, b)| a != b).count();
            assert!(differing <= 1);
        }
    }
}
