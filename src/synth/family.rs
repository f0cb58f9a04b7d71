//! Invented families: who they are, where they live, and what the register knows of them. A
//! family is computed from its place alone, as often as it is needed.

use jiff::{ToSpan, civil::Date};

use super::{
    home::{Home, phone},
    layout::{BLOCK, FamilyPlace, Layout},
    names::{Name, NameSource},
    random::{Permutation, Purpose, Random},
};
use crate::{
    record::Gender,
    rules::{NamingOrder, People, SynthData},
};

/// Who of the parents is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parents {
    Both,
    MotherOnly,
    FatherOnly,
    /// A guardian brings the child up; the parents' names are known or not.
    Guardian {
        named: bool,
    },
}

/// A father, mother or guardian.
#[derive(Debug, Clone)]
pub(super) struct Adult {
    pub name: String,
    pub birth: Date,
    pub gender: Gender,
    pub number: String,
    pub in_register: bool,
}

/// A child as it really is.
#[derive(Debug, Clone)]
pub(super) struct Child {
    /// Number of the child among all children, the entity of the truth.
    pub index: u64,
    pub name: Name,
    pub gender: Gender,
    pub birth: Date,
    pub number: String,
    /// The number before it was cancelled and issued anew.
    pub old_number: Option<String>,
    pub in_register: bool,
    /// No name yet.
    pub unnamed: bool,
}

/// A family as it really is.
#[derive(Debug, Clone)]
pub(super) struct Family<'a> {
    pub place: FamilyPlace,
    pub parents: Parents,
    pub people: Option<&'a People>,
    pub father: Adult,
    pub mother: Adult,
    /// Only where the child lives with neither parent.
    pub guardian: Option<Adult>,
    pub children: Vec<Child>,
    pub home: Home<'a>,
    /// Where the register has them.
    pub registered_home: Home<'a>,
    /// Household code of the list.
    pub household: String,
    /// Ten digits, or empty.
    pub phone: String,
    /// Note on poverty: `Hộ nghèo`, `Hộ cận nghèo` or empty.
    pub poverty: &'static str,
}

impl Family<'_> {
    /// The ethnic group's official name.
    pub fn ethnicity(&self) -> &str {
        self.people.map_or("Kinh", |people| &people.group)
    }

    pub fn father_known(&self) -> bool {
        matches!(self.parents, Parents::Both | Parents::FatherOnly | Parents::Guardian { named: true })
    }

    pub fn mother_known(&self) -> bool {
        matches!(self.parents, Parents::Both | Parents::MotherOnly | Parents::Guardian { named: true })
    }

    /// Whether an adult of this family is its guardian.
    pub fn is_guardian(&self, adult: &Adult) -> bool {
        self.guardian.as_ref().is_some_and(|guardian| guardian.number == adult.number)
    }
}

/// Invents families.
#[derive(Debug)]
pub(super) struct Families<'a> {
    pub layout: &'a Layout<'a>,
    pub data: &'a SynthData,
    names: NameSource<'a>,
}

impl<'a> Families<'a> {
    pub fn new(layout: &'a Layout<'a>, data: &'a SynthData) -> Self {
        Self { layout, data, names: NameSource::new(data) }
    }

