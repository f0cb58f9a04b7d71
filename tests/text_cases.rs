//! Every case of `tests/cases/text_cases.csv` that is about text and names. Dates and addresses of
//! the same table are tested with their own fields.

use dinhdanh::{
    normalise::name::{NameReading, pattern_stem, read_name},
    record::{Change, Gender, PersonName},
    rules::Rules,
    text::repair::{ColumnCharset, repair},
};

struct Case {
    raw: String,
    expected: String,
    kind: String,
}

/// `\u00A0` in the table stands for the character.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        plain.push_str(&rest[..at]);
        plain.push(char::from_u32(u32::from_str_radix(&rest[at + 2..at + 6], 16).unwrap()).unwrap());
        rest = &rest[at + 6..];
    }
    plain + rest
}

fn cases(kinds: &[&str]) -> Vec<Case> {
    let mut reader = csv::Reader::from_reader(&include_bytes!("cases/text_cases.csv")[..]);
    let cases: Vec<Case> = reader
        .records()
        .map(|row| row.unwrap())
        .filter(|row| kinds.contains(&&row[2]))
        .map(|row| Case { raw: unescape(&row[0]), expected: unescape(&row[1]), kind: row[2].to_owned() })
        .collect();
    for kind in kinds {
        assert!(cases.iter().any(|case| case.kind == *kind), "no case of the kind {kind}");
    }
    cases
}

fn read(raw: &str, rules: &Rules) -> NameReading {
    read_name(raw, ColumnCharset::default(), rules)
}

fn full(reading: &NameReading) -> &str {
    reading.name.as_ref().map_or("", PersonName::full)
}

/// What stands before the bracketed remark of an expectation.
fn text_of(expected: &str) -> &str {
    expected.split(" (").next().unwrap()
}

fn key(name: &str, rules: &Rules) -> String {
    name.split(' ').map(|word| rules.text.syllables.key(word)).collect::<Vec<_>>().join(" ")
}

#[test]
fn legacy_text_is_decoded() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["decode", "decode-word", "decode+nfc", "decode+key"]) {
        let text = repair(&case.raw, ColumnCharset::default(), &rules.text).text;
        if case.kind == "decode+key" {
            assert_eq!(key(&text, &rules), key(&case.expected, &rules), "{}", case.raw);
        } else {
            assert_eq!(text, case.expected, "{}", case.raw);
            assert_eq!(full(&read(&case.raw, &rules)), case.expected, "{}", case.raw);
        }
    }
}

#[test]
fn marks_and_look_alikes_are_put_right() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["nfc", "nfc+", "confusable"]) {
        assert_eq!(full(&read(&case.raw, &rules)), case.expected, "{}", case.raw);
    }
}

#[test]
fn blanks_case_and_signs_are_put_right() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["case", "case+space", "space", "punct", "telex", "vni-typing", "apostrophe"]) {
        assert_eq!(full(&read(&case.raw, &rules)), case.expected, "{}", case.raw);
    }
}

#[test]
fn what_cannot_be_known_is_flagged_and_left() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["flag"]) {
        let reading = read(&case.raw, &rules);
        assert_eq!(full(&reading), text_of(&case.expected), "{}", case.raw);
        let remark = &case.expected[text_of(&case.expected).len()..];
        if let Some(suggestion) = remark.strip_prefix(" (flag: suggest ") {
            assert_eq!(reading.letters_lost.as_deref(), suggestion.strip_suffix(')'), "{}", case.raw);
        } else {
            assert_eq!(remark, " (flag mixed scripts)");
            assert!(reading.mixed_scripts, "{}", case.raw);
        }
    }
}

#[test]
fn names_that_look_odd_are_kept() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["keep"]) {
        if case.raw.contains(" / ") {
            // Two names that must not become one.
            let sides: Vec<&str> = case.raw.split(" / ").collect();
            let keys: Vec<String> = sides.iter().map(|side| key(side, &rules)).collect();
            let expected: Vec<String> =
                case.expected.split(" | ").map(|side| side.replace('\'', "")).collect();
            assert_eq!(keys, expected);
            assert_ne!(keys[0], keys[1]);
            for side in sides {
                assert_eq!(full(&read(side, &rules)), side);
            }
            continue;
        }
        for name in case.raw.split("; ") {
            let reading = read(name, &rules);
            assert_eq!(full(&reading), name);
            assert!(reading.changes.is_empty(), "{name}");
            if let Some(near) = case.expected.split("(near: ").nth(1) {
                let (word, suggestion) = reading.doubtful.unwrap();
                assert_eq!(word, "Nguyển");
                assert!(near.starts_with(&suggestion));
            }
        }
    }
}

#[test]
fn numbers_behind_names_and_compound_surnames_are_split() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["split"]) {
        let reading = read(&case.raw, &rules);
        if let Some((name, suffix)) = case.expected.split_once(" + suffix=") {
            assert_eq!((full(&reading), reading.suffix.as_deref()), (name, Some(suffix)));
        } else {
            let name = reading.name.unwrap();
            let join = |words: Vec<&str>| words.join(" ");
            let split =
                format!("surname={}; given={}", join(name.surname().collect()), join(name.given().collect()));
            assert_eq!(split, case.expected);
        }
    }
}

#[test]
fn keys_fold_the_place_of_the_tone_only() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["key"]) {
        if let Some((shown, expected)) = case.expected.split_once("; key ") {
            assert_eq!(full(&read(&case.raw, &rules)), shown.trim_start_matches("display "));
            assert_eq!(key(&case.raw, &rules), expected);
        } else {
            let keys: Vec<String> = case.raw.split(" / ").map(|side| key(side, &rules)).collect();
            assert_eq!(keys.join(" | "), case.expected, "{}", case.raw);
        }
    }
}

#[test]
fn abbreviations_are_patterns() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["abbrev"]) {
        let name = read(&case.raw, &rules).name.unwrap();
        assert!(name.is_pattern(), "{}", case.raw);
        let pattern = name
            .words()
            .map(|word| pattern_stem(word).map_or(word.to_owned(), |stem| format!("{stem}*")))
            .collect::<Vec<_>>()
            .join(" ");
        assert!(case.expected.trim_end_matches(')').ends_with(&pattern), "{}: {pattern}", case.raw);
    }
}

#[test]
fn unnamed_children_have_no_name() {
    let rules = Rules::built_in().unwrap();
    for case in cases(&["unnamed"]) {
        let reading = read(&case.raw, &rules);
        assert!(reading.unnamed && reading.name.is_none(), "{}", case.raw);
        let expected = case.expected.ends_with("sex=female").then_some(Gender::Female);
        assert_eq!(reading.gender_hint, expected, "{}", case.raw);
    }
}

#[test]
fn changes_say_what_was_done() {
    let rules = Rules::built_in().unwrap();
    let changes = |raw: &str| read(raw, &rules).changes.iter().collect::<Vec<_>>();
    assert_eq!(changes("  trần\u{a0}thị   hoa "), [Change::Blanks, Change::Case]);
    assert_eq!(changes("PhạmVăn Nam"), [Change::WordsParted]);
    assert_eq!(changes("Trần Thij Hoa"), [Change::Telex]);
    assert_eq!(changes("Ðặng Văn An."), [Change::Confusables, Change::Punctuation]);
    assert_eq!(changes("H\u{2019}Linh Niê"), [Change::Apostrophe]);
}
