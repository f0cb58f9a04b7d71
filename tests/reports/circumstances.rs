//! What lists say of circumstances in their own ways, and what they leave open.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx, open_workbook};

use crate::program::Office;

/// Column 1 of the form by the number and label of the row, whole figures.
fn form(office: &Office, lists: &[&str]) -> BTreeMap<String, Data> {
    let arguments =
        [&["check"][..], lists, &["--out", "result", "--as-of", "2026-11-01", "--quiet", "--force"]].concat();
    assert_eq!(office.run(&arguments).code, Some(0));
    let report = ["report", "result", "--form", "mau03", "--year", "2026", "--internal", "--quiet"];
    assert_eq!(office.run(&report).code, Some(0));
    let mut book: Xlsx<_> = open_workbook(office.path("result/statistics/mau03-2026.xlsx")).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let ids = include_str!("../../rules/forms/mau03_rows.csv").lines().filter(|line| !line.starts_with('#'));
    let ids = ids.skip(1).map(|line| line.split(',').next().unwrap().to_owned());
    let first = range.rows().position(|row| row[0] == *"A").unwrap() + 1;
    ids.zip(range.rows().skip(first).map(|row| row[2].clone())).collect()
}

/// A list of twenty children; `cells` gives the cells after the usual ones.
fn list(headings: &str, cells: impl Fn(usize) -> &'static str) -> String {
    let rows: String = (0..20)
        .map(|at| {
            let name = ["Sao", "Núi", "Suối", "Gió"][at % 4];
            let given = ["An", "Bình", "Chi", "Dung", "Giang"][at / 4];
            format!(
                "K{at:03},Lò Thị {name} {given},{:02}/05/2018,Nữ,Thái,Thôn {},{}\n",
                at + 1,
                at % 3 + 1,
                cells(at)
            )
        })
        .collect();
    format!("Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Thôn,{headings}\n{rows}")
}

fn count(number: u32) -> Data {
    Data::Float(f64::from(number))
}

#[test]
fn a_column_that_bears_the_name_of_a_group_is_marked() {
    let office = Office::new();
    let list = list("Khuyết tật,Hộ nghèo", |at| match at {
        0 => "x,",
        1 => "Nặng,x",
        2 => "Không,",
        3 => "vận động,x",
        _ => ",",
    });
    office.file("list.csv", list);
    let form = form(&office, &["list.csv"]);
    assert_eq!(form["II.4"], count(3));
    // Of two children the degree is not known: more than one in twenty.
    assert_eq!(form["II.4.2"], Data::Empty);
    assert_eq!(form["III.1.a"], count(2));
    // Nobody was asked about other groups.
    assert_eq!((&form["II"], &form["II.5"], &form["III.1"]), (&Data::Empty, &Data::Empty, &Data::Empty));
}

#[test]
fn an_empty_column_says_nothing_and_a_filled_one_says_no() {
    let office = Office::new();
    office.file("empty.csv", list("Hoàn cảnh đặc biệt", |_| ""));
    assert_eq!(form(&office, &["empty.csv"])["II"], Data::Empty);
    office.file("filled.csv", list("Hoàn cảnh đặc biệt", |at| if at == 7 { "Bị bỏ rơi" } else { "" }));
    let form = form(&office, &["filled.csv"]);
    assert_eq!((&form["II"], &form["II.2"], &form["II.5"]), (&count(1), &count(1), &count(0)));
    // Which part of the group is not known, and that it is no other child's.
    assert_eq!((&form["II.2.1"], &form["II.3.1"]), (&Data::Empty, &count(0)));
    office.file("none.csv", list("Hoàn cảnh đặc biệt", |_| "Không"));
    assert_eq!(self::form(&office, &["none.csv"])["II"], count(0));
}

#[test]
fn a_list_that_asks_answers_for_its_own_children_only() {
    let office = Office::new();
    office.file("asked.csv", list("Hoàn cảnh đặc biệt", |at| if at == 7 { "Bị bỏ rơi" } else { "" }));
    let other = list("Ghi chú", |_| "").replace("K0", "L0").replace("2018", "2016");
    office.file("other.csv", other.replace("Lò Thị", "Vì Văn"));
    let form = form(&office, &["asked.csv", "other.csv"]);
    assert_eq!((&form["I.1"], &form["II"]), (&count(40), &Data::Empty));
}

#[test]
fn help_and_risk_stand_in_the_words_of_clerks() {
    let office = Office::new();
    let list = list("Hoàn cảnh,Chính sách đang hưởng,Thẻ BHYT", |at| match at {
        0 => "\"Mồ côi cha, hộ cận nghèo\",,chưa có",
        1 => "04.01,\"Trợ cấp xã hội hằng tháng, thẻ BHYT\",HS4010",
        2 => "bố mẹ đi làm ăn xa,,x",
        3 => "Bình thường,,",
        4 => "bỏ học,Không,TE1",
        _ => ",,HS4",
    });
    office.file("list.csv", list);
    let form = form(&office, &["list.csv"]);
    for (row, expected) in [
        ("II", count(1)),
        ("II.4.1", count(1)),
        ("III.1", count(1)),
        ("III.1.a", count(0)),
        ("III.6", count(1)),
        ("III.7", count(1)),
        // Of fifteen children nobody wrote whether they go to school.
        ("III.2", Data::Empty),
        ("III", Data::Empty),
    ] {
        assert_eq!(form[row], expected, "{row}");
    }
}
