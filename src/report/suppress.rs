//! Small counts must not leave the ward, nor be found by subtraction. Every figure is a variable;
//! tables say which variables add up to which. What is hidden must stay undetermined by all that
//! is shown, and no sum of hidden figures that follows from the shown ones may be small itself.
//!
//! The method is complementary cell suppression: first every small figure is hidden, then, as long
//! as an equation or a combination of equations gives one away, the least costly further figure
//! of the table. That no combination of equations determines a hidden figure is decided by linear
//! algebra, not by trying.

mod linear;

use std::collections::{BTreeMap, BTreeSet};

use linear::{PRIME, Row, Solved};

/// A figure among [`System::figures`].
pub type FigureIx = usize;

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The count.
    pub value: u64,
    /// Printed unless hidden; else it is never printed, but may follow from what is.
    pub printed: bool,
    /// It must not be found where it is small.
    pub guarded: bool,
    /// How much would be lost with it: the totals of a table more than its details.
    pub worth: u32,
}

/// `total` is the sum of `parts`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Equation {
    /// The sum.
    pub total: FigureIx,
    /// What it is the sum of.
    pub parts: Vec<FigureIx>,
}

impl Equation {
    fn members(&self) -> impl Iterator<Item = FigureIx> {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }
}

/// Figures and how they hang together.
#[derive(Debug, Default)]
pub struct System {
    figures: Vec<Figure>,
    equations: BTreeSet<Equation>,
}

impl System {
    /// Adds a figure.
    pub fn add(&mut self, figure: Figure) -> FigureIx {
        self.figures.push(figure);
        self.figures.len() - 1
    }

    /// The count of a figure that was added.
    pub fn value(&self, figure: FigureIx) -> u64 {
        self.figures[figure].value
    }

    /// A figure that was added.
    pub fn figure_mut(&mut self, figure: FigureIx) -> &mut Figure {
        &mut self.figures[figure]
    }

    /// States that parts add up to a total. A figure that is its own sum says nothing.
    pub fn add_equation(&mut self, total: FigureIx, parts: Vec<FigureIx>) {
        if parts != [total] && !parts.contains(&total) {
            self.equations.insert(Equation { total, parts });
        }
    }

    /// Which figures must be hidden so that none that is greater than zero and below `small` is
    /// printed or can be found.
    pub fn hidden(&self, small: u64) -> Vec<bool> {
        let hidden =
            self.figures.iter().map(|figure| figure.printed && self.is_small(*figure, small)).collect();
        let mut search = Search { system: self, small, hidden, by_figure: BTreeMap::new() };
        for (at, equation) in self.equations.iter().enumerate() {
            for figure in equation.members() {
                search.by_figure.entry(figure).or_default().push(at);
            }
        }
        let equations: Vec<&Equation> = self.equations.iter().collect();
        search.balance(&equations);
        loop {
            let found = search.found(&equations);
            // Where everything near is hidden already there is nothing left to hide.
            let covered = found.into_iter().filter(|figure| search.cover(*figure, &equations)).count();
            if covered == 0 {
                return search.hidden;
            }
            search.balance(&equations);
        }
    }

    fn is_small(&self, figure: Figure, small: u64) -> bool {
        figure.guarded && figure.value > 0 && figure.value < small
    }
}

struct Search<'a> {
    system: &'a System,
    small: u64,
    hidden: Vec<bool>,
    by_figure: BTreeMap<FigureIx, Vec<usize>>,
}

