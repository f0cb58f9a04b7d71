//! The search for what else to hide.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Equation, Figure, FigureIx,
    linear::{PRIME, Row, Solution},
};

/// What is unknown in one equation.
#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    unknown: usize,
    secrets: usize,
    /// What the unknown parts add up to.
    parts: u64,
    total_unknown: bool,
}

pub(super) struct Search<'a> {
    figures: &'a [Figure],
    equations: Vec<&'a Equation>,
    small: u64,
    hidden: Vec<bool>,
    standing: Vec<Standing>,
    /// Equations in which a figure stands, once for every time it does; true as their total.
    places: Vec<Vec<(usize, bool)>>,
    /// Equations to look at again.
    open: BTreeSet<usize>,
}

impl<'a> Search<'a> {
    /// Hides what is small, to begin with.
    pub fn new(figures: &'a [Figure], equations: &'a BTreeSet<Equation>, small: u64) -> Self {
        let equations: Vec<&Equation> = equations.iter().collect();
        let mut places = vec![Vec::new(); figures.len()];
        for (at, equation) in equations.iter().enumerate() {
            places[equation.total].push((at, true));
            equation.parts.iter().for_each(|part| places[*part].push((at, false)));
        }
        let mut search = Self {
            figures,
            small,
            hidden: vec![false; figures.len()],
            standing: vec![Standing::default(); equations.len()],
            open: (0..equations.len()).collect(),
            equations,
            places,
        };
        for (at, figure) in figures.iter().enumerate() {
            if !figure.printed {
                search.count(at, true, search.is_small(at));
            } else if search.is_small(at) {
                search.hide(at);
            }
        }
        search
    }

    pub fn into_hidden(self) -> Vec<bool> {
        self.hidden
    }

    fn is_small(&self, figure: FigureIx) -> bool {
        let Figure { value, guarded, .. } = self.figures[figure];
        guarded && value > 0 && value < self.small
    }

    /// Nobody outside is told this figure.
    fn is_unknown(&self, figure: FigureIx) -> bool {
        self.hidden[figure] || !self.figures[figure].printed
    }

    /// Whether it matters that this figure stays unknown.
    fn is_secret(&self, figure: FigureIx) -> bool {
        self.hidden[figure] || self.is_small(figure)
    }

    fn hide(&mut self, figure: FigureIx) {
        self.hidden[figure] = true;
        self.count(figure, self.figures[figure].printed, true);
    }

    /// Tells the equations of a figure that is unknown from now on, or a secret.
    fn count(&mut self, figure: FigureIx, unknown: bool, secret: bool) {
        let value = self.figures[figure].value;
        for (at, is_total) in &self.places[figure] {
            let standing = &mut self.standing[*at];
            standing.secrets += usize::from(secret);
            if unknown {
                standing.unknown += 1;
                standing.total_unknown |= is_total;
                standing.parts += if *is_total { 0 } else { value };
            }
            self.open.insert(*at);
        }
    }

    /// Hides more until no single equation gives a secret away: at least two unknown figures in
    /// it, and unknown parts that together are not small, unless the total they are taken from is
    /// unknown too.
    pub fn balance(&mut self) {
        while let Some(at) = self.open.pop_first() {
            let Standing { unknown, secrets, parts, total_unknown } = self.standing[at];
            let safe = unknown > 1 && (total_unknown || parts >= self.small);
            if secrets > 0
                && !safe
                && let Some(more) = self.cheapest(self.equations[at])
            {
                self.hide(more);
            }
        }
    }

    /// The next figure of an equation to hide: the one with which least is lost. A zero hides
    /// nothing; a small one that needs no guard protects little and is the last resort.
    fn cheapest(&self, equation: &Equation) -> Option<FigureIx> {
        let figure = |it: &FigureIx| self.figures[*it];
        let shown = equation.members().filter(|it| !self.is_unknown(*it) && figure(it).value > 0);
        shown.min_by_key(|it| {
            let protects = figure(it).guarded || figure(it).value >= self.small;
            (!protects, self.cost(*it))
        })
    }

