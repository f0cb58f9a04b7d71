//! Telephone numbers → ten digits (eleven for a landline).

use crate::{
    record::{Change, Changes, Field, RawCell, Text},
    rules::FieldRules,
    text::fold,
};

/// Reads a telephone cell; of several numbers the first usable one. A cell that says "none" is
/// unusable and `true` is returned beside it.
pub fn read_phone(cell: &RawCell, rules: &FieldRules) -> (Field<Text>, bool) {
    let raw = cell.display();
    let parts = raw.split(['/', ';', ',', '\n', '|', '–']).chain([raw.as_str()]);
    let found = parts.filter_map(|part| read_number(part, rules)).next();
    match found {
        Some((number, mut changes)) => {
            if changes.is_empty() && *number != *raw {
                changes.insert(Change::NumberCleaned);
            }
            (Field::usable(raw, number, changes), false)
        }
        None => {
            let none = rules.is_nothing(&fold::plain(&raw));
            (Field::unusable(raw), none)
        }
    }
}

fn read_number(text: &str, rules: &FieldRules) -> Option<(String, Changes)> {
    let text = text.trim();
    // Remarks stand in brackets ("0912345678 (mẹ)"); a decimal part comes from a number cell.
    let text = text.split('(').next().filter(|text| !text.trim().is_empty()).unwrap_or(text);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut changes = Changes::NONE;
    for prefix in ["0084", "84"] {
        if let Some(rest) = digits.strip_prefix(prefix)
            && (9..=11).contains(&rest.len())
        {
            digits = if rest.starts_with('0') { rest.to_owned() } else { format!("0{rest}") };
            changes.insert(Change::PhonePrefix);
            break;
        }
    }
    if !digits.starts_with('0') && (digits.len() == 9 || (digits.len() == 10 && digits.starts_with('1'))) {
        digits.insert(0, '0');
        changes.insert(Change::LeadingZero);
    }
    if digits.len() == 11
        && let Some(prefix) = rules.new_phone_prefix(&digits[..4])
    {
        digits = format!("{prefix}{}", &digits[4..]);
        changes.insert(Change::PhonePrefix);
    }
    let mobile = digits.len() == 10 && digits.starts_with('0') && !digits.starts_with("00");
    let landline = digits.len() == 11 && digits.starts_with("02");
    (mobile || landline).then_some((digits, changes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn numbers_as_they_come() {
        let rules = Rules::built_in().unwrap().fields;
        let read = |cell: RawCell| read_phone(&cell, &rules).0.value;
        for (text, number) in [
            ("0912345678", "0912345678"),
            ("0912.345.678", "0912345678"),
            ("+84 912 345 678", "0912345678"),
            ("84912345678", "0912345678"),
            ("01681234567", "0381234567"),
            ("1681234567", "0381234567"),
            ("0912345678/0987654321", "0912345678"),
            ("bố 0912345678", "0912345678"),
            ("912345678.0", "0912345678"),
            ("0239 3855 123", "02393855123"),
        ] {
            assert_eq!(read(RawCell::text(text)).as_deref(), Some(number), "{text}");
        }
        assert_eq!(read(RawCell::Number(912_345_678.0)).as_deref(), Some("0912345678"));
        assert_eq!(read(RawCell::text("12345")), None);
        assert!(read_phone(&RawCell::text("không có"), &rules).1);
    }
}
