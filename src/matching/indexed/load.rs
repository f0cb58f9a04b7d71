//! What a run takes from an index: the persons who share a block with a child, as rows, and the
//! counts over the whole register, as far as the children's values need them.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    counts::{age_of_year, number_key, value_key},
    keys::{Found, IndexedBlocks},
    peoples::{Communities, RegisterPeoples},
    row::{Taken, take_person},
    scan::move_slots,
    whole::Whole,
};
use crate::{
    index::{Entries, IndexError, IndexFile, Table, Take},
    matching::{
        blocking::Blocks,
        builder::{Builder, is_name, part_row},
        community::Community,
        glued::Glued,
        lexicon::WordIx,
        persons::Facts,
        profile::{Profiles, Rows, SlotKind, newborn, years_of},
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

/// Everything matching needs, as if the register held only those persons who matter, and yet with the
/// counts of all.
pub struct Loaded {
    /// Children and persons.
    pub profiles: Profiles,
    /// The children's candidates among these persons.
    pub found: Blocks,
    /// The persons' numbers in the index.
    pub persons: Vec<u32>,
    /// What is known of them; of the rivals, who come last, nothing.
    pub facts: Vec<Facts>,
    /// The rivals' numbers.
    pub rivals: Vec<PersonalId>,
}

/// Records of one task.
const TASK: usize = 256;

impl Loaded {
    /// Looks everything up.
    pub fn new(
        children: &List,
        people: &IndexedPeople<'_>,
        numbers: &[PersonalId],
        model: &Model,
        as_of: Date,
        rules: &Rules,
    ) -> Result<Self, IndexError> {
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
        let years = years_of(children);
        let mut profiles = Profiles { arena, texts, ..Profiles::of_words(lexicon, confusions, &model.specs) };
        profiles.children = rows;
        profiles.newborn = newborn(children, as_of, rules.matching.population.newborn_days);
        profiles.dated = children.records.iter().map(|record| record.birth.get().is_some()).collect();

        let looked_up = LookedUp::new(people, &profiles, model)?;
        let listed = children.records.iter().filter_map(|record| record.personal_id.get().copied());
        let mut persons = people.holders(listed.chain(numbers.iter().copied()))?;
        persons.extend_from_slice(&looked_up.persons);
        persons.par_sort_unstable();
        persons.dedup();
        let found = looked_up.blocks(model, profiles.children.len(), &persons);

        let reader =
            RowReader { people, glued: &glued, words: &words, names: &names, communities: &communities };
        let (exceptions, aged) = reader.exceptions(&mut profiles)?;
        let (all_facts, counts) = reader.read(&persons, &mut profiles)?;
        let of_age = |facts: &Facts| facts.birth.is_none_or(|birth| birth.year() >= years);
        profiles.of_age = all_facts.iter().map(of_age).collect();
        let records = persons.partition_point(|person| *person < people.records);
        let rivals = all_facts[records..].iter().filter_map(|facts| facts.number).collect();

        let whole = Whole {
            people,
            words: &words,
            numbers: &communities.numbers,
            age: age_of_year(years),
            of_age: aged.iter().map(of_age).collect(),
            exceptions,
        };
        let information = model.specs.0.par_iter().enumerate();
        let information = information.map(|(at, spec)| match spec.kind {
            SlotKind::Name => whole.names((at, spec.is_own_name()), &profiles, rules),
            SlotKind::Date => whole.dates(at, &profiles, rules),
            _ => whole.values(at, &profiles, &counts, rules),
        });
        profiles.information = information.collect::<Result<_, _>>()?;
        let mut facts = all_facts;
        facts.truncate(records);
        Ok(Self { profiles, found, persons, facts, rivals })
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

/// The blocks of every child, with persons by their numbers in the index.
struct LookedUp {
    found: Vec<Found>,
    /// The persons of all blocks, one after the other.
    persons: Vec<u32>,
}

impl LookedUp {
    fn new(people: &IndexedPeople<'_>, profiles: &Profiles, model: &Model) -> Result<Self, IndexError> {
        let blocks = IndexedBlocks::open(people.file, &model.blocking, people.count() as u32)?;
        let mut all = Self { found: Vec::new(), persons: Vec::new() };
        for pass in 0..blocks.passes() {
            let rows = (0..profiles.children.len()).into_par_iter();
            let rows = rows.map(|child| (child as u32, profiles.children.row(child)));
            let keys = blocks.keys(pass, rows, profiles);
            let row = |child: u32| profiles.children.row(child as usize);
            let chunks: Result<Vec<_>, IndexError> = keys
                .par_chunks(TASK)
                .map(|chunk| blocks.find(pass, (chunk, keys.len()), row, profiles))
                .collect();
            for (mut found, mut persons) in chunks? {
                all.found.append(&mut found);
                all.persons.append(&mut persons);
            }
        }
        Ok(all)
    }

    /// As matching walks through them, with persons by their places among `persons`.
    fn blocks(self, model: &Model, children: usize, persons: &[u32]) -> Blocks {
        let place = |person: &u32| persons.binary_search(person).unwrap_or_default() as u32;
        let places: Vec<u32> = self.persons.par_iter().map(place).collect();
        let mut blocks = Blocks::none(model.blocking.passes().count(), children);
        let mut rest = &places[..];
        for Found { pass, record, persons, left_out } in self.found {
            let (block, others) = rest.split_at(persons as usize);
            blocks.put(pass, record, block.iter().copied(), left_out.into());
            rest = others;
        }
        blocks
    }
}

/// How often the register has the values of the persons at hand, by field and [`value_key`].
pub(super) type Held = Vec<FxHashMap<u64, u32>>;

/// Reads persons' rows.
struct RowReader<'a> {
    people: &'a IndexedPeople<'a>,
    glued: &'a Glued,
    words: &'a [WordIx],
    names: &'a [usize],
    communities: &'a Communities,
}

impl RowReader<'_> {
    /// The rows of some persons, put behind the children's.
    fn read(&self, persons: &[u32], profiles: &mut Profiles) -> Result<(Vec<Facts>, Held), IndexError> {
        let kinds = profiles.kinds.clone();
        let taken: Result<Vec<(Taken, Vec<Facts>)>, IndexError> =
            persons.par_chunks(TASK).map(|persons| self.take(persons, &kinds)).collect();
        let mut rows = Rows { stride: kinds.len() + 1, slots: Vec::new() };
        rows.slots.reserve_exact(persons.len() * rows.stride);
        let mut facts = Vec::with_capacity(persons.len());
        let mut held = vec![FxHashMap::default(); kinds.len()];
        for (mut taken, mut of_them) in taken? {
            for (row, counts) in
                taken.slots.chunks_exact(rows.stride).zip(taken.counts.chunks_exact(kinds.len()))
            {
                for (at, (slot, count)) in
                    row.iter().zip(counts).enumerate().filter(|(_, (_, count))| **count > 1)
                {
                    held[at].insert(value_key(kinds[at], *slot, &taken.texts), *count);
                }
            }
            move_slots(&mut taken, &kinds, profiles);
            rows.slots.append(&mut taken.slots);
            facts.append(&mut of_them);
        }
        profiles.register = rows;
        unite_texts(profiles);
        Ok((facts, held))
    }

    /// The rows of the persons whose names a run counts itself.
    fn exceptions(&self, profiles: &mut Profiles) -> Result<(Rows, Vec<Facts>), IndexError> {
        let bytes = self.people.file.section("exceptions")?.read_all()?;
        let persons: Vec<u32> = bytes.chunks_exact(4).filter_map(|four| Take::new(four).u32().ok()).collect();
        let (facts, _) = self.read(&persons, profiles)?;
        Ok((std::mem::take(&mut profiles.register), facts))
    }

    fn take(&self, persons: &[u32], kinds: &[SlotKind]) -> Result<(Taken, Vec<Facts>), IndexError> {
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
                part_row(row, self.names, self.glued, &mut taken.arena);
            }
            if let Some(settled) = &self.communities.settled {
                let stated = (person.people > 0).then(|| self.communities.number(person.people));
                settled.settle(row, stated, &taken.arena);
            }
            facts.push(person.facts);
        }
        Ok((taken, facts))
    }
}

/// Gives equal texts of both sides one slot: texts are compared by it.
fn unite_texts(profiles: &mut Profiles) {
    if !profiles.kinds.contains(&SlotKind::Text) {
        return;
    }
    let mut first: FxHashMap<&str, u64> = FxHashMap::default();
    let united: Vec<u64> =
        profiles.texts.iter().zip(0..).map(|(text, at)| *first.entry(text).or_insert(at)).collect();
    for rows in [&mut profiles.children, &mut profiles.register] {
        for row in rows.slots.chunks_exact_mut(rows.stride.max(1)) {
            for (slot, kind) in row.iter_mut().zip(&profiles.kinds) {
                if *kind == SlotKind::Text && *slot != MISSING {
                    *slot = united[*slot as usize];
                }
            }
        }
    }
}
