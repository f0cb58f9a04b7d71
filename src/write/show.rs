//! How values are written for machines (`records.csv`: ISO dates, codes with their digits).

use crate::record::{Changes, Field, FieldKind, PersonName, Record, Text};

/// The name, or nothing.
pub(super) fn full_name(field: &Field<PersonName>) -> &str {
    field.get().map_or("", PersonName::full)
}

/// A value's text, or nothing.
pub(super) fn text(field: &Field<Text>) -> &str {
    field.get().map_or("", Text::as_str)
}

/// `full_name:text.case;birth_date:date.century`: what normalising did, field by field.
pub(super) fn changes(record: &Record, to: &mut String) {
    each_field(record, |field, state| {
        for change in state.changes.iter() {
            let separator = if to.is_empty() { "" } else { ";" };
            to.extend([separator, field.key(), ":", change.code()]);
        }
    });
}

/// `birth_date=31/02/2018; phone=x`: cells that hold something the program could not use.
pub(super) fn unusable(record: &Record, to: &mut String) {
    each_field(record, |field, state| {
        if let Some(raw) = state.unusable {
            let separator = if to.is_empty() { "" } else { "; " };
            to.extend([separator, field.key(), "=", raw]);
        }
    });
}

/// The state of one field, whatever its type.
pub(crate) struct FieldState<'a> {
    /// What was done.
    pub changes: Changes,
    /// The text that means nothing usable.
    pub unusable: Option<&'a str>,
    /// There is a usable value.
    pub usable: bool,
}

impl<'a> FieldState<'a> {
    fn of<T>(field: &'a Field<T>) -> Self {
        Self {
            changes: field.changes,
            unusable: field.is_unusable().then_some(&*field.raw),
            usable: field.get().is_some(),
        }
    }
}

/// Every field of a record with its kind, in the order of [`FieldKind::ALL`].
pub(crate) fn each_field<'a>(record: &'a Record, mut visit: impl FnMut(FieldKind, FieldState<'a>)) {
    visit(FieldKind::HouseholdCode, FieldState::of(&record.household_code));
    visit(FieldKind::ChildCode, FieldState::of(&record.child_code));
    visit(FieldKind::FullName, FieldState::of(&record.name));
    visit(FieldKind::OtherName, FieldState::of(&record.other_name));
    visit(FieldKind::BirthDate, FieldState::of(&record.birth));
    visit(FieldKind::Gender, FieldState::of(&record.gender));
    visit(FieldKind::Ethnicity, FieldState::of(&record.ethnicity));
    visit(FieldKind::PersonalId, FieldState::of(&record.personal_id));
    visit(FieldKind::FatherName, FieldState::of(&record.father.name));
    visit(FieldKind::FatherId, FieldState::of(&record.father.id));
    visit(FieldKind::FatherBirth, FieldState::of(&record.father.birth));
    visit(FieldKind::MotherName, FieldState::of(&record.mother.name));
    visit(FieldKind::MotherId, FieldState::of(&record.mother.id));
    visit(FieldKind::MotherBirth, FieldState::of(&record.mother.birth));
    visit(FieldKind::GuardianName, FieldState::of(&record.guardian.name));
    visit(FieldKind::GuardianId, FieldState::of(&record.guardian.id));
    visit(FieldKind::Relationship, FieldState::of(&record.relationship));
    visit(FieldKind::Hamlet, FieldState::of(&record.hamlet));
    visit(FieldKind::Address, FieldState::of(&record.address));
    visit(FieldKind::Commune, FieldState::of(&record.place));
    visit(FieldKind::BirthPlace, FieldState::of(&record.birth_place));
    visit(FieldKind::Phone, FieldState::of(&record.phone));
    visit(FieldKind::Note, FieldState::of(&record.note));
}
