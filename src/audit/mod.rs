//! The log of a folder: one line an event, each line bound to the one before by SHA-256, its last
//! line kept a second time as the head; and the check of a folder against its log. Who writes what
//! into a log is told by those who do it; nothing here knows what a run is.

mod digest;
mod entry;
mod fault;
mod files;
mod folder;
mod log;
mod verify;

pub use digest::FileDigest;
pub(crate) use digest::{digest, hexadecimal};
pub use entry::{AuditHead, Event};
pub use fault::Fault;
pub(crate) use files::{Expected, found, is_plain};
pub(crate) use folder::{Before, append_with_decisions, below, decisions, inputs};
pub use log::{AuditError, AuditLog, LogName, append};
pub use verify::{Verification, verify_folder, verify_log};
