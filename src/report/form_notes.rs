//! What a reader of a filled form must know: why cells are empty, which counts may be too small,
//! whether the totals come out.

use super::{
    form::{CheckResult, FilledForm, FormCell},
    ledger::Hidden,
    roll::Roll,
    tally::{Counter, Tally},
};
use crate::{
    rules::{CodeSet, RowKind, Rules},
    write::{Words, grouped},
};

/// A note about cells of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Rows, by position, first and last: neighbours with the same note are one.
    pub rows: (usize, usize),
    /// Columns as the form numbers them.
    pub columns: Vec<usize>,
    /// What is to be known.
    pub text: String,
}

/// All notes on a form.
#[derive(Debug, Default)]
pub struct Notes {
    /// Cells left empty, and why.
    pub empty: Vec<Note>,
    /// Counts that may be too small, and why.
    pub partial: Vec<Note>,
}

/// Collects the notes.
pub fn notes(filled: &FilledForm<'_>, roll: &Roll, rules: &Rules, words: Words<'_>) -> Notes {
    let counter = Counter::new(roll, filled.day, rules);
    let writer = Writer { filled, counter: &counter, rules, words };
    let mut notes = Notes::default();
    for (row, cells) in filled.cells.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            match cell {
                FormCell::Unknown(known) => {
                    add(&mut notes.empty, row, column, writer.empty(row, column, *known));
                }
                FormCell::Count { count, .. } | FormCell::Share { part: count, .. } if count.unknown > 0 => {
                    let number = grouped_number(count.unknown, words);
                    let text = words.fill("mau03", "partial", &[("unknown", &number)]);
                    add(&mut notes.partial, row, column, text);
                }
                _ => {}
            }
        }
    }
    notes.empty = joined(notes.empty);
    notes.partial = joined(notes.partial);
    notes
}

fn grouped_number(number: u64, words: Words<'_>) -> String {
    grouped(usize::try_from(number).unwrap_or(usize::MAX), words.language)
}

/// Adds a note, together with others of the same row.
fn add(notes: &mut Vec<Note>, row: usize, column: usize, text: String) {
    match notes.last_mut().filter(|note| note.rows == (row, row) && note.text == text) {
        Some(note) => note.columns.push(column + 1),
        None => notes.push(Note { rows: (row, row), columns: vec![column + 1], text }),
    }
}

/// Neighbouring rows with the same note are one.
fn joined(notes: Vec<Note>) -> Vec<Note> {
    let mut joined: Vec<Note> = Vec::new();
    for note in notes {
        let same = |last: &&mut Note| {
            last.columns == note.columns && last.text == note.text && last.rows.1 + 1 == note.rows.0
        };
        match joined.last_mut().filter(same) {
            Some(last) => last.rows.1 = note.rows.1,
            None => joined.push(note),
        }
    }
    joined
}

struct Writer<'a> {
    filled: &'a FilledForm<'a>,
    counter: &'a Counter<'a>,
    rules: &'a Rules,
    words: Words<'a>,
}

impl Writer<'_> {
    /// Why a cell is empty: the list does not ask, or too many answers are missing.
    fn empty(&self, row: usize, column: usize, known: Tally) -> String {
        let mut codes = CodeSet::NONE;
        match &self.filled.form.rows[row].kind {
            RowKind::Count(group) => codes.extend(group.codes()),
            RowKind::Sum(parts) => parts.iter().for_each(|part| {
                if let RowKind::Count(group) = &self.filled.form.rows[*part].kind {
                    codes.extend(group.codes());
                }
            }),
            RowKind::Label => {}
        }
        if column > 0 {
            codes.extend(self.filled.form.columns[column].group().codes());
        }
        let silent: Vec<&str> = self
            .rules
            .circumstances
            .families_of(codes)
            .map(|family| &self.rules.circumstances.families[family])
            .filter(|family| {
                !self
                    .counter
                    .children
                    .iter()
                    .any(|kid| kid.asked.meets(family.codes) || kid.codes.meets(family.codes))
            })
            .map(|family| family.name.get(self.words.language))
            .collect();
        let is_sum = matches!(self.filled.form.rows[row].kind, RowKind::Sum(_));
        if silent.is_empty() && is_sum {
            self.words.get("mau03", "sum_open").to_owned()
        } else if silent.is_empty() {
            let numbers = [known.unknown, known.yes].map(|number| grouped_number(number, self.words));
            self.words.fill("mau03", "too_little", &[("unknown", &numbers[0]), ("known", &numbers[1])])
        } else {
            self.words.fill("mau03", "not_asked", &[("about", &silent.join("; "))])
        }
    }
}

/// How a check is told.
pub fn check_word(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Holds => "holds",
        CheckResult::Fails => "fails",
        CheckResult::Open => "open",
    }
}

/// How many cells of the form are hidden.
pub fn hidden_cells(filled: &FilledForm<'_>, hidden: &Hidden) -> usize {
    filled.cells.iter().flatten().filter(|cell| is_hidden(cell, hidden)).count()
}

/// Whether a cell must not be printed.
pub fn is_hidden(cell: &FormCell, hidden: &Hidden) -> bool {
    match cell {
        FormCell::Count { figure, .. } => hidden.hides(*figure),
        FormCell::Share { figure, of, .. } => hidden.hides(*figure) || hidden.hides(*of),
        FormCell::Blank | FormCell::Unknown(_) => false,
    }
}
