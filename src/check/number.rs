//! The personal number against the rest of the record (Nghị định 137/2015/NĐ-CP, Điều 13): fourth
//! digit gender and century, fifth and sixth the birth year.

use super::CheckContext;
use crate::{
    record::{FieldKind, Finding, FindingCode, Record},
    rules::CheckLimits,
};

/// Where a record's number and its other fields disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contradiction {
    /// The number states the other gender, or another century of birth.
    pub gender_or_century: bool,
    /// The number states another year within the century.
    pub year: bool,
}

impl Contradiction {
    /// Whether anything disagrees.
    pub fn any(self) -> bool {
        self.gender_or_century || self.year
    }
}

/// Compares a record's usable number with its usable birth date and gender; what is missing
/// contradicts nothing.
pub fn id_contradiction(record: &Record) -> Contradiction {
    let Some(id) = record.personal_id.get() else { return Contradiction::default() };
    let year = record.birth.get().map(|date| date.year());
    Contradiction {
        gender_or_century: record.gender.get().is_some_and(|gender| *gender != id.gender())
            || year.is_some_and(|year| year.div_euclid(100) != id.birth_year().div_euclid(100)),
        year: year.is_some_and(|year| year.rem_euclid(100) != id.birth_year().rem_euclid(100)),
    }
}

/// Whether a record's number cannot be the number of the person that its birth date and gender
/// describe.
pub fn id_contradicts(record: &Record) -> bool {
    id_contradiction(record).any()
}

pub(super) fn check(record: &mut Record, context: &CheckContext, limits: &CheckLimits) {
    let Some(id) = record.personal_id.get().copied() else { return };
    let kind = FieldKind::PersonalId;
    let contradiction = id_contradiction(record);
    if contradiction.gender_or_century {
        record.add_finding(Finding::new(FindingCode::IdGenderMismatch, kind));
    }
    // Where no birth date is known, the number's own year may still lie in the future.
    let unborn = record.birth.value.is_none() && id.birth_year() > context.as_of.year();
    if contradiction.year || unborn {
        let detail = id.birth_year().to_string();
        record.add_finding(Finding::with_detail(FindingCode::IdYearMismatch, kind, detail));
    }
    // Where the record itself says that its bearer is grown up, the number says nothing new.
    let grown_up = |year: i16| context.as_of.year() - year >= limits.adult_age;
    if grown_up(id.birth_year()) && !record.birth.get().is_some_and(|birth| grown_up(birth.year())) {
        record.add_finding(Finding::new(FindingCode::IdAdult, kind));
    }
    if record.parents().iter().any(|(_, parent)| parent.id.get() == Some(&id)) {
        record.add_finding(Finding::new(FindingCode::IdEqualsParent, kind));
    }
}
