//! Which unknowns a system of linear equations determines. The tables of a province have tens of
//! thousands of unknowns, nearly all of which stand in one equation only: such equations say
//! nothing of the others and are set aside, and what is left is small enough to be solved.

use std::collections::{BTreeMap, BTreeSet};

/// Coefficients are ±1, so a rank modulo this prime is the rank over the rationals unless the
/// prime divides a minor, which no table of counts comes near.
pub(super) const PRIME: u64 = 2_147_483_647;

/// One equation: coefficients by unknown, modulo [`PRIME`], none of them zero.
pub(super) type Row = BTreeMap<usize, u64>;

/// Equations in an order in which each can be judged by those behind it.
pub(super) struct Solved<'a> {
    rows: &'a [Row],
    /// Equation and the unknown that, of this and all later equations, stands in it alone.
    aside: Vec<(usize, usize)>,
    /// Where in `aside` an unknown was set aside.
    place: BTreeMap<usize, usize>,
    core: Core,
}

/// Reduced echelon form of the equations that were not set aside.
#[derive(Default)]
struct Core {
    columns: BTreeMap<usize, usize>,
    rows: Vec<Vec<u64>>,
    pivots: Vec<usize>,
}

impl<'a> Solved<'a> {
    /// Prepares a system.
    pub fn new(rows: &'a [Row]) -> Self {
        let mut holders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            row.keys().for_each(|unknown| {
                holders.entry(*unknown).or_default().insert(at);
            });
        }
        let lone = |(unknown, rows): (&usize, &BTreeSet<usize>)| (rows.len() == 1).then_some(*unknown);
        let mut open: Vec<usize> = holders.iter().filter_map(lone).collect();
        let mut left: BTreeSet<usize> = (0..rows.len()).filter(|row| !rows[*row].is_empty()).collect();
        let mut aside = Vec::new();
        while let Some(unknown) = open.pop() {
            let Some(row) = holders[&unknown].first().copied().filter(|row| left.contains(row)) else {
                continue;
            };
            left.remove(&row);
            aside.push((row, unknown));
            for other in rows[row].keys() {
                let holding = holders.get_mut(other).expect("every unknown has its equations");
                holding.remove(&row);
                if holding.len() == 1 {
                    open.push(*other);
                }
            }
        }
        let place = aside.iter().enumerate().map(|(at, (_, unknown))| (*unknown, at)).collect();
        Self { rows, aside, place, core: Core::of(left.into_iter().map(|row| &rows[row])) }
    }

    /// Whether the system gives the unknown away.
    pub fn determines(&self, unknown: usize) -> bool {
        // An equation set aside can help to find no unknown but its own and earlier ones' own.
        let mut rest = match self.place.get(&unknown) {
            Some(at) => {
                let (row, _) = self.aside[*at];
                self.rows[row].clone()
            }
            None => Row::from([(unknown, 1)]),
        };
        let mut from = 0;
        if let Some(at) = self.place.get(&unknown) {
            rest.remove(&unknown);
            from = at + 1;
        }
        let mut done = BTreeSet::new();
        loop {
            let next = rest
                .keys()
                .filter_map(|other| self.place.get(other).copied())
                .filter(|at| *at >= from && !done.contains(at))
                .min();
            let Some(at) = next else { break };
            done.insert(at);
            let (row, pivot) = self.aside[at];
            let factor = rest[&pivot] * inverse(self.rows[row][&pivot]) % PRIME;
            subtract(&mut rest, &self.rows[row], factor);
        }
        self.core.spans(rest)
    }
}

impl Core {
    fn of<'r>(equations: impl Iterator<Item = &'r Row>) -> Self {
        let equations: Vec<&Row> = equations.collect();
        let mut core = Self::default();
        for unknown in equations.iter().flat_map(|row| row.keys()) {
            let next = core.columns.len();
            core.columns.entry(*unknown).or_insert(next);
        }
        let dense = |row: &Row| {
            let mut cells = vec![0; core.columns.len()];
            row.iter().for_each(|(unknown, factor)| cells[core.columns[unknown]] = *factor);
            cells
        };
        let mut rows: Vec<Vec<u64>> = equations.into_iter().map(dense).collect();
        let mut done = 0;
        for column in 0..core.columns.len() {
            let Some(found) = (done..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
            rows.swap(done, found);
            let scale = inverse(rows[done][column]);
            rows[done].iter_mut().for_each(|cell| *cell = *cell * scale % PRIME);
            let pivot = rows[done].clone();
            for (at, row) in rows.iter_mut().enumerate() {
                let factor = row[column];
                if at != done && factor != 0 {
                    row.iter_mut().zip(&pivot).for_each(|(cell, lead)| {
                        *cell = (*cell + (PRIME - factor) * lead) % PRIME;
                    });
                }
            }
            core.pivots.push(column);
            done += 1;
        }
        rows.truncate(done);
        core.rows = rows;
        core
    }

    /// Whether a combination of the equations is this one.
    fn spans(&self, row: Row) -> bool {
        let mut cells = vec![0; self.columns.len()];
        for (unknown, factor) in row {
            match self.columns.get(&unknown) {
                Some(column) => cells[*column] = factor,
                None => return false,
            }
        }
        for (column, row) in self.pivots.iter().zip(&self.rows) {
            let factor = cells[*column];
            if factor != 0 {
                cells.iter_mut().zip(row).for_each(|(cell, lead)| {
                    *cell = (*cell + (PRIME - factor) * lead) % PRIME;
                });
            }
        }
        cells.iter().all(|cell| *cell == 0)
    }
}

fn subtract(row: &mut Row, other: &Row, factor: u64) {
    for (unknown, cell) in other {
        let sum = row.entry(*unknown).or_insert(0);
        *sum = (*sum + (PRIME - factor) * cell) % PRIME;
        if *sum == 0 {
            row.remove(unknown);
        }
    }
}

/// The number that times this one is one.
fn inverse(number: u64) -> u64 {
    let (mut base, mut exponent, mut result) = (number, PRIME - 2, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the rank with and without the unknown's own equation.
    fn rank(rows: &[Row]) -> usize {
        Core::of(rows.iter()).pivots.len()
    }

    proptest! {
        #[test]
        fn setting_equations_aside_changes_nothing(
            cells in prop::collection::vec(prop::collection::vec(0_u8..5, 7), 0..7)
        ) {
            let rows: Vec<Row> = cells
                .iter()
                .map(|row| {
                    let factor = |(at, cell): (usize, &u8)| match cell {
                        1 => Some((at, 1)),
                        2 => Some((at, PRIME - 1)),
                        _ => None,
                    };
                    row.iter().enumerate().filter_map(factor).collect()
                })
                .collect();
            let solved = Solved::new(&rows);
            for unknown in 0..7 {
                let mut more = rows.clone();
                more.push(Row::from([(unknown, 1)]));
                prop_assert_eq!(solved.determines(unknown), rank(&more) == rank(&rows), "{}", unknown);
            }
        }
    }
}
