//! The peoples of an indexed register, and who of a run belongs to which: counted over the children
//! and the whole register.

use crate::{
    index::{IndexError, IndexFile, Malformed, Take},
    matching::{
        builder::{Builder, Settled},
        community::{Guess, GuessCounts, Peoples},
        lexicon::WordIx,
        profile::Rows,
    },
    rules::Rules,
};

/// The peoples that the register states, with how many state them.
pub(super) struct RegisterPeoples<'a> {
    index: &'a IndexFile,
    stated: Vec<(Box<str>, u32)>,
}

/// Who the run counts apart.
pub(super) struct Communities {
    /// By the index's number of a people the run's.
    pub(super) numbers: Vec<u8>,
    /// How those get theirs who state none.
    pub(super) settled: Option<Settled>,
}

impl Communities {
    /// The run's number of a people.
    pub(super) fn number(&self, people: u32) -> u8 {
        self.numbers.get(people as usize).copied().unwrap_or(0)
    }
}

impl<'a> RegisterPeoples<'a> {
    /// Reads them.
    pub(super) fn read(index: &'a IndexFile) -> Result<Self, IndexError> {
        let section = index.section("peoples")?;
        let bytes = section.read_all()?;
        let mut take = Take::new(&bytes);
        let mut stated = Vec::new();
        while !take.is_empty() {
            let people = (|| Ok((take.text()?.into(), take.small()?)))();
            stated.push(people.map_err(|_: Malformed| section.damaged())?);
        }
        Ok(Self { index, stated })
    }

    /// Puts the children's peoples into their rows, counted over both lists.
    pub(super) fn settle(
        &self,
        rows: &mut Rows,
        stated: &[Option<Box<str>>],
        builder: &Builder<'_>,
        words: &[WordIx],
        rules: &Rules,
    ) -> Result<Communities, IndexError> {
        let rules = &rules.matching;
        let ours = stated.iter().flatten().map(|people| (&**people, 1));
        let theirs = self.stated.iter().map(|(people, count)| (&**people, *count as usize));
        let large = Peoples::large(ours.chain(theirs), rules.frequency.community_least);
        let none = Communities { numbers: Vec::new(), settled: None };
        if !rules.ideas.communities || large.len() < 2 {
            return Ok(none);
        }
        let numbers: Vec<u8> =
            std::iter::once(0).chain(self.stated.iter().map(|(people, _)| large.of(people))).collect();
        let communities = Communities { numbers, ..none };
        let names = builder.name_columns();
        let mut counts = GuessCounts::new(&builder.lexicon, large.len());
        self.count(&communities, words, &mut counts)?;
        let known = |people: &Option<Box<str>>| people.as_deref().map(|people| large.of(people));
        for (row, people) in rows.rows().zip(stated) {
            let people = known(people).unwrap_or(0);
            names.iter().for_each(|at| counts.add(row[*at], people, &builder.arena));
        }
        let settled = Settled { names, guess: Guess::new(&counts) };
        for (row, people) in rows.slots.chunks_exact_mut(rows.stride.max(1)).zip(stated) {
            settled.settle(row, known(people), &builder.arena);
        }
        Ok(Communities { settled: Some(settled), ..communities })
    }

    /// Adds the words of the register's names by people.
    fn count(
        &self,
        communities: &Communities,
        words: &[WordIx],
        counts: &mut GuessCounts,
    ) -> Result<(), IndexError> {
        let section = self.index.section("guess")?;
        let bytes = section.read_all()?;
        let mut take = Take::new(&bytes);
        let damaged = || section.damaged();
        for (_, people) in self.stated.iter().zip(1..) {
            counts.add_names(communities.number(people), take.u64().map_err(|_| damaged())?);
        }
        while !take.is_empty() {
            let (key, count) = (take.u64().map_err(|_| damaged())?, take.u32().map_err(|_| damaged())?);
            let word = words.get((key >> 32) as usize).ok_or_else(damaged)?;
            counts.add_word(*word, communities.number(key as u32), count);
        }
        Ok(())
    }
}
