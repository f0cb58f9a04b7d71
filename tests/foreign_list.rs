//! The model is data: a list of English persons, none of its columns known to the program, goes through
//! the real program with the mapping and the rules of `samples/febrl`, and without any code.

use std::{collections::BTreeMap, fs, path::Path};

mod program;
use program::{Office, Said};

/// Fifty rows of thirty-four invented persons, with the slips of people who type.
const PEOPLE: &str = include_str!("fixtures/foreign/people.csv");

const COLUMNS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/febrl/columns.toml");
const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/febrl/rules");

/// Whose record it is: `rec-N-…` is one of person N.
fn person(record: &str) -> &str {
    record.split('-').nth(1).expect("rec-N-…")
}

fn records() -> impl Iterator<Item = &'static str> {
    PEOPLE.lines().skip(1).map(|row| row.split(',').next().expect("rec_id"))
}

fn office() -> Office {
    let mut office = Office::furnished();
    let cells = PEOPLE.lines().skip(1).flat_map(|row| row.split(',').skip(1));
    office.keep_secret(cells.filter(|cell| cell.len() > 6).map(str::to_owned));
    office.file("people.csv", PEOPLE);
    let truth = records().map(|record| format!("{record},{},\n", person(record)));
    office.file("truth.csv", format!("record_id,entity,personal_id\n{}", truth.collect::<String>()));
    office
}

fn check(office: &Office, more: &[&str]) -> Said {
    let said = office.run(&[&["check", "people.csv", "--out", "out"], more].concat());
    assert_eq!(said.code, Some(0), "{said:?}");
    said
}

/// Figures of the duplicates, by name.
fn judged(office: &Office) -> BTreeMap<String, serde_json::Value> {
    let said = office.run(&["evaluate", "out", "--truth", "truth.csv", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let figures: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(figures["judged_records"], records().count());
    serde_json::from_value(figures["clusters"].clone()).expect("a table")
}

fn figure(figures: &BTreeMap<String, serde_json::Value>, name: &str) -> f64 {
    figures[name].as_f64().unwrap_or_else(|| panic!("{name}: {figures:?}"))
}

#[test]
fn a_foreign_list_is_deduplicated_by_rules_alone() {
    let office = office();
    check(&office, &["--columns", COLUMNS, "--rules", RULES]);
    let figures = judged(&office);
    assert_eq!(figure(&figures, "pair_precision"), 1.0, "namesakes and neighbours stay apart: {figures:?}");
    assert!(figure(&figures, "pair_recall") >= 0.94, "at most one pair of 17 is missed: {figures:?}");

    // Every row is a record under its own key, with its cells untouched and nothing asked of it.
    assert!(office.column("out/records.csv", "record_id").iter().eq(records()));
    let asked = |codes: &String| !["", "duplicate.merged"].contains(&codes.as_str());
    assert!(!office.column("out/records.csv", "findings").iter().any(asked));
    let dates = office.column("out/records.csv", "date_of_birth");
    assert!(dates.iter().any(|date| date == "19470180"), "no date, and kept as it stood");
    assert_eq!(office.rows("out/rejects.csv").len(), 0);
}

#[test]
fn it_is_the_rules_that_find_them() {
    let office = office();
    check(&office, &["--columns", COLUMNS]);
    assert_eq!(figure(&judged(&office), "right_pairs"), 0.0, "the model of a ward knows no such column");
}

#[test]
fn rules_that_compare_what_is_not_there_stop_the_run() {
    let office = office();
    let rules = fs::read_to_string(Path::new(RULES).join("matching.toml")).expect("the overlay");
    let with_rules = |from: &str, to: &str| {
        assert!(rules.contains(from));
        office.file("rules/matching.toml", rules.replace(from, to));
    };
    let children = ["check", "children.csv", "--rules", RULES, "--out", "out"];
    office.refused(&children, 2, &["so sánh cột “given_name”"], &["the column “given_name”"]);

    let arguments = ["check", "people.csv", "--columns", COLUMNS, "--rules", "rules", "--out", "out"];

    with_rules("field = \"extra:suburb\"", "field = \"extra:subburb\"");
    office.refused(
        &arguments,
        2,
        &["so sánh cột “subburb”", "“suburb”"],
        &["the column “subburb”", "“suburb”"],
    );

    with_rules("field = \"extra:suburb\"", "field = \"suburb\"");
    let line = 1 + rules.lines().position(|line| line == "field = \"extra:suburb\"").expect("the line");
    let place = format!("{}, dòng {line}: ", Path::new("rules").join("matching.toml").display());
    office.refused(&arguments, 2, &[&place, "\"suburb\" is no field"], &["\"suburb\" is no field"]);
}
