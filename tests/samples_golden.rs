//! The samples of the repository through the real program: its whole output files against those
//! kept in `samples/expected`, and the promises that hold for every input (same bytes on every
//! run, the same list from every kind of file, no row lost).
//!
//! After a change that is meant, `UPDATE_GOLDEN=1 cargo test --test samples_golden` writes the
//! expected files anew; `git diff samples/expected` then shows what the change does to a ward.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use assert_cmd::Command;
use calamine::{Reader as _, Xlsx, open_workbook};
use serde_json::Value;
use tempfile::TempDir;

/// The day on which the invented ward is judged.
const DAY: &str = "2026-11-01";
/// The outputs that are kept.
const KEPT: [&str; 4] = ["records.csv", "review.csv", "update.csv", "rejects.csv"];
/// The only outputs that may say when the run was.
const DATED: [&str; 3] = ["manifest.json", "audit.jsonl", "audit.head"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program where the user would, in the folder of the repository.
fn dinhdanh(arguments: &[&str], out: &Path) {
    Command::cargo_bin("dinhdanh")
        .expect("the binary is built with the tests")
        .current_dir(root())
        .args(arguments)
        .args(["--as-of", DAY, "--quiet", "--out"])
        .arg(out)
        .assert()
        .success();
}

/// Runs the main job on a list and gives the folder of its results.
fn run(list: &str, register: &str, more: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&["run", list, "--register", register], more].concat();
    dinhdanh(&arguments, &folder.path().join("result"));
    folder
}

/// A run that several tests look at, made once, in cargo's folder for tests.
fn run_once(name: &str, list: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    dinhdanh(&["run", list, "--register", "samples/register.csv"], &result(&folder));
    folder
}

/// The main job on the sample ward.
fn ward() -> &'static Path {
    static RUN: LazyLock<PathBuf> = LazyLock::new(|| run_once("ward-xlsx", "samples/ward.xlsx"));
    &RUN
}

/// The same from the old workbook.
fn old_ward() -> &'static Path {
    static RUN: LazyLock<PathBuf> = LazyLock::new(|| run_once("ward-xls", "samples/ward.xls"));
    &RUN
}

/// The program's output in the folder of a run.
fn result(folder: impl AsRef<Path>) -> PathBuf {
    folder.as_ref().join("result")
}

/// The lines of a CSV as field by heading.
fn lines(file: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = fs::read(file).unwrap();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("outputs begin with a byte order mark");
    let mut reader = csv::Reader::from_reader(text);
    let headings = reader.headers().unwrap().clone();
    let line = |record: csv::StringRecord| {
        headings.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| line(record.unwrap())).collect()
}

/// Records without what says from which file they came.
fn records(folder: impl AsRef<Path>) -> Vec<BTreeMap<String, String>> {
    let mut records = lines(&result(folder).join("records.csv"));
    for record in &mut records {
        record.retain(|heading, _| !heading.starts_with("source_"));
    }
    records
}

/// Where two texts first differ, for a message a person can act on.
fn first_difference(expected: &str, actual: &str) -> String {
    let differing = expected.lines().zip(actual.lines()).enumerate().find(|(_, (left, right))| left != right);
    match differing {
        Some((at, (left, right))) => format!("line {}\n  expected {left}\n  is       {right}", at + 1),
        None => {
            format!("{} lines are expected, there are {}", expected.lines().count(), actual.lines().count())
        }
    }
}

#[test]
fn the_ward_comes_out_as_kept() {
    let folder = ward();
    let kept = root().join("samples/expected");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for name in KEPT {
        let actual = fs::read_to_string(result(folder).join(name)).unwrap();
        if update {
            fs::create_dir_all(&kept).unwrap();
            fs::write(kept.join(name), &actual).unwrap();
            continue;
        }
        let expected = fs::read_to_string(kept.join(name)).unwrap();
        assert!(
            actual == expected,
            "{name}: {}\nif this is meant: UPDATE_GOLDEN=1 cargo test --test samples_golden",
            first_difference(&expected, &actual)
        );
    }
}

