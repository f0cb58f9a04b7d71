//! Dates as people write them → [`PartialDate`]. An unknown day stays unknown: "2018" is a year and
//! "00/05/2018" a month; nothing is invented.
//!
//! A text is cut into tokens (numbers, the words ngày, tháng, năm, month names, marks for "unknown")
//! and the tokens are given their places by those words, by the number of digits or by their order.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::date_column::DateColumn;
use crate::{
    record::{Change, Changes, Field, PartialDate, RawCell},
    rules::DateRules,
    text::fold,
};

/// Whose date it is: decides the century of a two-digit year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOwner {
    /// The child (or a person of the register): the latest year that is not after this year.
    Child,
    /// A parent: the latest year that makes an adult.
    Parent,
}

/// What is known when a date cell is read.
#[derive(Debug, Clone, Copy)]
pub struct DateContext {
    /// The day of the run.
    pub as_of: Date,
    /// What the column's cells say together.
    pub column: DateColumn,
    /// Whose date it is.
    pub owner: DateOwner,
}

/// A date cell, read.
#[derive(Debug, Clone, PartialEq)]
pub struct DateReading {
    /// The date with what was done to it.
    pub field: Field<PartialDate>,
    /// The cell says that the date is not known ("không rõ").
    pub unknown: bool,
    /// Written month first.
    pub month_first: bool,
    /// The first of January: often typed when only the year is known.
    pub default_day: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    Year,
}

/// A number with the count of its digits, or a mark for an unknown part.
#[derive(Debug, Clone, Copy)]
struct Number {
    /// Zero where unknown.
    value: u32,
    digits: usize,
    /// Named by a word before it (ngày 5) or by being a month's name.
    part: Option<Part>,
}

/// A date put together.
#[derive(Debug, Clone, Copy)]
struct Found {
    date: PartialDate,
    month_first: bool,
    century_added: bool,
}

/// Reads a date cell. Never fails: a text that is no date gives an unusable field.
pub fn read_date(cell: &RawCell, context: &DateContext, rules: &DateRules) -> DateReading {
    let mut reading = DateReading {
        field: Field::unusable(cell.display()),
        unknown: false,
        month_first: false,
        default_day: false,
    };
    let mut changes = Changes::NONE;
    let found = match cell {
        RawCell::Empty | RawCell::Bool(_) | RawCell::Error(_) => None,
        RawCell::Date(date) => {
            let date = PartialDate::from_ymd(date.year(), date.month(), date.day()).ok();
            match date.filter(|_| context.column.cells_exchanged).and_then(PartialDate::swapped) {
                Some(date) => Some(Found { date, month_first: true, century_added: false }),
                None => date.map(|date| Found { date, month_first: false, century_added: false }),
            }
        }
        RawCell::Number(number) if rules.is_serial(*number) => {
            changes.insert(Change::DateSerial);
            serial(*number)
        }
        RawCell::Number(number) => read_text(&RawCell::Number(*number).display(), context, rules),
        RawCell::Text(text) => match text.trim().parse::<f64>() {
            // No serial begins with a zero: 00052018 is May 2018.
            Ok(number) if rules.is_serial(number) && !text.trim().starts_with('0') => {
                changes.insert(Change::DateSerial);
                serial(number)
            }
            _ => {
                reading.unknown = rules.is_unknown(&fold::plain(text)) || is_only_signs(text);
                if reading.unknown { None } else { read_text(text, context, rules) }
            }
        },
    };
    if let Some(found) = found {
        if found.month_first {
            changes.insert(Change::DateMonthFirst);
        }
        if found.century_added {
            changes.insert(Change::DateCentury);
        }
        if changes.is_empty() && *found.date.vietnamese() != *reading.field.raw {
            changes.insert(Change::DateFormat);
        }
        reading.month_first = found.month_first;
        reading.default_day = (found.date.month(), found.date.day()) == (Some(1), Some(1));
        reading.field.value = Some(found.date);
        reading.field.changes = changes;
    }
    reading
}

