//! What a run takes from an index: persons as rows, and the counts over the whole register, as far as
//! the children's values need them. Which persons it asks for is the windows' business.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    counts::{age_of_year, number_key, value_key},
    keys::IndexedBlocks,
    peoples::{Communities, RegisterPeoples},
    row::{Taken, take_person},
    scan::move_slots,
    whole::Whole,
    windows::Limits,
};
use crate::{
    index::{Entries, IndexError, IndexFile, Table, Take},
    matching::{
        builder::{Builder, is_name, part_row},
        community::Community,
        glued::Glued,
        lexicon::WordIx,
        persons::Facts,
        profile::{Information, Profiles, Rows, SlotKind, newborn, years_of},
        scorer::Model,
        slot::MISSING,
    },
    outcome::List,
    record::PersonalId,
    rules::Rules,
};

/// The persons of an indexed register.
#[derive(Clone, Copy)]
pub struct IndexedPeople<'a> {
    /// The index.
    pub file: &'a IndexFile,
    /// Persons whose numbers may be given; they have the first numbers.
    pub records: u32,
    /// Rivals; they come after them.
    pub rivals: u32,
}

impl IndexedPeople<'_> {
    /// How many there are, rivals included.
    pub fn count(&self) -> usize {
        self.records as usize + self.rivals as usize
    }

    /// The persons, rivals among them, who hold some of these numbers, in order.
    pub fn holders(&self, numbers: impl Iterator<Item = PersonalId>) -> Result<Vec<u32>, IndexError> {
        let mut table = Table::open(self.file, "numbers", 12)?;
        let (mut holders, mut outside) = (Vec::new(), false);
        for number in numbers {
            table.find(number_key(number), |person| {
                let person = u32::from_le_bytes(person.try_into().unwrap_or_default());
                outside |= person as usize >= self.count();
                holders.push(person);
            })?;
        }
        if outside {
            return Err(table.damaged());
        }
        holders.sort_unstable();
        holders.dedup();
        Ok(holders)
    }
}

/// The children of a run and what it needs of an index to match them: all counts, and whoever of the
/// persons is asked for.
pub struct Lookup<'a> {
    /// The register.
    pub people: IndexedPeople<'a>,
    pub(super) blocks: IndexedBlocks<'a>,
    glued: Glued,
    words: Vec<WordIx>,
    names: Vec<usize>,
    communities: Communities,
    /// The first year of birth that counts as a child's.
    years: i16,
    pub(super) window: Limits,
    /// How many words and texts the children's rows have.
    of_children: (usize, usize),
    /// The children's texts: equal ones of both sides have one slot.
    texts: FxHashMap<Box<str>, u64>,
}

/// What is known of the persons at hand beside their rows.
pub struct AtHand {
    /// Their numbers in the index, in order; the rivals come last.
    pub persons: Vec<u32>,
    /// Of those whose numbers may be given.
    pub facts: Vec<Facts>,
    /// The rivals' numbers.
    pub rivals: Vec<PersonalId>,
}

/// Records of one task.
pub(super) const TASK: usize = 256;

impl<'a> Lookup<'a> {
    /// The children's rows, with the counts over them and the whole register; no person is at hand yet.
    /// Those who are at hand together later may take so many bytes.
    pub fn new(
        children: &List,
        people: IndexedPeople<'a>,
        model: &'a Model,
        (as_of, memory): (Date, u64),
        rules: &Rules,
    ) -> Result<(Self, Profiles), IndexError> {
        let mut builder = Builder::new(&model.specs, rules);
        let mut stated = Vec::new();
        let mut rows = builder.rows(children, &mut stated);
        let words = read_words(people.file, &mut builder, rules)?;
        let glued = find_glued(people.file, &builder, &rows, &words, rules)?;
        builder.part_glued(&glued, &mut rows);
        let names = builder.name_columns();
        let peoples = RegisterPeoples::read(people.file)?;
        let communities = peoples.settle(&mut rows, &stated, &builder, &words, rules)?;
        let Builder { lexicon, confusions, arena, texts, .. } = builder;
        let of_children = (arena.len(), texts.len());
        let mut profiles = Profiles { arena, texts, ..Profiles::of_words(lexicon, confusions, &model.specs) };
        profiles.children = rows;
        profiles.newborn = newborn(children, as_of, rules.matching.population.newborn_days);
        profiles.dated = children.records.iter().map(|record| record.birth.get().is_some()).collect();
        let lookup = Self {
            people,
            blocks: IndexedBlocks::open(people.file, &model.blocking, people.count() as u32)?,
            glued,
            words,
            names,
            communities,
            years: years_of(children),
            window: Limits::of(memory),
            of_children,
            texts: profiles.texts.iter().cloned().zip(0..).collect(),
        };
        profiles.information = lookup.count(&mut profiles, model, rules)?;
        Ok((lookup, profiles))
    }