    /// The names there are to draw from.
    pub fn names(&self) -> &NameSource<'a> {
        &self.names
    }

    /// The family at a place.
    pub fn family(&self, place: FamilyPlace) -> Family<'a> {
        let shares = &self.data.rules.population;
        // The namesake's dice are its own, so that the model comes out as it is at its own place.
        let mut dice = Random::keyed(self.layout.seed, Purpose::Namesake, place.id());
        let model = (place.size == 1 && dice.chance(shares.namesake_same_day.0)).then(|| {
            let block = self.layout.other_block(place.block, &mut dice);
            self.layout.family_of(block * BLOCK + dice.below(BLOCK))
        });
        self.invent(place, model.filter(|model| *model != place).map(|model| self.invent(model, None)))
    }

    fn invent(&self, place: FamilyPlace, model: Option<Family<'a>>) -> Family<'a> {
        let shares = &self.data.rules.population;
        let random = &mut Random::keyed(self.layout.seed, Purpose::Family, place.id());
        let people = match &model {
            Some(model) => model.people,
            None => random.chance(shares.minority.0).then(|| self.names.people(random)),
        };
        let parents = match random.below(1000) as f64 / 1000.0 {
            roll if roll < shares.single_mother.0 => Parents::MotherOnly,
            roll if roll < shares.single_mother.0 + shares.single_father.0 => Parents::FatherOnly,
            roll if roll < shares.single_mother.0 + shares.single_father.0 + shares.guardian.0 => {
                Parents::Guardian { named: random.chance(0.5) }
            }
            _ => Parents::Both,
        };
        let mother_line = parents == Parents::MotherOnly
            || people.is_some_and(|people| people.order == NamingOrder::GivenFirst);
        let mut surname =
            [Gender::Male, Gender::Female].map(|gender| self.names.surname(people, gender, random));
        if let Some(model) = &model {
            surname[usize::from(mother_line)].clone_from(&model.children[0].name.surname);
        }
        let births = self.births(place.size, random);
        let first = births[0];
        let father = self.parent(place, Gender::Male, people, &surname[0], first, random);
        let mother = self.parent(place, Gender::Female, people, &surname[1], first, random);
        let guardian = matches!(parents, Parents::Guardian { .. })
            .then(|| self.guardian(place, people, &surname, random));
        let mut children = self.children(place, people, &surname[usize::from(mother_line)], &births, random);
        if people.is_none() && !mother_line && random.chance(shares.mother_surname_in_name.0) {
            for child in children.iter_mut().filter(|child| !child.name.middle.contains(' ')) {
                let middle = format!("{} {}", surname[1], child.name.middle);
                middle.trim_end().clone_into(&mut child.name.middle);
            }
        }
        if let Some(model) = model {
            let twin = &model.children[0];
            children[0].name.clone_from(&twin.name);
            (children[0].gender, children[0].birth) = (twin.gender, twin.birth);
        }
        let mut before: Option<(Date, bool)> = None;
        for child in &mut children {
            let elsewhere = match before {
                // Twins are registered together.
                Some((birth, elsewhere)) if birth == child.birth => elsewhere,
                _ => self.registers_elsewhere(child.birth, random),
            };
            self.register_child(place, child, elsewhere, random);
            before = Some((child.birth, elsewhere));
        }
        let home = self.home(place.block, random);
        let registered_home =
            if random.chance(shares.moved.0) { self.former_home(place.block, random) } else { home.clone() };
        let codes = Permutation::keyed(100_000_000, self.layout.seed, Purpose::Households, 0);
        Family {
            place,
            parents,
            people,
            father,
            mother,
            guardian,
            children,
            home,
            registered_home,
            household: format!("GD{:08}", codes.of(place.id() % 100_000_000)),
            phone: if random.chance(shares.phone.0) { phone(random) } else { String::new() },
            poverty: match random.below(1000) as f64 / 1000.0 {
                roll if roll < shares.poor.0 => "Hộ nghèo",
                roll if roll < shares.poor.0 + shares.near_poor.0 => "Hộ cận nghèo",
                _ => "",
            },
        }
    }

    /// Birth dates of a family's children, oldest first; twins share theirs.
    fn births(&self, size: u64, random: &mut Random) -> Vec<Date> {
        let rules = &self.data.rules;
        let shares = &rules.population;
        let sixteen = 5843;
        let mut gaps = Vec::with_capacity(4);
        let mut twins = 0;
        for _ in 1..size {
            let again = if twins == 0 { shares.twin.0 } else { shares.triplet.0 };
            let same_day = twins < 2 && random.chance(again);
            twins = if same_day { twins + 1 } else { 0 };
            gaps.push(if same_day { 0 } else { random.between(400, 1600) });
        }
        let span: i64 = gaps.iter().sum();
        // The oldest child's age in days on the day of the list.
        let aged_out = random.chance(shares.aged_out.0);
        let oldest =
            if aged_out { sixteen + random.between(1, 500) } else { random.between(span, sixteen - 1) };
        let mut age = oldest;
        let mut births = vec![days_before(rules.list_day, age)];
        for gap in gaps {
            age -= gap;
            births.push(days_before(rules.list_day, age));
        }
        births
    }

    fn parent(
        &self,
        place: FamilyPlace,
        gender: Gender,
        people: Option<&People>,
        surname: &str,
        first_birth: Date,
        random: &mut Random,
    ) -> Adult {
        // Parents are born in the 43 years before the eldest possible child, so that their
        // numbers can meet neither a child's nor a grandparent's.
        let latest = self.data.rules.list_day.year() - 19;
        let older = if gender == Gender::Male { random.between(18, 38) } else { random.between(17, 34) };
        let year = i64::from(first_birth.year()) - older;
        let year = year.clamp(i64::from(latest) - 42, i64::from(latest));
        self.adult(place, gender, people, surname, year as i16, random)
    }

    fn guardian(
        &self,
        place: FamilyPlace,
        people: Option<&People>,
        surnames: &[String; 2],
        random: &mut Random,
    ) -> Adult {
        let latest = i64::from(self.data.rules.list_day.year()) - 63;
        let gender = if random.chance(0.7) { Gender::Female } else { Gender::Male };
        let year = latest - random.between(0, 14);
        let surname = &surnames[random.index(2)];
        self.adult(place, gender, people, surname, year as i16, random)
    }

    fn adult(
        &self,
        place: FamilyPlace,
        gender: Gender,
        people: Option<&People>,
        surname: &str,
        year: i16,
        random: &mut Random,
    ) -> Adult {
        let birth = Date::new(year, random.between(1, 12) as i8, random.between(1, 28) as i8)
            .expect("every month has 28 days");
        let mut name = self.names.name(people, surname, gender, random);
        // Names of that age: Thị and Văn.
        if people.is_none() && random.chance(0.5) {
            name.middle = if gender == Gender::Female { "Thị" } else { "Văn" }.to_owned();
        }
        let elsewhere = random.chance(self.data.rules.population.parent_registered_elsewhere.0);
        Adult {
            name: name.full(),
            birth,
            gender,
            number: self.layout.number(place.block, place.start, gender, year, elsewhere),
            in_register: random.chance(self.layout.parents_in_register),
        }
    }

    fn children(
        &self,
        place: FamilyPlace,
        people: Option<&People>,
        surname: &str,
        births: &[Date],
        random: &mut Random,
    ) -> Vec<Child> {
        let shares = &self.data.rules.population;
        let share_middle = people.is_none() && random.chance(shares.siblings_share_middle.0);
        let share_initial = people.is_none() && random.chance(shares.siblings_share_initial.0);
        let mut children: Vec<Child> = Vec::with_capacity(births.len());
        for (offset, &birth) in births.iter().enumerate() {
            let twin = offset > 0 && births[offset - 1] == birth;
            let mut gender = if random.below(1000) < 518 { Gender::Male } else { Gender::Female };
            if twin && random.chance(shares.twins_same_gender.0) {
                gender = children[offset - 1].gender;
            }
            let mut name = self.names.name(people, surname, gender, random);
            if let Some(first) = children.first() {
                if share_middle && first.gender == gender {
                    name.middle.clone_from(&first.name.middle);
                }
                if share_initial
                    && let Some(given) = self.names.rhyming_given(&first.name.given, gender, random)
                {
                    name.given = given;
                }
            }
            // A name twice in one family would be an error of ours, not of a clerk.
            while children.iter().any(|child| child.name == name) {
                name = self.names.name(people, surname, gender, random);
            }
            if twin && people.is_none() && random.chance(shares.twins_near_names.0) {
                self.give_near_names(&mut children[offset - 1], &mut name, gender, random);
            }
            children.push(Child {
                index: place.block * BLOCK + place.start + offset as u64,
                name,
                gender,
                birth,
                number: String::new(),
                old_number: None,
                in_register: false,
                unnamed: false,
            });
        }
        children
    }

    /// Gives twins names a letter or a tone apart.
    fn give_near_names(&self, elder: &mut Child, name: &mut Name, gender: Gender, random: &mut Random) {
        let near = &self.data.rules.near_names;
        let pairs = match (elder.gender, gender) {
            (Gender::Male, Gender::Male) => &near.male,
            (Gender::Female, Gender::Female) => &near.female,
            _ => &near.mixed,
        };
        let Some([first, second]) = random.pick(pairs) else { return };
        let turn = if elder.gender == gender { random.chance(0.5) } else { gender == Gender::Male };
        let (first, second) = if turn { (second, first) } else { (first, second) };
        let thi = if gender == Gender::Female && elder.gender == gender && random.chance(0.2) {
            "Thị"
        } else {
            ""
        };
        elder.name.set_given(thi, first);
        name.set_given(thi, second);
    }

    fn registers_elsewhere(&self, birth: Date, random: &mut Random) -> bool {
        let shares = &self.data.rules.population;
        let anywhere = birth >= Date::constant(2025, 7, 1);
        let share = if anywhere { shares.registered_anywhere } else { shares.registered_elsewhere };
        random.chance(share.0)
    }

    fn register_child(&self, place: FamilyPlace, child: &mut Child, elsewhere: bool, random: &mut Random) {
        let shares = &self.data.rules.population;
        let at = child.index % BLOCK;
        let year = child.birth.year();
        child.number = self.layout.number(place.block, at, child.gender, year, elsewhere);
        let newborn = child.birth >= days_before(self.data.rules.list_day, 60);
        child.unnamed = newborn && random.chance(shares.unnamed_newborn.0);
        let absent = if newborn { shares.newborn_not_registered.0 } else { shares.not_registered.0 };
        child.in_register = !random.chance(absent);
        if random.chance(shares.number_reissued.0) {
            let wrong_year = random.chance(0.5);
            let gender = if wrong_year { child.gender } else { other(child.gender) };
            let year = if wrong_year { year - 1 } else { year };
            child.old_number = Some(self.layout.cancelled_number(place.block, gender, year, random));
        }
    }
}

