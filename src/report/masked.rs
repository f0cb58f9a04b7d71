//! Examples without the person: enough to see what kind of slip it is, and the row to look at.

use super::roll::Example;
use crate::{
    record::FieldKind,
    rules::{ExampleColumn, ReportRules},
};

/// The example of a finding in a line of the list: the first of its columns that says something.
/// `cell` gives what stands under a heading.
pub(crate) fn example<'c>(
    code: &str,
    rules: &ReportRules,
    cell: impl Fn(&str) -> Option<&'c str>,
    (sheet, row): (u16, u32),
) -> Option<Example> {
    // What is not there has no example.
    if code.ends_with(".missing") {
        return None;
    }
    let text = rules.examples(code).iter().find_map(|column| match column {
        ExampleColumn::Value(name) => cell(name).filter(|text| !text.is_empty()),
        ExampleColumn::Unusable(field) => unusable_text(cell("unusable")?, *field),
    })?;
    let text = if code.starts_with("dob.") { masked_date(text) } else { masked(text) };
    Some(Example { sheet, row, text })
}

/// What stood in a field and could not be used: `birth_date=31/02/2018; phone=x`.
fn unusable_text(list: &str, field: FieldKind) -> Option<&str> {
    let parts = list.split("; ").find_map(|part| part.strip_prefix(field.key())?.strip_prefix('='));
    parts.map(str::trim).filter(|text| !text.is_empty())
}

/// `Nguyễn T. An` is `N••••• T. A•`, `042318001234` is `042•••••1234`: word lengths, first letters
/// and signs stay.
pub(super) fn masked(text: &str) -> String {
    const LONGEST: usize = 30;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits >= 9 && digits == text.chars().count() {
        let (first, last) = (&text[..3], &text[text.len() - 4..]);
        return format!("{first}•••••{last}");
    }
    let mut hidden = String::new();
    let mut inside = false;
    for letter in text.chars().take(LONGEST) {
        if letter.is_numeric() || (letter.is_alphabetic() && inside) {
            hidden.push('•');
        } else {
            hidden.push(letter);
        }
        inside = letter.is_alphabetic();
    }
    if text.chars().count() > LONGEST {
        hidden.push('…');
    }
    hidden
}

/// The year alone: `2018-03-05` is `••/••/2018`; what is no date is masked like any text.
fn masked_date(text: &str) -> String {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    match (is_year, month, day) {
        // The first of January is the finding itself, and no birthday.
        (true, Some("01"), Some("01")) => format!("01/01/{year}"),
        (true, Some(_), Some(_)) => format!("••/••/{year}"),
        (true, Some(_), None) => format!("••/{year}"),
        (true, None, None) => year.to_owned(),
        _ => masked(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_person_is_left() {
        assert_eq!(masked("Nguyễn Văn An"), "N••••• V•• A•");
        assert_eq!(masked("Ng. T Hoa 2"), "N•. T H•• •");
        assert_eq!(masked("042318001234"), "042•••••1234");
        assert_eq!(masked("4.2216E+10"), "•.••••E+••");
        assert_eq!(masked("123456789"), "123•••••6789");
        assert_eq!(masked_date("2018-03-05"), "••/••/2018");
        assert_eq!(masked_date("2018-01-01"), "01/01/2018");
        assert_eq!(masked_date("2018"), "2018");
        assert_eq!(masked_date("31/02/2018"), "••/••/••••");
    }

    #[test]
    fn the_field_asked_for_is_found() {
        let list = "birth_date=31/02/2018; phone=không có";
        assert_eq!(unusable_text(list, FieldKind::Phone), Some("không có"));
        assert_eq!(unusable_text(list, FieldKind::BirthDate), Some("31/02/2018"));
        assert_eq!(unusable_text(list, FieldKind::Gender), None);
    }
}
