//! Invents a ward: families, what clerks made of their children in the list, what the register
//! knows, and the truth, all computed from a seed and without keeping anybody in memory. Judging a
//! run against the truth lives in `evaluate`.

mod clerk;
mod damage;
mod entry;
mod family;
mod files;
mod home;
mod layout;
mod names;
mod plan;
mod random;
mod register;
mod residence;
mod row;
mod sheet;
mod workbook;

pub use files::{FILES, synthesise, synthesise_folder};
pub use plan::{ListEncoding, SynthError, SynthPlan, SynthSummary};
pub use random::{Permutation, Random};
