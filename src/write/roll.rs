//! The clean list as the report counts it, taken from the run itself. It says what would be read from
//! `records.csv` (see [`super::records`]); a test holds the two together.

use std::{borrow::Cow, cell::OnceCell, ops::Range};

use rayon::prelude::*;

use super::{
    records::RecordRows,
    rows::{as_read, harmless},
    run::Run,
    show::{self, each_field},
};
use crate::{
    matching::ClusterRole,
    record::{Change, Changes, FieldKind, RECORD_COLUMNS, Record, Text},
    report::{
        gather::{Collector, Gathering, Part, as_written},
        masked::example,
        reading::{key, plain_cell},
        roll::{Entry, FindingSet, Kid, Lists, RequiredSet, Roll},
    },
    text::fold,
};

/// Records counted by one thread at a time.
const PIECE: usize = 4096;

/// The list.
pub(super) fn roll(run: &Run<'_>) -> Roll {
    let list = &run.outcome.children;
    let rows = RecordRows::of(run);
    let headings: Vec<Cow<'_, str>> = rows.headings().map(harmless).collect();
    let collector = Collector::new(run.rules, headings.iter().map(|heading| &**heading));
    let mut clusters = vec![0; list.records.len()];
    for (cluster, records) in (0..).zip(run.clusters.iter()) {
        records.iter().for_each(|record| clusters[record.usize()] = cluster);
    }
    let rules = &run.rules.report;
    let notation = Change::ALL.iter().copied().filter(|change| rules.is_notation(*change)).collect();
    let counter =
        Counter { run, rows: &rows, headings: &headings, collector: &collector, clusters, notation };
    let mut gathering = Gathering::new(run.outcome.as_of, rules);
    gathering.roll.children = vec![Kid::unknown(0, ""); run.clusters.len()];
    let (count, at_once) = (list.records.len(), 2 * rayon::current_num_threads());
    gathering.roll.entries.reserve_exact(count);

    let make = |begin: usize| -> Vec<Part> {
        let begins = (0..at_once).into_par_iter().map(|nth| count.min(begin + nth * PIECE));
        begins.map(|begin| counter.part(begin..count.min(begin + PIECE))).collect()
    };
    let mut ready = make(0);
    let mut begin = 0;
    while begin < count {
        begin += at_once * PIECE;
        let append = || ready.into_iter().for_each(|part| gathering.append(part));
        ((), ready) = rayon::join(append, || make(begin));
    }
    name_sheets(run, &mut gathering.roll);
    gathering.finish(&collector)
}

/// Entries and examples have the places of their sheets among the run's; in the file sheets are known
/// by their names, in the order of their first records.
fn name_sheets(run: &Run<'_>, roll: &mut Roll) {
    let sources = &run.outcome.children.sources;
    let mut places = vec![None; sources.iter().count()];
    let Roll { entries, examples, sheets, .. } = roll;
    for entry in entries {
        let source = usize::from(entry.sheet);
        entry.sheet = *places[source].get_or_insert_with(|| {
            let sheet = sources.iter().nth(source).map(|it| (harmless(&it.file), harmless(&it.sheet)));
            let name = sheet.map(|(file, sheet)| (file.into_owned(), sheet.into_owned())).unwrap_or_default();
            let known = sheets.iter().position(|other| *other == name);
            let place = known.unwrap_or(sheets.len());
            if known.is_none() {
                sheets.push(name);
            }
            u16::try_from(place).unwrap_or(u16::MAX)
        });
    }
    for example in examples.iter_mut().flatten() {
        example.sheet = places[usize::from(example.sheet)].unwrap_or_default();
    }
}

struct Counter<'a> {
    run: &'a Run<'a>,
    rows: &'a RecordRows<'a>,
    headings: &'a [Cow<'a, str>],
    collector: &'a Collector<'a>,
    /// By record, its child.
    clusters: Vec<u32>,
    /// What normalising does without changing what is said.
    notation: Changes,
}

