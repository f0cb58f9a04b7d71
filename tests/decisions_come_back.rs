//! What people decided comes back: from the desk's log and from the workbooks they filled in, with
//! the same effect; what is wrong, has changed or contradicts itself is named and not applied.

mod program;
#[path = "refill/mod.rs"]
mod refill;

use std::{collections::BTreeMap, fs};

use dinhdanh::decide::{Act, Answer, Decision, Entry, Keep, PairKind, Side};
use jiff::Timestamp;
use program::{Office, Said};
use refill::{Sheet, refill};

type Row = BTreeMap<String, String>;

const RUN: [&str; 4] = ["run", "children.csv", "--register", "register.csv"];

/// An invented ward as bad as wards get, run once.
fn ward() -> Office {
    let mut office = Office::new();
    let synth = ["synth", "--out", "ward", "--children", "250", "--register", "700", "--seed", "7"];
    assert_eq!(office.run(&[&synth[..], &["--preset", "hard"]].concat()).code, Some(0));
    for file in ["children.csv", "register.csv"] {
        let bytes = fs::read(office.path("ward").join(file)).unwrap();
        office.file(file, bytes);
    }
    let names = office.column("register.csv", "Họ và tên");
    office.keep_secret(names.into_iter().filter(|name| name.chars().count() > 8));
    assert!(matches!(office.run(&[&RUN[..], &["--out", "out"]].concat()).code, Some(0 | 1)));
    office
}

fn with_decisions(office: &Office, out: &str, files: &[&str]) -> Said {
    let arguments = [&RUN[..], &["--out", out, "--decisions"], files].concat();
    let said = office.run(&arguments);
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
    said
}

/// What the desk writes for a pair of `review.csv`.
fn entry(nth: usize, pair: &Row, answer: Answer) -> Entry {
    let kind = if pair["kind"] == "duplicate" { PairKind::Duplicate } else { PairKind::Identity };
    let side =
        |id: &str, fingerprint: &str| Side { id: pair[id].clone(), fingerprint: pair[fingerprint].clone() };
    let decision = Decision {
        pair_id: pair["pair_id"].clone(),
        kind,
        record: side("record_id", "record_fingerprint"),
        other: side("other", "other_fingerprint"),
        answer,
        keep: Keep::new(),
        second_reading: false,
    };
    Entry {
        id: format!("{nth}"),
        time: Timestamp::UNIX_EPOCH,
        who: "Cán bộ A".to_owned(),
        act: Act::Decide(Box::new(decision)),
    }
}

fn log(entries: &[Entry]) -> String {
    entries.iter().map(Entry::to_line).collect()
}

/// One answer for every pair of a run: two of three yes where that is possible, the rest no.
fn answers(pairs: &[Row]) -> Vec<Answer> {
    let mut taken: Vec<&str> = Vec::new();
    pairs
        .iter()
        .enumerate()
        .map(|(nth, pair)| {
            let sides = [pair["record_id"].as_str(), pair["other"].as_str()];
            if nth % 5 == 4 {
                Answer::Unsure
            } else if nth % 3 == 0 || sides.iter().any(|side| taken.contains(side)) {
                Answer::No
            } else {
                taken.extend(sides);
                Answer::Yes
            }
        })
        .collect()
}

fn words(kind: &str, answer: Answer) -> &'static str {
    match (kind, answer) {
        ("duplicate", Answer::Yes) => "Cùng một trẻ",
        ("duplicate", Answer::No) => "Hai trẻ khác nhau",
        (_, Answer::Yes) => "Đúng số này",
        (_, Answer::No) => "Không phải",
        (_, Answer::Unsure) => "Chưa rõ",
    }
}

fn outcomes(office: &Office, out: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for outcome in office.column(&format!("{out}/decisions.csv"), "outcome") {
        *counts.entry(outcome).or_default() += 1;
    }
    counts
}

