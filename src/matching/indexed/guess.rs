//! What the names of a register tell of their bearers' people, and whose names a run must count
//! itself, because its own list has a say in them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    build::IndexBuilder,
    counts::OTHER_PEOPLE,
    row::Person,
    scan::{Guessing, Scan, Stretch},
};
use crate::{
    index::{IndexError, IndexWriter, Put},
    matching::{
        builder::{Settled, is_name},
        community::{Guess, GuessCounts, Peoples},
        glued::Glued,
        lexicon::WordIx,
        profile::Profiles,
        slot::{MISSING, NameSlot, Slot},
    },
};

/// A word met oftener is no slip: of names of peoples that are no Vietnamese syllables there are many,
/// and the register itself shows whether they are two words.
const OFTEN: u32 = 50;

/// Most persons whose names every run counts itself.
const MOST_EXCEPTIONS: usize = 20_000;

impl IndexBuilder<'_> {
    /// Writes which persons' names a run counts itself: those whose people or words the children's list
    /// has a say in. Where they are too many to be read by every run the register alone decides.
    pub(super) fn write_exceptions(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<FxHashSet<u32>, IndexError> {
        let mut doubtful = Glued::doubtful(&scan.profiles.lexicon, |key| is_name(self.rules, key));
        doubtful.retain(|word| self.words[word.0 as usize] <= OFTEN);
        let by_people = self.rules.matching.ideas.communities;
        // Seen before words are parted.
        let glued = std::mem::take(&mut scan.glued);
        let columns = scan.columns.clone();
        let look = |profiles: &Profiles, first: u32, rows: &Stretch| {
            let names = |row: &[Slot]| {
                let slots = columns.iter().map(|at| row[*at]).filter(|slot| *slot != MISSING);
                let names: Vec<NameSlot> = slots.map(NameSlot::from_slot).collect();
                names.iter().flat_map(|name| name.words(&profiles.arena)).any(|word| doubtful.contains(word))
            };
            let exceptional = |row: &[Slot], person: &Person| by_people && person.people == 0 || names(row);
            let rows = rows.rows().zip(first..);
            rows.filter(|((row, person), _)| exceptional(row, person)).map(|(_, at)| at).collect::<Vec<_>>()
        };
        let mut exceptions: Vec<u32> = Vec::new();
        scan.each(out, look, |found| {
            exceptions.extend(found.into_iter().take(MOST_EXCEPTIONS + 1));
            Ok(())
        })?;
        scan.glued = glued;
        if exceptions.len() > MOST_EXCEPTIONS {
            exceptions.clear();
        }
        let mut bytes = Vec::with_capacity(exceptions.len() * 4);
        exceptions.iter().for_each(|person| bytes.put_u32(*person));
        out.section("exceptions", &bytes)?;
        Ok(exceptions.into_iter().collect())
    }

    /// What names tell of their bearer's people, by the register alone: for persons who do not state it.
    pub(super) fn guess(
        &self,
        scan: &mut Scan<'_>,
        out: &mut IndexWriter,
    ) -> Result<Option<Guessing>, IndexError> {
        // By word and people as the index numbers them; then the names of each people.
        let mut words: FxHashMap<u64, u32> = FxHashMap::default();
        let mut names = vec![0_u64; self.peoples.len() + 1];
        let columns = scan.columns.clone();
        let count = |profiles: &Profiles, _: u32, rows: &Stretch| {
            let (mut words, mut names) = (FxHashMap::<u64, u32>::default(), FxHashMap::<u32, u64>::default());
            for (row, person) in rows.rows() {
                if person.people == 0 || person.people == OTHER_PEOPLE {
                    continue;
                }
                for slot in columns.iter().map(|at| row[*at]).filter(|slot| *slot != MISSING) {
                    *names.entry(person.people).or_default() += 1;
                    for word in NameSlot::from_slot(slot).words(&profiles.arena) {
                        *words.entry(u64::from(word.0) << 32 | u64::from(person.people)).or_default() += 1;
                    }
                }
            }
            (words, names)
        };
        scan.each(out, count, |(of_words, of_names)| {
            of_words.into_iter().for_each(|(key, count)| *words.entry(key).or_default() += count);
            of_names.into_iter().for_each(|(people, count)| names[people as usize] += count);
            Ok(())
        })?;
        let mut words: Vec<(u64, u32)> = words.into_iter().collect();
        words.sort_unstable();
        let mut bytes = Vec::new();
        names.iter().skip(1).for_each(|count| bytes.put_u64(*count));
        for (key, count) in &words {
            bytes.put_u64(*key);
            bytes.put_u32(*count);
        }
        out.section("guess", &bytes)?;

        let rules = &self.rules.matching;
        let counted = self.peoples.iter().map(|(people, count)| (&**people, *count as usize));
        let large = Peoples::large(counted, rules.frequency.community_least);
        if !rules.ideas.communities || large.len() < 2 {
            return Ok(None);
        }
        let number = |people: u64| large.of(&self.peoples[people as usize - 1].0);
        let mut counts = GuessCounts::new(&scan.profiles.lexicon, large.len());
        names.iter().zip(0..).skip(1).for_each(|(count, people)| counts.add_names(number(people), *count));
        for (key, count) in &words {
            counts.add_word(WordIx((key >> 32) as u32), number(key & 0xffff_ffff), *count);
        }
        // From the numbers of a guess back to those of the index.
        let mut numbers = vec![0; large.len() + 1];
        (1..).zip(&self.peoples).for_each(|(at, (people, _))| numbers[usize::from(large.of(people))] = at);
        numbers[0] = 0;
        let settled = Settled { names: scan.columns.clone(), guess: Guess::new(&counts) };
        Ok(Some(Guessing { settled, numbers }))
    }
}
