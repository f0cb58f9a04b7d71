//! Puts the [`Roll`] together from lines of the list, whether they are read from `records.csv` or
//! are still in memory. Lines come in parts, which may be made side by side.

use jiff::civil::Date;

pub(crate) use super::circumstances::Collector;
use super::{
    circumstances::ReadCell,
    roll::{Entry, Example, Kid, NameIx, Names, Required, RequiredSet, Roll},
};
use crate::{
    record::{Change, FieldKind, FindingCode},
    rules::ReportRules,
};

/// Some lines, one behind the other. Their places among the entries and their names are the part's
/// own until it is appended.
#[derive(Debug)]
pub(crate) struct Part {
    /// The records.
    pub entries: Vec<Entry>,
    /// Each child whose record stands here, with its place among the children.
    pub kids: Vec<(u32, Kid)>,
    /// Thôn/TDP and ethnic groups.
    pub names: Names,
    changes: Vec<u64>,
    examples: Vec<Vec<Example>>,
    /// What the list's own columns say of circumstances.
    pub cells: Vec<ReadCell>,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            kids: Vec::new(),
            names: Names::default(),
            changes: vec![0; Change::ALL.len()],
            examples: vec![Vec::new(); FindingCode::ALL.len()],
            cells: Vec::new(),
        }
    }
}

impl Part {
    /// The place that the next entry will have.
    pub fn next(&self) -> u32 {
        u32::try_from(self.entries.len()).expect("a list has fewer than 2^32 records")
    }

    /// Counts a change of one value.
    pub fn count_change(&mut self, change: Change) {
        self.changes[change as usize] += 1;
    }

    /// Takes the examples of an entry's findings, as far as there is need of more.
    pub fn keep_examples(
        &mut self,
        entry: &Entry,
        rules: &ReportRules,
        mut example: impl FnMut(FindingCode) -> Option<Example>,
    ) {
        for (code, examples) in FindingCode::ALL.iter().zip(&mut self.examples) {
            if entry.findings.contains(*code) && examples.len() < rules.page.examples {
                examples.extend(example(*code));
            }
        }
    }
}

/// The list as far as it was gathered.
pub(crate) struct Gathering<'a> {
    rules: &'a ReportRules,
    /// The list.
    pub roll: Roll,
    cells: Vec<ReadCell>,
}

impl<'a> Gathering<'a> {
    /// Nothing yet.
    pub fn new(as_of: Date, rules: &'a ReportRules) -> Self {
        Self { rules, roll: Roll::empty(as_of), cells: Vec::new() }
    }

    /// Appends the next part. The places of its children are there already.
    pub fn append(&mut self, part: Part) {
        let roll = &mut self.roll;
        let before = u32::try_from(roll.entries.len()).expect("a list has fewer than 2^32 records");
        let names: Vec<NameIx> = part.names.iter().map(|name| roll.names.add(name)).collect();
        let named = |name: NameIx| names[name.0 as usize];
        let entries = part.entries.into_iter();
        roll.entries.extend(entries.map(|entry| Entry { hamlet: named(entry.hamlet), ..entry }));
        for (child, kid) in part.kids {
            roll.children[child as usize] = Kid {
                entry: before + kid.entry,
                ethnicity: named(kid.ethnicity),
                hamlet: named(kid.hamlet),
                ..kid
            };
        }
        for (sum, count) in roll.changes.iter_mut().zip(part.changes) {
            *sum += count;
        }
        for (all, examples) in roll.examples.iter_mut().zip(part.examples) {
            let room = self.rules.page.examples.saturating_sub(all.len());
            all.extend(examples.into_iter().take(room));
        }
        self.cells.extend(part.cells.into_iter().map(|(entry, column, said)| (before + entry, column, said)));
    }

    /// The whole list.
    pub fn finish(mut self, collector: &Collector<'_>) -> Roll {
        collector.finish(&self.cells, &mut self.roll);
        self.roll
    }
}

/// Required fields that needed no correction: there is a value, and nothing was done to it but to
/// write it another way.
pub(crate) fn as_written(right: impl Fn(FieldKind) -> bool) -> RequiredSet {
    let parents = [FieldKind::FatherName, FieldKind::MotherName, FieldKind::GuardianName];
    let mut fields = RequiredSet::default();
    for (field, right) in [
        (Required::FullName, right(FieldKind::FullName)),
        (Required::BirthDate, right(FieldKind::BirthDate)),
        (Required::Gender, right(FieldKind::Gender)),
        (Required::Ethnicity, right(FieldKind::Ethnicity)),
        (Required::Parents, parents.into_iter().any(&right)),
        (Required::Hamlet, right(FieldKind::Hamlet)),
        (Required::PersonalId, right(FieldKind::PersonalId)),
    ] {
        if right {
            fields.insert(field);
        }
    }
    fields
}
