//! `report DIR --since EARLIER`: who is new, gone, of age, moved, and whose number came or went.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use calamine::{Data, Reader as _, Xlsx, open_workbook};

use crate::program::Office;

/// The list of the samples, and the same a year later by hand.
fn lists() -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/circumstances.csv");
    let before = fs::read_to_string(path).unwrap();
    let heading = before.lines().next().unwrap().to_owned();
    let mut rows: BTreeMap<String, Vec<String>> = before
        .lines()
        .skip(1)
        .filter(|line| !line.contains('"'))
        .map(|line| {
            let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            (cells[0].clone(), cells)
        })
        .collect();
    // Codes of further entries of the same child only blur the picture.
    rows.retain(|code, cells| code.as_str() < "HC0129" && !cells[2].is_empty());
    let table = |rows: &BTreeMap<String, Vec<String>>| {
        let lines: Vec<String> = rows.values().map(|cells| cells.join(",")).collect();
        format!("{heading}\n{}\n", lines.join("\n"))
    };
    let before = table(&rows);
    rows.remove("HC0003");
    rows.get_mut("HC0010").unwrap()[7] = "Tổ dân phố 7".into();
    rows.get_mut("HC0011").unwrap()[10] = String::new();
    let mut cells = rows["HC0020"].clone();
    (cells[0], cells[1], cells[2]) = ("HC0900".into(), "Lò Thị Sớm Mai".into(), "20/10/2026".into());
    cells[10] = String::new();
    rows.insert("HC0900".into(), cells);
    (before, table(&rows))
}

fn changes(office: &Office, file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut changes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in office.rows(file) {
        let id = if row["record_id"].is_empty() { &row["record_id_before"] } else { &row["record_id"] };
        changes.entry(row["change"].clone()).or_default().insert(id.clone());
    }
    changes
}

