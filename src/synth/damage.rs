//! Damage to a whole row's text: old encodings, capitals, marks and blanks.

use unicode_normalization::UnicodeNormalization;

use super::{
    clerk::{legacy::Legacy, letters::without_marks},
    random::{Purpose, Random},
    row::{ChildColumn as Column, ChildRow},
};
use crate::rules::{Preset, TextErrorRates};

/// Columns of text that a person typed.
const TEXT: [Column; 10] = [
    Column::FullName,
    Column::FatherName,
    Column::MotherName,
    Column::GuardianName,
    Column::Hamlet,
    Column::Commune,
    Column::District,
    Column::Province,
    Column::Address,
    Column::Note,
];
const NAMES: [Column; 4] = [Column::FullName, Column::FatherName, Column::MotherName, Column::GuardianName];

/// How text is damaged in one list.
#[derive(Debug)]
pub(super) struct Damage<'a> {
    rates: &'a TextErrorRates,
    preset: Preset,
    seed: u64,
    column: Option<(Column, Legacy)>,
    /// The file is in an old encoding: nothing that it could not hold.
    old_file: bool,
}

impl<'a> Damage<'a> {
    pub fn new(rates: &'a TextErrorRates, preset: Preset, seed: u64, old_file: bool) -> Self {
        let mut random = Random::keyed(seed, Purpose::Column, 0);
        let column = random.chance(rates.column_legacy.of(preset)).then(|| {
            let columns = [Column::FatherName, Column::MotherName, Column::Address];
            (columns[random.index(columns.len())], any_legacy(&mut random))
        });
        Self { rates, preset, seed, column, old_file }
    }

    /// Damages a row. `hamlet` numbers the hamlet whose part of the list it stands in.
    pub fn apply(&self, row: &mut ChildRow, hamlet: u64, random: &mut Random) {
        let rate = |rate: crate::rules::Rate| rate.of(self.preset);
        let rates = self.rates;
        if random.chance(rate(rates.record_no_diacritics)) {
            for column in TEXT {
                row[column] = without_marks(&row[column]);
            }
        }
        if random.chance(rate(rates.record_capitals)) {
            for column in TEXT {
                row[column] = row[column].to_uppercase();
            }
        }
        if random.chance(rate(rates.eth_for_d)) && !self.old_file {
            for column in TEXT {
                if row[column].contains('Đ') {
                    row[column] = row[column].replace('Đ', "Ð");
                }
            }
        }
        if random.chance(rate(rates.stray_blanks)) {
            let column = filled(row, random);
            row[column] = match random.below(3) {
                0 => format!("{} ", row[column]),
                1 => format!(" {}", row[column]),
                _ => row[column].replacen(' ', "  ", 1),
            };
        }
        if random.chance(rate(rates.no_break_space)) {
            let column = filled(row, random);
            row[column] = row[column].replace(' ', "\u{a0}");
        }
        if self.old_file {
            return;
        }
        if random.chance(rate(rates.decomposed)) {
            let column = filled(row, random);
            row[column] = row[column].nfd().collect();
        }
        self.garble(row, hamlet, random);
    }

    /// At most one accident of encodings strikes a row.
    fn garble(&self, row: &mut ChildRow, hamlet: u64, random: &mut Random) {
        let rate = |rate: crate::rules::Rate| rate.of(self.preset);
        let rates = self.rates;
        let mut dice = Random::keyed(self.seed, Purpose::Hamlet, hamlet);
        if dice.chance(rate(rates.hamlet_legacy)) {
            let legacy = any_legacy(&mut dice);
            garble_columns(row, &NAMES, legacy);
        } else if random.chance(rate(rates.record_legacy)) {
            garble_columns(row, &TEXT, any_legacy(random));
        } else if let Some((column, legacy)) = self.column {
            garble_columns(row, &[column], legacy);
        } else if random.chance(rate(rates.cell_legacy)) {
            let column = filled(row, random);
            garble_columns(row, &[column], any_legacy(random));
        } else if random.chance(rate(rates.word_legacy)) {
            let column = filled(row, random);
            let legacy = any_legacy(random);
            let words: Vec<&str> = row[column].split(' ').collect();
            let at = random.index(words.len());
            let words: Vec<String> = words
                .iter()
                .enumerate()
                .map(|(here, word)| if here == at { legacy.garble(word) } else { (*word).to_owned() })
                .collect();
            row[column] = words.join(" ");
        }
    }
}

/// TCVN3 and VNI are what old state files hold; the others are rarer.
fn any_legacy(random: &mut Random) -> Legacy {
    match random.below(10) {
        0..4 => Legacy::Tcvn3,
        4..6 => Legacy::Vni,
        6 => Legacy::Cp1258,
        7..9 => Legacy::Utf8As1252,
        _ => Legacy::Utf8As8859,
    }
}

fn garble_columns(row: &mut ChildRow, columns: &[Column], legacy: Legacy) {
    for &column in columns {
        row[column] = legacy.garble(&row[column]);
    }
}

/// A text column that is not empty, the child's name where chance finds none.
fn filled(row: &ChildRow, random: &mut Random) -> Column {
    let column = TEXT[random.index(TEXT.len())];
    if row[column].is_empty() { Column::FullName } else { column }
}
