use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::record::NameOrder;

fn built_in() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());
    &RULES
}

fn read_child(raw: &str) -> NameReading {
    read_name(raw, ColumnCharset::default(), built_in())
}

fn full(reading: &NameReading) -> Option<&str> {
    reading.name.as_ref().map(PersonName::full)
}

#[test]
fn titles_go_unless_they_are_names() {
    let rules = built_in();
    for (raw, name) in [
        ("Ô. Nguyễn Văn An", "Nguyễn Văn An"),
        ("Ông Nguyễn Văn An", "Nguyễn Văn An"),
        ("Bà: Trần Thị Hoa", "Trần Thị Hoa"),
        ("Cháu Lê Minh", "Lê Minh"),
        ("Bé Nguyễn Thị Hoa", "Nguyễn Thị Hoa"),
        ("bé gái nguyễn thị hoa", "Nguyễn Thị Hoa"),
        ("Anh Trần Văn Nam", "Trần Văn Nam"),
        ("Nguyễn Thị Bé", "Nguyễn Thị Bé"),
        ("Anh Tuấn", "Anh Tuấn"),
        ("Bé Na", "Bé Na"),
        ("Chú Nguyễn Văn An", "Nguyễn Văn An"),
        ("Chú Quang Huy", "Chú Quang Huy"),
    ] {
        let reading = read_parent_name(raw, ColumnCharset::default(), rules);
        assert_eq!(full(&reading), Some(name), "{raw}");
        assert_eq!(reading.changes.contains(Change::TitleRemoved), name.len() < raw.len(), "{raw}");
    }
}

#[test]
fn an_abbreviated_surname_keeps_its_letter() {
    for (raw, name) in [("Ð. T. LY", "Đ. T. Ly"), ("Ð.V. Hùng", "Đ. V. Hùng"), ("N. V. Ð", "N. V. Đ")]
    {
        assert_eq!(full(&read_child(raw)), Some(name), "{raw}");
    }
}

#[test]
fn placeholders_are_no_names() {
    for raw in [
        "Chưa đặt tên",
        "CHƯA CÓ TÊN",
        "Trai",
        "gái",
        "Bé gái 2",
        "Sơ sinh",
        "không tên",
        "Bé trai",
        "con bà",
        "CB",
        "Trẻ 1",
        "Nguyễn (chưa đặt tên)",
        "Nguyễn chưa đặt tên",
    ] {
        let reading = read_child(raw);
        assert!(reading.unnamed && reading.name.is_none(), "{raw}");
    }
    assert_eq!(read_child("Bé gái").gender_hint, Some(Gender::Female));
    for raw in [
        "Con bà Nguyễn Thị Hoa",
        "CB Nguyễn Thị Hoa",
        "C/B: Nguyễn Thị Hoa",
        "con chị NGUYỄN THỊ HOA",
        "Chưa đặt tên - con bà Nguyễn Thị Hoa",
        "Chưa đặt tên (con bà Nguyễn Thị Hoa)",
    ] {
        let reading = read_child(raw);
        assert!(reading.unnamed && reading.name.is_none(), "{raw}");
        assert_eq!(reading.mother_hint.as_ref().map(PersonName::full), Some("Nguyễn Thị Hoa"), "{raw}");
    }
    for raw in ["Không rõ", "x", "-", "//", "…", "Không có", "N/A", "0", "Đã mất", ""] {
        let reading = read_child(raw);
        assert!(!reading.unnamed && reading.name.is_none(), "{raw}");
    }
    for raw in ["Trọng", "Na", "Bế Văn Đàn", "Con Thị Hoa"] {
        assert!(read_child(raw).name.is_some(), "{raw}");
    }
}

