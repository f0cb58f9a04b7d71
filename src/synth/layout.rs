//! Where every invented person stands without keeping any of them in memory: children come in
//! blocks of eight, a block falls into families by its own dice, blocks take turns in the wards.

use super::{
    SynthError, SynthPlan,
    random::{Permutation, Purpose, Random},
};
use crate::{
    record::Gender,
    rules::{SynthData, SynthWard},
};

/// Children of a block.
pub(super) const BLOCK: u64 = 8;
/// Entries of one child at most.
pub(super) const COPIES: u64 = 3;

// How the million numbers of one province, gender and year are shared out: to those registered
// at home, to those registered there from elsewhere, to numbers since cancelled. Everything is
// halved, because the last bit tells neighbours in a family apart: twins get numbers in a row.
const HOME: u64 = 490_000;
const PAIRS: u64 = 500_000;

/// A family's place: its block, the first of its children there, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FamilyPlace {
    pub block: u64,
    pub start: u64,
    pub size: u64,
}

impl FamilyPlace {
    /// Unique among families.
    pub fn id(self) -> u64 {
        self.block * BLOCK + self.start
    }
}

// Persons of the register for each child of the list, as the families turn out: for `--register`.
const CHILDREN_REGISTERED: f64 = 0.96;
const ADULTS_FOR_A_CHILD: f64 = 1.10;

/// Children who are only in the register, for each child of the list, and the probability of a
/// parent being in it, so that the register becomes about as large as was asked for.
fn register_shares(plan: &SynthPlan, data: &SynthData) -> (f64, f64) {
    let shares = &data.rules.population;
    let parents = shares.parent_in_register.0;
    let Some(register) = plan.register else { return (shares.other_children.0, parents) };
    let wanted = register as f64 / plan.children.max(1) as f64;
    let others = wanted / (CHILDREN_REGISTERED + ADULTS_FOR_A_CHILD * parents) - 1.0;
    if others >= 0.0 {
        (others, parents)
    } else {
        (0.0, ((wanted - CHILDREN_REGISTERED) / ADULTS_FOR_A_CHILD).clamp(0.0, 1.0))
    }
}

/// The frame of a synthetic population.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub seed: u64,
    /// Blocks, with those of children who are only in the register.
    pub blocks: u64,
    /// Wards, numbered from 0.
    pub wards: u64,
    /// Probability of a parent being in the register.
    pub parents_in_register: f64,
    provinces: Vec<&'a [SynthWard]>,
    used_provinces: u64,
}

impl<'a> Layout<'a> {
    pub fn new(plan: &SynthPlan, data: &'a SynthData) -> Result<Self, SynthError> {
        let provinces: Vec<&[SynthWard]> =
            data.wards.chunk_by(|left, right| left.pin_code == right.pin_code).collect();
        let known = provinces.len() as u64;
        let wards = (plan.children / data.rules.children_per_ward).max(1);
        let (wards, used_provinces) =
            if wards > known { (wards.next_multiple_of(known), known) } else { (wards, wards) };
        let (others, parents_in_register) = register_shares(plan, data);
        let others = (plan.children as f64 * others).ceil() as u64;
        let blocks = (plan.children + others).div_ceil(BLOCK).max(1);
        let layout = Self { seed: plan.seed, blocks, wards, parents_in_register, provinces, used_provinces };
        let most = HOME * used_provinces;
        if blocks * BLOCK > most {
            return Err(SynthError::TooMany { most: most * plan.children / (blocks * BLOCK) });
        }
        Ok(layout)
    }

    /// The ward a block's families live in.
    pub fn ward_of(&self, block: u64) -> u64 {
        block % self.wards
    }

