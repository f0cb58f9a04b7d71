//! The record: one row of a list after normalisation, a child or a person of the register.

use super::{Field, FieldKind, Finding, Gender, Origin, PartialDate, PersonName, PersonalId, Place, Rare};

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
    pub birth: Rare<Field<PartialDate>>,
}

/// One row of a list, normalised. The same type serves children and register persons: they are
/// compared field by field.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The child code where the list has a unique one, else `FILE#SHEET!ROW`.
    pub record_id: String,
    /// Where it stood.
    pub origin: Origin,
    /// The list's own key.
    pub child_code: Field<String>,
    /// Family or household code.
    pub household_code: Field<String>,
    /// Name.
    pub name: Field<PersonName>,
    /// True where the name cell says that there is no name yet ("Chưa đặt tên", "Con bà …").
    pub unnamed: bool,
    /// Nickname or other name, as split off or from its own column.
    pub other_name: Rare<Field<String>>,
    /// Birth date.
    pub birth: Field<PartialDate>,
    /// Gender.
    pub gender: Field<Gender>,
    /// Ethnic group: official name.
    pub ethnicity: Field<String>,
    /// Personal number.
    pub personal_id: Field<PersonalId>,
    /// Father.
    pub father: Parent,
    /// Mother.
    pub mother: Parent,
    /// Guardian or carer.
    pub guardian: Rare<Parent>,
    /// Relationship to the head of household, folded (`con`, `chu ho`, …).
    pub relationship: Rare<Field<String>>,
    /// Thôn/TDP: official writing ("Tổ dân phố 5").
    pub hamlet: Field<String>,
    /// Street address or whatever else the address column holds, cleaned.
    pub address: Field<String>,
    /// Administrative place; raw text of commune, district and province columns.
    pub place: Field<Place>,
    /// Nơi sinh / nơi đăng ký khai sinh, cleaned text.
    pub birth_place: Rare<Field<String>>,
    /// Telephone: ten digits.
    pub phone: Field<String>,
    /// Note, cleaned text.
    pub note: Rare<Field<String>>,
    /// Cells of the columns that have no meaning for the program, by column of the table.
    pub extras: Vec<(u16, Box<str>)>,
    /// What a person should know, in the order of [`super::FindingCode::ALL`].
    pub findings: Vec<Finding>,
}

impl Record {
    /// A record of which only the place in the input is known.
    pub fn at(origin: Origin) -> Self {
        Self {
            record_id: String::new(),
            origin,
            child_code: Field::default(),
            household_code: Field::default(),
            name: Field::default(),
            unnamed: false,
            other_name: Rare::default(),
            birth: Field::default(),
            gender: Field::default(),
            ethnicity: Field::default(),
            personal_id: Field::default(),
            father: Parent::default(),
            mother: Parent::default(),
            guardian: Rare::default(),
            relationship: Rare::default(),
            hamlet: Field::default(),
            address: Field::default(),
            place: Field::default(),
            birth_place: Rare::default(),
            phone: Field::default(),
            note: Rare::default(),
            extras: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Adds a finding once.
    pub fn add_finding(&mut self, finding: Finding) {
        if let Err(at) = self.findings.binary_search(&finding) {
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
