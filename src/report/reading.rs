//! From `records.csv` to the [`Roll`].

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
    path::Path,
};

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHasher};

use super::{
    ReportError,
    gather::{Collector, Gathering, Part, as_written},
    masked::example,
    roll::{Entry, FindingSet, Kid, Lists, Names, Required, RequiredSet, Roll},
    table::{ColumnIx, Table},
};
use crate::{
    matching::LinkStatus,
    record::{Change, Era, FieldKind, FindingCode, Gender, PartialDate, PersonalId, PlaceCode},
    rules::{ReportRules, Rules},
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

/// Lines read before they are appended.
const PART: usize = 4096;

/// Reads the list.
pub(super) fn read_roll(path: &Path, as_of: Date, rules: &Rules) -> Result<Roll, ReportError> {
    let mut table = Table::open(path, FILE)?;
    let columns = Columns::of(&table)?;
    let collector = Collector::new(rules, table.headings().iter().map(String::as_str));
    let mut gathering = Gathering::new(as_of, &rules.report);
    let mut reader = Reader {
        rules: &rules.report,
        columns,
        part: Part::default(),
        clusters: FxHashMap::default(),
        sheets: FxHashMap::default(),
        codes: FindingCode::ALL.iter().map(|code| (code.as_str(), *code)).collect(),
        changes: Change::ALL.iter().map(|change| (change.code(), *change)).collect(),
    };
    while table.next(path)? {
        let at = reader.part.next();
        reader.entry(&table, &mut gathering.roll)?;
        let cell = |at| Cow::Borrowed(table.at(at));
        collector.read_cells(at, cell, &mut reader.part.cells);
        if reader.part.entries.len() == PART {
            gathering.append(std::mem::take(&mut reader.part));
        }
    }
    gathering.append(reader.part);
    Ok(gathering.finish(&collector))
}

struct Reader<'a> {
    rules: &'a ReportRules,
    columns: Columns,
    /// What is read and not yet appended.
    part: Part,
    clusters: FxHashMap<Box<str>, u32>,
    sheets: FxHashMap<(String, String), u16>,
    codes: FxHashMap<&'static str, FindingCode>,
    changes: FxHashMap<&'static str, Change>,
}

impl Reader<'_> {
    /// Takes one row.
    fn entry(&mut self, rows: &Table, roll: &mut Roll) -> Result<(), ReportError> {
        let columns = &self.columns;
        let stands = rows.required(columns.role, |role| match role {
            "single" | "primary" => Some(true),
            "duplicate" => Some(false),
            _ => None,
        })?;
        let child = self.child(rows.get(columns.cluster), roll);
        let entry = Entry {
            sheet: self.sheet(rows, roll),
            row: rows.required(self.columns.row, |row| row.parse().ok())?,
            child,
            stands,
            link: rows.required(self.columns.link, link_status)?,
            weight: rows.parsed(self.columns.weight, |weight| weight.parse().ok())?,
            findings: self.findings(rows.get(self.columns.findings)),
            as_written: self.as_written(rows),
            code: match rows.get(self.columns.record_id) {
                place if place.contains('#') => 0,
                code => key(code),
            },
            name: key(rows.get(self.columns.name)),
            plain_name: key(&fold::plain(rows.get(self.columns.name))),
            birth: rows.parsed(self.columns.birth, partial_date)?,
            hamlet: self.part.names.add(plain_cell(rows.get(self.columns.hamlet))),
        };
        if stands {
            let kid = self.kid(rows)?;
            self.part.kids.push((child, kid));
        }
        self.count_changes(rows);
        let place = (entry.sheet, entry.row);
        self.part.keep_examples(&entry, self.rules, |code| {
            let cell = |heading: &str| {
                let at = rows.headings().iter().position(|other| other == heading)?;
                Some(rows.at(at))
            };
            example(code.as_str(), self.rules, cell, place)
        });
        self.part.entries.push(entry);
        Ok(())
    }

    /// The child of a cluster; a new one is filled in by the record that stands for it.
    fn child(&mut self, cluster: &str, roll: &mut Roll) -> u32 {
        if let Some(child) = self.clusters.get(cluster) {
            return *child;
        }
        let child = u32::try_from(roll.children.len()).expect("fewer children than records");
        let entry = u32::try_from(roll.entries.len() + self.part.entries.len())
            .expect("a list has fewer than 2^32 records");
        self.clusters.insert(cluster.into(), child);
        roll.children.push(Kid::unknown(entry, cluster));
        child
    }

    fn sheet(&mut self, rows: &Table, roll: &mut Roll) -> u16 {
        let name = (rows.get(self.columns.file).to_owned(), rows.get(self.columns.sheet).to_owned());
        if let Some(sheet) = self.sheets.get(&name) {
            return *sheet;
        }
        let sheet = u16::try_from(roll.sheets.len()).unwrap_or(u16::MAX);
        roll.sheets.push(name.clone());
        self.sheets.insert(name, sheet);
        sheet
    }

    fn kid(&mut self, rows: &Table) -> Result<Kid, ReportError> {
        let [birth, gender, ethnicity, hamlet, commune, era, today, missing, lists] = self.columns.child;
        let entry = self.part.next();
        let names: &mut Names = &mut self.part.names;
        let era = rows.parsed(era, |text| match text {
            "63" => Some(Era::Until2025),
            "34" => Some(Era::From2025),
            _ => None,
        })?;
        let commune = rows.parsed(commune, |text| text.parse().ok())?;
        Ok(Kid {
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
            ..Kid::unknown(entry, rows.get(self.columns.record_id))
        })
    }

    fn as_written(&self, rows: &Table) -> RequiredSet {
        let columns = &self.columns;
        let corrected = |field: FieldKind| {
            changes(rows.get(columns.changes))
                .any(|(name, code)| name == field.key() && !self.is_notation(code))
        };
        let [father, mother, guardian] = columns.parents;
        let has = |column| !rows.get(column).is_empty();
        as_written(|field| {
            let there = match field {
                FieldKind::FullName => has(columns.name),
                FieldKind::BirthDate => rows.get(columns.precision) == "day",
                FieldKind::Gender => has(columns.gender),
                FieldKind::Ethnicity => has(columns.ethnicity),
                FieldKind::FatherName => has(father),
                FieldKind::MotherName => has(mother),
                FieldKind::GuardianName => has(guardian),
                FieldKind::Hamlet => has(columns.hamlet),
                FieldKind::PersonalId => has(columns.listed),
                _ => false,
            };
            there && !corrected(field)
        })
    }

    fn is_notation(&self, code: &str) -> bool {
        self.changes.get(code).is_some_and(|change| self.rules.is_notation(*change))
    }

    fn count_changes(&mut self, rows: &Table) {
        for (_, code) in changes(rows.get(self.columns.changes)) {
            if let Some(change) = self.changes.get(code) {
                self.part.count_change(*change);
            }
        }
    }

    /// Codes a later version may have added are passed over.
    fn findings(&self, text: &str) -> FindingSet {
        let mut set = FindingSet::default();
        text.split(';').filter_map(|code| self.codes.get(code)).for_each(|code| set.insert(*code));
        set
    }
}

/// `full_name:text.case;…`: field and code of each change.
fn changes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';').filter_map(|change| change.split_once(':'))
}

/// The writer puts an apostrophe before what a spreadsheet would run.
pub(crate) fn plain_cell(text: &str) -> &str {
    text.strip_prefix('\'').unwrap_or(text)
}

/// A key by which texts are told apart.
pub(crate) fn key(text: &str) -> u64 {
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