/// Reads a date in a column of no known meaning. Nobody knows the century of a two-digit year there:
/// such a date is not read.
pub fn read_any_date(text: &str, column: DateColumn, rules: &DateRules) -> Option<PartialDate> {
    let context = DateContext { as_of: Date::MAX, column, owner: DateOwner::Child };
    let field = read_date(&RawCell::text(text), &context, rules).field;
    field.value.filter(|_| !field.changes.contains(Change::DateCentury))
}

/// "-", "…", "?", "/": somebody drew a sign for nothing.
fn is_only_signs(text: &str) -> bool {
    let mut signs = text.chars().filter(|sign| !sign.is_whitespace()).peekable();
    signs.peek().is_some() && signs.all(|sign| !sign.is_alphanumeric())
}

/// A spreadsheet's day count of the 1900 system; the time of day is dropped.
fn serial(number: f64) -> Option<Found> {
    #[expect(clippy::cast_possible_truncation, reason = "the rules bound serials below 110,000")]
    let days = number.floor() as i32;
    let date = Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(days)).ok()?;
    let date = PartialDate::from_ymd(date.year(), date.month(), date.day()).ok()?;
    Some(Found { date, month_first: false, century_added: false })
}

fn read_text(text: &str, context: &DateContext, rules: &DateRules) -> Option<Found> {
    // Compatibility forms first: full-width digits, no-break blanks.
    let text: String = text.nfkc().collect();
    let numbers = tokenise(without_time(&text), rules)?;
    let numbers = place_by_words(numbers)?;
    let tagged = numbers.iter().any(|number| number.part.is_some());
    if tagged { by_words(&numbers, context, rules) } else { by_order(&numbers, context, rules) }
}

/// Cuts the time of day off: "2018-03-05T00:00:00", "5/3/2018 12:00:00 AM".
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    let before = &text[..colon];
    let hours = before.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let is_time = hours.len() < before.len()
        && text[colon + 1..].starts_with(|digit: char| digit.is_ascii_digit())
        && hours.ends_with(|end: char| end == 'T' || end == 't' || end.is_whitespace());
    if is_time { hours.trim_end_matches(['T', 't', ' ']) } else { text }
}

/// Cuts a text into numbers; `None` where a word is in it that belongs to no date.
fn tokenise(text: &str, rules: &DateRules) -> Option<Vec<Number>> {
    let mut numbers: Vec<Number> = Vec::with_capacity(4);
    let mut part = None;
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if first == '?' || first == '…' || first == '_' || first == '*' || first == '.' {
            // A run of marks is one unknown part; a single full stop only parts.
            let mut length = 1;
            while chars.next_if(|(_, next)| *next == first).is_some() {
                length += 1;
            }
            if first != '.' || length > 1 {
                numbers.push(Number { value: 0, digits: 0, part: part.take() });
            }
            continue;
        }
        if !first.is_alphanumeric() {
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some((at, letter)) = chars.next_if(|(_, letter)| letter.is_alphanumeric()) {
            end = at + letter.len_utf8();
        }
        read_run(&text[start..end], &mut part, &mut numbers, rules)?;
    }
    Some(numbers)
}

