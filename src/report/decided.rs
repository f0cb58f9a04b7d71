//! What people decided between two runs, from the `decisions.csv` of both.

use std::path::Path;

use rust_xlsxwriter::XlsxError;
use rustc_hash::FxHashSet;

use super::{
    ReportError, bench::Bench, compare_book::child_columns, people::Person, run_folder::DECISIONS,
    table::Table,
};
use crate::{
    decide::{Answer, PairKind},
    record::FieldKind,
    rules::ColumnStyle,
    write::{Book, Cell, Plan, Words},
};

/// An answer of a person that the run applied.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppliedDecision {
    /// The record it speaks of.
    pub record_id: String,
    /// The other record or the number.
    pub other: String,
    /// The answer, as the run has it.
    pub answer: String,
    /// `duplicate`, `identity`, or nothing where one child was asked about.
    pub kind: String,
}

/// The answers that a run applied; `None` where it was given none.
fn read(run: &Path) -> Result<Option<Vec<AppliedDecision>>, ReportError> {
    let path = run.join(DECISIONS);
    if !path.is_file() {
        return Ok(None);
    }
    let mut table = Table::open(&path, DECISIONS)?;
    let columns = [
        table.column("record_id")?,
        table.column("other")?,
        table.column("answer")?,
        table.column("kind")?,
        table.column("outcome")?,
    ];
    let mut applied = Vec::new();
    let mut known = FxHashSet::default();
    while table.next(&path)? {
        let [record_id, other, answer, kind, outcome] = columns.map(|column| table.get(column).to_owned());
        let decision = AppliedDecision { record_id, other, answer, kind };
        // The same answer may stand in the log and in a workbook.
        if outcome == "applied" && !decision.record_id.is_empty() && known.insert(decision.clone()) {
            applied.push(decision);
        }
    }
    Ok(Some(applied))
}

/// The answers that the later run applied and the earlier did not; `None` where it was given none.
pub fn decided_since(before: &Path, now: &Path) -> Result<Option<Vec<AppliedDecision>>, ReportError> {
    let Some(mut decided) = read(now)? else { return Ok(None) };
    let known: FxHashSet<AppliedDecision> = read(before)?.unwrap_or_default().into_iter().collect();
    decided.retain(|decision| !known.contains(decision));
    Ok(Some(decided))
}

impl AppliedDecision {
    /// The answer as the review workbook offers it.
    fn said(&self, bench: Bench<'_>) -> String {
        let words = bench.words();
        let answers = &bench.rules.forms.review.answers;
        let kind = [PairKind::Duplicate, PairKind::Identity].into_iter().find(|it| it.as_str() == self.kind);
        let answer = kind.and_then(|kind| Some((kind, Answer::read(&self.answer, kind)?)));
        let text = match answer {
            Some((PairKind::Duplicate, Answer::Yes)) => &answers.duplicate_same,
            Some((PairKind::Duplicate, Answer::No)) => &answers.duplicate_different,
            Some((PairKind::Identity, Answer::Yes)) => &answers.identity_same,
            Some((PairKind::Identity, Answer::No)) => &answers.identity_different,
            Some((_, Answer::Unsure)) => &answers.unclear,
            None => return said_of_one(words, &self.answer),
        };
        text.get(words.language).to_owned()
    }
}

/// A number, or a field that was put right.
fn said_of_one(words: Words<'_>, answer: &str) -> String {
    if answer == "number" {
        return words.get("changed", "number_filled_in").to_owned();
    }
    match FieldKind::ALL.iter().find(|field| field.key() == answer) {
        Some(field) => words.fill("changed", "put_right", &[("field", words.field(*field))]),
        None => answer.to_owned(),
    }
}

/// One sheet, one row an answer, in the order in which they were given.
pub fn write_decided<'a>(
    bench: Bench<'a>,
    decided: &[AppliedDecision],
    person: impl Fn(&str) -> Person,
    book: &mut Book<'a>,
) -> Result<(), XlsxError> {
    let words = bench.words();
    let columns =
        child_columns(bench, [("other", 18.0, ColumnStyle::Code), ("answer", 34.0, ColumnStyle::Text)]);
    let title = words.get("happened", "decided").to_uppercase();
    let name = book.allow_name(words.get("happened", "decided"));
    let plan = Plan {
        name: &name,
        title: &title,
        introduction: words.get("happened_note", "decided"),
        columns: &columns,
        rows: decided.len(),
    };
    let mut sheet = book.sheet(&plan)?;
    for (number, decision) in (1..).zip(decided) {
        // A list names a child once, by the record that stands for it.
        let child = [&decision.record_id, &decision.other]
            .map(|record_id| person(record_id))
            .into_iter()
            .find(|child| !child.full_name.is_empty())
            .unwrap_or_default();
        sheet.row(&[
            Cell::says(i32::to_string(&number)),
            Cell::says(decision.record_id.as_str()),
            Cell::says(child.full_name.as_str()),
            Cell::says(child.birth.as_str()),
            Cell::says(child.gender.as_str()),
            Cell::says(child.hamlet.as_str()),
            Cell::says(decision.other.as_str()),
            Cell::says(decision.said(bench)),
        ])?;
    }
    sheet.finish(&[])
}
