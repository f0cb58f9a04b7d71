//! Small counts must not leave the ward, nor be found by subtraction. Every figure is a variable;
//! tables say which variables add up to which. What is hidden must stay undetermined by all that
//! is shown, and no sum of hidden figures that follows from the shown ones may be small itself.
//!
//! The method is complementary cell suppression: first every small figure is hidden, then, as long
//! as an equation or a combination of equations gives one away, the least costly further figure
//! of the table. That no combination of equations determines a hidden figure is decided by linear
//! algebra, not by trying.

mod linear;
mod search;

use std::collections::BTreeSet;

use search::Search;

/// A figure among [`System::figures`].
pub type FigureIx = usize;

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The count.
    pub value: u64,
    /// Printed unless hidden; else it is never printed, but may follow from what is.
    pub printed: bool,
    /// It must not be found where it is small.
    pub guarded: bool,
    /// How much would be lost with it: the totals of a table more than its details.
    pub worth: u32,
}

/// `total` is the sum of `parts`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Equation {
    /// The sum.
    pub total: FigureIx,
    /// What it is the sum of.
    pub parts: Vec<FigureIx>,
}

impl Equation {
    fn members(&self) -> impl Iterator<Item = FigureIx> {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }
}

/// Figures and how they hang together.
#[derive(Debug, Default)]
pub struct System {
    figures: Vec<Figure>,
    equations: BTreeSet<Equation>,
}

impl System {
    /// Adds a figure.
    pub fn add(&mut self, figure: Figure) -> FigureIx {
        self.figures.push(figure);
        self.figures.len() - 1
    }

    /// The count of a figure that was added.
    pub fn value(&self, figure: FigureIx) -> u64 {
        self.figures[figure].value
    }

    /// Whether a figure that was added must not be found.
    pub fn is_guarded(&self, figure: FigureIx) -> bool {
        self.figures[figure].guarded
    }

    /// A figure that was added.
    pub fn figure_mut(&mut self, figure: FigureIx) -> &mut Figure {
        &mut self.figures[figure]
    }

    /// States that parts add up to a total. A figure that is its own sum says nothing.
    pub fn add_equation(&mut self, total: FigureIx, parts: Vec<FigureIx>) {
        if parts != [total] && !parts.contains(&total) {
            self.equations.insert(Equation { total, parts });
        }
    }

    /// Which figures must be hidden so that none that is greater than zero and below `small` is
    /// printed or can be found.
    pub fn hidden(&self, small: u64) -> Vec<bool> {
        let mut search = Search::new(&self.figures, &self.equations, small);
        search.balance();
        // Where everything near is hidden already there is nothing left to hide.
        while search.cover() {
            search.balance();
        }
        search.into_hidden()
    }
}

#[cfg(test)]
mod tests;
