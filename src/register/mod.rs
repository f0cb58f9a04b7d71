//! The population side: what makes a list of persons a register — every row has a number, no
//! number has two people — and the parents it states through households; the same for a register
//! that is made into an index once and for all. Reading its files and normalising its fields is done
//! as for any list.

mod catalogue;
mod compile;
mod families;
mod indexed;
mod judge;
mod numbers;

pub use compile::{CompileError, Compiler};
pub use families::derive_parents;
pub use indexed::IndexedRegister;
pub use numbers::{RegisterError, keep_numbered};
