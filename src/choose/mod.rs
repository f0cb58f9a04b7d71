//! One child for each cluster: which of its records' values stands, and what that changes. Knows
//! nothing of weights (see [`crate::matching`]) or of files (see [`crate::write`]).

mod changes;
mod child;
mod clusters;
mod prefer;
mod spelling;

pub use changes::{ChosenChange, Why};
pub use child::{Child, Chosen, ChosenFrom, Suggestion, choose_child, primary_record};
pub use clusters::Clusters;
