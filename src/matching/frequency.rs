//! How much an agreeing value says: `-log2` of its frequency in the lists at hand (term frequency,
//! Newcombe 1959), smoothed, and capped where a frequency would be a guess.

use rustc_hash::FxHashMap;

use super::{
    lexicon::{Lexicon, WordIx},
    slot::{DateSlot, MISSING, NameSlot, Slot},
};

/// Information in bits of each word of one part of a name.
#[derive(Default)]
pub struct WordInformation {
    word: Vec<f32>,
    plain: Vec<f32>,
    initial: Vec<f32>,
    is_name: Vec<bool>,
}

/// A word that the built-in counts do not know and that is rarer than this in the lists is taken
/// for no name, but for a slip of one.
const RARER_THAN_NAMES: f64 = 1.0 / 8192.0;

const INITIALS: usize = 27;

impl WordInformation {
    /// Counts words and turns the counts into bits. `prior` is what is known beforehand of a
    /// word's share, worth `prior_weight` names.
    fn count<'a>(
        words: impl Iterator<Item = &'a [WordIx]>,
        lexicon: &Lexicon,
        prior: impl Fn(&str) -> f64,
        prior_weight: f64,
        rarest: f64,
    ) -> Self {
        let mut word = vec![0_u32; lexicon.len()];
        let mut total = 0_u64;
        for part in words {
            for ix in part {
                word[ix.0 as usize] += 1;
                total += 1;
            }
        }
        let mut plain = vec![0.0; lexicon.plain_count()];
        let mut initial = vec![0.0; INITIALS];
        let total = total as f64 + prior_weight;
        let bits = |count: f64| ((total / count.max(f64::MIN_POSITIVE)).log2().clamp(0.0, rarest)) as f32;
        let mut is_name = Vec::with_capacity(word.len());
        let word = word
            .iter()
            .enumerate()
            .map(|(ix, count)| {
                let ix = WordIx(ix as u32);
                let form = lexicon.form(ix);
                let known = prior(&form.key);
                is_name.push(known > 0.0 || f64::from(*count) >= RARER_THAN_NAMES * total);
                let count = f64::from(*count) + prior_weight * known;
                plain[form.plain as usize] += count;
                initial[initial_of(lexicon.plain(ix))] += count;
                bits(count)
            })
            .collect();
        Self {
            word,
            plain: plain.into_iter().map(bits).collect(),
            initial: initial.into_iter().map(bits).collect(),
            is_name,
        }
    }

    /// False for a word that nobody is called: it can only be a slip.
    pub fn is_name(&self, ix: WordIx) -> bool {
        self.is_name[ix.0 as usize]
    }

    /// Bits in agreeing on exactly this spelling.
    pub fn word(&self, ix: WordIx) -> f32 {
        self.word[ix.0 as usize]
    }

    /// Bits in agreeing on the spelling without diacritics.
    pub fn plain(&self, lexicon: &Lexicon, ix: WordIx) -> f32 {
        self.plain[lexicon.form(ix).plain as usize]
    }

    /// Bits in agreeing on the first letter.
    pub fn initial(&self, lexicon: &Lexicon, ix: WordIx) -> f32 {
        self.initial[initial_of(lexicon.plain(ix))]
    }
}

fn initial_of(plain: &str) -> usize {
    match plain.bytes().next() {
        Some(letter @ b'a'..=b'z') => usize::from(letter - b'a'),
        _ => INITIALS - 1,
    }
}

/// Information of the three parts of the names in one field.
#[derive(Default)]
pub struct NameInformation {
    /// Surname, middle words, given name.
    pub parts: [WordInformation; 3],
}

impl NameInformation {
    /// Counts the names of one field over all lists. `prior(part, key)` gives a word's share
    /// beforehand.
    pub fn count(
        names: &[Slot],
        arena: &[WordIx],
        lexicon: &Lexicon,
        prior: impl Fn(usize, &str) -> f64,
        rarest: f64,
    ) -> Self {
        let whole = || {
            names
                .iter()
                .filter(|slot| **slot != MISSING)
                .map(|slot| NameSlot::from_slot(*slot))
                .filter(|name| !name.is_pattern())
        };
        let part = |part: usize| {
            let words = whole().map(|name| name.parts(arena)[part]);
            WordInformation::count(words, lexicon, |key| prior(part, key), PRIOR_NAMES, rarest)
        };
        Self { parts: [part(0), part(1), part(2)] }
    }
}