    /// What the values of all fields say.
    fn count(
        &self,
        profiles: &mut Profiles,
        model: &Model,
        rules: &Rules,
    ) -> Result<Vec<Information>, IndexError> {
        let (exceptions, aged) = self.exceptions(profiles)?;
        let whole = Whole {
            people: &self.people,
            words: &self.words,
            numbers: &self.communities.numbers,
            age: age_of_year(self.years),
            of_age: aged.iter().map(|facts| self.of_age(facts)).collect(),
            exceptions,
        };
        let information = model.specs.0.par_iter().enumerate();
        let information = information.map(|(at, spec)| match spec.kind {
            SlotKind::Name => whole.names((at, spec.is_own_name()), profiles, rules),
            SlotKind::Date => whole.dates(at, profiles, rules),
            _ => whole.values(at, profiles, rules),
        });
        information.collect()
    }

    fn of_age(&self, facts: &Facts) -> bool {
        facts.birth.is_none_or(|birth| birth.year() >= self.years)
    }

    /// Takes some persons to hand, in order, in place of those before.
    pub fn take(&self, persons: Vec<u32>, profiles: &mut Profiles) -> Result<AtHand, IndexError> {
        let (mut facts, held) = self.read(&persons, profiles)?;
        profiles.of_age = facts.iter().map(|facts| self.of_age(facts)).collect();
        let Profiles { register, information, texts, kinds, .. } = profiles;
        for (at, information) in information.iter_mut().enumerate() {
            // Codes are alike only where a child has the same one.
            if let (Information::Value(information), SlotKind::Number | SlotKind::Text) =
                (information, kinds[at])
            {
                let values = register.column(at).filter(|slot| *slot != MISSING && !held[at].is_empty());
                let count = |slot| Some((slot, *held[at].get(&value_key(kinds[at], slot, texts))?));
                information.set_persons(values.filter_map(count));
            }
        }
        let records = persons.partition_point(|person| *person < self.people.records);
        let rivals = facts[records..].iter().filter_map(|facts| facts.number).collect();
        facts.truncate(records);
        Ok(AtHand { persons, facts, rivals })
    }
}

/// The words of the index by its numbers, taken into the run's.
fn read_words(
    index: &IndexFile,
    builder: &mut Builder<'_>,
    rules: &Rules,
) -> Result<Vec<WordIx>, IndexError> {
    let section = index.section("words")?;
    let bytes = section.read_all()?;
    let mut take = Take::new(&bytes);
    let mut words = Vec::new();
    while !take.is_empty() {
        let key = take.text().map_err(|_| section.damaged())?;
        words.push(builder.lexicon.word(key, &rules.text.syllables, &builder.confusions));
    }
    Ok(words)
}

/// Words grown together, parted as children and register show them parted.
fn find_glued(
    index: &IndexFile,
    builder: &Builder<'_>,
    rows: &Rows,
    words: &[WordIx],
    rules: &Rules,
) -> Result<Glued, IndexError> {
    let mut table = Table::open(index, "pairs", 20)?;
    let mut known = Vec::new();
    for key in Glued::wanted_keys(&builder.lexicon, |key| is_name(rules, key)) {
        table.find(key, |rest| {
            let mut take = Take::new(rest);
            if let (Ok(one), Ok(other), Ok(count)) = (take.u32(), take.u32(), take.u32())
                && let (Some(one), Some(other)) = (words.get(one as usize), words.get(other as usize))
            {
                known.push((*one, *other, count));
            }
        })?;
    }
    Ok(builder.find_glued(rows.rows(), known.into_iter()))
}

/// How often the register has the values of the persons at hand that may be like another one, by field
/// and [`value_key`].
pub(super) type Held = Vec<FxHashMap<u64, u32>>;

