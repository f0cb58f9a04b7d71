//! Reads what the list's own columns say of circumstances. What a list does not ask about stays
//! unknown: an empty column says nothing of any child.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::roll::{CircumstanceColumn, Roll};
use crate::{
    record::RECORD_COLUMNS,
    rules::{Blank, CircumstanceRules, CodeSet, ColumnMeaning, Family, FieldRules, Rules},
    text::fold,
};

/// Rows named for texts that are not understood.
const NAMED_ROWS: usize = 20;

/// What one cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reading {
    codes: CodeSet,
    unread: bool,
}

/// Codes by what the column that speaks of them is there for.
#[derive(Debug, Clone, Copy, Default)]
struct ByColumn {
    /// In a column that holds their family.
    own: CodeSet,
    /// In a column of another family that may hold theirs.
    other: CodeSet,
}

/// What the columns say of one child.
#[derive(Debug, Clone, Copy, Default)]
struct Answers {
    codes: CodeSet,
    told: ByColumn,
    /// Where a text was not understood.
    doubts: ByColumn,
}

impl Answers {
    /// What is answered: a text that is not understood leaves its column's families open, but a
    /// family with a column of its own is answered there.
    fn asked(self) -> CodeSet {
        let mut asked = self.told.other;
        asked.remove(self.doubts.other);
        asked.extend(self.told.own);
        asked.remove(self.doubts.own);
        asked
    }
}

/// A column about circumstances while the list is read.
struct Column {
    /// Position in `records.csv`.
    at: usize,
    heading: String,
    meaning: ColumnMeaning,
}

/// A cell that is not blank: its record, its column, what it says.
pub(crate) type ReadCell = (u32, u16, Reading);

/// Reads the cells of a list; a cell's meaning depends on whether the rest of its column is filled
/// in, so children get their codes at the end.
pub(crate) struct Collector<'a> {
    circumstances: &'a CircumstanceRules,
    fields: &'a FieldRules,
    columns: Vec<Column>,
}

