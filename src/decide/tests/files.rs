//! The files that answers come in: workbooks filled in, and logs.

use std::{fs, io::Write as _};

use super::{super::filled::Filled, *};
use crate::{
    read::CellSheet,
    rules::{ChildColumn, FormColumn, PairColumn},
};
fn sheet(headings: &[(usize, &str)], above: usize, rows: &[&[(usize, &str)]]) -> CellSheet {
    let cells = |cells: &[(usize, &str)]| {
        let mut row = vec![RawCell::Empty; cells.iter().map(|(at, _)| at + 1).max().unwrap_or(0)];
        cells.iter().for_each(|(at, text)| row[*at] = RawCell::text(text));
        row
    };
    let title = (0..above).map(|_| cells(&[(0, "Uỷ ban nhân dân")]));
    let all = title.chain([cells(headings)]).chain(rows.iter().map(|row| cells(row)));
    CellSheet { name: "Trùng".to_owned(), rows: (1..).zip(all).collect() }
}

fn headings<K>(columns: &[FormColumn<K>]) -> Vec<(usize, &str)> {
    columns.iter().enumerate().map(|(at, column)| (at + 1, column.vi.as_str())).collect()
}

#[test]
fn a_header_is_found_by_at_least_half_of_its_headings() {
    let columns = &rules().forms.review.columns;
    let all = headings(columns);
    let half = columns.len().div_ceil(2);
    for (kept, found) in [(all.len(), true), (half, true), (half - 1, false), (0, false)] {
        let sheet = sheet(&all[..kept], 3, &[&[(1, "1")], &[]]);
        let filled = Filled::find(&sheet, "review.xlsx", columns);
        assert_eq!(filled.is_some(), found, "{kept} of {}", all.len());
        let Some(filled) = filled else { continue };
        assert_eq!(filled.position(columns, &PairColumn::PairId), Some(2));
        let key = filled.key_position(columns, &PairColumn::Key);
        assert_eq!(key.ok(), (kept == all.len()).then_some(all.len()));
        assert_eq!(filled.position(columns, &PairColumn::Key).is_some(), kept == all.len());
        let rows: Vec<_> = filled.rows().collect();
        assert_eq!(rows.len(), 2, "the rows below the header");
        assert_eq!(
            (rows[0].text(1).as_str(), rows[0].text(0).as_str(), rows[0].text(77).as_str()),
            ("1", "", "")
        );
        assert!(rows[0].cell(1).is_some() && rows[0].cell(0).is_none() && rows[1].cell(1).is_none());
        let source = filled.source(&rows[0], 1);
        assert_eq!((source.file.as_str(), source.place.to_string().as_str()), ("review.xlsx", "Trùng!B5"));
    }
    // Cells without text are no headings, and a header far below the top is none.
    assert!(Filled::find(&sheet(&[], 60, &[]), "", columns).is_none());
    assert!(Filled::find(&sheet(&all, 60, &[]), "", columns).is_none());
}

