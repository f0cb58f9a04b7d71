//! What an officer finds in the output folder, and that it appears whole or not at all.

mod outcome_builder;
#[path = "outcome_builder/sample.rs"]
mod outcome_sample;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use calamine::{Data, Reader, Xlsx, open_workbook};
use dinhdanh::{
    audit::{LogName, verify_folder},
    outcome::Outcome,
    rules::{Language, Rules},
    write::{WriteError, WriteOptions, Written, write_run},
};
use outcome_builder::rules;
use outcome_sample::sample;

struct Workdir {
    folder: tempfile::TempDir,
    rules: Rules,
}

impl Workdir {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), rules: rules() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, outcome: &Outcome, name: &str, force: bool) -> Result<Written, WriteError> {
        let options = WriteOptions { force, user: Some("can-bo".into()), ..WriteOptions::default() };
        write_run(outcome, &self.path(name), &options, &self.rules)
    }

    /// Everything in the folder, hidden files too.
    fn entries(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// The rows of a CSV file as maps from heading to cell.
fn csv_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = fs::read(path).unwrap();
    assert!(bytes.starts_with("\u{feff}".as_bytes()), "{} has no BOM", path.display());
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    reader.deserialize().map(Result::unwrap).collect()
}

fn sheet(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

fn sheet_names(path: &Path) -> Vec<String> {
    let workbook: Xlsx<_> = open_workbook(path).unwrap();
    workbook.sheet_names()
}

/// A cell of the first row whose cells hold the text.
fn cell_beside(rows: &[Vec<String>], text: &str, heading: &str) -> String {
    let header = rows.iter().find(|row| row.iter().any(|cell| cell == heading)).unwrap();
    let column = header.iter().position(|cell| cell == heading).unwrap();
    rows.iter().find(|row| row.iter().any(|cell| cell == text)).unwrap()[column].clone()
}

#[test]
fn every_file_of_the_contract_is_there() {
    let work = Workdir::new();
    let written = work.write(&sample(), "out", false).unwrap();
    let found: Vec<String> = files(&work.path("out")).into_keys().collect();
    assert_eq!(
        found,
        [
            "audit.head",
            "audit.jsonl",
            "household.xlsx",
            "manifest.json",
            "model.json",
            "police.xlsx",
            "records.csv",
            "rejects.csv",
            "report.html",
            "review.csv",
            "review.xlsx",
            "update.csv",
            "update.xlsx",
        ]
    );
    assert!(written.counts.balanced());
    assert_eq!(work.entries(), ["out"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&work.path("out")), 0o700);
    for entry in fs::read_dir(work.path("out")).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let work = Workdir::new();
    work.write(&sample(), "one", false).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    work.write(&sample(), "two", false).unwrap();
    let (one, two) = (files(&work.path("one")), files(&work.path("two")));
    for (name, bytes) in &one {
        if !["manifest.json", "audit.jsonl", "audit.head"].contains(&name.as_str()) {
            assert!(*bytes == two[name], "{name} differs");
        }
    }
}

#[test]
fn records_keep_the_input_order_and_its_other_columns() {
    let work = Workdir::new();
    let outcome = sample();
    work.write(&outcome, "out", false).unwrap();
    let rows = csv_rows(&work.path("out/records.csv"));
    let order: Vec<&str> = rows.iter().map(|row| row["record_id"].as_str()).collect();
    let expected: Vec<&str> =
        outcome.children.records.iter().map(|record| record.record_id.as_str()).collect();
    assert_eq!(order, expected);
    let first = &rows[0];
    assert_eq!(first["personal_id"], "042318001234");
    assert_eq!((first["link_weight"].as_str(), first["link_margin"].as_str()), ("31.20", "18.75"));
    assert_eq!(first["findings"], "name.no_diacritics;id.missing");
    assert_eq!(first["changes"], "full_name:text.blanks;full_name:text.case");
    assert_eq!((first["commune_code"].as_str(), first["commune_era"].as_str()), ("18097", "63"));
    assert_eq!(rows[3]["unusable"], "phone=không có");
    assert_eq!(rows[4]["cluster_id"], rows[3]["record_id"]);
    assert_eq!(
        (rows[3]["cluster_role"].as_str(), rows[4]["cluster_role"].as_str()),
        ("primary", "duplicate")
    );
    let nasty = rows.iter().find(|row| !row["Hộ nghèo"].is_empty()).unwrap();
    assert_eq!(nasty["Hộ nghèo"], "'=1+1");
    assert_eq!(nasty["Hộ nghèo (2)"], "-5");
    assert_eq!(nasty["full_name (2)"], "nguyên văn");
}

#[test]
fn a_number_stands_only_where_it_is_safe() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    for row in csv_rows(&work.path("out/records.csv")) {
        let stands = ["attached", "kept", "unverified"].contains(&row["link_status"].as_str());
        assert_eq!(stands, !row["personal_id"].is_empty(), "{}", row["record_id"]);
    }
}

