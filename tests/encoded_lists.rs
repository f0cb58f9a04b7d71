//! Two offices link their lists without showing each other a name: what the program finds, what it
//! refuses, and that nothing of a child can be read in what they hand on.

mod program;

use std::{collections::BTreeMap, fs};

use program::{LIST, Office, REGISTER};

/// Exit code where an input cannot be used.
const UNUSABLE: i32 = 2;
/// The day of every run here.
const DAY: [&str; 2] = ["--as-of", "2026-11-01"];

fn done(office: &Office, arguments: &[&str]) {
    let said = office.run(arguments);
    assert!(matches!(said.code, Some(0 | 1)), "{arguments:?}: {said:?}");
}

/// A key made of one digit: the same in every run, unlike a made one.
fn key(office: &Office, digit: &str) -> String {
    let name = format!("key-{digit}");
    office.file(&name, digit.repeat(64));
    name
}

/// Encodes both lists with a key and options.
fn encode(office: &Office, key: &str, more: &[&str]) {
    let children = ["encode", "children.csv", "--key", key, "--out", "c.clk", "--force"];
    let register = ["encode", "register.csv", "--as", "register", "--key", key, "--out", "r.clk", "--force"];
    for arguments in [&children[..], &register] {
        done(office, &[arguments, &DAY, more].concat());
    }
}

/// Children of an invented ward, with its register and the truth.
fn ward(children: &str) -> Office {
    let office = Office::new();
    done(&office, &["synth", "--out", "ward", "--children", children, "--seed", "7"]);
    for file in ["children.csv", "register.csv", "truth.csv"] {
        fs::rename(office.path("ward").join(file), office.path(file)).unwrap();
    }
    office
}

/// By token, what the owner knows of it.
fn known(office: &Office, file: &str, column: &str) -> BTreeMap<String, String> {
    office.column(file, "id").into_iter().zip(office.column(file, column)).collect()
}

#[test]
fn two_offices_find_what_they_have_in_common() {
    let office = Office::furnished();
    encode(&office, &key(&office, "a"), &[]);
    done(&office, &["run", "c.clk", "--register", "r.clk", "--out", "out"]);
    let children = known(&office, "c.clk.ids.csv", "record_id");
    let persons = known(&office, "r.clk.ids.csv", "personal_id");
    let mut found: Vec<(String, String, String)> = office
        .rows("out/links.csv")
        .into_iter()
        .map(|row| {
            let person = persons.get(&row["person"]).cloned().unwrap_or_default();
            (children[&row["record"]].clone(), row["link_status"].clone(), person)
        })
        .collect();
    found.sort();
    let same = |nth: usize| (found[nth].1.as_str(), found[nth].2.as_str());
    assert_eq!([same(0), same(1)], [("kept", "042319000123"); 2]);
    assert_ne!(found[2].2, "042316000789", "another child's number");
    assert_eq!(office.column("out/clusters.csv", "count"), ["2"]);
    for file in ["links.csv", "clusters.csv", "review.csv", "model.json", "manifest.json", "audit.jsonl"] {
        assert!(office.path("out").join(file).is_file(), "{file}");
    }
    let verified = dinhdanh::audit::verify_folder(&office.path("out"), dinhdanh::audit::LogName::Audit, None);
    assert_eq!(verified.unwrap().faults, []);
}

/// Names, words of names, numbers and dates of the inputs, as they might stand in a file.
fn secrets(office: &Office) -> Vec<String> {
    let mut secrets = Vec::new();
    for file in ["children.csv", "register.csv"] {
        for row in office.rows(file) {
            for cell in row.values().filter(|cell| cell.chars().count() >= 6) {
                secrets.push(cell.clone());
            }
        }
    }
    secrets
}

