//! What the cells of a date column say together: whether a United States workbook wrote them month
//! first or turned typed dates round.

use crate::{record::RawCell, rules::DateRules};

/// The order in which a column writes day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateColumn {
    /// Texts are month first.
    pub month_first: bool,
    /// Date cells have day and month exchanged: dd/mm/yyyy was typed into a workbook that expects
    /// mm/dd/yyyy. It took days up to 12 for months and left the others as text.
    pub cells_exchanged: bool,
}

impl DateColumn {
    /// Lets the cells of a column vote.
    pub fn vote<'a>(cells: impl IntoIterator<Item = &'a RawCell>, rules: &DateRules) -> Self {
        let mut votes = DateVotes::default();
        cells.into_iter().for_each(|cell| votes.add(cell));
        votes.verdict(rules)
    }
}

/// What cells of a date column voted for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DateVotes {
    month_first: usize,
    day_first: usize,
    either: usize,
    early_dates: usize,
    late_dates: usize,
}

impl DateVotes {
    /// One more cell.
    pub fn add(&mut self, cell: &RawCell) {
        match cell {
            RawCell::Date(date) if date.day() <= 12 => self.early_dates += 1,
            RawCell::Date(_) => self.late_dates += 1,
            RawCell::Text(text) => match leading_pair(text) {
                Some((13..=31, 1..=12)) => self.day_first += 1,
                Some((1..=12, 13..=31)) => self.month_first += 1,
                Some((1..=12, 1..=12)) => self.either += 1,
                _ => {}
            },
            _ => {}
        }
    }

    /// With what other cells voted for.
    pub fn merge(&mut self, other: &Self) {
        self.month_first += other.month_first;
        self.day_first += other.day_first;
        self.either += other.either;
        self.early_dates += other.early_dates;
        self.late_dates += other.late_dates;
    }

    /// What the column is.
    pub fn verdict(self, rules: &DateRules) -> DateColumn {
        let Self { month_first, day_first, either, early_dates, late_dates } = self;
        DateColumn {
            month_first: rules.is_month_first(month_first, day_first),
            cells_exchanged: late_dates == 0
                && either == 0
                && month_first == 0
                && rules.are_cells_exchanged(early_dates, day_first),
        }
    }
}

/// The first two numbers of `a/b/year`, where both have at most two digits.
fn leading_pair(text: &str) -> Option<(u8, u8)> {
    let mut parts = text
        .trim_matches(|sign: char| !sign.is_ascii_digit())
        .split(['/', '-', '.', ' '])
        .filter(|part| !part.is_empty());
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| (part.len() <= 2).then(|| part.parse().ok()).flatten();
    let pair = (short(first)?, short(second)?);
    year.bytes().next().filter(u8::is_ascii_digit).map(|_| pair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn vote(cells: &[RawCell]) -> DateColumn {
        DateColumn::vote(cells, &Rules::built_in().unwrap().dates)
    }

    #[test]
    fn a_united_states_column_is_known_by_its_late_days() {
        let cells: Vec<_> =
            ["03/25/2018", "12/31/2017", "07/14/2019", "05/03/2018"].map(RawCell::text).into();
        assert!(vote(&cells).month_first);
        let cells: Vec<_> = ["25/03/2018", "31/12/2017", "03/25/2018"].map(RawCell::text).into();
        assert!(!vote(&cells).month_first);
    }

    #[test]
    fn typed_dates_turned_round_are_known_by_the_texts_left_behind() {
        let date = |month, day| RawCell::Date(jiff::civil::date(2018, month, day));
        let mut cells: Vec<_> = (1..=8).map(|day| date(10, day)).collect();
        assert!(!vote(&cells).cells_exchanged);
        cells.extend(["25/03/2018", "31/12/2017", "14/07/2019"].map(RawCell::text));
        assert!(vote(&cells).cells_exchanged);
        cells.push(date(3, 25));
        assert!(!vote(&cells).cells_exchanged);
    }

    /// A list is read in parts, and each part votes for itself.
    #[test]
    fn votes_of_parts_count_together() {
        let votes = |cells: &[RawCell]| {
            let mut votes = DateVotes::default();
            cells.iter().for_each(|cell| votes.add(cell));
            votes
        };
        let cell = |text| RawCell::text(text);
        let date = |day| RawCell::Date(jiff::civil::date(2018, 10, day));
        let part = [
            cell("03/25/2018"),
            cell("25/03/2018"),
            cell("26/03/2018"),
            cell("05/03/2018"),
            date(5),
            date(6),
            date(7),
            date(25),
        ];
        let mut both = votes(&part);
        both.merge(&votes(&part));
        both.merge(&votes(&part[..1]));
        let DateVotes { month_first, day_first, either, early_dates, late_dates } = both;
        assert_eq!((month_first, day_first, either, early_dates, late_dates), (3, 4, 2, 6, 2));
    }
}
