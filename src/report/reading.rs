//! From `records.csv` to the [`Roll`].

use std::{
    hash::{Hash, Hasher},
    path::Path,
};

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHasher};

use super::{
    ReportError,
    circumstances::Collector,
    masked::example,
    roll::{Entry, FindingSet, Kid, Lists, Names, Required, RequiredSet, Roll},
    table::{ColumnIx, Table},
};
use crate::{
    matching::LinkStatus,
    record::{
        Change, Era, FieldKind, FindingCode, Gender, PartialDate, PersonalId, PlaceCode, RECORD_COLUMNS,
    },
    rules::{CodeSet, Rules},
    text::fold,
};

const FILE: &str = "records.csv";

/// The columns that are counted.
struct Columns {
    record_id: ColumnIx,
    file: ColumnIx,
    sheet: ColumnIx,
    row: ColumnIx,
    cluster: ColumnIx,
    role: ColumnIx,
    link: ColumnIx,
    number: ColumnIx,
    weight: ColumnIx,
    findings: ColumnIx,
    name: ColumnIx,
    birth: ColumnIx,
    precision: ColumnIx,
    gender: ColumnIx,
    ethnicity: ColumnIx,
    parents: [ColumnIx; 3],
    hamlet: ColumnIx,
    listed: ColumnIx,
    changes: ColumnIx,
    unusable: ColumnIx,
    child: [ColumnIx; 9],
}

impl Columns {
    fn of(table: &Table) -> Result<Self, ReportError> {
        let column = |name| table.column(name);
        Ok(Self {
            record_id: column("record_id")?,
            file: column("source_file")?,
            sheet: column("source_sheet")?,
            row: column("source_row")?,
            cluster: column("cluster_id")?,
            role: column("cluster_role")?,
            link: column("link_status")?,
            number: column("personal_id")?,
            weight: column("link_weight")?,
            findings: column("findings")?,
            name: column("full_name")?,
            birth: column("birth_date")?,
            precision: column("birth_precision")?,
            gender: column("gender")?,
            ethnicity: column("ethnicity")?,
            parents: [column("father_name")?, column("mother_name")?, column("guardian_name")?],
            hamlet: column("hamlet")?,
            listed: column("listed_personal_id")?,
            changes: column("changes")?,
            unusable: column("unusable")?,
            child: [
                column("child_birth_date")?,
                column("child_gender")?,
                column("child_ethnicity")?,
                column("child_hamlet")?,
                column("child_commune")?,
                column("child_commune_era")?,
                column("child_commune_2025")?,
                column("child_missing")?,
                column("child_lists")?,
            ],
        })
    }
}

/// Reads the list.
pub(super) fn read_roll(path: &Path, as_of: Date, rules: &Rules) -> Result<Roll, ReportError> {
    let mut table = Table::open(path, FILE)?;
    let columns = Columns::of(&table)?;
    let own = table.headings().iter().map(String::as_str).enumerate();
    let own = own.filter(|(_, heading)| !RECORD_COLUMNS.contains(heading));
    let mut collector = Collector::new(rules, own);
    let mut reader = Reader {
        rules,
        columns,
        roll: Roll::empty(as_of),
        clusters: FxHashMap::default(),
        sheets: FxHashMap::default(),
    };
    while table.next(path)? {
        let entry = reader.entry(&table)?;
        collector.add(entry, |at| table.at(at));
    }
    let mut roll = reader.roll;
    collector.finish(&mut roll);
    Ok(roll)
}

struct Reader<'a> {
    rules: &'a Rules,
    columns: Columns,
    roll: Roll,
    clusters: FxHashMap<Box<str>, u32>,
    sheets: FxHashMap<(String, String), u16>,
}

