//! Frequencies over the children and the whole of an indexed register, as far as a run asks for them.

use rustc_hash::FxHashSet;

use super::{
    counts::{NameKey, WHOLE, section, value_key},
    load::IndexedPeople,
};
use crate::{
    index::{IndexError, Table, Take},
    matching::{
        community::Community,
        frequency::{
            DateCounts, DateInformation, NameCounts, NameInformation, ValueCounts, ValueInformation,
            first_names_key,
        },
        lexicon::WordIx,
        profile::{Information, Profiles, Rows, most_bits, name_prior, named},
        slot::{MISSING, NameSlot, Slot},
    },
    rules::Rules,
};

/// Counts over children and the whole register.
pub(super) struct Whole<'a> {
    /// The register.
    pub(super) people: &'a IndexedPeople<'a>,
    /// Its words.
    pub(super) words: &'a [WordIx],
    /// Its peoples, as the run numbers them.
    pub(super) numbers: &'a [u8],
    /// The age up to which own names count.
    pub(super) age: u16,
    /// The persons whose names are counted here and now, and which of them are of that age.
    pub(super) exceptions: Rows,
    /// See `exceptions`.
    pub(super) of_age: Vec<bool>,
}

impl Whole<'_> {
    /// The community of a count, and whether it counts.
    fn community(&self, key: NameKey) -> Option<Community> {
        let people = self.numbers.get(key.people as usize).copied().unwrap_or(0);
        (key.age <= self.age).then(|| Community::new(people, key.gender as u8))
    }

    /// What its names say.
    pub(super) fn names(
        &self,
        (at, own): (usize, bool),
        profiles: &Profiles,
        rules: &Rules,
    ) -> Result<Information, IndexError> {
        let prior = |part: usize, key: &str| name_prior(rules, part, key);
        let counting = profiles.counting(&prior, rules);
        let mut counts = NameCounts::default();
        let children = profiles.named_children(at, own);
        children.for_each(|(slot, community)| counts.add(slot, community, &counting));
        let exceptions = self.exceptions.rows().zip(&self.of_age).filter(|(_, of_age)| !own || **of_age);
        exceptions.for_each(|(row, _)| {
            let (slot, community) = named(row, at, own);
            counts.add(slot, community, &counting);
        });
        let section = self.people.file.section(&section("names", at))?;
        let mut cursor = section.cursor_ahead(16);
        for place in (0..section.bytes()).step_by(12) {
            let (key, count) = entry(cursor.read(place, 12)?);
            let key = NameKey::unpack(key);
            let Some(community) = self.community(key) else { break };
            if key.part == WHOLE {
                counts.add_names(community, count);
            } else {
                let word = self.words.get(key.word.0 as usize).ok_or_else(|| section.damaged())?;
                counts.add_word(community, key.part, *word, count);
            }
        }
        if counting.term_frequency {
            self.together(at, profiles, &mut counts)?;
        }
        Ok(Information::Name(Box::new(NameInformation::new(counts, &counting))))
    }

    /// The first names of the children, as often as the register has them together.
    fn together(&self, at: usize, profiles: &Profiles, counts: &mut NameCounts) -> Result<(), IndexError> {
        let mut numbers = vec![None; profiles.lexicon.len()];
        (0..).zip(self.words).for_each(|(number, word)| numbers[word.0 as usize] = Some(WordIx(number)));
        let mut table = Table::open(self.people.file, &section("together", at), 20)?;
        let mut seen: FxHashSet<u64> = FxHashSet::default();
        let names = profiles.children.column(at).filter(|slot| *slot != MISSING).map(NameSlot::from_slot);
        for name in names.filter(|name| !name.is_pattern()) {
            let [_, middle, given] = name.parts(&profiles.arena);
            let ours = first_names_key(middle, given);
            let of_index = |words: &[WordIx]| words.iter().map(|word| numbers[word.0 as usize]).collect();
            let theirs: (Option<Vec<WordIx>>, Option<Vec<WordIx>>) = (of_index(middle), of_index(given));
            let (true, (Some(middle), Some(given))) = (seen.insert(ours), theirs) else { continue };
            table.find(first_names_key(&middle, &given), |rest| {
                let (key, count) = entry(rest);
                if let Some(community) = self.community(NameKey::unpack(key)) {
                    counts.add_together(community, ours, count);
                }
            })?;
        }
        Ok(())
    }

    /// What its dates say.
    pub(super) fn dates(
        &self,
        at: usize,
        profiles: &Profiles,
        rules: &Rules,
    ) -> Result<Information, IndexError> {
        let mut counts = DateCounts::default();
        profiles.children.column(at).for_each(|date| counts.add(date, 1));
        let bytes = self.people.file.section(&section("dates", at))?.read_all()?;
        for (date, count) in bytes.chunks_exact(12).map(entry) {
            counts.add(date, count);
        }
        Ok(Information::Date(DateInformation::new(&counts, rules.matching.population.rarest)))
    }

    /// The children's values, with how often children and register have them.
    pub(super) fn values(
        &self,
        at: usize,
        profiles: &Profiles,
        rules: &Rules,
    ) -> Result<Information, IndexError> {
        let kind = profiles.kinds[at];
        let mut counted = ValueCounts::default();
        profiles.children.column(at).for_each(|value| counted.add(value));
        // Looked up in the order in which they stand there.
        let mut keys: Vec<(u64, Slot)> =
            counted.counts.keys().map(|value| (value_key(kind, *value, &profiles.texts), *value)).collect();
        keys.sort_unstable();
        let mut table = Table::open(self.people.file, &section("values", at), 12)?.another(keys.len());
        for (key, value) in keys {
            table.find(key, |often| {
                let often = u32::from_le_bytes(often.try_into().unwrap_or_default());
                let count = counted.counts.entry(value).or_default();
                *count = count.saturating_add(often);
            })?;
        }
        let section = self.people.file.section(&section("values.total", at))?;
        let total = Take::new(&section.read_all()?).u64().map_err(|_| section.damaged())?;
        counted.total = counted.total.saturating_add(total);
        Ok(Information::Value(ValueInformation::new(counted, most_bits(kind, rules))))
    }
}

/// A key with its count.
fn entry(bytes: &[u8]) -> (u64, u32) {
    let mut take = Take::new(bytes);
    (take.u64().unwrap_or_default(), take.u32().unwrap_or_default())
}