impl Search<'_> {
    /// Nobody outside is told this figure.
    fn is_unknown(&self, figure: FigureIx) -> bool {
        self.hidden[figure] || !self.system.figures[figure].printed
    }

    /// Whether it matters that this figure stays unknown.
    fn is_secret(&self, figure: FigureIx) -> bool {
        self.hidden[figure] || self.system.is_small(self.system.figures[figure], self.small)
    }

    /// Hides more until no single equation gives a secret away: at least two unknown figures in
    /// it, which together are not small.
    fn balance(&mut self, equations: &[&Equation]) {
        let mut open: BTreeSet<usize> = (0..equations.len()).collect();
        while let Some(at) = open.pop_first() {
            let equation = equations[at];
            let unknown: Vec<FigureIx> = equation.members().filter(|it| self.is_unknown(*it)).collect();
            let secret = unknown.iter().any(|it| self.is_secret(*it));
            if !secret || (unknown.len() > 1 && self.hidden_sum(equation) >= self.small) {
                continue;
            }
            if let Some(more) = self.cheapest(equation) {
                self.hidden[more] = true;
                open.extend(&self.by_figure[&more]);
            }
        }
    }

    /// What the unknown parts add up to, by what is known. Where the total itself is unknown there
    /// is nothing to subtract from.
    fn hidden_sum(&self, equation: &Equation) -> u64 {
        if self.is_unknown(equation.total) {
            return u64::MAX;
        }
        let unknown = equation.parts.iter().filter(|it| self.is_unknown(**it));
        unknown.map(|it| self.system.figures[*it].value).sum()
    }

    /// The next figure of an equation to hide: the one with which least is lost. A zero hides
    /// nothing, and a small one that needs no guard protects nothing.
    fn cheapest(&self, equation: &Equation) -> Option<FigureIx> {
        let figure = |it: &FigureIx| self.system.figures[*it];
        let shown = equation.members().filter(|it| !self.is_unknown(*it));
        let useful = |it: &Figure| it.value > 0 && (it.guarded || it.value >= self.small);
        shown.filter(|it| useful(&figure(it))).min_by_key(|it| self.cost(*it))
    }

    fn cost(&self, figure: FigureIx) -> (u32, u64, FigureIx) {
        let Figure { worth, value, .. } = self.system.figures[figure];
        (worth, value, figure)
    }

    /// Secrets that the equations taken together give away: one of each part of the tables that
    /// hangs together.
    fn found(&self, equations: &[&Equation]) -> Vec<FigureIx> {
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        for start in (0..self.hidden.len()).filter(|it| self.is_unknown(*it) && self.is_secret(*it)) {
            if seen.contains(&start) {
                continue;
            }
            let component = self.component(start, equations);
            seen.extend(component.figures.iter().copied());
            let solved = Solved::new(&component.rows);
            let mut secrets = component.figures.into_iter().filter(|it| self.is_secret(*it));
            found.extend(secrets.find(|it| solved.determines(*it)));
        }
        found
    }

    /// Hides one more figure of the tables in which a secret was found: of all that is shown beside
    /// unknown ones the one with which least is lost.
    fn cover(&mut self, figure: FigureIx, equations: &[&Equation]) -> bool {
        let component = self.component(figure, equations);
        let choices = component.equations.iter().filter_map(|at| self.cheapest(equations[*at]));
        let choice = choices.min_by_key(|it| self.cost(*it));
        choice.is_some_and(|it| !std::mem::replace(&mut self.hidden[it], true))
    }

    /// Unknown figures that hang together, with their equations.
    fn component(&self, start: FigureIx, equations: &[&Equation]) -> Component {
        let mut figures = BTreeSet::from([start]);
        let mut used = BTreeSet::new();
        let mut open = vec![start];
        while let Some(figure) = open.pop() {
            for at in self.by_figure.get(&figure).map_or(&[][..], Vec::as_slice) {
                if used.insert(*at) {
                    let unknown = equations[*at].members().filter(|it| self.is_unknown(*it));
                    open.extend(unknown.filter(|it| figures.insert(*it)));
                }
            }
        }
        let row = |at: &usize| {
            let equation = equations[*at];
            let mut row = Row::new();
            let mut put = |figure: FigureIx, sign: u64| {
                if figures.contains(&figure) {
                    let cell = row.entry(figure).or_insert(0);
                    *cell = (*cell + sign) % PRIME;
                }
            };
            put(equation.total, 1);
            equation.parts.iter().for_each(|part| put(*part, PRIME - 1));
            row.retain(|_, cell| *cell != 0);
            row
        };
        let rows = used.iter().map(row).collect();
        Component { figures, equations: used.into_iter().collect(), rows }
    }
}

/// Figures that hang together.
struct Component {
    figures: BTreeSet<FigureIx>,
    equations: Vec<usize>,
    /// Coefficients of the unknown figures, one row an equation.
    rows: Vec<Row>,
}

#[cfg(test)]
mod tests;
