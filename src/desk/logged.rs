//! What the run's own log is told of the work at the desk. A run whose log cannot be extended is
//! reviewed all the same: the decisions are what must not be lost, and a check of the folder shows
//! that the log knows nothing of them.

use std::path::Path;

use serde_json::json;

use super::open_run::OpenRun;
use crate::{
    audit::{Before, Event, append_with_decisions},
    decide::Entry,
};

/// A run was put on the desk.
pub fn opened(run: &OpenRun, who: &str) {
    session(run, Before::Unchanged, event("review.opened", who));
}

/// A run was taken off the desk.
pub fn closed(run: &OpenRun, who: &str) {
    session(run, Before::Grown, event("review.closed", who));
}

fn session(run: &OpenRun, before: Before, event: Event) {
    let standing = run.now().log.standing().count();
    let counts = json!({ "decisions": standing, "pairs": run.folder.pairs.len() });
    let _ = append_with_decisions(&run.folder.path, before, Event { counts, ..event });
}

/// Decisions are on the disk.
pub fn decided(folder: &Path, entries: &[Entry]) {
    let Some(first) = entries.first() else { return };
    let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    let event = Event {
        counts: json!({ "lines": ids.len() }),
        details: json!({ "ids": ids }),
        ..event("decisions.written", &first.who)
    };
    let _ = append_with_decisions(folder, Before::Grown, event);
}

fn event(name: &str, who: &str) -> Event {
    Event { user: Some(who.to_owned()), ..Event::new(name, "review") }
}
