//! What is done with a finished run: its log is checked, it is kept for a time, shared, sealed,
//! opened, deleted.

#[path = "privacy/audit.rs"]
mod audit;
mod program;
#[path = "privacy/purge.rs"]
mod purge;
#[path = "privacy/seal.rs"]
mod seal;
#[path = "privacy/share.rs"]
mod share;
#[cfg(unix)]
#[path = "privacy/stopped.rs"]
mod stopped;
