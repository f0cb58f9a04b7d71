//! Findings: what a person should know about a record, judged on the record alone and against the
//! other records of its list. What was wrong with a cell's text is found where it is read
//! ([`crate::normalise`]); what the register says is found by matching.

mod across;
mod birth;
mod family;
mod linkage;
mod number;
mod required;

use jiff::civil::Date;
use rayon::prelude::*;

pub use linkage::check_linkage;
pub use number::{Contradiction, id_contradiction, id_contradicts};

use crate::{record::Record, rules::Rules};

/// What the checks need to know beside the records.
#[derive(Debug, Clone, Copy)]
pub struct CheckContext {
    /// The day on which age and "in the future" are judged.
    pub as_of: Date,
}

/// Adds its findings to every record of a list. Checking twice finds nothing new.
pub fn check(records: &mut [Record], context: &CheckContext, rules: &Rules) {
    records.par_iter_mut().for_each(|record| {
        required::check(record, &rules.checks.required);
        birth::check(record, context, &rules.checks.limits);
        number::check(record, context, &rules.checks.limits);
        family::check(record, rules);
    });
    across::check(records);
}
