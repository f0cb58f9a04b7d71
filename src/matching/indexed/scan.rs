//! Passes over the rows of a register that is made into an index: stretch by stretch, as matching
//! would see them.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::row::{Person, Taken, take_person};
use crate::{
    index::{IndexError, IndexWriter, Malformed, Spill, Take, entries},
    matching::{
        builder::{Settled, part_row},
        community::Community,
        glued::Glued,
        lexicon::WordIx,
        profile::{Profiles, SlotKind},
        slot::{MISSING, NameSlot, Slot},
    },
};

/// Rows read at a time, and by one thread.
pub(super) const STRETCH: u32 = 1 << 16;
/// See [`STRETCH`].
pub(super) const TASK: u32 = 1 << 12;

/// How persons get their people who do not state it, and what it is called in the index.
pub(super) struct Guessing {
    pub(super) settled: Settled,
    pub(super) numbers: Vec<u32>,
}

/// Some rows with their persons.
pub(super) struct Stretch {
    stride: usize,
    slots: Vec<Slot>,
    persons: Vec<Person>,
}

impl Stretch {
    /// The rows with their persons.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&[Slot], &Person)> {
        self.slots.chunks_exact(self.stride).zip(&self.persons)
    }
}

/// Passes over all rows, as matching would see them.
pub(super) struct Scan<'a> {
    /// The words; arena and texts of the stretch at hand.
    pub(super) profiles: Profiles,
    /// The rows.
    pub(super) rows: &'a Spill,
    /// What their slots hold.
    pub(super) kinds: &'a [SlotKind],
    /// Which of them are names.
    pub(super) columns: Vec<usize>,
    /// Words grown together, to be parted.
    pub(super) glued: Glued,
    /// How those get their people who state none.
    pub(super) settled: Option<Guessing>,
    /// Persons whose names a run counts itself.
    pub(super) exceptions: FxHashSet<u32>,
}

impl Scan<'_> {
    /// Looks at every stretch of rows, many at a time; what is found is put together in order.
    pub(super) fn each<T: Send>(
        &mut self,
        out: &IndexWriter,
        look: impl Fn(&Profiles, u32, &Stretch) -> T + Sync,
        mut put: impl FnMut(T) -> std::io::Result<()>,
    ) -> Result<(), IndexError> {
        for stretch in self.rows.chunks(STRETCH) {
            let firsts: Vec<u32> = stretch.clone().step_by(TASK as usize).collect();
            let read = |first: &u32| self.read(*first, stretch.end);
            let taken: Vec<std::io::Result<(Taken, Vec<Person>)>> = firsts.par_iter().map(read).collect();
            self.profiles.arena.clear();
            self.profiles.texts.clear();
            let mut stretches = Vec::with_capacity(taken.len());
            for taken in taken {
                let (mut taken, persons) = taken.map_err(|error| out.error(error))?;
                let moved = append_words(&mut taken, &mut self.profiles);
                stretches
                    .push((moved, Stretch { stride: self.kinds.len() + 1, slots: taken.slots, persons }));
            }
            stretches.par_iter_mut().for_each(|(moved, stretch)| {
                point(&mut stretch.slots, self.kinds, *moved);
            });
            let profiles = &self.profiles;
            let found: Vec<T> = firsts
                .par_iter()
                .zip(&stretches)
                .map(|(first, (_, stretch))| look(profiles, *first, stretch))
                .collect();
            found.into_iter().try_for_each(&mut put).map_err(|error| out.error(error))?;
        }
        Ok(())
    }

    fn read(&self, first: u32, end: u32) -> std::io::Result<(Taken, Vec<Person>)> {
        let bytes = self.rows.read(&(first..(first + TASK).min(end)))?;
        self.take(&bytes).map_err(|_| std::io::ErrorKind::InvalidData.into())
    }

    fn take(&self, bytes: &[u8]) -> Result<(Taken, Vec<Person>), Malformed> {
        let (mut taken, mut persons) = (Taken::default(), Vec::new());
        for entry in entries(bytes) {
            let mut take = Take::new(entry?);
            let mut person = take_person(&mut take)?;
            let start = taken.slots.len();
            taken.take(&mut take, self.kinds, false, |word| Some(WordIx(word)))?;
            let gender = person.facts.gender.as_ref();
            taken.slots.push(Community::of(0, gender).slot());
            let row = &mut taken.slots[start..];
            if !self.glued.is_empty() {
                part_row(row, &self.columns, &self.glued, &mut taken.arena);
            }
            if let Some(guessing) = &self.settled
                && person.people == 0
            {
                let names = self.columns.iter().map(|at| row[*at]);
                let guessed = guessing.settled.guess.people(names, &taken.arena);
                person.people = guessing.numbers[usize::from(guessed)];
            }
            persons.push(person);
        }
        Ok((taken, persons))
    }
}

/// Puts the words and texts of some rows behind those of the profiles.
pub(super) fn move_slots(taken: &mut Taken, kinds: &[SlotKind], profiles: &mut Profiles) {
    let moved = append_words(taken, profiles);
    point(&mut taken.slots, kinds, moved);
}

/// The same, the slots not yet pointing there; returns behind how many words and texts they stand.
fn append_words(taken: &mut Taken, profiles: &mut Profiles) -> (u32, u64) {
    let moved = (profiles.arena.len() as u32, profiles.texts.len() as u64);
    profiles.arena.append(&mut taken.arena);
    profiles.texts.append(&mut taken.texts);
    moved
}

/// Lets slots point so many words and texts farther.
fn point(slots: &mut [Slot], kinds: &[SlotKind], (words, texts): (u32, u64)) {
    for row in slots.chunks_exact_mut(kinds.len() + 1) {
        for (slot, kind) in row.iter_mut().zip(kinds).filter(|(slot, _)| **slot != MISSING) {
            match kind {
                SlotKind::Name => *slot = NameSlot::from_slot(*slot).moved(words).slot(),
                SlotKind::Text => *slot += texts,
                _ => {}
            }
        }
    }
}