/// Reads a run of letters and digits: a number (letters O, o, l, I may stand for digits), a word,
/// or words and numbers grown together ("Thg3", "5tháng3").
fn read_run(run: &str, part: &mut Option<Part>, numbers: &mut Vec<Number>, rules: &DateRules) -> Option<()> {
    if let Some((value, digits)) = read_digits(run) {
        numbers.push(Number { value, digits, part: part.take() });
        return Some(());
    }
    if matches!(run, "x" | "X" | "xx" | "XX" | "xxxx" | "XXXX") {
        numbers.push(Number { value: 0, digits: 0, part: part.take() });
        return Some(());
    }
    if run.chars().any(|letter| letter.is_ascii_digit()) {
        let boundary = run
            .char_indices()
            .zip(run.chars().skip(1))
            .find(|((_, left), right)| left.is_ascii_digit() != right.is_ascii_digit())
            .map(|((at, left), _)| at + left.len_utf8())?;
        let (left, right) = run.split_at(boundary);
        read_run(left, part, numbers, rules)?;
        return read_run(right, part, numbers, rules);
    }
    match fold::plain(run).as_str() {
        "ngay" => *part = Some(Part::Day),
        "thang" | "thg" | "th" | "t" => {
            // "05 tháng 3": what stands before an unnamed number was the day.
            if let Some(number @ Number { part: None, .. }) = numbers.last_mut() {
                number.part = Some(Part::Day);
            }
            *part = Some(Part::Month);
        }
        "nam" => *part = Some(Part::Year),
        word => match rules.month_word(word) {
            Some(month) => {
                let value = u32::try_from(month).expect("the rules hold months 1 to 12");
                numbers.push(Number { value, digits: 2, part: Some(Part::Month) });
            }
            None if rules.is_ignored(word) => {}
            None => return None,
        },
    }
    Some(())
}

/// Digits, with O for 0 and l, I for 1 where at least one real digit stands among them or the run
/// has no more than two letters ("lO" for 10).
fn read_digits(run: &str) -> Option<(u32, usize)> {
    let mut value = 0u32;
    let mut real = 0;
    let mut count = 0;
    for letter in run.chars() {
        let digit = match letter {
            'O' | 'o' => 0,
            'l' | 'I' | 'i' => 1,
            other => {
                real += 1;
                other.to_digit(10)?
            }
        };
        value = value.checked_mul(10)?.checked_add(digit)?;
        count += 1;
    }
    (real > 0 || count <= 2).then_some((value, count))
}

/// Completes what the words name: "ngày 5/3/2018" names nothing after all, "5 tháng 3/2018"
/// names all three.
fn place_by_words(mut numbers: Vec<Number>) -> Option<Vec<Number>> {
    if numbers.is_empty() || numbers.len() > 3 {
        return None;
    }
    let named = |part| numbers.iter().any(|number| number.part == Some(part));
    if !named(Part::Month) && (numbers.len() != 2 || !named(Part::Year)) {
        // "ngày 5/3/2018", "năm 2018": the order says the same.
        numbers.iter_mut().for_each(|number| number.part = None);
        return Some(numbers);
    }
    for at in 0..numbers.len() {
        if numbers[at].part.is_some() {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| numbers[at].part);
        let next = numbers.get(at + 1);
        numbers[at].part = Some(match before {
            // "Mar 5, 2018": English workbooks write the month first.
            Some(Part::Month) if next.is_some() && numbers[at].digits <= 2 => Part::Day,
            Some(Part::Day) if numbers[..at].iter().any(|number| number.part == Some(Part::Month)) => {
                Part::Year
            }
            Some(Part::Day) => Part::Month,
            Some(Part::Month) => Part::Year,
            Some(Part::Year) => return None,
            None if next.is_some_and(|next| next.part == Some(Part::Month)) => Part::Day,
            None => Part::Month,
        });
    }
    Some(numbers)
}

fn by_words(numbers: &[Number], context: &DateContext, rules: &DateRules) -> Option<Found> {
    let find = |part| {
        let mut found = numbers.iter().filter(move |number| number.part == Some(part));
        let first = found.next();
        if found.next().is_some() { None } else { Some(first.copied()) }
    };
    let unknown = Number { value: 0, digits: 0, part: None };
    let day = find(Part::Day)?.unwrap_or(unknown);
    let month = find(Part::Month)?.unwrap_or(unknown);
    let year = find(Part::Year)??;
    assemble(day, month, year, false, context, rules)
}

