//! The list: what a clerk made of a child, once or several times.

use super::{
    clerk::{
        dates,
        names::{self, Additions},
        numbers::{self, Neighbours},
    },
    damage::Damage,
    family::{Child, Families, Family, other},
    home::{HAMLETS, phone},
    layout::{BLOCK, COPIES},
    random::{Permutation, Purpose, Random},
    row::{ChildColumn as Column, ChildRow},
};
use crate::{
    record::Gender,
    rules::{Preset, SynthRules},
};

/// Writes the rows of the list.
#[derive(Debug)]
pub(super) struct Clerk<'a> {
    families: &'a Families<'a>,
    rules: &'a SynthRules,
    preset: Preset,
    damage: Damage<'a>,
    codes: Permutation,
}

/// One entry: the row, and who the child really is.
#[derive(Debug)]
pub(super) struct Entry {
    pub row: ChildRow,
    /// Number of the child.
    pub entity: u64,
    /// The number in the register; `None` where the child is not in it.
    pub number: Option<String>,
    /// Ward and hamlet in whose part of the list it stands.
    pub hamlet: (u64, u64),
    /// The gender as written, whatever the word.
    pub gender: Option<Gender>,
}

impl<'a> Clerk<'a> {
    /// `old_file`: the list is written in an old encoding throughout.
    pub fn new(families: &'a Families<'a>, preset: Preset, old_file: bool) -> Self {
        let rules = &families.data.rules;
        let seed = families.layout.seed;
        Self {
            families,
            rules,
            preset,
            damage: Damage::new(&rules.text, preset, seed, old_file),
            codes: Permutation::keyed(100_000_000, seed, Purpose::Codes, 0),
        }
    }

    /// How often a child stands in the list.
    pub fn entries(&self, child: u64) -> u64 {
        let rates = &self.rules.duplicate;
        let mut random = Random::keyed(self.families.layout.seed, Purpose::Copies, child);
        let twice = random.chance(rates.twice.of(self.preset));
        let thrice = random.chance(rates.thrice.of(self.preset));
        1 + u64::from(twice) + u64::from(twice && thrice)
    }

    /// The entry at a place of all possible entries (child · 3 + copy); `None` where the child was
    /// not entered so often.
    pub fn entry(&self, place: u64) -> Option<Entry> {
        let (child, copy) = (place / COPIES, place % COPIES);
        if copy >= self.entries(child) {
            return None;
        }
        let family_place = self.families.layout.family_of(child);
        let family = self.families.family(family_place);
        let at = (child % BLOCK - family_place.start) as usize;
        let mut random = Random::keyed(self.families.layout.seed, Purpose::Clerk, place);
        let mut row = ChildRow::default();
        row[Column::ChildCode] = format!("TE{:08}", self.codes.of(place % 100_000_000));
        let gender = self.write_person(&mut row, &family, at, copy, &mut random);
        self.write_parents(&mut row, &family, &mut random);
        let hamlet = self.write_place(&mut row, &family, copy, &mut random);
        self.write_rest(&mut row, &family, at, copy, &mut random);
        let ward = self.families.layout.ward_of(family_place.block);
        self.damage.apply(&mut row, ward * HAMLETS + hamlet, &mut random);
        let child = &family.children[at];
        let number = child.in_register.then(|| child.number.clone());
        Some(Entry { row, entity: child.index, number, hamlet: (ward, hamlet), gender })
    }

    /// Whether a ward's list still has the place names of before 2025-07-01.
    pub fn uses_old_names(&self, ward: u64) -> bool {
        let mut dice = Random::keyed(self.families.layout.seed, Purpose::PlaceNames, ward);
        dice.chance(self.rules.place.old_names_ward.of(self.preset))
    }

    fn write_person(
        &self,
        row: &mut ChildRow,
        family: &Family<'_>,
        at: usize,
        copy: u64,
        random: &mut Random,
    ) -> Option<Gender> {
        let child = &family.children[at];
        let preset = self.preset;
        row[Column::FullName] = self.name(family, child, copy, random);
        row[Column::BirthDate] =
            dates::written(child.birth, &self.rules.date, preset, self.rules.list_day, random);
        let (gender, word) = self.gender(child.gender, random);
        row[Column::Gender] = word;
        let sibling = family.children.iter().find(|other| other.index != child.index);
        let parent = if family.mother_known() { &family.mother } else { &family.father };
        let neighbours = Neighbours {
            parent: Some(&parent.number),
            sibling: sibling.map(|sibling| sibling.number.as_str()),
        };
        let number = child.old_number.as_deref().unwrap_or(&child.number);
        let placeholders = &self.rules.words.no_number;
        row[Column::PersonalId] =
            numbers::written(number, neighbours, placeholders, &self.rules.number, preset, random);
        gender
    }

