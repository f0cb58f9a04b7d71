//! What the program decides about children who are easily taken for one another, told as small
//! lists and what must become of them.

use std::{fs, path::PathBuf};

use dinhdanh::{
    check::id_contradicts,
    matching::{Constraints, Given, LinkStatus, Linkage, ReviewOther, match_lists},
    outcome::Outcome,
    pipeline::{Job, MEMORY, run},
    record::{FindingCode, PersonalId, RecordIx},
    rules::{Language, Rules},
};

const CHILDREN: &str =
    "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Số định danh cá nhân,Họ tên cha,Họ tên mẹ,Thôn/TDP";
const REGISTER: &str = "Số ĐDCN,Họ và tên,Ngày sinh,Giới tính,Họ tên cha,Họ tên mẹ,Thôn/TDP";

/// Other people of the ward, so that names have frequencies and nobody is alone in the register.
fn neighbours() -> impl Iterator<Item = String> {
    const SURNAMES: [&str; 6] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ"];
    const MIDDLE: [&str; 5] = ["Thị", "Văn", "Minh", "Ngọc", "Đức"];
    const GIVEN: [&str; 12] =
        ["Hương", "Lan", "Tuấn", "Hùng", "Mai", "Linh", "Trang", "Nam", "Sơn", "Hà", "Thảo", "Quân"];
    (0..300_usize).map(|at| {
        let (surname, middle, given) = (SURNAMES[at % 6], MIDDLE[at / 6 % 5], GIVEN[at / 5 % 12]);
        let gender = if middle == "Thị" { "Nữ" } else { "Nam" };
        let (day, month, year) = (1 + at % 28, 1 + at / 3 % 12, 2011 + at % 13);
        let digit = if gender == "Nữ" { 3 } else { 2 };
        format!(
            "042{digit}{:02}{:06},{surname} {middle} {given},{day:02}/{month:02}/{year},{gender},{surname} Văn {},Bùi Thị {},Thôn {}",
            year % 100,
            100_000 + at * 37,
            GIVEN[(at + 5) % 12],
            GIVEN[(at + 7) % 12],
            1 + at % 9
        )
    })
}

fn outcome(children: &[&str], register: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let list = |name: &str, heading: &str, rows: Vec<String>| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, format!("{heading}\n{}\n", rows.join("\n"))).unwrap();
        path
    };
    let own = register.iter().map(|row| (*row).to_owned());
    let job = Job {
        children: vec![list(
            "children.csv",
            CHILDREN,
            children.iter().map(|row| (*row).to_owned()).collect(),
        )],
        register: vec![list("register.csv", REGISTER, own.chain(neighbours()).collect())],
        decisions: Vec::new(),
        columns: None,
        as_of: jiff::civil::date(2026, 11, 1),
        language: Language::Vi,
        model: None,
        learn: false,
        previous: None,
        remember: false,
        memory: MEMORY,
    };
    run(&job, &Rules::built_in().unwrap(), &|_| {}).unwrap()
}

/// Status and number of each child, in the order of the list.
fn links(outcome: &Outcome) -> Vec<(LinkStatus, String)> {
    let number =
        |number: Option<dinhdanh::record::PersonalId>| number.map_or(String::new(), |id| id.digits());
    outcome.linkage.decisions.iter().map(|decision| (decision.link, number(decision.personal_id))).collect()
}

#[test]
fn a_child_without_a_number_gets_the_one_of_the_person_who_fits() {
    let outcome = outcome(
        &["A1,nguyễn thị  bảo châu,05/03/2018,Nữ,,Nguyễn Văn Thắng,Đặng Thị Yến,Thôn 3"],
        &["042318700001,NGUYỄN THỊ BẢO CHÂU,05/03/2018,Nữ,NGUYỄN VĂN THẮNG,ĐẶNG THỊ YẾN,Thôn 3"],
    );
    assert_eq!(links(&outcome), [(LinkStatus::Attached, "042318700001".to_owned())]);
}

