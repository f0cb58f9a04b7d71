//! Fields that the rules ask for (`[required]` of `rules/checks.toml`) and that are missing.

use crate::record::{FieldKind, Finding, FindingCode, Record};

pub(super) fn check(record: &mut Record, required: &[FieldKind]) {
    let somebody_named = record.parents().iter().any(|(_, parent)| parent.name.value.is_some());
    for (missing, code, kind) in [
        (record.name.value.is_none() && !record.unnamed, FindingCode::NameMissing, FieldKind::FullName),
        (record.birth.is_missing(), FindingCode::BirthMissing, FieldKind::BirthDate),
        (record.gender.is_missing(), FindingCode::GenderMissing, FieldKind::Gender),
        (record.ethnicity.is_missing(), FindingCode::EthnicityMissing, FieldKind::Ethnicity),
        (record.personal_id.is_missing(), FindingCode::IdMissing, FieldKind::PersonalId),
        (!somebody_named, FindingCode::ParentsMissing, FieldKind::ParentNames),
        (record.hamlet.is_missing(), FindingCode::HamletMissing, FieldKind::Hamlet),
    ] {
        if missing && required.contains(&kind) {
            record.add_finding(Finding::new(code, kind));
        }
    }
    let nothing_else = record.birth.value.is_none()
        && record.gender.value.is_none()
        && record.personal_id.value.is_none()
        && !somebody_named
        && record.hamlet.value.is_none()
        && record.address.value.is_none();
    if record.name.value.is_some() && nothing_else {
        record.add_finding(Finding::new(FindingCode::RecordNameOnly, FieldKind::FullName));
    }
}
