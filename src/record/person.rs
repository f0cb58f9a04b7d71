//! The record: one row of a list after normalisation, a child or a person of the register.

use super::{
    Field, FieldKind, Finding, Gender, Origin, PartialDate, PersonName, PersonalId, Place, Shared, Text,
};

/// Index of a record among all records of one side (children, or register), in input order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordIx(pub u32);

impl RecordIx {
    /// As an index into the vector of records.
    pub fn usize(self) -> usize {
        self.0 as usize
    }
}

/// What is known of a father, a mother or a guardian.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parent {
    /// Name.
    pub name: Field<PersonName>,
    /// Personal number.
    pub id: Field<PersonalId>,
    /// Birth date or year.
    pub birth: Shared<Field<PartialDate>>,
}

/// One row of a list, normalised. The same type serves children and register persons: they are
/// compared field by field.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The child code where the list has a unique one, else `FILE#SHEET!ROW`.
    pub record_id: Text,
    /// Where it stood.
    pub origin: Origin,
    /// The list's own key.
    pub child_code: Field<Text>,
    /// Family or household code.
    pub household_code: Field<Text>,
    /// Name.
    pub name: Field<PersonName>,
    /// True where the name cell says that there is no name yet ("Chưa đặt tên", "Con bà …").
    pub unnamed: bool,
    /// Nickname or other name, as split off or from its own column.
    pub other_name: Shared<Field<Text>>,
    /// Birth date.
    pub birth: Field<PartialDate>,
    /// Gender.
    pub gender: Shared<Field<Gender>>,
    /// Ethnic group: official name.
    pub ethnicity: Shared<Field<Text>>,
    /// Personal number.
    pub personal_id: Field<PersonalId>,
    /// Father.
    pub father: Parent,
    /// Mother.
    pub mother: Parent,
    /// Guardian or carer.
    pub guardian: Shared<Parent>,
    /// Relationship to the head of household, folded (`con`, `chu ho`, …).
    pub relationship: Shared<Field<Text>>,
    /// Thôn/TDP: official writing ("Tổ dân phố 5").
    pub hamlet: Shared<Field<Text>>,
    /// Street address or whatever else the address column holds, cleaned.
    pub address: Field<Text>,
    /// Administrative place; raw text of commune, district and province columns.
    pub place: Shared<Field<Place>>,
    /// Nơi sinh / nơi đăng ký khai sinh, cleaned text.
    pub birth_place: Shared<Field<Text>>,
    /// Telephone: ten digits.
    pub phone: Field<Text>,
    /// Note, cleaned text.
    pub note: Shared<Field<Text>>,
    /// Cells of the columns that have no meaning for the program, by column of the table.
    pub extras: Box<[(u16, Text)]>,
    /// What a person should know, in the order of [`super::FindingCode::ALL`].
    pub findings: Vec<Finding>,
}

impl Record {
    /// A record of which only the place in the input is known.
    pub fn at(origin: Origin) -> Self {
        Self {
            record_id: Text::new(),
            origin,
            child_code: Field::default(),
            household_code: Field::default(),
            name: Field::default(),
            unnamed: false,
            other_name: Shared::default(),
            birth: Field::default(),
            gender: Shared::default(),
            ethnicity: Shared::default(),
            personal_id: Field::default(),
            father: Parent::default(),
            mother: Parent::default(),
            guardian: Shared::default(),
            relationship: Shared::default(),
            hamlet: Shared::default(),
            address: Field::default(),
            place: Shared::default(),
            birth_place: Shared::default(),
            phone: Field::default(),
            note: Shared::default(),
            extras: Box::default(),
            findings: Vec::new(),
        }
    }

    /// Adds a finding once.
    pub fn add_finding(&mut self, finding: Finding) {
        if let Err(at) = self.findings.binary_search(&finding) {
            // Most have one or two, and there are millions of records.
            self.findings.reserve_exact(1);
            self.findings.insert(at, finding);
        }
    }

    /// Father, mother, guardian with the kinds of their name columns.
    pub fn parents(&self) -> [(FieldKind, &Parent); 3] {
        [
            (FieldKind::FatherName, &self.father),
            (FieldKind::MotherName, &self.mother),
            (FieldKind::GuardianName, &*self.guardian),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists of millions are held in memory: docs/performance.md says how much that takes.
    #[test]
    fn a_record_takes_no_more_room_than_is_said() {
        assert!(size_of::<Record>() <= 592);
        assert!(size_of::<Field<Text>>() <= 40 && size_of::<Shared<Field<Place>>>() <= 8);
    }
}