#[test]
fn a_number_that_the_register_confirms_is_kept_and_an_unknown_one_is_unverified() {
    let outcome = outcome(
        &[
            "A1,Nguyễn Thị Bảo Châu,05/03/2018,Nữ,042318700001,Nguyễn Văn Thắng,Đặng Thị Yến,Thôn 3",
            "A2,Cao Bá Quát,17/09/2015,Nam,042215700009,Cao Văn Lộc,Mai Thị Nở,Thôn 5",
        ],
        &["042318700001,NGUYỄN THỊ BẢO CHÂU,05/03/2018,Nữ,NGUYỄN VĂN THẮNG,ĐẶNG THỊ YẾN,Thôn 3"],
    );
    let expected =
        [(LinkStatus::Kept, "042318700001".to_owned()), (LinkStatus::Unverified, "042215700009".to_owned())];
    assert_eq!(links(&outcome), expected);
}

#[test]
fn a_number_the_list_has_is_never_replaced_but_put_to_a_person() {
    let outcome = outcome(
        &["A1,Nguyễn Thị Bảo Châu,05/03/2018,Nữ,042318700077,Nguyễn Văn Thắng,Đặng Thị Yến,Thôn 3"],
        &["042318700001,NGUYỄN THỊ BẢO CHÂU,05/03/2018,Nữ,NGUYỄN VĂN THẮNG,ĐẶNG THỊ YẾN,Thôn 3"],
    );
    assert_eq!(links(&outcome), [(LinkStatus::Conflict, String::new())]);
    assert!(outcome.linkage.review.iter().any(|item| matches!(item.other, ReviewOther::Person(_))));
    let findings = &outcome.children.records[0].findings;
    assert!(findings.iter().any(|finding| finding.code == FindingCode::LinkConflict));
}

#[test]
fn twins_with_near_names_each_get_their_own_number() {
    let outcome = outcome(
        &[
            "A1,Trần Bảo An,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2",
            "A2,Trần Bảo Ân,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2",
        ],
        &[
            "042219700011,TRẦN BẢO ÂN,10/10/2019,Nam,TRẦN VĂN LỢI,HỒ THỊ SEN,Thôn 2",
            "042219700012,TRẦN BẢO AN,10/10/2019,Nam,TRẦN VĂN LỢI,HỒ THỊ SEN,Thôn 2",
        ],
    );
    let expected = [
        (LinkStatus::Attached, "042219700012".to_owned()),
        (LinkStatus::Attached, "042219700011".to_owned()),
    ];
    assert_eq!(links(&outcome), expected);
}

#[test]
fn a_twin_whom_the_register_does_not_hold_does_not_get_the_other_ones_number() {
    let outcome = outcome(
        &["A2,Trần Bảo Ân,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2"],
        &["042219700012,TRẦN BẢO AN,10/10/2019,Nam,TRẦN VĂN LỢI,HỒ THỊ SEN,Thôn 2"],
    );
    assert_eq!(links(&outcome), [(LinkStatus::Review, String::new())]);
}

#[test]
fn namesakes_born_the_same_day_are_put_to_a_person() {
    let outcome = outcome(
        &["A1,Lê Minh Khôi,01/06/2016,Nam,,,,Thôn 4"],
        &[
            "042216700021,LÊ MINH KHÔI,01/06/2016,Nam,LÊ VĂN ĐẠT,TỪ THỊ NGA,Thôn 4",
            "042216700022,LÊ MINH KHÔI,01/06/2016,Nam,LÊ BÁ TÒNG,VI THỊ THU,Thôn 4",
        ],
    );
    assert_eq!(links(&outcome), [(LinkStatus::Review, String::new())]);
    assert_eq!(outcome.linkage.review.len(), 2, "both candidates are shown");
}

