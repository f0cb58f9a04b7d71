//! Fills a form of counts: every child once a row, nothing where nothing is known.

use jiff::civil::Date;

use super::{
    ReportError,
    ledger::{Definition, Ledger},
    roll::{Kid, Roll},
    suppress::FigureIx,
    tally::{Counter, Tally},
    truth::Truth,
};
use crate::rules::{CheckKind, CountedForm, FormCheck, FormFigure, Group, RowKind, Rules};

/// What a cell can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormCell {
    /// Nothing is asked here.
    Blank,
    /// The list does not tell.
    Unknown(Tally),
    /// A count; `figure` is its place in the ledger.
    Count {
        /// What is known.
        count: Tally,
        /// Its place.
        figure: FigureIx,
    },
    /// A part of a whole.
    Share {
        /// Those who are counted.
        part: Tally,
        /// Their place in the ledger.
        figure: FigureIx,
        /// The row's children.
        whole: u64,
        /// Their place.
        of: FigureIx,
    },
}

/// How a check of the form came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckResult {
    /// It holds.
    Holds,
    /// It does not: something was counted wrongly.
    Fails,
    /// A figure it needs is not known.
    Open,
}

/// A form filled in.
#[derive(Debug)]
pub struct FilledForm<'a> {
    /// The form.
    pub form: &'a CountedForm,
    /// The year.
    pub year: i16,
    /// The day its figures speak of.
    pub day: Date,
    /// Children in scope.
    pub children: u64,
    /// Children counted although they have no whole birth date.
    pub without_age: u64,
    /// By row and column.
    pub cells: Vec<Vec<FormCell>>,
    /// In the order of the form's checks.
    pub checks: Vec<CheckResult>,
}

/// The day a year's figures speak of: its last one, or the day of the run where that is earlier.
pub fn day_of(form: &CountedForm, year: i16, as_of: Date) -> Result<Date, ReportError> {
    let ahead = ReportError::YearAhead { year, as_of };
    let end = Date::new(year, form.closes.month, form.closes.day).map_err(|_| ahead)?;
    if year > as_of.year() {
        return Err(ReportError::YearAhead { year, as_of });
    }
    Ok(end.min(as_of))
}

/// Fills the form from the clean list; its figures go into the ledger.
pub fn fill<'a>(
    form: &'a CountedForm,
    roll: &Roll,
    year: i16,
    rules: &Rules,
    ledger: &mut Ledger,
) -> Result<FilledForm<'a>, ReportError> {
    let day = day_of(form, year, roll.as_of)?;
    let counter = Counter::new(roll, day, rules);
    let mut filling = Filling { form, counter: &counter, ledger, rows: Vec::new() };
    for row in &form.rows {
        let counted = filling.count(&row.kind);
        filling.rows.push(counted);
    }
    let cells: Vec<Vec<FormCell>> = (0..form.rows.len()).map(|row| filling.row(row)).collect();
    filling.relate();
    let unknown = |row: usize| filling.rows[row].as_ref().map_or(0, |row| row.columns[0].0.unknown);
    let checks = form.checks.iter().map(|check| result(check, &cells, unknown)).collect();
    Ok(FilledForm {
        form,
        year,
        day,
        children: counter.children.len() as u64,
        without_age: counter.children.iter().filter(|kid| !has_whole_birth(kid)).count() as u64,
        checks,
        cells,
    })
}

fn has_whole_birth(kid: &Kid) -> bool {
    kid.birth.is_some_and(|birth| birth.to_date().is_some())
}

/// A row's children: who they are, and how many of them in each column.
struct CountedRow {
    /// Each with its place in the ledger.
    columns: Vec<(Tally, FigureIx)>,
    /// By place among the children in scope.
    members: Vec<bool>,
}

struct Filling<'a, 'b> {
    form: &'a CountedForm,
    counter: &'b Counter<'b>,
    ledger: &'b mut Ledger,
    rows: Vec<Option<CountedRow>>,
}

impl Filling<'_, '_> {
    /// The children of a row, then those of them in each column's group.
    fn count(&mut self, kind: &RowKind) -> Option<CountedRow> {
        let RowKind::Count(group) = kind else { return None };
        let (judge, children) = (self.counter.judge, &self.counter.children);
        let truths: Vec<Truth> = children.iter().map(|kid| judge.of(group, kid)).collect();
        let columns = self.form.columns.iter().map(|figure| {
            let mut tally = Tally::default();
            for (kid, truth) in children.iter().zip(&truths) {
                match figure.group() {
                    Group::All => tally.add(*truth),
                    group if *truth == Truth::Yes => tally.add(judge.of(group, kid)),
                    _ => {}
                }
            }
            let definition = Definition::everybody(judge.day).and(group).and(figure.group());
            (tally, self.ledger.place(definition, tally.yes))
        });
        let columns = columns.collect();
        Some(CountedRow { columns, members: truths.iter().map(|truth| *truth == Truth::Yes).collect() })
    }

    fn row(&mut self, at: usize) -> Vec<FormCell> {
        let row = &self.form.rows[at];
        let columns = 0..self.form.columns.len();
        match &row.kind {
            RowKind::Label => columns.map(|_| FormCell::Blank).collect(),
            RowKind::Count(_) => columns.map(|column| self.cell(at, column, row.all_columns)).collect(),
            RowKind::Sum(parts) => columns.map(|column| self.sum(parts, column)).collect(),
        }
    }

