//! `update.csv` and `update.xlsx`: one line a child, in input order, ready for the
//! child-information software.

use std::path::Path;

use super::{
    children::say,
    error::WriteError,
    lists,
    output_file::OutputFile,
    rows::{Rows, write_table},
    run::Run,
};
use crate::{
    choose::Child,
    record::{PersonName, Text},
    rules::ChildColumn,
};

const COLUMNS: &[&str] = &[
    "record_id",
    "child_code",
    "household_code",
    "full_name",
    "surname",
    "middle_name",
    "given_name",
    "other_name",
    "birth_date",
    "gender",
    "ethnicity",
    "personal_id",
    "link_status",
    "father_name",
    "father_id",
    "mother_name",
    "mother_id",
    "guardian_name",
    "guardian_id",
    "hamlet",
    "address",
    "commune_code",
    "commune_2025",
    "birth_place",
    "phone",
    "note",
    "changed_fields",
    "changes",
    "register_differs",
    "duplicates",
];

/// Writes the CSV file. Dates are dd/mm/yyyy, as the software takes them; only usable values are
/// in it.
pub(super) fn write_csv(run: &Run<'_>, file: &mut OutputFile) -> Result<(), WriteError> {
    write_table(file, "update.csv", COLUMNS.iter().copied(), run.clusters.len(), |cluster, rows| {
        let child = run.child(cluster);
        write_values(run, rows, &child);
        rows.keys(child.changes().iter().map(|change| change.field.key()));
        for column in [ChildColumn::Changes, ChildColumn::Suggestions, ChildColumn::Duplicates] {
            rows.built(|cell| {
                say(run, &child, column, 0, cell);
                if cell.contains('\n') {
                    *cell = cell.replace('\n', "; ");
                }
            });
        }
    })
}

fn write_values(run: &Run<'_>, rows: &mut Rows, child: &Child<'_>) {
    rows.text(&run.record(child.primary).record_id);
    rows.text(child.child_code().get().map_or("", Text::as_str));
    rows.text(child.household_code().get().map_or("", Text::as_str));
    rows.name(child.name().get());
    rows.text(child.other_name().get().map_or("", Text::as_str));
    rows.built_plain(|cell| {
        child.birth().get().into_iter().for_each(|birth| cell.push_str(&birth.vietnamese()))
    });
    rows.plain(child.gender().get().map_or("", |gender| gender.vietnamese()));
    rows.text(child.ethnicity().get().map_or("", Text::as_str));
    rows.personal_id(child.personal_id());
    rows.plain(child.link.link.as_str());
    for (name, id) in child.parent_names().iter().zip(&child.parent_ids()) {
        rows.text(name.get().map_or("", PersonName::full));
        rows.personal_id(id.get().copied());
    }
    rows.text(child.hamlet().get().map_or("", Text::as_str));
    rows.text(child.address().get().map_or("", Text::as_str));
    let place = child.place().get().copied().unwrap_or_default();
    rows.number(place.commune.map(|commune| commune.code.into()), 5);
    rows.number(place.commune_2025.map(u64::from), 5);
    rows.text(child.birth_place().get().map_or("", Text::as_str));
    rows.text(child.phone().get().map_or("", Text::as_str));
    rows.text(child.note().get().map_or("", Text::as_str));
}

/// Writes the workbook.
pub(super) fn write_workbook(run: &Run<'_>, folder: &Path, file: &mut OutputFile) -> Result<(), WriteError> {
    let all: Vec<u32> = (0..).take(run.clusters.len()).collect();
    lists::write_workbook(run, &run.rules.forms.update, &all, true, folder, ("update.xlsx", file))
}