#[test]
fn no_cell_of_a_csv_file_is_a_formula() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let mut seen = 0;
    for name in ["records.csv", "review.csv", "update.csv", "rejects.csv"] {
        for row in csv_rows(&work.path("out").join(name)) {
            for cell in row.values().filter(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])) {
                assert!(cell.parse::<f64>().is_ok(), "{name}: {cell}");
            }
            seen += row.values().filter(|cell| cell.starts_with("'=")).count();
        }
    }
    assert!(seen > 0, "the sample has formulas");
}

#[test]
fn no_cell_of_a_workbook_is_a_formula() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    for name in ["review.xlsx", "update.xlsx", "police.xlsx", "household.xlsx"] {
        let path = work.path("out").join(name);
        let mut workbook: Xlsx<_> = open_workbook(&path).unwrap();
        for sheet in workbook.sheet_names() {
            assert!(workbook.worksheet_formula(&sheet).unwrap().is_empty(), "{name} {sheet}");
        }
    }
    let rows = sheet(&work.path("out/update.xlsx"), "Cập nhật phần mềm");
    assert!(rows.iter().flatten().any(|cell| cell == "=cmd|' /C calc'!A0"), "the text stands as typed");
}

#[test]
fn the_update_list_has_one_line_a_child_with_the_chosen_values() {
    let work = Workdir::new();
    let outcome = sample();
    work.write(&outcome, "out", false).unwrap();
    let rows = csv_rows(&work.path("out/update.csv"));
    assert_eq!(rows.len(), outcome.children.records.len() - 1);
    let by_id = |id: &str| rows.iter().find(|row| row["record_id"] == id).unwrap();

    // Marks restored from the register, because the list had none at all.
    let hoa = by_id("TE000008");
    assert_eq!(hoa["full_name"], "Nguyễn Thị Hòa");
    assert!(hoa["changed_fields"].contains("full_name") && hoa["changed_fields"].contains("personal_id"));

    // Another spelling is a suggestion; the placeholder day is replaced, the gap filled.
    let huong = by_id("TE000009");
    assert_eq!(huong["full_name"], "Trần Văn Hương");
    assert_eq!(huong["birth_date"], "19/07/2016");
    assert_eq!(huong["ethnicity"], "Mường");
    assert_eq!(huong["register_differs"], "Họ và tên: Trần Văn Hường");

    // The lost zero is a change of the list's own entry.
    let bao = by_id("TE000010");
    assert_eq!(
        (bao["personal_id"].as_str(), bao["changed_fields"].as_str()),
        ("042219004321", "personal_id")
    );

    // The duplicate's whole date and address.
    let truc = by_id("TE000011");
    assert_eq!(truc["birth_date"], "09/06/2020");
    assert_eq!(truc["duplicates"], "TE000012");
    assert!(truc["changes"].contains("TE000012"), "{}", truc["changes"]);

    // Nothing to change.
    assert_eq!(by_id("TE000013")["changed_fields"], "");
}

#[test]
fn numbers_in_workbooks_are_text_and_keep_their_zeros() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let rows = sheet(&work.path("out/update.xlsx"), "Cập nhật phần mềm");
    assert_eq!(cell_beside(&rows, "TE000010", "Số định danh cá nhân"), "042219004321");
    let mut workbook: Xlsx<_> = open_workbook(work.path("out/update.xlsx")).unwrap();
    let range = workbook.worksheet_range("Cập nhật phần mềm").unwrap();
    assert!(range.used_cells().any(|(_, _, cell)| *cell == Data::String("042219004321".into())));
}

#[test]
fn workbooks_have_the_official_head() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let rows = sheet(&work.path("out/police.xlsx"), "Đề nghị Công an");
    let text: Vec<&str> = rows.iter().take(5).flatten().map(String::as_str).collect();
    for line in [
        "ỦY BAN NHÂN DÂN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Ngày 23 tháng 11 năm 2026",
    ] {
        assert!(text.contains(&line), "{line}");
    }
    let foot: Vec<&str> = rows.iter().rev().take(3).flatten().map(String::as_str).collect();
    assert!(foot.contains(&"NGƯỜI LẬP") && foot.contains(&"CÔNG AN PHƯỜNG/XÃ"));
}