#[test]
fn two_records_of_one_child_are_merged_and_share_the_number() {
    let outcome = outcome(
        &[
            "A1,Phạm Gia Hân,12/04/2020,Nữ,,Phạm Văn Cường,Lưu Thị Tuyết,Thôn 7",
            "A2,Pham Gia Han,12/4/20,Nữ,042320700031,Phạm Văn Cường,Lưu Thị Tuyết,Thôn 7",
        ],
        &["042320700031,PHẠM GIA HÂN,12/04/2020,Nữ,PHẠM VĂN CƯỜNG,LƯU THỊ TUYẾT,Thôn 7"],
    );
    let decisions = &outcome.linkage.decisions;
    assert_eq!(decisions[0].cluster, decisions[1].cluster);
    let expected =
        [(LinkStatus::Attached, "042320700031".to_owned()), (LinkStatus::Kept, "042320700031".to_owned())];
    assert_eq!(links(&outcome), expected);
}

#[test]
fn one_number_on_two_children_is_sent_for_neither() {
    let outcome = outcome(
        &[
            "A1,Cao Bá Quát,17/09/2015,Nam,042215700009,Cao Văn Lộc,Mai Thị Nở,Thôn 5",
            "A2,Đỗ Nhật Vượng,02/02/2015,Nam,042215700009,Đỗ Văn Bền,Ninh Thị Thơ,Thôn 1",
        ],
        &[],
    );
    assert!(
        links(&outcome).iter().all(|(status, number)| *status == LinkStatus::Conflict && number.is_empty())
    );
}

#[test]
fn a_name_used_at_home_is_no_evidence_against_the_child() {
    let outcome = outcome(
        &["A1,Vũ Tèo,21/12/2017,Nam,,Vũ Đình Phong,Kiều Thị Xuân,Thôn 6"],
        &["042217700051,VŨ ĐÌNH PHÚC,21/12/2017,Nam,VŨ ĐÌNH PHONG,KIỀU THỊ XUÂN,Thôn 6"],
    );
    let shown = outcome.linkage.review.iter().any(|item| matches!(item.other, ReviewOther::Person(_)));
    assert!(shown || outcome.linkage.decisions[0].link == LinkStatus::Attached);
}

#[test]
fn two_records_that_name_one_twin_are_not_one_child_while_nobody_names_the_other() {
    let register = [
        "042319700011,NGUYỄN TƯỜNG VI,23/03/2019,Nữ,NGUYỄN VĂN LỢI,ĐINH THỊ DƯƠNG,Thôn 2",
        "042319700012,NGUYỄN TƯỜNG VY,23/03/2019,Nữ,NGUYỄN VĂN LỢI,ĐINH THỊ DƯƠNG,Thôn 2",
    ];
    let vi = "Nguyễn Tường Vi,23/03/2019,Nữ,,Nguyễn Văn Lợi,Đinh Thị Dương,Thôn 2";
    let both = outcome(&[&format!("A1,{vi}"), &format!("A2,{vi}")], &register);
    let clusters: Vec<u32> = both.linkage.decisions.iter().map(|decision| decision.cluster.0).collect();
    assert_eq!(clusters, [0, 1], "one of them is likely Vy, misspelt");
    assert!(links(&both).iter().all(|(_, number)| number.is_empty()));
    // Where the other twin has her own record, two of the first are one child entered twice.
    let third = "A3,Nguyễn Tường Vy,23/03/2019,Nữ,042319700012,Nguyễn Văn Lợi,Đinh Thị Dương,Thôn 2";
    let three = outcome(&[&format!("A1,{vi}"), &format!("A2,{vi}"), third], &register);
    let asked = three.linkage.review.iter().any(|item| item.other == ReviewOther::Record(RecordIx(1)));
    assert!(asked || three.linkage.decisions[1].cluster == RecordIx(0));
    assert_eq!(three.linkage.decisions[2].cluster, RecordIx(2));
}

