//! The readers of dates and addresses against the tables of cases in `tests/cases`.

use dinhdanh::{
    normalise::{
        Bearer, DateColumn, DateContext, DateOwner, IdFault, hamlet_key, read_address, read_any_date,
        read_date, read_gender, read_personal_id, read_phone,
    },
    record::{Changes, Gender, PartialDate, PersonalId, RawCell},
    rules::Rules,
};
use jiff::civil::date;
use proptest::prelude::*;

fn rules() -> &'static Rules {
    static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
    RULES.get_or_init(|| Rules::built_in().unwrap())
}

fn cases(name: &str) -> Vec<csv::StringRecord> {
    let path = format!("{}/tests/cases/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    reader.records().map(Result::unwrap).collect()
}

fn context() -> DateContext {
    DateContext { as_of: date(2026, 11, 23), column: DateColumn::default(), owner: DateOwner::Child }
}

#[test]
fn dates_are_read_as_the_table_says() {
    let mut wrong = Vec::new();
    for case in cases("dates.csv") {
        let reading = read_date(&RawCell::text(&case[0]), &context(), &rules().dates);
        let found = match reading.field.value {
            Some(date) => date.to_string(),
            None if reading.unknown => "unknown".to_owned(),
            None => "invalid".to_owned(),
        };
        let mut flags = Vec::new();
        flags.extend(reading.month_first.then_some("month_first"));
        flags.extend(reading.default_day.then_some("default_day"));
        if found != case[1] || flags.join(" ") != case[2] {
            wrong.push(format!("{}: {found} {flags:?}, expected {} {}", &case[0], &case[1], &case[2]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn number_and_date_cells_are_dates_too() {
    let read = |cell| read_date(&cell, &context(), &rules().dates).field.value.map(|date| date.to_string());
    assert_eq!(read(RawCell::Number(43_164.0)).as_deref(), Some("2018-03-05"));
    assert_eq!(read(RawCell::Number(43_164.75)).as_deref(), Some("2018-03-05"));
    assert_eq!(read(RawCell::Number(2018.0)).as_deref(), Some("2018"));
    assert_eq!(read(RawCell::Number(5_032_018.0)).as_deref(), Some("2018-03-05"));
    assert_eq!(read(RawCell::Date(date(2018, 3, 5))).as_deref(), Some("2018-03-05"));
    assert_eq!(read(RawCell::Date(date(1804, 3, 5))), None);
    assert_eq!(read(RawCell::Number(f64::NAN)), None);
}

#[test]
fn a_column_of_the_united_states_is_turned_round() {
    let column = DateColumn { month_first: true, cells_exchanged: true };
    let read = |cell| read_date(&cell, &DateContext { column, ..context() }, &rules().dates);
    for (cell, expected, flagged) in [
        (RawCell::text("03/05/2018"), "2018-03-05", true),
        (RawCell::text("05/05/2018"), "2018-05-05", false),
        (RawCell::text("25/03/2018"), "2018-03-25", false),
        (RawCell::Date(date(2018, 5, 3)), "2018-03-05", true),
    ] {
        let reading = read(cell);
        assert_eq!(reading.field.value.unwrap().to_string(), expected);
        assert_eq!(reading.month_first, flagged, "{expected}");
    }
}

/// Whose date it is nobody knows there, nor therefore the century.
#[test]
fn a_date_in_a_column_of_no_known_meaning_needs_its_whole_year() {
    let read = |text| read_any_date(text, DateColumn::default(), &rules().dates).map(|date| date.to_string());
    assert_eq!(read("05/03/2018").as_deref(), Some("2018-03-05"));
    assert_eq!(read("05/03/18"), None);
    assert_eq!(read("Thôn 3"), None);
}

#[test]
fn one_date_that_may_be_typed_either_way_leaves_the_date_cells_as_they_are() {
    let cells = (1..=8).map(|day| RawCell::Date(date(2018, 10, day)));
    let late = ["25/03/2018", "31/12/2017", "14/07/2019"].map(RawCell::text);
    let mut cells: Vec<RawCell> = cells.chain(late).collect();
    assert!(DateColumn::vote(&cells, &rules().dates).cells_exchanged);
    cells.push(RawCell::text("05/03/2018"));
    assert!(!DateColumn::vote(&cells, &rules().dates).cells_exchanged);
}

#[test]
fn a_parent_s_two_digit_year_makes_an_adult() {
    let parent = DateContext { owner: DateOwner::Parent, ..context() };
    let read =
        |text| read_date(&RawCell::text(text), &parent, &rules().dates).field.value.unwrap().to_string();
    assert_eq!(read("5/3/90"), "1990-03-05");
    assert_eq!(read("5/3/05"), "2005-03-05");
    assert_eq!(read("5/3/20"), "1920-03-05");
}

#[test]
fn addresses_are_read_as_the_table_says() {
    let mut wrong = Vec::new();
    for case in cases("addresses.csv") {
        let found = read_address(&case[0], rules()).official();
        if found != case[1] {
            wrong.push(format!("{}: {found}, expected {}", &case[0], &case[1]));
        }
        let again = read_address(&found, rules()).official();
        if again != found {
            wrong.push(format!("{}: {found} becomes {again} when read again", &case[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hamlets_compare_by_their_names() {
    let key = |text: &str| hamlet_key(&read_address(text, rules()).official(), &rules().fields);
    assert_eq!(key("TDP 5"), key("tổ 5"));
    assert_eq!(key("TDP 5"), "5");
    assert_eq!(key("Thôn Đông Hà"), key("T. Đông Hà"));
    assert_eq!(key("Thôn"), "thon");
}

/// A number of a girl born in 2018 in Hà Tĩnh, however it was mistreated.
#[test]
fn personal_numbers_are_repaired_only_where_it_is_safe() {
    let girl = Bearer { birth_year: Some(2018), gender: Some(Gender::Female) };
    let nobody = Bearer::default();
    let read = |cell: RawCell, bearer| read_personal_id(&cell, bearer, &rules().personal_id, &rules().fields);
    let mut wrong = Vec::new();
    for case in cases("personal_ids.csv") {
        let bearer = if &case[1] == "girl 2018" { girl } else { nobody };
        let reading = read(RawCell::text(&case[0]), bearer);
        let found = match (reading.field.value, reading.fault) {
            (Some(id), _) => id.digits(),
            (None, fault) => format!("{fault:?}"),
        };
        let changes: Vec<_> = reading.field.changes.iter().map(|change| change.code()).collect();
        if found != case[2] || changes.join(" ") != case[3] {
            wrong.push(format!("{}: {found} {changes:?}, expected {} {}", &case[0], &case[2], &case[3]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let number = read(RawCell::Number(42_318_001_234.0), nobody);
    assert_eq!(number.field.value.map(PersonalId::digits).as_deref(), Some("042318001234"));
    assert!(read(RawCell::Number(42_318_001_234.5), nobody).field.is_unusable());
    // Nine signs, but not nine digits: no old identity card.
    for number in [423_180.25, -12_345_678.0] {
        assert_eq!(read(RawCell::Number(number), nobody).fault, Some(IdFault::Malformed), "{number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,40}", number in any::<f64>()) {
        for cell in [RawCell::text(&text), RawCell::Number(number)] {
            read_date(&cell, &context(), &rules().dates);
            read_gender(&cell, &rules().fields);
            read_phone(&cell, &rules().fields);
            read_personal_id(&cell, Bearer::default(), &rules().personal_id, &rules().fields);
        }
        read_address(&text, rules());
    }

    #[test]
    fn something_like_a_date_never_makes_it_panic(text in "[0-9/. \\-?oOlIxT:a-h]{0,14}") {
        read_date(&RawCell::text(&text), &context(), &rules().dates);
    }

    #[test]
    fn a_date_reads_its_own_writing(year in 1900i16..2200, month in 0i8..13, day in 0i8..32) {
        let known = match (month, day) {
            (0, _) => PartialDate::from_year(year),
            (_, 0) => PartialDate::from_year_month(year, month),
            _ => PartialDate::from_ymd(year, month, day),
        };
        if let Ok(known) = known {
            let official = read_date(&RawCell::text(&known.vietnamese()), &context(), &rules().dates);
            prop_assert_eq!(official.field.value, Some(known));
            prop_assert_eq!(official.field.changes, Changes::NONE);
            let iso = read_date(&RawCell::text(&known.to_string()), &context(), &rules().dates);
            prop_assert_eq!(iso.field.value, Some(known));
        }
    }

    #[test]
    fn a_number_reads_its_own_writing(province in 0usize..3, rest in 0u64..1_000_000_000) {
        let digits = format!("{}{rest:09}", ["042", "001", "296"][province]);
        let reading =
            read_personal_id(&RawCell::text(&digits), Bearer::default(), &rules().personal_id, &rules().fields);
        if province < 2 {
            prop_assert_eq!(reading.field.value.unwrap().digits(), digits);
            prop_assert_eq!(reading.field.changes, Changes::NONE);
        } else {
            prop_assert!(reading.field.is_unusable());
        }
    }

    #[test]
    fn an_address_reads_its_own_writing(
        street in "((số )?[1-9] (Nguyễn Du|Phan Đình Phùng))?",
        hamlet in "((thôn|xóm|TDP|tổ|KP|bản) ?[1-9][0-9]?|thôn Đông Hà|T[.] Nam Hà)?",
        commune in "((xã|phường|TT) (Thạch Hạ|Văn Yên|Cẩm Xuyên)|P[.][1-9])?",
        district in "((huyện|TP) (Thạch Hà|Hà Tĩnh)|Q[1-9]|TX[.] Kỳ Anh)?",
        province in "((tỉnh )?(Hà Tĩnh|Nghệ An)|TPHCM|T[.] Nghệ An)?",
    ) {
        let parts = [street, hamlet, commune, district, province];
        let written: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let once = read_address(&written.join(", "), rules()).official();
        prop_assert_eq!(&read_address(&once, rules()).official(), &once);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        prop_assert_eq!(digits(&once), digits(&written.join(", ")));
    }
}