#[test]
fn the_police_get_who_has_no_number_that_stands_or_a_doubtful_one() {
    let work = Workdir::new();
    let outcome = sample();
    work.write(&outcome, "out", false).unwrap();
    let rows = sheet(&work.path("out/police.xlsx"), "Đề nghị Công an");
    let listed = |id: &str| rows.iter().any(|row| row.iter().any(|cell| cell == id));
    for (id, expected) in [
        ("TE000008", false), // attached
        ("TE000010", false), // kept
        ("TE000013", false), // unverified, nothing against it
        ("TE000014", true),  // unverified, a boy's number
        ("TE000015", true),  // conflict
        ("TE000016", true),  // malformed
        ("TE000011", true),  // none
        ("TE000012", false), // duplicate of the one before
    ] {
        assert_eq!(listed(id), expected, "{id}");
    }
    assert_eq!(cell_beside(&rows, "TE000015", "Số đang ghi trong danh sách"), "042217000003");
    assert_eq!(cell_beside(&rows, "TE000016", "Số đang ghi trong danh sách"), "4.2216E+10");
}

#[test]
fn household_sheets_follow_the_hamlets_in_vietnamese_order() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let path = work.path("out/household.xlsx");
    assert_eq!(
        sheet_names(&path),
        [
            "Tổng hợp",
            "Thôn 1",
            "Tổ dân phố 2",
            "Tổ dân phố 9",
            "Tổ dân phố 10",
            "Xóm (1-2)- -Đông-",
            "Chưa rõ thôn, TDP",
        ]
    );
    let rows = sheet(&path, "Tổ dân phố 10");
    let names: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.get(2))
        .map(String::as_str)
        .filter(|name| name.starts_with("Võ"))
        .collect();
    assert_eq!(
        names,
        ["An", "Ân", "Ẩn", "Ấn", "Dung", "Dũng", "Đức"].map(|given| format!("Võ Hoàng {given}"))
    );
    let overview = sheet(&path, "Tổng hợp");
    assert!(overview.iter().any(|row| row.iter().any(|cell| cell == "Tổ dân phố 10")));
}

#[test]
fn review_pairs_carry_both_sides_and_a_key() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let rows = csv_rows(&work.path("out/review.csv"));
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0]["kind"].as_str(), rows[0]["other"].as_str()), ("identity", "042217000003"));
    assert_eq!((rows[1]["kind"].as_str(), rows[1]["other"].as_str()), ("duplicate", "TE000018"));
    assert_eq!((rows[1]["weight"].as_str(), rows[1]["probability"].as_str()), ("6.12", "0.7312"));
    assert_eq!(rows[1]["other_full_name"], "Bùi Minh Ánh");
    let sheet = sheet(&work.path("out/review.xlsx"), "Trùng trong danh sách");
    assert_eq!(cell_beside(&sheet, &rows[1]["pair_id"], "Họ và tên"), "Bùi Minh Anh\nBùi Minh Ánh");
    assert_eq!(cell_beside(&sheet, &rows[1]["pair_id"], "Ngày sinh"), "09/09/2021");
    let key = cell_beside(&sheet, &rows[1]["pair_id"], "Khóa (không sửa)");
    let parts = ["pair_id", "record_fingerprint", "other_fingerprint", "record_id", "other"];
    assert_eq!(key, parts.map(|part| rows[1][part].as_str()).join("|"));
    // The evidence for programs says what the words say.
    let evidence = &rows[1]["evidence_parts"];
    assert!(evidence.split(';').all(|part| part.split(':').count() == 3), "{evidence}");
}

#[test]
fn the_report_and_the_log_hold_no_name_and_no_number() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    for name in ["report.html", "manifest.json", "audit.jsonl", "audit.head"] {
        let text = fs::read_to_string(work.path("out").join(name)).unwrap();
        for private in ["Hoàng", "Hòa", "Phước", "042318001234", "042217000003", "0912345678"] {
            assert!(!text.contains(private), "{name} holds {private}");
        }
    }
}

