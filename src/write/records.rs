//! `records.csv`: one line a record, in input order, with everything the run knows about it.

use std::{fs::File, io::BufWriter};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{children, delimited::Delimited, error::WriteError, run::Run, show};
use crate::{
    choose::{Child, primary_record},
    matching::{Decision, ReviewOther},
    outcome::{List, Outcome},
    record::{ColumnUse, Era, FieldKind, Gender, PartialDate, PersonalId, RECORD_COLUMNS, Record, RecordIx},
};

/// How many of [`RECORD_COLUMNS`] say what was chosen for the child: empty on a record that does not stand for
/// it, so that children can be counted from this file alone.
const CHILD_COLUMNS: usize = 9;

/// Writes the file.
pub(super) fn write(run: &Run<'_>, file: &mut BufWriter<File>) -> Result<(), WriteError> {
    let outcome = run.outcome;
    let list = &outcome.children;
    let standing = standing(run);
    let reviewed = reviewed(outcome);
    let extras = Extras::of(list);
    let headings = RECORD_COLUMNS.iter().copied().chain(extras.headings.iter().map(String::as_str));
    let mut rows = Delimited::start(file, "records.csv", headings)?;
    let mut cells = vec![""; extras.headings.len()];
    for (at, (record, decision)) in list.records.iter().zip(&outcome.linkage.decisions).enumerate() {
        write_position(&mut rows, outcome, record, decision)?;
        write_fields(&mut rows, record)?;
        match standing[at] {
            Some(cluster) => write_child(&mut rows, run, &run.child(cluster as usize), &reviewed)?,
            None => (0..CHILD_COLUMNS).try_for_each(|_| rows.plain(""))?,
        }
        cells.fill("");
        for (column, cell) in &record.extras {
            if let Some(at) = extras.position(record.origin.source.0, *column) {
                cells[at] = cell;
            }
        }
        for cell in &cells {
            rows.text(cell)?;
        }
        rows.end_row()?;
    }
    rows.finish()
}

fn write_position(
    rows: &mut Delimited<'_>,
    outcome: &Outcome,
    record: &Record,
    decision: &Decision,
) -> Result<(), WriteError> {
    let list = &outcome.children;
    let source = list.sources.get(record.origin.source);
    rows.text(&record.record_id)?;
    rows.text(&source.file)?;
    rows.text(&source.sheet)?;
    rows.plain(&record.origin.row.to_string())?;
    rows.text(&list.records[decision.cluster.usize()].record_id)?;
    rows.plain(decision.role.as_str())?;
    rows.plain(decision.link.as_str())?;
    rows.plain(&decision.personal_id.map_or_else(String::new, PersonalId::digits))?;
    rows.decimal(decision.link_weight.map(|weight| weight.0))?;
    rows.decimal(decision.link_margin.map(|margin| margin.0))?;
    let mut codes: Vec<&str> = record.findings.iter().map(|finding| finding.code.as_str()).collect();
    codes.dedup();
    rows.plain(&codes.join(";"))
}

fn write_fields(rows: &mut Delimited<'_>, record: &Record) -> Result<(), WriteError> {
    rows.text(show::text(&record.child_code))?;
    rows.text(show::text(&record.household_code))?;
    let name = record.name.get();
    rows.text(show::full_name(&record.name))?;
    rows.text(&name.map_or_else(String::new, |name| show::joined(name.surname())))?;
    rows.text(&name.map_or_else(String::new, |name| show::joined(name.middle())))?;
    rows.text(&name.map_or_else(String::new, |name| show::joined(name.given())))?;
    rows.text(show::text(&record.other_name))?;
    let birth = record.birth.get();
    rows.plain(&birth.map_or_else(String::new, PartialDate::to_string))?;
    rows.plain(birth.map_or("", |birth| birth.precision()))?;
    rows.plain(record.gender.get().map_or("", |gender| Gender::vietnamese(*gender)))?;
    rows.text(show::text(&record.ethnicity))?;
    for parent in [&record.father, &record.mother, &record.guardian] {
        rows.text(show::full_name(&parent.name))?;
        rows.plain(&parent.id.get().map_or_else(String::new, |id| id.digits()))?;
    }
    rows.text(show::text(&record.hamlet))?;
    rows.text(show::text(&record.address))?;
    let place = record.place.get().copied().unwrap_or_default();
    rows.plain(&show::place_code(place.commune, 5))?;
    rows.plain(place.commune.map_or("", |commune| Era::as_str(commune.era)))?;
    rows.plain(&place.commune_2025.map_or_else(String::new, |code| format!("{code:05}")))?;
    rows.plain(&show::place_code(place.district, 3))?;
    rows.plain(&show::place_code(place.province, 2))?;
    rows.text(show::text(&record.birth_place))?;
    rows.text(show::text(&record.phone))?;
    rows.text(show::text(&record.note))?;
    rows.plain(&record.personal_id.get().map_or_else(String::new, |id| id.digits()))?;
    rows.plain(&show::changes(record))?;
    rows.text(&show::unusable(record))
}

