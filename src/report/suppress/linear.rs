//! Which unknowns a system of linear equations determines. The tables of a province have tens of
//! thousands of unknowns, nearly all of which stand in one or two equations: those are eliminated
//! first, so that the others hardly fill up (Markowitz 1957).

use std::collections::{BTreeMap, BTreeSet};

/// Coefficients are ±1, so a rank modulo this prime is the rank over the rationals unless the
/// prime divides a minor, which no table of counts comes near.
pub(super) const PRIME: u64 = 2_147_483_647;

/// One equation: coefficients by unknown, modulo [`PRIME`], none of them zero.
pub(super) type Row = BTreeMap<usize, u64>;

/// One solution of the system without its constants, with everything free chosen at random: what
/// the system determines is zero in every such solution, and what it does not is zero in one of
/// two thousand million.
pub(super) struct Solution(BTreeMap<usize, u64>);

impl Solution {
    /// Solves a system.
    pub fn of(rows: &[Row]) -> Self {
        let mut left = Left::of(rows);
        let mut solution: BTreeMap<usize, u64> = left.holders.keys().map(|it| (*it, random(*it))).collect();
        let mut solved = Vec::new();
        while let Some(next) = left.next() {
            solved.push(next);
        }
        // No row holds what leads a row before it: from behind everything else is known.
        for (unknown, row) in solved.into_iter().rev() {
            let others = row.iter().filter(|(other, _)| **other != unknown);
            let sum = others.fold(0, |sum, (other, factor)| (sum + factor * solution[other]) % PRIME);
            let value = (PRIME - sum) % PRIME * inverse(row[&unknown]) % PRIME;
            solution.insert(unknown, value);
        }
        Self(solution)
    }

    /// Whether the system gives the unknown away.
    pub fn determines(&self, unknown: usize) -> bool {
        self.0.get(&unknown) == Some(&0)
    }
}

/// Any number but zero, the same for the same unknown: SplitMix64.
fn random(unknown: usize) -> u64 {
    let mut value = (unknown as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (value ^ (value >> 31)) % (PRIME - 1) + 1
}

/// The equations not solved yet.
struct Left {
    rows: Vec<Row>,
    /// By unknown: the rows in which it stands.
    holders: BTreeMap<usize, BTreeSet<usize>>,
    /// Unknowns by the number of their rows.
    order: BTreeSet<(usize, usize)>,
}

impl Left {
    fn of(rows: &[Row]) -> Self {
        let mut holders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            for unknown in row.keys() {
                holders.entry(*unknown).or_default().insert(at);
            }
        }
        let order = holders.iter().map(|(unknown, rows)| (rows.len(), *unknown)).collect();
        Self { rows: rows.to_vec(), holders, order }
    }

    /// Takes the unknown of the fewest rows out, with the shortest of these.
    fn next(&mut self) -> Option<(usize, Row)> {
        let (_, unknown) = self.order.pop_first()?;
        let holders = self.holders.remove(&unknown)?;
        let shortest = *holders.iter().min_by_key(|row| self.rows[**row].len())?;
        let row = std::mem::take(&mut self.rows[shortest]);
        row.keys().filter(|other| **other != unknown).for_each(|other| self.unlink(*other, shortest));
        let scale = inverse(row[&unknown]);
        for at in holders.into_iter().filter(|at| *at != shortest) {
            let factor = self.rows[at][&unknown] * scale % PRIME;
            let before: Vec<usize> =
                row.keys().filter(|it| self.rows[at].contains_key(it)).copied().collect();
            subtract(&mut self.rows[at], &row, factor);
            for other in row.keys().filter(|other| **other != unknown) {
                let (was, is) = (before.binary_search(other).is_ok(), self.rows[at].contains_key(other));
                match (was, is) {
                    (true, false) => self.unlink(*other, at),
                    (false, true) => self.link(*other, at),
                    _ => {}
                }
            }
        }
        Some((unknown, row))
    }

    fn link(&mut self, unknown: usize, row: usize) {
        let holders = self.holders.entry(unknown).or_default();
        self.order.remove(&(holders.len(), unknown));
        holders.insert(row);
        self.order.insert((holders.len(), unknown));
    }

    fn unlink(&mut self, unknown: usize, row: usize) {
        let holders = self.holders.entry(unknown).or_default();
        self.order.remove(&(holders.len(), unknown));
        holders.remove(&row);
        if holders.is_empty() {
            self.holders.remove(&unknown);
        } else {
            self.order.insert((holders.len(), unknown));
        }
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

    /// How many equations are independent, by elimination as schools teach it.
    fn rank(rows: &[Row]) -> usize {
        let mut cells: Vec<Vec<u64>> =
            rows.iter().map(|row| (0..7).map(|at| row.get(&at).copied().unwrap_or(0)).collect()).collect();
        let mut done = 0;
        for column in 0..7 {
            let Some(found) = (done..cells.len()).find(|row| cells[*row][column] != 0) else { continue };
            cells.swap(done, found);
            let lead = cells[done].clone();
            for row in &mut cells[done + 1..] {
                let factor = row[column] * inverse(lead[column]) % PRIME;
                row.iter_mut()
                    .zip(&lead)
                    .for_each(|(cell, top)| *cell = (*cell + (PRIME - factor) * top) % PRIME);
            }
            done += 1;
        }
        done
    }

    proptest! {
        #[test]
        fn an_unknown_is_determined_where_its_own_equation_adds_nothing(
            cells in prop::collection::vec(prop::collection::vec(0_u8..5, 7), 0..8)
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
            let solution = Solution::of(&rows);
            for unknown in 0..7 {
                let mut more = rows.clone();
                more.push(Row::from([(unknown, 1)]));
                prop_assert_eq!(solution.determines(unknown), rank(&more) == rank(&rows), "{}", unknown);
            }
        }
    }
}