impl Reader<'_> {
    /// Takes one row; gives its place among the entries.
    fn entry(&mut self, rows: &Table) -> Result<u32, ReportError> {
        let columns = &self.columns;
        let at = u32::try_from(self.roll.entries.len()).expect("a list has fewer than 2^32 records");
        let stands = rows.required(columns.role, |role| match role {
            "single" | "primary" => Some(true),
            "duplicate" => Some(false),
            _ => None,
        })?;
        let child = self.child(rows.get(columns.cluster), at);
        let entry = Entry {
            sheet: self.sheet(rows),
            row: rows.required(self.columns.row, |row| row.parse().ok())?,
            child,
            stands,
            link: rows.required(self.columns.link, link_status)?,
            weight: rows.parsed(self.columns.weight, |weight| weight.parse().ok())?,
            findings: findings(rows.get(self.columns.findings)),
            as_written: self.as_written(rows),
            code: match rows.get(self.columns.record_id) {
                place if place.contains('#') => 0,
                code => key(code),
            },
            name: key(rows.get(self.columns.name)),
            plain_name: key(&fold::plain(rows.get(self.columns.name))),
            birth: rows.parsed(self.columns.birth, partial_date)?,
            hamlet: self.roll.names.add(plain_cell(rows.get(self.columns.hamlet))),
        };
        if stands {
            self.roll.children[child as usize] = self.kid(rows, at)?;
        }
        self.count_changes(rows);
        self.keep_examples(rows, &entry);
        self.roll.entries.push(entry);
        Ok(at)
    }

    /// The child of a cluster; a new one is filled in by the record that stands for it.
    fn child(&mut self, cluster: &str, entry: u32) -> u32 {
        if let Some(child) = self.clusters.get(cluster) {
            return *child;
        }
        let child = u32::try_from(self.roll.children.len()).expect("fewer children than records");
        self.clusters.insert(cluster.into(), child);
        self.roll.children.push(Kid {
            entry,
            record_id: cluster.into(),
            link: LinkStatus::None,
            number: None,
            birth: None,
            gender: None,
            ethnicity: super::roll::NameIx::NONE,
            hamlet: super::roll::NameIx::NONE,
            commune: None,
            commune_2025: None,
            missing: RequiredSet::default(),
            lists: Lists::default(),
            codes: CodeSet::NONE,
            asked: CodeSet::NONE,
        });
        child
    }

    fn sheet(&mut self, rows: &Table) -> u16 {
        let name = (rows.get(self.columns.file).to_owned(), rows.get(self.columns.sheet).to_owned());
        if let Some(sheet) = self.sheets.get(&name) {
            return *sheet;
        }
        let sheet = u16::try_from(self.roll.sheets.len()).unwrap_or(u16::MAX);
        self.roll.sheets.push(name.clone());
        self.sheets.insert(name, sheet);
        sheet
    }

    fn kid(&mut self, rows: &Table, entry: u32) -> Result<Kid, ReportError> {
        let [birth, gender, ethnicity, hamlet, commune, era, today, missing, lists] = self.columns.child;
        let names: &mut Names = &mut self.roll.names;
        let era = rows.parsed(era, |text| match text {
            "63" => Some(Era::Until2025),
            "34" => Some(Era::From2025),
            _ => None,
        })?;
        let commune = rows.parsed(commune, |text| text.parse().ok())?;
        Ok(Kid {
            entry,
            record_id: rows.get(self.columns.record_id).into(),
            link: rows.required(self.columns.link, link_status)?,
            number: rows.parsed(self.columns.number, |text| PersonalId::parse(text).ok())?,
            birth: rows.parsed(birth, partial_date)?,
            gender: rows.parsed(gender, gender_of)?,
            ethnicity: names.add(plain_cell(rows.get(ethnicity))),
            hamlet: names.add(plain_cell(rows.get(hamlet))),
            commune: commune.zip(era).map(|(code, era)| PlaceCode { era, code }),
            commune_2025: rows.parsed(today, |text| text.parse().ok())?,
            missing: required_set(rows.get(missing)),
            lists: lists_of(rows.get(lists)),
            codes: CodeSet::NONE,
            asked: CodeSet::NONE,
        })
    }

    /// Required fields that needed no correction: there is a value, and nothing was done to it but
    /// to write it another way.
    fn as_written(&self, rows: &Table) -> RequiredSet {
        let columns = &self.columns;
        let corrected = |field: FieldKind| {
            rows.get(columns.changes)
                .split(';')
                .filter_map(|change| change.split_once(':'))
                .any(|(name, code)| name == field.key() && !self.is_notation(code))
        };
        let has = |column| !rows.get(column).is_empty();
        let parents = [FieldKind::FatherName, FieldKind::MotherName, FieldKind::GuardianName];
        let mut fields = RequiredSet::default();
        for (field, right) in [
            (Required::FullName, has(columns.name) && !corrected(FieldKind::FullName)),
            (Required::BirthDate, rows.get(columns.precision) == "day" && !corrected(FieldKind::BirthDate)),
            (Required::Gender, has(columns.gender) && !corrected(FieldKind::Gender)),
            (Required::Ethnicity, has(columns.ethnicity) && !corrected(FieldKind::Ethnicity)),
            (
                Required::Parents,
                columns.parents.iter().zip(parents).any(|(column, field)| has(*column) && !corrected(field)),
            ),
            (Required::Hamlet, has(columns.hamlet) && !corrected(FieldKind::Hamlet)),
            (Required::PersonalId, has(columns.listed) && !corrected(FieldKind::PersonalId)),
        ] {
            if right {
                fields.insert(field);
            }
        }
        fields
    }

    fn is_notation(&self, code: &str) -> bool {
        let change = Change::ALL.iter().copied().find(|change| change.code() == code);
        change.is_some_and(|change| self.rules.report.is_notation(change))
    }

    fn count_changes(&mut self, rows: &Table) {
        for change in rows.get(self.columns.changes).split(';') {
            let code = change.split_once(':').map_or("", |(_, code)| code);
            if let Some(at) = Change::ALL.iter().position(|change| change.code() == code) {
                self.roll.changes[at] += 1;
            }
        }
    }

    fn keep_examples(&mut self, rows: &Table, entry: &Entry) {
        let rules = &self.rules.report;
        for (code, examples) in FindingCode::ALL.iter().zip(&mut self.roll.examples) {
            if entry.findings.contains(*code) && examples.len() < rules.page.examples {
                let unusable = rows.get(self.columns.unusable);
                examples.extend(example(code.as_str(), rules, rows, unusable, (entry.sheet, entry.row)));
            }
        }
    }
}