/// The other gender.
pub(super) fn other(gender: Gender) -> Gender {
    match gender {
        Gender::Male => Gender::Female,
        Gender::Female => Gender::Male,
    }
}

/// A day some days before another.
pub(super) fn days_before(day: Date, days: i64) -> Date {
    day.checked_sub(days.days()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::synth::SynthPlan;

    #[test]
    fn families_have_twins_single_mothers_and_minorities_and_nobody_shares_a_number() {
        let data = SynthData::load(None).unwrap();
        let layout = Layout::new(&SynthPlan { children: 4000, ..SynthPlan::default() }, &data).unwrap();
        let families = Families::new(&layout, &data);
        let mut numbers = BTreeSet::new();
        let (mut twins, mut single, mut minority) = (0, 0, 0);
        for block in 0..layout.blocks {
            for place in layout.families(block) {
                let family = families.family(place);
                assert_eq!(family.children.len() as u64, place.size);
                twins += family.children.windows(2).filter(|two| two[0].birth == two[1].birth).count();
                single += usize::from(family.parents == Parents::MotherOnly);
                minority += usize::from(family.people.is_some());
                assert!(numbers.insert(family.father.number) && numbers.insert(family.mother.number));
                assert!(family.guardian.is_none_or(|guardian| numbers.insert(guardian.number)));
                for child in &family.children {
                    assert!(numbers.insert(child.number.clone()));
                }
                let mut seen = BTreeSet::new();
                assert!(family.children.iter().all(|child| seen.insert(child.name.full())));
            }
        }
        assert!(twins > 20 && single > 50 && minority > 100, "{twins} {single} {minority}");
    }

    #[test]
    fn some_children_are_namesakes_born_the_same_day_in_other_families() {
        let data = SynthData::load(None).unwrap();
        let layout = Layout::new(&SynthPlan { children: 6000, ..SynthPlan::default() }, &data).unwrap();
        let families = Families::new(&layout, &data);
        let mut seen = BTreeSet::new();
        let mut namesakes = 0;
        for block in 0..layout.blocks {
            for place in layout.families(block) {
                for child in families.family(place).children {
                    namesakes += usize::from(!seen.insert((child.name.full(), child.birth)));
                }
            }
        }
        assert!((2..60).contains(&namesakes), "{namesakes}");
    }
}
