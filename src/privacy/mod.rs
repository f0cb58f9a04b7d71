//! What is done with a finished run besides working on it: how long it is kept, a pseudonymised
//! copy for others, sealing to recipients and opening again, deletion with a record. How the files
//! of a run are made is told in [`mod@crate::write`], how its log is kept in [`crate::audit`].

mod retention;

pub use retention::{overdue, retain_until};