#[test]
fn a_grown_up_namesake_is_no_child_even_where_the_birth_date_is_missing() {
    let children = ["A1,Nguyễn Văn Huy Hoàng,,Nam,,Nguyễn Anh Luân,Tạ Mỹ Trà,Thôn 3"];
    let grown_up = "042201700001,NGUYỄN VĂN HUY HOÀNG,08/03/2001,Nam,NGUYỄN ANH LUÂN,TẠ MỸ TRÀ,Thôn 3";
    let born_later = grown_up.replace("2001", "2016").replace("042201", "042216");
    // Beside other children, so that the list says how old its children are.
    let others: Vec<String> =
        (0..40).map(|at| format!("B{at},Lê Thị Lan {at},0{}/05/2015,Nữ,,,,Thôn 1", at % 9 + 1)).collect();
    let children: Vec<&str> = children.into_iter().chain(others.iter().map(String::as_str)).collect();
    assert_eq!(links(&outcome(&children, &[grown_up]))[0].0, LinkStatus::None);
    assert_ne!(links(&outcome(&children, &[&born_later]))[0].0, LinkStatus::None);
}

#[test]
fn a_name_typed_without_diacritics_does_not_tie_twins_together() {
    let family = "28/01/2022,Nữ,,Bùi Anh Thùy,Nguyễn Thị Trân,Thôn 4";
    let children = [
        format!("A1,Bùi Thanh Hương,{family}"),
        format!("A2,Bùi Thanh Hường,{family}"),
        format!("A3,Bui Thanh Huong,{family}"),
    ];
    let children: Vec<&str> = children.iter().map(String::as_str).collect();
    let twins = outcome(&children, &[]);
    let cluster = |at: usize| twins.linkage.decisions[at].cluster;
    assert_ne!(cluster(0), cluster(1));
}

#[test]
fn a_child_who_fits_somebody_of_a_doubtful_number_is_not_given_the_next_best_number() {
    let children = ["A1,Nguyễn Thị Bảo Châu,05/03/2018,Nữ,,Nguyễn Văn Thắng,Đặng Thị Yến,Thôn 3"];
    // The list's spelling is the second person's; the first is near enough when nobody else is there.
    let near = "042318700001,NGUYỄN THỊ BẢO CHÂU,05/03/2018,Nữ,NGUYỄN VĂN THẮNG,,Thôn 9";
    let alone = outcome(&children, &[near]);
    assert_eq!(links(&alone), [(LinkStatus::Attached, "042318700001".to_owned())]);
    let beside = outcome(
        &children,
        &[
            near,
            "042318700055,NGUYỄN THỊ BẢO CHÂU,05/03/2018,Nữ,NGUYỄN VĂN THẮNG,ĐẶNG THỊ YẾN,Thôn 3",
            "042318700055,PHẠM GIA HÂN,19/07/2018,Nữ,PHẠM VĂN TÂM,LÊ THỊ HOA,Thôn 7",
        ],
    );
    assert_ne!(links(&beside)[0].0, LinkStatus::Attached, "another person has that name and those parents");
}

#[test]
fn a_parents_number_in_the_childs_column_gives_way_to_the_childs_own_in_the_open() {
    let children = ["A1,Nguyễn Thị Bảo Châu,05/03/2018,Nữ,042190012345,Nguyễn Văn Thắng,Đặng Thị Yến,Thôn 3"];
    let known = "042318700001,NGUYỄN THỊ BẢO CHÂU,05/03/2018,Nữ,NGUYỄN VĂN THẮNG,ĐẶNG THỊ YẾN,Thôn 3";
    let mother = "042190012345,ĐẶNG THỊ YẾN,02/02/1990,Nữ,ĐẶNG VĂN TỴ,LÊ THỊ MÃO,Thôn 3";
    // Year and century of the number contradict the child's own birth date, which the register
    // confirms: the number is malformed as this child's.
    let found = outcome(&children, &[known, mother]);
    assert_eq!(links(&found), [(LinkStatus::Attached, "042318700001".to_owned())]);
    let findings = &found.children.records[0].findings;
    for code in [FindingCode::IdYearMismatch, FindingCode::IdAdult, FindingCode::LinkAttached] {
        assert!(findings.iter().any(|finding| finding.code == code), "never in silence: {code:?}");
    }
    // Nobody confirms the birth date: a person must look.
    let unknown = outcome(&children, &[mother]);
    assert_eq!(links(&unknown), [(LinkStatus::Conflict, String::new())]);
}

