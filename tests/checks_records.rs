//! Findings on whole records: what a ward officer would want to be told, from sheet rows to codes.

use dinhdanh::{
    check::{CheckContext, check},
    normalise::{NormaliseContext, assign_record_ids, normalise_table},
    outcome::ListKind,
    record::{
        Change, Column, ColumnUse, FieldKind, FindingCode, Gender, RawCell, RawRow, Record, SourceSheet,
        Sources, Table,
    },
    rules::Rules,
};
use jiff::civil::date;
use proptest::prelude::*;

const AS_OF: jiff::civil::Date = date(2026, 11, 23);

/// A sheet of these columns (by key, `-` for one without meaning) and rows of text.
fn table(sources: &mut Sources, columns: &[&str], rows: &[&[&str]]) -> Table {
    let source = sources.push(SourceSheet { file: "ds.xlsx".to_owned(), sheet: "Trẻ em".to_owned() });
    let kind = |key: &str| FieldKind::ALL.iter().copied().find(|kind| kind.key() == key);
    let columns = columns.iter().enumerate().map(|(position, key)| Column {
        position,
        heading: (*key).to_owned(),
        usage: if *key == "-" { ColumnUse::Extra } else { ColumnUse::Field(kind(key).expect("a field key")) },
    });
    let rows = rows.iter().zip(10..).map(|(cells, row)| RawRow {
        row,
        cells: cells.iter().map(|cell| RawCell::text(cell)).collect(),
        group: None,
    });
    Table {
        source,
        columns: columns.collect(),
        rows: rows.collect(),
        layout: Vec::new(),
        rejects: Vec::new(),
        title: Vec::new(),
    }
}

fn read_table(mut table: Table, sources: &Sources) -> Vec<Record> {
    static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
    let rules = RULES.get_or_init(|| Rules::built_in().unwrap());
    let context = NormaliseContext { as_of: AS_OF, list: ListKind::Children };
    let mut records = normalise_table(&mut table, &context, rules);
    assert!(table.rows.is_empty());
    assign_record_ids(&mut records, sources);
    check(&mut records, &CheckContext { as_of: AS_OF }, rules);
    let before = records.clone();
    check(&mut records, &CheckContext { as_of: AS_OF }, rules);
    assert!(before == records, "checking twice finds nothing new");
    records
}

fn read(columns: &[&str], rows: &[&[&str]]) -> Vec<Record> {
    let mut sources = Sources::default();
    let table = table(&mut sources, columns, rows);
    read_table(table, &sources)
}

fn codes(record: &Record) -> Vec<&'static str> {
    record.findings.iter().map(|finding| finding.code.as_str()).collect()
}

const COLUMNS: [&str; 9] = [
    "child_code",
    "full_name",
    "birth_date",
    "gender",
    "ethnicity",
    "personal_id",
    "father_name",
    "mother_name",
    "hamlet",
];

#[test]
fn a_whole_record_has_no_finding() {
    let records = read(
        &COLUMNS,
        &[&[
            "TE001",
            "Trần Thị Hoa",
            "05/03/2018",
            "Nữ",
            "Kinh",
            "042318001234",
            "Trần Văn Nam",
            "Lê Thị Lan",
            "TDP 5",
        ]],
    );
    assert_eq!(codes(&records[0]), [""; 0]);
    assert_eq!(records[0].record_id, "TE001");
    assert_eq!(records[0].hamlet.value.as_deref(), Some("Tổ dân phố 5"));
}

#[test]
fn what_is_missing_is_named() {
    let records = read(&COLUMNS, &[&["", "Trần Thị Hoa", "", "", "", "", "", "", ""]]);
    assert_eq!(
        codes(&records[0]),
        [
            "dob.missing",
            "gender.missing",
            "ethnicity.missing",
            "id.missing",
            "parents.missing",
            "place.hamlet_missing",
            "record.name_only",
        ]
    );
    assert_eq!(records[0].record_id, "ds.xlsx#Trẻ em!10");
}

#[test]
fn words_for_nothing_are_missing_and_not_malformed() {
    let row = ["", "Trần Thị Hoa", "không rõ", "Chưa xác định", "không rõ", "chưa có", "", "Lê Thị Lan", "x"];
    let records = read(&COLUMNS, &[&row]);
    assert_eq!(
        codes(&records[0]),
        ["dob.missing", "gender.missing", "ethnicity.missing", "id.missing", "place.hamlet_missing"]
    );
}