impl Counter<'_> {
    fn part(&self, records: Range<usize>) -> Part {
        let mut part = Part::default();
        part.entries.reserve_exact(records.len());
        part.kids.reserve_exact(records.len());
        for at in records {
            self.add(at, &mut part);
        }
        part
    }

    fn add(&self, at: usize, part: &mut Part) {
        let run = self.run;
        let record = &run.outcome.children.records[at];
        let decision = &run.outcome.linkage.decisions[at];
        let mut corrected = [false; FieldKind::ALL.len()];
        each_field(record, |field, state| {
            state.changes.iter().for_each(|change| part.count_change(change));
            corrected[field as usize] = !state.changes.without(self.notation).is_empty();
        });
        let mut findings = FindingSet::default();
        record.findings.iter().for_each(|finding| findings.insert(finding.code));
        let (name, plain_name) = match decision.role {
            ClusterRole::Single => (0, 0),
            _ => {
                let name = harmless(show::full_name(&record.name));
                (key(&name), key(&fold::plain(&name)))
            }
        };
        let entry = Entry {
            sheet: record.origin.source.0,
            row: record.origin.row,
            child: self.clusters[at],
            stands: decision.role != ClusterRole::Duplicate,
            link: decision.link,
            weight: decision.link_weight.map(|weight| as_read(weight.0)),
            findings,
            as_written: as_written(|field| is_there(record, field) && !corrected[field as usize]),
            code: 0,
            name,
            plain_name,
            birth: record.birth.get().copied(),
            hamlet: part.names.add(plain_cell(&harmless(show::text(&record.hamlet)))),
        };
        if entry.stands {
            let kid = self.kid(at, part);
            part.kids.push((entry.child, kid));
        }
        self.keep_examples(at, &entry, part);
        let cell = |column: usize| harmless(self.rows.extras.cell(record, column - RECORD_COLUMNS.len()));
        self.collector.read_cells(part.next(), cell, &mut part.cells);
        part.entries.push(entry);
    }

    fn kid(&self, at: usize, part: &mut Part) -> Kid {
        let run = self.run;
        let cluster = self.clusters[at] as usize;
        let child = run.child(cluster);
        let place = child.place().get().copied().unwrap_or_default();
        let mut missing = RequiredSet::default();
        super::records::missing(&child).for_each(|field| missing.insert(field));
        let lists = run.roster.lists(cluster);
        let mut named = |text: Option<&Text>| {
            let text = text.map_or("", Text::as_str);
            part.names.add(plain_cell(&harmless(text)))
        };
        let (ethnicity, hamlet) = (named(child.ethnicity().get()), named(child.hamlet().get()));
        let record_id = harmless(&run.outcome.children.records[at].record_id);
        Kid {
            link: child.link.link,
            number: child.link.personal_id,
            birth: child.birth().get().copied(),
            gender: child.gender().get().copied(),
            ethnicity,
            hamlet,
            commune: place.commune,
            commune_2025: place.commune_2025,
            missing,
            lists: Lists { police: lists.police, household: lists.household, review: lists.review },
            ..Kid::unknown(part.next(), &record_id)
        }
    }

    fn keep_examples(&self, at: usize, entry: &Entry, part: &mut Part) {
        let rules = &self.run.rules.report;
        let record = &self.run.outcome.children.records[at];
        // Few records are examples: only their rows are made for it.
        let cells = OnceCell::new();
        let cell = |heading: &str| {
            // A finding may go with empty cells in nearly every record, and never have an example.
            if let Some(Cow::Borrowed(text)) = plain_text(record, heading).map(harmless) {
                return Some(text);
            }
            let column = self.headings.iter().position(|other| other == heading)?;
            let cells: &Vec<String> = cells.get_or_init(|| self.rows.read(at));
            cells.get(column).map(String::as_str)
        };
        part.keep_examples(entry, rules, |code| {
            example(code.as_str(), rules, cell, (entry.sheet, entry.row))
        });
    }
}

/// The text of a column that has it straight from the record.
fn plain_text<'a>(record: &'a Record, heading: &str) -> Option<&'a str> {
    Some(match heading {
        "full_name" => show::full_name(&record.name),
        "ethnicity" => show::text(&record.ethnicity),
        "father_name" => show::full_name(&record.father.name),
        "mother_name" => show::full_name(&record.mother.name),
        "guardian_name" => show::full_name(&record.guardian.name),
        "hamlet" => show::text(&record.hamlet),
        "address" => show::text(&record.address),
        _ => return None,
    })
}

/// A field of the record has a value that is whole.
fn is_there(record: &Record, field: FieldKind) -> bool {
    match field {
        FieldKind::FullName => record.name.get().is_some(),
        FieldKind::BirthDate => record.birth.get().is_some_and(|birth| birth.precision() == "day"),
        FieldKind::Gender => record.gender.get().is_some(),
        FieldKind::Ethnicity => !show::text(&record.ethnicity).is_empty(),
        FieldKind::FatherName => record.father.name.get().is_some(),
        FieldKind::MotherName => record.mother.name.get().is_some(),
        FieldKind::GuardianName => record.guardian.name.get().is_some(),
        FieldKind::Hamlet => !show::text(&record.hamlet).is_empty(),
        FieldKind::PersonalId => record.personal_id.get().is_some(),
        _ => false,
    }
}
