//! dinhdanh (định danh: to identify).

pub mod check;
pub mod choose;
pub mod evaluate;
pub mod matching;
pub mod normalise;
pub mod outcome;
pub mod pipeline;
pub mod read;
pub mod record;
pub mod register;
pub mod report;
pub mod rules;
pub mod synth;
pub mod text;
pub mod write;
