//! Values put right at home: read like any cell of a list, and put into the record with the list's
//! own text kept beside them.

use super::read::Correction;
use crate::{
    normalise::{NormaliseContext, normalise_table},
    record::{
        Change, Changes, Column, ColumnUse, Field, FieldKind, RawCell, RawRow, Record, SourceIx, Table,
    },
    rules::Rules,
};

/// Puts a corrected value into a record; false where it is no value of its field.
pub(super) fn correct(
    record: &mut Record,
    field: FieldKind,
    correction: &Correction,
    context: &NormaliseContext,
    rules: &Rules,
) -> bool {
    let Some(read) = read_alone(field, &correction.value, context, rules) else { return false };
    let done = match field {
        FieldKind::FullName => {
            replace(&mut record.name, read.name) && {
                record.unnamed = read.unnamed;
                true
            }
        }
        FieldKind::BirthDate => replace(&mut record.birth, read.birth),
        FieldKind::Gender => replace(&mut record.gender, (*read.gender).clone()),
        _ => false,
    };
    if done {
        record.findings.retain(|finding| finding.field != Some(field));
        for finding in read.findings.into_iter().filter(|finding| finding.field == Some(field)) {
            record.add_finding(finding);
        }
    }
    done
}

/// The record that a list of this one cell would give.
fn read_alone(
    field: FieldKind,
    value: &RawCell,
    context: &NormaliseContext,
    rules: &Rules,
) -> Option<Record> {
    let source = SourceIx(0);
    let mut table = Table {
        source,
        columns: vec![Column { position: 0, heading: String::new(), usage: ColumnUse::Field(field) }],
        rows: vec![RawRow { row: 1, cells: vec![value.clone()], group: None }],
        layout: Vec::new(),
        rejects: Vec::new(),
        title: Vec::new(),
    };
    normalise_table(&mut table, context, rules).pop()
}

fn replace<T>(field: &mut Field<T>, read: Field<T>) -> bool {
    let Some(value) = read.value else { return false };
    let mut changes = Changes::NONE;
    changes.insert(Change::Corrected);
    // The list's own text stays, so that the change shows.
    *field = Field { raw: std::mem::take(&mut field.raw), value: Some(value), changes };
    true
}