#[test]
fn a_list_of_pairs_filled_in_says_what_was_chosen() {
    let columns = &rules().forms.review.columns;
    let all = headings(columns);
    let at = |key: PairColumn| columns.iter().position(|column| column.key == key).unwrap() + 1;
    let (pair, decision, key) = (at(PairColumn::PairId), at(PairColumn::Decision), at(PairColumn::Key));
    let keyed = |id: &str| pair_key(id, ["f1", "f2"], ["TE1", "TE2"]);
    let (two, one, odd) = (keyed("D-AB"), keyed("P-AB"), keyed("X-AB"));
    let rows: [&[(usize, &str)]; 9] = [
        &[(pair, "D-AB"), (decision, " cung mot TRE "), (key, &two)],
        &[(pair, "D-AB"), (decision, "Two children"), (key, &two)],
        &[(pair, "P-AB"), (decision, "Đúng số này"), (key, &one)],
        &[(pair, "P-AB"), (decision, "Chưa rõ"), (key, &one)],
        &[(pair, "P-AB"), (decision, "Same child"), (key, &one)],
        &[(pair, "P-AC"), (decision, "Đúng số này"), (key, &one)],
        &[(pair, "X-AB"), (decision, "Đúng số này"), (key, &odd)],
        &[(pair, "P-AB"), (decision, "Đúng số này")],
        &[(pair, "P-AB"), (key, &one)],
    ];
    let mut read = Decisions::default();
    assert!(workbook::read(&sheet(&all, 2, &rows), 4, "review.xlsx", rules(), &mut read).unwrap());
    let said: Vec<(PairKind, Answer)> =
        read.statements.iter().map(|statement| (statement.kind, statement.answer)).collect();
    let (pairs, persons) = (PairKind::Duplicate, PairKind::Identity);
    let expected =
        [(pairs, Answer::Yes), (pairs, Answer::No), (persons, Answer::Yes), (persons, Answer::Unsure)];
    assert_eq!(said, expected);
    let first = &read.statements[0];
    assert_eq!(
        (first.file, first.pair_id.as_str(), first.source.place.to_string()),
        (4, "D-AB", "Trùng!D4".to_owned())
    );
    let sides = [&first.record, &first.other].map(|side| (side.id.as_str(), side.fingerprint.as_str()));
    assert_eq!(sides, [("TE1", "f1"), ("TE2", "f2")]);
    let troubles: Vec<Trouble> = read.problems.iter().map(|problem| problem.trouble).collect();
    let (mixed, damaged) = (Trouble::RowsMixed, Trouble::KeyDamaged);
    assert_eq!(troubles, [Trouble::NotAnAnswer, mixed, damaged, damaged]);
    // No sheet of pairs; and one whose key column was deleted.
    assert!(!workbook::read(&sheet(&[(0, "STT")], 0, &[]), 0, "", rules(), &mut read).unwrap());
    assert!(workbook::read(&sheet(&all[..all.len() - 1], 0, &[]), 0, "", rules(), &mut read).is_err());
}

#[test]
fn lists_filled_in_by_the_police_and_at_home_say_what_was_filled_in() {
    let child = girl("TE1", "Đoàn Thị Gốm", 2018, "");
    let key = record_key(&child);
    let mut read = Decisions::default();
    let columns = &rules().forms.police.columns;
    let at = |key: ChildColumn| columns.iter().position(|column| column.key == key).unwrap() + 1;
    let (shown, given, remark, hidden) = (
        at(ChildColumn::RecordId),
        at(ChildColumn::SuppliedNumber),
        at(ChildColumn::Remark),
        at(ChildColumn::Key),
    );
    let rows: [&[(usize, &str)]; 6] = [
        &[(shown, "TE1"), (given, "042318000055"), (hidden, &key)],
        &[(shown, "TE1"), (remark, "đã đối soát"), (hidden, &key)],
        &[(shown, "TE1"), (hidden, &key)],
        &[(shown, "TE2"), (given, "042318000055"), (hidden, &key)],
        &[(shown, "TE1"), (given, "042318000055")],
        &[(given, "CÔNG AN PHƯỜNG")],
    ];
    assert!(supplied::read(&sheet(&headings(columns), 2, &rows), "police.xlsx", rules(), &mut read).unwrap());
    assert_eq!(read.supplied.len(), 1);
    assert_eq!(
        (&read.supplied[0].record, read.supplied[0].number.display().as_str()),
        (&side(&child), "042318000055")
    );
    let remarks: Vec<Option<FieldKind>> =
        read.corrections.iter().map(|correction| correction.field).collect();
    assert_eq!(remarks, [None]);
    let troubles: Vec<Trouble> = read.problems.iter().map(|problem| problem.trouble).collect();
    assert_eq!(troubles, [Trouble::RowsMixed, Trouble::KeyDamaged], "signatures are nobody's answer");
    let columns = &rules().forms.household.columns;
    let at = |key: ChildColumn| columns.iter().position(|column| column.key == key).unwrap() + 1;
    let row: &[(usize, &str)] = &[
        (at(ChildColumn::RecordId), "TE1"),
        (at(ChildColumn::RightFullName), "Đoàn Thị Sành"),
        (at(ChildColumn::RightGender), "Nam"),
        (at(ChildColumn::Key), &key),
    ];
    let mut read = Decisions::default();
    assert!(supplied::read(&sheet(&headings(columns), 2, &[row]), "home.xlsx", rules(), &mut read).unwrap());
    let fields: Vec<Option<FieldKind>> = read.corrections.iter().map(|correction| correction.field).collect();
    assert_eq!(fields, [Some(FieldKind::FullName), Some(FieldKind::Gender)]);
    let places: Vec<String> =
        read.corrections.iter().map(|correction| correction.source.place.to_string()).collect();
    assert!(places[0].ends_with('4') && places[0] != places[1], "{places:?}");
    assert!(read.supplied.is_empty() && read.problems.is_empty());
    assert!(!supplied::read(&sheet(&[(0, "STT")], 0, &[]), "", rules(), &mut read).unwrap());
}

