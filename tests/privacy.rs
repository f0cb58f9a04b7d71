//! What is done with a finished run: its log is checked, it is kept for a time, shared, sealed,
//! opened, deleted.

#[path = "privacy/audit.rs"]
mod audit;
mod program;
