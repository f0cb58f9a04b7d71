//! `police.xlsx`: children whose number is missing, malformed, contradicted or unresolved.

use std::{fs::File, io::BufWriter, path::Path};

use super::{children, error::WriteError, lists, run::Run};

fn selected(run: &Run<'_>) -> Vec<u32> {
    lists::select(run, |child| children::asks_police(run, child.link.link, child.records))
}

/// Writes the workbook.
pub(super) fn write_workbook(
    run: &Run<'_>,
    folder: &Path,
    file: &mut BufWriter<File>,
) -> Result<(), WriteError> {
    lists::write_workbook(run, &run.rules.forms.police, &selected(run), false, folder, ("police.xlsx", file))
}

/// The same as CSV, for lists beyond the limit.
pub(super) fn write_csv(run: &Run<'_>, file: &mut BufWriter<File>) -> Result<(), WriteError> {
    lists::write_csv(run, &run.rules.forms.police, &selected(run), ("police.csv", file))
}