fn told(id: &str, second_reading: bool) -> Entry {
    let side = |id: &str| Side { id: id.to_owned(), fingerprint: "00".to_owned() };
    let decision = Decision {
        pair_id: "D-1".to_owned(),
        kind: PairKind::Duplicate,
        record: side("a"),
        other: side("b"),
        answer: Answer::Yes,
        keep: Keep::new(),
        second_reading,
    };
    let act = Act::Decide(Box::new(decision));
    Entry { id: id.to_owned(), time: Timestamp::UNIX_EPOCH, who: "cán bộ".to_owned(), act }
}

#[test]
fn files_are_taken_for_what_they_are_and_told_with_their_digest() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let log = format!(
        "\u{feff}\n{}  \n{}{{\"id\":\n{{\"id\"",
        told("1", false).to_line(),
        told("2", true).to_line()
    );
    let read = Decisions::read(&[put("empty.jsonl", " \n"), put("desk.jsonl", &log)], rules()).unwrap();
    let statement = &read.statements[0];
    assert_eq!((read.statements.len(), statement.file, &statement.source), (1, 1, &line(2)));
    assert_eq!((statement.who.as_str(), statement.time), ("cán bộ", Some(Timestamp::UNIX_EPOCH)));
    let troubles: Vec<(&Source, Trouble)> =
        read.problems.iter().map(|problem| (&problem.source, problem.trouble)).collect();
    assert_eq!(troubles, [(&line(5), Trouble::NotAnEntry), (&line(6), Trouble::TornLine)]);
    let file = &read.files[0];
    assert_eq!((file.bytes, file.sha256.len()), (2, 64));
    assert!(Decisions::read(&[put("list.csv", "Họ và tên\nĐoàn Thị Gốm\n")], rules()).is_err());
    assert!(Decisions::read(&[folder.path().join("absent")], rules()).is_err());
}

/// A run puts a new folder in place while a desk is open: its log is read from the beginning.
#[test]
fn a_log_that_another_took_the_place_of_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DECISIONS_FILE);
    let ids = |log: &DecisionLog| -> Vec<(u64, String)> {
        log.reading().entries.iter().map(|(line, entry)| (*line, entry.id.clone())).collect()
    };
    let mut log = DecisionLog::open(folder.path()).unwrap();
    assert!(ids(&log).is_empty());
    let (one, two) = (told("1", false), told("2", false));
    log.append(|_| Ok::<_, ()>(vec![one.clone(), two.clone()])).unwrap().unwrap();
    let numbered =
        |list: &[(u64, &str)]| list.iter().map(|(line, id)| (*line, (*id).to_owned())).collect::<Vec<_>>();
    assert_eq!(ids(&log), numbered(&[(1, "1"), (2, "2")]));
    // Nothing new: nothing is read twice.
    log.refresh().unwrap();
    assert_eq!(ids(&log), numbered(&[(1, "1"), (2, "2")]));
    fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(told("3", false).to_line().as_bytes())
        .unwrap();
    log.refresh().unwrap();
    assert_eq!(ids(&log), numbered(&[(1, "1"), (2, "2"), (3, "3")]));
    fs::write(&path, told("9", false).to_line()).unwrap();
    log.refresh().unwrap();
    assert_eq!(ids(&log), numbered(&[(1, "9")]));
    fs::remove_file(&path).unwrap();
    log.refresh().unwrap();
    assert!(ids(&log).is_empty());
    // What is no file cannot be read, and that is said with its name.
    fs::create_dir(&path).unwrap();
    let error = log.refresh().unwrap_err().to_string();
    assert!(error.contains(DECISIONS_FILE), "{error}");
    assert!(DecisionLog::open(folder.path()).is_err());
}
