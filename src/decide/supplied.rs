//! `police.xlsx` and `household.xlsx` as they come back: numbers the police filled in, values put
//! right at home, remarks.

use super::{
    Side,
    filled::Filled,
    key_parts,
    read::{Correction, Decisions, DecisionsError, Problem, Supplied, Trouble},
};
use crate::{
    read::CellSheet,
    record::FieldKind,
    rules::{ChildColumn, ChildForm, Rules},
};

/// Takes what a sheet of either list says; false where it is no sheet of one.
pub(super) fn read(
    sheet: &CellSheet,
    name: &str,
    rules: &Rules,
    into: &mut Decisions,
) -> Result<bool, DecisionsError> {
    for form in [&rules.forms.police, &rules.forms.household] {
        if let Some(filled) = Filled::find(sheet, name, &form.columns)
            && form
                .columns
                .iter()
                .filter(|column| is_filled_in(column.key))
                .any(|column| filled.position(&form.columns, &column.key).is_some())
        {
            take(&filled, form, into)?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_filled_in(key: ChildColumn) -> bool {
    key == ChildColumn::SuppliedNumber || key.corrects().is_some()
}

fn take(filled: &Filled<'_>, form: &ChildForm, into: &mut Decisions) -> Result<(), DecisionsError> {
    let key = filled.key_position(&form.columns, &ChildColumn::Key)?;
    let at = |wanted: ChildColumn| filled.position(&form.columns, &wanted);
    let shown = at(ChildColumn::RecordId);
    let number = at(ChildColumn::SuppliedNumber);
    let corrected: Vec<(usize, Option<FieldKind>)> = form
        .columns
        .iter()
        .filter_map(|column| Some((at(column.key)?, column.key)))
        .filter(|(_, key)| key.corrects().is_some() || *key == ChildColumn::Remark)
        .map(|(position, key)| (position, key.corrects()))
        .collect();
    for row in filled.rows() {
        let filled_in: Vec<usize> = number
            .into_iter()
            .chain(corrected.iter().map(|(position, _)| *position))
            .filter(|position| row.cell(*position).is_some())
            .collect();
        let Some(first) = filled_in.first() else { continue };
        let side = key_parts::<2>(&row.text(key)).map(|[fingerprint, id]| Side { id, fingerprint });
        let side = match side {
            None if row.text(key).is_empty() && shown.is_some_and(|at| row.text(at).is_empty()) => {
                // Signatures and the like below the list.
                continue;
            }
            None => Err(Trouble::KeyDamaged),
            Some(side) if shown.is_some_and(|at| row.text(at) != side.id) => Err(Trouble::RowsMixed),
            Some(side) => Ok(side),
        };
        let record = match side {
            Ok(side) => side,
            Err(trouble) => {
                into.problems.push(Problem { source: filled.source(&row, *first), trouble });
                continue;
            }
        };
        if let Some((position, cell)) = number.and_then(|at| Some((at, row.cell(at)?))) {
            let source = filled.source(&row, position);
            into.supplied.push(Supplied { source, record: record.clone(), number: cell.clone() });
        }
        for (position, field) in &corrected {
            if let Some(cell) = row.cell(*position) {
                let source = filled.source(&row, *position);
                let value = cell.clone();
                into.corrections.push(Correction { source, record: record.clone(), field: *field, value });
            }
        }
    }
    Ok(())
}
