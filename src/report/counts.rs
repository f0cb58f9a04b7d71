//! Counting a finished run: what the manifest records and the report shows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    matching::{ClusterRole, LinkStatus, ReviewOther},
    outcome::{HeldSheet, List, ListKind, Outcome},
    record::{FieldKind, FindingCode, LayoutKind, RejectReason, SourceSheet},
    write::each_field,
};

/// Where every row of one sheet went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetCounts {
    /// `children` or `register`.
    pub list: &'static str,
    /// File name.
    pub file: String,
    /// Sheet name; empty for text files.
    pub sheet: String,
    /// Rows read: the different row numbers among the following.
    pub rows: u64,
    /// Rows that became records.
    pub records: u64,
    /// Rows that cannot be used.
    pub rejects: u64,
    /// Layout rows by kind.
    pub layout: BTreeMap<&'static str, u64>,
    /// `rows` = `records` + `rejects` + layout rows: no row was counted twice.
    pub balanced: bool,
}

/// How complete one field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FieldCounts {
    /// Records with a usable value.
    pub usable: u64,
    /// Records with something that could not be used.
    pub unusable: u64,
    /// Records with nothing.
    pub missing: u64,
}

/// All figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counts {
    /// Every sheet of both lists, in input order.
    pub sheets: Vec<SheetCounts>,
    /// Records of the list of children.
    pub records: u64,
    /// Children: records after merging duplicates.
    pub children: u64,
    /// Records merged into another.
    pub duplicates: u64,
    /// Records of the register.
    pub register_records: u64,
    /// Records whose number was well-formed as it stood, without repair.
    pub numbers_before: u64,
    /// Children with a number that stands (attached, kept, unverified).
    pub numbers_after: u64,
    /// Children by link status, every status.
    pub links: BTreeMap<&'static str, u64>,
    /// Records with each finding that occurs.
    pub findings: BTreeMap<&'static str, u64>,
    /// Rejected rows of both lists by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Completeness of every field.
    pub fields: BTreeMap<&'static str, FieldCounts>,
    /// Pairs for a person: duplicates, then identities.
    pub review_duplicates: u64,
    /// Pairs of a record and a register person.
    pub review_identities: u64,
    /// Candidate pairs compared, within the list and with the register.
    pub compared: (u64, u64),
    /// Expected wrong numbers.
    pub estimated_wrong_numbers: f64,
    /// Expected false merges.
    pub estimated_false_merges: f64,
}

impl Counts {
    /// Every sheet's rows are accounted for.
    pub fn balanced(&self) -> bool {
        self.sheets.iter().all(|sheet| sheet.balanced)
    }
}

/// Counts a run.
pub fn count(outcome: &Outcome) -> Counts {
    let mut counts = Counts {
        sheets: count_sheets(&outcome.children, ListKind::Children),
        records: outcome.children.records.len() as u64,
        children: 0,
        duplicates: 0,
        register_records: outcome.register.as_ref().map_or(0, register_records),
        numbers_before: 0,
        numbers_after: 0,
        links: LinkStatus::ALL.iter().map(|status| (status.as_str(), 0)).collect(),
        findings: BTreeMap::new(),
        rejects: BTreeMap::new(),
        fields: BTreeMap::new(),
        review_duplicates: 0,
        review_identities: 0,
        compared: outcome.linkage.compared,
        estimated_wrong_numbers: outcome.linkage.estimates.wrong_numbers,
        estimated_false_merges: outcome.linkage.estimates.false_merges,
    };
    if let Some(register) = &outcome.register {
        counts.sheets.extend(count_sheets(register, ListKind::Register));
    }
    for reject in
        outcome.children.rejects.iter().chain(outcome.register.iter().flat_map(|list| &list.rejects))
    {
        *counts.rejects.entry(RejectReason::key(reject.reason)).or_default() += 1;
    }
    for item in &outcome.linkage.review {
        match item.other {
            ReviewOther::Record(_) => counts.review_duplicates += 1,
            ReviewOther::Person(_) => counts.review_identities += 1,
        }
    }
    count_records(outcome, &mut counts);
    counts
}

fn count_records(outcome: &Outcome, counts: &mut Counts) {
    // Arrays while counting: a million records look nothing up in a map.
    let mut findings = vec![0_u64; FindingCode::ALL.len()];
    let mut fields = vec![FieldCounts::default(); FieldKind::ALL.len()];
    for (record, decision) in outcome.children.records.iter().zip(&outcome.linkage.decisions) {
        if decision.role == ClusterRole::Duplicate {
            counts.duplicates += 1;
        } else {
            counts.children += 1;
            *counts.links.entry(decision.link.as_str()).or_default() += 1;
            counts.numbers_after += u64::from(decision.personal_id.is_some());
        }
        counts.numbers_before +=
            u64::from(record.personal_id.get().is_some() && record.personal_id.changes.is_empty());
        let mut last = None;
        for finding in &record.findings {
            // Findings are sorted; one code on two fields is one record all the same.
            if last != Some(finding.code) {
                findings[finding.code as usize] += 1;
                last = Some(finding.code);
            }
        }
        each_field(record, |kind, state| {
            let field = &mut fields[kind as usize];
            match (state.usable, state.unusable) {
                (true, _) => field.usable += 1,
                (false, Some(_)) => field.unusable += 1,
                (false, None) => field.missing += 1,
            }
        });
    }
    let occurring = FindingCode::ALL.iter().zip(findings).filter(|(_, count)| *count > 0);
    counts.findings = occurring.map(|(code, count)| (code.as_str(), count)).collect();
    let counted = FieldKind::ALL.iter().zip(fields).filter(|(_, field)| *field != FieldCounts::default());
    counts.fields = counted.map(|(kind, field)| (kind.key(), field)).collect();
}

/// The persons of a register, wherever they are kept.
fn register_records(register: &List) -> u64 {
    register.holdings.as_ref().map_or(register.records.len() as u64, |holdings| holdings.records.into())
}

fn count_sheets(list: &List, kind: ListKind) -> Vec<SheetCounts> {
    let counted;
    let held = match &list.holdings {
        Some(holdings) => holdings,
        None => {
            counted = list.count();
            &counted
        }
    };
    let sheet = |(source, held): (&SourceSheet, &HeldSheet)| SheetCounts {
        list: kind.as_str(),
        file: source.file.clone(),
        sheet: source.sheet.clone(),
        rows: held.rows,
        records: held.records,
        rejects: 0,
        layout: BTreeMap::new(),
        balanced: held.balanced,
    };
    let mut sheets: Vec<SheetCounts> = list.sources.iter().zip(&held.sheets).map(sheet).collect();
    for reject in &list.rejects {
        sheets[usize::from(reject.source.0)].rejects += 1;
    }
    for table in &list.tables {
        let sheet = &mut sheets[usize::from(table.source.0)];
        for layout in &table.layout {
            *sheet.layout.entry(LayoutKind::key(layout.kind)).or_default() += 1;
        }
    }
    sheets
}
