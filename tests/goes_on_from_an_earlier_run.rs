//! A run that goes on from an earlier one (`--previous`) gives what a full run gives, to the byte;
//! only the names of clusters are those of before.

mod program;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use dinhdanh::{
    matching::Reuse,
    outcome::Outcome,
    pipeline::{self, Job, MEMORY},
    rules::{Language, Rules},
    write::{WriteOptions, write_run},
};
use program::{LIST, Office};
use proptest::prelude::*;
use serde_json::{Value, json};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

/// Rows of cells, the heading first.
type Rows = Vec<Vec<String>>;

/// Invented children with their register: the list, rows that are not in it, and the register.
static WARD: LazyLock<(Rows, Rows, Rows)> = LazyLock::new(|| {
    let office = Office::new();
    for (out, seed) in [("ward", "31"), ("other", "32")] {
        let sizes = ["--children", "60", "--register", "160", "--preset", "hard"];
        let said = office.run(&[&["synth", "--out", out, "--seed", seed], &sizes[..]].concat());
        assert_eq!(said.code, Some(0));
    }
    let read = |name: &str| {
        let file = fs::File::open(office.path(name)).unwrap();
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
        let rows = reader.into_records();
        rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect::<Rows>()
    };
    let spare = read("other/children.csv").split_off(1);
    (read("ward/children.csv"), spare, read("ward/register.csv"))
});

fn save(path: &Path, rows: &Rows) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

/// What happens to a list between two runs.
#[derive(Debug, Clone)]
enum Edit {
    Delete(prop::sample::Index),
    Insert(prop::sample::Index, prop::sample::Index),
    Repeat(prop::sample::Index, prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    /// A cell gets the value that another row has in that column.
    Cell(prop::sample::Index, prop::sample::Index, prop::sample::Index),
    Reverse,
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let ix = any::<prop::sample::Index>;
    prop_oneof![
        3 => ix().prop_map(Edit::Delete),
        3 => (ix(), ix()).prop_map(|(at, row)| Edit::Insert(at, row)),
        2 => (ix(), ix()).prop_map(|(at, row)| Edit::Repeat(at, row)),
        2 => (ix(), ix()).prop_map(|(at, row)| Edit::Swap(at, row)),
        4 => (ix(), ix(), ix()).prop_map(|(at, row, column)| Edit::Cell(at, row, column)),
        1 => Just(Edit::Reverse),
    ]
}

fn edited(rows: &Rows, spare: &Rows, edits: &[Edit]) -> Rows {
    let (heading, mut list) = (rows[0].clone(), rows[1..].to_vec());
    for edit in edits {
        let count = list.len();
        match edit {
            Edit::Delete(at) => drop(list.remove(at.index(count))),
            Edit::Insert(at, row) => list.insert(at.index(count + 1), row.get(spare).clone()),
            Edit::Repeat(at, row) => list.insert(at.index(count + 1), row.get(&list).clone()),
            Edit::Swap(at, row) => list.swap(at.index(count), row.index(count)),
            Edit::Cell(at, row, column) => {
                let (at, row, column) = (at.index(count), row.index(count), column.index(heading.len()));
                list[at][column] = list[row][column].clone();
            }
            Edit::Reverse => list.reverse(),
        }
    }
    std::iter::once(heading).chain(list).collect()
}

/// A folder in which runs are made.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, list: &Rows, register: Option<&Rows>, out: &str, previous: Option<&str>) -> Outcome {
        save(&self.path("children.csv"), list);
        let register = register.map(|rows| {
            save(&self.path("register.csv"), rows);
            self.path("register.csv")
        });
        let job = Job {
            children: vec![self.path("children.csv")],
            register: register.into_iter().collect(),
            decisions: Vec::new(),
            columns: None,
            as_of: jiff::civil::date(2026, 1, 1),
            language: Language::Vi,
            model: None,
            learn: false,
            previous: previous.map(|name| self.path(name)),
            remember: true,
            memory: MEMORY,
        };
        let outcome = pipeline::run(&job, &RULES, &|_| ()).unwrap();
        write_run(&outcome, &self.path(out), &WriteOptions::new(false, json!({})), &RULES).unwrap();
        outcome
    }

    /// Everything in a run's folder but what tells the time and the run before.
    fn written(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        written(&self.path(out))
    }
}

