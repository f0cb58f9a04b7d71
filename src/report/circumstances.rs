//! Reads what the list's own columns say of circumstances. What a list does not ask about stays
//! unknown: an empty column says nothing of any child.

use rustc_hash::FxHashMap;

use super::roll::{CircumstanceColumn, Roll};
use crate::{
    rules::{Blank, CircumstanceRules, CodeSet, ColumnMeaning, FieldRules, Rules},
    text::fold,
};

/// Rows named for texts that are not understood.
const NAMED_ROWS: usize = 20;

/// What one cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Reading {
    codes: CodeSet,
    unread: bool,
}

/// A column about circumstances while the list is read.
struct Column {
    /// Position in `records.csv`.
    at: usize,
    heading: String,
    meaning: ColumnMeaning,
}

/// Collects the cells while the list is read; a cell's meaning depends on whether the rest of its
/// column is filled in, so children get their codes at the end.
pub(super) struct Collector<'a> {
    circumstances: &'a CircumstanceRules,
    fields: &'a FieldRules,
    columns: Vec<Column>,
    /// By record and column: cells that are not blank.
    cells: Vec<(u32, u16, Reading)>,
}

impl<'a> Collector<'a> {
    /// The input's own columns, with their position in `records.csv`.
    pub fn new<'h>(rules: &'a Rules, headings: impl Iterator<Item = (usize, &'h str)>) -> Self {
        let columns = headings.filter_map(|(at, heading)| {
            let meaning = rules.circumstances.column(heading)?;
            Some(Column { at, heading: heading.to_owned(), meaning })
        });
        Self {
            circumstances: &rules.circumstances,
            fields: &rules.fields,
            columns: columns.collect(),
            cells: Vec::new(),
        }
    }

    /// Takes the cells of one record.
    pub fn add<'c>(&mut self, entry: u32, cell: impl Fn(usize) -> &'c str) {
        for (column, at) in self.columns.iter().zip(0_u16..) {
            // The writer puts an apostrophe before what a spreadsheet would run.
            let text = cell(column.at).trim();
            let text = text.strip_prefix('\'').unwrap_or(text);
            if !text.is_empty() {
                let reading = self.read(column, text);
                self.cells.push((entry, at, reading));
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
    pub fn finish(self, roll: &mut Roll) {
        let (filled, seen) = self.columns_by_sheet(roll);
        for kid in &mut roll.children {
            (kid.codes, kid.asked) = (CodeSet::NONE, CodeSet::NONE);
        }
        let mut doubts = vec![CodeSet::NONE; roll.children.len()];
        for entry in &roll.entries {
            let kid = &mut roll.children[entry.child as usize];
            for at in 0..self.columns.len() {
                if filled.contains_key(&(entry.sheet, at)) {
                    let seen = seen.get(&(entry.sheet, at)).copied().unwrap_or_default();
                    kid.asked.extend(self.answered(at, seen, false));
                }
            }
        }
        for (entry, column, reading) in &self.cells {
            let at = usize::from(*column);
            let entry = &roll.entries[*entry as usize];
            let kid = &mut roll.children[entry.child as usize];
            let seen = seen.get(&(entry.sheet, at)).copied().unwrap_or_default();
            kid.codes.extend(reading.codes);
            if reading.unread {
                doubts[entry.child as usize].extend(self.answered(at, seen, true));
            } else {
                kid.asked.extend(self.answered(at, seen, true));
            }
        }
        for (kid, doubt) in roll.children.iter_mut().zip(doubts) {
            kid.asked.remove(doubt);
            kid.codes = self.circumstances.most_precise(kid.codes);
        }
        self.describe(roll);
    }

    /// For each sheet the columns with anything in them, and the codes that occur there.
    #[expect(clippy::type_complexity, reason = "two maps by sheet and column")]
    fn columns_by_sheet(
        &self,
        roll: &Roll,
    ) -> (FxHashMap<(u16, usize), ()>, FxHashMap<(u16, usize), CodeSet>) {
        let (mut filled, mut seen) = (FxHashMap::default(), FxHashMap::default());
        for (entry, column, reading) in &self.cells {
            let key = (roll.entries[*entry as usize].sheet, usize::from(*column));
            filled.insert(key, ());
            let codes: &mut CodeSet = seen.entry(key).or_default();
            codes.extend(reading.codes);
        }
        (filled, seen)
    }

    /// The codes a column answers for a record: all of them by a filled cell, those of families in
    /// which an empty cell means "none" by an empty one.
    fn answered(&self, at: usize, seen: CodeSet, filled: bool) -> CodeSet {
        let mut answered = CodeSet::NONE;
        match &self.columns[at].meaning {
            ColumnMeaning::Presence(code) => {
                for family in self.circumstances.families_of(*code) {
                    answered.extend(self.circumstances.families[family].codes);
                }
            }
            ColumnMeaning::Mark { below, .. } => answered.extend(*below),
            ColumnMeaning::Words { holds, may_hold } => {
                let shown =
                    may_hold.iter().filter(|family| self.circumstances.families[**family].codes.meets(seen));
                for family in holds.iter().chain(shown) {
                    let family = &self.circumstances.families[*family];
                    if filled || family.blank == Blank::No {
                        answered.extend(family.codes);
                    }
                }
            }
        }
        answered
    }

    fn describe(&self, roll: &mut Roll) {
        for (column, at) in self.columns.iter().zip(0_u16..) {
            let cells = self.cells.iter().filter(|(_, column, _)| *column == at);
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

/// A word that says something by itself, unlike a digit.
fn found_word(word: &str) -> bool {
    word.len() > 2 && word.chars().all(char::is_alphabetic)
}
