//! What people decided, as matching honours it: a link or a veto holds whatever the weights say.

use rustc_hash::{FxHashMap, FxHashSet};

use super::persons::Persons;
use crate::record::{PersonalId, RecordIx};

/// Decisions of people about records of the list and persons of the register, by their index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Two records are one child.
    pub same: Vec<(RecordIx, RecordIx)>,
    /// Two records are two children.
    pub apart: Vec<(RecordIx, RecordIx)>,
    /// A record is this person of the register.
    pub is_person: Vec<(RecordIx, RecordIx)>,
    /// A record is not this person of the register.
    pub not_person: Vec<(RecordIx, RecordIx)>,
    /// The police gave a record this number.
    pub numbers: Vec<(RecordIx, PersonalId)>,
}

/// The same, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub same: Vec<(u32, u32)>,
    apart: FxHashSet<(u32, u32)>,
    is_person: FxHashMap<u32, u32>,
    not_person: FxHashSet<(u32, u32)>,
    numbers: FxHashMap<u32, PersonalId>,
}

impl Asked {
    /// A number of the register is the person's who has it.
    pub fn new(constraints: &Constraints, register: Persons<'_>) -> Self {
        let mut is_person: FxHashMap<u32, u32> =
            constraints.is_person.iter().map(|(record, person)| (record.0, person.0)).collect();
        let mut numbers = FxHashMap::default();
        if !constraints.numbers.is_empty() {
            let holders: FxHashMap<PersonalId, u32> = register.numbers().collect();
            for (record, number) in &constraints.numbers {
                match holders.get(number) {
                    Some(person) => _ = is_person.insert(record.0, *person),
                    None => _ = numbers.insert(record.0, *number),
                }
            }
        }
        let ordered = |(a, b): &(RecordIx, RecordIx)| (a.0.min(b.0), a.0.max(b.0));
        Self {
            same: constraints.same.iter().map(ordered).collect(),
            apart: constraints.apart.iter().map(ordered).collect(),
            is_person,
            not_person: constraints.not_person.iter().map(|(record, person)| (record.0, person.0)).collect(),
            numbers,
        }
    }

    /// Somebody said that two records are two children.
    pub fn are_apart(&self, a: u32, b: u32) -> bool {
        self.apart.contains(&(a.min(b), a.max(b)))
    }

    /// The person that somebody said a record is.
    pub fn person_of(&self, record: u32) -> Option<u32> {
        self.is_person.get(&record).copied()
    }

    /// Somebody said that a record is not this person.
    pub fn is_not(&self, record: u32, person: u32) -> bool {
        self.not_person.contains(&(record, person))
            || self.is_person.get(&record).is_some_and(|is| *is != person)
    }

    /// The number that the police gave a record, where the register does not have it.
    pub fn number_of(&self, record: u32) -> Option<PersonalId> {
        self.numbers.get(&record).copied()
    }
}