fn written(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .filter(|(name, _)| !["manifest.json", "audit.jsonl", "audit.head"].contains(&name.as_str()))
        .collect()
}

/// A list of records without the names of its clusters, and those names.
fn without_cluster_ids(records: &[u8]) -> (Rows, Vec<String>) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(records);
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let (mut rows, mut ids) = (rows.collect::<Rows>(), Vec::new());
    let at = rows[0].iter().position(|heading| heading == "cluster_id").unwrap();
    rows[1..].iter_mut().for_each(|row| ids.push(std::mem::take(&mut row[at])));
    (rows, ids)
}

/// Both folders hold the same bytes, but for the names of clusters, which stand for one another.
fn assert_same_but_for_names(
    mut full: BTreeMap<String, Vec<u8>>,
    mut continued: BTreeMap<String, Vec<u8>>,
) -> Vec<String> {
    let records = |files: &mut BTreeMap<String, Vec<u8>>| files.remove("records.csv").unwrap();
    let (rows, ids) = without_cluster_ids(&records(&mut full));
    let (continued_rows, continued_ids) = without_cluster_ids(&records(&mut continued));
    assert!(rows == continued_rows, "records.csv differs in more than cluster_id");
    let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
    for (id, continued) in ids.iter().zip(&continued_ids) {
        assert_eq!(there.insert(id, continued).unwrap_or(continued), continued);
        assert_eq!(back.insert(continued, id).unwrap_or(id), id);
    }
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&full), names(&continued));
    for (name, bytes) in &full {
        assert!(*bytes == continued[name], "{name} differs");
    }
    continued_ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_edited_it_is_a_full_run(
        before in prop::collection::vec(any_edit(), 0..6),
        after in prop::collection::vec(any_edit(), 0..12),
        register_rows in 40_usize..160,
        with_register: bool,
    ) {
        let (rows, spare, register) = &*WARD;
        let then = edited(rows, spare, &before);
        let now = edited(&then, spare, &after);
        let desk = Desk::new();
        // The register changes too: rows of it come.
        let registers = [register[..register_rows].to_vec(), register.clone()];
        let [register_then, register_now] = &registers;
        let list = |register| with_register.then_some(register);
        desk.run(&then, list(register_then), "then", None);
        desk.run(&now, list(register_now), "full", None);
        let continued = desk.run(&now, list(register_now), "now", Some("then"));

        // comparisons.bin is among what must be the same: what was used again is what would have
        // been found anew.
        let ids = assert_same_but_for_names(desk.written("full"), desk.written("now"));
        let Reuse { children, pairs, .. } = continued.linkage.reuse;
        prop_assert!(children > 0 && pairs.0 <= continued.linkage.compared.0);
        let changes = continued.continued.as_ref().unwrap().records;
        prop_assert_eq!(changes.unchanged + changes.changed + changes.new, ids.len() as u64);
        prop_assert_eq!(changes.unchanged + changes.changed + changes.gone, then.len() as u64 - 1);
        let [kept, new, ended] = continued.continued.as_ref().unwrap().clusters;
        let (_, ids_then) = without_cluster_ids(&desk.written("then")["records.csv"]);
        let distinct = |ids: &[String]| ids.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
        prop_assert_eq!((kept + new, kept + ended), (distinct(&ids), distinct(&ids_then)));
    }
}

