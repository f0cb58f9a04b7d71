//! Residence lists (CT3A) name no parents but say who is head, wife, husband and child of each
//! household: that gives the children's parents.

use rustc_hash::FxHashMap;

use crate::record::{Field, Gender, Parent, PersonName, PersonalId, Record, Text};

/// Fills in father and mother of children whose list has no parents' names, from the head of
/// household and the spouse. Words are those of Thông tư 55/2021/TT-BCA, folded.
pub fn derive_parents(records: &mut [Record]) {
    let mut households: FxHashMap<String, Couple> = FxHashMap::default();
    for record in records.iter() {
        if let Some((household, spouse)) = spouse_of(record) {
            let couple = households.entry(household.to_owned()).or_default();
            let place = match spouse {
                Gender::Male => &mut couple.husband,
                Gender::Female => &mut couple.wife,
            };
            // Two husbands in one household: nobody can say whose child it is.
            *place = match place {
                Spouse::Nobody => Spouse::One(record.name.get().cloned(), record.personal_id.get().copied()),
                _ => Spouse::Several,
            };
        }
    }
    for record in records.iter_mut() {
        let Some(couple) = child_of(record).and_then(|household| households.get(household)) else { continue };
        couple.husband.stand_for(&mut record.father);
        couple.wife.stand_for(&mut record.mother);
    }
}

/// The household of which a person is head or the head's spouse, and as what.
pub(super) fn spouse_of(record: &Record) -> Option<(&str, Gender)> {
    let (household, relationship) = (record.household_code.get()?, record.relationship.get()?);
    let spouse = match (record.gender.get(), relationship.as_str()) {
        (_, word) if !matches!(word, "chu ho" | "vo" | "chong") => return None,
        (Some(gender), _) => *gender,
        (None, "chong") => Gender::Male,
        (None, "vo") => Gender::Female,
        (None, _) => return None,
    };
    Some((household, spouse))
}

/// The household as whose couple's child a person is listed.
pub(super) fn child_of(record: &Record) -> Option<&str> {
    let is_child = matches!(record.relationship.get()?.as_str(), "con" | "con de" | "con ruot");
    record.household_code.get().filter(|_| is_child).map(Text::as_str)
}

/// Whether a couple could say anything of a child's parents.
pub(super) fn lacks_parents(record: &Record) -> bool {
    [&record.father, &record.mother].iter().any(|parent| parent.name.is_missing() || parent.id.is_missing())
}

/// Fills in one parent from the person of that place in the household.
pub(super) fn stand_for(spouse: &Record, parent: &mut Parent) {
    Spouse::One(spouse.name.get().cloned(), spouse.personal_id.get().copied()).stand_for(parent);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{NameOrder, Origin, SourceIx};

    /// A row of a residence list: household, relationship (folded), gender, name.
    fn person(household: &str, relationship: &str, gender: Option<Gender>, name: &str) -> Record {
        let mut record = Record::at(Origin { source: SourceIx(0), row: 1 });
        record.household_code = Field::usable(household, household, Default::default());
        record.relationship = Field::usable(relationship, relationship, Default::default()).into();
        if let Some(gender) = gender {
            record.gender = Field::usable("", gender, Default::default()).into();
        }
        let words = PersonName::new(name.split(' '), 1, 1, NameOrder::SurnameFirst, false).unwrap();
        record.name = Field::usable(name, words, Default::default());
        record
    }

    fn parents(record: &Record) -> [Option<&str>; 2] {
        [&record.father, &record.mother].map(|parent| parent.name.get().map(PersonName::full))
    }

    const MALE: Option<Gender> = Some(Gender::Male);
    const FEMALE: Option<Gender> = Some(Gender::Female);

    #[test]
    fn head_and_spouse_are_the_parents_of_the_children_of_their_household() {
        let mut records = [
            person("H1", "chu ho", MALE, "Nguyễn Văn Khoáng"),
            person("H1", "vo", FEMALE, "Trần Thị Lụa"),
            person("H1", "con", FEMALE, "Nguyễn Thị Mai"),
            person("H1", "chau", MALE, "Lê Văn Sơn"),
            person("H2", "con de", MALE, "Phan Thế Sơn"),
            person("H2", "chu ho", FEMALE, "Hồ Thị Gấm"),
        ];
        let number = PersonalId::parse("042085000456").unwrap();
        records[0].personal_id = Field::usable("", number, Default::default());
        derive_parents(&mut records);
        assert_eq!(parents(&records[2]), [Some("Nguyễn Văn Khoáng"), Some("Trần Thị Lụa")]);
        assert_eq!(records[2].father.id.get(), Some(&number));
        assert_eq!(parents(&records[3]), [None, None], "a grandchild's parents are not said");
        // The row of the mother stands below her child's, and no father is there.
        assert_eq!(parents(&records[4]), [None, Some("Hồ Thị Gấm")]);
        assert_eq!(parents(&records[0]), [None, None]);
    }

    #[test]
    fn wife_and_husband_are_told_by_their_word_where_the_gender_is_missing() {
        let mut records = [
            person("H", "chu ho", None, "Trần Thị Lụa"),
            person("H", "chong", None, "Nguyễn Văn Khoáng"),
            person("H", "con", MALE, "Nguyễn Văn Sơn"),
        ];
        derive_parents(&mut records);
        assert_eq!(parents(&records[2]), [Some("Nguyễn Văn Khoáng"), None]);
    }

    #[test]
    fn what_the_list_states_is_kept_and_two_wives_are_no_mother() {
        let mut stated = person("H", "con", MALE, "Nguyễn Văn Sơn");
        let mother =
            PersonName::new("Đặng Thị Cẩm".split(' '), 1, 1, NameOrder::SurnameFirst, false).unwrap();
        stated.mother.name = Field::usable("", mother, Default::default());
        let mut records = [
            person("H", "chu ho", MALE, "Nguyễn Văn Khoáng"),
            person("H", "vo", FEMALE, "Trần Thị Lụa"),
            stated,
            person("H", "vo", FEMALE, "Lê Thị Gấm"),
            person("H", "con", FEMALE, "Nguyễn Thị Mai"),
        ];
        derive_parents(&mut records);
        assert_eq!(parents(&records[2]), [Some("Nguyễn Văn Khoáng"), Some("Đặng Thị Cẩm")]);
        assert_eq!(parents(&records[4]), [Some("Nguyễn Văn Khoáng"), None]);
    }
}
