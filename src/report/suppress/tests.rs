//! An attacker who has the printed tables and subtracts whatever can be subtracted.

use proptest::prelude::*;

use super::*;

const SMALL: u64 = 5;

fn printed(value: u64) -> Figure {
    Figure { value, printed: true, guarded: true, worth: 0 }
}

fn total(value: u64) -> Figure {
    Figure { worth: 1, ..printed(value) }
}

fn rest(value: u64) -> Figure {
    Figure { printed: false, ..printed(value) }
}

/// A table of rows and columns with all its margins, and for every cell a part and the rest of it.
struct Crossed {
    system: System,
    cells: Vec<Vec<FigureIx>>,
}

fn crossed(values: &[Vec<u64>]) -> Crossed {
    let mut system = System::default();
    let cells: Vec<Vec<FigureIx>> =
        values.iter().map(|row| row.iter().map(|value| system.add(printed(*value))).collect()).collect();
    let rows: Vec<FigureIx> = values.iter().map(|row| system.add(total(row.iter().sum()))).collect();
    let width = values[0].len();
    let columns: Vec<FigureIx> =
        (0..width).map(|at| system.add(total(values.iter().map(|row| row[at]).sum()))).collect();
    let all = system.add(total(values.iter().flatten().sum()));
    for (total, row) in rows.iter().zip(&cells) {
        system.add_equation(*total, row.clone());
    }
    for (at, total) in columns.iter().enumerate() {
        system.add_equation(*total, cells.iter().map(|row| row[at]).collect());
    }
    system.add_equation(all, rows);
    system.add_equation(all, columns);
    Crossed { system, cells }
}

/// The system of equations over exact fractions (numerator and denominator), to its end: which
/// unknown figures have one value only. Written apart from the code above.
fn attack(system: &System, hidden: &[bool]) -> Vec<FigureIx> {
    let unknown: Vec<FigureIx> =
        (0..hidden.len()).filter(|it| hidden[*it] || !system.figures[*it].printed).collect();
    let mut rows: Vec<Vec<Fraction>> = system
        .equations
        .iter()
        .map(|equation| {
            unknown
                .iter()
                .map(|figure| {
                    let parts = equation.parts.iter().filter(|part| *part == figure).count();
                    Fraction::whole(i128::from(equation.total == *figure) - i128::try_from(parts).unwrap())
                })
                .collect()
        })
        .collect();
    let mut lead = 0;
    for column in 0..unknown.len() {
        let Some(found) = (lead..rows.len()).find(|row| rows[*row][column].0 != 0) else { continue };
        rows.swap(lead, found);
        let by = rows[lead][column];
        rows[lead] = rows[lead].iter().map(|cell| cell.over(by)).collect();
        for at in (0..rows.len()).filter(|at| *at != lead) {
            let factor = rows[at][column];
            rows[at] =
                rows[at].iter().zip(&rows[lead]).map(|(cell, top)| cell.less(factor.times(*top))).collect();
        }
        lead += 1;
    }
    let alone = |row: &&Vec<Fraction>| row.iter().filter(|cell| cell.0 != 0).count() == 1;
    rows.iter().filter(alone).map(|row| unknown[row.iter().position(|cell| cell.0 != 0).unwrap()]).collect()
}

#[derive(Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn whole(number: i128) -> Self {
        Self(number, 1)
    }

    fn reduced(self) -> Self {
        fn divisor(one: i128, other: i128) -> i128 {
            if other == 0 { one.abs() } else { divisor(other, one % other) }
        }
        let by = divisor(self.0, self.1).max(1) * self.1.signum();
        Self(self.0 / by, self.1 / by)
    }

    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1).reduced()
    }

    fn over(self, other: Self) -> Self {
        Self(self.0 * other.1, self.1 * other.0).reduced()
    }

    fn less(self, other: Self) -> Self {
        Self(self.0 * other.1 - other.0 * self.1, self.1 * other.1).reduced()
    }
}