#[test]
fn an_unchanged_list_is_known_whole_and_keeps_every_name() {
    let (rows, _, register) = &*WARD;
    let desk = Desk::new();
    desk.run(rows, Some(register), "then", None);
    let outcome = desk.run(rows, Some(register), "now", Some("then"));
    let Reuse { children, persons, pairs } = outcome.linkage.reuse;
    assert_eq!(pairs, outcome.linkage.compared);
    assert!(pairs.0 > 0 && pairs.1 > 0);
    assert_eq!(children, outcome.children.records.len() as u64);
    let held = outcome.register.as_ref().and_then(|register| register.holdings.as_ref()).unwrap();
    assert_eq!(persons, u64::from(held.records + held.rivals));
    assert_eq!(desk.written("then"), desk.written("now"));
    let records = outcome.continued.unwrap().records;
    assert_eq!((records.changed, records.new, records.gone), (0, 0, 0));
}

fn manifest(office: &Office, run: &str) -> Value {
    serde_json::from_slice(&fs::read(office.path(&format!("{run}/manifest.json"))).unwrap()).unwrap()
}

const RUN: [&str; 6] = ["run", "children.csv", "--register", "register.csv", "--as-of", "2026-01-01"];

/// A list without codes of its own.
fn without_codes(list: &str) -> String {
    let cut = |line: &str| line.split_once(',').map_or_else(String::new, |(_, rest)| format!("{rest}\n"));
    list.lines().map(cut).collect()
}

#[test]
fn a_child_keeps_its_name_when_rows_move_and_a_new_one_gets_nobodys() {
    let office = Office::furnished();
    let list = without_codes(LIST);
    office.file("children.csv", &list);
    assert_eq!(office.run(&[&RUN[..], &["--out", "one"]].concat()).code, Some(0));
    let ids = ["children.csv#!2", "children.csv#!2", "children.csv#!4"];
    assert_eq!(office.column("one/records.csv", "cluster_id"), ids);

    // Another child stands where the twice-listed one stood, whose second row now comes first.
    let mut lines: Vec<&str> = list.lines().collect();
    lines.swap(1, 2);
    lines.insert(1, "Hồ Văn Mới,01/02/2020,Nam,Kinh,,Hồ Văn Cũ,Lê Thị Xưa,Thôn 5");
    office.file("children.csv", lines.join("\n"));
    let said = office.run(&[&RUN[..], &["--out", "two", "--previous", "one"]].concat());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.contains("3 hồ sơ không đổi") && said.out.contains("1 hồ sơ mới"), "{}", said.out);
    let ids = ["children.csv#!2@2", "children.csv#!2", "children.csv#!2", "children.csv#!4"];
    assert_eq!(office.column("two/records.csv", "cluster_id"), ids);

    // The new child is gone again: nobody takes its id, in the next run neither.
    office.file("children.csv", &list);
    let said = office.run(&[&RUN[..], &["--out", "three", "--previous", "two", "--lang", "en"]].concat());
    assert!(said.out.contains("3 records unchanged") && said.out.contains("1 gone"), "{}", said.out);
    assert_eq!(manifest(&office, "three")["previous"]["run"], 3);
    assert_eq!(
        manifest(&office, "three")["previous"]["clusters"],
        json!({ "kept": 2, "new": 0, "ended": 1 })
    );
}

