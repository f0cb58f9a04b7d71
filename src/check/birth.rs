//! The birth date against the day of the run.

use super::CheckContext;
use crate::{
    record::{FieldKind, Finding, FindingCode, PartialDate, Record},
    rules::CheckLimits,
};

pub(super) fn check(record: &mut Record, context: &CheckContext, limits: &CheckLimits) {
    let Some(birth) = record.birth.get().copied() else { return };
    if is_after(birth, context) {
        record.add_finding(Finding::new(FindingCode::BirthFuture, FieldKind::BirthDate));
    }
    let age = birth.age_on(context.as_of);
    if age >= limits.child_age {
        let detail = age.to_string();
        record.add_finding(Finding::with_detail(FindingCode::BirthAgedOut, FieldKind::BirthDate, detail));
    }
}

/// Whether the whole of what is known lies after the day: "2026" is not after 23 November 2026.
fn is_after(birth: PartialDate, context: &CheckContext) -> bool {
    let today = context.as_of;
    let known = (birth.year(), birth.month().unwrap_or(0), birth.day().unwrap_or(0));
    let month = if birth.month().is_some() { today.month() } else { 0 };
    let day = if birth.day().is_some() { today.day() } else { 0 };
    known > (today.year(), month, day)
}