fn check(office: &Office, list: &str, out: &str, day: &str) {
    let said = office.run(&["check", list, "--out", out, "--as-of", day, "--quiet"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

fn office() -> Office {
    let mut office = Office::new();
    office.keep_secret(["Sớm Mai".to_owned()]);
    let (before, now) = lists();
    office.file("before.csv", before);
    office.file("now.csv", now);
    check(&office, "before.csv", "before", "2025-11-01");
    check(&office, "now.csv", "now", "2026-11-01");
    office
}

#[test]
fn what_happened_in_a_year_is_listed() {
    let office = office();
    let said = office.run(&["report", "now", "--since", "before"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let changes = changes(&office, "now/statistics/changes.csv");
    let of = |kind: &str| changes.get(kind).cloned().unwrap_or_default();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(of("new"), ids(&["HC0900"]));
    assert_eq!(of("gone"), ids(&["HC0003"]));
    assert_eq!(of("moved"), ids(&["HC0010"]));
    let listed = office.rows("before/records.csv");
    let number = |id: &str| listed.iter().find(|row| row["record_id"] == id).unwrap()["personal_id"].clone();
    assert_eq!(of("number_lost").contains("HC0011"), !number("HC0011").is_empty());
    assert!(of("number_gained").is_empty() && of("number_changed").is_empty());
    // Sixteen since, by their own birth dates.
    let aged: BTreeSet<String> = listed
        .iter()
        .filter(|row| {
            let birth = &row["child_birth_date"];
            birth.len() == 10 && birth.as_str() > "2009-11-01" && birth.as_str() <= "2010-11-01"
        })
        .map(|row| row["record_id"].clone())
        .collect();
    assert!(!aged.is_empty());
    let whole: BTreeSet<String> = of("aged_out").into_iter().collect();
    assert!(whole.is_superset(&aged), "{aged:?} {whole:?}");
}

#[test]
fn looking_back_shows_the_opposite() {
    let office = office();
    assert_eq!(office.run(&["report", "before", "--since", "now"]).code, Some(0));
    let changes = changes(&office, "before/statistics/changes.csv");
    assert!(changes["new"].contains("HC0003") && changes["gone"].contains("HC0900"));
    assert!(changes["moved"].contains("HC0010"));
}

#[test]
fn a_run_has_not_changed_since_itself() {
    let office = office();
    let said = office.run(&["report", "now", "--since", "now"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(changes(&office, "now/statistics/changes.csv").is_empty());
    let book: Xlsx<_> = open_workbook(office.path("now/statistics/changes.xlsx")).unwrap();
    assert_eq!(book.sheet_names().len(), 1);
}

#[test]
fn a_row_number_is_no_child() {
    let office = Office::new();
    let list = |names: &[&str]| {
        let rows: Vec<String> =
            names.iter().map(|name| format!("{name},0{}/05/2018,Thôn 1\n", name.len() % 9 + 1)).collect();
        format!("Họ và tên,Ngày sinh,Thôn\n{}", rows.concat())
    };
    office.file("ward.csv", list(&["Lê Thị Sao Mai", "Trần Văn Núi"]));
    check(&office, "ward.csv", "before", "2025-11-01");
    // One more child on top: every row stands one lower.
    office.file("ward.csv", list(&["Phạm Thị Suối Ngàn", "Lê Thị Sao Mai", "Trần Văn Núi"]));
    check(&office, "ward.csv", "now", "2026-11-01");
    assert_eq!(office.run(&["report", "now", "--since", "before"]).code, Some(0));
    let changes = changes(&office, "now/statistics/changes.csv");
    assert_eq!(changes.keys().collect::<Vec<_>>(), ["new"]);
    assert_eq!(changes["new"].len(), 1);
}

/// The invented ward of the samples.
fn ward() -> Office {
    let mut office = Office::new();
    for file in ["ward.xlsx", "register.csv"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(file);
        office.file(file, fs::read(path).unwrap());
    }
    let names = office.column("register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    office
}

#[test]
fn numbers_that_came_and_answers_that_were_applied_are_listed() {
    let office = ward();
    check(&office, "ward.xlsx", "before", "2026-10-01");
    let run = ["run", "ward.xlsx", "--register", "register.csv", "--as-of", "2026-11-01", "--out"];
    let again = |out, decisions: &[&str]| {
        let said = office.run(&[&run[..], &[out], decisions].concat());
        assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    };
    again("asked", &[]);
    let pairs = office.rows("asked/review.csv");
    let pair = pairs.iter().find(|pair| pair["kind"] == "identity").expect("a pair to decide");
    let decided = serde_json::json!({
        "id": "1", "time": "2026-11-01T01:00:00Z", "who": "A",
        "pair_id": pair["pair_id"], "kind": "identity", "answer": "none",
        "record_id": pair["record_id"], "record_fingerprint": pair["record_fingerprint"],
        "other": pair["other"], "other_fingerprint": pair["other_fingerprint"],
    });
    office.file("decisions.jsonl", format!("{decided}\n"));
    again("now", &["--decisions", "decisions.jsonl"]);
    again("later", &["--decisions", "decisions.jsonl"]);

    assert_eq!(office.run(&["report", "now", "--since", "before"]).code, Some(0));
    let listed = changes(&office, "now/statistics/changes.csv");
    let records = office.rows("now/records.csv");
    let attached = records.iter().filter(|row| row["link_status"] == "attached");
    let gained = attached.filter(|row| listed["number_gained"].contains(&row["record_id"]));
    assert!(gained.count() > 100);
    assert_eq!(listed["decided"], BTreeSet::from([pair["record_id"].clone()]));
    let now = office.column("now/statistics/changes.csv", "now");
    assert!(now.contains(&"none".to_owned()));
    let mut book: Xlsx<_> = open_workbook(office.path("now/statistics/changes.xlsx")).unwrap();
    let sheet = book.worksheet_range("Quyết định đã áp dụng").unwrap();
    assert!(sheet.cells().any(|(.., cell)| *cell == Data::String("Không phải".to_owned())));

    // The same answer given to the next run is nothing new.
    assert_eq!(office.run(&["report", "later", "--since", "now"]).code, Some(0));
    assert!(changes(&office, "later/statistics/changes.csv").is_empty());
}
