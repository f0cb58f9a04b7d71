//! Finished runs made by hand, for the tests and benches of the writers. All people are invented.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use dinhdanh::{
    matching::{
        ClusterRole, Decision, Estimates, Evidence, LinkStatus, Linkage, MatchWeight, ReviewItem,
        ReviewOther, ReviewReason, TrainedModel,
    },
    outcome::{InputFile, List, ListKind, Outcome},
    record::{
        Change, Changes, Column, ColumnUse, Era, Field, FieldKind, Finding, FindingCode, Gender, LayoutKind,
        LayoutRow, NameOrder, Origin, PartialDate, PersonName, PersonalId, Place, PlaceCode, Record,
        RecordIx, Reject, RejectReason, SourceIx, SourceSheet, Sources, Table, Text,
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

pub fn text(text: &str) -> Field<Text> {
    if text.is_empty() { Field::default() } else { Field::usable(text, text, Changes::NONE) }
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
    record.record_id = format!("TE{row:06}").into();
    record.child_code = text(&record.record_id);
    record.household_code = text(&format!("HO{:05}", row / 2));
    record.name = same_name(full);
    record.birth = birth(born.0, born.1, born.2);
    record.gender = Field::usable(gender.vietnamese(), gender, Changes::NONE).into();
    record.ethnicity = text("Kinh").into();
    record.father.name = same_name("Nguyễn Văn Bình");
    record.mother.name = same_name("Trần Thị Cúc");
    record.hamlet = text(hamlet).into();
    record.address = text("Ngõ 12, đường Hà Huy Tập");
    let commune = Some(PlaceCode { era: Era::Until2025, code: 18097 });
    let place = Place {
        commune,
        district: Some(PlaceCode { era: Era::Until2025, code: 436 }),
        province: Some(PlaceCode { era: Era::Until2025, code: 42 }),
        commune_2025: Some(18073),
    };
    record.place = Field::usable("Văn Yên", place, Changes::NONE).into();
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
    pub records: Vec<Record>,
    pub decisions: Vec<Decision>,
    pub persons: Vec<Record>,
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
        person.record_id = format!("dan-cu.csv#!{}", person.origin.row).into();
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
            children: List {
                sources,
                tables: vec![table],
                records: self.records,
                rejects: vec![reject],
                ..List::default()
            },
            register: Some(List {
                sources: register_sources,
                tables: Vec::new(),
                records: self.persons,
                rejects: Vec::new(),
                ..List::default()
            }),
            decided: None,
            continued: None,
            linkage: Linkage {
                reuse: Default::default(),
                comparisons: None,
                decisions: self.decisions,
                review: self.review,
                estimates: Estimates { wrong_numbers: 0.012, false_merges: 0.3, attach_cut: 0.999 },
                compared: (4_321, 98_765),
                left_out: 0,
                model: TrainedModel::default(),
                learnt: Vec::new(),
            },
            as_of: Date::constant(2026, 11, 23),
            language: Language::Vi,
            rules: BTreeMap::from([("checks.toml".to_owned(), "cd".repeat(32))]),
        }
    }
}

/// The built-in rules.
pub fn rules() -> Rules {
    Rules::built_in().unwrap()
}