#[test]
fn what_stands_beside_a_name_is_taken_off() {
    for (raw, name, nickname, suffix) in [
        ("Nguyễn Văn An (Tèo)", "Nguyễn Văn An", Some("Tèo"), None),
        ("Nguyễn Văn An (chết)", "Nguyễn Văn An", None, None),
        ("Nguyễn Văn An(SĐT 0912345678)", "Nguyễn Văn An", None, None),
        ("Nguyễn Văn An - tên ở nhà: bi", "Nguyễn Văn An", Some("Bi"), None),
        ("Nguyễn Văn An đã mất", "Nguyễn Văn An", None, None),
        ("Nguyễn Văn An - đã chết", "Nguyễn Văn An", None, None),
        ("1. Nguyễn Văn An", "Nguyễn Văn An", None, None),
        ("- Nguyễn Văn An;", "Nguyễn Văn An", None, None),
        ("Nguyễn Văn An (2)", "Nguyễn Văn An", None, Some("2")),
        ("Nguyễn Minh Anh B", "Nguyễn Minh Anh", None, Some("B")),
        ("Nguyễn_Văn_An", "Nguyễn Văn An", None, None),
        ("\"Nguyễn Văn An\"", "Nguyễn Văn An", None, None),
    ] {
        let reading = read_child(raw);
        assert_eq!(full(&reading), Some(name), "{raw}");
        assert_eq!(reading.nickname.as_deref(), nickname, "{raw}");
        assert_eq!(reading.suffix.as_deref(), suffix, "{raw}");
    }
    let two = read_child("Nguyễn Văn An / Trần Thị Hoa");
    assert!(two.foreign_signs && full(&two) == Some("Nguyễn Văn An"));
}

#[test]
fn minority_names_keep_their_order_and_capitals() {
    for (raw, order, surname, given) in [
        ("H'Hen Niê", NameOrder::GivenFirst, "Niê", "H'Hen"),
        ("h\u{2019}hen niê", NameOrder::GivenFirst, "Niê", "H'Hen"),
        ("Y Phôn Niê", NameOrder::GivenFirst, "Niê", "Y Phôn"),
        ("Y Phon Nie", NameOrder::GivenFirst, "Nie", "Y Phon"),
        ("H'Duyen Nie Kdam", NameOrder::GivenFirst, "Nie Kdam", "H'Duyen"),
        ("Ỷ Phôn Niê", NameOrder::GivenFirst, "Niê", "Ỷ Phôn"),
        ("Y NGHIĂ BYĂ", NameOrder::GivenFirst, "Byă", "Y Nghiă"),
        ("Y Moan Niê Kdăm", NameOrder::GivenFirst, "Niê Kdăm", "Y Moan"),
        ("Giàng A Páo", NameOrder::SurnameFirst, "Giàng", "Páo"),
        ("Rơ Châm H'Yéo", NameOrder::SurnameFirst, "Rơ Châm", "H'Yéo"),
        ("Siu Blưh", NameOrder::SurnameFirst, "Siu", "Blưh"),
        ("Tôn Nữ Minh Châu", NameOrder::SurnameFirst, "Tôn Nữ", "Châu"),
        ("Công Tằng Tôn Nữ Hoa", NameOrder::SurnameFirst, "Công Tằng Tôn Nữ", "Hoa"),
        ("Nguyễn Trần Khánh Vy", NameOrder::SurnameFirst, "Nguyễn", "Vy"),
        ("K\u{2019} Brếu", NameOrder::SurnameFirst, "", "K'Brếu"),
        ("HHen Niê", NameOrder::GivenFirst, "Niê", "HHen"),
        ("K'BRẾU", NameOrder::SurnameFirst, "", "K'Brếu"),
    ] {
        let name = read_child(raw).name.unwrap();
        assert_eq!(name.order(), order, "{raw}");
        assert_eq!(name.surname().collect::<Vec<_>>().join(" "), surname, "{raw}");
        assert_eq!(name.given().collect::<Vec<_>>().join(" "), given, "{raw}");
    }
}

