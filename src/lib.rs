//! dinhdanh (định danh: to identify).

pub mod check;
pub mod matching;
pub mod normalise;
pub mod outcome;
pub mod record;
pub mod rules;
pub mod text;
