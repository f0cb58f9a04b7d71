//! Rows in = data rows + layout rows + rejects, for files of random shape; and no row twice.
//! 256 files of each shape; `PROPTEST_CASES=10000 cargo test --test nothing_is_lost` runs the long version.

use std::{collections::BTreeSet, fs, path::Path, sync::LazyLock};

use dinhdanh::{
    outcome::ListKind,
    read::{ReadError, ReadOptions, Reading, read_list},
    rules::Rules,
};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

/// Cells that make trouble.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        3 => "[A-Za-zăâđêôơưàáảãạ]{1,6}( [A-Za-zăâđêôơưàáảãạ]{1,6}){0,3}",
        2 => "[0-9]{1,2}/[0-9]{1,2}/(20)?[0-9]{2}",
        2 => "0?[0-9]{1,12}",
        2 => prop::sample::select(vec![
            "STT", "Họ và tên", "Ngày sinh", "Nam", "Nữ", "Cha", "Giới tính", "Số định danh", "(1)", "2", "A", "x",
            "Thôn 1", "TDP 5", "Cộng", "Tổng cộng", "Người lập biểu", "TM. UBND", "Mẫu số 03", "I. Thôn 2", "Tổ",
            "Ví Dụ, ngày 1 tháng 6 năm 2026", "Ghi chú", "sep=;", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        ]).prop_map(str::to_owned),
        1 => "[\"',;|\\t =+@\\-\u{0}\u{1}\u{a0}]{1,5}",
        1 => "\\PC{0,12}",
    ]
}

fn row() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        8 => prop::collection::vec(cell(), 0..9),
        1 => Just(vec![]),
        1 => cell().prop_map(|cell| vec![cell]),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    let header = prop::option::weighted(
        0.9,
        prop::sample::select(vec![
            vec!["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số định danh", "Ghi chú"],
            vec!["Họ và tên", "Năm sinh"],
            vec!["Mã trẻ em", "Họ tên", "Cha", "Mẹ", "Thôn", "Ngày sinh"],
        ]),
    );
    (prop::collection::vec(row(), 0..4), header, prop::collection::vec(row(), 0..25)).prop_map(
        |(above, header, below)| {
            let header = header.map(|header| header.into_iter().map(str::to_owned).collect());
            above.into_iter().chain(header).chain(below).collect()
        },
    )
}

fn read(path: &Path) -> Result<Reading, ReadError> {
    read_list(&[path.to_owned()], ListKind::Children, &ReadOptions::default(), &RULES)
}

/// The sum, and every row number at most once in its sheet.
fn check_sum(reading: &Reading) -> Result<(), TestCaseError> {
    let mut rows = BTreeSet::new();
    let mut count = 0_u64;
    for table in &reading.tables {
        let data = table.rows.iter().map(|row| row.row);
        let layout = table.layout.iter().map(|layout| layout.row);
        let rejects = table.rejects.iter().map(|reject| reject.row);
        for row in data.chain(layout).chain(rejects) {
            prop_assert!(rows.insert((table.source, row)), "row {row} twice");
            count += 1;
        }
        for row in &table.rows {
            prop_assert_eq!(row.cells.len(), table.columns.len());
        }
    }
    for reject in &reading.rejects {
        prop_assert!(rows.insert((reject.source, reject.row)), "row {} twice", reject.row);
        count += 1;
    }
    prop_assert_eq!(reading.rows_in, count);
    Ok(())
}

fn is_blank(row: &[String]) -> bool {
    row.iter().all(|cell| cell.chars().all(char::is_whitespace))
}

proptest! {
    #[test]
    fn of_text_files(rows in rows(), delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']), marked: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("danh_sach.csv");
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
        for row in &rows {
            // The csv crate writes a row without cells as a quoted blank; a blank line is meant.
            if row.is_empty() { writer.write_record([""]).unwrap(); } else { writer.write_record(row).unwrap(); }
        }
        let mut bytes = if marked { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        bytes.extend(writer.into_inner().unwrap());
        fs::write(&path, bytes).unwrap();
        if let Ok(reading) = read(&path) {
            check_sum(&reading)?;
            let last = rows.iter().rposition(|row| !is_blank(row)).map_or(0, |ix| ix + 1);
            // A quoted cell may hold a line break of its own, so rows are counted, not lines.
            prop_assert_eq!(reading.rows_in, last as u64);
        }
    }

    #[test]
    fn of_damaged_text_files(mut bytes in rows().prop_map(|rows| {
        rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\n").into_bytes()
    }), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
        for (at, byte) in damage {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("danh_sach.csv");
        fs::write(&path, &bytes).unwrap();
        if let Ok(reading) = read(&path) {
            check_sum(&reading)?;
        }
    }

    #[test]
    fn of_workbooks(sheets in prop::collection::vec(rows(), 1..4), merges in prop::collection::vec((0_u32..6, 0_u16..6, 0_u32..3, 0_u16..4), 0..4)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("danh_sach.xlsx");
        let mut workbook = Workbook::new();
        let mut expected = 0;
        for rows in &sheets {
            let sheet = workbook.add_worksheet();
            for (ix, (top, left, height, width)) in merges.iter().enumerate() {
                let apart = merges[..ix].iter().all(|(other_top, other_left, other_height, other_width)| {
                    top + height < *other_top || other_top + other_height < *top
                        || left + width < *other_left || other_left + other_width < *left
                });
                if apart && (*height, *width) != (0, 0) {
                    let plain = rust_xlsxwriter::Format::new();
                    sheet.merge_range(*top, *left, top + height, left + width, "", &plain).unwrap();
                }
            }
            let mut last = 0;
            for (number, row) in (1_u32..).zip(rows) {
                for (column, cell) in (0_u16..).zip(row) {
                    match cell.parse::<f64>() {
                        Ok(value) if value.is_finite() && !cell.starts_with('0') => {
                            sheet.write(number - 1, column, value).unwrap();
                        }
                        _ => {
                            sheet.write(number - 1, column, cell.as_str()).unwrap();
                        }
                    }
                }
                if !is_blank(row) {
                    last = number;
                }
            }
            expected += u64::from(last);
        }
        workbook.save(&path).unwrap();
        if let Ok(reading) = read(&path) {
            check_sum(&reading)?;
            prop_assert_eq!(reading.rows_in, expected);
        }
    }

    #[test]
    fn of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), start in prop::sample::select(vec![
        &b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html><table><tr><td>", b"\xff\xfe", b"<?xml",
    ])) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("danh_sach.xlsx");
        let mut all = start.to_vec();
        all.extend(bytes);
        fs::write(&path, all).unwrap();
        if let Ok(reading) = read(&path) {
            check_sum(&reading)?;
        }
    }
}
