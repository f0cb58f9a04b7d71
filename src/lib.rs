//! dinhdanh (định danh: to identify).

pub mod choose;
pub mod matching;
pub mod outcome;
pub mod record;
pub mod report;
pub mod rules;
pub mod text;
pub mod write;
