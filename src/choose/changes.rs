//! What the chosen values change against the child's primary record as the list wrote it, and why.

use std::borrow::Cow;

use super::{
    child::{Child, Chosen, ChosenFrom},
    prefer::Members,
};
use crate::{
    matching::Decision,
    record::{Change, Changes, Field, FieldKind, PersonName, PersonalId, RecordIx, Text},
};

/// Why a child's value differs from what its primary record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The same entry, put right.
    Cleaned(Changes),
    /// Taken from another record of the same child.
    Duplicate(RecordIx),
    /// Taken from the register person.
    Register,
}

/// One value that the child-information software has to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenChange<'a> {
    /// The field.
    pub field: FieldKind,
    /// What the primary record's cell said; empty where it said nothing.
    pub old: &'a str,
    /// What it is to say.
    pub new: Cow<'a, str>,
    /// Why.
    pub why: Why,
}

/// What normalising does without changing what is said: listed in `records.csv`, but nothing the
/// software would have to be given.
const NOTATION: Changes = Changes::of(&[
    Change::DateFormat,
    Change::DateSerial,
    Change::Joined,
    Change::Inherited,
    Change::FromAddress,
    Change::NumberFromFloat,
    Change::CodeToName,
]);

const BLANKS: Changes = Changes::of(&[Change::Blanks]);

/// Every change of one child, in the order of the child list.
pub fn list_changes<'a>(child: &Child<'a>, members: Members<'a>) -> Vec<ChosenChange<'a>> {
    let primary = &members.all[members.primary.usize()];
    let mut changes = Changed { members, list: Vec::new() };
    changes.add(FieldKind::HouseholdCode, &primary.household_code, child.household_code(), text);
    changes.add(FieldKind::ChildCode, &primary.child_code, child.child_code(), text);
    changes.add(FieldKind::FullName, &primary.name, child.name(), full);
    changes.add(FieldKind::OtherName, &primary.other_name, child.other_name(), text);
    changes.add(FieldKind::BirthDate, &primary.birth, child.birth(), |date| date.vietnamese().into());
    changes.add(FieldKind::Gender, &primary.gender, child.gender(), |gender| gender.vietnamese().into());
    changes.add(FieldKind::Ethnicity, &primary.ethnicity, child.ethnicity(), text);
    changes.number(&primary.personal_id, child.link);
    let parents = [
        (FieldKind::FatherName, FieldKind::FatherId, &primary.father),
        (FieldKind::MotherName, FieldKind::MotherId, &primary.mother),
        (FieldKind::GuardianName, FieldKind::GuardianId, &primary.guardian),
    ];
    for ((name_kind, id_kind, parent), (name, id)) in
        parents.into_iter().zip(child.parent_names().into_iter().zip(child.parent_ids()))
    {
        changes.add(name_kind, &parent.name, name, full);
        changes.add(id_kind, &parent.id, id, |id| id.digits().into());
    }
    changes.add(FieldKind::Hamlet, &primary.hamlet, child.hamlet(), text);
    changes.add(FieldKind::Address, &primary.address, child.address(), text);
    changes.add(FieldKind::BirthPlace, &primary.birth_place, child.birth_place(), text);
    changes.add(FieldKind::Phone, &primary.phone, child.phone(), text);
    changes.add(FieldKind::Note, &primary.note, child.note(), text);
    changes.list
}

fn text(text: &Text) -> Cow<'_, str> {
    text.into()
}

fn full(name: &PersonName) -> Cow<'_, str> {
    name.full().into()
}

struct Changed<'a> {
    members: Members<'a>,
    list: Vec<ChosenChange<'a>>,
}

impl<'a> Changed<'a> {
    fn add<T>(
        &mut self,
        kind: FieldKind,
        field: &'a Field<T>,
        chosen: Chosen<'a, T>,
        show: impl Fn(&'a T) -> Cow<'a, str>,
    ) {
        let Some((value, from)) = chosen.0 else { return };
        // Another record may have won with the very value the primary has.
        let own = || field.get().is_some_and(|own| show(own) == show(value));
        let why = match from {
            ChosenFrom::Register(_) => Why::Register,
            ChosenFrom::List(at) if at != self.members.primary && !own() => Why::Duplicate(at),
            ChosenFrom::List(_) => Why::Cleaned(field.changes.without(NOTATION)),
        };
        let unchanged = match why {
            Why::Cleaned(changes) if kind == FieldKind::FullName => changes.is_empty(),
            // Blanks are put right in silence, except in the name, by which the child is found.
            Why::Cleaned(changes) => changes.without(BLANKS).is_empty(),
            Why::Duplicate(_) | Why::Register => false,
        };
        // Nearly every value of a list is as it was: no text is made for those.
        if unchanged {
            return;
        }
        let (old, new) = (shown_raw(field), show(value));
        if old != new {
            self.list.push(ChosenChange { field: kind, old, new, why });
        }
    }

    /// The number is not chosen among the records: matching has decided it.
    fn number(&mut self, field: &'a Field<PersonalId>, link: &Decision) {
        let Some(id) = link.personal_id else { return };
        let holder = || {
            let mut records = self.members.records.iter().copied();
            records.find(|record| self.members.all[record.usize()].personal_id.get() == Some(&id))
        };
        let why = if field.get() == Some(&id) {
            Why::Cleaned(field.changes.without(NOTATION))
        } else {
            holder().map_or(Why::Register, Why::Duplicate)
        };
        let (old, new) = (shown_raw(field), id.digits());
        if old.trim() != new {
            self.list.push(ChosenChange { field: FieldKind::PersonalId, old, new: new.into(), why });
        }
    }
}

fn shown_raw<T>(field: &Field<T>) -> &str {
    if field.is_missing() { "" } else { &field.raw }
}
