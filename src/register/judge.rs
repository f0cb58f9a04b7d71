//! Which records of a register stay, and with whose parents: asked of each by itself while an index is
//! made.

use std::{cell::RefCell, io};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    families::{child_of, lacks_parents, stand_for},
    numbers::{identity, row_text},
};
use crate::{
    index::{Batch, Malformed, Spill, entries, read_record, write_record},
    matching::{Draft, Drafters, ExtraColumns, stable_hash},
    record::{PersonalId, Record, Reject, RejectReason, SourceIx},
};

/// Records handled by one thread at a time.
const TASK: u32 = 1 << 11;

/// No record, and more than one.
pub(super) const NOBODY: u32 = u32::MAX;
pub(super) const SEVERAL: u32 = u32::MAX - 1;

/// Husband and wife of each household, by its hash, in order.
#[derive(Default)]
pub(super) struct Households(pub(super) Vec<(u64, [u32; 2])>);

impl Households {
    fn couple(&self, household: &str) -> [Option<u32>; 2] {
        let found = self.0.binary_search_by_key(&household_key(household), |(household, _)| *household);
        let couple = found.map_or([NOBODY; 2], |at| self.0[at].1);
        couple.map(|spouse| (spouse < SEVERAL).then_some(spouse))
    }
}

/// Says of every record whether it stays.
pub(super) struct Judge<'a> {
    /// Every record, as it was read.
    pub(super) records: &'a Spill,
    /// Those that share their number.
    pub(super) doubles: &'a FxHashMap<u32, RejectReason>,
    /// Husbands and wives.
    pub(super) households: &'a Households,
    /// Identities that matter if a record that stays has them too.
    pub(super) asked: &'a FxHashSet<u64>,
}

/// What stays of some records, and what does not.
pub(super) struct Kept {
    /// The records that stay.
    pub(super) entries: Batch,
    /// Where each stood.
    pub(super) sources: Vec<SourceIx>,
    /// The number of each.
    pub(super) numbers: Vec<PersonalId>,
    /// Their rows.
    pub(super) draft: Draft,
    /// The others.
    pub(super) rejects: Vec<Reject>,
    /// Records rejected that may be somebody else.
    pub(super) rivals: Vec<u32>,
    /// Identities asked for that records which stay have.
    pub(super) known: Vec<u64>,
}

impl Judge<'_> {
    /// Judges a stretch of records, many at a time, in order.
    pub(super) fn stretch(
        &self,
        stretch: &std::ops::Range<u32>,
        drafters: &Drafters<'_>,
        extras: &ExtraColumns<'_>,
    ) -> Vec<io::Result<Kept>> {
        let firsts: Vec<u32> = stretch.clone().step_by(TASK as usize).collect();
        let judge = |first: u32| self.judge(first, (first + TASK).min(stretch.end), drafters, extras);
        firsts.into_par_iter().map(judge).collect()
    }

    fn judge(
        &self,
        first: u32,
        end: u32,
        drafters: &Drafters<'_>,
        extras: &ExtraColumns<'_>,
    ) -> io::Result<Kept> {
        let bytes = self.records.read(&(first..end))?;
        let (mut kept, mut entries_kept) = (Vec::new(), Batch::default());
        let (mut rejects, mut rivals, mut known) = (Vec::new(), Vec::new(), Vec::new());
        // The household last asked for is mostly the next one's too.
        let couples = RefCell::new((String::new(), [None, None]));
        let at_hand = entries(&bytes).collect::<Result<Vec<_>, _>>().map_err(malformed)?;
        let at_hand = AtHand { first, entries: at_hand };
        for (entry, at) in at_hand.entries.iter().zip(first..) {
            let mut record = read_record(entry).map_err(malformed)?;
            if let Some(reason) = self.reason(at, &record) {
                let origin = record.origin;
                let text = row_text(&record);
                rejects.push(Reject { source: origin.source, row: origin.row, text, reason });
                if reason != RejectReason::RegisterPersonTwice {
                    rivals.push(at);
                }
                continue;
            }
            if !self.asked.is_empty() {
                known.extend(identity_key(&record).filter(|identity| self.asked.contains(identity)));
            }
            let mut derived = false;
            if lacks_parents(&record)
                && let Some(household) = child_of(&record).map(str::to_owned)
            {
                derived = self.derive_parents(&mut record, household, &at_hand, &mut couples.borrow_mut())?;
            }
            if derived {
                entries_kept.push(|bytes| write_record(&record, bytes));
            } else {
                entries_kept.push(|bytes| bytes.extend_from_slice(entry));
            }
            kept.push(record);
        }
        Ok(Kept {
            entries: entries_kept,
            sources: kept.iter().map(|record| record.origin.source).collect(),
            numbers: kept.iter().filter_map(|record| record.personal_id.get().copied()).collect(),
            draft: drafters.draft(kept.iter(), extras),
            rejects,
            rivals,
            known,
        })
    }

    /// Why a record does not stay.
    fn reason(&self, at: u32, record: &Record) -> Option<RejectReason> {
        match record.personal_id.get() {
            None => Some(RejectReason::RegisterWithoutNumber),
            Some(_) => self.doubles.get(&at).copied(),
        }
    }

    /// Says whether there is somebody whose child the record may be.
    fn derive_parents(
        &self,
        record: &mut Record,
        household: String,
        at_hand: &AtHand<'_>,
        (last, couple): &mut (String, [Option<Record>; 2]),
    ) -> io::Result<bool> {
        if *last != household {
            let found = self.households.couple(&household);
            let spouse = |at| at_hand.read(at).unwrap_or_else(|| read(self.records, at));
            let [husband, wife] = found.map(|at| at.map(spouse).transpose());
            (*last, *couple) = (household, [husband?, wife?]);
        }
        for (spouse, parent) in couple.iter().zip([&mut record.father, &mut record.mother]) {
            if let Some(spouse) = spouse {
                stand_for(spouse, parent);
            }
        }
        Ok(couple.iter().any(Option::is_some))
    }
}

/// Records that were read together: a household's mostly stand close together.
struct AtHand<'b> {
    first: u32,
    entries: Vec<&'b [u8]>,
}

impl AtHand<'_> {
    /// A record, if it is one of them.
    fn read(&self, at: u32) -> Option<io::Result<Record>> {
        let entry = self.entries.get(at.checked_sub(self.first)? as usize)?;
        Some(read_record(entry).map_err(malformed))
    }
}

/// One record.
pub(super) fn read(records: &Spill, at: u32) -> io::Result<Record> {
    read_record(&records.get(at)?).map_err(malformed)
}

fn malformed(_: Malformed) -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// What a household is known by.
pub(super) fn household_key(household: &str) -> u64 {
    stable_hash(household.as_bytes())
}

/// What a row without a number is known by: its name and birth date. Never 0.
pub(super) fn identity_key(record: &Record) -> Option<u64> {
    let (words, birth) = identity(record)?;
    let day = [birth.month(), birth.day()].map(|part| part.unwrap_or(0));
    Some(stable_hash(format!("{} {} {day:?}", words.join(" "), birth.year()).as_bytes()) | 1)
}
