//! The warning that a run is kept longer than it should be.

use std::path::Path;

use dinhdanh::{
    privacy::overdue,
    rules::{Language, MessageRules},
};

use super::options::today;

/// Says on standard error that the day until which a folder is kept is past, where it is.
pub fn warn_if_overdue(folder: &Path, messages: &MessageRules, language: Language) {
    if let Some(until) = overdue(folder, today()) {
        let values = [("folder", &*folder.display().to_string()), ("until", &*until.to_string())];
        eprintln!("dinhdanh: {}", messages.fill(language, "retention", "overdue", &values));
    }
}
