//! Finished runs made by hand, for the tests and benches of the writers. All people are invented.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use dinhdanh::{
    matching::{
        ClusterRole, Decision, Estimates, Evidence, LinkStatus, Linkage, MatchWeight, ReviewItem,
        ReviewOther, ReviewReason,
    },
    outcome::{InputFile, List, ListKind, Outcome},
    record::{
        Change, Changes, Column, ColumnUse, Era, Field, FieldKind, Finding, FindingCode, Gender, LayoutKind,
        LayoutRow, NameOrder, Origin, PartialDate, PersonName, PersonalId, Place, PlaceCode, Record,
        RecordIx, Reject, RejectReason, SourceIx, SourceSheet, Sources, Table,
    },
    rules::{Language, Rules},
};
use jiff::civil::Date;

/// Rows above the first record: four lines of title, three of header.
const FIRST_ROW: u32 = 8;

pub fn name(text: &str) -> PersonName {
    PersonName::new(text.split_whitespace(), 1, 1, NameOrder::SurnameFirst, false).unwrap()
}

/// A name field as normalising leaves it: the raw text, and what it became.
pub fn name_field(raw: &str, clean: &str, changes: &[Change]) -> Field<PersonName> {
    Field::usable(raw, name(clean), changes.iter().copied().collect())
}

pub fn same_name(text: &str) -> Field<PersonName> {
    name_field(text, text, &[])
}

pub fn text(text: &str) -> Field<String> {
    if text.is_empty() { Field::default() } else { Field::usable(text, text.to_owned(), Changes::NONE) }
}

pub fn birth(year: i16, month: i8, day: i8) -> Field<PartialDate> {
    let date = PartialDate::from_ymd(year, month, day).unwrap();
    Field::usable(date.vietnamese(), date, Changes::NONE)
}

pub fn id(digits: &str) -> Field<PersonalId> {
    Field::usable(digits, PersonalId::parse(digits).unwrap(), Changes::NONE)
}

/// A complete record of the list, in its row.
pub fn child(row: u32, full: &str, born: (i16, i8, i8), gender: Gender, hamlet: &str) -> Record {
    let mut record = Record::at(Origin { source: SourceIx(0), row });
    record.record_id = format!("TE{row:06}");
    record.child_code = text(&record.record_id);
    record.household_code = text(&format!("HO{:05}", row / 2));
    record.name = same_name(full);
    record.birth = birth(born.0, born.1, born.2);
    record.gender = Field::usable(gender.vietnamese(), gender, Changes::NONE);
    record.ethnicity = text("Kinh");
    record.father.name = same_name("Nguyễn Văn Bình");
    record.mother.name = same_name("Trần Thị Cúc");
    record.hamlet = text(hamlet);
    record.address = text("Ngõ 12, đường Hà Huy Tập");
    let commune = Some(PlaceCode { era: Era::Until2025, code: 18097 });
    let place = Place {
        commune,
        district: Some(PlaceCode { era: Era::Until2025, code: 436 }),
        province: Some(PlaceCode { era: Era::Until2025, code: 42 }),
        commune_2025: Some(18073),
    };
    record.place = Field::usable("Văn Yên", place, Changes::NONE);
    record.phone = text("0912345678");
    record
}

pub fn finding(record: &mut Record, code: FindingCode, field: FieldKind) {
    record.add_finding(Finding::new(code, field));
}

fn single(cluster: usize, link: LinkStatus) -> Decision {
    Decision {
        cluster: RecordIx(u32::try_from(cluster).unwrap()),
        role: ClusterRole::Single,
        link,
        personal_id: None,
        person: None,
        link_weight: None,
        link_margin: None,
    }
}

fn column(position: usize, heading: &str, usage: ColumnUse) -> Column {
    Column { position, heading: heading.to_owned(), usage }
}