    fn name(&self, family: &Family<'_>, child: &Child, copy: u64, random: &mut Random) -> String {
        let words = &self.rules.words;
        if child.unnamed && copy == 0 {
            return unnamed(&words.unnamed, &family.mother.name, child.gender, random);
        }
        let rates = &self.rules.duplicate;
        let mut name = child.name.full();
        if copy > 0 && random.chance(rates.renamed.of(self.preset)) {
            let surname = &child.name.surname;
            name = self.families.names().name(family.people, surname, child.gender, random).full();
        } else if copy > 0 && random.chance(rates.nickname_only.of(self.preset)) {
            let nickname = random.word(&words.nicknames);
            name = format!("{} {nickname}", child.name.surname).trim().to_owned();
        }
        let additions = Additions { titles: &words.titles_child, nicknames: &words.nicknames };
        names::written(&name, &self.rules.name, self.preset, additions, random)
    }

    /// The gender written, and the word for it.
    fn gender(&self, gender: Gender, random: &mut Random) -> (Option<Gender>, String) {
        let rates = &self.rules.gender;
        if random.chance(rates.missing.of(self.preset)) {
            return (None, if random.chance(0.3) { "Chưa xác định".to_owned() } else { String::new() });
        }
        let gender = if random.chance(rates.wrong.of(self.preset)) { other(gender) } else { gender };
        let variants: &[&str] = match gender {
            Gender::Male => &["nam", "NAM", "Trai", "1", "M"],
            Gender::Female => &["nữ", "NỮ", "Gái", "Nử", "nu", "2", "F"],
        };
        let variant = random.chance(rates.variant.of(self.preset)).then(|| random.pick(variants)).flatten();
        (Some(gender), variant.map_or(gender.vietnamese(), |variant| variant).to_owned())
    }

    fn write_parents(&self, row: &mut ChildRow, family: &Family<'_>, random: &mut Random) {
        let (rates, words, preset) = (&self.rules.parents, &self.rules.words, self.preset);
        let given = |random: &mut Random| random.chance(rates.number_given.of(preset));
        let unknown = |random: &mut Random| {
            if random.chance(rates.unknown_words.of(preset)) {
                random.word(&words.unknown_parent).to_owned()
            } else {
                String::new()
            }
        };
        if family.father_known() && !random.chance(rates.father_missing.of(preset)) {
            row[Column::FatherName] = self.parent_name(&family.father.name, &words.titles_father, random);
            if given(random) {
                row[Column::FatherId].clone_from(&family.father.number);
            }
        } else {
            row[Column::FatherName] = unknown(random);
        }
        if family.mother_known() && !random.chance(rates.mother_missing.of(preset)) {
            let renamed = random.chance(rates.mother_renamed.of(preset));
            let other_name = renamed.then(|| {
                let surname = self.families.names().surname(family.people, Gender::Female, random);
                self.families.names().name(family.people, &surname, Gender::Female, random).full()
            });
            let name = other_name.as_ref().unwrap_or(&family.mother.name);
            row[Column::MotherName] = self.parent_name(name, &words.titles_mother, random);
            if given(random) {
                row[Column::MotherId].clone_from(&family.mother.number);
            }
        } else {
            row[Column::MotherName] = unknown(random);
        }
        if random.chance(rates.swapped.of(preset)) {
            row.0.swap(Column::FatherName as usize, Column::MotherName as usize);
            row.0.swap(Column::FatherId as usize, Column::MotherId as usize);
        }
        if let Some(guardian) = &family.guardian {
            row[Column::GuardianName] = self.parent_name(&guardian.name, &[], random);
        }
    }

    fn parent_name(&self, name: &str, titles: &[String], random: &mut Random) -> String {
        names::written(name, &self.rules.name, self.preset, Additions { titles, nicknames: &[] }, random)
    }

