//! `rejects.csv`: every input row that is not a record or cannot be used, of both lists.

use std::{fs::File, io::BufWriter};

use super::{delimited::Delimited, error::WriteError, words::Words};
use crate::outcome::{ListKind, Outcome};

/// Writes the file.
pub(super) fn write(
    outcome: &Outcome,
    words: Words<'_>,
    file: &mut BufWriter<File>,
) -> Result<(), WriteError> {
    let headings = ["list", "source_file", "source_sheet", "source_row", "reason", "reason_text", "row_text"];
    let mut rows = Delimited::start(file, "rejects.csv", headings)?;
    let lists =
        [(ListKind::Children, Some(&outcome.children)), (ListKind::Register, outcome.register.as_ref())];
    for (kind, list) in lists {
        let Some(list) = list else { continue };
        for reject in &list.rejects {
            let source = list.sources.get(reject.source);
            rows.plain(kind.as_str())?;
            rows.text(&source.file)?;
            rows.text(&source.sheet)?;
            rows.plain(&reject.row.to_string())?;
            rows.plain(reject.reason.key())?;
            rows.plain(words.reject(reject.reason))?;
            rows.text(&reject.text)?;
            rows.end_row()?;
        }
    }
    rows.finish()
}
