//! Where invented families live: hamlets and streets of a ward, and telephone numbers.

use super::{
    family::Families,
    random::{Purpose, Random},
};
use crate::rules::SynthWard;

/// A home: ward, hamlet and street.
#[derive(Debug, Clone)]
pub(super) struct Home<'a> {
    pub ward: &'a SynthWard,
    pub hamlet: String,
    /// Number of the hamlet in its ward.
    pub hamlet_index: u64,
    /// House number and street; empty in villages.
    pub street: String,
}

/// Hamlets of a ward.
pub(super) const HAMLETS: u64 = 12;

impl<'a> Families<'a> {
    /// The home of a family of a block, of its ward.
    pub fn home(&self, block: u64, random: &mut Random) -> Home<'a> {
        let number = self.layout.ward_of(block);
        let index = random.below(HAMLETS);
        Home {
            ward: self.layout.ward(number),
            hamlet: self.hamlet(self.layout.ward(number), number, index),
            hamlet_index: index,
            street: self.street(self.layout.ward(number), random),
        }
    }

    /// Where such a family lived before: in the same ward, or another.
    pub fn former_home(&self, block: u64, random: &mut Random) -> Home<'a> {
        let number = self.layout.ward_of(block);
        let ward = if random.chance(0.4) {
            self.layout.ward(number)
        } else {
            self.layout.other_ward(number, random)
        };
        let index = random.below(HAMLETS);
        Home {
            ward,
            hamlet: self.hamlet(ward, number + 1, index),
            hamlet_index: index,
            street: self.street(ward, random),
        }
    }

    /// A hamlet of a ward: numbered in some wards, named in others.
    pub fn hamlet(&self, ward: &SynthWard, ward_number: u64, index: u64) -> String {
        let mut random = Random::keyed(self.layout.seed, Purpose::Ward, ward_number);
        let words = &self.data.rules.words.hamlets;
        let urban = ward.commune.starts_with("Phường");
        match (urban, random.below(4)) {
            (true, 0..3) => format!("Tổ dân phố {}", index + 1),
            (true, _) => format!("Tổ dân phố {}", words[index as usize % words.len()]),
            (false, 0) => format!("Xóm {}", index + 1),
            (false, _) => format!("Thôn {}", words[index as usize % words.len()]),
        }
    }

    fn street(&self, ward: &SynthWard, random: &mut Random) -> String {
        if !ward.commune.starts_with("Phường") {
            return String::new();
        }
        let number = random.between(1, 260);
        let street = random.word(&self.data.rules.words.streets);
        match random.below(4) {
            0 => format!("Ngõ {number} {street}"),
            1 => format!("Số {}/{number} đường {street}", random.between(1, 40)),
            _ => format!("Số {number} đường {street}"),
        }
    }
}

/// An invented mobile number: the prefixes are in use, the rest is chance.
pub(super) fn phone(random: &mut Random) -> String {
    let prefix = random.pick(&["032", "035", "038", "070", "077", "081", "085", "091", "096", "098"]);
    format!("{}{:07}", prefix.unwrap_or(&"090"), random.below(10_000_000))
}