impl Lookup<'_> {
    /// The rows of some persons, put behind the children's.
    fn read(&self, persons: &[u32], profiles: &mut Profiles) -> Result<(Vec<Facts>, Held), IndexError> {
        profiles.arena.truncate(self.of_children.0);
        profiles.texts.truncate(self.of_children.1);
        let kinds = profiles.kinds.clone();
        let mut rows = Rows { stride: kinds.len() + 1, slots: std::mem::take(&mut profiles.register.slots) };
        rows.slots.clear();
        rows.slots.reserve(persons.len() * rows.stride);
        let mut facts = Vec::with_capacity(persons.len());
        let mut held = vec![FxHashMap::default(); kinds.len()];
        // Some at a time: what was taken stands in memory twice until it is put behind the others.
        for persons in persons.chunks(TASK * 64) {
            let taken: Result<Vec<(Taken, Vec<Facts>)>, IndexError> =
                persons.par_chunks(TASK).map(|persons| self.take_rows(persons, &kinds)).collect();
            for (mut taken, mut of_them) in taken? {
                for (row, counts) in
                    taken.slots.chunks_exact(rows.stride).zip(taken.counts.chunks_exact(kinds.len()))
                {
                    for (at, (slot, count)) in row.iter().zip(counts).enumerate() {
                        if *count > 1 && kinds[at] != SlotKind::Code {
                            held[at].insert(value_key(kinds[at], *slot, &taken.texts), *count);
                        }
                    }
                }
                move_slots(&mut taken, &kinds, profiles);
                rows.slots.append(&mut taken.slots);
                facts.append(&mut of_them);
            }
        }
        profiles.register = rows;
        self.unite_texts(profiles);
        Ok((facts, held))
    }

    /// The rows of the persons whose names a run counts itself.
    fn exceptions(&self, profiles: &mut Profiles) -> Result<(Rows, Vec<Facts>), IndexError> {
        let bytes = self.people.file.section("exceptions")?.read_all()?;
        let persons: Vec<u32> = bytes.chunks_exact(4).filter_map(|four| Take::new(four).u32().ok()).collect();
        let (facts, _) = self.read(&persons, profiles)?;
        Ok((std::mem::take(&mut profiles.register), facts))
    }

    fn take_rows(&self, persons: &[u32], kinds: &[SlotKind]) -> Result<(Taken, Vec<Facts>), IndexError> {
        let range = persons.first().copied().unwrap_or(0)..persons.last().copied().unwrap_or(0);
        let rows = Entries::open(self.people.file, "rows", self.people.count() as u32)?;
        let mut rows = rows.in_order(persons.len(), range);
        let (mut taken, mut facts) = (Taken::default(), Vec::with_capacity(persons.len()));
        for person in persons {
            let start = taken.slots.len();
            let mut take = Take::new(rows.get(*person)?);
            let word = |word: u32| self.words.get(word as usize).copied();
            let person = take_person(&mut take)
                .and_then(|person| taken.take(&mut take, kinds, true, word).map(|()| person));
            let Ok(person) = person else { return Err(rows.damaged()) };
            taken.slots.push(Community::of(0, person.facts.gender.as_ref()).slot());
            let row = &mut taken.slots[start..];
            if !self.glued.is_empty() {
                part_row(row, &self.names, &self.glued, &mut taken.arena);
            }
            if let Some(settled) = &self.communities.settled {
                let stated = (person.people > 0).then(|| self.communities.number(person.people));
                settled.settle(row, stated, &taken.arena);
            }
            facts.push(person.facts);
        }
        Ok((taken, facts))
    }

    /// Gives equal texts of both sides one slot: texts are compared by it.
    fn unite_texts(&self, profiles: &mut Profiles) {
        let Profiles { kinds, register, texts, .. } = profiles;
        if !kinds.contains(&SlotKind::Text) {
            return;
        }
        let mut first: FxHashMap<&str, u64> = FxHashMap::default();
        let of_persons = texts.iter().zip(0..).skip(self.of_children.1);
        let united: Vec<u64> = of_persons
            .map(|(text, at)| match self.texts.get(text) {
                Some(of_child) => *of_child,
                None => *first.entry(text).or_insert(at),
            })
            .collect();
        for row in register.slots.chunks_exact_mut(register.stride.max(1)) {
            for (slot, kind) in row.iter_mut().zip(&*kinds) {
                if *kind == SlotKind::Text && *slot != MISSING {
                    *slot = united[*slot as usize - self.of_children.1];
                }
            }
        }
    }
}
