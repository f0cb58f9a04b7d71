//! The population side: what makes a list of persons a register — every row has a number, no
//! number has two people — and the parents it states through households. Reading its files and
//! normalising its fields is done as for any list.

mod families;
mod numbers;

pub use families::derive_parents;
pub use numbers::{RegisterError, keep_numbered};
