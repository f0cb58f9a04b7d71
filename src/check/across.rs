//! One number on several records. Records of the same child share it rightly: the finding says
//! what is seen, and is taken back where matching makes them one child.

use rustc_hash::FxHashMap;

use crate::record::{FieldKind, Finding, FindingCode, PersonalId, Record};

pub(super) fn check(records: &mut [Record]) {
    let mut bearers: FxHashMap<PersonalId, u32> = FxHashMap::default();
    for id in records.iter().filter_map(|record| record.personal_id.get()) {
        *bearers.entry(*id).or_default() += 1;
    }
    for record in records {
        let count = record.personal_id.get().map_or(0, |id| bearers[id]);
        if count > 1 {
            let detail = count.to_string();
            record.add_finding(Finding::with_detail(FindingCode::IdShared, FieldKind::PersonalId, detail));
        }
    }
}
