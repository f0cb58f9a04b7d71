//! Personal numbers as spreadsheets and people leave them → [`PersonalId`].
//!
//! Blanks, dots, quotes and a decimal part go without question: they carry nothing. A repair that
//! *adds* something (a lost zero, a letter read as a digit) is made only where the result passes
//! the checks a number can be put to offline: the table of places, and birth year and gender of its
//! bearer where they are known. A number whose first three digits are in no table is in the wrong
//! format in the sense of Công văn 2513 and is therefore unusable.

use unicode_normalization::UnicodeNormalization;

use crate::{
    record::{Change, Changes, Field, Gender, PartialDate, PersonalId, RawCell},
    rules::{FieldRules, PersonalIdRules},
    text::fold,
};

/// What is known of the bearer from the other columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bearer {
    /// Year of birth.
    pub birth_year: Option<i16>,
    /// Gender.
    pub gender: Option<Gender>,
}

impl Bearer {
    /// What birth date and gender fields say.
    pub fn new(birth: &Field<PartialDate>, gender: &Field<Gender>) -> Self {
        Self { birth_year: birth.get().map(|date| date.year()), gender: gender.get().copied() }
    }

    /// How many of the known facts the number confirms; `None` where it contradicts one.
    fn confirmed_by(self, id: PersonalId) -> Option<u8> {
        let agree = |known: Option<bool>| match known {
            Some(false) => None,
            Some(true) => Some(1),
            None => Some(0),
        };
        let year = agree(self.birth_year.map(|year| year == id.birth_year()))?;
        let gender = agree(self.gender.map(|gender| gender == id.gender()))?;
        Some(year + gender)
    }
}

/// Why a number cell is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdFault {
    /// "Chưa có", "x", "-": the cell says that there is none.
    Nothing,
    /// Not twelve digits and not repairable, or more than one number.
    Malformed,
    /// Exponent form: digits are gone.
    DigitsLost,
    /// Nine digits: an old identity card.
    OldCard,
    /// The first three digits are in no table.
    PlaceUnknown,
}

/// A number cell, read.
#[derive(Debug, Clone, PartialEq)]
pub struct IdReading {
    /// The number with what was done to it.
    pub field: Field<PersonalId>,
    /// Why it is not usable, where something stands in the cell.
    pub fault: Option<IdFault>,
}

/// Reads the cell of a personal number.
pub fn read_personal_id(
    cell: &RawCell,
    bearer: Bearer,
    rules: &PersonalIdRules,
    words: &FieldRules,
) -> IdReading {
    let raw = cell.display();
    if cell.is_blank() {
        return IdReading { field: Field::unusable(raw), fault: None };
    }
    match read(cell, &raw, bearer, rules, words) {
        Ok((id, changes)) => IdReading { field: Field::usable(raw, id, changes), fault: None },
        Err(fault) => IdReading { field: Field::unusable(raw), fault: Some(fault) },
    }
}

fn read(
    cell: &RawCell,
    raw: &str,
    bearer: Bearer,
    rules: &PersonalIdRules,
    words: &FieldRules,
) -> Result<(PersonalId, Changes), IdFault> {
    let mut changes = Changes::NONE;
    if let RawCell::Number(number) = cell {
        if *number == 0.0 {
            return Err(IdFault::Nothing);
        }
        if number.fract() != 0.0 || !(0.0..1e15).contains(number) {
            return Err(IdFault::Malformed);
        }
        changes.insert(Change::NumberFromFloat);
        return complete(raw, changes, bearer, rules);
    }
    // Compatibility forms first: full-width digits, no-break blanks.
    let text: String = raw.nfkc().collect();
    if words.is_nothing(&fold::plain(&text)) {
        return Err(IdFault::Nothing);
    }
    let text = without_label(text.trim(), words);
    if let Some(digits) = exponent_digits(text)? {
        changes.insert(Change::NumberFromFloat);
        changes.insert(Change::NumberCleaned);
        return complete(&digits, changes, bearer, rules);
    }
    let number = match without_decimals(text) {
        Some(whole) => {
            changes.insert(Change::NumberFromFloat);
            changes.insert(Change::NumberCleaned);
            whole
        }
        None => text,
    };
    let mut digits = String::with_capacity(12);
    for letter in number.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            'O' | 'o' => {
                digits.push('0');
                changes.insert(Change::DigitLookAlikes);
            }
            'l' | 'I' | 'i' | '|' => {
                digits.push('1');
                changes.insert(Change::DigitLookAlikes);
            }
            _ if letter.is_alphabetic() || letter.is_numeric() => return Err(IdFault::Malformed),
            // Two numbers in one cell are nobody's to choose between.
            '/' | ';' | '\n' | '+' | '&' if digits.len() >= 9 => return Err(IdFault::Malformed),
            _ => changes.insert(Change::NumberCleaned),
        }
    }
    if *digits != *raw && changes.is_empty() {
        changes.insert(Change::NumberCleaned);
    }
    complete(&digits, changes, bearer, rules)
}

