//! Which records are the same child, and which register person a child is: blocking, comparison
//! vectors, match weights, clusters and the one-to-one assignment of numbers. Knows nothing of
//! files, workbooks or terminals.

mod assignment;
mod blocking;
mod builder;
mod claims;
mod cluster;
mod community;
mod comparator;
mod confusion;
mod constraints;
mod decide;
mod explain;
mod extra;
mod frequency;
mod glued;
mod indexed;
mod known;
mod learn;
mod lexicon;
mod linkage;
mod matcher;
mod merge;
mod model;
mod persons;
mod profile;
mod remembered;
mod review;
mod score;
mod scorer;
mod slot;
mod status;
mod trained;
mod training;
mod veto;
mod word;

pub(crate) use confusion::Confusions;
pub use constraints::Constraints;
pub use explain::{Explainer, Explanation};
pub use extra::ExtraColumns;
pub use extra::{MissingColumn, require_columns};
pub use indexed::{Draft, Drafters, IndexBuilder, IndexModel, IndexedPeople, MOST_RECORDS, number_key};
pub use known::{Comparisons, Fingerprint, PairLevels};
pub use learn::LearntFigure;
pub use lexicon::stable_hash;
pub use linkage::{
    ClusterRole, Decision, Estimates, Evidence, LinkStatus, Linkage, MatchWeight, Reuse, ReviewItem,
    ReviewOther, ReviewReason,
};
pub use matcher::{Given, match_indexed, match_lists, match_set_aside};
pub use trained::{ModelFault, TrainedComparison, TrainedLevel, TrainedModel, TrainedSide};
pub use training::{Side, TrainingReport};
