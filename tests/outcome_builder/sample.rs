//! A run of about thirty records with one of everything an output must show.

use dinhdanh::{
    matching::{ClusterRole, LinkStatus, ReviewOther, ReviewReason},
    outcome::Outcome,
    record::{
        Change, Changes, Field, FieldKind, FindingCode, Gender, PartialDate, PersonalId, Record, RecordIx,
        Shared,
    },
};

use crate::outcome_builder::{Builder, birth, child, finding, id, name_field, same_name, text};

impl Builder {
    pub fn person(&mut self, at: usize) -> &mut Record {
        &mut self.persons[at]
    }

    /// Makes a record a duplicate of an earlier one.
    pub fn merge(&mut self, primary: usize, duplicate: usize) {
        self.decisions[duplicate] = self.decisions[primary].clone();
        self.decisions[primary].role = ClusterRole::Primary;
        self.decisions[duplicate].role = ClusterRole::Duplicate;
    }
}

/// About thirty records with one of everything.
pub fn sample() -> Outcome {
    use Gender::{Female, Male};
    let mut run = Builder::new();

    // Found in the register; the list has capitals and an unmarked name.
    let mut record = child(run.row(), "Nguyen Thi Hoa", (2018, 3, 5), Female, "Tổ dân phố 10");
    record.name = name_field("NGUYEN  THI HOA", "Nguyen Thi Hoa", &[Change::Case, Change::Blanks]);
    finding(&mut record, FindingCode::NameNoDiacritics, FieldKind::FullName);
    finding(&mut record, FindingCode::IdMissing, FieldKind::PersonalId);
    let at = run.add(record, LinkStatus::None);
    let person = run.link(at, LinkStatus::Attached, "042318001234");
    run.person(person).name = same_name("Nguyễn Thị Hòa");

    // Found; the register spells another given name and knows the whole date.
    let mut record = child(run.row(), "Trần Văn Hương", (2016, 1, 1), Male, "Tổ dân phố 2");
    finding(&mut record, FindingCode::BirthDefaultDay, FieldKind::BirthDate);
    record.ethnicity = Shared::default();
    finding(&mut record, FindingCode::EthnicityMissing, FieldKind::Ethnicity);
    let at = run.add(record, LinkStatus::None);
    let person = run.link(at, LinkStatus::Attached, "042216000777");
    run.person(person).name = same_name("Trần Văn Hường");
    run.person(person).birth = birth(2016, 7, 19);
    run.person(person).ethnicity = text("Mường").into();

    // Its own number is confirmed; the leading zero was lost in the list.
    let mut record = child(run.row(), "Lê Gia Bảo", (2019, 12, 31), Male, "Tổ dân phố 2");
    record.personal_id = Field::usable(
        "42219004321",
        PersonalId::parse("042219004321").unwrap(),
        [Change::LeadingZero].into_iter().collect(),
    );
    finding(&mut record, FindingCode::IdLeadingZero, FieldKind::PersonalId);
    let at = run.add(record, LinkStatus::None);
    run.link(at, LinkStatus::Kept, "042219004321");

    // Two records of one child; the second knows more.
    let mut record = child(run.row(), "Phan Thanh Trúc", (2020, 6, 9), Female, "Thôn 1");
    record.birth = Field::usable("2020", PartialDate::from_year(2020).unwrap(), Changes::NONE);
    record.address = Field::default();
    record.phone = Field::unusable("không có");
    finding(&mut record, FindingCode::BirthIncomplete, FieldKind::BirthDate);
    finding(&mut record, FindingCode::PhoneMalformed, FieldKind::Phone);
    let primary = run.add(record, LinkStatus::None);
    let mut record = child(run.row(), "Phan Thanh Trúc", (2020, 6, 9), Female, "Thôn 1");
    finding(&mut record, FindingCode::DuplicateMerged, FieldKind::FullName);
    let duplicate = run.add(record, LinkStatus::None);
    run.merge(primary, duplicate);

    // A well-formed number that the register does not have.
    let mut record = child(run.row(), "H'Hen Niê", (2015, 5, 20), Female, "Buôn Ky");
    record.ethnicity = text("Ê Đê").into();
    record.personal_id = id("066315000001");
    let at = run.add(record, LinkStatus::Unverified);
    run.decisions[at].personal_id = PersonalId::parse("066315000001").ok();

    // The same, but it is a boy's number.
    let mut record = child(run.row(), "Vi Thị Páo", (2015, 5, 21), Female, "Buôn Ky");
    record.personal_id = id("042215000002");
    finding(&mut record, FindingCode::IdGenderMismatch, FieldKind::PersonalId);
    let at = run.add(record, LinkStatus::Unverified);
    run.decisions[at].personal_id = PersonalId::parse("042215000002").ok();

    // A number the register contradicts.
    let mut record = child(run.row(), "Đặng Hữu Phước", (2017, 8, 2), Male, "Tổ dân phố 2");
    record.personal_id = id("042217000003");
    finding(&mut record, FindingCode::LinkConflict, FieldKind::PersonalId);
    let conflict = run.add(record, LinkStatus::Conflict);
    let row = u32::try_from(run.persons.len()).unwrap() + 2;
    let holder = child(row, "Đặng Hữu Phúc", (2017, 8, 12), Male, "Tổ dân phố 2");
    run.persons.push(Record { personal_id: id("042217000003"), ..holder });
    let holder = RecordIx(u32::try_from(run.persons.len() - 1).unwrap());
    run.review(conflict, ReviewOther::Person(holder), ReviewReason::NumberConflict);

    // A malformed number.
    let mut record = child(run.row(), "Hồ Văn Lực", (2014, 2, 3), Male, "Thôn 1");
    record.personal_id = Field::unusable("4.2216E+10");
    finding(&mut record, FindingCode::IdDigitsLost, FieldKind::PersonalId);
    run.add(record, LinkStatus::None);

    // Twins with near-equal names.
    let first = child(run.row(), "Bùi Minh Anh", (2021, 9, 9), Female, "Tổ dân phố 10");
    let first = run.add(first, LinkStatus::None);
    let second = child(run.row(), "Bùi Minh Ánh", (2021, 9, 9), Female, "Tổ dân phố 10");
    let second = run.add(second, LinkStatus::None);
    let second_ix = RecordIx(u32::try_from(second).unwrap());
    run.review(first, ReviewOther::Record(second_ix), ReviewReason::TwinsOrSiblings);

    // What a hostile or careless hand may have typed.
    for nasty in ["=cmd|' /C calc'!A0", "@SUM(A1:A9)", "+84 912", "-Minh", "<b>A</b> & \"B\""] {
        let mut record = child(run.row(), nasty, (2018, 4, 4), Male, "Xóm [1/2]: *Đông*");
        record.extras = [(1, "=1+1".into()), (2, "-5".into()), (3, "nguyên văn".into())].into();
        record.note = text(nasty).into();
        finding(&mut record, FindingCode::NameForeignSigns, FieldKind::FullName);
        run.add(record, LinkStatus::None);
    }
    // No name, no hamlet.
    let mut record = child(run.row(), "X", (2026, 11, 1), Female, "");
    record.name = Field::unusable("Con bà Cúc");
    record.unnamed = true;
    record.father.name = Field::default();
    finding(&mut record, FindingCode::NameUnnamed, FieldKind::FullName);
    finding(&mut record, FindingCode::HamletMissing, FieldKind::Hamlet);
    run.add(record, LinkStatus::None);

    // Ordinary children, so that sorting shows: given names An Ân Ẩn Ấn Dung Dũng Đức.
    for (at, given) in ["Đức", "Dũng", "Dung", "Ấn", "Ẩn", "Ân", "An", "Bình", "Châu", "Yến", "Ý", "Xuân"]
        .into_iter()
        .enumerate()
    {
        let hamlet = if at < 7 { "Tổ dân phố 10" } else { ["Tổ dân phố 9", "Thôn 1"][at % 2] };
        let mut record = child(run.row(), &format!("Võ Hoàng {given}"), (2018, 1, 2), Male, hamlet);
        finding(&mut record, FindingCode::IdMissing, FieldKind::PersonalId);
        finding(&mut record, FindingCode::BirthIncomplete, FieldKind::BirthDate);
        run.add(record, LinkStatus::None);
    }
    run.finish()
}