#[test]
fn the_workbook_filled_in_is_the_desk() {
    let office = ward();
    let pairs = office.rows("out/review.csv");
    assert!(pairs.iter().any(|pair| pair["kind"] == "duplicate"), "pairs of both kinds");
    assert!(pairs.iter().any(|pair| pair["kind"] == "identity"), "pairs of both kinds");
    let answers = answers(&pairs);
    let entries: Vec<Entry> = pairs
        .iter()
        .zip(&answers)
        .enumerate()
        .map(|(nth, (pair, answer))| entry(nth, pair, *answer))
        .collect();
    office.file("desk.jsonl", log(&entries));
    let by_pair: BTreeMap<&str, &str> = pairs
        .iter()
        .zip(&answers)
        .map(|(pair, answer)| (pair["pair_id"].as_str(), words(&pair["kind"], *answer)))
        .collect();
    refill(&office.path("out/review.xlsx"), &office.path("filled.xlsx"), |sheet| {
        for row in sheet.data_rows() {
            let pair = sheet.get(row, "Mã cặp");
            sheet.set(row, "Quyết định", by_pair[pair.as_str()]);
        }
    });
    with_decisions(&office, "desk", &["desk.jsonl"]);
    with_decisions(&office, "excel", &["filled.xlsx"]);
    for file in ["records.csv", "review.csv", "update.csv"] {
        let read = |out: &str| fs::read_to_string(office.path(out).join(file)).unwrap();
        assert!(read("desk") == read("excel"), "{file} differs");
        if file != "review.csv" {
            assert!(read("desk") != read("out"), "{file}: the decisions change something");
        }
    }
    let (desk, excel) = (outcomes(&office, "desk"), outcomes(&office, "excel"));
    assert_eq!(desk, excel);
    let unsure = answers.iter().filter(|answer| **answer == Answer::Unsure).count();
    assert_eq!((desk["applied"], desk["unsure"]), (pairs.len() - unsure, unsure));

    // Honoured: one child, two children, this number, not this number.
    let records: BTreeMap<String, Row> =
        office.rows("desk/records.csv").into_iter().map(|row| (row["record_id"].clone(), row)).collect();
    for (pair, answer) in pairs.iter().zip(&answers) {
        let record = &records[&pair["record_id"]];
        match (pair["kind"].as_str(), answer) {
            ("duplicate", Answer::Yes) => {
                assert_eq!(record["cluster_id"], records[&pair["other"]]["cluster_id"])
            }
            ("duplicate", Answer::No) => {
                assert_ne!(record["cluster_id"], records[&pair["other"]]["cluster_id"])
            }
            ("identity", Answer::Yes) => assert_eq!(record["personal_id"], pair["other"]),
            ("identity", Answer::No) => assert_ne!(record["personal_id"], pair["other"]),
            _ => {}
        }
    }
    let asked: Vec<String> = office.column("desk/review.csv", "pair_id");
    for (pair, answer) in pairs.iter().zip(&answers) {
        assert!(
            *answer == Answer::Unsure || !asked.contains(&pair["pair_id"]),
            "asked again: {}",
            pair["pair_id"]
        );
    }
    // Saved in the other language, without diacritics, with blanks: the same answers.
    refill(&office.path("filled.xlsx"), &office.path("english.xlsx"), |sheet| {
        for row in sheet.data_rows() {
            let english = match sheet.get(row, "Quyết định").as_str() {
                "Cùng một trẻ" => " same CHILD ",
                "Hai trẻ khác nhau" => "hai tre khac nhau",
                "Đúng số này" => "This number",
                "Không phải" => "KHÔNG PHẢI",
                _ => "unclear",
            };
            sheet.set(row, "Quyết định", english);
        }
    });
    with_decisions(&office, "english", &["english.xlsx"]);
    assert_eq!(outcomes(&office, "english"), desk);
}

