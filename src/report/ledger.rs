//! All figures of one call, known by their definitions: the same group counted in two tables is one
//! figure, so that what one table hides another does not show.

use std::collections::{BTreeMap, BTreeSet};

use super::suppress::{Figure, FigureIx, System};
use crate::rules::{Comparison, Group};

/// What a figure counts: conditions that all hold, ages apart because one age group may lie within
/// another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Definition {
    terms: BTreeSet<String>,
    ages: Ages,
}

/// Completed years: from, and below.
type Ages = (i32, i32);

impl Definition {
    /// Everybody in scope on a day.
    pub fn everybody(day: jiff::civil::Date) -> Self {
        Self { terms: BTreeSet::from([format!("on {day}")]), ages: (i32::MIN, i32::MAX) }
    }

    /// Those of them who belong to a group too.
    pub fn and(mut self, group: &Group) -> Self {
        self.narrow(group);
        self
    }

    /// Those of them in a part that no group describes.
    pub fn and_part(mut self, part: String) -> Self {
        self.terms.insert(part);
        self
    }

    /// The fewer conditions, the more is lost with the figure.
    fn worth(&self) -> u32 {
        let bounds = [self.ages.0 > i32::MIN, self.ages.1 < i32::MAX];
        let conditions = self.terms.len() + bounds.into_iter().filter(|bound| *bound).count();
        u32::MAX - u32::try_from(conditions).unwrap_or(u32::MAX)
    }

    fn narrow(&mut self, group: &Group) {
        let (from, below) = &mut self.ages;
        match group {
            Group::All => {}
            Group::And(parts) => parts.iter().for_each(|part| self.narrow(part)),
            Group::Age(Comparison::Below, age) => *below = *age.min(below),
            Group::Age(Comparison::AtMost, age) => *below = (age + 1).min(*below),
            Group::Age(Comparison::AtLeast, age) => *from = *age.max(from),
            Group::Age(Comparison::Above, age) => *from = (age + 1).max(*from),
            Group::Age(Comparison::Equal, age) => {
                (*from, *below) = (*age.max(from), (age + 1).min(*below));
            }
            other => {
                self.terms.insert(format!("{other:?}"));
            }
        }
    }
}

/// The figures and how they hang together.
#[derive(Debug, Default)]
pub struct Ledger {
    system: System,
    known: BTreeMap<Definition, FigureIx>,
    /// What is left of a whole beside its parts, and whether that must be guarded.
    rests: BTreeMap<(FigureIx, Vec<FigureIx>), (FigureIx, bool)>,
}

impl Ledger {
    /// The figure of a definition.
    pub fn place(&mut self, definition: Definition, value: u64) -> FigureIx {
        let (system, worth) = (&mut self.system, definition.worth());
        let new = || system.add(Figure { value, printed: false, guarded: false, worth });
        *self.known.entry(definition).or_insert_with(new)
    }

    /// It is printed.
    pub fn print(&mut self, figure: FigureIx) {
        let figure = self.system.figure_mut(figure);
        (figure.printed, figure.guarded) = (true, true);
    }

    /// It is printed, and says only how many are not known: that tells of the list, not of the
    /// children, and is never hidden for its own sake.
    pub fn print_unguarded(&mut self, figure: FigureIx) {
        self.system.figure_mut(figure).printed = true;
    }

    /// Nobody prints it, but it may follow from others.
    pub fn guard(&mut self, figure: FigureIx) {
        self.system.figure_mut(figure).guarded = true;
    }

    /// A printed sum of figures in which a child may count several times.
    pub fn print_sum(&mut self, value: u64, parts: Vec<FigureIx>) -> FigureIx {
        let at = self.system.add(Figure { value, printed: true, guarded: true, worth: 0 });
        self.system.add_equation(at, parts);
        at
    }