    fn cost(&self, figure: FigureIx) -> (u32, u64, FigureIx) {
        let Figure { worth, value, .. } = self.figures[figure];
        (worth, value, figure)
    }

    /// Hides more beside the secrets that the equations taken together give away. A secret beside
    /// which something was just hidden may be safe now and waits. False where nothing was found or
    /// nothing could be hidden.
    pub fn cover(&mut self) -> bool {
        let mut touched = BTreeSet::new();
        let mut covered = false;
        for secret in self.found() {
            if self.places[secret].iter().any(|(at, _)| touched.contains(at)) {
                continue;
            }
            if let Some(choice) = self.nearest(secret) {
                self.hide(choice);
                touched.extend(self.places[choice].iter().map(|(at, _)| *at));
                covered = true;
            }
        }
        covered
    }

    /// The figure with which least is lost among those nearest to a secret: in its own equations,
    /// else in those of the unknown figures beside it, and so on.
    fn nearest(&self, secret: FigureIx) -> Option<FigureIx> {
        let mut ring = vec![secret];
        let (mut figures, mut used) = (BTreeSet::from([secret]), BTreeSet::new());
        while !ring.is_empty() {
            let places = ring.iter().flat_map(|figure| self.places[*figure].iter().map(|(at, _)| *at));
            let equations: Vec<usize> = places.filter(|at| used.insert(*at)).collect();
            let choices = equations.iter().filter_map(|at| self.cheapest(self.equations[*at]));
            if let Some(choice) = choices.min_by_key(|it| self.cost(*it)) {
                return Some(choice);
            }
            let beside = equations.iter().flat_map(|at| self.equations[*at].members());
            ring = beside.filter(|it| figures.insert(*it)).collect();
        }
        None
    }

    /// Secrets that the equations taken together give away.
    fn found(&self) -> Vec<FigureIx> {
        let mut seen = vec![false; self.figures.len()];
        let mut found = Vec::new();
        for start in (0..self.figures.len()).filter(|it| self.is_unknown(*it) && self.is_secret(*it)) {
            if seen[start] {
                continue;
            }
            let component = self.component(start);
            component.figures.iter().for_each(|figure| seen[*figure] = true);
            let solution = Solution::of(&component.rows);
            let secrets = component.figures.into_iter().filter(|it| self.is_secret(*it));
            found.extend(secrets.filter(|it| solution.determines(*it)));
        }
        found
    }

    /// Unknown figures that hang together, with their equations.
    fn component(&self, start: FigureIx) -> Component {
        let mut figures = BTreeSet::from([start]);
        let mut used = BTreeSet::new();
        let mut open = vec![start];
        while let Some(figure) = open.pop() {
            for (at, _) in &self.places[figure] {
                if used.insert(*at) {
                    let unknown = self.equations[*at].members().filter(|it| self.is_unknown(*it));
                    open.extend(unknown.filter(|it| figures.insert(*it)));
                }
            }
        }
        let rows = used.iter().map(|at| self.row(self.equations[*at])).collect();
        Component { figures, rows }
    }

    /// The unknown figures of an equation with their signs.
    fn row(&self, equation: &Equation) -> Row {
        let mut row: BTreeMap<usize, u64> = BTreeMap::new();
        let parts = equation.parts.iter().map(|part| (*part, PRIME - 1));
        for (figure, sign) in std::iter::once((equation.total, 1)).chain(parts) {
            if self.is_unknown(figure) {
                let cell = row.entry(figure).or_insert(0);
                *cell = (*cell + sign) % PRIME;
            }
        }
        row.retain(|_, cell| *cell != 0);
        row
    }
}

/// Figures that hang together.
struct Component {
    figures: BTreeSet<FigureIx>,
    /// Coefficients of the unknown figures, one row an equation.
    rows: Vec<Row>,
}