    /// Writes where the child lives; returns the number of the hamlet.
    fn write_place(&self, row: &mut ChildRow, family: &Family<'_>, copy: u64, random: &mut Random) -> u64 {
        let (rates, preset) = (&self.rules.place, self.preset);
        let number = self.families.layout.ward_of(family.place.block);
        let ward = family.home.ward;
        let (mut index, mut hamlet) = (family.home.hamlet_index, family.home.hamlet.clone());
        if copy > 0 && random.chance(self.rules.duplicate.other_hamlet.of(preset)) {
            index = random.below(HAMLETS);
            hamlet = self.families.hamlet(ward, number, index);
        }
        if random.chance(rates.hamlet_variant.of(preset)) {
            hamlet = hamlet_variant(&hamlet, random);
        }
        if random.chance(rates.hamlet_missing.of(preset)) {
            hamlet.clear();
        }
        let old = self.uses_old_names(number) != random.chance(rates.old_names_record.of(preset));
        let commune = if old { &ward.commune } else { &ward.new_commune };
        if !random.chance(rates.commune_missing.of(preset)) {
            row[Column::Commune].clone_from(commune);
        }
        if old {
            row[Column::District].clone_from(&ward.district);
        }
        row[Column::Province].clone_from(if old { &ward.province } else { &ward.new_province });
        if !random.chance(rates.address_missing.of(preset)) {
            let street = family.home.street.as_str();
            row[Column::Address] = if random.chance(rates.address_variant.of(preset)) {
                joined(&[street, &hamlet_variant(&hamlet, random)], " - ")
            } else {
                joined(&[street, &hamlet, commune], ", ")
            };
        }
        row[Column::Hamlet] = hamlet;
        index
    }

    fn write_rest(&self, row: &mut ChildRow, family: &Family<'_>, at: usize, copy: u64, random: &mut Random) {
        let (rates, words, preset) = (&self.rules.place, &self.rules.words, self.preset);
        if !random.chance(rates.household_missing.of(preset)) {
            row[Column::HouseholdCode].clone_from(&family.household);
        }
        if copy > 0 && random.chance(self.rules.duplicate.other_household.of(preset)) {
            row[Column::HouseholdCode] = format!("GD{:08}", random.below(100_000_000));
        }
        if !random.chance(rates.ethnicity_missing.of(preset)) {
            let variants = family.people.map_or(&words.ethnicity_kinh, |people| &people.variants);
            row[Column::Ethnicity] = if random.chance(rates.ethnicity_variant.of(preset)) {
                random.word(variants).to_owned()
            } else {
                family.ethnicity().to_owned()
            };
        }
        if !family.phone.is_empty() && !random.chance(rates.phone_missing.of(preset)) {
            let changed = random.chance(rates.phone_changed.of(preset));
            let number = if changed { phone(random) } else { family.phone.clone() };
            row[Column::Phone] = if random.chance(rates.phone_punctuated.of(preset)) {
                match random.below(3) {
                    0 => format!("+84{}", &number[1..]),
                    1 => number[1..].to_owned(),
                    _ => format!("{}.{}.{}", &number[..4], &number[4..7], &number[7..]),
                }
            } else {
                number
            };
        }
        family.poverty.clone_into(&mut row[Column::Poverty]);
        let age = self.rules.list_day.year() - family.children[at].birth.year();
        let level = match age {
            i16::MIN..2 => 0,
            2 => 1,
            3..=5 => 2,
            6..=10 => 3,
            11..=14 => 4,
            _ => 5,
        };
        words.education[level].clone_into(&mut row[Column::Education]);
        if random.chance(0.03) {
            random.word(&words.notes).clone_into(&mut row[Column::Note]);
        }
    }
}

/// The parts that are not empty.
pub(super) fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// What stands for the name of a child without one; words for the other gender are passed over.
fn unnamed(words: &[String], mother: &str, gender: Gender, random: &mut Random) -> String {
    let wrong = match gender {
        Gender::Male => "gái",
        Gender::Female => "trai",
    };
    let start = random.index(words.len());
    let word = (0..words.len())
        .map(|turn| &words[(start + turn) % words.len()])
        .find(|word| !word.to_lowercase().contains(wrong));
    word.map_or_else(String::new, |word| word.replace("{mother}", mother))
}

/// A hamlet as people write it: TDP 5, Tổ 5, khối 5, xóm Đông.
fn hamlet_variant(hamlet: &str, random: &mut Random) -> String {
    if let Some(name) = hamlet.strip_prefix("Tổ dân phố ") {
        match random.below(5) {
            0 => format!("TDP {name}"),
            1 => format!("Tổ {name}"),
            2 => format!("TDP{name}"),
            3 => format!("tổ dân phố {name}"),
            _ => match name.parse::<u8>() {
                Ok(number) => format!("TDP số {number:02}"),
                Err(_) => format!("TDP {}", name.to_uppercase()),
            },
        }
    } else if let Some((kind, name)) = hamlet.split_once(' ') {
        match random.below(4) {
            0 => name.to_owned(),
            1 => format!("{}. {name}", kind.chars().next().unwrap_or('T')),
            2 => hamlet.to_uppercase(),
            _ => hamlet.to_lowercase(),
        }
    } else {
        hamlet.to_owned()
    }
}