    /// States that parts which do not overlap make up a whole, together with a rest.
    pub fn state_parts(&mut self, whole: FigureIx, parts: &[FigureIx], guard_rest: bool) {
        if parts.contains(&whole) {
            return;
        }
        let sum: u64 = parts.iter().map(|part| self.system.value(*part)).sum();
        let mut figures = parts.to_vec();
        if let Some(value) = self.system.value(whole).checked_sub(sum).filter(|rest| *rest > 0) {
            let system = &mut self.system;
            let mut new = || system.add(Figure { value, printed: false, guarded: false, worth: 0 });
            let rest = self.rests.entry((whole, parts.to_vec())).or_insert_with(|| (new(), false));
            rest.1 |= guard_rest;
            figures.push(rest.0);
        }
        self.system.add_equation(whole, figures);
    }

    /// Which figures must be hidden.
    pub fn hidden(mut self, small: u32) -> Hidden {
        self.state_ages();
        // Of children whom the list places nowhere, parts tell of the list too.
        for ((whole, _), (rest, guard)) in &self.rests {
            if *guard && self.system.is_guarded(*whole) {
                self.system.figure_mut(*rest).guarded = true;
            }
        }
        Hidden(self.system.hidden(u64::from(small)))
    }

    /// An age group within another leaves a rest; two that share out a third leave none.
    fn state_ages(&mut self) {
        let mut groups: BTreeMap<BTreeSet<String>, Vec<(Ages, FigureIx)>> = BTreeMap::new();
        for (definition, figure) in &self.known {
            groups.entry(definition.terms.clone()).or_default().push((definition.ages, *figure));
        }
        for ages in groups.into_values() {
            for (one, whole) in &ages {
                for (other, part) in
                    ages.iter().filter(|(other, _)| other != one && lies_within(*other, *one))
                {
                    self.state_parts(*whole, &[*part], true);
                    let third = ages.iter().find(|(third, _)| {
                        (third.0 == other.1 && third.1 == one.1 && other.0 == one.0) && third.0 < third.1
                    });
                    if let Some((_, third)) = third {
                        // Left over are those without a birth date: they tell of the list.
                        self.state_parts(*whole, &[*part, *third], false);
                    }
                }
            }
        }
    }
}

fn lies_within((from, below): Ages, (first, end): Ages) -> bool {
    first <= from && below <= end && from < below
}

/// The figures that are not shown.
#[derive(Debug)]
pub struct Hidden(Vec<bool>);

impl Hidden {
    /// Nothing is hidden.
    pub fn nothing() -> Self {
        Self(Vec::new())
    }

    /// Whether a figure is hidden.
    pub fn hides(&self, figure: FigureIx) -> bool {
        self.0.get(figure).copied().unwrap_or(false)
    }

    /// How many are.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|hidden| **hidden).count()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;

    fn under(age: i32) -> Definition {
        Definition::everybody(Date::constant(2026, 11, 1)).and(&Group::Age(Comparison::Below, age))
    }

    #[test]
    fn the_same_group_is_one_figure_however_it_is_written() {
        let mut ledger = Ledger::default();
        let number = |definition: Definition| definition.and(&Group::Number);
        let one = ledger.place(number(under(5)), 7);
        let both = Group::And(vec![Group::Number, Group::All, Group::Age(Comparison::AtMost, 4)]);
        let other = ledger.place(Definition::everybody(Date::constant(2026, 11, 1)).and(&both), 7);
        assert_eq!(one, other);
        assert_ne!(one, ledger.place(under(5), 7));
    }

    #[test]
    fn an_age_group_does_not_give_away_another_within_it() {
        let mut ledger = Ledger::default();
        let (under_five, under_six) = (ledger.place(under(5), 20), ledger.place(under(6), 22));
        [under_five, under_six].into_iter().for_each(|figure| ledger.print(figure));
        let hidden = ledger.hidden(5);
        assert!(hidden.hides(under_five) || hidden.hides(under_six), "two are five years old");
    }
}
