//! Findings that only matching can make: duplicates, links, and what the register says otherwise.

use crate::{
    matching::{ClusterRole, LinkStatus, Linkage, ReviewOther},
    outcome::List,
    record::{FieldKind, Finding, FindingCode, Record},
};

/// Adds the findings of matching to the children's records, and takes back what matching has
/// cleared up: a number shared by records of one child is not shared.
pub fn check_linkage(children: &mut [Record], register: Option<&List>, linkage: &Linkage) {
    clear_shared_numbers(children, linkage);
    for (record, decision) in children.iter_mut().zip(&linkage.decisions) {
        let code = match decision.link {
            LinkStatus::Attached => Some(FindingCode::LinkAttached),
            LinkStatus::Unverified if register.is_some() => Some(FindingCode::LinkNotFound),
            LinkStatus::Conflict => Some(FindingCode::LinkConflict),
            LinkStatus::Review => Some(FindingCode::LinkCandidates),
            LinkStatus::Kept | LinkStatus::Unverified | LinkStatus::None => None,
        };
        if let Some(code) = code {
            record.add_finding(Finding::new(code, FieldKind::PersonalId));
        }
        if decision.role == ClusterRole::Duplicate {
            record.add_finding(Finding { code: FindingCode::DuplicateMerged, field: None, detail: None });
        }
        let person = decision.person.and_then(|person| register?.records.get(person.usize()));
        if let Some(person) = person {
            compare_with_register(record, person);
        }
    }
    for item in &linkage.review {
        if let ReviewOther::Record(other) = item.other {
            for record in [item.record, other] {
                let finding = Finding { code: FindingCode::DuplicatePossible, field: None, detail: None };
                children[record.usize()].add_finding(finding);
            }
        }
    }
}

fn compare_with_register(record: &mut Record, person: &Record) {
    if let (Some(ours), Some(theirs)) = (record.birth.get().copied(), person.birth.get().copied()) {
        if ours.swapped() == Some(theirs) {
            let detail = theirs.vietnamese();
            record.add_finding(Finding::with_detail(FindingCode::BirthSwapped, FieldKind::BirthDate, detail));
        } else if ours != theirs {
            let detail = theirs.vietnamese();
            record.add_finding(Finding::with_detail(FindingCode::LinkDiffers, FieldKind::BirthDate, detail));
        }
    }
    if let (Some(ours), Some(theirs)) = (record.name.get(), person.name.get())
        && ours.full().to_lowercase() != theirs.full().to_lowercase()
    {
        let detail = theirs.full();
        record.add_finding(Finding::with_detail(FindingCode::LinkDiffers, FieldKind::FullName, detail));
    }
    if let (Some(ours), Some(theirs)) = (record.gender.get(), person.gender.get())
        && ours != theirs
    {
        let detail = theirs.vietnamese();
        record.add_finding(Finding::with_detail(FindingCode::LinkDiffers, FieldKind::Gender, detail));
    }
}

fn clear_shared_numbers(children: &mut [Record], linkage: &Linkage) {
    use std::collections::BTreeMap;
    let mut holders: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, record) in children.iter().enumerate() {
        if let Some(number) = record.personal_id.get() {
            holders.entry(*number).or_default().push(at);
        }
    }
    for records in holders.values().filter(|records| records.len() > 1) {
        let cluster = |at: &usize| linkage.decisions[*at].cluster;
        if records.iter().all(|at| cluster(at) == cluster(&records[0])) {
            for at in records {
                children[*at].findings.retain(|finding| finding.code != FindingCode::IdShared);
            }
        }
    }
}
