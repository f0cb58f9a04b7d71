//! `update.csv` and `update.xlsx`: one line a child, in input order, ready for the
//! child-information software.

use std::{fs::File, io::BufWriter, path::Path};

use super::{children::cell, delimited::Delimited, error::WriteError, lists, run::Run, show};
use crate::{
    choose::Child,
    record::{Gender, PersonName, PersonalId},
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
pub(super) fn write_csv(run: &Run<'_>, file: &mut BufWriter<File>) -> Result<(), WriteError> {
    let mut rows = Delimited::start(file, "update.csv", COLUMNS.iter().copied())?;
    for cluster in 0..run.clusters.len() {
        let child = run.child(cluster);
        write_values(run, &mut rows, &child)?;
        let fields: Vec<&str> = child.changes.iter().map(|change| change.field.key()).collect();
        rows.plain(&fields.join(";"))?;
        for column in [ChildColumn::Changes, ChildColumn::Suggestions, ChildColumn::Duplicates] {
            rows.text(&cell(run, &child, column, 0, false).text.replace('\n', "; "))?;
        }
        rows.end_row()?;
    }
    rows.finish()
}

fn write_values(run: &Run<'_>, rows: &mut Delimited<'_>, child: &Child<'_>) -> Result<(), WriteError> {
    let number = |id: Option<&PersonalId>| id.map_or_else(String::new, |id| id.digits());
    rows.text(&run.record(child.primary).record_id)?;
    rows.text(child.child_code.get().map_or("", String::as_str))?;
    rows.text(child.household_code.get().map_or("", String::as_str))?;
    let name = child.name.get();
    rows.text(name.map_or("", PersonName::full))?;
    rows.text(&name.map_or_else(String::new, |name| show::joined(name.surname())))?;
    rows.text(&name.map_or_else(String::new, |name| show::joined(name.middle())))?;
    rows.text(&name.map_or_else(String::new, |name| show::joined(name.given())))?;
    rows.text(child.other_name.get().map_or("", String::as_str))?;
    rows.plain(&child.birth.get().map_or_else(String::new, |birth| birth.vietnamese()))?;
    rows.plain(child.gender.get().map_or("", |gender| Gender::vietnamese(*gender)))?;
    rows.text(child.ethnicity.get().map_or("", String::as_str))?;
    rows.plain(&number(child.personal_id.as_ref()))?;
    rows.plain(child.link.link.as_str())?;
    for (name, id) in child.parent_names.iter().zip(&child.parent_ids) {
        rows.text(name.get().map_or("", PersonName::full))?;
        rows.plain(&number(id.get()))?;
    }
    rows.text(child.hamlet.get().map_or("", String::as_str))?;
    rows.text(child.address.get().map_or("", String::as_str))?;
    let place = child.place.get().copied().unwrap_or_default();
    rows.plain(&show::place_code(place.commune, 5))?;
    rows.plain(&place.commune_2025.map_or_else(String::new, |code| format!("{code:05}")))?;
    rows.text(child.birth_place.get().map_or("", String::as_str))?;
    rows.text(child.phone.get().map_or("", String::as_str))?;
    rows.text(child.note.get().map_or("", String::as_str))
}

/// Writes the workbook.
pub(super) fn write_workbook(
    run: &Run<'_>,
    folder: &Path,
    file: &mut BufWriter<File>,
) -> Result<(), WriteError> {
    let all: Vec<u32> = (0..).take(run.clusters.len()).collect();
    lists::write_workbook(run, &run.rules.forms.update, &all, true, folder, ("update.xlsx", file))
}
