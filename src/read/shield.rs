//! A workbook that makes the library panic is a damaged workbook: the file is refused with a
//! sentence, like any other that cannot be read.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

thread_local! {
    static SHIELDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads a workbook just now. For the program's panic hook, which stays silent
/// about what becomes an error.
pub fn is_shielded() -> bool {
    SHIELDED.get()
}

/// What `read` gives; `None` where it panics.
pub(super) fn shielded<T>(read: impl FnOnce() -> T) -> Option<T> {
    SHIELDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    SHIELDED.set(false);
    result.ok()
}