fn evidence(parts: &[(&str, &str, f64)]) -> Vec<Evidence> {
    parts
        .iter()
        .map(|(comparison, level, weight)| Evidence {
            comparison: Arc::from(*comparison),
            level: Arc::from(*level),
            weight: MatchWeight(*weight),
        })
        .collect()
}

/// A finished run being put together; records keep the order in which they are added.
pub struct Builder {
    records: Vec<Record>,
    decisions: Vec<Decision>,
    persons: Vec<Record>,
    review: Vec<ReviewItem>,
}

impl Builder {
    pub fn new() -> Self {
        Self { records: Vec::new(), decisions: Vec::new(), persons: Vec::new(), review: Vec::new() }
    }

    /// The row the next record stands in.
    pub fn row(&self) -> u32 {
        FIRST_ROW + u32::try_from(self.records.len()).unwrap()
    }

    /// Adds a child of one record without a number.
    pub fn add(&mut self, record: Record, link: LinkStatus) -> usize {
        self.records.push(record);
        self.decisions.push(single(self.records.len() - 1, link));
        self.records.len() - 1
    }

    /// Adds the register person of the same values and links the child to it.
    pub fn link(&mut self, child: usize, link: LinkStatus, digits: &str) -> usize {
        let mut person = self.records[child].clone();
        person.origin = Origin { source: SourceIx(0), row: u32::try_from(self.persons.len()).unwrap() + 2 };
        person.record_id = format!("dan-cu.csv#!{}", person.origin.row);
        person.personal_id = id(digits);
        person.findings.clear();
        self.persons.push(person);
        let at = self.persons.len() - 1;
        let decision = &mut self.decisions[child];
        decision.link = link;
        decision.personal_id = Some(PersonalId::parse(digits).unwrap());
        decision.person = Some(RecordIx(u32::try_from(at).unwrap()));
        decision.link_weight = Some(MatchWeight(31.2));
        decision.link_margin = Some(MatchWeight(18.75));
        at
    }

    pub fn person(&mut self, at: usize) -> &mut Record {
        &mut self.persons[at]
    }

    /// Makes a record a duplicate of an earlier one.
    pub fn merge(&mut self, primary: usize, duplicate: usize) {
        self.decisions[duplicate] = self.decisions[primary].clone();
        self.decisions[primary].role = ClusterRole::Primary;
        self.decisions[duplicate].role = ClusterRole::Duplicate;
    }

    pub fn review(&mut self, record: usize, other: ReviewOther, reason: ReviewReason) {
        self.review.push(ReviewItem {
            record: RecordIx(u32::try_from(record).unwrap()),
            other,
            weight: MatchWeight(6.125),
            probability: 0.731_25,
            reason,
            evidence: evidence(&[
                ("given_name", "tone", 2.4),
                ("birth_date", "equal", 8.9),
                ("mother_name", "equal", 6.0),
                ("gender", "different", -5.2),
            ]),
        });
    }

