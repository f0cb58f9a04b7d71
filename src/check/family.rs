//! Parents and the child's own name: ages that cannot be, names taken from the wrong column, a
//! given name that speaks against the gender (a hint, never more).

use super::number::id_contradicts;
use crate::{
    record::{FieldKind, Finding, FindingCode, Gender, Parent, PersonName, Record},
    rules::Rules,
};

pub(super) fn check(record: &mut Record, rules: &Rules) {
    let mut found = Vec::new();
    let limits = &rules.checks.limits;
    for (name_kind, parent) in record.parents() {
        if let (Some(own), Some(name)) = (record.name.get(), parent.name.get())
            && own.word_count() > 1
            && same_name(own, name)
        {
            found.push(Finding::new(FindingCode::ParentSameName, name_kind));
        }
        // A guardian may be a grandparent or a sister.
        let birth_kind = match name_kind {
            FieldKind::FatherName => FieldKind::FatherBirth,
            FieldKind::MotherName => FieldKind::MotherBirth,
            _ => continue,
        };
        if let (Some(birth), Some(year)) = (record.birth.get(), parent_birth_year(parent)) {
            let age = birth.year() - year;
            if !(limits.parent_youngest_at_birth..=limits.parent_oldest_at_birth).contains(&age) {
                found.push(Finding::with_detail(FindingCode::ParentAge, birth_kind, age.to_string()));
            }
        }
    }
    if name_speaks_against_gender(record, rules) {
        found.push(Finding::new(FindingCode::GenderNameHint, FieldKind::Gender));
    }
    for finding in found {
        record.add_finding(finding);
    }
}

/// The parent's birth year as given, else as the parent's number states it.
fn parent_birth_year(parent: &Parent) -> Option<i16> {
    let given = parent.birth.get().map(|date| date.year());
    given.or_else(|| parent.id.get().map(|id| id.birth_year()))
}

fn same_name(one: &PersonName, other: &PersonName) -> bool {
    let letters = |name| PersonName::full(name).chars().flat_map(char::to_lowercase);
    letters(one).eq(letters(other))
}

/// Whether nearly all bearers of the given name are of the other gender. A number that confirms
/// the gender settles the matter.
fn name_speaks_against_gender(record: &Record, rules: &Rules) -> bool {
    let (Some(name), Some(gender)) = (record.name.get(), record.gender.get()) else { return false };
    if name.is_pattern() || (record.personal_id.value.is_some() && !id_contradicts(record)) {
        return false;
    }
    let mut key = String::new();
    for word in name.given() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().flat_map(char::to_lowercase));
    }
    let Some((men, women)) = rules.names.given_counts(&key) else { return false };
    let own = match gender {
        Gender::Male => men,
        Gender::Female => women,
    };
    let limit = rules.checks.limits.name_gender;
    let bearers = men + women;
    bearers >= limit.least_bearers && f64::from(own) <= limit.other_share * f64::from(bearers)
}