#[test]
fn nothing_of_a_child_stands_in_what_is_handed_on() {
    let mut office = ward("60");
    let secrets = secrets(&office);
    office.keep_secret(secrets.iter().filter(|secret| secret.chars().count() >= 10).cloned());
    encode(&office, &key(&office, "b"), &[]);
    done(&office, &["run", "c.clk", "--register", "r.clk", "--out", "out"]);
    assert!(secrets.len() > 500, "{}", secrets.len());
    let handed_on =
        ["c.clk", "r.clk", "out/links.csv", "out/clusters.csv", "out/review.csv", "out/model.json"];
    for file in handed_on.into_iter().chain(["out/manifest.json", "out/audit.jsonl"]) {
        let text = fs::read_to_string(office.path(file)).unwrap();
        assert!(!secrets.iter().any(|secret| text.contains(secret.as_str())), "{file} shows personal data");
        assert!(!text.contains(&"b".repeat(64)), "{file} shows the key");
    }
    #[cfg(unix)]
    for file in ["c.clk", "c.clk.ids.csv", "r.clk", "r.clk.ids.csv", "out/links.csv"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(office.path(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let office = ward("300");
    let key = key(&office, "c");
    let bytes = |threads: &str, more: &[&str]| {
        encode(&office, &key, &[&["--threads", threads], more].concat());
        let run = ["run", "c.clk", "--register", "r.clk", "--out", "out", "--force", "--threads", threads];
        done(&office, &run);
        let files =
            ["c.clk", "c.clk.ids.csv", "r.clk", "out/links.csv", "out/clusters.csv", "out/review.csv"];
        files
            .into_iter()
            .chain(["out/model.json"])
            .map(|file| fs::read(office.path(file)).unwrap())
            .collect::<Vec<_>>()
    };
    let (one, four) = (bytes("1", &[]), bytes("4", &[]));
    assert!(one == four);
    let hard = ["--noise", "0.02", "--balanced", "--salt-birth-year"];
    assert!(bytes("1", &hard) == bytes("3", &hard));
}

#[test]
fn hardened_lists_are_linked_too_and_evaluated() {
    let office = ward("400");
    let key = key(&office, "d");
    for more in
        [&[][..], &["--salt-birth-year"], &["--balanced"], &["--noise", "0.01"], &["--no-shared-tokens"]]
    {
        encode(&office, &key, more);
        done(&office, &["run", "c.clk", "--register", "r.clk", "--out", "out", "--force"]);
        let ids = ["--ids", "c.clk.ids.csv", "r.clk.ids.csv"];
        let said = office.run(&[&["evaluate", "out", "--truth", "truth.csv", "--json"], &ids[..]].concat());
        let figures: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let number = |path: &str| figures.pointer(path).and_then(serde_json::Value::as_f64).unwrap();
        assert!(number("/judged_records") > 400.0, "{more:?}: {said:?}");
        assert!(number("/clusters/pair_f1") > 0.8, "{more:?}: {said:?}");
        assert!(number("/numbers/recall") > 0.6, "{more:?}: {said:?}");
        assert!(number("/numbers/sent_wrong") <= 1.0, "{more:?}: {said:?}");
    }
}

#[test]
fn lists_that_were_not_encoded_alike_are_refused() {
    let office = Office::furnished();
    let (one, other) = (key(&office, "1"), key(&office, "2"));
    encode(&office, &one, &[]);
    let run = |children: &str, register: &str, vi: &str, en: &str| {
        let arguments = ["run", children, "--register", register, "--out", "out"];
        office.refused(&arguments, UNUSABLE, &[vi], &[en]);
    };
    run("c.clk", "register.csv", "cùng một khóa", "with the same key");
    run("children.csv", "r.clk", "cùng một khóa", "with the same key");
    run("r.clk", "c.clk", "danh sách dân cư", "a register");
    let again = ["encode", "children.csv", "--key", &other, "--out", "other.clk"];
    done(&office, &again);
    run("other.clk", "r.clk", "khóa khác", "another key");
    done(&office, &["encode", "children.csv", "--key", &one, "--out", "salted.clk", "--salt-birth-year"]);
    run("salted.clk", "r.clk", "hardening", "hardening");
    let twice = ["run", "c.clk", "c.clk", "--register", "r.clk", "--out", "out"];
    office.refused(&twice, UNUSABLE, &["hai lần"], &["twice"]);
    let learn = ["run", "c.clk", "--register", "r.clk", "--out", "out", "--learn"];
    office.refused(&learn, UNUSABLE, &["--learn"], &["--learn"]);
    office.refused(
        &["encode", "c.clk", "--key", &one, "--out", "x.clk"],
        UNUSABLE,
        &["đã được mã hóa"],
        &["encoded already"],
    );
    office.refused(&again, UNUSABLE, &["--force"], &["--force"]);
    let over = ["encode", "children.csv", "--key", &one, "--out", "register.csv", "--force"];
    office.refused(&over, UNUSABLE, &["không phải danh sách đã mã hóa"], &["no encoded list"]);
    let no_key = ["encode", "children.csv", "--key", "register.csv", "--out", "x.clk"];
    office.refused(&no_key, UNUSABLE, &["không phải là khóa"], &["is no key"]);
    fs::create_dir(office.path("folder")).unwrap();
    let folder = ["encode", "children.csv", "--key", "folder", "--out", "x.clk"];
    office.refused(&folder, UNUSABLE, &["không phải là khóa"], &["is no key"]);
    let missing = ["encode", "children.csv", "--key", "nowhere", "--out", "x.clk"];
    office.refused(&missing, UNUSABLE, &["nowhere", "--new-key"], &["nowhere", "--new-key"]);
}

#[test]
fn a_damaged_list_is_refused_wherever_it_is_damaged() {
    let office = Office::furnished();
    encode(&office, &key(&office, "e"), &[]);
    let whole = fs::read(office.path("c.clk")).unwrap();
    let arguments = ["run", "bad.clk", "--register", "r.clk", "--out", "out"];
    for at in (14..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        for bytes in [&changed[..], &whole[..at]] {
            fs::write(office.path("bad.clk"), bytes).unwrap();
            let said = office.run(&arguments);
            assert_eq!(said.code, Some(UNUSABLE), "{at}: {said:?}");
            assert!(said.err.contains("bad.clk"), "{at}: {said:?}");
        }
    }
}

#[test]
fn a_key_is_made_once() {
    let office = Office::new();
    done(&office, &["encode", "--new-key", "key"]);
    let made = fs::read_to_string(office.path("key")).unwrap();
    assert!(made.trim().len() == 64 && office.run(&["encode", "--new-key", "key"]).code == Some(3));
    assert_eq!(fs::read_to_string(office.path("key")).unwrap(), made);
}

#[test]
fn rows_keep_their_numbers_where_that_is_asked_for() {
    let office = Office::furnished();
    assert!(LIST.lines().count() == 4 && REGISTER.lines().count() == 4);
    encode(&office, &key(&office, "f"), &["--row-numbers"]);
    assert_eq!(office.column("c.clk.ids.csv", "id"), ["c1", "c2", "c3"]);
    assert_eq!(office.column("c.clk.ids.csv", "record_id"), ["TE0001", "TE0002", "TE0003"]);
    encode(&office, &key(&office, "f"), &[]);
    let tokens = office.column("c.clk.ids.csv", "id");
    assert!(tokens.is_sorted() && tokens.iter().all(|token| token.len() == 20));
}
