//! `police.xlsx`: children whose number is missing, malformed, contradicted or unresolved.

use std::path::Path;

use super::{error::WriteError, lists, output_file::OutputFile, run::Run};

fn selected(run: &Run<'_>) -> Vec<u32> {
    run.roster.on(|lists| lists.police)
}

/// Writes the workbook.
pub(super) fn write_workbook(run: &Run<'_>, folder: &Path, file: &mut OutputFile) -> Result<(), WriteError> {
    lists::write_workbook(run, &run.rules.forms.police, &selected(run), false, folder, ("police.xlsx", file))
}

/// The same as CSV, for lists beyond the limit.
pub(super) fn write_csv(run: &Run<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    lists::write_csv(run, &run.rules.forms.police, &selected(run), ("police.csv", file))
}
