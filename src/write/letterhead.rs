//! What stands at the head and at the foot of every sheet: authority, national title and motto,
//! date, title; signatures.

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::words::Words;
use crate::{
    outcome::Outcome,
    record::{Era, PlaceCode},
    rules::TitleBlock,
};

/// The head of a run's sheets, in the reader's language.
pub(crate) struct Letterhead<'a> {
    /// Words, font and limits.
    pub block: &'a TitleBlock,
    /// "PHƯỜNG VĂN YÊN", or dots to write it on.
    pub commune: String,
    /// "Ngày 23 tháng 11 năm 2026".
    pub date: String,
    /// The day of the run: the workbooks' date of creation too.
    pub as_of: Date,
    /// The words.
    pub words: Words<'a>,
}

impl<'a> Letterhead<'a> {
    pub fn of(outcome: &Outcome, block: &'a TitleBlock, words: Words<'a>) -> Self {
        Self::new(usual_commune(outcome), outcome.as_of, block, words)
    }

    /// The head of sheets about a commune's children on a day.
    pub fn new(commune: Option<PlaceCode>, day: Date, block: &'a TitleBlock, words: Words<'a>) -> Self {
        let commune = commune
            .and_then(|code| words.commune(code))
            .map_or_else(|| block.unknown_commune.get(words.language).to_owned(), str::to_uppercase);
        // Two digits for the day and for January and February, as the decree asks.
        let month = if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() };
        let date = block
            .date
            .get(words.language)
            .replace("{day}", &format!("{:02}", day.day()))
            .replace("{month}", &month)
            .replace("{year}", &day.year().to_string());
        Self { block, commune, date, as_of: day, words }
    }
}

/// The commune whose list this is: the 2025 one where it is known, since that is whose committee
/// signs today.
fn usual_commune(outcome: &Outcome) -> Option<PlaceCode> {
    usual(outcome.children.records.iter().filter_map(|record| {
        let place = record.place.get()?;
        let today = place.commune_2025.map(|code| PlaceCode { era: Era::From2025, code });
        today.or(place.commune)
    }))
}

/// The place that more than half of these are: a list of many communes carries no one's name.
pub(crate) fn usual(places: impl Iterator<Item = PlaceCode>) -> Option<PlaceCode> {
    let mut counts: FxHashMap<PlaceCode, u64> = FxHashMap::default();
    let mut all = 0_u64;
    for place in places {
        *counts.entry(place).or_default() += 1;
        all += 1;
    }
    // At most one can be more than half: the order of iteration does not show.
    counts.into_iter().find(|(_, count)| count * 2 > all).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_many_communes_carries_no_ones_name() {
        let of = |codes: &[u32]| {
            usual(codes.iter().map(|code| PlaceCode { era: Era::From2025, code: *code }))
                .map(|place| place.code)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[18_073, 18_076, 18_073]), Some(18_073));
        assert_eq!(of(&[18_073, 18_076]), None);
        assert_eq!(of(&[18_073, 18_076, 18_079, 18_073]), None);
    }
}