/// Decides again, with what people said.
fn decide(outcome: &Outcome, constraints: &Constraints) -> Linkage {
    let given = Given {
        as_of: outcome.as_of,
        constraints,
        model: None,
        learn: false,
        contradicted: &id_contradicts,
        known: None,
        remember: false,
        memory: MEMORY,
    };
    let rules = Rules::built_in().unwrap();
    match_lists(&outcome.children, outcome.register.as_ref(), given, &rules).0
}

const TWINS: [&str; 2] = [
    "A1,Trần Bảo An,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2",
    "A2,Trần Gia Khánh,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2",
];

#[test]
fn what_a_person_said_of_two_records_holds_against_any_weight() {
    let (first, second) = (RecordIx(0), RecordIx(1));
    let twins = outcome(&TWINS, &[]);
    assert_ne!(twins.linkage.decisions[0].cluster, twins.linkage.decisions[1].cluster);
    let joined = decide(&twins, &Constraints { same: vec![(second, first)], ..Constraints::default() });
    assert_eq!(joined.decisions[1].cluster, first);

    let twice = outcome(&[TWINS[0], "A3,TRẦN BẢO AN,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2"], &[]);
    assert_eq!(twice.linkage.decisions[1].cluster, first);
    let parted = decide(&twice, &Constraints { apart: vec![(first, second)], ..Constraints::default() });
    assert_eq!(parted.decisions[1].cluster, second);
    let asked = |item: &dinhdanh::matching::ReviewItem| item.other == ReviewOther::Record(second);
    assert!(!parted.review.iter().any(asked), "what was answered is not asked again");
}

#[test]
fn what_a_person_said_of_a_child_and_a_number_holds() {
    let register = [
        "042219700011,TRẦN BẢO AN,10/10/2019,Nam,TRẦN VĂN LỢI,HỒ THỊ SEN,Thôn 2",
        "042219700012,TRẦN GIA KHÁNH,10/10/2019,Nam,TRẦN VĂN LỢI,HỒ THỊ SEN,Thôn 2",
    ];
    let twins = outcome(&TWINS, &register);
    let number = |linkage: &Linkage, at: usize| {
        (linkage.decisions[at].link, linkage.decisions[at].personal_id.map(PersonalId::digits))
    };
    assert_eq!(number(&twins.linkage, 0), (LinkStatus::Attached, Some("042219700011".to_owned())));

    let not = Constraints { not_person: vec![(RecordIx(0), RecordIx(0))], ..Constraints::default() };
    assert_eq!(number(&decide(&twins, &not), 0).1, None);

    let renamed = outcome(&["A1,Trần Minh Quân,10/10/2019,Nam,,Trần Văn Lợi,Hồ Thị Sen,Thôn 2"], &register);
    assert_eq!(number(&renamed.linkage, 0).1, None);
    let is = Constraints { is_person: vec![(RecordIx(0), RecordIx(1))], ..Constraints::default() };
    assert_eq!(number(&decide(&renamed, &is), 0), (LinkStatus::Attached, Some("042219700012".to_owned())));

    let given = PersonalId::parse("042219700099").unwrap();
    let by_police = Constraints { numbers: vec![(RecordIx(0), given)], ..Constraints::default() };
    let decided = decide(&renamed, &by_police);
    assert_eq!(number(&decided, 0), (LinkStatus::Attached, Some("042219700099".to_owned())));
}
