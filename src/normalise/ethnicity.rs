//! Ethnic group: by name, variant spelling, by-name, or code of the list in use.

use crate::{
    record::{Change, Changes, Field, Text},
    rules::{EthnicName, EthnicRules, FieldRules},
    text::fold,
};

/// An ethnicity cell, read.
#[derive(Debug, Clone, PartialEq)]
pub struct EthnicReading {
    /// The official name with what was done to the written one.
    pub field: Field<Text>,
    /// The cell says that it is not known.
    pub unknown: bool,
    /// The name stands, or has stood, for more than one group.
    pub ambiguous: bool,
}

/// Reads an ethnicity cell. `raw` is what stood there, `text` the same, cleaned.
pub fn read_ethnicity(
    raw: &str,
    text: &str,
    mut changes: Changes,
    rules: &EthnicRules,
    words: &FieldRules,
) -> EthnicReading {
    let trimmed = text.trim();
    let digits = trimmed.strip_suffix(".0").unwrap_or(trimmed);
    if !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let name = digits.parse().ok().and_then(|code| rules.code(code));
        let field = match name {
            Some(name) => Field::usable(raw, name.to_owned(), [Change::CodeToName].into_iter().collect()),
            None => Field::unusable(raw),
        };
        return EthnicReading { field, unknown: false, ambiguous: false };
    }
    let (name, ambiguous) = match rules.name(trimmed) {
        Some(EthnicName::One(name)) => (Some(name), false),
        Some(EthnicName::OneOfSeveral(name)) => (Some(name), true),
        Some(EthnicName::Several) => (None, true),
        None => (None, false),
    };
    let Some(name) = name else {
        let unknown = !ambiguous && words.is_nothing(&fold::plain(trimmed));
        return EthnicReading { field: Field::unusable(raw), unknown, ambiguous };
    };
    if trimmed != name {
        changes.insert(Change::Alias);
    }
    EthnicReading { field: Field::usable(raw, name.to_owned(), changes), unknown: false, ambiguous }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn names_spellings_codes_and_doubts() {
        let rules = Rules::built_in().unwrap();
        let read = |text: &str| read_ethnicity(text, text, Changes::NONE, &rules.ethnic, &rules.fields);
        for (text, name) in [
            ("Kinh", "Kinh"),
            ("KINH", "Kinh"),
            ("kinh ", "Kinh"),
            ("Hmông", "HMông"),
            ("H'Mông", "HMông"),
            ("Mèo", "HMông"),
            ("Khmer", "Khơ-me"),
            ("Muong", "Mường"),
            ("Ê Đê", "Ê-đê"),
            ("Vân Kiều", "Bru-Vân Kiều"),
            ("04", "Hoa"),
            ("1", "Kinh"),
        ] {
            assert_eq!(read(text).field.value.as_deref(), Some(name), "{text}");
        }
        let tho = read("Thổ");
        assert_eq!((tho.field.value.as_deref(), tho.ambiguous), (Some("Thổ"), true));
        assert!(read("Xá Lá Vàng").ambiguous && read("Xá Lá Vàng").field.is_unusable());
        assert!(!read("Hoa").ambiguous);
        assert!(read("không rõ").unknown);
        assert!(read("Klingon").field.is_unusable() && !read("Klingon").unknown);
        assert!(read("77").field.is_unusable());
        for name in rules.ethnic.names() {
            assert_eq!(read(name).field.value.as_deref(), Some(name));
        }
    }
}