fn by_order(numbers: &[Number], context: &DateContext, rules: &DateRules) -> Option<Found> {
    let unknown = Number { value: 0, digits: 0, part: None };
    match *numbers {
        [year, month, day] if year.digits == 4 => {
            let exchanged = month.value > 12 && day.value <= 12;
            let (month, day) = if exchanged { (day, month) } else { (month, day) };
            assemble(day, month, year, false, context, rules)
        }
        [year, month, day] if year.value > 31 && year.digits == 2 && day.digits <= 2 => {
            assemble(day, month, year, false, context, rules)
        }
        [first, second, year] => {
            let only_month_first = second.value > 12 && first.value <= 12;
            let month_first = only_month_first || (context.column.month_first && first.value <= 12);
            let (day, month) = if month_first { (second, first) } else { (first, second) };
            assemble(day, month, year, month_first, context, rules)
        }
        [year, month] if year.digits == 4 => assemble(unknown, month, year, false, context, rules),
        [month, year] if year.digits == 4 => assemble(unknown, month, year, false, context, rules),
        [year] if year.digits == 4 => assemble(unknown, unknown, year, false, context, rules),
        [whole] => run_together(whole, context, rules),
        _ => None,
    }
}

/// Six to eight digits without separators. Of ddmmyyyy and yyyymmdd at most one is a date between
/// 1900 and 2199; of ddmmyy and yyyymm both may be, and then neither is taken.
fn run_together(whole: Number, context: &DateContext, rules: &DateRules) -> Option<Found> {
    let number = |value, digits| Number { value, digits, part: None };
    let value = whole.value;
    let day_first = || {
        let (day, month, year) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
        assemble(number(day, 2), number(month, 2), number(year, 4), false, context, rules)
            .filter(|found| found.date.precision() == "day" || (day == 0 || month == 0))
    };
    match whole.digits {
        7 => day_first(),
        8 => day_first().or_else(|| {
            let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
            assemble(number(day, 2), number(month, 2), number(year, 4), false, context, rules)
        }),
        6 => {
            let short = assemble(
                number(value / 10_000, 2),
                number(value / 100 % 100, 2),
                number(value % 100, 2),
                false,
                context,
                rules,
            );
            let month =
                assemble(number(0, 0), number(value % 100, 2), number(value / 100, 4), false, context, rules);
            match (short, month) {
                (Some(found), None) | (None, Some(found)) => Some(found),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Puts a date together; zero means unknown, and a day without its month is not kept.
fn assemble(
    day: Number,
    month: Number,
    year: Number,
    month_first: bool,
    context: &DateContext,
    rules: &DateRules,
) -> Option<Found> {
    let (year, century_added) = match (year.digits, i16::try_from(year.value).ok()?) {
        (4, year) => (year, false),
        (2, within) => (with_century(within, context, rules), true),
        _ => return None,
    };
    let (day, month) = (i8::try_from(day.value).ok()?, i8::try_from(month.value).ok()?);
    let date = match (month, day) {
        (0, 0..=31) => PartialDate::from_year(year),
        (month, 0) => PartialDate::from_year_month(year, month),
        (month, day) => PartialDate::from_ymd(year, month, day),
    };
    let month_first = month_first && day != month;
    date.ok().map(|date| Found { date, month_first, century_added })
}

/// The latest year with these two digits that the owner can be born in.
fn with_century(within: i16, context: &DateContext, rules: &DateRules) -> i16 {
    let latest = match context.owner {
        DateOwner::Child => context.as_of.year(),
        DateOwner::Parent => context.as_of.year() - rules.adult_least_age(),
    };
    let year = latest - latest.rem_euclid(100) + within;
    if year > latest { year - 100 } else { year }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    /// May 2018, day unknown, was read as the serial 52018: the first of June 2042.
    #[test]
    fn eight_digits_that_begin_with_a_zero_are_no_serial() {
        let rules = Rules::built_in().unwrap().dates;
        let read = |text| read_any_date(text, DateColumn::default(), &rules).map(|date| date.to_string());
        assert_eq!(read("00052018").as_deref(), Some("2018-05"));
        assert_eq!(read("05002018").as_deref(), Some("2018"));
        assert_eq!(read("52018").as_deref(), Some("2042-06-01"));
        assert_eq!(read("43164.0").as_deref(), Some("2018-03-05"));
    }
}
