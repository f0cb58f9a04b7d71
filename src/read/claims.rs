//! From headings to columns: every column claims a field, the best claim gets it, the others are
//! carried through. Where two columns claim with equal right what a child has only once, nobody
//! but the officer can decide.

use super::{
    header::HeaderColumn,
    heading::{self, Claim},
    mapping::SheetMapping,
    raw_sheet::column_letters,
};
use crate::{
    record::{Column, ColumnUse, FieldKind},
    rules::ColumnRules,
};

/// Two columns with equal right to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClaimedTwice {
    pub(super) field: FieldKind,
    pub(super) first: String,
    pub(super) second: String,
}

/// Gives every header column its use. `mapping` is what a `--columns` file says of this sheet.
pub(super) fn columns(
    header: &[HeaderColumn],
    mapping: Option<&SheetMapping>,
    rules: &ColumnRules,
) -> Result<Vec<Column>, ClaimedTwice> {
    let mut claims: Vec<Option<Claim>> = header
        .iter()
        .map(|column| {
            let parts: Vec<&str> = column.parts.iter().map(String::as_str).collect();
            heading::claim(&parts, rules)
        })
        .collect();
    if let Some(mapping) = mapping {
        for (claim, column) in claims.iter_mut().zip(header) {
            if mapping.uses(column.position) || claim.is_some_and(|claim| mapping.has_field(claim.kind)) {
                *claim = None;
            }
        }
    }
    split_merged(header, &mut claims);
    settle_meanings(&mut claims);
    let mut columns = Vec::with_capacity(header.len());
    for (ix, column) in header.iter().enumerate() {
        let usage = match claims[ix] {
            Some(claim) if wins(ix, claim, header, &claims)? => ColumnUse::Field(claim.kind),
            _ => ColumnUse::Extra,
        };
        let usage =
            mapping.and_then(|mapping| mapping.field_at(column.position)).map_or(usage, ColumnUse::Field);
        columns.push(Column { position: column.position, heading: heading_of(column), usage });
    }
    Ok(columns)
}

/// The heading as a person reads it.
pub(super) fn heading_of(column: &HeaderColumn) -> String {
    if column.parts.is_empty() {
        format!("Cột {}", column_letters(column.position))
    } else {
        column.parts.join(" / ")
    }
}

/// Fields of which a child has one: two columns with equal right are an error.
fn is_critical(kind: FieldKind) -> bool {
    use FieldKind::{BirthDate, ChildCode, FullName, GivenName, PersonalId, Surname, SurnameMiddle};
    matches!(kind, FullName | Surname | SurnameMiddle | GivenName | BirthDate | PersonalId | ChildCode)
}

fn wins(
    ix: usize,
    claim: Claim,
    header: &[HeaderColumn],
    claims: &[Option<Claim>],
) -> Result<bool, ClaimedTwice> {
    for (other_ix, other) in claims.iter().enumerate() {
        let Some(other) = other.filter(|other| other_ix != ix && other.kind == claim.kind) else { continue };
        if other.rank < claim.rank {
            return Ok(false);
        }
        if other.rank > claim.rank {
            continue;
        }
        let one_cell =
            header[ix].merged_over.is_some() && header[ix].merged_over == header[other_ix].merged_over;
        if is_critical(claim.kind) && claim.rank < heading::UNCERTAIN && !one_cell {
            let name =
                |ix: usize| format!("{} “{}”", column_letters(header[ix].position), heading_of(&header[ix]));
            let (first, second) = (ix.min(other_ix), ix.max(other_ix));
            return Err(ClaimedTwice { field: claim.kind, first: name(first), second: name(second) });
        }
        if other_ix < ix {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One heading merged over two or three columns: họ đệm | tên, or ngày | tháng | năm.
fn split_merged(header: &[HeaderColumn], claims: &mut [Option<Claim>]) {
    for ix in 0..header.len() {
        let Some((left, right)) = header[ix].merged_over else { continue };
        let Some(claim) = claims[ix] else { continue };
        use FieldKind::{BirthDate, BirthDay, BirthMonth, BirthYear, FullName};
        use FieldKind::{GivenName, MiddleName, Surname, SurnameMiddle};
        let kinds: &[FieldKind] = match (claim.kind, right - left) {
            (FullName, 1) => &[SurnameMiddle, GivenName],
            (FullName, 2) => &[Surname, MiddleName, GivenName],
            (BirthDate, 2) => &[BirthDay, BirthMonth, BirthYear],
            _ => continue,
        };
        let covered = ix + kinds.len() <= header.len()
            && header[ix].position == left
            && header[ix..ix + kinds.len()].iter().all(|column| column.merged_over == Some((left, right)));
        if covered {
            for (offset, kind) in kinds.iter().enumerate() {
                claims[ix + offset] = Some(Claim { kind: *kind, ..claim });
            }
        }
    }
}

/// Headings whose meaning depends on the other columns.
fn settle_meanings(claims: &mut [Option<Claim>]) {
    use FieldKind::{
        BirthDate, BirthDateFemale, BirthDateMale, BirthDay, BirthMonth, BirthYear, FullName, GenderFemale,
        GenderMale, GivenName, MiddleName, Surname, SurnameMiddle,
    };
    let has = |claims: &[Option<Claim>], kind| claims.iter().flatten().any(|claim| claim.kind == kind);
    let rename = |claims: &mut [Option<Claim>], from, to| {
        for claim in claims.iter_mut().flatten().filter(|claim| claim.kind == from) {
            claim.kind = to;
        }
    };
    // "Nam" written without marks beside day and month is the year.
    let day_and_month = has(claims, BirthDay) && has(claims, BirthMonth);
    if !has(claims, BirthDateFemale) && (has(claims, BirthDay) || has(claims, BirthMonth)) {
        rename(claims, BirthDateMale, BirthYear);
    }
    if day_and_month && !has(claims, GenderFemale) && !has(claims, BirthYear) {
        rename(claims, GenderMale, BirthYear);
    }
    // "Ngày sinh | Tháng sinh | Năm sinh" are three parts; "Năm sinh" alone holds whole dates in
    // many lists.
    if has(claims, BirthMonth) && has(claims, BirthYear) && !has(claims, BirthDay) {
        rename(claims, BirthDate, BirthDay);
    }
    // Without a month "Birthday" is no day of the month, and "Ngày" may be the day of anything.
    if !has(claims, BirthMonth) {
        for claim in claims.iter_mut().filter(|claim| claim.is_some_and(|claim| claim.kind == BirthDay)) {
            *claim = claim.filter(|claim| claim.rank == heading::WHOLE);
        }
        if !has(claims, BirthDate) {
            rename(claims, BirthDay, BirthDate);
        }
    }
    let other_birth = [BirthDate, BirthDay, BirthMonth, BirthDateMale, BirthDateFemale];
    if !other_birth.iter().any(|kind| has(claims, *kind)) {
        rename(claims, BirthYear, BirthDate);
    }
    let name_parts = [Surname, SurnameMiddle, MiddleName];
    if !has(claims, FullName) && !name_parts.iter().any(|kind| has(claims, *kind)) {
        rename(claims, GivenName, FullName);
    }
}
