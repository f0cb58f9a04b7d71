//! dinhdanh (định danh: to identify).

pub mod matching;
pub mod outcome;
pub mod read;
pub mod record;
pub mod rules;
pub mod text;
