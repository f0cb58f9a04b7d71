//! `records.csv`: one line a record, in input order, with everything the run knows about it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    error::WriteError,
    output_file::OutputFile,
    rows::{Rows, read_row, write_table},
    run::Run,
    show,
};
use crate::{
    choose::{Child, primary_record},
    matching::Decision,
    outcome::{List, Outcome},
    record::{ColumnUse, PartialDate, Place, RECORD_COLUMNS, Record, SourceIx, Text},
    report::roll::Required,
};

/// How many of [`RECORD_COLUMNS`] say what was chosen for the child: empty on a record that does not stand for
/// it, so that children can be counted from this file alone.
const CHILD_COLUMNS: usize = 9;

/// Writes the file.
pub(super) fn write(run: &Run<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let rows_of = RecordRows::of(run);
    let count = run.outcome.children.records.len();
    write_table(file, "records.csv", rows_of.headings(), count, |at, rows| rows_of.fill(at, rows))
}

/// The lines of the file.
pub(super) struct RecordRows<'a> {
    run: &'a Run<'a>,
    /// By record, the child it stands for.
    standing: Vec<Option<u32>>,
    /// The input's other columns.
    pub extras: Extras,
}

impl<'a> RecordRows<'a> {
    pub fn of(run: &'a Run<'a>) -> Self {
        Self { run, standing: standing(run), extras: Extras::of(&run.outcome.children) }
    }

    /// The headings, left to right.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        RECORD_COLUMNS.iter().copied().chain(self.extras.headings.iter().map(String::as_str))
    }

    fn fill(&self, at: usize, rows: &mut Rows) {
        let outcome = self.run.outcome;
        let record = &outcome.children.records[at];
        write_position(rows, outcome, record, &outcome.linkage.decisions[at]);
        write_fields(rows, record);
        match self.standing[at] {
            Some(cluster) => write_child(rows, self.run, cluster as usize),
            None => (0..CHILD_COLUMNS).for_each(|_| rows.plain("")),
        }
        for column in 0..self.extras.headings.len() {
            rows.text(self.extras.cell(record, column));
        }
    }

    /// The cells of one line as they would be read.
    pub fn read(&self, at: usize) -> Vec<String> {
        read_row(|rows| self.fill(at, rows))
    }
}

fn write_position(rows: &mut Rows, outcome: &Outcome, record: &Record, decision: &Decision) {
    let list = &outcome.children;
    let source = list.sources.get(record.origin.source);
    rows.text(&record.record_id);
    rows.text(&source.file);
    rows.text(&source.sheet);
    rows.number(Some(record.origin.row.into()), 1);
    rows.text(outcome.cluster_id(decision.cluster));
    rows.plain(decision.role.as_str());
    rows.plain(decision.link.as_str());
    rows.personal_id(decision.personal_id);
    rows.decimal(decision.link_weight.map(|weight| weight.0));
    rows.decimal(decision.link_margin.map(|margin| margin.0));
    // Findings are sorted; one code on two fields is said once.
    let codes = record.findings.chunk_by(|one, next| one.code == next.code);
    rows.keys(codes.map(|findings| findings[0].code.as_str()));
}

fn write_fields(rows: &mut Rows, record: &Record) {
    rows.text(show::text(&record.child_code));
    rows.text(show::text(&record.household_code));
    rows.name(record.name.get());
    rows.text(show::text(&record.other_name));
    let birth = record.birth.get().copied();
    rows.date(birth);
    rows.plain(birth.map_or("", PartialDate::precision));
    rows.plain(record.gender.get().map_or("", |gender| gender.vietnamese()));
    rows.text(show::text(&record.ethnicity));
    for parent in [&record.father, &record.mother, &record.guardian] {
        rows.text(show::full_name(&parent.name));
        rows.personal_id(parent.id.get().copied());
    }
    rows.text(show::text(&record.hamlet));
    rows.text(show::text(&record.address));
    let place = record.place.get().copied().unwrap_or_default();
    write_commune(rows, place);
    rows.number(place.district.map(|district| district.code.into()), 3);
    rows.number(place.province.map(|province| province.code.into()), 2);
    rows.text(show::text(&record.birth_place));
    rows.text(show::text(&record.phone));
    rows.text(show::text(&record.note));
    rows.personal_id(record.personal_id.get().copied());
    rows.built_plain(|cell| show::changes(record, cell));
    rows.built(|cell| show::unusable(record, cell));
}

/// The commune, its era, and the commune of today.
fn write_commune(rows: &mut Rows, place: Place) {
    rows.number(place.commune.map(|commune| commune.code.into()), 5);
    rows.plain(place.commune.map_or("", |commune| commune.era.as_str()));
    rows.number(place.commune_2025.map(u64::from), 5);
}

/// For every record the cluster it stands for; `None` for a duplicate.
fn standing(run: &Run<'_>) -> Vec<Option<u32>> {
    let mut standing = vec![None; run.outcome.children.records.len()];
    for (cluster, records) in (0..).zip(run.clusters.iter()) {
        standing[primary_record(&run.outcome.linkage.decisions, records).usize()] = Some(cluster);
    }
    standing
}