#[test]
fn no_child_of_the_ward_gets_anothers_number() {
    let folder = ward();
    let truth: BTreeMap<String, (String, String)> = lines(&root().join("samples/truth.csv"))
        .into_iter()
        .map(|line| (line["record_id"].clone(), (line["entity"].clone(), line["personal_id"].clone())))
        .collect();
    let records = records(folder);
    assert_eq!(records.len(), truth.len(), "every row of a child is a record, and nothing else is");
    let mut entities: BTreeMap<String, String> = BTreeMap::new();
    let mut sent = 0;
    for record in &records {
        let id = &record["record_id"];
        let (entity, number) = &truth[id];
        if matches!(&*record["link_status"], "attached" | "kept") {
            sent += 1;
            assert_eq!(record["personal_id"], *number, "{id}");
        }
        let merged = entities.entry(record["cluster_id"].clone()).or_insert_with(|| entity.clone());
        assert_eq!(merged, entity, "{id} is merged with another child");
    }
    assert!(sent * 10 > records.len() * 8, "only {sent} of {} have their number", records.len());
}

#[test]
fn the_same_bytes_on_every_run_and_with_any_number_of_threads() {
    let first = ward();
    let mut names: Vec<_> =
        fs::read_dir(result(first)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() >= 11, "{names:?}");
    for threads in ["1", "2"] {
        let again = run("samples/ward.xlsx", "samples/register.csv", &["--threads", threads]);
        for name in names.iter().filter(|name| !DATED.iter().any(|dated| *name == dated)) {
            let (one, other) = (result(first).join(name), result(&again).join(name));
            assert!(
                fs::read(one).unwrap() == fs::read(other).unwrap(),
                "{} differs with {threads} threads",
                name.display()
            );
        }
    }
}

#[test]
fn the_old_workbook_gives_the_same_records() {
    assert_eq!(records(ward()), records(old_ward()));
}

#[test]
fn an_old_workbook_under_a_new_name_is_read_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let renamed = folder.path().join("ward.xlsx");
    fs::copy(root().join("samples/ward.xls"), &renamed).unwrap();
    let renamed = run(renamed.to_str().unwrap(), "samples/register.csv", &[]);
    assert_eq!(records(&renamed), records(old_ward()));
}

#[test]
fn the_residence_list_serves_as_register() {
    let folder = run("samples/ward.xlsx", "samples/register_ct3a.xlsx", &[]);
    let truth: BTreeMap<String, String> = lines(&root().join("samples/truth.csv"))
        .into_iter()
        .map(|line| (line["record_id"].clone(), line["personal_id"].clone()))
        .collect();
    let records = records(&folder);
    let linked = |record: &&BTreeMap<String, String>| matches!(&*record["link_status"], "attached" | "kept");
    let linked: Vec<_> = records.iter().filter(linked).collect();
    for record in &linked {
        assert_eq!(record["personal_id"], truth[&record["record_id"]], "{}", record["record_id"]);
    }
    assert!(linked.len() * 10 > records.len() * 7, "{} of {}", linked.len(), records.len());
}

/// The list for the police as they send it back: their column filled in from the truth.
fn filled_in_by_the_police(run: &Path, folder: &Path) -> PathBuf {
    let truth: BTreeMap<String, String> = lines(&root().join("samples/truth.csv"))
        .into_iter()
        .map(|line| (line["record_id"].clone(), line["personal_id"].clone()))
        .collect();
    let mut book: Xlsx<_> = open_workbook(result(run).join("police.xlsx")).unwrap();
    let sheet = book.worksheet_range_at(0).expect("a sheet").unwrap();
    let file = folder.join("police.csv");
    let mut csv = csv::WriterBuilder::new().flexible(true).from_path(&file).unwrap();
    for row in sheet.rows() {
        let mut cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        let code = cells.iter().find_map(|cell| truth.get(cell));
        if let Some(number) = code {
            // Their remark and the hidden key stand behind it.
            let theirs = cells.len() - 3;
            cells[theirs].clone_from(number);
        }
        csv.write_record(cells).unwrap();
    }
    csv.flush().unwrap();
    file
}