    /// A row's children and those in one column; `None` where too little is known of them.
    fn known(&self, row: usize, column: usize) -> Option<[(Tally, FigureIx); 2]> {
        let columns = &self.rows[row].as_ref()?.columns;
        let (whole, part) = (columns[0], columns[column]);
        let share = self.form.unknown_share;
        let known = whole.0.is_known(self.counter.children.len() as u64, share)
            && (column == 0 || part.0.is_known(whole.0.yes, share));
        known.then_some([whole, part])
    }

    fn cell(&mut self, row: usize, column: usize, all: bool) -> FormCell {
        let Some(counted) = &self.rows[row] else { return FormCell::Blank };
        let unknown = FormCell::Unknown(counted.columns[column].0);
        if column > 0 && (!all || self.known(row, 0).is_none()) {
            return FormCell::Blank;
        }
        let Some([whole, part]) = self.known(row, column) else { return unknown };
        let count = part.0;
        match &self.form.columns[column] {
            // A share of nobody is no figure.
            FormFigure::Percent(_) if whole.0.yes == 0 => FormCell::Blank,
            FormFigure::Count(_) => {
                self.ledger.print(part.1);
                FormCell::Count { count, figure: part.1 }
            }
            FormFigure::Percent(_) => {
                self.ledger.print(part.1);
                FormCell::Share { part: count, figure: part.1, whole: whole.0.yes, of: whole.1 }
            }
        }
    }

    /// A column of rows added up: known where every row's figure is.
    fn sum(&mut self, rows: &[usize], column: usize) -> FormCell {
        let counted = rows.iter().filter_map(|row| self.rows[*row].as_ref());
        let mut part = Tally::default();
        for row in counted {
            part.yes += row.columns[column].0.yes;
            part.unknown += row.columns[column].0.unknown;
        }
        let known: Option<Vec<_>> = rows.iter().map(|row| self.known(*row, column)).collect();
        let Some(known) = known else { return FormCell::Unknown(part) };
        let whole = known.iter().map(|[whole, _]| whole.0.yes).sum();
        let mut add = |side: usize, value: u64| {
            self.ledger.print_sum(value, known.iter().map(|pair| pair[side].1).collect())
        };
        match &self.form.columns[column] {
            FormFigure::Count(_) => FormCell::Count { count: part, figure: add(1, part.yes) },
            FormFigure::Percent(_) if whole == 0 => FormCell::Blank,
            FormFigure::Percent(_) => {
                FormCell::Share { part, figure: add(1, part.yes), whole, of: add(0, whole) }
            }
        }
    }

    /// Tells the ledger what can be subtracted: a row's parts from the row, rows that share out
    /// another one, and what the form's checks compare.
    fn relate(&mut self) {
        for row in self.rows.iter().flatten() {
            for (_, part) in &row.columns {
                self.ledger.guard(*part);
                self.ledger.state_parts(row.columns[0].1, &[*part], true);
            }
        }
        for (total, parts, guard_rest) in self.shared_out() {
            let Some(whole) = &self.rows[total] else { continue };
            let parts: Option<Vec<&CountedRow>> =
                parts.iter().map(|part| self.rows[*part].as_ref()).collect();
            let Some(parts) = parts.filter(|parts| share_out(whole, parts)) else { continue };
            for column in 0..self.form.columns.len() {
                let places: Vec<FigureIx> = parts.iter().map(|part| part.columns[column].1).collect();
                self.ledger.state_parts(whole.columns[column].1, &places, guard_rest);
            }
        }
    }

    /// Rows with the rows that stand right below them, and what the checks compare. What is left
    /// over in an equality are children of whom something is not known: nothing to guard.
    fn shared_out(&self) -> Vec<(usize, Vec<usize>, bool)> {
        let rows = &self.form.rows;
        let mut groups = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let below = (at + 1..rows.len()).take_while(|other| rows[*other].level > row.level);
            let below: Vec<usize> = below.collect();
            let next = below.iter().map(|other| rows[*other].level).min();
            let parts: Vec<usize> =
                below.into_iter().filter(|other| Some(rows[*other].level) == next).collect();
            if !parts.is_empty() {
                groups.push((at, parts, true));
            }
        }
        for check in &self.form.checks {
            match check.kind {
                CheckKind::Equal => groups.push((check.total, check.parts.clone(), false)),
                CheckKind::AtMost => {
                    groups.extend(check.parts.iter().map(|part| (check.total, vec![*part], true)));
                    groups.push((check.total, check.parts.clone(), true));
                }
            }
        }
        groups
    }
}

/// Whether the parts lie within the whole and no child is in two of them.
fn share_out(whole: &CountedRow, parts: &[&CountedRow]) -> bool {
    (0..whole.members.len()).all(|child| {
        let times = parts.iter().filter(|part| part.members[child]).count();
        times == 0 || (times == 1 && whole.members[child])
    })
}

/// What a check says of the first column.
fn result(check: &FormCheck, cells: &[Vec<FormCell>], unknown: impl Fn(usize) -> u64) -> CheckResult {
    let value = |row: usize| match cells[row][0] {
        FormCell::Count { count, .. } => Some(count.yes),
        _ => None,
    };
    let values: Option<Vec<u64>> = check.parts.iter().map(|part| value(*part)).collect();
    let (Some(whole), Some(values)) = (value(check.total), values) else { return CheckResult::Open };
    let holds = match check.kind {
        CheckKind::AtMost => values.iter().all(|part| *part <= whole),
        CheckKind::Equal => {
            // Of these nobody knows whether they are one or the other.
            let unknown = check.parts.iter().map(|part| unknown(*part)).max().unwrap_or(0);
            values.iter().sum::<u64>() + unknown == whole
        }
    };
    if holds { CheckResult::Holds } else { CheckResult::Fails }
}