#[test]
fn wrong_entries_are_named_by_their_cell() {
    let office = ward();
    let mut cells = Vec::new();
    refill(&office.path("out/review.xlsx"), &office.path("filled.xlsx"), |sheet| {
        let rows = sheet.data_rows();
        if sheet.name() != "Số định danh" {
            return;
        }
        let key = sheet.get(rows[1], "Khóa (không sửa)");
        sheet.set(rows[0], "Quyết định", "có lẽ");
        sheet.set(rows[1], "Khóa (không sửa)", "");
        sheet.set(rows[1], "Quyết định", "Đúng số này");
        sheet.set(rows[2], "Khóa (không sửa)", &key);
        sheet.set(rows[2], "Quyết định", "Đúng số này");
        sheet.set(rows[3], "Quyết định", "Cùng một trẻ");
        for (row, trouble) in
            [(0, "not_an_answer"), (1, "key_damaged"), (2, "rows_mixed"), (3, "not_an_answer")]
        {
            cells.push((sheet.address(rows[row], "Quyết định"), trouble));
        }
    });
    let said = with_decisions(&office, "again", &["filled.xlsx"]);
    assert_eq!(said.code, Some(1), "somebody has to put them right: {said:?}");
    assert!(said.out.contains("decisions.csv"), "{said:?}");
    let fates: BTreeMap<String, String> = office
        .rows("again/decisions.csv")
        .into_iter()
        .map(|row| (row["place"].clone(), row["outcome"].clone()))
        .collect();
    assert_eq!(fates.len(), cells.len(), "{fates:?}");
    for (cell, trouble) in cells {
        assert_eq!(
            fates.get(&format!("Số định danh!{cell}")).map(String::as_str),
            Some(trouble),
            "{fates:?}"
        );
    }
    // Nothing was applied: the result is the same as before.
    let records = |out: &str| fs::read(office.path(out).join("records.csv")).unwrap();
    assert!(records("again") == records("out"));
}

#[test]
fn files_that_hold_no_decisions_are_refused_in_words() {
    let office = Office::furnished();
    office.file("torn.jsonl", "{\"id\":\"1\",\n");
    let run = [&RUN[..], &["--out", "out", "--decisions"]].concat();
    office.refused(
        &[&run[..], &["register.csv"]].concat(),
        2,
        &["decisions.jsonl", "review.xlsx"],
        &["neither"],
    );
    office.refused(&[&run[..], &["absent.jsonl"]].concat(), 2, &["absent.jsonl"], &["absent.jsonl"]);
    let said = office.run(&[&run[..], &["torn.jsonl"]].concat());
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(office.column("out/decisions.csv", "outcome"), ["not_an_entry"]);
    assert_eq!(office.column("out/decisions.csv", "place"), ["1"]);
    office.file("empty.jsonl", "");
    assert_eq!(
        office.run(&[&RUN[..], &["--out", "none", "--decisions", "empty.jsonl"]].concat()).code,
        Some(0)
    );
}

/// Three records that look alike enough to be asked about, two with a register person each.
const ALIKE: &str = "\
Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Số định danh,Họ tên cha,Họ tên mẹ,Thôn/TDP
TE1,Lương Thị Mây Ngàn,30/06/2016,Nữ,Kinh,,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3
TE2,Lương Thị Mây Ngân,30/06/2016,Nữ,Kinh,,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3
TE3,Lương Thị Mai Ngàn,30/06/2016,Nữ,Kinh,,Lương Văn Chì,Hồ Thị Gấm Vóc,Thôn 3
";

/// An answer about two records, made without the program's own list of pairs.
fn about(office: &Office, nth: usize, one: &str, other: &str, answer: Answer) -> Entry {
    let kind = if other.len() == 12 { PairKind::Identity } else { PairKind::Duplicate };
    let fingerprints = office.rows("fingerprints.csv");
    let side = |id: &str| {
        let row = fingerprints.iter().find(|row| row["id"] == id).unwrap();
        Side { id: id.to_owned(), fingerprint: row["fingerprint"].clone() }
    };
    let decision = Decision {
        pair_id: format!("X-{one}-{other}"),
        kind,
        record: side(one),
        other: side(other),
        answer,
        keep: Keep::new(),
        second_reading: false,
    };
    let act = Act::Decide(Box::new(decision));
    Entry { id: nth.to_string(), time: Timestamp::UNIX_EPOCH, who: "Cán bộ A".to_owned(), act }
}

/// The fingerprints of a list's records, as the hidden column of household.xlsx has them.
fn learn_fingerprints(office: &Office, out: &str) {
    let mut rows = String::from("id,fingerprint\n");
    for file in ["police.xlsx", "household.xlsx"] {
        refill(&office.path(out).join(file), &office.path("unchanged.xlsx"), |sheet: &mut Sheet| {
            for row in sheet.data_rows() {
                let key = sheet.get(row, "Khóa (không sửa)");
                if let Some((fingerprint, id)) = key.split_once('|') {
                    rows.push_str(&format!("{id},{fingerprint}\n"));
                }
            }
        });
    }
    office.file("fingerprints.csv", rows);
}