/// How many names' worth of trust the built-in name counts have against the lists at hand.
const PRIOR_NAMES: f64 = 1_000.0;

/// Information of whole dates and of years.
pub struct DateInformation {
    days: Vec<f32>,
    years: Vec<f32>,
}

const FIRST_YEAR: u32 = 1900;
const YEARS: usize = 300;
const DAYS: usize = 12 * 31;

impl DateInformation {
    /// Counts the dates of one field over all lists. Beforehand every day of a year is worth the
    /// same, every year as much as its share.
    pub fn count(dates: &[Slot], rarest: f64) -> Self {
        let mut days = vec![0_u32; YEARS * DAYS];
        let mut years = vec![0_u32; YEARS];
        for slot in dates.iter().filter(|slot| **slot != MISSING) {
            let date = DateSlot::from_slot(*slot);
            let (year, month, day) = date.parts();
            let Some(year) = Self::year_index(year) else { continue };
            years[year] += 1;
            if date.is_whole() {
                days[year * DAYS + Self::day_index(month, day)] += 1;
            }
        }
        let total = f64::from(years.iter().sum::<u32>()) + 1.0;
        let bits = |share: f64| -share.log2().clamp(-rarest, 0.0) as f32;
        let year_share = |year: usize| (f64::from(years[year]) + 1.0 / YEARS as f64) / total;
        let smoothed = |ix: usize| {
            // A year's dates, half of them taken as spread evenly: a day seen once is not 1/N.
            let (year, count) = (ix / DAYS, f64::from(days[ix]));
            let of_year = f64::from(years[year]);
            year_share(year) * (count + 20.0 / 365.25) / (of_year + 20.0)
        };
        Self {
            days: (0..days.len()).map(|ix| bits(smoothed(ix))).collect(),
            years: (0..YEARS).map(|year| bits(year_share(year))).collect(),
        }
    }

    /// Bits in agreeing on this whole date.
    pub fn day(&self, date: DateSlot) -> f32 {
        let (year, month, day) = date.parts();
        Self::year_index(year).map_or(0.0, |year| self.days[year * DAYS + Self::day_index(month, day)])
    }

    /// Bits in agreeing on the year.
    pub fn year(&self, date: DateSlot) -> f32 {
        Self::year_index(date.parts().0).map_or(0.0, |year| self.years[year])
    }

    fn year_index(year: u32) -> Option<usize> {
        year.checked_sub(FIRST_YEAR).map(|year| year as usize).filter(|year| *year < YEARS)
    }

    fn day_index(month: u32, day: u32) -> usize {
        ((month - 1) * 31 + day - 1) as usize
    }
}

/// Information of arbitrary values: numbers, codes, texts.
pub struct ValueInformation {
    seen_often: FxHashMap<Slot, f32>,
    once: f32,
}

impl ValueInformation {
    /// Counts the values of one field over all lists.
    pub fn count(values: &[Slot], rarest: f64) -> Self {
        let mut counts: FxHashMap<Slot, u32> = FxHashMap::default();
        for value in values.iter().filter(|value| **value != MISSING) {
            *counts.entry(*value).or_default() += 1;
        }
        let total = f64::from(counts.values().sum::<u32>()) + 1.0;
        let bits = |count: f64| (total / count).log2().clamp(0.0, rarest) as f32;
        let seen_often = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(value, count)| (value, bits(f64::from(count))))
            .collect();
        Self { seen_often, once: bits(1.0) }
    }

    /// Bits in agreeing on this value.
    pub fn value(&self, value: Slot) -> f32 {
        self.seen_often.get(&value).copied().unwrap_or(self.once)
    }
}