#[test]
fn the_manifest_accounts_for_every_row_and_every_file() {
    let work = Workdir::new();
    let outcome = sample();
    let written = work.write(&outcome, "out", false).unwrap();
    let text = fs::read_to_string(work.path("out/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sheet = &manifest["counts"]["sheets"][0];
    let layout: u64 = sheet["layout"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(sheet["balanced"], true);
    assert_eq!(
        sheet["rows"].as_u64().unwrap(),
        sheet["records"].as_u64().unwrap() + sheet["rejects"].as_u64().unwrap() + layout
    );
    for file in manifest["outputs"].as_array().unwrap() {
        let bytes = fs::read(work.path("out").join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"].as_u64().unwrap(), bytes.len() as u64);
    }
    assert_eq!(written.files.last().unwrap().name, "manifest.json");
    let verified = verify_folder(&work.path("out"), LogName::Audit, None).unwrap();
    assert_eq!((verified.faults, verified.head.lines), (vec![], 6));
}

#[test]
fn a_row_counted_twice_is_said() {
    let work = Workdir::new();
    let mut outcome = sample();
    outcome.children.rejects[0].row = outcome.children.records[0].origin.row;
    assert!(!work.write(&outcome, "out", false).unwrap().counts.balanced());
}

#[test]
fn an_existing_folder_is_refused_and_stays_as_it_was() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let before = files(&work.path("out"));
    let error = work.write(&sample(), "out", false).unwrap_err();
    assert!(matches!(error, WriteError::Exists { .. }) && error.is_usage());
    assert!(files(&work.path("out")) == before);
    assert_eq!(work.entries(), ["out"]);
}

#[test]
fn force_replaces_a_run_and_keeps_what_people_added() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    fs::write(work.path("out/decisions.jsonl"), "{}\n").unwrap();
    fs::write(work.path("out/review.xlsx"), "filled in").unwrap();
    work.write(&sample(), "out", true).unwrap();
    let after = files(&work.path("out"));
    assert_eq!(after["decisions.jsonl"], b"{}\n");
    assert_eq!(after["review.before.xlsx"], b"filled in");
    assert!(after["review.xlsx"].starts_with(b"PK"));
    assert_eq!(work.entries(), ["out"]);
}

#[test]
fn force_replaces_nothing_else() {
    let work = Workdir::new();
    fs::create_dir(work.path("photos")).unwrap();
    fs::write(work.path("photos/a.jpg"), "a").unwrap();
    fs::write(work.path("file"), "b").unwrap();
    for name in ["photos", "file"] {
        assert!(matches!(work.write(&sample(), name, true), Err(WriteError::NotARun { .. })), "{name}");
    }
    assert_eq!(fs::read(work.path("photos/a.jpg")).unwrap(), b"a");
    assert_eq!(work.entries(), ["file", "photos"]);
}

#[test]
fn force_never_deletes_an_input() {
    let work = Workdir::new();
    work.write(&sample(), "out", false).unwrap();
    let mut outcome = sample();
    outcome.inputs[0].path = work.path("out/update.xlsx");
    assert!(matches!(work.write(&outcome, "out", true), Err(WriteError::HoldsInput { .. })));
    assert!(work.path("out/update.xlsx").is_file());
}

#[test]
fn a_target_that_cannot_be_made_leaves_nothing() {
    let work = Workdir::new();
    fs::write(work.path("file"), "").unwrap();
    let long = "x".repeat(300);
    for target in ["file/out", "a/b/file/../../../", long.as_str()] {
        assert!(work.write(&sample(), target, false).is_err(), "{target}");
    }
    assert_eq!(work.entries(), ["file"]);
}

#[test]
fn missing_parent_folders_are_made() {
    let work = Workdir::new();
    work.write(&sample(), "a/b/out", false).unwrap();
    assert!(work.path("a/b/out/manifest.json").is_file());
}

#[test]
fn a_run_without_a_register_or_without_anything_is_written_too() {
    let work = Workdir::new();
    let mut outcome = sample();
    outcome.register = None;
    for decision in &mut outcome.linkage.decisions {
        decision.person = None;
    }
    work.write(&outcome, "no-register", false).unwrap();
    let mut empty = outcome_builder::Builder::new().finish();
    empty.language = Language::En;
    work.write(&empty, "empty", false).unwrap();
    assert_eq!(csv_rows(&work.path("empty/records.csv")).len(), 0);
}

#[test]
fn a_cell_of_a_megabyte_does_not_stop_the_run() {
    let work = Workdir::new();
    let mut outcome = sample();
    outcome.children.records[0].address = outcome_builder::text(&"Đường dài ".repeat(100_000));
    outcome.children.records[1].note = outcome_builder::text("a\u{0}\u{1}\u{b}b").into();
    work.write(&outcome, "out", false).unwrap();
    let rows = sheet(&work.path("out/update.xlsx"), "Cập nhật phần mềm");
    assert!(cell_beside(&rows, "TE000008", "Địa chỉ").starts_with("Đường dài"));
}