#[test]
fn answers_that_cannot_all_be_true_are_refused_as_a_group() {
    let office = Office::furnished();
    office.file("children.csv", ALIKE);
    assert_eq!(office.run(&["check", "children.csv", "--out", "out"]).code, Some(0));
    learn_fingerprints(&office, "out");
    let answers = [("TE1", "TE2", Answer::Yes), ("TE2", "TE3", Answer::Yes), ("TE1", "TE3", Answer::No)];
    let entries: Vec<Entry> = answers
        .iter()
        .enumerate()
        .map(|(nth, (one, other, answer))| about(&office, nth, one, other, *answer))
        .collect();
    office.file("desk.jsonl", log(&entries));
    let check = |out: &str| office.run(&["check", "children.csv", "--out", out, "--decisions", "desk.jsonl"]);
    let said = check("refused");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(office.column("refused/decisions.csv", "outcome"), ["contradiction"; 3]);
    assert_eq!(office.column("refused/decisions.csv", "contradiction"), ["1"; 3]);
    let records = |out: &str| fs::read(office.path(out).join("records.csv")).unwrap();
    assert!(records("refused") == records("out"), "none is applied");

    office.file("desk.jsonl", log(&entries[..2]));
    assert_eq!(check("agreed").code, Some(0));
    let clusters = office.column("agreed/records.csv", "cluster_id");
    assert!(clusters.iter().all(|cluster| *cluster == clusters[0]), "{clusters:?}");
    office.file("desk.jsonl", log(&[about(&office, 0, "TE1", "TE2", Answer::No), entries[2].clone()]));
    assert_eq!(check("apart").code, Some(0));
    let clusters = office.column("apart/records.csv", "cluster_id");
    assert!(clusters[0] != clusters[1] && clusters[0] != clusters[2], "{clusters:?}");
}

#[test]
fn an_answer_about_what_has_changed_is_asked_again() {
    let office = ward();
    let pairs = office.rows("out/review.csv");
    let list = fs::read_to_string(office.path("children.csv")).unwrap();
    // A child whose name stands in the list as the program shows it.
    let names_it = |line: &str, pair: &Row| {
        line.contains(&pair["record_id"])
            && !pair["full_name"].is_empty()
            && line.contains(&pair["full_name"])
    };
    let pair = pairs
        .iter()
        .find(|pair| pair["kind"] == "identity" && list.lines().any(|line| names_it(line, pair)))
        .expect("one child is named plainly");
    office.file("desk.jsonl", log(&[entry(0, pair, Answer::No)]));
    // Somebody corrects the name: other facts than those that were judged.
    let corrected = format!("{} Tâm", pair["full_name"]);
    let lines: Vec<String> = list
        .lines()
        .map(|line| {
            if names_it(line, pair) { line.replace(&pair["full_name"], &corrected) } else { line.to_owned() }
        })
        .collect();
    office.file("children.csv", lines.join("\n"));
    let said = with_decisions(&office, "again", &["desk.jsonl"]);
    assert_eq!(office.column("again/decisions.csv", "outcome"), ["changed"]);
    assert!(said.out.contains("chưa áp dụng"), "{said:?}");
    let marked = office.rows("again/review.csv").into_iter().filter(|row| row["pair_id"] == pair["pair_id"]);
    for row in marked {
        assert_eq!(row["earlier_answer"], "none", "the pair says that it was answered before");
    }
    // A row put in above moves every row below it; the same child is found all the same.
    let moved: Vec<&str> = list.lines().collect();
    let (head, rows) = moved.split_at(1);
    let last = rows.last().unwrap();
    let reordered = [head, &[*last], &rows[..rows.len() - 1]].concat().join("\n");
    office.file("children.csv", reordered);
    with_decisions(&office, "moved", &["desk.jsonl"]);
    assert_eq!(office.column("moved/decisions.csv", "outcome"), ["applied"]);
}