    /// A ward's names.
    pub fn ward(&self, ward: u64) -> &'a SynthWard {
        let province = self.provinces[(ward % self.used_provinces) as usize];
        &province[(ward / self.used_provinces) as usize % province.len()]
    }

    /// A ward of the province in which a number was given: the home ward where that fits.
    pub fn registered_in(&self, number: &str, home: &'a SynthWard) -> &'a SynthWard {
        if number.starts_with(&home.pin_code) {
            return home;
        }
        let province = self.provinces.iter().find(|wards| number.starts_with(&wards[0].pin_code));
        province.map_or(home, |wards| &wards[0])
    }

    /// Another ward, of the same province or any.
    pub fn other_ward(&self, not: u64, random: &mut Random) -> &'a SynthWard {
        let here = self.ward(not);
        let province = if random.chance(0.6) {
            self.provinces[(not % self.used_provinces) as usize]
        } else {
            self.provinces[random.index(self.provinces.len())]
        };
        let at = random.index(province.len());
        let there = &province[at];
        if std::ptr::eq(here, there) { &province[(at + 1) % province.len()] } else { there }
    }

    /// A block of the same ward, for namesakes.
    pub fn other_block(&self, block: u64, random: &mut Random) -> u64 {
        let ward = self.ward_of(block);
        let count = (self.blocks - ward).div_ceil(self.wards);
        let other = ward + self.wards * random.below(count);
        if other == block && count > 1 { (block + self.wards) % (count * self.wards) } else { other }
    }

    /// The families of a block.
    pub fn families(&self, block: u64) -> impl Iterator<Item = FamilyPlace> + use<> {
        let mut random = Random::keyed(self.seed, Purpose::Block, block);
        let mut start = 0;
        std::iter::from_fn(move || {
            if start >= BLOCK {
                return None;
            }
            let size = match random.below(100) {
                0..35 => 1,
                35..78 => 2,
                78..94 => 3,
                _ => 4,
            };
            let family = FamilyPlace { block, start, size: size.min(BLOCK - start) };
            start += family.size;
            Some(family)
        })
    }

    /// The family a child of a block is in.
    pub fn family_of(&self, child: u64) -> FamilyPlace {
        let place = child % BLOCK;
        let mut families = self.families(child / BLOCK);
        families.find(|family| place < family.start + family.size).expect("families fill the block")
    }

    /// The number of a person who stands at a place of a block: no two persons of one gender,
    /// birth year and place have the same. Children, parents and grandparents are kept apart by
    /// their birth years.
    pub fn number(&self, block: u64, place: u64, gender: Gender, year: i16, elsewhere: bool) -> String {
        let province = block % self.used_provinces;
        let local = block / self.used_provinces * BLOCK + place;
        let known = self.provinces.len() as u64;
        let (province, pair) = if elsewhere && known > 1 {
            // The way from home to the other province depends on `local` alone (and is one for a
            // block, so that a family registers in one place): two people who meet there with one
            // `local` would have come from the same home.
            let way = 1 + Random::keyed(self.seed, Purpose::Elsewhere, local / BLOCK).below(known - 1);
            ((province + way) % known, (HOME + local) / 2)
        } else {
            (province, local / 2)
        };
        self.compose(province, gender, year, pair, local % 2)
    }

    /// A number that was cancelled.
    pub fn cancelled_number(&self, block: u64, gender: Gender, year: i16, random: &mut Random) -> String {
        let pair = HOME + random.below(PAIRS - HOME);
        self.compose(block % self.used_provinces, gender, year, pair, random.below(2))
    }

    fn compose(&self, province: u64, gender: Gender, year: i16, pair: u64, last: u64) -> String {
        let pin = &self.provinces[province as usize][0].pin_code;
        let century = 2 * (u64::from(year.unsigned_abs()) / 100).saturating_sub(19);
        let digit = century + u64::from(gender == Gender::Female);
        let short_year = u64::from(year.unsigned_abs()) % 100;
        let group = (province * 10 + digit) * 100 + short_year;
        let pair = Permutation::keyed(PAIRS, self.seed, Purpose::Numbers, group).of(pair);
        format!("{pin}{digit}{short_year:02}{:06}", pair * 2 + last)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn layout(data: &SynthData, children: u64) -> Layout<'_> {
        Layout::new(&SynthPlan { children, ..SynthPlan::default() }, data).unwrap()
    }

    #[test]
    fn families_fill_their_block() {
        let data = SynthData::load(None).unwrap();
        let layout = layout(&data, 1000);
        for block in 0..layout.blocks {
            assert_eq!(layout.families(block).map(|family| family.size).sum::<u64>(), BLOCK);
        }
        let family = layout.family_of(13);
        assert!(family.start <= 5 && 5 < family.start + family.size && family.block == 1);
    }

    #[test]
    fn no_number_is_given_twice() {
        let data = SynthData::load(None).unwrap();
        let layout = layout(&data, 400_000);
        let mut seen = BTreeSet::new();
        for block in 0..layout.blocks.min(4000) {
            for place in 0..BLOCK {
                let number = layout.number(block, place, Gender::Male, 2015, place % 3 == 0);
                assert_eq!(number.len(), 12);
                assert!(seen.insert(number));
            }
        }
    }

    #[test]
    fn more_children_than_numbers_are_refused() {
        let data = SynthData::load(None).unwrap();
        let plan = SynthPlan { children: 100_000_000, ..SynthPlan::default() };
        assert!(matches!(Layout::new(&plan, &data), Err(SynthError::TooMany { .. })));
        layout(&data, 25_000_000);
    }
}
