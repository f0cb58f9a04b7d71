//! What is done with a finished run besides working on it: how long it is kept, a pseudonymised
//! copy for others, sealing to recipients and opening again, deletion with a record. How the files
//! of a run are made is told in [`mod@crate::write`], how its log is kept in [`crate::audit`].

mod coarse;
mod error;
mod key;
mod purge;
mod recipients;
mod retention;
mod seal;
mod share;

pub use coarse::DateDetail;
pub use error::PrivacyError;
pub use key::ShareKey;
pub use purge::{Purge, Purged, expired};
pub use recipients::{Identities, Recipients, create_identity};
pub use retention::{overdue, retain_until};
pub use seal::{Opened, Sealed, open, seal};
pub use share::{ShareJob, Shared, share};