#[test]
fn the_police_fill_in_numbers() {
    let office = Office::furnished();
    let mut list = String::from(
        "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Họ tên cha,Họ tên mẹ,Số định danh mẹ,Thôn/TDP\n",
    );
    for nth in 1..=8 {
        let name = ["An", "Bình", "Chi", "Dung", "Giang", "Hà", "Khánh", "Lan"][nth - 1];
        // Two children of one year, for whom one number is given twice.
        let year = if nth == 6 { 2015 } else { 2010 + nth };
        list.push_str(&format!(
            "TE{nth},Đoàn Thị Gốm {name},0{nth}/0{nth}/{year},Nữ,Kinh,Đoàn Văn Sành {nth},Phan Thị Sứ {nth},0421900000{nth:02},Thôn {nth}\n"
        ));
    }
    office.file("children.csv", list);
    assert_eq!(office.run(&[&RUN[..], &["--out", "out"]].concat()).code, Some(0));
    let number = |year: u32, last: u32| format!("0423{year:02}{last:06}");
    let fill: BTreeMap<&str, String> = [
        ("TE1", number(11, 777_001)),
        ("TE2", number(13, 777_002)),
        ("TE3", "0422130007".to_owned()),
        ("TE4", format!("0422{}", "14777004")),
        ("TE5", number(15, 777_005)),
        ("TE6", number(15, 777_005)),
        ("TE7", "042319000123".to_owned()),
        ("TE8", "042 318 777 008".to_owned()),
    ]
    .into();
    refill(&office.path("out/police.xlsx"), &office.path("police.xlsx"), |sheet| {
        for row in sheet.data_rows() {
            let code = sheet.get(row, "Mã trẻ em");
            if let Some(number) = fill.get(code.as_str()) {
                sheet.set(row, "Số ĐDCN do Công an cung cấp", number);
                sheet.set(row, "Ghi chú của Công an", "đã đối soát");
            }
        }
    });
    let said = with_decisions(&office, "again", &["police.xlsx"]);
    assert_eq!(said.code, Some(1), "some have to be put right: {said:?}");
    let fates: BTreeMap<String, String> = office
        .rows("again/decisions.csv")
        .into_iter()
        .filter(|row| row["answer"] == "number")
        .map(|row| (row["record_id"].clone(), row["outcome"].clone()))
        .collect();
    for (code, fate) in [
        ("TE1", "applied"),
        ("TE2", "number_year"),
        ("TE3", "number_malformed"),
        ("TE4", "number_gender"),
        ("TE5", "number_twice"),
        ("TE6", "number_twice"),
        ("TE7", "number_year"),
        ("TE8", "applied"),
    ] {
        assert_eq!(fates.get(code).map(String::as_str), Some(fate), "{code}: {fates:?}");
    }
    let numbers: BTreeMap<String, String> = office
        .rows("again/records.csv")
        .into_iter()
        .map(|row| (row["record_id"].clone(), row["personal_id"].clone()))
        .collect();
    assert_eq!(numbers["TE1"], number(11, 777_001));
    assert_eq!(numbers["TE8"], "042318777008");
    for refused in ["TE2", "TE3", "TE4", "TE5", "TE6", "TE7"] {
        assert_eq!(numbers[refused], "", "{refused}");
    }
}

