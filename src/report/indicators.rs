//! Computes the indicators a list of children can answer.

use std::collections::BTreeMap;

use super::{
    ledger::{Definition, Ledger},
    roll::Roll,
    slices::{Slices, split},
    suppress::FigureIx,
    tally::{Counter, Tally},
    truth::Truth,
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
    let counter = Counter::new(roll, roll.as_of, rules);
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
        let mut lines = vec![self.line(&[], &[], total, ledger)];
        for by in &self.formula.by {
            for (values, pair) in self.table(by, &judged) {
                lines.push(self.line(by, &values, pair, ledger));
            }
            self.state(by, &judged, ledger);
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
        self.counter.children.iter().map(|kid| of(kid)).collect()
    }

    fn table(&self, by: &[Dimension], judged: &[(Truth, Truth)]) -> BTreeMap<Vec<u32>, Pair> {
        let mut parts: BTreeMap<Vec<u32>, Pair> = BTreeMap::new();
        for (child, (counts, among)) in judged.iter().enumerate() {
            let values = by.iter().map(|dimension| self.slices[dimension].of_child[child]).collect();
            let pair = parts.entry(values).or_default();
            pair.0.add(*counts);
            pair.1.add(*among);
        }
        parts
    }

    /// The two figures of a part: numerator, and what it is compared with.
    fn places(&self, by: &[Dimension], values: &[u32], pair: Pair, ledger: &mut Ledger) -> [FigureIx; 2] {
        let mut among = Definition::everybody(self.counter.judge.day);
        for (dimension, value) in by.iter().zip(values) {
            among = self.slices[dimension].values[*value as usize].narrow(among, *dimension);
        }
        if let Some(group) = &self.formula.denominator {
            among = among.and(group);
        }
        let numerator = among.clone().and(&self.formula.numerator);
        [ledger.place(numerator, pair.0.yes), ledger.place(among, pair.1.yes)]
    }

    fn line(&self, by: &[Dimension], values: &[u32], pair: Pair, ledger: &mut Ledger) -> Line {
        let (numerator, among) = pair;
        let [counted, compared] = self.places(by, values, pair, ledger);
        let [guard_counted, guard_compared] = self.guarded(by, values);
        let print = |ledger: &mut Ledger, figure, guarded| {
            if guarded { ledger.print(figure) } else { ledger.print_unguarded(figure) }
        };
        let known = numerator.is_known(among.yes, self.unknown_share);
        if known {
            print(ledger, counted, guard_counted);
        }
        let denominator = self.formula.denominator.as_ref().map(|_| (among, compared));
        if denominator.is_some() {
            print(ledger, compared, guard_compared);
            if guard_counted {
                ledger.guard(counted);
            }
            ledger.state_parts(compared, &[counted], guard_counted);
        }
        let of = by.iter().copied().zip(values.iter().copied()).collect();
        Line { of, numerator, printed: known.then_some(counted), denominator }
    }

    /// Whether numerator and denominator must not be found where they are small. How many children
    /// the list places nowhere tells of the list: nobody is recognised by what is not known of him.
    /// Beside a place that is known only their number is harmless, and what befell them never is.
    fn guarded(&self, by: &[Dimension], values: &[u32]) -> [bool; 2] {
        let mut unknown = by
            .iter()
            .zip(values)
            .map(|(dimension, value)| self.slices[dimension].values[*value as usize].is_unknown);
        let population = self.formula.numerator == Group::All && self.formula.denominator.is_none();
        let placed = by.is_empty() || !if population { unknown.any(|it| it) } else { unknown.all(|it| it) };
        let among = self.formula.denominator.as_ref().is_some_and(tells_of_circumstances);
        [placed || among || tells_of_circumstances(&self.formula.numerator), placed || among]
    }

    /// A table's parts make up the whole; a table of two dimensions its rows and columns too.
    fn state(&self, by: &[Dimension], judged: &[(Truth, Truth)], ledger: &mut Ledger) {
        let mut of = |by: &[Dimension]| -> Vec<(Vec<u32>, [FigureIx; 2])> {
            let table = self.table(by, judged).into_iter();
            table.map(|(values, pair)| (values.clone(), self.places(by, &values, pair, ledger))).collect()
        };
        let (total, parts) = (of(&[]), of(by));
        let margins: Vec<_> = by.iter().map(|dimension| of(&[*dimension])).collect();
        for side in 0..2 {
            let figures = |lines: &[(Vec<u32>, [FigureIx; 2])]| -> Vec<FigureIx> {
                lines.iter().map(|(_, places)| places[side]).collect()
            };
            for whole in &total {
                margins.iter().for_each(|margin| ledger.state_parts(whole.1[side], &figures(margin), true));
            }
            for (at, margin) in margins.iter().enumerate().filter(|_| by.len() > 1) {
                for (value, whole) in margin {
                    let line: Vec<_> =
                        parts.iter().filter(|(values, _)| values[at] == value[0]).cloned().collect();
                    ledger.state_parts(whole[side], &figures(&line), true);
                }
            }
        }
    }
}

fn tells_of_circumstances(group: &Group) -> bool {
    !group.codes().is_empty()
}
