//! Numbers of the rules that only make sense within a range: refused where they are read, so that
//! the error names their line.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, de::Error};

fn within<'de, D>(deserializer: D, range: RangeInclusive<f64>) -> Result<f64, D::Error>
where
    D: Deserializer<'de>,
{
    let number = f64::deserialize(deserializer)?;
    if range.contains(&number) {
        return Ok(number);
    }
    let (least, most) = range.into_inner();
    Err(D::Error::custom(if most == f64::MAX {
        format!("{number} is not a number of {least} or more")
    } else {
        format!("{number} is not between {least} and {most}")
    }))
}

/// A probability or part, 0 to 1.
pub fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within(deserializer, 0.0..=1.0)
}

/// A count, an expectation, a trust: finite, not negative.
pub fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within(deserializer, 0.0..=f64::MAX)
}
