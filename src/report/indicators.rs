//! Computes the indicators a list of children can answer.

use std::collections::BTreeMap;

use super::{
    roll::Roll,
    slices::{Slices, split},
    suppress::FigureIx,
    tally::{Counter, Ledger, Tally},
    truth::{Judge, Truth},
};
use crate::{
    rules::{Dimension, Formula, Group, Indicator, Rules},
    write::Words,
};

/// One figure of an indicator, for everybody or for a part.
#[derive(Debug, Clone)]
pub struct Line {
    /// The parts: dimension and value, none for everybody.
    pub of: Vec<(Dimension, u32)>,
    /// Children counted.
    pub numerator: Tally,
    /// Its place in the ledger, where it is printed.
    pub printed: Option<FigureIx>,
    /// Children they are compared with.
    pub denominator: Option<(Tally, FigureIx)>,
}

/// An indicator with its figures.
#[derive(Debug)]
pub struct Computed<'a> {
    /// The definition.
    pub indicator: &'a Indicator,
    /// First the figure for everybody, then by its breakdowns; empty where the list cannot answer.
    pub lines: Vec<Line>,
}

/// All indicators, with the breakdowns they use.
#[derive(Debug)]
pub struct Indicators<'a> {
    /// The dimensions split up.
    pub slices: BTreeMap<Dimension, Slices>,
    /// In the order of the rules.
    pub computed: Vec<Computed<'a>>,
}

/// Computes everything; the figures go into the ledger.
pub fn compute<'a>(roll: &Roll, rules: &'a Rules, words: Words<'_>, ledger: &mut Ledger) -> Indicators<'a> {
    let judge = Judge { day: roll.as_of, child_age: rules.checks.limits.child_age, names: &roll.names };
    let counter = Counter::new(roll, judge);
    let mut slices = BTreeMap::new();
    for indicator in &rules.indicators.indicators {
        for dimension in indicator.formula.iter().flat_map(|formula| formula.by.iter().flatten()) {
            slices.entry(*dimension).or_insert_with(|| split(*dimension, &counter, rules, words));
        }
    }
    let computed = rules.indicators.indicators.iter().map(|indicator| {
        let lines = match &indicator.formula {
            Ok(formula) => Computing {
                formula,
                counter: &counter,
                slices: &slices,
                unknown_share: rules.indicators.unknown_share,
            }
            .lines(ledger),
            Err(_) => Vec::new(),
        };
        Computed { indicator, lines }
    });
    let computed = computed.collect();
    Indicators { slices, computed }
}

/// Numerator and denominator of one part.
type Pair = (Tally, Tally);

struct Computing<'a> {
    formula: &'a Formula,
    counter: &'a Counter<'a>,
    slices: &'a BTreeMap<Dimension, Slices>,
    unknown_share: f64,
}

impl Computing<'_> {
    fn lines(&self, ledger: &mut Ledger) -> Vec<Line> {
        let judged = self.judged();
        let total = self.table(&[], &judged).remove(&[][..]).unwrap_or_default();
        let mut lines = vec![self.line(Vec::new(), total, ledger)];
        for by in &self.formula.by {
            let parts = self.table(by, &judged);
            for (values, pair) in &parts {
                let of = by.iter().copied().zip(values.iter().copied()).collect();
                lines.push(self.line(of, *pair, ledger));
            }
            self.state(by, &judged, total, &parts, ledger);
        }
        lines
    }

    /// For every child in scope whether it counts, and whether it is among those compared with.
    fn judged(&self) -> Vec<(Truth, Truth)> {
        let judge = self.counter.judge;
        let of = |kid| {
            let among = self.formula.denominator.as_ref().map_or(Truth::Yes, |group| judge.of(group, kid));
            let counts = match among {
                Truth::Yes => judge.of(&self.formula.numerator, kid),
                // Who may or may not be asked about cannot be counted.
                Truth::No | Truth::Unknown => Truth::No,
            };
            (counts, among)
        };
        self.counter.children.iter().map(|(_, kid)| of(kid)).collect()
    }

    fn table(&self, by: &[Dimension], judged: &[(Truth, Truth)]) -> BTreeMap<Vec<u32>, Pair> {
        let mut parts: BTreeMap<Vec<u32>, Pair> = BTreeMap::new();
        for (child, ((at, _), (counts, among))) in self.counter.children.iter().zip(judged).enumerate() {
            let values = by.iter().map(|dimension| self.slices[dimension].of_child[child]).collect();
            let pair = parts.entry(values).or_default();
            pair.0.add(*at, *counts);
            pair.1.add(*at, *among);
        }
        parts
    }

    fn line(&self, of: Vec<(Dimension, u32)>, (numerator, among): Pair, ledger: &mut Ledger) -> Line {
        let guarded = self.is_guarded(&of);
        let mut print = |tally| if guarded { ledger.print(tally) } else { ledger.print_unguarded(tally) };
        let printed = numerator.is_known(among.yes, self.unknown_share).then(|| print(numerator));
        let denominator = self.formula.denominator.as_ref().map(|_| (among, print(among)));
        if denominator.is_some() {
            if guarded {
                ledger.imply(numerator);
            }
            ledger.state_parts(among, &[numerator], guarded);
        }
        Line { of, numerator, printed, denominator }
    }

    /// Children whom the list places nowhere tell of the list: nobody is recognised by what is not
    /// known of him. Beside a place that is known only their number is harmless.
    fn is_guarded(&self, of: &[(Dimension, u32)]) -> bool {
        let is_unknown =
            |(dimension, value): &(Dimension, u32)| self.slices[dimension].values[*value as usize].is_unknown;
        let population = self.formula.numerator == Group::All && self.formula.denominator.is_none();
        let open = if population { of.iter().any(is_unknown) } else { of.iter().all(is_unknown) };
        of.is_empty() || !open
    }

    /// A table's parts make up the whole; a table of two dimensions its rows and columns too.
    fn state(
        &self,
        by: &[Dimension],
        judged: &[(Truth, Truth)],
        total: Pair,
        parts: &BTreeMap<Vec<u32>, Pair>,
        ledger: &mut Ledger,
    ) {
        let both: [fn(&Pair) -> Tally; 2] = [|pair| pair.0, |pair| pair.1];
        for side in both {
            if let [_] = by {
                let sum: Vec<Tally> = parts.values().map(side).collect();
                ledger.state_parts(side(&total), &sum, true);
            }
            for (at, dimension) in by.iter().enumerate().filter(|_| by.len() > 1) {
                for (value, margin) in self.table(&[*dimension], judged) {
                    let line = parts.iter().filter(|(values, _)| values[at] == value[0]);
                    let line: Vec<Tally> = line.map(|(_, pair)| side(pair)).collect();
                    ledger.state_parts(side(&margin), &line, true);
                }
                let margins: Vec<Tally> = self.table(&[*dimension], judged).values().map(side).collect();
                ledger.state_parts(side(&total), &margins, true);
            }
        }
    }
}
