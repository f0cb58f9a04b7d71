//! Residence lists (CT3A) name no parents but say who is head, wife, husband and child of each
//! household: that gives the children's parents.

use rustc_hash::FxHashMap;

use crate::record::{Field, Gender, Parent, PersonName, PersonalId, Record};

/// Fills in father and mother of children whose list has no parents' names, from the head of
/// household and the spouse. Words are those of Thông tư 55/2021/TT-BCA, folded.
pub fn derive_parents(records: &mut [Record]) {
    let mut households: FxHashMap<String, Couple> = FxHashMap::default();
    for record in records.iter() {
        let (Some(household), Some(relationship)) = (record.household_code.get(), record.relationship.get())
        else {
            continue;
        };
        if matches!(relationship.as_str(), "chu ho" | "vo" | "chong") {
            let couple = households.entry(household.clone()).or_default();
            let place = match (record.gender.get(), relationship.as_str()) {
                (Some(Gender::Male), _) | (None, "chong") => &mut couple.husband,
                (Some(Gender::Female), _) | (None, "vo") => &mut couple.wife,
                _ => continue,
            };
            // Two husbands in one household: nobody can say whose child it is.
            *place = match place {
                Spouse::Nobody => Spouse::One(record.name.get().cloned(), record.personal_id.get().copied()),
                _ => Spouse::Several,
            };
        }
    }
    for record in records.iter_mut() {
        let is_child = record
            .relationship
            .get()
            .is_some_and(|word| matches!(word.as_str(), "con" | "con de" | "con ruot"));
        let Some(couple) = record.household_code.get().and_then(|household| households.get(household)) else {
            continue;
        };
        if is_child {
            couple.husband.stand_for(&mut record.father);
            couple.wife.stand_for(&mut record.mother);
        }
    }
}

#[derive(Default)]
struct Couple {
    husband: Spouse,
    wife: Spouse,
}

#[derive(Default)]
enum Spouse {
    #[default]
    Nobody,
    One(Option<PersonName>, Option<PersonalId>),
    Several,
}

impl Spouse {
    fn stand_for(&self, parent: &mut Parent) {
        let Self::One(name, id) = self else { return };
        if parent.name.is_missing() {
            parent.name = Field { value: name.clone(), ..Field::default() };
        }
        if parent.id.is_missing() {
            parent.id = Field { value: *id, ..Field::default() };
        }
    }
}
