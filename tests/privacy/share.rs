//! A shared copy tells how a run went and nothing of whom it was about.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::Path,
};

use crate::program::Office;

const KEY: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// The archive's files by name.
fn archive(path: &Path) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().unwrap().into_owned(), text);
    }
    files
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        headings.iter().zip(&row).map(|(h, c)| (h.to_owned(), c.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Words and numbers by which a person, a home or a telephone could be known.
fn telling(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// An invented ward with every kind of error, run against its register.
fn ward(seed: &str) -> Office {
    let mut office = Office::new();
    let synth = ["synth", "--out", "ward", "--children", "120", "--register", "300", "--seed", seed];
    assert_eq!(office.run(&[&synth[..], &["--preset", "hard"]].concat()).code, Some(0));
    let secrets: Vec<String> = office
        .rows("ward/register.csv")
        .into_iter()
        .flat_map(|row| row.into_iter().filter(|(heading, _)| heading.contains("tên")).map(|(_, cell)| cell))
        .filter(|cell| cell.chars().count() > 6)
        .collect();
    office.keep_secret(secrets);
    let run = ["run", "ward/children.csv", "--register", "ward/register.csv", "--out", "out", "--quiet"];
    assert!(matches!(office.run(&run).code, Some(0 | 1)));
    office.file("key", KEY);
    office
}

#[test]
fn nothing_of_the_inputs_is_in_a_shared_copy() {
    for seed in ["1", "2", "3"] {
        let office = ward(seed);
        for dates in ["year", "quarter", "month"] {
            let out = format!("{dates}.zip");
            let said = office.run(&["share", "out", "--key", "key", "--out", &out, "--dates", dates]);
            assert_eq!(said.code, Some(0), "{said:?}");
            let files = archive(&office.path(&out));
            assert_eq!(files.keys().collect::<Vec<_>>(), ["about.json", "pairs.csv", "records.csv"]);
            check(&office, &files);
        }
    }
}

/// No word, no whole value and no number of more digits than a place code has, of any cell of the
/// inputs, stands in the tables.
fn check(office: &Office, files: &BTreeMap<String, String>) {
    let shared = format!("{}{}", files["records.csv"], files["pairs.csv"]);
    let words = telling(&shared);
    let mut looked_at = 0;
    for file in ["ward/children.csv", "ward/register.csv"] {
        for row in office.rows(file) {
            for cell in row.into_values() {
                let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
                if digits.len() > 5 {
                    assert!(!shared.contains(&digits), "a number of {file} is shared");
                }
                // Whole values, dates among them, in the form in which they stand there.
                if cell.chars().count() > 7 {
                    assert!(!shared.contains(&cell), "a cell of {file} is shared");
                }
                for word in telling(&cell).into_iter().filter(|word| word.chars().any(char::is_alphabetic)) {
                    assert!(!words.contains(&word), "a word of {file} is shared");
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 2_000, "{looked_at} words");
}

#[test]
fn the_structure_of_the_run_is_kept_under_tokens() {
    let office = ward("5");
    let said = office.run(&["share", "out", "--key", "key", "--out", "a.zip", "--lang", "en"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("fewer than 5"), "a ward of 120 children has small groups: {}", said.out);
    let files = archive(&office.path("a.zip"));
    let (shared, run) = (rows(&files["records.csv"]), office.rows("out/records.csv"));
    assert_eq!(shared.len(), run.len());
    let count = |rows: &[BTreeMap<String, String>], column: &str| {
        let mut counts = BTreeMap::<String, usize>::new();
        rows.iter().for_each(|row| *counts.entry(row[column].clone()).or_default() += 1);
        counts
    };
    for column in
        ["link_status", "cluster_role", "findings", "link_weight", "link_margin", "changes", "commune_code"]
    {
        assert_eq!(count(&shared, column), count(&run, column), "{column}");
    }
    // Values that are equal are equal tokens, by field.
    for (token, value) in [
        ("cluster", "cluster_id"),
        ("full_name", "full_name"),
        ("mother_name", "mother_name"),
        ("personal_id", "personal_id"),
    ] {
        let sizes = |rows: &[BTreeMap<String, String>], column: &str| {
            let mut sizes: Vec<usize> = count(rows, column).into_values().collect();
            sizes.sort_unstable();
            sizes
        };
        assert_eq!(sizes(&shared, token), sizes(&run, value), "{token}");
    }
    let ids: BTreeSet<&String> = shared.iter().map(|row| &row["record"]).collect();
    assert!(shared.iter().all(|row| ids.contains(&row["cluster"])));
    assert!(shared.is_sorted_by_key(|row| &row["record"]), "the order of the list is not shared");
    let pairs = rows(&files["pairs.csv"]);
    assert_eq!(pairs.len(), office.column("out/review.csv", "pair_id").len());
    assert!(!pairs.is_empty() && pairs.iter().all(|row| ids.contains(&row["record"])));
    assert!(pairs.iter().filter(|row| row["kind"] == "duplicate").all(|row| ids.contains(&row["other"])));

    // The same key says the same, another nothing.
    assert_eq!(office.run(&["share", "out", "--key", "key", "--out", "b.zip", "--quiet"]).code, Some(0));
    assert_eq!(archive(&office.path("b.zip"))["records.csv"], files["records.csv"]);
    let other = ["share", "out", "--key", "other", "--new-key", "--out", "c.zip", "--quiet"];
    assert_eq!(office.run(&other).code, Some(0));
    let others = rows(&archive(&office.path("c.zip"))["records.csv"]);
    assert!(others.iter().all(|row| !ids.contains(&row["record"])));
    let said = office.run(&["audit", "verify", "out"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let log = fs::read_to_string(office.path("out/audit.jsonl")).unwrap();
    assert_eq!(log.matches("run.shared").count(), 3);
    assert!(!log.contains(KEY));
}

#[test]
fn what_cannot_be_shared_is_refused_and_nothing_is_left() {
    let office = Office::furnished();
    let run = ["run", "children.csv", "--register", "register.csv", "--out", "out", "--quiet"];
    assert_eq!(office.run(&run).code, Some(0));
    office.file("key", KEY);
    office.file("short", "secret");
    office.file("weak", "00".repeat(32));
    let share = |key: &'static str, out: &'static str| ["share", "out", "--key", key, "--out", out];
    office.refused(&share("short", "a.zip"), 2, &["64 chữ số"], &["64 hexadecimal"]);
    office.refused(&share("weak", "a.zip"), 2, &["dễ đoán"], &["guessed"]);
    office.refused(&share("none", "a.zip"), 2, &["none", "--new-key"], &["none", "--new-key"]);
    office.refused(&share("out", "a.zip"), 2, &["64 chữ số"], &["64 hexadecimal"]);
    office.refused(&share("key", "key"), 2, &["đã có"], &["exists already"]);
    let made = ["share", "out", "--key", "key", "--new-key", "--out", "a.zip"];
    office.refused(&made, 2, &["đã có"], &["exists already"]);
    assert_eq!(fs::read_to_string(office.path("key")).unwrap(), KEY);
    let nowhere = ["share", "nowhere", "--key", "fresh", "--new-key", "--out", "a.zip"];
    office.refused(&nowhere, 2, &["không phải kết quả"], &["not the output of a run"]);
    let records = fs::read_to_string(office.path("out/records.csv")).unwrap();
    fs::write(office.path("out/records.csv"), records + "\n").unwrap();
    office.refused(&share("key", "a.zip"), 2, &["records.csv"], &["is not as it was written"]);
}
