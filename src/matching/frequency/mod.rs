//! How much an agreeing value says: `-log2` of its frequency in the lists at hand (term frequency,
//! Newcombe 1959), smoothed, and capped where a frequency would be a guess. Knows words, dates and
//! values; what a level makes of the bits is the model's business.

mod names;
mod values;

pub use names::{
    CommunityNames, NameCounting, NameCounts, NameInformation, WordInformation, first_names_key,
};
pub use values::{DateCounts, DateInformation, ValueCounts, ValueInformation};
