//! What the run's own log is told of the work at the desk. A run whose log cannot be extended is
//! reviewed all the same: the decisions are what must not be lost, and a check of the folder shows
//! that the log knows nothing of them.

use std::path::Path;

use serde_json::json;

use super::open_run::OpenRun;
use crate::{
    audit::{Event, append_with_decisions, tell_unlogged},
    decide::Entry,
};

/// A run was put on the desk.
pub fn opened(run: &OpenRun, who: &str) {
    let _ = tell_unlogged(&run.folder.path, event("", who));
    session(run, "review.opened", who);
}

/// A run was taken off the desk.
pub fn closed(run: &OpenRun, who: &str) {
    session(run, "review.closed", who);
}

fn session(run: &OpenRun, name: &str, who: &str) {
    let standing = run.now().log.standing().count();
    let counts = json!({ "decisions": standing, "pairs": run.folder.pairs.len() });
    let _ = append_with_decisions(&run.folder.path, Event { counts, ..event(name, who) });
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
    let _ = append_with_decisions(folder, event);
}

fn event(name: &str, who: &str) -> Event {
    Event { user: Some(who.to_owned()), ..Event::new(name, "review") }
}
