//! Which records are the same child, and which register person a child is: blocking, comparison
//! vectors, match weights, clusters and the one-to-one assignment of numbers. Knows nothing of
//! files, workbooks or terminals.

mod linkage;

pub use linkage::{
    ClusterRole, Decision, Estimates, Evidence, LinkStatus, Linkage, MatchWeight, ReviewItem, ReviewOther,
    ReviewReason,
};
