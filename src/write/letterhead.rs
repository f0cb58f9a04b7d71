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

/// The commune most records name: the 2025 one where it is known, since that is whose committee
/// signs today. Ties go to the smaller code.
fn usual_commune(outcome: &Outcome) -> Option<PlaceCode> {
    let mut counts: FxHashMap<PlaceCode, u32> = FxHashMap::default();
    for record in &outcome.children.records {
        let Some(place) = record.place.get() else { continue };
        let today = place.commune_2025.map(|code| PlaceCode { era: Era::From2025, code });
        if let Some(commune) = today.or(place.commune) {
            *counts.entry(commune).or_default() += 1;
        }
    }
    // The maximum of a total order: the order of iteration does not show.
    counts.into_iter().max_by_key(|(code, count)| (*count, std::cmp::Reverse(*code))).map(|(code, _)| code)
}