#[test]
fn patterns_are_marked_and_kept() {
    for (raw, name) in [
        ("Ng. Văn An", "Ng. Văn An"),
        ("Ng~ Văn An", "Ng. Văn An"),
        ("N.T. Hoa", "N. T. Hoa"),
        ("Ng.Thị Hoa", "Ng. Thị Hoa"),
        ("T Thu", "T Thu"),
        ("Ngt Hoa", "Ngt Hoa"),
    ] {
        let reading = read_child(raw);
        assert_eq!(full(&reading), Some(name), "{raw}");
        assert!(reading.name.unwrap().is_pattern(), "{raw}");
    }
    for raw in ["Giàng A Páo", "Y Phôn Niê", "Nguyễn Văn A", "Nguyễn Văn An."] {
        assert!(!read_child(raw).name.unwrap().is_pattern(), "{raw}");
    }
    assert_eq!((pattern_stem("Ng."), pattern_stem("T"), pattern_stem("An")), (Some("Ng"), Some("T"), None));
}

#[test]
fn doubts_are_pointed_out_and_nothing_is_corrected() {
    let reading = read_child("Nguyển Văn Dủng");
    assert_eq!(full(&reading), Some("Nguyển Văn Dủng"));
    assert_eq!(reading.doubtful, Some(("Nguyển".into(), "Nguyễn".into())));
    assert_eq!(read_child("Hoàng Văn Hiêp").doubtful, Some(("Hiêp".into(), "Hiệp".into())));
    assert_eq!(read_child("NGUYỄNVĂN AN").doubtful, Some(("Nguyễnvăn".into(), "Nguyễn Văn".into())));
    assert!(read_child("Nguyễn Văn @n").foreign_signs);
    assert!(read_child("Nguyen Van An").no_diacritics);
    for fine in
        ["Minh Anh", "Vừ Bá Xồng", "Nguyễn Thị Hoa", "Kpă Klơng", "Mai Anh", "H'Hen Niê", "Lee Minh Anh"]
    {
        let reading = read_child(fine);
        assert!(!reading.no_diacritics && reading.doubtful.is_none(), "{fine}");
        assert!(reading.changes.is_empty(), "{fine}");
    }
    assert_eq!(read_child("Trần Đức Lơng").letters_lost.as_deref(), Some("Trần Đức Lương"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read_without_panic(raw in "[\\PC\t\0]{0,24}|([A-ZĐ][a-zăâêôơưạảãễộ'~.1-9]{0,6}[ (\\-/]?){0,5}") {
        let rules = built_in();
        for reading in [
            read_name(&raw, ColumnCharset::default(), rules),
            read_parent_name(&raw, ColumnCharset::default(), rules),
        ] {
            if let Some(name) = &reading.name {
                prop_assert!(name.words().all(|word| !word.is_empty() && !word.contains(char::is_whitespace)));
                prop_assert!(name.full().chars().any(char::is_alphabetic));
            }
        }
    }

    #[test]
    fn a_name_that_was_read_reads_as_itself(
        words in proptest::collection::vec("(Nguyễn|TRẦN|lê|văn|Thị|Hoà|ngọc|H'Hen|K'Brếu|Niê|y|Rơ|châm|McDonald|Ng\\.|T|Nguyeenx|LINH|thuý|Ðức|Kŭm)", 1..5)
    ) {
        let rules = built_in();
        let reading = read_name(&words.join(" "), ColumnCharset::default(), rules);
        let name = reading.name.unwrap();
        let again = read_name(name.full(), ColumnCharset::default(), rules);
        prop_assert_eq!(again.name.as_ref().map(PersonName::full), Some(name.full()));
        prop_assert!(again.changes.is_empty());
        prop_assert_eq!(again.name, Some(name));
    }

    #[test]
    fn a_repaired_text_needs_no_repair(raw in "[\\PC]{0,30}|[a-zA-ZàáâãèéêìíòóôõùúýăđĩũơưÃÂÐÆØåæøñöïµ¸©ª« \u{ad}]{0,20}") {
        let rules = built_in();
        let once = repair(&raw, ColumnCharset::default(), &rules.text);
        let twice = repair(&once.text, ColumnCharset::default(), &rules.text);
        prop_assert_eq!(&twice.text, &once.text);
    }
}