/// The values chosen for a child among its records and the register, what is still missing of it,
/// and the lists on which people find it.
fn write_child(rows: &mut Rows, run: &Run<'_>, cluster: usize) {
    let child = run.child(cluster);
    rows.date(child.birth().get().copied());
    rows.plain(child.gender().get().map_or("", |gender| gender.vietnamese()));
    rows.text(child.ethnicity().get().map_or("", Text::as_str));
    rows.text(child.hamlet().get().map_or("", Text::as_str));
    write_commune(rows, child.place().get().copied().unwrap_or_default());
    rows.keys(missing(&child).map(Required::key));
    let lists = run.roster.lists(cluster);
    let lists = [("police", lists.police), ("household", lists.household), ("review", lists.review)];
    rows.keys(lists.into_iter().filter_map(|(list, is_on)| is_on.then_some(list)));
}

/// Fields Công văn 2513/LĐTBXH-TTTT asks for that are still missing or incomplete.
pub(super) fn missing(child: &Child<'_>) -> impl Iterator<Item = Required> {
    let whole_birth = child.birth().get().is_some_and(|birth| birth.to_date().is_some());
    [
        (Required::FullName, child.name().get().is_some()),
        (Required::BirthDate, whole_birth),
        (Required::Gender, child.gender().get().is_some()),
        (Required::Ethnicity, child.ethnicity().get().is_some()),
        (Required::PersonalId, child.personal_id().is_some()),
        (Required::Parents, child.parent_names().iter().any(|name| name.get().is_some())),
        (Required::Hamlet, child.hamlet().get().is_some()),
    ]
    .into_iter()
    .filter(|(_, known)| !known)
    .map(|(field, _)| field)
}

/// The input's other columns over all its sheets: the same heading on two sheets is one column,
/// the same heading twice on one sheet two.
pub(super) struct Extras {
    headings: Vec<String>,
    /// By sheet, for each heading the column of the sheet that has it.
    columns: FxHashMap<SourceIx, Vec<Option<u16>>>,
}

impl Extras {
    fn of(list: &List) -> Self {
        let mut headings: Vec<String> = Vec::new();
        let mut places: Vec<(SourceIx, u16, usize)> = Vec::new();
        let mut known: FxHashMap<(String, u32), usize> = FxHashMap::default();
        let mut taken = Taken::default();
        for table in &list.tables {
            let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
            for (column, ix) in table.columns.iter().zip(0_u16..) {
                if column.usage != ColumnUse::Extra {
                    continue;
                }
                let nth = seen.entry(&column.heading).or_default();
                *nth += 1;
                let at = *known.entry((column.heading.clone(), *nth)).or_insert_with(|| {
                    headings.push(taken.unique(&column.heading));
                    headings.len() - 1
                });
                places.push((table.source, ix, at));
            }
        }
        let mut columns: FxHashMap<SourceIx, Vec<Option<u16>>> = FxHashMap::default();
        for (source, column, at) in places {
            columns.entry(source).or_insert_with(|| vec![None; headings.len()])[at] = Some(column);
        }
        Self { headings, columns }
    }

    /// A record's cell under one of the headings.
    pub fn cell<'r>(&self, record: &'r Record, heading: usize) -> &'r str {
        let columns = self.columns.get(&record.origin.source);
        let column = columns.and_then(|columns| columns[heading]);
        let mut cells = record.extras.iter();
        cells.find(|(other, _)| Some(*other) == column).map_or("", |(_, cell)| cell)
    }
}

/// Headings in use.
struct Taken {
    headings: FxHashSet<String>,
    /// How often each was asked for: a sheet may have the same heading thousands of times.
    asked: FxHashMap<String, u32>,
}

impl Default for Taken {
    fn default() -> Self {
        let headings = RECORD_COLUMNS.iter().map(|column| (*column).to_owned()).collect();
        Self { headings, asked: FxHashMap::default() }
    }
}

impl Taken {
    /// The heading, with a number where it is in use.
    fn unique(&mut self, heading: &str) -> String {
        let asked = self.asked.entry(heading.to_owned()).or_default();
        loop {
            *asked += 1;
            let candidate = if *asked == 1 { heading.to_owned() } else { format!("{heading} ({asked})") };
            if self.headings.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Taken;

    /// Found by fuzzing: a heading merged over thousands of columns took time by their cube.
    #[test]
    fn headings_are_told_apart_however_many() {
        let mut taken = Taken::default();
        let given = ["Ghi", "Ghi (3)", "Ghi", "Ghi", "record_id"].map(|heading| taken.unique(heading));
        assert_eq!(given, ["Ghi", "Ghi (3)", "Ghi (2)", "Ghi (4)", "record_id (2)"]);
        let many: Vec<String> = (5..=16_384).map(|_| taken.unique("Ghi")).collect();
        assert_eq!(many.last().unwrap(), "Ghi (16384)");
    }
}
