//! Run, report, index, decisions and synth with every step to the disk failing: afterwards there is
//! the old state or the new one, nothing people made is lost, and the next run finds its way.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use jiff::{Timestamp, civil::date};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::trial::Trial;
use crate::{
    decide::{Act, Answer, DECISIONS_FILE, Decision, DecisionLog, Entry, Keep, PairKind, Side, read_log},
    index,
    outcome::Outcome,
    pipeline::{self, IndexJob, Job, MEMORY},
    report::{STATISTICS, StatisticsJob, write_statistics},
    rules::{Language, Preset, Rules, SynthData},
    synth::{FILES, ListEncoding, SynthPlan, synthesise_folder},
    write::{WriteOptions, tidy, write_run},
};

const LIST: &str = "\
Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Số định danh,Họ tên cha,Họ tên mẹ,Thôn/TDP
TE0001,Nguyễn Thị Bông Trang,12/03/2019,Nữ,Kinh,042319000123,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
TE0002,NGUYỄN THỊ BÔNG TRANG,12/3/2019,Nữ,Kinh,042319000123,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
TE0003,Phan Thế Trường Sơn,05/11/2017,Nam,Kinh,,Phan Thế Quặng,Đặng Thị Thổ Cẩm,Thôn 2
";
const REGISTER: &str = "\
Số ĐDCN,Họ và tên,Ngày sinh,Giới tính,Họ tên cha,Họ tên mẹ,Nơi thường trú
042319000123,Nguyễn Thị Bông Trang,12/03/2019,Nữ,Nguyễn Văn Khoáng,Trần Thị Lụa Đào,Thôn 1
042217000456,Phan Thế Trường Sơn,05/11/2017,Nam,Phan Thế Quặng,Đặng Thị Thổ Cẩm,Thôn 2
";

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

static OUTCOME: LazyLock<Outcome> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let (list, register) = (folder.path().join("list.csv"), folder.path().join("register.csv"));
    fs::write(&list, LIST).unwrap();
    fs::write(&register, REGISTER).unwrap();
    let job = Job {
        children: vec![list],
        register: vec![register],
        decisions: Vec::new(),
        columns: None,
        as_of: date(2026, 11, 1),
        language: Language::Vi,
        model: None,
        learn: false,
        previous: None,
        remember: false,
        memory: MEMORY,
    };
    pipeline::run(&job, &RULES, &|_| ()).unwrap()
});

/// A finished run called `old`, with what people have added: decisions, a filled-in review, a note.
static OLD: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    assert!(write("old", &out));
    fs::write(out.join(DECISIONS_FILE), entry("1").to_line()).unwrap();
    fs::write(out.join("review.xlsx"), "điền tay").unwrap();
    fs::write(out.join("ghi chú.txt"), "của cán bộ").unwrap();
    folder
});

fn write(name: &str, out: &Path) -> bool {
    let options = WriteOptions { force: true, ..WriteOptions::new(true, json!({ "name": name })) };
    write_run(&OUTCOME, out, &options, &RULES).is_ok()
}

fn entry(id: &str) -> Entry {
    let side = |id: &str| Side { id: id.to_owned(), fingerprint: "00".to_owned() };
    let decision = Decision {
        pair_id: "D-1".to_owned(),
        kind: PairKind::Duplicate,
        record: side("a"),
        other: side("b"),
        answer: Answer::Yes,
        keep: Keep::new(),
        second_reading: false,
    };
    let act = Act::Decide(Box::new(decision));
    Entry { id: id.to_owned(), time: Timestamp::UNIX_EPOCH, who: "cán bộ".to_owned(), act }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// What is in a folder, by name.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap_or_default())
        })
        .collect()
}