#[test]
fn the_list_the_police_fill_in_serves_as_register() {
    let folder = tempfile::tempdir().unwrap();
    let police = filled_in_by_the_police(ward(), folder.path());
    let second = run("samples/ward.xlsx", police.to_str().unwrap(), &[]);
    let manifest: Value =
        serde_json::from_slice(&fs::read(result(&second).join("manifest.json")).unwrap()).unwrap();
    let persons = manifest["counts"]["register_records"].as_u64().unwrap();
    assert!(persons >= 10, "only {persons} of the police's rows were understood");
}

#[test]
fn the_police_list_beside_the_extract_takes_nobody_out_of_the_register() {
    let folder = tempfile::tempdir().unwrap();
    let police = filled_in_by_the_police(ward(), folder.path());
    let both = run("samples/ward.xlsx", "samples/register.csv", &[police.to_str().unwrap()]);
    let rejects = lines(&result(&both).join("rejects.csv"));
    let contested = rejects.iter().filter(|reject| reject["reason"] == "register_number_twice").count();
    let known = rejects.iter().filter(|reject| reject["reason"] == "register_person_twice").count();
    assert!(known > contested, "{known} known, {contested} contested");
}

#[test]
fn every_hamlet_has_one_sheet() {
    let mut book: Xlsx<_> = open_workbook(result(ward()).join("household.xlsx")).unwrap();
    let overview = book.worksheet_range_at(0).expect("a sheet").unwrap();
    let hamlets: Vec<String> = overview
        .rows()
        .filter_map(|row| row.iter().map(ToString::to_string).find(|cell| cell.starts_with("Tổ dân phố ")))
        .collect();
    let once: BTreeSet<&String> = hamlets.iter().collect();
    assert!(once.len() >= 10 && once.len() == hamlets.len(), "{hamlets:?}");
}

#[test]
fn legacy_encodings_say_what_unicode_says() {
    let read = |encoding: &str| {
        let folder = tempfile::tempdir().unwrap();
        dinhdanh(&["check", &format!("samples/legacy/{encoding}.csv")], &result(&folder));
        records(&folder)
    };
    let said = [
        "record_id",
        "full_name",
        "birth_date",
        "gender",
        "ethnicity",
        "personal_id",
        "father_name",
        "mother_name",
        "guardian_name",
        "hamlet",
        "address",
        "commune_code",
        "province_code",
    ];
    let unicode = read("utf8");
    for encoding in ["tcvn3", "vni", "cp1258"] {
        let legacy = read(encoding);
        assert_eq!(legacy.len(), unicode.len(), "{encoding}");
        for (ours, theirs) in unicode.iter().zip(&legacy) {
            for field in said {
                let (expected, actual) = (&ours[field], &theirs[field]);
                assert_eq!(actual, expected, "{encoding}, {}, {field}", ours["record_id"]);
            }
        }
    }
}

#[test]
fn no_row_of_any_sample_is_lost() {
    let samples = [
        ("samples/ward.xlsx", "samples/register.csv"),
        ("samples/ward.xls", "samples/register_ct3a.xlsx"),
        ("samples/legacy/utf8.csv", "samples/register.csv"),
        ("samples/legacy/tcvn3.csv", "samples/register.csv"),
        ("samples/legacy/vni.csv", "samples/register.csv"),
        ("samples/legacy/cp1258.csv", "samples/register.csv"),
    ];
    for (list, register) in samples {
        let folder = run(list, register, &[]);
        let manifest: Value =
            serde_json::from_slice(&fs::read(result(&folder).join("manifest.json")).unwrap()).unwrap();
        let sheets = manifest["counts"]["sheets"].as_array().unwrap();
        assert_eq!(sheets.len(), 2, "{list}");
        for sheet in sheets {
            let count = |key: &str| sheet[key].as_u64().unwrap();
            let layout: u64 =
                sheet["layout"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
            assert_eq!(count("rows"), count("records") + count("rejects") + layout, "{list}: {sheet}");
        }
        let records = lines(&result(&folder).join("records.csv")).len();
        assert_eq!(sheets[0]["records"].as_u64(), Some(records as u64), "{list}");
    }
}
