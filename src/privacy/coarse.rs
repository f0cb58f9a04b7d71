//! Values as they may be shared: tokens for what names a person, coarse values for what narrows one
//! down, known codes for what the program itself wrote, nothing for free text.

use std::collections::BTreeSet;

use crate::{
    matching::{LinkStatus, ReviewReason},
    record::{Change, FieldKind, FindingCode},
    report::roll::Required,
};

/// How much of a birth date is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateDetail {
    /// `2019`.
    Year,
    /// `2019-Q1`.
    Quarter,
    /// `2019-03`.
    Month,
}

impl DateDetail {
    /// The key in options and in the shared file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
        }
    }
}

/// What is left of a date of `records.csv`.
pub(super) fn date(text: &str, detail: DateDetail) -> String {
    let digits = |text: &str, count: usize| {
        (text.len() == count).then(|| text.parse::<u16>().ok()).flatten().filter(|number| *number > 0)
    };
    let mut parts = text.split('-');
    let Some(year) = parts.next().and_then(|year| digits(year, 4)) else { return String::new() };
    let month = parts.next().and_then(|month| digits(month, 2)).filter(|month| *month <= 12);
    match (month, detail) {
        (None, _) | (_, DateDetail::Year) => format!("{year:04}"),
        (Some(month), DateDetail::Quarter) => format!("{year:04}-Q{}", month.div_ceil(3)),
        (Some(month), DateDetail::Month) => format!("{year:04}-{month:02}"),
    }
}

/// The people a child is of, as far as it is shared.
pub(super) fn people(ethnicity: &str) -> &'static str {
    match ethnicity {
        "" => "",
        "Kinh" => "majority",
        _ => "minority",
    }
}

pub(super) fn gender(text: &str) -> &'static str {
    match text {
        "Nam" => "male",
        "Nữ" => "female",
        _ => "",
    }
}

/// A number that the program wrote.
pub(super) fn number(text: &str) -> &str {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"-+.eE".contains(&byte));
    if is_number && text.parse::<f64>().is_ok() { text } else { "" }
}

/// The code of a place, or its era.
pub(super) fn code(text: &str) -> &str {
    if text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit()) { text } else { "" }
}

/// A word, if it is one of those that can stand there.
pub(super) fn one_of<'a>(text: &'a str, words: &[&str]) -> &'a str {
    if words.contains(&text) { text } else { "" }
}

pub(super) fn link_status(text: &str) -> &str {
    if LinkStatus::ALL.iter().any(|status| status.as_str() == text) { text } else { "" }
}

pub(super) fn reason(text: &str) -> &str {
    if ReviewReason::ALL.iter().any(|reason| reason.as_str() == text) { text } else { "" }
}

/// Those of a list of words that can stand there.
fn all_known(text: &str, is_known: impl Fn(&str) -> bool) -> String {
    text.split(';').filter(|word| is_known(word)).collect::<Vec<_>>().join(";")
}

pub(super) fn findings(text: &str) -> String {
    all_known(text, |word| FindingCode::ALL.iter().any(|code| code.as_str() == word))
}

/// `field:code` for what was done to a value.
pub(super) fn changes(text: &str) -> String {
    all_known(text, |word| {
        let Some((field, code)) = word.split_once(':') else { return false };
        is_field(field) && Change::ALL.iter().any(|change| change.code() == code)
    })
}

pub(super) fn missing(text: &str) -> String {
    all_known(text, |word| Required::ALL.iter().any(|field| field.key() == word))
}

pub(super) fn lists(text: &str) -> String {
    all_known(text, |word| ["police", "household", "review"].contains(&word))
}

/// The fields in which something stood that could not be used, without what stood there.
pub(super) fn unusable(text: &str) -> String {
    let fields: BTreeSet<&str> =
        text.split("; ").filter_map(|part| part.split_once('=')).map(|(field, _)| field).collect();
    fields.into_iter().filter(|field| is_field(field)).collect::<Vec<_>>().join(";")
}

fn is_field(text: &str) -> bool {
    FieldKind::ALL.iter().any(|field| field.key() == text)
}

/// `comparison:level:weight`, as rules name them, in whole bits: the exact weight of a value that
/// agrees would tell how rare it is.
pub(super) fn evidence(text: &str) -> String {
    let is_key = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let whole = |part: &str| {
        let mut parts = part.split(':');
        let (comparison, level, weight) = (parts.next()?, parts.next()?, parts.next()?);
        let weight: f64 = number(weight).parse().ok()?;
        let known = is_key(comparison) && is_key(level) && parts.next().is_none();
        // Adding zero makes a negative one positive.
        known.then(|| format!("{comparison}:{level}:{:.0}", weight.round() + 0.0))
    };
    text.split(';').filter_map(whole).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_lose_what_is_asked_for() {
        for (text, year, quarter, month) in [
            ("2019-03-12", "2019", "2019-Q1", "2019-03"),
            ("2019-12-31", "2019", "2019-Q4", "2019-12"),
            ("2019-07", "2019", "2019-Q3", "2019-07"),
            ("2019", "2019", "2019", "2019"),
            ("", "", "", ""),
            ("12/03/2019", "", "", ""),
            ("2019-13-01", "2019", "2019", "2019"),
        ] {
            let all = [DateDetail::Year, DateDetail::Quarter, DateDetail::Month];
            assert_eq!(all.map(|detail| date(text, detail)), [year, quarter, month], "{text}");
        }
    }

    #[test]
    fn codes_stay_and_text_goes() {
        assert_eq!(findings("name.unnamed;Nguyễn;id.missing"), "name.unnamed;id.missing");
        assert_eq!(changes("birth_date:date.format;x:y;phone:Nguyễn"), "birth_date:date.format");
        assert_eq!(unusable("birth_date=31/02/2018; phone=không; Nguyễn=x"), "birth_date;phone");
        assert_eq!(evidence("given_name:exact:4.6;a:b;Tên:exact:1;x:y:Nguyễn;a:b:1:c"), "given_name:exact:5");
        assert_eq!(evidence("gender:equal:-0.04;commune:equal:-3.5"), "gender:equal:0;commune:equal:-4");
        assert_eq!(number("-3.25"), "-3.25");
        assert_eq!(lists("police;mother"), "police");
    }

    proptest! {
        #[test]
        fn no_word_passes_through(text in "\\PC{0,40}") {
            let all = [findings(&text), changes(&text), missing(&text), unusable(&text), lists(&text)];
            for left in all {
                for word in left.split(';').filter(|word| !word.is_empty()) {
                    prop_assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || b"._:".contains(&byte) || byte.is_ascii_digit()), "{word}");
                }
            }
            let left = date(&text, DateDetail::Month);
            prop_assert!(left.len() <= 7 && left.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
            prop_assert!(number(&text).parse::<f64>().is_ok() || number(&text).is_empty());
        }
    }
}