/// Nothing small is printed, nothing hidden can be found, and no single sum of hidden parts is
/// small.
fn is_safe(system: &System, hidden: &[bool]) -> Result<(), String> {
    for (at, figure) in system.figures.iter().enumerate() {
        if figure.printed && !hidden[at] && (1..SMALL).contains(&figure.value) {
            return Err(format!("{} is printed", figure.value));
        }
    }
    let secret =
        |it: &FigureIx| hidden[*it] || (system.figures[*it].value > 0 && system.figures[*it].value < SMALL);
    if let Some(found) = attack(system, hidden).into_iter().find(secret) {
        return Err(format!("figure {found} ({}) is found", system.figures[found].value));
    }
    for equation in &system.equations {
        let unknown = |it: &FigureIx| hidden[*it] || !system.figures[*it].printed;
        let parts: Vec<FigureIx> = equation.parts.iter().copied().filter(unknown).collect();
        let sum: u64 = parts.iter().map(|it| system.figures[*it].value).sum();
        let gives_away = !unknown(&equation.total) && parts.iter().any(secret) && sum < SMALL;
        if gives_away {
            return Err(format!("the hidden parts of {} are {sum}", equation.total));
        }
    }
    Ok(())
}

#[test]
fn one_small_cell_takes_a_square_with_it() {
    let table = crossed(&[vec![3, 20, 30], vec![40, 50, 60], vec![70, 80, 90]]);
    let hidden = table.system.hidden(SMALL);
    is_safe(&table.system, &hidden).unwrap();
    let count = hidden.iter().filter(|it| **it).count();
    assert!(hidden[table.cells[0][0]] && (4..=6).contains(&count), "{count} are hidden");
}

#[test]
fn a_table_without_small_cells_is_printed_whole() {
    let table = crossed(&[vec![0, 20], vec![40, 50]]);
    assert!(table.system.hidden(SMALL).iter().all(|it| !it));
}

#[test]
fn two_small_cells_whose_sum_is_small_are_not_enough() {
    let mut system = System::default();
    let parts: Vec<FigureIx> = [1, 1, 30].map(|value| system.add(printed(value))).to_vec();
    let all = system.add(total(32));
    system.add_equation(all, parts.clone());
    let hidden = system.hidden(SMALL);
    assert!(hidden[parts[2]] && !hidden[all]);
}

#[test]
fn what_is_not_printed_protects_and_is_protected() {
    // 98 of 100: the other two must not be found.
    let mut system = System::default();
    let (part, whole) = (system.add(printed(98)), system.add(total(100)));
    let rest = system.add(rest(2));
    system.add_equation(whole, vec![part, rest]);
    let hidden = system.hidden(SMALL);
    assert!(hidden[part] && !hidden[whole]);
}

fn tables() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let cell = prop_oneof![2 => 0_u64..1, 3 => 1_u64..5, 3 => 5_u64..40];
    (2_usize..6, 2_usize..6).prop_flat_map(move |(rows, columns)| {
        prop::collection::vec(prop::collection::vec(cell.clone(), columns), rows)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn suppression_cannot_be_undone_by_subtraction(values in tables()) {
        let table = crossed(&values);
        let hidden = table.system.hidden(SMALL);
        let safe = is_safe(&table.system, &hidden);
        prop_assert!(safe.is_ok(), "{values:?}: {safe:?}");
    }

    /// Shares within a table: each cell is a part of another table's cell, as numerators are of
    /// denominators.
    #[test]
    fn nor_across_numerators_and_denominators(values in tables(), cut in 0_u64..4) {
        let wholes = crossed(&values);
        let mut system = wholes.system;
        let parts: Vec<Vec<u64>> =
            values.iter().map(|row| row.iter().map(|value| value * cut / 3).collect()).collect();
        let mut cells = Vec::new();
        for (row, wholes) in parts.iter().zip(&wholes.cells) {
            for (value, whole) in row.iter().zip(wholes) {
                let part = system.add(printed(*value));
                let others = system.figures[*whole].value - value;
                let rest = system.add(rest(others));
                system.add_equation(*whole, vec![part, rest]);
                cells.push(part);
            }
        }
        let all = system.add(printed(parts.iter().flatten().sum()));
        system.add_equation(all, cells);
        let hidden = system.hidden(SMALL);
        let safe = is_safe(&system, &hidden);
        prop_assert!(safe.is_ok(), "{values:?}: {safe:?}");
    }
}
