//! The register extract: what the population database knows of the families, with errors of its
//! own, names in capitals, places as registered.

use super::{
    clerk::{dates, names},
    entry::joined,
    family::{Adult, Families, Family, Parents},
    home::Home,
    random::{Permutation, Purpose, Random},
    row::{RegisterColumn as Column, RegisterRow},
};
use crate::{
    record::Gender,
    rules::{Preset, RegisterErrorRates},
};

/// Writes the rows of the register.
#[derive(Debug)]
pub(super) struct Registrar<'a> {
    families: &'a Families<'a>,
    rates: &'a RegisterErrorRates,
    preset: Preset,
    households: Permutation,
}

/// Who of a family.
#[derive(Debug, Clone, Copy)]
enum Person<'a> {
    Child(usize),
    Adult(&'a Adult),
}

impl<'a> Registrar<'a> {
    pub fn new(families: &'a Families<'a>, preset: Preset) -> Self {
        let seed = families.layout.seed;
        Self {
            families,
            rates: &families.data.rules.register,
            preset,
            households: Permutation::keyed(1_000_000_000, seed, Purpose::Households, 1),
        }
    }

    /// The registered persons of the family whose eldest child is the given one; none where no
    /// family begins with that child. Extracts come household by household.
    pub fn household(&self, child: u64) -> Vec<RegisterRow> {
        let layout = self.families.layout;
        let place = layout.family_of(child);
        if place.id() != child {
            return Vec::new();
        }
        let family = self.families.family(place);
        let random = &mut Random::keyed(layout.seed, Purpose::Register, child);
        let known = [
            (family.guardian.as_ref(), true),
            (Some(&family.father), family.father_known()),
            (Some(&family.mother), family.mother_known()),
        ];
        let adults = known
            .into_iter()
            .filter_map(|(adult, known)| adult.filter(|adult| known && adult.in_register))
            .map(Person::Adult);
        let children = (0..family.children.len()).filter(|at| family.children[*at].in_register);
        adults.chain(children.map(Person::Child)).map(|person| self.row(&family, person, random)).collect()
    }

    fn row(&self, family: &Family<'_>, person: Person<'_>, random: &mut Random) -> RegisterRow {
        let rate = |rate: crate::rules::Rate| rate.of(self.preset);
        let mut row = RegisterRow::default();
        let (name, birth, gender, number) = match person {
            Person::Child(at) => {
                let child = &family.children[at];
                (child.name.full(), child.birth, child.gender, &child.number)
            }
            Person::Adult(adult) => (adult.name.clone(), adult.birth, adult.gender, &adult.number),
        };
        row[Column::PersonalId].clone_from(number);
        row[Column::FullName] = self.name(&name, random);
        let adult = matches!(person, Person::Adult(_));
        let wrong = random.chance(rate(self.rates.date_wrong));
        let other_birth = if wrong { dates::one_digit_wrong(birth, random) } else { birth };
        // The database takes no birth in the future.
        let birth = if other_birth > self.families.data.rules.list_day { birth } else { other_birth };
        let year_only = if adult { self.rates.adult_year_only } else { self.rates.year_only };
        row[Column::BirthDate] = match (random.chance(rate(year_only)), self.preset) {
            (true, _) => birth.year().to_string(),
            (false, Preset::Hard) => format!("{:04}{:02}{:02}", birth.year(), birth.month(), birth.day()),
            (false, _) => dates::plain(birth),
        };
        row[Column::Gender] = self.gender(gender, random);
        family.ethnicity().clone_into(&mut row[Column::Ethnicity]);
        "Việt Nam".clone_into(&mut row[Column::Nationality]);
        if adult {
            self.write_grandparents(&mut row, family, random);
        } else {
            self.write_parents(&mut row, family, random);
        }
        row[Column::HouseholdCode] = format!("{:09}", self.households.of(family.place.id() % 1_000_000_000));
        relationship(family, person).clone_into(&mut row[Column::Relationship]);
        self.write_place(&mut row, &family.registered_home, random);
        let office = self.families.layout.registered_in(number, family.home.ward);
        row[Column::RegistrationPlace] = format!("UBND {}, {}", office.commune, office.province);
        row
    }

    fn name(&self, name: &str, random: &mut Random) -> String {
        if random.chance(self.rates.spelling.of(self.preset)) {
            names::one_slip(name, random).to_uppercase()
        } else {
            name.to_uppercase()
        }
    }

    /// Words in a tidy extract, codes (QCVN 109:2017) in a hard one.
    fn gender(&self, gender: Gender, random: &mut Random) -> String {
        let unknown = random.chance(self.rates.gender_unknown.of(self.preset));
        let (word, code) = match (unknown, gender) {
            (true, _) => ("Chưa có thông tin", "0"),
            (false, Gender::Male) => ("Nam", "1"),
            (false, Gender::Female) => ("Nữ", "2"),
        };
        if self.preset == Preset::Hard { code } else { word }.to_owned()
    }

    fn write_parents(&self, row: &mut RegisterRow, family: &Family<'_>, random: &mut Random) {
        let rate = |rate: crate::rules::Rate| rate.of(self.preset);
        let sides = [
            (&family.father, family.father_known(), Column::FatherName, Column::FatherId),
            (&family.mother, family.mother_known(), Column::MotherName, Column::MotherId),
        ];
        for (parent, known, name, number) in sides {
            if known && !random.chance(rate(self.rates.parents_missing)) {
                row[name] = self.name(&parent.name, random);
                if !random.chance(rate(self.rates.parent_number_missing)) {
                    row[number].clone_from(&parent.number);
                }
            }
        }
    }

    /// The parents of adults have no numbers: most of them died before numbers were given.
    fn write_grandparents(&self, row: &mut RegisterRow, family: &Family<'_>, random: &mut Random) {
        if random.chance(0.5) {
            return;
        }
        let names = self.families.names();
        for (gender, column) in [(Gender::Male, Column::FatherName), (Gender::Female, Column::MotherName)] {
            let surname = names.surname(family.people, gender, random);
            row[column] = names.name(family.people, &surname, gender, random).full().to_uppercase();
        }
    }

    fn write_place(&self, row: &mut RegisterRow, home: &Home<'_>, random: &mut Random) {
        let old = random.chance(self.rates.old_place_names.of(self.preset));
        let ward = home.ward;
        row[Column::Hamlet].clone_from(&home.hamlet);
        let (commune, province) =
            if old { (&ward.commune, &ward.province) } else { (&ward.new_commune, &ward.new_province) };
        row[Column::Commune].clone_from(commune);
        row[Column::Province].clone_from(province);
        let district = if old { ward.district.as_str() } else { "" };
        row[Column::Address] = joined(&[&home.street, &home.hamlet, commune, district, province], ", ");
    }
}

fn relationship(family: &Family<'_>, person: Person<'_>) -> &'static str {
    match (person, family.parents) {
        (Person::Child(_), Parents::Guardian { .. }) => "Cháu ruột",
        (Person::Child(_), _) => "Con đẻ",
        (Person::Adult(adult), Parents::Guardian { .. }) if family.is_guardian(adult) => "Chủ hộ",
        (Person::Adult(_), Parents::Guardian { .. }) => "Con đẻ",
        (Person::Adult(adult), Parents::Both) if adult.gender == Gender::Female => "Vợ",
        (Person::Adult(_), _) => "Chủ hộ",
    }
}
