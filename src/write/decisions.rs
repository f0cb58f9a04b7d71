//! `decisions.csv`: every answer that was given to the run, and what became of it.

use super::{error::WriteError, output_file::OutputFile, rows::write_table, words::Words};
use crate::decide::{Decided, PairKind};

/// Writes the file.
pub(super) fn write(decided: &Decided, words: Words<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let headings = [
        "file",
        "place",
        "pair_id",
        "kind",
        "record_id",
        "other",
        "answer",
        "who",
        "time",
        "outcome",
        "outcome_text",
        "contradiction",
    ];
    write_table(file, "decisions.csv", headings, decided.fates.len(), |at, rows| {
        let fate = &decided.fates[at];
        rows.text(&fate.source.file);
        rows.text(&fate.source.place.to_string());
        rows.plain(&fate.pair_id);
        rows.plain(fate.kind.map_or("", PairKind::as_str));
        rows.text(&fate.record_id);
        rows.text(&fate.other);
        rows.plain(&fate.answer);
        rows.text(&fate.who);
        rows.plain(&fate.time.map_or_else(String::new, |time| time.to_string()));
        rows.plain(fate.kind_of_fate.as_str());
        rows.plain(words.get("decision_outcome", fate.kind_of_fate.as_str()));
        rows.plain(&if fate.group == 0 { String::new() } else { fate.group.to_string() });
    })
}