/// Adds lost zeros where that is safe, and puts the result to the checks.
fn complete(
    digits: &str,
    mut changes: Changes,
    bearer: Bearer,
    rules: &PersonalIdRules,
) -> Result<(PersonalId, Changes), IdFault> {
    let guessed = changes.contains(Change::DigitLookAlikes);
    let zeros = match digits.len() {
        12 => 0,
        11 => 1,
        10 => 2,
        9 if !guessed => return Err(IdFault::OldCard),
        _ => return Err(IdFault::Malformed),
    };
    let id = PersonalId::parse(&format!("{:0>12}", digits)).map_err(|_| IdFault::Malformed)?;
    let known = rules.knows_place(id);
    if zeros == 0 && !guessed {
        return if known { Ok((id, changes)) } else { Err(IdFault::PlaceUnknown) };
    }
    // A telephone number without its zero would say "born after 2100" more often than not.
    if id.birth_year() >= 2100 {
        return Err(IdFault::Malformed);
    }
    // One lost zero is what spreadsheets do every day: no contradiction is enough. Two zeros, or
    // letters for digits, are rarer than slips: birth year and gender must both confirm.
    let needed = if zeros == 2 || guessed { 2 } else { 0 };
    match bearer.confirmed_by(id) {
        Some(confirmed) if known && confirmed >= needed => {
            if zeros > 0 {
                changes.insert(Change::LeadingZero);
            }
            Ok((id, changes))
        }
        _ => Err(IdFault::Malformed),
    }
}

/// "CCCD: 042…" without the words that announce it, and without `="…"` of text exports.
fn without_label<'a>(text: &'a str, words: &FieldRules) -> &'a str {
    let start = text.find(|letter: char| letter.is_ascii_digit()).unwrap_or(0);
    let (label, number) = text.split_at(start);
    let label = fold::plain(label);
    if label.is_empty() || words.is_number_label(&label) { number } else { text }
}

/// The digits of `4.2216001234E+10`; an error where the exponent promises more digits than there are.
fn exponent_digits(text: &str) -> Result<Option<String>, IdFault> {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return Ok(None) };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let Ok(exponent) = exponent.parse::<usize>() else { return Ok(None) };
    // The decimal comma of Vietnamese workbooks.
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if whole.len() != 1 || ![whole, decimals].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return Ok(None);
    }
    match decimals.len() {
        length if length == exponent => Ok(Some(format!("{whole}{decimals}"))),
        length if length < exponent => Err(IdFault::DigitsLost),
        _ => Err(IdFault::Malformed),
    }
}

/// `42216001234.0` without its decimal part: one separator, then only zeros, at most two.
fn without_decimals(text: &str) -> Option<&str> {
    let (whole, decimals) = text.split_once(['.', ','])?;
    let plain = whole.bytes().all(|byte| byte.is_ascii_digit());
    (plain && whole.len() >= 9 && matches!(decimals, "0" | "00")).then_some(whole)
}