impl<'a> Collector<'a> {
    /// For a list with these headings of `records.csv`; the input's own are looked at.
    pub fn new<'h>(rules: &'a Rules, headings: impl Iterator<Item = &'h str>) -> Self {
        let own = headings.enumerate().filter(|(_, heading)| !RECORD_COLUMNS.contains(heading));
        let columns = own.filter_map(|(at, heading)| {
            let meaning = rules.circumstances.column(heading)?;
            Some(Column { at, heading: heading.to_owned(), meaning })
        });
        Self { circumstances: &rules.circumstances, fields: &rules.fields, columns: columns.collect() }
    }

    /// Reads the cells of one record: `cell` gives the one at a position in `records.csv`.
    pub fn read_cells<'c>(
        &self,
        entry: u32,
        cell: impl Fn(usize) -> Cow<'c, str>,
        cells: &mut Vec<ReadCell>,
    ) {
        for (column, at) in self.columns.iter().zip(0_u16..) {
            let cell = cell(column.at);
            // The writer puts an apostrophe before what a spreadsheet would run.
            let text = cell.trim();
            let text = text.strip_prefix('\'').unwrap_or(text);
            if !text.is_empty() {
                cells.push((entry, at, self.read(column, text)));
            }
        }
    }

    fn read(&self, column: &Column, text: &str) -> Reading {
        match &column.meaning {
            ColumnMeaning::Presence(code) => {
                let folded = fold::plain(text);
                let has = self.fields.mark(text) == Some(true) || !self.says_nothing(text, &folded);
                Reading { codes: if has { *code } else { CodeSet::NONE }, unread: false }
            }
            ColumnMeaning::Mark { code, below } => self.read_mark(column, *code, *below, text),
            ColumnMeaning::Words { holds, may_hold } => {
                let families: Vec<usize> = holds.iter().chain(may_hold).copied().collect();
                let parts = text.split([';', ',', '\n', '|']).map(str::trim).filter(|part| !part.is_empty());
                parts.fold(Reading::default(), |mut sum, part| {
                    let reading = self.read_words(&families, part);
                    sum.codes.extend(reading.codes);
                    sum.unread |= reading.unread;
                    sum
                })
            }
        }
    }

    fn says_nothing(&self, text: &str, folded: &str) -> bool {
        self.fields.mark(text) == Some(false)
            || self.fields.is_nothing(folded)
            || self.circumstances.is_nothing(folded)
    }

    /// A cell under a heading that names a code: a mark, nothing, or which part of it.
    fn read_mark(&self, column: &Column, code: CodeSet, below: CodeSet, text: &str) -> Reading {
        let folded = fold::plain(text);
        let marked = self.fields.mark(text) == Some(true);
        if !marked && self.says_nothing(text, &folded) {
            return Reading::default();
        }
        let family: Vec<usize> = self.circumstances.families_of(code).collect();
        let heading = column.heading.rsplit(" / ").next().unwrap_or(&column.heading);
        let together = [fold::plain(heading), folded].join(" ");
        let words: Vec<&str> = together.split(' ').collect();
        let said = self.circumstances.phrase(&family, &words).map(|(_, _, codes)| codes);
        Reading { codes: said.filter(|codes| below.covers(*codes)).unwrap_or(code), unread: false }
    }

    fn read_words(&self, families: &[usize], part: &str) -> Reading {
        let folded = fold::plain(part);
        let exact = self.circumstances.whole_phrase(families, &folded);
        if !exact.is_empty() {
            return Reading { codes: exact, unread: false };
        }
        if let Some(code) = self.circumstances.written_code(families[0], part) {
            return Reading { codes: code, unread: false };
        }
        if self.fields.mark(part) == Some(true) {
            return Reading { codes: self.circumstances.unspecified(families[0]), unread: false };
        }
        if self.says_nothing(part, &folded) {
            return Reading::default();
        }
        // "Không khuyết tật" is no disability, and not a text anybody foresaw.
        if folded.starts_with("khong ") || folded.starts_with("chua ") || folded.starts_with("het ") {
            return Reading { unread: true, ..Reading::default() };
        }
        let codes = self.phrases(families, &folded);
        Reading { codes, unread: codes.is_empty() }
    }

    /// All phrases among the words, the longest first, no word used twice.
    fn phrases(&self, families: &[usize], folded: &str) -> CodeSet {
        let mut codes = CodeSet::NONE;
        let mut pieces: Vec<Vec<&str>> = vec![folded.split(' ').collect()];
        while let Some(words) = pieces.pop() {
            if let Some((at, length, found)) = self.circumstances.phrase(families, &words) {
                // A lone word or digit inside a longer text is not what it is alone.
                if length > 1 || words.len() == 1 || found_word(words[at]) {
                    codes.extend(found);
                }
                pieces.extend([words[..at].to_vec(), words[at + length..].to_vec()]);
            }
        }
        codes
    }

    /// Gives the children their codes.
    pub fn finish(&self, cells: &[ReadCell], roll: &mut Roll) {
        let seen = codes_by_sheet(cells, roll);
        let mut answers = vec![Answers::default(); roll.children.len()];
        // What an empty cell answers is the same for every record of a sheet.
        let mut empty = vec![ByColumn::default(); roll.sheets.len()];
        for ((sheet, at), seen) in &seen {
            self.answer(*at, *seen, false, &mut empty[usize::from(*sheet)]);
        }
        for entry in &roll.entries {
            let told = &mut answers[entry.child as usize].told;
            let empty = &empty[usize::from(entry.sheet)];
            told.own.extend(empty.own);
            told.other.extend(empty.other);
        }
        for (entry, column, reading) in cells {
            let at = usize::from(*column);
            let entry = &roll.entries[*entry as usize];
            let seen = seen.get(&(entry.sheet, at)).copied().unwrap_or_default();
            let answers = &mut answers[entry.child as usize];
            answers.codes.extend(reading.codes);
            let side = if reading.unread { &mut answers.doubts } else { &mut answers.told };
            self.answer(at, seen, true, side);
        }
        for (kid, answers) in roll.children.iter_mut().zip(answers) {
            kid.codes = self.circumstances.most_precise(answers.codes);
            kid.asked = answers.asked();
        }
        self.describe(cells, roll);
    }

    /// The codes a column answers for a record: all of them by a filled cell, those of families in
    /// which an empty cell means "none" by an empty one.
    fn answer(&self, at: usize, seen: CodeSet, filled: bool, answers: &mut ByColumn) {
        let family = |family: &usize| &self.circumstances.families[*family];
        let answered = |family: &&Family| filled || family.blank == Blank::No;
        match &self.columns[at].meaning {
            ColumnMeaning::Presence(code) => {
                for family in self.circumstances.families_of(*code) {
                    answers.own.extend(self.circumstances.families[family].codes);
                }
            }
            ColumnMeaning::Mark { below, .. } => answers.own.extend(*below),
            ColumnMeaning::Words { holds, may_hold } => {
                let own = holds.iter().map(family).filter(answered);
                own.for_each(|family| answers.own.extend(family.codes));
                let shown = may_hold.iter().map(family).filter(|family| family.codes.meets(seen));
                shown.filter(answered).for_each(|family| answers.other.extend(family.codes));
            }
        }
    }

    fn describe(&self, cells: &[ReadCell], roll: &mut Roll) {
        for (column, at) in self.columns.iter().zip(0_u16..) {
            let cells = cells.iter().filter(|(_, column, _)| *column == at);
            let mut said = CircumstanceColumn {
                heading: column.heading.clone(),
                filled: 0,
                unread: Vec::new(),
                unread_count: 0,
            };
            for (entry, _, reading) in cells {
                said.filled += 1;
                if reading.unread {
                    said.unread_count += 1;
                    if said.unread.len() < NAMED_ROWS {
                        let entry = &roll.entries[*entry as usize];
                        said.unread.push((entry.sheet, entry.row));
                    }
                }
            }
            roll.columns.push(said);
        }
    }
}

/// For each sheet the columns with anything in them, with the codes that occur there.
fn codes_by_sheet(cells: &[ReadCell], roll: &Roll) -> FxHashMap<(u16, usize), CodeSet> {
    let mut seen: FxHashMap<(u16, usize), CodeSet> = FxHashMap::default();
    for (entry, column, reading) in cells {
        let key = (roll.entries[*entry as usize].sheet, usize::from(*column));
        seen.entry(key).or_default().extend(reading.codes);
    }
    seen
}

/// A word that says something by itself, unlike a digit.
fn found_word(word: &str) -> bool {
    word.len() > 2 && word.chars().all(char::is_alphabetic)
}