#[test]
fn the_number_is_held_against_the_record() {
    let row =
        |birth, gender, id| ["", "Trần Ngọc Anh", birth, gender, "Kinh", id, "", "Lê Thị Lan", "Thôn 1"];
    let found = |birth, gender, id| {
        let records = read(&COLUMNS, &[&row(birth, gender, id)]);
        codes(&records[0])
    };
    assert_eq!(found("05/03/2018", "Nam", "042318001234"), ["id.gender_mismatch"]);
    assert_eq!(found("05/03/2017", "Nữ", "042318001234"), ["id.year_mismatch"]);
    assert_eq!(found("05/03/2018", "Nữ", "042118001234"), ["id.gender_mismatch", "id.adult"]);
    assert_eq!(
        found("05/03/2018", "Nữ", "042190001234"),
        ["id.gender_mismatch", "id.year_mismatch", "id.adult"]
    );
    assert_eq!(found("05/03/2018", "Nữ", "42318001234"), ["id.leading_zero"]);
    assert_eq!(found("", "Nữ", "042399001234"), ["dob.missing", "id.year_mismatch"]);
    assert_eq!(found("05/03/2018", "Nữ", "003318001234"), ["id.place_unknown"]);
    assert_eq!(found("05/03/2018", "Nữ", "183456789"), ["id.old_card"]);
    assert_eq!(found("05/03/2018", "Nữ", "4.23E+10"), ["id.digits_lost"]);
}

#[test]
fn ages_are_judged_on_the_day_of_the_run() {
    let row = |birth| ["", "Trần Thị Hoa", birth, "Nữ", "Kinh", "", "", "Lê Thị Lan", "Thôn 1"];
    let found = |birth| codes(&read(&COLUMNS, &[&row(birth)])[0]);
    assert_eq!(found("24/11/2026"), ["dob.future", "id.missing"]);
    assert_eq!(found("23/11/2026"), ["id.missing"]);
    assert_eq!(found("23/11/2010"), ["dob.aged_out", "id.missing"]);
    assert_eq!(found("24/11/2010"), ["id.missing"]);
    assert_eq!(found("2026"), ["dob.incomplete", "id.missing"]);
    assert_eq!(found("01/01/2020"), ["dob.default_day", "id.missing"]);
    assert_eq!(found("31/02/2020"), ["dob.malformed", "id.missing"]);
}

#[test]
fn parents_too_young_or_of_the_same_name_are_pointed_out() {
    let columns =
        ["full_name", "birth_date", "father_name", "father_birth", "mother_name", "mother_id", "personal_id"];
    let row =
        ["Trần Văn Nam", "05/03/2018", "TRẦN VĂN NAM", "2010", "Lê Thị Lan", "042190000001", "042190000001"];
    let records = read(&columns, &[&row]);
    let found = codes(&records[0]);
    for code in ["parents.same_name", "parents.age", "id.equals_parent", "id.adult", "id.year_mismatch"] {
        assert!(found.contains(&code), "{code} not in {found:?}");
    }
    let age = records[0].findings.iter().find(|finding| finding.code == FindingCode::ParentAge).unwrap();
    assert_eq!((age.field, age.detail.as_deref()), (Some(FieldKind::FatherBirth), Some("8")));
}

#[test]
fn a_number_on_several_records_is_said_on_each() {
    let row = |name| ["", name, "05/03/2018", "Nữ", "Kinh", "042318001234", "", "Lê Thị Lan", "Thôn 1"];
    let records = read(&COLUMNS, &[&row("Trần Thị Hoa"), &row("Trần Thị Hồng")]);
    assert_eq!(codes(&records[0]), ["id.shared"]);
    assert_eq!(records[1].findings[0].detail.as_deref(), Some("2"));
}

#[test]
fn a_list_in_many_columns_gives_the_same_record() {
    let columns = [
        "serial_number",
        "surname_middle",
        "given_name",
        "birth_day",
        "birth_month",
        "birth_year",
        "gender_male",
        "gender_female",
        "parent_names",
        "address",
        "-",
        "nationality",
    ];
    let row = [
        "1",
        "Trần Thị",
        "Hoa",
        "5",
        "3",
        "2018",
        "",
        "x",
        "Trần Văn Nam - Lê Thị Lan",
        "TDP 5, phường Văn Yên, TP Hà Tĩnh",
        "học giỏi",
        "Việt Nam",
    ];
    let record = &read(&columns, &[&row])[0];
    assert_eq!(record.name.get().unwrap().full(), "Trần Thị Hoa");
    assert!(record.name.changes.contains(Change::Joined));
    assert_eq!(record.birth.value.unwrap().to_string(), "2018-03-05");
    assert_eq!(record.gender.value, Some(Gender::Female));
    assert_eq!(record.father.name.get().unwrap().full(), "Trần Văn Nam");
    assert_eq!(record.mother.name.get().unwrap().full(), "Lê Thị Lan");
    assert_eq!(record.hamlet.value.as_deref(), Some("Tổ dân phố 5"));
    let place = record.place.get().unwrap();
    assert_eq!((place.commune.unwrap().code, place.commune_2025), (18_097, Some(18_073)));
    assert_eq!(*record.extras, [(0, "1".into()), (10, "học giỏi".into()), (11, "Việt Nam".into())]);
}