/// The name of the run, or the report, in a folder in which every file is the one its manifest lists,
/// but for those that people have changed since.
fn name_of_whole(folder: &Path, changed: &[&str]) -> String {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let outputs = manifest["outputs"].as_array().unwrap();
    assert!(outputs.len() > 3);
    for output in outputs {
        let name = output["name"].as_str().unwrap();
        if changed.contains(&name) {
            continue;
        }
        let digest = Sha256::digest(fs::read(folder.join(name)).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(output["sha256"], digest, "{name}");
    }
    manifest["parameters"]["name"].as_str().unwrap().to_owned()
}

/// What must hold of a run folder after any fault, once the next run has put it in order.
fn judge_run(root: &Path, done: bool, what: &str, had_old: bool) {
    let out = root.join("out");
    tidy(&out).unwrap();
    let names: Vec<String> = content(root).into_keys().collect();
    if !had_old && names.is_empty() {
        assert!(!done, "{what}: said to be written, and nothing is there");
        return;
    }
    assert_eq!(names, ["out"], "{what}");
    let found = content(&out);
    let name = name_of_whole(&out, &["review.xlsx"]);
    assert!(!done || name == "new", "{what}: said to be written, and the old one is there");
    assert!(!found.contains_key(".writing"), "{what}");
    if had_old {
        assert_eq!(found[DECISIONS_FILE], entry("1").to_line().as_bytes(), "{what}");
        assert_eq!(found["ghi chú.txt"], "của cán bộ".as_bytes(), "{what}");
        let filled_in = if name == "new" { "review.before.xlsx" } else { "review.xlsx" };
        assert_eq!(found[filled_in], "điền tay".as_bytes(), "{what}: {name}");
    }
}

#[test]
fn a_run_over_an_earlier_one_leaves_the_old_or_the_new() {
    let points = Trial {
        name: "run over an earlier one",
        prepare: &|root| copy(OLD.path(), root),
        work: &|root| write("new", &root.join("out")),
        judge: &|root, done, what| judge_run(root, done, what, true),
    }
    .every_step();
    assert!(points > 200, "{points}");
}

#[test]
fn a_first_run_is_whole_or_not_there() {
    Trial {
        name: "first run",
        prepare: &|_| (),
        work: &|root| write("new", &root.join("out")),
        judge: &|root, done, what| judge_run(root, done, what, false),
    }
    .every_step();
}

#[test]
fn a_run_into_new_folders_is_durable_with_them() {
    Trial {
        name: "run into new folders",
        prepare: &|_| (),
        work: &|root| write("new", &root.join("a/b/out")),
        judge: &|root, done, what| {
            let out = root.join("a/b/out");
            tidy(&out).unwrap();
            match out.exists() {
                true => assert_eq!(name_of_whole(&out, &[]), "new", "{what}"),
                false => assert!(!done, "{what}"),
            }
        },
    }
    .every_step();
}

/// The interrupted run itself interrupted: what `tidy` does is tried step by step as well.
#[test]
fn putting_in_order_may_be_interrupted_too() {
    // An old output that was exchanged out, a second one moved aside, an unfinished one.
    let prepare = |root: &Path| {
        copy(&OLD.path().join("out"), &root.join(".out.aaaaaa.partial"));
        fs::create_dir(root.join(".out.bbbbbb.partial")).unwrap();
        fs::write(root.join(".out.bbbbbb.partial/.writing"), "").unwrap();
        fs::write(root.join(".out.bbbbbb.partial/records.csv"), "half").unwrap();
        let out = root.join("out");
        assert!(write("new", &out));
        fs::remove_dir_all(root.join(".out.bbbbbb.partial")).ok();
    };
    Trial {
        name: "putting in order",
        prepare: &prepare,
        work: &|root| tidy(&root.join("out")).is_ok(),
        judge: &|root, _, what| judge_run(root, true, what, true),
    }
    .every_step();
}

fn statistics(root: &Path, name: &str) -> bool {
    let job = StatisticsJob {
        run: root.join("out"),
        out: Some(root.join(STATISTICS)),
        mau03: None,
        since: None,
        internal: true,
        force: false,
        language: Language::Vi,
        parameters: json!({ "name": name }),
    };
    write_statistics(&job, &RULES).is_ok()
}

#[test]
fn a_report_over_an_earlier_one_leaves_the_old_or_the_new() {
    let before = tempfile::tempdir().unwrap();
    assert!(write("run", &before.path().join("out")) && statistics(before.path(), "old"));
    Trial {
        name: "report over an earlier one",
        prepare: &|root| copy(before.path(), root),
        work: &|root| statistics(root, "new"),
        judge: &|root, done, what| {
            tidy(&root.join(STATISTICS)).unwrap();
            assert_eq!(content(root).into_keys().collect::<Vec<_>>(), ["out", STATISTICS], "{what}");
            let name = name_of_whole(&root.join(STATISTICS), &[]);
            assert!(!done || name == "new", "{what}");
            assert_eq!(name_of_whole(&root.join("out"), &[]), "run", "{what}");
        },
    }
    .every_step();
}

fn index_of(root: &Path, register: &str) -> bool {
    let job = IndexJob {
        register: vec![root.join(register)],
        out: root.join("r.idx"),
        columns: None,
        as_of: date(2026, 11, 1),
        memory: 1 << 20,
    };
    pipeline::build_index(&job, &RULES, &|_| ()).is_ok()
}

#[test]
fn an_index_is_the_old_or_the_new() {
    let lists = tempfile::tempdir().unwrap();
    fs::write(lists.path().join("new.csv"), REGISTER).unwrap();
    fs::write(lists.path().join("old.csv"), REGISTER.replace("Quặng", "Thiếc")).unwrap();
    // An index knows where its register lay, so it is made in the folder where it is looked at.
    let built = |root: &Path, register: &str| {
        assert!(index_of(root, register));
        fs::read(root.join("r.idx")).unwrap()
    };
    let old = RefCell::new(Vec::new());
    for had_old in [true, false] {
        Trial {
            name: "index",
            prepare: &|root| {
                copy(lists.path(), root);
                if had_old {
                    *old.borrow_mut() = built(root, "old.csv");
                }
            },
            work: &|root| index_of(root, "new.csv"),
            judge: &|root, done, what| {
                index::tidy(&root.join("r.idx"));
                let mut found = content(root);
                let index = found.remove("r.idx");
                assert!(index.is_some() || !had_old, "{what}: no index");
                if let Some(index) = index.filter(|index| done || *index != *old.borrow()) {
                    assert!(index == built(root, "new.csv"), "{what}: not the new one, or a mixture");
                }
                assert_eq!(found.into_keys().collect::<Vec<_>>(), ["new.csv", "old.csv"], "{what}");
            },
        }
        .every_step();
    }
}

fn append(root: &Path, id: &str) -> bool {
    let appended = DecisionLog::open(root).and_then(|mut log| log.append(|_| Ok::<_, ()>(vec![entry(id)])));
    appended.is_ok()
}

fn ids(root: &Path) -> Vec<String> {
    let reading = read_log(&fs::read(root.join(DECISIONS_FILE)).unwrap_or_default());
    reading.entries.into_iter().map(|(_, entry)| entry.id).collect()
}

#[test]
fn a_decision_is_kept_or_was_never_said_to_be() {
    let two = [entry("1").to_line(), entry("2").to_line()].concat();
    let torn = &two[..two.len() - 9];
    let unended = two.trim_end();
    for (name, before, kept) in [
        ("decision into no log", None, 0),
        ("decision into a log", Some(&*two), 2),
        ("decision behind a torn line", Some(torn), 1),
        ("decision behind a line without an end", Some(unended), 2),
    ] {
        Trial {
            name,
            prepare: &|root| {
                if let Some(before) = before {
                    fs::write(root.join(DECISIONS_FILE), before).unwrap();
                }
            },
            work: &|root| append(root, "3"),
            judge: &|root, done, what| {
                let before = ["1", "2"];
                let expect = |more: &[&'static str]| [&before[..kept], more].concat();
                let found = ids(root);
                assert!(found == expect(&["3"]) || !done && found == expect(&[]), "{what}: {found:?}");
                // The next decision finds the log in order, and loses nothing.
                let next = if found.len() > kept { vec!["3", "4"] } else { vec!["4"] };
                assert!(append(root, "4"), "{what}");
                assert_eq!(ids(root), expect(&next), "{what}");
                let bytes = fs::read(root.join(DECISIONS_FILE)).unwrap();
                assert_eq!(read_log(&bytes).faults, [], "{what}");
            },
        }
        .every_step();
    }
}

#[test]
fn an_invented_ward_is_whole_or_not_there() {
    let data = SynthData::load(None).unwrap();
    let made = |out: &Path, seed: u64| {
        let plan = SynthPlan {
            children: 12,
            seed,
            preset: Preset::Normal,
            register: Some(20),
            workbook: false,
            encoding: ListEncoding::Utf8,
        };
        synthesise_folder(&plan, &data, out).is_ok()
    };
    let wards = tempfile::tempdir().unwrap();
    let of = |seed: u64| {
        let out: PathBuf = wards.path().join(seed.to_string());
        assert!(made(&out, seed));
        content(&out)
    };
    let (old, new) = (of(1), of(2));
    assert!(old != new && old.len() == FILES.len());
    Trial {
        name: "synth over an earlier one",
        prepare: &|root| copy(&wards.path().join("1"), &root.join("ward")),
        work: &|root| made(&root.join("ward"), 2),
        judge: &|root, done, what| {
            let found = content(&root.join("ward"));
            assert!(found == new || !done && found == old, "{what}: {:?}", found.keys());
        },
    }
    .every_step();
}