    pub fn finish(self) -> Outcome {
        let mut sources = Sources::default();
        sources.push(SourceSheet { file: "danh-sach-tre-em.xlsx".into(), sheet: "DS trẻ".into() });
        let mut register_sources = Sources::default();
        register_sources.push(SourceSheet { file: "dan-cu.csv".into(), sheet: String::new() });
        let last = FIRST_ROW + u32::try_from(self.records.len()).unwrap();
        let layout = (1..5)
            .map(|row| LayoutRow { row, kind: LayoutKind::Title })
            .chain((5..FIRST_ROW).map(|row| LayoutRow { row, kind: LayoutKind::Header }))
            .chain([LayoutRow { row: last + 1, kind: LayoutKind::Footer }])
            .collect();
        let reject = Reject {
            source: SourceIx(0),
            row: last,
            text: "=HYPERLINK(\"http://x\") | ghi chú lạc".into(),
            reason: RejectReason::NotARecord,
        };
        let table = Table {
            source: SourceIx(0),
            columns: vec![
                column(0, "Họ và tên", ColumnUse::Field(FieldKind::FullName)),
                column(1, "Hộ nghèo", ColumnUse::Extra),
                column(2, "Hộ nghèo", ColumnUse::Extra),
                column(3, "full_name", ColumnUse::Extra),
            ],
            rows: Vec::new(),
            layout,
            rejects: vec![reject.clone()],
            title: Vec::new(),
        };
        let input = |path: &str, list| InputFile {
            path: PathBuf::from(path),
            bytes: 12_345,
            sha256: "ab".repeat(32),
            list,
        };
        Outcome {
            inputs: vec![
                input("danh-sach-tre-em.xlsx", ListKind::Children),
                input("dan-cu.csv", ListKind::Register),
            ],
            children: List { sources, tables: vec![table], records: self.records, rejects: vec![reject] },
            register: Some(List {
                sources: register_sources,
                tables: Vec::new(),
                records: self.persons,
                rejects: Vec::new(),
            }),
            linkage: Linkage {
                decisions: self.decisions,
                review: self.review,
                estimates: Estimates { wrong_numbers: 0.012, false_merges: 0.3 },
                compared: (4_321, 98_765),
            },
            as_of: Date::constant(2026, 11, 23),
            language: Language::Vi,
            rules: BTreeMap::from([("checks.toml".to_owned(), "cd".repeat(32))]),
        }
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
    record.ethnicity = Field::default();
    finding(&mut record, FindingCode::EthnicityMissing, FieldKind::Ethnicity);
    let at = run.add(record, LinkStatus::None);
    let person = run.link(at, LinkStatus::Attached, "042216000777");
    run.person(person).name = same_name("Trần Văn Hường");
    run.person(person).birth = birth(2016, 7, 19);
    run.person(person).ethnicity = text("Mường");

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
    record.ethnicity = text("Ê Đê");
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
        record.extras = vec![(1, "=1+1".into()), (2, "-5".into()), (3, "nguyên văn".into())];
        record.note = text(nasty);
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

/// A ward of so many children with findings, changes, links and pairs at the rates of a real
/// list; used for timing.
pub fn ward(children: usize) -> Outcome {
    const SURNAMES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Võ", "Đặng"];
    const MIDDLES: [&str; 8] = ["Văn", "Thị", "Gia", "Minh", "Bảo", "Thanh", "Hữu", "Ngọc"];
    const GIVENS: [&str; 11] =
        ["An", "Anh", "Bảo", "Châu", "Dũng", "Hà", "Hân", "Khang", "Linh", "Phúc", "Vy"];
    let mut run = Builder::new();
    for at in 0..children {
        let full =
            format!("{} {} {}", SURNAMES[at * 7 % 8], MIDDLES[at * 3 / 8 % 8], GIVENS[at * 5 / 3 % 11]);
        let day = i8::try_from(at % 28 + 1).unwrap();
        let gender = if at % 2 == 0 { Gender::Male } else { Gender::Female };
        let hamlet = format!("Tổ dân phố {}", at % 17 + 1);
        let mut record = child(run.row(), &full, (2012 + (at % 14) as i16, 5, day), gender, &hamlet);
        if at % 3 == 0 {
            record.name = name_field(&full.to_uppercase(), &full, &[Change::Case]);
        }
        if at % 4 == 0 {
            finding(&mut record, FindingCode::IdMissing, FieldKind::PersonalId);
            finding(&mut record, FindingCode::BirthIncomplete, FieldKind::BirthDate);
        }
        let at_record = run.add(record, LinkStatus::None);
        if at % 4 != 0 {
            run.link(at_record, LinkStatus::Attached, &format!("0422{:08}", at + 1));
        }
        if at % 40 == 0 && at > 0 {
            let other = RecordIx(u32::try_from(at - 1).unwrap());
            run.review(at, ReviewOther::Record(other), ReviewReason::BetweenCuts);
        }
    }
    run.finish()
}

/// The built-in rules.
pub fn rules() -> Rules {
    Rules::built_in().unwrap()
}