#[test]
fn one_birth_column_a_gender_tells_the_gender() {
    let columns = ["full_name", "birth_date_male", "birth_date_female"];
    let records =
        read(&columns, &[&["A B", "", "05/03/2018"], &["A C", "2018", ""], &["A D", "2018", "2018"]]);
    assert_eq!(records[0].gender.value, Some(Gender::Female));
    assert_eq!(records[1].gender.value, Some(Gender::Male));
    assert!(records[2].birth.is_unusable());
}

#[test]
fn group_rows_and_the_title_are_inherited() {
    let mut sources = Sources::default();
    let mut table = table(&mut sources, &["full_name", "birth_date"], &[&["Trần Thị Hoa", "2018"]]);
    table.rows[0].group = Some("II. TỔ DÂN PHỐ 3 (25 cháu)".into());
    table.title = vec!["UBND PHƯỜNG VĂN YÊN".to_owned(), "THÀNH PHỐ HÀ TĨNH".to_owned()];
    let record = &read_table(table, &sources)[0];
    assert_eq!(record.hamlet.value.as_deref(), Some("Tổ dân phố 3"));
    assert!(record.hamlet.changes.contains(Change::Inherited));
    assert_eq!(record.place.get().unwrap().commune.unwrap().code, 18_097);
    assert!(record.place.changes.contains(Change::Inherited));
}

#[test]
fn units_are_recognised_in_their_columns() {
    let columns = ["full_name", "commune", "district", "province"];
    let records = read(
        &columns,
        &[
            &["A B", "Phường Văn Yên", "Thành phố Hà Tĩnh", "Hà Tĩnh"],
            &["A B", "Văn Yên", "TP Hà Tĩnh", "Tỉnh Hà Tĩnh"],
            &["A B", "18097", "436", "42"],
            &["A B", "P. Thành Sen", "", "Hà Tĩnh"],
            &["A B", "xã Không Đâu", "", "Hà Tĩnh"],
        ],
    );
    for record in &records[..3] {
        assert_eq!(record.place.get().unwrap().commune.unwrap().code, 18_097);
    }
    assert_eq!(records[3].place.get().unwrap().commune.unwrap().code, 18_073);
    assert!(codes(&records[4]).contains(&"place.unknown"));
    assert_eq!(records[4].place.get().unwrap().province.unwrap().code, 42);
}

/// A table of any columns and any cells.
fn any_table() -> impl Strategy<Value = (Vec<Column>, Vec<RawRow>)> {
    let cell = prop_oneof![
        Just(RawCell::Empty),
        "\\PC{0,16}".prop_map(|text| RawCell::text(&text)),
        "[0-9/.,xX -]{0,14}".prop_map(|text| RawCell::text(&text)),
        "(thôn|xã|TP|tỉnh|x|Nam|Mẹ:|Cha|-|5|Hà Tĩnh|[ ,]){0,6}".prop_map(|text| RawCell::text(&text)),
        any::<f64>().prop_map(RawCell::Number),
        (1i16..3000, 1i8..13, 1i8..29).prop_map(|(y, m, d)| RawCell::Date(date(y, m, d))),
        any::<bool>().prop_map(RawCell::Bool),
        Just(RawCell::Error("#REF!".into())),
    ];
    let usage = prop_oneof![
        Just(ColumnUse::Extra),
        proptest::sample::select(FieldKind::ALL).prop_map(ColumnUse::Field)
    ];
    proptest::collection::vec(usage, 1..12).prop_flat_map(move |usages| {
        let width = usages.len();
        let columns = usages
            .into_iter()
            .enumerate()
            .map(|(position, usage)| Column { position, heading: String::new(), usage })
            .collect::<Vec<_>>();
        let cells = proptest::collection::vec(cell.clone(), width);
        let rows = proptest::collection::vec(cells, 0..6).prop_map(|rows| {
            (1..).zip(rows).map(|(row, cells)| RawRow { row, cells, group: None }).collect()
        });
        (Just(columns), rows)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_table_gives_a_record_for_each_row((columns, rows) in any_table()) {
        let mut sources = Sources::default();
        let mut sheet = table(&mut sources, &[], &[]);
        let count = rows.len();
        sheet.columns = columns;
        sheet.rows = rows;
        let records = read_table(sheet, &sources);
        prop_assert_eq!(records.len(), count);
        for (row, record) in (1..).zip(&records) {
            prop_assert_eq!(record.origin.row, row);
            prop_assert!(record.findings.is_sorted());
        }
    }
}
