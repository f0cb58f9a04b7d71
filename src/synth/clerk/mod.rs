//! The errors of the people who type lists: pure functions from a true value to what was written.
//! Who is written, and where, is decided outside.

pub(super) mod dates;
pub(super) mod legacy;
pub(super) mod letters;
pub(super) mod names;
pub(super) mod numbers;