/// For every record the cluster it stands for; `None` for a duplicate.
fn standing(run: &Run<'_>) -> Vec<Option<u32>> {
    let mut standing = vec![None; run.outcome.children.records.len()];
    for (cluster, records) in (0..).zip(run.clusters.iter()) {
        standing[primary_record(&run.outcome.linkage.decisions, records).usize()] = Some(cluster);
    }
    standing
}

/// Records that a pair for a person speaks of.
fn reviewed(outcome: &Outcome) -> FxHashSet<RecordIx> {
    let pairs = outcome.linkage.review.iter();
    pairs
        .flat_map(|pair| {
            let other = match pair.other {
                ReviewOther::Record(other) => Some(other),
                ReviewOther::Person(_) => None,
            };
            [Some(pair.record), other].into_iter().flatten()
        })
        .collect()
}

/// The values chosen for a child among its records and the register, what is still missing of it,
/// and the lists on which people find it.
fn write_child(
    rows: &mut Delimited<'_>,
    run: &Run<'_>,
    child: &Child<'_>,
    reviewed: &FxHashSet<RecordIx>,
) -> Result<(), WriteError> {
    rows.plain(&child.birth.get().map_or_else(String::new, PartialDate::to_string))?;
    rows.plain(child.gender.get().map_or("", |gender| gender.vietnamese()))?;
    rows.text(child.ethnicity.get().map_or("", String::as_str))?;
    rows.text(child.hamlet.get().map_or("", String::as_str))?;
    let place = child.place.get().copied().unwrap_or_default();
    rows.plain(&show::place_code(place.commune, 5))?;
    rows.plain(place.commune.map_or("", |commune| Era::as_str(commune.era)))?;
    rows.plain(&place.commune_2025.map_or_else(String::new, |code| format!("{code:05}")))?;
    rows.plain(&missing(child).join(";"))?;
    let mut lists = Vec::new();
    if children::asks_police(run, child.link.link, child.records) {
        lists.push("police");
    }
    if !children::to_check(run, child).is_empty() {
        lists.push("household");
    }
    if child.records.iter().any(|record| reviewed.contains(record)) {
        lists.push("review");
    }
    rows.plain(&lists.join(";"))
}

/// Fields Công văn 2513/LĐTBXH-TTTT asks for that are still missing or incomplete.
fn missing(child: &Child<'_>) -> Vec<&'static str> {
    let whole_birth = child.birth.get().is_some_and(|birth| birth.to_date().is_some());
    [
        (FieldKind::FullName, child.name.get().is_some()),
        (FieldKind::BirthDate, whole_birth),
        (FieldKind::Gender, child.gender.get().is_some()),
        (FieldKind::Ethnicity, child.ethnicity.get().is_some()),
        (FieldKind::PersonalId, child.personal_id.is_some()),
        (FieldKind::ParentNames, child.parent_names.iter().any(|name| name.get().is_some())),
        (FieldKind::Hamlet, child.hamlet.get().is_some()),
    ]
    .into_iter()
    .filter(|(_, known)| !known)
    .map(|(field, _)| field.key())
    .collect()
}

/// The input's other columns over all its sheets: the same heading on two sheets is one column,
/// the same heading twice on one sheet two.
struct Extras {
    headings: Vec<String>,
    /// From sheet and column to position among the headings.
    positions: FxHashMap<(u16, u16), usize>,
}

impl Extras {
    fn of(list: &List) -> Self {
        let mut extras = Self { headings: Vec::new(), positions: FxHashMap::default() };
        let mut known: FxHashMap<(String, u32), usize> = FxHashMap::default();
        let mut taken: Vec<String> = RECORD_COLUMNS.iter().map(|column| (*column).to_owned()).collect();
        for table in &list.tables {
            let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
            for (column, ix) in table.columns.iter().zip(0_u16..) {
                if column.usage != ColumnUse::Extra {
                    continue;
                }
                let nth = seen.entry(&column.heading).or_default();
                *nth += 1;
                let at = *known.entry((column.heading.clone(), *nth)).or_insert_with(|| {
                    let heading = unique(&column.heading, &taken);
                    taken.push(heading.clone());
                    extras.headings.push(heading);
                    extras.headings.len() - 1
                });
                extras.positions.insert((table.source.0, ix), at);
            }
        }
        extras
    }

    fn position(&self, source: u16, column: u16) -> Option<usize> {
        self.positions.get(&(source, column)).copied()
    }
}

fn unique(heading: &str, taken: &[String]) -> String {
    (1_u32..)
        .map(|nth| if nth == 1 { heading.to_owned() } else { format!("{heading} ({nth})") })
        .find(|candidate| !taken.contains(candidate))
        .expect("some number is free")
}
