//! Thôn, xóm, bản, tổ dân phố: official writing ("Tổ dân phố 5") and a key to compare by.

use crate::{
    rules::{FieldRules, HamletKind},
    text::fold,
};

/// Writes a unit's name as officially: capitals at the start of words, numbers without leading
/// zeros, "số" before a number dropped. Names in mixed case stay as written.
pub(super) fn official_name(name: &str) -> String {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    if words.len() > 1
        && fold::plain(words[0]) == "so"
        && words[1].starts_with(|digit: char| digit.is_ascii_digit())
    {
        words.remove(0);
    }
    let mut official = String::with_capacity(name.len());
    for word in words {
        if !official.is_empty() {
            official.push(' ');
        }
        official_word(word, &mut official);
    }
    official
}

fn official_word(word: &str, official: &mut String) {
    let letters = || word.chars().filter(|letter| letter.is_alphabetic());
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = word.trim_start_matches('0');
        official.push_str(if number.is_empty() { word } else { number });
    } else if is_roman(word) || letters().count() == 1 {
        official.extend(word.chars().flat_map(char::to_uppercase));
    } else if letters().all(char::is_lowercase) || letters().all(char::is_uppercase) {
        let mut start = true;
        for letter in word.chars() {
            if start && letter.is_alphabetic() {
                official.extend(letter.to_uppercase());
            } else {
                official.extend(letter.to_lowercase());
            }
            // "Giơ-Lâng", "M'Lớ": a new word begins after a hyphen, not after an apostrophe.
            start = letter == '-';
        }
    } else {
        official.push_str(word);
    }
}

/// I, II, III, IV … as capitals.
fn is_roman(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
}

/// The official writing of a unit of this kind and name.
pub(super) fn official(kind: &HamletKind, name: &str) -> String {
    format!("{} {}", kind.word, official_name(name))
}

/// A group heading without its enumeration and remarks: "II. THÔN ĐÔNG HÀ (25 cháu):" → "THÔN ĐÔNG HÀ".
pub(super) fn heading_name(heading: &str) -> &str {
    let mut name = heading.split(['(', '[', ':']).next().unwrap_or(heading).trim();
    if let Some((first, rest)) = name.split_once(['.', ')', '/', '-', ' '])
        && name[first.len()..].starts_with(['.', ')', '/', '-'])
        && !rest.trim().is_empty()
        && (is_roman(first) || first.bytes().all(|byte| byte.is_ascii_digit()) || first.len() == 1)
        && fold::plain(first) != "t"
    {
        name = rest;
    }
    name.trim_matches(|sign: char| sign.is_whitespace() || "-–*+.,;".contains(sign))
}

/// What two writings of the same thôn/TDP have in common: the folded name without the word for its
/// kind (units change their kind when a xã becomes a phường), or the whole where nothing else is
/// left. `"Tổ dân phố 5"` → `"5"`, `"Thôn Đông Hà"` → `"dong ha"`. Idempotent.
pub fn hamlet_key(official: &str, rules: &FieldRules) -> String {
    let folded = fold::plain(official);
    let words: Vec<&str> = folded.split(' ').collect();
    for length in (1..words.len().min(4)).rev() {
        if rules.hamlet_kind(&words[..length].join(" ")).is_some() {
            return words[length..].join(" ");
        }
    }
    folded
}

/// Whether the first is the second written shorter, without diacritics, or under another word for
/// its kind: `T. Hòa`, `Tổ dân phố Tan Hoa` and `Thôn Tân Hòa` for `Tổ dân phố Tân Hòa`. Numbers
/// are never cut.
pub(super) fn is_short_for(short: &str, full: &str, rules: &FieldRules) -> bool {
    let (short, full) = (hamlet_key(short, rules), hamlet_key(full, rules));
    let ends_with = |long: &str, end: &str| {
        long.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with(' '))
    };
    let named = short.chars().any(char::is_alphabetic);
    !short.is_empty() && (short == full || (named && (ends_with(&full, &short) || ends_with(&short, &full))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_freed_of_numbers_and_remarks() {
        for heading in [
            "THÔN ĐÔNG HÀ",
            "II. THÔN ĐÔNG HÀ (25 cháu):",
            "3/ THÔN ĐÔNG HÀ",
            "a) THÔN ĐÔNG HÀ",
            "- THÔN ĐÔNG HÀ: 25",
        ] {
            assert_eq!(heading_name(heading), "THÔN ĐÔNG HÀ", "{heading}");
        }
        assert_eq!(heading_name("T. Đông Hà"), "T. Đông Hà");
        assert_eq!(heading_name("I"), "I");
    }

    #[test]
    fn a_heading_is_recognised_in_a_shorter_writing() {
        let rules = crate::rules::Rules::built_in().unwrap().fields;
        for (short, full, is) in [
            ("Thôn Hòa", "Tổ dân phố Tân Hòa", true),
            ("Tổ dân phố Tan Hoa", "Tổ dân phố Tân Hòa", true),
            ("Thôn Dân Phố Tân Quý", "Tổ dân phố Tân Quý", true),
            ("Thôn Tân Hòa", "Tổ dân phố Tân Hòa", true),
            ("Tổ dân phố 5", "Tổ dân phố 5", true),
            ("Tổ dân phố 5", "Tổ dân phố Đông 5", false),
            ("Tổ dân phố 5", "Tổ dân phố 15", false),
            ("Thôn Đông", "Tổ dân phố Tân Hòa", false),
            ("Thôn Oa", "Tổ dân phố Tân Hoa", false),
        ] {
            assert_eq!(is_short_for(short, full, &rules), is, "{short} for {full}");
        }
    }

    #[test]
    fn names_are_written_as_officially() {
        for (written, official) in [
            ("ĐÔNG HÀ", "Đông Hà"),
            ("đông hà", "Đông Hà"),
            ("05", "5"),
            ("số 5", "5"),
            ("III", "III"),
            ("5a", "5A"),
            ("M'Lớ", "M'Lớ"),
            ("00", "00"),
        ] {
            assert_eq!(official_name(written), official);
            assert_eq!(official_name(official), official);
        }
    }
}