#[test]
fn what_was_put_right_at_home_is_taken_over() {
    let office = Office::furnished();
    let list = "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Họ tên cha,Họ tên mẹ,Thôn/TDP\n\
        TE1,Doan Thi Gom,2015,Nữ,Kinh,Đoàn Văn Sành,Phan Thị Sứ,Thôn 1\n\
        TE2,Lò Văn Gạch,05/05/2015,,Thái,Lò Văn Ngói,Lò Thị Đá,Thôn 2\n";
    office.file("children.csv", list);
    assert_eq!(office.run(&["check", "children.csv", "--out", "out"]).code, Some(0));
    refill(&office.path("out/household.xlsx"), &office.path("household.xlsx"), |sheet| {
        for row in sheet.data_rows() {
            match sheet.get(row, "Mã trẻ em").as_str() {
                "TE1" => {
                    sheet.set(row, "Họ tên đúng", "ĐOÀN THỊ GỐM");
                    sheet.set(row, "Ngày sinh đúng", "7/3/2015");
                }
                "TE2" => {
                    sheet.set(row, "Giới tính đúng", "Nam");
                    sheet.set(row, "Ngày sinh đúng", "31/02/2015");
                    sheet.set(row, "Kết quả khác", "đã chuyển trường");
                }
                _ => {}
            }
        }
    });
    let said = office.run(&["check", "children.csv", "--out", "again", "--decisions", "household.xlsx"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let rows = office.rows("again/records.csv");
    assert_eq!(
        (rows[0]["full_name"].as_str(), rows[0]["birth_date"].as_str()),
        ("Đoàn Thị Gốm", "2015-03-07")
    );
    assert_eq!((rows[1]["gender"].as_str(), rows[1]["birth_date"].as_str()), ("Nam", "2015-05-05"));
    assert!(
        !rows[0]["findings"].contains("name.no_diacritics") && rows[0]["changes"].contains("value.corrected")
    );
    let update = office.rows("again/update.csv");
    assert!(update[0]["changed_fields"].contains("full_name"), "{:?}", update[0]);
    let fates: Vec<(String, String)> = office
        .rows("again/decisions.csv")
        .into_iter()
        .map(|row| (row["answer"].clone(), row["outcome"].clone()))
        .collect();
    let count = |answer: &str, outcome: &str| {
        fates.iter().filter(|fate| fate.0 == answer && fate.1 == outcome).count()
    };
    assert_eq!(count("full_name", "applied"), 1);
    assert_eq!((count("birth_date", "applied"), count("birth_date", "value_unusable")), (1, 1));
    assert_eq!((count("gender", "applied"), count("remark", "remark")), (1, 1));
}

#[test]
fn the_value_that_was_kept_stands() {
    let office = Office::furnished();
    office.file("children.csv", ALIKE);
    assert_eq!(office.run(&["check", "children.csv", "--out", "out"]).code, Some(0));
    learn_fingerprints(&office, "out");
    for kept in ["TE1", "TE2"] {
        let mut entry = about(&office, 0, "TE1", "TE2", Answer::Yes);
        if let Act::Decide(decision) = &mut entry.act {
            decision.keep.insert(dinhdanh::record::FieldKind::FullName, kept.to_owned());
        }
        office.file("desk.jsonl", log(&[entry]));
        let out = format!("kept-{kept}");
        assert_eq!(
            office.run(&["check", "children.csv", "--out", &out, "--decisions", "desk.jsonl"]).code,
            Some(0)
        );
        let expected = if kept == "TE1" { "Lương Thị Mây Ngàn" } else { "Lương Thị Mây Ngân" };
        let names = office.column(&format!("{out}/update.csv"), "full_name");
        assert!(names.contains(&expected.to_owned()), "{kept}: the kept spelling stands");
    }
}

#[test]
fn a_run_over_an_older_one_keeps_its_decisions() {
    let office = ward();
    let pairs = office.rows("out/review.csv");
    let lines = log(&[entry(0, &pairs[0], Answer::No)]);
    office.file("out/decisions.jsonl", &lines);
    office.file("out/notes.txt", "of the officer");
    let again = [&RUN[..], &["--out", "out", "--force"]].concat();
    let said = office.run(&again);
    assert!(matches!(said.code, Some(0 | 1)) && said.out.contains("giữ lại"), "{said:?}");
    assert_eq!(fs::read_to_string(office.path("out/decisions.jsonl")).unwrap(), lines, "kept, not applied");
    assert!(!office.path("out/decisions.csv").exists());
    assert!(office.path("out/notes.txt").exists());
    let applied = [&again[..], &["--decisions", "out/decisions.jsonl"]].concat();
    assert!(matches!(office.run(&applied).code, Some(0 | 1)));
    assert_eq!(fs::read_to_string(office.path("out/decisions.jsonl")).unwrap(), lines);
    assert_eq!(office.column("out/decisions.csv", "outcome"), ["applied"]);
    let manifest = fs::read_to_string(office.path("out/manifest.json")).unwrap();
    assert!(manifest.contains("\"decisions\"") && manifest.contains("\"applied\": 1"));
}
