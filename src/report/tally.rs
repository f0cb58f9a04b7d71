//! Counting groups of children so that the same children are known again wherever they are
//! counted: a set of children is told by the exclusive-or of one random number for each of them,
//! so a part taken away from a whole is the rest's fingerprint too.

use rustc_hash::FxHashMap;

use super::{
    roll::{Kid, Roll},
    suppress::{Figure, FigureIx, System},
    truth::{Judge, Truth},
};
/// A group counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Children who belong to it.
    pub yes: u64,
    /// Children of whom that is not known.
    pub unknown: u64,
    /// Which children they are.
    set: u128,
}

impl Tally {
    /// Counts one child; `child` is its place in the list.
    pub fn add(&mut self, child: usize, truth: Truth) {
        match truth {
            Truth::Yes => {
                self.yes += 1;
                self.set ^= random(child);
            }
            Truth::Unknown => self.unknown += 1,
            Truth::No => {}
        }
    }

    /// This group without a part of it.
    pub fn without(self, part: Self) -> Self {
        Self { yes: self.yes - part.yes, unknown: 0, set: self.set ^ part.set }
    }

    /// Whether a figure may stand: somebody is known to belong, or nobody is unknown; and the
    /// unknown are few among those asked for.
    pub fn is_known(self, asked: u64, unknown_share: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let few = self.unknown as f64 <= unknown_share * asked as f64;
        self.unknown == 0 || (self.yes > 0 && few)
    }
}

/// SplitMix64, twice: fixed, so that the same list gives the same figures everywhere.
fn random(child: usize) -> u128 {
    let mix = |seed: u64| {
        let mut value = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    };
    let child = child as u64 + 1;
    u128::from(mix(child)) << 64 | u128::from(mix(child ^ 0x5555_5555_5555_5555))
}

/// Children on a day, and who of them belongs where.
pub struct Counter<'a> {
    /// Judges each child.
    pub judge: Judge<'a>,
    /// Place in the list and child, of those in scope.
    pub children: Vec<(usize, &'a Kid)>,
}

impl<'a> Counter<'a> {
    /// The children of the list on the judge's day.
    pub fn new(roll: &'a Roll, judge: Judge<'a>) -> Self {
        let children = roll.children.iter().enumerate().filter(|(_, kid)| judge.in_scope(kid)).collect();
        Self { judge, children }
    }
}

/// Figures known by their children: the same children counted in two tables are one figure, so
/// that what one table hides another does not show.
#[derive(Debug, Default)]
pub struct Ledger {
    system: System,
    known: FxHashMap<u128, FigureIx>,
}

impl Ledger {
    /// A figure that is printed.
    pub fn print(&mut self, tally: Tally) -> FigureIx {
        let at = self.place(tally);
        let figure = self.system.figure_mut(at);
        (figure.printed, figure.guarded) = (true, true);
        at
    }

    /// A printed figure that says how many are not known: it tells of the list, not of the
    /// children, and is never hidden for its own sake.
    pub fn print_unguarded(&mut self, tally: Tally) -> FigureIx {
        let at = self.place(tally);
        self.system.figure_mut(at).printed = true;
        at
    }

    /// A figure that nobody prints but that may follow from others.
    pub fn imply(&mut self, tally: Tally) -> FigureIx {
        let at = self.place(tally);
        self.system.figure_mut(at).guarded = true;
        at
    }

    /// A printed sum of figures in which a child may count several times.
    pub fn print_sum(&mut self, value: u64, parts: Vec<FigureIx>) -> FigureIx {
        let at = self.system.add(Figure { value, printed: true, guarded: true });
        self.system.add_equation(at, parts);
        at
    }

    /// The place of a figure, whatever becomes of it.
    pub fn place(&mut self, tally: Tally) -> FigureIx {
        let system = &mut self.system;
        let new = || system.add(Figure { value: tally.yes, printed: false, guarded: false });
        *self.known.entry(tally.set).or_insert_with(new)
    }

    /// States that parts which do not overlap make up a whole, together with a rest.
    pub fn state_parts(&mut self, whole: Tally, parts: &[Tally], guard_rest: bool) {
        let mut rest = whole;
        parts.iter().for_each(|part| rest = rest.without(*part));
        let mut figures: Vec<FigureIx> = parts.iter().map(|part| self.place(*part)).collect();
        if rest.yes > 0 {
            figures.push(if guard_rest { self.imply(rest) } else { self.place(rest) });
        }
        let whole = self.place(whole);
        self.system.add_equation(whole, figures);
    }

    /// Which figures must be hidden.
    pub fn hidden(&self, small: u32) -> Hidden {
        Hidden(self.system.hidden(u64::from(small)))
    }
}

/// The figures that are not shown.
#[derive(Debug)]
pub struct Hidden(Vec<bool>);

impl Hidden {
    /// Nothing is hidden.
    pub fn nothing() -> Self {
        Self(Vec::new())
    }

    /// Whether a figure is hidden.
    pub fn hides(&self, figure: FigureIx) -> bool {
        self.0.get(figure).copied().unwrap_or(false)
    }

    /// How many are.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|hidden| **hidden).count()
    }
}
