//! What the decision asks of the register's persons beside their rows.

use crate::record::{Gender, PartialDate, PersonalId, Record};

/// The persons of the register whose numbers may be given, by their number in matching.
#[derive(Debug, Clone, Copy)]
pub enum Persons<'a> {
    /// Records at hand.
    Records(&'a [Record]),
    /// Of an indexed register: the persons that were looked up.
    Facts(&'a [Facts]),
}

/// What an index keeps of a person beside its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// The number.
    pub number: Option<PersonalId>,
    /// The birth date, as far as it is known.
    pub birth: Option<PartialDate>,
    /// The gender.
    pub gender: Option<Gender>,
}

impl Facts {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        Self {
            number: record.personal_id.get().copied(),
            birth: record.birth.get().copied(),
            gender: record.gender.get().copied(),
        }
    }
}

impl Persons<'_> {
    /// How many there are.
    pub fn len(self) -> usize {
        match self {
            Self::Records(records) => records.len(),
            Self::Facts(facts) => facts.len(),
        }
    }

    /// What is known of one.
    pub fn get(self, person: usize) -> Facts {
        match self {
            Self::Records(records) => Facts::of(&records[person]),
            Self::Facts(facts) => facts[person],
        }
    }

    /// Everybody's number, in order.
    pub fn numbers(self) -> impl Iterator<Item = (PersonalId, u32)> {
        (0..self.len()).filter_map(move |at| Some((self.get(at).number?, at as u32)))
    }
}