/// An invented ward as bad as wards get.
fn ward() -> Office {
    let mut office = Office::new();
    let (rows, _, register) = &*WARD;
    save(&office.path("children.csv"), rows);
    save(&office.path("register.csv"), register);
    let names = office.column("register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    office
}

fn run(office: &Office, out: &str, more: &[&str]) -> String {
    let said = office.run(&[&RUN[..], &["--out", out, "--lang", "en"], more].concat());
    assert!(matches!(said.code, Some(0 | 1)) && said.err.is_empty(), "{said:?}");
    said.out
}

/// What the desk writes for a pair of `review.csv`.
fn answer(nth: usize, pair: &BTreeMap<String, String>) -> String {
    let yes = nth.is_multiple_of(2);
    let answer = match (pair["kind"].as_str(), yes) {
        ("duplicate", true) => "same",
        ("duplicate", false) => "different",
        (_, true) => "this",
        _ => "none",
    };
    let mut line = json!({
        "id": nth.to_string(), "time": "2026-01-01T00:00:00Z", "who": "A", "answer": answer, "keep": {},
    });
    for key in ["pair_id", "kind", "record_id", "other", "record_fingerprint", "other_fingerprint"] {
        line[key] = json!(pair[key]);
    }
    format!("{line}\n")
}

#[test]
fn decisions_hold_from_run_to_run_until_somebody_takes_them_away() {
    let office = ward();
    run(&office, "one", &[]);
    let pairs = office.rows("one/review.csv");
    assert!(pairs.len() >= 4);
    let log: String = pairs[..3].iter().enumerate().map(|(nth, pair)| answer(nth, pair)).collect();
    office.file("one/decisions.jsonl", &log);

    run(&office, "full", &["--decisions", "one/decisions.jsonl"]);
    run(&office, "two", &["--previous", "one"]);
    assert_eq!(written(&office.path("full")), written(&office.path("two")));
    let outcomes = office.column("two/decisions.csv", "outcome");
    assert!(outcomes.len() == 3 && outcomes.contains(&"applied".to_owned()), "{outcomes:?}");
    assert_eq!(manifest(&office, "two")["previous"]["decisions"], json!(["one/decisions.jsonl"]));

    // What is learnt from them is the same, too.
    run(&office, "full_learnt", &["--decisions", "one/decisions.jsonl", "--learn"]);
    run(&office, "learnt", &["--previous", "one", "--learn"]);
    assert_eq!(written(&office.path("full_learnt")), written(&office.path("learnt")));

    // The second run has no answers of its own; the third still honours those of the first, and an
    // answer given to the second's own list beside.
    let further = answer(0, &office.rows("two/review.csv")[0]);
    office.file("two/decisions.jsonl", further);
    run(&office, "three", &["--previous", "two"]);
    let honoured = json!(["one/decisions.jsonl", "two/decisions.jsonl"]);
    assert_eq!(manifest(&office, "three")["previous"]["decisions"], honoured);
    assert_eq!(office.rows("three/decisions.csv").len(), 4);

    // The log may grow; what it said must not change or go.
    office.file("one/decisions.jsonl", format!("{log}{}", answer(3, &pairs[3])));
    run(&office, "grown", &["--previous", "two"]);
    assert_eq!(office.rows("grown/decisions.csv").len(), 5);
    office.file("moved.jsonl", &log);
    fs::remove_file(office.path("one/decisions.jsonl")).unwrap();
    let arguments = [&RUN[..], &["--out", "lost", "--previous", "two"]].concat();
    office.refused(&arguments, 2, &["one/decisions.jsonl", "không còn"], &["one/decisions.jsonl"]);
    run(&office, "moved", &["--previous", "two", "--decisions", "moved.jsonl"]);
    assert_eq!(office.rows("moved/decisions.csv").len(), 4);
}

#[test]
fn comparisons_that_are_not_exactly_what_was_kept_are_not_used_and_it_is_said() {
    let office = ward();
    run(&office, "one", &["--remember"]);
    let kept = fs::read(office.path("one/comparisons.bin")).unwrap();
    let record = fs::read_to_string(office.path("one/manifest.json")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(office.path("one/comparisons.bin")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    run(&office, "one_thread", &["--remember", "--threads", "1"]);
    assert!(kept == fs::read(office.path("one_thread/comparisons.bin")).unwrap());
    run(&office, "plain", &[]);
    let plain = written(&office.path("plain"));
    assert!(!plain.contains_key("comparisons.bin"));
    let expect = |out: &str, words: &str, unusable: Value, more: &[&str]| {
        let said = run(&office, out, &[&["--previous", "one"], more].concat());
        assert!(said.contains(words), "{out}: {said}");
        let comparisons = &manifest(&office, out)["previous"]["comparisons"];
        assert_eq!(comparisons["unusable"], unusable, "{out}");
        assert_eq!(comparisons["reused"] == json!([0, 0]), !unusable.is_null(), "{out}");
        if more.is_empty() {
            assert_eq!(written(&office.path(out)), plain, "{out}");
        }
    };
    expect("used", "were known from that run", Value::Null, &[]);

    for (out, at) in [("header", 3), ("middle", kept.len() / 2), ("end", kept.len() - 1)] {
        let mut bytes = kept.clone();
        bytes[at] ^= 1;
        office.file("one/comparisons.bin", bytes);
        expect(out, "comparisons.bin is not as that run wrote it", json!("damaged"), &[]);
    }
    office.file("one/comparisons.bin", &kept[..kept.len() - 5]);
    expect("short", "comparisons.bin is not as that run wrote it", json!("damaged"), &[]);
    fs::remove_file(office.path("one/comparisons.bin")).unwrap();
    expect("absent", "kept no comparisons", json!("none"), &[]);

    // Another version of the program writes another number behind the file's first sixteen bytes.
    let mut later = kept.clone();
    later[16] += 1;
    let digest = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    office.file("one/manifest.json", record.replace(&digest(&kept), &digest(&later)));
    office.file("one/comparisons.bin", &later);
    expect("version", "another version", json!("version"), &[]);

    office.file("one/manifest.json", &record);
    office.file("one/comparisons.bin", &kept);
    let rules =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/matching.toml")).unwrap();
    office.file("rules/matching.toml", format!("{rules}\n# another rule\n"));
    expect("other", "had other rules", json!("rules"), &["--rules", "rules"]);
}

#[test]
fn a_folder_that_cannot_be_gone_on_from_is_refused() {
    let office = Office::furnished();
    let arguments = |previous| [&RUN[..], &["--out", "two", "--previous", previous]].concat();
    office.refused(
        &arguments("absent"),
        2,
        &["absent", "manifest.json"],
        &["not the folder of a finished run"],
    );
    assert_eq!(office.run(&[&RUN[..], &["--out", "one"]].concat()).code, Some(0));

    let records = fs::read_to_string(office.path("one/records.csv")).unwrap();
    office.file("one/records.csv", records.replace("TE0002", "TE0009"));
    office.refused(&arguments("one"), 2, &["one/records.csv", "bị sửa"], &["was changed"]);
    office.file("one/records.csv", &records);
    assert_eq!(office.run(&[&RUN[..], &["--out", "whole", "--previous", "one"]].concat()).code, Some(0));

    // Its own folder would be replaced while it is gone on from.
    let itself = [&RUN[..], &["--out", "one", "--force", "--previous", "one"]].concat();
    assert_eq!(office.run(&itself).code, Some(2));
    assert_eq!(fs::read_to_string(office.path("one/records.csv")).unwrap(), records);

    office.file("one/manifest.json", "{}");
    office.refused(&arguments("one"), 2, &["one", "manifest.json"], &["manifest.json"]);
}

#[test]
fn against_an_index_it_is_a_full_run_too() {
    let office = ward();
    let built = office.run(&["index", "register.csv", "--out", "register.idx", "--as-of", "2026-01-01"]);
    assert_eq!(built.code, Some(0), "{built:?}");
    let run = |out: &str, more: &[&str]| {
        let list = ["run", "children.csv", "--register", "register.idx", "--as-of", "2026-01-01"];
        let said = office.run(&[&list[..], &["--out", out, "--remember"], more].concat());
        assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    };
    run("one", &[]);
    let (rows, spare, _) = &*WARD;
    let mut now = rows.clone();
    now.remove(5);
    now.extend_from_slice(&spare[..4]);
    save(&office.path("children.csv"), &now);
    run("full", &[]);
    run("two", &["--previous", "one"]);
    assert_same_but_for_names(written(&office.path("full")), written(&office.path("two")));
    let reused = &manifest(&office, "two")["previous"]["comparisons"]["reused"];
    assert!(reused[0].as_u64() > Some(0) && reused[1].as_u64() > Some(0), "{reused}");
}
