//! Counting groups of children.

use jiff::civil::Date;

use super::{
    roll::{Kid, Roll},
    truth::{Judge, Truth},
};
use crate::rules::Rules;

/// A group counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Children who belong to it.
    pub yes: u64,
    /// Children of whom that is not known.
    pub unknown: u64,
}

impl Tally {
    /// Counts one child.
    pub fn add(&mut self, truth: Truth) {
        match truth {
            Truth::Yes => self.yes += 1,
            Truth::Unknown => self.unknown += 1,
            Truth::No => {}
        }
    }

    /// Whether a figure may stand: somebody is known to belong, or nobody is unknown; and the
    /// unknown are few among those asked for.
    pub fn is_known(self, asked: u64, unknown_share: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let few = self.unknown as f64 <= unknown_share * asked as f64;
        self.unknown == 0 || (self.yes > 0 && few)
    }
}

/// Children on a day, and who of them belongs where.
pub struct Counter<'a> {
    /// Judges each child.
    pub judge: Judge<'a>,
    /// The children in scope.
    pub children: Vec<&'a Kid>,
}

impl<'a> Counter<'a> {
    /// The children of the list on a day.
    pub fn new(roll: &'a Roll, day: Date, rules: &Rules) -> Self {
        let judge = Judge::of_list(roll, day, rules);
        let children = roll.children.iter().filter(|kid| judge.in_scope(kid)).collect();
        Self { judge, children }
    }
}
