//! `rejects.csv`: every input row that is not a record or cannot be used, of both lists.

use super::{error::WriteError, output_file::OutputFile, rows::write_table, words::Words};
use crate::outcome::{ListKind, Outcome};

/// Writes the file.
pub(super) fn write(outcome: &Outcome, words: Words<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    let headings = ["list", "source_file", "source_sheet", "source_row", "reason", "reason_text", "row_text"];
    let children = (ListKind::Children, &outcome.children);
    let lists = std::iter::once(children).chain(outcome.register.iter().map(|it| (ListKind::Register, it)));
    let rejects: Vec<_> =
        lists.flat_map(|(kind, list)| list.rejects.iter().map(move |reject| (kind, list, reject))).collect();
    write_table(file, "rejects.csv", headings, rejects.len(), |at, rows| {
        let (kind, list, reject) = rejects[at];
        let source = list.sources.get(reject.source);
        rows.plain(kind.as_str());
        rows.text(&source.file);
        rows.text(&source.sheet);
        rows.number(Some(reject.row.into()), 1);
        rows.plain(reject.reason.key());
        rows.plain(words.reject(reject.reason));
        rows.text(&reject.text);
    })
}