/// The writer puts an apostrophe before what a spreadsheet would run.
fn plain_cell(text: &str) -> &str {
    text.strip_prefix('\'').unwrap_or(text)
}

fn key(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

fn link_status(text: &str) -> Option<LinkStatus> {
    LinkStatus::ALL.iter().copied().find(|status| status.as_str() == text)
}

fn gender_of(text: &str) -> Option<Gender> {
    [Gender::Male, Gender::Female].into_iter().find(|gender| gender.vietnamese() == text)
}

/// `2018-03-05`, `2018-03` or `2018`.
pub(super) fn partial_date(text: &str) -> Option<PartialDate> {
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok()?;
    let (month, day) = (parts.next().map(str::parse), parts.next().map(str::parse));
    match (month, day, parts.next()) {
        (None, None, None) => PartialDate::from_year(year).ok(),
        (Some(Ok(month)), None, None) => PartialDate::from_year_month(year, month).ok(),
        (Some(Ok(month)), Some(Ok(day)), None) => PartialDate::from_ymd(year, month, day).ok(),
        _ => None,
    }
}

/// Codes a later version may have added are passed over.
fn findings(text: &str) -> FindingSet {
    let mut set = FindingSet::default();
    for code in text.split(';') {
        if let Some(code) = FindingCode::ALL.iter().copied().find(|known| known.as_str() == code) {
            set.insert(code);
        }
    }
    set
}

fn required_set(text: &str) -> RequiredSet {
    let mut set = RequiredSet::default();
    for key in text.split(';') {
        if let Some(field) = Required::ALL.into_iter().find(|field| field.key() == key) {
            set.insert(field);
        }
    }
    set
}

fn lists_of(text: &str) -> Lists {
    let on = |list| text.split(';').any(|name| name == list);
    Lists { police: on("police"), household: on("household"), review: on("review") }
}
